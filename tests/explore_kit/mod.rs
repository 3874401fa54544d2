//! A worker on tiny models that can be waited for: what the tests of the Explore room share.

#![allow(dead_code, clippy::allow_attributes, reason = "each test uses its part of the kit")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{VarBuilder, VarMap};
use crossbeam_channel::{Receiver, bounded};
use pentimento::document::Exploration;
use pentimento::document::explore::{PicturePos, StrokeTool};
use pentimento::generators::dcgan::{Config, Discriminator, Generator, Model, Predictor};
use pentimento::generators::manifold::{Manifold, Prior};
use pentimento::generators::{seeded_normal, seeded_weights};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Photo, Samples, Size};
use pentimento::weights::{self, Entry, Family};
use pentimento::worker::{Done, Event, Failure, Manifolds, ModelInfo, Request, Worker, WorkerOptions};
use tempfile::TempDir;

/// The name of the tiny model.
pub(crate) const MODEL: &str = "tiny";

/// The side of its pictures.
pub(crate) const SIDE: u32 = 16;

const DEADLINE: Duration = Duration::from_mins(2);

fn config() -> Config {
    let sizes = toml::toml! {
        n_latent = 8
        width = 8
        n_layers = 1
        c_out = 3
    };
    sizes.try_into().unwrap()
}

/// A folder with one tiny DCGAN in it, which is the same at every run.
pub(crate) fn model_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let config = config();
    Generator::new(&config, &vb.pp("generator")).unwrap();
    Discriminator::new(&config, &vb.pp("discriminator")).unwrap();
    Predictor::new(&config, &vb.pp("predictor")).unwrap();
    let tensors: Vec<(String, Tensor)> = {
        let all = variables.data().lock().unwrap();
        all.iter().map(|(name, var)| (name.clone(), seeded(name, var.as_tensor()))).collect()
    };
    let entry = Entry::new(MODEL, Family::Dcgan, SIDE, toml::Table::try_from(&config).unwrap());
    weights::add(folder.path(), entry, tensors).unwrap();
    folder
}

/// Kernels that draw something, norms that change nothing.
fn seeded(name: &str, tensor: &Tensor) -> Tensor {
    if tensor.rank() > 1 {
        let fan = tensor.elem_count() / tensor.dims()[0];
        return (seeded_normal(tensor.shape(), 5, name).unwrap() * (2.0 / fan as f64).sqrt()).unwrap();
    }
    let is_one = name.ends_with("running_var") || name.ends_with("weight");
    if is_one { tensor.ones_like().unwrap() } else { tensor.zeros_like().unwrap() }
}

/// What a [`Spy`] does wrong until it is well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    Nan,
    Panic,
}

/// A manifold that counts what it draws.
pub(crate) struct Spy {
    model: Model,
    trouble: Trouble,
    pub(crate) is_well: AtomicBool,
    /// Pictures drawn.
    pub(crate) drawn: AtomicUsize,
    /// How often anything was drawn.
    pub(crate) calls: AtomicUsize,
}

impl Spy {
    /// A worker's models with one that is spied upon.
    pub(crate) fn manifolds(trouble: Trouble) -> (Manifolds, Arc<Self>) {
        let model = Model::new(&config(), &seeded_weights(3, DType::F32, &Device::Cpu)).unwrap();
        let (drawn, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let spy = Arc::new(Self { model, trouble, is_well: AtomicBool::new(false), drawn, calls });
        let info = ModelInfo {
            name: MODEL.to_owned(),
            family: "dcgan".to_owned(),
            side: SIDE,
            about: String::new(),
            knows: String::new(),
            typical_error: None,
        };
        let manifold: Arc<dyn Manifold> = Arc::clone(&spy) as Arc<dyn Manifold>;
        (Manifolds::ready(vec![(info, manifold)]), spy)
    }
}

impl Manifold for Spy {
    fn side(&self) -> usize {
        self.model.side()
    }

    fn latent_dim(&self) -> usize {
        self.model.latent_dim()
    }

    fn prior(&self) -> Prior {
        self.model.prior()
    }

    fn macs(&self) -> u64 {
        // As slow as a real one: so that searches plan small steps.
        1 << 30
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        self.drawn.fetch_add(latents.dim(0)?, Ordering::Relaxed);
        self.calls.fetch_add(1, Ordering::Relaxed);
        let pictures = self.model.draw(latents)?;
        match self.trouble {
            Trouble::Nan if !self.is_well.load(Ordering::Relaxed) => pictures * f64::NAN,
            Trouble::Panic if !self.is_well.load(Ordering::Relaxed) => panic!("the model is not well"),
            _ => Ok(pictures),
        }
    }

    fn predict(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        self.model.predict(pictures)
    }

    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        self.model.features(pictures)
    }

    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        self.model.judge(pictures)
    }
}

/// A worker whose events can be waited for.
pub(crate) struct Bench {
    pub(crate) worker: Worker,
    awake: Receiver<()>,
    folder: TempDir,
    /// Held while the worker may read it.
    _models: Option<TempDir>,
}

impl Bench {
    pub(crate) fn new(manifolds: Manifolds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (wake, awake) = bounded(1);
        let wake = Arc::new(move || {
            wake.try_send(()).ok();
        });
        let autosave_root = Some(folder.path().join("autosave"));
        let options = WorkerOptions { threads: Some(2), autosave_root, manifolds, ..WorkerOptions::default() };
        let worker = Worker::start(wake, options).unwrap();
        Self { worker, awake, folder, _models: None }
    }

    /// With the tiny model in a folder.
    pub(crate) fn on_disk() -> Self {
        let models = model_folder();
        let bench = Self::new(Manifolds::in_folders(vec![models.path().to_owned()]));
        Self { _models: Some(models), ..bench }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Reads events until one `is_met`.
    pub(crate) fn until(&self, what: &str, mut is_met: impl FnMut(&Event) -> bool) {
        let end = Instant::now() + DEADLINE;
        loop {
            while let Some(event) = self.worker.try_recv() {
                if is_met(&event) {
                    return;
                }
                assert!(!matches!(event, Event::Failed(..)), "while waiting for {what}: {event:?}");
            }
            assert!(self.awake.recv_deadline(end).is_ok(), "in time: {what}");
        }
    }

    /// All events of `request`, its outcome last.
    pub(crate) fn ask(&self, request: Request) -> (Vec<Event>, std::result::Result<Done, Failure>) {
        let asked = self.worker.submit(request);
        let end = Instant::now() + DEADLINE;
        let mut before = Vec::new();
        loop {
            while let Some(event) = self.worker.try_recv() {
                match event {
                    Event::Done(ticket, done) if ticket == asked => return (before, Ok(done)),
                    Event::Failed(ticket, failure) if ticket == asked => return (before, Err(failure)),
                    Event::Cancelled(ticket) if ticket == asked => panic!("{ticket:?} was cancelled by nobody"),
                    other => before.push(other),
                }
            }
            assert!(self.awake.recv_deadline(end).is_ok(), "an outcome in time");
        }
    }

    pub(crate) fn done(&self, request: Request) -> Done {
        self.ask(request).1.expect("the request succeeds")
    }

    pub(crate) fn failure(&self, request: Request) -> Failure {
        self.ask(request).1.expect_err("the request fails")
    }
}

/// An exploration of the tiny model with one stroke across its picture.
pub(crate) fn with_stroke(tool: StrokeTool) -> Exploration {
    let mut exploration = Exploration::new(MODEL);
    let points = vec![PicturePos::new(0.2, 0.5), PicturePos::new(0.8, 0.5)];
    exploration.add_stroke(tool, points, 0.2).unwrap();
    exploration
}

/// A photo with large shapes in it.
pub(crate) fn photo(width: u32, height: u32) -> Photo {
    let size = Size::new(width, height);
    let pixel = |at: usize| {
        let (x, y) = (at % width as usize, at / width as usize);
        let is_inside = (x as f32 - 0.4 * width as f32).hypot(y as f32 - 0.5 * height as f32) < 0.3 * height as f32;
        if is_inside { [220, 120, (x % 40) as u8] } else { [40 + y as u8, 90, 160] }
    };
    let samples = (0..size.area()).flat_map(pixel).collect();
    let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap();
    Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) }
}
