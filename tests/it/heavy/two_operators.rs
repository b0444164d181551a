//! Two operators serve the same objects at the same time, as when one that was paused wakes up and does not know that it was replaced.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kube::ResourceExt;
use privatelink_operator::crd::VpcEndpointService;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::time::interval;

use super::cloud::counts;
use super::rest::{unfinished, until_rest};
use super::settings::{Change, Edits, LOAD_BALANCERS, PRINCIPALS, changes};
use super::{apply, names, setup};
use crate::support::rig::{Rig, ZONES, status};

/// Each object is edited so often.
const ROUNDS: usize = 3;

/// Between two edits, of whatever object.
const PAUSE: Duration = Duration::from_millis(100);

const SEED: u64 = 7;

/// Some part of a spec, as somebody might change it.
fn edit(number: usize, dice: &mut StdRng) -> Value {
    match dice.random_range(0..10) {
        0..4 => json!({"description": format!("edit {number}")}),
        4..6 => json!({"autoAcceptEnabled": dice.random::<bool>(), "zoneAffinityEnabled": dice.random::<bool>()}),
        6..8 => json!({"allowedPrincipals": PRINCIPALS[..dice.random_range(0..=PRINCIPALS.len())]}),
        8 => json!({"tags": {"edit": number.to_string()}}),
        _ => {
            let second =
                json!({"resourceId": LOAD_BALANCERS[1], "zoneIds": ZONES[..dice.random_range(1..=ZONES.len())]});
            let all = [json!({"resourceId": LOAD_BALANCERS[0], "zoneIds": ZONES}), second];
            json!({"resources": all[..dice.random_range(1..=all.len())]})
        }
    }
}

/// What was asked of each object, by its name.
type AllEdits = BTreeMap<String, Edits>;

/// Every object as often as every other, in an order that the dice choose.
async fn edit_all(rig: &Rig, names: &[String]) -> AllEdits {
    let mut dice = StdRng::seed_from_u64(SEED);
    let mut order: Vec<&String> = names.iter().cycle().take(ROUNDS * names.len()).collect();
    order.shuffle(&mut dice);
    let mut ticks = interval(PAUSE);
    let mut edits = AllEdits::new();
    for (number, name) in order.into_iter().enumerate() {
        ticks.tick().await;
        let edit = edit(number, &mut dice);
        rig.edit(name, edit.clone()).await;
        let time = rig.simulator.admin.now().await.unwrap();
        edits.entry(name.clone()).or_default().edit(time, &edit);
    }
    edits
}

/// Who changed what, and whether it was to be so.
struct Ledger {
    owners: BTreeMap<String, String>,
    edits: AllEdits,
    logs: Vec<String>,
}

impl Ledger {
    async fn new(rig: &Rig, edits: AllEdits) -> Self {
        let objects = rig.all().await;
        let owner = |object: &VpcEndpointService| Some((status(object).service_id?, object.name_any()));
        Self { owners: objects.iter().filter_map(owner).collect(), edits, logs: rig.running_logs() }
    }

    /// Something else had been asked for when the call came.
    fn is_wrong(&self, change: &Change<'_>) -> bool {
        let edits = self.owners.get(change.service_id).and_then(|name| self.edits.get(name));
        edits.is_some_and(|edits| edits.contradict(change))
    }

    /// In words. The operators are counted from 1.
    fn line(&self, change: &Change<'_>) -> String {
        let Change { call, service_id, field, value, before } = change;
        let author = self.logs.iter().position(|log| log.contains(&call.request_id)).map_or(0, |number| number + 1);
        let name = self.owners.get(*service_id).map_or("nobody", String::as_str);
        format!("  {} operator {author}, {name}: {field} from {before:?} to {value:?}", call.time)
    }

    /// How often each operation set a field, how often to what it was already, and how often to what was not asked for.
    fn table(&self, changes: &[Change<'_>]) -> String {
        let mut by_operation: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for change in changes {
            let [all, repeated, wrong] = by_operation.entry(&change.call.operation).or_default();
            *all += 1;
            *repeated += usize::from(change.is_repetition());
            *wrong += usize::from(self.is_wrong(change));
        }
        let line = |(operation, [all, repeated, wrong]): (&str, [usize; 3])| {
            format!("  {operation}: {all} fields, {repeated} of them were so already, {wrong} were to be different\n")
        };
        by_operation.into_iter().map(line).collect()
    }
}

async fn make(rig: &Rig, names: &[String]) {
    let begin = Instant::now();
    apply(rig, names).await;
    until_rest(rig).await;
    let (time, calls) = (begin.elapsed(), counts(&rig.journal().await));
    println!("{} made by two operators after {time:?}, with\n{calls}", names.len());
}

/// Answers what was asked for, and the number of the last call before rest.
async fn edit_until_rest(rig: &Rig, names: &[String]) -> (AllEdits, u64) {
    let before = rig.journal().await.len();
    let begin = Instant::now();
    let edits = edit_all(rig, names).await;
    let editing = begin.elapsed();
    let begin = Instant::now();
    until_rest(rig).await;
    let rest = begin.elapsed();
    let calls = rig.journal().await.split_off(before);
    let writes = rig.kubernetes_writes();
    let conflicts = writes.iter().filter(|write| write.code == 409).count();
    println!(
        "{} edits in {editing:?}; at rest {rest:?} after the last, with\n{}",
        ROUNDS * names.len(),
        counts(&calls)
    );
    println!("{conflicts} conflicts of {} writes in Kubernetes so far", writes.len());
    (edits, calls.last().map_or(0, |call| call.sequence))
}

/// What was set, by whom and why. After rest nothing changes any more, whatever is said again.
async fn audit(rig: &Rig, edits: AllEdits, rest: u64) {
    let (journal, ledger) = (rig.journal().await, Ledger::new(rig, edits).await);
    let (early, late): (Vec<_>, Vec<_>) =
        changes(&journal).into_iter().partition(|change| change.call.sequence <= rest);
    println!("what was set until rest:\n{}", ledger.table(&early));
    println!("what was set after that:\n{}", ledger.table(&late));
    for change in &late {
        println!("{}", ledger.line(change));
    }
    let wrong = early.iter().chain(&late).filter(|change| ledger.is_wrong(change));
    let wrong: Vec<_> = wrong.map(|change| ledger.line(change)).collect();
    println!("{} fields were set for a spec that had been edited again:\n{}", wrong.len(), wrong.join("\n"));
    let undone: Vec<_> = late.iter().filter(|change| !change.is_repetition()).collect();
    assert!(undone.is_empty(), "{undone:#?}");
}

async fn tell(objects: usize) {
    let mut rig = Rig::with(setup()).await;
    rig.start_another_operator().await;
    let names = names(objects);
    make(&rig, &names).await;
    let (edits, rest) = edit_until_rest(&rig, &names).await;

    // Neither of them has something left to do, or to undo: each has looked at everything again.
    rig.until_listed(4).await;
    assert_eq!(unfinished(&rig).await, Vec::<String>::new());
    assert_eq!(rig.services().await.len(), objects);
    audit(&rig, edits, rest).await;
    rig.end().await;
}

#[tokio::test]
#[ignore = "minutes; for the figure in docs/reliability.md"]
async fn two_operators_make_no_duplicate_and_lose_no_edit_of_two_hundred_objects() {
    tell(200).await;
}
