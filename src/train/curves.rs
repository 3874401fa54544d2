//! Loss curves as a picture, so that nobody needs another program to see how a run went.

use std::collections::BTreeMap;

use image::RgbImage;
use plotters::prelude::*;

use super::report::Line;

const WIDTH: u32 = 1200;
/// Height of one panel.
const PANEL: u32 = 260;
/// A curve is smoothed over this share of its points; the points themselves are drawn pale.
const SMOOTHING: usize = 40;
const FONT: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Medium-subset.ttf");

/// Draws every loss over the pictures seen, a panel each. Without lines the picture is blank.
#[must_use]
pub(super) fn draw(lines: &[Line]) -> RgbImage {
    let curves = curves_of(lines);
    let height = PANEL * (curves.len().max(1) as u32);
    let mut pixels = vec![255; (3 * WIDTH * height) as usize];
    if let Err(reason) = draw_panels(&mut pixels, height, &curves) {
        // A picture is a convenience: a run must not end for it.
        tracing::warn!("the curves cannot be drawn: {reason}");
    }
    RgbImage::from_raw(WIDTH, height, pixels).unwrap_or_default()
}

/// For each loss: thousands of pictures and value.
type Curves = BTreeMap<String, Vec<(f64, f64)>>;

fn curves_of(lines: &[Line]) -> Curves {
    let mut curves = Curves::new();
    for line in lines {
        for (name, value) in line.values.iter().filter(|(_, value)| value.is_finite()) {
            curves.entry(name.clone()).or_default().push((line.images as f64 / 1000.0, *value));
        }
    }
    curves
}

fn draw_panels(pixels: &mut [u8], height: u32, curves: &Curves) -> Result<(), String> {
    // Registering the same font again is harmless; failing to is told by the first text.
    plotters::style::register_font("sans-serif", FontStyle::Normal, FONT).ok();
    let area = BitMapBackend::with_buffer(pixels, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE).map_err(|error| error.to_string())?;
    for ((name, points), panel) in curves.iter().zip(area.split_evenly((curves.len().max(1), 1))) {
        draw_panel(&panel, name, points)?;
    }
    area.present().map_err(|error| error.to_string())
}

fn draw_panel(
    panel: &DrawingArea<BitMapBackend<'_>, plotters::coord::Shift>,
    name: &str,
    points: &[(f64, f64)],
) -> Result<(), String> {
    let last = points.last().map_or(1.0, |point| point.0).max(1e-3);
    let (low, high) = range_of(points);
    let mut chart = ChartBuilder::on(panel)
        .caption(name, ("sans-serif", 18))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..last, low..high)
        .map_err(|error| error.to_string())?;
    let mesh = chart.configure_mesh().x_desc("thousands of pictures").light_line_style(WHITE).draw();
    mesh.map_err(|error| error.to_string())?;
    let pale = LineSeries::new(points.iter().copied(), RGBColor(190, 205, 230));
    chart.draw_series(pale).map_err(|error| error.to_string())?;
    let smooth = LineSeries::new(smoothed(points), RGBColor(30, 80, 170).stroke_width(2));
    chart.draw_series(smooth).map_err(|error| error.to_string())?;
    Ok(())
}

/// From lowest to highest value with some air; single peaks (the first steps) do not flatten the rest.
fn range_of(points: &[(f64, f64)]) -> (f64, f64) {
    let mut values: Vec<f64> = points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get((share * (values.len().saturating_sub(1)) as f64) as usize).copied();
    let (low, high) = (at(0.005).unwrap_or(0.0), at(0.995).unwrap_or(1.0));
    let air = ((high - low) * 0.08).max(1e-6);
    (low - air, high + air)
}

fn smoothed(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let half = points.len() / SMOOTHING / 2;
    let mean = |at: usize| {
        let around = &points[at.saturating_sub(half)..(at + half + 1).min(points.len())];
        around.iter().map(|point| point.1).sum::<f64>() / around.len() as f64
    };
    points.iter().enumerate().map(|(at, point)| (point.0, mean(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_has_its_panel() {
        let line = |step: u64| Line {
            step,
            images: 8 * step,
            seconds: 0.0,
            values: BTreeMap::from([("a".to_owned(), step as f64), ("b".to_owned(), f64::NAN)]),
        };
        let picture = draw(&(0..100).map(line).collect::<Vec<_>>());
        assert_eq!(picture.dimensions(), (WIDTH, PANEL), "a value that is no number is left out");
        let blue = picture.pixels().filter(|pixel| pixel.0 == [30, 80, 170]).count();
        assert!(blue > 500, "the curve is there: {blue} pixels");
        assert_eq!(draw(&[]).dimensions(), (WIDTH, PANEL), "nothing to draw is no failure");
    }
}
