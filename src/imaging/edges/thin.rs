//! Thinning to lines of one pixel (Guo and Hall, Parallel Thinning with Two-Subiteration Algorithms, 1989), and specks.

use crate::imaging::Plane;
use crate::imaging::mask_ops::components;

/// Where a pixel's neighbours lie, clockwise from the north.
const AROUND: [(i32, i32); 8] = [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];

/// Whether a pixel with these neighbours (bit 0 is the north) may go in the first or the second half of a pass.
const fn may_go(neighbors: u8, half: usize) -> bool {
    let [p2, p3, p4, p5, p6, p7, p8, p9] = [
        neighbors & 1 != 0,
        neighbors & 2 != 0,
        neighbors & 4 != 0,
        neighbors & 8 != 0,
        neighbors & 16 != 0,
        neighbors & 32 != 0,
        neighbors & 64 != 0,
        neighbors & 128 != 0,
    ];
    let crossings =
        (!p2 && (p3 || p4)) as u8 + (!p4 && (p5 || p6)) as u8 + (!p6 && (p7 || p8)) as u8 + (!p8 && (p9 || p2)) as u8;
    let first = (p9 || p2) as u8 + (p3 || p4) as u8 + (p5 || p6) as u8 + (p7 || p8) as u8;
    let second = (p2 || p3) as u8 + (p4 || p5) as u8 + (p6 || p7) as u8 + (p8 || p9) as u8;
    let pairs = if first < second { first } else { second };
    let holds = if half == 0 { (p6 || p7 || !p9) && p8 } else { (p2 || p3 || !p5) && p4 };
    crossings == 1 && pairs >= 2 && pairs <= 3 && !holds
}

/// [`may_go`] for both halves and all neighbourhoods.
const TABLE: [[bool; 256]; 2] = {
    let mut table = [[false; 256]; 2];
    let mut at = 0;
    while at < 512 {
        table[at >> 8][at & 255] = may_go((at & 255) as u8, at >> 8);
        at += 1;
    }
    table
};

/// The lines in the middle of what is not 0: 1 on them, else 0. Each area keeps its holes and stays in one piece.
#[must_use]
pub fn thin(ink: &Plane<u8>) -> Plane<u8> {
    let (width, height) = (ink.size().width as usize, ink.size().height as usize);
    // A frame of paper, so that every pixel has neighbours.
    let wide = width + 2;
    let mut padded = vec![0_u8; wide * (height + 2)];
    for y in 0..height {
        let row = &ink.data()[y * width..][..width];
        padded[(y + 1) * wide + 1..][..width].iter_mut().zip(row).for_each(|(to, &from)| *to = u8::from(from != 0));
    }
    let steps: [isize; 8] = std::array::from_fn(|at| AROUND[at].1 as isize * wide as isize + AROUND[at].0 as isize);
    let mut active: Vec<u32> = (0..padded.len() as u32).filter(|&at| padded[at as usize] != 0).collect();
    let mut round_of = vec![0_u32; padded.len()];
    let (mut gone, mut round) = (Vec::new(), 0);
    while !active.is_empty() {
        round += 1;
        let mut changed = Vec::new();
        for table in &TABLE {
            gone.clear();
            gone.extend(active.iter().copied().filter(|&at| {
                let at = at as usize;
                let bit = |n: usize| padded[at.wrapping_add_signed(steps[n])] << n;
                padded[at] != 0 && table[usize::from((0..8).fold(0, |sum, n| sum | bit(n)))]
            }));
            for &at in &gone {
                padded[at as usize] = 0;
            }
            changed.extend_from_slice(&gone);
        }
        // Only what stands beside a pixel that went can have changed.
        active.clear();
        for &at in &changed {
            for step in steps {
                let near = (at as usize).wrapping_add_signed(step);
                if padded[near] != 0 && round_of[near] != round {
                    round_of[near] = round;
                    active.push(near as u32);
                }
            }
        }
    }
    let mut out = Plane::filled(ink.size(), 0);
    for y in 0..height {
        out.data_mut()[y * width..][..width].copy_from_slice(&padded[(y + 1) * wide + 1..][..width]);
    }
    out
}

/// Without areas (diagonal neighbours are connected) of fewer than `least` pixels.
#[must_use]
pub fn without_specks(ink: &Plane<u8>, least: usize) -> Plane<u8> {
    let (areas, labels) = components(ink, 1);
    let mut out = ink.clone();
    for (value, &label) in out.data_mut().iter_mut().zip(labels.data()) {
        if label > 0 && areas[label as usize - 1].pixels < least {
            *value = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rand::Rng as _;

    use super::*;
    use crate::control;
    use crate::imaging::Size;

    fn blobs(seed: u64, side: u32) -> Plane<u8> {
        let mut rng = control::rng(seed, 0);
        let mut ink = Plane::filled(Size::new(side, side), 0);
        for _ in 0..12 {
            let (x0, y0) = (rng.random_range(0..side), rng.random_range(0..side));
            let (w, h) = (rng.random_range(1..side / 3), rng.random_range(1..side / 3));
            (y0..(y0 + h).min(side)).for_each(|y| (x0..(x0 + w).min(side)).for_each(|x| ink.set(x, y, 1)));
        }
        ink
    }

    #[test]
    fn lines_lie_inside_and_keep_pieces_and_holes() {
        for seed in 0..20 {
            let ink = blobs(seed, 48);
            let lines = thin(&ink);
            assert!(ink.data().iter().zip(lines.data()).all(|(ink, line)| line <= ink), "inside");
            assert_eq!(components(&ink, 1).0.len(), components(&lines, 1).0.len(), "as many pieces");
            assert_eq!(thin(&lines), lines, "thin lines stay");
            // No square of four pixels is left but where lines cross in steps.
            let solid = (0..47_u32).flat_map(|y| (0..47_u32).map(move |x| (x, y)));
            let solid = solid.filter(|&(x, y)| (0..4).all(|at| lines.at(x + at % 2, y + at / 2) == 1)).count();
            assert!(solid <= 4, "{solid} squares are left");
        }
    }

    #[test]
    fn a_bar_becomes_its_middle() {
        let mut ink = Plane::filled(Size::new(40, 11), 0);
        (3..8).for_each(|y| (4..36).for_each(|x| ink.set(x, y, 1)));
        let lines = thin(&ink);
        assert!((8..32).all(|x| lines.at(x, 5) == 1), "the middle row");
        assert!(lines.data().iter().map(|&v| usize::from(v)).sum::<usize>() <= 36, "and hardly more");
    }

    #[test]
    fn specks_go_and_the_rest_stays() {
        let mut ink = Plane::filled(Size::new(20, 20), 0);
        (2..14).for_each(|x| ink.set(x, 3, 1));
        (0..3).for_each(|at| ink.set(10 + at, 10 + at, 1));
        let rest = without_specks(&ink, 4);
        assert_eq!(rest.data().iter().map(|&v| u32::from(v)).sum::<u32>(), 12);
    }
}
