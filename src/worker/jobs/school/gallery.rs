//! A change of the gallery, and what it shows then: the change in one step, small pictures in the steps after it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::super::schooling::{
    Award, Drawing, GalleryAct, GalleryDid, GalleryShown, Hung, ProfileId, Ranked, Reacted, Record, SchoolDone, Shelf,
};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::hang_up::new_drawing;
use super::{Desk, Small, no_lesson};
use crate::imaging::Frame;
use crate::imaging::drawing::colors_of;
use crate::imaging::io::{self, Limits};
use crate::library::Moment;
use crate::library::gallery::{DrawingFiles, Gallery, NewDrawing, Profile};
use crate::school::{Week, find};

/// Pixels on a side of small pictures.
const SMALL: u32 = 160;
/// The most drawings that show at a time.
const MOST: usize = 240;
/// How long small pictures are made in one step.
const BUDGET: Duration = Duration::from_millis(25);

/// What is done, and what shows then.
pub(super) struct GalleryJob {
    act: GalleryAct,
    shelf: Shelf,
    desk: Desk,
    /// A drawing that is ready to be hung up.
    new: Option<NewDrawing>,
    listed: Option<Listed>,
}

/// What hangs there, before its pictures are made.
struct Listed {
    gallery: Gallery,
    did: GalleryDid,
    profiles: Vec<Profile>,
    /// Of the shelf, the newest first.
    drawings: Vec<Drawing>,
    hidden: usize,
    total: usize,
    reactions: Vec<Reacted>,
    records: Vec<Record>,
    rankings: Vec<(Arc<str>, Vec<Ranked>)>,
    awards: Vec<Award>,
    week: Week,
    today: i64,
    newest: Option<ProfileId>,
}

impl GalleryJob {
    pub(super) const fn new(act: GalleryAct, shelf: Shelf, desk: Desk) -> Self {
        Self { act, shelf, desk, new: None, listed: None }
    }

    fn try_step(&mut self) -> Result<JobStep, Failure> {
        if let Some(listed) = &self.listed {
            if !self.desk.draw(listed)? {
                return Ok(JobStep::More);
            }
        } else if let (GalleryAct::HangUp { profile, sketch, scored }, None) = (&self.act, &self.new) {
            self.new = Some(new_drawing(*profile, sketch, scored.as_ref(), Moment::now().secs)?);
            return Ok(JobStep::More);
        } else {
            let gallery = self.desk.open()?;
            let now = Moment::now();
            let did = act(&gallery, &self.act, self.new.take(), now.secs)?;
            self.listed = Some(list(gallery, did, self.shelf, now)?);
            return Ok(JobStep::More);
        }
        let Some(listed) = self.listed.take() else { return Ok(JobStep::More) };
        Ok(JobStep::Done(Done::School(self.desk.shown(listed, self.shelf))))
    }
}

impl Job for GalleryJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step())
    }
}

fn act(gallery: &Gallery, act: &GalleryAct, new: Option<NewDrawing>, now: u64) -> Result<GalleryDid, Failure> {
    Ok(match act {
        GalleryAct::Look => GalleryDid::Looked,
        GalleryAct::AddProfile { name } => GalleryDid::Added(gallery.add_profile(name, now)?),
        GalleryAct::RenameProfile { profile, name } => {
            gallery.rename_profile(*profile, name)?;
            GalleryDid::Renamed(*profile)
        }
        GalleryAct::RemoveProfile { profile } => {
            gallery.remove_profile(*profile)?;
            GalleryDid::Removed(*profile)
        }
        GalleryAct::HangUp { .. } => match new {
            Some(new) => GalleryDid::HungUp(gallery.add_drawing(new)?),
            None => GalleryDid::Looked,
        },
        GalleryAct::React { drawing, viewer, reaction } => {
            match reaction {
                Some(reaction) => drop(gallery.react(*drawing, *viewer, *reaction, now)?),
                None => gallery.unreact(*drawing, *viewer)?,
            }
            GalleryDid::Reacted(*drawing)
        }
        GalleryAct::TakeDown { drawing } => {
            gallery.delete(*drawing)?;
            GalleryDid::TookDown(*drawing)
        }
        GalleryAct::Record { profile, lesson, standing } => {
            let worth = find(lesson).ok_or_else(|| no_lesson(lesson))?.worth;
            GalleryDid::Noted(gallery.record(*profile, lesson, *standing, worth, now)?)
        }
    })
}

fn list(gallery: Gallery, did: GalleryDid, shelf: Shelf, now: Moment) -> Result<Listed, Failure> {
    let awards = gallery.give_awards(now.secs, now.ahead)?;
    let week = Week::of_day(now.day() - 7 * i64::from(shelf.weeks_ago));
    let all = gallery.drawings()?;
    let (reactions, records, profiles) = (gallery.reactions()?, gallery.records()?, gallery.profiles()?);
    let themes: BTreeSet<Arc<str>> = all.iter().map(|drawing| Arc::clone(&drawing.theme)).collect();
    let mut rankings = Vec::new();
    for theme in themes {
        let places = gallery.ranking(&theme, week, now.ahead)?;
        if !places.is_empty() {
            rankings.push((theme, places));
        }
    }
    let newest = newest(&all, &records);
    let of_week =
        |drawing: &Drawing| i64::try_from(drawing.made_secs).is_ok_and(|secs| Week::of_secs(secs, now.ahead) == week);
    let total = all.len();
    let mut drawings: Vec<Drawing> =
        all.into_iter().rev().filter(|drawing| shelf.has_all || of_week(drawing)).collect();
    let hidden = drawings.len().saturating_sub(MOST);
    drawings.truncate(MOST);
    let today = now.day();
    Ok(Listed {
        gallery,
        did,
        profiles,
        drawings,
        hidden,
        total,
        reactions,
        records,
        rankings,
        awards,
        week,
        today,
        newest,
    })
}

/// Who drew or got better last.
fn newest(drawings: &[Drawing], records: &[Record]) -> Option<ProfileId> {
    let drawn = drawings.iter().map(|drawing| (drawing.made_secs, drawing.profile));
    let tried = records.iter().map(|record| (record.since_secs, record.profile));
    drawn.chain(tried).max().map(|(_, profile)| profile)
}

impl Desk {
    /// Makes small pictures for as long as a step may take. Returns whether all are there.
    fn draw(&self, listed: &Listed) -> Result<bool, Failure> {
        let start = Instant::now();
        let mut small = self.small.lock();
        for drawing in &listed.drawings {
            if small.contains_key(&drawing.id) {
                continue;
            }
            if start.elapsed() > BUDGET {
                return Ok(false);
            }
            let DrawingFiles { sketch_png, picture_png, .. } = listed.gallery.files(drawing.id)?;
            let sketch = made_small(&sketch_png)?;
            let picture = picture_png.as_deref().map(made_small).transpose()?;
            small.insert(drawing.id, Small { sketch, picture });
        }
        Ok(true)
    }

    /// What shows, with the small pictures that were made.
    fn shown(&self, listed: Listed, shelf: Shelf) -> SchoolDone {
        let Listed { did, profiles, drawings, hidden, total, records, rankings, awards, week, today, newest, .. } =
            listed;
        let mut small = self.small.lock();
        if let GalleryDid::TookDown(drawing) = did {
            small.remove(&drawing);
        }
        let hung = |drawing: Drawing| {
            let Small { sketch, picture } = small.get(&drawing.id)?.clone();
            let reactions = listed.reactions.iter().filter(|reacted| reacted.drawing == drawing.id).copied().collect();
            Some(Hung { drawing, sketch, picture, reactions })
        };
        let drawings = drawings.into_iter().filter_map(hung).collect();
        let shown =
            GalleryShown { profiles, drawings, hidden, total, records, rankings, awards, shelf, week, today, newest };
        SchoolDone::Gallery { shown: Box::new(shown), did }
    }
}

/// A picture of the gallery, small.
fn made_small(png: &[u8]) -> Result<Frame, Failure> {
    Ok(colors_of(&io::decode(png, &Limits::default())?.frame, SMALL))
}
