//! Attributes and security groups of an endpoint.

use privatelink_sim::{AccessKey, Account, BusinessStatus, DEFAULT_CONSUMER, Switch};
use serde_json::{Value, json};

use crate::sides::Sides;
use crate::support::pass;

const UPDATE: &str = "UpdateVpcEndpointAttribute";
const ATTACH: &str = "AttachSecurityGroupToVpcEndpoint";
const DETACH: &str = "DetachSecurityGroupFromVpcEndpoint";

async fn endpoint(sides: &Sides, id: &str) -> Value {
    sides.consumer.call("GetVpcEndpointAttribute", &[("EndpointId", id)]).await.body
}

#[tokio::test(start_paused = true)]
async fn what_is_given_changes_and_what_is_not_stays() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    assert_eq!(sides.consume(UPDATE, &id, &[]).await, "EndpointOperationDenied", "while Creating");
    pass(10).await;
    let mut expected = endpoint(&sides, &id).await;
    let changes = [("EndpointName", "ab"), ("EndpointDescription", "what it is"), ("ZoneAffinityEnabled", "True")];
    assert_eq!(sides.consume(UPDATE, &id, &changes).await, "good");
    let got = endpoint(&sides, &id).await;
    expected["RequestId"] = got["RequestId"].clone();
    for (name, value) in [
        ("EndpointName", json!("ab")),
        ("EndpointDescription", json!("what it is")),
        ("ZoneAffinityEnabled", json!(true)),
    ] {
        expected[name] = value;
    }
    assert_eq!(got, expected);
    assert_eq!(sides.consume(UPDATE, &id, &[("EndpointDescription", "")]).await, "good", "cleared");
    assert_eq!(endpoint(&sides, &id).await["EndpointDescription"], "");
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_an_update_has_its_code() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    pass(10).await;
    let update = async |name, value| sides.consume(UPDATE, &id, &[(name, value)]).await;
    assert_eq!(sides.consume(UPDATE, "ep-none", &[]).await, "EndpointNotFound");
    assert_eq!(update("EndpointName", "1st").await, "IllegalParamFormat.EndpointName");
    assert_eq!(update("AddressIpVersion", "IPv6").await, "IllegalParamFormat.AddressIpVersion");
    assert_eq!(update("AddressIpVersion", "DualStack").await, "EndpointOperationDenied");
    assert_eq!(update("PolicyDocument", "{}").await, "OperationDenied.EndpointPolicyNotSupport");
    assert_eq!(update("ResetPolicy", "true").await, "OperationDenied.EndpointPolicyNotSupport");
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    assert_eq!(update("EndpointName", "ab").await, "EndpointConnectionOperationDenied");
    pass(10).await;
    let key = AccessKey::new("sim-consumer-key", "sim-consumer-secret");
    let locked = BusinessStatus::FinancialLocked;
    sides.simulator.put_account(Account { business_status: locked, ..Account::new(DEFAULT_CONSUMER, key.clone()) });
    assert_eq!(update("EndpointName", "ab").await, "EndpointLocked");
    sides.simulator.put_account(Account::new(DEFAULT_CONSUMER, key));
    assert!(sides.simulator.delete_service(&sides.service));
    pass(10).await;
    assert_eq!(update("EndpointName", "ab").await, "EndpointServiceDeleted");
}

#[tokio::test(start_paused = true)]
async fn policies_are_kept_and_reset_where_they_are_switched_on() {
    let sides = Sides::new().await;
    sides.simulator.change_config(|config| config.guesses.endpoint_policies = Switch::On);
    let id = sides.connect().await;
    pass(10).await;
    let policy = "{\"Version\":\"1\"}";
    assert_eq!(sides.consume(UPDATE, &id, &[("PolicyDocument", "[]")]).await, "IllegalParamFormat.PolicyDocument");
    assert_eq!(sides.consume(UPDATE, &id, &[("PolicyDocument", policy)]).await, "good");
    assert_eq!(endpoint(&sides, &id).await["PolicyDocument"], policy);
    assert_eq!(sides.consume(UPDATE, &id, &[("ResetPolicy", "true")]).await, "good");
    assert_eq!(endpoint(&sides, &id).await.get("PolicyDocument"), None);
}

#[tokio::test(start_paused = true)]
async fn a_protected_endpoint_bears_no_change() {
    let sides = Sides::new().await;
    let protected = [sides.endpoint_in_zone_i(), vec![("ProtectedEnabled", "true")]].concat();
    let id = sides.consumer.call("CreateVpcEndpoint", &protected).await.text("EndpointId").to_owned();
    pass(10).await;
    let zone = [("ZoneId", "cn-hangzhou-i"), ("VSwitchId", "vsw-1")];
    for (action, more) in [
        (UPDATE, &zone[..0]),
        ("AddZoneToVpcEndpoint", &zone),
        ("RemoveZoneFromVpcEndpoint", &zone),
        ("DeleteVpcEndpoint", &[]),
    ] {
        assert_eq!(sides.consume(action, &id, more).await, "EndpointProtected", "{action}");
    }
}

async fn groups(sides: &Sides, id: &str) -> Vec<(String, String)> {
    let reply = sides.consumer.call("ListVpcEndpointSecurityGroups", &[("EndpointId", id)]).await;
    let text = |group: &Value, name: &str| group[name].as_str().unwrap().to_owned();
    let shown = reply.list("SecurityGroups").iter();
    shown.map(|group| (text(group, "SecurityGroupId"), text(group, "SecurityGroupStatus"))).collect()
}

fn group(id: &str, status: &str) -> (String, String) {
    (id.to_owned(), status.to_owned())
}

#[tokio::test(start_paused = true)]
async fn security_groups_come_and_go_while_the_endpoint_is_pending() {
    let sides = Sides::new().await;
    let id = sides.connect().await;
    assert_eq!(groups(&sides, &id).await, [group("sg-1", "Attaching")]);
    pass(10).await;
    assert_eq!(sides.consume(ATTACH, &id, &[("SecurityGroupId", "sg-2")]).await, "good");
    assert_eq!(endpoint(&sides, &id).await["EndpointStatus"], "Pending");
    assert_eq!(sides.consume(UPDATE, &id, &[]).await, "EndpointOperationDenied");
    assert_eq!(groups(&sides, &id).await, [group("sg-1", "Attached"), group("sg-2", "Attaching")]);
    pass(5).await;
    assert_eq!(endpoint(&sides, &id).await["EndpointStatus"], "Active");
    assert_eq!(sides.consume(ATTACH, &id, &[("SecurityGroupId", "sg-2")]).await, "SecurityGroupExist");
    assert_eq!(sides.consume(ATTACH, &id, &[("SecurityGroupId", "group")]).await, "SecurityGroupNotFound");
    assert_eq!(sides.consume(DETACH, &id, &[("SecurityGroupId", "sg-3")]).await, "SecurityGroupNotFound");
    assert_eq!(sides.consume(DETACH, &id, &[("SecurityGroupId", "sg-1")]).await, "good");
    assert_eq!(groups(&sides, &id).await, [group("sg-1", "Detaching"), group("sg-2", "Attached")]);
    pass(5).await;
    assert_eq!(groups(&sides, &id).await, [group("sg-2", "Attached")]);
    assert_eq!(sides.consume(DETACH, &id, &[("SecurityGroupId", "sg-2")]).await, "EndpointMustContainSecurityGroup");
    let whole = sides.consumer.call("ListVpcEndpointSecurityGroups", &[("EndpointId", &id)]).await.body;
    assert_eq!((&whole["TotalCount"], &whole["MaxResults"]), (&json!(1), &json!(50)));
}
