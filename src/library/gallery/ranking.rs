//! Which drawings were liked most in a week.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redb::ReadableTable as _;
use serde::{Deserialize, Serialize};

use super::store::{GIVEN, PROFILES, decoded, encoded};
use super::{Drawing, DrawingId, Gallery, GalleryError, Profile, ProfileId, Reacted};
use crate::school::Week;

/// How many places a ranking has.
pub const PLACES: usize = 8;
/// What each place of a theme earns at the end of a week.
pub const AWARDS: [u32; PLACES] = [80, 70, 60, 50, 40, 30, 20, 10];

/// A drawing's place in a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// 1..=[`PLACES`].
    pub place: usize,
    /// Which.
    pub drawing: Drawing,
    /// How many viewers reacted to it in that week; its own draftsman does not count.
    pub reactions: usize,
}

/// Points that were given for a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// To whom.
    pub profile: ProfileId,
    /// For what.
    pub drawing: DrawingId,
    /// 1..=[`PLACES`].
    pub place: usize,
    /// How many.
    pub points: u32,
}

/// The ranking of a theme's drawings by reactions that were begun in `week`: more first, then the newer drawing. Clocks are
/// `ahead` seconds ahead of UTC.
#[must_use]
pub(super) fn rank(drawings: &[Drawing], reactions: &[Reacted], theme: &str, week: Week, ahead: i64) -> Vec<Ranked> {
    let mut counts: BTreeMap<DrawingId, BTreeSet<ProfileId>> = BTreeMap::new();
    for reacted in reactions {
        if i64::try_from(reacted.since_secs).is_ok_and(|secs| Week::of_secs(secs, ahead) == week) {
            counts.entry(reacted.drawing).or_default().insert(reacted.viewer);
        }
    }
    let count = |drawing: &Drawing| {
        counts.get(&drawing.id).map_or(0, |viewers| viewers.iter().filter(|viewer| **viewer != drawing.profile).count())
    };
    let own = drawings.iter().filter(|drawing| &*drawing.theme == theme);
    let mut liked: Vec<(usize, &Drawing)> =
        own.map(|drawing| (count(drawing), drawing)).filter(|(n, _)| *n > 0).collect();
    liked.sort_by_key(|(count, drawing)| std::cmp::Reverse((*count, drawing.made_secs, drawing.id)));
    let places = liked.into_iter().take(PLACES).enumerate();
    places.map(|(at, (reactions, drawing))| Ranked { place: at + 1, drawing: drawing.clone(), reactions }).collect()
}

impl Gallery {
    /// The ranking of a theme in a week; clocks are `ahead` seconds ahead of UTC.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be read.
    pub fn ranking(&self, theme: &str, week: Week, ahead: i64) -> Result<Vec<Ranked>, GalleryError> {
        Ok(rank(&self.drawings()?, &self.reactions()?, theme, week, ahead))
    }

    /// Gives the awards of all weeks that ended before the one of `now_secs`: for each theme, each week once, however often this
    /// is called. Returns what was given now.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be read or written.
    pub fn give_awards(&self, now_secs: u64, ahead: i64) -> Result<Vec<Award>, GalleryError> {
        let (drawings, reactions) = (self.drawings()?, self.reactions()?);
        let this_week = Week::of_secs(i64::try_from(now_secs).unwrap_or(i64::MAX), ahead);
        let secs = reactions.iter().filter_map(|reacted| i64::try_from(reacted.since_secs).ok());
        let weeks: BTreeSet<Week> =
            secs.map(|secs| Week::of_secs(secs, ahead)).filter(|&week| week < this_week).collect();
        let themes: BTreeSet<&Arc<str>> = drawings.iter().map(|drawing| &drawing.theme).collect();
        let ended = weeks.iter().flat_map(|&week| themes.iter().map(move |theme| (week, *theme)));
        let open = ended.filter(|(week, theme)| !self.is_given(*week, theme).unwrap_or(true));
        let due: Vec<(Week, &Arc<str>, Vec<Award>)> = open
            .map(|(week, theme)| (week, theme, awards(&rank(&drawings, &reactions, theme, week, ahead))))
            .filter(|(_, _, awards)| !awards.is_empty())
            .collect();
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|write| {
            let (mut given, mut profiles) = (write.open_table(GIVEN)?, write.open_table(PROFILES)?);
            let mut all = Vec::new();
            for (week, theme, awards) in due {
                given.insert((week.monday(), &**theme), encoded(&awards)?.as_slice())?;
                for award in awards {
                    let known =
                        profiles.get(award.profile.0)?.map(|bytes| decoded::<Profile>(bytes.value())).transpose()?;
                    let Some(mut profile) = known else { continue };
                    profile.points = profile.points.saturating_add(award.points.into());
                    profiles.insert(award.profile.0, encoded(&profile)?.as_slice())?;
                    all.push(award);
                }
            }
            Ok(all)
        })
    }

    fn is_given(&self, week: Week, theme: &str) -> Result<bool, GalleryError> {
        self.read(|read| Ok(read.open_table(GIVEN)?.get((week.monday(), theme))?.is_some()))
    }
}

fn awards(ranking: &[Ranked]) -> Vec<Award> {
    let award = |(ranked, points): (&Ranked, u32)| Award {
        profile: ranked.drawing.profile,
        drawing: ranked.drawing.id,
        place: ranked.place,
        points,
    };
    ranking.iter().zip(AWARDS).map(award).collect()
}
