//! Where the programs of this workspace are: beside the one that runs, and as new as their sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

/// What builds both programs.
const BUILD: &str = "cargo build --workspace --bins";

/// A program of the workspace cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramsError {
    #[error("failed to find {program} in {folder}; run `{BUILD}` with the same profile")]
    Missing { program: &'static str, folder: PathBuf },
    /// A test that ran it would say nothing about the sources of today.
    #[error(
        "failed to use {program}: {source_file} has changed since it was built; run `{BUILD}` with the same profile"
    )]
    Outdated { program: &'static str, source_file: PathBuf },
}

/// The programs of the workspace, as cargo built them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// `privatelink-operator`.
    pub operator: PathBuf,
    /// `privatelink-sim`.
    pub simulator: PathBuf,
}

impl Programs {
    /// Finds them in cargo's folder of the profile that the running program was built with.
    ///
    /// Tests run from `<profile>/deps`, examples from `<profile>/examples`, programs from `<profile>` itself. Cargo does not build programs
    /// for the tests of another package, so one that is older than its sources is refused; once a process, so that sources may be edited while
    /// tests run.
    pub fn locate() -> Result<Self, ProgramsError> {
        static LOCATED: OnceLock<Programs> = OnceLock::new();
        if let Some(located) = LOCATED.get() {
            return Ok(located.clone());
        }
        let here = std::env::current_exe().unwrap_or_default();
        let folder = here.parent().map(profile_folder).unwrap_or_default();
        let located = Self {
            operator: program(&folder, "privatelink-operator")?,
            simulator: program(&folder, "privatelink-sim")?,
        };
        Ok(LOCATED.get_or_init(|| located).clone())
    }
}

fn profile_folder(folder: &Path) -> PathBuf {
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("deps" | "examples") => folder.parent().unwrap_or(folder).to_owned(),
        _ => folder.to_owned(),
    }
}

fn program(folder: &Path, program: &'static str) -> Result<PathBuf, ProgramsError> {
    let path = folder.join(program);
    let Some(built) = changed(&path) else {
        return Err(ProgramsError::Missing { program, folder: folder.to_owned() });
    };
    let dependencies = fs::read_to_string(path.with_extension("d")).unwrap_or_default();
    let newer = sources(&dependencies).into_iter().find(|source| changed(source).is_some_and(|at| at > built));
    newer.map_or(Ok(path), |source_file| Err(ProgramsError::Outdated { program, source_file }))
}

/// When the file was last changed; `None` where there is none, as after the sources moved.
fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

/// The source files that cargo notes beside a program: `program: source source …`, a space in a name after a backslash.
fn sources(dependencies: &str) -> Vec<PathBuf> {
    let listed = dependencies.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, listed)| listed);
    let listed = listed.replace("\\ ", "\0");
    listed.split(' ').filter(|name| !name.is_empty()).map(|name| PathBuf::from(name.replace('\0', " "))).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    use super::{ProgramsError, program, sources};

    #[test]
    fn a_program_older_than_one_of_its_sources_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let [built, source] = ["privatelink-sim", "lib one.rs"].map(|name| folder.path().join(name));
        let missing = ProgramsError::Missing { program: "privatelink-sim", folder: folder.path().to_owned() };
        assert_eq!(program(folder.path(), "privatelink-sim"), Err(missing));

        let built_at = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        for file in [&built, &source] {
            File::create(file).unwrap().set_modified(built_at).unwrap();
        }
        let escaped = source.display().to_string().replace(' ', "\\ ");
        fs::write(built.with_extension("d"), format!("{}: /gone.rs {escaped}\n", built.display())).unwrap();
        assert_eq!(program(folder.path(), "privatelink-sim"), Ok(built));

        File::options().write(true).open(&source).unwrap().set_modified(built_at + Duration::from_secs(1)).unwrap();
        let outdated = ProgramsError::Outdated { program: "privatelink-sim", source_file: source };
        assert_eq!(program(folder.path(), "privatelink-sim"), Err(outdated));
    }

    #[test]
    fn a_space_in_a_name_is_part_of_it() {
        assert_eq!(sources("/t/p: /a/b.rs /c\\ d/e.rs\n"), [PathBuf::from("/a/b.rs"), PathBuf::from("/c d/e.rs")]);
        assert_eq!(sources(""), Vec::<PathBuf>::new());
    }
}
