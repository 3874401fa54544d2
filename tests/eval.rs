//! The metrics: what numpy, `OpenCV`, scikit-learn and `PyTorch` compute from the same pictures and features.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use pentimento::eval::judge::{FilterBank, judge, judge_in_folds, patch_places};
use pentimento::eval::{
    Board, EvalError, FeatureTrunk, Metric, Peer, Picture, exactness, fidelity, fill_with, frame_of, frechet_distance,
    gradient_ratio, picture, rgb8, seam_ratio, ssim,
};
use pentimento::generators::vgg;
use pentimento::imaging::{ColorModel, Frame, PixelRect, Plane, Samples, Size};
use strum::IntoEnumIterator as _;

/// One case of `tests/golden/eval.safetensors`, which `eval.py` beside it wrote.
struct Case {
    tensors: HashMap<String, Tensor>,
}

impl Case {
    fn load(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/eval.safetensors");
        let all = candle_core::safetensors::load(path, &Device::Cpu).expect("the golden numbers can be read");
        let prefix = format!("{name}/");
        let own = all.into_iter().filter_map(|(name, tensor)| Some((name.strip_prefix(&prefix)?.to_owned(), tensor)));
        Self { tensors: own.collect() }
    }

    fn get(&self, name: &str) -> &Tensor {
        self.tensors.get(name).unwrap_or_else(|| panic!("no tensor {name} in this case"))
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).flatten_all().unwrap().to_vec1::<f64>().unwrap()[0]
    }

    fn rows(&self, name: &str) -> Vec<Vec<f32>> {
        self.get(name).to_vec2().unwrap()
    }

    fn picture(&self, name: &str) -> Picture {
        let tensor = self.get(name);
        let (height, width, _) = tensor.dims3().unwrap();
        let samples = tensor.flatten_all().unwrap().to_vec1::<u8>().unwrap();
        let size = Size::new(width as u32, height as u32);
        picture(&Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap())
    }

    fn holes(&self) -> Plane<bool> {
        let (height, width) = self.get("hole").dims2().unwrap();
        let values = self.get("hole").flatten_all().unwrap().to_vec1::<u8>().unwrap();
        let size = Size::new(width as u32, height as u32);
        Plane::from_vec(size, values.into_iter().map(|value| value > 0).collect()).unwrap()
    }
}

fn assert_near(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected}");
}

#[test]
fn single_pictures_score_as_opencv_says() {
    for name in ["blobs", "stroke"] {
        let case = Case::load(name);
        let (photo, holes, fill) = (case.picture("photo"), case.holes(), case.picture("fill"));
        let told = fidelity(&photo, &holes, &fill).unwrap();
        assert_near("psnr", told.psnr, case.number("psnr"), 1e-9);
        assert_near("l1", told.l1, case.number("l1"), 1e-9);
        let told = exactness(&photo, &holes, &fill);
        assert_near("changed", told.changed, case.number("changed"), 1e-9);
        assert_near("rim", told.rim, case.number("rim"), 1e-6);
        let told = ssim(&photo, &holes, &fill).unwrap();
        assert_near("ssim", told.whole, case.number("ssim"), 1e-9);
        assert_near("ssim in the hole", told.hole.unwrap(), case.number("ssim_hole"), 1e-9);
        assert_near("seam", seam_ratio(&holes, &fill).unwrap(), case.number("seam"), 1e-5);
        let expected = case.number("gradient");
        match gradient_ratio(&photo, &holes, &fill) {
            Some(gradient) => assert_near("gradient", gradient, expected, 1e-6),
            None => assert!(expected.is_nan(), "{name}: no gradient, expected {expected}"),
        }
    }
}

#[test]
fn a_patch_has_the_features_that_numpy_gives_it() {
    let case = Case::load("features");
    let bank = FilterBank::new(case.rows("bank"));
    let got = bank.features(&case.picture("photo"), PixelRect::new(5, 3, 69, 67));
    let expected = case.get("expected").to_vec1::<f32>().unwrap();
    assert_eq!(got.len(), expected.len(), "48 means and deviations at three scales, 31 rings");
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert_near(&format!("feature {at}"), (*got).into(), expected.into(), 2e-5);
    }
}

#[test]
fn the_judge_decides_as_scikit_learn_does() {
    let case = Case::load("judge");
    let folds: Vec<usize> = case.get("folds").to_vec1::<u32>().unwrap().into_iter().map(|fold| fold as usize).collect();
    let verdict = judge_in_folds(&case.rows("real"), &case.rows("fake"), &folds).unwrap();
    assert_near("u-ids", verdict.u_ids, case.number("u_ids"), 1e-6);
    assert_near("p-ids", verdict.p_ids, case.number("p_ids"), 1e-6);
}

#[test]
fn the_judge_is_silent_about_too_little_and_sees_what_is_plain() {
    let case = Case::load("judge");
    let (real, fake) = (case.rows("real"), case.rows("fake"));
    let photos: Vec<usize> = (0..real.len()).map(|at| at / 9).collect();
    assert!(judge(&real, &fake, &photos, 0).is_some(), "ten photos, ninety places");
    assert!(judge(&real[..59], &fake[..59], &photos[..59], 0).is_none(), "59 places");
    assert!(judge(&real, &fake, &vec![3; real.len()], 0).is_none(), "one photo");
    let same = judge(&real, &real, &photos, 0).unwrap();
    assert_eq!((same.u_ids, same.p_ids), (50.0, 0.0), "the photo itself cannot be told from itself");
    let far: Vec<Vec<f32>> = real.iter().map(|row| row.iter().map(|value| value + 40.0).collect()).collect();
    let far = judge(&real, &far, &photos, 0).unwrap();
    assert!(far.u_ids < 3.0 && far.p_ids < 3.0, "another world is told at once: {far:?}");
}

#[test]
fn patches_are_taken_where_holes_are() {
    let mut holes = Plane::filled(Size::new(200, 130), false);
    for y in 30..130 {
        holes.row_mut(y)[64..190].fill(true);
    }
    let places = patch_places(&holes);
    let corners: Vec<(i32, i32)> = places.iter().map(|place| (place.x0, place.y0)).collect();
    assert_eq!(corners, [(64, 32), (96, 32), (128, 32), (64, 64), (96, 64), (128, 64)], "row by row, on the grid");
    assert!(places.iter().all(|place| place.size() == Size::new(64, 64)), "of 64 pixels");
    assert!(patch_places(&Plane::filled(Size::new(63, 300), true)).is_empty(), "no patch fits");
    assert_eq!(patch_places(&Plane::filled(Size::new(640, 640), true)).len(), 60, "at most sixty");
}

#[test]
fn the_frechet_distance_is_scipys() {
    for name in ["frechet_many", "frechet_few"] {
        let case = Case::load(name);
        let (a, b) = (case.rows("a"), case.rows("b"));
        let expected = case.number("expected");
        assert_near(name, frechet_distance(&a, &b).unwrap(), expected, 1e-4 * expected);
        assert_near("to itself", frechet_distance(&a, &a).unwrap(), 0.0, 1e-5);
        assert_eq!(frechet_distance(&a, &b[..1]), None, "one row has no covariance");
    }
}

fn weights(skip: &str) -> HashMap<String, Tensor> {
    Case::load("weights").tensors.into_iter().filter(|(name, _)| name != skip).collect()
}

#[test]
fn the_trunk_computes_what_pytorch_computes() {
    let case = Case::load("vgg");
    let vb = VarBuilder::from_tensors(weights(""), DType::F32, &Device::Cpu);
    let trunk = vgg::Trunk::new(&vgg::Config { widths: [3, 4, 5, 6, 7] }, &vb).unwrap();
    let levels = trunk.levels(case.get("x")).unwrap();
    for (level, first) in levels.iter().zip([0, 5, 10, 17, 24]) {
        let expected = case.get(&format!("level{first}"));
        assert_eq!(level.dims(), expected.dims(), "level {first}");
        let off = (level - expected).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        let most = expected.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(off <= 1e-4 * most, "level {first} is off by {off} of {most}");
    }
    let pooled = trunk.pooled(case.get("x")).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let expected = case.get("pooled").flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for (got, expected) in pooled.iter().zip(expected) {
        assert_near("pooled", (*got).into(), expected.into(), 1e-4);
    }
    assert_eq!(vgg::keys().len(), 26, "thirteen weights and biases");
}

#[test]
fn a_file_that_is_no_trunk_is_refused_with_the_keys_that_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    let open = || FeatureTrunk::open(&path, &Device::Cpu).map_err(|error| error.to_string());
    assert!(open().unwrap_err().contains("not found"), "no file");
    std::fs::write(&path, b"nothing of the kind").unwrap();
    assert!(open().unwrap_err().starts_with("the features cannot be read"), "no safetensors");
    candle_core::safetensors::save(&weights("features.17.bias"), &path).unwrap();
    let error = open().unwrap_err();
    assert!(error.contains("it has no features.17.bias") && error.contains("N = 0, 2, 5"), "{error}");
    let mut odd = weights("");
    odd.insert("features.12.weight".to_owned(), Tensor::zeros((5, 5, 1, 1), DType::F32, &Device::Cpu).unwrap());
    candle_core::safetensors::save(&odd, &path).unwrap();
    assert!(open().unwrap_err().contains("wanted are features.N.weight"), "another kernel");
    candle_core::safetensors::save(&weights(""), &path).unwrap();
    let trunk = open().unwrap();
    assert_eq!(trunk.name(), "mine", "called by its file");
    let tiny = picture(&grey(Size::new(15, 40), 100));
    assert!(trunk.features(&tiny).unwrap().is_none(), "too small a picture has no features");
}

fn grey(size: Size, value: u8) -> Frame {
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![value; size.area() * 3])).unwrap()
}

#[test]
fn peers_fill_holes_and_nothing_else() {
    let case = Case::load("blobs");
    let (photo, holes) = (case.picture("photo"), case.holes());
    for peer in Peer::iter() {
        let fill = fill_with(peer, &photo, &holes);
        assert_eq!(exactness(&photo, &holes, &fill).changed, 0.0, "{peer} keeps what is known");
        let gradient = gradient_ratio(&photo, &holes, &fill).unwrap();
        assert!(gradient < 0.5, "{peer} is smooth: {gradient}");
        assert_eq!(picture(&frame_of(&fill)), fill, "{peer} has whole 8-bit steps");
    }
    let all = Plane::filled(photo.size(), true);
    assert!(fill_with(Peer::Mean, &photo, &all).data().iter().all(|rgb| *rgb == [0.0; 3]), "nothing known is black");
}

#[test]
fn a_board_averages_what_each_photo_gave_and_leaves_out_what_it_did_not() {
    let mut board =
        Board::new(Metric::iter(), ["fill", "itself"].map(str::to_owned), None, 0).expect("filters are drawn");
    let mut psnr = Vec::new();
    for name in ["blobs", "stroke"] {
        let case = Case::load(name);
        let (photo, holes, fill) = (case.picture("photo"), case.holes(), case.picture("fill"));
        psnr.push(case.number("psnr"));
        board.add(&frame_of(&photo), &holes, &[frame_of(&fill), frame_of(&photo)]).unwrap();
    }
    let rows = board.rows();
    assert_eq!((board.n_photos(), rows.len()), (2, 2), "two photos, two methods");
    let (fill, itself) = (&rows[0].values, &rows[1].values);
    assert_near("psnr", fill[&Metric::Psnr].unwrap(), f64::midpoint(psnr[0], psnr[1]), 1e-9);
    let blobs = Case::load("blobs").number("gradient");
    assert_near("gradient of the one that has one", fill[&Metric::Gradient].unwrap(), blobs, 1e-6);
    for (metric, expected) in
        [(Metric::L1, 0.0), (Metric::Gradient, 1.0), (Metric::Ssim, 1.0), (Metric::Changed, 0.0), (Metric::Rim, 0.0)]
    {
        assert_near(&format!("{metric} of the photo itself"), itself[&metric].unwrap(), expected, 1e-9);
    }
    for metric in [Metric::UIds, Metric::PIds, Metric::Frechet] {
        assert_eq!(fill[&metric], None, "{metric} of two photos cannot be told");
    }
}

#[test]
fn hopeless_pictures_give_no_figures() {
    let size = Size::new(9, 9);
    let (photo, none, all) = (picture(&grey(size, 50)), Plane::filled(size, false), Plane::filled(size, true));
    assert!(fidelity(&photo, &none, &photo).is_none(), "no hole");
    assert!(ssim(&photo, &all, &photo).is_none(), "no window fits");
    assert!(gradient_ratio(&photo, &all, &photo).is_none(), "a flat photo");
    assert!(seam_ratio(&all, &photo).is_none() && seam_ratio(&none, &photo).is_none(), "no edge");
    let pixel = picture(&grey(Size::new(1, 1), 9));
    assert!(gradient_ratio(&pixel, &Plane::filled(Size::new(1, 1), true), &pixel).is_none(), "one pixel");
}

#[test]
fn deep_and_transparent_pictures_are_measured_as_8_bit_colors() {
    let size = Size::new(2, 1);
    let samples = Samples::U16(vec![257 * 7, 257 * 8, 257 * 9, 0, 65535, 128, 0, 65535]);
    let frame = Frame::new(size, ColorModel::Rgba, samples).unwrap();
    let expected = Frame::new(size, ColorModel::Rgb, Samples::U8(vec![7, 8, 9, 255, 0, 0])).unwrap();
    assert_eq!(rgb8(&frame), expected, "rounded, without alpha");
    assert_eq!(EvalError::NoHole.to_string(), "the mask has no hole (no pixel of 128 or more)", "a sentence");
}
