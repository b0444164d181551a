//! The lanes' own time.

use std::time::Duration;

/// Time since the lanes were opened. Never goes back.
pub(super) type Elapsed = Duration;
