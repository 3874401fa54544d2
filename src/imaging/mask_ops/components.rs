//! Connected areas of a plane.

use crate::imaging::{PixelRect, Plane};

/// One connected area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// The smallest rectangle around it.
    pub bounds: PixelRect,
    /// How many pixels it has.
    pub pixels: usize,
    /// Its value in the plane of labels, from 1.
    pub label: u32,
}

/// A run of pixels of one row.
struct Run {
    y: u32,
    start: u32,
    end: u32,
}

/// The areas of values of at least `threshold`, where also diagonal neighbours are connected, in the order of their
/// first pixels; with a plane that holds each pixel's label, 0 for those below `threshold`.
#[must_use]
pub fn components(plane: &Plane<u8>, threshold: u8) -> (Vec<Component>, Plane<u32>) {
    let (runs, mut parents) = joined_runs(plane, threshold);
    let mut labels = Plane::filled(plane.size(), 0);
    let mut components: Vec<Component> = Vec::new();
    // A root is its area's first run, so it gets its label before any other run asks for it.
    let mut label_of = vec![0u32; runs.len()];
    for (at, run) in runs.iter().enumerate() {
        let root = find(&mut parents, at);
        if label_of[root] == 0 {
            let label = components.len() as u32 + 1;
            components.push(Component { bounds: PixelRect::default(), pixels: 0, label });
            label_of[root] = label;
        }
        let label = label_of[root];
        let component = &mut components[label as usize - 1];
        let row = PixelRect::new(run.start as i32, run.y as i32, run.end as i32, run.y as i32 + 1);
        component.bounds = component.bounds.union(row);
        component.pixels += (run.end - run.start) as usize;
        labels.row_mut(run.y)[run.start as usize..run.end as usize].fill(label);
    }
    (components, labels)
}

/// All runs in row order, and for each one another of the same area that comes first (itself for the first).
fn joined_runs(plane: &Plane<u8>, threshold: u8) -> (Vec<Run>, Vec<usize>) {
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut above = 0..0;
    for y in 0..plane.size().height {
        let first = runs.len();
        let mut candidate = above.start;
        let row = plane.row(y);
        let mut x = 0;
        while x < row.len() {
            let Some(skip) = row[x..].iter().position(|&v| v >= threshold) else { break };
            let start = x + skip;
            let end = row[start..].iter().position(|&v| v < threshold).map_or(row.len(), |len| start + len);
            let here = runs.len();
            parents.push(here);
            runs.push(Run { y, start: start as u32, end: end as u32 });
            while candidate < above.end && (runs[candidate].end as usize) < start {
                candidate += 1;
            }
            let mut touching = candidate;
            while touching < above.end && runs[touching].start as usize <= end {
                join(&mut parents, touching, here);
                touching += 1;
            }
            x = end;
        }
        above = first..runs.len();
    }
    (runs, parents)
}

fn find(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(parents, a), find(parents, b));
    parents[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Size;

    fn plane(rows: &[&str]) -> Plane<u8> {
        let size = Size::new(rows[0].len() as u32, rows.len() as u32);
        let data = rows.iter().flat_map(|row| row.bytes()).map(|b| if b == b'#' { 200 } else { 10 }).collect();
        Plane::from_vec(size, data).unwrap()
    }

    #[test]
    fn diagonals_connect_and_arms_join() {
        let (found, labels) = components(&plane(&["#..#..", "#..#.#", ".##...", "......", "#....#"]), 128);
        let summary: Vec<_> = found.iter().map(|c| (c.label, c.pixels, c.bounds)).collect();
        let want = [
            (1, 6, PixelRect::new(0, 0, 4, 3)),
            (2, 1, PixelRect::new(5, 1, 6, 2)),
            (3, 1, PixelRect::new(0, 4, 1, 5)),
            (4, 1, PixelRect::new(5, 4, 6, 5)),
        ];
        assert_eq!(summary, want, "areas in the order of their first pixels");
        assert_eq!((labels.at(3, 0), labels.at(5, 1), labels.at(1, 0)), (1, 2, 0), "labels");
    }

    #[test]
    fn nothing_is_no_component() {
        assert!(components(&plane(&["..", ".."]), 128).0.is_empty(), "below the threshold");
        assert!(components(&Plane::filled(Size::new(0, 0), 0), 0).0.is_empty(), "no pixel");
    }

    #[test]
    fn agrees_with_flooding() {
        // A fixed scramble with many odd shapes.
        let size = Size::new(61, 47);
        let mut state = 12345u32;
        let data = (0..size.area()).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 28 < 6 { 255 } else { 0 }
        });
        let plane = Plane::from_vec(size, data.collect()).unwrap();
        let (found, labels) = components(&plane, 1);
        let mut seen = Plane::filled(size, false);
        let mut areas = 0;
        for start in 0..size.area() as u32 {
            let (x, y) = (start % size.width, start / size.width);
            if plane.at(x, y) == 0 || seen.at(x, y) {
                continue;
            }
            areas += 1;
            let (mut stack, mut pixels) = (vec![(x as i32, y as i32)], 0);
            seen.set(x, y, true);
            while let Some((px, py)) = stack.pop() {
                pixels += 1;
                assert_eq!(labels.at(px as u32, py as u32), labels.at(x, y), "one label at {px}, {py}");
                for (qx, qy) in (py - 1..=py + 1).flat_map(|qy| (px - 1..=px + 1).map(move |qx| (qx, qy))) {
                    let is_new = size.rect().contains(qx, qy)
                        && plane.at(qx as u32, qy as u32) > 0
                        && !seen.at(qx as u32, qy as u32);
                    if is_new {
                        seen.set(qx as u32, qy as u32, true);
                        stack.push((qx, qy));
                    }
                }
            }
            assert_eq!(found[labels.at(x, y) as usize - 1].pixels, pixels, "pixels of the area at {x}, {y}");
        }
        assert_eq!(found.len(), areas, "number of areas");
    }
}
