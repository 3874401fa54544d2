//! A drawing that grows: frames of the strokes, and beside them what the network makes of so much.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::super::sketching::{SketchDone, TimeLapse};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::export::on_paper;
use super::{Easel, is_bare};
use crate::control::{Progress, Step, Stepper as _};
use crate::document::Sketch;
use crate::document::sketch::Layer;
use crate::imaging::animation::{AnimationJob, AnimationOptions};
use crate::imaging::drawing::{fitted, ink_frame, side_by_side};
use crate::imaging::ink::{Pad, Sample, Stroke, raster_hints};
use crate::imaging::{Frame, Plane, Size};
use crate::sketch::Role;

/// The most frames, and sides.
const MOST_FRAMES: u32 = 600;
const SIDES: std::ops::RangeInclusive<u32> = 64..=1024;

/// The pen is up so long between two strokes, however long the person thought.
const PAUSE: u32 = 250;

/// The last frame stays for so many more.
const REST: f32 = 1.5;

/// The share of drawing in the progress.
const DRAWING: f32 = 0.7;

/// One frame a step, then the encoder's steps.
pub(super) struct TimeLapseJob {
    sketch: Sketch,
    path: PathBuf,
    how: TimeLapse,
    easel: Easel,
    pad: Option<Pad>,
    frames: Vec<Frame>,
    encoder: Option<Box<AnimationJob>>,
}

impl TimeLapseJob {
    pub(super) fn new(sketch: Sketch, path: PathBuf, how: TimeLapse, easel: Easel) -> Self {
        let side = how.side.clamp(*SIDES.start(), *SIDES.end());
        let rate = if how.rate.is_finite() { how.rate.clamp(0.5, 50.0) } else { 12.0 };
        let how = TimeLapse { frames: how.frames.clamp(2, MOST_FRAMES), side, rate, ..how };
        Self { sketch, path, how, easel, pad: None, frames: Vec::new(), encoder: None }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        if let Some(encoder) = &mut self.encoder {
            return match encoder.step()? {
                Step::More(Progress { fraction, stage }) => {
                    let fraction = (1.0 - DRAWING).mul_add(fraction, DRAWING);
                    context.progress(Progress { fraction, stage });
                    Ok(JobStep::More)
                }
                Step::Done(written) => {
                    let done = SketchDone::Exported { path: written.path, bytes: written.bytes };
                    Ok(JobStep::Done(Done::Sketch(done)))
                }
            };
        }
        let count = self.how.frames as usize;
        if self.frames.len() < count {
            let at = (self.frames.len() + 1) as f32 / count as f32;
            let frame = self.frame(at)?;
            self.frames.push(frame);
            let fraction = DRAWING * self.frames.len() as f32 / count as f32;
            context.progress(Progress { fraction, stage: "frames" });
        } else {
            let rest = (REST * self.how.rate).round() as usize;
            let order = (0..count).chain(std::iter::repeat_n(count - 1, rest)).collect();
            let frame_millis = (1000.0 / self.how.rate).round() as u32;
            let options = AnimationOptions { format: self.how.format, frame_millis, rounds: 0, scale: 1 };
            let frames = std::mem::take(&mut self.frames);
            self.encoder = Some(Box::new(AnimationJob::new(&self.path, frames, order, options)?));
        }
        Ok(JobStep::More)
    }

    /// The drawing when the share `at` of its time is over.
    fn frame(&mut self, at: f32) -> Result<Frame, Failure> {
        let side = self.how.side;
        let so_far = grown(&self.sketch, at);
        let pad = self.pad.get_or_insert_with(|| Pad::new(side));
        let strokes = so_far.counting_strokes();
        pad.update(&strokes);
        let ink = on_paper(pad.ink(), raster_hints(&strokes, side).as_ref());
        if !self.how.has_pictures {
            return Ok(ink);
        }
        // Only the last picture is worth the time of the best network.
        let role = if at >= 1.0 { Role::Best } else { Role::Live };
        let loaded = self.easel.themes.load(&so_far.theme, role)?;
        let shown = self.easel.show(&so_far, &loaded, loaded.side);
        let picture = if is_bare(&so_far) || shown.is_blank() {
            ink_frame(&Plane::filled(Size::new(side, side), 0.0))
        } else {
            fitted(&self.easel.paint(&loaded, &shown, so_far.seed)?.picture, side)
        };
        Ok(side_by_side(&ink, &picture))
    }
}

impl Job for TimeLapseJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

/// What a stroke takes of the drawing's time.
fn time_of(stroke: &Stroke) -> u64 {
    u64::from(stroke.millis()) + u64::from(PAUSE)
}

/// The sketch when the share `at` of its time is over, in the order of turns. Strokes that are complete are the same ones.
fn grown(sketch: &Sketch, at: f32) -> Sketch {
    let layers: Vec<&Arc<Layer>> = sketch.counting_layers().collect();
    let of_layer = |(at, layer): (usize, &&Arc<Layer>)| {
        let strokes = layer.strokes().iter().cloned().zip(layer.turns().iter().copied());
        strokes.map(|(stroke, turn)| (turn, at, stroke)).collect::<Vec<_>>()
    };
    let mut all: Vec<(u32, usize, Arc<Stroke>)> = layers.iter().enumerate().flat_map(of_layer).collect();
    all.sort_by_key(|(turn, ..)| *turn);
    let total: u64 = all.iter().map(|(.., stroke)| time_of(stroke)).sum();
    let mut left = if at >= 1.0 { total } else { (total as f64 * f64::from(at.max(0.0))) as u64 };
    let mut drawn = vec![Vec::new(); layers.len()];
    for (_, at, stroke) in all {
        let time = time_of(&stroke);
        if time > left {
            drawn[at].extend(begun(&stroke, left).map(Arc::new));
            break;
        }
        drawn[at].push(stroke);
        left -= time;
    }
    let mut grown = sketch.clone();
    let parts = layers.iter().zip(drawn).map(|(layer, strokes)| {
        let mut part = Layer::with_strokes(layer.id, layer.name.clone(), strokes);
        part.is_solo = layer.is_solo;
        Arc::new(part)
    });
    grown.layers = parts.collect();
    grown.result = None;
    grown
}

/// As much of a stroke as was drawn within `millis`.
fn begun(stroke: &Stroke, millis: u64) -> Option<Stroke> {
    let samples: Vec<Sample> =
        stroke.samples.iter().take_while(|sample| u64::from(sample.millis) <= millis).copied().collect();
    (samples.len() > 1 && millis > 0).then(|| Stroke { samples: samples.into(), ..stroke.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ink::{Tool, shapes};

    #[test]
    fn layers_grow_as_they_were_drawn() {
        let line = |x: f32| Arc::new(Stroke::computed(Tool::Pen, shapes::line((x, 0.1), (x, 0.9))));
        let mut sketch = Sketch::new("cats", "below");
        let below = sketch.active;
        let strokes = [0.2, 0.4, 0.6, 0.8].map(line);
        let mut above = None;
        for (at, stroke) in strokes.iter().enumerate() {
            if at % 2 == 0 {
                sketch.activate(below);
            } else if let Some(above) = above {
                sketch.activate(above);
            } else {
                above = sketch.add_layer("above");
            }
            assert!(sketch.add_stroke(Arc::clone(stroke)), "there is room");
        }
        let there = |at: f32| {
            let grown = grown(&sketch, at);
            let is_there = |wanted: &Arc<Stroke>| {
                grown.layers.iter().flat_map(|layer| layer.strokes()).any(|found| Arc::ptr_eq(found, wanted))
            };
            strokes.iter().filter(|wanted| is_there(wanted)).count()
        };
        for count in 1..=4 {
            assert_eq!(there(count as f32 / 4.0), count, "the first {count}");
            let first = grown(&sketch, count as f32 / 4.0);
            let last = &strokes[count - 1];
            assert!(
                first.layers[(count - 1) % 2].strokes().iter().any(|found| Arc::ptr_eq(found, last)),
                "on its layer"
            );
        }
    }

    #[test]
    fn a_drawing_grows_from_nothing_to_all_of_it() {
        let mut sketch = Sketch::new("cats", "first");
        let line = |x: f32| Stroke::computed(Tool::Pen, shapes::line((x, 0.1), (x, 0.9)));
        assert!(sketch.add_stroke(line(0.2)), "one");
        sketch.add_layer("second").unwrap();
        assert!(sketch.add_stroke(line(0.6)) && sketch.add_stroke(line(0.8)), "two more");
        let count =
            |at| grown(&sketch, at).layers.iter().flat_map(|layer| layer.strokes()).map(|s| s.samples.len()).sum();
        let all: usize = count(1.0);
        assert_eq!(
            all,
            grown(&sketch, 2.0).layers.iter().flat_map(|l| l.strokes()).map(|s| s.samples.len()).sum::<usize>(),
            "all"
        );
        let counts: Vec<usize> = (0..=20).map(|at| count(at as f32 / 20.0)).collect();
        assert!(counts.is_sorted() && counts[0] == 0 && counts[20] == all, "it never shrinks: {counts:?}");
        assert!(counts.iter().filter(|&&n| n > 0 && n < all).count() > 5, "and strokes appear bit by bit: {counts:?}");
        let half = grown(&sketch, 0.5);
        assert!(
            Arc::ptr_eq(&half.layers[0].strokes()[0], &sketch.layers[0].strokes()[0]),
            "complete strokes are shared"
        );
    }
}
