//! The canvas as a person uses it: simulated pointers and keys, judged by the document.

use std::sync::Arc;

use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::*;
use crate::document::HistoryLimits;
use crate::imaging::{ColorModel, DisplayLevel, FileFormat, Frame, Metadata, Patch, Photo, Plane, Samples, Size};
use crate::worker::ShownPatch;

struct Editor {
    canvas: Canvas,
    history: History,
    photo: Arc<DisplayPyramid>,
    patches: PatchDisplays,
    preview: Option<ShownPatch>,
    is_busy: bool,
    events: Vec<CanvasEvent>,
}

impl Editor {
    fn new(size: Size) -> Self {
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![128; size.area()])).unwrap();
        let photo = Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) };
        let display = Arc::new(DisplayPyramid::of_photo(&photo));
        Self {
            canvas: Canvas::default(),
            history: History::new(Document::new(photo), HistoryLimits::default()),
            photo: display,
            patches: PatchDisplays::default(),
            preview: None,
            is_busy: false,
            events: Vec::new(),
        }
    }

    fn ui(&mut self, ui: &mut Ui) {
        let scene = Scene {
            photo: &self.photo,
            patches: &self.patches,
            preview: self.preview.as_ref(),
            difference: None,
            is_busy: self.is_busy,
        };
        self.events.extend(self.canvas.ui(ui, &mut self.history, &scene));
    }
}

fn editor(width: u32, height: u32) -> Harness<'static, Editor> {
    let state = Editor::new(Size::new(width, height));
    let builder = Harness::builder().with_size(vec2(800.0, 600.0)).with_step_dt(1.0 / 60.0).with_max_steps(200);
    let mut harness = builder.build_ui_state(|ui, state: &mut Editor| state.ui(ui), state);
    harness.run();
    harness
}

/// How soon the canvas wants another frame; `Duration::MAX` when it rests.
fn repaint_delay(harness: &Harness<'_, Editor>) -> Duration {
    harness.output().viewport_output.values().map(|output| output.repaint_delay).min().unwrap()
}

fn button(pos: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) -> Event {
    Event::PointerButton { pos, button, pressed, modifiers }
}

/// Drags from one image position over others, whatever the view.
fn drag(harness: &mut Harness<'_, Editor>, path: &[(f32, f32)]) {
    drag_with(harness, path, PointerButton::Primary, Modifiers::NONE);
    harness.run();
}

/// As [`drag`], without waiting for the end of animations.
fn drag_with(harness: &mut Harness<'_, Editor>, path: &[(f32, f32)], which: PointerButton, modifiers: Modifiers) {
    let ui: Vec<Pos2> =
        path.iter().map(|&(x, y)| harness.state().canvas.view.ui_from_image(ImagePos::new(x, y))).collect();
    let (first, last) = (ui[0], ui[ui.len() - 1]);
    harness.hover_at(first);
    harness.event_modifiers(button(first, which, true, modifiers), modifiers);
    for pos in &ui[1..] {
        harness.event_modifiers(Event::PointerMoved(*pos), modifiers);
    }
    harness.event_modifiers(button(last, which, false, modifiers), modifiers);
    harness.step();
}

fn click(harness: &mut Harness<'_, Editor>, pos: (f32, f32)) {
    drag(harness, &[pos]);
    // Apart from the next one in time, so that two are no double click.
    for _ in 0..30 {
        harness.step();
    }
}

fn document<'a>(harness: &'a Harness<'_, Editor>) -> &'a Document {
    harness.state().history.document()
}

fn steps(harness: &Harness<'_, Editor>) -> usize {
    harness.state().history.position()
}

fn is_hole(harness: &Harness<'_, Editor>, x: i32, y: i32) -> bool {
    document(harness).holes.is_hole(x, y)
}

#[test]
fn the_canvas_has_a_name_for_screen_readers() {
    let harness = editor(40, 30);
    harness.get_by_label("Photo");
}

#[test]
fn a_stroke_lands_where_the_pointer_is_at_any_zoom_and_is_one_step() {
    for (zoom, pan) in [(1.0, (0.0, 0.0)), (0.4, (30.0, -20.0)), (3.0, (-55.0, 41.0)), (20.0, (7.0, 3.0))] {
        let mut harness = editor(1000, 800);
        let view = &mut harness.state_mut().canvas.view;
        view.zoom_100();
        view.zoom_about(view.viewport().center(), zoom);
        view.pan(vec2(pan.0, pan.1));
        let at = view.image_from_ui(view.viewport().center());
        harness.state_mut().canvas.brush.size = 10.0;
        drag(&mut harness, &[(at.x, at.y), (at.x + 4.0, at.y), (at.x + 12.0, at.y)]);
        let bounds = document(&harness).holes.bounds(128);
        let expected = [at.x - 5.0, at.y - 5.0, at.x + 17.0, at.y + 5.0];
        let found = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].map(|v| v as f32);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= 1.6, "zoom {zoom}: {bounds:?} against {expected}");
        }
        assert_eq!(steps(&harness), 1, "one gesture, one step");
        assert!(matches!(harness.state().events[..], [CanvasEvent::StrokeFinished]), "reported once");
        harness.state_mut().history.undo();
        assert!(document(&harness).holes.is_empty(), "undone at once");
    }
}

#[test]
fn all_positions_of_one_frame_are_painted() {
    let mut harness = editor(700, 500);
    harness.state_mut().canvas.brush.size = 6.0;
    let at = |x, y| harness.state().canvas.view.ui_from_image(ImagePos::new(x, y));
    let (a, b, c) = (at(100.0, 100.0), at(300.0, 100.0), at(300.0, 300.0));
    harness.hover_at(a);
    harness.step();
    let events = &mut harness.input_mut().events;
    events.push(button(a, PointerButton::Primary, true, Modifiers::NONE));
    events.extend([b, c].map(Event::PointerMoved));
    events.push(button(c, PointerButton::Primary, false, Modifiers::NONE));
    harness.step();
    assert!(is_hole(&harness, 300, 102) && is_hole(&harness, 200, 100) && is_hole(&harness, 300, 290), "both legs");
    assert!(!is_hole(&harness, 200, 200), "no short cut");
}

#[test]
fn escape_takes_an_unfinished_stroke_back() {
    let mut harness = editor(400, 300);
    let at = harness.state().canvas.view.ui_from_image(ImagePos::new(100.0, 100.0));
    harness.hover_at(at);
    harness.drag_at(at);
    harness.hover_at(at + vec2(50.0, 0.0));
    harness.step();
    assert!(is_hole(&harness, 100, 100) && harness.state().canvas.is_drawing(), "painted while dragging");
    harness.key_press(Key::Escape);
    harness.step();
    assert!(document(&harness).holes.is_empty() && !harness.state().canvas.is_drawing(), "taken back");
    harness.hover_at(at + vec2(90.0, 0.0));
    harness.drop_at(at + vec2(90.0, 0.0));
    harness.run();
    assert_eq!((steps(&harness), harness.state().events.len()), (0, 0), "nothing left of it");
}

#[test]
fn eraser_and_secondary_button_take_marks_away() {
    let mut harness = editor(400, 300);
    drag(&mut harness, &[(100.0, 100.0), (300.0, 100.0)]);
    harness.state_mut().canvas.tool = ToolKind::Eraser;
    drag(&mut harness, &[(100.0, 100.0)]);
    assert!(!is_hole(&harness, 100, 100) && is_hole(&harness, 200, 100), "the eraser");
    harness.state_mut().canvas.tool = ToolKind::Brush;
    drag_with(&mut harness, &[(200.0, 100.0)], PointerButton::Secondary, Modifiers::NONE);
    assert!(!is_hole(&harness, 200, 100) && is_hole(&harness, 290, 100), "the other button");
    assert_eq!((steps(&harness), harness.state().events.len()), (3, 1), "only marking is reported");
}

#[test]
fn a_shift_click_draws_a_straight_line_from_the_last_point() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.brush.size = 8.0;
    drag(&mut harness, &[(50.0, 50.0)]);
    drag_with(&mut harness, &[(250.0, 150.0)], PointerButton::Primary, Modifiers::SHIFT);
    assert!(is_hole(&harness, 150, 100), "the middle of the line");
    assert_eq!(steps(&harness), 2, "two strokes");
}

#[test]
fn sampling_brushes_paint_their_own_masks() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.tool = ToolKind::SampleFrom;
    drag(&mut harness, &[(100.0, 100.0)]);
    harness.state_mut().canvas.tool = ToolKind::SampleNever;
    drag(&mut harness, &[(200.0, 100.0)]);
    let document = document(&harness);
    assert!(document.sample_from.is_hole(100, 100) && !document.sample_from.is_hole(200, 100), "from");
    assert!(document.sample_never.is_hole(200, 100) && document.holes.is_empty(), "never");
    assert!(harness.state().events.is_empty(), "no fill may start");
}

#[test]
fn rectangles_are_exact_and_squares_with_shift() {
    let mut harness = editor(800, 600);
    harness.state_mut().canvas.tool = ToolKind::Rectangle;
    harness.state_mut().canvas.zoom_100();
    drag(&mut harness, &[(100.0, 100.0), (180.0, 150.0), (200.0, 140.0)]);
    assert_eq!(document(&harness).holes.bounds(128), PixelRect::new(100, 100, 200, 140), "corner to corner");
    let shift = Modifiers::SHIFT;
    drag_with(&mut harness, &[(300.0, 300.0), (350.0, 310.0)], PointerButton::Primary, shift);
    assert!(is_hole(&harness, 345, 345) && !is_hole(&harness, 352, 345), "the longer side counts");
    assert_eq!((steps(&harness), harness.state().events.len()), (2, 2), "one step each");
}

#[test]
fn a_lasso_fills_what_it_circles() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.tool = ToolKind::Lasso;
    drag(&mut harness, &[(100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0)]);
    assert!(is_hole(&harness, 150, 150) && !is_hole(&harness, 210, 150), "inside and outside");
    assert_eq!(steps(&harness), 1, "one step");
}

#[test]
fn a_polygon_is_clicked_corrected_and_closed() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.tool = ToolKind::Polygon;
    for corner in [(100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (20.0, 290.0)] {
        click(&mut harness, corner);
    }
    assert!(document(&harness).holes.is_empty() && steps(&harness) == 0, "open");
    harness.key_press(Key::Backspace);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(is_hole(&harness, 180, 120) && !is_hole(&harness, 110, 190), "a triangle without the last corner");
    assert_eq!((steps(&harness), harness.state().canvas.is_drawing()), (1, false), "one step");
    for corner in [(300.0, 100.0), (350.0, 100.0), (350.0, 200.0), (300.0, 100.0)] {
        click(&mut harness, corner);
    }
    assert!(is_hole(&harness, 345, 120) && steps(&harness) == 2, "a click on the first corner closes");
    click(&mut harness, (20.0, 20.0));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().canvas.is_drawing() && steps(&harness) == 2, "Escape forgets it");
}

#[test]
fn a_double_click_closes_a_polygon() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.tool = ToolKind::Polygon;
    for corner in [(100.0, 100.0), (200.0, 100.0)] {
        click(&mut harness, corner);
    }
    drag(&mut harness, &[(200.0, 200.0)]);
    drag(&mut harness, &[(200.0, 200.0)]);
    assert!(is_hole(&harness, 180, 120) && !harness.state().canvas.is_drawing(), "closed with three corners");
}

#[test]
fn object_select_tells_loops_from_scribbles_and_leaves_the_document_alone() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.tool = ToolKind::ObjectSelect;
    drag(&mut harness, &[(100.0, 100.0), (140.0, 100.0), (180.0, 104.0)]);
    drag(&mut harness, &[(100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0), (100.0, 104.0)]);
    let [first, second] = &harness.state().events[..] else { panic!("two events") };
    let CanvasEvent::SelectObject { rough, is_loop } = first else { panic!("a selection") };
    assert!(!is_loop && rough.is_hole(140, 100), "a scribble");
    let CanvasEvent::SelectObject { rough, is_loop } = second else { panic!("a selection") };
    assert!(*is_loop && rough.is_hole(150, 150), "the inside of a loop");
    assert!(document(&harness).holes.is_empty() && steps(&harness) == 0, "nothing marked yet");
}

#[test]
fn another_tool_or_an_undo_in_the_middle_of_a_gesture_does_no_harm() {
    let mut harness = editor(400, 300);
    let at = harness.state().canvas.view.ui_from_image(ImagePos::new(100.0, 100.0));
    harness.hover_at(at);
    harness.drag_at(at);
    harness.step();
    harness.state_mut().canvas.tool = ToolKind::Lasso;
    harness.hover_at(at + vec2(30.0, 0.0));
    harness.drop_at(at + vec2(30.0, 0.0));
    harness.run();
    assert!(document(&harness).holes.is_empty() && steps(&harness) == 0, "aborted");
    harness.state_mut().canvas.tool = ToolKind::Brush;
    harness.hover_at(at);
    harness.drag_at(at);
    harness.step();
    harness.state_mut().history.undo();
    harness.hover_at(at + vec2(30.0, 0.0));
    harness.drop_at(at + vec2(30.0, 0.0));
    harness.run();
    assert!(document(&harness).holes.is_empty() && !harness.state().history.is_in_gesture(), "undone");
}

#[test]
fn space_middle_button_and_arrow_keys_move_the_view_and_paint_nothing() {
    let mut harness = editor(4000, 3000);
    harness.state_mut().canvas.zoom_100();
    let before = harness.state().canvas.view.ui_rect();
    let moved = |harness: &Harness<'_, Editor>| harness.state().canvas.view.ui_rect().min - before.min;
    let at = before.center();
    let drag = |harness: &mut Harness<'_, Editor>, which| {
        for event in [
            Event::PointerMoved(at),
            button(at, which, true, Modifiers::NONE),
            Event::PointerMoved(at + vec2(40.0, 30.0)),
            button(at + vec2(40.0, 30.0), which, false, Modifiers::NONE),
        ] {
            harness.event(event);
        }
        harness.step();
    };
    drag(&mut harness, PointerButton::Middle);
    assert_eq!(moved(&harness), vec2(40.0, 30.0), "the middle button");
    harness.key_down(Key::Space);
    drag(&mut harness, PointerButton::Primary);
    harness.key_up(Key::Space);
    harness.run();
    assert_eq!(moved(&harness), vec2(80.0, 60.0), "space");
    harness.key_press(Key::ArrowLeft);
    harness.run();
    assert_eq!(moved(&harness), vec2(144.0, 60.0), "an arrow key");
    assert_eq!(steps(&harness), 0, "nothing painted");
}

#[test]
fn the_wheel_zooms_to_the_cursor() {
    let mut harness = editor(4000, 3000);
    let at = Pos2::new(300.0, 200.0);
    harness.hover_at(at);
    harness.run();
    let (under, zoom) = (harness.state().canvas.view.image_from_ui(at), harness.state().canvas.view.zoom());
    harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, 3.0),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    let view = &harness.state().canvas.view;
    assert!(view.zoom() > zoom * 1.3, "larger: {} after {zoom}", view.zoom());
    assert!(view.ui_from_image(under).distance(at) < 0.5, "around the cursor");
}

#[test]
fn alt_drag_changes_the_brush_and_paints_nothing() {
    let mut harness = editor(800, 600);
    harness.state_mut().canvas.zoom_100();
    let size = harness.state().canvas.brush.size;
    drag_with(&mut harness, &[(300.0, 300.0), (320.0, 392.0)], PointerButton::Primary, Modifiers::ALT);
    let brush = harness.state().canvas.brush;
    assert_eq!(brush.size, size + 40.0, "the edge follows the pointer");
    assert!((brush.hardness - 0.5).abs() < 0.01, "softer downwards: {}", brush.hardness);
    assert_eq!(steps(&harness), 0, "nothing painted");
}

#[test]
fn pen_pressure_changes_the_width() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.brush.size = 40.0;
    let at = harness.state().canvas.view.ui_from_image(ImagePos::new(100.0, 100.0));
    let touch = |phase, force| Event::Touch {
        device_id: egui::TouchDeviceId(1),
        id: egui::TouchId(1),
        phase,
        pos: at,
        force: Some(force),
    };
    harness.hover_at(at);
    harness.step();
    let events = &mut harness.input_mut().events;
    events.extend([touch(TouchPhase::Start, 0.5), button(at, PointerButton::Primary, true, Modifiers::NONE)]);
    events.extend([touch(TouchPhase::End, 0.0), button(at, PointerButton::Primary, false, Modifiers::NONE)]);
    harness.step();
    let width = document(&harness).holes.bounds(128).width();
    assert!((18..=22).contains(&width), "half of 40: {width}");
}

#[test]
fn the_divider_is_dragged_without_painting() {
    let mut harness = editor(800, 600);
    harness.state_mut().canvas.compare = CompareMode::Divider { at: 0.5 };
    harness.run();
    let rect = harness.state().canvas.view.viewport();
    harness.hover_at(rect.center());
    harness.drag_at(rect.center());
    harness.hover_at(rect.center() + vec2(rect.width() / 4.0, 60.0));
    harness.drop_at(rect.center() + vec2(rect.width() / 4.0, 60.0));
    harness.run();
    let CompareMode::Divider { at } = harness.state().canvas.compare else { panic!("still divided") };
    assert!((at - 0.75).abs() < 0.01, "three quarters: {at}");
    assert_eq!(steps(&harness), 0, "nothing painted");
}

#[test]
fn large_photos_load_only_what_is_seen_and_then_rest() {
    let mut harness = editor(6000, 4000);
    harness.step();
    assert_eq!(repaint_delay(&harness), Duration::MAX, "an idle canvas asks for no frame");
    let fitted = harness.state().canvas.tiles.len();
    harness.state_mut().canvas.zoom_100();
    harness.run();
    let (close, seen) = (harness.state().canvas.tiles.len() - fitted, 3 * 3);
    assert!(fitted <= 13 && close <= seen, "{fitted} tiles fitted, {close} more at 100 %");
    harness.step();
    assert_eq!(repaint_delay(&harness), Duration::MAX, "and again none");
}

#[test]
fn marks_seen_from_afar_are_few_textures_and_follow_the_document() {
    let mut harness = editor(6000, 4000);
    let history = &mut harness.state_mut().history;
    history.commit(crate::document::Action::ModifyMask, |document| {
        Arc::make_mut(&mut document.holes).write(PixelRect::new(0, 0, 6000, 4000), |_, _, _| 255);
    });
    harness.run();
    let count = harness.state().canvas.masks.len();
    assert!((1..=12).contains(&count), "{count} textures for 384 tiles");
    harness.state_mut().history.undo();
    harness.run();
    assert_eq!(harness.state().canvas.masks.len(), 0, "nothing marked, nothing kept");
}

#[test]
fn the_canvas_animates_only_while_a_fill_is_awaited() {
    let mut harness = editor(400, 300);
    drag(&mut harness, &[(100.0, 100.0), (200.0, 100.0)]);
    harness.state_mut().is_busy = true;
    harness.step();
    assert!(repaint_delay(&harness) <= PULSE_FRAME, "pulsing");
    let rect = PixelRect::new(80, 80, 220, 120);
    let pixels = Frame::new(rect.size(), ColorModel::Gray, Samples::U8(vec![9; rect.size().area()])).unwrap();
    let patch = Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap());
    let level = DisplayLevel { size: rect.size(), rgba: vec![9; rect.size().area() * 4] };
    let display = Arc::new(DisplayPyramid { levels: vec![level] });
    harness.state_mut().preview = Some(ShownPatch { patch, display });
    harness.run();
    harness.state_mut().preview = None;
    harness.state_mut().is_busy = false;
    harness.run();
    harness.step();
    assert_eq!(repaint_delay(&harness), Duration::MAX, "at rest");
}

#[test]
fn another_photo_is_fitted_and_forgets_the_gesture() {
    let mut harness = editor(400, 300);
    harness.state_mut().canvas.zoom_in();
    let other = Editor::new(Size::new(50, 2000));
    harness.state_mut().history = other.history;
    harness.state_mut().photo = other.photo;
    harness.run();
    let view = &harness.state().canvas.view;
    assert_eq!((view.image_size(), view.zoom()), (Size::new(50, 2000), view.fit_zoom()), "fitted");
}

#[test]
fn a_photo_of_one_pixel_can_be_marked() {
    let mut harness = editor(1, 1);
    drag(&mut harness, &[(0.5, 0.5)]);
    assert!(is_hole(&harness, 0, 0), "marked");
}
