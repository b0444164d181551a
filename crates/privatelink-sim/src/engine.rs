//! The way of a call through the gateway and the product, in the order of checks that the reference suggests.
//!
//! A call is decided completely when it arrives: what it changes, what it answers and when. Whoever waits for the
//! answer may go away; the effect stays, as with the real service. That is also why the serial locks are times, not
//! guards: a lock ends when the answer is due, whether anybody reads it or not.

mod admission;
mod arrival;
mod call;
mod delivery;
pub(crate) mod gateway;
mod locks;
mod outside;
mod product;
mod rates;
mod sessions;
mod signature;
mod state;
mod tokens;
pub(crate) mod visit;

pub use self::sessions::{ISSUED_SECRET, ISSUED_TOKEN};
pub(crate) use self::sessions::{Order, Sessions};
pub(crate) use self::state::State;
pub(crate) use self::visit::{Caller, Visit};
