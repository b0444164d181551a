//! The operator's wall clock, which is stepped while it runs: a machine whose clock is set.
//!
//! The operator has no switch for this. A small C library is loaded before it and adds a step to the wall clock that it reads; the
//! monotonic clock goes on as ever. A program that is linked statically would not load it: [`Clock::prepare`] looks whether it works.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use crate::error::HarnessError;

const LIBRARY: &str = include_str!("clock.c");

/// A step that no test takes long enough to make by itself.
const TRIAL: i64 = 1_000_000_000;

/// A wall clock that can be set, and the operator under it.
#[derive(Debug)]
pub(crate) struct Clock {
    folder: TempDir,
    step: File,
    seconds: AtomicI64,
}

impl Clock {
    /// Compiles the library, and looks whether this operator's clock can be stepped.
    pub(crate) fn prepare(operator: &Path) -> Result<Self, HarnessError> {
        let folder = tempfile::tempdir().map_err(HarnessError::Folder)?;
        let source = folder.path().join("clock.c");
        std::fs::write(&source, LIBRARY).map_err(HarnessError::Folder)?;
        let step = OpenOptions::new().write(true).create_new(true).open(folder.path().join("step"));
        let clock = Self { step: step.map_err(HarnessError::Folder)?, seconds: AtomicI64::new(0), folder };
        clock.set(0)?;
        clock.compile(&source)?;
        clock.wrap(operator).map_err(HarnessError::Folder)?;
        clock.try_out(operator)?;
        Ok(clock)
    }

    /// The program to start in the operator's place.
    pub(crate) fn operator(&self) -> PathBuf {
        self.folder.path().join("operator")
    }

    /// Sets the clock so many seconds off the true time.
    pub(crate) fn set(&self, seconds: i64) -> Result<(), HarnessError> {
        self.seconds.store(seconds, Ordering::SeqCst);
        self.step.write_all_at(&seconds.to_ne_bytes(), 0).map_err(HarnessError::Folder)
    }

    /// How far off it is.
    pub(crate) fn seconds(&self) -> i64 {
        self.seconds.load(Ordering::SeqCst)
    }

    fn compile(&self, source: &Path) -> Result<(), HarnessError> {
        let library = self.library();
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(library).arg(source);
        output(&mut compiler).map(drop)
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("clock.so")
    }

    fn wrap(&self, operator: &Path) -> std::io::Result<()> {
        let [library, step] = [self.library(), self.folder.path().join("step")].map(|path| path.display().to_string());
        let script = format!(
            "#!/bin/sh\nexport LD_PRELOAD='{library}' CLOCK_STEP_FILE='{step}'\nexec '{}' \"$@\"\n",
            operator.display()
        );
        std::fs::write(self.operator(), script)?;
        std::fs::set_permissions(self.operator(), Permissions::from_mode(0o700))
    }

    /// A program that reads the time sees the step; the operator is linked to the same library of the system, or this proves nothing.
    fn try_out(&self, operator: &Path) -> Result<(), HarnessError> {
        self.set(TRIAL)?;
        let mut date = Command::new("date");
        date.arg("+%s").env("LD_PRELOAD", self.library()).env("CLOCK_STEP_FILE", self.folder.path().join("step"));
        let stepped = output(&mut date);
        let plain = output(Command::new("date").arg("+%s"));
        self.set(0)?;
        let seconds = |text: String| text.trim().parse::<i64>().unwrap_or_default();
        let moved = seconds(stepped?) - seconds(plain?);
        let is_dynamic = output(Command::new("ldd").arg(operator)).is_ok_and(|libraries| libraries.contains("libc.so"));
        if is_dynamic && (moved - TRIAL).abs() < 60 {
            return Ok(());
        }
        let reason = format!("the clock moved by {moved} s instead of {TRIAL} s, or {} is static", operator.display());
        Err(HarnessError::Clock { reason })
    }
}

fn output(command: &mut Command) -> Result<String, HarnessError> {
    let answer = command.output();
    let failed = |reason: String| HarnessError::Clock { reason: format!("{command:?}: {reason}") };
    match answer {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(failed(String::from_utf8_lossy(&output.stderr).into_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}
