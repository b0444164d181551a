use privatelink::ServiceStatus;
use serde_json::json;

use super::super::fixtures::{SERVICE, Scenario, at, now, other_service, owner, record, unexplained};
use super::super::{AdoptionRefusal, Misfit, Plan, Step, Wait};
use crate::cloud::services::observed::{AttemptEnd, NamedId, ServiceView};
use crate::cloud::services::{Field, Service, Write};
use crate::names::{ADOPT_TAG, FINALIZER, OBJECT_TAG, UID_TAG};
use crate::vpc_endpoint_service::observe::Look;

const ADOPTED: &str = "epsrv-adopted";

/// A service of nobody that was given to this object.
fn given() -> Service {
    let mut service = other_service(ADOPTED);
    service.tags.remove(UID_TAG);
    service.tags.remove(OBJECT_TAG);
    service.tags.insert(ADOPT_TAG.to_owned(), "shop.web".to_owned());
    service
}

fn adopter(mut scenario: Scenario) -> Scenario {
    scenario.observed.own.first_seen = at(995);
    scenario.spec(json!({ "adopt": { "serviceId": ADOPTED } }))
}

/// Neither finalizer nor record, and this service is shown.
fn brand_new(service: Service) -> Scenario {
    adopter(Scenario::brand_new()).see(ServiceView::ToAdopt(Box::new(service)))
}

fn tag() -> Step {
    Step::write(ADOPTED, Write::Tag(owner().tags()))
}

fn refused(refusal: AdoptionRefusal, not_before: Option<i64>) -> Plan {
    let settled = not_before.is_none();
    Plan {
        wait: Some(Wait::AdoptionAllowed { service_id: ADOPTED.to_owned(), refusal, settled }),
        look: not_before.map(|seconds| Look::List { not_before: at(seconds) }),
        ..Plan::default()
    }
}

#[test]
fn a_service_that_was_given_to_the_object_gets_finalizer_record_and_tags_in_this_order() {
    let scenario = brand_new(given());
    let steps = vec![Step::Record(record(&scenario.resolved, 0, now())), tag()];
    assert_eq!(unexplained(scenario.plan()), Plan { steps, ..Plan::default() });
}

#[test]
fn without_the_tag_for_this_object_nothing_is_written_not_even_to_the_object() {
    let without = |tag: Option<&str>| {
        let mut service = given();
        service.tags.remove(ADOPT_TAG);
        service.tags.extend(tag.map(|object| (ADOPT_TAG.to_owned(), object.to_owned())));
        brand_new(service)
    };
    for scenario in [without(None), without(Some("")), without(Some("shop.api")), without(Some("shop.web2"))] {
        assert_eq!(unexplained(scenario.plan()), refused(AdoptionRefusal::NotHandedOver, Some(1_055)));
        let later = scenario.listed(1_055);
        assert_eq!(unexplained(later.plan()), refused(AdoptionRefusal::NotHandedOver, None));
    }
}

#[test]
fn an_object_that_adopts_creates_nothing_while_its_service_is_not_shown() {
    let absent = || ServiceView::Absent { named: NamedId::None };
    let brand_new = adopter(Scenario::brand_new()).see(absent());
    assert_eq!(unexplained(brand_new.plan()), refused(AdoptionRefusal::NotHandedOver, Some(1_055)));
    let recreating = brand_new.spec(json!({ "whenGone": "Recreate" }));
    assert_eq!(unexplained(recreating.plan()), refused(AdoptionRefusal::NotHandedOver, Some(1_055)));
    // Recorded, and cut off before the tags were sent.
    let recorded = adopter(Scenario::recorded()).spec(json!({ "whenGone": "Recreate" }));
    assert_eq!(unexplained(recorded.plan()), refused(AdoptionRefusal::NotHandedOver, Some(1_055)));
}

#[test]
fn a_status_without_a_record_does_not_let_an_object_that_adopts_create() {
    let gone = ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) };
    let mut scenario = adopter(Scenario::converged()).spec(json!({ "whenGone": "Recreate" })).see(gone);
    scenario.resolved.record = None;
    scenario.resolved.finalizers.clear();
    scenario.resolved.hint.incarnation = 3;
    assert_eq!(unexplained(scenario.plan()), refused(AdoptionRefusal::NotHandedOver, Some(1_055)));
}

#[test]
fn an_adopted_service_that_is_gone_is_created_anew_only_where_the_spec_says_so() {
    let gone = || ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) };
    let adopted = adopter(Scenario::converged()).see(gone()).listed(1_060);
    let waits = Plan { wait: Some(Wait::Recreation { service_id: SERVICE.to_owned() }), ..Plan::default() };
    assert_eq!(unexplained(adopted.plan()), waits);
    let recreating = adopted.spec(json!({ "whenGone": "Recreate" }));
    let steps = recreating.plan().steps;
    assert!(matches!(&steps[..], [Step::Record(record), Step::Create { .. }] if record.incarnation == 1), "{steps:?}");
    // The record was written, and the Create has yet to be sent.
    let mut next = recreating;
    next.resolved.record = Some(record(&next.resolved, 1, at(990)));
    next.observed.own.recorded_at = Some(at(990));
    assert!(matches!(&next.plan().steps[..], [Step::Create { record, .. }] if record.incarnation == 1));
}

#[test]
fn a_service_of_another_object_is_not_adopted_and_that_of_an_earlier_one_of_this_name_is() {
    let owned_by = |object: Option<&str>| {
        let mut service = given();
        service.tags.insert(UID_TAG.to_owned(), "another-object".to_owned());
        service.tags.extend(object.map(|object| (OBJECT_TAG.to_owned(), object.to_owned())));
        brand_new(service)
    };
    for foreign in [owned_by(None), owned_by(Some("shop.api"))] {
        assert_eq!(unexplained(foreign.plan()), refused(AdoptionRefusal::OfAnotherObject, Some(1_055)));
    }
    assert_eq!(owned_by(Some("shop.web")).plan().steps.last(), Some(&tag()));
}

#[test]
fn what_can_never_be_as_the_spec_wants_it_is_not_adopted() {
    let mut service = given();
    service.resource_type = Some("alb".to_owned());
    service.payer = Some("EndpointService".to_owned());
    service.attributes.set(Field::AddressIpVersion, "DualStack");
    let misfit =
        |field, wanted: &str, found: &str| Misfit { field, wanted: wanted.to_owned(), found: found.to_owned() };
    let misfits = vec![
        misfit("serviceResourceType", "nlb", "alb"),
        misfit("payer", "Endpoint", "EndpointService"),
        misfit("addressIpVersion", "IPv4", "DualStack"),
    ];
    assert_eq!(unexplained(brand_new(service).plan()), refused(AdoptionRefusal::Differs(misfits), Some(1_055)));
    let ipv4 = brand_new(given()).spec(json!({ "addressIpVersion": "DualStack" }));
    assert_eq!(ipv4.plan().steps.last(), Some(&tag()));
    let leaving = Service { status: ServiceStatus::Deleting, ..given() };
    assert_eq!(unexplained(brand_new(leaving).plan()), refused(AdoptionRefusal::Leaving, Some(1_055)));
}

#[test]
fn an_adopted_service_is_like_any_other() {
    let adopted = adopter(Scenario::converged());
    assert!(adopted.plan().is_empty());
    // Somebody took finalizer and record off.
    let mut stripped = adopted;
    stripped.resolved.record = None;
    stripped.resolved.finalizers.clear();
    assert!(matches!(&stripped.plan().steps[..], [Step::Record(_)]));
}

#[test]
fn nothing_is_adopted_on_the_word_of_an_old_list_or_while_another_process_may_be_at_work() {
    let list = |seconds| Plan {
        wait: Some(Wait::List),
        look: Some(Look::List { not_before: at(seconds) }),
        ..Plan::default()
    };
    assert_eq!(unexplained(brand_new(given()).listed(879).plan()), list(880));
    let recorded = adopter(Scenario::recorded()).see(ServiceView::ToAdopt(Box::new(given())));
    assert_eq!(recorded.plan().steps, [tag()]);
    let unanswered = recorded.clone().attempted(950, 960, AttemptEnd::Ambiguous { code: None });
    assert_eq!(unexplained(unanswered.plan()), list(1_045));
    let others = recorded.author(false);
    assert!(matches!(&others.plan().steps[..], [Step::Record(record)] if record.taken_over == Some(now())));
    assert_eq!(others.resolved.finalizers, [FINALIZER]);
}
