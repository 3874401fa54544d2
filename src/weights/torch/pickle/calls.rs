//! The names that may stand in a pickle, and what a call of one means.

use super::{Element, Id, MAX_NODES, Machine, Node, Storage, TensorInfo};

/// The most arguments of a call.
const MAX_ARGUMENTS: usize = 8;

/// The names that may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::weights::torch) enum Class {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(Element),
    /// `numpy.ndarray`.
    Array,
    /// Makes an array that is described afterwards.
    NewArray,
    /// Makes an array from its numbers, type, shape and order (protocol 5).
    ArrayOfBuffer,
    /// `numpy.dtype`.
    ArrayType,
    /// An array that was on a GPU: made from an array.
    GpuArray,
    /// `argparse.Namespace`: the options of a training, which nobody looks at.
    Namespace,
    /// `_codecs.encode`: bytes that Python 3 wrote as text.
    Encode,
}

impl Machine<'_> {
    /// A name. Only those with a fixed meaning here may stand in a file.
    pub(super) fn global(&mut self) -> Result<(), String> {
        let (module, name) = (self.line()?, self.line()?);
        self.name(module, name)
    }

    /// As [`Self::global`], the name's two parts on the stack (protocol 4).
    pub(super) fn stacked_global(&mut self) -> Result<(), String> {
        let (name, module) = (self.pop()?, self.pop()?);
        match (&self.nodes[module], &self.nodes[name]) {
            (&Node::Text(module), &Node::Text(name)) => self.name(module, name),
            _ => Err("a name in it is no text".to_owned()),
        }
    }

    fn name(&mut self, module: &str, name: &str) -> Result<(), String> {
        let class = match (module, name) {
            ("collections", "OrderedDict") => Class::OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2") => Class::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Class::RebuildParameter,
            ("_codecs", "encode") => Class::Encode,
            ("argparse", "Namespace") => Class::Namespace,
            ("numpy", "ndarray") => Class::Array,
            ("numpy", "dtype") => Class::ArrayType,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Class::NewArray,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Class::ArrayOfBuffer,
            ("theano.sandbox.cuda.type", "CudaNdarray_unpickler") | ("theano.gpuarray.type", "GpuArray_unpickler") => {
                Class::GpuArray
            }
            ("torch", name) if storage(name).is_some() => Class::Storage(storage(name).unwrap_or(Element::U8)),
            _ => {
                let named: String = format!("{module}.{name}").chars().filter(|c| !c.is_control()).take(80).collect();
                return Err(format!("it names {named}, and only tables of tensors are read, nothing is run"));
            }
        };
        self.push(Node::Class(class))
    }

    /// A call of one of the known names.
    pub(super) fn reduce(&mut self) -> Result<(), String> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        let arguments = match &self.nodes[arguments] {
            Node::Tuple(arguments) if arguments.len() <= MAX_ARGUMENTS => arguments.clone(),
            _ => return Err("a call in it has no list of arguments, or a very long one".to_owned()),
        };
        let node = match self.nodes[callable] {
            Node::Class(Class::OrderedDict) => Node::Dict(self.pairs(&arguments)?),
            Node::Class(Class::RebuildTensor) => Node::Tensor(self.tensor(&arguments)?),
            Node::Class(Class::RebuildParameter) => match arguments.first().map(|id| &self.nodes[*id]) {
                Some(Node::Tensor(tensor)) => Node::Tensor(tensor.clone()),
                _ => return Err("a parameter in it is no tensor".to_owned()),
            },
            Node::Class(Class::NewArray) => Node::NewArray,
            Node::Class(Class::ArrayOfBuffer) => Node::Array(self.array_of_buffer(&arguments)?),
            Node::Class(Class::ArrayType) => Node::ArrayType(self.array_type(&arguments)?),
            Node::Class(Class::GpuArray) => match arguments.first().map(|id| &self.nodes[*id]) {
                Some(Node::Array(array)) => Node::Array(array.clone()),
                _ => return Err("what was on a GPU in it is no array".to_owned()),
            },
            Node::Class(Class::Encode) => self.encoded(&arguments)?,
            _ => return Err("it calls what cannot be called".to_owned()),
        };
        self.push(node)
    }

    /// An object without arguments: of the known names only options are made so, which become an empty table.
    pub(super) fn new_object(&mut self) -> Result<(), String> {
        let (arguments, class) = (self.pop()?, self.pop()?);
        let is_empty = matches!(&self.nodes[arguments], Node::Tuple(arguments) if arguments.is_empty());
        if self.nodes[class] == Node::Class(Class::Namespace) && is_empty {
            return self.push(Node::Dict(Vec::new()));
        }
        Err("it makes an object that is no table".to_owned())
    }

    /// The pairs that Python 2 hands to an ordered table when it is made.
    fn pairs(&mut self, arguments: &[Id]) -> Result<Vec<(Id, Id)>, String> {
        let wrong = || "a table in it is not made of pairs".to_owned();
        let [list] = arguments else { return if arguments.is_empty() { Ok(Vec::new()) } else { Err(wrong()) } };
        let Node::List(list) = &self.nodes[*list] else { return Err(wrong()) };
        // One list may be handed over many times.
        self.n_pairs = self.n_pairs.saturating_add(list.len());
        if self.n_pairs > MAX_NODES {
            return Err("its table has too many parts".to_owned());
        }
        let pair = |id: &Id| match &self.nodes[*id] {
            Node::Tuple(pair) | Node::List(pair) if pair.len() == 2 => Ok((pair[0], pair[1])),
            _ => Err(wrong()),
        };
        list.iter().map(pair).collect()
    }

    /// `(storage, offset, sizes, strides, requires_grad, hooks)`.
    fn tensor(&self, arguments: &[Id]) -> Result<TensorInfo, String> {
        let wrong = || "a tensor in it is not described as PyTorch does".to_owned();
        let [storage, offset, dims, strides, ..] = *arguments else { return Err(wrong()) };
        let sizes = |id: Id| match &self.nodes[id] {
            Node::Tuple(sizes) if sizes.len() <= 8 => sizes.iter().map(|id| self.size(*id).ok_or_else(wrong)).collect(),
            _ => Err(wrong()),
        };
        let (dims, strides): (Vec<usize>, Vec<usize>) = (sizes(dims)?, sizes(strides)?);
        let is_sound = matches!(self.nodes[storage], Node::Storage(_)) && dims.len() == strides.len();
        if !is_sound {
            return Err(wrong());
        }
        Ok(TensorInfo { storage, offset: self.size(offset).ok_or_else(wrong)?, dims, strides })
    }

    /// `("storage", class, key, device, count)`: where numbers lie.
    pub(super) fn persistent(&mut self) -> Result<(), String> {
        let wrong = || "a storage in it is not described as PyTorch does".to_owned();
        let id = self.pop()?;
        let Node::Tuple(parts) = &self.nodes[id] else { return Err(wrong()) };
        let [kind, class, key, _device, count, ref rest @ ..] = parts[..] else { return Err(wrong()) };
        let (kind, class, key) = (&self.nodes[kind], &self.nodes[class], &self.nodes[key]);
        if rest.iter().any(|part| self.nodes[*part] != Node::None) {
            return Err("a storage in it is a view of another one".to_owned());
        }
        match (kind, class, key, self.size(count)) {
            (Node::Text("storage"), &Node::Class(Class::Storage(element)), &Node::Text(key), Some(count)) => {
                self.push(Node::Storage(Storage { key, element, count }))
            }
            _ => Err(wrong()),
        }
    }

    /// Attributes: of a table (its `_metadata`) they are not needed, of an array they are everything.
    pub(super) fn build(&mut self) -> Result<(), String> {
        let state = self.pop()?;
        let Some(&target) = self.stack.last() else { return Err("it sets attributes of nothing".to_owned()) };
        match &self.nodes[target] {
            Node::Dict(_) | Node::Tensor(_) => Ok(()),
            Node::NewArray => {
                self.nodes[target] = Node::Array(self.array_of_state(state)?);
                Ok(())
            }
            Node::ArrayType(_) => self.check_order(state),
            _ => Err("it sets attributes of what is no table".to_owned()),
        }
    }
}

/// The type that a storage of this name holds.
fn storage(name: &str) -> Option<Element> {
    Some(match name {
        "DoubleStorage" => Element::F64,
        "FloatStorage" => Element::F32,
        "HalfStorage" => Element::F16,
        "BFloat16Storage" => Element::Bf16,
        "LongStorage" => Element::I64,
        "IntStorage" => Element::I32,
        "ShortStorage" => Element::I16,
        "CharStorage" => Element::I8,
        "ByteStorage" | "BoolStorage" => Element::U8,
        _ => return None,
    })
}
