//! Arrays of numpy, as their `__reduce__` describes them.

use std::borrow::Cow;

use super::{Element, Id, Machine, Node};

/// An array and where its numbers stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::weights::torch) struct ArrayInfo {
    pub(in crate::weights::torch) element: Element,
    pub(in crate::weights::torch) dims: Vec<usize>,
    /// Steps from number to number in each direction.
    pub(in crate::weights::torch) strides: Vec<usize>,
    /// A node with [`Node::bytes`].
    pub(in crate::weights::torch) data: Id,
}

impl<'a> Node<'a> {
    /// The bytes of a value that is made of bytes. Python 2 wrote them as it wrote texts, so either counts.
    pub(in crate::weights::torch) fn bytes(&self) -> Option<Cow<'a, [u8]>> {
        match *self {
            Self::Raw(bytes) => Some(Cow::Borrowed(bytes)),
            Self::Text(text) => Some(Cow::Borrowed(text.as_bytes())),
            // Checked when it was made.
            Self::Latin1(text) => Some(text.chars().map(|letter| letter as u8).collect()),
            _ => None,
        }
    }
}

fn wrong() -> String {
    "an array in it is not described as numpy does".to_owned()
}

impl<'a> Machine<'a> {
    /// `(type, align, copy)`, the type as a letter and the bytes of a number.
    pub(super) fn array_type(&self, arguments: &[Id]) -> Result<Element, String> {
        let Some(&Node::Text(name)) = arguments.first().map(|id| &self.nodes[*id]) else { return Err(wrong()) };
        element(name).ok_or_else(|| {
            let name: String = name.chars().filter(char::is_ascii_graphic).take(16).collect();
            format!("its arrays are of the type {name}, not of numbers")
        })
    }

    /// `(version, order of bytes, …)`: the state of a type.
    pub(super) fn check_order(&self, state: Id) -> Result<(), String> {
        let Node::Tuple(parts) = &self.nodes[state] else { return Err(wrong()) };
        match parts.get(1).map(|id| &self.nodes[*id]) {
            Some(Node::Text("<" | "|" | "=")) => Ok(()),
            Some(Node::Text(">")) => Err("it was written on a machine with another order of bytes".to_owned()),
            _ => Err(wrong()),
        }
    }

    /// `(version, shape, type, whether columns come first, numbers)`: the state of an array.
    pub(super) fn array_of_state(&self, state: Id) -> Result<ArrayInfo, String> {
        let Node::Tuple(parts) = &self.nodes[state] else { return Err(wrong()) };
        let [_version, shape, element, is_fortran, data] = parts[..] else { return Err(wrong()) };
        let Node::Bool(is_fortran) = self.nodes[is_fortran] else { return Err(wrong()) };
        self.described(data, element, shape, is_fortran)
    }

    /// `(numbers, type, shape, order)`.
    pub(super) fn array_of_buffer(&self, arguments: &[Id]) -> Result<ArrayInfo, String> {
        let [data, element, shape, order] = *arguments else { return Err(wrong()) };
        match self.nodes[order] {
            Node::Text("C") => self.described(data, element, shape, false),
            Node::Text("F") => self.described(data, element, shape, true),
            _ => Err(wrong()),
        }
    }

    fn described(&self, data: Id, element: Id, shape: Id, is_fortran: bool) -> Result<ArrayInfo, String> {
        let (Node::Tuple(shape), &Node::ArrayType(element)) = (&self.nodes[shape], &self.nodes[element]) else {
            return Err(wrong());
        };
        if shape.len() > 8 || !matches!(self.nodes[data], Node::Raw(_) | Node::Text(_) | Node::Latin1(_)) {
            return Err(wrong());
        }
        let dims: Vec<usize> = shape.iter().map(|id| self.size(*id).ok_or_else(wrong)).collect::<Result<_, _>>()?;
        let strides = strides(&dims, is_fortran).ok_or_else(wrong)?;
        Ok(ArrayInfo { element, dims, strides, data })
    }

    /// `(text, "latin1")`: bytes in the pickles of protocol 2 that Python 3 writes.
    pub(super) fn encoded(&mut self, arguments: &[Id]) -> Result<Node<'a>, String> {
        let [text, encoding] = *arguments else { return Err(wrong()) };
        let wrong = || "bytes in it are written as no known text".to_owned();
        let (&Node::Text(text), Node::Text("latin1")) = (&self.nodes[text], &self.nodes[encoding]) else {
            return Err(wrong());
        };
        // One text may be handed over many times.
        self.n_encoded = self.n_encoded.saturating_add(text.len());
        let is_sound = self.n_encoded <= self.bytes.len() && text.chars().all(|letter| u32::from(letter) < 256);
        if is_sound { Ok(Node::Latin1(text)) } else { Err(wrong()) }
    }
}

/// The type that numpy calls so.
fn element(name: &str) -> Option<Element> {
    Some(match name {
        "f8" => Element::F64,
        "f4" => Element::F32,
        "f2" => Element::F16,
        "i8" => Element::I64,
        "i4" => Element::I32,
        "i2" => Element::I16,
        "i1" => Element::I8,
        "u1" | "b1" => Element::U8,
        _ => return None,
    })
}

/// The steps of an array without gaps.
fn strides(dims: &[usize], is_fortran: bool) -> Option<Vec<usize>> {
    let mut strides = vec![0; dims.len()];
    let mut step = 1_usize;
    let order: Vec<usize> = if is_fortran { (0..dims.len()).collect() } else { (0..dims.len()).rev().collect() };
    for at in order {
        strides[at] = step;
        step = step.checked_mul(dims[at].max(1))?;
    }
    Some(strides)
}
