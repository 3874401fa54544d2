//! Names of files to write: pure functions of names, without a look at the disk.

use std::path::{Path, PathBuf};

use crate::imaging::FileFormat;
use crate::worker::SaveFormat;

/// The name of copy number `number` (from 1) of `source`, beside it: `cat (erased).jpg`, `cat (erased 2).jpg`, …
/// A copy's copy counts on instead of growing another bracket.
#[must_use]
pub fn copy_name(source: &Path, format: FileFormat, number: u32) -> PathBuf {
    let stem = source.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let base = stem.rfind(" (erased").filter(|_| stem.ends_with(')')).map_or(stem.as_str(), |at| &stem[..at]);
    let same = source.extension().map(|e| e.to_string_lossy().into_owned());
    let same = same.filter(|extension| FileFormat::from_extension(extension) == Some(format));
    let extension = same.unwrap_or_else(|| format.extension().to_owned());
    let count = if number > 1 { format!(" {number}") } else { String::new() };
    source.with_file_name(format!("{base} (erased{count}).{extension}"))
}

/// How to write a picture to `path` that was read as `source`; `None` when the name's ending names no format.
#[must_use]
pub fn format_for(path: &Path, source: FileFormat) -> Option<SaveFormat> {
    let format = FileFormat::from_extension(&path.extension()?.to_string_lossy())?;
    Some(if format == source { SaveFormat::AsSource } else { SaveFormat::As { format, quality: None } })
}

/// `path` with `extension` put on when it has another one or none.
#[must_use]
pub fn with_extension(path: PathBuf, wanted: &[&str]) -> PathBuf {
    let has = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let fits = has.is_some_and(|has| wanted.contains(&has.as_str()));
    match wanted.first() {
        Some(extension) if !fits => {
            let mut name = path.into_os_string();
            name.push(".");
            name.push(extension);
            PathBuf::from(name)
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_never_has_its_source_s_name() {
        let name = |source: &str, number| copy_name(Path::new(source), FileFormat::Jpeg, number);
        assert_eq!(name("/p/cat.JPG", 1), Path::new("/p/cat (erased).JPG"), "the ending stays as it was");
        assert_eq!(name("/p/cat.jpg", 3), Path::new("/p/cat (erased 3).jpg"), "counted");
        assert_eq!(name("/p/cat (erased).jpg", 2), Path::new("/p/cat (erased 2).jpg"), "a copy's copy");
        assert_eq!(name("/p/cat.pentimento", 1), Path::new("/p/cat (erased).jpg"), "a session's picture");
        assert_eq!(name("cat", 1), Path::new("cat (erased).jpg"), "no ending");
    }

    #[test]
    fn endings_decide_the_format() {
        assert_eq!(format_for(Path::new("a.jpeg"), FileFormat::Jpeg), Some(SaveFormat::AsSource), "as it was");
        let png = SaveFormat::As { format: FileFormat::Png, quality: None };
        assert_eq!(format_for(Path::new("a.PNG"), FileFormat::Jpeg), Some(png), "another");
        assert_eq!(format_for(Path::new("a.doc"), FileFormat::Jpeg), None, "none that can be written");
        assert_eq!(with_extension("a.b".into(), &["png"]), Path::new("a.b.png"), "put on");
        assert_eq!(with_extension("a.PNG".into(), &["png"]), Path::new("a.PNG"), "there already");
    }
}
