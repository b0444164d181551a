//! Who is next: namespaces are served fairly, and in each the objects in the order in which they asked.

use super::*;

fn of(namespace: &str, name: impl Into<String>) -> ObjectId {
    ObjectId { namespace: namespace.to_owned(), ..object(name) }
}

/// Serves whoever is woken, one call that holds the account's lock after the other, until nobody is; says in which order.
fn served(rig: &mut Rig, first: Permit) -> Vec<String> {
    let mut order = Vec::new();
    let mut permit = Some(first);
    while let Some(current) = permit.take() {
        current.end(Ok(()));
        let next = rig.requeued.try_recv().ok();
        if let Some(id) = next {
            order.push(format!("{}/{}", id.namespace, id.name));
            permit = Some(rig.scheduler.ask(&id, request(UPDATE, &id.name)).expect("the permit is reserved for it"));
        }
    }
    order
}

fn wait(rig: &Rig, id: &ObjectId) {
    assert!(matches!(rig.scheduler.ask(id, request(UPDATE, &id.name)), Err(NoPermit::Queued { .. })));
}

#[tokio::test(start_paused = true)]
async fn eighty_five_edits_of_one_namespace_delay_that_of_another_by_one_call() {
    let mut rig = rig(Rates::documented());
    let running = rig.scheduler.ask(&of("busy", "0"), request(UPDATE, "0")).expect("the lock is free");
    for n in 1..=85 {
        wait(&rig, &of("busy", n.to_string()));
    }
    wait(&rig, &of("calm", "edit"));
    let order = served(&mut rig, running);
    assert_eq!(order.len(), 86);
    assert_eq!(order[..3], ["calm/edit", "busy/1", "busy/2"]);
}

#[tokio::test(start_paused = true)]
async fn namespaces_are_served_round_robin_and_in_each_the_objects_go_as_they_came() {
    let mut rig = rig(Rates::documented());
    let running = rig.scheduler.ask(&of("a", "0"), request(UPDATE, "0")).expect("the lock is free");
    for (namespace, name) in [("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("b", "2"), ("c", "1")] {
        wait(&rig, &of(namespace, name));
    }
    assert_eq!(served(&mut rig, running), ["b/1", "c/1", "a/1", "b/2", "a/2", "a/3"]);
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_is_used_up_is_shared_fairly_too() {
    let mut rig = rig(Rates::documented().with(CREATE, Rate { calls: 2, per: seconds(60) }));
    let create = |id: &ObjectId| rig.scheduler.ask(id, request(CREATE, ""));
    for n in 0..2 {
        create(&of("busy", n.to_string())).expect("it fits the rate").end(Ok(()));
    }
    for n in 2..50 {
        let rate = Some(Rate { calls: 2, per: seconds(60) });
        assert!(matches!(create(&of("busy", n.to_string())), Err(NoPermit::Queued { rate: used, .. }) if used == rate));
    }
    assert!(create(&of("calm", "new")).is_err());
    assert_eq!(rig.pass(seconds(60)).await, ["new", "2"]);
}

/// An object with more and more to change does not come before those that wait.
#[tokio::test(start_paused = true)]
async fn whoever_asks_again_and_again_waits_behind_those_who_waited() {
    let mut rig = rig(Rates::documented());
    let mut permit = rig.scheduler.ask(&of("a", "greedy"), request(UPDATE, "g")).expect("the lock is free");
    for n in 0..10 {
        wait(&rig, &of("a", format!("modest-{n}")));
    }
    let mut order = Vec::new();
    for _ in 0..11 {
        permit.end(Ok(()));
        let id = rig.requeued.try_recv().expect("somebody is woken");
        if order.is_empty() {
            wait(&rig, &of("a", "greedy"));
        }
        permit = rig.scheduler.ask(&id, request(UPDATE, &id.name)).expect("the permit is reserved for it");
        order.push(id.name);
    }
    let expected: Vec<_> = (0..10).map(|n| format!("modest-{n}")).chain(["greedy".to_owned()]).collect();
    assert_eq!(order, expected);
}
