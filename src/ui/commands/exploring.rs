//! The table's lines for the room Explore, and for the switch between the rooms.

use egui::{Key, KeyboardShortcut};

use super::{CTRL, Command, Entry, Menu, NONE, Needs, SHIFT};
use crate::ui::icons;

/// The line of `command`; a question mark where there is none.
#[rustfmt::skip]
pub(super) const fn entry(command: Command) -> Entry {
    use Menu::{Explore, Help, Morph, Stroke, View};
    match command {
        Command::RoomErase => Entry(View, icons::ERASER, Needs::Nothing, keys![NONE F2]),
        Command::RoomExplore => Entry(View, icons::COMPASS, Needs::Nothing, keys![NONE F3]),
        Command::ChooseModel => Entry(Explore, icons::MODEL, Needs::Models, keys![CTRL M]),
        Command::RandomLatents => Entry(Explore, icons::DICE, Needs::Model, keys![NONE G]),
        Command::NewSeed => Entry(Explore, icons::SHUFFLE, Needs::Model, keys![SHIFT R]),
        Command::Fix => Entry(Explore, icons::PIN, Needs::Latent, keys![NONE F]),
        Command::SearchOn => Entry(Explore, icons::SPARKLE, Needs::Picks, keys![NONE J]),
        Command::Restart => Entry(Explore, icons::RECOVER, Needs::Model, keys![NONE R]),
        Command::NextPick => Entry(Explore, icons::CARET_RIGHT, Needs::Picks, keys![NONE PageDown]),
        Command::PreviousPick => Entry(Explore, icons::CARET_LEFT, Needs::Picks, keys![NONE PageUp]),
        Command::DragPoints => Entry(Explore, icons::PLAY, Needs::Pairs, keys![SHIFT D]),
        Command::ClearPairs => Entry(Explore, icons::CLEAR, Needs::Pairs, &[]),
        Command::AverageMode => Entry(Explore, icons::AVERAGE, Needs::Picks, keys![NONE A]),
        Command::ShadowMode => Entry(Explore, icons::SHADOW, Needs::Picks, keys![SHIFT A]),
        Command::EditCrop => Entry(Explore, icons::CROP, Needs::Portrait, keys![NONE O]),
        Command::Project => Entry(Explore, icons::PROJECT, Needs::Portrait, keys![NONE Enter]),
        Command::DropPhoto => Entry(Explore, icons::CLOSE, Needs::Portrait, &[]),
        Command::Transfer => Entry(Explore, icons::TRANSFER, Needs::Edit, keys![NONE T]),
        Command::SteerSeed => Entry(Explore, icons::DICE, Needs::Styles, keys![NONE Y]),
        Command::SteerHere => Entry(Explore, icons::TARGET, Needs::Styles, keys![NONE U]),
        Command::SteerSnap => Entry(Explore, icons::GRID, Needs::Styles, keys![SHIFT Y]),
        Command::SteerReset => Entry(Explore, icons::CLEAR, Needs::Styles, keys![SHIFT U]),
        Command::SteerDrift => Entry(Explore, icons::PLAY, Needs::Styles, keys![NONE Q]),
        Command::FindComponents => Entry(Explore, icons::COMPASS, Needs::Styles, keys![SHIFT C]),
        Command::FindFactors => Entry(Explore, icons::LIGHTNING, Needs::Styles, keys![SHIFT F]),
        Command::ShowMixSheet => Entry(Explore, icons::SHUFFLE, Needs::Styles, keys![SHIFT X]),
        Command::ToolColor => Entry(Stroke, icons::COLORS, Needs::Model, keys![NONE B]),
        Command::ToolEdge => Entry(Stroke, icons::PENCIL, Needs::Model, keys![NONE S]),
        Command::ToolNoEdge => Entry(Stroke, icons::PENCIL_SLASH, Needs::Model, keys![NONE N]),
        Command::ToolWarp => Entry(Stroke, icons::WARP, Needs::Model, keys![NONE W]),
        Command::ToolKeep => Entry(Stroke, icons::KEEP, Needs::Model, keys![NONE K]),
        Command::ToolDrag => Entry(Stroke, icons::POINTS, Needs::Model, keys![SHIFT W]),
        Command::ToolMovable => Entry(Stroke, icons::MOVABLE, Needs::Model, keys![SHIFT K]),
        Command::ToolStrokeEraser => Entry(Stroke, icons::ERASER, Needs::Model, keys![NONE X]),
        Command::ToolSelect => Entry(Stroke, icons::CURSOR, Needs::Model, keys![NONE V]),
        Command::ToolEyedropper => Entry(Stroke, icons::EYEDROPPER, Needs::Model, keys![NONE I]),
        Command::PickColor => Entry(Stroke, icons::COLORS, Needs::Model, keys![NONE C]),
        Command::SelectStrokeAbove => Entry(Stroke, icons::CARET_UP, Needs::Strokes, keys![SHIFT PageUp]),
        Command::SelectStrokeBelow => Entry(Stroke, icons::CARET_DOWN, Needs::Strokes, keys![SHIFT PageDown]),
        Command::ToggleStroke => Entry(Stroke, icons::EYE, Needs::Stroke, keys![SHIFT V]),
        Command::DeleteStroke => Entry(Stroke, icons::TRASH, Needs::Stroke, keys![NONE Delete]),
        Command::ClearStrokes => Entry(Stroke, icons::CLEAR, Needs::Strokes, keys![CTRL D]),
        Command::SliderStart => Entry(Morph, icons::FLAG, Needs::Latent, keys![NONE Home]),
        Command::SliderEnd => Entry(Morph, icons::FLAG_END, Needs::Latent, keys![NONE End]),
        Command::SwapEnds => Entry(Morph, icons::SWAP, Needs::Ends, keys![SHIFT S]),
        Command::ToggleSpherical => Entry(Morph, icons::SPHERE, Needs::Model, keys![NONE L]),
        Command::Play => Entry(Morph, icons::PLAY, Needs::Ends, keys![NONE P]),
        Command::PlayMode => Entry(Morph, icons::REPEAT, Needs::Model, keys![SHIFT P]),
        Command::NextFrame => Entry(Morph, icons::FRAME_NEXT, Needs::Ends, keys![NONE Period]),
        Command::PreviousFrame => Entry(Morph, icons::FRAME_BACK, Needs::Ends, keys![NONE Comma]),
        Command::AddKeyFrame => Entry(Morph, icons::KEY_FRAME, Needs::Latent, keys![NONE M]),
        Command::DeleteKeyFrame => Entry(Morph, icons::TRASH, Needs::KeyFrame, keys![SHIFT M]),
        Command::SmoothPath => Entry(Morph, icons::CURVE, Needs::KeyFrames, keys![SHIFT L]),
        Command::ExportFrames => Entry(Morph, icons::FILM, Needs::Ends, keys![CTRL E]),
        Command::ToggleEdits => Entry(View, icons::EYE, Needs::Model, keys![NONE E]),
        Command::CompareProjection => Entry(View, icons::DIVIDER, Needs::Portrait, keys![NONE D]),
        Command::ToggleSharp => Entry(View, icons::GRID, Needs::Model, keys![NONE Z]),
        _ => Entry(Help, icons::QUESTION, Needs::Nothing, &[]),
    }
}
