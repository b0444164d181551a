//! Values that are kept back, and what goes on without them.

use std::collections::BTreeMap;

use cloud_core::test_support::refused;
use privatelink::Operation;
use serde_json::{Value, json};

use super::super::fixtures::{SERVICE, Scenario, at, nlb, record};
use super::super::{Hindrance, Step, Unapplied};
use crate::cloud::errors::{Verdict, verdict};
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::cloud::services::{Attributes, Field, Write};

fn edited(fields: Value) -> Scenario {
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

fn no_such_group() -> Verdict {
    verdict(&refused(Operation::ChangeResourceGroup, "InvalidResourceGroup"))
}

/// A failure whose next try is `left` seconds away.
fn field_failure(sent: &str, kind: FieldFailureKind, left: i64) -> FieldFailure {
    FieldFailure { sent: sent.to_owned(), found: "other".to_owned(), count: 2, retry_at: at(1_000 + left), kind }
}

fn with(mut scenario: Scenario, field: Field, field_failure: FieldFailure) -> Scenario {
    scenario.observed.own.field_failures.insert(field, field_failure);
    scenario
}

fn unapplied(field: Field, wanted: &str, hindrance: Hindrance) -> Unapplied {
    let (wanted, found) = (wanted.to_owned(), "other".to_owned());
    Unapplied { field, wanted, found, hindrance, retry_at: Some(at(1_010)) }
}

fn names(scenario: &Scenario) -> Vec<&'static str> {
    scenario.plan().steps.iter().filter_map(Step::operation).map(Operation::name).collect()
}

#[test]
fn a_refused_value_is_kept_back_and_everything_else_goes_on() {
    let scenario = edited(json!({"resourceGroupId": "rg-nosuch", "description": "new", "allowedPrincipals": []}));
    let scenario = with(
        scenario,
        Field::ResourceGroupId,
        field_failure("rg-nosuch", FieldFailureKind::Refused(no_such_group()), 10),
    );
    assert_eq!(names(&scenario), ["RemoveUserFromVpcEndpointService", "UpdateVpcEndpointServiceAttribute"]);
    let kept = unapplied(Field::ResourceGroupId, "rg-nosuch", Hindrance::Refused(no_such_group()));
    assert_eq!(scenario.plan().unapplied, [kept]);
}

#[test]
fn a_value_that_is_kept_back_alone_leaves_no_step_and_no_convergence() {
    let scenario = edited(json!({"resourceGroupId": "rg-nosuch"}));
    let scenario = with(
        scenario,
        Field::ResourceGroupId,
        field_failure("rg-nosuch", FieldFailureKind::Refused(no_such_group()), 10),
    );
    let plan = scenario.plan();
    assert_eq!((plan.steps.len(), plan.wait.clone(), plan.is_empty()), (0, None, false));
}

#[test]
fn a_value_is_sent_again_when_its_time_has_come() {
    let scenario = edited(json!({"resourceGroupId": "rg-nosuch"}));
    let scenario = with(
        scenario,
        Field::ResourceGroupId,
        field_failure("rg-nosuch", FieldFailureKind::Refused(no_such_group()), 0),
    );
    assert_eq!(names(&scenario), ["ChangeResourceGroup"]);
}

#[test]
fn another_value_of_the_same_field_is_not_kept_back() {
    let scenario = edited(json!({"resourceGroupId": "rg-right"}));
    let scenario = with(
        scenario,
        Field::ResourceGroupId,
        field_failure("rg-wrong", FieldFailureKind::Refused(no_such_group()), 10),
    );
    assert_eq!((names(&scenario), scenario.plan().unapplied), (vec!["ChangeResourceGroup"], vec![]));
}

#[test]
fn a_value_that_no_list_confirms_stays_told_while_it_is_tried_again() {
    let field = || Field::Description;
    let kept = with(
        edited(json!({"description": "two  "})),
        field(),
        field_failure("two  ", FieldFailureKind::Unconfirmed, 10),
    );
    let in_flight = kept.clone().with_service(|service| {
        service.attributes.set(Field::Description, "two  ");
        service.unseen.insert(field());
    });
    for scenario in [kept, in_flight] {
        assert_eq!(names(&scenario), Vec::<&str>::new());
        assert_eq!(scenario.plan().unapplied, [unapplied(field(), "two  ", Hindrance::Unconfirmed)]);
    }
}

#[test]
fn the_first_write_that_no_list_confirms_is_only_sent_again() {
    let mut first = field_failure("two  ", FieldFailureKind::Unconfirmed, 0);
    first.count = 1;
    let scenario = with(edited(json!({"description": "two  "})), Field::Description, first);
    assert_eq!((names(&scenario), scenario.plan().unapplied), (vec!["UpdateVpcEndpointServiceAttribute"], vec![]));
}

#[test]
fn values_that_were_refused_together_are_sent_one_by_one() {
    let scenario = edited(json!({"description": "new", "zoneAffinityEnabled": true, "tags": {"a": "1", "b": "2"}}));
    let together = |sent: &str| field_failure(sent, FieldFailureKind::RefusedTogether, 0);
    let mut scenario = with(scenario, Field::Description, together("new"));
    for (field, sent) in
        [(Field::ZoneAffinityEnabled, "true"), (Field::Tag("a".to_owned()), "1"), (Field::Tag("b".to_owned()), "2")]
    {
        scenario = with(scenario, field, together(sent));
    }
    let update = |change| Step::write(SERVICE, Write::Attributes(change));
    let tag =
        |key: &str, value: &str| Step::write(SERVICE, Write::Tag(BTreeMap::from([(key.to_owned(), value.to_owned())])));
    let untag = Step::write(SERVICE, Write::Untag(["team".to_owned()].into()));
    let describe = Attributes::default().with(Field::Description, "new");
    let affinity = Attributes::default().with(Field::ZoneAffinityEnabled, true);
    assert_eq!(scenario.plan().steps, [tag("a", "1"), tag("b", "2"), untag, update(describe), update(affinity)]);
    assert_eq!(scenario.plan().unapplied, []);
}

#[test]
fn nothing_is_detached_while_what_replaces_it_is_kept_back() {
    let scenario = edited(json!({"resources": [{"resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"]}]}));
    let field = Field::Resource(nlb("nlb-b", "cn-hangzhou-i"));
    let scenario = with(scenario, field, field_failure("attached", FieldFailureKind::Refused(no_such_group()), 10));
    assert_eq!(names(&scenario), Vec::<&str>::new());
}

#[test]
fn a_service_that_became_dual_stack_is_told_as_what_has_no_way_back() {
    let scenario =
        Scenario::converged().with_service(|service| service.attributes.set(Field::AddressIpVersion, "DualStack"));
    let (wanted, found) = ("IPv4".to_owned(), "DualStack".to_owned());
    let field = Field::AddressIpVersion;
    let kept = Unapplied { field, wanted, found, hindrance: Hindrance::NoWayBack, retry_at: None };
    assert_eq!(scenario.plan().unapplied, [kept]);
}
