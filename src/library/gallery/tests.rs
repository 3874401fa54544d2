//! What a gallery keeps, and what it refuses.

use std::sync::Arc;

use super::*;
use crate::imaging::ink::{Sample, Stroke, Tool};
use crate::school::{Standing, Week, day_of_date};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

fn open() -> (tempfile::TempDir, Gallery) {
    let folder = tempfile::tempdir().unwrap();
    let gallery = Gallery::open(folder.path()).unwrap();
    (folder, gallery)
}

fn drawing(profile: ProfileId, theme: &str, made_secs: u64) -> NewDrawing {
    let stroke = Stroke::new(Tool::Pen, vec![Sample::new(0.1, 0.2, 0), Sample::new(0.3, 0.4, 9)]);
    let files =
        DrawingFiles { strokes: vec![Arc::new(stroke)], sketch_png: PNG.to_vec(), picture_png: Some(PNG.to_vec()) };
    NewDrawing { profile, theme: theme.into(), lesson: None, stars: Some(2), made_secs, files }
}

/// 00:00 UTC on a day of November 2026, whose 16th is a Monday.
fn november(day: u32) -> u64 {
    day_of_date(2026, 11, day).unwrap() as u64 * 86_400
}

#[test]
fn it_keeps_what_it_was_given() {
    let (folder, gallery) = open();
    let mina = gallery.add_profile("  Mina ", 5).unwrap();
    let new = drawing(mina, "cats", 7);
    let id = gallery.add_drawing(new.clone()).unwrap();
    drop(gallery);
    let gallery = Gallery::open(folder.path()).unwrap();
    assert_eq!(gallery.profiles().unwrap(), [Profile { id: mina, name: "Mina".to_owned(), points: 0, made_secs: 5 }]);
    assert_eq!(gallery.drawings().unwrap()[0].theme, new.theme, "the drawing");
    assert_eq!(gallery.files(id).unwrap(), new.files, "and its files");
    assert!(matches!(Gallery::open(folder.path()), Err(GalleryError::Locked { .. })), "a second instance is told");
}

#[test]
fn names_are_names_and_taken_once() {
    let (_folder, gallery) = open();
    gallery.add_profile("미나", 0).unwrap();
    for (name, is_taken) in [("", false), ("   ", false), ("미나 ", true), ("a\nb", false), (&*"x".repeat(41), false)]
    {
        let error = gallery.add_profile(name, 0).unwrap_err();
        assert_eq!(matches!(error, GalleryError::NameTaken { .. }), is_taken, "{name:?}: {error}");
    }
    assert_eq!(gallery.profile_named("미나", 9).unwrap(), gallery.profiles().unwrap()[0].id, "found, not added");
}

#[test]
fn a_new_name_is_checked_as_a_first_one_and_keeps_all_else() {
    let (_folder, gallery) = open();
    let [mina, juno] = ["Mina", "Juno"].map(|name| gallery.add_profile(name, 7).unwrap());
    gallery.record(mina, &"cat-first".into(), Standing { stars: 3, total: 0.9 }, 30, 1).unwrap();
    for name in ["", "juno", "a\nb"] {
        assert!(gallery.rename_profile(mina, name).is_err(), "{name:?}");
    }
    gallery.rename_profile(juno, " juno ").unwrap();
    gallery.rename_profile(mina, "미나").unwrap();
    assert!(matches!(gallery.rename_profile(ProfileId(9), "x"), Err(GalleryError::NoSuchProfile { .. })), "nobody");
    let profiles = gallery.profiles().unwrap();
    let told: Vec<_> = profiles.iter().map(|profile| (&*profile.name, profile.points)).collect();
    assert_eq!(told, [("미나", 30), ("juno", 0)], "in their order, with their points");
}

#[test]
fn what_cannot_be_kept_is_refused_whole() {
    let (_folder, gallery) = open();
    let mina = gallery.add_profile("Mina", 0).unwrap();
    let nobody = gallery.add_drawing(drawing(ProfileId(99), "cats", 0)).unwrap_err();
    assert_eq!(nobody.to_string(), "there is no profile 99");
    let mut no_png = drawing(mina, "cats", 0);
    no_png.files.sketch_png = b"GIF89a".to_vec();
    assert!(matches!(gallery.add_drawing(no_png), Err(GalleryError::NoPng { .. })), "no PNG");
    let mut unsound = drawing(mina, "cats", 0);
    unsound.files.strokes = vec![Arc::new(Stroke::new(Tool::Pen, vec![Sample::new(f32::NAN, 0.0, 0)]))];
    assert!(matches!(gallery.add_drawing(unsound), Err(GalleryError::BadStrokes { .. })), "not a number");
    assert!(gallery.drawings().unwrap().is_empty(), "nothing was kept of any of them");
}

#[test]
fn one_reaction_a_viewer_which_may_change() {
    let (_folder, gallery) = open();
    let [mina, juno] = ["Mina", "Juno"].map(|name| gallery.add_profile(name, 0).unwrap());
    let id = gallery.add_drawing(drawing(mina, "cats", 0)).unwrap();
    gallery.react(id, juno, Reaction::Smile, 100).unwrap();
    gallery.react(id, juno, Reaction::Wow, 900).unwrap();
    let expected = Reacted { drawing: id, viewer: juno, reaction: Reaction::Wow, since_secs: 100 };
    assert_eq!(gallery.reactions().unwrap(), [expected], "one, changed, as old as it was");
    assert!(gallery.react(DrawingId(9), juno, Reaction::Cry, 0).is_err(), "to no drawing");
    assert!(gallery.react(id, ProfileId(9), Reaction::Cry, 0).is_err(), "by nobody");
    gallery.unreact(id, juno).unwrap();
    assert!(gallery.reactions().unwrap().is_empty(), "taken back");
}

#[test]
fn a_record_never_falls_and_only_getting_better_earns() {
    let (_folder, gallery) = open();
    let mina = gallery.add_profile("Mina", 0).unwrap();
    let lesson: Arc<str> = "cat-first".into();
    let mut results = Vec::new();
    for (stars, total) in [(1, 0.4), (3, 0.85), (2, 0.7), (0, 0.0), (3, 0.8), (3, 0.9)] {
        let recorded = gallery.record(mina, &lesson, Standing { stars, total }, 100, 1).unwrap();
        results.push((recorded.best.stars, recorded.earned));
    }
    assert_eq!(results, [(1, 33), (3, 67), (3, 0), (3, 0), (3, 0), (3, 0)]);
    let record = gallery.records().unwrap().remove(0);
    assert_eq!((record.best, record.tries), (Standing { stars: 3, total: 0.9 }, 6), "the best of six");
    assert_eq!(gallery.profiles().unwrap()[0].points, 100, "three stars are worth it once");
}

#[test]
fn a_week_is_from_monday_to_sunday_and_has_eight_places() {
    let (_folder, gallery) = open();
    let viewers: Vec<ProfileId> = (0..12).map(|n| gallery.add_profile(&format!("v{n}"), 0).unwrap()).collect();
    let drawings: Vec<DrawingId> =
        (0..10).map(|n| gallery.add_drawing(drawing(viewers[0], "cats", 100 + n)).unwrap()).collect();
    let (monday, next_monday) = (november(16), november(23));
    for (n, id) in drawings.iter().enumerate() {
        for viewer in &viewers[1..=n.min(8) + 1] {
            gallery.react(*id, *viewer, Reaction::Smile, monday).unwrap();
        }
        gallery.react(*id, viewers[0], Reaction::Wow, monday).unwrap(); // one's own does not count
    }
    gallery.react(drawings[0], viewers[11], Reaction::Cry, next_monday).unwrap();
    gallery.react(drawings[0], viewers[10], Reaction::Cry, next_monday - 1).unwrap();
    let week = Week::of_secs(monday as i64, 0);
    let ranking = gallery.ranking("cats", week, 0).unwrap();
    let places: Vec<_> = ranking.iter().map(|ranked| (ranked.place, ranked.drawing.id.0, ranked.reactions)).collect();
    assert_eq!(places[..3], [(1, 10, 9), (2, 9, 9), (3, 8, 8)], "more first, then the newer");
    assert_eq!((places.len(), places[7]), (8, (8, 3, 3)), "eight places");
    assert_eq!(gallery.ranking("cats", Week::of_secs(next_monday as i64, 0), 0).unwrap()[0].reactions, 1, "a new week");
    assert!(gallery.ranking("robots", week, 0).unwrap().is_empty(), "another theme");
}

#[test]
fn awards_are_given_once_for_each_theme_and_never_negative() {
    let (_folder, gallery) = open();
    let [mina, juno] = ["Mina", "Juno"].map(|name| gallery.add_profile(name, 0).unwrap());
    for theme in ["cats", "robots", "shoes", "space"] {
        for n in 0..3 {
            let id = gallery.add_drawing(drawing(mina, theme, n)).unwrap();
            gallery.react(id, juno, Reaction::Smile, november(17)).unwrap();
        }
    }
    assert!(gallery.give_awards(november(22), 0).unwrap().is_empty(), "the week is not over");
    let given = gallery.give_awards(november(23), 0).unwrap();
    let points: Vec<u32> = given.iter().map(|award| award.points).collect();
    assert_eq!(points, [80, 70, 60].repeat(4), "every theme begins anew");
    assert!(gallery.give_awards(november(30), 0).unwrap().is_empty(), "once");
    assert_eq!(gallery.profiles().unwrap()[0].points, 840);
}

#[test]
fn deleting_takes_what_belongs_to_it() {
    let (_folder, gallery) = open();
    let [mina, juno] = ["Mina", "Juno"].map(|name| gallery.add_profile(name, 0).unwrap());
    let [first, second, third] = [mina, mina, juno].map(|who| gallery.add_drawing(drawing(who, "cats", 0)).unwrap());
    for id in [first, second, third] {
        gallery.react(id, juno, Reaction::Smile, 0).unwrap();
        gallery.react(id, mina, Reaction::Smile, 0).unwrap();
    }
    gallery.record(mina, &"cat-first".into(), Standing { stars: 1, total: 0.5 }, 30, 0).unwrap();
    gallery.delete(first).unwrap();
    assert!(gallery.files(first).is_err() && gallery.delete(first).is_err(), "it is gone");
    assert_eq!(gallery.reactions().unwrap().len(), 4, "with its reactions");
    gallery.remove_profile(mina).unwrap();
    assert_eq!(
        gallery.drawings().unwrap().iter().map(|left| left.id).collect::<Vec<_>>(),
        [third],
        "with her drawings"
    );
    assert_eq!((gallery.reactions().unwrap().len(), gallery.records().unwrap().len()), (1, 0), "reactions and records");
    gallery.delete_all().unwrap();
    assert!(gallery.profiles().unwrap().is_empty() && gallery.drawings().unwrap().is_empty(), "all of it");
    let again = gallery.add_profile("Mina", 0).unwrap();
    assert!(again > juno, "no number is used twice");
}

#[test]
fn an_export_holds_everything() {
    let (folder, gallery) = open();
    let mina = gallery.add_profile("Mina", 0).unwrap();
    gallery.add_drawing(drawing(mina, "cats", 3)).unwrap();
    for name in ["out", "out.zip"] {
        let to = folder.path().join(name);
        let exported = gallery.export(&to).unwrap();
        assert_eq!((exported.drawings, exported.files), (1, 4), "{name}");
        assert!(matches!(gallery.export(&to), Err(GalleryError::Exists { .. })), "{name} is not overwritten");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out/gallery.json")).unwrap()).unwrap();
    assert_eq!((&json["profiles"][0]["name"], &json["drawings"][0]["theme"]), (&"Mina".into(), &"cats".into()));
    assert_eq!(std::fs::read(folder.path().join("out/0001-drawing.png")).unwrap(), PNG);
    let zip = zip::ZipArchive::new(std::fs::File::open(folder.path().join("out.zip")).unwrap()).unwrap();
    assert_eq!(zip.len(), 4, "as many files");
    let left = folder.path().read_dir().unwrap().count();
    assert_eq!(left, 3, "the gallery, the folder, the archive, and nothing else");
}

#[test]
fn a_damaged_gallery_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    std::fs::write(&path, b"rubbish").unwrap();
    let error = Gallery::open(folder.path()).unwrap_err();
    assert!(matches!(error, GalleryError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"rubbish", "work is not thrown away");
}
