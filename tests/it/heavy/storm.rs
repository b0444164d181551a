//! The cloud throttles everything for a minute, while two hundred objects want something of it.

use std::time::{Duration, Instant};

use privatelink_sim::{Call, Fault, FaultKind, Span};
use serde_json::{Value, json};
use tokio::time::{interval, sleep_until};

use super::cloud::{by_operation, counts};
use super::rest::until_rest;
use super::{apply, names, setup};
use crate::support::rig::{Rig, ZONES, nlb_spec};

const OBJECTS: usize = 200;

const STORM: Duration = Duration::from_mins(1);

/// How long the provider says to stay away, each time.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// From the end of the storm to rest: what is waited for after the last refusal, some hundred calls of an operation, the time that a
/// service takes in the cloud, and a look at it.
const CONVERGED_WITHIN: Duration = Duration::from_secs(15);

/// An edit that takes no lock of the account: a hundred changes of attributes would take a hundred seconds in any hands.
fn edit(number: usize) -> Value {
    if number.is_multiple_of(2) {
        json!({"tags": {"edited": "in the storm"}})
    } else {
        let resource = |id: &str| json!({"resourceId": id, "zoneIds": ZONES});
        json!({"resources": [resource("nlb-1"), resource("nlb-2")]})
    }
}

/// All through the storm, objects come, and others are edited.
async fn change(rig: &Rig, old: &[String], new: &[String]) {
    let mut ticks = interval(STORM / u32::try_from(new.len()).unwrap());
    for (number, (old, new)) in old.iter().zip(new).enumerate() {
        ticks.tick().await;
        rig.apply(new, nlb_spec()).await;
        rig.edit(old, edit(number)).await;
    }
}

/// The shortest time between two calls.
fn shortest_pause(calls: &[Call]) -> Option<Duration> {
    calls.windows(2).map(|pair| Duration::try_from(pair[1].time.duration_since(pair[0].time)).unwrap()).min()
}

#[tokio::test]
#[ignore = "minutes; for the figure in docs/reliability.md"]
async fn a_minute_of_throttling_is_tried_once_a_period_and_soon_made_up_for() {
    let rig = Rig::with(setup()).await;
    let names = names(OBJECTS);
    let (old, new) = names.split_at(OBJECTS / 2);
    apply(&rig, old).await;
    until_rest(&rig).await;
    let before = rig.journal().await.len();

    let throttle = FaultKind::Throttle { status: 400, retry_after: Some(Span::fixed(RETRY_AFTER)) };
    let begin = tokio::time::Instant::now();
    rig.fault(Fault { operation: None, times: None, ..Fault::next("", throttle) }).await;
    change(&rig, old, new).await;
    sleep_until(begin + STORM).await;
    rig.simulator.admin.clear_faults().await.unwrap();
    let end = Instant::now();
    until_rest(&rig).await;
    let converged = end.elapsed();

    let calls = rig.journal().await.split_off(before);
    println!("converged {converged:?} after a storm of {STORM:?}; calls from its beginning:\n{}", counts(&calls));
    let (struck, passed): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| call.fault.is_some());
    assert!(passed.iter().all(|call| call.code.as_deref() != Some("Throttling.User")), "{}", counts(&passed));
    let pauses: Vec<_> = by_operation(struck)
        .into_iter()
        .map(|(operation, calls)| {
            let pause = shortest_pause(&calls);
            println!("{operation}: {} tries, the shortest pause {pause:?}, told {RETRY_AFTER:?}", calls.len());
            (operation, pause)
        })
        .collect();
    let hasty: Vec<_> = pauses.iter().filter(|(_, pause)| pause.is_some_and(|pause| pause < RETRY_AFTER)).collect();
    assert!(hasty.is_empty(), "{hasty:?}");
    assert!(converged <= CONVERGED_WITHIN, "{converged:?}");
    rig.end().await;
}
