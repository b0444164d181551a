//! Programs that cannot outlive their owner.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

/// `sh` is on every machine and needs no file of ours to be found, whichever crate's tests we run in.
const SCRIPT: &str = include_str!("guard.sh");

/// A program could not be started under guard.
#[derive(Debug, thiserror::Error)]
#[error("failed to start {program}")]
pub struct GuardError {
    program: String,
    source: std::io::Error,
}

/// A running program whose life is tied to this value, and to this process.
///
/// Dropped, or left behind by a process that died in any way, the program is killed and the folder removed. Guards that share
/// a folder should end together: the folder goes with the first and for good with the last.
#[derive(Debug)]
pub struct Guard {
    name: String,
    folder: PathBuf,
    shell: Child,
}

impl Guard {
    /// Starts `program`; its output goes to `<folder>/<name>.log`. From here on the guard removes `folder`.
    ///
    /// A program that cannot be executed is no error here: it has [ended](Self::has_ended) at once, and its log says why.
    pub fn start(folder: &Path, name: &str, program: &Path, arguments: &[String]) -> Result<Self, GuardError> {
        Self::start_with(folder, name, program, arguments, &[])
    }

    /// The same, with variables added to the environment that the program inherits from this process.
    pub fn start_with(
        folder: &Path,
        name: &str,
        program: &Path,
        arguments: &[String],
        environment: &[(String, String)],
    ) -> Result<Self, GuardError> {
        let shell = Command::new("sh")
            .args([OsStr::new("-c"), OsStr::new(SCRIPT), OsStr::new("guard")])
            .args([folder.as_os_str(), OsStr::new(name), program.as_os_str()])
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            // An inherited pipe would keep `cargo test | tee` waiting for us.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C, or a kill of the owner's whole group, is for the owner; we follow when it is gone.
            .process_group(0)
            .spawn()
            .map_err(|source| GuardError { program: program.display().to_string(), source })?;
        Ok(Self { name: name.to_owned(), folder: folder.to_owned(), shell })
    }

    /// Closes the guard's standard input: it kills its program and removes the folder, while we go on.
    pub(crate) fn release(&mut self) {
        drop(self.shell.stdin.take());
    }

    /// Asks the program to stop, as Kubernetes asks a container: SIGTERM. It does not wait for the end.
    pub fn terminate(&self) -> std::io::Result<()> {
        self.signal("TERM")
    }

    /// Ends the program as a machine that loses power does, SIGKILL, and keeps the guard: folder and log stay. It does not wait for the
    /// end; then the program has [ended](Self::has_ended).
    pub fn kill(&self) -> std::io::Result<()> {
        self.signal("KILL")
    }

    /// Stops the program where it is, as a machine does that is starved or moved: SIGSTOP. It does not wait for that.
    pub fn pause(&self) -> std::io::Result<()> {
        self.signal("STOP")
    }

    /// Lets a paused program go on: SIGCONT.
    pub fn resume(&self) -> std::io::Result<()> {
        self.signal("CONT")
    }

    /// Whether it stands still after a [pause](Self::pause). Linux only, as is what it reads.
    pub fn is_paused(&self) -> bool {
        let stat = self.pid().and_then(|pid| fs::read_to_string(format!("/proc/{pid}/stat")).ok());
        // The name of the program is in brackets, and may hold anything.
        stat.is_some_and(|stat| stat.rsplit_once(')').is_some_and(|(_, after)| after.starts_with(" T ")))
    }

    fn signal(&self, signal: &str) -> std::io::Result<()> {
        self.shell.stdin.as_ref().map_or(Ok(()), |mut pipe| pipe.write_all(format!("{signal}\n").as_bytes()))
    }

    /// The number of the program's process; `None` for the first milliseconds.
    pub fn pid(&self) -> Option<u32> {
        self.noted("pid")
    }

    /// Whether the program has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.file("exit").exists()
    }

    /// The exit code of a program that has ended by itself, 128 + n after signal n.
    pub fn exit_code(&self) -> Option<i32> {
        self.noted("exit")
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }

    /// A number that the guard noted; `None` as long as its line is not complete.
    fn noted<T: FromStr>(&self, extension: &str) -> Option<T> {
        fs::read_to_string(self.file(extension)).ok()?.strip_suffix('\n')?.parse().ok()
    }

    /// The last lines that the program wrote, under its name; for people who look for the reason of a failure.
    pub fn log_tail(&self, lines: usize) -> String {
        let log = fs::read(self.file("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let all: Vec<_> = log.lines().collect();
        let tail = all[all.len().saturating_sub(lines)..].join("\n");
        format!("--- the last lines of {} ---\n{tail}", self.name)
    }
}

impl Drop for Guard {
    /// Waits until the program is dead: a SIGKILL and the removal of a small folder, some milliseconds.
    fn drop(&mut self) {
        self.release();
        // The one error is "no such child", and then there is nothing to wait for.
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::Guard;

    fn folder() -> std::path::PathBuf {
        tempfile::tempdir().unwrap().keep()
    }

    fn eventually(condition: impl Fn() -> bool) -> bool {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if condition() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        condition()
    }

    fn shell(folder: &Path, name: &str, script: &str) -> Guard {
        Guard::start(folder, name, Path::new("sh"), &["-c".to_owned(), script.to_owned()]).unwrap()
    }

    #[test]
    fn dropping_the_guard_kills_the_program_and_removes_the_folder() {
        let folder = folder();
        let guard = shell(&folder, "sleeper", "echo $$; exec sleep 600");
        let said = || fs::read_to_string(folder.join("sleeper.log")).unwrap_or_default();
        assert!(eventually(|| guard.pid().is_some() && !said().is_empty()));
        let pid = guard.pid().unwrap().to_string();
        assert_eq!(said().trim(), pid);
        let process = Path::new("/proc").join(pid);
        assert!(process.exists());

        drop(guard);

        assert!(!process.exists());
        assert!(!folder.exists());
    }

    #[test]
    fn a_program_that_ends_by_itself_leaves_its_log_until_the_owner_is_done() {
        let folder = folder();
        let guard = shell(&folder, "failing", "echo first; echo second; echo third >&2; exit 7");
        assert!(eventually(|| guard.exit_code() == Some(7)));
        assert!(guard.has_ended());
        assert_eq!(guard.log_tail(2), "--- the last lines of failing ---\nsecond\nthird");

        drop(guard);

        assert!(!folder.exists());
    }

    #[test]
    fn a_program_may_end_in_its_own_way_when_asked_to() {
        let folder = folder();
        let variables = [("GREETING".to_owned(), "bye".to_owned())];
        let script = r#"trap 'echo "$GREETING"; exit 3' TERM; echo ready; while :; do sleep 0.01; done"#;
        let arguments = ["-c".to_owned(), script.to_owned()];
        let guard = Guard::start_with(&folder, "polite", Path::new("sh"), &arguments, &variables).unwrap();
        assert!(eventually(|| guard.log_tail(1).ends_with("ready")));

        guard.terminate().unwrap();

        assert!(eventually(|| guard.exit_code() == Some(3)));
        assert!(guard.log_tail(1).ends_with("bye"));
    }

    #[test]
    fn a_paused_program_goes_on_when_it_is_told_to_and_dies_with_its_guard_all_the_same() {
        let folder = folder();
        let guard = shell(&folder, "pausing", "exec sleep 600");
        assert!(eventually(|| guard.pid().is_some()));
        let process = Path::new("/proc").join(guard.pid().unwrap().to_string());
        assert!(!guard.is_paused());

        guard.pause().unwrap();
        assert!(eventually(|| guard.is_paused()));
        guard.resume().unwrap();
        assert!(eventually(|| !guard.is_paused()));
        guard.pause().unwrap();
        assert!(eventually(|| guard.is_paused()));
        drop(guard);

        assert!(!process.exists());
    }

    #[test]
    fn a_program_that_is_not_there_has_ended_at_once_and_says_why() {
        let folder = folder();
        let guard = Guard::start(&folder, "missing", Path::new("/nonexistent/program"), &[]).unwrap();
        assert!(eventually(|| guard.exit_code() == Some(127)));
        assert!(guard.log_tail(1).contains("not found"), "{}", guard.log_tail(1));
    }

    #[test]
    fn guards_that_share_a_folder_leave_none_even_if_one_writes_to_the_end() {
        let folder = folder();
        let writer = r#"while :; do mkdir -p "$0"; echo x >"$0/$(date +%N)"; done"#;
        let mut guards = vec![
            Guard::start(
                &folder,
                "writer",
                Path::new("sh"),
                &["-c".to_owned(), writer.to_owned(), folder.join("data").display().to_string()],
            )
            .unwrap(),
            shell(&folder, "sleeper", "exec sleep 600"),
        ];
        assert!(eventually(|| folder.join("data").exists()));

        guards.iter_mut().for_each(Guard::release);
        drop(guards);

        assert!(!folder.exists());
    }
}
