//! Endpoints and their connections, from both sides.

use privatelink_sim::Switch;
use serde_json::{Value, json};

use crate::sides::Sides;
use crate::support::{REGION, ZONE_I, ZONE_J, pass};

#[tokio::test(start_paused = true)]
async fn a_request_waits_is_accepted_changed_and_cut() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    let waiting = sides.provider.call("ListVpcEndpointConnections", &[("ServiceId", &sides.service)]).await.body;
    let shown = &waiting["Connections"][0];
    let service = &sides.service;
    let expected = json!({
        "ServiceId": service, "EndpointId": id, "EndpointVpcId": "vpc-1", "EndpointOwnerId": 5_555_666_677_778_888_i64,
        "ConnectionStatus": "Disconnected", "Bandwidth": 3072, "TrafficControlMode": "Scalability",
        "ModifiedTime": shown["ModifiedTime"], "ResourceOwner": false, "ResourceGroupId": "rg-acfm5555666677778888",
        "EndpointRegionId": REGION, "ServiceRegionId": REGION,
        "Zones": [{
            "ZoneId": ZONE_I, "VSwitchId": "vsw-1", "EniId": format!("eni-{id}-1"), "ZoneStatus": "Wait",
            "ZoneDomain": format!("{id}-{ZONE_I}.{service}.{REGION}.privatelink.aliyuncs.com"),
        }],
    });
    assert_eq!(shown, &expected);
    assert_eq!((&waiting["TotalCount"], &waiting["MaxResults"]), (&json!("1"), &json!(50)));
    let enable = [("Bandwidth", "500"), ("TrafficControlMode", "BandwidthLimit")];
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &enable).await, "good");
    assert_eq!(sides.status(&id).await, "Connecting");
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "EndpointConnectionOperationDenied");
    pass(10).await;
    let connected = sides.connections(&[("ConnectionStatus", "Connected")]).await;
    assert_eq!((&connected[0]["Bandwidth"], &connected[0]["Zones"][0]["ResourceId"]), (&json!(500), &json!("nlb-a")));
    let resources = sides.provider.call("ListVpcEndpointServiceResources", &[("ServiceId", service)]).await;
    assert_eq!(resources.list("Resources")[0]["RelatedEndpointCount"], 1);
    assert_eq!(sides.call("UpdateVpcEndpointConnectionAttribute", &id, &[("Bandwidth", "50000")]).await, "good");
    assert_eq!(sides.status(&id).await, "Pending");
    pass(10).await;
    assert_eq!(sides.call("DisableVpcEndpointConnection", &id, &[]).await, "good");
    assert_eq!(sides.status(&id).await, "Disconnecting");
    pass(10).await;
    assert_eq!(sides.status(&id).await, "Disconnected");
    assert_eq!(sides.call("DisableVpcEndpointConnection", &id, &[]).await, "good", "refusing what waits");
    assert_eq!(sides.status(&id).await, "Disconnected");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_accepts_by_itself_connects_new_endpoints_only() {
    let sides = Sides::new().await;
    let early = sides.connect().await;
    let accept = [("ServiceId", sides.service.as_str()), ("AutoAcceptEnabled", "true")];
    assert_eq!(sides.provider.call("UpdateVpcEndpointServiceAttribute", &accept).await.code(), "good");
    sides.provider.settle(&sides.service).await;
    let late = sides.connect().await;
    assert_eq!(sides.status(&late).await, "Connecting");
    pass(10).await;
    assert_eq!(
        (sides.status(&late).await.as_str(), sides.status(&early).await.as_str()),
        ("Connected", "Disconnected")
    );
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_the_providers_calls_has_its_code() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    let enable = "EnableVpcEndpointConnection";
    assert_eq!(sides.call(enable, "ep-none", &[]).await, "EndpointConnectionNotFound");
    assert_eq!(sides.call(enable, &id, &[("Bandwidth", "99")]).await, "IllegalParamFormat.Bandwidth");
    assert_eq!(sides.call(enable, &id, &[("Bandwidth", "50001")]).await, "IllegalParamFormat.Bandwidth");
    let update = "UpdateVpcEndpointConnectionAttribute";
    assert_eq!(sides.call(update, &id, &[("Bandwidth", "200")]).await, "EndpointConnectionOperationDenied");
    let detach = [("ServiceId", sides.service.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)];
    assert_eq!(sides.provider.call("DetachResourceFromVpcEndpointService", &detach).await.code(), "good");
    pass(10).await;
    assert_eq!(sides.call(enable, &id, &[]).await, "OperationDenied.NoAvailableServiceResource");
    let unknown = [("ServiceId", "epsrv-none")];
    assert_eq!(sides.provider.call("ListVpcEndpointConnections", &unknown).await.code(), "EndpointServiceNotFound");
}

#[tokio::test(start_paused = true)]
async fn the_last_resource_of_a_zone_in_use_cannot_be_removed() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    let service = ("ServiceId", sides.service.as_str());
    let (zone, second) = (("ZoneId", ZONE_I), ("ResourceId", "nlb-b"));
    let attach = [service, ("ResourceType", "nlb"), second, zone];
    assert_eq!(sides.provider.call("AttachResourceToVpcEndpointService", &attach).await.code(), "good");
    pass(10).await;
    let manual = [service, ("ResourceId", "nlb-a"), zone, ("AutoAllocatedEnabled", "false")];
    assert_eq!(sides.provider.call("UpdateVpcEndpointServiceResourceAttribute", &manual).await.code(), "good");
    pass(10).await;
    let reply = sides.provider.call("DetachResourceFromVpcEndpointService", &[service, second, zone]).await;
    assert_eq!(reply.code(), "EndpointServiceResourceCannotRemove");
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_the_consumers_create_has_its_code() {
    let sides = Sides::new().await;
    let other = sides.provider.create_active().await;
    let good = sides.endpoint_in_zone_i();
    let service = sides.service.clone();
    let name = format!("com.aliyuncs.privatelink.{REGION}.{service}");
    let with = |changes: &[(&'static str, &str)]| -> Vec<(String, String)> {
        let kept = good.iter().filter(|(name, _)| !changes.iter().any(|change| change.0 == *name));
        kept.chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let cases = [
        (with(&[("VpcId", "")]), "MissingParam.VpcId"),
        (with(&[("VpcId", "net-1")]), "VpcNotFound"),
        (with(&[("ServiceId", "")]), "MissingParam.ServiceId"),
        (with(&[("ServiceId", "epsrv-none")]), "EndpointServiceNotFound"),
        (with(&[("ServiceId", &other)]), "EndpointServiceNotAuthorized"),
        (with(&[("EndpointType", "GatewayLoadBalancer")]), "Mismatch.EndpointType"),
        (with(&[("SecurityGroupId.1", "")]), "SecurityGroupNotFound"),
        (with(&[("SecurityGroupId.1", "group")]), "SecurityGroupNotFound"),
        (with(&[("Zone.1.ZoneId", ZONE_J)]), "EndpointServiceNotSupportedZone"),
        (with(&[("Zone.1.VSwitchId", "switch")]), "VSwitchNotFound"),
        (with(&[("Zone.1.ip", "not-an-address")]), "EniIpUnavailable"),
        (with(&[("Zone.2.ZoneId", ZONE_I), ("Zone.2.VSwitchId", "vsw-2")]), "EndpointZoneDuplicated"),
        (with(&[("EndpointName", "1st")]), "IllegalParamFormat.EndpointName"),
        (with(&[("EndpointName", "a b")]), "IllegalParamFormat.EndpointName"),
        (with(&[("EndpointDescription", "http://x")]), "IllegalParamFormat.EndpointDescription"),
        (with(&[("PolicyDocument", "{}")]), "OperationDenied.EndpointPolicyNotSupport"),
        (with(&[("ServiceId", ""), ("ServiceName", &name), ("DryRun", "true")]), "DryRunOperation"),
        (with(&[("ServiceId", ""), ("ServiceName", &name), ("EndpointName", "ab-1_X")]), "good"),
    ];
    for (params, expected) in cases {
        let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(sides.consumer.call("CreateVpcEndpoint", &params).await.code(), expected, "{params:?}");
    }
    let no_group: Vec<_> = good.iter().copied().filter(|(name, _)| *name != "SecurityGroupId.1").collect();
    let reply = sides.consumer.call("CreateVpcEndpoint", &no_group).await;
    assert_eq!(reply.code(), "EndpointMustContainSecurityGroup");
    sides.simulator.change_config(|config| config.quotas.zones_per_endpoint = 0);
    assert_eq!(sides.consumer.call("CreateVpcEndpoint", &good).await.code(), "QuotaExceeded.epZonePerEndpoint");
    sides
        .simulator
        .change_config(|config| (config.quotas.zones_per_endpoint, config.quotas.endpoints_per_vpc) = (10, 1));
    assert_eq!(sides.consumer.call("CreateVpcEndpoint", &good).await.code(), "QuotaExceeded.totalEpPerVpc");
}

#[tokio::test(start_paused = true)]
async fn another_region_may_connect_once_the_service_is_open_to_it() {
    let sides = Sides::new().await;
    let base = sides.endpoint_in_zone_i();
    let from_beijing: Vec<_> =
        base.into_iter().chain([("RegionId", "cn-beijing"), ("ServiceRegionId", REGION)]).collect();
    let create = async || sides.consumer.try_call("CreateVpcEndpoint", &from_beijing).await.unwrap();
    assert_eq!(create().await.code(), "EndpointServiceNotAuthorized");
    let open = [("ServiceId", sides.service.as_str()), ("AddSupportedRegionSet.1", "cn-beijing")];
    assert_eq!(sides.provider.call("UpdateVpcEndpointServiceAttribute", &open).await.code(), "good");
    let reply = create().await;
    assert_eq!((reply.code(), &reply.body["CrossRegionBandwidth"]), ("good", &json!(1000)));
    assert_eq!(sides.connections(&[]).await[0]["EndpointRegionId"], "cn-beijing");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_read_listed_and_deleted_by_its_owner() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    let this = [("EndpointId", id.as_str())];
    let got = sides.consumer.call("GetVpcEndpointAttribute", &this).await.body;
    let service = &sides.service;
    let mut expected = json!({
        "RequestId": got["RequestId"], "EndpointId": id, "EndpointName": "", "EndpointDescription": "",
        "EndpointDomain": format!("{id}.{service}.{REGION}.privatelink.aliyuncs.com"), "EndpointStatus": "Creating",
        "EndpointBusinessStatus": "Normal", "ConnectionStatus": "Disconnected", "Bandwidth": 3072,
        "CrossRegionBandwidth": 0, "CreateTime": got["CreateTime"], "VpcId": "vpc-1", "ServiceId": service,
        "ServiceName": format!("com.aliyuncs.privatelink.{REGION}.{service}"), "ServiceRegionId": REGION,
        "AddressIpVersion": "IPv4", "ZoneAffinityEnabled": false, "EndpointType": "Interface",
        "ProtectedEnabled": false, "RegionId": REGION, "ResourceGroupId": "rg-acfm5555666677778888",
        "ResourceOwner": false, "Payer": "Endpoint", "ZonePrivateIpAddressCount": 1,
    });
    assert_eq!(got, expected);
    let listed = sides.consumer.call("ListVpcEndpoints", &this).await.body;
    for absent in ["RequestId", "Payer", "ZonePrivateIpAddressCount"] {
        expected.as_object_mut().unwrap().remove(absent);
    }
    expected["Tags"] = json!([]);
    assert_eq!(
        listed,
        json!({ "RequestId": listed["RequestId"], "Endpoints": [expected], "MaxResults": 50, "TotalCount": 1 })
    );
    assert_eq!(sides.provider.call("GetVpcEndpointAttribute", &this).await.code(), "EndpointNotFound");
    let delete = async || sides.consumer.call("DeleteVpcEndpoint", &this).await.code().to_owned();
    assert_eq!(delete().await, "EndpointOperationDenied", "while Creating");
    pass(10).await;
    assert_eq!(delete().await, "EndpointDependenceViolation");
    sides.simulator.change_config(|config| config.guesses.endpoint_zones_go_first = Switch::Off);
    assert_eq!(delete().await, "good");
    assert_eq!(sides.status(&id).await, "Deleting");
    pass(10).await;
    assert_eq!(delete().await, "EndpointNotFound");
    assert_eq!(sides.connections(&[]).await, Vec::<Value>::new());
}
