//! A reader for the few pickle opcodes that `torch.save` writes for tables of tensors. Nothing is ever called: the only names
//! that may occur are those in [`Class`], each with a fixed meaning, and any other is refused where it stands.
//!
//! Source: the opcodes as Python's `pickletools` documents them, protocol 2. All values lie in one list and refer to each
//! other by index, so that a hostile file can neither nest them too deep nor multiply them.

use std::collections::HashMap;

/// The most values that a pickle may make; a generator has some ten thousand.
const MAX_NODES: usize = 1 << 20;
/// The most opcodes.
const MAX_STEPS: usize = 1 << 22;
/// The most arguments of a call.
const MAX_ARGUMENTS: usize = 8;

/// Where a value lies in [`Pickle::nodes`].
pub(super) type Id = usize;

/// A value; texts are those of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A whole number of more than eight bytes, the least first.
    Big(&'a [u8]),
    Float,
    Text(&'a str),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Class(Class),
    Storage(Storage<'a>),
    Tensor(TensorInfo),
}

/// The names that may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(Element),
}

/// The type of a stored number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    F64,
    F32,
    F16,
    Bf16,
    I64,
    I32,
    I16,
    I8,
    U8,
}

impl Element {
    /// Bytes of one number.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::Bf16 | Self::I16 => 2,
            Self::I8 | Self::U8 => 1,
        }
    }
}

/// Numbers that lie elsewhere in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage<'a> {
    pub(super) key: &'a str,
    pub(super) element: Element,
    /// How many numbers the pickle says that there are.
    pub(super) count: usize,
}

/// A view of a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TensorInfo {
    /// A [`Node::Storage`].
    pub(super) storage: Id,
    pub(super) offset: usize,
    pub(super) dims: Vec<usize>,
    pub(super) strides: Vec<usize>,
}

/// What a pickle made.
#[derive(Debug)]
pub(super) struct Pickle<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Id,
    /// Bytes that it took.
    pub(super) length: usize,
}

impl<'a> Pickle<'a> {
    /// The value that the pickle stands for.
    pub(super) fn root(&self) -> &Node<'a> {
        &self.nodes[self.root]
    }
}

/// Reads the pickle at the beginning of `bytes`.
///
/// # Errors
/// What is wrong, to follow "because".
pub(super) fn parse(bytes: &[u8]) -> Result<Pickle<'_>, String> {
    let mut machine = Machine {
        bytes,
        at: 0,
        nodes: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        n_pairs: 0,
    };
    for _ in 0..MAX_STEPS {
        if machine.step()? {
            let root = machine.pop()?;
            return Ok(Pickle { nodes: machine.nodes, root, length: machine.at });
        }
    }
    Err("its table has too many parts".to_owned())
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node<'a>>,
    stack: Vec<Id>,
    /// Heights of the stack at which marks stand.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
    /// Pairs that lists were made into.
    n_pairs: usize,
}

impl<'a> Machine<'a> {
    /// Does one opcode; whether it was the last.
    fn step(&mut self) -> Result<bool, String> {
        match self.byte()? {
            0x80 => drop(self.byte()?),
            b'.' => return Ok(true),
            b'(' => self.marks.push(self.stack.len()),
            b'c' => self.global()?,
            b'R' => self.reduce()?,
            b'Q' => self.persistent()?,
            b'b' => self.build()?,
            b'h' => self.get(u32::from(self.peek(0)?), 1)?,
            b'j' => self.get(self.peek_u32()?, 4)?,
            b'q' => self.put(u32::from(self.peek(0)?), 1)?,
            b'r' => self.put(self.peek_u32()?, 4)?,
            b'a' => self.append(1)?,
            b'e' => self.append(usize::MAX)?,
            b's' => self.set_items(2)?,
            b'u' => self.set_items(usize::MAX)?,
            b't' => self.tuple(usize::MAX)?,
            length @ 0x85..=0x87 => self.tuple(usize::from(length) - 0x84)?,
            opcode => {
                let node = self.scalar(opcode)?;
                self.push(node)?;
            }
        }
        Ok(false)
    }

    /// A value that is made of nothing else.
    fn scalar(&mut self, opcode: u8) -> Result<Node<'a>, String> {
        Ok(match opcode {
            b'N' => Node::None,
            0x88 => Node::Bool(true),
            0x89 => Node::Bool(false),
            b')' => Node::Tuple(Vec::new()),
            b']' => Node::List(Vec::new()),
            b'}' => Node::Dict(Vec::new()),
            b'K' => Node::Int(i64::from(self.byte()?)),
            b'M' => Node::Int(i64::from(u16::from_le_bytes(self.array()?))),
            b'J' => Node::Int(i64::from(i32::from_le_bytes(self.array()?))),
            b'G' => {
                self.take(8)?;
                Node::Float
            }
            0x8a => {
                let length = usize::from(self.byte()?);
                long(self.take(length)?)
            }
            b'X' => {
                let length = u32::from_le_bytes(self.array()?) as usize;
                Node::Text(text(self.take(length)?)?)
            }
            // Python 2 wrote its texts so.
            b'U' => {
                let length = usize::from(self.byte()?);
                Node::Text(text(self.take(length)?)?)
            }
            opcode => {
                return Err(format!("it uses the pickle opcode {opcode:#04x}, which tables of tensors do not need"));
            }
        })
    }

    /// A name. Only those with a fixed meaning here may stand in a file.
    fn global(&mut self) -> Result<(), String> {
        let (module, name) = (self.line()?, self.line()?);
        let class = match (module, name) {
            ("collections", "OrderedDict") => Class::OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2") => Class::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Class::RebuildParameter,
            ("torch", name) if storage(name).is_some() => Class::Storage(storage(name).unwrap_or(Element::U8)),
            _ => {
                let named: String = format!("{module}.{name}").chars().filter(|c| !c.is_control()).take(80).collect();
                return Err(format!("it names {named}, and only tables of tensors are read, nothing is run"));
            }
        };
        self.push(Node::Class(class))
    }

    /// A call of one of the known names.
    fn reduce(&mut self) -> Result<(), String> {
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
            _ => return Err("it calls what cannot be called".to_owned()),
        };
        self.push(node)
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
    fn persistent(&mut self) -> Result<(), String> {
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

    /// Attributes of a table (its `_metadata`), which are not needed.
    fn build(&mut self) -> Result<(), String> {
        self.pop()?;
        match self.stack.last().map(|id| &self.nodes[*id]) {
            Some(Node::Dict(_) | Node::Tensor(_)) => Ok(()),
            _ => Err("it sets attributes of what is no table".to_owned()),
        }
    }

    fn append(&mut self, count: usize) -> Result<(), String> {
        let items = self.pop_many(count)?;
        match self.stack.last().map(|id| &mut self.nodes[*id]) {
            Some(Node::List(list)) => list.extend(items),
            _ => return Err("it appends to what is no list".to_owned()),
        }
        Ok(())
    }

    fn set_items(&mut self, count: usize) -> Result<(), String> {
        let items = self.pop_many(count)?;
        let (pairs, rest) = items.as_chunks::<2>();
        match self.stack.last().map(|id| &mut self.nodes[*id]) {
            Some(Node::Dict(dict)) if rest.is_empty() => dict.extend(pairs.iter().map(|[key, value]| (*key, *value))),
            _ => return Err("it puts items into what is no table".to_owned()),
        }
        Ok(())
    }

    fn tuple(&mut self, count: usize) -> Result<(), String> {
        let items = self.pop_many(count)?;
        self.push(Node::Tuple(items))
    }

    fn get(&mut self, key: u32, skip: usize) -> Result<(), String> {
        self.take(skip)?;
        let id = *self.memo.get(&key).ok_or_else(|| "it refers to what was not said".to_owned())?;
        self.stack.push(id);
        Ok(())
    }

    fn put(&mut self, key: u32, skip: usize) -> Result<(), String> {
        self.take(skip)?;
        let id = *self.stack.last().ok_or_else(damaged)?;
        self.memo.insert(key, id);
        Ok(())
    }

    fn push(&mut self, node: Node<'a>) -> Result<(), String> {
        if self.nodes.len() >= MAX_NODES {
            return Err("its table has too many parts".to_owned());
        }
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor { Err(damaged()) } else { self.stack.pop().ok_or_else(damaged) }
    }

    /// The uppermost `count` values, or with `usize::MAX` all those above the last mark.
    fn pop_many(&mut self, count: usize) -> Result<Vec<Id>, String> {
        if count == usize::MAX {
            let mark = self.marks.pop().ok_or_else(damaged)?;
            return Ok(self.stack.split_off(mark));
        }
        let floor = self.marks.last().copied().unwrap_or(0);
        let start = self.stack.len().checked_sub(count).filter(|start| *start >= floor).ok_or_else(damaged)?;
        Ok(self.stack.split_off(start))
    }

    /// A number that can be a size.
    fn size(&self, id: Id) -> Option<usize> {
        match self.nodes[id] {
            Node::Int(value) => usize::try_from(value).ok(),
            _ => None,
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()).ok_or_else(truncated)?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.first_chunk().copied().ok_or_else(truncated)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    fn peek(&self, ahead: usize) -> Result<u8, String> {
        self.bytes.get(self.at + ahead).copied().ok_or_else(truncated)
    }

    fn peek_u32(&self) -> Result<u32, String> {
        let bytes = [self.peek(0)?, self.peek(1)?, self.peek(2)?, self.peek(3)?];
        Ok(u32::from_le_bytes(bytes))
    }

    fn line(&mut self) -> Result<&'a str, String> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take(1024).position(|byte| *byte == b'\n').ok_or_else(damaged)?;
        let line = text(self.take(length)?)?;
        self.take(1)?;
        Ok(line.trim_end_matches('\r'))
    }
}

fn damaged() -> String {
    "its table is damaged".to_owned()
}

fn truncated() -> String {
    "it ends too early".to_owned()
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_invalid| "a text in it is not UTF-8".to_owned())
}

/// A whole number, the least byte first, in two's complement.
fn long(bytes: &[u8]) -> Node<'_> {
    if bytes.len() > 8 {
        return Node::Big(bytes);
    }
    let sign = if bytes.last().is_some_and(|last| *last >= 0x80) { 0xFF } else { 0 };
    let mut full = [sign; 8];
    full[..bytes.len()].copy_from_slice(bytes);
    Node::Int(i64::from_le_bytes(full))
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
