//! Tags and resource groups.

use privatelink_sim::{AccessKey, Account, DEFAULT_CONSUMER, DEFAULT_PROVIDER, EndpointOrder};
use serde_json::{Value, json};

use crate::support::{Client, provider};

const SERVICE: (&str, &str) = ("ResourceType", "vpcendpointservice");

async fn listed(client: &Client, params: &[(&str, &str)]) -> Vec<Value> {
    let reply = client.call("ListTagResources", &[&[SERVICE], params].concat()).await;
    assert_eq!(reply.code(), "good", "{reply:?}");
    reply.list("TagResources").to_vec()
}

fn entry(id: &str, key: &str, value: &str) -> Value {
    json!({ "ResourceId": id, "ResourceType": "vpcendpointservice", "TagKey": key, "TagValue": value })
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_overwritten_listed_and_taken_off() {
    let (_, client) = provider();
    let (a, b) = (client.create().await, client.create().await);
    let both = [SERVICE, ("ResourceId.1", a.as_str()), ("ResourceId.2", b.as_str())];
    let set =
        [&both[..], &[("Tag.1.Key", "env"), ("Tag.1.Value", "test"), ("Tag.2.Key", "x"), ("Tag.2.Value", "")]].concat();
    assert_eq!(client.call("TagResources", &set).await.code(), "good");
    let pascal =
        [("ResourceType", "VpcEndpointService"), ("ResourceId.1", &a), ("Tag.1.Key", "env"), ("Tag.1.Value", "prod")];
    assert_eq!(client.call("TagResources", &pascal).await.code(), "good");
    assert_eq!(
        listed(&client, &[("ResourceId.1", &a), ("ResourceId.2", &b)]).await,
        [entry(&a, "env", "prod"), entry(&a, "x", ""), entry(&b, "env", "test"), entry(&b, "x", "")]
    );
    assert_eq!(
        listed(&client, &[("Tag.1.Key", "env"), ("Tag.1.Value", "test")]).await,
        [entry(&b, "env", "test"), entry(&b, "x", "")]
    );
    let filtered = client.call("ListVpcEndpointServices", &[("Tag.1.Key", "env"), ("Tag.1.Value", "prod")]).await;
    assert_eq!(
        (filtered.body["TotalCount"].as_u64(), filtered.list("Services")[0]["ServiceId"].as_str()),
        (Some(1), Some(a.as_str()))
    );
    let untag = [SERVICE, ("ResourceId.1", a.as_str()), ("TagKey.1", "env")];
    assert_eq!(client.call("UntagResources", &untag).await.code(), "good");
    assert_eq!(client.call("UntagResources", &untag).await.code(), "TagInfoNotExist");
    let all = [&both[..], &[("All", "true")]].concat();
    assert_eq!(client.call("UntagResources", &all).await.code(), "good");
    assert_eq!(listed(&client, &[("ResourceId.1", &a), ("ResourceId.2", &b)]).await, Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn each_rule_has_its_code() {
    let (_, client) = provider();
    let id = client.create().await;
    let thing = [SERVICE, ("ResourceId.1", id.as_str())];
    let tag =
        async |more: &[(&str, &str)]| client.call("TagResources", &[&thing[..], more].concat()).await.code().to_owned();
    assert_eq!(tag(&[]).await, "MissingTagKeyParam");
    assert_eq!(tag(&[("Tag.1.Value", "v")]).await, "MissingTagKeyParam");
    assert_eq!(tag(&[("Tag.1.Key", "k")]).await, "MissingTagValueParam");
    assert_eq!(tag(&[("Tag.1.Key", "aliyun"), ("Tag.1.Value", "v")]).await, "IllegalTagKeyParam");
    assert_eq!(tag(&[("Tag.1.Key", "k"), ("Tag.1.Value", "http://")]).await, "IllegalTagValueParam");
    assert_eq!(
        tag(&[("Tag.1.Key", "k"), ("Tag.1.Value", "1"), ("Tag.2.Key", "k"), ("Tag.2.Value", "2")]).await,
        "DuplicatedTagKey"
    );
    assert_eq!(
        tag(&[("Tag.1.Key", "k"), ("Tag.1.Value", "v"), ("ResourceId.2", "epsrv-none")]).await,
        "InvalidResourceId.NotFound"
    );
    assert_eq!(tag(&[("Tag.1.Key", "k"), ("Tag.1.Value", "v"), ("DryRun", "true")]).await, "DryRunOperation");
    let many: Vec<(String, String)> = (1..=21)
        .flat_map(|n| [(format!("Tag.{n}.Key"), format!("k{n}")), (format!("Tag.{n}.Value"), String::new())])
        .collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(tag(&many).await, "QuotaExceed.TagsPerResource");
    assert_eq!(tag(&many[..40]).await, "good");
    let twice = [&thing[..], &[("TagKey.1", "k1"), ("TagKey.2", "k1")]].concat();
    assert_eq!(client.call("UntagResources", &twice).await.code(), "DuplicatedTagKey");
    let list = async |params: &[(&str, &str)]| client.call("ListTagResources", params).await.code().to_owned();
    assert_eq!(list(&[SERVICE]).await, "MissingResourceIdOrTagParam");
    assert_eq!(list(&[SERVICE, ("Tag.1.Value", "v")]).await, "MissingTagKeyParam");
    assert_eq!(list(&[("ResourceType", "vpc"), ("ResourceId.1", &id)]).await, "IllegalParamFormat.ResourceType");
}

#[tokio::test(start_paused = true)]
async fn a_resource_group_changes_for_the_type_that_is_named() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let user = [("ServiceId", id.as_str()), ("UserId", DEFAULT_CONSUMER)];
    assert_eq!(client.call("AddUserToVpcEndpointService", &user).await.code(), "good");
    let endpoint = simulator.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, &id)).unwrap();
    let change = async |client: &Client, params: &[(&str, &str)]| {
        client.try_call("ChangeResourceGroup", params).await.unwrap().code().to_owned()
    };
    let service = [("ResourceId", id.as_str()), ("ResourceType", "VpcEndpointService")];
    assert_eq!(change(&client, &[&service[..], &[("ResourceGroupId", "rg-new")]].concat()).await, "good");
    let got = client.call("GetVpcEndpointServiceAttribute", &[("ServiceId", &id)]).await;
    assert_eq!(got.text("ResourceGroupId"), "rg-new");
    assert_eq!(change(&client, &service).await, "MissingParameter.ResourceGroupId");
    assert_eq!(change(&client, &[("ResourceGroupId", "rg-new")]).await, "MissingParameter.ResourceId");
    assert_eq!(
        change(&client, &[&service[..], &[("ResourceGroupId", "other")]].concat()).await,
        "InvalidResourceGroup"
    );
    let as_endpoint = [("ResourceId", id.as_str()), ("ResourceGroupId", "rg-new")];
    assert_eq!(change(&client, &as_endpoint).await, "ResourceNotFound", "the default type is VpcEndpoint");
    let consumer = Client::in_process(&simulator, "consumer");
    let own = [("ResourceId", endpoint.as_str()), ("ResourceGroupId", "rg-new")];
    assert_eq!(change(&consumer, &own).await, "good");
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    let groups = ["rg-default".to_owned()].into();
    simulator.put_account(Account { resource_groups: groups, ..Account::new(DEFAULT_PROVIDER, key) });
    assert_eq!(
        change(&client, &[&service[..], &[("ResourceGroupId", "rg-new")]].concat()).await,
        "InvalidResourceGroup"
    );
    assert_eq!(change(&client, &[&service[..], &[("ResourceGroupId", "rg-default")]].concat()).await, "good");
}
