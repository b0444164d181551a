//! Random worlds: whole passes against the simulated cloud, in one process and in virtual time. Objects are created, edited and deleted
//! while lists lag, answers get lost, the operator is killed and somebody else changes things. The cloud must come to equal the specs,
//! then fall silent, and nothing that is not ours may ever be touched: whatever the provider turns out to do where nobody can know it.

mod generate;
mod kubernetes;
mod passes;

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::test_runner::{Config as Cases, TestRunner};

use privatelink_operator::identity::{Definition, DefinitionUnknown};
use privatelink_operator::names::{CLUSTER_TAG, UID_TAG};
use privatelink_sim::ServiceChange;
use serde_json::json;

use generate::{DETAILS_PERIOD, LONGEST_GUESS, LONGEST_LAG, Story, Wanted, story};
use kubernetes::uid;
use passes::World;

/// Virtual time in which everything settles: the longest wait of a default operator, several times over.
const PATIENCE: Duration = Duration::from_mins(30);

#[test]
fn random_worlds_converge_fall_silent_and_leave_everything_else_alone() {
    let cases = Cases { cases: 60, failure_persistence: None, max_shrink_iters: 100, ..Cases::default() };
    TestRunner::new(cases)
        .run(&story(), |story| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.unwrap().block_on(tell(story));
            Ok(())
        })
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn of_two_services_with_one_uid_a_deletion_takes_only_the_one_that_status_names() {
    let story = Story::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut world = World::new(&story);
    apply(&mut world, &story.objects);
    world.run_until("created", PATIENCE, |world| converged(world, &story.objects)).await;
    let named = world.services_of("1").remove(0).id;
    let other = world.duplicate("1").await;
    world.run_for(Duration::from_mins(3)).await;

    world.kubernetes.delete("1");
    let ids = |world: &World| world.services_of("1").into_iter().map(|service| service.id).collect::<Vec<_>>();
    world.run_until("deleted", PATIENCE, |world| !ids(world).contains(&named)).await;
    world.run_for(Duration::from_mins(10)).await;
    assert_eq!((ids(&world), world.kubernetes.names()), (vec![other.clone()], vec!["1".to_owned()]));

    assert!(world.simulator.delete_service(&other));
    world.run_until("let go", PATIENCE, |world| world.kubernetes.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_went_outside_is_reported_and_not_made_again() {
    let story = Story::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut world = World::new(&story);
    apply(&mut world, &story.objects);
    world.run_until("created", PATIENCE, |world| converged(world, &story.objects)).await;
    assert!(world.simulator.delete_service(&world.services_of("1")[0].id));
    world.run_until("reported", PATIENCE, |world| world.kubernetes.reason("1") == "ServiceGone").await;
    assert_silent(&mut world).await;
    assert_eq!(world.services_of("1"), []);

    world.kubernetes.delete("1");
    world.run_until("let go", PATIENCE, |world| world.kubernetes.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn an_object_beside_a_former_service_of_its_name_waits_for_a_person() {
    let story = Story::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut world = World::new(&story);
    let former = world.leave_behind("1").await;
    apply(&mut world, &story.objects);
    world.run_until("reported", PATIENCE, |world| world.kubernetes.reason("1") == "FormerServiceExists").await;
    // Once it is certain that only a person can help, that is said too.
    world.run_for(Duration::from_mins(2)).await;
    assert_silent(&mut world).await;

    let untag = ServiceChange { tags: [(CLUSTER_TAG.to_owned(), None)].into(), ..ServiceChange::default() };
    assert!(world.simulator.change_service(&former, &untag));
    world.run_until("created", PATIENCE, |world| converged(world, &story.objects)).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_lost_its_tags_is_neither_written_to_nor_replaced_nor_deleted() {
    let story = Story::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut world = World::new(&story);
    apply(&mut world, &story.objects);
    world.run_until("created", PATIENCE, |world| converged(world, &story.objects)).await;
    let id = world.services_of("1").remove(0).id;
    let tagged = |value: Option<String>| ServiceChange {
        description: Some("theirs now".to_owned()),
        tags: [(UID_TAG.to_owned(), value)].into(),
        ..ServiceChange::default()
    };
    assert!(world.simulator.change_service(&id, &tagged(None)));
    world.run_until("reported", PATIENCE, |world| world.kubernetes.reason("1") == "OwnershipLost").await;
    assert_silent(&mut world).await;

    world.kubernetes.delete("1");
    world.run_until("blocked", PATIENCE, |world| world.kubernetes.reason("1") == "DeletionBlocked").await;
    world.forget_calls();
    world.run_for(Duration::from_mins(10)).await;
    assert_eq!(world.writes(), Vec::<String>::new());

    assert!(world.simulator.change_service(&id, &tagged(Some(uid("1")))));
    world.run_until("deleted", PATIENCE, |world| world.kubernetes.is_empty()).await;
    assert_eq!(world.simulator.all_services(), []);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_goes_no_further_on_a_copy_that_lacks_what_forbids_it() {
    let story = Story::of("1", json!({ "serviceResourceType": "nlb", "suspend": true }));
    let running = Story::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut world = World::new(&running);
    apply(&mut world, &running.objects);
    world.run_until("created", PATIENCE, |world| converged(world, &running.objects)).await;
    let service = world.services_of("1");
    world.kubernetes.delete("1");
    world.kubernetes.stop_the_watch();
    apply(&mut world, &story.objects);
    world.forget_calls();
    world.run_for(Duration::from_mins(10)).await;
    assert_eq!(world.services_of("1"), service);
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_until_it_is_known_that_the_kind_stays() {
    let story = Story::of("1", json!({ "serviceResourceType": "nlb" }));
    let mut world = World::new(&story);
    apply(&mut world, &story.objects);
    world.run_until("created", PATIENCE, |world| converged(world, &story.objects)).await;
    for why in [DefinitionUnknown::Refused("no".to_owned()), DefinitionUnknown::Missing, DefinitionUnknown::Unanswered]
    {
        world.kubernetes.define(Definition::Unknown(why));
        world.kubernetes.delete("1");
        world.run_until("blocked", PATIENCE, |world| world.kubernetes.reason("1") == "DeletionBlocked").await;
        world.forget_calls();
        world.run_for(Duration::from_mins(10)).await;
        assert_eq!(world.writes(), Vec::<String>::new());
    }
    world.kubernetes.define(Definition::Stays);
    world.run_until("deleted", PATIENCE, |world| world.kubernetes.is_empty()).await;
    assert_eq!(world.simulator.all_services(), []);
}

/// A story from the first apply to the last deletion.
async fn tell(story: Story) {
    let mut world = World::new(&story);
    let bystanders = world.settle_bystanders(story.objects.keys().next().unwrap()).await;

    let [crashes, later_crashes, last_crashes] = &story.crashes;
    world.order_faults(&story.faults);
    let [losses, later_losses] = &story.losses;
    world.order_crashes(crashes);
    world.order_losses(losses);
    apply(&mut world, &story.objects);
    settle(&mut world, "created", story.haste[0], &story.objects).await;

    world.connect_consumers();
    world.order_faults(&story.later_faults);
    world.drift(&story.drift);
    // What others changed before an edit, the edit repairs; what a list does not show yet, only a later look can.
    world.run_for(story.list_lag + LONGEST_GUESS / 2 + Duration::from_secs(1)).await;
    world.order_crashes(later_crashes);
    world.order_losses(later_losses);
    apply(&mut world, &story.edits);
    if story.haste[1].is_none() {
        world.run_for(Duration::from_mins(2)).await;
    }
    world.disconnect_consumers();
    settle(&mut world, "edited", story.haste[1], &story.edits).await;

    for name in story.edits.keys() {
        world.kubernetes.delete(name);
    }
    world.order_crashes(last_crashes);
    world.run_until("deleted", PATIENCE, |world| world.kubernetes.is_empty()).await;
    assert_deleted(&world, &story);
    assert_eq!(world.foreign_services(), bystanders, "services of others");
    assert_eq!(world.simulator.witness(), [], "two live services of one object");
    assert_eq!(world.writes_to(&bystanders), Vec::<String>::new());
}

/// Until everything is as it is wanted, and then some; or for a moment only.
async fn settle(world: &mut World, what: &str, haste: Option<Duration>, objects: &BTreeMap<String, Wanted>) {
    if let Some(moment) = haste {
        return world.run_for(moment).await;
    }
    world.run_until(what, PATIENCE, |world| world.is_safe() && converged(world, objects)).await;
    // A process that began a moment ago may still see what its predecessor did as under way.
    world.run_for(LONGEST_LAG + Duration::from_secs(1)).await;
    // And what only the details show is known once they have been read again.
    world.run_for(DETAILS_PERIOD * 2).await;
    world.run_until(what, PATIENCE, |world| converged(world, objects)).await;
    assert_silent(world).await;
}

fn apply(world: &mut World, objects: &BTreeMap<String, Wanted>) {
    for (name, wanted) in objects {
        world.kubernetes.apply(name, &wanted.spec);
    }
}

/// Every object is Ready in its newest generation, and its one service is as its spec wants it; or its service went, none is wanted in its
/// place, and the object says so.
fn converged(world: &World, objects: &BTreeMap<String, Wanted>) -> bool {
    objects.iter().all(|(name, wanted)| match world.services_of(name).as_slice() {
        [one] => {
            world.kubernetes.is_ready(name) && world.kubernetes.names_service(name, &one.id) && wanted.is_met_by(one)
        }
        [] => !wanted.is_made_anew() && world.kubernetes.reason(name) == "ServiceGone",
        _ => false,
    })
}

/// Nothing is written to either side while nothing changes, also by a pass that is asked for.
async fn assert_silent(world: &mut World) {
    world.forget_calls();
    world.ask_for_a_pass_of_every_object();
    world.run_for(Duration::from_mins(5)).await;
    assert_eq!(world.writes(), Vec::<String>::new(), "writes to the cloud without a reason");
    assert_eq!(world.kubernetes.writes(), 0, "writes to Kubernetes without a reason");
}

/// What was to be deleted is gone, what was to be retained carries no tag of ours.
fn assert_deleted(world: &World, story: &Story) {
    let retained = story.edits.values().filter(|wanted| wanted.is_retained()).count();
    let left = world.own_services();
    // One that was deleted in haste may never have been made, and one that went is not there any more.
    let is_exact = story.haste[1].is_none() && story.losses.iter().all(Vec::is_empty);
    let is_expected = if is_exact { left.len() == retained } else { left.len() <= retained };
    assert!(is_expected, "{retained} were to be retained: {left:?}");
    for service in left {
        let ours: Vec<_> = service.tags.keys().filter(|key| key.starts_with("privatelink-operator.")).collect();
        assert_eq!(ours, Vec::<&String>::new());
    }
}
