# What the window says, in English. Keys are grouped by where they show.

## Menus

menu-file = File
menu-edit = Edit
menu-mask = Marks
menu-erasure = Erasure
menu-tool = Tools
menu-view = View
menu-help = Help
search-commands = Search commands
clear-recent = Clear this list

## Commands

command-open = Open…
    .tip = Open a photo or a session.
command-open-recent = Open recent…
    .tip = Open a photo that was open before.
command-open-by-path = Open by path…
    .tip = Type or paste the path of a photo.
command-paste = Paste as new
    .tip = Open the picture on the clipboard.
command-save-copy = Save a copy
    .tip = Write the result beside the photo under a new name. The photo itself is never overwritten.
command-save-as = Save as…
    .tip = Choose where to write the result.
command-save-to-path = Save to path…
    .tip = Type or paste the path to write the result to.
command-export = Export with quality…
    .tip = Choose format and JPEG quality.
command-save-session = Save session
    .tip = Keep photo, erasures and candidates in one file, to go on later.
command-save-session-as = Save session as…
    .tip = Keep the session under another name.
command-copy-picture = Copy picture
    .tip = Put the result on the clipboard.
command-import-mask = Import marks…
    .tip = Read marks from a picture of the photo’s size: white is erased.
command-export-mask = Export marks…
    .tip = Write the marks as a PNG file: white is erased.
command-close-document = Close photo
    .tip = Close the photo and go back to the start.
command-quit = Quit
    .tip = Close the window.
command-undo = Undo
    .tip = Go one step back.
command-redo = Redo
    .tip = Go one step forward.
command-erase-marked = Erase
    .tip = Fill what is marked from its surroundings.
command-cancel-job = Cancel work
    .tip = Stop what is being done.
command-reroll = Re-roll
    .tip = Make more candidates for the selected erasure.
command-next-candidate = Next candidate
    .tip = Show the next way to fill the selected erasure.
command-previous-candidate = Previous candidate
    .tip = Show the previous way to fill the selected erasure.
command-select-above = Select erasure above
    .tip = Select the erasure that lies over this one.
command-select-below = Select erasure below
    .tip = Select the erasure that lies under this one.
command-toggle-erasure = Hide or show
    .tip = Hide or show the selected erasure.
command-delete-erasure = Delete
    .tip = Remove the selected erasure; the photo shows again.
command-move-erasure-up = Move up
    .tip = Move the selected erasure over the next one.
command-move-erasure-down = Move down
    .tip = Move the selected erasure under the next one.
command-grow-mask = Grow marks
    .tip = Widen what is marked a little.
command-shrink-mask = Shrink marks
    .tip = Narrow what is marked a little.
command-feather-mask = Feather marks…
    .tip = Soften the edge of what is marked.
command-invert-mask = Invert marks
    .tip = Mark what is not marked, and the other way round.
command-clear-mask = Clear marks
    .tip = Take all marks away.
command-clear-sources = Clear sampling marks
    .tip = Take away both kinds of sampling marks.
command-tool-brush = Brush
    .tip = Paint over what is to be erased.
command-tool-eraser = Eraser
    .tip = Take marks away.
command-tool-rectangle = Rectangle
    .tip = Mark a rectangle.
command-tool-lasso = Lasso
    .tip = Mark what is circled.
command-tool-polygon = Polygon
    .tip = Mark between clicked corners.
command-tool-object = Object select
    .tip = Scribble on an object or circle it roughly; its outline is marked. Enter erases it.
command-tool-sample-from = Sample from here
    .tip = Paint where fills may take texture from.
command-tool-sample-never = Never sample from here
    .tip = Paint where fills must not take texture from.
command-tool-pan = Move view
    .tip = Move the photo in the window. Holding the space bar does the same.
command-brush-smaller = Smaller brush
    .tip = Make the brush smaller.
command-brush-larger = Larger brush
    .tip = Make the brush larger.
command-toggle-auto-fill = Erase on release
    .tip = Erase as soon as a stroke ends, without asking.
command-fit = Fit in window
    .tip = Show the whole photo.
command-actual-size = Actual size
    .tip = Show every pixel of the photo as one of the screen.
command-zoom-in = Zoom in
    .tip = Look closer.
command-zoom-out = Zoom out
    .tip = Look from farther away.
command-compare-divider = Before and after
    .tip = Split the view with a line that can be dragged.
command-hold-original = Show original
    .tip = Show the photo as it was. With the key, for as long as it is held.
command-difference-view = Difference
    .tip = Show only where the result differs from the photo, amplified.
command-toggle-theme = Dark or light
    .tip = Switch between the dark and the light theme.
command-next-language = Language: English / 한국어
    .tip = Switch the language of the window.
command-toggle-side-panel = Side panel
    .tip = Show or hide erasures, fill options and history.
command-toggle-history = History
    .tip = Show or hide the list of steps.
command-toggle-log = Log
    .tip = Show or hide what the program noted.
command-settings = Settings…
    .tip = Theme, language and defaults.
command-palette = Search commands…
    .tip = Find any command by a few of its letters.
command-shortcuts = Keyboard shortcuts
    .tip = Show all shortcuts.

## History

action-open = Open
action-paint-mask = Mark
action-select-object = Select object
action-modify-mask = Change marks
action-import-mask = Import marks
action-paint-sources = Sampling marks
action-erase = Erase
action-reroll = Re-roll
action-choose-candidate = Choose candidate
action-mix-candidates = Mix candidates
action-toggle-visible = Hide or show
action-change-opacity = Opacity
action-delete-erasure = Delete erasure
action-reorder-erasures = Reorder

## Options of tools

option-size = Size
option-hardness = Hardness
option-overlay = Marks
option-overlay-color = Colour of the marks
option-overlay-opacity = Opacity of the marks
option-auto-fill = Erase on release
hint-rectangle = Drag over what is to be erased
hint-lasso = Draw around what is to be erased
hint-polygon = Click corners; a double click or Enter closes
hint-pan = Drag to move the photo, turn the wheel to zoom

## Side panel

part-erasures = Erasures
part-fill = Fill
part-history = History
part-mix = Between candidates
part-explain = Explain
erasures-none = Nothing erased yet. Paint over something.
erasures-name = Erasure { $number }
erasures-delete = Delete erasure
erasures-reroll = More candidates
erasures-hide = Hide erasure
erasures-show = Show erasure
erasures-opacity = Opacity of { $name }
fill-engine = Method
    .tip = How holes are filled.
fill-candidates = Candidates
    .tip = How many ways to fill a hole are made.
fill-patch = Patch size
    .tip = Side of the patches that are compared; large ones keep structure, small ones fit tight places.
fill-grow = Grow
    .tip = How far a hole is widened before it is filled.
fill-feather = Feather
    .tip = How far the fill fades out around the hole.
fill-context = Context
    .tip = How much of the surroundings is looked at, in multiples of the hole.
fill-detail = Photo’s detail
    .tip = A network’s fill only guides, and the photo’s own texture gives the detail. Without it the fill is taken as it is.
fill-guide = Guidance
    .tip = How closely the result follows a network’s fill.
fill-reset = Reset to defaults
engine-auto = Automatic
    .tip = Chosen by the shape and size of each hole; the panel “Explain” says why.
engine-network = Network
    .tip = A network generates a fill from what it has learned from other photos.
engine-missing = Not installed: train or import its weights.
engine-exemplar = From the photo
    .tip = Texture is taken from elsewhere in the photo.
engine-membrane = Smooth
    .tip = A smooth surface: for sky, walls and dust.
automatic = Automatic

## Where a fill came from

family-comodgan = CoModGAN
family-context-encoder = Context Encoder
family-migan = MI-GAN
origin-exemplar = Texture of the photo at its own resolution
origin-membrane = Smooth surface at the photo’s resolution
origin-network = { $family }, generated at { $side } px
origin-historical = { $family }, historical, { $side } px
origin-squares = in { $count } squares
origin-enlarged = enlarged { $scale }×
origin-guided = detail from the photo
auto-no-network = From the photo: no network is installed.
auto-thin-stroke = From the photo: the hole is a thin stroke, { $width } px wide.
auto-small-hole = From the photo: the hole is small, { $width } px wide.
auto-wide-hole = { $network } guides: the hole is { $width } px wide.
explain-none = Select something erased to see how it was filled.
explain-unknown = An older version of the program made this candidate and noted nothing about it.
explain-gone = Its pictures were not kept. Make more candidates to see some.
explain-crop = What stood there
    .tip = The part of the photo that the network was given, at the network’s resolution.
explain-input = What the network saw
    .tip = The same with the hole in grey: all that the network knew.
explain-raw = What it answered
    .tip = The network’s own picture, before anything was done to it.
explain-result = What stands there now
    .tip = The result in the photo, at the network’s resolution.
mix-none = With two candidates of a network a slider appears here that moves between them.
mix-from = From
mix-to = to
mix-between = Position
    .tip = Drag to see what lies between the two candidates; let go to keep it as a new one.
mix-busy = Filling…

## Candidates

strip-title = Candidates
strip-count = { $number } of { $total }
strip-empty = Paint over something: the ways to fill it appear here.
strip-filling = Filling…
strip-candidate = Candidate { $number }
strip-candidate-tip = Candidate { $number }, seed { $seed }
strip-waiting = Still being made
strip-more = More candidates

## Status bar

status-ready = Ready
status-zoom = { $percent } %
status-kind = { $format }, { $bits } bit
status-gray = grey
status-gray-alpha = grey with alpha
status-color = colour
status-color-alpha = colour with alpha
status-untouched = Untouched
status-touched = { $touched } of { $total } pixels touched ({ $percent } % untouched)
status-touched-tip = Counted pixel by pixel: everything else is saved exactly as it was.
cancel-work = Cancel
busy-select = Finding the outline
busy-measure = Counting pixels
busy-marks = Changing the marks
busy-open = Opening
busy-save = Saving
busy-session = Saving the session
busy-mask-file = Marks file
busy-clipboard = Copying
busy-interpolate = Between candidates
busy-networks = Looking for networks
busy-erase = Erasing
busy-erase-many = Erasing: candidate { $number } of { $total }
busy-autosave = Autosave
stage-decode = reading
stage-display = preparing
stage-flatten = putting together
stage-encode = encoding
stage-write = writing
stage-crop = looking around
stage-membrane = first impression
stage-synthesis = finding texture
stage-compose = blending
stage-select = tracing

## Log

log-title = Log
log-empty = Nothing noted yet.
log-copy = Copy the log

## Start page

start-tagline = Erase what should not be there. The rest of the photo stays exactly as it was.
start-drop = Drop a photo here
start-formats = JPEG, PNG, WebP, TIFF or BMP, 8 or 16 bit
start-open = Open a photo…
start-paste = Paste
start-path = Type a path…
start-hint = { $palette } finds any command, { $help } shows all shortcuts.
start-samples = Or try a sample
start-recent = Recent
start-leftover = The last run ended without saving. Its work can be recovered.
start-recover = Recover
start-discard = Discard
sample-mountain = Mountain path
sample-dandelions = Dandelions
sample-meadow = Meadow
drop-hint = Drop to open
name-pasted = Pasted picture
name-recovered = Recovered work

## Dialogs

cancel = Cancel
close = Close
apply = Apply
open = Open
save = Save
path-open = Open a photo or a session
path-save = Save the result
path-export = Export the result
path-session = Save the session
path-import-mask = Import marks
path-export-mask = Export marks
path-hint = Type or paste a full path.
path-label = Path
path-placeholder = /home/me/Pictures/photo.jpg
export-title = Export
export-quality = Quality
export-note-jpeg = The whole picture is encoded anew; “Save a copy” keeps the photo’s own JPEG settings.
export-note-lossless = Lossless: every untouched pixel stays exact.
export-note-bmp = Lossless, 8 bit, without metadata.
export-action = Choose a place…
feather-title = Feather marks
feather-radius = Radius
unsaved-title = Unsaved changes
unsaved-question = “{ $name }” has changes that are in no file yet.
unsaved-save = Save session
unsaved-lose = Discard changes
settings-title = Settings
settings-theme = Theme
settings-language = Language
settings-filling = Erasing
settings-auto-fill = Erase on release
settings-candidates = Candidates
settings-quality = JPEG quality
theme-dark = Dark
theme-light = Light
theme-system = System
language-system = System
palette-hint = What do you want to do?
palette-none = Nothing fits.
recent-hint = Which file?
shortcuts-title = Keyboard shortcuts
shortcuts-gestures = Space or middle button moves the photo, the wheel zooms, Alt and drag sizes the brush, Escape takes back an unfinished gesture.

## Canvas

canvas-name = Photo
compare-before = Before
compare-after = After

## Toasts

dismiss = Dismiss
show-details = Show details
hide-details = Hide details
toast-saved = Saved as { $file }
toast-session-saved = Session saved as { $file }
toast-mask-exported = Marks saved as { $file }
toast-mask-imported = Marks imported
toast-copied = The picture is on the clipboard

## Failures. In English the program's own sentence is shown, which knows more; these stand in for it.

error-cancelled = The work was cancelled.
error-clipboard-empty = There is no picture on the clipboard.
error-clipboard-open = The clipboard cannot be opened.
error-clipboard-picture = The picture on the clipboard cannot be used.
error-clipboard-read = The clipboard cannot be read.
error-clipboard-write = The picture cannot be put on the clipboard.
error-cmyk = CMYK pictures cannot be opened; convert it to RGB first.
error-damaged = The file is damaged.
error-empty = The file is empty.
error-empty-mask = Nothing is marked for erasing.
error-folder-missing = The folder does not exist.
error-format-limit = The format cannot hold a picture of this size.
error-full-mask = The marks cover the whole photo; some of it must stay to fill from.
error-internal = Something went wrong inside the program; your work is kept.
error-is-source = This is the photo itself; choose another name.
error-network = The network failed.
error-no-style = Only fills of networks with latents can be mixed.
error-no-candidate = No candidate was asked for.
error-no-clipboard = There is no clipboard here.
error-no-copy-name = No free name for a copy was found; use “Save as…”.
error-no-permission = There is no permission to write there; choose another folder.
error-no-source = The sampling marks leave nothing to fill from.
error-no-space = The disk is full; nothing was written.
error-no-such-erasure = The erasure is gone.
error-not-a-photo = This is no picture that can be read.
error-not-encoded = The picture cannot be encoded.
error-not-found = The file does not exist.
error-not-written = The file cannot be written.
error-nothing-to-recover = There is nothing to recover.
error-select-empty = Nothing was scribbled on or circled.
error-select-everything = The scribble covers the whole photo; some of it must be left out.
error-select-small = The scribble is too small to find an object from.
error-session-broken = The session is damaged.
error-session-newer = The session was written by a newer version of the program.
error-session-not = The file is no session.
error-session-read = The session cannot be read.
error-session-write = The session cannot be saved.
error-size-mismatch = Photo and marks have different sizes.
error-too-large = The picture is too large to be opened safely.
error-truncated = The file ends too early.
error-unknown-ending = The name’s ending names no format: use .jpg, .png, .webp, .tif or .bmp.
error-unknown-model = The method is not known.
error-unreadable = The file cannot be read.
error-unsupported = This kind of picture is not supported.
error-zero-size = The picture has no pixels.
warning-alpha-lost = The format has no transparency; the photo was laid over white.
warning-depth-reduced = The format has 8 bits; the photo’s 16-bit depth is not in the file.
warning-library-damaged = The settings were damaged and start anew.
warning-library-locked = Another window keeps the settings; changes here are forgotten.
warning-library-unwritable = Settings and recent files cannot be kept.
