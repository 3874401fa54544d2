//! The single stream of PyTorch before 1.6: a magic number, a version, facts of the machine, the table, and the keys of all
//! storages, each a pickle; then for each storage the count of its numbers and the numbers.

use std::collections::HashMap;

use super::Storages;
use super::pickle::{Element, Node, Pickle, parse};

/// `0x1950a86a20f9469cfc6c`, the least byte first.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const VERSION: i64 = 1001;

/// Whether a file that begins so is such a stream.
pub(super) fn is_legacy(bytes: &[u8]) -> bool {
    // A whole number of ten bytes, after the protocol.
    bytes.strip_prefix(&[0x80, 2, 0x8a, 10]).is_some_and(|rest| rest.starts_with(&MAGIC))
}

/// The table of tensors and where their numbers lie.
pub(super) fn read(bytes: &[u8]) -> Result<(Pickle<'_>, Storages), String> {
    let mut at = 0;
    let mut next = || -> Result<Pickle<'_>, String> {
        let pickle = parse(&bytes[at..])?;
        at += pickle.length;
        Ok(pickle)
    };
    if *next()?.root() != Node::Big(&MAGIC) {
        return Err("it is no checkpoint of PyTorch".to_owned());
    }
    if *next()?.root() != Node::Int(VERSION) {
        return Err("it is in another version of PyTorch's format".to_owned());
    }
    if !is_little_endian(&next()?) {
        return Err("it was written on a machine with another order of bytes".to_owned());
    }
    let (table, keys) = (next()?, next()?);
    let storages = storages(bytes, at, &table, &keys)?;
    Ok((table, storages))
}

fn is_little_endian(facts: &Pickle<'_>) -> bool {
    let Node::Dict(facts_by_name) = facts.root() else { return false };
    facts_by_name
        .iter()
        .any(|(key, value)| facts.nodes[*key] == Node::Text("little_endian") && facts.nodes[*value] == Node::Bool(true))
}

/// Where the storages that begin at `at` lie, in the order of `keys`.
fn storages(bytes: &[u8], mut at: usize, table: &Pickle<'_>, keys: &Pickle<'_>) -> Result<Storages, String> {
    let elements: HashMap<&str, Element> = table.nodes.iter().filter_map(element).collect();
    let Node::List(list) = keys.root() else { return Err("it has no list of its numbers".to_owned()) };
    let mut storages = Storages::new();
    for key in list {
        let Node::Text(key) = keys.nodes[*key] else { return Err("its list of numbers is damaged".to_owned()) };
        let element = *elements.get(key).ok_or_else(|| "it holds numbers of no tensor".to_owned())?;
        let truncated = || "it ends too early".to_owned();
        let count = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(truncated)?;
        let count = usize::try_from(i64::from_le_bytes(*count)).map_err(|_negative| truncated())?;
        let start = at + 8;
        let length = count.checked_mul(element.size()).ok_or_else(truncated)?;
        let end = start.checked_add(length).filter(|end| *end <= bytes.len()).ok_or_else(truncated)?;
        storages.insert(key.to_owned(), (start, end));
        at = end;
    }
    Ok(storages)
}

fn element<'a>(node: &Node<'a>) -> Option<(&'a str, Element)> {
    match node {
        Node::Storage(storage) => Some((storage.key, storage.element)),
        _ => None,
    }
}
