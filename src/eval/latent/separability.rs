//! Linear separability: how well an attribute of the picture can be told from the latent by a plane (Karras et al. 2019, section
//! 4.2): `2^(sum over attributes of H(Y | X))`, entropies in bits, `Y` what a classifier says of the picture, `X` the side of the
//! plane on which the latent lies; once with planes in z and once in w.
//!
//! The paper has forty trained classifiers of faces and 200,000 pictures. Here labelled pictures come from the user, a logistic
//! regression on the lens's features and a small copy of the picture learns their labels, and planes are judged on latents that
//! they were not learned on, because there are fewer. Figures of two sets of labels cannot be compared.

use std::sync::Arc;

use candle_core::{Device, Tensor};
use serde::Serialize;

use super::classifier::{Classes, Learning, Scaler, told_by_planes};
use super::painter::{Painter, mapped};
use super::statistics::conditional_entropy;
use super::{Lens, MeasureError, MeasureUpdate};
use crate::control::{Progress, Rng, Step, Stepper, rng};
use crate::generators::manifold::Manifold;
use crate::generators::ops::area_down;
use crate::latent::Picture;

const STREAM: u64 = 0x5E9A;
/// Fewer labelled pictures teach nothing.
const LEAST_LABELLED: usize = 40;
/// Fewer drawn ones tell nothing.
const LEAST: usize = 40;
/// The side of the small copy.
const SMALL: usize = 16;
/// A group counts if the classifier goes so far of the way from guessing the commonest class to being always right.
const TOLD: f64 = 0.5;

/// Pictures with one label for each of some groups.
#[derive(Clone, Debug, Default)]
pub struct Labelled {
    /// What each group is called, and the names of its classes.
    pub groups: Vec<(String, Vec<String>)>,
    /// Pictures of the model's side.
    pub pictures: Vec<Picture>,
    /// For each picture the class of each group.
    pub labels: Vec<Vec<usize>>,
}

/// How well attributes can be told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Separability {
    /// The lens.
    pub features: String,
    /// Pictures drawn; planes see the half of them of which the classifier is surest, for each attribute.
    pub samples: usize,
    /// What they were drawn from.
    pub seed: u64,
    /// Planes in z: the lower the better, 1 is the best there is.
    pub z: f64,
    /// Planes in w; none without styles.
    pub w: Option<f64>,
    /// What counted.
    pub attributes: Vec<Attribute>,
    /// Groups that the classifier could not tell, with the share of held-out pictures that it got right.
    pub left_out: Vec<(String, f64)>,
}

/// One attribute: a group has one of its classes, or another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribute {
    /// The group.
    pub group: String,
    /// The class.
    pub class: String,
    /// Share of the group's held-out pictures that are classified rightly.
    pub accuracy: f64,
    /// Share of the drawn pictures that have it.
    pub share: f64,
    /// What is not known of it when the side of the plane in z is known, in bits.
    pub left_z: f64,
    /// The same in w.
    pub left_w: Option<f64>,
}

/// A measurement under way.
pub struct SeparabilityJob {
    painter: Painter,
    lens: Arc<Lens>,
    labelled: Labelled,
    samples: usize,
    seed: u64,
    rng: Rng,
    learned: Vec<Vec<f32>>,
    scaler: Option<Scaler>,
    /// What is learned from, once all pictures were looked at.
    rows: Vec<Vec<f64>>,
    learning: Option<Learning>,
    told: Vec<Group>,
    left_out: Vec<(String, f64)>,
    next_group: usize,
    drawn: Drawn,
    attributes: Vec<Attribute>,
    asked: usize,
}

/// A group that can be told.
struct Group {
    at: usize,
    classes: Classes,
    accuracy: f64,
}

/// Latents with the features of their pictures.
#[derive(Default)]
struct Drawn {
    zs: Vec<Vec<f64>>,
    ws: Vec<Vec<f64>>,
    rows: Vec<Vec<f64>>,
}

impl SeparabilityJob {
    /// Measures `manifold` with what can be learned of `labelled`.
    ///
    /// # Errors
    /// When there are too few pictures or samples, or the labels do not fit the pictures.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        lens: Arc<Lens>,
        labelled: Labelled,
        samples: usize,
        seed: u64,
    ) -> Result<Self, MeasureError> {
        check(&labelled, manifold.side())?;
        if samples < LEAST {
            return Err(MeasureError::TooFew { what: "samples", given: samples, least: LEAST });
        }
        Ok(Self {
            painter: Painter { manifold },
            lens,
            labelled,
            samples,
            seed,
            rng: rng(seed, STREAM),
            learned: Vec::new(),
            scaler: None,
            rows: Vec::new(),
            learning: None,
            told: Vec::new(),
            left_out: Vec::new(),
            next_group: 0,
            drawn: Drawn::default(),
            attributes: Vec::new(),
            asked: 0,
        })
    }

    /// The features of pictures `[n, 3, side, side]`: the lens's means, and a small copy of the colors.
    fn features(&self, pictures: &Tensor) -> Result<Vec<Vec<f32>>, MeasureError> {
        let mut rows = self.lens.pooled(self.painter.manifold.as_ref(), pictures)?;
        let side = pictures.dim(2)?;
        let small = if side % SMALL == 0 { area_down(pictures, side / SMALL)? } else { pictures.clone() };
        for (row, colors) in rows.iter_mut().zip(small.flatten_from(1)?.to_vec2::<f32>()?) {
            row.extend(colors);
        }
        Ok(rows)
    }

    /// Goes on learning one group on four fifths of the pictures; at the end counts what it gets right of the rest.
    fn learn(&mut self, at: usize) {
        if self.scaler.is_none() {
            let scaler = self.scaler.insert(Scaler::of(&self.learned));
            self.rows = self.learned.iter().map(|row| scaler.scaled(row)).collect();
        }
        let rows = &self.rows;
        let labels: Vec<usize> = self.labelled.labels.iter().map(|labels| labels[at]).collect();
        let (name, names) = &self.labelled.groups[at];
        let cut = rows.len() * 4 / 5;
        let begin = || Learning::new(rows.first().map_or(0, Vec::len), names.len());
        let learning = self.learning.get_or_insert_with(begin);
        let Some(classes) = learning.go_on(&rows[..cut], &labels[..cut]) else { return };
        (self.learning, self.next_group) = (None, at + 1);
        let right = rows[cut..].iter().zip(&labels[cut..]).filter(|(row, label)| classes.of(row) == **label).count();
        let accuracy = right as f64 / (rows.len() - cut).max(1) as f64;
        if accuracy >= wanted(&labels[cut..], names.len()) {
            self.told.push(Group { at, classes, accuracy });
        } else {
            self.left_out.push((name.clone(), accuracy));
        }
    }

    fn draw(&mut self) -> Result<(), MeasureError> {
        let n = self.painter.batch().min(self.samples - self.drawn.zs.len());
        let zs = self.painter.tensor(&self.painter.zs(n, &mut self.rng))?;
        let pictures = match self.painter.manifold.styles() {
            Some(styles) => {
                let ws = mapped(styles, &zs)?;
                self.drawn.ws.extend(wide(&ws)?);
                self.painter.pictures_of_styles(&ws)?
            }
            None => self.painter.pictures_of(&zs)?,
        };
        let features = self.features(&pictures)?;
        if let Some(scaler) = &self.scaler {
            self.drawn.rows.extend(features.iter().map(|row| scaler.scaled(row)));
        }
        self.drawn.zs.extend(wide(&zs)?);
        Ok(())
    }

    /// Which class of which group that can be told is attribute `number`; `None` when there are no more.
    fn attribute(&self, number: usize) -> Option<(&Group, usize)> {
        // Of two classes the second is the first one's opposite.
        let count = |group: &Group| match self.labelled.groups[group.at].1.len() {
            2 => 1,
            count => count,
        };
        self.told.iter().flat_map(|group| (0..count(group)).map(move |class| (group, class))).nth(number)
    }

    /// `None` when none or all of the pictures have it.
    fn measured(&self, group: &Group, class: usize) -> Option<Attribute> {
        let (name, classes) = &self.labelled.groups[group.at];
        let told: Vec<(f64, bool)> = self
            .drawn
            .rows
            .iter()
            .map(|row| {
                let probability = group.classes.probabilities(row)[class];
                ((probability - 0.5).abs(), probability > 0.5)
            })
            .collect();
        let share = told.iter().filter(|(_, has)| *has).count() as f64 / told.len().max(1) as f64;
        let mut order: Vec<usize> = (0..told.len()).collect();
        order.sort_by(|a, b| told[*b].0.total_cmp(&told[*a].0));
        order.truncate(told.len() / 2);
        order.sort_unstable();
        let labels: Vec<bool> = order.iter().map(|&at| told[at].1).collect();
        if !labels.contains(&true) || !labels.contains(&false) {
            return None;
        }
        let left = |latents: &[Vec<f64>]| {
            let latents: Vec<Vec<f64>> = order.iter().map(|&at| latents[at].clone()).collect();
            conditional_entropy(told_by_planes(&normalized(&latents), &labels))
        };
        let left_w = (!self.drawn.ws.is_empty()).then(|| left(&self.drawn.ws));
        let (group, class, accuracy) = (name.clone(), classes[class].clone(), group.accuracy);
        Some(Attribute { group, class, accuracy, share, left_z: left(&self.drawn.zs), left_w })
    }

    fn result(&mut self) -> Result<Separability, MeasureError> {
        if self.attributes.is_empty() {
            let best = self.left_out.iter().map(|(_, right)| right * 100.0).fold(0.0, f64::max);
            return Err(MeasureError::Untold { best });
        }
        let z: f64 = self.attributes.iter().map(|attribute| attribute.left_z).sum();
        let w: Option<f64> = self.attributes.iter().map(|attribute| attribute.left_w).sum();
        Ok(Separability {
            features: self.lens.name(),
            samples: self.samples,
            seed: self.seed,
            z: z.exp2(),
            w: w.map(f64::exp2),
            attributes: std::mem::take(&mut self.attributes),
            left_out: std::mem::take(&mut self.left_out),
        })
    }

    fn fraction(&self) -> f32 {
        let part = |done: usize, of: usize| done as f32 / of.max(1) as f32;
        let read = part(self.learned.len(), self.labelled.pictures.len());
        let learned = part(self.next_group, self.labelled.groups.len());
        let drawn = part(self.drawn.zs.len(), self.samples);
        0.25 * read + 0.1 * learned + 0.5 * drawn + 0.15 * (self.asked as f32 / 100.0).min(1.0)
    }
}

impl Stepper for SeparabilityJob {
    type Preview = MeasureUpdate;
    type Output = Separability;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, Separability>, MeasureError> {
        if let Some(picture) = self.labelled.pictures.get(self.learned.len()) {
            let rows = self.features(&picture.to_tensor()?)?;
            self.learned.extend(rows);
        } else if self.next_group < self.labelled.groups.len() {
            self.learn(self.next_group);
        } else if self.told.is_empty() {
            return self.result().map(Step::Done);
        } else if self.drawn.zs.len() < self.samples {
            self.draw()?;
        } else {
            match self.attribute(self.asked) {
                None => return self.result().map(Step::Done),
                Some((group, class)) => {
                    let measured = self.measured(group, class);
                    self.attributes.extend(measured);
                }
            }
            self.asked += 1;
        }
        let progress = Progress { fraction: self.fraction(), stage: "measure" };
        Ok(Step::More(MeasureUpdate { progress }))
    }
}

fn check(labelled: &Labelled, side: usize) -> Result<(), MeasureError> {
    let Labelled { groups, pictures, labels } = labelled;
    let wrong = |why: &str| Err(MeasureError::Labels { why: why.to_owned() });
    if pictures.len() < LEAST_LABELLED {
        return Err(MeasureError::TooFew { what: "labelled pictures", given: pictures.len(), least: LEAST_LABELLED });
    }
    if pictures.iter().any(|picture| picture.side() != side) {
        return wrong("they have not the side of the model's pictures");
    }
    let fits = |labels: &Vec<usize>| {
        labels.len() == groups.len() && labels.iter().zip(groups).all(|(class, (_, names))| *class < names.len())
    };
    if labels.len() != pictures.len() || !labels.iter().all(fits) {
        return wrong("a picture has other labels than there are");
    }
    if groups.iter().all(|(_, names)| names.len() < 2) {
        return wrong("there is nothing to tell apart");
    }
    Ok(())
}

/// The share of held-out pictures that must be right.
fn wanted(labels: &[usize], classes: usize) -> f64 {
    let count = |class: usize| labels.iter().filter(|label| **label == class).count();
    let most = (0..classes).map(count).max().unwrap_or(0) as f64 / labels.len().max(1) as f64;
    (1.0 - most).mul_add(TOLD, most)
}

/// Latents brought to mean 0 and deviation 1, so that one price serves z and w.
fn normalized(latents: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f32>> = latents.iter().map(|row| row.iter().map(|value| *value as f32).collect()).collect();
    let scaler = Scaler::of(&rows);
    rows.iter().map(|row| scaler.scaled(row)).collect()
}

fn wide(latents: &Tensor) -> Result<Vec<Vec<f64>>, MeasureError> {
    let rows = latents.to_device(&Device::Cpu)?.to_vec2::<f32>()?;
    Ok(rows.into_iter().map(|row| row.into_iter().map(f64::from).collect()).collect())
}
