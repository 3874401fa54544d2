//! Document samples as a screen shows them: 8-bit sRGB. Never used on what is saved.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

use super::io::raw::narrow;
use super::{ColorModel, Frame, Metadata, Samples};

/// Converts samples of one photo to straight-alpha RGBA in sRGB. Cheap to clone; may be used from several threads.
#[derive(Clone)]
pub struct DisplayTransform {
    model: ColorModel,
    profile: Option<Profile>,
}

#[derive(Clone)]
struct Profile {
    from_u8: Arc<dyn TransformExecutor<u8> + Send + Sync>,
    from_u16: Arc<dyn TransformExecutor<u16> + Send + Sync>,
}

impl std::fmt::Debug for DisplayTransform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DisplayTransform")
            .field("model", &self.model)
            .field("is_srgb", &self.is_srgb())
            .finish_non_exhaustive()
    }
}

impl DisplayTransform {
    /// The transform for a photo's samples. Without a profile they are taken for sRGB; so they are, with a warning,
    /// when the profile is broken or does not belong to samples of `model`.
    #[must_use]
    pub fn for_photo(metadata: &Metadata, model: ColorModel) -> Self {
        // A damaged profile may make its parser panic, and a photo must open whatever its profile holds.
        let profile = metadata.icc.as_deref().and_then(|icc| {
            catch_unwind(AssertUnwindSafe(|| profile_transform(icc, model))).unwrap_or_else(|_| {
                tracing::warn!("the photo's color profile is damaged; its colors are shown as sRGB");
                None
            })
        });
        Self { model, profile }
    }

    /// Samples that are sRGB already.
    #[must_use]
    pub const fn srgb(model: ColorModel) -> Self {
        Self { model, profile: None }
    }

    /// Whether samples are shown as they are.
    #[must_use]
    pub const fn is_srgb(&self) -> bool {
        self.profile.is_none()
    }

    /// Converts row `y` of `frame`, which has the transform's channels; `out` takes 4 values for each pixel.
    pub fn convert_row(&self, frame: &Frame, y: u32, out: &mut [u8]) {
        let len = frame.size().width as usize * self.model.channels();
        let at = y as usize * len;
        match frame.samples() {
            Samples::U8(samples) => self.convert_u8(samples.get(at..at + len).unwrap_or_default(), out),
            Samples::U16(samples) => self.convert_u16(samples.get(at..at + len).unwrap_or_default(), out),
        }
    }

    /// Converts 8-bit samples; `out` takes 4 values for each pixel.
    pub fn convert_u8(&self, samples: &[u8], out: &mut [u8]) {
        if let Some(profile) = &self.profile
            && profile.from_u8.transform(samples, out).is_ok()
        {
            return;
        }
        spread(samples, self.model, out, |value| value, 255);
    }

    /// Converts 16-bit samples; `out` takes 4 values for each pixel.
    pub fn convert_u16(&self, samples: &[u16], out: &mut [u8]) {
        if let Some(profile) = &self.profile {
            let mut wide = vec![0; samples.len() / self.model.channels() * 4];
            if profile.from_u16.transform(samples, &mut wide).is_ok() {
                for (to, &from) in out.iter_mut().zip(&wide) {
                    *to = narrow(from);
                }
                return;
            }
        }
        spread(samples, self.model, out, narrow, u16::MAX);
    }
}

fn spread<T: Copy>(samples: &[T], model: ColorModel, out: &mut [u8], narrow: impl Fn(T) -> u8, opaque: T) {
    let (out, _) = out.as_chunks_mut::<4>();
    match model {
        ColorModel::Gray => fill(samples.as_chunks().0, out, |&[v]| [v, v, v, opaque].map(&narrow)),
        ColorModel::GrayAlpha => fill(samples.as_chunks().0, out, |&[v, a]| [v, v, v, a].map(&narrow)),
        ColorModel::Rgb => fill(samples.as_chunks().0, out, |&[r, g, b]| [r, g, b, opaque].map(&narrow)),
        ColorModel::Rgba => fill(samples.as_chunks().0, out, |&pixel: &[T; 4]| pixel.map(&narrow)),
    }
}

fn fill<P>(pixels: &[P], out: &mut [[u8; 4]], color: impl Fn(&P) -> [u8; 4]) {
    for (to, pixel) in out.iter_mut().zip(pixels) {
        *to = color(pixel);
    }
}

/// The transform from `icc` to sRGB; `None` where samples can be shown as they are.
fn profile_transform(icc: &[u8], model: ColorModel) -> Option<Profile> {
    let source = match ColorProfile::new_from_slice(icc) {
        Ok(source) => source,
        Err(error) => {
            tracing::warn!("the photo's color profile cannot be read; its colors are shown as sRGB: {error:?}");
            return None;
        }
    };
    let (space, layout) = match model {
        ColorModel::Gray => (DataColorSpace::Gray, Layout::Gray),
        ColorModel::GrayAlpha => (DataColorSpace::Gray, Layout::GrayAlpha),
        ColorModel::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
        ColorModel::Rgba => (DataColorSpace::Rgb, Layout::Rgba),
    };
    if source.color_space != space {
        let found = source.color_space;
        tracing::warn!("the photo's color profile is for {found:?} colors; its colors are shown as sRGB");
        return None;
    }
    let target = ColorProfile::new_srgb();
    let options = TransformOptions { rendering_intent: source.rendering_intent, ..TransformOptions::default() };
    let from_u8 = source.create_transform_8bit(layout, &target, Layout::Rgba, options);
    let from_u16 = source.create_transform_16bit(layout, &target, Layout::Rgba, options);
    match (from_u8, from_u16) {
        (Ok(from_u8), Ok(from_u16)) => {
            let profile = Profile { from_u8, from_u16 };
            (!changes_nothing(&profile, model)).then_some(profile)
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!("the photo's color profile cannot be used; its colors are shown as sRGB: {error:?}");
            None
        }
    }
}

/// Whether colors all over the range stay as they are up to rounding: most profiles are sRGB under some name, and
/// then the conversion can be saved.
fn changes_nothing(profile: &Profile, model: ColorModel) -> bool {
    let steps = || (0..=255_u16).step_by(15).map(|value| value as u8);
    let samples: Vec<u8> = match model {
        ColorModel::Gray => (0..=255).collect(),
        ColorModel::GrayAlpha => (0..=255).flat_map(|v| [v, 255]).collect(),
        ColorModel::Rgb => {
            steps().flat_map(|r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b]))).collect()
        }
        ColorModel::Rgba => {
            steps().flat_map(|r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b, 255]))).collect()
        }
    };
    let pixels = samples.len() / model.channels();
    let (mut with, mut without) = (vec![0; pixels * 4], vec![0; pixels * 4]);
    spread(&samples, model, &mut without, |value| value, 255);
    profile.from_u8.transform(&samples, &mut with).is_ok()
        && with.iter().zip(&without).all(|(a, b)| a.abs_diff(*b) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{FileFormat, Size};

    fn with_profile(profile: &ColorProfile) -> Metadata {
        Metadata { icc: Some(profile.encode().unwrap()), ..Metadata::bare(FileFormat::Png) }
    }

    #[test]
    fn without_a_profile_samples_stay() {
        let transform = DisplayTransform::for_photo(&Metadata::bare(FileFormat::Png), ColorModel::GrayAlpha);
        let mut out = [0; 8];
        transform.convert_u8(&[7, 8, 9, 10], &mut out);
        assert_eq!(out, [7, 7, 7, 8, 9, 9, 9, 10], "grey spread, alpha kept");
        DisplayTransform::srgb(ColorModel::Rgb).convert_u16(&[0, 32896, 65535], &mut out);
        assert_eq!(out[..4], [0, 128, 255, 255], "deep samples narrowed, opaque");
    }

    #[test]
    fn srgb_under_any_name_costs_nothing() {
        let metadata = with_profile(&ColorProfile::new_srgb());
        assert!(DisplayTransform::for_photo(&metadata, ColorModel::Rgb).is_srgb(), "recognized");
    }

    #[test]
    fn a_wide_gamut_is_converted_at_both_depths() {
        let metadata = with_profile(&ColorProfile::new_adobe_rgb());
        for model in [ColorModel::Rgb, ColorModel::Rgba] {
            let transform = DisplayTransform::for_photo(&metadata, model);
            assert!(!transform.is_srgb(), "Adobe RGB is not sRGB");
            let mut pixel = vec![200_u8, 100, 100];
            pixel.resize(model.channels(), 77);
            let (mut shallow, mut deep) = ([0; 4], [0; 4]);
            transform.convert_u8(&pixel, &mut shallow);
            let wide: Vec<u16> = pixel.iter().map(|&v| u16::from(v) * 257).collect();
            transform.convert_u16(&wide, &mut deep);
            assert!(shallow[0] > 210 && shallow[1] < 103, "more saturated in sRGB's numbers: {shallow:?}");
            assert!(shallow.iter().zip(deep).all(|(a, b)| a.abs_diff(b) <= 1), "{shallow:?} and {deep:?}");
            assert_eq!(shallow[3], if model.has_alpha() { 77 } else { 255 }, "alpha");
        }
    }

    #[test]
    fn a_grey_profile_is_converted() {
        let metadata = with_profile(&ColorProfile::new_gray_with_gamma(1.0));
        for model in [ColorModel::Gray, ColorModel::GrayAlpha] {
            let transform = DisplayTransform::for_photo(&metadata, model);
            let mut pixel = vec![55_u8];
            pixel.resize(model.channels(), 255);
            let mut out = [0; 4];
            transform.convert_u8(&pixel, &mut out);
            assert!(out[0].abs_diff(127) <= 3 && out[0] == out[2], "linear grey brightened: {out:?}");
            assert_eq!(out[3], 255, "opaque");
        }
    }

    #[test]
    fn a_profile_that_does_not_fit_is_ignored() {
        let gray = with_profile(&ColorProfile::new_gray_with_gamma(2.2));
        assert!(DisplayTransform::for_photo(&gray, ColorModel::Rgb).is_srgb(), "grey profile on color");
        let mut broken = with_profile(&ColorProfile::new_adobe_rgb());
        broken.icc.as_mut().unwrap().truncate(200);
        assert!(DisplayTransform::for_photo(&broken, ColorModel::Rgb).is_srgb(), "cut profile");
        broken.icc = Some(b"no profile at all".to_vec());
        assert!(DisplayTransform::for_photo(&broken, ColorModel::Rgb).is_srgb(), "no profile");
    }

    #[test]
    fn rows_of_a_frame_are_found() {
        let frame = Frame::new(Size::new(1, 2), ColorModel::Rgb, Samples::U8(vec![1, 2, 3, 4, 5, 6])).unwrap();
        let mut out = [0; 4];
        DisplayTransform::srgb(ColorModel::Rgb).convert_row(&frame, 1, &mut out);
        assert_eq!(out, [4, 5, 6, 255], "the second row");
    }
}
