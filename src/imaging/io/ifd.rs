//! The directory structure that TIFF files and EXIF blocks share: tags with typed values, and directories below.
//!
//! Reading never fails loudly: what points outside of the bytes is left out. It knows nothing of pixels.

/// The byte order of a TIFF structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(super) fn u16(self, value: u16) -> [u8; 2] {
        if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    pub(super) fn u32(self, value: u32) -> [u8; 4] {
        if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }
}

/// Value types by their number in the file.
pub(super) const BYTE: u16 = 1;
pub(super) const SHORT: u16 = 3;
pub(super) const LONG: u16 = 4;
pub(super) const RATIONAL: u16 = 5;
pub(super) const UNDEFINED: u16 = 7;

pub(super) const EXIF_POINTER: u16 = 34665;
pub(super) const GPS_POINTER: u16 = 34853;
const INTEROP_POINTER: u16 = 40965;

/// Directories lie at most this deep: IFD0, EXIF, interoperability.
const MAX_DEPTH: u32 = 3;

/// A TIFF structure to be read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) order: ByteOrder,
}

/// Where an entry lies and what it says of its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryAt {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u32,
    /// Position of the value's first byte: inside of the entry when it has at most four bytes.
    pub(super) at: usize,
    /// Bytes of the value.
    pub(super) len: usize,
}

impl<'a> Reader<'a> {
    /// The structure and the position of its first directory; `None` for anything but classic TIFF.
    pub(super) fn new(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let order = match bytes.get(..4)? {
            [b'I', b'I', 42, 0] => ByteOrder::Little,
            [b'M', b'M', 0, 42] => ByteOrder::Big,
            _ => return None,
        };
        let reader = Self { bytes, order };
        let first = reader.u32(4)? as usize;
        Some((reader, first))
    }

    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.order == ByteOrder::Little { u16::from_le_bytes(*bytes) } else { u16::from_be_bytes(*bytes) })
    }

    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.order == ByteOrder::Little { u32::from_le_bytes(*bytes) } else { u32::from_be_bytes(*bytes) })
    }

    /// The entries of the directory at `at` whose values lie inside of the bytes.
    pub(super) fn entries(&self, at: usize) -> Vec<EntryAt> {
        let count = self.u16(at).unwrap_or(0);
        (0..usize::from(count)).filter_map(|index| self.entry(at + 2 + 12 * index)).collect()
    }

    /// The position of the directory after the one at `at`.
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        let link = self.next_link(at)?;
        self.u32(link).map(|next| next as usize).filter(|&next| next != 0)
    }

    /// The position of the field that says where the directory after the one at `at` is.
    pub(super) fn next_link(&self, at: usize) -> Option<usize> {
        Some(at + 2 + 12 * usize::from(self.u16(at)?))
    }

    /// The bytes of an entry's value.
    pub(super) fn value(&self, entry: EntryAt) -> &'a [u8] {
        self.bytes.get(entry.at..entry.at + entry.len).unwrap_or_default()
    }

    /// The first number of an entry of unsigned numbers.
    pub(super) fn number(&self, entry: EntryAt) -> Option<u32> {
        self.numbers(entry).next()
    }

    /// The numbers of an entry of unsigned numbers; none of another kind.
    pub(super) fn numbers(self, entry: EntryAt) -> impl Iterator<Item = u32> {
        let each = match entry.kind {
            BYTE => 1,
            SHORT => 2,
            LONG => 4,
            _ => 0,
        };
        let count = entry.len.checked_div(each).unwrap_or(0);
        (0..count).filter_map(move |index| match each {
            1 => self.bytes.get(entry.at + index).map(|&value| u32::from(value)),
            2 => self.u16(entry.at + 2 * index).map(u32::from),
            _ => self.u32(entry.at + 4 * index),
        })
    }

    /// The first fraction of an entry, if it is finite and positive.
    pub(super) fn fraction(&self, entry: EntryAt) -> Option<f32> {
        if entry.kind != RATIONAL || entry.count == 0 {
            return None;
        }
        let (over, under) = (self.u32(entry.at)?, self.u32(entry.at + 4)?);
        (over != 0 && under != 0).then(|| (f64::from(over) / f64::from(under)) as f32)
    }

    /// Pixels per inch as the directory at `at` says.
    pub(super) fn density(&self, at: usize) -> Option<(f32, f32)> {
        let entries = self.entries(at);
        let find = |tag| entries.iter().copied().find(|entry| entry.tag == tag);
        let unit = find(296).and_then(|entry| self.number(entry)).unwrap_or(2);
        let scale = match unit {
            2 => 1.0,
            3 => 2.54,
            _ => return None,
        };
        let (x, y) = (self.fraction(find(282)?)?, self.fraction(find(283)?)?);
        Some((x * scale, y * scale))
    }

    fn entry(&self, at: usize) -> Option<EntryAt> {
        let (tag, kind, count) = (self.u16(at)?, self.u16(at + 2)?, self.u32(at + 4)?);
        let len = usize::try_from(u64::from(count) * kind_len(kind)?).ok()?;
        let at = if len <= 4 { at + 8 } else { self.u32(at + 8)? as usize };
        (at.checked_add(len)? <= self.bytes.len()).then_some(EntryAt { tag, kind, count, at, len })
    }

    /// The directory at `at` with its values; entries of the top level for which `keep` does not hold are left out.
    pub(super) fn tree(&self, at: usize, keep: impl Fn(u16) -> bool) -> Directory {
        // Entries of a legal structure do not overlap. The budget keeps a hostile one, whose entries all name the
        // same bytes, from growing.
        let mut budget = self.bytes.len().min(64 << 20);
        self.subtree(at, 1, &mut budget, &keep)
    }

    fn subtree(&self, at: usize, depth: u32, budget: &mut usize, keep: &dyn Fn(u16) -> bool) -> Directory {
        let mut directory = Directory::default();
        for entry in self.entries(at) {
            if !keep(entry.tag) || entry.len > *budget || directory.entries.len() >= 4096 {
                continue;
            }
            *budget -= entry.len;
            let value = match (is_pointer(entry.tag), self.number(entry)) {
                (true, Some(below)) if depth < MAX_DEPTH => {
                    Value::Below(self.subtree(below as usize, depth + 1, budget, &|_| true))
                }
                (true, _) => continue,
                (false, _) => Value::Bytes(self.value(entry).to_vec()),
            };
            directory.entries.push(Entry { tag: entry.tag, kind: entry.kind, count: entry.count, value });
        }
        directory
    }
}

/// A directory to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
}

/// A tag with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u32,
    pub(super) value: Value,
}

/// An entry's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// In the byte order of the structure.
    Bytes(Vec<u8>),
    /// A directory that the entry points to.
    Below(Directory),
}

impl Directory {
    /// Adds or replaces a value, given in the byte order of the structure.
    pub(super) fn set(&mut self, tag: u16, kind: u16, bytes: Vec<u8>) {
        let count = bytes.len() as u64 / kind_len(kind).unwrap_or(1);
        self.entries.retain(|entry| entry.tag != tag);
        self.entries.push(Entry { tag, kind, count: count as u32, value: Value::Bytes(bytes) });
    }

    /// The directory as bytes that will lie at `base` (even) of the file, values and directories below included.
    pub(super) fn to_bytes(&self, order: ByteOrder, base: usize) -> Vec<u8> {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| entry.tag);
        entries.dedup_by_key(|entry| entry.tag);
        let mut head = Vec::with_capacity(6 + 12 * entries.len());
        let mut tail = Vec::new();
        let tail_at = base + 6 + 12 * entries.len();
        head.extend(order.u16(entries.len() as u16));
        for entry in entries {
            head.extend(order.u16(entry.tag));
            let at = tail_at + tail.len();
            match &entry.value {
                Value::Bytes(bytes) => {
                    head.extend(order.u16(entry.kind));
                    head.extend(order.u32(entry.count));
                    if bytes.len() <= 4 {
                        head.extend(bytes);
                        head.resize(head.len() + 4 - bytes.len(), 0);
                        continue;
                    }
                    head.extend(order.u32(at as u32));
                    tail.extend(bytes);
                }
                Value::Below(below) => {
                    head.extend(order.u16(LONG));
                    head.extend(order.u32(1));
                    head.extend(order.u32(at as u32));
                    tail.extend(below.to_bytes(order, at));
                }
            }
            tail.resize(tail.len().next_multiple_of(2), 0);
        }
        head.extend([0; 4]);
        head.extend(tail);
        head
    }
}

const fn is_pointer(tag: u16) -> bool {
    matches!(tag, EXIF_POINTER | GPS_POINTER | INTEROP_POINTER)
}

const fn kind_len(kind: u16) -> Option<u64> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_survives_being_written_and_read() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let mut exif = Directory::default();
            exif.set(33434, RATIONAL, [order.u32(1), order.u32(250)].concat());
            let mut top = Directory::default();
            top.set(271, 2, b"Maker of things\0".to_vec());
            let pointer = Entry { tag: EXIF_POINTER, kind: LONG, count: 1, value: Value::Below(exif) };
            top.entries.push(pointer);
            let mark: &[u8] = if order == ByteOrder::Little { b"II*\0" } else { b"MM\0*" };
            let mut bytes = [mark, &order.u32(8)].concat();
            bytes.extend(top.to_bytes(order, 8));
            let (reader, first) = Reader::new(&bytes).unwrap();
            assert_eq!(reader.tree(first, |_| true), top, "{order:?}");
        }
    }

    #[test]
    fn entries_that_share_their_bytes_do_not_multiply() {
        let order = ByteOrder::Little;
        let mut bytes = [b"II*\0".as_slice(), &order.u32(8), &order.u16(1000)].concat();
        for tag in 0..1000 {
            bytes.extend([order.u16(tag), order.u16(UNDEFINED)].concat());
            bytes.extend([order.u32(12_000), order.u32(0)].concat());
        }
        bytes.extend([0; 4]);
        let (reader, first) = Reader::new(&bytes).unwrap();
        assert!(reader.tree(first, |_| true).entries.len() <= 2, "no more than the file's own size");
    }
}
