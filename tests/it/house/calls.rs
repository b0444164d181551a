//! Calls to the API server have a deadline and stand in few rooms; tasks are supervised.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::checkout::repository;
use crate::support::source::{is_test, mentions, relevant, sources};

/// What asks the API server. Each stands on a line with what bounds it in time.
const CALLS_TO_THE_API_SERVER: [&str; 11] = [
    ".get(&",
    ".get(CONSTANT_NAMESPACE",
    ".get_metadata(",
    ".get_opt(",
    ".list(&",
    ".watch(&",
    ".create(&",
    ".replace(&",
    ".patch(&",
    ".patch_status(&",
    "recorder.publish(",
];

#[test]
fn every_call_to_the_api_server_has_a_deadline() {
    let mut found = Vec::new();
    for file in sources(&repository().join("src/kubernetes")).into_iter().filter(|file| !is_test(file)) {
        let code = relevant(&fs::read_to_string(&file).unwrap());
        // Reads of maps in memory are no calls.
        let asks =
            |line: &&str| CALLS_TO_THE_API_SERVER.iter().any(|call| line.contains(call)) && line.contains(".await");
        let unbounded = code
            .lines()
            .filter(asks)
            .filter(|line| !["call(", "timeout(", "within("].iter().any(|bound| line.contains(bound)));
        found.extend(unbounded.map(|line| format!("{}: {}", file.display(), line.trim())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nobody_but_the_helpers_asks_the_api_server() {
    // They hand an `Api` on, and call nothing.
    const HAND_ON: [&str; 2] = ["src/runtime.rs", "src/runtime/watch.rs"];
    let is_helper = |file: &Path| {
        let name = file.strip_prefix(repository()).unwrap();
        name.starts_with("src/kubernetes") || HAND_ON.iter().any(|allowed| name == Path::new(allowed))
    };
    let others = sources(&repository().join("src")).into_iter().filter(|file| !is_test(file) && !is_helper(file));
    let found: Vec<PathBuf> =
        others.filter(|file| mentions(&relevant(&fs::read_to_string(file).unwrap()), "kube::Api")).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn every_task_is_supervised() {
    // The first waits for a signal, the second publishes one event, the third answers one request: none is missed if it panics. With the fourth, which
    // stands for election, the process ends.
    const SINGLE: [&str; 4] =
        ["src/app/shutdown.rs", "src/runtime/watch.rs", "src/admin/listener.rs", "src/app/lead.rs"];
    let is_single = |file: &Path| SINGLE.iter().any(|allowed| file.ends_with(allowed));
    let tasks = sources(&repository().join("src")).into_iter().filter(|file| !is_test(file) && !is_single(file));
    for file in tasks {
        let code = relevant(&fs::read_to_string(&file).unwrap());
        let (spawned, supervised) = (
            code.matches("tokio::spawn(").count(),
            code.matches("supervise::forever(").count() + code.matches("supervise::until_done(").count(),
        );
        assert!(spawned <= supervised, "{}: {spawned} tasks, {supervised} of them supervised", file.display());
    }
}
