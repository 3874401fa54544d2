//! `pentimento lessons`: what can be learned to draw.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::errors::CliError;
use super::report::{print_json, print_line};
use super::today::{Moment, parse_date};
use crate::imaging::drawing::ink_frame;
use crate::imaging::ink::raster;
use crate::imaging::io::{Encoding, encode, write_atomic};
use crate::imaging::{FileFormat, Metadata};
use crate::school::{Lesson, Step, find, lessons, topic_of_day};

#[derive(Debug, Args)]
pub(super) struct LessonsArgs {
    /// The lesson to show step by step [default: a list of all]
    name: Option<String>,

    /// Only those of this theme
    #[arg(long, value_name = "THEME", conflicts_with = "name")]
    theme: Option<String>,

    /// The day of which the topic is told, such as 2026-11-21 [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse_date, conflicts_with = "name")]
    date: Option<i64>,

    /// Draw the lesson into a picture
    #[arg(short, long, value_name = "FILE", requires = "name")]
    output: Option<PathBuf>,

    /// Pixels on a side of the picture
    #[arg(long, value_name = "PIXELS", default_value_t = 512, value_parser = clap::value_parser!(u32).range(16..=4096))]
    side: u32,
}

#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    theme: &'a str,
    title: &'a str,
    difficulty: u8,
    limit_secs: u32,
    worth: u32,
    credit: &'a str,
    steps: Vec<ToldStep<'a>>,
}

#[derive(Serialize)]
struct ToldStep<'a> {
    part: &'a str,
    words: &'a str,
    strokes: usize,
}

#[derive(Serialize)]
struct List<'a> {
    topic_of_day: Option<&'a str>,
    lessons: Vec<Told<'a>>,
}

fn told(lesson: &Lesson) -> Told<'_> {
    let [title, _] = &lesson.title;
    Told {
        name: &lesson.name,
        theme: &lesson.theme,
        title,
        difficulty: lesson.difficulty,
        limit_secs: lesson.limit_secs,
        worth: lesson.worth,
        credit: &lesson.credit,
        steps: lesson.steps.iter().map(told_step).collect(),
    }
}

fn told_step(step: &Step) -> ToldStep<'_> {
    ToldStep { part: &step.part, words: &step.words[0], strokes: step.strokes.len() }
}

/// The lesson of a name, or a sentence with those that there are.
pub(super) fn named(name: &str) -> Result<&'static Lesson, CliError> {
    find(name).map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<&str> = lessons().iter().map(|lesson| &*lesson.name).collect();
        CliError::Other { sentence: format!("no lesson is called \"{name}\" (there are: {})", known.join(", ")) }
    })
}

/// Lists lessons, or shows one.
pub(super) fn run(args: &LessonsArgs, common: &Common) -> Result<(), CliError> {
    let Some(name) = &args.name else { return list(args, common) };
    let lesson = named(name)?;
    if let Some(path) = &args.output {
        draw(lesson, args.side, path)?;
    }
    let told = told(lesson);
    if common.json {
        return print_json(&told);
    }
    print_line(&format!("{} ({}): {}", told.title, told.theme, told.credit))?;
    let mut steps = told.steps.iter().enumerate();
    steps.try_for_each(|(at, step)| print_line(&format!("{:2}. {}: {}", at + 1, step.part, step.words)))
}

fn list(args: &LessonsArgs, common: &Common) -> Result<(), CliError> {
    let day = args.date.unwrap_or_else(|| Moment::now().day());
    let topic = topic_of_day(day, lessons().len()).and_then(|at| lessons().get(at));
    let is_wanted = |lesson: &Lesson| args.theme.as_ref().is_none_or(|theme| *lesson.theme == **theme);
    let chosen: Vec<Told<'_>> =
        lessons().iter().filter(|lesson| is_wanted(lesson)).map(|lesson| told(lesson)).collect();
    if chosen.is_empty() {
        let known = crate::school::themes().join(", ");
        return Err(CliError::Other { sentence: format!("no lesson has that theme (there are: {known})") });
    }
    if common.json {
        return print_json(&List { topic_of_day: topic.map(|lesson| &*lesson.name), lessons: chosen });
    }
    for Told { name, theme, title, difficulty, steps, .. } in &chosen {
        let level = "*".repeat(usize::from(*difficulty));
        print_line(&format!("{name:20} {theme:11} {level:3} {:2} steps  {title}", steps.len()))?;
    }
    topic.map_or(Ok(()), |lesson| print_line(&format!("topic of the day: {}", lesson.name)))
}

fn draw(lesson: &Lesson, side: u32, path: &std::path::Path) -> Result<(), CliError> {
    let format = path.extension().and_then(|name| FileFormat::from_extension(name.to_str()?));
    let format = format.ok_or_else(|| CliError::UnknownExtension { path: path.to_owned() })?;
    let picture = ink_frame(&raster(&lesson.strokes(), side));
    Ok(write_atomic(path, &encode(&picture, &Metadata::bare(format), Encoding::new(format))?)?)
}
