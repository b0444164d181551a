//! The three parts together on this machine: a real control plane, the PrivateLink simulator, and the operator, each a process of its own.
//!
//! The demonstration, the integration tests and the benchmarks stand on this. Every process is under guard: it ends, and its
//! folder goes, with the value that stands for it, and with the process that started it, however that ends.

mod chain;
mod checkout;
mod install;
mod operator;
mod process;
mod programs;
mod simulator;

pub use chain::chain;
pub use checkout::{NoCheckout, checkout};
pub use install::{InstallError, OPERATOR_USER, apply, install};
pub use operator::{Operator, OperatorOptions};
pub use process::StartError;
pub use programs::{Programs, ProgramsError};
pub use simulator::{CloudAccess, SIMULATED_KEY_ID, SIMULATED_KEY_SECRET, Simulator};
