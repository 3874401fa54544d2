//! `pentimento models`: the methods that can fill a hole, and the weights of networks, also of those that draw.

mod import;
mod verify;

use std::collections::BTreeMap;

use serde::Serialize;

use super::args::{Common, ModelsCommand};
use super::errors::CliError;
use super::report::{print_json, print_line};
use crate::erase::{Engine, NotAnEngine};
use crate::sketch::theme_name;
use crate::weights::{Card, Catalog, Entry, Family, MaskPolarity, folders, user_folder};

/// Shows, checks or adds models.
pub(super) fn run(command: Option<&ModelsCommand>, common: &Common) -> Result<(), CliError> {
    match command {
        None | Some(ModelsCommand::List) => list(&catalog(common)?, common.json),
        Some(ModelsCommand::Info { name }) => info(&find(name, &catalog(common)?)?, common.json),
        Some(ModelsCommand::Verify { name }) => verify::run(name.as_deref(), &catalog(common)?, common.json),
        Some(ModelsCommand::Import(args)) => import::run(args, common),
    }
}

/// The engine that is named `name`.
pub(super) fn parse(name: &str) -> Result<Engine, CliError> {
    name.parse().map_err(|_unknown: NotAnEngine| unknown(name, &Catalog::default()))
}

/// All models with weights. A manifest that cannot be understood is an error in the folder that was asked for, and elsewhere
/// a warning.
pub(super) fn catalog(common: &Common) -> Result<Catalog, CliError> {
    Catalog::open(common.weights.as_deref())?;
    let (catalog, problems) = Catalog::open_all(folders(common.weights.as_deref()));
    for problem in problems {
        tracing::warn!("{problem}");
    }
    Ok(catalog)
}

fn unknown(name: &str, catalog: &Catalog) -> CliError {
    let own = Engine::OWN.map(|engine| engine.to_string());
    let known: Vec<String> = own.into_iter().chain(catalog.entries().iter().map(|entry| entry.name.clone())).collect();
    CliError::UnknownModel { name: name.to_owned(), known: known.join(", ") }
}

fn find<'a>(name: &str, catalog: &'a Catalog) -> Result<Model<'a>, CliError> {
    let own = Engine::OWN.into_iter().find(|engine| engine.name() == name);
    let model = own.map(|engine| Model::of(&engine)).or_else(|| catalog.find(name).map(Model::of_entry));
    model.ok_or_else(|| unknown(name, catalog))
}

/// What `--json` tells of a model.
#[derive(Serialize)]
struct Model<'a> {
    name: String,
    family: String,
    /// The side in pixels that a network works at; none works at any.
    resolution: Option<u32>,
    /// Whether it needs a file of weights.
    weights: bool,
    #[serde(rename = "default")]
    is_default: bool,
    description: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    details: Option<Details<'a>>,
}

/// What more there is to say of weights.
#[derive(Serialize)]
struct Details<'a> {
    file: String,
    sha256: &'a str,
    licence: &'a str,
    data: &'a str,
    subject: Option<&'a str>,
    recipe: Option<&'a str>,
    images_seen: Option<u64>,
    /// What 1 means in the mask that it sees; nothing where it fills no holes.
    mask_polarity: Option<MaskPolarity>,
    metrics: &'a BTreeMap<String, f64>,
    note: Option<&'a str>,
    /// What an import has found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<&'a Card>,
}

impl Model<'_> {
    fn of(engine: &Engine) -> Self {
        let name = engine.name().to_owned();
        let description = match engine {
            Engine::Auto => "whichever suits the hole, by its shape and size",
            Engine::Exemplar => "multi-scale synthesis from the photo's own texture; for everything",
            Engine::Membrane => "a smooth surface through the hole's rim; for sky, walls and dust",
            Engine::Network(_) => "a network; its weights are a file",
        };
        let is_default = *engine == Engine::default();
        Self { family: name.clone(), name, resolution: None, weights: false, is_default, description, details: None }
    }
}

impl<'a> Model<'a> {
    fn of_entry(entry: &'a Entry) -> Self {
        let description = match entry.family {
            Family::Comodgan => "CoModGAN: many fills for one hole, the larger the better",
            Family::ContextEncoder => "Context Encoder: one fill, soft; historical",
            Family::Dcgan => "DCGAN: draws pictures of one kind, to be explored",
            Family::Migan => "MI-GAN: one fill, fast",
            Family::Pix2pix => "pix2pix: drawings become pictures",
            Family::Stylegan => "StyleGAN: draws pictures of one kind from styles, to be explored",
            Family::Stylegan2 => "StyleGAN2: draws pictures of one kind from styles, to be explored",
        };
        let details = Details {
            file: entry.file.display().to_string(),
            sha256: &entry.sha256,
            licence: &entry.licence,
            data: &entry.data,
            subject: entry.subject.as_deref(),
            recipe: entry.recipe.as_deref(),
            images_seen: entry.images_seen,
            mask_polarity: entry.family.fills_holes().then_some(entry.mask_polarity),
            metrics: &entry.metrics,
            note: entry.note.as_deref(),
            card: entry.card.as_ref(),
        };
        Self {
            name: entry.name.clone(),
            family: entry.family.to_string(),
            resolution: Some(entry.resolution),
            weights: true,
            is_default: false,
            description,
            details: Some(details),
        }
    }
}

fn list(catalog: &Catalog, is_json: bool) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct List<'a> {
        models: Vec<Model<'a>>,
    }
    let own = Engine::OWN.iter().map(Model::of);
    let models: Vec<Model<'_>> = own.chain(catalog.entries().iter().map(Model::of_entry)).collect();
    if is_json {
        return print_json(&List { models });
    }
    let width = models.iter().map(|model| model.name.len()).max().unwrap_or(0);
    for model in &models {
        let mark = if model.is_default { " (default)" } else { "" };
        let side = model.resolution.map_or_else(String::new, |side| format!(", {side} pixels"));
        print_line(&format!("{:width$}  {}{side}{mark}", model.name, model.description))?;
    }
    Ok(())
}

fn info(model: &Model<'_>, is_json: bool) -> Result<(), CliError> {
    if is_json {
        return print_json(model);
    }
    let line = |label: &str, value: &str| print_line(&format!("{label:13}{value}"));
    let resolution = model.resolution.map_or_else(|| "any".to_owned(), |side| format!("{side} pixels"));
    line("name", &model.name)?;
    line("family", &model.family)?;
    line("resolution", &resolution)?;
    line("weights", model.details.as_ref().map_or("none needed", |details| &details.file))?;
    line("what it is", model.description)?;
    let Some(details) = &model.details else { return Ok(()) };
    details.subject.map_or(Ok(()), |subject| line("it knows", subject))?;
    line("licence", details.licence)?;
    line("trained on", details.data)?;
    let images = details.images_seen.map(|count| format!("{count} images"));
    let mask = details.mask_polarity.map(|polarity| match polarity {
        MaskPolarity::Known => "1 is known",
        MaskPolarity::Hole => "1 is a hole",
    });
    for (label, value) in [
        ("for", images.as_deref()),
        ("recipe", details.recipe),
        ("mask", mask),
        ("sha256", Some(details.sha256)),
        ("note", details.note),
    ] {
        value.map_or(Ok(()), |value| line(label, value))?;
    }
    for (at, words) in details.card.map(import::lines_of).unwrap_or_default().iter().enumerate() {
        line(if at == 0 { "card" } else { "" }, words)?;
    }
    details.metrics.iter().try_for_each(|(name, value)| line(name, &format!(" {value}")))
}

/// What is to be said when a model called `name` would draw a theme in the place of one that is installed elsewhere.
pub(super) fn hidden_theme(name: &str, common: &Common) -> Option<String> {
    let (catalog, _) = Catalog::open_all(folders(common.weights.as_deref()));
    let own = common.weights.clone().or_else(user_folder);
    let theme = theme_name(name);
    let is_other = |entry: &Entry| entry.name != name || entry.file.parent() != own.as_deref();
    let is_hidden = |entry: &&Entry| entry.family.is_sketcher() && theme_name(&entry.name) == theme && is_other(entry);
    let other = catalog.entries().iter().find(is_hidden)?;
    Some(format!("there is a theme \"{theme}\" already: {name} may take the place of {}", other.name))
}
