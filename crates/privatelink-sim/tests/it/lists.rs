//! Paging and lag.

use std::time::Duration;

use privatelink_sim::{Fault, FaultKind};

use crate::support::{Client, NLB_SERVICE, pass, provider};

/// The ids on each page, following the tokens to the end or to the limit of pages.
async fn pages(client: &Client, size: Option<&str>, most: usize) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), String::new());
    while pages.len() < most {
        let mut params = vec![("NextToken", next.as_str())];
        params.extend(size.map(|size| ("MaxResults", size)));
        let reply = client.call("ListVpcEndpointServices", &params).await;
        assert_eq!(reply.code(), "good", "{reply:?}");
        let ids = reply.list("Services").iter().map(|service| service["ServiceId"].as_str().unwrap().to_owned());
        pages.push(ids.collect());
        reply.text("NextToken").clone_into(&mut next);
        if next.is_empty() {
            break;
        }
    }
    pages
}

async fn three(client: &Client) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(client.create().await);
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn pages_of_one_show_everything_once_in_order_of_creation() {
    let (simulator, client) = provider();
    let ids = three(&client).await;
    let single: Vec<Vec<String>> = ids.iter().map(|id| vec![id.clone()]).collect();
    assert_eq!(pages(&client, Some("1"), 9).await, single);
    assert_eq!(pages(&client, None, 9).await, std::slice::from_ref(&ids));
    simulator.change_config(|config| config.lists.page_size_cap = Some(1));
    assert_eq!(pages(&client, Some("1000"), 9).await, single);
}

#[tokio::test(start_paused = true)]
async fn page_sizes_and_tokens_are_checked() {
    let (_, client) = provider();
    let code = async |action, params: &[(&str, &str)]| client.call(action, params).await.code().to_owned();
    assert_eq!(code("ListVpcEndpointServices", &[("MaxResults", "1001")]).await, "IllegalParamFormat.MaxResults");
    assert_eq!(code("ListVpcEndpointConnections", &[("MaxResults", "0")]).await, "IllegalParamFormat.MaxResults");
    let id = client.create().await;
    let service = ("ServiceId", id.as_str());
    for action in ["ListVpcEndpointServiceResources", "ListVpcEndpointServiceUsers"] {
        assert_eq!(code(action, &[service, ("MaxResults", "51")]).await, "IllegalParamFormat.MaxResults");
        assert_eq!(code(action, &[service, ("MaxResults", "50")]).await, "good");
    }
    assert_eq!(code("ListVpcEndpointServices", &[("NextToken", "made-up")]).await, "IllegalParamFormat.NextToken");
}

#[tokio::test(start_paused = true)]
async fn each_filter_narrows_and_one_that_fits_nothing_gives_an_empty_list() {
    let (_, client) = provider();
    let id = client.create_active().await;
    client.call("CreateVpcEndpointService", &[("AutoAcceptEnabled", "true")]).await;
    let name = format!("com.aliyuncs.privatelink.cn-hangzhou.{id}");
    let fits: &[(&str, &str)] = &[
        ("ServiceId", &id),
        ("ServiceName", &name),
        ("ResourceId", "nlb-a"),
        ("ServiceResourceType", "nlb"),
        ("ServiceStatus", "Active"),
        ("AutoAcceptEnabled", "false"),
    ];
    for filter in fits {
        let reply = client.call("ListVpcEndpointServices", &[*filter]).await;
        let ids: Vec<_> = reply.list("Services").iter().map(|service| service["ServiceId"].clone()).collect();
        assert_eq!(ids, [id.as_str()], "{filter:?}");
    }
    for filter in [
        ("ServiceStatus", "Deleted"),
        ("ServiceId", "x"),
        ("ResourceId", "nlb-b"),
        ("Tag.1.Key", "k"),
        ("AddressIpVersion", "DualStack"),
        ("ZoneAffinityEnabled", "true"),
        ("ResourceGroupId", "rg-x"),
    ] {
        let body = client.call("ListVpcEndpointServices", &[filter]).await.body;
        assert_eq!(
            (&body["Services"], &body["TotalCount"]),
            (&serde_json::json!([]), &serde_json::json!(0)),
            "{filter:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_page_is_skipped_and_a_repeated_one_comes_twice() {
    let (simulator, client) = provider();
    let ids = three(&client).await;
    simulator.fault(Fault::next("ListVpcEndpointServices", FaultKind::LostPage));
    assert_eq!(pages(&client, Some("1"), 9).await, [vec![ids[0].clone()], vec![ids[2].clone()]]);
    simulator.fault(Fault::next("ListVpcEndpointServices", FaultKind::RepeatedPage).at(2));
    let expected = [&ids[0], &ids[1], &ids[1], &ids[2]].map(|id| vec![id.clone()]);
    assert_eq!(pages(&client, Some("1"), 9).await, expected);
}

#[tokio::test(start_paused = true)]
async fn lists_lag_and_get_does_not() {
    let (simulator, client) = provider();
    simulator.change_config(|config| config.lists.lag = Duration::from_secs(30));
    let id = client.create().await;
    assert_eq!(client.status(&id).await, "Creating");
    let listed = async || {
        let reply = client.call("ListVpcEndpointServices", &[("ServiceId", &id)]).await;
        reply.list("Services").first().map(|service| service["ServiceStatus"].as_str().unwrap().to_owned())
    };
    pass(29).await;
    assert_eq!((listed().await, client.status(&id).await.as_str()), (None, "Active"));
    pass(2).await;
    assert_eq!(listed().await.as_deref(), Some("Creating"));
    pass(30).await;
    assert_eq!(listed().await.as_deref(), Some("Active"));
    let detach = [("ServiceId", id.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", NLB_SERVICE[3].1)];
    assert_eq!(client.call("DetachResourceFromVpcEndpointService", &detach).await.code(), "good");
    client.settle(&id).await;
    assert_eq!(client.call("DeleteVpcEndpointService", &[("ServiceId", &id)]).await.code(), "good");
    pass(15).await;
    assert_eq!(client.status(&id).await, "EndpointServiceNotFound");
    assert_ne!(listed().await, None, "still shown");
    pass(30).await;
    assert_eq!(listed().await, None);
}

#[tokio::test(start_paused = true)]
async fn one_list_may_lag_alone() {
    let (simulator, client) = provider();
    simulator.patch_config(&serde_json::json!({ "lists": { "lag_for": { "ListTagResources": "5s" } } })).unwrap();
    let tagged = [NLB_SERVICE, &[("Tag.1.Key", "k"), ("Tag.1.Value", "v")]].concat();
    assert_eq!(client.call("CreateVpcEndpointService", &tagged).await.code(), "good");
    let filter = [("Tag.1.Key", "k")];
    let by_tag = [("ResourceType", "vpcendpointservice"), ("Tag.1.Key", "k")];
    assert_eq!(client.call("ListVpcEndpointServices", &filter).await.body["TotalCount"], 1);
    assert_eq!(client.call("ListTagResources", &by_tag).await.list("TagResources").len(), 0);
    pass(5).await;
    assert_eq!(client.call("ListTagResources", &by_tag).await.list("TagResources").len(), 1);
}
