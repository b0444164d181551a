//! Where the programs of this workspace are: beside the one that runs.

use std::path::{Path, PathBuf};

/// A program of the workspace is not built.
#[derive(Debug, thiserror::Error)]
#[error("failed to find {program} in {folder}; run `cargo build --workspace --bins` with the same profile")]
pub struct ProgramMissing {
    program: &'static str,
    folder: PathBuf,
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
    /// Tests run from `<profile>/deps`, examples from `<profile>/examples`, programs from `<profile>` itself.
    pub fn locate() -> Result<Self, ProgramMissing> {
        let here = std::env::current_exe().unwrap_or_default();
        let folder = here.parent().map(profile_folder).unwrap_or_default();
        Ok(Self {
            operator: program(&folder, "privatelink-operator")?,
            simulator: program(&folder, "privatelink-sim")?,
        })
    }
}

fn profile_folder(folder: &Path) -> PathBuf {
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("deps" | "examples") => folder.parent().unwrap_or(folder).to_owned(),
        _ => folder.to_owned(),
    }
}

fn program(folder: &Path, program: &'static str) -> Result<PathBuf, ProgramMissing> {
    let path = folder.join(program);
    if path.is_file() { Ok(path) } else { Err(ProgramMissing { program, folder: folder.to_owned() }) }
}
