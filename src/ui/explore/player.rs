//! Playing the slider: where it is at each moment. A plain value that is told how much time has passed.

use crate::worker::exploring::Playback;

/// Seconds from one end to the other.
const TRAVEL_SECS: f32 = 1.6;

/// The player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Player {
    /// How frames are played.
    pub mode: Playback,
    /// How fast: 1 is usual, 0.1..=4.
    pub speed: f32,
    /// Where it is while it plays, 0..=1.
    at: Option<f32>,
    is_backward: bool,
}

impl Default for Player {
    fn default() -> Self {
        Self { mode: Playback::PingPong, speed: 1.0, at: None, is_backward: false }
    }
}

impl Player {
    /// Whether it plays.
    #[must_use]
    pub const fn is_playing(&self) -> bool {
        self.at.is_some()
    }

    /// Where it is, while it plays.
    #[must_use]
    pub const fn at(&self) -> Option<f32> {
        self.at
    }

    /// Starts at `from`, at the beginning if that is the end.
    pub fn play(&mut self, from: f32) {
        self.at = Some(if from >= 1.0 { 0.0 } else { from.max(0.0) });
        self.is_backward = false;
    }

    /// Stops and says where.
    pub fn stop(&mut self) -> Option<f32> {
        self.at.take()
    }

    /// Lets `secs` pass. Returns the end where it stopped by itself.
    pub fn advance(&mut self, secs: f32) -> Option<f32> {
        let at = self.at?;
        let way = secs.clamp(0.0, 0.25) * self.speed.clamp(0.1, 4.0) / TRAVEL_SECS;
        let next = if self.is_backward { at - way } else { at + way };
        if (0.0..=1.0).contains(&next) {
            self.at = Some(next);
            return None;
        }
        match self.mode {
            Playback::Once => {
                self.at = None;
                return Some(1.0);
            }
            Playback::Loop => self.at = Some(next.rem_euclid(1.0)),
            Playback::PingPong => {
                self.is_backward = !self.is_backward;
                self.at = Some(next.clamp(0.0, 1.0));
            }
        }
        None
    }

    /// The next mode in turn.
    pub const fn turn_mode(&mut self) {
        self.mode = match self.mode {
            Playback::Once => Playback::Loop,
            Playback::Loop => Playback::PingPong,
            Playback::PingPong => Playback::Once,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(mode: Playback, steps: usize) -> (Vec<f32>, Option<f32>) {
        let mut player = Player { mode, ..Player::default() };
        player.play(1.0);
        let mut seen = Vec::new();
        let mut stopped = None;
        for _ in 0..steps {
            let now = player.advance(TRAVEL_SECS / 8.0);
            stopped = stopped.or(now);
            seen.extend(player.at());
        }
        (seen, stopped)
    }

    #[test]
    fn it_stops_loops_or_comes_back() {
        let (seen, stopped) = run(Playback::Once, 10);
        assert!(stopped == Some(1.0) && seen.len() == 8, "from the beginning to the end: {seen:?}");
        let (seen, stopped) = run(Playback::Loop, 30);
        assert!(stopped.is_none() && seen.windows(2).any(|pair| pair[1] < pair[0] - 0.5), "it jumps back: {seen:?}");
        let (seen, _) = run(Playback::PingPong, 30);
        assert!(seen.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.13), "it never jumps: {seen:?}");
        assert!(seen.iter().all(|at| (0.0..=1.0).contains(at)), "within the slider");
    }
}
