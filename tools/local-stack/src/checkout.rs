//! Where the files of this repository are: where the program runs, not where it was compiled, which may be another checkout or none any more.

use std::path::{Path, PathBuf};

/// What every checkout has, and no other folder.
const MARK: &str = "config/rbac/cluster-role.yaml";

/// The program runs outside of every checkout.
#[derive(Debug, thiserror::Error)]
#[error("failed to find {MARK} in {} or above it: run this in a checkout of privatelink-operator", .from.display())]
pub struct NoCheckout {
    from: PathBuf,
}

/// The checkout that the working directory is in.
pub fn checkout() -> Result<PathBuf, NoCheckout> {
    let from = std::env::current_dir().unwrap_or_default();
    above(&from).ok_or(NoCheckout { from })
}

fn above(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(MARK).is_file()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{MARK, above, checkout};

    #[test]
    fn the_checkout_is_found_from_within_and_is_that_of_the_working_directory() {
        let here = checkout().unwrap();
        assert!(std::env::current_dir().unwrap().starts_with(&here));

        let another = tempfile::tempdir().unwrap();
        let deep = another.path().join("tools/any");
        std::fs::create_dir_all(&deep).unwrap();
        assert_eq!(above(&deep), None);
        let mark = another.path().join(MARK);
        std::fs::create_dir_all(mark.parent().unwrap()).unwrap();
        std::fs::write(&mark, "").unwrap();
        assert_eq!(above(&deep).as_deref(), Some(another.path()));
    }
}
