//! The window's end of the worker.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use thread_priority::{ThreadPriority, ThreadPriorityValue};

use super::inbox::Inbox;
use super::jobs::{Environment, Keeper, Shared, Stock};
use super::outbox::{CAPACITY, Outbox, Wake};
use super::run::{Factory, Runner};
use super::{Event, Job, Lane, Manifolds, Request, Ticket};
use crate::control::CancelToken;
use crate::erase::Networks;
use crate::imaging::io::Limits;
use crate::sketch::Themes;

/// How long the drop waits for the thread before it leaves it to end by itself.
const PATIENCE: Duration = Duration::from_millis(200);

/// The worker's threads on a scale of 0..=99 where 50 is what the window's have: on Linux a niceness of 7.
const BEHIND_WINDOW: u8 = 30;

/// How a worker is set up.
#[derive(Clone, Debug, Default)]
pub struct WorkerOptions {
    /// Threads of the pool on which jobs compute; `None` leaves one core to the window where there are more than two.
    pub threads: Option<usize>,
    /// The folder of the autosave journal; `None` is without autosave.
    pub autosave_root: Option<PathBuf>,
    /// What is refused when a file is opened.
    pub limits: Limits,
    /// The networks that can fill holes.
    pub networks: Networks,
    /// The models that can be explored.
    pub manifolds: Manifolds,
    /// What drawings can become.
    pub themes: Themes,
    /// The folder of the gallery; `None` is without one. It is made when it is first needed.
    pub gallery: Option<PathBuf>,
}

/// Takes requests and gives events, without ever blocking the caller. Dropping it cancels all work.
pub struct Worker {
    inbox: Arc<Inbox>,
    events: Receiver<Event>,
    /// Disconnected when the thread has ended.
    ended: Receiver<()>,
    keeper: Shared<Keeper>,
    has_recovery: bool,
}

impl Worker {
    /// Starts the thread. `wake` is called from other threads after each event. Also looks into the autosave folder,
    /// which is quick, so that [`Worker::has_recovery`] can be asked before the window opens.
    ///
    /// Fails when the system gives no thread; an autosave folder that cannot be used is only a warning in the log.
    pub fn start(wake: Arc<dyn Fn() + Send + Sync>, options: WorkerOptions) -> std::io::Result<Self> {
        let WorkerOptions { threads, autosave_root, limits, networks, manifolds, themes, gallery } = options;
        let keeper = Shared::new(Keeper::open(autosave_root.as_deref()));
        let stock = Stock { networks, manifolds, themes, gallery };
        let environment = Environment::new(limits, keeper.clone(), stock);
        let factory = Box::new(move |request, token: &CancelToken| environment.job(request, token));
        Self::with_factory(wake, threads, factory, keeper)
    }

    /// As [`Worker::start`] with other jobs than the program's: for tests of the worker itself.
    pub fn with_jobs(
        wake: Arc<dyn Fn() + Send + Sync>,
        threads: Option<usize>,
        factory: impl FnMut(Request, &CancelToken) -> Box<dyn Job> + Send + 'static,
    ) -> std::io::Result<Self> {
        Self::with_factory(wake, threads, Box::new(factory), Shared::default())
    }

    fn with_factory(
        wake: Wake,
        threads: Option<usize>,
        factory: Factory,
        keeper: Shared<Keeper>,
    ) -> std::io::Result<Self> {
        let has_recovery = keeper.lock().has_leftovers();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or_else(default_threads).max(1))
            .thread_name(|index| format!("worker-pool-{index}"))
            .start_handler(|_index| stand_back())
            .build()
            .map_err(std::io::Error::other)?;
        let (sender, events) = bounded(CAPACITY);
        let (end, ended) = bounded(0);
        let (inbox, bell) = Inbox::new();
        let inbox = Arc::new(inbox);
        let runner = Runner { inbox: Arc::clone(&inbox), bell, outbox: Outbox::new(sender, wake), factory, pool };
        std::thread::Builder::new().name("worker".to_owned()).spawn(move || {
            let _end: Sender<()> = end;
            stand_back();
            runner.run();
        })?;
        Ok(Self { inbox, events, ended, keeper, has_recovery })
    }

    /// Asks for work. What waits or runs in the request's lane is cancelled.
    pub fn submit(&self, request: Request) -> Ticket {
        self.inbox.put(request)
    }

    /// Cancels what waits or runs in `lane`.
    pub fn cancel(&self, lane: Lane) {
        self.inbox.cancel(lane);
    }

    /// Whether an earlier run had ended without saving when this worker was started: ask the person, then submit
    /// [`Request::Recover`] or [`Request::DiscardRecovery`].
    #[must_use]
    pub const fn has_recovery(&self) -> bool {
        self.has_recovery
    }

    /// The next event that has arrived, if any.
    #[must_use]
    pub fn try_recv(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// All events that have arrived and arrive meanwhile.
    pub fn events(&self) -> impl Iterator<Item = Event> + '_ {
        self.events.try_iter()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.inbox.close();
        // A thread that waits for room in the channel sees that nobody reads any longer.
        drop(std::mem::replace(&mut self.events, crossbeam_channel::never()));
        // Nothing is ever sent over this channel; it closes with the thread.
        if self.ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            tracing::debug!("the worker still finishes a step and ends after it");
        }
        // A window that panics does not end as it should: its journal stays for the next run.
        if !std::thread::panicking()
            && let Some(mut keeper) = self.keeper.try_lock()
            && let Err(error) = keeper.close()
        {
            tracing::warn!("the autosave journal of this run stays on the disk: {error}");
        }
    }
}

/// Puts this thread behind the window's, which draws a frame between two of the worker's slices even where both share two cores.
fn stand_back() {
    let standing = ThreadPriorityValue::try_from(BEHIND_WINDOW).map(ThreadPriority::Crossplatform);
    let has_moved = standing.is_ok_and(|standing| standing.set_for_current().is_ok());
    if !has_moved {
        tracing::debug!("the worker's threads stand beside the window's");
    }
}

/// All cores, but one left to the window where there are more than two.
fn default_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores > 2 { cores - 1 } else { cores }
}
