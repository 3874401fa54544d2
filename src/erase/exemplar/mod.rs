//! Exemplar synthesis: the hole is filled with patches of the photo itself, coarse to fine.
//!
//! At each level of a pyramid two steps alternate, as in Wexler, Shechtman and Irani, "Space-Time Completion of Video",
//! PAMI 2007: each patch over the hole looks for a similar known patch ([`search`]), then all patches vote on the
//! pixels they cover ([`vote`]). The coarsest level starts from an onion-peel fill ([`onion`]).

mod guide;
mod kd_tree;
mod level;
mod metric;
mod offsets;
mod onion;
mod search;
mod vote;

use guide::Guidance;
pub(crate) use guide::Guide;
use level::{Level, NO_TARGET, Sample, Sites};
use search::{Matches, Pass, Variation};
use vote::Voting;

use super::EraseError;
use super::inpainter::{Filled, Inpainter, Progressed};
use super::window::{Window, grown, steps_inside};
use crate::control::{CancelToken, Step};
use crate::imaging::Size;

/// What one synthesis is asked for with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The candidate's seed. The fills of seeds 0 is the plainest; others prefer other sources.
    pub(crate) seed: u64,
    /// Patch radius.
    pub(crate) radius: usize,
    /// Known pixels around the hole that are filled too, for a feather to fade them out.
    pub(crate) ring: u32,
}

/// One attempt at the coarsest level.
struct Start {
    /// The sum of the distances of all matches.
    cost: f64,
    exact: Vec<Sample>,
    matches: Matches,
}

/// A synthesis under way.
pub(crate) struct Exemplar {
    options: Options,
    cancel: CancelToken,
    /// Finest first; the last one is at work.
    levels: Vec<Level>,
    sites: Sites,
    /// Weights of the patches of the level at work.
    confidence: Vec<f32>,
    matches: Matches,
    /// Attempts at the coarsest level.
    starts: Vec<Start>,
    is_started: bool,
    iteration: usize,
    level_count: usize,
    guidance: Option<Guidance>,
}

/// By which share a source that breaks with its neighbours must be better.
const COHERENCE: f32 = 0.3;
/// Cost of a source as far away as the window is wide, in squared bytes a pixel: light changes across a photo.
pub(crate) const FAR_COST: f32 = 60.0;
/// How votes are weighted while searching, and for the result.
pub(crate) const VOTING: Voting = Voting { sharpness: 0.5, spread: 1.0 };
const FINAL_VOTING: Voting = Voting { sharpness: 0.2, spread: 0.6 };
/// A guide makes neighbouring patches agree less, so their mean is softer: fewer of them count.
const GUIDED_FINAL_VOTING: Voting = Voting { sharpness: 0.05, spread: 0.6 };
/// A patch's vote falls by this factor with each pixel from known pixels to its centre.
const CONFIDENCE_BASE: f32 = 1.35;
/// Rounds of search and vote at levels 0, 1, 2 and all coarser ones.
const ITERATIONS: [usize; 4] = [2, 3, 6, 10];
/// Rounds at a level in which the tree is asked; later ones only refine.
const TREE_ITERATIONS: usize = 2;
/// Leaves of the tree visited for each target.
const LEAVES: usize = 3;
/// A finest level with more targets than this relies on the matches of the level above.
const TREE_TARGETS: usize = 60_000;
/// A tree holds at most about this many sources.
const TREE_SOURCES: usize = 120_000;
/// Offsets at which the photo repeats itself that are tried.
const OFFSETS: usize = 24;
/// The hole's width at the coarsest level, in pixels.
const COARSEST_WIDTH: f32 = 12.0;
/// The same when a guide says what the structure is.
const GUIDED_COARSEST_WIDTH: f32 = 24.0;
/// A level with fewer sources is too small to start from.
const LEAST_SOURCES: usize = 150;
/// Attempts at the coarsest level.
const STARTS: usize = 2;
impl Exemplar {
    /// Prepares a synthesis; `None` when the window has no source patch for any radius.
    pub(crate) fn new(window: &Window, guide: Option<&Guide>, options: Options, cancel: CancelToken) -> Option<Self> {
        let mut levels = vec![Level::finest(window.size(), &window.colors, &window.hole, &window.source)];
        let mut options = options;
        while levels[0].sites(options.radius).sources.len() < 16 {
            options.radius = options.radius.checked_sub(1).filter(|&radius| radius > 0)?;
        }
        let mut width = window.hole_width();
        let coarsest = if guide.is_some() { GUIDED_COARSEST_WIDTH } else { COARSEST_WIDTH };
        while width > coarsest {
            let Some(next) = levels.last().map(Level::halved) else { break };
            let sites = next.sites(options.radius);
            if sites.sources.len() < LEAST_SOURCES {
                break;
            }
            levels.push(next);
            width /= 2.0;
        }
        let level_count = levels.len();
        let sites = levels[level_count - 1].sites(options.radius);
        let confidence = confidence(&levels[level_count - 1], CONFIDENCE_BASE);
        let guidance = guide.map(|guide| Guidance::new(guide, &mut levels));
        let matches = Matches::default();
        let starts = Vec::new();
        Some(Self {
            options,
            cancel,
            levels,
            sites,
            confidence,
            matches,
            starts,
            is_started: false,
            iteration: 0,
            level_count,
            guidance,
        })
    }

    fn variation(&self) -> Variation {
        let level = self.levels.len() - 1;
        let strength = if self.options.seed == 0 { 0.0 } else { 0.6 };
        Variation { seed: self.options.seed, strength, block: (32u32 >> level.min(3)).max(4) }
    }

    fn iterations(&self) -> usize {
        ITERATIONS[(self.levels.len() - 1).min(3)]
    }

    /// Fills the coarsest level for the first time, or once more from another start.
    ///
    /// The first guess decides which structure wins, and it is cheap: [`STARTS`] of them are carried through all rounds
    /// of the coarsest level, and the one whose patches match best goes on.
    fn peel(&mut self) {
        let mut variation = self.variation();
        if !self.starts.is_empty() {
            variation.seed = variation.seed.wrapping_mul(31).wrapping_add(self.starts.len() as u64);
            variation.strength = variation.strength.max(0.4);
        }
        let Some(level) = self.levels.last_mut() else { return };
        if self.guidance.is_some() {
            // The guide stands in the hole already: the first round looks for what resembles it.
            let source = (0..self.sites.targets.len()).map(|at| self.sites.sources[at % self.sites.sources.len()]);
            self.matches = Matches { source: source.collect(), distance: vec![1; self.sites.targets.len()] };
            return;
        }
        let jitter = |x: u32, y: u32| variation.factor(x as i32, y as i32);
        self.matches = onion::fill(level, &self.sites, jitter, &self.cancel);
    }

    /// Keeps the coarsest level as it came out of one start; after the last one goes on with the best.
    fn end_start(&mut self) {
        let cost = self.matches.distance.iter().map(|&d| f64::from(d)).sum::<f64>();
        let Some(level) = self.levels.last_mut() else { return };
        self.starts.push(Start { cost, exact: level.exact.clone(), matches: std::mem::take(&mut self.matches) });
        if self.starts.len() < STARTS && self.level_count > 1 && self.guidance.is_none() {
            self.iteration = 0;
            return;
        }
        let best = self.starts.drain(..).min_by(|a, b| a.cost.total_cmp(&b.cost));
        let Some(best) = best else { return };
        level.exact = best.exact;
        level.quantize();
        self.matches = best.matches;
        self.is_started = true;
    }

    fn iterate(&mut self) {
        let at = self.levels.len() - 1;
        let level = &self.levels[at];
        let is_first = self.iteration == 0;
        let is_tree_wanted = self.iteration < TREE_ITERATIONS
            && (at > 0 || self.level_count < 3 || self.sites.targets.len() < TREE_TARGETS);
        let tree = is_tree_wanted
            .then(|| search::source_tree(level, &self.sites, self.sites.sources.len().div_ceil(TREE_SOURCES)));
        let basis = search::basis(self.sites.radius);
        let least = (2 * self.sites.radius + 1) as i32;
        let offsets = match &tree {
            Some(tree) if at > 0 => offsets::dominant(level, &self.sites, tree, &basis, least, OFFSETS),
            _ => Vec::new(),
        };
        let pass = Pass {
            tree: tree.as_ref(),
            basis: &basis,
            leaves: LEAVES,
            offsets: &offsets,
            reach: &[2, 5],
            is_jittered: is_first,
            coherence: COHERENCE,
            far_cost: FAR_COST,
            guide: self.guidance.as_ref().map(|guide| guide.term(at, self.sites.radius)),
            variation: self.variation(),
            cancel: &self.cancel,
        };
        self.matches = search::improve(level, &self.sites, &self.matches, &pass);
        // A second pass lets sources spread from target to target at little cost.
        let pass = Pass { tree: None, offsets: &[], is_jittered: false, ..pass };
        self.matches = search::improve(level, &self.sites, &self.matches, &pass);
        let is_last = at == 0 && self.iteration + 1 >= self.iterations();
        if !is_last {
            self.apply_votes(VOTING);
        }
    }

    fn apply_votes(&mut self, voting: Voting) {
        let Some(level) = self.levels.last_mut() else { return };
        let votes = vote::vote(level, &self.sites, &self.matches, &self.confidence, &level.hole, voting, &self.cancel);
        level.exact = votes;
        level.quantize();
    }

    /// Moves to the next finer level with the matches found so far.
    fn descend(&mut self) {
        let Some(coarse) = self.levels.pop() else { return };
        let Some(fine) = self.levels.last() else { return };
        let sites = fine.sites(self.options.radius);
        self.matches = finer_matches(&coarse, &self.sites, &self.matches, fine.size, &sites);
        self.confidence = confidence(fine, CONFIDENCE_BASE);
        self.sites = sites;
        self.iteration = 0;
        self.apply_votes(VOTING);
    }

    fn finish(&self) -> Filled {
        let level = &self.levels[0];
        let voting = if self.guidance.is_some() { GUIDED_FINAL_VOTING } else { FINAL_VOTING };
        let wanted = grown(&level.hole, self.options.ring, level.size.rect());
        let votes = vote::vote(level, &self.sites, &self.matches, &self.confidence, &wanted, voting, &self.cancel);
        let gradients =
            vote::vote_on_gradients(level, &self.sites, &self.matches, &self.confidence, voting, &self.cancel);
        let colors: Vec<[f32; 3]> = votes.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
        let width = level.size.width as usize;
        let gradients = gradients.into_iter().enumerate().map(|(at, [right, down])| {
            let own = |next: usize| {
                let (a, b) = (colors[at], colors.get(next).copied().unwrap_or(colors[at]));
                [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
            };
            [right.unwrap_or_else(|| own(at + 1)), down.unwrap_or_else(|| own(at + width))]
        });
        Filled { gradients: gradients.collect(), colors }
    }

    fn preview(&self) -> Progressed {
        let fraction = self.fraction();
        // On fine levels only the first look at a level is worth the copy.
        let is_worth_showing = self.iteration == 0 || self.levels.len() > 2;
        let Some(level) = self.levels.last().filter(|_| is_worth_showing) else {
            return Progressed { fraction, size: Size::new(0, 0), colors: Vec::new() };
        };
        let colors = level.exact.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
        Progressed { fraction, size: level.size, colors }
    }

    /// How much of the work is done: a level costs about twice as much as the one before.
    fn fraction(&self) -> f32 {
        let below = (self.levels.len() - 1) as i32;
        let round = self.iteration as f32 / self.iterations().max(1) as f32;
        let within = if self.is_started { round } else { (self.starts.len() as f32 + round) / STARTS as f32 };
        0.5f32.powi(below + 1) * (1.0 + within.min(1.0))
    }
}

impl Inpainter for Exemplar {
    fn step(&mut self) -> Result<Step<Progressed, Filled>, EraseError> {
        if self.cancel.is_cancelled() {
            return Ok(Step::More(Progressed { fraction: 1.0, size: Size::new(0, 0), colors: Vec::new() }));
        }
        if self.matches.source.is_empty() {
            self.peel();
        } else if self.iteration < self.iterations() {
            self.iterate();
            self.iteration += 1;
        } else if !self.is_started {
            self.end_start();
        } else if self.levels.len() > 1 {
            self.descend();
        } else {
            return Ok(Step::Done(self.finish()));
        }
        Ok(Step::More(self.preview()))
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
    steps_inside(&level.hole).iter().map(|&d| base.powf(-(d as f32).min(60.0))).collect()
}
