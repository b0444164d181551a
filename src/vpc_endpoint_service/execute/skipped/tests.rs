use std::collections::BTreeMap;

use cloud_core::test_support::{answered, lost_answer, refused, throttled};
use jiff::Timestamp;
use privatelink::Operation;

use super::*;
use crate::cloud::services::{AttachmentKey, Attributes, Field, Write};

const ID: &str = "epsrv-1";

fn update(change: Attributes) -> Step {
    Step::write(ID, Write::Attributes(change))
}

fn closing() -> Step {
    update(Attributes::default().with(Field::AutoAcceptEnabled, false))
}

fn describe() -> Step {
    update(Attributes::default().with(Field::Description, "new"))
}

fn regroup() -> Step {
    Step::write(ID, Write::ResourceGroup("rg-1".to_owned()))
}

fn tag(key: &str) -> Step {
    Step::write(ID, Write::Tag(BTreeMap::from([(key.to_owned(), "x".to_owned())])))
}

fn remove(account: &str) -> Step {
    Step::write(ID, Write::RemovePrincipal(account.to_owned()))
}

fn add(account: &str) -> Step {
    Step::write(ID, Write::AddPrincipal(account.to_owned()))
}

fn key(id: &str) -> AttachmentKey {
    AttachmentKey { resource_id: id.to_owned(), zone_id: None }
}

fn attach(id: &str) -> Step {
    Step::write(ID, Write::Attach { resource_type: "nlb".to_owned(), key: key(id) })
}

fn detach(id: &str) -> Step {
    Step::write(ID, Write::Detach { resource_type: "nlb".to_owned(), key: key(id) })
}

/// Those of the steps that still go on.
fn going_on(skipped: &Step, reason: SkipReason, steps: &[Step]) -> Vec<Step> {
    let skipped = Skipped { step: skipped, reason };
    steps.iter().filter(|step| !skipped.blocks(step)).cloned().collect()
}

#[test]
fn a_refused_step_blocks_only_what_depends_on_it() {
    let steps = [remove("2"), closing(), tag("b"), regroup(), add("3"), describe(), attach("b"), detach("c")];
    let all_but = |missing: &[Step]| steps.iter().filter(|step| !missing.contains(step)).cloned().collect::<Vec<_>>();
    assert_eq!(going_on(&tag("a"), SkipReason::Refused, &steps), all_but(&[]));
    assert_eq!(going_on(&regroup(), SkipReason::Refused, &steps), all_but(&[]));
    assert_eq!(going_on(&attach("a"), SkipReason::Refused, &steps), all_but(&[detach("c")]));
    assert_eq!(going_on(&detach("a"), SkipReason::Refused, &steps), all_but(&[attach("b")]));
}

#[test]
fn what_is_denied_to_an_operation_is_not_asked_of_it_again() {
    let steps = [remove("2"), tag("b"), add("3"), add("4"), attach("b")];
    assert_eq!(going_on(&add("2"), SkipReason::Denied, &steps), [remove("2"), tag("b"), attach("b")]);
    assert_eq!(going_on(&add("2"), SkipReason::Tripped, &steps), [remove("2"), tag("b"), attach("b")]);
}

#[test]
fn trouble_leaves_what_needs_no_settled_service_and_what_revokes() {
    let steps = [closing(), tag("b"), add("3"), describe(), attach("b")];
    assert_eq!(going_on(&remove("2"), SkipReason::Busy, &steps), [closing(), tag("b"), add("3")]);
}

#[test]
fn who_stands_in_line_asks_for_nothing_else_but_to_revoke() {
    let steps = [remove("3"), closing(), tag("b"), describe()];
    assert_eq!(going_on(&remove("2"), SkipReason::Queued, &steps), [closing()]);
}

#[test]
fn an_object_and_its_service_are_never_written_past_a_step_that_failed() {
    let (delete, release) = (Step::write(ID, Write::Delete), Step::ReleaseFinalizer);
    for reason in [SkipReason::Refused, SkipReason::Denied, SkipReason::Busy, SkipReason::Queued, SkipReason::Tripped] {
        assert_eq!(going_on(&tag("a"), reason, &[delete.clone(), release.clone()]), []);
        assert_eq!(going_on(&delete, reason, &[tag("a"), release.clone()]), []);
    }
}

#[test]
fn only_an_answer_that_is_about_the_step_lets_others_go_on() {
    let operation = Operation::TagResources;
    let cases = [
        (refused(operation, "DuplicatedTagKey"), Some(SkipReason::Refused)),
        (refused(operation, "Forbidden.RAM"), Some(SkipReason::Denied)),
        (refused(operation, "SomethingNew"), Some(SkipReason::Denied)),
        (throttled(operation, std::time::Duration::from_secs(3)), Some(SkipReason::Busy)),
        (answered(operation, 503, "ServiceUnavailable"), Some(SkipReason::Busy)),
        (refused(operation, "ConcurrentCallNotSupported"), Some(SkipReason::Busy)),
        (refused(operation, "EndpointServiceNotFound"), None),
        (refused(operation, "InvalidAccessKeyId.NotFound"), None),
        (lost_answer(operation), None),
    ];
    for (error, reason) in cases {
        let text = error.to_string();
        let failed = ExecuteError::Cloud(error);
        assert_eq!(SkipReason::of_error(&failed, &tag("a"), Life::Live), reason, "{text}");
        assert_eq!(SkipReason::of_error(&failed, &Step::ReleaseFinalizer, Life::Live), None, "{text}");
        let deleting = Life::Deleting { since: Timestamp::UNIX_EPOCH };
        assert_eq!(SkipReason::of_error(&failed, &tag("a"), deleting), None, "{text}");
    }
}
