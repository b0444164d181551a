//! One of the two sides says nothing for a minute. Nothing hangs, nobody thinks that the operator is dead, and soon after all is well.

mod met;
mod peer;
mod pulse;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fault_plans::proxy::{Interceptor, PassEverything, Side};
use futures::future::join_all;
use privatelink_sim::ServiceChange;
use serde_json::{Value, json};
use tokio::time::{interval, sleep_until};

use self::met::{Met, met};
use self::peer::{Fate, Peer};
use self::pulse::{Answers, Pulse};
use super::rest::until_rest;
use super::{apply, names, setup};
use crate::support::proxies::Proxies;
use crate::support::rig::{Rig, status};

const OBJECTS: usize = 10;

const SILENCE: Duration = Duration::from_mins(1);

/// No call takes longer, whatever it meets.
const CALL_ENDS_WITHIN: Duration = Duration::from_secs(30);

const CONVERGED_WITHIN: Duration = Duration::from_secs(10);

/// An edit, and what somebody does to the service in the console at the same time. A change of an attribute takes the account's lock for a
/// second, so only every other one is one: ten of them would take ten seconds in any hands.
fn edit(number: usize) -> (Value, ServiceChange) {
    if number.is_multiple_of(2) {
        let drift = ServiceChange { auto_accept: Some(true), ..ServiceChange::default() };
        (json!({"description": "edited in silence"}), drift)
    } else {
        let tags = [("drift".to_owned(), Some("yes".to_owned()))].into();
        (json!({"tags": {"edited": "in silence"}}), ServiceChange { tags, ..ServiceChange::default() })
    }
}

/// All through the silence, objects are edited, and their services change: there is always something to do, also for an operator that does
/// not hear of the edits.
async fn change(rig: &Rig, names: &[String]) {
    let mut ticks = interval(SILENCE / u32::try_from(names.len()).unwrap());
    for (number, name) in names.iter().enumerate() {
        ticks.tick().await;
        let (spec, drift) = edit(number);
        let object = rig.edit(name, spec).await;
        let id = status(&object).service_id.unwrap();
        rig.simulator.admin.change_service(&id, &drift).await.unwrap();
    }
}

/// What is seen of one silence.
async fn silence(side: Side, fate: Fate) -> Outcome {
    let mut setup = setup();
    // With one list a minute there would be next to nothing to be silent about.
    setup.timing.insert("resyncPeriod", Duration::from_secs(5));
    let mut rig = Rig::without_operator(setup).await;
    let peer = Arc::new(Peer::new(fate));
    // The other side never falls silent.
    let interceptor =
        |of: Side| -> Arc<dyn Interceptor> { if of == side { peer.clone() } else { Arc::new(PassEverything) } };
    let proxies = Proxies::start(&rig, interceptor).await;
    rig.start_operator_behind(proxies.kubeconfig(), &proxies.cloud(&rig)).await;
    let names = names(OBJECTS);
    apply(&rig, &names).await;
    until_rest(&rig).await;

    let pulse = Pulse::take(rig.operator().health_url());
    let begin = tokio::time::Instant::now();
    peer.fall_silent();
    change(&rig, &names).await;
    sleep_until(begin + SILENCE).await;
    peer.speak();
    let end = Instant::now();
    until_rest(&rig).await;
    let converged = end.elapsed();
    let proxy = match side {
        Side::Kubernetes => &proxies.kubernetes,
        Side::Cloud => &proxies.cloud,
    };
    let met = met(proxy, begin.into_std(), end, CALL_ENDS_WITHIN).await;
    let outcome = Outcome { converged, met, pulse: pulse.end() };
    println!("{side:?} silent for {SILENCE:?}, calls {fate:?}: {outcome}");
    rig.end().await;
    outcome
}

struct Outcome {
    converged: Duration,
    met: Met,
    pulse: Answers,
}

impl Outcome {
    fn assert_as_promised(&self) {
        assert!(self.met.longest <= CALL_ENDS_WITHIN, "{self}");
        assert!(self.pulse.is_steady(), "{self}");
        assert!(self.converged <= CONVERGED_WITHIN, "{self}");
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { converged, met, pulse } = self;
        write!(out, "converged {converged:?} after; {met}; {pulse}")
    }
}

/// Of both kinds, side by side.
async fn both_silences(side: Side) {
    for outcome in join_all([Fate::Lost, Fate::Late].map(|fate| silence(side, fate))).await {
        outcome.assert_as_promised();
    }
}

#[tokio::test]
#[ignore = "two minutes; for the figure in docs/reliability.md"]
async fn a_cloud_that_is_silent_for_a_minute_holds_nobody_up_and_is_soon_caught_up_with() {
    both_silences(Side::Cloud).await;
}

#[tokio::test]
#[ignore = "two minutes; for the figure in docs/reliability.md"]
async fn an_api_server_that_is_silent_for_a_minute_holds_nobody_up_and_is_soon_caught_up_with() {
    both_silences(Side::Kubernetes).await;
}
