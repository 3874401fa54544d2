//! How the work of one plan is divided into jobs.

use super::super::lanes::{PANEL, ROWS, lanes};
use super::plan::Plan;
use super::stage::{Layout, Part};
use super::weights::{block_channels, groups};

/// The division: pixels first; channels too where there are few pixels.
#[derive(Debug)]
pub(super) struct Split {
    /// Grid rows of all images in a job.
    rows: usize,
    /// Output groups in a job.
    groups: usize,
    /// Jobs along rows, columns, groups.
    counts: (usize, usize, usize),
    pub(super) layout: Layout,
    /// Floats of staged planes, of one packed panel, of the sums and of one line of results.
    pub(super) sizes: [usize; 4],
}

/// Floats of partial sums that stay in the second-level cache.
const SUMS: usize = 96 << 10;

/// What one job covers.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) parts: Vec<Part>,
    pub(super) left: usize,
    pub(super) columns: usize,
    pub(super) first_group: usize,
    pub(super) groups: usize,
}

impl Split {
    pub(super) fn new(plan: &Plan) -> Self {
        let (lanes, threads) = (lanes(), rayon::current_num_threads());
        let (all_rows, width) = (plan.batch * plan.grid.0, plan.grid.1);
        let panel = PANEL * lanes;
        let wanted = (SUMS / (groups(plan) * ROWS * plan.phases.len()) / panel).clamp(1, 8) * panel;
        // A few jobs for each thread, so that none waits long for the last; few pixels stay together, which reads the
        // weights once, and the channels are divided instead.
        let pixels = all_rows * width;
        let is_small = pixels <= 2 * wanted.max(2 * panel) && groups(plan) >= 4 * threads;
        let fair = pixels.div_ceil(threads * 3).next_multiple_of(panel);
        let wanted = if is_small { pixels.div_ceil(threads).next_multiple_of(2 * lanes) } else { wanted.min(fair) };
        let cuts = if width > wanted * 3 / 2 { width.div_ceil(wanted) } else { 1 };
        let columns = width.div_ceil(cuts).next_multiple_of(lanes).min(width);
        let rows = ((wanted + columns / 2) / columns).clamp(1, all_rows);
        let rows = all_rows.div_ceil(all_rows.div_ceil(rows));
        let (row_jobs, column_jobs) = (all_rows.div_ceil(rows), width.div_ceil(columns));
        let shares = if is_small || threads == 1 { threads } else { 2 * threads };
        let group_jobs = shares.div_ceil(row_jobs * column_jobs);
        let per_job = groups(plan).div_ceil(group_jobs.clamp(1, groups(plan).div_ceil(4)));
        let layout = Layout {
            columns,
            plane_rows: rows.min(plan.grid.0) + plan.reach.0,
            pitch: columns + plan.reach.1,
            channels: block_channels(plan),
            planes: plan.planes.0 * plan.planes.1,
        };
        let taps = plan.phases.iter().map(|phase| phase.taps.len()).max().unwrap_or(1);
        let parts = (rows - 1).div_ceil(plan.grid.0) + 1;
        let total = rows * columns.next_multiple_of(lanes);
        let sizes = [
            parts * layout.part() + 2 * panel,
            layout.channels * taps * panel + panel,
            plan.phases.len() * per_job * ROWS * total,
            columns * plan.out_step + panel,
        ]
        .map(|size: usize| size.next_multiple_of(16));
        Self { rows, groups: per_job, counts: (row_jobs, column_jobs, groups(plan).div_ceil(per_job)), layout, sizes }
    }

    pub(super) const fn jobs(&self) -> usize {
        self.counts.0 * self.counts.1 * self.counts.2
    }

    /// Floats of scratch for a job.
    pub(super) fn scratch(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// What job `index` covers; neighbours share weights first, pixels second.
    pub(super) fn range(&self, plan: &Plan, index: usize) -> Range {
        let pixels = self.counts.0 * self.counts.1;
        let (group, at) = (index / pixels, index % pixels);
        let (row, column) = (at / self.counts.1, at % self.counts.1);
        let mut parts = Vec::new();
        let end = ((row + 1) * self.rows).min(plan.batch * plan.grid.0);
        let mut next = row * self.rows;
        while next < end {
            let top = next % plan.grid.0;
            let rows = (plan.grid.0 - top).min(end - next);
            parts.push(Part { image: next / plan.grid.0, top, rows });
            next += rows;
        }
        let left = column * self.layout.columns;
        let first_group = group * self.groups;
        Range {
            parts,
            left,
            columns: self.layout.columns.min(plan.grid.1 - left),
            first_group,
            groups: self.groups.min(groups(plan) - first_group),
        }
    }
}
