//! Services as a consumer sees them.

use serde_json::{Value, json};

use crate::sides::Sides;
use crate::support::{REGION, ZONE_I};

const LIST: &str = "ListVpcEndpointServicesByEndUser";

async fn offered(sides: &Sides, more: &[(&str, &str)]) -> Vec<Value> {
    sides.consumer.call(LIST, more).await.list("Services").to_vec()
}

#[tokio::test(start_paused = true)]
async fn a_consumer_sees_what_he_may_connect_to_and_no_status() {
    let sides = Sides::new().await;
    let hidden = sides.provider.create_active().await;
    let service = &sides.service;
    let expected = json!({
        "ServiceId": service, "ServiceName": format!("com.aliyuncs.privatelink.{REGION}.{service}"),
        "ServiceDomain": format!("{service}.{REGION}.privatelink.aliyuncs.com"), "ServiceType": "Interface",
        "ServiceResourceType": "nlb", "Payer": "Endpoint", "Zones": [ZONE_I], "AddressIpVersion": "IPv4",
        "AutoAcceptEnabled": false, "ZoneAffinityEnabled": false, "ServiceSupportIPv6": false,
        "VpcEndpointPolicySupported": false, "ResourceGroupId": "rg-acfm1111222233334444", "Tags": [],
    });
    let whole = sides.consumer.call(LIST, &[]).await;
    assert_eq!(
        whole.body,
        json!({ "RequestId": whole.text("RequestId"), "MaxResults": 50, "TotalCount": "1", "Services": [expected] })
    );
    let own = sides.provider.call(LIST, &[]).await;
    let ids: Vec<&Value> = own.list("Services").iter().map(|service| &service["ServiceId"]).collect();
    assert_eq!(ids, [service, &hidden], "an owner is on his own whitelist");
}

#[tokio::test(start_paused = true)]
async fn filters_narrow_and_a_service_that_goes_is_not_offered() {
    let sides = Sides::new().await;
    let service = sides.service.clone();
    let name = format!("com.aliyuncs.privatelink.{REGION}.{service}");
    let tag =
        [("ResourceType", "vpcendpointservice"), ("ResourceId.1", &service), ("Tag.1.Key", "k"), ("Tag.1.Value", "v")];
    assert_eq!(sides.provider.call("TagResources", &tag).await.code(), "good");
    let cases: &[(&[(&str, &str)], usize)] = &[
        (&[("ServiceId", &service), ("ServiceName", &name), ("ServiceType", "Interface")], 1),
        (&[("ServiceType", "GatewayLoadBalancer")], 0),
        (&[("Tag.1.Key", "k")], 1),
        (&[("Tag.1.Key", "k"), ("Tag.1.Value", "w")], 0),
        (&[("ServiceRegionId", "cn-beijing")], 0),
        (&[("ResourceGroupId", "rg-other")], 0),
    ];
    for (params, expected) in cases {
        assert_eq!(offered(&sides, params).await.len(), *expected, "{params:?}");
    }
    assert!(sides.simulator.delete_service(&service));
    assert_eq!(offered(&sides, &[]).await, Vec::<Value>::new());
}
