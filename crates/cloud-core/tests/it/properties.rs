//! Whatever comes: nothing panics, nothing gets lost, no secret gets out.
//!
//! Each property is tried with 256 cases, or with as many as `PROPTEST_CASES` says.

mod credentials;
mod lists;
mod wire;

use std::cell::LazyCell;

use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: LazyCell<Runtime> =
        LazyCell::new(|| Builder::new_current_thread().enable_time().start_paused(true).build().unwrap());
}

/// Runs a future on virtual time.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}
