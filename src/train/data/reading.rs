//! Pictures of a source read one after the other, for those who measure and do not train.

use super::Source;
use crate::imaging::{Frame, Place, cut};

/// The middle square of a picture, and what the picture is known to show.
#[derive(Clone, Debug)]
pub struct Square {
    /// At the side that was asked for.
    pub frame: Frame,
    /// The class of each of the source's groups.
    pub classes: Vec<usize>,
}

/// Reads pictures, one at a time; what cannot be read gives the reason in a line that begins with its name.
#[derive(Debug)]
pub struct Reading {
    source: Source,
    groups: Vec<(String, Vec<String>)>,
    side: u32,
    /// The next picture, and from one to the next.
    next: usize,
    stride: usize,
    left: usize,
    count: usize,
}

impl Reading {
    /// The first `count` pictures of `source`, or all where there are fewer.
    #[must_use]
    pub fn first(source: Source, count: usize, side: u32) -> Self {
        let count = count.min(source.len());
        Self { groups: source.groups(), source, side, next: 0, stride: 1, left: count, count }
    }

    /// `count` pictures from all over `source`: folders lie one after the other, and some of each are wanted.
    #[must_use]
    pub fn spread(source: Source, count: usize, side: u32) -> Self {
        let stride = if source.is_endless() { 1 } else { (source.len() / count.max(1)).max(1) };
        Self { stride, ..Self::first(source, count, side) }
    }

    /// What the pictures can be told apart by: see [`Source::groups`].
    #[must_use]
    pub fn groups(&self) -> &[(String, Vec<String>)] {
        &self.groups
    }

    /// How much of it is done.
    #[must_use]
    pub fn fraction(&self) -> f32 {
        1.0 - self.left as f32 / self.count.max(1) as f32
    }
}

impl Iterator for Reading {
    type Item = Result<Square, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let at = self.next;
        self.next += self.stride;
        let square = self.source.decode(at).map(|frame| Square {
            frame: cut(&frame, Place::middle(frame.size()), self.side),
            classes: self.source.classes(at, &self.groups),
        });
        Some(square.map_err(|reason| format!("{} is left out: {reason}", self.source.name(at))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::io::{self, Encoding};
    use crate::imaging::{ColorModel, FileFormat, Metadata, Samples, Size};

    #[test]
    fn folders_are_classes_and_some_of_each_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in [("a/1.png", 10), ("a/2.png", 20), ("b/1.png", 30), ("b/2.png", 40)] {
            let size = Size::new(6, 4);
            let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![value; size.area()])).unwrap();
            let bytes = io::encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap();
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        std::fs::write(folder.path().join("b/3.png"), b"no picture").unwrap();
        let open = || Source::open(folder.path()).unwrap();
        let mut spread = Reading::spread(open(), 2, 4);
        assert_eq!(spread.groups(), [("folder".to_owned(), vec!["a".to_owned(), "b".to_owned()])], "by folders");
        let squares: Vec<Square> = spread.by_ref().map(|square| square.unwrap()).collect();
        let classes: Vec<usize> = squares.iter().map(|square| square.classes[0]).collect();
        assert_eq!((classes, spread.fraction()), (vec![0, 1], 1.0), "one of each");
        assert_eq!(squares[0].frame.size(), Size::new(4, 4), "the middle square at the side that is wanted");
        let first: Vec<_> = Reading::first(open(), 9, 4).collect();
        assert_eq!(first.len(), 5, "no more than there are");
        let reason = first[4].as_ref().map(|_| ()).unwrap_err();
        assert!(reason.starts_with("b/3.png is left out: "), "{reason}");
    }
}
