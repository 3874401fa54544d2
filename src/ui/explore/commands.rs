//! What the commands of the room do.

use strum::IntoEnumIterator as _;

use super::export::ExportChoice;
use super::portrait;
use super::studio::Studio;
use super::wish::Wish;
use crate::document::explore::{End, Exploration, Interpolation, Latent, ProjectMethod, StrokeId};
use crate::document::{ExploreAction, ExploreHistory};
use crate::imaging::Size;
use crate::ui::app::App;
use crate::ui::canvas::CompareMode;
use crate::ui::commands::{Command, Room};
use crate::ui::dialogs::Dialog;
use crate::ui::intent::Phase;
use crate::worker::Lane;
use crate::worker::exploring::AnimationFormat;

/// How near to a key frame the slider must stand to mean it.
const KEY_REACH: f32 = 0.01;
/// How far a key frame is moved at a time.
const KEY_STEP: f32 = 0.02;

impl App {
    /// Does what `command` says in the room Explore. Returns whether it is one of this room.
    pub(in crate::ui) fn perform_exploring(&mut self, command: Command) -> bool {
        match command {
            Command::RoomErase => self.enter(Room::Erase),
            Command::RoomExplore => self.enter(Room::Explore),
            Command::ChooseModel => self.dialog = Some(Dialog::Models),
            _ if self.room != Room::Explore => return false,
            Command::ExportFrames => self.show_frames_export(),
            Command::Project => self.project(),
            Command::DragPoints => self.drag_points(),
            _ if self.perform_steering(command) => {}
            _ => {
                let Some(studio) = &mut self.studio else { return false };
                if let Some(brush) = command.brush() {
                    studio.brush = brush;
                    return true;
                }
                let has_done = perform_on_view(studio, command)
                    || perform_on_search(studio, command)
                    || perform_on_strokes(studio, command)
                    || perform_on_slider(studio, command)
                    || perform_on_portrait(studio, command);
                return has_done;
            }
        }
        true
    }

    /// Shows `room`; the others stay as they are.
    pub(in crate::ui) fn enter(&mut self, room: Room) {
        if room == Room::Explore && self.models.is_empty() && !self.work.has(Lane::Models) {
            self.look_for_models();
        }
        if let Some(studio) = self.studio.as_mut().filter(|_| room != Room::Explore) {
            studio.player.stop();
            studio.set_drift(None);
        }
        if room == Room::Sketch {
            self.begin_sketch();
        }
        self.room = room;
    }

    fn show_frames_export(&mut self) {
        let Some(studio) = &self.studio else { return };
        let side = studio.side(&self.models);
        let photo = studio.morphed_photo();
        let choice = ExportChoice {
            format: AnimationFormat::Gif,
            frames: studio.exploration().slider.frames.max(32) as usize,
            playback: studio.player.mode,
            rate: 20.0,
            scale: (512 / side.max(1)).clamp(1, 16),
            is_photo: photo.is_some() && studio.portrait.view == portrait::View::Photo,
        };
        self.dialog = Some(Dialog::ExportFrames(choice, side, photo));
    }
}

fn perform_on_view(studio: &mut Studio, command: Command) -> bool {
    let Studio { looks, stage, brush, palette, .. } = studio;
    match command {
        Command::AverageMode => looks.is_average = !looks.is_average,
        Command::ShadowMode => looks.is_shadow = !looks.is_shadow,
        Command::ToggleEdits => looks.shows_edits = !looks.shows_edits,
        Command::ToggleSharp => looks.is_sharp = !looks.is_sharp,
        Command::BrushSmaller => palette.widen(*brush, -1.0),
        Command::BrushLarger => palette.widen(*brush, 1.0),
        Command::Fit => stage.view.fit(),
        Command::ActualSize => stage.view.zoom_100(),
        Command::ZoomIn => stage.view.zoom_in(),
        Command::ZoomOut => stage.view.zoom_out(),
        Command::CompareProjection => {
            let is_off = stage.compare == CompareMode::Off;
            stage.compare = if is_off { CompareMode::Divider { at: 0.5 } } else { CompareMode::Off };
        }
        Command::PickColor => studio.brush = super::Brush::Color,
        _ => return false,
    }
    true
}

fn perform_on_search(studio: &mut Studio, command: Command) -> bool {
    match command {
        Command::Undo => {
            studio.travel(ExploreHistory::undo);
        }
        Command::Redo => {
            studio.travel(ExploreHistory::redo);
        }
        Command::SearchOn => studio.search.go_on(),
        Command::Fix => studio.fix(),
        Command::Restart => {
            studio.player.stop();
            studio.search.refresh();
            studio.history.commit(ExploreAction::Restart, Exploration::restart);
            studio.repair_selection();
        }
        Command::RandomLatents | Command::NewSeed => {
            let is_random = command == Command::RandomLatents;
            studio.player.stop();
            studio.history.commit(ExploreAction::ChangeStarts, |exploration| {
                if is_random {
                    exploration.restart();
                }
                reseed(exploration, exploration.seed.wrapping_add(1));
            });
            studio.repair_selection();
        }
        Command::PreviousVisited | Command::NextVisited => {
            let latent = visited_beside(studio, command == Command::NextVisited);
            if let Some(latent) = latent {
                studio.fulfil_on_slider(&Wish::GoTo(latent));
            }
        }
        Command::NextPick | Command::PreviousPick => {
            let steps = if command == Command::NextPick { 1 } else { -1 };
            if let Some(id) = studio.neighbor(steps) {
                studio.choose(id);
            }
        }
        _ => return false,
    }
    true
}

/// The latent that was visited before or after the one that shows, each counted where it was visited first.
fn visited_beside(studio: &Studio, is_after: bool) -> Option<Latent> {
    let mut visited: Vec<&Latent> = Vec::new();
    for latent in &studio.exploration().visited {
        if !visited.contains(&latent) {
            visited.push(latent);
        }
    }
    let now = studio.latent().and_then(|now| visited.iter().position(|latent| **latent == now));
    let at = match now {
        Some(now) => now.checked_add_signed(if is_after { 1 } else { -1 }),
        None => visited.len().checked_sub(1),
    };
    visited.get(at?).map(|latent| Latent::clone(latent))
}

/// Draws starts from another seed: candidates of the old one are forgotten.
pub(super) fn reseed(exploration: &mut Exploration, seed: u64) {
    exploration.seed = seed;
    (exploration.chosen, exploration.slider.to, exploration.helm.is_on) = (None, None, false);
    exploration.slide(1.0);
}

fn perform_on_strokes(studio: &mut Studio, command: Command) -> bool {
    let wish = |studio: &mut Studio, wish: fn(StrokeId) -> Wish| {
        if let Some(id) = studio.selected {
            studio.fulfil_on_stroke(&wish(id));
        }
    };
    match command {
        Command::SelectStrokeAbove => studio.selected = studio.stroke_beside(1),
        Command::SelectStrokeBelow => studio.selected = studio.stroke_beside(-1),
        Command::ToggleStroke => wish(studio, Wish::ToggleStroke),
        Command::DeleteStroke => wish(studio, Wish::DeleteStroke),
        Command::ClearPairs => {
            studio.history.commit(ExploreAction::DeleteStroke, |exploration| {
                exploration.clear_pairs();
            });
            studio.repair_selection();
        }
        Command::ClearStrokes => {
            studio.history.commit(ExploreAction::ClearStrokes, |exploration| {
                exploration.clear_strokes();
            });
            studio.selected = None;
        }
        _ => return false,
    }
    true
}

fn perform_on_slider(studio: &mut Studio, command: Command) -> bool {
    match command {
        Command::SliderStart => to_end(studio, End::From),
        Command::SliderEnd => to_end(studio, End::To),
        Command::SwapEnds => {
            studio.history.commit(ExploreAction::SetEnd, |exploration| {
                let slider = &mut exploration.slider;
                std::mem::swap(&mut slider.from, &mut slider.to);
                exploration.helm.is_on = false;
            });
        }
        Command::ToggleSpherical => {
            studio.history.commit(ExploreAction::ChangeSlider, |exploration| {
                let other = match exploration.slider.interpolation {
                    Interpolation::Linear => Interpolation::Spherical,
                    Interpolation::Spherical => Interpolation::Linear,
                };
                exploration.set_interpolation(other);
            });
        }
        Command::Play => {
            if studio.player.is_playing() {
                studio.stop();
            } else {
                studio.played = None;
                studio.player.play(studio.exploration().slider.at);
            }
        }
        Command::PlayMode => studio.player.turn_mode(),
        Command::NextFrame | Command::PreviousFrame => {
            let count = studio.film.counts().1.max(2) as f32 - 1.0;
            let by = if command == Command::NextFrame { 1.0 } else { -1.0 };
            studio.stop();
            let at = ((studio.exploration().slider.at * count).round() + by) / count;
            studio.slide_to(at);
        }
        Command::AddKeyFrame => add_key(studio),
        Command::DeleteKeyFrame => {
            if let Some(at) = studio.key {
                studio.fulfil_on_slider(&Wish::DeleteKey(at));
            }
        }
        Command::KeyFrameEarlier => move_key(studio, -KEY_STEP),
        Command::KeyFrameLater => move_key(studio, KEY_STEP),
        Command::SmoothPath => studio.looks.is_path = !studio.looks.is_path,
        _ => return false,
    }
    true
}

/// What shows goes to an end of the slider.
fn to_end(studio: &mut Studio, end: End) {
    let Some(latent) = studio.latent() else { return };
    studio.keep_shown(&latent);
    studio.set_end(end, latent);
}

/// What shows becomes a key frame: where the slider stands on a path, else at the end, for which the others make room.
fn add_key(studio: &mut Studio) {
    let Some(latent) = studio.latent() else { return };
    studio.keep_shown(&latent);
    studio.stop();
    let time = studio.looks.is_path.then_some(studio.exploration().slider.at);
    studio.history.commit(ExploreAction::EditKeys, |exploration| match time.filter(|_| exploration.keys.len() >= 2) {
        Some(time) => {
            let near = exploration.keys.iter().find(|key| (key.time - time).abs() < KEY_REACH).map(|key| key.time);
            exploration.set_key(near.unwrap_or(time), latent);
        }
        None => append_key(exploration, latent),
    });
    let (time, keys) = (time.unwrap_or(1.0), &studio.exploration().keys);
    let nearest = keys.iter().enumerate().min_by(|a, b| (a.1.time - time).abs().total_cmp(&(b.1.time - time).abs()));
    studio.key = nearest.map(|(at, _)| at);
}

/// Moves the selected key frame in time, past others that stand where it would.
fn move_key(studio: &mut Studio, by: f32) {
    let keys = &studio.exploration().keys;
    let Some(now) = studio.key.and_then(|at| keys.get(at)).map(|key| key.time) else { return };
    // Whole hundredths: steps to and fro meet again.
    let hundredths = |time: f32| (time * 100.0).round() / 100.0;
    let places = (1..=keys.len()).map(|steps| hundredths(now + by * steps as f32).clamp(0.0, 1.0));
    let mut free = places.filter(|time| keys.iter().all(|key| key.time != *time));
    if let Some(time) = free.next() {
        studio.fulfil_on_slider(&Wish::MoveKey(time, Phase::End));
    }
}

/// Sets a key frame at the end; the others keep their proportions and make room.
fn append_key(exploration: &mut Exploration, latent: Latent) {
    let count = exploration.keys.len();
    if count == 0 {
        exploration.set_key(0.0, latent);
        return;
    }
    let part = (count - 1) as f32 / count as f32;
    for key in &mut exploration.keys {
        key.time *= part;
    }
    exploration.set_key(1.0, latent);
}

fn perform_on_portrait(studio: &mut Studio, command: Command) -> bool {
    match command {
        Command::EditCrop => {
            let is_cropping = studio.portrait.view == portrait::View::Crop;
            studio.portrait.view = if is_cropping { portrait::View::Manifold } else { portrait::View::Crop };
        }
        Command::DropPhoto => {
            studio.history.commit(ExploreAction::ChangePhoto, |exploration| {
                exploration.close_photo();
            });
            studio.portrait.view = portrait::View::Manifold;
        }
        Command::Transfer => studio.start_morphing(),
        Command::ShowManifold => studio.portrait.view = portrait::View::Manifold,
        Command::ShowPhoto => studio.portrait.view = portrait::View::Photo,
        Command::NextMethod => {
            let after = ProjectMethod::iter().skip_while(|method| *method != studio.portrait.method).nth(1);
            studio.portrait.method = after.or_else(|| ProjectMethod::iter().next()).unwrap_or_default();
        }
        Command::RemoveEdit => {
            studio.history.commit(ExploreAction::RemoveEdit, |exploration| {
                exploration.set_result(None);
            });
            studio.portrait.set_morphing(false);
        }
        _ => return false,
    }
    true
}

impl Studio {
    /// The size of the photo, if the slider leads from it to an edit.
    fn morphed_photo(&self) -> Option<Size> {
        let (from, to) = (self.projected()?, self.exploration().slider.to.as_ref()?);
        let photo = self.exploration().photo.as_ref().filter(|_| *to != from)?;
        Some(photo.photo.frame.size())
    }

    /// Shows the photo and carries the edit onto it, from now on wherever the slider stands.
    fn start_morphing(&mut self) {
        let (Some(from), Some(latent)) = (self.projected(), self.latent()) else { return };
        self.keep_shown(&latent);
        let slider = &self.exploration().slider;
        // What shows is the edit, unless the slider has its two ends already and the photo is one of them.
        let is_ready = slider.from.as_ref() == Some(&from) && slider.to.as_ref().is_some_and(|to| *to != from);
        if !is_ready && latent != from {
            self.history.commit(ExploreAction::SetEnd, |exploration| {
                exploration.set_end(End::From, from);
                exploration.set_end(End::To, latent);
                exploration.slide(1.0);
            });
        }
        self.looks.is_path = false;
        self.portrait.set_morphing(true);
        self.portrait.view = portrait::View::Photo;
    }
}
