//! What is sent, and to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Client, Network, Transport};
use loadbalancers::{APIS, Product};
use serde::Deserialize;
use serde_json::json;

use crate::support::{Parameters, Script, client, key, ok};
use crate::{id_of, read};

fn script_for(product: Product) -> Arc<Script> {
    Script::of([ok(&json!({"LoadBalancerId": id_of(product).as_str()}))])
}

/// What the provider's own clients send; the conformance tests hold it against them.
const RECORDED: &str = include_str!("../../../../tests/conformance/recorded/load-balancer-requests.json");

#[derive(Debug, Deserialize)]
struct Recorded {
    action: String,
    version: String,
    query: BTreeMap<String, String>,
    form: BTreeMap<String, String>,
}

#[tokio::test(start_paused = true)]
async fn requests_are_those_of_the_provider_s_own_clients() {
    let mut recorded: BTreeMap<String, Recorded> = serde_json::from_str(RECORDED).unwrap();
    for product in Product::ALL {
        let script = script_for(product);
        read(&client(&script), &id_of(product)).await.unwrap();
        let Recorded { action, version, query, form } = recorded.remove(product.resource_type()).unwrap();
        assert_eq!(script.headers("x-acs-action"), [action]);
        assert_eq!(script.headers("x-acs-version"), [version]);
        assert_eq!(script.sent(), [Parameters { query, form }], "{product:?}");
        assert!(script.headers("authorization")[0].starts_with("ACS3-HMAC-SHA256 "), "{product:?}");
    }
    assert!(recorded.is_empty(), "{recorded:?}");
}

#[test]
fn hosts_are_those_of_the_provider_s_own_clients() {
    let hosts = |region, network| {
        let client = Client::builder().region(region).network(network).credentials(key()).build().unwrap();
        Product::ALL.map(|product| client.host(product.api()))
    };
    let of_hangzhou = ["nlb.cn-hangzhou", "alb.cn-hangzhou", "slb", "gwlb.cn-hangzhou"];
    assert_eq!(hosts("cn-hangzhou", Network::Public), of_hangzhou.map(|host| format!("{host}.aliyuncs.com")));
    let elsewhere = ["nlb", "alb", "slb", "gwlb"];
    assert_eq!(
        hosts("eu-central-1", Network::Public),
        elsewhere.map(|host| format!("{host}.eu-central-1.aliyuncs.com"))
    );
    let inside = elsewhere.map(|host| format!("{host}-vpc.cn-hangzhou.aliyuncs.com"));
    assert_eq!(hosts("cn-hangzhou", Network::Vpc), inside);
}

#[tokio::test(start_paused = true)]
async fn every_product_can_be_asked_elsewhere() {
    for product in Product::ALL {
        let script = script_for(product);
        let transport: Arc<dyn Transport> = script.clone();
        let elsewhere = |builder: cloud_core::ClientBuilder, api| builder.endpoint(api, "http://127.0.0.1:1234");
        let builder = Client::builder().region("cn-hangzhou").credentials(key()).transport(transport);
        let client = APIS.into_iter().fold(builder, elsewhere).build().unwrap();
        read(&client, &id_of(product)).await.unwrap();
        assert_eq!(script.requests()[0].uri().authority().unwrap(), "127.0.0.1:1234", "{product:?}");
    }
}

#[test]
fn products_have_the_words_of_policies_and_of_privatelink() {
    let words = Product::ALL.map(|product| (product.action(), product.resource_type()));
    let expected = [
        ("nlb:GetLoadBalancerAttribute", "nlb"),
        ("alb:GetLoadBalancerAttribute", "alb"),
        ("slb:DescribeLoadBalancerAttribute", "slb"),
        ("gwlb:GetLoadBalancerAttribute", "gwlb"),
    ];
    assert_eq!(words, expected.map(|(action, word)| (action.to_owned(), word)));
}
