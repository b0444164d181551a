//! Attach, detach, list and update of a service's resources.

use privatelink_sim::{Quotas, Switch};
use serde_json::{Value, json};

use crate::support::{Client, REGION, ZONE_I, ZONE_J, pass, provider};

async fn listed(client: &Client, id: &str) -> Vec<Value> {
    client.call("ListVpcEndpointServiceResources", &[("ServiceId", id)]).await.list("Resources").to_vec()
}

fn attach<'a>(id: &'a str, resource: &'a str, zone: &'a str) -> [(&'a str, &'a str); 4] {
    [("ServiceId", id), ("ResourceType", "nlb"), ("ResourceId", resource), ("ZoneId", zone)]
}

#[tokio::test(start_paused = true)]
async fn an_attachment_shows_some_time_after_the_call_and_leaves_some_time_after_detach() {
    let (_, client) = provider();
    let id = client.create_active().await;
    let first = json!({
        "ResourceId": "nlb-a", "ResourceType": "nlb", "ZoneId": ZONE_I, "RegionId": REGION,
        "VpcId": "vpc-of-cn-hangzhou", "VSwitchId": "vsw-cnhangzhoui", "Ip": listed(&client, &id).await[0]["Ip"],
        "RelatedEndpointCount": 0, "RelatedDeprecatedEndpointCount": 0, "AutoAllocatedEnabled": true,
        "ResourceSupportIPv6": false,
    });
    assert_eq!(listed(&client, &id).await, std::slice::from_ref(&first));
    let call = client.call("AttachResourceToVpcEndpointService", &attach(&id, "nlb-a", ZONE_J)).await;
    assert_eq!(call.body, json!({ "RequestId": call.text("RequestId") }));
    assert_eq!(client.status(&id).await, "Pending");
    assert_eq!(client.call("ListVpcEndpointServices", &[("ResourceId", "nlb-a")]).await.body["TotalCount"], 1);
    pass(5).await;
    let zones: Vec<_> = listed(&client, &id).await.iter().map(|entry| entry["ZoneId"].clone()).collect();
    assert_eq!(zones, [ZONE_I, ZONE_J]);
    let detach = [("ServiceId", id.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_J)];
    assert_eq!(client.call("DetachResourceFromVpcEndpointService", &detach).await.code(), "good");
    pass(5).await;
    assert_eq!(listed(&client, &id).await, [first]);
    let whole = client.call("ListVpcEndpointServiceResources", &[("ServiceId", &id)]).await.body;
    assert_eq!(whole.get("TotalCount"), None, "documented without");
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_attach_has_its_code() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let case = async |resource, zone, kind| {
        let params = [("ServiceId", id.as_str()), ("ResourceType", kind), ("ResourceId", resource), ("ZoneId", zone)];
        let code = client.call("AttachResourceToVpcEndpointService", &params).await.code().to_owned();
        pass(10).await;
        code
    };
    assert_eq!(case("nlb-a", ZONE_I, "nlb").await, "EndpointServiceResourceExist");
    assert_eq!(case("nlb-none", ZONE_I, "nlb").await, "LoadBalancerNotFound");
    assert_eq!(case("alb-a", ZONE_I, "alb").await, "EndpointServiceResourceTypeNotEqual");
    assert_eq!(case("alb-a", ZONE_I, "nlb").await, "Mismatch.ResourceType");
    assert_eq!(case("nlb-b", ZONE_I, "elb").await, "EndpointServiceResourceTypeNotSupport");
    assert_eq!(case("nlb-b", "", "nlb").await, "MissingParam.ZoneId");
    assert_eq!(case("nlb-b", "cn-hangzhou-z", "nlb").await, "EndpointServiceNotSupportedZone");
    simulator.change_config(|config| config.quotas = Quotas { resources_per_zone: 1, ..Quotas::default() });
    assert_eq!(case("nlb-b", ZONE_I, "nlb").await, "QuotaMisMatched");
    assert_eq!(case("nlb-b", ZONE_J, "nlb").await, "good");
    simulator.change_config(|config| config.quotas = Quotas { resources_per_service: 2, ..Quotas::default() });
    assert_eq!(case("nlb-b", ZONE_I, "nlb").await, "QuotaMisMatched");
    assert_eq!(
        client.call("AttachResourceToVpcEndpointService", &attach("epsrv-none", "nlb-b", ZONE_I)).await.code(),
        "EndpointServiceNotFound"
    );
}

#[tokio::test(start_paused = true)]
async fn an_alb_that_is_not_there_has_a_code_of_its_own() {
    let (_, client) = provider();
    let reply = client.call("CreateVpcEndpointService", &[("ServiceResourceType", "alb")]).await;
    let id = reply.text("ServiceId").to_owned();
    client.settle(&id).await;
    let params = [("ServiceId", id.as_str()), ("ResourceType", "alb"), ("ResourceId", "alb-none"), ("ZoneId", ZONE_I)];
    assert_eq!(client.call("AttachResourceToVpcEndpointService", &params).await.code(), "AlbNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_classic_load_balancer_needs_no_zone() {
    let (_, client) = provider();
    let reply = client.call("CreateVpcEndpointService", &[("ServiceResourceType", "slb")]).await;
    let id = reply.text("ServiceId").to_owned();
    client.settle(&id).await;
    let resource = [("ServiceId", id.as_str()), ("ResourceType", "slb"), ("ResourceId", "lb-a")];
    assert_eq!(client.call("AttachResourceToVpcEndpointService", &resource).await.code(), "good");
    pass(5).await;
    assert_eq!(listed(&client, &id).await[0]["ZoneId"], ZONE_I);
    assert_eq!(client.call("DetachResourceFromVpcEndpointService", &resource).await.code(), "good");
    pass(5).await;
    assert_eq!(
        client.call("DetachResourceFromVpcEndpointService", &resource).await.code(),
        "EndpointServiceResourceNotFound"
    );
}

#[tokio::test(start_paused = true)]
async fn each_zone_keeps_an_automatically_allocated_resource() {
    let (_, client) = provider();
    let id = client.create_active().await;
    let switch = async |resource, zone, enabled| {
        let params =
            [("ServiceId", id.as_str()), ("ResourceId", resource), ("ZoneId", zone), ("AutoAllocatedEnabled", enabled)];
        let code = client.call("UpdateVpcEndpointServiceResourceAttribute", &params).await.code().to_owned();
        pass(10).await;
        code
    };
    assert_eq!(switch("nlb-a", ZONE_I, "false").await, "ResourceAutoAllocateViolation");
    assert_eq!(client.call("AttachResourceToVpcEndpointService", &attach(&id, "nlb-b", ZONE_I)).await.code(), "good");
    pass(10).await;
    assert_eq!(switch("nlb-a", ZONE_I, "false").await, "good");
    assert_eq!(switch("nlb-b", ZONE_I, "false").await, "ResourceAutoAllocateViolation");
    assert_eq!(switch("nlb-b", ZONE_J, "false").await, "EndpointServiceResourceNotFound");
    let allocated: Vec<_> =
        listed(&client, &id).await.iter().map(|entry| entry["AutoAllocatedEnabled"].clone()).collect();
    assert_eq!(allocated, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn load_balancers_come_into_being_when_that_is_switched_on() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    simulator.change_config(|config| config.auto_create_load_balancers = Switch::On);
    let call = client.call("AttachResourceToVpcEndpointService", &attach(&id, "nlb-unseen", "cn-hangzhou-x")).await;
    assert_eq!(call.code(), "good");
    pass(10).await;
    let call = client.call("AttachResourceToVpcEndpointService", &attach(&id, "lb-unseen", ZONE_I)).await;
    assert_eq!(call.code(), "LoadBalancerNotFound");
}
