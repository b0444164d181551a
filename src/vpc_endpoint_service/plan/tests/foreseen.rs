//! What comes after the steps that make a service the object's.

use serde_json::{Value, json};

use super::super::fixtures::{Scenario, limits, now, other_service};
use super::super::{Limits, Mode, NOT_CREATED, Plan, Step, foreseen, plan};
use crate::cloud::services::observed::{DetailsView, ServiceView};
use crate::cloud::services::{Field, Write};
use crate::names::{ADOPT_TAG, OBJECT_TAG, UID_TAG};
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::observe::{Look, Observed};

fn shown(scenario: &Scenario, observed: &Observed) -> Plan {
    let limits = Limits { furthest: Mode::DryRun, ..limits() };
    plan(&scenario.resolved, &desired(&scenario.resolved, &observed.load_balancers), observed, &limits, now())
}

fn after(scenario: &Scenario) -> Option<Observed> {
    let plan = shown(scenario, &scenario.observed);
    foreseen(
        &scenario.resolved,
        &desired(&scenario.resolved, &scenario.observed.load_balancers),
        &scenario.observed,
        &plan,
        now(),
    )
}

/// The writes that follow a Create of this spec.
fn after_create(spec: Value) -> Vec<Write> {
    let scenario = Scenario::brand_new().spec(spec);
    let next = after(&scenario).unwrap();
    let steps = shown(&scenario, &next).steps;
    let writes = steps.into_iter().map(|step| match step {
        Step::Write { target, write } => {
            assert_eq!(target, NOT_CREATED);
            write
        }
        step => panic!("{step:?}"),
    });
    writes.collect()
}

#[test]
fn what_a_create_carries_is_not_written_again() {
    let spec = json!({"allowedPrincipals": null, "autoAcceptEnabled": true, "supportedRegions": ["cn-beijing"]});
    assert_eq!(after_create(spec), []);
}

#[test]
fn what_a_create_does_not_carry_follows() {
    let principals =
        |accounts: &[&str]| accounts.iter().map(|one| Write::AddPrincipal((*one).to_owned())).collect::<Vec<_>>();
    assert_eq!(
        after_create(json!({"allowedPrincipals": ["2000000000000002", "2000000000000003"]})),
        principals(&["2000000000000002", "2000000000000003"])
    );
    let slb = json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-a"}], "connectBandwidthMbps": 300, "allowedPrincipals": null});
    let writes = after_create(slb);
    let [Write::Attributes(attributes)] = writes.as_slice() else { panic!("{writes:?}") };
    assert!(attributes.is(&Field::ConnectBandwidthMbps, 300), "{attributes:?}");
    let many: Vec<_> =
        (0..12).map(|number| json!({"resourceId": format!("nlb-{number}"), "zoneIds": ["cn-hangzhou-i"]})).collect();
    let attached = after_create(json!({"resources": many, "allowedPrincipals": null}));
    assert_eq!(attached.len(), 2, "the provider takes ten with the Create: {attached:?}");
    assert!(attached.iter().all(|write| matches!(write, Write::Attach { .. })), "{attached:?}");
}

#[test]
fn a_service_that_is_taken_over_is_compared_once_its_details_are_read() {
    let mut service = other_service("epsrv-adopted");
    service.tags.remove(UID_TAG);
    service.tags.remove(OBJECT_TAG);
    service.tags.insert(ADOPT_TAG.to_owned(), "shop.web".to_owned());
    service.attributes.set(Field::Description, "theirs");
    let scenario = Scenario::brand_new().spec(json!({"adopt": {"serviceId": "epsrv-adopted"}}));
    let scenario = scenario.see(ServiceView::ToAdopt(Box::new(service)));
    let mut next = after(&scenario).unwrap();
    let look = shown(&scenario, &next).look;
    assert!(matches!(&look, Some(Look::Details { service_id }) if service_id == "epsrv-adopted"), "{look:?}");
    next.details = Scenario::converged().observed.details;
    assert!(matches!(next.details, DetailsView::Known(_)));
    let plan = shown(&scenario, &next);
    assert!(plan.differences.iter().any(|difference| difference.field == Field::Description), "{plan:?}");
    let untags =
        |step: &Step| matches!(step, Step::Write { write: Write::Untag(keys), .. } if keys.contains(ADOPT_TAG));
    assert!(plan.steps.iter().any(untags), "{plan:?}");
}

#[test]
fn nothing_follows_a_plan_that_makes_no_service_the_objects() {
    let drifted = Scenario::converged().with_service(|service| service.attributes.set(Field::Description, "theirs"));
    assert_eq!(after(&drifted), None);
    assert_eq!(after(&Scenario::converged()), None);
}
