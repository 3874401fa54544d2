//! Ink follows the pen within the frame in which the pen's event arrives, whatever the worker does.

use egui::{Color32, Pos2, Shape};

use super::*;
use crate::sketch_kit::{Window, on_paper};

/// The corners of all dark triangles of the frame that was drawn last.
fn dark_corners(window: &Window) -> Vec<Pos2> {
    fn collect(shape: &Shape, corners: &mut Vec<Pos2>) {
        let is_dark = |color: Color32| color.a() == 255 && color.r().max(color.g()).max(color.b()) < 48;
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, corners)),
            Shape::Mesh(mesh) => {
                corners.extend(mesh.vertices.iter().filter(|corner| is_dark(corner.color)).map(|corner| corner.pos));
            }
            _ => {}
        }
    }
    let mut corners = Vec::new();
    for clipped in &window.output().shapes {
        collect(&clipped.shape, &mut corners);
    }
    corners
}

/// How far the ink of the frame that was drawn last is from `pos`, in points.
fn distance(window: &Window, pos: Pos2) -> f32 {
    dark_corners(window).iter().map(|corner| corner.distance(pos)).fold(f32::INFINITY, f32::min)
}

#[test]
fn ink_is_under_the_pen_in_the_frame_of_its_event() {
    let (mut window, script) = room();
    for line in 0..3 {
        // Calm lines first, then exactly what the hand does.
        if line == 1 {
            window.key_press(Key::S);
            window.run_steps(2);
        }
        let y = 0.2 + 0.2 * line as f32;
        let start = on_paper(&window, (0.2, y));
        window.hover_at(start);
        window.event(button(start, PointerButton::Primary, true));
        window.step();
        for n in 1..=24 {
            let at = on_paper(&window, (0.2 + 0.025 * n as f32, y + 0.02 * (n % 5) as f32));
            assert!(distance(&window, at) > 4.0, "the pen is not there yet");
            window.event(egui::Event::PointerMoved(at));
            window.step();
            let beside = distance(&window, at);
            assert!(beside < 2.5, "line {line}, event {n}: the ink ends {beside} points beside the pen");
        }
        let end = on_paper(&window, (0.8, y + 0.02 * 4.0));
        window.event(button(end, PointerButton::Primary, false));
        window.run_steps(3);
    }
    let asked = script.count(Lane::Sketch);
    assert_eq!(asked, 1, "and the worker has never answered what it was asked");
}
