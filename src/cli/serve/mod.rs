//! `pentimento serve`: drawings become pictures for other programs, over HTTP/1.1.
//!
//! Connections are looked after by one thread, networks run on another with a bounded queue between them: when it is full, a
//! request is refused at once with 503 and `Retry-After` instead of waiting forever. What it may hold in memory is bounded by
//! `--max-body`, `--queue` and `--connections`. It listens on the loopback address unless told otherwise, has no passwords and no
//! encryption; put it behind a proxy to show it to others.

mod app;
mod connection;
mod engine;
mod gate;
mod metrics;
mod refusal;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::sync::watch;

use super::args::Common;
use super::device;
use super::errors::CliError;
use super::raw;
use super::report::print_line;
use crate::sketch::Themes;
use app::App;
use connection::{Caller, Door};
use engine::Engine;
use gate::Gate;
use metrics::Metrics;

/// How long requests that are under way may take after the program was told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The port to listen on; 0 takes a free one, which is printed
    #[arg(long, value_name = "N")]
    port: u16,

    /// A theme to offer; may be given again, the first is the default [default: all that are installed]
    #[arg(long, value_name = "NAME")]
    theme: Vec<String>,

    /// The address to listen on; 0.0.0.0 for all of this machine's
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,

    /// How many requests wait for the network at most
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    queue: u16,

    /// The largest drawing, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    max_body: u16,

    /// How many drawings a second are taken from one address; 0 for no limit [default: 50 from other machines, any number from this
    /// one]
    #[arg(long, value_name = "N")]
    rate: Option<u32>,

    /// How many connections are open at the same time at most
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
}

/// Serves until it is told to stop.
pub(super) fn run(args: &ServeArgs, common: &Common) -> Result<(), CliError> {
    device::check_cpu(common.device, "themes")?;
    let themes = Themes::in_folders(raw::folders(common.weights.as_deref()));
    let (metrics, offered) = (Arc::new(Metrics::default()), offered(args, &themes)?);
    let engine = Engine::start(themes.keeping(offered.len()), args.queue.into(), Arc::clone(&metrics))
        .map_err(|error| CliError::Threads { reason: error.to_string() })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (tell, stopped) = watch::channel(false);
    // `send` fails only when nobody listens any more.
    ctrlc::set_handler(move || tell.send(true).unwrap_or_default()).map_err(|error| CliError::other(&error))?;
    let app = App::new(offered, engine.asker(), Gate::new(args.rate, args.max_body.into()), Arc::clone(&metrics));
    runtime.block_on(serve(args, app, stopped))?;
    drop(runtime);
    engine.finish();
    print_line(&format!("stopped after {} pictures", metrics.pictures()))
}

/// The themes that are offered, the default first.
fn offered(args: &ServeArgs, themes: &Themes) -> Result<Vec<String>, CliError> {
    let (installed, problems) = themes.refresh();
    for problem in problems {
        tracing::warn!("{problem}");
    }
    for name in &args.theme {
        themes.info(name)?;
    }
    let all = || installed.iter().map(|theme| theme.name.to_string()).collect();
    let offered: Vec<String> = if args.theme.is_empty() { all() } else { args.theme.clone() };
    if offered.is_empty() {
        return Err(CliError::Other {
            sentence: "no theme is installed: train or import one (pentimento models), or pass --weights DIR"
                .to_owned(),
        });
    }
    Ok(offered)
}

async fn serve(args: &ServeArgs, app: App, mut stopped: watch::Receiver<bool>) -> Result<(), CliError> {
    let address = SocketAddr::new(args.bind, args.port);
    let listening = tokio::net::TcpListener::bind(address).await;
    let listener =
        listening.map_err(|error| CliError::Other { sentence: format!("cannot listen on {address}: {error}") })?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        tracing::warn!("anyone who reaches {address} can use this: there is no password");
    }
    print_line(&format!("listening on http://{address} for {}", app.themes().join(", ")))?;
    let service = app.router().into_make_service_with_connect_info::<Caller>();
    let mut told = stopped.clone();
    let server =
        axum::serve(Door::new(listener, args.connections.into()), service).with_graceful_shutdown(async move {
            // An error means that the other end is gone, which is a reason to stop as well.
            drop(told.wait_for(|stop| *stop).await);
        });
    let server = tokio::spawn(async move { server.await });
    let abort = server.abort_handle();
    tokio::spawn(async move {
        drop(stopped.wait_for(|stop| *stop).await);
        tokio::time::sleep(GRACE).await;
        abort.abort();
    });
    match server.await {
        Ok(served) => Ok(served?),
        Err(error) if error.is_cancelled() => {
            tracing::warn!("requests that were under way for {} s were given up", GRACE.as_secs());
            Ok(())
        }
        Err(error) => Err(CliError::other(&error)),
    }
}
