use privatelink::RegionStatus;

use super::fixtures::{details, service};
use super::*;
use crate::cloud::services::Regions;

const PLACE: Place<'_> = Place { namespace: "shop", name: "orders", region: "cn-hangzhou", account_id: "1" };

type Change<'a> = &'a dyn Fn(&mut Service);

fn spec_of(service: &Service, details: &Details) -> Value {
    describe(service, details, &PLACE).unwrap().manifest["spec"].clone()
}

/// Which field is left out, and why.
fn left_out(service: &Service, details: &Details) -> Vec<(String, String)> {
    let described = describe(service, details, &PLACE).unwrap();
    let fields = described.left_out.iter().map(|left| left.field.strip_prefix("spec.").unwrap());
    for field in fields {
        assert!(described.manifest["spec"].get(field).is_none(), "{field}: {:#}", described.manifest);
    }
    described.left_out.into_iter().map(|left| (left.field, left.message)).collect()
}

#[test]
fn a_plain_service_is_described_without_defaults() {
    let described = describe(&service("epsrv-1"), &details(&[], &["1"]), &PLACE).unwrap();
    let expected = json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": "orders", "namespace": "shop"},
        "spec": {
            "adopt": {"serviceId": "epsrv-1"},
            "region": "cn-hangzhou",
            "resourceGroupId": "rg-default",
            "serviceResourceType": "nlb",
        },
    });
    assert_eq!(described, Described { manifest: expected, left_out: vec![] });
}

#[test]
fn everything_that_the_cloud_shows_is_in_the_spec() {
    let mut found = service("epsrv-1");
    found.payer = Some("EndpointService".to_owned());
    found.attributes = found
        .attributes
        .with(Field::Description, "Orders")
        .with(Field::AutoAcceptEnabled, true)
        .with(Field::ZoneAffinityEnabled, true)
        .with(Field::AddressIpVersion, "DualStack");
    let regions = [
        ("cn-hangzhou", RegionStatus::Available),
        ("cn-beijing", RegionStatus::Available),
        ("cn-shanghai", RegionStatus::Closed),
    ];
    found.regions = Some(regions.into_iter().map(|(region, status)| (region.to_owned(), status)).collect::<Regions>());
    let tags = [("team", "shop"), ("acs:rm:rgId", "x"), ("aliyun-a", "x"), ("privatelink-operator.cluster", "prod")];
    found.tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let mut parts = details(
        &[("nlb-1", "cn-hangzhou-h"), ("nlb-1", "cn-hangzhou-i"), ("nlb-2", "cn-hangzhou-h")],
        &["1", "2000000000000001"],
    );
    for (key, attachment) in &mut parts.attachments {
        attachment.auto_allocated_enabled = key.resource_id == "nlb-1";
    }
    let expected = json!({
        "addressIpVersion": "DualStack",
        "adopt": {"serviceId": "epsrv-1"},
        "allowedPrincipals": ["2000000000000001"],
        "autoAcceptEnabled": true,
        "description": "Orders",
        "payer": "EndpointService",
        "region": "cn-hangzhou",
        "resourceGroupId": "rg-default",
        "resources": [
            {"resourceId": "nlb-1", "zoneIds": ["cn-hangzhou-h", "cn-hangzhou-i"]},
            {"autoAllocatedEnabled": false, "resourceId": "nlb-2", "zoneIds": ["cn-hangzhou-h"]},
        ],
        "serviceResourceType": "nlb",
        "supportedRegions": ["cn-beijing"],
        "tags": {"team": "shop"},
        "zoneAffinityEnabled": true,
    });
    assert_eq!(spec_of(&found, &parts), expected);
    assert_eq!(left_out(&found, &parts), []);
}

#[test]
fn a_classic_load_balancer_has_a_bandwidth_and_no_zones() {
    let found = Service { resource_type: Some("slb".to_owned()), ..service("epsrv-1") };
    let attributes = found.attributes.clone().with(Field::ConnectBandwidthMbps, 1024);
    let spec = spec_of(&Service { attributes, ..found }, &details(&[("lb-1", "cn-hangzhou-h")], &[]));
    assert_eq!(spec["connectBandwidthMbps"], 1024);
    assert_eq!(spec["resources"], json!([{"resourceId": "lb-1"}]));
}

#[test]
fn a_list_that_a_spec_cannot_say_is_left_as_it_is_and_named() {
    let tagged =
        |key: &str, value: &str| Service { tags: [(key.to_owned(), value.to_owned())].into(), ..service("epsrv-1") };
    let none = || details(&[], &[]);
    let mut mixed = details(&[("nlb-1", "cn-hangzhou-h"), ("nlb-1", "cn-hangzhou-i")], &[]);
    mixed.attachments.values_mut().next().unwrap().auto_allocated_enabled = false;
    let failed = Service {
        regions: Some([("cn-beijing".to_owned(), RegionStatus::Failed)].into_iter().collect()),
        ..service("epsrv-1")
    };
    let odd = service("epsrv-1");
    let grouped = Service { attributes: odd.attributes.clone().with(Field::ResourceGroupId, "RG 1"), ..odd };
    let table = [
        (tagged("a", "https://example.com"), none(), "spec.tags", "a key or a value contains a URL"),
        (tagged("a", "acs:x"), none(), "spec.tags", "a value begins with aliyun or acs"),
        (tagged(&"a".repeat(65), ""), none(), "spec.tags", "a key is empty or longer than 64 characters"),
        (tagged("a", &"b".repeat(129)), none(), "spec.tags", "must be at most 128 characters, found 129"),
        (service("epsrv-1"), details(&[], &["*"]), "spec.allowedPrincipals", "* is allowed, which is no account"),
        (
            service("epsrv-1"),
            mixed,
            "spec.resources",
            "the load balancer nlb-1 is automatically allocated in some of its zones, and not in others",
        ),
        (
            service("epsrv-1"),
            details(&[("alb-1", "cn-hangzhou-h")], &[]),
            "spec.resources",
            "the load balancer alb-1 has an id that is none of nlb",
        ),
        (
            service("epsrv-1"),
            details(&[("nlb-1", "cn-beijing-h")], &[]),
            "spec.resources",
            "the load balancer nlb-1 is attached in a zone that is none of cn-hangzhou",
        ),
        (failed, none(), "spec.supportedRegions", "the region cn-beijing is Failed"),
        (grouped, none(), "spec.resourceGroupId", "must be the id of a resource group"),
    ];
    for (found, parts, field, why) in table {
        let left = left_out(&found, &parts);
        assert!(left.len() == 1 && left[0].0 == field && left[0].1.starts_with(why), "{field}: {why}: {left:#?}");
    }
}

#[test]
fn a_service_that_no_object_could_adopt_is_named_with_the_reason() {
    let with = |change: Change<'_>| {
        let mut found = service("epsrv-1");
        change(&mut found);
        obstacle(&found).map(|obstacle| obstacle.to_string())
    };
    let dual = |found: &mut Service| {
        found.resource_type = Some("alb".to_owned());
        found.attributes.set(Field::AddressIpVersion, "DualStack");
    };
    let owned = |found: &mut Service| {
        let tags = [(UID_TAG, "u-1"), (OBJECT_TAG, "shop.orders"), (CLUSTER_TAG, "prod")];
        found.tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    };
    assert_eq!(with(&|_| {}), None);
    let table: [(Change<'_>, &str); 8] = [
        (
            &owned,
            "belongs to the object shop.orders (uid u-1) of the cluster prod; if that exists no more, see docs/adoption.md",
        ),
        (&|found| found.status = ServiceStatus::Deleting, "is being deleted"),
        (&|found| found.status = ServiceStatus::Creating, "is Creating, and can be imported once it is Active"),
        (
            &|found| found.resource_type = Some("vpcNat".to_owned()),
            "has the type vpcNat, which this version does not know",
        ),
        (&|found| found.resource_type = None, "has a type that the provider does not say"),
        (&|found| found.payer = Some("Nobody".to_owned()), "has the payer Nobody, which this version does not know"),
        (&|found| found.id = "epsrv-;rm".to_owned(), "has an id that spec.adopt.serviceId does not take"),
        (&dual, "is DualStack, which this version knows for nlb and gwlb only, and not for alb"),
    ];
    for (change, why) in table {
        assert_eq!(with(change).as_deref(), Some(why));
    }
    let long = Service {
        attributes: service("epsrv-1").attributes.with(Field::Description, "x".repeat(257)),
        ..service("epsrv-1")
    };
    let obstacle = describe(&long, &details(&[], &[]), &PLACE).unwrap_err();
    let why = "has a value that the spec does not take: spec.description: must be at most 256 characters, found 257";
    assert_eq!(obstacle, Obstacle::NotDescribable(why.to_owned()));
}
