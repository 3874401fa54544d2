//! From thin lines to paths: one path from each crossing or end to the next.

use crate::imaging::Plane;

/// A path in pixels, `[x, y]` each. The ends of a closed one are equal; a single point is a dot.
pub type Line = Vec<[f32; 2]>;

/// Where neighbours lie: those beside first, then those across.
const BESIDE: [(i32, i32); 4] = [(0, -1), (1, 0), (0, 1), (-1, 0)];
const ACROSS: [(i32, i32); 4] = [(1, -1), (1, 1), (-1, 1), (-1, -1)];

/// The paths of lines that are one pixel thin (what is not 0), through the middles of their pixels.
#[must_use]
pub fn trace(lines: &Plane<u8>) -> Vec<Line> {
    let mut tracer = Tracer::new(lines);
    let mut found = Vec::new();
    let pixels: Vec<usize> = (0..lines.data().len()).filter(|&at| lines.data()[at] != 0).collect();
    // From ends and crossings first; what is left then are rings.
    for &at in &pixels {
        if tracer.degrees[at] == 2 {
            continue;
        }
        if tracer.degrees[at] == 0 {
            found.push(vec![tracer.point(at)]);
        }
        while let Some(next) = tracer.open_way(at) {
            found.push(tracer.follow(at, next));
        }
    }
    for &at in &pixels {
        while let Some(next) = tracer.open_way(at) {
            found.push(tracer.follow(at, next));
        }
    }
    found
}

/// Whether the line ends where it began.
#[must_use]
pub fn is_closed(line: &[[f32; 2]]) -> bool {
    line.len() > 3 && line.first() == line.last()
}

/// The line's length in pixels.
#[must_use]
pub fn length(line: &[[f32; 2]]) -> f32 {
    line.windows(2).map(|pair| apart(pair[0], pair[1])).sum()
}

pub(super) fn apart(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The line with its points averaged along it, weights of a Gaussian of `sigma` points; ends stay where they are.
#[must_use]
pub fn smoothed(line: &[[f32; 2]], sigma: f32) -> Line {
    if line.len() < 3 || sigma <= 0.0 {
        return line.to_vec();
    }
    let reach = (2.5 * sigma).ceil() as isize;
    let weights: Vec<f32> = (-reach..=reach).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
    let n = line.len() as isize;
    let is_ring = is_closed(line);
    // Beyond an open end the line goes on as its reflection in that end, so the end itself does not move.
    let point = |at: isize| -> [f32; 2] {
        if is_ring {
            return line[at.rem_euclid(n - 1) as usize];
        }
        let mirror = |end: [f32; 2], at: isize| {
            let inside = line[at.clamp(0, n - 1) as usize];
            [2.0 * end[0] - inside[0], 2.0 * end[1] - inside[1]]
        };
        match at {
            _ if at < 0 => mirror(line[0], -at),
            _ if at >= n => mirror(line[n as usize - 1], 2 * (n - 1) - at),
            _ => line[at as usize],
        }
    };
    let total: f32 = weights.iter().sum();
    (0..n)
        .map(|at| {
            let mut sum = [0.0; 2];
            for (weight, offset) in weights.iter().zip(-reach..) {
                let [x, y] = point(at + offset);
                sum = [weight * x + sum[0], weight * y + sum[1]];
            }
            sum.map(|value| value / total)
        })
        .collect()
}

/// The line with as few of its points as keep it within `tolerance` pixels (Ramer 1972, Douglas and Peucker 1973).
#[must_use]
pub fn simplified(line: &[[f32; 2]], tolerance: f32) -> Line {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut is_kept = vec![false; line.len()];
    let last = line.len() - 1;
    (is_kept[0], is_kept[last]) = (true, true);
    let mut open = vec![(0, last)];
    if is_closed(line) {
        // Of a ring whose ends are one point the far side is kept first.
        let far = (1..last).max_by(|&a, &b| apart(line[a], line[0]).total_cmp(&apart(line[b], line[0])));
        if let Some(far) = far {
            is_kept[far] = true;
            open = vec![(0, far), (far, last)];
        }
    }
    while let Some((from, to)) = open.pop() {
        let off = |at: usize| off_segment(line[at], line[from], line[to]);
        let Some(worst) = (from + 1..to).max_by(|&a, &b| off(a).total_cmp(&off(b))) else { continue };
        if off(worst) > tolerance {
            is_kept[worst] = true;
            open.extend([(from, worst), (worst, to)]);
        }
    }
    line.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(point, _)| *point).collect()
}

/// How far a point is from a segment.
pub(super) fn off_segment(point: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let square = along[0] * along[0] + along[1] * along[1];
    if square == 0.0 {
        return apart(point, from);
    }
    let share = ((point[0] - from[0]) * along[0] + (point[1] - from[1]) * along[1]) / square;
    let share = share.clamp(0.0, 1.0);
    apart(point, [share.mul_add(along[0], from[0]), share.mul_add(along[1], from[1])])
}

struct Tracer {
    width: usize,
    height: usize,
    ink: Vec<bool>,
    /// Neighbours of each pixel, as the lines go.
    degrees: Vec<u8>,
    /// For each pixel, which of the eight ways have been gone.
    gone: Vec<u8>,
}

impl Tracer {
    fn new(lines: &Plane<u8>) -> Self {
        let (width, height) = (lines.size().width as usize, lines.size().height as usize);
        let ink: Vec<bool> = lines.data().iter().map(|&value| value != 0).collect();
        let mut tracer = Self { width, height, degrees: vec![0; ink.len()], gone: vec![0; ink.len()], ink };
        for at in 0..tracer.ink.len() {
            if tracer.ink[at] {
                tracer.degrees[at] = tracer.ways(at).count() as u8;
            }
        }
        tracer
    }

    fn beside(&self, at: usize, (dx, dy): (i32, i32)) -> Option<usize> {
        let x = (at % self.width).checked_add_signed(dx as isize).filter(|&x| x < self.width)?;
        let y = (at / self.width).checked_add_signed(dy as isize).filter(|&y| y < self.height)?;
        self.ink[y * self.width + x].then_some(y * self.width + x)
    }

    /// The ways on from a pixel, with their numbers: to pixels beside it, and across where no pixel beside it leads there.
    fn ways(&self, at: usize) -> impl Iterator<Item = (u8, usize)> + '_ {
        let beside = BESIDE.iter().enumerate().filter_map(move |(n, &step)| Some((n as u8, self.beside(at, step)?)));
        let across = ACROSS.iter().enumerate().filter_map(move |(n, &(dx, dy))| {
            let is_direct = self.beside(at, (dx, 0)).is_none() && self.beside(at, (0, dy)).is_none();
            is_direct.then(|| self.beside(at, (dx, dy))).flatten().map(|next| (n as u8 + 4, next))
        });
        beside.chain(across)
    }

    /// A neighbour to which nobody has gone from here.
    fn open_way(&self, at: usize) -> Option<usize> {
        self.ways(at).find(|&(way, _)| self.gone[at] >> way & 1 == 0).map(|(_, next)| next)
    }

    fn go(&mut self, from: usize, to: usize) {
        for (from, to) in [(from, to), (to, from)] {
            let way = self.ways(from).find(|&(_, next)| next == to);
            if let Some((way, _)) = way {
                self.gone[from] |= 1 << way;
            }
        }
    }

    /// From `start` by way of `next` to the next end or crossing, or around a ring.
    fn follow(&mut self, start: usize, next: usize) -> Line {
        let mut line = vec![self.point(start), self.point(next)];
        self.go(start, next);
        let mut at = next;
        while self.degrees[at] == 2 && at != start {
            let Some(next) = self.open_way(at) else { break };
            self.go(at, next);
            line.push(self.point(next));
            at = next;
        }
        line
    }

    fn point(&self, at: usize) -> [f32; 2] {
        [(at % self.width) as f32 + 0.5, (at / self.width) as f32 + 0.5]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Size;

    fn plane(rows: &[&str]) -> Plane<u8> {
        let size = Size::new(rows[0].len() as u32, rows.len() as u32);
        let data = rows.iter().flat_map(|row| row.bytes().map(|byte| u8::from(byte == b'#'))).collect();
        Plane::from_vec(size, data).expect("rows of one length")
    }

    #[test]
    fn a_cross_has_four_arms_a_ring_one_line_a_dot_a_point() {
        let arms = trace(&plane(&["..#..", "..#..", "#####", "..#..", "..#.."]));
        assert_eq!(arms.iter().map(Vec::len).collect::<Vec<_>>(), [3; 4], "{arms:?}");
        let ring = trace(&plane(&[".##.", "#..#", "#..#", ".##."]));
        assert_eq!(ring.len(), 1, "{ring:?}");
        assert!(is_closed(&ring[0]) && ring[0].len() == 9, "{ring:?}");
        assert_eq!(trace(&plane(&["...", ".#.", "..."])), [vec![[1.5, 1.5]]]);
    }

    #[test]
    fn smoothing_keeps_ends_and_straight_lines() {
        let line: Line = (0..30).map(|at| [at as f32, 2.0 * at as f32]).collect();
        let smooth = smoothed(&line, 3.0);
        let worst = line.iter().zip(&smooth).map(|(a, b)| apart(*a, *b)).fold(0.0, f32::max);
        assert!(worst < 1e-3, "{worst} off");
        assert_eq!(simplified(&smooth, 0.1).len(), 2, "two points are enough");
    }
}
