use std::collections::BTreeSet;

use privatelink::ServiceStatus;
use serde_json::json;

use super::super::checks::CHECKS;
use super::super::fixtures::{Scenario, at, record};
use super::super::{Plan, Summary};

use crate::cloud::services::observed::ServiceView;

fn summary(because: &'static str, waits_for: &str, steps: &str, look: &str) -> Summary {
    Summary { because, mode: "act", waits_for: waits_for.to_owned(), steps: steps.to_owned(), look: look.to_owned() }
}

#[test]
fn a_converged_scenario_says_that_there_is_nothing_to_do() {
    assert_eq!(Scenario::converged().plan().summary(), summary("nothing-to-do", "-", "-", "-"));
}

#[test]
fn a_wait_says_for_what_and_a_look_from_when() {
    let pending = Scenario::converged().with_service(|service| service.status = ServiceStatus::Pending);
    assert_eq!(pending.plan().summary(), summary("service-not-active", "service-active(Pending)", "-", "-"));
    let unlisted = Scenario::converged().see(ServiceView::NotYetListed);
    let look = format!("list(from {})", unlisted.observed.own.process_start);
    assert_eq!(unlisted.plan().summary(), summary("not-listed-yet", "list", "-", &look));
}

#[test]
fn a_step_says_its_operation_and_the_fields_that_it_writes() {
    let mut scenario = Scenario::converged().edited().spec(json!({ "description": "new", "tags": { "team": "ops" } }));
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    let steps = "TagResources(tags[team]), UpdateVpcEndpointServiceAttribute(description)";
    assert_eq!(scenario.plan().summary(), summary("differs-from-spec", "-", steps, "-"));
}

#[test]
fn a_create_says_its_token_and_no_more_of_its_request() {
    let plan = Scenario::recorded().plan();
    let Summary { because, steps, .. } = plan.summary();
    let token = Scenario::recorded().resolved.record.unwrap().client_token();
    assert_eq!((because, steps), ("service-missing", format!("CreateVpcEndpointService({token})")));
}

#[test]
fn what_ends_a_deletion_has_a_word_of_its_own() {
    let plan = Plan { steps: vec![super::super::Step::ReleaseFinalizer], ..Plan::default() };
    assert_eq!(plan.summary().steps, "release-finalizer");
}

#[test]
fn the_word_of_a_check_is_short_and_no_other_check_s() {
    let words = CHECKS.map(|check| check.reason);
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    for word in words {
        assert!(word.len() <= 32 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{word}");
    }
}
