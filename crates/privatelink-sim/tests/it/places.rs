//! Regions and zones.

use privatelink_sim::LoadBalancer;
use serde_json::{Value, json};

use crate::support::{Client, provider};

async fn regions(client: &Client, kind: &str) -> Vec<Value> {
    let reply = client.try_call("DescribeRegions", &[("ServiceResourceType", kind)]).await.unwrap();
    assert_eq!(reply.code(), "good", "{reply:?}");
    reply.body["Regions"]["Region"].as_array().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn regions_are_nested_and_told_by_what_they_have() {
    let (_, client) = provider();
    let all = regions(&client, "ALL").await;
    let hangzhou = json!({
        "RegionId": "cn-hangzhou", "LocalName": "China (Hangzhou)",
        "RegionEndpoint": "privatelink.cn-hangzhou.aliyuncs.com",
        "ServiceResourceTypes": { "ServiceResourceType": ["slb", "alb", "nlb", "gwlb"] },
    });
    assert!(all.contains(&hangzhou), "{all:?}");
    assert_eq!((all.len(), regions(&client, "").await.len(), regions(&client, "gwlb").await.len()), (43, 43, 11));
    let of_one = |kind: &str| json!({ "ServiceResourceType": [kind] });
    for kind in ["slb", "alb", "nlb", "gwlb"] {
        let shown =
            regions(&client, kind).await.into_iter().find(|region| region["RegionId"] == "cn-hangzhou").unwrap();
        assert_eq!(shown["ServiceResourceTypes"], of_one(kind), "only the type that was asked for");
    }
    let wrong = client.try_call("DescribeRegions", &[("ServiceResourceType", "elb")]).await.unwrap();
    assert_eq!(wrong.code(), "IllegalParamFormat.ServiceResourceType");
}

#[tokio::test(start_paused = true)]
async fn zones_are_those_of_the_type_and_those_of_seeded_load_balancers() {
    let (simulator, client) = provider();
    let zones = async |kind: &str| {
        let reply = client.call("DescribeZones", &[("ServiceResourceType", kind), ("CrossRegion", "True")]).await;
        reply.body["Zones"]["Zone"].as_array().unwrap().clone()
    };
    let zone = |letter: &str| json!({ "ZoneId": format!("cn-hangzhou-{letter}"), "LocalName": format!("Hangzhou Zone {}", letter.to_uppercase()) });
    // The two of the documentation, and the one in which a gateway load balancer was seeded.
    assert_eq!(zones("gwlb").await, ["i", "j", "k"].map(zone));
    simulator.seed_load_balancer(LoadBalancer::new("nlb-x", "nlb", "cn-hangzhou", &["cn-hangzhou-x"]));
    assert_eq!(zones("nlb").await, ["b", "g", "h", "i", "j", "k", "x"].map(zone));
    let elsewhere = client.try_call("DescribeZones", &[("RegionId", "mars-1")]).await.unwrap();
    assert_eq!(elsewhere.body["Zones"], json!({ "Zone": [] }), "a list, even when empty");
    assert_eq!(client.try_call("DescribeZones", &[]).await.unwrap().code(), "MissingParam.RegionId");
}
