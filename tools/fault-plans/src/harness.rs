//! What a fault injector acts on and records in, while a plan runs: the timeline, the log of the cloud, the objects and the operator's process.

mod cloud_log;
pub(crate) mod object;
mod objects;
mod process;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::cloud_log::{CloudLog, CloudRecorder, Snapshot};
pub(crate) use self::objects::{Objects, Shown, Sighting};
pub(crate) use self::process::{Addresses, Process};
use crate::timeline::Timeline;

/// Longer than anything in a plan takes on a busy machine; what takes longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The parts of one operator's environment that a fault injector needs.
#[derive(Debug)]
pub(crate) struct Harness {
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) cloud_log: Arc<CloudLog>,
    pub(crate) objects: Arc<Objects>,
    pub(crate) process: Arc<Process>,
}
