//! The lists of this API: what tells their entries apart, and what their pages hold.

use cloud_core::{ErrorKind, Fate, Listed};
use privatelink::{
    EndUserService, EndpointSecurityGroup, ListTagResourcesRequest, ListVpcEndpointConnectionsRequest,
    ListVpcEndpointSecurityGroupsRequest, ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceUsersRequest,
    ListVpcEndpointServicesByEndUserRequest, ListVpcEndpointZonesRequest, Reader, ServiceUser, UserListType,
    ZoneOfEndpoint,
};
use serde_json::{Value, json};

use crate::support::{Reply, Script, client, ok};
use crate::surface::{Given, methods};

#[tokio::test(start_paused = true)]
async fn one_load_balancer_in_two_zones_is_two_entries() {
    let resource = |zone: &str| json!({"ResourceId": "nlb-1", "ZoneId": zone});
    let script = Script::of([
        ok(&json!({"Resources": [resource("a")], "NextToken": "t"})),
        ok(&json!({"Resources": [resource("b")]})),
    ]);
    let request = ListVpcEndpointServiceResourcesRequest { service_id: "epsrv-1".to_owned() };
    let listed = Reader::new(&client(&script)).list_vpc_endpoint_service_resources(&request).await.unwrap();
    let zones: Vec<&str> = listed.items.iter().filter_map(|item| item.zone_id.as_deref()).collect();
    assert_eq!((zones, listed.total_count), (vec!["a", "b"], None));
    assert_eq!(script.parameters("MaxResults"), ["50", "50"]);
}

#[tokio::test(start_paused = true)]
async fn users_are_listed_in_the_spelling_asked_for() {
    let body = json!({
        "Users": [{"UserId": 1_234_567_890_123_456_789_i64}, {"UserId": "12"}],
        "UserARNs": [{"UserARN": "acs:ram:*:12:*"}, {"UserARN": "acs:ram:*:*:*"}],
        "TotalCount": "2",
    });
    let script = Script::of([ok(&body), ok(&body)]);
    let reader = Reader::new(&client(&script));
    let mut found = Vec::new();
    for user_list_type in [UserListType::Users, UserListType::UserArns] {
        let request = ListVpcEndpointServiceUsersRequest { service_id: "s".to_owned(), user_id: None, user_list_type };
        found.push(reader.list_vpc_endpoint_service_users(&request).await.unwrap().items);
    }
    let by_id = |id: &str| ServiceUser { user_id: Some(id.to_owned()), user_arn: None };
    let by_arn = |arn: &str| ServiceUser { user_id: None, user_arn: Some(arn.to_owned()) };
    assert_eq!(found[0], [by_id("1234567890123456789"), by_id("12")]);
    assert_eq!(found[1], [by_arn("acs:ram:*:12:*"), by_arn("acs:ram:*:*:*")]);
    assert_eq!(script.parameters("UserListType"), ["Users", "UserARNs"]);
}

#[tokio::test(start_paused = true)]
async fn connections_of_one_endpoint_to_two_services_are_two_entries() {
    let connection = |service: &str| json!({"ServiceId": service, "EndpointId": "ep-1", "EndpointOwnerId": 7});
    let body = json!({"Connections": [connection("a"), connection("b")], "TotalCount": "2"});
    let script = Script::of([ok(&body)]);
    let request = ListVpcEndpointConnectionsRequest::default();
    let listed = Reader::new(&client(&script)).list_vpc_endpoint_connections(&request).await.unwrap();
    assert_eq!((listed.items.len(), listed.total_count), (2, Some(2)));
    assert_eq!(listed.items[0].endpoint_owner_id.as_deref(), Some("7"));
}

#[tokio::test(start_paused = true)]
async fn tags_are_paged_without_a_page_size() {
    let tag =
        |key: &str| json!({"ResourceId": "s", "ResourceType": "vpcendpointservice", "TagKey": key, "TagValue": "v"});
    let script = Script::of([
        ok(&json!({"TagResources": [tag("a")], "NextToken": "t"})),
        ok(&json!({"TagResources": [tag("b")], "NextToken": ""})),
    ]);
    let request = ListTagResourcesRequest { resource_ids: vec!["s".to_owned()], ..Default::default() };
    let listed = Reader::new(&client(&script)).list_tag_resources(&request).await.unwrap();
    assert_eq!((listed.items.len(), listed.pages), (2, 2));
    assert_eq!(script.parameters("MaxResults"), ["-", "-"]);
    assert_eq!(script.parameters("ClientToken"), ["-", "-"], "it has no effect here");
}

/// Two pages of a list: entries, the list's name, and how many the answer says there are.
fn two_pages(name: &str, entries: [Value; 2], total: &Value) -> [Reply; 2] {
    let [first, second] = entries;
    [
        ok(&json!({name: [first], "NextToken": "t1", "TotalCount": total})),
        ok(&json!({name: [second], "NextToken": "", "TotalCount": total})),
    ]
}

fn wanted<T>(items: Vec<T>) -> Listed<T> {
    Listed { items, pages: 2, total_count: Some(2) }
}

#[tokio::test(start_paused = true)]
async fn the_zones_of_an_endpoint_are_read_over_two_pages() {
    let zone = |id: &str| json!({"ZoneId": id, "ZoneStatus": "Connected"});
    let script = Script::of(two_pages("Zones", [zone("a"), zone("b")], &json!(2)));
    let request = ListVpcEndpointZonesRequest { endpoint_id: "ep-1".to_owned() };
    let listed = Reader::new(&client(&script)).list_vpc_endpoint_zones(&request).await.unwrap();
    let zone = |id: &str| ZoneOfEndpoint {
        zone_id: Some(id.to_owned()),
        zone_status: Some("Connected".to_owned()),
        ..Default::default()
    };
    assert_eq!(listed, wanted(vec![zone("a"), zone("b")]));
    assert_eq!((script.parameters("NextToken"), script.parameters("EndpointId")[1].as_str()), (pages(), "ep-1"));
}

#[tokio::test(start_paused = true)]
async fn the_security_groups_of_an_endpoint_are_read_over_two_pages() {
    let group = |id: &str| json!({"SecurityGroupId": id, "SecurityGroupStatus": "Attached"});
    let script = Script::of(two_pages("SecurityGroups", [group("sg-1"), group("sg-2")], &json!(2)));
    let request = ListVpcEndpointSecurityGroupsRequest { endpoint_id: "ep-1".to_owned() };
    let listed = Reader::new(&client(&script)).list_vpc_endpoint_security_groups(&request).await.unwrap();
    let group = |id: &str| EndpointSecurityGroup {
        security_group_id: Some(id.to_owned()),
        security_group_status: Some("Attached".to_owned()),
    };
    assert_eq!(listed, wanted(vec![group("sg-1"), group("sg-2")]));
    assert_eq!((script.parameters("NextToken"), script.parameters("EndpointId")[1].as_str()), (pages(), "ep-1"));
}

#[tokio::test(start_paused = true)]
async fn services_on_offer_are_read_over_two_pages_whose_total_is_a_text() {
    let service = |id: &str| json!({"ServiceId": id, "Zones": ["a"]});
    let script = Script::of(two_pages("Services", [service("epsrv-1"), service("epsrv-2")], &json!("2")));
    let request =
        ListVpcEndpointServicesByEndUserRequest { service_type: Some("Interface".to_owned()), ..Default::default() };
    let listed = Reader::new(&client(&script)).list_vpc_endpoint_services_by_end_user(&request).await.unwrap();
    let service = |id: &str| EndUserService {
        service_id: Some(id.to_owned()),
        zones: vec!["a".to_owned()],
        ..Default::default()
    };
    assert_eq!(listed, wanted(vec![service("epsrv-1"), service("epsrv-2")]));
    assert_eq!((script.parameters("NextToken"), script.parameters("ServiceType")[1].as_str()), (pages(), "Interface"));
}

fn pages() -> Vec<String> {
    vec!["-".to_owned(), "t1".to_owned()]
}

/// What is said of a list that has the same entry on both pages, and of one that is short in another way at each reading.
async fn complaints(method: &str, name: &str, entry: Value) -> [String; 2] {
    let twice = two_pages(name, [entry.clone(), entry.clone()], &json!(2));
    let one = || ok(&json!({name: [entry], "TotalCount": "2"}));
    let short = [one(), ok(&json!({name: [], "TotalCount": "2"})), one()];
    let mut complaints = Vec::new();
    for replies in [Vec::from(twice), Vec::from(short)] {
        let method = methods().into_iter().find(|known| known.name == method).unwrap();
        let error = method.call(client(&Script::of(replies)), Given::Required).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
        complaints.push(error.message().unwrap().trim_start_matches("failed to read the whole list: ").to_owned());
    }
    complaints.try_into().unwrap()
}

#[tokio::test(start_paused = true)]
async fn no_list_of_a_consumer_is_silently_long_or_short() {
    let short = "1 entries came, fewer than counted, and other ones in each of 3 readings";
    let zones = complaints("list_vpc_endpoint_zones", "Zones", json!({"ZoneId": "a"})).await;
    assert_eq!(zones, ["a came twice", short]);
    let group = json!({"SecurityGroupId": "sg-1"});
    let groups = complaints("list_vpc_endpoint_security_groups", "SecurityGroups", group).await;
    assert_eq!(groups, ["sg-1 came twice", short]);
    let service = json!({"ServiceId": "epsrv-1"});
    let services = complaints("list_vpc_endpoint_services_by_end_user", "Services", service).await;
    assert_eq!(services, ["epsrv-1 came twice", short]);
}
