//! The operator keeps Alibaba Cloud PrivateLink endpoint services equal to `VpcEndpointService` objects.
//!
//! Data walks in one direction; each step is one file, with the same name for every kind:
//!
//! ```text
//!  object, record, ─┐
//!  provider config, ┼─ resolve ─► Resolved ─ desired ─► Desired ─┐
//!  settings         ┘  (reads k8s) │           (pure)            ├─ plan ─► Plan ─ execute ─► Outcome ─ conclude ─► Report
//!                                  └─ observe ─► Observed ───────┘ (pure)    (writes)             (pure)        status, events
//!                                     (reads the cloud's inventory)
//!  deleting: teardown stands in for desired + plan
//! ```

pub mod admin;
pub mod app;
pub mod args;
mod backoff;
pub mod cloud;
pub mod commands;
pub mod crd;
pub mod crds;
pub mod fence;
pub mod identity;
pub mod kubernetes;
pub mod metrics;
pub mod names;
pub mod reference;
pub mod remaining;
pub mod runtime;
pub mod settings;
pub mod supervise;
pub mod telemetry;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
pub mod timing;
pub mod vpc_endpoint_service;
