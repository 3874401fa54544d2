//! Names, roles and memory of themes.

use super::super::tests::Formula;
use super::*;
use crate::weights::Family;

#[test]
fn names_tell_theme_and_role() {
    for (name, theme, role) in [
        ("cats", "cats", None),
        ("sketch-cats-128", "cats", None),
        ("cats-live", "cats", Some(Role::Live)),
        ("sketch-cats-128-live", "cats", Some(Role::Live)),
        ("sketch-cats-final-256", "cats", Some(Role::Best)),
        ("edges2shoes", "edges2shoes", None),
        ("sketch-", "sketch-", None),
        ("-live", "-live", None),
    ] {
        assert_eq!(theme_of(name), (theme, role), "{name}");
    }
}

fn entry(name: &str, side: u32, reads: pix2pix::Reads) -> Entry {
    let network = pix2pix::Network::ResNet(pix2pix::resnet::Config::nine_blocks(reads.channels()));
    let config = pix2pix::Config { side: side as usize, reads, is_faithful: false, has_palette: false, network };
    Entry::new(name, Family::Pix2pix, side, toml::Table::try_from(config).unwrap())
}

#[test]
fn manifests_tell_what_previews_cost_and_what_is_taken() {
    let mut problems = Vec::new();
    let entries = [
        entry("cats", 128, pix2pix::Reads::Ink),
        entry("dogs", 256, pix2pix::Reads::Ink),
        entry("old", 256, pix2pix::Reads::Picture),
    ];
    let known = themes_of(&entries, &mut problems);
    let told: Vec<_> = known.iter().map(|one| (one.info.preview_side, one.info.takes_photos)).collect();
    assert_eq!(told, [(128, false), (128, false), (128, true)], "no preview below 128 pixels; half of a slow 256");
}

#[test]
fn as_many_networks_stay_as_were_asked_for() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let all = || {
        let themes = names.map(|name| (name.to_owned(), Arc::new(Formula) as Arc<dyn Sketcher>));
        Themes::ready(themes.to_vec())
    };
    for (themes, stay) in [(all(), 2), (all().keeping(6), 6)] {
        for name in names {
            themes.load(name, Role::Best).unwrap();
        }
        assert_eq!(themes.lock().loaded.len(), stay, "of six");
    }
}

#[test]
fn of_a_theme_s_networks_each_has_its_role() {
    let entry = |name: &str, side: u32| entry(name, side, pix2pix::Reads::Ink);
    let roles = |entries: &[Entry]| {
        let mut problems = Vec::new();
        let known = themes_of(entries, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        known.iter().map(|one| [&*one.info.name, &one.info.live, &one.info.best].join(" ")).collect::<Vec<_>>()
    };
    let cats = [entry("sketch-cats-256", 256), entry("sketch-cats-128", 128), entry("dogs-live", 128)];
    assert_eq!(roles(&cats), ["cats sketch-cats-128 sketch-cats-256", "dogs dogs-live dogs-live"]);
    let named = [entry("cats-128", 128), entry("cats-final", 128), entry("cats-live", 256)];
    assert_eq!(roles(&named), ["cats cats-live cats-final"], "what a name says counts");
    let broken = Entry::new("cats", Family::Pix2pix, 128, toml::Table::new());
    let mut problems = Vec::new();
    assert!(themes_of(&[broken], &mut problems).is_empty() && problems.len() == 1, "{problems:?}");
}
