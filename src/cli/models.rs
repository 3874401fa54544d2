//! `pentimento models`: the methods that can fill a hole.

use serde::Serialize;

use super::args::{Common, ModelsCommand};
use super::errors::CliError;
use super::report::{print_json, print_line};
use crate::erase::{Engine, NotAnEngine};

/// Shows all models or one.
pub(super) fn run(command: Option<&ModelsCommand>, common: &Common) -> Result<(), CliError> {
    match command {
        None | Some(ModelsCommand::List) => list(common.json),
        Some(ModelsCommand::Info { name }) => info(&Model::of(&parse(name)?), common.json),
    }
}

/// The engine that is named `name`.
pub(super) fn parse(name: &str) -> Result<Engine, CliError> {
    name.parse().map_err(|_unknown: NotAnEngine| {
        let known = Engine::OWN.map(|engine| engine.to_string());
        CliError::UnknownModel { name: name.to_owned(), known: known.join(", ") }
    })
}

/// What `--json` tells of a model.
#[derive(Serialize)]
struct Model {
    name: String,
    family: String,
    /// The side in pixels that a network works at; none works at any.
    resolution: Option<u32>,
    /// Whether it needs a file of weights.
    weights: bool,
    #[serde(rename = "default")]
    is_default: bool,
    description: &'static str,
}

impl Model {
    fn of(engine: &Engine) -> Self {
        let name = engine.name().to_owned();
        let description = match engine {
            Engine::Auto => "whichever suits the hole, by its shape and size",
            Engine::Exemplar => "multi-scale synthesis from the photo's own texture; for everything",
            Engine::Membrane => "a smooth surface through the hole's rim; for sky, walls and dust",
            Engine::Network(_) => "a network; its weights are a file",
        };
        let is_default = *engine == Engine::default();
        let weights = matches!(engine, Engine::Network(_));
        Self { family: name.clone(), name, resolution: None, weights, is_default, description }
    }
}

fn list(is_json: bool) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct List {
        models: Vec<Model>,
    }
    let models: Vec<Model> = Engine::OWN.iter().map(Model::of).collect();
    if is_json {
        return print_json(&List { models });
    }
    let width = models.iter().map(|model| model.name.len()).max().unwrap_or(0);
    for model in &models {
        let mark = if model.is_default { " (default)" } else { "" };
        print_line(&format!("{:width$}  {}{mark}", model.name, model.description))?;
    }
    Ok(())
}

fn info(model: &Model, is_json: bool) -> Result<(), CliError> {
    if is_json {
        return print_json(model);
    }
    let resolution = model.resolution.map_or_else(|| "any".to_owned(), |side| format!("{side} pixels"));
    let weights = if model.weights { "needed" } else { "none needed" };
    print_line(&format!("name         {}", model.name))?;
    print_line(&format!("family       {}", model.family))?;
    print_line(&format!("resolution   {resolution}"))?;
    print_line(&format!("weights      {weights}"))?;
    print_line(&format!("what it is   {}", model.description))
}
