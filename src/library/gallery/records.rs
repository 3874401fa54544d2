//! How far everyone is in each lesson. A record never falls, and only getting better earns points.

use std::sync::Arc;

use redb::ReadableTable as _;
use serde::{Deserialize, Serialize};

use super::store::{PROFILES, RECORDS, decoded, encoded};
use super::{Gallery, GalleryError, Profile, ProfileId};
use crate::school::{Standing, reward};

/// The best that somebody has done in a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Who.
    pub profile: ProfileId,
    /// In which lesson.
    pub lesson: Arc<str>,
    /// How well.
    pub best: Standing,
    /// When, in seconds since 1970.
    pub since_secs: u64,
    /// How often they tried.
    pub tries: u32,
}

/// What a try brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recorded {
    /// The record before.
    pub before: Standing,
    /// The record now; at least as good.
    pub best: Standing,
    /// Points that were earned.
    pub earned: u32,
}

impl Gallery {
    /// Notes a try at a lesson whose three stars are `worth` points.
    ///
    /// # Errors
    /// One sentence when there is no such profile or the gallery cannot be written.
    pub fn record(
        &self,
        profile: ProfileId,
        lesson: &Arc<str>,
        result: Standing,
        worth: u32,
        now_secs: u64,
    ) -> Result<Recorded, GalleryError> {
        self.write(|write| {
            let mut profiles = write.open_table(PROFILES)?;
            let known = profiles.get(profile.0)?.map(|bytes| decoded::<Profile>(bytes.value())).transpose()?;
            let mut owner = known.ok_or(GalleryError::NoSuchProfile { id: profile })?;
            let mut records = write.open_table(RECORDS)?;
            let key = (profile.0, &**lesson);
            let old: Option<Record> = records.get(key)?.map(|bytes| decoded(bytes.value())).transpose()?;
            let before = old.as_ref().map_or_else(Standing::default, |old| old.best);
            let best = before.improved(result);
            let kept = old.as_ref().filter(|_| best == before).map_or(now_secs, |old| old.since_secs);
            let tries = old.map_or(0, |old| old.tries).saturating_add(1);
            let record = Record { profile, lesson: Arc::clone(lesson), best, since_secs: kept, tries };
            records.insert(key, encoded(&record)?.as_slice())?;
            let earned = reward(before.stars, best.stars, worth);
            owner.points = owner.points.saturating_add(earned.into());
            profiles.insert(profile.0, encoded(&owner)?.as_slice())?;
            Ok(Recorded { before, best, earned })
        })
    }

    /// All records, profile by profile.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be read.
    pub fn records(&self) -> Result<Vec<Record>, GalleryError> {
        self.read(|read| read.open_table(RECORDS)?.iter()?.map(|row| decoded(row?.1.value())).collect())
    }
}
