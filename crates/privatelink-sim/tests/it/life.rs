//! The life of a service, from create to gone.

use std::time::Duration;

use privatelink_sim::{Config, Simulator, serve};
use serde_json::json;

use crate::support::{Client, NLB_SERVICE, REGION, ZONE_I, config, pass, provider};

#[tokio::test(start_paused = true)]
async fn nothing_is_ready_in_the_call_that_asked_for_it() {
    let (_, client) = provider();
    let id = client.create().await;
    assert_eq!(client.status(&id).await, "Creating");
    pass(1).await;
    assert_eq!(client.status(&id).await, "Creating");
    pass(10).await;
    assert_eq!(client.status(&id).await, "Active");
    assert_eq!(
        client
            .call("UpdateVpcEndpointServiceAttribute", &[("ServiceId", &id), ("ServiceDescription", "new")])
            .await
            .code(),
        "good"
    );
    let detach = [("ServiceId", id.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)];
    client.settle(&id).await;
    assert_eq!(client.call("DetachResourceFromVpcEndpointService", &detach).await.code(), "good");
    assert_eq!(client.status(&id).await, "Pending");
    client.settle(&id).await;
    assert_eq!(client.call("DeleteVpcEndpointService", &[("ServiceId", &id)]).await.code(), "good");
    assert_eq!(client.status(&id).await, "Deleting");
    pass(11).await;
    assert_eq!(client.status(&id).await, "EndpointServiceNotFound");
}

#[tokio::test(start_paused = true)]
async fn create_get_and_list_show_the_documented_fields() {
    let (_, client) = provider();
    let reply = client
        .call("CreateVpcEndpointService", &[NLB_SERVICE, &[("Tag.1.Key", "env"), ("Tag.1.Value", "p")]].concat())
        .await;
    let mut created = reply.body.clone();
    let id = reply.text("ServiceId").to_owned();
    let common = json!({
        "RequestId": reply.text("RequestId"),
        "ServiceId": id,
        "ServiceName": format!("com.aliyuncs.privatelink.{REGION}.{id}"),
        "ServiceDomain": format!("{id}.{REGION}.privatelink.aliyuncs.com"),
        "ServiceStatus": "Creating",
        "ServiceBusinessStatus": "Normal",
        "ServiceDescription": "",
        "CreateTime": reply.text("CreateTime"),
        "AutoAcceptEnabled": false,
        "ZoneAffinityEnabled": false,
        "ServiceSupportIPv6": false,
        "AddressIpVersion": "IPv4",
        "ResourceGroupId": "rg-acfm1111222233334444",
        "SupportedRegionSet": [],
    });
    assert_eq!(created, common);
    client.settle(&id).await;
    let got = client.call("GetVpcEndpointServiceAttribute", &[("ServiceId", &id)]).await.body;
    let more = json!({
        "RequestId": got["RequestId"], "ServiceStatus": "Active", "Payer": "Endpoint", "ServiceResourceType": "nlb",
        "ServiceType": "Interface", "RegionId": REGION, "MinBandwidth": 100, "MaxBandwidth": 10240, "Zones": [ZONE_I],
        "ConnectBandwidth": 0,
    });
    created.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    assert_eq!(got, created);
    let listed = client.call("ListVpcEndpointServices", &[]).await.body;
    created.as_object_mut().unwrap().remove("Zones");
    created.as_object_mut().unwrap().remove("RequestId");
    created["Tags"] = json!([{ "Key": "env", "Value": "p" }]);
    let expected =
        json!({ "RequestId": listed["RequestId"], "Services": [created], "MaxResults": 50, "TotalCount": 1 });
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn the_same_life_runs_over_http_in_real_time() {
    let simulator = Simulator::new(Config { timers: Config::fast().timers, ..config() });
    let any = "127.0.0.1:0".parse().unwrap();
    let served = serve(simulator.clone(), any, any).await.unwrap();
    let client = Client::over_http(&simulator, "provider", &served.api_url());
    let id = client.create().await;
    assert_eq!(client.status(&id).await, "Creating");
    tokio::time::timeout(Duration::from_secs(10), client.settle(&id)).await.unwrap();
    let detach = [("ServiceId", id.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)];
    assert_eq!(client.call("DetachResourceFromVpcEndpointService", &detach).await.code(), "good");
    client.settle(&id).await;
    assert_eq!(client.call("DeleteVpcEndpointService", &[("ServiceId", &id)]).await.code(), "good");
    simulator.advance(Duration::from_secs(1));
    assert_eq!(client.status(&id).await, "EndpointServiceNotFound");
    served.stop().await;
}
