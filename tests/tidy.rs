//! The house rules that a compiler does not hold: which layer may name which, how long files and functions may be,
//! what must not be left lying about. Each failure names the file and the line.

use std::fs;
use std::path::{Path, PathBuf};

/// A module and what its files must not name: the "never" column of `ARCHITECTURE.md`.
const NEVER: &[(&str, &[&str])] = &[
    ("src/control.rs", &["crate::", "egui", "candle"]),
    ("src/logging.rs", &["crate::", "egui", "candle"]),
    (
        "src/imaging",
        &["candle", "egui", "crate::erase", "crate::document", "crate::worker", "crate::ui", "crate::library"],
    ),
    (
        "src/compute",
        &[
            "egui",
            "crate::generators",
            "crate::imaging",
            "crate::erase",
            "crate::document",
            "crate::worker",
            "crate::ui",
            "crate::cli",
        ],
    ),
    (
        "src/weights",
        &[
            "egui",
            "crate::generators",
            "crate::compute",
            "crate::erase",
            "crate::document",
            "crate::worker",
            "crate::ui",
            "crate::library",
            "crate::cli",
            "crate::train",
        ],
    ),
    (
        "src/generators",
        &[
            "egui",
            "crate::document",
            "crate::worker",
            "crate::ui",
            "crate::cli",
            "crate::train",
            "crate::eval",
            "std::fs",
        ],
    ),
    (
        "src/erase",
        &[
            "egui",
            "crate::document",
            "crate::worker",
            "crate::ui",
            "crate::library",
            "crate::cli",
            "crate::eval",
            "std::fs",
        ],
    ),
    (
        "src/latent",
        &[
            "egui",
            "clap",
            "crate::document",
            "crate::erase",
            "crate::worker",
            "crate::ui",
            "crate::library",
            "crate::cli",
            "crate::train",
            "crate::eval",
            "std::fs",
        ],
    ),
    (
        "src/sketch",
        &[
            "egui",
            "clap",
            "crate::document",
            "crate::erase",
            "crate::latent",
            "crate::worker",
            "crate::ui",
            "crate::library",
            "crate::cli",
            "crate::train",
            "crate::eval",
            "std::fs",
        ],
    ),
    (
        "src/eval",
        &[
            "egui",
            "clap",
            "crate::document",
            "crate::worker",
            "crate::ui",
            "crate::library",
            "crate::cli",
            "crate::train",
        ],
    ),
    (
        "src/document",
        &[
            "candle",
            "egui",
            "crossbeam",
            "std::thread",
            "Instant::now",
            "SystemTime::now",
            "crate::erase",
            "crate::latent",
            "crate::worker",
            "crate::ui",
        ],
    ),
    (
        "src/school",
        &[
            "egui",
            "candle",
            "clap",
            "crate::generators",
            "crate::document",
            "crate::erase",
            "crate::latent",
            "crate::worker",
            "crate::ui",
            "crate::library",
            "crate::cli",
            "Instant::now",
            "SystemTime::now",
            "std::fs",
        ],
    ),
    (
        "src/library",
        &["egui", "candle", "crate::erase", "crate::latent", "crate::worker", "crate::ui", "crate::document"],
    ),
    ("src/worker", &["egui", "crate::ui", "crate::cli"]),
    (
        "src/ui",
        &[
            "candle",
            "crate::erase",
            "crate::latent",
            "crate::cli",
            ".recv()",
            ".join()",
            "std::fs::",
            "fs::read",
            "fs::write",
        ],
    ),
    ("src/cli", &["egui"]),
];

const FILE_WANTED: usize = 400;
const FILE_LIMIT: usize = 600;
const FUNCTION_LIMIT: usize = 80;

struct Source {
    path: PathBuf,
    text: String,
}

fn sources(root: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(path: &Path, found: &mut Vec<Source>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("the folder can be read") {
            collect(&entry.expect("the entry can be read").path(), found);
        }
    } else if path.extension().is_some_and(|e| e == "rs") {
        let text = fs::read_to_string(path).expect("sources are UTF-8");
        found.push(Source { path: path.to_path_buf(), text });
    }
}

/// What is allowed in one file for the reason given there.
const ALLOWED: &[(&str, &str)] = &[
    ("src/ui/clerk.rs", ".join()"), // after the window has closed
];

/// Lines that are code: without comments, and without the tests at a file's end, which may reach further.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let body = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    body.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or(line)))
}

fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn arrows_point_down_only() {
    let mut complaints = Vec::new();
    for (module, banned) in NEVER {
        for source in sources(module) {
            for (number, line) in code_lines(&source.text) {
                let is_allowed =
                    |word: &str| ALLOWED.iter().any(|(file, allowed)| source.path.ends_with(file) && *allowed == word);
                for word in banned.iter().filter(|word| line.contains(**word) && !is_allowed(word)) {
                    complaints.push(format!("{}:{number}: {module} must not name `{word}`", source.path.display()));
                }
            }
        }
    }
    report(&complaints);
}

#[test]
fn only_the_command_line_prints() {
    let mut complaints = Vec::new();
    for source in sources("src").iter().filter(|source| !source.path.to_string_lossy().contains("/cli/")) {
        for (number, line) in code_lines(&source.text) {
            let is_print = ["println!(", "eprintln!(", "print!(", "eprint!("].iter().any(|word| line.contains(word));
            if is_print {
                complaints.push(format!("{}:{number}: only `cli` prints; use tracing", source.path.display()));
            }
        }
    }
    report(&complaints);
}

#[test]
fn files_and_functions_are_short() {
    let mut complaints = Vec::new();
    let mut long = 0;
    for source in sources("src") {
        let lines = source.text.lines().count();
        long += usize::from(lines > FILE_WANTED);
        if lines > FILE_LIMIT {
            complaints.push(format!("{}: {lines} lines, at most {FILE_LIMIT}", source.path.display()));
        }
        for (start, length) in functions(&source.text) {
            if length > FUNCTION_LIMIT {
                complaints.push(format!("{}:{start}: a function of {length} lines", source.path.display()));
            }
        }
    }
    report(&complaints);
    assert!(long <= 6, "{long} files are longer than {FILE_WANTED} lines: split one");
}

/// First line and length of each function, by the indentation that `cargo fmt` gives.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let word = line.trim_start();
        let is_function = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "const fn ", "pub const fn "]
            .iter()
            .any(|start| word.starts_with(start));
        if !is_function {
            continue;
        }
        let close = format!("{}}}", &line[..line.len() - word.len()]);
        let end = lines[at..].iter().position(|line| *line == close);
        found.extend(end.map(|length| (at + 1, length + 1)));
    }
    found
}

#[test]
fn nothing_is_left_behind() {
    // Written in two parts so that this file does not find itself.
    let words = [concat!("to", "do!("), concat!("unimpl", "emented!("), concat!("FIX", "ME"), concat!("#[ig", "nore")];
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        for (at, line) in source.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                complaints.push(format!("{}:{}: `{word}`", source.path.display(), at + 1));
            }
            if line.contains("TODO") && !line.contains("TODO(") && !source.path.ends_with("tidy.rs") {
                complaints.push(format!("{}:{}: a TODO names its owner", source.path.display(), at + 1));
            }
        }
    }
    report(&complaints);
}

#[test]
fn every_module_says_what_it_is() {
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        if !source.text.starts_with("//!") {
            complaints.push(format!("{}: begins without `//!`", source.path.display()));
        }
    }
    report(&complaints);
}
