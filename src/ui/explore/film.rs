//! The frames of the slider: asked for when the way changes, shown as they arrive.

use crate::document::Exploration;
use crate::document::explore::{Latent, Noise};
use crate::imaging::Frame;
use crate::worker::exploring::{FrameShown, Way};
use crate::worker::{Request, Ticket};

/// The fewest frames of a way through key frames, for each stretch between two.
const FRAMES_A_STRETCH: usize = 8;

/// What frames are drawn of.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    model: String,
    way: Way,
    count: usize,
    noise: Noise,
}

/// The frames that are there.
#[derive(Debug, Default)]
pub struct Film {
    asked: Option<Asked>,
    ticket: Option<Ticket>,
    /// The number of the frame that was asked for first, and whether one has come since.
    first: (usize, bool),
    frames: Vec<Option<FrameShown>>,
}

impl Film {
    /// Frames that are there, and all there will be.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.frames.iter().flatten().count(), self.frames.len())
    }

    /// Whether each frame is there, in order: what the slider shows under its rail.
    pub fn marks(&self) -> impl ExactSizeIterator<Item = bool> {
        self.frames.iter().map(Option::is_some)
    }

    /// The frame nearest to `at` in 0..=1 of those that are there.
    #[must_use]
    pub fn nearest(&self, at: f32) -> Option<&FrameShown> {
        let there = self.frames.iter().flatten();
        there.min_by(|a, b| (a.at - at).abs().total_cmp(&(b.at - at).abs()))
    }

    /// All frames that are there.
    pub fn frames(&self) -> impl Iterator<Item = &FrameShown> {
        self.frames.iter().flatten()
    }

    /// The picture of `latent`, if a frame shows it.
    #[must_use]
    pub fn picture_of(&self, latent: &Latent) -> Option<&Frame> {
        self.frames().find(|frame| frame.latent == *latent).map(|frame| &frame.picture)
    }

    /// The request to send now, if another way is to be shown; tell [`Film::sent`] its ticket.
    #[must_use]
    pub fn next_request(&mut self, exploration: &Exploration, is_path: bool, focus: f32) -> Option<Request> {
        let wanted = way_of(exploration, is_path)
            .map(|(way, count)| {
                let (model, noise) = (exploration.model.clone(), exploration.helm.noise);
                Asked { model, way, count, noise }
            })
            .filter(|asked| !asked.model.is_empty());
        if wanted == self.asked {
            return self.hurry(focus);
        }
        self.frames.clear();
        self.ticket = None;
        self.asked = wanted;
        let Asked { model, way, count, noise } = self.asked.clone()?;
        self.frames = vec![None; count];
        self.first = (self.index_at(focus), false);
        Some(Request::DrawFrames { model, way, count, focus, noise })
    }

    /// The request of before for a slider that has moved to `focus`, while the frame there is missing: it comes next, and what
    /// is drawn is not drawn again. Each request has its chance to show something first.
    fn hurry(&mut self, focus: f32) -> Option<Request> {
        let (index, (first, has_come)) = (self.index_at(focus), self.first);
        let is_missing = self.frames.get(index).is_some_and(Option::is_none);
        if !self.is_busy() || !has_come || !is_missing || index == first {
            return None;
        }
        self.first = (index, false);
        let Asked { model, way, count, noise } = self.asked.clone()?;
        Some(Request::DrawFrames { model, way, count, focus, noise })
    }

    /// The number of the frame at `at`.
    fn index_at(&self, at: f32) -> usize {
        (at.clamp(0.0, 1.0) * self.frames.len().saturating_sub(1) as f32).round() as usize
    }

    /// The request is out as `ticket`.
    pub const fn sent(&mut self, ticket: Ticket) {
        self.ticket = Some(ticket);
    }

    /// Takes a frame in.
    pub fn take(&mut self, ticket: Ticket, frame: FrameShown) {
        if self.ticket == Some(ticket)
            && let Some(place) = self.frames.get_mut(frame.index)
        {
            *place = Some(frame);
            self.first.1 = true;
        }
    }

    /// The request `ticket` has ended with all frames.
    pub fn finish(&mut self, ticket: Ticket, frames: Vec<FrameShown>) {
        for frame in frames {
            self.take(ticket, frame);
        }
        self.end(ticket);
    }

    /// The request `ticket` has ended.
    pub fn end(&mut self, ticket: Ticket) {
        if self.ticket == Some(ticket) {
            self.ticket = None;
        }
    }

    /// Forgets all: the model is another one.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether frames are still to come.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.ticket.is_some()
    }
}

/// The way that the slider shows and the number of its frames.
#[must_use]
pub(super) fn way_of(exploration: &Exploration, is_path: bool) -> Option<(Way, usize)> {
    let slider = &exploration.slider;
    let interpolation = slider.interpolation;
    let count = slider.frames as usize;
    if is_path && exploration.keys.len() >= 2 {
        let keys = exploration.keys.clone();
        let count = count.max((keys.len() - 1) * FRAMES_A_STRETCH + 1);
        return Some((Way::Keys { keys, interpolation }, count));
    }
    let (from, to) = slider.ends()?;
    Some((Way::Between { from: from.clone(), to: to.clone(), interpolation }, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::explore::End;
    use crate::imaging::{ColorModel, Samples, Size};

    fn exploration() -> Exploration {
        let mut exploration = Exploration::new("toy");
        exploration.set_end(End::From, [0.0, 0.0].into());
        exploration.set_end(End::To, [1.0, 0.0].into());
        exploration
    }

    fn frame(index: usize, count: usize) -> FrameShown {
        let picture = Frame::new(Size::new(1, 1), ColorModel::Rgb, Samples::U8(vec![index as u8; 3])).unwrap();
        let at = index as f32 / (count - 1) as f32;
        FrameShown { index, at, latent: [at, 0.0].into(), picture }
    }

    #[test]
    fn a_way_is_asked_for_once_and_its_frames_are_used_as_they_come() {
        let mut film = Film::default();
        let exploration = exploration();
        let request = film.next_request(&exploration, false, 1.0);
        assert!(matches!(request, Some(Request::DrawFrames { count: 16, .. })), "asked for");
        film.sent(Ticket(7));
        assert!(film.next_request(&exploration, false, 0.2).is_none(), "not twice");
        film.take(Ticket(6), frame(0, 16));
        assert!(film.nearest(0.0).is_none(), "an older request's frame");
        film.take(Ticket(7), frame(15, 16));
        assert_eq!(film.nearest(0.1).map(|frame| frame.index), Some(15), "the only one");
        film.finish(Ticket(7), (0..16).map(|index| frame(index, 16)).collect());
        assert_eq!(film.nearest(0.1).map(|frame| frame.index), Some(1), "the nearest");
        assert!(!film.is_busy() && film.counts() == (16, 16), "all are there");
    }

    #[test]
    fn the_frame_under_the_slider_comes_next_while_others_are_drawn() {
        let (mut film, exploration) = (Film::default(), exploration());
        let focus = |request: Option<Request>| match request {
            Some(Request::DrawFrames { focus, .. }) => Some(focus),
            _ => None,
        };
        assert_eq!(focus(film.next_request(&exploration, false, 1.0)), Some(1.0), "asked for");
        film.sent(Ticket(1));
        assert_eq!(focus(film.next_request(&exploration, false, 0.2)), None, "nothing has come yet");
        film.take(Ticket(1), frame(15, 16));
        assert_eq!(focus(film.next_request(&exploration, false, 0.99)), None, "this one is there");
        assert_eq!(focus(film.next_request(&exploration, false, 0.2)), Some(0.2), "the slider has moved");
        film.sent(Ticket(2));
        assert_eq!(film.counts(), (1, 16), "what is there stays");
        film.take(Ticket(2), frame(3, 16));
        assert_eq!(focus(film.next_request(&exploration, false, 0.2)), None, "it has come");
        film.finish(Ticket(2), (0..16).map(|index| frame(index, 16)).collect());
        assert_eq!(focus(film.next_request(&exploration, false, 0.5)), None, "all are there");
    }

    #[test]
    fn key_frames_make_a_path_when_there_are_two() {
        let mut exploration = exploration();
        exploration.set_key(0.0, [0.0, 0.0].into());
        assert!(matches!(way_of(&exploration, true), Some((Way::Between { .. }, 16))), "one is none");
        for time in [0.3, 0.6, 1.0] {
            exploration.set_key(time, [time, 1.0].into());
        }
        let way = way_of(&exploration, true);
        assert!(matches!(way, Some((Way::Keys { .. }, 25))), "eight frames for each stretch: {way:?}");
        assert!(matches!(way_of(&exploration, false), Some((Way::Between { .. }, 16))), "if it is wanted");
    }
}
