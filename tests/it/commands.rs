//! The commands that look and change nothing, as a person runs them: processes of their own, against the real API server and the simulated cloud.

mod explain;
mod import;
mod plan;
mod support;
