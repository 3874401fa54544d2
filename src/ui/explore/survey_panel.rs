//! The part of the side panel that measures the model: path lengths, truncation, mixing and noise, as plots.

use egui::{Button, ComboBox, Image, ProgressBar, RichText, Ui, vec2};
use egui_plot::{Bar, BarChart, Legend, Line, Plot, PlotPoints};

use super::studio::Studio;
use super::survey::Findings;
use super::wish::Wish;
use crate::imaging::Frame;
use crate::ui::intent::View;
use crate::ui::{icons, theme, widgets};
use crate::worker::Lane;
use crate::worker::exploring::{Mixing, NoiseShare, PathLength, Survey, Truncation};

/// Height of a plot in points.
const HEIGHT: f32 = 140.0;

/// Draws the part.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    if let Some(fraction) = view.work.fraction(Lane::Survey) {
        ui.horizontal(|ui| {
            let name = view.text.get("survey-cancel");
            let button = Button::new(format!("{}  {name}", icons::CANCEL));
            if widgets::named(ui.add(button), &name).clicked() {
                view.wish(Wish::StopSurvey);
            }
            ui.add(ProgressBar::new(fraction).desired_height(6.0));
        });
    } else {
        ask_ui(ui, view, studio);
    }
    let findings = &studio.survey;
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
    let words = view.text.get("survey-note");
    ui.add(egui::Label::new(RichText::new(words).small().color(colors.weak)).wrap());
}

fn ask_ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let findings = &studio.survey;
    let pairs = findings.pairs();
    ui.horizontal(|ui| {
        let name = ui.label(view.text.get("survey-pairs")).on_hover_text(view.text.get("survey-pairs.tip"));
        let combo = ComboBox::from_id_salt("survey pairs").selected_text(pairs.to_string());
        let shown = combo.show_ui(ui, |ui| {
            for (at, count) in Findings::PAIRS.into_iter().enumerate() {
                if ui.selectable_label(at == findings.thoroughness, count.to_string()).clicked() {
                    view.wish(Wish::Thoroughness(at));
                }
            }
        });
        shown.response.labelled_by(name.id);
    });
    ui.horizontal_wrapped(|ui| {
        for (key, what) in [
            ("survey-paths", Survey::Paths(pairs)),
            ("survey-truncation", Survey::Truncation(pairs / 4)),
            ("survey-mixing", Survey::Mixing(pairs / 8)),
            ("survey-noise", Survey::Noise(pairs.min(1000) / 2)),
        ] {
            let name = view.text.get(key);
            let tip = view.text.get(&format!("{key}.tip"));
            if widgets::named(ui.button(&name), &name).on_hover_text(tip).clicked() {
                view.wish(Wish::Survey(what));
            }
        }
    });
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
    plot("survey paths").show_axes([false, true]).show(ui, |plot| plot.bar_chart(BarChart::new("paths", bars)));
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
