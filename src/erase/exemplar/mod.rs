//! Exemplar synthesis: the hole is filled with patches of the photo itself, coarse to fine.
//!
//! At each level of a pyramid two steps alternate, as in Wexler, Shechtman and Irani, "Space-Time Completion of Video",
//! PAMI 2007: each patch over the hole looks for a similar known patch ([`search`]), then all patches vote on the
//! pixels they cover ([`vote`]). The coarsest level starts from an onion-peel fill ([`onion`]).

mod kd_tree;
mod level;
mod metric;
mod onion;
mod search;
mod vote;

use level::{Level, NO_TARGET, Sites};
use search::{Matches, Pass, Variation};
use vote::Voting;

use super::inpainter::{Filled, Inpainter, Progressed};
use super::window::Window;
use crate::control::{CancelToken, Step};
use crate::imaging::Size;

/// What one synthesis is asked for with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The candidate's seed. The fills of seeds 0 is the plainest; others prefer other sources.
    pub(crate) seed: u64,
    /// Patch radius.
    pub(crate) radius: usize,
}

/// A synthesis under way.
pub(crate) struct Exemplar {
    options: Options,
    cancel: CancelToken,
    /// Finest first; the last one is at work.
    levels: Vec<Level>,
    sites: Sites,
    matches: Matches,
    iteration: usize,
    level_count: usize,
    tuning: Tuning,
}

/// Numbers that the board in `tests` was tuned by.
#[derive(Clone, Copy, Debug)]
struct Tuning {
    coherence: f32,
    far_cost: f32,
    sharpness: f32,
    final_sharpness: f32,
    spread: f32,
    final_spread: f32,
    confidence_base: f32,
    iterations: [usize; 4],
    leaves: usize,
    coarsest_width: f32,
}

fn env(name: &str, default: f32) -> f32 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

impl Tuning {
    fn new() -> Self {
        Self {
            coherence: env("COH", 0.3),
            far_cost: env("FAR", 60.0),
            sharpness: env("SHARP", 0.5),
            final_sharpness: env("FSHARP", 0.2),
            spread: env("SPREAD", 1.0),
            final_spread: env("FSPREAD", 0.6),
            confidence_base: env("CONF", 1.2),
            iterations: [
                env("I0", 3.0) as usize,
                env("I1", 4.0) as usize,
                env("I2", 6.0) as usize,
                env("I3", 10.0) as usize,
            ],
            leaves: env("LEAVES", 3.0) as usize,
            coarsest_width: env("CW", 9.0),
        }
    }
}

impl Exemplar {
    /// Prepares a synthesis; `None` when the window has no source patch for any radius.
    pub(crate) fn new(window: &Window, options: Options, cancel: CancelToken) -> Option<Self> {
        let tuning = Tuning::new();
        let mut levels = vec![Level::finest(window.size(), &window.colors, &window.hole, &window.source)];
        let mut options = options;
        while levels[0].sites(options.radius).sources.len() < 16 {
            options.radius = options.radius.checked_sub(1).filter(|&radius| radius > 0)?;
        }
        let mut width = 2.0 * inscribed_radius(&levels[0]);
        while width > tuning.coarsest_width {
            let Some(next) = levels.last().map(Level::halved) else { break };
            let sites = next.sites(options.radius);
            if sites.sources.len() < 150 {
                break;
            }
            levels.push(next);
            width /= 2.0;
        }
        let level_count = levels.len();
        let sites = levels[level_count - 1].sites(options.radius);
        Some(Self { options, cancel, levels, sites, matches: Matches::default(), iteration: 0, level_count, tuning })
    }

    fn variation(&self) -> Variation {
        let level = self.levels.len() - 1;
        let strength = if self.options.seed == 0 { 0.0 } else { 0.6 };
        Variation { seed: self.options.seed, strength, block: (32u32 >> level.min(3)).max(4) }
    }

    fn iterations(&self) -> usize {
        self.tuning.iterations[(self.levels.len() - 1).min(3)]
    }

    fn start_coarsest(&mut self) {
        let variation = self.variation();
        let Some(level) = self.levels.last_mut() else { return };
        let jitter = |x: u32, y: u32| variation.factor(x as i32, y as i32);
        self.matches = onion::fill(level, &self.sites, jitter, &self.cancel);
    }

    fn iterate(&mut self) {
        let at = self.levels.len() - 1;
        let level = &self.levels[at];
        let is_first = self.iteration == 0;
        let is_tree_wanted = self.iteration < 2 && self.tuning.leaves > 0;
        let tree =
            is_tree_wanted.then(|| search::source_tree(level, &self.sites, self.sites.sources.len().div_ceil(120_000)));
        let pass = Pass {
            tree: tree.as_ref(),
            leaves: self.tuning.leaves,
            offsets: &[],
            reach: &[2, 5],
            is_jittered: is_first,
            coherence: self.tuning.coherence,
            far_cost: self.tuning.far_cost,
            variation: self.variation(),
            cancel: &self.cancel,
        };
        self.matches = search::improve(level, &self.sites, &self.matches, &pass);
        for _ in 0..2 {
            let pass = Pass { tree: None, is_jittered: false, ..pass };
            self.matches = search::improve(level, &self.sites, &self.matches, &pass);
        }
        let is_last = at == 0 && self.iteration + 1 >= self.iterations();
        if !is_last {
            self.apply_votes(Voting { sharpness: self.tuning.sharpness, spread: self.tuning.spread });
        }
    }

    fn apply_votes(&mut self, voting: Voting) {
        let Some(level) = self.levels.last_mut() else { return };
        let confidence = confidence(level, self.tuning.confidence_base);
        let votes = vote::vote(level, &self.sites, &self.matches, &confidence, voting);
        for (at, &hole) in level.hole.data().iter().enumerate() {
            if hole {
                level.exact[at] = votes.values[at];
            }
        }
        level.quantize();
    }

    /// Moves to the next finer level with the matches found so far.
    fn descend(&mut self) {
        let Some(coarse) = self.levels.pop() else { return };
        let Some(fine) = self.levels.last() else { return };
        let sites = fine.sites(self.options.radius);
        self.matches = finer_matches(&coarse, &self.sites, &self.matches, fine.size, &sites);
        self.sites = sites;
        self.iteration = 0;
        self.apply_votes(Voting { sharpness: self.tuning.sharpness, spread: self.tuning.spread });
    }

    fn finish(&self) -> Filled {
        let level = &self.levels[0];
        let confidence = confidence(level, self.tuning.confidence_base);
        let voting = Voting { sharpness: self.tuning.final_sharpness, spread: self.tuning.final_spread };
        let votes = vote::vote(level, &self.sites, &self.matches, &confidence, voting);
        Filled { colors: votes.values.iter().map(|&[r, g, b, _]| [r, g, b]).collect(), is_predicted: votes.is_voted }
    }

    fn preview(&self) -> Progressed {
        let done = (self.level_count - self.levels.len()) as f32;
        let within = self.iteration as f32 / self.iterations().max(1) as f32;
        // Each level costs about four times the one before, the finest has fewer iterations.
        let fraction = 2f32.powf(done + within - self.level_count as f32);
        let Some(level) = self.levels.last() else {
            return Progressed { fraction, size: Size::new(0, 0), colors: Vec::new() };
        };
        let colors = level.exact.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
        Progressed { fraction, size: level.size, colors }
    }
}

impl Inpainter for Exemplar {
    fn step(&mut self) -> Step<Progressed, Filled> {
        if self.matches.source.is_empty() {
            self.start_coarsest();
        } else if self.iteration < self.iterations() {
            self.iterate();
            self.iteration += 1;
        } else if self.levels.len() > 1 {
            self.descend();
        } else {
            return Step::Done(self.finish());
        }
        Step::More(self.preview())
    }
}

fn finer_matches(coarse: &Level, from: &Sites, matches: &Matches, size: Size, to: &Sites) -> Matches {
    let (coarse_width, width) = (coarse.size.width as i32, size.width as i32);
    let coarse_height = coarse.size.height as i32;
    let source = to.targets.iter().enumerate().map(|(index, &target)| {
        let (x, y) = (target as i32 % width, target as i32 / width);
        let parent = nearest_target(from, coarse_width, coarse_height, x / 2, y / 2);
        let wanted = parent.map(|(px, py, place)| {
            let source = matches.source[place as usize] as i32;
            let (dx, dy) = (source % coarse_width - px, source / coarse_width - py);
            (x + 2 * dx, y + 2 * dy)
        });
        let found = wanted.and_then(|(sx, sy)| nearest_source(to, width, size.height as i32, sx, sy));
        found.unwrap_or_else(|| to.sources[index % to.sources.len()])
    });
    let source: Vec<u32> = source.collect();
    Matches { distance: vec![1; source.len()], source }
}

fn nearest_target(sites: &Sites, width: i32, height: i32, x: i32, y: i32) -> Option<(i32, i32, u32)> {
    let radius = sites.radius as i32;
    let (x, y) = (x.clamp(radius, width - 1 - radius), y.clamp(radius, height - 1 - radius));
    for (dx, dy) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (1, -1), (-1, 1)] {
        let (nx, ny) = (x + dx, y + dy);
        if nx < 0 || ny < 0 || nx >= width || ny >= height {
            continue;
        }
        let index = sites.target_at[(ny * width + nx) as usize];
        if index != NO_TARGET {
            return Some((nx, ny, index));
        }
    }
    None
}

fn nearest_source(sites: &Sites, width: i32, height: i32, x: i32, y: i32) -> Option<u32> {
    for reach in 0..4i32 {
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (sx, sy) = (x + dx, y + dy);
                let is_edge = dx.abs().max(dy.abs()) == reach;
                if is_edge && sx >= 0 && sy >= 0 && sx < width && sy < height {
                    let at = (sy * width + sx) as usize;
                    if sites.is_source[at] {
                        return Some(at as u32);
                    }
                }
            }
        }
    }
    None
}

/// The weight of the patch centred at each pixel: 1 where known, falling by `base` with each pixel into the hole.
fn confidence(level: &Level, base: f32) -> Vec<f32> {
    chessboard_distance(level).iter().map(|&d| base.powf(-(d as f32).min(60.0))).collect()
}

/// Steps to the nearest known pixel, by a two-pass 3-4 chamfer divided by 3.
fn chessboard_distance(level: &Level) -> Vec<u32> {
    let (width, height) = (level.size.width as usize, level.size.height as usize);
    let far = 3 * (width + height) as u32;
    let mut d: Vec<u32> = level.hole.data().iter().map(|&hole| if hole { far } else { 0 }).collect();
    let relax = |d: &mut [u32], x: usize, y: usize, steps: [(i32, i32, u32); 4]| {
        let at = y * width + x;
        for (dx, dy, cost) in steps {
            let (nx, ny) = (x as i32 + dx, y as i32 + dy);
            if nx >= 0 && ny >= 0 && nx < width as i32 && ny < height as i32 {
                d[at] = d[at].min(d[(ny * width as i32 + nx) as usize] + cost);
            }
        }
    };
    for y in 0..height {
        for x in 0..width {
            relax(&mut d, x, y, [(-1, 0, 3), (0, -1, 3), (-1, -1, 4), (1, -1, 4)]);
        }
    }
    for y in (0..height).rev() {
        for x in (0..width).rev() {
            relax(&mut d, x, y, [(1, 0, 3), (0, 1, 3), (1, 1, 4), (-1, 1, 4)]);
        }
    }
    d.into_iter().map(|v| v / 3).collect()
}

fn inscribed_radius(level: &Level) -> f32 {
    chessboard_distance(level).into_iter().max().unwrap_or(0) as f32
}
