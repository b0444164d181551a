use std::collections::BTreeMap;

use privatelink::{Operation, RegionStatus};
use serde_json::{Value, json};

use super::super::fixtures::{ACCOUNT, SERVICE, Scenario, at, nlb, record, unexplained};
use super::super::{Difference, Plan, Step};
use crate::cloud::services::{Attributes, Field, Write};
use crate::names::OBJECT_TAG;

/// The converged scenario after an edit, with a record that fits: what is left is the edit.
fn edited(fields: Value) -> Scenario {
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

fn difference(field: Field, wanted: &str, found: &str) -> Difference {
    Difference { field, wanted: wanted.to_owned(), found: found.to_owned() }
}

fn tag(key: &str) -> Field {
    Field::Tag(key.to_owned())
}

fn update(change: Attributes) -> Step {
    Step::write(SERVICE, Write::Attributes(change))
}

fn put_tag(key: &str, value: &str) -> Step {
    Step::write(SERVICE, Write::Tag(BTreeMap::from([(key.to_owned(), value.to_owned())])))
}

fn take_tag(key: &str) -> Step {
    Step::write(SERVICE, Write::Untag([key.to_owned()].into()))
}

fn one(difference: Difference, step: Step) -> Plan {
    Plan { differences: vec![difference], steps: vec![step], ..Plan::default() }
}

#[test]
fn each_attribute_is_changed_alone_and_in_place() {
    let cases = [
        (
            json!({ "description": "" }),
            difference(Field::Description, "", "web shop"),
            Attributes::default().with(Field::Description, String::new()),
        ),
        (
            json!({ "autoAcceptEnabled": true }),
            difference(Field::AutoAcceptEnabled, "true", "false"),
            Attributes::default().with(Field::AutoAcceptEnabled, true),
        ),
        (
            json!({ "zoneAffinityEnabled": true }),
            difference(Field::ZoneAffinityEnabled, "true", "false"),
            Attributes::default().with(Field::ZoneAffinityEnabled, true),
        ),
        (
            json!({ "addressIpVersion": "DualStack" }),
            difference(Field::AddressIpVersion, "DualStack", "IPv4"),
            Attributes::default().with(Field::AddressIpVersion, "DualStack"),
        ),
    ];
    for (fields, difference, change) in cases {
        assert_eq!(unexplained(edited(fields).plan()), one(difference, update(change)));
    }
}

#[test]
fn several_attributes_go_in_one_call() {
    let scenario = edited(json!({ "description": "new", "autoAcceptEnabled": true }));
    let change = Attributes::default().with(Field::Description, "new").with(Field::AutoAcceptEnabled, true);
    assert_eq!(scenario.plan().steps, [update(change)]);
}

#[test]
fn there_is_no_step_back_from_dual_stack() {
    let scenario =
        Scenario::converged().with_service(|service| service.attributes.set(Field::AddressIpVersion, "DualStack"));
    let plan = scenario.plan();
    assert_eq!(plan.differences, [difference(Field::AddressIpVersion, "IPv4", "DualStack")]);
    assert_eq!((plan.steps, plan.wait), (Vec::new(), None));
}

#[test]
fn an_attribute_that_the_provider_does_not_say_is_neither_equal_nor_different() {
    let scenario = Scenario::converged().with_service(|service| service.attributes = Attributes::default());
    assert_eq!(scenario.plan(), Plan::default());
}

#[test]
fn the_bandwidth_is_changed_for_slb_only() {
    let slb = json!({ "serviceResourceType": "slb", "connectBandwidthMbps": 500, "resources": null });
    let scenario = edited(slb).with_service(|service| service.attributes.set(Field::ConnectBandwidthMbps, 3_072));
    let change = Attributes::default().with(Field::ConnectBandwidthMbps, 500);
    let difference = difference(Field::ConnectBandwidthMbps, "500", "3072");
    assert_eq!(unexplained(scenario.plan()), one(difference, update(change)));

    let nlb = edited(json!({ "connectBandwidthMbps": 500 }));
    let nlb = nlb.with_service(|service| service.attributes.set(Field::ConnectBandwidthMbps, 3_072));
    assert_eq!(nlb.plan(), Plan::default());
}

#[test]
fn the_resource_group_is_changed_by_a_call_of_its_own() {
    let scenario = edited(json!({ "resourceGroupId": "rg-new" }));
    let step = Step::write(SERVICE, Write::ResourceGroup("rg-new".to_owned()));
    assert_eq!(unexplained(scenario.plan()), one(difference(Field::ResourceGroupId, "rg-new", "rg-shop"), step));
}

#[test]
fn tags_are_put_changed_and_taken() {
    let cases = [
        (json!({ "team": "shop", "new": "" }), vec![difference(tag("new"), "", "")], vec![put_tag("new", "")]),
        (json!({ "team": "ops" }), vec![difference(tag("team"), "ops", "shop")], vec![put_tag("team", "ops")]),
        (json!({}), vec![difference(tag("team"), "", "shop")], vec![take_tag("team")]),
        (
            json!({ "a": "b" }),
            vec![difference(tag("a"), "b", ""), difference(tag("team"), "", "shop")],
            vec![put_tag("a", "b"), take_tag("team")],
        ),
    ];
    for (tags, differences, steps) in cases {
        let scenario = edited(json!({ "tags": tags }));
        assert_eq!(unexplained(scenario.plan()), Plan { differences, steps, ..Plan::default() });
    }
}

#[test]
fn tags_of_the_cloud_and_of_the_operator_are_left_alone() {
    let scenario = Scenario::converged().with_service(|service| {
        for key in ["aliyun.x", "acs:rm:rgId", "privatelink-operator.other"] {
            service.tags.insert(key.to_owned(), "x".to_owned());
        }
    });
    assert_eq!(scenario.plan(), Plan::default());
}

#[test]
fn the_object_tag_is_put_back() {
    let lost = Scenario::converged().with_service(|service| {
        service.tags.remove(OBJECT_TAG);
    });
    let restored = one(difference(tag(OBJECT_TAG), "shop.web", ""), put_tag(OBJECT_TAG, "shop.web"));
    assert_eq!(unexplained(lost.plan()), restored);

    let unmanaged = edited(json!({ "tags": null })).with_service(|service| {
        service.tags.remove(OBJECT_TAG);
    });
    assert_eq!(unexplained(unmanaged.plan()), restored);
}

#[test]
fn what_is_unset_is_left_as_it_is_in_the_cloud() {
    let unset = json!({ "resourceGroupId": null, "tags": null, "resources": null, "allowedPrincipals": null });
    assert_eq!(edited(unset).plan(), Plan::default());
}

#[test]
fn what_is_empty_is_taken_away() {
    let scenario = edited(json!({ "tags": {}, "resources": [], "allowedPrincipals": [] }));
    let key = |zone| nlb("nlb-a", zone);
    let detach = |zone| Step::write(SERVICE, Write::Detach { resource_type: "nlb".to_owned(), key: key(zone) });
    let principal = "2000000000000002".to_owned();
    let remove = Step::write(SERVICE, Write::RemovePrincipal(principal));
    assert_eq!(scenario.plan().steps, [remove, take_tag("team"), detach("cn-hangzhou-i"), detach("cn-hangzhou-j")]);
}

#[test]
fn principals_are_added_and_removed_but_for_the_owner() {
    let scenario = edited(json!({ "allowedPrincipals": ["acs:ram:*:3000000000000003:*", ACCOUNT] }));
    let account = |account: &str| account.to_owned();
    let add = Step::write(SERVICE, Write::AddPrincipal(account("3000000000000003")));
    let remove = Step::write(SERVICE, Write::RemovePrincipal(account("2000000000000002")));
    let differences = vec![
        difference(Field::Principal(account("3000000000000003")), "3000000000000003", ""),
        difference(Field::Principal(account("2000000000000002")), "", "2000000000000002"),
    ];
    assert_eq!(unexplained(scenario.plan()), Plan { differences, steps: vec![remove, add], ..Plan::default() });
}

#[test]
fn under_additive_nothing_is_removed_and_nothing_of_others_differs() {
    let fields = json!({
        "tags": { "new": "1", "team": "ops" }, "tagsPolicy": "Additive",
        "allowedPrincipals": ["3000000000000003"], "principalsPolicy": "Additive",
    });
    let scenario = edited(fields).with_service(|service| {
        service.tags.insert("cost".to_owned(), "7".to_owned());
    });
    let add = Step::write(SERVICE, Write::AddPrincipal("3000000000000003".to_owned()));
    let tag_both = [("new", "1"), ("team", "ops")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let differences = vec![
        difference(tag("new"), "1", ""),
        difference(tag("team"), "ops", "shop"),
        difference(Field::Principal("3000000000000003".to_owned()), "3000000000000003", ""),
    ];
    let steps = vec![Step::write(SERVICE, Write::Tag(tag_both.into())), add];
    assert_eq!(unexplained(scenario.plan()), Plan { differences, steps, ..Plan::default() });
}

#[test]
fn everybody_and_single_users_are_removed_as_the_provider_spells_them() {
    let scenario = Scenario::converged().with_details(|details| {
        let others = ["acs:ram:*::*", "acs:ram::3000000000000003:user/bob"].map(str::to_owned);
        details.principals.as_mut().unwrap().extend(others);
    });
    let remove = |principal: &str| Step::write(SERVICE, Write::RemovePrincipal(principal.to_owned()));
    assert_eq!(scenario.plan().steps, [remove("acs:ram:*::*"), remove("acs:ram::3000000000000003:user/bob")]);
}

#[test]
fn nobody_is_removed_while_the_owners_account_is_not_known() {
    let mut scenario = edited(json!({ "allowedPrincipals": [] }));
    scenario.resolved.target.account = String::new();
    assert_eq!(scenario.plan(), Plan::default());
}

#[test]
fn what_takes_rights_away_goes_out_first_and_then_all_else_in_the_order_of_the_provider() {
    let scenario = edited(json!({
        "description": "new", "autoAcceptEnabled": false, "resourceGroupId": "rg-new", "tags": { "a": "b" },
        "resources": [{ "resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"] }],
        "allowedPrincipals": ["3"], "supportedRegions": ["cn-beijing"],
    }));
    let scenario = scenario.with_service(|service| {
        service.attributes.set(Field::AutoAcceptEnabled, true);
        service.regions.as_mut().unwrap().set("cn-shanghai", RegionStatus::Available);
    });
    let names: Vec<_> = scenario.plan().steps.iter().filter_map(Step::operation).map(Operation::name).collect();
    assert_eq!(
        names,
        [
            "RemoveUserFromVpcEndpointService",
            "UpdateVpcEndpointServiceAttribute",
            "UpdateVpcEndpointServiceAttribute",
            "TagResources",
            "UntagResources",
            "ChangeResourceGroup",
            "AddUserToVpcEndpointService",
            "UpdateVpcEndpointServiceAttribute",
            "UpdateVpcEndpointServiceAttribute",
            "AttachResourceToVpcEndpointService",
            "DetachResourceFromVpcEndpointService",
            "DetachResourceFromVpcEndpointService",
        ]
    );
}
