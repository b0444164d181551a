//! The program file: how large it is, and whether it needs anything from the machine that runs it.

use std::fs;
use std::io;
use std::path::Path;

/// Marks the header of a segment that names the program's loader.
const INTERPRETER: [u8; 4] = 3_u32.to_le_bytes();

/// A program file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binary {
    pub(crate) bytes: usize,
    pub(crate) linkage: Linkage,
}

/// Where the libraries of a program come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// All of them are in the file.
    Static,
    /// A loader looks them up on the machine that runs it.
    Dynamic,
}

/// Reads a program file.
pub(crate) fn read(path: &Path) -> io::Result<Binary> {
    let content = fs::read(path)?;
    let linkage = linkage(&content).ok_or_else(|| io::Error::other(format!("{} is no 64-bit ELF", path.display())))?;
    Ok(Binary { bytes: content.len(), linkage })
}

/// From the program headers of a little-endian 64-bit ELF file; `None` for anything else.
fn linkage(content: &[u8]) -> Option<Linkage> {
    let headers = content.starts_with(b"\x7fELF\x02\x01").then(|| program_headers(content))??;
    let asks_for_loader = headers.iter().any(|header| header.starts_with(&INTERPRETER));
    Some(if asks_for_loader { Linkage::Dynamic } else { Linkage::Static })
}

/// Their table's offset, the size of one and their number stand at fixed places of the file.
fn program_headers(content: &[u8]) -> Option<Vec<&[u8]>> {
    let begin = usize::try_from(u64::from_le_bytes(content.get(32..40)?.try_into().ok()?)).ok()?;
    let size = usize::from(u16::from_le_bytes(content.get(54..56)?.try_into().ok()?));
    let count = usize::from(u16::from_le_bytes(content.get(56..58)?.try_into().ok()?));
    let end = begin.checked_add(size.checked_mul(count)?)?;
    (size > 0).then(|| content.get(begin..end).map(|table| table.chunks(size).collect()))?
}

#[cfg(test)]
mod tests {
    use super::{Linkage, linkage};

    /// A file of one program header of this type.
    fn elf(kind: u32) -> Vec<u8> {
        let mut content = vec![0; 64 + 56];
        content[..6].copy_from_slice(b"\x7fELF\x02\x01");
        content[32] = 64;
        content[54] = 56;
        content[56] = 1;
        content[64..68].copy_from_slice(&kind.to_le_bytes());
        content
    }

    #[test]
    fn a_file_that_names_a_loader_is_dynamic() {
        assert_eq!(linkage(&elf(3)), Some(Linkage::Dynamic));
        assert_eq!(linkage(&elf(1)), Some(Linkage::Static));
    }

    #[test]
    fn what_is_no_elf_file_is_neither() {
        assert_eq!(linkage(b"#!/bin/sh"), None);
        assert_eq!(linkage(&elf(1)[..80]), None);
    }

    #[test]
    fn this_test_is_an_elf_file() {
        let this = std::env::current_exe().unwrap();
        assert!(super::read(&this).unwrap().bytes > 100_000);
    }
}
