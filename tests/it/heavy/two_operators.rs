//! Two operators serve the same objects at the same time, as when one that was paused wakes up and does not know that it was replaced.

use std::time::{Duration, Instant};

use privatelink_sim::DEFAULT_CONSUMER;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::time::interval;

use super::cloud::counts;
use super::rest::{unfinished, until_rest};
use super::{apply, names, world};
use crate::rig::{Rig, ZONES};

const OBJECTS: usize = 200;

/// Each object is edited so often.
const ROUNDS: usize = 3;

/// All edits take so long, evenly spread.
const EDITING: Duration = Duration::from_mins(1);

const SEED: u64 = 7;

/// Some part of a spec, as somebody might change it.
fn edit(number: usize, dice: &mut StdRng) -> Value {
    match dice.random_range(0..10) {
        0..4 => json!({"description": format!("edit {number}")}),
        4..6 => json!({"autoAcceptEnabled": dice.random::<bool>(), "zoneAffinityEnabled": dice.random::<bool>()}),
        6..8 => {
            let all = [DEFAULT_CONSUMER, "2000000000000001", "2000000000000002"];
            json!({"allowedPrincipals": all[..dice.random_range(0..=all.len())]})
        }
        8 => json!({"tags": {"edit": number.to_string()}}),
        _ => {
            let second = json!({"resourceId": "nlb-2", "zoneIds": ZONES[..dice.random_range(1..=ZONES.len())]});
            let all = [json!({"resourceId": "nlb-1", "zoneIds": ZONES}), second];
            json!({"resources": all[..dice.random_range(1..=all.len())]})
        }
    }
}

/// Every object as often as every other, in an order that the dice choose.
async fn edit_all(rig: &Rig, names: &[String]) -> usize {
    let mut dice = StdRng::seed_from_u64(SEED);
    let mut order: Vec<&String> = names.iter().cycle().take(ROUNDS * names.len()).collect();
    order.shuffle(&mut dice);
    let mut ticks = interval(EDITING / u32::try_from(order.len()).unwrap());
    for (number, name) in order.iter().enumerate() {
        ticks.tick().await;
        rig.edit(name, edit(number, &mut dice)).await;
    }
    order.len()
}

#[tokio::test]
#[ignore = "minutes; for the figure in docs/reliability.md"]
async fn two_operators_make_no_duplicate_and_lose_no_edit_of_two_hundred_objects() {
    let mut rig = Rig::with(world()).await;
    rig.start_another_operator().await;
    let names = names(OBJECTS);
    let begin = Instant::now();
    apply(&rig, &names).await;
    until_rest(&rig).await;
    let made = rig.journal().await;
    println!("{OBJECTS} made by two operators after {:?}, with\n{}", begin.elapsed(), counts(&made));

    let begin = Instant::now();
    let edits = edit_all(&rig, &names).await;
    let editing = begin.elapsed();
    let begin = Instant::now();
    until_rest(&rig).await;
    let rest = begin.elapsed();
    let edited = rig.journal().await.split_off(made.len());
    let conflicts = rig.kubernetes_writes().iter().filter(|write| write.code == 409).count();
    println!(
        "{edits} edits in {editing:?}; at rest {rest:?} after the last; {conflicts} conflicts of {} writes in Kubernetes; with\n{}",
        rig.kubernetes_writes().len(),
        counts(&edited)
    );

    // Neither of them has something left to do, or to undo: each has looked at everything again.
    let before = rig.effects().await.len();
    rig.until_swept(4).await;
    assert_eq!(unfinished(&rig).await, Vec::<String>::new());
    println!("{} changes in the cloud after that", rig.effects().await.len() - before);
    assert_eq!(rig.services().await.len(), OBJECTS);
    rig.end().await;
}
