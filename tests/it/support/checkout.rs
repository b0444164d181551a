//! Where the files of the repository are.

use std::path::PathBuf;

/// The root of the checkout that the tests run in.
pub(crate) fn repository() -> PathBuf {
    local_stack::checkout().unwrap()
}
