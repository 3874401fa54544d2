//! `pentimento gallery`: who drew what, as a list or as files, and away with it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::args::Common;
use super::errors::CliError;
use super::report::{print_json, print_line};
use super::today::Moment;
use crate::library::default_folder;
use crate::library::gallery::{Award, Drawing, DrawingId, Gallery, Profile, Ranked, Reacted, Record};
use crate::school::Week;

/// Where the gallery is.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Folder of the gallery [default: the user's own]
    #[arg(long, value_name = "DIR")]
    library: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum GalleryCommand {
    /// Everyone, all drawings, records, and this week's ranking
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Write everything as JSON and PNG files into a new folder or a .zip archive
    Export {
        /// The folder, or an archive whose name ends in .zip
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Take drawings or people out for good
    Delete {
        #[command(flatten)]
        what: What,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct What {
    /// A drawing, by its number
    #[arg(long, value_name = "NUMBER")]
    drawing: Option<u64>,

    /// Somebody with all that is theirs, by name
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Everyone and everything
    #[arg(long)]
    all: bool,
}

/// Opens the gallery.
pub(super) fn open(place: &Place) -> Result<Gallery, CliError> {
    let folder = place.library.clone().or_else(default_folder);
    let folder = folder.ok_or_else(|| CliError::Other {
        sentence: "the system names no folder of the user's own: pass --library DIR".to_owned(),
    })?;
    Ok(Gallery::open(&folder)?)
}

/// Lists, exports or deletes.
pub(super) fn run(command: &GalleryCommand, common: &Common) -> Result<(), CliError> {
    match command {
        GalleryCommand::List { place } => list(&open(place)?, common),
        GalleryCommand::Export { to, place } => {
            let exported = open(place)?.export(to)?;
            if common.json {
                return print_json(&exported);
            }
            print_line(&format!(
                "{} drawings in {} files: {}",
                exported.drawings,
                exported.files,
                exported.path.display()
            ))
        }
        GalleryCommand::Delete { what, place } => delete(what, &open(place)?),
    }
}

#[derive(Serialize)]
struct List {
    profiles: Vec<Profile>,
    drawings: Vec<Drawing>,
    reactions: Vec<Reacted>,
    records: Vec<Record>,
    ranking: Vec<ThemeRanking>,
    /// What was given now for weeks that have ended.
    awards: Vec<Award>,
}

#[derive(Serialize)]
struct ThemeRanking {
    theme: String,
    places: Vec<Ranked>,
}

fn list(gallery: &Gallery, common: &Common) -> Result<(), CliError> {
    let now = Moment::now();
    let awards = gallery.give_awards(now.secs, now.ahead)?;
    let (profiles, drawings) = (gallery.profiles()?, gallery.drawings()?);
    let week = Week::of_day(now.day());
    let mut themes: Vec<&str> = drawings.iter().map(|drawing| &*drawing.theme).collect();
    themes.sort_unstable();
    themes.dedup();
    let mut ranking = Vec::new();
    for theme in themes {
        let places = gallery.ranking(theme, week, now.ahead)?;
        if !places.is_empty() {
            ranking.push(ThemeRanking { theme: theme.to_owned(), places });
        }
    }
    let (reactions, records) = (gallery.reactions()?, gallery.records()?);
    let list = List { profiles, drawings, reactions, records, ranking, awards };
    if common.json { print_json(&list) } else { tell(&list) }
}

fn tell(list: &List) -> Result<(), CliError> {
    let name = |id| list.profiles.iter().find(|profile| profile.id == id).map_or("somebody", |profile| &*profile.name);
    if list.profiles.is_empty() {
        return print_line("the gallery is empty");
    }
    for profile in &list.profiles {
        print_line(&format!("{}: {} points", profile.name, profile.points))?;
        for record in list.records.iter().filter(|record| record.profile == profile.id) {
            let Record { lesson, best, tries, .. } = record;
            print_line(&format!("  {lesson:20} {}, {tries} tries", standing_line(best.stars, best.total)))?;
        }
    }
    for drawing in &list.drawings {
        let liked = list.reactions.iter().filter(|reacted| reacted.drawing == drawing.id).count();
        let lesson = drawing.lesson.as_deref().unwrap_or("free");
        print_line(&format!(
            "drawing {}: {} ({lesson}) by {}, {liked} reactions",
            drawing.id,
            drawing.theme,
            name(drawing.profile)
        ))?;
    }
    for ThemeRanking { theme, places } in &list.ranking {
        print_line(&format!("this week's {theme}:"))?;
        for Ranked { place, drawing, reactions } in places {
            print_line(&format!(
                "  {place}. drawing {} by {}, {reactions} reactions",
                drawing.id,
                name(drawing.profile)
            ))?;
        }
    }
    for Award { profile, drawing, place, points } in &list.awards {
        print_line(&format!("{} gets {points} points: drawing {drawing} was number {place}", name(*profile)))?;
    }
    Ok(())
}

/// Stars and a total as text.
pub(super) fn standing_line(stars: u8, total: f32) -> String {
    format!("{} ({stars} of 3 stars, {total:.2})", "*".repeat(usize::from(stars)))
}

fn delete(what: &What, gallery: &Gallery) -> Result<(), CliError> {
    if let Some(number) = what.drawing {
        gallery.delete(DrawingId(number))?;
        return print_line(&format!("drawing {number} is gone"));
    }
    if let Some(name) = &what.profile {
        let known = gallery.profiles()?.into_iter().find(|profile| profile.name.to_lowercase() == name.to_lowercase());
        let profile = known.ok_or_else(|| CliError::Other { sentence: format!("nobody is called {name}") })?;
        gallery.remove_profile(profile.id)?;
        return print_line(&format!("{} is gone, with all drawings, records and reactions", profile.name));
    }
    gallery.delete_all()?;
    print_line("the gallery is empty")
}
