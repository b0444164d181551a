//! The scheduler's own time.

use std::time::Duration;

/// Time since the scheduler was started. Never goes back.
pub(super) type Elapsed = Duration;
