//! Whatever comes: nothing panics, nothing gets lost, no secret gets out.
//!
//! Each property is tried with 256 cases, or with as many as `PROPTEST_CASES` says.

mod answers;
mod anything;
mod errors;

use std::cell::LazyCell;

use cloud_core::{Error, ErrorKind, Fate};
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::surface::{self, Method};

thread_local! {
    /// Made once: a case is a matter of microseconds.
    static METHODS: Vec<Method> = surface::methods();

    static RUNTIME: LazyCell<Runtime> =
        LazyCell::new(|| Builder::new_current_thread().enable_time().start_paused(true).build().unwrap());
}

/// Runs a future on virtual time.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// What holds for every error that an answer led to.
fn check(error: &Error) -> Result<(), TestCaseError> {
    let (text, debug) = (error.to_string(), format!("{error:?}"));
    let beginning = format!("failed to {}: ", error.operation());
    prop_assert!(text.starts_with(&beginning), "{text:?}");
    prop_assert!(!text.chars().chain(debug.chars()).any(char::is_control), "{text:?} {debug:?}");
    prop_assert!(text.chars().count() <= 1100, "{text:?}");
    prop_assert!(error.retry().after.is_none_or(|after| !after.is_zero() && after.as_secs() <= 120));
    if error.code().is_none() {
        prop_assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
    }
    if error.fate() == Fate::Refused {
        prop_assert!((400..500).contains(&error.http_status().unwrap()));
    }
    Ok(())
}
