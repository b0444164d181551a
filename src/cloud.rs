//! The cloud side: accounts and their clients, the inventory (shared reads), the lanes (turns for writes), and what an error means to a user.

pub mod accounts;
mod breaker;
pub mod errors;
pub mod inventory;
pub mod requeuer;
pub mod scheduler;
pub mod services;
