//! A reader for the few pickle opcodes that `torch.save` writes for tables of tensors, and Python for tables of numpy's arrays.
//! Nothing is ever called: the only names that may occur are those in [`Class`], each with a fixed meaning, and any other is
//! refused where it stands.
//!
//! Source: the opcodes as Python's `pickletools` documents them, protocols 2 to 5. All values lie in one list and refer to each
//! other by index, so that a hostile file can neither nest them too deep nor multiply them.

mod calls;
mod numpy;

use std::collections::HashMap;

use calls::Class;
pub(super) use numpy::ArrayInfo;

/// The most values that a pickle may make; a generator has some ten thousand.
const MAX_NODES: usize = 1 << 20;
/// The most opcodes.
const MAX_STEPS: usize = 1 << 22;

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
    /// Bytes that are no text.
    Raw(&'a [u8]),
    /// Bytes, each as the character of its number.
    Latin1(&'a str),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Class(Class),
    Storage(Storage<'a>),
    Tensor(TensorInfo),
    Array(ArrayInfo),
    /// An array that has not been described yet.
    NewArray,
    ArrayType(Element),
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
        n_encoded: 0,
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
    /// Letters of texts that bytes were made of.
    n_encoded: usize,
}

impl<'a> Machine<'a> {
    /// Does one opcode; whether it was the last.
    fn step(&mut self) -> Result<bool, String> {
        match self.byte()? {
            0x80 => drop(self.byte()?),
            b'.' => return Ok(true),
            b'(' => self.marks.push(self.stack.len()),
            b'c' => self.global()?,
            0x93 => self.stacked_global()?,
            b'R' => self.reduce()?,
            0x81 => self.new_object()?,
            b'Q' => self.persistent()?,
            b'b' => self.build()?,
            b'h' => self.get(u32::from(self.peek(0)?), 1)?,
            b'j' => self.get(self.peek_u32()?, 4)?,
            b'q' => self.put(u32::from(self.peek(0)?), 1)?,
            b'r' => self.put(self.peek_u32()?, 4)?,
            // Remembered under the next number.
            0x94 => self.put(self.memo.len() as u32, 0)?,
            // The length of what follows, which is as long as it is.
            0x95 => drop(self.take(8)?),
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
            b'X' | b'T' | b'B' => {
                let length = u32::from_le_bytes(self.array()?) as usize;
                self.bytes(opcode, length)?
            }
            b'U' | b'C' | 0x8c => {
                let length = usize::from(self.byte()?);
                self.bytes(opcode, length)?
            }
            0x8d | 0x8e | 0x96 => {
                let length = usize::try_from(u64::from_le_bytes(self.array()?)).map_err(|_larger| truncated())?;
                self.bytes(opcode, length)?
            }
            opcode => {
                return Err(format!("it uses the pickle opcode {opcode:#04x}, which tables of tensors do not need"));
            }
        })
    }

    /// Text, or bytes; Python 2 wrote both alike.
    fn bytes(&mut self, opcode: u8, length: usize) -> Result<Node<'a>, String> {
        let bytes = self.take(length)?;
        Ok(match opcode {
            b'X' | 0x8c | 0x8d => Node::Text(text(bytes)?),
            b'T' | b'U' => std::str::from_utf8(bytes).map_or(Node::Raw(bytes), Node::Text),
            _ => Node::Raw(bytes),
        })
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
