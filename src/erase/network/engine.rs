//! A network as an inpainter: it paints the hole, and unless it shall stand alone the exemplar engine, guided by its fill,
//! brings the photo's own texture.

use std::sync::Arc;

use super::detail;
use super::paint::{Look, Painter};
use super::rim;
use crate::control::{CancelToken, Step};
use crate::erase::exemplar::{Exemplar, Guide, Options};
use crate::erase::inpainter::{Filled, Inpainter, Progressed};
use crate::erase::window::Window;
use crate::erase::{EraseError, Settings, compose};
use crate::imaging::{PixelRect, Size, SrgbTransform};

/// What a network did for a group of holes.
#[derive(Clone, Debug)]
pub(crate) struct Painting {
    /// Pixels of the photo for one of the network's.
    pub(crate) scale: f32,
    /// Squares that it was shown.
    pub(crate) squares: usize,
    /// Whether its fill guided the exemplar engine.
    pub(crate) is_guided: bool,
    /// The first square.
    pub(crate) look: Option<Look>,
    /// The part of the photo around it, filled, and where that lies; in sRGB.
    pub(crate) surroundings: (PixelRect, Vec<[f32; 3]>),
    /// To sRGB from the photo's colours.
    pub(crate) srgb: SrgbTransform,
}

/// How a network's fill is made.
pub(crate) struct How {
    /// As asked for.
    pub(crate) settings: Settings,
    /// The exemplar engine's.
    pub(crate) options: Options,
    /// From the photo's colours to those of the painter's canvas, and back.
    pub(crate) srgb: SrgbTransform,
}

/// A fill by a network.
pub(crate) struct NetworkEngine {
    window: Arc<Window>,
    painter: Painter,
    exemplar: Option<Exemplar>,
    how: How,
    cancel: CancelToken,
    is_painted: bool,
}

/// How much of the work is the network's when the exemplar engine follows.
const NETWORK_SHARE: f32 = 0.4;

impl NetworkEngine {
    /// Paints with `painter`, whose canvas covers `window` and is sRGB.
    pub(crate) fn new(window: Arc<Window>, painter: Painter, how: How, cancel: CancelToken) -> Self {
        Self { window, painter, exemplar: None, how, cancel, is_painted: false }
    }

    /// What has been painted over the window, in the photo's colours; known pixels are the photo's own.
    fn colors(&self) -> Vec<[f32; 3]> {
        let mut colors = self.painter.canvas.colors_over(self.window.rect);
        self.how.srgb.from_srgb(&mut colors);
        for (at, color) in colors.iter_mut().enumerate().filter(|(at, _)| !self.window.hole.data()[*at]) {
            *color = self.window.colors[at];
        }
        colors
    }

    fn fill(&self) -> Filled {
        let mut colors = self.colors();
        if !self.how.settings.detail {
            let rough = Filled { gradients: rim::gradients(&self.window, &colors), colors };
            let met = compose::met(&self.window, &rough, &self.how.settings, &self.cancel);
            colors = detail::matched(&self.window, &met, self.how.options.seed);
        }
        let gradients = rim::gradients(&self.window, &colors);
        Filled { colors, gradients }
    }

    /// After the network's last square: done, or on with the exemplar engine.
    fn end_painting(&mut self) -> Step<Progressed, Filled> {
        self.is_painted = true;
        let fill = self.fill();
        if !self.how.settings.detail || self.cancel.is_cancelled() {
            return Step::Done(fill);
        }
        // The guide's colours meet the photo too, so that sources near the edge of the hole fit it.
        let colors = compose::met(&self.window, &fill, &self.how.settings, &self.cancel);
        let guide = Guide { colors, strength: self.how.settings.guide };
        self.exemplar = Exemplar::new(&self.window, Some(&guide), self.how.options, self.cancel.clone());
        match self.exemplar {
            // No patch to copy from: what the network made is what remains.
            None => Step::Done(fill),
            Some(_) => {
                Step::More(Progressed { fraction: NETWORK_SHARE, size: self.window.size(), colors: guide.colors })
            }
        }
    }
}

impl Inpainter for NetworkEngine {
    fn step(&mut self) -> Result<Step<Progressed, Filled>, EraseError> {
        if self.cancel.is_cancelled() {
            return Ok(Step::More(Progressed { fraction: 1.0, size: Size::new(0, 0), colors: Vec::new() }));
        }
        if let Some(exemplar) = &mut self.exemplar {
            return Ok(match exemplar.step()? {
                Step::More(mut shown) => {
                    shown.fraction = NETWORK_SHARE + (1.0 - NETWORK_SHARE) * shown.fraction;
                    Step::More(shown)
                }
                Step::Done(fill) => Step::Done(fill),
            });
        }
        if !self.is_painted && self.painter.step()? {
            return Ok(self.end_painting());
        }
        let share = if self.how.settings.detail { NETWORK_SHARE } else { 1.0 };
        let fraction = share * self.painter.fraction();
        Ok(Step::More(Progressed { fraction, size: self.window.size(), colors: self.colors() }))
    }

    fn painting(&mut self) -> Option<Painting> {
        self.is_painted.then(|| Painting {
            scale: self.painter.scale(),
            squares: self.painter.count(),
            is_guided: self.exemplar.is_some(),
            look: self.painter.look.take(),
            surroundings: (self.painter.canvas.rect, std::mem::take(&mut self.painter.canvas.colors)),
            srgb: self.how.srgb.clone(),
        })
    }
}
