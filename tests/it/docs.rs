//! The documentation agrees with itself: the index of decisions lists every page once, without gaps, and relative links lead somewhere. Its commands
//! work.

mod commands;
mod guide;

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::checkout::repository;
use crate::support::source::sources;

/// The Markdown pages of the project.
fn pages() -> Vec<PathBuf> {
    let root = repository();
    let folders = [
        "",
        "docs",
        "docs/decisions",
        "docs/reference",
        "charts/privatelink-operator",
        "charts/privatelink-operator-crds",
        "config/ram",
        "config/samples",
        "crates/cloud-core",
        "crates/loadbalancers",
        "crates/privatelink",
        "crates/privatelink-sim",
    ];
    let files = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).into_iter().flatten());
    let paths = files.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The targets of the links in a page that lead to files.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files =
        targets.filter(|target| !target.contains("://") && !target.starts_with('#') && !target.starts_with("mailto:"));
    files.map(|target| target.split('#').next().unwrap_or_default()).collect()
}

#[test]
fn every_relative_link_leads_to_a_file() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let folder = page.parent().unwrap();
        let lost = links(&text).into_iter().filter(|target| !folder.join(target).exists());
        broken.extend(lost.map(|target| format!("{}: {target}", page.display())));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What stands in backticks in the last column of a row.
fn tests_named_in(row: &str) -> Vec<String> {
    let Some(last) = row.trim_end().trim_end_matches('|').rsplit('|').next() else { return Vec::new() };
    last.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_feature_names_a_test_or_a_file_that_there_is() {
    let root = repository();
    let files = ["src", "tests", "crates"].iter().flat_map(|folder| sources(&root.join(folder)));
    let (mut paths, mut code) = (Vec::new(), String::new());
    for file in files {
        code.push_str(&fs::read_to_string(&file).unwrap());
        paths.push(file.strip_prefix(&root).unwrap().with_extension("").display().to_string().replace('/', "::"));
    }
    let is_there = |name: &str| {
        if let Some(verb) = name.strip_prefix("make ") {
            return fs::read_to_string(root.join("Makefile")).unwrap().contains(&format!("\n{verb}:"));
        }
        let start = name.trim_end_matches('…').rsplit("::").next().unwrap_or_default();
        let module = name.trim_end_matches(".rs").replace('/', "::");
        code.contains(&format!("fn {start}"))
            || paths.iter().any(|path| format!("::{path}").ends_with(&format!("::{module}")))
    };
    let text = fs::read_to_string(root.join("docs/features.md")).unwrap();
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| feature ")).collect();
    let untold: Vec<&&str> = rows.iter().filter(|row| tests_named_in(row).is_empty()).collect();
    assert!(untold.is_empty(), "no test is named: {untold:#?}");
    let lost: Vec<String> = rows.iter().flat_map(|row| tests_named_in(row)).filter(|name| !is_there(name)).collect();
    assert_eq!(lost, [""; 0]);
}

#[test]
fn the_index_of_decisions_lists_every_page_in_order_and_without_gaps() {
    let folder = repository().join("docs/decisions");
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut pages: Vec<String> = fs::read_dir(&folder).unwrap().map(|entry| name(&entry.unwrap().path())).collect();
    pages.retain(|page| page != "README.md");
    pages.sort();
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let listed: Vec<String> =
        links(&index).into_iter().filter(|target| target.starts_with('0')).map(str::to_owned).collect();
    let mut rows = listed.clone();
    rows.dedup();
    rows.sort();
    rows.dedup();
    assert_eq!(rows, pages, "docs/decisions/README.md");
    for (number, page) in (1..).zip(&pages) {
        assert!(page.starts_with(&format!("{number:04}-")), "{page} is not number {number}");
    }
}

/// What stands between backticks in the first cell of each row of the table under this heading.
fn quoted<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
    let section = page.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_message_that_troubleshooting_explains_is_one_of_the_operators() {
    let page = fs::read_to_string(repository().join("docs/troubleshooting.md")).unwrap();
    let messages = quoted(&page, "## By what the log says");
    assert!(messages.len() >= 10, "{messages:?}");
    let files = sources(&repository().join("src"));
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let unknown: Vec<&str> = messages.into_iter().filter(|message| !code.contains(message)).collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn every_metric_that_a_page_names_is_one_of_the_operators() {
    let reference = fs::read_to_string(repository().join("docs/reference/metrics.md")).unwrap();
    let known = |name: &str| reference.contains(&format!("`{name}`"));
    for page in ["docs/troubleshooting.md", "docs/monitoring.md"] {
        let text = fs::read_to_string(repository().join(page)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let metrics =
            quoted.filter(|word| word.starts_with("privatelink_operator_") && !word.contains(['{', '(', ' ']));
        let unknown: Vec<&str> = metrics.filter(|name| !known(name)).collect();
        assert_eq!(unknown, [""; 0], "{page}");
    }
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let root = repository();
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let quoted = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> = quoted.filter_map(|text| text.split_once("::")).map(|(_, name)| name).collect();
    assert!(named.len() > 15, "{named:?}");
    let code: String = ["crates", "src", "tests/it"]
        .iter()
        .flat_map(|folder| sources(&root.join(folder)))
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let gone: Vec<_> = named.into_iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn links_are_found_and_those_to_elsewhere_are_not() {
    let text = "[a](b.md#part), [c](https://example.com), [d](#here) and [e](../f/g.md)";
    assert_eq!(links(text), ["b.md", "../f/g.md"]);
}
