//! Checkpoints as `torch.save` writes them, read without running anything: the zip archives of PyTorch 1.6 and later, and the
//! single stream of earlier versions.

mod legacy;
mod numbers;
mod pickle;
mod zipped;

use std::collections::{BTreeMap, HashMap};

use candle_core::{Device, Tensor};

use pickle::{Element, Node, Pickle, TensorInfo};

/// How deep tables may lie in each other.
const MAX_DEPTH: usize = 5;
/// The most items of all tables.
const MAX_ITEMS: usize = 1 << 18;

/// One table of tensors in a checkpoint.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What leads to it from the top, such as `g_ema`.
    pub(super) path: String,
    /// The tensors by key, with their shapes.
    pub(super) shapes: BTreeMap<String, Vec<usize>>,
}

/// A checkpoint whose numbers are read when they are asked for.
#[derive(Debug)]
pub(super) struct Checkpoint {
    bytes: Vec<u8>,
    tables: Vec<Table>,
    /// By path of the table and key.
    places: HashMap<(String, String), Place>,
}

/// Where a tensor's numbers lie.
#[derive(Clone, Debug)]
struct Place {
    element: Element,
    /// The storage's bytes within the file.
    start: usize,
    end: usize,
    offset: usize,
    dims: Vec<usize>,
    strides: Vec<usize>,
}

/// Whether a file that begins so may be a checkpoint of PyTorch.
pub(super) fn is_torch(bytes: &[u8]) -> bool {
    zipped::is_zip(bytes) || bytes.starts_with(&[0x80, 2])
}

impl Checkpoint {
    /// Reads the tables of the file that has these `bytes`.
    ///
    /// # Errors
    /// What is wrong with it, to follow "because".
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, String> {
        let (pickle, storages) = if zipped::is_zip(&bytes) { zipped::read(&bytes)? } else { legacy::read(&bytes)? };
        let Node::Dict(_) = pickle.root() else { return Err("it is no table of tensors".to_owned()) };
        let mut collector =
            Collector { pickle, storages, tables: Vec::new(), places: HashMap::new(), n_items: 0, n_values: 0 };
        collector.table(collector.pickle.root, "", 0)?;
        let Collector { tables, places, n_values, .. } = collector;
        // Tensors may share numbers, but not without end.
        if n_values > 2 * bytes.len() + 1024 {
            return Err("its tensors claim more numbers than it holds".to_owned());
        }
        Ok(Self { bytes, tables, places })
    }

    /// All tables that hold tensors.
    pub(super) fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The tensor `key` of the table at `path` in f32.
    ///
    /// # Errors
    /// What is wrong with it, to follow "because".
    pub(super) fn load(&self, path: &str, key: &str) -> Result<Tensor, String> {
        let place = self.places.get(&(path.to_owned(), key.to_owned())).ok_or_else(|| format!("there is no {key}"))?;
        let bytes = self.bytes.get(place.start..place.end).ok_or_else(|| "it ends too early".to_owned())?;
        let values = numbers::gather(bytes, place.element, place.offset, &place.dims, &place.strides)
            .ok_or_else(|| format!("{key} reaches beyond its numbers"))?;
        Tensor::from_vec(values, place.dims.as_slice(), &Device::Cpu).map_err(|error| format!("{key}: {error}"))
    }
}

/// Where the bytes of storages lie in the file, by key: start and end.
type Storages = HashMap<String, (usize, usize)>;

/// Finds all tables of tensors.
struct Collector<'a> {
    pickle: Pickle<'a>,
    storages: Storages,
    tables: Vec<Table>,
    places: HashMap<(String, String), Place>,
    n_items: usize,
    n_values: usize,
}

impl Collector<'_> {
    fn table(&mut self, id: usize, path: &str, depth: usize) -> Result<(), String> {
        let Node::Dict(items) = self.pickle.nodes[id].clone() else { return Ok(()) };
        let mut table = Table { path: path.to_owned(), ..Table::default() };
        for (key, value) in items {
            self.n_items += 1;
            if self.n_items > MAX_ITEMS {
                return Err("its tables have too many parts".to_owned());
            }
            // Tables by number belong to optimisers.
            let Node::Text(key) = self.pickle.nodes[key] else { continue };
            match &self.pickle.nodes[value] {
                Node::Tensor(tensor) => {
                    let place = self.place(key, tensor)?;
                    self.n_values = self.n_values.saturating_add(place.dims.iter().product());
                    if table.shapes.insert(key.to_owned(), place.dims.clone()).is_some() {
                        return Err(format!("{key} is in it twice"));
                    }
                    self.places.insert((path.to_owned(), key.to_owned()), place);
                }
                Node::Dict(_) if depth < MAX_DEPTH => {
                    let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                    self.table(value, &path, depth + 1)?;
                }
                _ => {}
            }
        }
        if !table.shapes.is_empty() {
            self.tables.push(table);
        }
        Ok(())
    }

    fn place(&self, key: &str, tensor: &TensorInfo) -> Result<Place, String> {
        let TensorInfo { storage, offset, dims, strides } = tensor.clone();
        let Node::Storage(storage) = &self.pickle.nodes[storage] else { return Err(format!("{key} has no numbers")) };
        let &(start, end) =
            self.storages.get(storage.key).ok_or_else(|| format!("the numbers of {key} are not in it"))?;
        let (found, told) = ((end - start) / storage.element.size(), storage.count);
        if found != told {
            return Err(format!("it says that {key} has {told} numbers where there are {found}"));
        }
        if !numbers::is_within(found, offset, &dims, &strides) {
            return Err(format!("{key} of the shape {dims:?} reaches beyond its {found} numbers"));
        }
        Ok(Place { element: storage.element, start, end, offset, dims, strides })
    }
}
