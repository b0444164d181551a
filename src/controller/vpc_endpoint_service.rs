//! `VpcEndpointService`: six steps, one file each, strung together by `reconcile`.

pub mod conclude;
pub mod connections;
pub mod desired;
pub mod execute;
pub mod observe;
pub mod plan;
pub mod record;
pub mod resolve;
pub mod teardown;
