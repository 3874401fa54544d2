//! When a picture of the drawing is asked for: at once and small while lines come, at full size when the pen rests, never
//! when nothing has changed.
//!
//! One request is out at a time. A preview is always waited for, or a steady hand would starve it; a picture at full size
//! gives way to the next line. The pause before it is Krita's: none where pictures are quick, a quarter of a second where
//! they are not, three seconds at most.

use std::collections::VecDeque;
use std::time::Duration;

use crate::document::sketch::SketchKey;
use crate::worker::Ticket;
use crate::worker::sketching::Quality;

/// Pictures whose times are remembered.
const REMEMBERED: usize = 10;
/// Pictures that take less on average are quick.
const QUICK_SECS: f64 = 1.5;
/// The pause before a picture at full size where they are not quick.
const GRACE_SECS: f64 = 0.25;
/// No change waits longer for a picture at full size.
const MOST_SECS: f64 = 3.0;

/// What the drawing looks like at the moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scene {
    /// What is drawn, an unfinished stroke included.
    pub key: SketchKey,
    /// Whether there is nothing to paint: no ink, or no theme.
    pub is_blank: bool,
    /// Whether the pen is down or a slider is dragged.
    pub is_moving: bool,
    /// Whether a picture at full size of this very drawing is there.
    pub is_painted: bool,
    /// Seconds on the window's clock.
    pub now: f64,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Due {
    /// Nothing until something else happens.
    Nothing,
    /// Nothing yet; to be asked again after this.
    Later(Duration),
    /// This is to be sent.
    Send(Quality),
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Asked {
    key: SketchKey,
    quality: Quality,
    /// Whether it was put off as long as it may be: then nothing replaces it.
    is_overdue: bool,
}

/// What was asked for and when.
#[derive(Debug, Default)]
pub(super) struct Live {
    out: Option<(Ticket, Asked)>,
    /// What has a picture.
    answered: Option<(SketchKey, Quality)>,
    /// What could not be painted: it is not asked for again.
    failed: Option<SketchKey>,
    /// Seconds of the last pictures at full size.
    times: VecDeque<f64>,
    /// What was drawn last and when that came to be.
    changed: Option<(SketchKey, f64)>,
    /// The first change since the last picture at full size.
    since: Option<f64>,
}

impl Live {
    /// What is due for `scene`. To be called in each frame; [`Live::sent`] follows on [`Due::Send`].
    pub(super) fn next(&mut self, scene: &Scene) -> Due {
        if scene.is_blank {
            (self.changed, self.since) = (None, None);
            return Due::Nothing;
        }
        let changed = match self.changed {
            Some((key, at)) if key == scene.key => at,
            _ => {
                self.changed = Some((scene.key, scene.now));
                scene.now
            }
        };
        if scene.is_painted || self.answered == Some((scene.key, Quality::Full)) {
            self.since = None;
            return Due::Nothing;
        }
        let since = *self.since.get_or_insert(changed);
        if self.failed == Some(scene.key) || self.must_wait(scene) {
            return Due::Nothing;
        }
        let rest = if scene.is_moving { f64::INFINITY } else { changed + self.grace_secs() - scene.now };
        let left = rest.min(since + MOST_SECS - scene.now);
        if left <= 0.0 {
            return Due::Send(Quality::Full);
        }
        if self.answered.is_none_or(|(key, _)| key != scene.key) {
            return Due::Send(Quality::Preview);
        }
        Due::Later(Duration::from_secs_f64(left.min(MOST_SECS)))
    }

    /// Whether what is out has to be waited for.
    fn must_wait(&self, scene: &Scene) -> bool {
        self.out.is_some_and(|(_, asked)| {
            asked.quality == Quality::Preview || asked.key == scene.key || (asked.is_overdue && scene.is_moving)
        })
    }

    /// The pause before a picture at full size.
    fn grace_secs(&self) -> f64 {
        let mean = self.times.iter().sum::<f64>() / self.times.len().max(1) as f64;
        if mean < QUICK_SECS { 0.0 } else { GRACE_SECS }
    }

    /// A request for `scene` is out.
    pub(super) fn sent(&mut self, ticket: Ticket, scene: &Scene, quality: Quality) {
        let is_overdue = self.since.is_some_and(|since| scene.now - since >= MOST_SECS);
        self.out = Some((ticket, Asked { key: scene.key, quality, is_overdue }));
        self.failed = None;
    }

    /// The outcome of what was asked for has come, `secs` after it was begun. Returns whether it is waited for.
    pub(super) fn answered(&mut self, ticket: Ticket, secs: f64) -> bool {
        let Some((_, asked)) = self.out.take_if(|(out, _)| *out == ticket) else { return false };
        self.answered = Some((asked.key, asked.quality));
        if asked.quality == Quality::Full {
            self.times.push_back(secs);
            if self.times.len() > REMEMBERED {
                self.times.pop_front();
            }
            self.since = self.changed.filter(|(newest, _)| *newest != asked.key).map(|(_, at)| at);
        }
        true
    }

    /// Whether `ticket` is what is out.
    pub(super) fn waits_for(&self, ticket: Ticket) -> bool {
        self.out.is_some_and(|(out, _)| out == ticket)
    }

    /// The request has ended without a picture; `is_failure` if it will do so again.
    pub(super) fn ended(&mut self, ticket: Ticket, is_failure: bool) {
        if let Some((_, asked)) = self.out.take_if(|(out, _)| *out == ticket)
            && is_failure
        {
            self.failed = Some(asked.key);
        }
    }

    /// What is asked for at the moment.
    pub(super) fn is_busy(&self) -> bool {
        self.out.is_some()
    }

    /// Whether `key` could not be painted.
    pub(super) fn has_failed(&self, key: SketchKey) -> bool {
        self.failed == Some(key)
    }

    /// Forgets what could not be painted: it is tried again.
    pub(super) const fn retry(&mut self) {
        self.failed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(key: u64, now: f64) -> Scene {
        Scene { key: SketchKey(key), is_blank: false, is_moving: false, is_painted: false, now }
    }

    fn moving(key: u64, now: f64) -> Scene {
        Scene { is_moving: true, ..scene(key, now) }
    }

    /// Sends what is due and answers it after `secs`.
    fn answer(live: &mut Live, ticket: u64, scene: &Scene, secs: f64) -> Quality {
        let Due::Send(quality) = live.next(scene) else { panic!("something is due for {scene:?}") };
        live.sent(Ticket(ticket), scene, quality);
        assert!(live.answered(Ticket(ticket), secs), "it was waited for");
        quality
    }

    #[test]
    fn nothing_runs_for_a_blank_paper_or_when_nothing_has_changed() {
        let mut live = Live::default();
        assert_eq!(live.next(&Scene { is_blank: true, ..scene(1, 0.0) }), Due::Nothing, "blank");
        assert_eq!(live.next(&Scene { is_painted: true, ..scene(1, 0.1) }), Due::Nothing, "painted");
        let down = moving(2, 0.2);
        assert_eq!(answer(&mut live, 1, &down, 0.03), Quality::Preview, "new lines at once, small");
        assert!(matches!(live.next(&down), Due::Later(_)), "the pen rests on the paper; nothing new");
    }

    #[test]
    fn a_preview_is_waited_for_and_a_full_picture_gives_way() {
        let mut live = Live::default();
        assert_eq!(live.next(&moving(1, 0.0)), Due::Send(Quality::Preview), "the first line");
        live.sent(Ticket(1), &moving(1, 0.0), Quality::Preview);
        assert_eq!(live.next(&moving(2, 0.01)), Due::Nothing, "one at a time");
        assert!(live.answered(Ticket(1), 0.05), "it comes");
        assert_eq!(live.next(&moving(3, 0.06)), Due::Send(Quality::Preview), "the newest, not the one between");
        live.sent(Ticket(2), &moving(3, 0.06), Quality::Preview);
        live.answered(Ticket(2), 0.05);
        let up = scene(3, 0.2);
        assert_eq!(live.next(&up), Due::Send(Quality::Full), "the pen is up");
        live.sent(Ticket(3), &up, Quality::Full);
        assert_eq!(live.next(&scene(3, 0.3)), Due::Nothing, "it is on its way");
        assert_eq!(live.next(&moving(4, 0.4)), Due::Send(Quality::Preview), "the next line comes first");
        live.sent(Ticket(4), &moving(4, 0.4), Quality::Preview);
        assert!(!live.answered(Ticket(3), 0.5), "too late: nobody waits for it");
    }

    #[test]
    fn slow_pictures_wait_for_a_pause_but_not_for_ever() {
        let mut live = Live::default();
        assert_eq!(answer(&mut live, 1, &scene(1, 0.0), 2.0), Quality::Full, "quick until known better");
        let at = 100.0;
        assert_eq!(answer(&mut live, 9, &scene(50, at), 0.1), Quality::Preview, "a preview first");
        assert!(matches!(live.next(&scene(50, at + 0.1)), Due::Later(_)), "a pause");
        assert_eq!(live.next(&scene(50, at + 0.26)), Due::Send(Quality::Full), "now");
        // Lines go on and on.
        let mut now = at + 0.3;
        let mut full = None;
        for n in 0..80 {
            let scene = moving(60 + n, now);
            if answer(&mut live, 20 + n, &scene, 0.05) == Quality::Full {
                full.get_or_insert(now);
            }
            now += 0.05;
        }
        let waited = full.expect("one of full size") - at;
        assert!((2.9..3.2).contains(&waited), "after three seconds at most: {waited}");
    }

    #[test]
    fn what_is_overdue_is_not_replaced_while_the_pen_moves() {
        let mut live = Live::default();
        answer(&mut live, 1, &moving(1, 0.0), 0.1);
        let late = moving(2, 3.5);
        assert_eq!(live.next(&late), Due::Send(Quality::Full), "overdue");
        live.sent(Ticket(2), &late, Quality::Full);
        assert_eq!(live.next(&moving(3, 3.6)), Due::Nothing, "it may end");
        live.answered(Ticket(2), 0.4);
        assert_eq!(live.next(&moving(3, 3.9)), Due::Send(Quality::Preview), "and lines are followed again");
    }

    #[test]
    fn what_failed_is_not_asked_for_again_until_something_changes() {
        let mut live = Live::default();
        live.next(&scene(1, 0.0));
        live.sent(Ticket(1), &scene(1, 0.0), Quality::Full);
        live.ended(Ticket(1), true);
        assert_eq!(live.next(&scene(1, 1.0)), Due::Nothing, "it would fail again");
        assert!(matches!(live.next(&scene(2, 1.0)), Due::Send(_)), "other lines may not");
        live.retry();
        assert!(matches!(live.next(&scene(1, 1.0)), Due::Send(_)), "a person may insist");
    }
}
