//! The thread that networks run on, and the queue before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::StatusCode;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::metrics::Metrics;
use super::refusal::Refusal;
use crate::document::Sketch;
use crate::generators::sketcher::Variation;
use crate::imaging::drawing::{DrawingError, decode};
use crate::imaging::edges::Refinement;
use crate::imaging::ink::{Background, cut_out};
use crate::imaging::io::{Encoding, Limits, encode};
use crate::imaging::{FileFormat, Metadata};
use crate::sketch::{CROWDED_REMARK, Given, Role, SketchError, Themes};

/// Small files can claim large pictures; strangers' are kept within what a sketch needs.
const LIMITS: Limits =
    Limits { max_pixels: 32 << 20, max_side: 16_384, max_bytes: 256 << 20, max_file_bytes: 256 << 20 };

/// A drawing to be painted.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) theme: String,
    pub(super) seed: u64,
    pub(super) refinement: f32,
    pub(super) background: Background,
    pub(super) role: Role,
    /// A picture, an SVG, ndjson or strokes as JSON.
    pub(super) drawing: Bytes,
    /// The memory that the drawing takes, which is free again when this is dropped.
    pub(super) _room: OwnedSemaphorePermit,
}

/// What became of a drawing.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) png: Vec<u8>,
    pub(super) network: String,
    pub(super) network_millis: f32,
    pub(super) is_photo: bool,
    /// What is worth a word.
    pub(super) remark: Option<&'static str>,
}

type Answer = Result<Picture, Refusal>;

struct Waiting {
    job: Job,
    answer: oneshot::Sender<Answer>,
}

/// The thread, which ends when nobody can ask it any longer.
#[derive(Debug)]
pub(super) struct Engine {
    asker: Asker,
    thread: JoinHandle<()>,
}

/// Asks the thread.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    queue: Sender<Waiting>,
    metrics: Arc<Metrics>,
}

impl Engine {
    /// Starts the thread with a queue of at most `most` drawings.
    pub(super) fn start(themes: Themes, most: usize, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (queue, waiting) = bounded(most);
        let counts = Arc::clone(&metrics);
        let thread = std::thread::Builder::new()
            .name("painter".to_owned())
            .spawn(move || paint_all(&themes, &waiting, &counts))?;
        Ok(Self { asker: Asker { queue, metrics }, thread })
    }

    pub(super) fn asker(&self) -> Asker {
        self.asker.clone()
    }

    /// Waits until what is under way is done.
    pub(super) fn finish(self) {
        drop(self.asker);
        if self.thread.join().is_err() {
            tracing::error!("the thread of the networks had panicked");
        }
    }
}

impl Asker {
    /// Puts a drawing into the queue and waits for its picture.
    pub(super) async fn ask(&self, job: Job) -> Answer {
        let (answer, answered) = oneshot::channel();
        // It waits from now on; the thread may take it before this function goes on.
        self.metrics.queued(1);
        if let Err(error) = self.queue.try_send(Waiting { job, answer }) {
            self.metrics.queued(-1);
            return Err(match error {
                TrySendError::Full(_) => {
                    let wait = self.metrics.mean_wait() * self.queue.capacity().unwrap_or(1) as f64 / 2.0;
                    let sentence = "too many drawings are waiting: try again in a moment";
                    Refusal::busy(
                        StatusCode::SERVICE_UNAVAILABLE,
                        sentence,
                        Duration::from_secs_f64(wait.clamp(1.0, 60.0)),
                    )
                }
                TrySendError::Disconnected(_) => stopped(),
            });
        }
        answered.await.unwrap_or_else(|_gone| Err(stopped()))
    }
}

fn stopped() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping")
}

fn paint_all(themes: &Themes, waiting: &Receiver<Waiting>, metrics: &Metrics) {
    for Waiting { job, answer } in waiting {
        metrics.queued(-1);
        if answer.is_closed() {
            // Whoever asked has hung up.
            continue;
        }
        let start = Instant::now();
        let made = catch_unwind(AssertUnwindSafe(|| rayon::scope(|_| paint_one(themes, &job))));
        let made = made.unwrap_or_else(|_panic| {
            Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "painting failed in a way that nobody expected"))
        });
        metrics.painted(start.elapsed(), made.is_ok());
        drop(job);
        if answer.send(made).is_err() {
            tracing::debug!("whoever asked has hung up meanwhile");
        }
    }
}

fn paint_one(themes: &Themes, job: &Job) -> Answer {
    let loaded = themes.load(&job.theme, job.role)?;
    let side = loaded.side;
    let refinement = Refinement::new(job.refinement);
    let given = Given::from(decode(&job.drawing, &LIMITS)?);
    let shown = given.shown(&loaded, side, refinement);
    let remark = shown.seen().filter(|seen| seen.is_crowded()).map(|_| CROWDED_REMARK);
    if shown.is_blank() {
        let sentence = remark.unwrap_or("there is no line in the drawing: draw something first");
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, sentence));
    }
    let variation = if job.seed == Sketch::STEADY { Variation::Steady } else { Variation::Seeded(job.seed) };
    let painted = shown.paint(&loaded, variation)?;
    let is_drawing = shown.seen().is_some();
    // What a photo shows has no outline to be cut by.
    let background = if is_drawing { job.background } else { Background::Keep };
    let picture = cut_out(&painted.picture, &given.ink(side), background);
    let png = encode(&picture, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png));
    let png = png.map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let is_photo = given.is_photo();
    Ok(Picture { png, network: loaded.name, network_millis: painted.millis, is_photo, remark })
}

impl From<SketchError> for Refusal {
    fn from(error: SketchError) -> Self {
        let status = match error {
            SketchError::UnknownTheme { .. } => StatusCode::NOT_FOUND,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl From<DrawingError> for Refusal {
    fn from(error: DrawingError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.to_string())
    }
}
