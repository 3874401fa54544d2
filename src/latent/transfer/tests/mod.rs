//! Edits of which the truth is known, and input that is none.

mod kit;

use std::collections::HashSet;

use kit::{Edit, KINDS, Kind, converted, morphed, photo, psnr, request, run, square};

use super::color::apply;
use super::field::COLOR;
use super::raster::Raster;
use super::{TransferError, TransferJob, TransferRequest};
use crate::control::rng;
use crate::imaging::{ColorModel, Frame, ImagePos, Mask, PixelRect, Place, Samples};
use crate::latent::Picture;

/// Mean distance in manifold pixels between the found motion and the true one, and the colors' PSNR in dB, of pixels whose
/// origin lies in the picture.
fn judge(edit: &Edit, frames: &[Picture], transfer: &super::Transfer) -> (f64, f64) {
    let (field, first) = (transfer.last_field(), Raster::of_picture(&frames[0]));
    let last = Raster::of_picture(frames.last().unwrap());
    let side = field.side as f32;
    let (mut distance, mut square, mut n) = (0.0f64, 0.0f64, 0.0f64);
    for (at, value) in field.values.iter().enumerate() {
        let (x, y) = ((at % field.side) as f32, (at / field.side) as f32);
        let want = (edit.motion)((x + 0.5) / side, (y + 0.5) / side).map(|v| v * side);
        if [x + want[0], y + want[1]].iter().any(|v| !(0.0..=side - 1.0).contains(v)) {
            continue;
        }
        n += 1.0;
        distance += f64::from((value[0] - want[0]).hypot(value[1] - want[1]));
        let map = [0, 1, 2].map(|c| [0, 1, 2, 3].map(|k| value[COLOR + 4 * c + k]));
        let color = apply(&map, first.cubic(x + value[0], y + value[1]));
        square += (0..3).map(|c| f64::from(color[c] - last.pixels[at][c]).powi(2)).sum::<f64>();
    }
    (distance / n, -10.0 * (square / (3.0 * n)).max(1e-9).log10())
}

#[test]
fn known_motion_and_color_are_found() {
    let (mut distances, mut ratios) = (Vec::new(), Vec::new());
    for seed in 0..24u64 {
        let photo = photo(seed as usize, 256, &mut rng(seed, 1));
        let edit = Edit::of(KINDS[seed as usize % 4], 4.0, seed % 8 >= 4, seed);
        let place = Place::middle(photo.size());
        let frames = edit.frames(&photo, place, 64, 2);
        let (distance, ratio) = judge(&edit, &frames, &run(request(frames.clone(), &photo, place)));
        assert!(distance < 1.0, "the end points of seed {seed} are {distance:.3} pixels off");
        assert!(ratio > 30.0, "the colors of seed {seed} are {ratio:.1} dB off");
        distances.push(distance);
        ratios.push(ratio);
    }
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    assert!(mean < 0.25, "the mean of {distances:.2?}, colors {ratios:.1?} dB");
}

#[test]
fn errors_do_not_add_up_over_a_morph() {
    let photo = photo(1, 256, &mut rng(5, 1));
    let edit = Edit::of(Kind::Warp, 5.0, true, 3);
    let place = Place::middle(photo.size());
    let frames = edit.frames(&photo, place, 64, 8);
    let transfer = run(request(frames.clone(), &photo, place));
    let (distance, ratio) = judge(&edit, &frames, &transfer);
    assert!(distance < 0.4 && ratio > 32.0, "{distance:.3} pixels, {ratio:.1} dB after seven pairs");
    let report = transfer.report();
    assert!(report.confidence > 0.97 && report.residual < 0.03 && report.motion > 1.0, "{report:?}");
}

#[test]
fn a_turned_square_of_a_photo_follows() {
    let photo = photo(2, 400, &mut rng(9, 1));
    let place = Place { center: ImagePos::new(215.0, 190.0), side: 240.0, rotation: 0.4 };
    let edit = Edit::of(Kind::Warp, 4.0, false, 11);
    let transfer = run(request(edit.frames(&photo, place, 64, 5), &photo, place));
    for t in [0.5, 1.0] {
        let (got, want) = (morphed(&photo, &transfer, t), edit.draw(&photo, place, t));
        let middle = |x: u32, y: u32| ImagePos::new(x as f32, y as f32).distance(place.center) < 90.0;
        let (after, before) = (psnr(&got, &want, middle), psnr(&photo, &want, middle));
        assert!(after > 30.0 && after > before + 6.0, "at {t}: {after:.1} dB, {before:.1} dB if nothing were done");
    }
    let is_outside = |x: u32, y: u32| {
        let unit = place.unit_from_photo(ImagePos::new(x as f32 + 0.5, y as f32 + 0.5));
        !(0.0..=1.0).contains(&unit.x) || !(0.0..=1.0).contains(&unit.y)
    };
    let got = morphed(&photo, &transfer, 1.0);
    for (x, y) in (0..400).flat_map(|y| (0..400).map(move |x| (x, y))).filter(|(x, y)| is_outside(*x, *y)) {
        assert_eq!(got.rgb_at(x, y), photo.rgb_at(x, y), "({x}, {y}) lies outside of the square");
    }
}

#[test]
fn a_preview_is_the_photo_made_small() {
    let photo = photo(0, 600, &mut rng(2, 1));
    let (place, edit) = (Place::upright(40.0, 60.0, 480.0), Edit::of(Kind::Turn, 3.0, true, 5));
    let mut request = request(edit.frames(&photo, place, 64, 3), &photo, place);
    request.options.preview_side = 160;
    let transfer = run(request);
    let preview = transfer.preview(0.8);
    assert_eq!(
        (preview.factor, preview.rect),
        (3, PixelRect::new(39, 60, 522, 540)),
        "a third, stretched to the square"
    );
    let full = morphed(&photo, &transfer, 0.8);
    let want = cut_small(&full, preview.rect, 3);
    let inner = |x: u32, y: u32| preview.patch.coverage().at(x, y) == 255;
    let ratio = psnr(preview.patch.pixels(), &want, inner);
    assert!(ratio > 32.0, "the preview is {ratio:.1} dB from the full result");
}

/// `rect` of `frame` in blocks.
fn cut_small(frame: &Frame, rect: PixelRect, factor: u32) -> Frame {
    let (size, side) = (rect.size(), factor as i32);
    let mut out = Vec::new();
    for (j, i) in (0..size.height / factor).flat_map(|j| (0..size.width / factor).map(move |i| (j, i))) {
        let (x0, y0) = (rect.x0 + i as i32 * side, rect.y0 + j as i32 * side);
        let block = || (y0..y0 + side).flat_map(|y| (x0..x0 + side).map(move |x| (x as u32, y as u32)));
        for c in 0..3 {
            let sum: f32 = block().map(|(x, y)| frame.rgb_at(x, y)[c]).sum();
            out.push((sum / (factor * factor) as f32).round() as u8);
        }
    }
    let size = crate::imaging::Size::new(size.width / factor, size.height / factor);
    Frame::new(size, ColorModel::Rgb, Samples::U8(out)).unwrap()
}

#[test]
fn what_is_kept_keeps_its_bits_in_every_depth() {
    let colors = photo(1, 200, &mut rng(4, 1));
    let (place, edit) = (Place::upright(-20.0, 10.0, 170.0), Edit::of(Kind::Warp, 4.0, true, 2));
    let frames = edit.frames(&colors, place, 32, 3);
    let mut keep = Mask::empty(square(200));
    keep.write(PixelRect::new(60, 50, 110, 90), |_, _, _| 255);
    for model in [ColorModel::Gray, ColorModel::GrayAlpha, ColorModel::Rgb, ColorModel::Rgba] {
        for is_deep in [false, true] {
            let photo = converted(&colors, model, is_deep);
            let transfer = run(TransferRequest { keep: Some(keep.clone()), ..request(frames.clone(), &photo, place) });
            let got = morphed(&photo, &transfer, 1.0);
            let mut changed = HashSet::new();
            for (x, y) in (0..200).flat_map(|y| (0..200).map(move |x| (x, y))) {
                assert_eq!(got.alpha_at(x, y), photo.alpha_at(x, y), "alpha at ({x}, {y}) of {model:?}");
                if got.rgb_at(x, y) != photo.rgb_at(x, y) {
                    changed.insert((x, y));
                }
            }
            assert!(changed.len() > 4000, "{} pixels of {model:?} changed", changed.len());
            let is_wrong =
                |(x, y): &&(u32, u32)| keep.is_hole(*x as i32, *y as i32) || *x >= 150 || *y < 10 || *y >= 180;
            assert_eq!(changed.iter().find(is_wrong), None, "kept or outside, {model:?}, deep: {is_deep}");
        }
    }
}

#[test]
fn nothing_to_carry_over_changes_nothing() {
    let colors = photo(0, 150, &mut rng(6, 1));
    let place = Place { rotation: 0.3, ..Place::upright(20.0, 15.0, 110.0) };
    let edit = Edit::of(Kind::Warp, 4.0, true, 2);
    let still = vec![edit.frames(&colors, place, 48, 2)[0].clone(); 4];
    for photo in
        [colors.clone(), converted(&colors, ColorModel::Rgba, true), converted(&colors, ColorModel::Gray, true)]
    {
        let transfer = run(request(still.clone(), &photo, place));
        assert_eq!(morphed(&photo, &transfer, 1.0), photo, "equal pictures, {:?}", photo.model());
        assert_eq!((transfer.report().residual, transfer.report().confidence), (0.0, 1.0), "nothing is left over");
        let transfer = run(request(edit.frames(&colors, place, 48, 2), &photo, place));
        assert_eq!(morphed(&photo, &transfer, 0.0), photo, "the beginning, {:?}", photo.model());
        assert_eq!(morphed(&photo, &transfer, f32::NAN), photo, "no number is the beginning");
        assert_ne!(morphed(&photo, &transfer, 1.0), photo, "the end");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let photo = photo(2, 300, &mut rng(8, 1));
    let (place, edit) = (Place::middle(photo.size()), Edit::of(Kind::Zoom, 4.0, true, 4));
    let frames = edit.frames(&photo, place, 64, 5);
    let result = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let transfer = run(request(frames.clone(), &photo, place));
            (transfer.at(0.7), transfer.preview(0.7).patch)
        })
    };
    assert!(result(1) == result(3), "one thread and three");
}

#[test]
fn pictures_without_texture_or_sense_do_no_harm() {
    let photo = photo(1, 120, &mut rng(3, 1));
    let place = Place::middle(photo.size());
    let flat = |v: u8| Picture::new(32, vec![v; 32 * 32 * 3]).unwrap();
    let noise = |seed: u64| {
        use rand::RngCore as _;
        let mut bytes = vec![0; 32 * 32 * 3];
        rng(seed, 2).fill_bytes(&mut bytes);
        Picture::new(32, bytes).unwrap()
    };
    let mean = |frame: &Frame| {
        let sum: f64 = (0..120u32 * 120).map(|at| f64::from(frame.rgb_at(at % 120, at / 120)[1])).sum();
        sum / f64::from(120u32 * 120)
    };
    let transfer = run(request(vec![flat(100), flat(130)], &photo, place));
    let brighter = mean(&morphed(&photo, &transfer, 1.0)) - mean(&photo);
    assert!((15.0..45.0).contains(&brighter), "flat pictures that brighten by 30 brighten the photo: {brighter}");
    assert!(transfer.report().motion < 0.5, "and move nothing: {:?}", transfer.report());
    for frames in [vec![flat(0), flat(255), flat(0)], vec![noise(1), noise(2), noise(3)], vec![flat(90), noise(4)]] {
        let transfer = run(request(frames, &photo, place));
        let report = transfer.report();
        let is_sane = [report.residual, report.confidence, report.motion].iter().all(|v| v.is_finite());
        assert!(is_sane && report.motion < 120.0, "{report:?}");
        assert!(transfer.at(1.0).pixels().size() == square(120), "the whole photo");
    }
}

#[test]
fn squares_and_photos_of_every_shape_are_drawn() {
    let colors = photo(1, 90, &mut rng(3, 1));
    let frames = Edit::of(Kind::Shift, 3.0, true, 1).frames(&colors, Place::middle(colors.size()), 16, 2);
    for size in [(1, 1), (2, 90), (90, 1), (37, 53)] {
        let photo = colors.crop(PixelRect::new(0, 0, size.0, size.1));
        for place in [
            Place::middle(photo.size()),
            Place::upright(-200.0, -150.0, 500.0),
            Place { rotation: 2.0, ..Place::middle(photo.size()) },
            Place::upright(0.2, 0.3, 1.0),
        ] {
            let transfer = run(request(frames.clone(), &photo, place));
            let (patch, preview) = (transfer.at(1.0), transfer.preview(1.0));
            assert!(photo.size().rect().contains_rect(patch.rect()), "{size:?}, {place:?}");
            assert!(!preview.patch.rect().is_empty() && preview.factor == 1, "{size:?}, {place:?}");
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_in_a_sentence() {
    let photo = photo(0, 64, &mut rng(1, 1));
    let place = Place::middle(photo.size());
    let flat = |side: usize| Picture::new(side, vec![9; side * side * 3]).unwrap();
    let good = request(vec![flat(16), flat(16)], &photo, place);
    let refused = |request: TransferRequest| TransferJob::new(request).err().unwrap();
    assert!(TransferJob::new(good.clone()).is_ok(), "the request itself is fine");
    let of = |frames: Vec<Picture>| TransferRequest { frames, ..good.clone() };
    assert_eq!(refused(of(Vec::new())), TransferError::TooFewFrames { count: 0 });
    assert_eq!(refused(of(vec![flat(16)])), TransferError::TooFewFrames { count: 1 });
    assert_eq!(refused(of(vec![flat(1), flat(1)])), TransferError::WrongFrame { number: 1, side: 1, least: 8 });
    assert_eq!(refused(of(vec![flat(16), flat(32)])), TransferError::WrongFrame { number: 2, side: 32, least: 8 });
    let at = |place: Place| TransferRequest { place, ..good.clone() };
    for side in [0.0, -3.0, f32::NAN] {
        assert_eq!(refused(at(Place { side, ..place })), TransferError::UnsoundPlace, "a side of {side}");
    }
    assert_eq!(refused(at(Place::upright(64.0, 0.0, 20.0))), TransferError::PlaceOutside);
    let turned = Place { center: ImagePos::new(-20.0, -20.0), side: 40.0, rotation: std::f32::consts::FRAC_PI_4 };
    assert_eq!(refused(at(turned)), TransferError::PlaceOutside, "only the corner of its bounds is inside");
    let keep = Some(Mask::empty(square(63)));
    let told = refused(TransferRequest { keep, ..good.clone() }).to_string();
    assert!(told.contains("63 x 63") && told.contains("64 x 64"), "{told}");
    let mut wrong = good;
    wrong.options.flow_smoothness = f32::NAN;
    assert!(matches!(refused(wrong), TransferError::WrongOption { .. }), "an option that is no number");
}
