//! The machine that the figures are from.

use std::fs;
use std::thread;

use cloud_core::{Clock as _, SystemClock};
use jiff::Timestamp;
use serde::Serialize;

/// Where, when and with what the figures were made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Machine {
    pub(crate) at: Timestamp,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    /// The load of the last minute when the run began: figures of a busy machine are worth little.
    pub(crate) load: String,
    /// Of this program, of the operator and of the simulator: they lie in the same folder.
    pub(crate) profile: &'static str,
}

impl Machine {
    /// This one, now. What cannot be found out is a question mark.
    pub(crate) fn now() -> Self {
        let unknown = || "?".to_owned();
        Self {
            at: SystemClock.now(),
            processor: read("/proc/cpuinfo", processor).unwrap_or_else(unknown),
            cores: thread::available_parallelism().map_or(0, usize::from),
            load: read("/proc/loadavg", |text| text.split(' ').next()).unwrap_or_else(unknown),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" },
        }
    }
}

fn read(path: &str, find: impl Fn(&str) -> Option<&str>) -> Option<String> {
    find(&fs::read_to_string(path).ok()?).map(str::to_owned)
}

fn processor(text: &str) -> Option<&str> {
    text.lines().find_map(|line| Some(line.strip_prefix("model name")?.trim_start_matches(['\t', ' ', ':'])))
}
