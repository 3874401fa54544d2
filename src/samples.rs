//! Photos that ship inside of the program, each with a mask over something to erase.
//!
//! They are shown by the demo and offered by an empty window. `assets/samples/CREDITS.md` names authors and licences.

/// A photo with something in it that can be erased.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// A file name without extension, also the key of its title.
    pub name: &'static str,
    /// A JPEG file.
    pub photo: &'static [u8],
    /// A PNG file of the photo's size: white is what may go.
    pub mask: &'static [u8],
    /// Author and licence, in one line.
    pub credit: &'static str,
}

/// All samples; the first is the one that the demo opens.
pub const SAMPLES: &[Sample] = &[
    Sample {
        name: "meadow",
        photo: include_bytes!("../assets/samples/meadow.jpg"),
        mask: include_bytes!("../assets/samples/meadow-mask.png"),
        credit: "Aitzgorri, Aitzol Berasategi, CC BY 4.0",
    },
    Sample {
        name: "mountain",
        photo: include_bytes!("../assets/samples/mountain.jpg"),
        mask: include_bytes!("../assets/samples/mountain-mask.png"),
        credit: "Picos de Europa, Aitzol Berasategi, CC BY 4.0",
    },
    Sample {
        name: "dandelions",
        photo: include_bytes!("../assets/samples/dandelions.jpg"),
        mask: include_bytes!("../assets/samples/dandelions-mask.png"),
        credit: "Seeding, Clemens Engelhardt, CC0 1.0",
    },
];
