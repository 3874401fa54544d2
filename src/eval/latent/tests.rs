//! Measures of a generator whose space is known.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use super::*;
use crate::control::{Step, Stepper};
use crate::generators::manifold::{Manifold, Prior, Styles};
use crate::generators::{Noise, same_for_all_layers};
use crate::latent::Picture;

const SIDE: usize = 16;
const DIM: usize = 6;
const LAYERS: usize = 3;

/// Pictures that are `gain` times a fixed pattern for each number of a style; the first layer counts most, the last one least.
/// The mapping network bends z, so that ways in z are longer than ways in w. The discriminator sees the picture itself.
struct Bent {
    patterns: Tensor,
    mean: Tensor,
    bends: bool,
    has_styles: bool,
}

const GAINS: [f64; LAYERS] = [0.25, 0.1, 0.02];

impl Bent {
    fn new() -> Self {
        let value = |at: usize| ((at * 2_654_435_761) % 1000) as f32 / 1000.0 - 0.5;
        let patterns: Vec<f32> = (0..DIM * 3 * SIDE * SIDE).map(value).collect();
        Self {
            patterns: Tensor::from_vec(patterns, (DIM, 3 * SIDE * SIDE), &Device::Cpu).unwrap(),
            mean: Tensor::zeros(DIM, DType::F32, &Device::Cpu).unwrap(),
            bends: true,
            has_styles: true,
        }
    }
}

impl Manifold for Bent {
    fn side(&self) -> usize {
        SIDE
    }
    fn latent_dim(&self) -> usize {
        if self.has_styles { LAYERS * DIM } else { DIM }
    }
    fn prior(&self) -> Prior {
        Prior::Normal
    }
    fn macs(&self) -> u64 {
        300_000_000
    }
    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        self.synthesize(&same_for_all_layers(latents, LAYERS)?, Noise::Constant)
    }
    fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        // A constant channel keeps the lengths of features from following the pictures' own.
        let ones = pictures.narrow(1, 0, 1)?.ones_like()?;
        Ok(vec![Tensor::cat(&[pictures, &ones], 1)?])
    }
    fn judge(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn styles(&self) -> Option<&dyn Styles> {
        self.has_styles.then_some(self as &dyn Styles)
    }
}

impl Styles for Bent {
    fn n_layers(&self) -> usize {
        LAYERS
    }
    fn style_dim(&self) -> usize {
        DIM
    }
    fn mean_style(&self) -> &Tensor {
        &self.mean
    }
    fn map(&self, zs: &Tensor) -> Result<Tensor> {
        if self.bends { zs.affine(4.0, 0.0)?.sin() } else { Ok(zs.clone()) }
    }
    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        let layer = |at: usize| ws.narrow(1, at, 1)?.squeeze(1)?.affine(GAINS[at], 0.0);
        let all = ((layer(0)? + layer(1)?)? + layer(2)?)?;
        let pictures = all.matmul(&self.patterns)?.reshape(((), 3, SIDE, SIDE))?;
        match noise {
            // The left half only.
            Noise::Maps(maps) => {
                let half = maps[0].narrow(3, 0, SIDE / 2)?;
                let half = Tensor::cat(&[&half, &half.zeros_like()?], 3)?;
                pictures.broadcast_add(&half.affine(0.1, 0.0)?)
            }
            Noise::Constant | Noise::Scaled(_) | Noise::None => Ok(pictures),
        }
    }
    fn synthesize_with_features(&self, ws: &Tensor, noise: Noise<'_>, _: usize) -> Result<(Tensor, Tensor)> {
        let pictures = self.synthesize(ws, noise)?;
        Ok((pictures.clone(), pictures))
    }
    fn affine_weights(&self) -> Vec<&Tensor> {
        Vec::new()
    }
    fn noise_sides(&self) -> Vec<usize> {
        vec![SIDE]
    }
}

fn run<J: Stepper<Preview = MeasureUpdate, Error = MeasureError>>(mut job: J) -> J::Output {
    let mut last = -1.0;
    loop {
        match job.step().unwrap() {
            Step::More(update) => {
                let now = update.progress.fraction;
                assert!(now >= last && now <= 1.0, "{now} after {last}");
                last = now;
            }
            Step::Done(output) => return output,
        }
    }
}

fn path(bent: Bent, options: PathOptions) -> PathLength {
    run(PathLengthJob::new(Arc::new(bent), Arc::new(Lens::Discriminator), options).unwrap())
}

#[test]
fn a_bent_way_is_longer_than_a_straight_one() {
    let options = PathOptions { pairs: 200, ..PathOptions::default() };
    let in_w = path(Bent::new(), options);
    let in_z = path(Bent::new(), PathOptions { space: PathSpace::Z, ..options });
    let of_w = in_w.length.mean;
    assert!(in_z.length.low > in_w.length.high, "{:?} in z, {:?} in w", in_z.length, in_w.length);
    assert!(of_w > 0.0 && in_w.length.count >= 190 && !in_w.is_ppl, "{in_w:?}");
    assert_eq!(in_w.features, "own discriminator", "the figure says what it is of");
    assert_eq!(path(Bent::new(), options), in_w, "the same at every run");
    // The pictures are linear in w and small: the same length within what rounding leaves of a step of a ten thousandth.
    let end = path(Bent::new(), PathOptions { sampling: Sampling::End, ..options });
    assert!((end.length.mean / of_w - 1.0).abs() < 0.5, "{:?} at the end, {of_w} in full", end.length);
}

#[test]
fn a_path_length_needs_pairs_styles_and_whole_pictures() {
    let refuse = |bent: Bent, options: PathOptions| {
        let job = PathLengthJob::new(Arc::new(bent), Arc::new(Lens::Discriminator), options);
        job.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let plain = PathOptions::default;
    let told = refuse(Bent { has_styles: false, ..Bent::new() }, plain());
    assert!(told.contains("this model has no styles: a path length in w"), "{told}");
    let told = refuse(Bent::new(), PathOptions { crop: true, ..plain() });
    assert!(told.contains("whole pictures only"), "{told}");
    let told = refuse(Bent::new(), PathOptions { pairs: 3, ..plain() });
    assert!(told.contains("3 pairs are too few: at least 8"), "{told}");
    let z = PathOptions { space: PathSpace::Z, pairs: 20, ..plain() };
    let plain = path(Bent { has_styles: false, ..Bent::new() }, z);
    assert!(plain.length.mean > 0.0, "z can be measured of any generator: {plain:?}");
}

#[test]
fn truncation_brings_pictures_to_the_mean_and_to_each_other() {
    let lens = Arc::new(Lens::Discriminator);
    let curve = run(TruncationJob::new(Arc::new(Bent::new()), lens, &[1.0, 0.0, 0.5], 20, 3).unwrap());
    let psis: Vec<f64> = curve.points.iter().map(|point| point.psi).collect();
    assert_eq!(psis, [0.0, 0.5, 1.0], "in order");
    let [none, half, all] = [0, 1, 2].map(|at| curve.points[at]);
    assert!(none.to_mean.mean < 1e-9 && none.apart.mean < 1e-9, "all are the mean picture: {none:?}");
    assert!(half.to_mean.mean > 0.0 && half.to_mean.mean < all.to_mean.mean, "nearer to it: {half:?} {all:?}");
    assert!(half.apart.mean < all.apart.mean, "nearer to each other: {half:?} {all:?}");
    assert_eq!((all.to_mean.count, all.apart.count), (20, 19), "each counts, and each pair of neighbours");
}

#[test]
fn layers_count_as_much_as_they_do() {
    let mixing = run(MixingJob::new(Arc::new(Bent::new()), Arc::new(Lens::Discriminator), 12, 1).unwrap());
    let means: Vec<f64> = mixing.layers.iter().map(|layer| layer.mean).collect();
    assert_eq!(means.len(), LAYERS, "{means:?}");
    assert!(means[0] > 3.0 * means[1] && means[1] > 3.0 * means[2] && means[2] > 0.0, "by their gains: {means:?}");
    assert!(mixing.all.mean > means[0], "all together: {:?}", mixing.all);
}

#[test]
fn noise_shows_where_it_is() {
    let share = run(NoiseJob::new(Arc::new(Bent::new()), 60, 4).unwrap());
    // 0.1 of a range of 2 is 12.75 of 255.
    let (left, right) = (share.map.at(2, 5), share.map.at(12, 5));
    assert!((left - 12.75).abs() < 4.0 && right < 1e-2, "{left} left, {right} right");
    assert!((share.mean - 6.4).abs() < 0.7, "half of the picture: {}", share.mean);
}

/// Pictures of `bent` with labels: whether the first number of the style is above 0, and one that no picture tells.
fn labelled(bent: &Bent, count: usize) -> Labelled {
    let zs = crate::generators::seeded_normal((count, DIM), 9, "labelled").unwrap();
    let ws = bent.map(&zs).unwrap();
    let pictures = bent.draw(&ws).unwrap();
    let first = ws.to_vec2::<f32>().unwrap();
    let labels = (0..count).map(|at| vec![usize::from(first[at][0] > 0.0), (at * 7919) % 2]).collect();
    let names = || vec!["no".to_owned(), "yes".to_owned()];
    let groups = vec![("first".to_owned(), names()), ("lot".to_owned(), names())];
    Labelled { groups, pictures: Picture::all_of(&pictures).unwrap(), labels }
}

#[test]
fn a_plane_tells_more_in_w_than_in_z() {
    let (bent, lens) = (Arc::new(Bent::new()), Arc::new(Lens::Discriminator));
    let told = run(SeparabilityJob::new(bent.clone(), lens, labelled(&bent, 300), 400, 2).unwrap());
    let names: Vec<&str> = told.attributes.iter().map(|attribute| attribute.group.as_str()).collect();
    assert_eq!(names, ["first"], "what no picture tells is left out: {:?}", told.left_out);
    let w = told.w.unwrap();
    // In z the label turns around several times within the prior: a plane hardly helps. In w it is a side of a plane.
    assert!(w < 1.25 && told.z > 1.6 && told.z <= 2.0, "{w} in w, {} in z", told.z);
    assert!(told.attributes[0].accuracy > 0.9 && (told.attributes[0].share - 0.5).abs() < 0.15, "{told:?}");
}

#[test]
fn labels_must_be_labels() {
    let bent = Arc::new(Bent::new());
    let refuse = |labelled: Labelled, samples: usize| {
        let job = SeparabilityJob::new(bent.clone(), Arc::new(Lens::Discriminator), labelled, samples, 0);
        job.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let good = labelled(&bent, 60);
    assert_eq!(refuse(good.clone(), 100), "", "these are good");
    assert!(refuse(labelled(&bent, 10), 100).contains("10 labelled pictures are too few"), "few pictures");
    assert!(refuse(good.clone(), 3).contains("3 samples are too few"), "few samples");
    let mut wrong = good.clone();
    wrong.labels[7][0] = 2;
    assert!(refuse(wrong, 100).contains("other labels than there are"), "a class that is none");
    let untold = Labelled { labels: good.labels.iter().map(|labels| vec![labels[1], labels[1]]).collect(), ..good };
    let mut job = SeparabilityJob::new(bent.clone(), Arc::new(Lens::Discriminator), untold, 60, 0).unwrap();
    let error = loop {
        match job.step() {
            Ok(Step::More(_)) => {}
            Ok(Step::Done(told)) => panic!("nothing can be told, but {told:?}"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("no label can be told"), "{error}");
}

#[test]
fn a_generator_is_near_to_its_own_pictures() {
    let (bent, lens) = (Arc::new(Bent::new()), Arc::new(Lens::Discriminator));
    let own = labelled(&bent, 60).pictures;
    let other: Vec<Picture> = own
        .iter()
        .map(|picture| Picture::new(SIDE, picture.rgb().iter().map(|v| v / 2).collect::<Vec<u8>>()).unwrap())
        .collect();
    let distance = |real: Vec<Picture>| run(FrechetJob::new(bent.clone(), lens.clone(), real, 0).unwrap()).distance;
    let (near, far) = (distance(own), distance(other));
    assert!(near >= 0.0 && far > 5.0 * near, "{near} to its own, {far} to darker ones");
}
