//! The icons of the bundled subset of Phosphor, by what they mean here. `assets/fonts/README.md` says how the subset was made.

/// Phosphor `folder-open`.
pub const FOLDER_OPEN: &str = "\u{E256}";
/// Phosphor `clipboard-text`.
pub const CLIPBOARD: &str = "\u{E198}";
/// Phosphor `floppy-disk`.
pub const SAVE: &str = "\u{E248}";
/// Phosphor `floppy-disk-back`.
pub const SAVE_AS: &str = "\u{EAF4}";
/// Phosphor `export`.
pub const EXPORT: &str = "\u{EAF0}";
/// Phosphor `copy`.
pub const COPY: &str = "\u{E1CA}";
/// Phosphor `download-simple`.
pub const DOWNLOAD: &str = "\u{E20C}";
/// Phosphor `upload-simple`.
pub const UPLOAD: &str = "\u{E4C0}";
/// Phosphor `arrow-u-up-left`.
pub const UNDO: &str = "\u{E08A}";
/// Phosphor `arrow-u-up-right`.
pub const REDO: &str = "\u{E08C}";
/// Phosphor `arrow-counter-clockwise`.
pub const RECOVER: &str = "\u{E038}";
/// Phosphor `eraser`.
pub const ERASER: &str = "\u{E21E}";
/// Phosphor `magic-wand`.
pub const WAND: &str = "\u{E6B6}";
/// Phosphor `sparkle`.
pub const SPARKLE: &str = "\u{E6A2}";
/// Phosphor `dice-five`.
pub const DICE: &str = "\u{E1EE}";
/// Phosphor `x`.
pub const CLOSE: &str = "\u{E4F6}";
/// Phosphor `x-circle`.
pub const CANCEL: &str = "\u{E4F8}";
/// Phosphor `caret-right`.
pub const CARET_RIGHT: &str = "\u{E13A}";
/// Phosphor `caret-left`.
pub const CARET_LEFT: &str = "\u{E138}";
/// Phosphor `caret-down`.
pub const CARET_DOWN: &str = "\u{E136}";
/// Phosphor `caret-up`.
pub const CARET_UP: &str = "\u{E13C}";
/// Phosphor `eye`.
pub const EYE: &str = "\u{E220}";
/// Phosphor `eye-slash`.
pub const EYE_SLASH: &str = "\u{E224}";
/// Phosphor `trash`.
pub const TRASH: &str = "\u{E4A6}";
/// Phosphor `arrow-up`.
pub const ARROW_UP: &str = "\u{E08E}";
/// Phosphor `arrow-down`.
pub const ARROW_DOWN: &str = "\u{E03E}";
/// Phosphor `paint-brush`.
pub const BRUSH: &str = "\u{E6F0}";
/// Phosphor `rectangle-dashed`.
pub const RECTANGLE: &str = "\u{E3F2}";
/// Phosphor `lasso`.
pub const LASSO: &str = "\u{EDC6}";
/// Phosphor `polygon`.
pub const POLYGON: &str = "\u{E6D0}";
/// Phosphor `cursor-click`.
pub const OBJECT: &str = "\u{E7C8}";
/// Phosphor `crosshair`.
pub const SAMPLE_FROM: &str = "\u{E1D6}";
/// Phosphor `prohibit`.
pub const SAMPLE_NEVER: &str = "\u{E3DE}";
/// Phosphor `crosshair`, of points that are dragged.
pub const POINTS: &str = "\u{E1D6}";
/// Phosphor `lasso`, of what may move.
pub const MOVABLE: &str = "\u{EDC6}";
/// Phosphor `hand`.
pub const HAND: &str = "\u{E298}";
/// Phosphor `minus`.
pub const MINUS: &str = "\u{E32A}";
/// Phosphor `plus`.
pub const PLUS: &str = "\u{E3D4}";
/// Phosphor `magnifying-glass-plus`.
pub const ZOOM_IN: &str = "\u{E310}";
/// Phosphor `magnifying-glass-minus`.
pub const ZOOM_OUT: &str = "\u{E30E}";
/// Phosphor `corners-out`.
pub const FIT: &str = "\u{E1D0}";
/// Phosphor `number-square-one`.
pub const ONE: &str = "\u{E36C}";
/// Phosphor `square-split-horizontal`.
pub const DIVIDER: &str = "\u{E870}";
/// Phosphor `image`.
pub const IMAGE: &str = "\u{E2CA}";
/// Phosphor `image-square`.
pub const IMAGES: &str = "\u{E2CC}";
/// Phosphor `moon`.
pub const MOON: &str = "\u{E330}";
/// Phosphor `sun`.
pub const SUN: &str = "\u{E472}";
/// Phosphor `circle-half`.
pub const CONTRAST: &str = "\u{E18C}";
/// Phosphor `translate`.
pub const LANGUAGE: &str = "\u{E4A2}";
/// Phosphor `sidebar-simple`.
pub const SIDEBAR: &str = "\u{EC24}";
/// Phosphor `gear`.
pub const GEAR: &str = "\u{E270}";
/// Phosphor `list-dashes`.
pub const LIST: &str = "\u{E2F4}";
/// Phosphor `clock-counter-clockwise`.
pub const HISTORY: &str = "\u{E1A0}";
/// Phosphor `command`.
pub const COMMAND: &str = "\u{E1C4}";
/// Phosphor `keyboard`.
pub const KEYBOARD: &str = "\u{E2D8}";
/// Phosphor `sign-out`.
pub const QUIT: &str = "\u{E42A}";
/// Phosphor `warning`.
pub const WARNING: &str = "\u{E4E0}";
/// Phosphor `warning-circle`.
pub const WARNING_CIRCLE: &str = "\u{E4E2}";
/// Phosphor `info`.
pub const INFO: &str = "\u{E2CE}";
/// Phosphor `check-circle`.
pub const CHECK_CIRCLE: &str = "\u{E184}";
/// Phosphor `check`.
pub const CHECK: &str = "\u{E182}";
/// Phosphor `arrows-out`.
pub const GROW: &str = "\u{E0A2}";
/// Phosphor `arrows-in`.
pub const SHRINK: &str = "\u{E09A}";
/// Phosphor `drop-half`.
pub const FEATHER: &str = "\u{E566}";
/// Phosphor `selection-inverse`.
pub const INVERT: &str = "\u{E744}";
/// Phosphor `selection-slash`.
pub const CLEAR: &str = "\u{E69E}";
/// Phosphor `target`.
pub const TARGET: &str = "\u{E47C}";
/// Phosphor `lightning`.
pub const LIGHTNING: &str = "\u{E2DE}";
/// Phosphor `stack`.
pub const STACK: &str = "\u{E466}";
/// Phosphor `question`.
pub const QUESTION: &str = "\u{E3E8}";
/// Phosphor `terminal-window`.
pub const TERMINAL: &str = "\u{EAE8}";
/// Phosphor `shield-check`.
pub const SHIELD: &str = "\u{E40C}";
/// Phosphor `swap`.
pub const SWAP: &str = "\u{E83C}";
/// Phosphor `sliders-horizontal`.
pub const SLIDERS: &str = "\u{E434}";
/// Phosphor `dots-six-vertical`.
pub const GRIP: &str = "\u{EAE2}";
/// Phosphor `magnifying-glass`.
pub const SEARCH: &str = "\u{E30C}";
/// Phosphor `files`.
pub const FILES: &str = "\u{E710}";
/// Phosphor `note-pencil`.
pub const PATH: &str = "\u{E34C}";
/// Phosphor `subtract`.
pub const SUBTRACT: &str = "\u{EBD6}";
/// Phosphor `hourglass-medium`.
pub const HOURGLASS: &str = "\u{E2B8}";
/// Phosphor `palette`.
pub const COLORS: &str = "\u{E6C8}";
/// Phosphor `pencil-simple`.
pub const PENCIL: &str = "\u{E3B4}";
/// Phosphor `pencil-simple-slash`.
pub const PENCIL_SLASH: &str = "\u{ECF6}";
/// Phosphor `arrows-out-cardinal`.
pub const WARP: &str = "\u{E0A4}";
/// Phosphor `lock-simple`.
pub const KEEP: &str = "\u{E308}";
/// Phosphor `eyedropper`.
pub const EYEDROPPER: &str = "\u{E568}";
/// Phosphor `cursor`.
pub const CURSOR: &str = "\u{E1DC}";
/// Phosphor `compass`.
pub const COMPASS: &str = "\u{E1C8}";
/// Phosphor `play`.
pub const PLAY: &str = "\u{E3D0}";
/// Phosphor `pause`.
pub const PAUSE: &str = "\u{E39E}";
/// Phosphor `repeat`.
pub const REPEAT: &str = "\u{E3F6}";
/// Phosphor `arrows-left-right`.
pub const PING_PONG: &str = "\u{E0A0}";
/// Phosphor `push-pin`.
pub const PIN: &str = "\u{E3E2}";
/// Phosphor `shuffle`.
pub const SHUFFLE: &str = "\u{E422}";
/// Phosphor `diamond`.
pub const KEY_FRAME: &str = "\u{E1EC}";
/// Phosphor `film-strip`.
pub const FILM: &str = "\u{E792}";
/// Phosphor `map-trifold`.
pub const MAP: &str = "\u{E31A}";
/// Phosphor `crop`.
pub const CROP: &str = "\u{E1D4}";
/// Phosphor `arrow-clockwise`.
pub const TURN: &str = "\u{E036}";
/// Phosphor `intersect`.
pub const AVERAGE: &str = "\u{E2D2}";
/// Phosphor `ghost`.
pub const SHADOW: &str = "\u{E62A}";
/// Phosphor `bezier-curve`.
pub const CURVE: &str = "\u{EB00}";
/// Phosphor `grid-four`.
pub const GRID: &str = "\u{E296}";
/// Phosphor `cube`.
pub const MODEL: &str = "\u{E1DA}";
/// Phosphor `flag`.
pub const FLAG: &str = "\u{E244}";
/// Phosphor `flag-checkered`.
pub const FLAG_END: &str = "\u{EA38}";
/// Phosphor `user-focus`.
pub const PROJECT: &str = "\u{E6FC}";
/// Phosphor `stamp`.
pub const TRANSFER: &str = "\u{EA48}";
/// Phosphor `globe`.
pub const SPHERE: &str = "\u{E288}";
/// Phosphor `wave-sine`.
pub const SMOOTH: &str = "\u{EA9A}";
/// Phosphor `skip-back`.
pub const FRAME_BACK: &str = "\u{E5A4}";
/// Phosphor `skip-forward`.
pub const FRAME_NEXT: &str = "\u{E5A6}";
/// Phosphor `scribble-loop`.
pub const SKETCH: &str = "\u{E662}";
/// Phosphor `line-segment`.
pub const LINE: &str = "\u{E6D2}";
/// Phosphor `flip-horizontal`.
pub const MIRROR: &str = "\u{ED6A}";
/// Phosphor `checkerboard`.
pub const TRANSPARENT: &str = "\u{E8C4}";
/// Phosphor `columns`.
pub const BESIDE: &str = "\u{E546}";
/// Phosphor `selection-background`.
pub const OVER: &str = "\u{EAF8}";
/// Phosphor `cat`.
pub const THEME: &str = "\u{E748}";
/// Phosphor `pen-nib`.
pub const PEN: &str = "\u{E3AC}";
/// Phosphor `drop`.
pub const HINT: &str = "\u{E210}";
/// Phosphor `record`.
pub const SOLO: &str = "\u{E3EE}";
/// Phosphor `file-svg`.
pub const SVG: &str = "\u{ED08}";
/// Phosphor `note-blank`.
pub const PAPER: &str = "\u{E34A}";
/// Phosphor `textbox`.
pub const RENAME: &str = "\u{EB0A}";
/// Phosphor `squares-four`.
pub const VARIANTS: &str = "\u{E464}";
/// Phosphor `circle-dashed`.
pub const UNDER: &str = "\u{E602}";
/// Phosphor `graduation-cap`.
pub const LESSON: &str = "\u{E62C}";
/// Phosphor `star`.
pub const STAR: &str = "\u{E46A}";
/// Phosphor `trophy`.
pub const TROPHY: &str = "\u{E67E}";
/// Phosphor `timer`.
pub const TIMER: &str = "\u{E492}";
/// Phosphor `robot`.
pub const ROBOT: &str = "\u{E762}";
/// Phosphor `smiley`.
pub const FACE: &str = "\u{E436}";
/// Phosphor `sneaker`.
pub const SHOE: &str = "\u{E80C}";
/// Phosphor `planet`.
pub const PLANET: &str = "\u{E652}";
/// Phosphor `motorcycle`.
pub const MOTORBIKE: &str = "\u{E80A}";
/// Phosphor `car`.
pub const CAR: &str = "\u{E112}";
/// Phosphor `handbag`.
pub const BAG: &str = "\u{E29C}";
