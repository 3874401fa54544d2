//! A kd-tree over patch descriptors, for candidates of similar look from anywhere in the window.

/// Numbers that describe a patch; squared distances of descriptors bound those of patches from below.
pub(crate) const DIMS: usize = 10;

/// A patch's descriptor.
pub(crate) type Descriptor = [f32; DIMS];

const LEAF: usize = 8;

/// Descriptors sorted into a balanced tree, each with the pixel it belongs to.
#[derive(Debug)]
pub(crate) struct KdTree {
    nodes: Vec<Node>,
    points: Vec<(Descriptor, u32)>,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    Split { dim: u8, value: f32, right: u32 },
    Leaf { start: u32, end: u32 },
}

impl KdTree {
    /// Builds the tree.
    pub(crate) fn new(mut points: Vec<(Descriptor, u32)>) -> Self {
        let mut nodes = Vec::with_capacity(points.len() / LEAF * 2 + 1);
        let end = points.len();
        split(&mut points, 0, end, &mut nodes);
        Self { nodes, points }
    }

    /// Pixels of up to about `leaves` leaves nearest to `wanted`, each given to `visit`.
    pub(crate) fn near(&self, wanted: &Descriptor, leaves: usize, mut visit: impl FnMut(&Descriptor, u32)) {
        // Sides not taken, by their distance from the splitting plane; the queries are small, so a scan suffices.
        let mut open: [(f32, u32); 32] = [(f32::MAX, 0); 32];
        let mut open_count = 0;
        let mut next = 0;
        for _ in 0..leaves {
            let mut at = next as usize;
            while let Some(&Node::Split { dim, value, right }) = self.nodes.get(at) {
                let gap = wanted[dim as usize] - value;
                let (near, far) = if gap < 0.0 { (at as u32 + 1, right) } else { (right, at as u32 + 1) };
                if open_count < open.len() {
                    open[open_count] = (gap * gap, far);
                    open_count += 1;
                }
                at = near as usize;
            }
            if let Some(&Node::Leaf { start, end }) = self.nodes.get(at) {
                // Equal points stay in one leaf however many they are: a few of them stand for all.
                let step = ((end - start) as usize).div_ceil(2 * LEAF).max(1);
                for (descriptor, pixel) in self.points[start as usize..end as usize].iter().step_by(step) {
                    visit(descriptor, *pixel);
                }
            }
            let best = (0..open_count).min_by(|&a, &b| open[a].0.total_cmp(&open[b].0));
            let Some(best) = best else { return };
            next = open[best].1;
            open_count -= 1;
            open[best] = open[open_count];
        }
    }
}

fn split(points: &mut [(Descriptor, u32)], start: usize, end: usize, nodes: &mut Vec<Node>) {
    let part = &mut points[start..end];
    let (dim, spread) = widest(part);
    if part.len() <= LEAF || spread <= 0.0 {
        nodes.push(Node::Leaf { start: start as u32, end: end as u32 });
        return;
    }
    let middle = part.len() / 2;
    part.select_nth_unstable_by(middle, |a, b| a.0[dim].total_cmp(&b.0[dim]).then(a.1.cmp(&b.1)));
    let value = part[middle].0[dim];
    let at = nodes.len();
    nodes.push(Node::Leaf { start: 0, end: 0 });
    split(points, start, start + middle, nodes);
    let right = nodes.len() as u32;
    split(points, start + middle, end, nodes);
    nodes[at] = Node::Split { dim: dim as u8, value, right };
}

/// The dimension in which a sample of the points spreads most, and how much.
fn widest(points: &[(Descriptor, u32)]) -> (usize, f32) {
    let step = (points.len() / 64).max(1);
    let (mut low, mut high) = ([f32::MAX; DIMS], [f32::MIN; DIMS]);
    for (descriptor, _) in points.iter().step_by(step) {
        for dim in 0..DIMS {
            low[dim] = low[dim].min(descriptor[dim]);
            high[dim] = high[dim].max(descriptor[dim]);
        }
    }
    (0..DIMS).map(|dim| (dim, high[dim] - low[dim])).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

#[cfg(test)]
mod tests {
    use rand::Rng as _;

    use super::*;
    use crate::control::rng;

    #[test]
    fn enough_leaves_find_the_nearest() {
        let mut rng = rng(3, 0);
        let mut draw = || -> Descriptor { std::array::from_fn(|_| rng.random_range(-1.0..1.0)) };
        let points: Vec<_> = (0..900).map(|at| (draw(), at)).collect();
        let distance = |a: &Descriptor, b: &Descriptor| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let tree = KdTree::new(points.clone());
        for _ in 0..50 {
            let wanted = draw();
            let best = points.iter().map(|(p, _)| distance(p, &wanted)).fold(f32::MAX, f32::min);
            let mut found = f32::MAX;
            tree.near(&wanted, 900, |p, _| found = found.min(distance(p, &wanted)));
            assert!(found <= best * 1.3 + 1e-6, "found {found}, best {best}");
        }
    }

    #[test]
    fn equal_points_make_one_leaf() {
        let tree = KdTree::new(vec![([1.0; DIMS], 4); 100]);
        let mut count = 0;
        tree.near(&[0.0; DIMS], 1, |_, _| count += 1);
        assert!((1..=2 * LEAF).contains(&count), "no endless splitting, no endless visit: {count}");
    }
}
