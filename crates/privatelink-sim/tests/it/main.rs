//! The simulator as its users meet it: signed requests in, answers out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "every function here is part of a test")]

mod activation;
mod admin;
mod client;
mod connections;
mod create_errors;
mod dry_run;
mod faults;
mod guesses;
mod journal;
mod life;
mod limits;
mod lists;
mod load_balancers;
mod offers;
mod older;
mod places;
mod random;
mod resources;
mod sides;
mod signature;
mod sockets;
mod storm;
mod sts;
mod support;
mod tags;
mod tokens;
mod update;
mod update_endpoint;
mod users;
mod witness;
mod zones;
