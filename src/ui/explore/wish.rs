//! What a panel of the room asks for. Panels draw and ask; they change nothing themselves.

use super::brush::Brush;
use super::export::ExportChoice;
use super::portrait::View;
use crate::document::explore::{End, Latent, Noise, ProjectMethod, Steering, StrokeId, StyleSpace};
use crate::ui::file_dialog::Purpose;
use crate::ui::intent::Phase;
use crate::worker::exploring::{DirectionsAsked, DragHow, MixSheet, Sampling, Survey};

/// Something a panel of the room asks for.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Begins an exploration of this model, or goes on with it on that model's manifold.
    Model(String),
    /// Looks which models are installed.
    LookForModels,
    /// Shows this candidate.
    Choose(u64),
    /// Shows the candidate so many places further on in the grid.
    Walk(isize),
    /// Puts a candidate on an end of the slider.
    CandidateToEnd(u64, End),
    /// Goes to a latent that was visited: it becomes the slider's end.
    GoTo(Latent),
    /// The pointer is over the candidates, or no longer.
    Choosing(bool),
    /// Moves the slider to a place in 0..=1.
    Slide(f32, Phase),
    /// Frames of the slider.
    Frames(u32, Phase),
    /// How fast frames are played.
    Speed(f32),
    /// Selects a key frame.
    SelectKey(usize),
    /// Moves the selected key frame to another time.
    MoveKey(f32, Phase),
    /// Removes a key frame.
    DeleteKey(usize),
    /// Sets a key frame at a time in 0..=1 from a candidate.
    CandidateToKey(u64, f32),
    /// Writes the frames.
    Export(ExportChoice),
    /// What all starts are drawn from.
    Seed(u64, Phase),
    /// Latents that a search begins with.
    Starts(u32, Phase),
    /// How strongly a search is drawn back to where *Fix* was pressed.
    Smoothness(f32, Phase),
    /// The color that is painted with.
    Color([u8; 3]),
    /// The width of a brush as a part of the picture's side.
    Width(Brush, f32),
    /// Makes a stroke the one that commands are about.
    SelectStroke(StrokeId),
    /// Hides or shows a stroke.
    ToggleStroke(StrokeId),
    /// How much a stroke counts.
    Weight(StrokeId, f32, Phase),
    /// Removes a stroke.
    DeleteStroke(StrokeId),
    /// Measures the model.
    Survey(Survey),
    /// Asks for the folder to measure it with, or for the file to write what was measured to.
    SurveyPath(Purpose),
    /// Seeds a second by which the pad moves by itself.
    DriftSpeed(f32),
    /// How many directions are looked for.
    DirectionsWanted(usize),
    /// Which places of a way between two latents count.
    SurveyPlaces(Sampling),
    /// On which trunk pictures are compared; without one on the model's discriminator.
    SurveyTrunk(Option<std::path::PathBuf>),
    /// Stops measuring it.
    StopSurvey,
    /// How many pairs or pictures the next measurement has, of those that are offered.
    Thoroughness(usize),
    /// How the next drag is done.
    Drag(DragHow),
    /// What the canvas shows of a photo.
    View(View),
    /// How the next projection is made.
    Method(ProjectMethod),
    /// Steers by hand.
    Steer(Box<Steering>, Phase),
    /// The noise of all pictures.
    Noise(Noise, Phase),
    /// Finds, saves or deletes directions.
    Directions(DirectionsAsked),
    /// Draws a sheet of mixed styles.
    MixSheet(Box<MixSheet>),
    /// What a search searches.
    SearchIn(StyleSpace),
    /// What a projection searches.
    ProjectIn(StyleSpace),
    /// Goes to a state of the history.
    JumpTo(usize),
}
