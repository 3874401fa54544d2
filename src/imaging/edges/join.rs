//! Lines that go on from each other become one.

use std::collections::BTreeMap;

use super::trace::{Line, apart};

/// How many points from its end tell where a line is heading.
const AHEAD: usize = 6;

/// One end of a line.
#[derive(Debug, Clone, Copy)]
struct End {
    line: usize,
    is_last: bool,
    at: [f32; 2],
    /// Direction out of the line, of length 1.
    heading: [f32; 2],
}

/// Joins lines whose ends are at most `reach` pixels apart and head for each other within `turn` (the cosine of the largest
/// angle between the one's heading and the other's way on), the best fitting ends first. A line whose own ends fit is
/// closed.
#[must_use]
pub fn join(lines: &[Line], reach: f32, turn: f32) -> Vec<Line> {
    let ends = ends_of(lines);
    let mut pairs = pairs_of(&ends, reach.max(0.1), turn);
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut partner: Vec<Option<usize>> = vec![None; ends.len()];
    for (_, a, b) in pairs {
        if partner[a].is_none() && partner[b].is_none() {
            (partner[a], partner[b]) = (Some(b), Some(a));
        }
    }
    chains(lines, &ends, &partner)
}

fn ends_of(lines: &[Line]) -> Vec<End> {
    let mut ends = Vec::with_capacity(2 * lines.len());
    for (line, points) in lines.iter().enumerate() {
        for is_last in [false, true] {
            let n = points.len();
            let ahead = AHEAD.min(n.saturating_sub(1));
            let (at, inside) =
                if is_last { (points[n - 1], points[n - 1 - ahead]) } else { (points[0], points[ahead]) };
            let away = [at[0] - inside[0], at[1] - inside[1]];
            let long = away[0].hypot(away[1]);
            let heading = if long > 0.0 { away.map(|value| value / long) } else { [0.0; 2] };
            ends.push(End { line, is_last, at, heading });
        }
    }
    ends
}

/// Ends that fit, with how badly they do.
fn pairs_of(ends: &[End], reach: f32, turn: f32) -> Vec<(f32, usize, usize)> {
    let cell = |at: [f32; 2]| at.map(|value| (value / reach).floor() as i32);
    let mut cells: BTreeMap<[i32; 2], Vec<usize>> = BTreeMap::new();
    for (at, end) in ends.iter().enumerate() {
        cells.entry(cell(end.at)).or_default().push(at);
    }
    let mut pairs = Vec::new();
    for (at, end) in ends.iter().enumerate() {
        let [x, y] = cell(end.at);
        let near = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| [x + dx, y + dy]));
        for &other in near.filter_map(|cell| cells.get(&cell)).flatten().filter(|&&other| other > at) {
            let there = &ends[other];
            let distance = apart(end.at, there.at);
            let straight = -(end.heading[0] * there.heading[0] + end.heading[1] * there.heading[1]);
            let is_short_ring = end.line == there.line && distance == 0.0;
            // What lies between them must lie ahead, too.
            let between = [there.at[0] - end.at[0], there.at[1] - end.at[1]];
            let ahead = if distance > 0.0 {
                (between[0] * end.heading[0] + between[1] * end.heading[1]) / distance
            } else {
                1.0
            };
            if distance <= reach && straight >= turn && ahead >= turn.min(0.0) && !is_short_ring {
                pairs.push((distance / reach + 1.0 - straight, at, other));
            }
        }
    }
    pairs
}

/// Follows partners from end to end.
fn chains(lines: &[Line], ends: &[End], partner: &[Option<usize>]) -> Vec<Line> {
    let mut is_used = vec![false; lines.len()];
    let mut out = Vec::new();
    // From ends without a partner first; rings of lines are left then.
    let starts = (0..ends.len()).filter(|&end| partner[end].is_none()).chain(0..ends.len());
    for start in starts {
        if is_used[ends[start].line] {
            continue;
        }
        let (mut chain, mut enter): (Line, usize) = (Vec::new(), start);
        loop {
            let End { line, is_last, .. } = ends[enter];
            if is_used[line] {
                // Around once: the ring is closed.
                if let Some(&first) = chain.first() {
                    chain.push(first);
                }
                break;
            }
            is_used[line] = true;
            let points = lines[line].iter();
            if is_last {
                chain.extend(points.rev());
            } else {
                chain.extend(points);
            }
            match partner[2 * line + usize::from(!is_last)] {
                Some(next) => enter = next,
                None => break,
            }
        }
        chain.dedup();
        out.push(chain);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_of_a_cross_become_two_strokes_and_corners_stay() {
        let arm =
            |dx: f32, dy: f32| -> Line { (0..10).map(|at| [20.0 + dx * at as f32, 20.0 + dy * at as f32]).collect() };
        let lines = join(&[arm(1.0, 0.0), arm(0.0, 1.0), arm(-1.0, 0.0), arm(0.0, -1.0)], 2.0, 0.7);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().all(|line| line.len() == 19), "straight through");
        let corner = join(&[arm(1.0, 0.0), arm(0.0, 1.0)], 2.0, 0.7);
        assert_eq!(corner.len(), 2, "a right angle is none");
    }

    #[test]
    fn gaps_close_and_rings_too() {
        let part = |from: usize, to: usize| -> Line {
            (from..to).map(|at| (at as f32 / 10.0).sin_cos()).map(|(y, x)| [40.0 + 20.0 * x, 40.0 + 20.0 * y]).collect()
        };
        let ring = join(&[part(0, 30), part(32, 61)], 6.0, 0.5);
        assert_eq!(ring.len(), 1, "{} lines", ring.len());
        assert_eq!(ring[0].first(), ring[0].last(), "closed");
    }
}
