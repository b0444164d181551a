//! The heavy tests: minutes of trouble, hundreds of objects, the provider's own pace, every waiting time of the operator its default.
//! Each checks one goal at its full size and prints its figures; the light ones beside them check the same in seconds.

mod cloud;
mod idle;
mod rest;
mod settings;
mod silence;
mod storm;
mod two_operators;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use privatelink_sim::{Config, Span};

use crate::support::rig::{Rig, Setup, nlb_spec};

/// The provider's times are ranges; one value each makes runs comparable. They are those of the benchmarks.
const CREATING: Duration = Duration::from_secs(4);
const PENDING: Duration = Duration::from_secs(1);

/// A cloud with the documented rates, locks and times, and an operator as it is installed.
fn setup() -> Setup {
    let Setup { simulator: hurried, timing: _, arguments, patience: _, everywhere, reads_cluster_id } =
        Setup::default();
    let mut simulator = Config { seed: hurried.seed, load_balancers: hurried.load_balancers, ..Config::default() };
    simulator.timers.creating = Span::fixed(CREATING);
    simulator.timers.pending = Span::fixed(PENDING);
    // Full already with the objects of a test, it would hide that somebody makes one service too many.
    simulator.quotas.services *= 2;
    // A second of the account's lock for each load balancer that comes or goes takes minutes.
    let patience = Duration::from_mins(15);
    Setup { simulator, timing: BTreeMap::new(), arguments, patience, everywhere, reads_cluster_id }
}

fn names(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("service-{number}")).collect()
}

/// Creates all of them at once.
async fn apply(rig: &Rig, names: &[String]) {
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
}
