//! Contents put together again from an outline and its parts, none of which is trusted.
//!
//! Whatever is about to be allocated is charged to a budget first, so a small file that claims to be large is refused
//! before it costs anything.

use std::collections::HashMap;
use std::sync::Arc;

use super::explore_assembly::assemble_exploration;
use super::outline::{BlobOutline, ContentsOutline, ErasureOutline, MaskOutline, Outline, PhotoOutline};
use super::parts::{Layout, PartKind, frame_from_bytes, patch_byte_len, patch_from_bytes};
use super::session_error::{SessionFault, SessionLimits};
use super::sketch_assembly::assemble_sketch;
use super::{Candidate, Contents, Document, Erasure};
use crate::imaging::mask::TILE;
use crate::imaging::{Frame, JpegCoding, Mask, Metadata, Patch, Photo, PixelRect, Size};

const TILE_LEN: usize = (TILE * TILE) as usize;

/// No side of a photo is longer, so that coordinates fit `i32` with room for margins.
const MAX_SIDE: u32 = 1 << 24;

/// Where parts come from.
pub(super) trait PartSource {
    /// The bytes of part `number`, exactly `len` of them, or a fault.
    fn part(&mut self, kind: PartKind, number: u64, len: usize) -> Result<Vec<u8>, SessionFault>;
}

/// Puts contents together and checks their invariants.
pub(super) fn assemble(
    outline: ContentsOutline,
    source: &mut impl PartSource,
    limits: &SessionLimits,
) -> Result<Contents, SessionFault> {
    let mut work = Assembling { source, budget: limits.bytes, tiles: HashMap::new(), frames: Vec::new() };
    let document = outline.document.map(|outline| assemble_document(outline, &mut work, limits)).transpose()?;
    let exploration =
        outline.exploration.map(|outline| assemble_exploration(outline, &mut work, limits)).transpose()?;
    let sketch = outline.sketch.map(|outline| assemble_sketch(outline, &mut work)).transpose()?;
    let contents = Contents { document, exploration, sketch };
    contents.validate()?;
    Ok(contents)
}

fn assemble_document<S: PartSource>(
    outline: Outline,
    work: &mut Assembling<'_, S>,
    limits: &SessionLimits,
) -> Result<Document, SessionFault> {
    let layout = checked_layout(&outline.photo, limits)?;
    let photo = work.photo(outline.photo, layout)?;
    let masks = outline.masks.iter().map(|mask| work.mask(mask, layout.size)).collect::<Result<Vec<_>, _>>()?;
    let mut patches = Vec::new();
    for patch in &outline.patches {
        patches.push(work.patch(patch.rect, patch.part, layout)?);
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
    Ok(Document {
        photo,
        holes: pick(&masks, outline.holes)?,
        sample_from: pick(&masks, outline.sample_from)?,
        sample_never: pick(&masks, outline.sample_never)?,
        erasures: erasures.collect::<Result<_, _>>()?,
        next_id: outline.next_id,
    })
}

/// How the samples of a photo lie in bytes, if that is possible and allowed.
pub(super) fn checked_layout(photo: &PhotoOutline, limits: &SessionLimits) -> Result<Layout, SessionFault> {
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

/// An entry of a table.
pub(super) fn pick<T: Clone>(table: &[T], at: usize) -> Result<T, SessionFault> {
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

/// Contents that come together: what is left of the budget, and what several may share.
pub(super) struct Assembling<'a, S> {
    source: &'a mut S,
    budget: u64,
    tiles: HashMap<u64, Arc<[u8]>>,
    /// Photos by their part: a document and an exploration may have the same one.
    frames: Vec<(u64, Layout, Frame)>,
}

impl<S: PartSource> Assembling<'_, S> {
    fn charge(&mut self, bytes: u64) -> Result<(), SessionFault> {
        let left = self.budget.checked_sub(bytes);
        self.budget = left.ok_or_else(|| SessionFault::TooLarge("its parts exceed the limit of memory".to_owned()))?;
        Ok(())
    }

    /// The bytes of a part, charged to the budget.
    pub(super) fn part(&mut self, kind: PartKind, number: u64, len: u64) -> Result<Vec<u8>, SessionFault> {
        self.charge(len)?;
        let len = usize::try_from(len)
            .map_err(|_too_large| SessionFault::TooLarge("a part exceeds all memory".to_owned()))?;
        let bytes = self.source.part(kind, number, len)?;
        if bytes.len() == len { Ok(bytes) } else { Err(SessionFault::Broken("a part is too short or too long")) }
    }

    pub(super) fn photo(&mut self, outline: PhotoOutline, layout: Layout) -> Result<Photo, SessionFault> {
        let frame = self.frame(outline.samples, layout)?;
        // Tables of another length cannot be used; the photo is as good without them.
        let is_usable = |coding: &JpegCoding| {
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

    fn frame(&mut self, number: u64, layout: Layout) -> Result<Frame, SessionFault> {
        let known = self.frames.iter().find(|(known, laid, _)| (*known, *laid) == (number, layout));
        if let Some((.., frame)) = known {
            return Ok(frame.clone());
        }
        let bytes = self.part(PartKind::Photo, number, layout.byte_len())?;
        let frame = frame_from_bytes(bytes, layout).ok_or(SessionFault::Broken("the photo is incomplete"))?;
        self.frames.push((number, layout, frame.clone()));
        Ok(frame)
    }

    fn blob(&mut self, outline: Option<BlobOutline>) -> Result<Option<Vec<u8>>, SessionFault> {
        outline.map(|blob| self.part(PartKind::Blob, blob.part, blob.len)).transpose()
    }

    /// A mask of a photo of `size`.
    pub(super) fn mask(&mut self, outline: &MaskOutline, size: Size) -> Result<Arc<Mask>, SessionFault> {
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

    /// A patch over a photo of `layout`.
    pub(super) fn patch(&mut self, rect: PixelRect, number: u64, layout: Layout) -> Result<Arc<Patch>, SessionFault> {
        if rect.is_empty() || !layout.size.rect().contains_rect(rect) {
            return Err(SessionFault::Broken("a patch lies outside of the photo"));
        }
        let bytes = self.part(PartKind::Patch, number, patch_byte_len(rect, layout))?;
        let patch = patch_from_bytes(bytes, rect, layout);
        patch.map(Arc::new).ok_or(SessionFault::Broken("a patch is incomplete"))
    }
}
