use std::collections::BTreeSet;

use cloud_core::Request;
use privatelink::Resource;
use serde_json::{Value, json};

use super::*;
use crate::cloud::load_balancers::Seen;
use crate::vpc_endpoint_service::plan::fixtures::{ACCOUNT, Scenario, nlb};

fn wanted(fields: Value) -> Desired {
    desired(&Scenario::converged().spec(fields).resolved, &Seen::default())
}

fn slb(resource: &str) -> AttachmentKey {
    AttachmentKey { resource_id: resource.to_owned(), zone_id: None }
}

fn texts(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Load balancers, each with its zones.
fn resources(list: &[(&str, &[&str])]) -> Value {
    let list: Vec<_> = list.iter().map(|(id, zones)| json!({ "resourceId": id, "zoneIds": zones })).collect();
    json!({ "resources": list })
}

fn sent(desired: &Desired) -> Vec<(String, String)> {
    let resources = desired.create_request(None).resources;
    resources.into_iter().map(|one| (one.resource_id.unwrap(), one.zone_id.unwrap_or_default())).collect()
}

#[test]
fn a_whole_spec_becomes_the_clouds_terms() {
    assert_eq!(
        desired(&Scenario::converged().resolved, &Seen::default()),
        Desired {
            service_resource_type: "nlb".to_owned(),
            payer: "Endpoint".to_owned(),
            attributes: Attributes::default()
                .with(Field::Description, "web shop")
                .with(Field::AutoAcceptEnabled, false)
                .with(Field::ZoneAffinityEnabled, false)
                .with(Field::AddressIpVersion, "IPv4")
                .with(Field::ResourceGroupId, "rg-shop"),
            tags: Some([("team".to_owned(), "shop".to_owned())].into()),
            removes_tags: true,
            owner_tags: crate::vpc_endpoint_service::plan::fixtures::owner().tags(),
            regions: None,
            own_region: "cn-hangzhou".to_owned(),
            attachments: Some([nlb("nlb-a", "cn-hangzhou-i"), nlb("nlb-a", "cn-hangzhou-j")].into()),
            withheld: BTreeSet::new(),
            is_every_attachment_known: true,
            connections: None,
            not_allocated: BTreeSet::new(),
            migrate_to: BTreeSet::new(),
            principals: Some(texts(&["2000000000000002"])),
            removes_principals: true,
            owner_account: ACCOUNT.to_owned(),
        }
    );
}

#[test]
fn unset_is_not_managed_and_empty_is_none() {
    let parts = |desired: Desired| (desired.tags, desired.attachments, desired.principals);
    let unset = json!({ "tags": null, "resources": null, "allowedPrincipals": null });
    assert_eq!(parts(wanted(unset)), (None, None, None));
    let empty = json!({ "tags": {}, "resources": [], "allowedPrincipals": [] });
    assert_eq!(parts(wanted(empty)), (Some(BTreeMap::new()), Some(BTreeSet::new()), Some(BTreeSet::new())));
}

#[test]
fn a_load_balancer_that_is_not_allocated_is_so_in_each_of_its_zones() {
    let fields = json!({ "resources": [
        { "resourceId": "nlb-a", "zoneIds": ["i", "j"], "autoAllocatedEnabled": false },
        { "resourceId": "nlb-b", "zoneIds": ["i", "j"], "autoAllocatedEnabled": true },
        { "resourceId": "nlb-c", "zoneIds": ["i"] },
    ] });
    assert_eq!(wanted(fields).not_allocated, [nlb("nlb-a", "i"), nlb("nlb-a", "j")].into());
}

#[test]
fn connections_are_moved_to_what_says_so_in_each_of_its_zones_and_to_no_network_load_balancer() {
    let entries = |prefix: &str| {
        json!([
            { "resourceId": format!("{prefix}-a"), "zoneIds": ["i", "j"], "whenReplaced": "Migrate" },
            { "resourceId": format!("{prefix}-b"), "zoneIds": ["i", "j"], "whenReplaced": "Drain" },
            { "resourceId": format!("{prefix}-c"), "zoneIds": ["i"] },
        ])
    };
    let of = |kind: &str, prefix: &str| {
        wanted(json!({ "serviceResourceType": kind, "resources": entries(prefix) })).migrate_to
    };
    assert_eq!(of("alb", "alb"), [nlb("alb-a", "i"), nlb("alb-a", "j")].into());
    assert_eq!(of("slb", "lb"), [slb("lb-a")].into());
    assert_eq!((of("nlb", "nlb"), of("gwlb", "gwlb")), (BTreeSet::new(), BTreeSet::new()));
}

#[test]
fn what_is_not_authoritative_removes_nothing() {
    let removes = |desired: Desired| (desired.removes_tags, desired.removes_principals);
    assert_eq!(removes(wanted(json!({ "tagsPolicy": "Additive" }))), (false, true));
    assert_eq!(removes(wanted(json!({ "principalsPolicy": "Additive" }))), (true, false));
}

#[test]
fn regions_are_sent_with_the_create() {
    let desired = wanted(json!({ "supportedRegions": ["cn-shanghai", "cn-beijing"] }));
    let parameters = desired.create_request(None).parameters();
    let sent: Vec<_> = parameters.iter().filter(|(name, _)| name.starts_with("Supported")).collect();
    let pair = |name: &str, region: &str| (name.to_owned(), region.to_owned());
    let expected = [pair("SupportedRegionList.1", "cn-beijing"), pair("SupportedRegionList.2", "cn-shanghai")];
    assert_eq!(sent, expected.iter().collect::<Vec<_>>());
    let none = wanted(json!({ "supportedRegions": [] }));
    assert_eq!(none.request_hash("cn-hangzhou"), wanted(json!({})).request_hash("cn-hangzhou"));
}

#[test]
fn attachments_of_slb_have_no_zone() {
    let fields =
        json!({ "serviceResourceType": "slb", "resources": [{ "resourceId": "lb-b" }, { "resourceId": "lb-a" }] });
    assert_eq!(wanted(fields).attachments, Some([slb("lb-a"), slb("lb-b")].into()));
}

#[test]
fn a_principal_is_its_account_in_either_spelling_and_never_the_owner() {
    let fields = json!({ "allowedPrincipals": ["123", "acs:ram:*:456:*", ACCOUNT, format!("acs:ram:*:{ACCOUNT}:*")] });
    assert_eq!(wanted(fields).principals, Some(texts(&["123", "456"])));
}

#[test]
fn the_bandwidth_is_managed_for_slb_only() {
    let bandwidth = |kind| {
        wanted(json!({ "serviceResourceType": kind, "connectBandwidthMbps": 500, "resources": null }))
            .attributes
            .get(&Field::ConnectBandwidthMbps)
            .cloned()
    };
    assert_eq!(
        [bandwidth("slb"), bandwidth("nlb"), bandwidth("alb"), bandwidth("gwlb")],
        [Some(crate::cloud::services::Value::Mbps(500)), None, None, None]
    );
}

#[test]
fn the_operators_own_tags_cannot_be_given_by_the_user() {
    let desired = wanted(json!({ "tags": { "a": "b", "privatelink-operator.uid": "forged" } }));
    assert_eq!(desired.tags, Some([("a".to_owned(), "b".to_owned())].into()));
    let request = desired.create_request(None);
    let uids: Vec<_> = request.tags.iter().filter(|tag| tag.key == crate::names::UID_TAG).collect();
    assert_eq!(uids.iter().map(|tag| tag.value.as_str()).collect::<Vec<_>>(), [Scenario::converged().resolved.key.uid]);
}

#[test]
fn the_create_carries_everything_that_a_create_can_carry() {
    let parameters = desired(&Scenario::converged().resolved, &Seen::default())
        .create_request(Some("token".to_owned()))
        .parameters();
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        parameters,
        [
            ("AddressIpVersion", "IPv4"),
            ("AutoAcceptEnabled", "false"),
            ("ClientToken", "token"),
            ("Payer", "Endpoint"),
            ("Resource.1.ResourceId", "nlb-a"),
            ("Resource.1.ResourceType", "nlb"),
            ("Resource.1.ZoneId", "cn-hangzhou-i"),
            ("Resource.2.ResourceId", "nlb-a"),
            ("Resource.2.ResourceType", "nlb"),
            ("Resource.2.ZoneId", "cn-hangzhou-j"),
            ("ResourceGroupId", "rg-shop"),
            ("ServiceDescription", "web shop"),
            ("ServiceResourceType", "nlb"),
            ("Tag.1.Key", "privatelink-operator.cluster"),
            ("Tag.1.Value", "cluster-1"),
            ("Tag.2.Key", "privatelink-operator.object"),
            ("Tag.2.Value", "shop.web"),
            ("Tag.3.Key", "privatelink-operator.uid"),
            ("Tag.3.Value", "0b4a7c3e-1111-4222-8333-444455556666"),
            ("Tag.4.Key", "team"),
            ("Tag.4.Value", "shop"),
            ("ZoneAffinityEnabled", "false"),
        ]
    );
}

#[test]
fn an_slb_in_a_create_has_no_zone() {
    let fields = json!({ "serviceResourceType": "slb", "resources": [{ "resourceId": "lb-a" }] });
    let resource =
        Resource { resource_type: Some("slb".to_owned()), resource_id: Some("lb-a".to_owned()), zone_id: None };
    assert_eq!(wanted(fields).create_request(None).resources, [resource]);
}

#[test]
fn an_empty_description_and_what_is_not_managed_are_left_out() {
    let fields = json!({ "description": "", "resourceGroupId": null, "tags": null, "resources": null });
    let request = wanted(fields).create_request(None);
    assert_eq!((request.service_description, request.resource_group_id, request.resources), (None, None, vec![]));
    assert_eq!(request.tags.len(), 3);
}

#[test]
fn ten_of_eleven_attachments_go_into_the_create_and_every_zone_is_among_them() {
    // In the plain order the one in zone z would be the eleventh.
    let zones: Vec<String> = (0..10).map(|number| format!("cn-hangzhou-{number}")).collect();
    let of_a: Vec<&str> = zones.iter().map(String::as_str).collect();
    let desired = wanted(resources(&[("nlb-a", &of_a[..5]), ("nlb-b", &of_a[..5]), ("nlb-c", &["cn-hangzhou-z"])]));
    let sent = sent(&desired);
    assert_eq!(sent.len(), 10);
    assert!(sent.contains(&("nlb-c".to_owned(), "cn-hangzhou-z".to_owned())));
    let covered: BTreeSet<_> = sent.iter().map(|(_, zone)| zone.as_str()).collect();
    assert_eq!(covered.len(), 6);
}

#[test]
fn the_order_in_the_spec_makes_no_other_request() {
    let one = wanted(resources(&[("nlb-a", &["cn-hangzhou-i", "cn-hangzhou-j"]), ("nlb-b", &["cn-hangzhou-i"])]));
    let other = wanted(resources(&[("nlb-b", &["cn-hangzhou-i"]), ("nlb-a", &["cn-hangzhou-j", "cn-hangzhou-i"])]));
    assert_eq!(one.create_request(None), other.create_request(None));
    assert_eq!(one.request_hash("cn-hangzhou"), other.request_hash("cn-hangzhou"));
}

#[test]
fn the_hash_is_the_same_in_every_process_and_says_nothing_of_the_request() {
    let hash = desired(&Scenario::converged().resolved, &Seen::default()).request_hash("cn-hangzhou");
    assert_eq!(hash, "6d0e64a22743a2e42cd17ca3975988273c047c7c69f32a1378de27af97eb6bfe");
}

#[test]
fn whatever_the_create_carries_changes_the_hash() {
    let hash = |fields: Value| wanted(fields).request_hash("cn-hangzhou");
    let same = hash(json!({}));
    let edits = [
        json!({ "description": "x" }),
        json!({ "payer": "EndpointService" }),
        json!({ "autoAcceptEnabled": true }),
        json!({ "zoneAffinityEnabled": true }),
        json!({ "addressIpVersion": "DualStack" }),
        json!({ "resourceGroupId": "rg-x" }),
        json!({ "tags": { "team": "x" } }),
        json!({ "resources": [] }),
    ];
    for edit in edits {
        assert_ne!(hash(edit.clone()), same, "{edit}");
    }
    assert_ne!(wanted(json!({})).request_hash("cn-beijing"), same);
}

#[test]
fn what_the_create_cannot_carry_does_not_change_the_hash() {
    let hash = |fields: Value| wanted(fields).request_hash("cn-hangzhou");
    let slb = json!({ "serviceResourceType": "slb", "resources": null });
    let slb_with_bandwidth = json!({ "serviceResourceType": "slb", "resources": null, "connectBandwidthMbps": 500 });
    assert_eq!(hash(slb), hash(slb_with_bandwidth));
    assert_eq!(hash(json!({})), hash(json!({ "allowedPrincipals": ["3"], "deletionPolicy": "Retain" })));
}
