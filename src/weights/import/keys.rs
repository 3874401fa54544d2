//! The keys of a generator in a checkpoint: each is taken once or given a reason.

use std::collections::BTreeMap;

use candle_core::Tensor;

use super::Ignored;
use super::source::{Chosen, Source};

/// What a file's top is called where it is a table beside others.
const TOP: &str = "(top)";

/// What has not been taken yet.
pub(super) struct Keys<'a> {
    source: &'a Source,
    path: String,
    prefix: String,
    shapes: BTreeMap<String, Vec<usize>>,
    ignored: Vec<Ignored>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(source: &'a Source, chosen: &Chosen) -> Self {
        let Chosen { path, prefix, .. } = chosen;
        let (mut shapes, mut ignored) = (BTreeMap::new(), Vec::new());
        for table in source.tables() {
            if table.path != *path {
                let (key, reason) = (table.path.clone(), "a table beside the generator's".to_owned());
                ignored.push(Ignored { key: if key.is_empty() { TOP.to_owned() } else { key }, reason });
                continue;
            }
            for (key, dims) in &table.shapes {
                match key.strip_prefix(prefix.as_str()) {
                    Some(key) => drop(shapes.insert(key.to_owned(), dims.clone())),
                    None => {
                        ignored.push(Ignored { key: key.clone(), reason: "not the generator's".to_owned() });
                    }
                }
            }
        }
        Self { source, path: path.clone(), prefix: prefix.clone(), shapes, ignored }
    }

    /// The shape of a tensor that has not been taken.
    ///
    /// # Errors
    /// When there is none, to follow "because".
    pub(super) fn dims(&self, key: &str) -> Result<&[usize], String> {
        self.shapes.get(key).map(Vec::as_slice).ok_or_else(|| format!("the tensor {key} is missing"))
    }

    /// Whether all numbers of a tensor are 0.
    ///
    /// # Errors
    /// When it cannot be read, to follow "because".
    pub(super) fn is_zero(&self, key: &str) -> Result<bool, String> {
        let values = self.load(key)?.flatten_all().and_then(|tensor| tensor.to_vec1::<f32>());
        values.map(|values| values.iter().all(|value| *value == 0.0)).map_err(|error| format!("{key}: {error}"))
    }

    /// The keys that have not been taken.
    pub(super) fn rest(&self) -> impl Iterator<Item = &str> {
        self.shapes.keys().map(String::as_str)
    }

    /// Takes a tensor that must have the shape `dims`.
    ///
    /// # Errors
    /// When it is missing, has another shape, or a value that is not finite; to follow "because".
    pub(super) fn take(&mut self, key: &str, dims: &[usize]) -> Result<Tensor, String> {
        let found = self.dims(key)?;
        if found != dims {
            return Err(format!("the tensor {key} has the shape {found:?}, not {dims:?}"));
        }
        self.shapes.remove(key);
        let tensor = self.load(key)?;
        match super::super::store::is_finite(&tensor) {
            Ok(true) => Ok(tensor),
            _ => Err(format!("the tensor {key} holds values that are no finite numbers")),
        }
    }

    /// As [`Self::take`], from the generator's table or, where it lies beside that, from the file's top; `None` if it is in
    /// neither.
    ///
    /// # Errors
    /// As [`Self::take`], but for a missing tensor.
    pub(super) fn take_here_or_on_top(&mut self, key: &str, dims: &[usize]) -> Result<Option<Tensor>, String> {
        if self.shapes.contains_key(key) {
            return self.take(key, dims).map(Some);
        }
        let Some(mut top) = self.beside("", key) else { return Ok(None) };
        let tensor = top.take(key, dims)?;
        // Whatever else lies there is not the generator's.
        self.ignored.retain(|ignored| ignored.key != TOP || !top.shapes.is_empty());
        Ok(Some(tensor))
    }

    /// The tensors of the table at `path`, another than the generator's, if it holds one of the key `anchor`.
    pub(super) fn beside(&self, path: &str, anchor: &str) -> Option<Self> {
        let table = self.source.tables().iter().find(|table| table.path == path && table.path != self.path)?;
        table.shapes.contains_key(anchor).then(|| Self {
            source: self.source,
            path: path.to_owned(),
            prefix: String::new(),
            shapes: table.shapes.clone(),
            ignored: Vec::new(),
        })
    }

    /// The table at `path` was used after all.
    pub(super) fn used_beside(&mut self, path: &str) {
        self.ignored.retain(|ignored| ignored.key != path);
    }

    /// Looks at all tensors that are left whose key passes `is_meant`, and ignores those that `check` finds as they should
    /// be, for `reason`.
    ///
    /// # Errors
    /// When one is not; to follow "because".
    pub(super) fn ignore(
        &mut self,
        reason: &str,
        is_meant: impl Fn(&str) -> bool,
        check: impl Fn(&Tensor) -> bool,
    ) -> Result<(), String> {
        let meant: Vec<String> = self.rest().filter(|key| is_meant(key)).map(str::to_owned).collect();
        for key in meant {
            if !check(&self.load(&key)?) {
                return Err(format!("{key} is not {reason}"));
            }
            self.shapes.remove(&key);
            self.ignored.push(Ignored { key, reason: reason.to_owned() });
        }
        Ok(())
    }

    /// What was ignored.
    ///
    /// # Errors
    /// When a tensor was neither taken nor ignored; to follow "because".
    pub(super) fn finish(self) -> Result<Vec<Ignored>, String> {
        match (self.shapes.len(), self.shapes.keys().next()) {
            (0, _) | (_, None) => Ok(self.ignored),
            (1, Some(key)) => Err(format!("the network has no use for its tensor {key}")),
            (count, Some(key)) => Err(format!("the network has no use for {count} of its tensors, such as {key}")),
        }
    }

    fn load(&self, key: &str) -> Result<Tensor, String> {
        self.source.load(&self.path, &format!("{}{key}", self.prefix))
    }
}
