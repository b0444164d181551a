//! Reading the project's own source: which files there are, and what of them is code.

use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files under a path, or the one file that it is.
pub(crate) fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return path.extension().filter(|extension| *extension == "rs").map(|_| path.to_owned()).into_iter().collect();
    }
    let entries = fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|entry| sources(&entry)).collect()
}

/// Modules under `#[cfg(test)]`, by the names that this project gives them.
pub(crate) fn is_test(file: &Path) -> bool {
    const NAMES: [&str; 3] = ["tests", "fixtures", "test_support"];
    file.with_extension("").components().any(|part| NAMES.iter().any(|name| part.as_os_str() == *name))
}

/// The code alone: no comments, no tests at the end, and the parts of each grouped `use` written out.
pub(crate) fn relevant(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = lines.join("\n");
    let uses = code.split(';').filter_map(|statement| statement.trim().rsplit_once("use ").map(|(_, tree)| tree));
    let spelled: Vec<String> = uses.flat_map(|tree| spell("", tree)).collect();
    format!("{code}\n{}", spelled.join("\n"))
}

/// `a::{b, c::{d}}` as `a::b`, `a::c::d`.
fn spell(prefix: &str, tree: &str) -> Vec<String> {
    match tree.trim().split_once('{') {
        None => vec![format!("{prefix}{}", tree.trim())],
        Some((path, group)) => {
            let group = group.trim_end().strip_suffix('}').unwrap_or(group);
            let prefix = format!("{prefix}{}", path.trim());
            branches(group).into_iter().flat_map(|branch| spell(&prefix, branch)).collect()
        }
    }
}

/// Splits at the commas that are in no inner braces.
fn branches(group: &str) -> Vec<&str> {
    let mut depth = 0;
    let at_top = |character: char| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    };
    group.split(at_top).filter(|branch| !branch.trim().is_empty()).collect()
}

/// Whether the word is there with no letter, digit or underscore right before or after it. A crate's name counts only at the head of a
/// path.
pub(crate) fn mentions(code: &str, word: &str) -> bool {
    let is_crate = !word.contains([':', ' ', '.']) && word.chars().all(|character| !character.is_uppercase());
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part_of_name = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let ends = word.ends_with("::") || !part_of_name(after);
        let stands_alone = ends && (word.starts_with('.') || !part_of_name(before));
        let heads_a_path = code[at + word.len()..].starts_with("::") && before != Some(':');
        stands_alone && (!is_crate || heads_a_path)
    })
}
