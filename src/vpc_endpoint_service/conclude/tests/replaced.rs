//! What is said of a load balancer that is to go and is still used.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::cloud::errors::{Verdict, verdict};
use crate::crd::{AttachmentState, ResourceStatus};
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::execute::SetAside;
use crate::vpc_endpoint_service::observe::AttachmentKey;
use crate::vpc_endpoint_service::plan::fixtures::in_use;
use crate::vpc_endpoint_service::plan::{AttachmentUse, Leaving};

const MOVE: Operation = Operation::UpdateVpcEndpointZoneConnectionResourceAttribute;

fn key() -> AttachmentKey {
    AttachmentKey { resource_id: "alb-a".to_owned(), zone_id: Some("cn-hangzhou-i".to_owned()) }
}

fn consumers(ids: &[&str]) -> Vec<Consumer> {
    let one = |id: &&str| Consumer { endpoint_id: (*id).to_owned(), account_id: Some("123".to_owned()) };
    ids.iter().map(one).collect()
}

fn told(usage: AttachmentUse) -> Vec<String> {
    let edited = reached(&Scenario::converged().edited());
    said(&report(&edited.waiting(Wait::AttachmentUnused(Box::new(usage))), &ready()))
}

fn used_by_two() -> AttachmentUse {
    AttachmentUse { users: consumers(&["ep-1", "ep-2"]), ..in_use(key(), 2) }
}

const USED: &str =
    "alb-a in cn-hangzhou-i is not detached yet: 2 endpoints use it: ep-1 of account 123, ep-2 of account 123.";

#[test]
fn who_uses_it_is_named_with_the_account() {
    assert_eq!(told(used_by_two()), reconciling(Reason::AttachmentInUse, USED));
    let last = AttachmentUse { is_last_allocated: true, ..used_by_two() };
    let message = format!(
        "{USED} New connections go on being given to it, because its zone has no other load balancer that is automatically allocated: add one \
         with autoAllocatedEnabled true."
    );
    assert_eq!(told(last), reconciling(Reason::AttachmentInUse, &message));
    let moved = AttachmentUse { deprecated: 1, ..in_use(key(), 0) };
    let message = "alb-a in cn-hangzhou-i is not detached yet: 1 endpoint that was moved away still has traffic there.";
    assert_eq!(told(moved), reconciling(Reason::AttachmentInUse, message));
}

#[test]
fn of_many_the_first_twenty_are_named() {
    let ids: Vec<String> = (10..40).map(|number| format!("ep-{number}")).collect();
    let users = consumers(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    let [ready, _] = &told(AttachmentUse { users, ..in_use(key(), 30) })[..] else { panic!("two conditions") };
    assert!(ready.contains("ep-29 of account 123 and others") && !ready.contains("ep-30"), "{ready}");
}

#[test]
fn while_connections_are_moved_the_message_stays_the_same() {
    let to = BTreeSet::from(["alb-b".to_owned(), "alb-c".to_owned()]);
    let message = "alb-a in cn-hangzhou-i is not detached yet: its connections are being moved to alb-b, alb-c, one at a time, and what is open \
                   over it is closed after a while.";
    for related in [2, 1] {
        let usage = AttachmentUse { related, leaving: Leaving::Migrate { to: to.clone() }, ..used_by_two() };
        assert_eq!(told(usage), reconciling(Reason::MigratingConnections, message));
    }
}

fn denied(code: &str) -> Verdict {
    verdict(&refused(MOVE, code))
}

#[test]
fn a_refusal_names_the_quota_once_and_stalls_nobody() {
    let blocked = |refused, stuck| AttachmentUse { leaving: Leaving::Blocked { refused, stuck }, ..used_by_two() };
    let sentence = "The provider does not move them: UpdateVpcEndpointZoneConnectionResourceAttribute failed: ZoneOperationDenied: the zone of \
                    the connection is busy, or the account lacks the privilege quota privatelink_whitelist/svc_res_mgt_uat, without which no \
                    connection is moved; apply for it in the provider's Quota Center. Until it does, the operator waits for them to leave.";
    let usage = blocked(Some(denied("ZoneOperationDenied")), vec![]);
    assert_eq!(told(usage), reconciling(Reason::MigrationBlocked, &format!("{USED} {sentence}")));

    let said = told(blocked(Some(denied("Forbidden.RAM")), consumers(&["ep-2"])));
    assert!(said[0].contains("grant them the RAM action privatelink:Update"), "{said:?}");
    assert!(said[0].contains("Moving connections needs the privilege quota privatelink_whitelist/svc_res_mgt_uat"));
    assert!(said[0].ends_with(
        "left alone: ep-2 of account 123. Ask the provider's support, or have their owners disconnect them."
    ));
    assert!(said.iter().all(|line| !line.starts_with("Stalled")), "{said:?}");
}

#[test]
fn a_refused_move_of_this_reconcile_is_told_where_it_is_waited_for_and_its_words_are_kept() {
    let mut reached = reached(&Scenario::converged().edited()).waiting(Wait::AttachmentUnused(Box::new(used_by_two())));
    let name = |name: &str| name.to_owned();
    let step = Step::Write {
        target: name("epsrv-ours"),
        write: crate::cloud::services::Write::Migrate {
            endpoint_id: name("ep-1"),
            zone_id: name("cn-hangzhou-i"),
            resource_type: name("alb"),
            from: name("alb-a"),
            to: name("alb-b"),
        },
    };
    let error = refused(MOVE, "EndpointServiceResourceTypeNotSupport");
    reached.outcome = Some(Outcome { set_aside: vec![SetAside { step, error, until: None }], ..Outcome::default() });
    let report = report(&reached, &ready());
    assert_eq!(said(&report), reconciling(Reason::AttachmentInUse, USED));
    let last_error = report.status.expect("it lives").last_error.expect("the provider's words");
    assert_eq!(last_error.code.as_deref(), Some("EndpointServiceResourceTypeNotSupport"));
}

/// nlb-a is to go from the zone i, where so many use it and so many were moved away.
fn leaving(related: i64, deprecated: i64) -> ReconcileState {
    let resources = json!([
        { "resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-j"] },
        { "resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"] },
    ]);
    let scenario = Scenario::converged().spec(json!({ "resources": resources })).edited();
    reached(&scenario.with_details(|details| {
        let key = AttachmentKey { resource_id: "nlb-a".to_owned(), zone_id: Some("cn-hangzhou-i".to_owned()) };
        let attachment = details.attachments.get_mut(&key).expect("it is attached");
        (attachment.related_endpoint_count, attachment.deprecated_endpoint_count) = (related, deprecated);
    }))
}

fn entry(report: &Report) -> ResourceStatus {
    let resources = &report.status.as_ref().expect("it lives").resources;
    resources.iter().find(|entry| entry.state == Some(AttachmentState::Detaching)).expect("one is to go").clone()
}

#[test]
fn the_status_counts_both_who_uses_it_and_who_was_moved_away() {
    let counts = |related, deprecated| {
        let ResourceStatus { related_endpoint_count, related_deprecated_endpoint_count, .. } =
            entry(&report(&leaving(related, deprecated), &ready()));
        (related_endpoint_count, related_deprecated_endpoint_count)
    };
    assert_eq!(counts(2, 0), (Some(2), None));
    assert_eq!(counts(0, 3), (Some(0), Some(3)));
}

#[test]
fn it_is_announced_when_it_begins_to_drain_and_when_it_is_gone_and_not_in_between() {
    let first = report(&leaving(2, 0), &ready());
    let text = "Taken out of the spec, and detached once nobody uses it: nlb-a in cn-hangzhou-i (used by 2 endpoints).";
    assert_eq!(first.events, [event(EventReason::LoadBalancerDraining, text)]);
    let status = first.status.expect("it lives");
    assert_eq!(report(&leaving(1, 1), &status).events, []);
    // Nobody used it: it goes without a word.
    assert_eq!(report(&leaving(0, 0), &ready()).events, []);

    let gone = leaving(1, 0);
    let Some(Ok(resolved)) = &gone.resolved else { panic!("it is resolved") };
    let mut scenario = Scenario::converged();
    scenario.resolved = resolved.clone();
    let scenario = scenario.with_details(|details| {
        details.attachments.retain(|key, _| key.zone_id.as_deref() == Some("cn-hangzhou-j"));
        let key = AttachmentKey { resource_id: "nlb-b".to_owned(), zone_id: Some("cn-hangzhou-i".to_owned()) };
        details.attachments.insert(key, crate::cloud::services::Attachment::new(Some("cn-hangzhou-i".to_owned())));
    });
    let last = report(&reached(&scenario), &status).events;
    let text = "Detached from the service epsrv-ours: nlb-a in cn-hangzhou-i.";
    assert!(last.contains(&event(EventReason::LoadBalancerDetached, text)), "{last:?}");
}

#[test]
fn moves_that_are_blocked_are_announced_once() {
    let leaving = Leaving::Blocked { refused: Some(denied("ZoneOperationDenied")), stuck: vec![] };
    let usage = AttachmentUse { leaving, ..used_by_two() };
    let reached = reached(&Scenario::converged().edited()).waiting(Wait::AttachmentUnused(Box::new(usage)));
    let first = report(&reached, &ready());
    assert_eq!(first.events.iter().map(|note| note.reason).collect::<Vec<_>>(), [EventReason::MigrationBlocked]);
    assert_eq!(report(&reached, &first.status.expect("it lives")).events, []);
}

#[test]
fn what_was_said_of_the_moves_holds_while_the_service_passes_through_pending() {
    let edited = || reached(&Scenario::converged().edited());
    let leaving = Leaving::Migrate { to: BTreeSet::from(["alb-b".to_owned()]) };
    let usage = AttachmentUse { leaving, ..used_by_two() };
    let moving = report(&edited().waiting(Wait::AttachmentUnused(Box::new(usage))), &ready());
    let status = moving.status.clone().expect("it lives");
    for state in [ServiceStatus::Pending, ServiceStatus::Active] {
        let after = report(&edited().waiting(Wait::ServiceActive(state)), &status);
        assert_eq!(said(&after), said(&moving));
    }
    let odd = report(&edited().waiting(Wait::ServiceActive(ServiceStatus::Unknown("Odd".to_owned()))), &status);
    assert!(said(&odd)[0].starts_with("Ready=False UnknownAnswer"), "{odd:?}");
    // Of another generation nothing was said.
    let next = report(
        &reached(&Scenario::converged().edited().edited()).waiting(Wait::ServiceActive(ServiceStatus::Pending)),
        &status,
    );
    assert!(said(&next)[0].starts_with("Ready=False Updating"), "{next:?}");
}
