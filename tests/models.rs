//! `pentimento models` as people and scripts meet it: list, info, verify and import, with a folder of weights of their own.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder to work in, with an empty one for weights.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path("weights")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(line.split_whitespace()).current_dir(self.folder.path()).stdin(Stdio::null());
        // Nobody's own models, and no place to put any.
        command.env("HOME", self.path("home")).env_remove("XDG_DATA_HOME").env_remove("PENTIMENTO_WEIGHTS");
        command.env_remove("RUST_LOG").env("RUST_BACKTRACE", "1");
        command.output().unwrap()
    }

    fn succeed(&self, line: &str) -> String {
        let output = self.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "{line}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.succeed(line)).unwrap()
    }

    /// Exit 1 with one line on stderr that holds all of `words`; returns what is on stdout.
    fn fail(&self, line: &str, words: &[&str]) -> String {
        let output = self.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "{line}: {errors}");
        for word in words {
            assert!(errors.contains(word), "{line}: no {word:?} in: {errors}");
        }
        String::from_utf8(output.stdout).unwrap()
    }

    fn import(&self, checkpoint: &str, family: &str, name: &str) -> String {
        let file = checkpoints().join(checkpoint);
        self.succeed(&format!("models import {} --as {family} --name {name} --weights weights", file.display()))
    }
}

fn checkpoints() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints")
}

fn named<'a>(told: &'a Value, name: &str) -> &'a Value {
    told["models"].as_array().unwrap().iter().find(|model| model["name"] == name).unwrap()
}

#[test]
fn what_is_imported_is_listed_told_and_verified() {
    let desk = Desk::new();
    let told = desk.import("ada.pt", "comodgan", "mine");
    assert!(told.contains("mine") && told.contains("16 pixels") && told.contains("blur"), "{told}");
    let told = desk.import("port.pth", "comodgan", "port");
    assert!(told.contains("filled in") && told.contains("noise"), "{told}");
    let told = desk.import("stylegan2_run.pth", "stylegan2", "styled");
    for words in ["styled (stylegan2, 16 pixels)", "million parameters, and a discriminator", "mean style", "blur"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    desk.import("migan.pt", "migan", "fast");
    let told = desk.json("models list --json --weights weights");
    let mine = named(&told, "mine");
    assert_eq!(
        (&mine["family"], &mine["resolution"], &mine["weights"]),
        (&"comodgan".into(), &16.into(), &true.into())
    );
    assert_eq!(named(&told, "fast")["family"], "migan");
    assert_eq!(&desk.json("models info mine --json --weights weights"), mine, "one of them");
    assert!(named(&told, "exemplar")["resolution"].is_null());
    let info = desk.succeed("models info mine --weights weights");
    for words in ["mine.safetensors", "imported from ada.pt", "million parameters", "not used, the fixed blur"] {
        assert!(info.contains(words), "no {words:?} in {info}");
    }
    assert!(mine["card"]["parameters"].as_u64().is_some_and(|count| count > 0), "{mine}");
    let list = desk.succeed("models list --weights weights");
    assert!(list.lines().any(|line| line.starts_with("fast ") && line.contains("16 pixels")), "{list}");
    let verdicts = desk.json("models verify --json --weights weights");
    for name in ["mine", "port", "styled", "fast"] {
        assert_eq!(named(&verdicts, name)["ok"], true, "{verdicts}");
    }
}

#[test]
fn damaged_weights_are_found() {
    let desk = Desk::new();
    desk.import("ada.pt", "comodgan", "mine");
    desk.import("migan.pt", "migan", "fast");
    let path = desk.path("weights/mine.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let told = desk.fail("models verify --weights weights", &["1 of"]);
    assert!(told.contains("mine: ") && told.contains("checksum") && told.contains("fast: as it should be"), "{told}");
    let told = desk.fail("models verify mine --json --weights weights", &["1 of 1"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert!(named(&told, "mine")["problem"].as_str().unwrap().contains("checksum"), "{told}");
    assert!(desk.succeed("models verify fast --weights weights").contains("as it should be"));
    fs::write(desk.path("weights/manifest.toml"), "[[model]]\nname = 1").unwrap();
    for line in ["models list --weights weights", "models verify --weights weights"] {
        assert_eq!(desk.fail(line, &["line 2", "manifest.toml"]), "", "{line}");
    }
}

#[test]
fn imports_that_cannot_be_get_sentences() {
    let desk = Desk::new();
    desk.import("ada.pt", "comodgan", "mine");
    let before = fs::read(desk.path("weights/manifest.toml")).unwrap();
    let import = |file: &str, family: &str, name: &str| {
        let file = checkpoints().join(file);
        format!("models import {} --as {family} --name {name} --weights weights", file.display())
    };
    desk.fail(&import("ada.pt", "comodgan", "mine"), &["mine", "already"]);
    desk.fail(&import("ada.pt", "comodgan", "exemplar"), &["exemplar", "already"]);
    desk.fail(&import("ada.pt", "comodgan", "../mine"), &["name"]);
    desk.fail(&import("ada.pt", "migan", "other"), &["migan", "ada.pt"]);
    desk.fail(&import("harm.pt", "comodgan", "other"), &["system", "harm.pt"]);
    desk.fail(&import("nowhere.pt", "comodgan", "other"), &["nowhere.pt"]);
    desk.fail("models verify oracle --weights weights", &["oracle", "mine"]);
    desk.fail("models info oracle --weights weights", &["oracle", "mine", "exemplar"]);
    for line in [
        "models import x.pt",
        "models import x.pt --as toaster --name x",
        "models import x.pt --as comodgan --name x --mask white",
    ] {
        assert_eq!(desk.run(line).status.code(), Some(2), "{line}");
    }
    assert_eq!(fs::read(desk.path("weights/manifest.toml")).unwrap(), before, "nothing was written");
    assert_eq!(fs::read_dir(desk.path("weights")).unwrap().count(), 2, "nor any file");
    assert!(!desk.path("pentimento-was-here").exists(), "nothing was run");
}

#[test]
fn imports_go_to_the_users_own_folder_by_default() {
    let desk = Desk::new();
    let file = checkpoints().join("migan.pt");
    let told = desk.json(&format!("models import {} --as migan --name own --json --licence MIT", file.display()));
    assert_eq!((&told["model"]["name"], &told["model"]["licence"]), (&"own".into(), &"MIT".into()));
    assert_eq!(told["ignored"].as_array().unwrap().len(), 10, "{told}");
    let told = desk.json("models list --json");
    assert!(Path::new(named(&told, "own")["file"].as_str().unwrap()).starts_with(desk.path("home")), "{told}");
    assert!(desk.fail("models list --weights weights/nowhere", &["nowhere"]).is_empty());
}
