//! What a shell script here must not do.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::checkout::repository;
use crate::support::source::sources;

/// Readers that may stop before the end. Under `pipefail` the writer before them then fails by SIGPIPE (141), and with it the script, but
/// only where the writer was not done yet.
const STOP_EARLY: [&str; 3] = ["| head", "| grep -q", "| grep -m"];

#[test]
fn no_pipe_ends_in_a_reader_that_stops_early() {
    let found: Vec<String> = scripts(&repository())
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            let lines = text.lines().filter(|line| STOP_EARLY.iter().any(|reader| line.contains(reader)));
            lines.map(|line| format!("{}: {}", file.display(), line.trim())).collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_test_that_is_called_slow_is_there() {
    let root = repository();
    let names = fs::read_to_string(root.join("tests/slow.txt")).unwrap();
    let names: Vec<&str> = names.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(names.is_sorted() && !names.is_empty());
    let files = ["src", "crates", "tools", "tests"].into_iter().flat_map(|folder| sources(&root.join(folder)));
    let code: Vec<String> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    let is_there = |name: &&str| {
        let function = format!("fn {}(", name.rsplit("::").next().unwrap_or_default());
        code.iter().any(|text| text.contains(&function))
    };
    let gone: Vec<_> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

/// Makefile, `.ci/run` and every file that ends in `.sh`.
fn scripts(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.join("Makefile"), root.join(".ci/run")];
    let mut folders = vec![root.join("tests"), root.join("tools")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => folders.push(entry.path()),
                _ if entry.path().extension().is_some_and(|extension| extension == "sh") => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}
