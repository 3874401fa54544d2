//! What was measured of a model, as plots, tables and sentences.

use egui::{Grid, Image, RichText, Ui, vec2};
use egui_plot::{Bar, BarChart, Legend, Line, Plot, PlotPoints};

use super::super::survey::Findings;
use crate::imaging::Frame;
use crate::ui::intent::View;
use crate::ui::theme;
use crate::worker::exploring::{Attribute, Frechet, Mixing, NoiseShare, PathLength, Separability, Truncation};

/// Height of a plot in points.
const HEIGHT: f32 = 140.0;
/// Width of the columns of numbers in a table, and of what lies between them.
const NUMBERS_WIDTH: f32 = 150.0;

/// Draws all of `findings`.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, findings: &Findings) {
    if let Some(paths) = &findings.paths {
        paths_ui(ui, view, paths);
    }
    if let Some(truncation) = &findings.truncation {
        truncation_ui(ui, view, truncation);
    }
    if let Some(mixing) = &findings.mixing {
        mixing_ui(ui, view, mixing);
    }
    if let Some((share, picture)) = &findings.noise {
        noise_ui(ui, view, share, picture);
    }
    if let Some(told) = &findings.separability {
        separability_ui(ui, view, told);
    }
    if let Some(frechet) = &findings.frechet {
        frechet_ui(ui, view, frechet);
    }
}

fn plot<'a>(id: &str) -> Plot<'a> {
    let plot = Plot::new(id.to_owned()).height(HEIGHT).allow_zoom(false).allow_drag(false).allow_scroll(false);
    plot.allow_boxed_zoom(false).include_y(0.0)
}

fn title(ui: &mut Ui, view: &View<'_>, key: &str, features: &str) {
    let words = view.text.with(key, &[("features", features.into())]);
    ui.label(RichText::new(words).color(theme::colors(ui.visuals()).strong));
}

/// A bar for each space, and how sure it is in words.
fn paths_ui(ui: &mut Ui, view: &View<'_>, paths: &[PathLength]) {
    let features = paths.first().map_or("", |path| path.features.as_str());
    let is_ppl = paths.iter().all(|path| path.is_ppl);
    title(ui, view, if is_ppl { "survey-ppl-title" } else { "survey-paths-title" }, features);
    let bar = |(at, path): (usize, &PathLength)| {
        Bar::new(at as f64, path.length.mean).width(0.6).name(path.space.to_string())
    };
    let bars: Vec<Bar> = paths.iter().enumerate().map(bar).collect();
    plot("survey paths")
        .show_axes([false, true])
        .show_grid([false, true])
        .show(ui, |plot| plot.bar_chart(BarChart::new("paths", bars)));
    for path in paths {
        let number = |value: f64| format!("{value:.1}");
        let (mean, low, high) = (number(path.length.mean), number(path.length.low), number(path.length.high));
        let space = path.space.to_string();
        let args = [
            ("space", (&space).into()),
            ("mean", (&mean).into()),
            ("low", (&low).into()),
            ("high", (&high).into()),
            ("pairs", path.pairs.into()),
        ];
        ui.label(RichText::new(view.text.with("survey-path", &args)).small());
    }
}

/// Two lines over psi.
fn truncation_ui(ui: &mut Ui, view: &View<'_>, curve: &Truncation) {
    title(ui, view, "survey-truncation-title", &curve.features);
    let line = |key: &str, value: &dyn Fn(usize) -> f64| {
        let points: Vec<[f64; 2]> = (0..curve.points.len()).map(|at| [curve.points[at].psi, value(at)]).collect();
        Line::new(view.text.get(key), PlotPoints::from(points)).width(2.0)
    };
    let to_mean = line("survey-to-mean", &|at| curve.points[at].to_mean.mean);
    let apart = line("survey-apart", &|at| curve.points[at].apart.mean);
    plot("survey truncation").x_axis_label("psi").legend(Legend::default()).show(ui, |plot| {
        plot.line(to_mean);
        plot.line(apart);
    });
}

/// A bar for each layer.
fn mixing_ui(ui: &mut Ui, view: &View<'_>, mixing: &Mixing) {
    title(ui, view, "survey-mixing-title", &mixing.features);
    let bar = |(at, layer): (usize, &crate::worker::exploring::Interval)| Bar::new(at as f64, layer.mean).width(0.7);
    let bars: Vec<Bar> = mixing.layers.iter().enumerate().map(bar).collect();
    let plot = plot("survey mixing").x_axis_label(view.text.get("survey-layer"));
    plot.show(ui, |plot| plot.bar_chart(BarChart::new("mixing", bars)));
}

/// Where pixels vary, and by how much on the whole.
fn noise_ui(ui: &mut Ui, view: &mut View<'_>, share: &NoiseShare, picture: &Frame) {
    let (mean, most) = (format!("{:.2}", share.mean), format!("{:.1}", share.most));
    let args = [("mean", (&mean).into()), ("most", (&most).into()), ("samples", share.samples.into())];
    let words = view.text.with("survey-noise-found", &args);
    let texture = view.pictures.get(ui.ctx(), picture);
    ui.add(Image::new(&texture).fit_to_exact_size(vec2(HEIGHT, HEIGHT)).corner_radius(4).alt_text(&words));
    ui.add(egui::Label::new(RichText::new(words).small()).wrap());
}

/// A bar for each space, and a row for each attribute.
fn separability_ui(ui: &mut Ui, view: &View<'_>, told: &Separability) {
    title(ui, view, "survey-separability-title", &told.features);
    let spaces = [("z", Some(told.z)), ("w", told.w)];
    let found = || spaces.iter().filter_map(|(space, value)| Some((*space, (*value)?)));
    let bar = |(at, (space, value)): (usize, (&str, f64))| Bar::new(at as f64, value).width(0.6).name(space);
    let bars: Vec<Bar> = found().enumerate().map(bar).collect();
    plot("survey separability")
        .show_axes([false, true])
        .show_grid([false, true])
        .show(ui, |plot| plot.bar_chart(BarChart::new("told", bars)));
    for (space, value) in found() {
        let value = format!("{value:.3}");
        let args = [("space", space.into()), ("value", (&value).into()), ("samples", told.samples.into())];
        ui.label(RichText::new(view.text.with("survey-separability-found", &args)).small());
    }
    attributes_ui(ui, view, &told.attributes);
    for (group, right) in &told.left_out {
        let percent = format!("{:.0}", right * 100.0);
        let words = view.text.with("survey-left-out", &[("group", group.into()), ("percent", (&percent).into())]);
        ui.add(egui::Label::new(RichText::new(words).small().color(theme::colors(ui.visuals()).weak)).wrap());
    }
}

/// What is left unknown of each attribute, the most first.
fn attributes_ui(ui: &mut Ui, view: &View<'_>, attributes: &[Attribute]) {
    let name_width = (ui.available_width() - NUMBERS_WIDTH).max(60.0);
    let mut sorted: Vec<&Attribute> = attributes.iter().collect();
    sorted.sort_by(|a, b| b.left_z.total_cmp(&a.left_z));
    Grid::new("survey attributes").striped(true).num_columns(4).spacing([10.0, 2.0]).show(ui, |ui| {
        for key in ["survey-attribute", "survey-share", "survey-left-z", "survey-left-w"] {
            let words = RichText::new(view.text.get(key)).small().color(theme::colors(ui.visuals()).weak);
            ui.label(words).on_hover_text(view.text.get("survey-attribute.tip"));
        }
        ui.end_row();
        for attribute in sorted {
            let Attribute { group, class, share, left_z, left_w, .. } = attribute;
            let name = format!("{group} {class}");
            ui.scope(|ui| {
                ui.set_width(name_width);
                ui.add(egui::Label::new(RichText::new(&name).small()).truncate()).on_hover_text(&name);
            });
            ui.label(RichText::new(format!("{:.0} %", share * 100.0)).small());
            ui.label(RichText::new(format!("{left_z:.3}")).small());
            ui.label(RichText::new(left_w.map_or_else(String::new, |left| format!("{left:.3}"))).small());
            ui.end_row();
        }
    });
}

/// One number is all there is.
fn frechet_ui(ui: &mut Ui, view: &View<'_>, frechet: &Frechet) {
    title(ui, view, "survey-pictures-title", &frechet.features);
    let distance = format!("{:.2}", frechet.distance);
    let args = [("distance", (&distance).into()), ("count", frechet.pictures.into())];
    ui.add(egui::Label::new(RichText::new(view.text.with("survey-pictures-found", &args)).small()).wrap());
}
