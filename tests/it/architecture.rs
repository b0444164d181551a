//! The picture of the house in `docs/architecture.md`, drawn from the `use` lines: which room uses which. No ring of rooms.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use crate::support::checkout::repository;
use crate::support::source::{is_test, relevant, sources};

/// Folders whose parts are rooms of their own.
const DIVIDED: [&str; 2] = ["cloud", "vpc_endpoint_service"];
const BEGIN: &str = "<!-- drawn by tests/it/architecture.rs: make gen -->\n";
const END: &str = "<!-- end of the drawing -->\n";

/// Each room with the rooms that its code names.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_picture_in_the_docs_is_what_the_use_lines_say() {
    let (page, drawn) = page();
    assert_eq!(fs::read_to_string(page).unwrap(), drawn, "docs/architecture.md is out of date: make gen");
}

#[test]
#[ignore = "writes the page: `make gen` asks for it"]
fn draw_the_picture() {
    let (page, drawn) = page();
    fs::write(page, drawn).unwrap();
}

#[test]
fn no_room_uses_itself_by_way_of_others() {
    let rings = rings(&uses());
    assert!(rings.is_empty(), "{rings:?}");
}

#[test]
fn a_ring_is_seen_and_a_level_is_the_longest_way_down() {
    let to = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let mut uses: Uses = [("a", to(&["b", "c"])), ("b", to(&["c"])), ("c", to(&[]))]
        .into_iter()
        .map(|(room, named)| (room.to_owned(), named))
        .collect();
    assert!(rings(&uses).is_empty());
    assert_eq!(["a", "b", "c"].map(|room| level(&uses, room)), [2, 1, 0]);
    uses.insert("c".to_owned(), to(&["a"]));
    assert_eq!(rings(&uses), to(&["a", "b", "c"]));
}

#[test]
fn a_path_leads_to_a_room_from_wherever_it_is_written() {
    let room = |file: &str, path: &str| target(file, path);
    assert_eq!(room("src/app.rs", "crate::cloud::accounts::Account").as_deref(), Some("cloud/accounts"));
    assert_eq!(
        room("src/cloud/accounts/open.rs", "super::super::scheduler::Rates").as_deref(),
        Some("cloud/scheduler")
    );
    assert_eq!(room("src/vpc_endpoint_service.rs", "self::plan::Plan").as_deref(), Some("vpc_endpoint_service/plan"));
    assert_eq!(room("src/app.rs", "serde::Serialize"), None);
    assert_eq!(room("src/vpc_endpoint_service/plan/create.rs", "super::super"), None);
}

/// The page, and what is to stand in it.
fn page() -> (PathBuf, String) {
    let page = repository().join("docs/architecture.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    (page, format!("{before}{BEGIN}{}{END}{after}", picture(&uses())))
}

fn uses() -> Uses {
    let mut uses = Uses::new();
    for file in sources(&repository().join("src")).into_iter().filter(|file| !is_test(file)) {
        let name = file.strip_prefix(repository()).unwrap().display().to_string();
        let from = room(&modules(&name));
        let code = relevant(&fs::read_to_string(&file).unwrap());
        let named = uses.entry(from.clone()).or_default();
        named.extend(paths(&code).filter_map(|path| target(&name, path)).filter(|to| *to != from));
    }
    // The roots of the crate and of the cloud only declare their parts.
    uses.retain(|room, _| !["lib", "main", "cloud"].contains(&room.as_str()));
    let rooms: BTreeSet<String> = uses.keys().cloned().collect();
    for named in uses.values_mut() {
        named.retain(|to| rooms.contains(to));
    }
    uses
}

/// Every path in the code that has more than one part. A group's head (`crate::a::{`) is none: its branches are written out.
fn paths(code: &str) -> impl Iterator<Item = &str> {
    code.split(|character: char| !(character.is_alphanumeric() || character == '_' || character == ':'))
        .filter(|token| token.contains("::") && !token.ends_with(':'))
}

/// The room that a path leads to, from the file in which it stands; `None`: it leads out of the crate or names no item.
fn target(file: &str, path: &str) -> Option<String> {
    let mut base = modules(file);
    let mut parts: Vec<&str> = path.split("::").collect();
    match parts[0] {
        "crate" => base.clear(),
        "self" => {}
        "super" => drop(base.pop()),
        _ => return None,
    }
    parts.remove(0);
    while parts.first() == Some(&"super") {
        base.pop();
        parts.remove(0);
    }
    let item = parts.len();
    base.extend(parts.into_iter().map(str::to_owned));
    (item > 0 && !base.is_empty()).then(|| room(&base))
}

fn modules(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    path.split('/').map(str::to_owned).collect()
}

fn room(modules: &[String]) -> String {
    let is_part = |name: &&String| name.chars().all(|letter| !letter.is_uppercase());
    let is_divided = DIVIDED.contains(&modules[0].as_str());
    match modules.get(1).filter(|_| is_divided).filter(is_part) {
        Some(part) if is_file(&modules[0], part) => format!("{}/{part}", modules[0]),
        _ => modules[0].clone(),
    }
}

fn is_file(folder: &str, part: &str) -> bool {
    repository().join("src").join(folder).join(format!("{part}.rs")).is_file()
}

/// The rooms that lie on a ring, or between two.
fn rings(uses: &Uses) -> BTreeSet<String> {
    let mut left = uses.clone();
    loop {
        let named: BTreeSet<String> = left.values().flatten().cloned().collect();
        let before = left.len();
        let left_rooms: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|room, to| named.contains(room) && to.iter().any(|to| left_rooms.contains(to)));
        if left.len() == before {
            return left.into_keys().collect();
        }
    }
}

/// The longest way down from a room; a ring has none, and another test says so.
fn level(uses: &Uses, room: &str) -> usize {
    fn down(uses: &Uses, room: &str, left: usize) -> usize {
        let below = uses.get(room).into_iter().flatten();
        if left == 0 { 0 } else { below.map(|to| 1 + down(uses, to, left - 1)).max().unwrap_or(0) }
    }
    if rings(uses).is_empty() { down(uses, room, uses.len()) } else { 0 }
}

fn picture(uses: &Uses) -> String {
    let mut rooms: Vec<(usize, &String)> = uses.keys().map(|room| (level(uses, room), room)).collect();
    rooms.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut drawn = String::from("| level | room | what it is | uses |\n|---|---|---|---|\n");
    for (level, room) in rooms {
        let named: Vec<&str> = uses[room].iter().map(String::as_str).collect();
        writeln!(drawn, "| {level} | `{room}` | {} | {} |", purpose(room), named.join(", ")).unwrap();
    }
    drawn
}

/// The first paragraph of the room's own documentation.
fn purpose(room: &str) -> String {
    let text = fs::read_to_string(repository().join(format!("src/{room}.rs"))).unwrap();
    let lines = text.lines().take_while(|line| line.starts_with("//!") && *line != "//!");
    let words: Vec<&str> = lines.map(|line| line.trim_start_matches("//!").trim()).collect();
    words.join(" ").replace('|', "\\|")
}
