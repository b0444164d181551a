//! What the tests share, and what is no test itself.

pub(crate) mod checkout;
pub(crate) mod cluster;
pub(crate) mod kubectl;
pub(crate) mod proxies;
pub(crate) mod rig;
pub(crate) mod source;
