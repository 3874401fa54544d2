//! A document put together again from an outline and its parts, none of which is trusted.
//!
//! Whatever is about to be allocated is charged to a budget first, so a small file that claims to be large is refused
//! before it costs anything.

use std::collections::HashMap;
use std::sync::Arc;

use super::outline::{BlobOutline, ErasureOutline, MaskOutline, Outline, PhotoOutline};
use super::parts::{Layout, PartKind, frame_from_bytes, patch_byte_len, patch_from_bytes};
use super::session_error::{SessionFault, SessionLimits};
use super::{Candidate, Document, Erasure};
use crate::imaging::mask::TILE;
use crate::imaging::{Mask, Metadata, Patch, Photo};

const TILE_LEN: usize = (TILE * TILE) as usize;

/// No side of a photo is longer, so that coordinates fit `i32` with room for margins.
const MAX_SIDE: u32 = 1 << 24;

/// Where parts come from.
pub(super) trait PartSource {
    /// The bytes of part `number`, exactly `len` of them, or a fault.
    fn part(&mut self, kind: PartKind, number: u64, len: usize) -> Result<Vec<u8>, SessionFault>;
}

/// Puts a document together and checks its invariants.
pub(super) fn assemble(
    outline: Outline,
    source: &mut impl PartSource,
    limits: &SessionLimits,
) -> Result<Document, SessionFault> {
    let layout = checked_layout(&outline.photo, limits)?;
    let mut work = Assembling { source, layout, budget: limits.bytes, tiles: HashMap::new() };
    let photo = work.photo(outline.photo)?;
    let masks = outline.masks.iter().map(|mask| work.mask(mask)).collect::<Result<Vec<_>, _>>()?;
    let mut patches = Vec::new();
    for patch in &outline.patches {
        patches.push(work.patch(patch.rect, patch.part)?);
    }
    let mut candidates = Vec::new();
    let mut notes = outline.notes;
    for (at, candidate) in outline.candidates.iter().enumerate() {
        let patches = candidate.patches.iter().map(|&at| pick(&patches, at)).collect::<Result<_, _>>()?;
        let origin = notes.origins.get_mut(at).and_then(Option::take);
        candidates.push(Arc::new(Candidate { seed: candidate.seed, patches, origin }));
    }
    let erasures = outline.erasures.into_iter().enumerate().map(|(at, mut one)| {
        if let Some(&(detail, guide)) = notes.recipes.get(at).filter(|(_, guide)| guide.is_finite()) {
            (one.recipe.detail, one.recipe.guide) = (detail, guide.clamp(0.0, 4.0));
        }
        erasure(one, &masks, &candidates)
    });
    let document = Document {
        photo,
        holes: pick(&masks, outline.holes)?,
        sample_from: pick(&masks, outline.sample_from)?,
        sample_never: pick(&masks, outline.sample_never)?,
        erasures: erasures.collect::<Result<_, _>>()?,
        next_id: outline.next_id,
    };
    document.validate().map_err(SessionFault::Invalid)?;
    Ok(document)
}

fn checked_layout(photo: &PhotoOutline, limits: &SessionLimits) -> Result<Layout, SessionFault> {
    let size = photo.size;
    let pixels = u64::from(size.width) * u64::from(size.height);
    if pixels == 0 || !matches!(photo.bits, 8 | 16) {
        return Err(SessionFault::Broken("the photo's size or depth is impossible"));
    }
    if pixels > limits.pixels || size.width > MAX_SIDE || size.height > MAX_SIDE {
        return Err(SessionFault::TooLarge(format!("the photo has {size} pixels")));
    }
    Ok(Layout { size, model: photo.model, bits: photo.bits })
}

fn pick<T>(table: &[Arc<T>], at: usize) -> Result<Arc<T>, SessionFault> {
    table.get(at).cloned().ok_or(SessionFault::Broken("an entry of a table is missing"))
}

fn erasure(
    outline: ErasureOutline,
    masks: &[Arc<Mask>],
    candidates: &[Arc<Candidate>],
) -> Result<Arc<Erasure>, SessionFault> {
    Ok(Arc::new(Erasure {
        id: outline.id,
        holes: pick(masks, outline.holes)?,
        sample_from: outline.sample_from.map(|at| pick(masks, at)).transpose()?,
        sample_never: outline.sample_never.map(|at| pick(masks, at)).transpose()?,
        recipe: outline.recipe,
        candidates: outline.candidates.iter().map(|&at| pick(candidates, at)).collect::<Result<_, _>>()?,
        chosen: outline.chosen,
        is_visible: outline.is_visible,
        opacity: outline.opacity,
    }))
}

struct Assembling<'a, S> {
    source: &'a mut S,
    layout: Layout,
    budget: u64,
    tiles: HashMap<u64, Arc<[u8]>>,
}

impl<S: PartSource> Assembling<'_, S> {
    fn charge(&mut self, bytes: u64) -> Result<(), SessionFault> {
        let left = self.budget.checked_sub(bytes);
        self.budget = left.ok_or_else(|| SessionFault::TooLarge("its parts exceed the limit of memory".to_owned()))?;
        Ok(())
    }

    fn part(&mut self, kind: PartKind, number: u64, len: u64) -> Result<Vec<u8>, SessionFault> {
        self.charge(len)?;
        let len = usize::try_from(len)
            .map_err(|_too_large| SessionFault::TooLarge("a part exceeds all memory".to_owned()))?;
        let bytes = self.source.part(kind, number, len)?;
        if bytes.len() == len { Ok(bytes) } else { Err(SessionFault::Broken("a part is too short or too long")) }
    }

    fn photo(&mut self, outline: PhotoOutline) -> Result<Photo, SessionFault> {
        let bytes = self.part(PartKind::Photo, outline.samples, self.layout.byte_len())?;
        let frame = frame_from_bytes(bytes, self.layout).ok_or(SessionFault::Broken("the photo is incomplete"))?;
        // Tables of another length cannot be used; the photo is as good without them.
        let is_usable = |coding: &crate::imaging::JpegCoding| {
            let (x, y) = coding.sampling;
            coding.tables.iter().all(|table| matches!(table.len(), 0 | 64))
                && (1..=4).contains(&x)
                && (1..=4).contains(&y)
        };
        let metadata = Metadata {
            format: outline.format,
            icc: self.blob(outline.icc)?,
            exif: self.blob(outline.exif)?,
            xmp: self.blob(outline.xmp)?,
            density: outline.density,
            jpeg: outline.jpeg.filter(is_usable),
        };
        Ok(Photo { frame, metadata: Arc::new(metadata) })
    }

    fn blob(&mut self, outline: Option<BlobOutline>) -> Result<Option<Vec<u8>>, SessionFault> {
        outline.map(|blob| self.part(PartKind::Blob, blob.part, blob.len)).transpose()
    }

    fn mask(&mut self, outline: &MaskOutline) -> Result<Arc<Mask>, SessionFault> {
        let size = self.layout.size;
        let places = size.width.div_ceil(TILE) as usize * size.height.div_ceil(TILE) as usize;
        // Even an empty mask has a table of its places, which many masks of a huge photo would make a bomb of.
        self.charge((places * size_of::<Option<Arc<[u8]>>>()) as u64)?;
        let mut tiles = vec![None; places];
        for &(place, part) in &outline.tiles {
            let slot = tiles.get_mut(place as usize).ok_or(SessionFault::Broken("a mask is larger than the photo"))?;
            *slot = Some(self.tile(part)?);
        }
        let mask = Mask::from_tiles(size, tiles);
        mask.map(Arc::new).ok_or(SessionFault::Broken("a mask covers more than the photo"))
    }

    fn tile(&mut self, number: u64) -> Result<Arc<[u8]>, SessionFault> {
        if let Some(tile) = self.tiles.get(&number) {
            return Ok(Arc::clone(tile));
        }
        let tile: Arc<[u8]> = self.part(PartKind::Tile, number, TILE_LEN as u64)?.into();
        self.tiles.insert(number, Arc::clone(&tile));
        Ok(tile)
    }

    fn patch(&mut self, rect: crate::imaging::PixelRect, number: u64) -> Result<Arc<Patch>, SessionFault> {
        if rect.is_empty() || !self.layout.size.rect().contains_rect(rect) {
            return Err(SessionFault::Broken("a patch lies outside of the photo"));
        }
        let bytes = self.part(PartKind::Patch, number, patch_byte_len(rect, self.layout))?;
        let patch = patch_from_bytes(bytes, rect, self.layout);
        patch.map(Arc::new).ok_or(SessionFault::Broken("a patch is incomplete"))
    }
}
