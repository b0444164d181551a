//! The controllers, one for each kind: what is watched, how many at a time, and what happens around a pass.

pub mod vpc_endpoint_service;
