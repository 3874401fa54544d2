//! Minimum cut of a pixel graph, after Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms
//! for Energy Minimization in Vision" (2004): two search trees that are kept from one augmenting path to the next.
//!
//! It knows nothing of colours: nodes, capacities in, sides out.

use std::collections::VecDeque;

use crate::control::CancelToken;

/// Neighbours of a node. Direction `d ^ 1` is opposite to `d`.
pub(super) const DIRECTIONS: [(i32, i32); 8] = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)];

/// The parent of a tree's root: the terminal itself.
const TERMINAL: u8 = 8;
/// The parent of a node that has just lost its own.
const ORPHAN: u8 = 9;
/// The parent of a node in neither tree.
const FREE: u8 = 10;

/// How many augmenting paths pass between two looks at the cancel token.
const CANCEL_INTERVAL: u32 = 1024;

/// A graph of nodes with up to eight neighbours each and one edge to a terminal.
pub(super) struct Graph {
    neighbors: Vec<[u32; 8]>,
    /// What can still flow to the neighbour in each direction.
    residual: Vec<[i32; 8]>,
    /// Positive: what can still flow from the source. Negative: what can still flow to the sink.
    terminal: Vec<i32>,
    parent: Vec<u8>,
    in_sink_tree: Vec<bool>,
    /// When `depth` was last known to be right.
    stamp: Vec<u32>,
    /// Distance to the tree's root.
    depth: Vec<u32>,
    is_queued: Vec<bool>,
    active: VecDeque<u32>,
    orphans: VecDeque<u32>,
    time: u32,
}

impl Graph {
    /// `count` nodes without edges.
    pub(super) fn new(count: usize) -> Self {
        // One node more stands in for every neighbour that is missing: it is free for ever, as nothing flows there.
        let missing = count as u32;
        let count = count + 1;
        Self {
            neighbors: vec![[missing; 8]; count],
            residual: vec![[0; 8]; count],
            terminal: vec![0; count],
            parent: vec![FREE; count],
            in_sink_tree: vec![false; count],
            stamp: vec![0; count],
            depth: vec![0; count],
            is_queued: vec![false; count],
            active: VecDeque::new(),
            orphans: VecDeque::new(),
            time: 0,
        }
    }

    /// Joins `node` with `other`, its neighbour in `direction`, by `capacity` (not negative) both ways.
    pub(super) fn connect(&mut self, node: u32, direction: usize, other: u32, capacity: i32) {
        self.neighbors[node as usize][direction] = other;
        self.neighbors[other as usize][direction ^ 1] = node;
        self.residual[node as usize][direction] = capacity;
        self.residual[other as usize][direction ^ 1] = capacity;
    }

    /// Adds what it costs more to put `node` on the sink's side than on the source's; negative for the contrary.
    pub(super) fn add_preference(&mut self, node: u32, source_over_sink: i32) {
        let terminal = &mut self.terminal[node as usize];
        *terminal = terminal.saturating_add(source_over_sink);
    }

    /// Finds the cheapest cut and says for each node whether it lies on the source's side. `None` when cancelled.
    pub(super) fn solve(mut self, cancel: &CancelToken) -> Option<Vec<bool>> {
        for node in 0..self.terminal.len() as u32 {
            let i = node as usize;
            if self.terminal[i] != 0 {
                self.parent[i] = TERMINAL;
                self.in_sink_tree[i] = self.terminal[i] < 0;
                self.depth[i] = 1;
                self.activate(node);
            }
        }
        while let Some(&node) = self.active.front() {
            let path = if self.parent[node as usize] == FREE { None } else { self.grow(node) };
            let Some((source_end, direction)) = path else {
                self.active.pop_front();
                self.is_queued[node as usize] = false;
                continue;
            };
            self.time += 1;
            if self.time.is_multiple_of(CANCEL_INTERVAL) && cancel.is_cancelled() {
                return None;
            }
            self.augment(source_end, direction);
            while let Some(orphan) = self.orphans.pop_front() {
                self.adopt(orphan);
            }
        }
        self.parent.pop();
        let sides = self.parent.iter().zip(&self.in_sink_tree);
        Some(sides.map(|(&parent, &in_sink_tree)| parent != FREE && !in_sink_tree).collect())
    }

    fn activate(&mut self, node: u32) {
        if !self.is_queued[node as usize] {
            self.is_queued[node as usize] = true;
            self.active.push_back(node);
        }
    }

    /// What can flow along the tree from `node`'s neighbour in `direction` to `node` if `node` is in the source's tree,
    /// the other way round if in the sink's.
    fn flow_from(&self, node: u32, direction: usize, in_sink_tree: bool) -> i32 {
        if in_sink_tree {
            self.residual[node as usize][direction]
        } else {
            self.residual[self.neighbors[node as usize][direction] as usize][direction ^ 1]
        }
    }

    /// Takes free neighbours into the tree of `node`. Where the trees meet: the node on the source's side and the
    /// direction from it.
    fn grow(&mut self, node: u32) -> Option<(u32, usize)> {
        let i = node as usize;
        let in_sink_tree = self.in_sink_tree[i];
        for direction in 0..8 {
            let other = self.neighbors[i][direction];
            let j = other as usize;
            let capacity = if in_sink_tree { self.residual[j][direction ^ 1] } else { self.residual[i][direction] };
            if capacity == 0 {
                continue;
            }
            if self.parent[j] == FREE {
                self.in_sink_tree[j] = in_sink_tree;
                self.set_parent(j, direction ^ 1, self.stamp[i], self.depth[i] + 1);
                self.activate(other);
            } else if self.in_sink_tree[j] != in_sink_tree {
                return Some(if in_sink_tree { (other, direction ^ 1) } else { (node, direction) });
            } else if self.stamp[j] <= self.stamp[i] && self.depth[j] > self.depth[i] + 1 {
                self.set_parent(j, direction ^ 1, self.stamp[i], self.depth[i] + 1);
            }
        }
        None
    }

    fn set_parent(&mut self, i: usize, direction: usize, stamp: u32, depth: u32) {
        self.parent[i] = direction as u8;
        self.stamp[i] = stamp;
        self.depth[i] = depth;
    }

    /// Sends as much as fits along the path over the edge from `source_end` in `direction`.
    fn augment(&mut self, source_end: u32, direction: usize) {
        let sink_end = self.neighbors[source_end as usize][direction];
        let amount = self.residual[source_end as usize][direction]
            .min(self.bottleneck(source_end, false))
            .min(self.bottleneck(sink_end, true));
        self.residual[source_end as usize][direction] -= amount;
        self.residual[sink_end as usize][direction ^ 1] += amount;
        self.push(source_end, false, amount);
        self.push(sink_end, true, amount);
    }

    fn bottleneck(&self, mut node: u32, in_sink_tree: bool) -> i32 {
        let mut least = i32::MAX;
        loop {
            let up = self.parent[node as usize];
            if up >= TERMINAL {
                return least.min(self.terminal[node as usize].abs());
            }
            least = least.min(self.flow_from(node, up as usize, in_sink_tree));
            node = self.neighbors[node as usize][up as usize];
        }
    }

    fn push(&mut self, mut node: u32, in_sink_tree: bool, amount: i32) {
        loop {
            let i = node as usize;
            let up = self.parent[i];
            if up >= TERMINAL {
                self.terminal[i] += if in_sink_tree { amount } else { -amount };
                if self.terminal[i] == 0 {
                    self.orphan(node);
                }
                return;
            }
            let up = up as usize;
            let above = self.neighbors[i][up];
            let (down, back) = if in_sink_tree { (-amount, amount) } else { (amount, -amount) };
            self.residual[i][up] += down;
            self.residual[above as usize][up ^ 1] += back;
            if self.flow_from(node, up, in_sink_tree) == 0 {
                self.orphan(node);
            }
            node = above;
        }
    }

    fn orphan(&mut self, node: u32) {
        self.parent[node as usize] = ORPHAN;
        self.orphans.push_back(node);
    }

    /// Finds a new parent for an orphan, the one nearest to the root, or sets the orphan and its children free.
    fn adopt(&mut self, node: u32) {
        let i = node as usize;
        let in_sink_tree = self.in_sink_tree[i];
        let mut best: Option<(usize, u32)> = None;
        for direction in 0..8 {
            if self.flow_from(node, direction, in_sink_tree) == 0 || !self.is_in_tree(node, direction, in_sink_tree) {
                continue;
            }
            let found = self.depth_to_root(self.neighbors[i][direction]);
            if let Some(depth) = found.filter(|&depth| best.is_none_or(|(_, least)| depth < least)) {
                best = Some((direction, depth));
            }
        }
        if let Some((direction, depth)) = best {
            self.set_parent(i, direction, self.time, depth + 1);
            return;
        }
        for direction in 0..8 {
            if !self.is_in_tree(node, direction, in_sink_tree) {
                continue;
            }
            let other = self.neighbors[i][direction];
            if self.flow_from(node, direction, in_sink_tree) > 0 {
                self.activate(other);
            }
            if usize::from(self.parent[other as usize]) == direction ^ 1 {
                self.orphan(other);
            }
        }
        self.parent[i] = FREE;
    }

    /// Whether the neighbour of `node` in `direction` is in the same tree.
    fn is_in_tree(&self, node: u32, direction: usize, in_sink_tree: bool) -> bool {
        let other = self.neighbors[node as usize][direction] as usize;
        self.parent[other] != FREE && self.in_sink_tree[other] == in_sink_tree
    }

    /// The distance of `start` to its tree's root, remembered along the way; `None` when the way ends at an orphan.
    fn depth_to_root(&mut self, start: u32) -> Option<u32> {
        let (mut node, mut steps) = (start, 0);
        let depth = loop {
            let i = node as usize;
            if self.stamp[i] == self.time {
                break steps + self.depth[i];
            }
            match self.parent[i] {
                TERMINAL => {
                    (self.stamp[i], self.depth[i]) = (self.time, 1);
                    break steps + 1;
                }
                up @ 0..8 => node = self.neighbors[i][up as usize],
                _ => return None,
            }
            steps += 1;
        };
        let (mut node, mut left) = (start, depth);
        while self.stamp[node as usize] != self.time {
            let i = node as usize;
            (self.stamp[i], self.depth[i]) = (self.time, left);
            left -= 1;
            node = self.neighbors[i][self.parent[i] as usize];
        }
        Some(depth)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Edges of a `width` by `height` grid as (node, direction, other), each once.
    fn edges(width: i32, height: i32) -> Vec<(u32, usize, u32)> {
        let mut edges = Vec::new();
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            for direction in [0, 2, 4, 6] {
                let (ox, oy) = (x + DIRECTIONS[direction].0, y + DIRECTIONS[direction].1);
                if (0..width).contains(&ox) && (0..height).contains(&oy) {
                    edges.push(((y * width + x) as u32, direction, (oy * width + ox) as u32));
                }
            }
        }
        edges
    }

    fn cost(edges: &[(u32, usize, u32)], capacities: &[i32], preferences: &[i32], sides: impl Fn(u32) -> bool) -> i64 {
        let cut = edges.iter().zip(capacities).filter(|((a, _, b), _)| sides(*a) != sides(*b));
        let terminals = preferences.iter().enumerate().filter(|&(i, &p)| (p > 0) != sides(i as u32));
        cut.map(|(_, &c)| i64::from(c)).sum::<i64>() + terminals.map(|(_, &p)| i64::from(p.abs())).sum::<i64>()
    }

    fn solve(count: usize, edges: &[(u32, usize, u32)], capacities: &[i32], preferences: &[i32]) -> Vec<bool> {
        let mut graph = Graph::new(count);
        for (&(a, direction, b), &capacity) in edges.iter().zip(capacities) {
            graph.connect(a, direction, b, capacity);
        }
        for (node, &preference) in preferences.iter().enumerate() {
            graph.add_preference(node as u32, preference);
        }
        graph.solve(&CancelToken::never()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn is_as_cheap_as_the_best_of_all_cuts(
            (width, height) in prop_oneof![Just((1, 1)), Just((4, 3)), Just((3, 4)), Just((6, 2)), Just((1, 9))],
            capacities in prop::collection::vec(0i32..12, 48),
            preferences in prop::collection::vec(-25i32..25, 12),
        ) {
            let (edges, count) = (edges(width, height), (width * height) as usize);
            let preferences = &preferences[..count];
            let sides = solve(count, &edges, &capacities, preferences);
            let got = cost(&edges, &capacities, preferences, |node| sides[node as usize]);
            let all = 0..1u32 << count;
            let best = all.map(|set| cost(&edges, &capacities, preferences, |node| set >> node & 1 == 1)).min();
            prop_assert_eq!(Some(got), best, "cost of the cut");
        }
    }

    #[test]
    fn a_large_grid_is_cut_along_its_cheapest_line() {
        // Capacities fall to 1 between columns 99 and 100; noise in the preferences must not matter.
        let (width, height) = (200, 150);
        let edges = edges(width, height);
        let is_left = |node: u32| (node as i32) % width < 100;
        let capacities: Vec<i32> =
            edges.iter().map(|&(a, _, b)| if is_left(a) == is_left(b) { 60 } else { 1 }).collect();
        let preferences: Vec<i32> = (0..width * height)
            .map(|i| match i % width {
                0 => 100_000,
                199 => -100_000,
                x => (i * 7919 % 41) - if x < 100 { 19 } else { 21 },
            })
            .collect();
        let sides = solve((width * height) as usize, &edges, &capacities, &preferences);
        let wrong = (0..width * height).filter(|i| sides[*i as usize] != (i % width < 100)).count();
        assert_eq!(wrong, 0, "pixels on the wrong side");
    }

    #[test]
    fn a_cancelled_cut_ends() {
        let (width, height) = (60, 60);
        let edges = edges(width, height);
        let mut graph = Graph::new(3600);
        for &(a, direction, b) in &edges {
            graph.connect(a, direction, b, 50);
        }
        for node in 0..3600 {
            graph.add_preference(node, (node as i32 * 7919 % 83) - 41);
        }
        let mut canceller = crate::control::Canceller::default();
        let token = canceller.restart();
        canceller.cancel();
        assert!(graph.solve(&token).is_none(), "cancelled");
    }
}
