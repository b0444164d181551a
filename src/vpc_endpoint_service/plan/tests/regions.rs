use privatelink::RegionStatus;
use serde_json::{Value, json};

use super::super::fixtures::{SERVICE, Scenario, at, record, unexplained};
use super::super::{Difference, Hindrance, Plan, Step, Unapplied, Wait};
use crate::cloud::services::{Field, Write};
use crate::vpc_endpoint_service::observe::Look;

/// The regions of the spec, and those of the service with the state of each.
fn scenario(wanted: &Value, found: &[(&str, &str)]) -> Scenario {
    let mut scenario = Scenario::converged().edited().spec(json!({ "supportedRegions": wanted }));
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    let state = |state: &str| RegionStatus::from_wire(Some(state));
    let found = found.iter().map(|(region, status)| ((*region).to_owned(), state(status))).collect();
    scenario.with_service(|service| service.regions = Some(found))
}

fn field(region: &str) -> Field {
    Field::SupportedRegion(region.to_owned())
}

fn difference(region: &str, wanted: &str, found: &str) -> Difference {
    Difference { field: field(region), wanted: wanted.to_owned(), found: found.to_owned() }
}

fn add(region: &str) -> Step {
    Step::write(SERVICE, Write::AddRegions([region.to_owned()].into()))
}

fn remove(region: &str) -> Step {
    Step::write(SERVICE, Write::RemoveRegions([region.to_owned()].into()))
}

#[test]
fn a_region_that_goes_is_removed_before_the_one_that_comes_is_added() {
    let scenario = scenario(&json!(["cn-beijing"]), &[("cn-shanghai", "Available")]);
    let differences = vec![difference("cn-beijing", "cn-beijing", ""), difference("cn-shanghai", "", "cn-shanghai")];
    let steps = vec![remove("cn-shanghai"), add("cn-beijing")];
    assert!(steps[0].revokes() && !steps[1].revokes());
    assert_eq!(unexplained(scenario.plan()), Plan { differences, steps, ..Plan::default() });
}

#[test]
fn unset_is_not_managed_and_the_services_own_region_stays() {
    let found = [("cn-shanghai", "Available"), ("cn-hangzhou", "Available")];
    assert_eq!(scenario(&Value::Null, &found).plan(), Plan::default());
    assert_eq!(scenario(&json!([]), &found).plan().steps, [remove("cn-shanghai")]);
    assert_eq!(scenario(&json!(["cn-hangzhou"]), &[]).plan().steps, [add("cn-hangzhou")]);
}

#[test]
fn what_the_provider_says_of_a_region_decides_what_is_sent() {
    let wanted = |state| scenario(&json!(["cn-beijing"]), &[("cn-beijing", state)]).plan().steps;
    let unwanted = |state| scenario(&json!([]), &[("cn-beijing", state)]).plan().steps;
    for state in ["Available", "Pending", "Odd"] {
        assert_eq!((wanted(state), unwanted(state)), (vec![], vec![remove("cn-beijing")]), "{state}");
    }
    for state in ["Deleting", "Closed"] {
        assert_eq!((wanted(state), unwanted(state)), (vec![add("cn-beijing")], vec![]), "{state}");
    }
    assert_eq!((wanted("Failed"), unwanted("Failed")), (vec![add("cn-beijing")], vec![remove("cn-beijing")]));
}

#[test]
fn a_region_that_is_not_open_yet_is_waited_for() {
    for state in ["Pending", "Odd"] {
        let plan = Plan {
            wait: Some(Wait::RegionsOpen(["cn-beijing".to_owned()].into())),
            look: Some(Look::List { not_before: at(1_010) }),
            ..Plan::default()
        };
        assert_eq!(unexplained(scenario(&json!(["cn-beijing"]), &[("cn-beijing", state)]).plan()), plan);
    }
}

#[test]
fn a_list_that_does_not_show_regions_is_told_and_nothing_is_sent() {
    let scenario = scenario(&json!(["cn-beijing"]), &[]).with_service(|service| service.regions = None);
    let unapplied = Unapplied {
        field: field(""),
        wanted: "cn-beijing".to_owned(),
        found: String::new(),
        hindrance: Hindrance::NotShown,
        retry_at: None,
    };
    assert_eq!(unexplained(scenario.plan()), Plan { unapplied: vec![unapplied], ..Plan::default() });
}
