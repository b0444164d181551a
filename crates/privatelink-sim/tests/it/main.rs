//! The simulator as its users meet it: signed requests in, answers out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "every function here is part of a test")]

mod admin;
mod client;
mod connections;
mod create_errors;
mod faults;
mod journal;
mod life;
mod limits;
mod lists;
mod older;
mod random;
mod resources;
mod signature;
mod sockets;
mod support;
mod tags;
mod tokens;
mod update;
mod users;
mod witness;
