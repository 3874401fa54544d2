//! What can be asked, and the answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::connection::Caller;
use super::engine::{Asker, Job, Picture};
use super::gate::{Gate, too_large};
use super::metrics::Metrics;
use super::refusal::Refusal;
use crate::document::Sketch;
use crate::imaging::ink::Background;
use crate::sketch::Role;

/// A drawing must be there after so long.
const UPLOAD: Duration = Duration::from_secs(30);

const HELP: &str = "\
POST /sketch?theme=NAME&seed=N&refinement=0..1&background=keep|white|silhouette&quick=true
     body: a drawing as PNG, JPEG, WebP, SVG, QuickDraw's ndjson or strokes as JSON; answer: the picture as PNG
     (themes that change photos: a photo; x-remark in the answer's head tells what is worth a word)
GET  /themes /health /metrics
";

/// What all answers are made of.
#[derive(Clone, Debug)]
pub(super) struct App {
    themes: Arc<[String]>,
    asker: Asker,
    gate: Gate,
    metrics: Arc<Metrics>,
}

/// What is asked besides the drawing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// One of those that are offered; else the first of them.
    theme: Option<String>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    refinement: f32,
    #[serde(default)]
    background: Background,
    #[serde(default)]
    quick: bool,
}

impl App {
    /// `themes` are those that are offered, the default first.
    pub(super) fn new(themes: Vec<String>, asker: Asker, gate: Gate, metrics: Arc<Metrics>) -> Self {
        Self { themes: themes.into(), asker, gate, metrics }
    }

    pub(super) fn themes(&self) -> &[String] {
        &self.themes
    }

    pub(super) fn router(self) -> Router {
        let not_so =
            || async { Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this address takes another method: see /") };
        let unknown = || async { Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this address: see /") };
        Router::new()
            .route("/", get(|| async { HELP }))
            .route("/sketch", post(sketch))
            .route("/themes", get(themes))
            .route("/health", get(health))
            .route("/metrics", get(metrics))
            .method_not_allowed_fallback(not_so)
            .fallback(unknown)
            .layer(from_fn_with_state(self.clone(), count))
            .with_state(self)
    }

    /// The theme that is meant.
    fn theme(&self, asked: Option<String>) -> Result<String, Refusal> {
        let known = || self.themes.join(", ");
        match asked {
            None => Ok(self.themes.first().cloned().unwrap_or_default()),
            Some(name) if self.themes.contains(&name) => Ok(name),
            Some(name) => {
                let sentence = format!("no theme is called \"{name}\" (there are: {})", known());
                Err(Refusal::new(StatusCode::NOT_FOUND, sentence))
            }
        }
    }
}

async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    app.metrics.answered(response.status().as_u16());
    response
}

async fn themes(State(app): State<App>) -> Response {
    json(&serde_json::json!({ "themes": &*app.themes }))
}

async fn health(State(app): State<App>) -> Response {
    json(&serde_json::json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "waiting": app.metrics.waiting(),
        "pictures": app.metrics.pictures(),
    }))
}

async fn metrics(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.text()).into_response()
}

fn json(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], format!("{value}\n")).into_response()
}

async fn sketch(
    State(app): State<App>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    app.gate.knock(caller.address.ip(), Instant::now())?;
    let Query(asked) = asked.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    let theme = app.theme(asked.theme)?;
    if !(0.0..=1.0).contains(&asked.refinement) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "the refinement is a number from 0 to 1"));
    }
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    // Room is taken before the first byte is read; a body that does not tell its length may be of any.
    let room = app.gate.room(told.unwrap_or_else(|| app.gate.max_bytes()))?;
    let drawing = receive(body, app.gate.max_bytes()).await?;
    app.metrics.received(drawing.len());
    let job = Job {
        theme,
        seed: asked.seed.unwrap_or(Sketch::STEADY),
        refinement: asked.refinement,
        background: asked.background,
        role: if asked.quick { Role::Live } else { Role::Best },
        drawing,
        _room: room,
    };
    let _answering = caller.answering();
    Ok(shown(app.asker.ask(job).await?))
}

/// The body, if it comes in time and is not too large.
async fn receive(body: Body, max_bytes: usize) -> Result<Bytes, Refusal> {
    let received = tokio::time::timeout(UPLOAD, to_bytes(body, max_bytes)).await;
    let Ok(received) = received else {
        let sentence = format!("the drawing did not arrive within {} seconds", UPLOAD.as_secs());
        return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, sentence));
    };
    let bytes = received.map_err(|error| {
        // The type of this error belongs to a crate that is not ours to name.
        if error.to_string().contains("length limit") {
            return too_large(max_bytes);
        }
        Refusal::new(StatusCode::BAD_REQUEST, "the drawing broke off")
    })?;
    if bytes.is_empty() {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "there is no drawing in the request: send it as the body"));
    }
    Ok(bytes)
}

fn shown(picture: Picture) -> Response {
    let Picture { png, network, network_millis, is_photo, remark } = picture;
    let mut response = ([(header::CONTENT_TYPE, "image/png")], png).into_response();
    let headers = response.headers_mut();
    // A network's name that is no header is left out.
    if let Ok(name) = HeaderValue::from_str(&network) {
        headers.insert("x-network", name);
    }
    headers.insert("x-network-millis", HeaderValue::from(network_millis.ceil() as u64));
    headers.insert("x-is-photo", HeaderValue::from_static(if is_photo { "true" } else { "false" }));
    if let Some(remark) = remark {
        headers.insert("x-remark", HeaderValue::from_static(remark));
    }
    response
}
