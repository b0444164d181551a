//! Random scenarios: whole reconciles against the simulated cloud, in one process and in virtual time. Objects are created, edited and deleted
//! while lists lag, answers get lost, the operator is killed and somebody else changes things. The cloud must come to equal the specs,
//! then fall silent, and nothing that is not ours may ever be touched: whatever the provider turns out to do where nobody can know it.

mod generate;
mod kubernetes;
mod simulation;

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::test_runner::{Config as Cases, TestRunner};

use privatelink_operator::identity::{Definition, DefinitionUnknown};
use privatelink_operator::names::{CLUSTER_TAG, UID_TAG};
use privatelink_sim::ServiceChange;
use serde_json::json;

use generate::{DETAILS_PERIOD, LONGEST_GUESS, LONGEST_LAG, Scenario, Wanted, scenarios};
use kubernetes::uid;
use simulation::Simulation;

/// Virtual time in which everything settles: the longest wait of a default operator, several times over.
const PATIENCE: Duration = Duration::from_mins(30);

/// So long it is looked for what must not happen: ten lists, and several of every other wait.
const QUIET: Duration = Duration::from_mins(10);

/// So long nothing is written once everything has settled: details are read again meanwhile.
const SILENCE: Duration = Duration::from_mins(5);

/// Two periods of the lists of a default operator, and three.
const TWO_LISTS: Duration = Duration::from_mins(2);
const THREE_LISTS: Duration = Duration::from_mins(3);

#[test]
fn random_scenarios_converge_fall_silent_and_leave_everything_else_alone() {
    let cases = Cases { cases: 60, failure_persistence: None, max_shrink_iters: 100, ..Cases::default() };
    TestRunner::new(cases)
        .run(&scenarios(), |scenario| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.unwrap().block_on(play(scenario));
            Ok(())
        })
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn of_two_services_with_one_uid_a_deletion_takes_only_the_one_that_status_names() {
    let scenario = Scenario::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut simulation = Simulation::new(&scenario);
    apply(&mut simulation, &scenario.objects);
    simulation.run_until("created", PATIENCE, |simulation| converged(simulation, &scenario.objects)).await;
    let named = simulation.services_of("1").remove(0).id;
    let other = simulation.duplicate("1").await;
    simulation.run_for(THREE_LISTS).await;

    simulation.kubernetes.delete("1");
    let ids =
        |simulation: &Simulation| simulation.services_of("1").into_iter().map(|service| service.id).collect::<Vec<_>>();
    simulation.run_until("deleted", PATIENCE, |simulation| !ids(simulation).contains(&named)).await;
    simulation.run_for(QUIET).await;
    assert_eq!((ids(&simulation), simulation.kubernetes.names()), (vec![other.clone()], vec!["1".to_owned()]));

    assert!(simulation.simulator.delete_service(&other));
    simulation.run_until("let go", PATIENCE, |simulation| simulation.kubernetes.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_went_outside_is_reported_and_not_made_again() {
    let scenario = Scenario::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut simulation = Simulation::new(&scenario);
    apply(&mut simulation, &scenario.objects);
    simulation.run_until("created", PATIENCE, |simulation| converged(simulation, &scenario.objects)).await;
    assert!(simulation.simulator.delete_service(&simulation.services_of("1")[0].id));
    simulation.run_until("reported", PATIENCE, |simulation| simulation.kubernetes.reason("1") == "ServiceGone").await;
    assert_silent(&mut simulation).await;
    assert_eq!(simulation.services_of("1"), []);

    simulation.kubernetes.delete("1");
    simulation.run_until("let go", PATIENCE, |simulation| simulation.kubernetes.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn an_object_beside_a_former_service_of_its_name_waits_for_a_person() {
    let scenario = Scenario::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut simulation = Simulation::new(&scenario);
    let former = simulation.leave_behind("1").await;
    apply(&mut simulation, &scenario.objects);
    simulation
        .run_until("reported", PATIENCE, |simulation| simulation.kubernetes.reason("1") == "FormerServiceExists")
        .await;
    // Once it is certain that only a person can help, that is said too.
    simulation.run_for(TWO_LISTS).await;
    assert_silent(&mut simulation).await;

    let untag = ServiceChange { tags: [(CLUSTER_TAG.to_owned(), None)].into(), ..ServiceChange::default() };
    assert!(simulation.simulator.change_service(&former, &untag));
    simulation.run_until("created", PATIENCE, |simulation| converged(simulation, &scenario.objects)).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_lost_its_tags_is_neither_written_to_nor_replaced_nor_deleted() {
    let scenario = Scenario::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut simulation = Simulation::new(&scenario);
    apply(&mut simulation, &scenario.objects);
    simulation.run_until("created", PATIENCE, |simulation| converged(simulation, &scenario.objects)).await;
    let id = simulation.services_of("1").remove(0).id;
    let tagged = |value: Option<String>| ServiceChange {
        description: Some("theirs now".to_owned()),
        tags: [(UID_TAG.to_owned(), value)].into(),
        ..ServiceChange::default()
    };
    assert!(simulation.simulator.change_service(&id, &tagged(None)));
    simulation.run_until("reported", PATIENCE, |simulation| simulation.kubernetes.reason("1") == "OwnershipLost").await;
    assert_silent(&mut simulation).await;

    simulation.kubernetes.delete("1");
    simulation
        .run_until("blocked", PATIENCE, |simulation| simulation.kubernetes.reason("1") == "DeletionBlocked")
        .await;
    simulation.forget_calls();
    simulation.run_for(QUIET).await;
    assert_eq!(simulation.writes(), Vec::<String>::new());

    assert!(simulation.simulator.change_service(&id, &tagged(Some(uid("1")))));
    simulation.run_until("deleted", PATIENCE, |simulation| simulation.kubernetes.is_empty()).await;
    assert_eq!(simulation.simulator.all_services(), []);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_goes_no_further_on_a_copy_that_lacks_what_forbids_it() {
    let scenario = Scenario::of("1", json!({ "serviceResourceType": "nlb", "suspend": true }));
    let running = Scenario::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut simulation = Simulation::new(&running);
    apply(&mut simulation, &running.objects);
    simulation.run_until("created", PATIENCE, |simulation| converged(simulation, &running.objects)).await;
    let service = simulation.services_of("1");
    simulation.kubernetes.delete("1");
    simulation.kubernetes.stop_the_watch();
    apply(&mut simulation, &scenario.objects);
    simulation.forget_calls();
    simulation.run_for(QUIET).await;
    assert_eq!(simulation.services_of("1"), service);
    assert_eq!(simulation.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_until_it_is_known_that_the_kind_stays() {
    let scenario = Scenario::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut simulation = Simulation::new(&scenario);
    apply(&mut simulation, &scenario.objects);
    simulation.run_until("created", PATIENCE, |simulation| converged(simulation, &scenario.objects)).await;
    for why in [DefinitionUnknown::Refused("no".to_owned()), DefinitionUnknown::Missing, DefinitionUnknown::Unanswered]
    {
        simulation.kubernetes.define(Definition::Unknown(why));
        simulation.kubernetes.delete("1");
        simulation
            .run_until("blocked", PATIENCE, |simulation| simulation.kubernetes.reason("1") == "DeletionBlocked")
            .await;
        simulation.forget_calls();
        simulation.run_for(QUIET).await;
        assert_eq!(simulation.writes(), Vec::<String>::new());
    }
    simulation.kubernetes.define(Definition::Stays);
    simulation.run_until("deleted", PATIENCE, |simulation| simulation.kubernetes.is_empty()).await;
    assert_eq!(simulation.simulator.all_services(), []);
}

/// A scenario from the first apply to the last deletion.
async fn play(scenario: Scenario) {
    let mut simulation = Simulation::new(&scenario);
    let unrelated = simulation.create_unrelated_services(scenario.objects.keys().next().unwrap()).await;

    let [crashes, later_crashes, last_crashes] = &scenario.crashes;
    simulation.order_faults(&scenario.faults);
    let [losses, later_losses] = &scenario.losses;
    simulation.order_crashes(crashes);
    simulation.order_losses(losses);
    apply(&mut simulation, &scenario.objects);
    settle(&mut simulation, "created", scenario.haste[0], &scenario.objects).await;

    simulation.connect_consumers();
    simulation.order_faults(&scenario.later_faults);
    simulation.drift(&scenario.drift);
    // What others changed before an edit, the edit repairs; what a list does not show yet, only a later look can.
    simulation.run_for(scenario.list_lag + LONGEST_GUESS / 2 + Duration::from_secs(1)).await;
    simulation.order_crashes(later_crashes);
    simulation.order_losses(later_losses);
    apply(&mut simulation, &scenario.edits);
    if scenario.haste[1].is_none() {
        simulation.run_for(TWO_LISTS).await;
    }
    simulation.disconnect_consumers();
    settle(&mut simulation, "edited", scenario.haste[1], &scenario.edits).await;

    for name in scenario.edits.keys() {
        simulation.kubernetes.delete(name);
    }
    simulation.order_crashes(last_crashes);
    simulation.run_until("deleted", PATIENCE, |simulation| simulation.kubernetes.is_empty()).await;
    assert_deleted(&simulation, &scenario);
    assert_eq!(simulation.foreign_services(), unrelated, "services of others");
    assert_eq!(simulation.simulator.witness(), [], "two live services of one object");
    assert_eq!(simulation.writes_to(&unrelated), Vec::<String>::new());
}

/// Until everything is as it is wanted, and then some; or for a moment only.
async fn settle(simulation: &mut Simulation, what: &str, haste: Option<Duration>, objects: &BTreeMap<String, Wanted>) {
    if let Some(moment) = haste {
        return simulation.run_for(moment).await;
    }
    simulation.run_until(what, PATIENCE, |simulation| simulation.is_safe() && converged(simulation, objects)).await;
    // A process that began a moment ago may still see what its predecessor did as under way.
    simulation.run_for(LONGEST_LAG + Duration::from_secs(1)).await;
    // And what only the details show is known once they have been read again.
    simulation.run_for(DETAILS_PERIOD * 2).await;
    simulation.run_until(what, PATIENCE, |simulation| converged(simulation, objects)).await;
    assert_silent(simulation).await;
}

fn apply(simulation: &mut Simulation, objects: &BTreeMap<String, Wanted>) {
    for (name, wanted) in objects {
        simulation.kubernetes.apply(name, &wanted.spec);
    }
}

/// Every object is Ready in its newest generation, and its one service is as its spec wants it; or its service went, none is wanted in its
/// place, and the object says so.
fn converged(simulation: &Simulation, objects: &BTreeMap<String, Wanted>) -> bool {
    objects.iter().all(|(name, wanted)| match simulation.services_of(name).as_slice() {
        [one] => {
            simulation.kubernetes.is_ready(name)
                && simulation.kubernetes.names_service(name, &one.id)
                && wanted.is_met_by(one)
        }
        [] => !wanted.is_recreated() && simulation.kubernetes.reason(name) == "ServiceGone",
        _ => false,
    })
}

/// Nothing is written to either side while nothing changes, also by a reconcile that is asked for.
async fn assert_silent(simulation: &mut Simulation) {
    simulation.forget_calls();
    simulation.request_a_reconcile_of_every_object();
    simulation.run_for(SILENCE).await;
    assert_eq!(simulation.writes(), Vec::<String>::new(), "writes to the cloud without a reason");
    assert_eq!(simulation.kubernetes.writes(), 0, "writes to Kubernetes without a reason");
}

/// What was to be deleted is gone, what was to be retained carries no tag of ours.
fn assert_deleted(simulation: &Simulation, scenario: &Scenario) {
    let retained = scenario.edits.values().filter(|wanted| wanted.is_retained()).count();
    let left = simulation.own_services();
    // One that was deleted in haste may never have been made, and one that went is not there any more.
    let is_exact = scenario.haste[1].is_none() && scenario.losses.iter().all(Vec::is_empty);
    let is_expected = if is_exact { left.len() == retained } else { left.len() <= retained };
    assert!(is_expected, "{retained} were to be retained: {left:?}");
    for service in left {
        let ours: Vec<_> = service.tags.keys().filter(|key| key.starts_with("privatelink-operator.")).collect();
        assert_eq!(ours, Vec::<&String>::new());
    }
}
