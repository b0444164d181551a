//! The house rules, held by reading the source.

mod calls;
mod memory;
mod rooms;
mod shipped;
