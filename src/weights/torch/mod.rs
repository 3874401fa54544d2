//! Checkpoints as Python writes them, read without running anything: the zip archives of PyTorch 1.6 and later, the single
//! stream of earlier versions, and plain pickles of numpy's arrays, as Theano's users keep them.

mod legacy;
mod numbers;
mod pickle;
mod zipped;

use std::collections::{BTreeMap, HashMap};

use candle_core::{Device, Tensor};

use pickle::{ArrayInfo, Element, Id, Node, Pickle, TensorInfo};

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
    /// The bytes of numpy's arrays, which lie between other things in the file, or as text.
    arrays: Vec<u8>,
    tables: Vec<Table>,
    /// By path of the table and key.
    places: HashMap<(String, String), Place>,
}

/// Where a tensor's numbers lie.
#[derive(Clone, Debug)]
struct Place {
    element: Element,
    /// Whether its numbers lie in [`Checkpoint::arrays`], not in the file.
    is_array: bool,
    /// The storage's bytes there.
    start: usize,
    end: usize,
    offset: usize,
    dims: Vec<usize>,
    strides: Vec<usize>,
}

/// Whether a file that begins so may be a checkpoint of PyTorch or another pickle.
pub(super) fn is_torch(bytes: &[u8]) -> bool {
    zipped::is_zip(bytes) || matches!(bytes, [0x80, 2..=5, ..])
}

impl Checkpoint {
    /// Reads the tables of the file that has these `bytes`.
    ///
    /// # Errors
    /// What is wrong with it, to follow "because".
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, String> {
        let (pickle, storages) = if zipped::is_zip(&bytes) {
            zipped::read(&bytes)?
        } else if legacy::is_legacy(&bytes) {
            legacy::read(&bytes)?
        } else {
            (pickle::parse(&bytes)?, Storages::new())
        };
        let Node::Dict(_) = pickle.root() else { return Err("it is no table of tensors".to_owned()) };
        let mut collector = Collector {
            pickle,
            storages,
            tables: Vec::new(),
            places: HashMap::new(),
            arrays: Vec::new(),
            most_bytes: bytes.len(),
            n_items: 0,
            n_values: 0,
        };
        collector.table(collector.pickle.root, "", 0)?;
        let Collector { tables, places, n_values, arrays, .. } = collector;
        // Tensors may share numbers, but not without end.
        if n_values > 2 * bytes.len() + 1024 {
            return Err("its tensors claim more numbers than it holds".to_owned());
        }
        Ok(Self { bytes, arrays, tables, places })
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
        let source = if place.is_array { &self.arrays } else { &self.bytes };
        let bytes = source.get(place.start..place.end).ok_or_else(|| "it ends too early".to_owned())?;
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
    arrays: Vec<u8>,
    /// The file's, which its arrays cannot have more of.
    most_bytes: usize,
    n_items: usize,
    n_values: usize,
}

impl Collector<'_> {
    fn table(&mut self, id: usize, path: &str, depth: usize) -> Result<(), String> {
        let Node::Dict(items) = self.pickle.nodes[id].clone() else { return Ok(()) };
        let mut table = Table { path: path.to_owned(), ..Table::default() };
        for (key, value) in items {
            self.count_item()?;
            // Tables by number belong to optimisers.
            let Node::Text(key) = self.pickle.nodes[key] else { continue };
            match &self.pickle.nodes[value] {
                Node::Tensor(tensor) => {
                    let place = self.place(key, tensor)?;
                    self.keep(&mut table, key.to_owned(), place)?;
                }
                Node::Array(_) => self.array(&mut table, key.to_owned(), value)?,
                Node::List(_) | Node::Tuple(_) => self.list(&mut table, key, value, depth)?,
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

    /// The arrays of a list, under their numbers: `NAME.0`, `NAME.1`, and in lists of lists `NAME.0.1`.
    fn list(&mut self, table: &mut Table, name: &str, id: Id, depth: usize) -> Result<(), String> {
        let (Node::List(items) | Node::Tuple(items)) = self.pickle.nodes[id].clone() else { return Ok(()) };
        for (at, item) in items.into_iter().enumerate() {
            self.count_item()?;
            match &self.pickle.nodes[item] {
                Node::Array(_) => self.array(table, format!("{name}.{at}"), item)?,
                Node::List(_) | Node::Tuple(_) if depth < MAX_DEPTH => {
                    self.list(table, &format!("{name}.{at}"), item, depth + 1)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn count_item(&mut self) -> Result<(), String> {
        self.n_items += 1;
        if self.n_items > MAX_ITEMS { Err("its tables have too many parts".to_owned()) } else { Ok(()) }
    }

    fn array(&mut self, table: &mut Table, key: String, id: Id) -> Result<(), String> {
        let Node::Array(ArrayInfo { element, dims, strides, data }) = self.pickle.nodes[id].clone() else {
            return Ok(());
        };
        let bytes = self.pickle.nodes[data].bytes().ok_or_else(|| format!("{key} has no numbers"))?;
        let told = dims.iter().try_fold(element.size(), |product, side| product.checked_mul(*side));
        if told != Some(bytes.len()) {
            return Err(format!("{key} of the shape {dims:?} has {} bytes", bytes.len()));
        }
        let start = self.arrays.len();
        if start + bytes.len() > self.most_bytes {
            return Err("its arrays claim more numbers than it holds".to_owned());
        }
        self.arrays.extend_from_slice(&bytes);
        let place = Place { element, is_array: true, start, end: self.arrays.len(), offset: 0, dims, strides };
        self.keep(table, key, place)
    }

    fn keep(&mut self, table: &mut Table, key: String, place: Place) -> Result<(), String> {
        self.n_values = self.n_values.saturating_add(place.dims.iter().product());
        if table.shapes.insert(key.clone(), place.dims.clone()).is_some() {
            return Err(format!("{key} is in it twice"));
        }
        self.places.insert((table.path.clone(), key), place);
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
        Ok(Place { element: storage.element, is_array: false, start, end, offset, dims, strides })
    }
}
