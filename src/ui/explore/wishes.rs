//! What each wish of a panel of the room does.

use std::path::PathBuf;
use std::sync::Arc;

use super::commands::reseed;
use super::export::ExportChoice;
use super::film::way_of;
use super::portrait;
use super::studio::Studio;
use super::wish::Wish;
use crate::document::ExploreAction;
use crate::document::explore::End;
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::file_dialog::Purpose;
use crate::ui::intent::Phase;
use crate::worker::exploring::{AnimationFormat, ExportFrames, ExportMorph};
use crate::worker::{Lane, Request};

impl App {
    /// Does what a panel of the room asks for.
    pub(in crate::ui) fn fulfil(&mut self, ctx: &egui::Context, wish: Wish) {
        match wish {
            Wish::Model(name) => self.explore(&name),
            Wish::LookForModels => self.look_for_models(),
            Wish::Export(choice) => self.ask_for_path(ctx, Purpose::Frames(choice)),
            Wish::Directions(asked) => self.ask_directions(asked),
            Wish::MixSheet(asked) => self.draw_sheet(*asked),
            Wish::Survey(what) => self.survey(what),
            Wish::SurveyPath(purpose) => self.ask_for_path(ctx, purpose),
            Wish::StopSurvey => self.jobs.cancel(Lane::Survey),
            wish => {
                let Some(studio) = &mut self.studio else { return };
                let _is_known = studio.fulfil_on_stroke(&wish)
                    || studio.fulfil_on_slider(&wish)
                    || studio.fulfil_on_helm(&wish)
                    || studio.fulfil(&wish);
            }
        }
    }

    /// Asks which models can be explored: some may have been trained or imported since.
    pub fn look_for_models(&mut self) {
        self.submit(Request::ListModels, String::new());
    }

    /// Explores `model`: strokes and photo of what is open stay.
    fn explore(&mut self, model: &str) {
        self.enter(Room::Explore);
        match &mut self.studio {
            None => self.studio = Some(Studio::new(model)),
            Some(studio) if studio.exploration().model != model => {
                studio.player.stop();
                studio.set_drift(None);
                studio.history.commit(ExploreAction::ChangeModel, |exploration| {
                    exploration.set_model(model);
                });
            }
            Some(_) => {}
        }
    }

    /// Writes frames as was chosen.
    pub(in crate::ui) fn export_frames(&mut self, choice: ExportChoice, path: PathBuf) {
        let Some(studio) = &self.studio else { return };
        let ExportChoice { format, frames, playback, rate, scale, is_photo } = choice;
        let (model, noise) = (studio.exploration().model.clone(), studio.exploration().helm.noise);
        let name = crate::ui::intent::file_name(&path);
        let path = match format {
            AnimationFormat::Pngs => path,
            AnimationFormat::Gif => path.with_extension("gif"),
            AnimationFormat::WebP => path.with_extension("webp"),
        };
        let request = if is_photo {
            let exploration = studio.exploration().clone();
            Request::ExportMorph(ExportMorph { exploration, frames, path, format, playback, rate })
        } else {
            let Some((way, _)) = way_of(studio.exploration(), studio.looks.is_path) else { return };
            Request::ExportFrames(ExportFrames { model, way, frames, path, format, playback, rate, scale, noise })
        };
        self.submit(request, name);
    }

    /// Brings the square of the photo onto the manifold.
    pub(super) fn project(&mut self) {
        let Some(studio) = &mut self.studio else { return };
        let Some(photo) = &studio.exploration().photo else { return };
        let request = Request::Project {
            model: studio.exploration().model.clone(),
            photo: photo.photo.clone(),
            place: photo.place,
            method: studio.portrait.method,
            seed: studio.exploration().seed,
            styles: studio.exploration().helm.projection,
            noise: studio.exploration().helm.noise,
        };
        studio.player.stop();
        studio.looks.is_average = false;
        studio.portrait.view = portrait::View::Manifold;
        let ticket = self.submit(request, String::new());
        if let Some(studio) = &mut self.studio {
            studio.portrait.projection_sent(ticket, studio.history.value());
        }
        // What is looked at is the photo's square, not a search for other things.
        self.jobs.cancel(Lane::Optimize);
    }
}

impl Studio {
    fn fulfil(&mut self, wish: &Wish) -> bool {
        match *wish {
            Wish::Choose(id) => self.choose(id),
            Wish::Walk(steps) => {
                if let Some(id) = self.neighbor(steps) {
                    self.choose(id);
                }
            }
            Wish::Choosing(is_choosing) => self.is_choosing = is_choosing,
            Wish::Seed(seed, phase) => self.set_starts(seed, self.exploration().starts, phase),
            Wish::Starts(starts, phase) => self.set_starts(self.exploration().seed, starts, phase),
            Wish::Smoothness(smoothness, phase) => {
                self.gesture(ExploreAction::ChangeStarts, phase, |exploration| {
                    exploration.set_smoothness(smoothness);
                });
            }
            Wish::Color(color) => self.palette.pick(color),
            Wish::Width(brush, width) => self.palette.set_width(brush, width),
            Wish::Thoroughness(at) => self.survey.thoroughness = at,
            Wish::SurveyPlaces(sampling) => self.survey.sampling = sampling,
            Wish::SurveyTrunk(ref trunk) => self.survey.trunk.clone_from(trunk),
            Wish::Drag(how) => self.drag.how = how,
            Wish::View(view) => self.portrait.view = view,
            Wish::Method(method) => self.portrait.method = method,
            Wish::JumpTo(position) => {
                self.travel(|history| {
                    history.jump_to(position);
                    true
                });
            }
            _ => return false,
        }
        true
    }

    /// Wishes about a stroke. Returns whether `wish` is one.
    pub(super) fn fulfil_on_stroke(&mut self, wish: &Wish) -> bool {
        match *wish {
            Wish::SelectStroke(id) => self.selected = Some(id),
            Wish::ToggleStroke(id) => {
                self.history.commit(ExploreAction::ToggleStroke, |exploration| {
                    exploration.toggle_stroke(id);
                });
            }
            Wish::Weight(id, weight, phase) => {
                self.gesture(ExploreAction::ChangeWeight, phase, |exploration| {
                    exploration.set_weight(id, weight);
                });
            }
            Wish::DeleteStroke(id) => {
                let next = self.stroke_beside(-1).filter(|next| *next != id);
                self.history.commit(ExploreAction::DeleteStroke, |exploration| {
                    exploration.delete_stroke(id);
                });
                if self.selected == Some(id) {
                    self.selected = next;
                }
                self.repair_selection();
            }
            _ => return false,
        }
        true
    }

    /// Wishes about the slider and the strip. Returns whether `wish` is one.
    pub(super) fn fulfil_on_slider(&mut self, wish: &Wish) -> bool {
        match *wish {
            Wish::CandidateToEnd(id, end) => {
                if let Some(candidate) = self.search.candidate(id) {
                    let (latent, picture) = (candidate.latent.clone(), candidate.picture.clone());
                    self.keep_picture(&latent, &picture);
                    self.set_end(end, latent);
                }
            }
            Wish::GoTo(ref latent) => self.go_to(latent),
            Wish::Slide(at, phase) => {
                self.player.stop();
                self.looks.is_average = false;
                self.gesture(ExploreAction::Slide, phase, |exploration| {
                    exploration.slide(at);
                });
            }
            Wish::Frames(frames, phase) => {
                self.gesture(ExploreAction::ChangeSlider, phase, |exploration| exploration.set_frames(frames));
            }
            Wish::Speed(speed) => self.player.speed = speed,
            _ => return self.fulfil_on_key(wish),
        }
        true
    }

    fn fulfil_on_key(&mut self, wish: &Wish) -> bool {
        match *wish {
            Wish::SelectKey(at) => {
                self.key = Some(at);
                if let Some(time) = self.exploration().keys.get(at).map(|key| key.time).filter(|_| self.looks.is_path) {
                    self.stop();
                    self.slide_to(time);
                }
            }
            Wish::MoveKey(time, phase) => {
                let Some(at) = self.key else { return true };
                let mut moved = None;
                // A key frame does not replace another one that it is dragged over.
                let is_taken = self.exploration().keys.iter().enumerate().any(|(n, key)| n != at && key.time == time);
                self.gesture(ExploreAction::EditKeys, phase, |exploration| {
                    if !is_taken {
                        moved = exploration.move_key(at, time);
                    }
                });
                self.key = moved.or(self.key);
            }
            Wish::DeleteKey(at) => {
                self.history.commit(ExploreAction::EditKeys, |exploration| {
                    exploration.delete_key(at);
                });
                self.repair_selection();
            }
            Wish::CandidateToKey(id, time) => {
                let Some(candidate) = self.search.candidate(id) else { return true };
                let (latent, picture) = (candidate.latent.clone(), candidate.picture.clone());
                self.keep_picture(&latent, &picture);
                self.history.commit(ExploreAction::EditKeys, |exploration| {
                    exploration.set_key(time, latent);
                });
            }
            _ => return false,
        }
        true
    }

    /// What searches begin with, as part of a drag or as one step.
    fn set_starts(&mut self, seed: u64, starts: u32, phase: Phase) {
        self.gesture(ExploreAction::ChangeStarts, phase, |exploration| {
            if (exploration.seed, exploration.starts) != (seed, starts) {
                exploration.set_starts(seed, starts);
                reseed(exploration, seed);
            }
        });
    }

    /// A latent of the map becomes the slider's end and shows.
    fn go_to(&mut self, latent: &crate::document::explore::Latent) {
        let latent = Arc::clone(latent);
        self.player.stop();
        self.looks.is_average = false;
        self.history.commit(ExploreAction::SetEnd, |exploration| {
            if exploration.slider.from.is_none() {
                exploration.set_end(End::From, Arc::clone(&latent));
            }
            exploration.set_end(End::To, latent);
            exploration.slide(1.0);
        });
    }

    /// Part of a drag: the whole drag is one step.
    pub(super) fn gesture(
        &mut self,
        action: ExploreAction,
        phase: Phase,
        change: impl FnOnce(&mut crate::document::Exploration),
    ) {
        if !self.history.is_in_gesture() {
            self.history.begin(action);
        }
        self.history.edit(change);
        if phase == Phase::End {
            self.history.end();
        }
    }
}
