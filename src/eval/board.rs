//! The figures of several methods over many photos.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::judge::{FilterBank, judge, patch_places};
use super::picture::mean;
use super::{
    EvalError, FeatureTrunk, Metric, Picture, exactness, fidelity, frechet_distance, gradient_ratio, picture,
    seam_ratio, ssim,
};
use crate::imaging::{Frame, PixelRect, Plane};

/// Collects figures photo by photo, for the same methods at each.
#[derive(Debug)]
pub struct Board {
    metrics: BTreeSet<Metric>,
    bank: FilterBank,
    trunk: Option<FeatureTrunk>,
    seed: u64,
    n_photos: usize,
    /// The photo's number for each patch.
    patch_photos: Vec<usize>,
    photos: Features,
    methods: Vec<Method>,
}

/// All figures of one method.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The method's name.
    pub name: String,
    /// What was asked for; `None` where too little was there to tell.
    pub values: BTreeMap<Metric, Option<f64>>,
}

#[derive(Debug)]
struct Method {
    name: String,
    /// For each photo what could be told of it.
    scores: Vec<BTreeMap<Metric, f64>>,
    features: Features,
}

/// What the figures of the whole set are made of.
#[derive(Debug, Default)]
struct Features {
    patches: Vec<Vec<f32>>,
    pooled: Vec<Vec<f32>>,
}

impl Features {
    fn extend(&mut self, other: Self) {
        self.patches.extend(other.patches);
        self.pooled.extend(other.pooled);
    }
}

impl Board {
    /// An empty board for the methods called `names`. [`Metric::Frechet`] needs a `trunk`. The seed draws the judge's folds.
    ///
    /// # Errors
    /// When the judge's filters cannot be made.
    pub fn new(
        metrics: impl IntoIterator<Item = Metric>,
        names: impl IntoIterator<Item = String>,
        trunk: Option<FeatureTrunk>,
        seed: u64,
    ) -> Result<Self, EvalError> {
        let method = |name| Method { name, scores: Vec::new(), features: Features::default() };
        Ok(Self {
            metrics: metrics.into_iter().collect(),
            bank: FilterBank::seeded()?,
            trunk,
            seed,
            n_photos: 0,
            patch_photos: Vec::new(),
            photos: Features::default(),
            methods: names.into_iter().map(method).collect(),
        })
    }

    /// Measures what each method, in the order of the names, made of one photo. All must be of its size. Nothing is
    /// recorded when this fails.
    ///
    /// # Errors
    /// When features cannot be computed.
    pub fn add(&mut self, photo: &Frame, holes: &Plane<bool>, fills: &[Frame]) -> Result<(), EvalError> {
        let photo = picture(photo);
        let wants_judge = self.wants(Metric::UIds) || self.wants(Metric::PIds);
        let places = if wants_judge { patch_places(holes) } else { Vec::new() };
        let of_photo = self.features(&photo, &places)?;
        let fills: Vec<Picture> = fills.iter().map(picture).collect();
        let of_fills: Vec<Features> =
            fills.iter().map(|fill| self.features(fill, &places)).collect::<Result<_, EvalError>>()?;
        let scores: Vec<_> = fills.par_iter().map(|fill| self.scores(&photo, holes, fill)).collect();
        self.photos.extend(of_photo);
        self.patch_photos.extend(std::iter::repeat_n(self.n_photos, places.len()));
        self.n_photos += 1;
        for (method, (scores, features)) in self.methods.iter_mut().zip(scores.into_iter().zip(of_fills)) {
            method.scores.push(scores);
            method.features.extend(features);
        }
        Ok(())
    }

    /// Photos measured so far.
    #[must_use]
    pub const fn n_photos(&self) -> usize {
        self.n_photos
    }

    /// Patches that the judge has to look at.
    #[must_use]
    pub const fn n_patches(&self) -> usize {
        self.patch_photos.len()
    }

    /// The name of the feature trunk.
    #[must_use]
    pub fn trunk_name(&self) -> Option<&str> {
        self.trunk.as_ref().map(FeatureTrunk::name)
    }

    /// The figures so far, one row for each method.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.methods.par_iter().map(|method| self.row(method)).collect()
    }

    fn wants(&self, metric: Metric) -> bool {
        self.metrics.contains(&metric)
    }

    fn features(&self, picture: &Picture, places: &[PixelRect]) -> Result<Features, EvalError> {
        let patches = places.par_iter().map(|place| self.bank.features(picture, *place)).collect();
        let trunk = self.trunk.as_ref().filter(|_| self.wants(Metric::Frechet));
        let pooled = trunk.map(|trunk| trunk.features(picture)).transpose()?.flatten();
        Ok(Features { patches, pooled: pooled.into_iter().collect() })
    }

    /// The figures of one photo.
    fn scores(&self, photo: &Picture, holes: &Plane<bool>, fill: &Picture) -> BTreeMap<Metric, f64> {
        let mut scores = BTreeMap::new();
        let wants = |any: &[Metric]| any.iter().any(|metric| self.wants(*metric));
        let mut put = |metric, value: Option<f64>| {
            scores.extend(value.filter(|_| self.wants(metric)).map(|value| (metric, value)));
        };
        if wants(&[Metric::Psnr, Metric::L1]) {
            let fidelity = fidelity(photo, holes, fill);
            put(Metric::Psnr, fidelity.map(|fidelity| fidelity.psnr));
            put(Metric::L1, fidelity.map(|fidelity| fidelity.l1));
        }
        if wants(&[Metric::Ssim, Metric::SsimHole]) {
            let ssim = ssim(photo, holes, fill);
            put(Metric::Ssim, ssim.map(|ssim| ssim.whole));
            put(Metric::SsimHole, ssim.and_then(|ssim| ssim.hole));
        }
        if wants(&[Metric::Changed, Metric::Rim]) {
            let exactness = exactness(photo, holes, fill);
            put(Metric::Changed, Some(exactness.changed));
            put(Metric::Rim, Some(exactness.rim));
        }
        if wants(&[Metric::Gradient]) {
            put(Metric::Gradient, gradient_ratio(photo, holes, fill));
        }
        if wants(&[Metric::Seam]) {
            put(Metric::Seam, seam_ratio(holes, fill));
        }
        scores
    }

    fn row(&self, method: &Method) -> Row {
        let is_judged = self.wants(Metric::UIds) || self.wants(Metric::PIds);
        let verdict = is_judged
            .then(|| judge(&self.photos.patches, &method.features.patches, &self.patch_photos, self.seed))
            .flatten();
        let value = |metric: Metric| match metric {
            Metric::UIds => verdict.map(|verdict| verdict.u_ids),
            Metric::PIds => verdict.map(|verdict| verdict.p_ids),
            Metric::Frechet => frechet_distance(&self.photos.pooled, &method.features.pooled),
            Metric::Rim => method.values(metric).reduce(f64::max),
            _ => mean(method.values(metric)),
        };
        let values = self.metrics.iter().map(|&metric| (metric, value(metric))).collect();
        Row { name: method.name.clone(), values }
    }
}

impl Method {
    /// The figures of all photos that have one.
    fn values(&self, metric: Metric) -> impl Iterator<Item = f64> + '_ {
        self.scores.iter().filter_map(move |scores| scores.get(&metric).copied())
    }
}
