//! What does not fit into memory is refused in a sentence, and the session goes on.

use pentimento::document::Exploration;
use pentimento::document::explore::{Latent, Noise};
use pentimento::worker::exploring::Way;
use pentimento::worker::{Done, Manifolds, Request};

use super::explore_kit::{Bench, MODEL, SIDE, Spy, Trouble, model_folder};

/// Bytes of a finished picture, which the job and the window have.
const PICTURE: u64 = 2 * 3 * (SIDE * SIDE) as u64;
/// Enough for the layers of the tiny model at work, and for 1000 pictures.
const SOME: u64 = 400_000 + 1000 * PICTURE;

fn frames(count: usize) -> Request {
    let way = Way::Between {
        from: Latent::from(vec![0.0; 8]),
        to: Latent::from(vec![0.5; 8]),
        interpolation: Default::default(),
    };
    Request::DrawFrames { model: MODEL.to_owned(), way, count, focus: 0.0, noise: Noise::default() }
}

#[test]
fn what_does_not_fit_is_refused_before_it_begins_and_the_session_goes_on() {
    let (manifolds, spy) = Spy::manifolds(Trouble::None);
    let bench = Bench::new(manifolds.with_memory(SOME));
    let many = bench.failure(Request::Explore {
        exploration: Exploration { starts: 4000, ..Exploration::new(MODEL) },
        is_warm: false,
    });
    assert_eq!(many.key, "error-memory", "{many:?}");
    let sentence = "about 7 MB of memory are needed for 4384 pictures of tiny at 16 x 16 pixels, and 2 MB are free";
    assert_eq!(many.headline, sentence, "what it would take and what there is");
    assert_eq!(bench.failure(frames(5000)).key, "error-memory", "frames too");
    let drawn = spy.drawn.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(drawn, 0, "nothing was begun");
    let Done::Frames(shown) = bench.done(frames(16)) else { panic!("no frames") };
    assert_eq!(shown.len(), 16, "what fits is done");
    let few = Exploration { starts: 16, ..Exploration::new(MODEL) };
    assert!(matches!(bench.done(Request::Explore { exploration: few, is_warm: false }), Done::Explored(_)), "too");
}

#[test]
fn weights_that_do_not_fit_are_not_loaded() {
    let folder = model_folder();
    let bench = Bench::new(Manifolds::in_folders(vec![folder.path().to_owned()]).with_memory(1000));
    let refused = bench.failure(frames(2));
    assert!(refused.key == "error-memory" && refused.headline.contains("needed for the model tiny,"), "{refused:?}");
    assert!(matches!(bench.done(Request::ListModels), Done::Models { .. }), "the others can still be listed");
}
