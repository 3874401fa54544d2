//! Contents without their large parts, as they are written into session files and journals, and how they are taken apart.
//!
//! Shared things stand in tables and are named by their index, large parts by the number that whoever stores them
//! gave; so what is shared is stored once. `assembly` is the way back.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::explore_outline::{ExploreOutline, take_exploration_apart};
use super::parts::Part;
use super::session_error::SessionFault;
use super::sketch_outline::{SketchOutline, take_sketch_apart};
use super::{Candidate, Contents, Document, Erasure, ErasureId, Origin, Recipe};
use crate::imaging::{ColorModel, FileFormat, JpegCoding, Mask, Patch, Photo, PixelRect, Size};

/// All of a document but its large parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outline {
    pub(super) photo: PhotoOutline,
    pub(super) masks: Vec<MaskOutline>,
    pub(super) patches: Vec<PatchOutline>,
    pub(super) candidates: Vec<CandidateOutline>,
    pub(super) holes: usize,
    pub(super) sample_from: usize,
    pub(super) sample_never: usize,
    /// Bottom first.
    pub(super) erasures: Vec<ErasureOutline>,
    pub(super) next_id: u64,
    /// What later versions have added. It is stored beside the outline, so that versions without it read the rest.
    #[serde(skip)]
    pub(super) notes: Notes,
}

/// What an outline lacked in the first version of the format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Notes {
    /// Where the candidates came from, in the order of their table.
    pub(super) origins: Vec<Option<Origin>>,
    /// Of the erasures' recipes, bottom first: whether the photo gives the detail, and the guide's weight.
    pub(super) recipes: Vec<(bool, f32)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PhotoOutline {
    pub(super) size: Size,
    pub(super) model: ColorModel,
    pub(super) bits: u32,
    /// A part.
    pub(super) samples: u64,
    pub(super) format: FileFormat,
    pub(super) icc: Option<BlobOutline>,
    pub(super) exif: Option<BlobOutline>,
    pub(super) xmp: Option<BlobOutline>,
    pub(super) density: Option<(f32, f32)>,
    pub(super) jpeg: Option<JpegCoding>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct BlobOutline {
    /// A part.
    pub(super) part: u64,
    pub(super) len: u64,
}

/// A mask of the photo's size.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MaskOutline {
    /// Places in row order, each with a part; places left out are empty.
    pub(super) tiles: Vec<(u32, u64)>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct PatchOutline {
    pub(super) rect: PixelRect,
    /// A part.
    pub(super) part: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CandidateOutline {
    pub(super) seed: u64,
    /// Indices into the patches.
    pub(super) patches: Vec<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ErasureOutline {
    pub(super) id: ErasureId,
    /// Indices into the masks.
    pub(super) holes: usize,
    pub(super) sample_from: Option<usize>,
    pub(super) sample_never: Option<usize>,
    pub(super) recipe: Recipe,
    /// Indices into the candidates.
    pub(super) candidates: Vec<usize>,
    pub(super) chosen: usize,
    pub(super) is_visible: bool,
    pub(super) opacity: f32,
}

/// Where parts go.
pub(super) trait PartSink {
    /// Stores a part and returns its number.
    fn put(&mut self, part: &Part<'_>) -> Result<u64, SessionFault>;
}

/// The numbers of parts by their address in memory; good for as long as the document they belong to is held.
pub(super) type PartNumbers = HashMap<usize, u64>;

/// What is stored of all contents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ContentsOutline {
    pub(super) document: Option<Outline>,
    pub(super) exploration: Option<ExploreOutline>,
    pub(super) sketch: Option<SketchOutline>,
}

impl ContentsOutline {
    /// The first version of the session file that knew all of this: what holds no points to drag is written as versions before
    /// them wrote it, what holds no sketch as those before sketches, a document alone as those before explorations, and they can
    /// read it.
    pub(super) fn version(&self) -> u32 {
        match (&self.sketch, &self.exploration) {
            (_, Some(exploration)) if exploration.has_drag() => 4,
            (Some(_), _) => 3,
            (None, Some(_)) => 2,
            (None, None) => 1,
        }
    }
}

/// Takes `contents` apart: parts that `known` lacks go to `sink`. Returns the numbers of all parts too.
pub(super) fn take_apart(
    contents: &Contents,
    known: &PartNumbers,
    sink: &mut impl PartSink,
) -> Result<(ContentsOutline, PartNumbers), SessionFault> {
    let mut work = TakingApart { sink, known, numbers: PartNumbers::new(), tables: Tables::default() };
    let document = contents.document.as_ref().map(|document| work.document(document)).transpose()?;
    let exploration = contents.exploration.as_ref().map(|one| take_exploration_apart(one, &mut work)).transpose()?;
    let sketch = contents.sketch.as_ref().map(|one| take_sketch_apart(one, &mut work)).transpose()?;
    Ok((ContentsOutline { document, exploration, sketch }, work.numbers))
}

#[derive(Default)]
struct Tables {
    masks: Vec<MaskOutline>,
    patches: Vec<PatchOutline>,
    candidates: Vec<CandidateOutline>,
    origins: Vec<Option<Origin>>,
    /// Indices into any of the first three by address.
    places: HashMap<usize, usize>,
}

/// A document, an exploration or a sketch under the knife.
pub(super) struct TakingApart<'a, S> {
    sink: &'a mut S,
    known: &'a PartNumbers,
    numbers: PartNumbers,
    tables: Tables,
}

impl<S: PartSink> TakingApart<'_, S> {
    fn document(&mut self, document: &Document) -> Result<Outline, SessionFault> {
        let photo = self.photo(&document.photo)?;
        let holes = self.mask(&document.holes)?;
        let sample_from = self.mask(&document.sample_from)?;
        let sample_never = self.mask(&document.sample_never)?;
        let erasures = document.erasures.iter().map(|erasure| self.erasure(erasure)).collect::<Result<_, _>>()?;
        let Tables { masks, patches, candidates, origins, .. } = std::mem::take(&mut self.tables);
        let next_id = document.next_id;
        let recipes = document.erasures.iter().map(|erasure| (erasure.recipe.detail, erasure.recipe.guide)).collect();
        let notes = Notes { origins, recipes };
        Ok(Outline { photo, masks, patches, candidates, holes, sample_from, sample_never, erasures, next_id, notes })
    }

    /// The number of a part that lies at `address`, stored if it is not yet.
    pub(super) fn part(&mut self, address: usize, part: &Part<'_>) -> Result<u64, SessionFault> {
        if let Some(&number) = self.numbers.get(&address) {
            return Ok(number);
        }
        let number = match self.known.get(&address) {
            Some(&number) => number,
            None => self.sink.put(part)?,
        };
        self.numbers.insert(address, number);
        Ok(number)
    }

    pub(super) fn photo(&mut self, photo: &Photo) -> Result<PhotoOutline, SessionFault> {
        let (frame, metadata) = (&photo.frame, &photo.metadata);
        let samples = self.part(std::ptr::from_ref(frame.samples()).addr(), &Part::Photo(frame))?;
        let is_finite = |&(x, y): &(f32, f32)| x.is_finite() && y.is_finite();
        Ok(PhotoOutline {
            size: frame.size(),
            model: frame.model(),
            bits: frame.bits(),
            samples,
            format: metadata.format,
            icc: self.blob(metadata.icc.as_ref())?,
            exif: self.blob(metadata.exif.as_ref())?,
            xmp: self.blob(metadata.xmp.as_ref())?,
            density: metadata.density.filter(is_finite),
            jpeg: metadata.jpeg.clone(),
        })
    }

    fn blob(&mut self, bytes: Option<&Vec<u8>>) -> Result<Option<BlobOutline>, SessionFault> {
        let Some(bytes) = bytes else { return Ok(None) };
        // The address of the vector itself: those of empty buffers are all the same.
        let part = self.part(std::ptr::from_ref(bytes).addr(), &Part::Blob(bytes))?;
        Ok(Some(BlobOutline { part, len: bytes.len() as u64 }))
    }

    fn mask(&mut self, mask: &Arc<Mask>) -> Result<usize, SessionFault> {
        let address = Arc::as_ptr(mask).addr();
        if let Some(&place) = self.tables.places.get(&address) {
            return Ok(place);
        }
        let outline = self.mask_outline(mask)?;
        self.tables.masks.push(outline);
        let place = self.tables.masks.len() - 1;
        self.tables.places.insert(address, place);
        Ok(place)
    }

    /// A mask that stands in no table.
    pub(super) fn mask_outline(&mut self, mask: &Mask) -> Result<MaskOutline, SessionFault> {
        let (columns, rows) = mask.tile_grid();
        let mut tiles = Vec::new();
        for place in 0..columns * rows {
            let Some(tile) = mask.tile(place % columns, place / columns) else { continue };
            tiles.push((place, self.part(tile.as_ptr().addr(), &Part::Tile(tile))?));
        }
        Ok(MaskOutline { tiles })
    }

    fn patch(&mut self, patch: &Arc<Patch>) -> Result<usize, SessionFault> {
        let address = Arc::as_ptr(patch).addr();
        if let Some(&place) = self.tables.places.get(&address) {
            return Ok(place);
        }
        let part = self.part(address, &Part::Patch(patch))?;
        self.tables.patches.push(PatchOutline { rect: patch.rect(), part });
        let place = self.tables.patches.len() - 1;
        self.tables.places.insert(address, place);
        Ok(place)
    }

    fn candidate(&mut self, candidate: &Arc<Candidate>) -> Result<usize, SessionFault> {
        let address = Arc::as_ptr(candidate).addr();
        if let Some(&place) = self.tables.places.get(&address) {
            return Ok(place);
        }
        let patches = candidate.patches.iter().map(|patch| self.patch(patch)).collect::<Result<_, _>>()?;
        self.tables.candidates.push(CandidateOutline { seed: candidate.seed, patches });
        self.tables.origins.push(candidate.origin.clone());
        let place = self.tables.candidates.len() - 1;
        self.tables.places.insert(address, place);
        Ok(place)
    }

    fn erasure(&mut self, erasure: &Erasure) -> Result<ErasureOutline, SessionFault> {
        Ok(ErasureOutline {
            id: erasure.id,
            holes: self.mask(&erasure.holes)?,
            sample_from: erasure.sample_from.as_ref().map(|mask| self.mask(mask)).transpose()?,
            sample_never: erasure.sample_never.as_ref().map(|mask| self.mask(mask)).transpose()?,
            recipe: erasure.recipe.clone(),
            candidates: erasure.candidates.iter().map(|one| self.candidate(one)).collect::<Result<_, _>>()?,
            chosen: erasure.chosen,
            is_visible: erasure.is_visible,
            opacity: erasure.opacity,
        })
    }
}
