//! Where weights are looked for.

use std::path::{Path, PathBuf};

use super::MANIFEST;

/// The environment variable that names further folders of weights.
pub const ENV_FOLDERS: &str = "PENTIMENTO_WEIGHTS";

/// The folders to look into, the most important first: `asked` (what `--weights` says), those of `PENTIMENTO_WEIGHTS`, the
/// user's own, and the one that came with the program. Not all of them need exist.
#[must_use]
pub fn folders(asked: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = asked.map(Path::to_path_buf).into_iter().collect();
    if let Some(named) = std::env::var_os(ENV_FOLDERS) {
        folders.extend(std::env::split_paths(&named).filter(|folder| !folder.as_os_str().is_empty()));
    }
    folders.extend(user_folder());
    folders.extend(shipped_folder());
    folders
}

/// Where models go that the user imports or trains; `None` where the system names no such place.
#[must_use]
pub fn user_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "Pentimento").map(|folders| folders.data_local_dir().join("weights"))
}

/// The folder that came with the program: beside the binary, where a package puts it, or (from `target/release`) in the
/// source tree; in development builds also in the tree that was compiled.
fn shipped_folder() -> Option<PathBuf> {
    let binary = std::env::current_exe().ok()?;
    let above = binary.ancestors().skip(1).take(3);
    let mut places: Vec<PathBuf> = above.map(|folder| folder.join("weights")).collect();
    places.extend(binary.parent().map(|folder| folder.join("../share/pentimento/weights")));
    if cfg!(debug_assertions) {
        places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("weights"));
    }
    places.into_iter().find(|folder| folder.join(MANIFEST).is_file())
}
