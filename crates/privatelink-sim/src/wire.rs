//! The form that requests and answers have on the wire.

pub(crate) mod envelope;
pub(crate) mod paging;
pub(crate) mod params;
pub(crate) mod request;
pub(crate) mod schema;
mod xml;
