//! What wishes and commands around steering do.

use super::mix_sheet::SheetChoice;
use super::studio::Studio;
use super::wish::Wish;
use crate::document::ExploreAction;
use crate::document::explore::Steering;
use crate::ui::app::App;
use crate::ui::commands::Command;
use crate::ui::dialogs::Dialog;
use crate::ui::intent::Phase;
use crate::worker::Request;
use crate::worker::exploring::{DirectionsAsked, MixSheet};

/// Seeds on the pad that are drawn at random: a square of this many.
const SQUARE: u64 = 100;

impl App {
    /// Does what `command` says about steering. Returns whether it is about that.
    pub(super) fn perform_steering(&mut self, command: Command) -> bool {
        match command {
            Command::FindComponents => self.ask_directions(DirectionsAsked::Pca(self.directions_wanted())),
            Command::FindFactors => self.ask_directions(DirectionsAsked::Factorize(self.directions_wanted())),
            Command::ShowMixSheet => {
                let layers = self.layers();
                self.dialog = Some(Dialog::MixSheet(SheetChoice::new(layers)));
            }
            _ => return self.studio.as_mut().is_some_and(|studio| studio.perform_steering(command)),
        }
        true
    }

    /// Layers of the model that take a style; 0 of one without.
    pub(in crate::ui) fn layers(&self) -> u32 {
        let name = self.studio.as_ref().map(|studio| &studio.exploration().model);
        self.models.iter().find(|model| Some(&model.name) == name).map_or(0, |model| model.layers)
    }

    fn directions_wanted(&self) -> usize {
        self.studio.as_ref().map_or(1, |studio| studio.rudder.wanted)
    }

    pub(super) fn ask_directions(&mut self, asked: DirectionsAsked) {
        let Some(studio) = &self.studio else { return };
        let model = studio.exploration().model.clone();
        self.submit(Request::Directions { model, asked }, String::new());
    }

    pub(super) fn draw_sheet(&mut self, asked: MixSheet) {
        let ticket = self.submit(Request::MixSheet(asked.clone()), String::new());
        if let Some(studio) = &mut self.studio {
            studio.rudder.sheet.sent(ticket, asked);
        }
    }
}

impl Studio {
    pub(super) fn fulfil_on_helm(&mut self, wish: &Wish) -> bool {
        match wish {
            Wish::Steer(steering, phase) => {
                self.steer(*phase, |old| Steering::clone_from(old, steering));
            }
            Wish::Noise(noise, phase) => {
                self.gesture(ExploreAction::ChangeNoise, *phase, |exploration| {
                    exploration.set_noise(*noise);
                });
            }
            Wish::SearchIn(space) => {
                self.history.commit(ExploreAction::ChangeStarts, |exploration| exploration.helm.search = *space);
            }
            Wish::ProjectIn(space) => {
                self.history.commit(ExploreAction::ChangeStarts, |exploration| exploration.helm.projection = *space);
            }
            Wish::DriftSpeed(speed) => {
                self.rudder.speed = *speed;
                if self.rudder.drift.is_some() {
                    self.rudder.drift = Some(*speed);
                }
            }
            Wish::DirectionsWanted(count) => self.rudder.wanted = *count,
            _ => return false,
        }
        true
    }

    fn perform_steering(&mut self, command: Command) -> bool {
        match command {
            Command::SteerSeed => {
                // A fixed walk over the square, so that undo and redo give the same.
                let next = (self.exploration().helm.steering.seed() * 7919 + 4271) % (SQUARE * SQUARE);
                let pad = [(next % SQUARE) as f32, (next / SQUARE) as f32];
                self.steer(Phase::End, |steering| (steering.pad, steering.base) = (pad, None));
            }
            Command::SteerSnap => self.steer(Phase::End, |steering| steering.pad = steering.pad.map(f32::round)),
            Command::SteerReset => self.steer(Phase::End, |steering| *steering = Steering::default()),
            Command::SteerHere => {
                let Some(latent) = self.latent() else { return true };
                self.keep_shown(&latent);
                self.steer(Phase::End, |steering| {
                    let pad = steering.pad;
                    // Nothing but what is set from here on shall change it.
                    *steering = Steering { base: Some(latent), pad, psi: 1.0, ..Steering::default() };
                });
            }
            Command::SteerDrift => {
                let speed = if self.rudder.drift.is_some() { None } else { Some(self.rudder.speed) };
                self.set_drift(speed);
            }
            _ => return false,
        }
        true
    }

    /// Steers as part of a drag, or as one step.
    fn steer(&mut self, phase: Phase, change: impl FnOnce(&mut Steering)) {
        self.player.stop();
        self.set_drift(None);
        (self.looks.is_average, self.looks.is_path) = (false, false);
        self.gesture(ExploreAction::Steer, phase, |exploration| {
            exploration.steer(change);
        });
    }
}
