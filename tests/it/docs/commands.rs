//! The commands of README.md and docs/: each is one that works, as far as it can be told from its parts, or stands in a list with the reason why not.
//! What is run as it stands: the commands of docs/first-service.md and of the README's first half hour (`run.rs`), and those of docs/uninstall.md
//! (`uninstall`).

use std::collections::BTreeSet;
use std::fs;

use self::checks::Checks;
use self::shell::{Command, commands};
use super::pages;
use crate::support::checkout::repository;
use crate::support::cluster;

mod checks;
mod shell;

/// Programs of others that are not on the machine of the tests.
const NOT_RUN: [(&str, &str); 3] = [
    ("docker", "needs a container engine; make image-oci makes the same image without one"),
    ("kind", "needs a container engine"),
    ("cosign", "needs a registry with a signed image"),
];

/// The words of every page's shell blocks, and of what stands between backticks in its text and begins with a program that is checked.
fn all_commands() -> Vec<(String, Command)> {
    let root = repository();
    let in_folder =
        |path: &&std::path::PathBuf| path.parent() == Some(root.as_path()) || path.starts_with(root.join("docs"));
    let mut found = Vec::new();
    for path in pages().iter().filter(in_folder).filter(|path| !path.ends_with("CHANGELOG.md")) {
        let page = path.strip_prefix(&root).unwrap().display().to_string();
        let text = fs::read_to_string(path).unwrap();
        let blocks = shell::blocks(&text).into_iter().map(|block| (block, true));
        let inline = shell::inline(&text).into_iter().filter(|text| is_checked(text)).map(|text| (text, false));
        for (text, is_block) in blocks.chain(inline) {
            found.extend(commands(&text, is_block).into_iter().map(|command| (page.clone(), command)));
        }
    }
    found
}

fn is_checked(text: &str) -> bool {
    ["kubectl ", "helm ", "make ", "privatelink-operator "].iter().any(|program| text.starts_with(program))
}

#[tokio::test]
async fn every_command_of_a_page_is_one_that_works_or_has_a_reason_not_to_be_tried() {
    let (control_plane, _) = cluster::prepared().await;
    let checks = Checks::new(control_plane);
    let commands = all_commands();
    assert!(commands.len() > 150, "only {} commands are found", commands.len());
    let problems: Vec<String> = commands
        .iter()
        .filter(|(_, command)| !NOT_RUN.iter().any(|(program, _)| *program == command.program()))
        .filter_map(|(page, command)| Some(format!("{page}: {command}: {}", checks.problem(command)?)))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_program_that_is_not_run_is_named_in_a_page() {
    let named: BTreeSet<String> = all_commands().into_iter().map(|(_, command)| command.program().to_owned()).collect();
    let idle: Vec<_> = NOT_RUN.iter().filter(|(program, _)| !named.contains(*program)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}
