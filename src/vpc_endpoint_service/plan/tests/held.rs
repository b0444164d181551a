//! Values that are kept back, and what goes on without them.

use std::collections::BTreeMap;

use cloud_core::test_support::refused;
use privatelink::Operation;
use serde_json::{Value, json};

use super::super::fixtures::{SERVICE, World, at, nlb, record};
use super::super::{HeldBack, Hindrance, Step};
use crate::cloud::errors::{Verdict, verdict};
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::cloud::services::{Attributes, Field, Write};

fn edited(fields: Value) -> World {
    let mut world = World::converged().edited().spec(fields);
    world.resolved.record = Some(record(&world.resolved, 0, at(100)));
    world
}

fn no_such_group() -> Verdict {
    verdict(&refused(Operation::ChangeResourceGroup, "InvalidResourceGroup"))
}

/// A failure whose next try is `left` seconds away.
fn field_failure(sent: &str, kind: FieldFailureKind, left: i64) -> FieldFailure {
    FieldFailure { sent: sent.to_owned(), found: "other".to_owned(), count: 2, retry_at: at(1_000 + left), kind }
}

fn with(mut world: World, field: Field, field_failure: FieldFailure) -> World {
    world.observed.own.field_failures.insert(field, field_failure);
    world
}

fn held(field: Field, wanted: &str, hindrance: Hindrance) -> HeldBack {
    let (wanted, found) = (wanted.to_owned(), "other".to_owned());
    HeldBack { field, wanted, found, hindrance, retry_at: Some(at(1_010)) }
}

fn names(world: &World) -> Vec<&'static str> {
    world.plan().steps.iter().filter_map(Step::operation).map(Operation::name).collect()
}

#[test]
fn a_refused_value_is_kept_back_and_everything_else_goes_on() {
    let world = edited(json!({"resourceGroupId": "rg-nosuch", "description": "new", "allowedPrincipals": []}));
    let world =
        with(world, Field::ResourceGroupId, field_failure("rg-nosuch", FieldFailureKind::Refused(no_such_group()), 10));
    assert_eq!(names(&world), ["RemoveUserFromVpcEndpointService", "UpdateVpcEndpointServiceAttribute"]);
    let kept = held(Field::ResourceGroupId, "rg-nosuch", Hindrance::Refused(no_such_group()));
    assert_eq!(world.plan().held_back, [kept]);
}

#[test]
fn a_value_that_is_kept_back_alone_leaves_no_step_and_no_convergence() {
    let world = edited(json!({"resourceGroupId": "rg-nosuch"}));
    let world =
        with(world, Field::ResourceGroupId, field_failure("rg-nosuch", FieldFailureKind::Refused(no_such_group()), 10));
    let plan = world.plan();
    assert_eq!((plan.steps.len(), plan.wait.clone(), plan.is_empty()), (0, None, false));
}

#[test]
fn a_value_is_sent_again_when_its_time_has_come() {
    let world = edited(json!({"resourceGroupId": "rg-nosuch"}));
    let world =
        with(world, Field::ResourceGroupId, field_failure("rg-nosuch", FieldFailureKind::Refused(no_such_group()), 0));
    assert_eq!(names(&world), ["ChangeResourceGroup"]);
}

#[test]
fn another_value_of_the_same_field_is_not_kept_back() {
    let world = edited(json!({"resourceGroupId": "rg-right"}));
    let world =
        with(world, Field::ResourceGroupId, field_failure("rg-wrong", FieldFailureKind::Refused(no_such_group()), 10));
    assert_eq!((names(&world), world.plan().held_back), (vec!["ChangeResourceGroup"], vec![]));
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
    for world in [kept, in_flight] {
        assert_eq!(names(&world), Vec::<&str>::new());
        assert_eq!(world.plan().held_back, [held(field(), "two  ", Hindrance::Unconfirmed)]);
    }
}

#[test]
fn the_first_write_that_no_list_confirms_is_only_sent_again() {
    let mut first = field_failure("two  ", FieldFailureKind::Unconfirmed, 0);
    first.count = 1;
    let world = with(edited(json!({"description": "two  "})), Field::Description, first);
    assert_eq!((names(&world), world.plan().held_back), (vec!["UpdateVpcEndpointServiceAttribute"], vec![]));
}

#[test]
fn values_that_were_refused_together_are_sent_one_by_one() {
    let world = edited(json!({"description": "new", "zoneAffinityEnabled": true, "tags": {"a": "1", "b": "2"}}));
    let together = |sent: &str| field_failure(sent, FieldFailureKind::RefusedTogether, 0);
    let mut world = with(world, Field::Description, together("new"));
    for (field, sent) in
        [(Field::ZoneAffinityEnabled, "true"), (Field::Tag("a".to_owned()), "1"), (Field::Tag("b".to_owned()), "2")]
    {
        world = with(world, field, together(sent));
    }
    let update = |change| Step::write(SERVICE, Write::Attributes(change));
    let tag =
        |key: &str, value: &str| Step::write(SERVICE, Write::Tag(BTreeMap::from([(key.to_owned(), value.to_owned())])));
    let untag = Step::write(SERVICE, Write::Untag(["team".to_owned()].into()));
    let describe = Attributes::default().with(Field::Description, "new");
    let affinity = Attributes::default().with(Field::ZoneAffinityEnabled, true);
    assert_eq!(world.plan().steps, [tag("a", "1"), tag("b", "2"), untag, update(describe), update(affinity)]);
    assert_eq!(world.plan().held_back, []);
}

#[test]
fn nothing_is_detached_while_what_replaces_it_is_kept_back() {
    let world = edited(json!({"resources": [{"resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"]}]}));
    let field = Field::Resource(nlb("nlb-b", "cn-hangzhou-i"));
    let world = with(world, field, field_failure("attached", FieldFailureKind::Refused(no_such_group()), 10));
    assert_eq!(names(&world), Vec::<&str>::new());
}

#[test]
fn a_service_that_became_dual_stack_is_told_as_what_has_no_way_back() {
    let world = World::converged().with_service(|service| service.attributes.set(Field::AddressIpVersion, "DualStack"));
    let (wanted, found) = ("IPv4".to_owned(), "DualStack".to_owned());
    let field = Field::AddressIpVersion;
    let kept = HeldBack { field, wanted, found, hindrance: Hindrance::NoWayBack, retry_at: None };
    assert_eq!(world.plan().held_back, [kept]);
}
