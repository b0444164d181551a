//! The simulator as its users meet it: signed requests in, answers out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "every function here is part of a test")]

mod life;
mod support;
