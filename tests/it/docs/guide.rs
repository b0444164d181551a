//! docs/first-service.md and the README's first half hour, as a reader types them. What a page shows is what was printed.

use std::fs;
use std::process::Output;

use privatelink_sim::Config;

use crate::support::checkout::repository;
use crate::support::rig::{Rig, Setup};

/// Longer than any block takes on a loaded machine.
const BLOCK_SECONDS: &str = "120";

/// One block of commands, and what the page shows of what they print: lines, where `…` stands for some that are left out.
#[derive(Debug)]
struct Step {
    commands: String,
    shown: Option<String>,
}

/// The fenced blocks with their language.
fn fences(text: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) if !is_open => found.push((language, String::new())),
            Some(_) => {}
            None if is_open => found.last_mut().unwrap().1.extend([line, "\n"]),
            None => continue,
        }
        is_open ^= line.starts_with("```");
    }
    found
}

/// The blocks of commands in their order, each with the output that follows it.
fn steps(text: &str) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    for (language, block) in fences(text) {
        match language {
            "sh" => found.push(Step { commands: block, shown: None }),
            "text" => found.last_mut().expect("output follows commands").shown = Some(block),
            _ => {}
        }
    }
    found
}

fn section(page: &str, heading: &str) -> String {
    let text = fs::read_to_string(repository().join(page)).unwrap();
    let section = text.split(&format!("\n## {heading}\n")).nth(1).expect("the heading is there");
    section.split("\n## ").next().unwrap().to_owned()
}

/// The demonstration, as far as the commands can tell.
async fn demonstration() -> Rig {
    let file = fs::read_to_string(repository().join("config/simulator/simulator.yaml")).unwrap();
    let simulator: Config = serde_saphyr::from_str(&file).unwrap();
    Rig::alone(Setup { simulator, everywhere: true, ..Setup::default() }).await
}

/// What a reader who has the demonstration already leaves out.
fn is_start(line: &&str) -> bool {
    line.starts_with("make demo") || line.starts_with("source target/demo/env")
}

/// As a person types it, in the repository.
async fn shell(rig: &Rig, commands: &str) -> Output {
    let commands: Vec<&str> = commands.lines().filter(|line| !is_start(line)).collect();
    let kubectl = rig.control_plane.kubectl([""; 0]);
    let mut command = std::process::Command::new("timeout");
    command
        .args([BLOCK_SECONDS, "bash", "-euc", &format!("PATH=\"$KUBECTL_FOLDER:$PATH\"\n{}", commands.join("\n"))])
        .current_dir(repository());
    command.envs(kubectl.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("KUBECTL_FOLDER", rig.control_plane.bin_dir());
    command.env("PRIVATELINK_SIM_ADMIN", rig.simulator.admin_url());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// A line without what differs from run to run: ids, ages, times, the width of columns.
fn masked(line: &str) -> String {
    let mut line = line.to_owned();
    for prefix in ["epsrv-", "ep-"] {
        let mut parts = line.split(prefix);
        let first = parts.next().unwrap_or_default().to_owned();
        line = parts.fold(first, |text, part| {
            let rest = part.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
            format!("{text}{prefix}…{rest}")
        });
    }
    let is_age = |word: &str| {
        let number = word.trim_end_matches(['m', 's']);
        number.len() < word.len() && !number.is_empty() && number.chars().all(|letter| letter.is_ascii_digit())
    };
    let is_time = |word: &str| word.starts_with("20") && word.contains('T') && word.contains('Z');
    let mask = |word: &str| if is_age(word) || is_time(word) { "…".to_owned() } else { word.to_owned() };
    line.split_whitespace().map(mask).collect::<Vec<_>>().join(" ")
}

/// The first line of the page that was not printed, in its order.
fn not_printed(shown: &str, printed: &str) -> Option<String> {
    let mut printed = printed.lines().map(masked);
    let shown = shown.lines().map(masked).filter(|line| !line.is_empty() && line != "…");
    shown.into_iter().find(|line| !printed.any(|found| found == *line))
}

async fn follow(rig: &Rig, steps: &[Step]) {
    for Step { commands, shown } in steps {
        let output = shell(rig, commands).await;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{commands}\n{printed}");
        if let Some(missing) = shown.as_ref().and_then(|shown| not_printed(shown, &printed)) {
            unreachable!("{commands}\nprints no line {missing:?}, but\n{printed}");
        }
    }
}

#[tokio::test]
async fn the_first_service_is_made_shared_and_deleted_as_the_guide_shows_it() {
    let rig = demonstration().await;
    let guide = fs::read_to_string(repository().join("docs/first-service.md")).unwrap();
    let sample = fs::read_to_string(repository().join("config/samples/nlb.yaml")).unwrap();
    let manifests: Vec<_> = fences(&guide).into_iter().filter(|(language, _)| *language == "yaml").collect();
    assert!(sample.ends_with(&manifests[0].1), "the guide's manifest is config/samples/nlb.yaml");
    let steps = steps(&guide);
    assert!(steps.len() > 8, "{steps:#?}");
    follow(&rig, &steps).await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn the_first_half_hour_of_the_readme_goes_as_it_is_written() {
    let rig = demonstration().await;
    follow(&rig, &[Step { commands: "kubectl apply -f config/samples/nlb.yaml".to_owned(), shown: None }]).await;
    let steps = steps(&section("README.md", "The first half hour"));
    assert!(steps.len() >= 3, "{steps:#?}");
    follow(&rig, &steps).await;
    rig.end().await;
}

#[test]
fn what_differs_from_run_to_run_is_not_compared() {
    let printed =
        "NAME   READY   AGE\norders   True   epsrv-bp1x.cn-hangzhou.example   4s\nlast 12ms 2026-12-01T00:00:00Z\n";
    assert_eq!(not_printed("NAME READY AGE\n…\norders True epsrv-bp2.cn-hangzhou.example 10s\n", printed), None);
    assert_eq!(not_printed("last 1s 2025-01-01T00:00:00Z\norders", printed), Some("orders".to_owned()));
}
