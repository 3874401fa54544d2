//! The morph of a photo, written to files.

use pentimento::document::Exploration;
use pentimento::document::explore::{Latent, Pick, ProjectMethod, Projection};
use pentimento::imaging::{PixelRect, Place, Size, io};
use pentimento::worker::exploring::{AnimationFormat, ExportMorph, Playback};
use pentimento::worker::{Done, Request};

use super::explore_kit::{Bench, MODEL, photo};

#[test]
fn the_photo_itself_is_written_at_each_moment_of_its_edit() {
    let bench = Bench::on_disk();
    let mut exploration = Exploration::new(MODEL);
    assert!(exploration.open_photo(photo(90, 70)), "a photo");
    assert!(exploration.set_place(Place::upright(12.0, 3.0, 60.0)), "a place");
    let (from, to) = (Latent::from(vec![0.1; 8]), Latent::from(vec![0.7; 8]));
    let export = |exploration: &Exploration, path, format| {
        let exploration = exploration.clone();
        Request::ExportMorph(ExportMorph {
            exploration,
            frames: 4,
            path,
            format,
            playback: Playback::PingPong,
            rate: 10.0,
        })
    };
    let folder = bench.path("morph");
    let missing = bench.failure(export(&exploration, folder.clone(), AnimationFormat::Pngs));
    assert_eq!(missing.key, "error-not-projected", "first things first");
    let projection = Projection { latent: from.clone(), method: ProjectMethod::Hybrid, error: 0.1 };
    assert!(exploration.set_projection(projection), "projected");
    assert!(exploration.choose(Pick { id: 0, latent: to, start: from, cost: 0.1 }), "an edit");
    let written = bench.done(export(&exploration, folder.clone(), AnimationFormat::Pngs));
    let Done::FramesExported { frames, .. } = written else { panic!("nothing written: {written:?}") };
    assert_eq!(frames, 6, "there and back");
    let read =
        |number: usize| io::read(&folder.join(format!("frame-{number:04}.png")), &Default::default()).unwrap().frame;
    let carried = bench.done(Request::Transfer { exploration: exploration.clone(), at: 1.0, is_final: true });
    let Done::Transferred { transfer, .. } = carried else { panic!("no transfer: {carried:?}") };
    assert!(exploration.set_result(transfer.transferred), "fits the photo");
    let work = exploration.photo.as_ref().unwrap();
    assert_eq!(read(1).size(), Size::new(90, 70), "at full size");
    assert_eq!(read(4), work.flatten(), "the last one is the edited photo");
    assert_ne!(read(2), read(4), "on the way it is another one");
    let beside = PixelRect::new(75, 0, 90, 70);
    assert_eq!(read(2).crop(beside), work.photo.frame.crop(beside), "around the square all is as it was");
    let path = bench.path("morph.webp");
    let written = bench.done(export(&exploration, path.clone(), AnimationFormat::WebP));
    assert!(matches!(written, Done::FramesExported { frames: 6, .. }) && path.exists(), "as one file too");
}
