//! Steering under way: what is asked for and shows, which directions are known, and the sheet of mixed styles.

use std::sync::Arc;

use super::studio::Studio;
use crate::document::explore::{Direction, Latent, Noise, Steering};
use crate::document::{Exploration, ExploreAction};
use crate::imaging::Frame;
use crate::worker::exploring::{DirectionsAsked, DirectionsSource, FrameShown, MixSheet};
use crate::worker::{Request, Ticket};

/// What a picture is steered by.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    model: String,
    steering: Arc<Steering>,
    noise: Noise,
}

impl Asked {
    /// `None` while nothing is steered.
    fn of(exploration: &Exploration) -> Option<Self> {
        let (model, helm) = (exploration.model.clone(), &exploration.helm);
        helm.is_on.then(|| Self { model, steering: Arc::clone(&helm.steering), noise: helm.noise })
    }
}

/// What was steered to.
#[derive(Debug)]
struct Shown {
    asked: Asked,
    latent: Latent,
    picture: Frame,
}

/// Seconds between two steps of the pad, at most: a window that was away does not leap.
const LONGEST_STEP: f64 = 0.5;

/// The directions of a model.
#[derive(Debug, Default)]
pub struct Directions {
    model: String,
    /// Found now.
    pub found: Vec<Arc<Direction>>,
    /// Saved at any time.
    pub saved: Vec<Arc<Direction>>,
    /// Whether the saved ones were asked for.
    is_listed: bool,
}

/// A sheet of mixed styles.
#[derive(Debug, Default)]
pub struct Sheet {
    asked: Option<MixSheet>,
    ticket: Option<Ticket>,
    cells: Vec<Option<FrameShown>>,
}

impl Sheet {
    /// What it is of.
    #[must_use]
    pub const fn asked(&self) -> Option<&MixSheet> {
        self.asked.as_ref()
    }

    /// Its pictures as far as they are there: a row of the columns' seeds, then each row with its own first.
    #[must_use]
    pub fn cells(&self) -> &[Option<FrameShown>] {
        &self.cells
    }

    /// `asked` is out as `ticket`.
    pub fn sent(&mut self, ticket: Ticket, asked: MixSheet) {
        let count = asked.columns.len() + asked.rows.len() * (asked.columns.len() + 1);
        (self.ticket, self.cells, self.asked) = (Some(ticket), vec![None; count], Some(asked));
    }

    /// A picture has come. `false` when it belongs to something else.
    pub fn take(&mut self, ticket: Ticket, frame: &FrameShown) -> bool {
        let is_own = self.ticket == Some(ticket);
        if let Some(cell) = self.cells.get_mut(frame.index).filter(|_| is_own) {
            *cell = Some(frame.clone());
        }
        is_own
    }
}

/// All that is known of steering beside what a document holds.
#[derive(Debug)]
pub struct Rudder {
    asked: Option<Asked>,
    out: Option<Ticket>,
    shown: Option<Shown>,
    /// Directions along which pictures can be moved.
    pub directions: Directions,
    /// The sheet of mixed styles.
    pub sheet: Sheet,
    /// Seeds a second by which the pad moves by itself, while it does.
    pub drift: Option<f32>,
    /// Seeds a second by which it shall.
    pub speed: f32,
    /// Directions that are looked for.
    pub wanted: usize,
    drifted: Option<f64>,
}

impl Default for Rudder {
    fn default() -> Self {
        Self {
            asked: None,
            out: None,
            shown: None,
            directions: Directions::default(),
            sheet: Sheet::default(),
            drift: None,
            speed: 0.25,
            wanted: 10,
            drifted: None,
        }
    }
}

impl Rudder {
    /// The request to send now, if something else is steered to than shows. One is out at a time, so that each is seen. Tell
    /// [`Rudder::sent`] its ticket.
    #[must_use]
    pub fn next_request(&mut self, exploration: &Exploration) -> Option<Request> {
        let wanted = Asked::of(exploration)?;
        if self.out.is_some() || self.asked.as_ref() == Some(&wanted) {
            return None;
        }
        self.asked = Some(wanted.clone());
        let Asked { model, steering, noise } = wanted;
        Some(Request::Steer { model, steering, noise })
    }

    /// The request is out as `ticket`.
    pub const fn sent(&mut self, ticket: Ticket) {
        self.out = Some(ticket);
    }

    /// A picture has come. `false` when nobody waits for it.
    pub fn take(&mut self, ticket: Ticket, latent: Latent, picture: Frame) -> bool {
        if self.out.take_if(|out| *out == ticket).is_none() {
            return false;
        }
        self.shown = self.asked.clone().map(|asked| Shown { asked, latent, picture });
        true
    }

    /// The request `ticket` has ended, whatever it was about.
    pub fn end(&mut self, ticket: Ticket) {
        self.out.take_if(|out| *out == ticket);
        self.sheet.ticket.take_if(|out| *out == ticket);
    }

    /// Whether a picture is on its way.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.out.is_some()
    }

    /// What `exploration` is steered to, if it is known.
    #[must_use]
    pub fn answer(&self, exploration: &Exploration) -> Option<(&Latent, &Frame)> {
        let shown = self.shown.as_ref()?;
        (Some(&shown.asked) == Asked::of(exploration).as_ref()).then_some((&shown.latent, &shown.picture))
    }

    /// The newest picture of the model, whatever has been set since.
    #[must_use]
    pub fn newest(&self, exploration: &Exploration) -> Option<&Frame> {
        let shown = self.shown.as_ref().filter(|shown| shown.asked.model == exploration.model)?;
        Some(&shown.picture)
    }

    /// The request for the directions that were saved, once for each model.
    #[must_use]
    pub fn next_listing(&mut self, exploration: &Exploration) -> Option<Request> {
        let model = exploration.model.clone();
        if self.directions.model != model {
            self.directions = Directions { model: model.clone(), ..Directions::default() };
        }
        let is_due = !std::mem::replace(&mut self.directions.is_listed, true);
        is_due.then_some(Request::Directions { model, asked: DirectionsAsked::List })
    }

    /// Directions of `model` have come.
    pub fn take_directions(&mut self, model: &str, source: DirectionsSource, directions: Vec<Arc<Direction>>) {
        if self.directions.model == model {
            match source {
                DirectionsSource::Saved => self.directions.saved = directions,
                DirectionsSource::Found => self.directions.found = directions,
            }
        }
    }
}

impl Studio {
    /// What was steered to becomes the slider's end in every state that is steered alike, once no gesture is under way.
    pub(super) fn adopt_steered(&mut self) {
        if self.history.is_in_gesture() {
            return;
        }
        let Some((latent, picture)) = self.rudder.answer(self.history.value()) else { return };
        let (latent, picture) = (latent.clone(), picture.clone());
        if self.exploration().slider.to.as_ref() == Some(&latent) {
            return;
        }
        self.keep_picture(&latent, &picture);
        let wanted = Asked::of(self.history.value());
        self.history.amend(|exploration| {
            if Asked::of(exploration) == wanted {
                exploration.set_steered(&latent);
            }
        });
    }

    /// Moves the pad by itself for the time since the last frame. Whether it moves.
    pub(super) fn drift(&mut self, now: f64) -> bool {
        let Some(speed) = self.rudder.drift else {
            self.rudder.drifted = None;
            return false;
        };
        // Pictures that nobody sees are not stepped over; the time until one is there counts.
        if self.rudder.is_busy() {
            return true;
        }
        let passed = self.rudder.drifted.replace(now).map_or(0.0, |before| (now - before).min(LONGEST_STEP)) as f32;
        if passed > 0.0 {
            if !self.history.is_in_gesture() {
                self.history.begin(ExploreAction::Steer);
            }
            self.history.edit(|exploration| {
                exploration.steer(|steering| {
                    let x = steering.pad[0] + speed * passed;
                    steering.pad[0] = if x.abs() > Steering::FARTHEST { 0.0 } else { x };
                    steering.base = None;
                });
            });
        }
        true
    }

    /// Lets the pad move by itself, so many seeds a second, or stand still.
    pub(super) fn set_drift(&mut self, speed: Option<f32>) {
        let was_moving = std::mem::replace(&mut self.rudder.drift, speed).is_some();
        if was_moving && speed.is_none() && self.history.is_in_gesture() {
            self.history.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, Samples, Size};

    fn picture(value: u8) -> Frame {
        Frame::new(Size::new(1, 1), ColorModel::Rgb, Samples::U8(vec![value; 3])).unwrap()
    }

    #[test]
    fn one_request_is_out_at_a_time_and_the_newest_setting_follows() {
        let (mut rudder, mut exploration) = (Rudder::default(), Exploration::new("toy"));
        assert!(rudder.next_request(&exploration).is_none(), "nothing is steered yet");
        let go = |exploration: &mut Exploration, x: f32| assert!(exploration.steer(|s| s.pad[0] = x), "steered");
        go(&mut exploration, 0.5);
        assert!(rudder.next_request(&exploration).is_some(), "asked for");
        rudder.sent(Ticket(1));
        go(&mut exploration, 0.6);
        go(&mut exploration, 0.7);
        assert!(rudder.next_request(&exploration).is_none(), "while one is out");
        assert!(!rudder.take(Ticket(9), [0.0].into(), picture(9)), "of another");
        assert!(rudder.take(Ticket(1), [0.5].into(), picture(1)), "it comes");
        assert!(rudder.answer(&exploration).is_none() && rudder.newest(&exploration).is_some(), "it shows meanwhile");
        let next = rudder.next_request(&exploration);
        assert!(matches!(next, Some(Request::Steer { steering, .. }) if steering.pad[0] == 0.7), "the newest");
        rudder.sent(Ticket(2));
        assert!(rudder.take(Ticket(2), [0.7].into(), picture(2)), "it comes");
        assert_eq!(rudder.answer(&exploration).map(|(latent, _)| latent[0]), Some(0.7), "and answers");
        assert!(rudder.next_request(&exploration).is_none(), "nothing more to ask");
    }

    #[test]
    fn what_was_steered_to_is_part_of_the_step_and_of_its_undo() {
        let mut studio = Studio::new("toy");
        let step = |studio: &mut Studio, x: f32, ticket: u64| {
            studio.history.commit(ExploreAction::Steer, |exploration| _ = exploration.steer(|s| s.pad[0] = x));
            assert!(studio.rudder.next_request(studio.history.value()).is_some(), "asked for {x}");
            studio.rudder.sent(Ticket(ticket));
            studio.rudder.take(Ticket(ticket), [x].into(), picture(ticket as u8));
            studio.adopt_steered();
        };
        step(&mut studio, 0.25, 1);
        step(&mut studio, 0.75, 2);
        let ends = |studio: &Studio| studio.exploration().slider.ends().map(|(from, to)| (from[0], to[0]));
        assert_eq!(ends(&studio), Some((0.25, 0.75)), "from where steering began to where it is");
        assert_eq!(studio.history.position(), 2, "two gestures, two steps");
        assert!(studio.travel(crate::document::ExploreHistory::undo), "back");
        assert_eq!(ends(&studio), Some((0.25, 0.25)), "the picture before");
        assert_eq!(studio.exploration().helm.steering.pad[0], 0.25, "and its place");
        let latent = studio.latent().map(|latent| latent[0]);
        assert_eq!(latent, Some(0.25), "which shows");
    }
}
