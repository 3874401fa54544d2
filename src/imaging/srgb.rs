//! A photo's colours as networks are taught them: in sRGB, and back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

use super::{ColorModel, Metadata};

type Executor = Arc<dyn TransformExecutor<f32> + Send + Sync>;

/// The way from a photo's colours to sRGB and back. Cheap to clone; may be used from several threads.
#[derive(Clone, Default)]
pub struct SrgbTransform {
    /// There and back; `None` for colours that are sRGB already.
    both: Option<(Executor, Executor)>,
}

impl std::fmt::Debug for SrgbTransform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SrgbTransform").field("is_srgb", &self.is_srgb()).finish()
    }
}

impl SrgbTransform {
    /// For a photo's samples. Those without a profile, with a broken one, and grey ones are taken for sRGB.
    #[must_use]
    pub fn for_photo(metadata: &Metadata, model: ColorModel) -> Self {
        let is_color = matches!(model, ColorModel::Rgb | ColorModel::Rgba);
        let both = metadata.icc.as_deref().filter(|_| is_color).and_then(|icc| {
            // A damaged profile may make its parser panic; the display's transform warns of it.
            catch_unwind(AssertUnwindSafe(|| both_ways(icc))).unwrap_or_default()
        });
        let found = Self { both };
        if found.changes_nothing() { Self::default() } else { found }
    }

    /// Whether colours are sRGB as they are.
    #[must_use]
    pub const fn is_srgb(&self) -> bool {
        self.both.is_none()
    }

    /// Turns the photo's colours, 0..=255, into sRGB; what lies outside of it is cut off.
    pub fn to_srgb(&self, colors: &mut [[f32; 3]]) {
        if let Some((to, _)) = &self.both {
            convert(to, colors);
        }
    }

    /// Turns sRGB colours, 0..=255, into the photo's.
    pub fn from_srgb(&self, colors: &mut [[f32; 3]]) {
        if let Some((_, from)) = &self.both {
            convert(from, colors);
        }
    }

    /// Whether all colours stay as they are up to rounding: most profiles are sRGB under some name.
    fn changes_nothing(&self) -> bool {
        let steps = || (0..=255_u16).step_by(51).map(f32::from);
        let before: Vec<[f32; 3]> =
            steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| [r, g, b]))).collect();
        let mut after = before.clone();
        self.to_srgb(&mut after);
        before.iter().flatten().zip(after.iter().flatten()).all(|(a, b)| (a - b).abs() <= 1.0)
    }
}

/// As many pixels are converted at once, so that the copy is small.
const CHUNK: usize = 4096;

fn convert(executor: &Executor, colors: &mut [[f32; 3]]) {
    let mut values = Vec::with_capacity(3 * CHUNK);
    let mut converted = vec![0.0; 3 * CHUNK];
    for chunk in colors.chunks_mut(CHUNK) {
        values.clear();
        values.extend(chunk.as_flattened().iter().map(|v| (v / 255.0).clamp(0.0, 1.0)));
        let converted = &mut converted[..values.len()];
        if executor.transform(&values, converted).is_err() {
            // Their lengths are equal; nothing else can be refused.
            return;
        }
        for (to, from) in chunk.as_flattened_mut().iter_mut().zip(converted) {
            *to = (*from * 255.0).clamp(0.0, 255.0);
        }
    }
}

fn both_ways(icc: &[u8]) -> Option<(Executor, Executor)> {
    let photo = ColorProfile::new_from_slice(icc).ok().filter(|photo| photo.color_space == DataColorSpace::Rgb)?;
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions { rendering_intent: photo.rendering_intent, ..TransformOptions::default() };
    let to = photo.create_transform_f32(Layout::Rgb, &srgb, Layout::Rgb, options).ok()?;
    let from = srgb.create_transform_f32(Layout::Rgb, &photo, Layout::Rgb, options).ok()?;
    Some((to, from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::FileFormat;

    fn with_profile(profile: &ColorProfile) -> Metadata {
        Metadata { icc: Some(profile.encode().unwrap()), ..Metadata::bare(FileFormat::Png) }
    }

    #[test]
    fn a_wide_gamut_comes_back() {
        let transform = SrgbTransform::for_photo(&with_profile(&ColorProfile::new_adobe_rgb()), ColorModel::Rgb);
        assert!(!transform.is_srgb(), "Adobe RGB is not sRGB");
        let colors = [[200.0, 100.0, 100.0], [30.5, 40.25, 200.0], [128.0; 3]];
        let mut there = colors;
        transform.to_srgb(&mut there);
        assert!(there[0][0] > 210.0 && there[0][1] < 103.0, "more saturated in sRGB's numbers: {there:?}");
        transform.from_srgb(&mut there);
        for (back, color) in there.as_flattened().iter().zip(colors.as_flattened()) {
            assert!((back - color).abs() < 0.3, "{there:?}");
        }
    }

    #[test]
    fn srgb_and_what_is_no_profile_stay() {
        let srgb = with_profile(&ColorProfile::new_srgb());
        let gray = with_profile(&ColorProfile::new_gray_with_gamma(1.0));
        let broken = Metadata { icc: Some(b"no profile at all".to_vec()), ..Metadata::bare(FileFormat::Png) };
        for metadata in [srgb, gray, broken, Metadata::bare(FileFormat::Png)] {
            let transform = SrgbTransform::for_photo(&metadata, ColorModel::Rgb);
            let mut colors = [[1.5, 2.5, 300.0]];
            transform.to_srgb(&mut colors);
            transform.from_srgb(&mut colors);
            assert!(transform.is_srgb() && colors == [[1.5, 2.5, 300.0]], "{colors:?}");
        }
    }
}
