//! The cloud side: accounts and their clients, the inventory (shared reads), the lanes (turns for writes), and what an error means to a user.

pub mod accounts;
pub mod identity;
pub mod inventory;
pub mod lanes;
pub mod observed;
pub mod service;
pub mod verdict;
pub mod wake;
