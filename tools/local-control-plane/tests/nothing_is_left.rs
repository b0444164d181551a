//! However the owner of a control plane ends, no process and no file of it stays.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "the helpers below are part of the tests, but outside of the functions marked so"
)]

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use local_control_plane::ControlPlane;
use tempfile::TempDir;

/// A busy machine may take long to start a control plane, or to end one.
const PATIENCE: Duration = Duration::from_mins(1);

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The command lines of all processes that name `path`.
fn processes_naming(path: &Path) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let command_lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    command_lines
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(path.to_str().unwrap()))
        .collect()
}

fn programs_naming(path: &Path) -> usize {
    processes_naming(path).iter().filter(|line| line.contains("--data-dir=") || line.contains("--secure-port=")).count()
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// A process that owns a control plane, and the only one to use `temporary` for temporary files.
struct Owner {
    temporary: TempDir,
    process: Child,
}

impl Owner {
    fn start(program: &Path, arguments: &[&str]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let process = Command::new(program)
            .args(arguments)
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        Self { temporary, process }
    }

    fn run(arguments: &[&str]) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_local-control-plane"));
        Self::start(program, &[&["run"], arguments].concat())
    }

    /// Runs the program until its API server is ready.
    fn running() -> Self {
        let ready = TempDir::new().unwrap();
        let kubeconfig = ready.path().join("kubeconfig");
        let owner = Self::run(&["--kubeconfig-out", kubeconfig.to_str().unwrap()]);
        wait_for("the API server", || kubeconfig.exists());
        assert!(programs_naming(owner.temporary.path()) >= 2);
        owner
    }

    /// `target` is the process, or with a minus its group.
    fn signal(&self, signal: &str, target: &str) {
        let target = format!("{target}{}", self.process.id());
        let kill = Command::new("sh").args(["-c", r#"kill -s "$0" -- "$1""#, signal, &target]).status().unwrap();
        assert!(kill.success());
    }

    fn assert_leaves_nothing(mut self) -> ExitStatus {
        let status = self.process.wait().unwrap();
        wait_for("the processes to end", || processes_naming(self.temporary.path()).is_empty());
        assert!(is_empty(self.temporary.path()));
        status
    }
}

#[test]
fn ctrl_c_leaves_nothing() {
    let owner = Owner::running();
    owner.signal("INT", "");
    assert_eq!(owner.assert_leaves_nothing().code(), Some(0));
}

#[test]
fn sigterm_leaves_nothing() {
    let owner = Owner::running();
    owner.signal("TERM", "");
    assert_eq!(owner.assert_leaves_nothing().code(), Some(0));
}

#[test]
fn sigkill_of_the_owner_leaves_nothing() {
    let owner = Owner::running();
    owner.signal("KILL", "");
    assert_eq!(owner.assert_leaves_nothing().code(), None);
}

#[test]
fn sigkill_of_the_owners_whole_group_leaves_nothing() {
    let owner = Owner::running();
    owner.signal("KILL", "-");
    assert_eq!(owner.assert_leaves_nothing().code(), None);
}

#[test]
fn sigkill_while_it_starts_leaves_nothing() {
    let owner = Owner::run(&[]);
    wait_for("the first program", || programs_naming(owner.temporary.path()) > 0);
    owner.signal("KILL", "");
    assert_eq!(owner.assert_leaves_nothing().code(), None);
}

#[test]
fn ctrl_c_while_it_starts_leaves_nothing() {
    let owner = Owner::run(&[]);
    wait_for("the first program", || programs_naming(owner.temporary.path()) > 0);
    owner.signal("INT", "");
    assert_eq!(owner.assert_leaves_nothing().code(), Some(0));
}

#[test]
fn a_start_that_fails_says_why_and_leaves_nothing() {
    let mut owner = Owner::run(&["--audit-log", "/dev/null/audit.log"]);
    let stderr = std::io::read_to_string(owner.process.stderr.take().unwrap()).unwrap();
    assert!(stderr.contains("failed to start the control plane: a program ended after"), "{stderr}");
    assert!(stderr.contains("mkdir /dev/null: not a directory"), "{stderr}");
    assert_eq!(owner.assert_leaves_nothing().code(), Some(1));
}

#[tokio::test]
async fn dropping_it_leaves_nothing() {
    let control_plane = ControlPlane::builder().start().await.unwrap();
    let folder = control_plane.folder().to_owned();
    assert!(programs_naming(&folder) >= 2);

    drop(control_plane);

    assert_eq!(processes_naming(&folder), Vec::<String>::new());
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_panic_leaves_nothing() {
    let control_plane = ControlPlane::builder().start().await.unwrap();
    let folder = control_plane.folder().to_owned();

    let panicked = tokio::spawn(async move { panic!("with {}", control_plane.server_url()) }).await.unwrap_err();

    assert!(panicked.is_panic());
    assert_eq!(processes_naming(&folder), Vec::<String>::new());
    assert!(!folder.exists());
}

#[test]
fn the_shared_one_goes_with_the_process_that_shares_it() {
    let this_test = std::env::current_exe().unwrap();
    let owner = Owner::start(&this_test, &["--exact", "everybody_shares_the_same_one"]);
    wait_for("the first program", || programs_naming(owner.temporary.path()) > 0);
    assert_eq!(owner.assert_leaves_nothing().code(), Some(0));
}

/// The test above runs this one in a process of its own.
#[tokio::test]
async fn everybody_shares_the_same_one() {
    let first = ControlPlane::shared().await.unwrap();
    assert!(std::ptr::eq(first, ControlPlane::shared().await.unwrap()));
}
