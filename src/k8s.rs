//! Thin helpers over the Kubernetes API: get, server-side apply of a status, the finalizer patch, events. Each call has a deadline.

pub mod object;

pub use object::{Held, ObjectWriter};

/// What went wrong between us and the API server, as far as anybody has to act on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KubernetesError {
    /// 409: the object changed since it was read.
    #[error("the object changed meanwhile")]
    Conflict,
    /// 404: the object is gone.
    #[error("the object is gone")]
    Gone,
    /// 401 or 403, with the API server's sentence.
    #[error("the API server refuses: {0}")]
    Forbidden(String),
    /// 400 or 422, with the API server's sentence.
    #[error("the API server finds it invalid: {0}")]
    Invalid(String),
    /// No answer in time, no connection, 429 or 5xx.
    #[error("the API server cannot be reached: {0}")]
    Unavailable(String),
}
