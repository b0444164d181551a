//! A new object says for what it waits, in words that stay.

use cloud_core::Rate;

use super::*;
use crate::vpc_endpoint_service::observe::Look;

fn recorded() -> Scenario {
    let mut scenario = Scenario::recorded();
    scenario.observed.own.first_seen = at(990);
    scenario
}

fn queued(rate: Option<Rate>) -> ReconcileState {
    reached(&recorded()).stopped(Stop::NoPermit(NoPermit::Queued { operation: CREATE.into(), rate }))
}

fn full() -> ReconcileState {
    queued(Some(Rate { calls: 200, per: seconds(60) }))
}

fn looks(scenario: &Scenario, not_before: i64) -> ReconcileState {
    let mut reached = reached(scenario).waiting(Wait::List);
    reached.plan.as_mut().expect("there is one").look = Some(Look::List { not_before: at(not_before) });
    reached
}

#[test]
fn what_lasts_is_told_after_five_seconds() {
    let mut others = recorded();
    others.resolved.record.as_mut().expect("a record").owner = "another".to_owned();
    let table = [
        (queued(None), "it is queued behind other objects of the account."),
        (
            full(),
            "it is queued, because the account may call CreateVpcEndpointService 200 times in 60 s and has done so.",
        ),
        (
            looks(&recorded(), 1030),
            "an earlier call may have created it, so the operator waits for a list that would show it.",
        ),
        (
            looks(&others, 1030),
            "another process of the operator may have created it under the create record, so the operator waits for a list that would show it.",
        ),
    ];
    for (reached, why) in table {
        let message = format!("The service is not created yet: {why}");
        assert_eq!(said(&report(&reached, &fresh())), reconciling(Reason::Creating, &message));
    }
    let message = "The service is not created yet.";
    assert_eq!(said(&report(&looks(&recorded(), 1000), &fresh())), reconciling(Reason::Creating, message));
}

#[test]
fn waiting_for_the_same_costs_no_write_and_waiting_for_something_else_is_told() {
    let waits = report(&queued(None), &fresh()).status.expect("it lives");
    for reached in [queued(None), full(), looks(&recorded(), 1000)] {
        assert_eq!(report(&reached, &waits).status, Some(waits.clone()), "{reached:?}");
    }
    let looking = report(&looks(&recorded(), 1030), &waits);
    assert!(said(&looking)[0].contains("waits for a list that would show it"), "{:?}", said(&looking));
    let queued = report(&full(), &looking.status.expect("it lives"));
    assert!(said(&queued)[0].contains("it is queued"), "{:?}", said(&queued));
}
