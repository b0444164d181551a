//! The whitelist.

use privatelink_sim::DEFAULT_PROVIDER;
use serde_json::{Value, json};

use crate::support::{Client, pass, provider};

async fn listed(client: &Client, id: &str, more: &[(&str, &str)]) -> Value {
    let params = [&[("ServiceId", id)], more].concat();
    let mut body = client.call("ListVpcEndpointServiceUsers", &params).await.body;
    body.as_object_mut().unwrap().remove("RequestId");
    body
}

#[tokio::test(start_paused = true)]
async fn the_owner_is_on_the_list_from_the_beginning_and_others_come_and_go() {
    let (_, client) = provider();
    let id = client.create_active().await;
    let owner: i64 = DEFAULT_PROVIDER.parse().unwrap();
    let only = json!({ "Users": [{ "UserId": owner }], "UserARNs": [], "MaxResults": 50, "TotalCount": "1" });
    assert_eq!(listed(&client, &id, &[]).await, only);
    let user = |name, value| [("ServiceId", id.as_str()), (name, value)];
    for params in [user("UserId", "12345678"), user("UserARN", "acs:ram:*:12345678:*"), user("UserARN", "acs:ram:*::*")]
    {
        assert_eq!(client.call("AddUserToVpcEndpointService", &params).await.code(), "good", "{params:?}");
    }
    let arns = json!({
        "Users": [],
        "UserARNs": [
            { "UserARN": "acs:ram:*:12345678:*" },
            { "UserARN": format!("acs:ram:*:{owner}:*") },
            { "UserARN": "acs:ram:*::*" },
        ],
        "MaxResults": 50,
        "TotalCount": "3",
    });
    assert_eq!(listed(&client, &id, &[("UserListType", "UserARNs")]).await, arns);
    let one = json!({ "Users": [{ "UserId": 12_345_678 }], "UserARNs": [], "MaxResults": 50, "TotalCount": "1" });
    assert_eq!(listed(&client, &id, &[("UserId", "12345678")]).await, one);
    for params in [user("UserId", "12345678"), user("UserId", "12345678"), user("UserARN", "acs:ram:*::*")] {
        assert_eq!(client.call("RemoveUserFromVpcEndpointService", &params).await.code(), "good");
        pass(1).await;
    }
    assert_eq!(listed(&client, &id, &[]).await, only);
}

#[tokio::test(start_paused = true)]
async fn each_rule_has_its_code() {
    let (_, client) = provider();
    let id = client.create_active().await;
    let service = ("ServiceId", id.as_str());
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[service], "MissingParam.UserArn"),
        (&[service, ("UserId", "1"), ("UserARN", "acs:ram:*:2:*")], "Mismatch.UserIdAndUserArn"),
        (&[service, ("UserId", "1"), ("UserARN", "acs:ram:*:1:*")], "good"),
        (&[service, ("UserId", "-1")], "IllegalParamFormat.UserId"),
        (&[service, ("UserARN", "somebody")], "IllegalParamFormat.UserARN"),
        (&[("ServiceId", "epsrv-none"), ("UserId", "1")], "EndpointServiceNotFound"),
        (&[("UserId", "1")], "MissingParam.ServiceId"),
    ];
    for action in ["AddUserToVpcEndpointService", "RemoveUserFromVpcEndpointService"] {
        for (params, expected) in cases {
            assert_eq!(client.call(action, params).await.code(), *expected, "{action} {params:?}");
            pass(2).await;
        }
    }
}
