//! The one table of what the window says, in English and Korean.
//!
//! `assets/text/*.ftl` hold the sentences in Fluent's format. A key that a language lacks is looked up in English; one
//! that English lacks shows itself, so that a slip is seen and nothing panics.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::library;

/// A language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumIter)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// Its name in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
        }
    }

    /// The language of the system: what `LC_ALL`, `LC_MESSAGES` or `LANG` name first.
    #[must_use]
    pub fn of_system() -> Self {
        let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        if named.is_some_and(|value| value.starts_with("ko")) { Self::Korean } else { Self::English }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../assets/text/en.ftl"),
            Self::Korean => include_str!("../../assets/text/ko.ftl"),
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }
}

impl From<library::Language> for Language {
    fn from(chosen: library::Language) -> Self {
        match chosen {
            library::Language::Auto => Self::of_system(),
            library::Language::En => Self::English,
            library::Language::Ko => Self::Korean,
        }
    }
}

/// The sentences of one language.
pub struct Text {
    language: Language,
    chosen: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl Text {
    /// The table for `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, chosen: bundle(language), english: bundle(Language::English) }
    }

    /// Which language it is.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence named `key`; `key.attribute` names an attribute of a message.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.format(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// The sentence named `key`, if there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<String> {
        self.format(key, None)
    }

    /// The sentence named `key` with its variables replaced.
    #[must_use]
    pub fn with(&self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, value.to_fluent());
        }
        self.format(key, Some(&fluent)).unwrap_or_else(|| key.to_owned())
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        format_in(&self.chosen, key, args).or_else(|| format_in(&self.english, key, args))
    }
}

/// What replaces a variable.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// Words.
    Words(&'a str),
    /// A number; the language decides its plural.
    Number(f64),
}

impl Arg<'_> {
    fn to_fluent(self) -> FluentValue<'static> {
        match self {
            Self::Words(words) => FluentValue::from(words.to_owned()),
            Self::Number(number) => FluentValue::from(number),
        }
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(words: &'a str) -> Self {
        Self::Words(words)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(words: &'a String) -> Self {
        Self::Words(words)
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![identifier]);
    // Marks that isolate variables for right-to-left text: neither language needs them and fonts draw them as boxes.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::warn!(?language, count = errors.len(), "some sentences of the text table are broken");
        resource
    });
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::warn!(?language, count = errors.len(), "some keys of the text table appear twice");
    }
    bundle
}

fn format_in(bundle: &FluentBundle<FluentResource>, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
    let (name, attribute) = key.split_once('.').map_or((key, None), |(name, attribute)| (name, Some(attribute)));
    let message = bundle.get_message(name)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    // A variable that is missing shows as its name; there is nothing better to do with the error.
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, args, &mut errors).into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::document::{Action, ExploreAction, SketchAction};
    use crate::ui::commands::{Command, Menu};
    use crate::ui::explore::Brush;
    use crate::ui::sketch::DrawTool;

    fn keys(language: Language) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        let mut message = String::new();
        for line in language.source().lines() {
            let Some((name, _)) = line.split_once('=') else { continue };
            let name = name.trim_end();
            if let Some(attribute) = name.trim_start().strip_prefix('.') {
                keys.insert(format!("{message}.{attribute}"));
            } else if !name.starts_with([' ', '#', '[', '*']) && !name.is_empty() {
                name.clone_into(&mut message);
                assert!(keys.insert(message.clone()), "{message} appears twice");
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_keys_and_no_broken_line() {
        assert_eq!(keys(Language::English), keys(Language::Korean), "the tables differ");
        for language in Language::iter() {
            let parsed = FluentResource::try_new(language.source().to_owned());
            assert!(parsed.is_ok(), "{language:?} has broken lines: {:?}", parsed.err().map(|(_, errors)| errors));
            let text = Text::new(language);
            for key in keys(language) {
                assert!(format_in(&text.chosen, &key, None).is_some(), "{language:?} lacks {key}");
            }
        }
    }

    #[test]
    fn every_command_menu_and_action_has_its_words() {
        let english = keys(Language::English);
        let commands = Command::iter().flat_map(|command| [command.name_key(), command.tip_key()]);
        let menus = Menu::iter().map(|menu| menu.key().to_owned());
        let actions = Action::iter().map(|action| format!("action-{}", <&str>::from(action)));
        let explored = ExploreAction::iter().map(|action| format!("explore-{}", <&str>::from(action)));
        let brushes = Brush::iter().map(Brush::key);
        let sketched = SketchAction::iter().map(|action| format!("sketch-{}", <&str>::from(action)));
        let pens = DrawTool::iter().map(DrawTool::key);
        let parts = crate::school::lessons().iter().flat_map(|lesson| &lesson.steps);
        let parts = parts.map(|step| format!("lesson-part-{}", step.part.replace(' ', "-")));
        let said = crate::worker::schooling::Reaction::iter().map(|said| format!("reaction-{}", <&str>::from(said)));
        let commands = commands.chain(parts).chain(said);
        for key in commands.chain(menus).chain(actions).chain(explored).chain(brushes).chain(sketched).chain(pens) {
            assert!(english.contains(&key), "no words for {key}");
        }
    }

    /// All keys that stand in the sources under `folder` right after one of `starts`, with the file.
    fn keys_in_sources(folder: &str, starts: &[&str]) -> Vec<(String, std::path::PathBuf)> {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                for start in starts {
                    let prefix = start.rsplit('"').next().unwrap();
                    let keys = source.split(start).skip(1).filter_map(|rest| rest.split('"').next());
                    // What holds a brace is put together while the program runs.
                    let whole = keys.filter(|key| !key.contains('{') && !key.starts_with([',', ' ', ']', ')']));
                    found.extend(whole.map(|key| (format!("{prefix}{key}"), path.clone())));
                }
            }
        }
        found
    }

    #[test]
    fn every_key_in_the_sources_has_its_words() {
        let english = keys(Language::English);
        let asked = keys_in_sources("src/ui", &[".get(\"", "text.with(\"", "show_saved(\"", "show_file(\""]);
        let failures = keys_in_sources("src", &["\"error-", "\"warning-", "stage: \"stage-"]);
        assert!(asked.len() > 50 && failures.len() > 20, "the search finds keys");
        for (key, path) in asked.into_iter().chain(failures) {
            let is_test = key.contains("no-such-key") || key == "error-" || key == "warning-";
            assert!(is_test || english.contains(&key), "{}: no words for {key}", path.display());
        }
    }

    #[test]
    fn variables_are_filled_in_and_unknown_keys_show_themselves() {
        let text = Text::new(Language::Korean);
        assert!(text.with("toast-saved", &[("file", "사진.jpg".into())]).contains("사진.jpg"), "the variable");
        assert_eq!(text.get("no-such-key"), "no-such-key", "never empty");
    }
}
