//! Zones of an endpoint, from both sides.

use futures::future::join;
use privatelink_sim::{
    AccessKey, Account, BusinessStatus, CloseWithoutMigration, DEFAULT_CONSUMER, DEFAULT_PROVIDER, LoadBalancer,
    MigratingShows, MigrationEnds, Span, Switch,
};
use serde_json::{Value, json};

use crate::sides::Sides;
use crate::support::{REGION, ZONE_I, ZONE_J, pass};

const ADD: &str = "AddZoneToVpcEndpoint";
const REMOVE: &str = "RemoveZoneFromVpcEndpoint";
const ENABLE: &str = "EnableVpcEndpointZoneConnection";
const DISABLE: &str = "DisableVpcEndpointZoneConnection";
const ASSIGN: &str = "UpdateVpcEndpointZoneConnectionResourceAttribute";
const IN_J: [(&str, &str); 2] = [("ZoneId", ZONE_J), ("VSwitchId", "vsw-2")];

/// The service has `nlb-a` in both zones; the endpoint is in one of them, `Active`.
async fn in_one_zone() -> (Sides, String) {
    let sides = Sides::new().await;
    let attach =
        [("ServiceId", sides.service.as_str()), ("ResourceType", "nlb"), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_J)];
    assert_eq!(sides.provider.call("AttachResourceToVpcEndpointService", &attach).await.code(), "good");
    let id = sides.connect().await;
    pass(10).await;
    (sides, id)
}

/// The same, connected.
async fn connected() -> (Sides, String) {
    let (sides, id) = in_one_zone().await;
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    pass(10).await;
    (sides, id)
}

fn zone(id: &str, status: &str) -> (String, String) {
    (id.to_owned(), status.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_zone_is_added_waits_and_is_removed() {
    let (sides, id) = in_one_zone().await;
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Wait")]);
    assert_eq!(sides.consume(ADD, &id, &IN_J).await, "good");
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Wait"), zone(ZONE_J, "Creating")]);
    pass(5).await;
    let listed = sides.consumer.call("ListVpcEndpointZones", &[("EndpointId", &id), ("MaxResults", "1")]).await;
    let expected = json!({
        "RequestId": listed.text("RequestId"), "NextToken": listed.text("NextToken"), "MaxResults": 1, "TotalCount": 2,
        "Zones": [{
            "ZoneId": ZONE_I, "ZoneStatus": "Wait", "VSwitchId": "vsw-1", "EniId": format!("eni-{id}-1"),
            "EniIp": "10.0.0.10", "RegionId": REGION,
            "ZoneDomain": format!("{id}-{ZONE_I}.{}.{REGION}.privatelink.aliyuncs.com", sides.service),
        }],
    });
    assert_eq!(listed.body, expected);
    assert_eq!(sides.consume(REMOVE, &id, &IN_J[..1]).await, "good");
    assert_eq!(sides.zones(&id).await[1], zone(ZONE_J, "Deleting"));
    pass(5).await;
    assert_eq!(sides.consume(REMOVE, &id, &IN_J[..1]).await, "EndpointZoneNotFound");
    assert_eq!(sides.consume("DeleteVpcEndpoint", &id, &[]).await, "EndpointDependenceViolation");
    assert_eq!(sides.consume(REMOVE, &id, &[("ZoneId", ZONE_I)]).await, "good");
    pass(5).await;
    assert_eq!(sides.consume("DeleteVpcEndpoint", &id, &[]).await, "good", "its zones are gone");
}

#[tokio::test(start_paused = true)]
async fn a_zone_added_to_a_connected_endpoint_is_connected_and_uses_a_resource() {
    let (sides, id) = connected().await;
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Connected")]);
    assert_eq!(sides.consume(ADD, &id, &IN_J).await, "good");
    pass(5).await;
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Connected"), zone(ZONE_J, "Connected")]);
    let detach = [("ServiceId", sides.service.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_J)];
    let reply = sides.provider.call("DetachResourceFromVpcEndpointService", &detach).await;
    assert_eq!(reply.code(), "EndpointServiceConnectionDependence");
    assert_eq!(sides.call("DisableVpcEndpointConnection", &id, &[]).await, "good");
    assert_eq!(sides.zones(&id).await[0], zone(ZONE_I, "Disconnecting"));
    pass(10).await;
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Disconnected"), zone(ZONE_J, "Disconnected")]);
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    pass(10).await;
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Connected"), zone(ZONE_J, "Connected")]);
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_adding_and_removing_has_its_code() {
    let (sides, id) = in_one_zone().await;
    let with = |name: &'static str, value: &'static str| {
        let kept = IN_J.into_iter().filter(move |pair| pair.0 != name);
        kept.chain([(name, value)]).collect::<Vec<_>>()
    };
    assert_eq!(sides.consume(ADD, "ep-none", &IN_J).await, "EndpointNotFound");
    for (params, expected) in [
        (with("ZoneId", ""), "MissingParam.ZoneId"),
        (with("VSwitchId", ""), "MissingParam.VSwitchId"),
        (with("ZoneId", ZONE_I), "EndpointZoneDuplicated"),
        (with("ZoneId", "cn-hangzhou-x"), "EndpointServiceNotSupportedZone"),
        (with("VSwitchId", "switch"), "VSwitchNotFound"),
        (with("ip", "10.0.0"), "EniIpUnavailable"),
        (with("Ipv6Address", "2001:db8::1"), "IllegalParamFormat.Ipv6Address"),
        (with("DryRun", "true"), "DryRunOperation"),
    ] {
        assert_eq!(sides.consume(ADD, &id, &params).await, expected, "{params:?}");
    }
    sides.simulator.change_config(|config| config.quotas.zones_per_endpoint = 1);
    assert_eq!(sides.consume(ADD, &id, &IN_J).await, "QuotaMisMatched");
    sides.simulator.change_config(|config| config.quotas.zones_per_endpoint = 10);
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    assert_eq!(sides.consume(ADD, &id, &IN_J).await, "EndpointConnectionOperationDenied");
    assert_eq!(sides.consume(REMOVE, &id, &[("ZoneId", ZONE_I)]).await, "EndpointConnectionOperationDenied");
    pass(10).await;
    assert_eq!(sides.consume(REMOVE, &id, &[("ZoneId", ZONE_I)]).await, "good");
    assert_eq!(sides.consume(REMOVE, &id, &[("ZoneId", ZONE_I)]).await, "EndpointOperationDenied");
    assert!(sides.simulator.delete_service(&sides.service));
    pass(10).await;
    assert_eq!(sides.consume(ADD, &id, &IN_J).await, "EndpointServiceDeleted");
}

#[tokio::test(start_paused = true)]
async fn calls_about_one_endpoint_must_not_overlap() {
    let (sides, id) = in_one_zone().await;
    let group = [("SecurityGroupId", "sg-2")];
    let (first, second) =
        join(sides.consume(ADD, &id, &IN_J), sides.consume("AttachSecurityGroupToVpcEndpoint", &id, &group)).await;
    assert_eq!((first.as_str(), second.as_str()), ("good", "ConcurrentCallNotSupported"));
}

#[tokio::test(start_paused = true)]
async fn the_provider_cuts_and_accepts_one_zone() {
    let (sides, id) = connected().await;
    assert_eq!(sides.consume(ADD, &id, &IN_J).await, "good");
    pass(5).await;
    let in_i = [("ZoneId", ZONE_I)];
    assert_eq!(sides.call(ENABLE, &id, &in_i).await, "IncorrectStatus.VpcEndpointZone");
    assert_eq!(sides.call(DISABLE, &id, &in_i).await, "good");
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Disconnecting"), zone(ZONE_J, "Connected")]);
    pass(5).await;
    assert_eq!(sides.zones(&id).await[0], zone(ZONE_I, "Disconnected"));
    assert_eq!(sides.status(&id).await, "Connected", "the connection as a whole stays");
    assert_eq!(sides.call(DISABLE, &id, &in_i).await, "IncorrectStatus.VpcEndpointZone");
    assert_eq!(sides.call(ENABLE, &id, &in_i).await, "good");
    assert_eq!(sides.zones(&id).await[0], zone(ZONE_I, "Connecting"));
    pass(5).await;
    assert_eq!(sides.zones(&id).await[0], zone(ZONE_I, "Connected"));
    let shown = sides.connections(&[("EndpointId", &id)]).await;
    assert_eq!(shown[0]["Zones"][0]["ResourceId"], "nlb-a", "a resource again");
}

#[tokio::test(start_paused = true)]
async fn what_a_zone_call_does_not_find_or_bear_has_its_code_and_status() {
    let (sides, id) = in_one_zone().await;
    let other = sides.provider.create_active().await;
    let call = async |service: &str, endpoint: &str, zone: &str| {
        let params = [("ServiceId", service), ("EndpointId", endpoint), ("ZoneId", zone)];
        let reply = sides.provider.call(DISABLE, &params).await;
        (reply.status, reply.code().to_owned())
    };
    let service = sides.service.clone();
    let expected = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(call("epsrv-none", &id, ZONE_I).await, expected(400, "EndpointServiceNotFound"));
    assert_eq!(call(&service, "ep-none", ZONE_I).await, expected(404, "ResourceNotFound.VpcEndpoint"));
    assert_eq!(call(&other, &id, ZONE_I).await, expected(400, "EndpointConnectionNotFound"));
    assert_eq!(call(&service, &id, ZONE_J).await, expected(404, "ResourceNotFound.VpcEndpointZone"));
    assert_eq!(call(&service, &id, ZONE_I).await, expected(400, "IncorrectStatus.VpcEndpointConnection"));
    let update = [("ServiceId", service.as_str()), ("ServiceDescription", "new")];
    assert_eq!(sides.provider.call("UpdateVpcEndpointServiceAttribute", &update).await.code(), "good");
    assert_eq!(call(&service, &id, ZONE_I).await, expected(400, "IncorrectStatus.VpcEndpointService"));
    sides.provider.settle(&service).await;
    let group = [("SecurityGroupId", "sg-2")];
    assert_eq!(sides.consume("AttachSecurityGroupToVpcEndpoint", &id, &group).await, "good");
    assert_eq!(call(&service, &id, ZONE_I).await, expected(400, "IncorrectStatus.VpcEndpoint"));
    let locked = |id: &str, key: &str| Account {
        business_status: BusinessStatus::FinancialLocked,
        ..Account::new(id, AccessKey::new(format!("sim-{key}-key"), format!("sim-{key}-secret")))
    };
    sides.simulator.put_account(locked(DEFAULT_CONSUMER, "consumer"));
    assert_eq!(call(&service, &id, ZONE_I).await, expected(400, "IncorrectBusinessStatus.VpcEndpoint"));
    sides.simulator.put_account(locked(DEFAULT_PROVIDER, "provider"));
    assert_eq!(call(&service, &id, ZONE_I).await, expected(400, "IncorrectBusinessStatus.VpcEndpointService"));
}

/// A service of two classic load balancers in one zone, an endpoint there, and the privilege to assign resources.
async fn with_two_resources() -> (Sides, String) {
    let mut sides = Sides::new().await;
    sides.simulator.seed_load_balancer(LoadBalancer::new("lb-b", "slb", REGION, &[ZONE_I]));
    sides.simulator.seed_load_balancer(LoadBalancer::new("lb-j", "slb", REGION, &[ZONE_J]));
    let reply = sides.provider.call("CreateVpcEndpointService", &[("ServiceResourceType", "slb")]).await;
    sides.service = reply.text("ServiceId").to_owned();
    for resource in ["lb-a", "lb-b", "lb-j"] {
        sides.provider.settle(&sides.service).await;
        let attach = [("ServiceId", sides.service.as_str()), ("ResourceType", "slb"), ("ResourceId", resource)];
        assert_eq!(sides.provider.call("AttachResourceToVpcEndpointService", &attach).await.code(), "good");
    }
    sides.provider.settle(&sides.service).await;
    let user = [("ServiceId", sides.service.as_str()), ("UserId", DEFAULT_CONSUMER)];
    assert_eq!(sides.provider.call("AddUserToVpcEndpointService", &user).await.code(), "good");
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    sides.simulator.put_account(Account { resources_by_hand: Switch::On, ..Account::new(DEFAULT_PROVIDER, key) });
    let id = sides.connect().await;
    pass(10).await;
    (sides, id)
}

async fn assign(sides: &Sides, id: &str, more: &[(&str, &str)]) -> String {
    let code = sides.call(ASSIGN, id, &[&[("ZoneId", ZONE_I)], more].concat()).await;
    if code == "good" {
        assert_eq!(sides.provider.status(&sides.service).await, "Pending");
        sides.provider.settle(&sides.service).await;
        pass(5).await;
    }
    code
}

async fn shown_zone(sides: &Sides, id: &str) -> Value {
    sides.connections(&[("EndpointId", id)]).await[0]["Zones"][0].clone()
}

const LB_B: [(&str, &str); 2] = [("ResourceId", "lb-b"), ("ResourceType", "slb")];

#[tokio::test(start_paused = true)]
async fn a_resource_assigned_by_hand_serves_the_zone_and_moves_gracefully_or_by_force() {
    let (sides, id) = with_two_resources().await;
    let manual = [("ResourceAllocateMode", "Manual"), LB_B[0], LB_B[1]];
    assert_eq!(assign(&sides, &id, &manual).await, "good");
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    pass(10).await;
    assert_eq!(shown_zone(&sides, &id).await["ResourceId"], "lb-b");
    assert_eq!(assign(&sides, &id, &manual).await, "EndpointConnectionOperationDenied", "not while connected");
    let to_a = [("ResourceReplaceMode", "Graceful"), ("ResourceId", "lb-a"), ("ResourceType", "slb")];
    assert_eq!(assign(&sides, &id, &to_a).await, "OperationDenied.CurrentResourceAutoAllocated");
    let by_hand = [("ServiceId", sides.service.as_str()), ("ResourceId", "lb-b"), ("AutoAllocatedEnabled", "false")];
    assert_eq!(sides.provider.call("UpdateVpcEndpointServiceResourceAttribute", &by_hand).await.code(), "good");
    sides.provider.settle(&sides.service).await;
    assert_eq!(assign(&sides, &id, &to_a).await, "good");
    let moved = shown_zone(&sides, &id).await;
    let names = ["ResourceId", "ZoneStatus", "ReplacedResourceId", "EniId", "ReplacedEniId"];
    let eni = |n: u32| format!("eni-{id}-{n}");
    // The assignment used up a number of its own.
    assert_eq!(names.map(|name| moved[name].clone()), ["lb-a", "Migrated", "lb-b", &eni(3), &eni(1)].map(Value::from));
    assert_eq!(sides.connections(&[("ReplacedResourceId", "lb-b")]).await.len(), 1);
    let listed = sides.provider.call("ListVpcEndpointServiceResources", &[("ServiceId", &sides.service)]).await;
    let counts = |n: usize| {
        let entry = &listed.list("Resources")[n];
        (entry["RelatedEndpointCount"].clone(), entry["RelatedDeprecatedEndpointCount"].clone())
    };
    assert_eq!([counts(0), counts(1)], [(json!(1), json!(0)), (json!(0), json!(1))]);
    let finish = [("ZoneId", ZONE_I), ("ReplacedResource", "true")];
    assert_eq!(sides.call(DISABLE, &id, &finish).await, "good");
    let rested = shown_zone(&sides, &id).await;
    assert_eq!((&rested["ZoneStatus"], rested.get("ReplacedResourceId")), (&json!("Connected"), None));
    assert_eq!(sides.call(DISABLE, &id, &finish).await, "IncorrectStatus.VpcEndpointZone");
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_assigning_has_its_code() {
    let (sides, id) = with_two_resources().await;
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[], "MissingParam.ResourceAllocateMode"),
        (&[("ResourceAllocateMode", "Any")], "IllegalParam.ResourceAllocateMode"),
        (&[("ResourceReplaceMode", "Any")], "IllegalParam.ResourceReplaceMode"),
        (&[("ResourceAllocateMode", "Manual")], "MissingParam.ResourceId"),
        (&[("ResourceAllocateMode", "Manual"), LB_B[0]], "MissingParam.ResourceType"),
        (
            &[("ResourceAllocateMode", "Manual"), LB_B[0], ("ResourceType", "nlb")],
            "EndpointServiceResourceTypeNotSupport",
        ),
        (&[("ResourceAllocateMode", "Manual"), ("ResourceId", "lb-none"), LB_B[1]], "EndpointServiceResourceNotFound"),
        (&[("ResourceAllocateMode", "Manual"), ("ResourceId", "lb-j"), LB_B[1]], "Mismatch.ZoneId"),
        (&[("ResourceReplaceMode", "Force"), LB_B[0], LB_B[1]], "EndpointConnectionOperationDenied"),
        (&[("ResourceAllocateMode", "Auto"), ("ZoneId", "cn-hangzhou-x")], "EndpointZoneNotFound"),
        (&[("ResourceAllocateMode", "Auto"), ("DryRun", "true")], "DryRunOperation"),
        (&[("ResourceAllocateMode", "Auto")], "good"),
    ];
    for (params, expected) in cases {
        let zone = params.iter().find(|pair| pair.0 == "ZoneId").copied().unwrap_or(("ZoneId", ZONE_I));
        let code = sides.call(ASSIGN, &id, &[*params, &[zone]].concat()).await;
        assert_eq!(code, *expected, "{params:?}");
    }
    assert_eq!(
        sides.call(ASSIGN, &id, &[("ZoneId", ZONE_I), ("ResourceAllocateMode", "Auto")]).await,
        "EndpointServiceLocked"
    );
    sides.provider.settle(&sides.service).await;
    sides
        .simulator
        .put_account(Account::new(DEFAULT_PROVIDER, AccessKey::new("sim-provider-key", "sim-provider-secret")));
    assert_eq!(assign(&sides, &id, &[("ResourceAllocateMode", "Auto")]).await, "ZoneOperationDenied");
}

const TO_B: [(&str, &str); 4] =
    [("ZoneId", ZONE_I), ("ResourceReplaceMode", "Graceful"), ("ResourceId", "lb-b"), ("ResourceType", "slb")];

/// The endpoint is connected over `lb-a`, which is given out no longer.
async fn about_to_move() -> (Sides, String) {
    let (sides, id) = with_two_resources().await;
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    pass(10).await;
    let by_hand = [("ServiceId", sides.service.as_str()), ("ResourceId", "lb-a"), ("AutoAllocatedEnabled", "false")];
    assert_eq!(sides.provider.call("UpdateVpcEndpointServiceResourceAttribute", &by_hand).await.code(), "good");
    sides.provider.settle(&sides.service).await;
    (sides, id)
}

/// `RelatedEndpointCount` and `RelatedDeprecatedEndpointCount` of `lb-a`.
async fn users_of_a(sides: &Sides) -> (Value, Value) {
    let listed = sides.provider.call("ListVpcEndpointServiceResources", &[("ServiceId", &sides.service)]).await;
    let entry = &listed.list("Resources")[0];
    (entry["RelatedEndpointCount"].clone(), entry["RelatedDeprecatedEndpointCount"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_migration_shows_the_old_resource_until_it_is_done_and_closes_by_itself_where_that_is_guessed() {
    let (sides, id) = about_to_move().await;
    sides.simulator.change_config(|config| {
        config.timers.migration = Span::secs(20, 20);
        config.guesses.migration.shows = MigratingShows::Old;
        config.guesses.migration.ends = MigrationEnds::ByItself;
        config.guesses.migration.departed_are_related = Switch::On;
    });
    assert_eq!(sides.call(ASSIGN, &id, &TO_B).await, "good");
    let shown = async || {
        let zone = shown_zone(&sides, &id).await;
        ["ZoneStatus", "ResourceId", "ReplacedResourceId"].map(|name| zone.get(name).cloned().unwrap_or_default())
    };
    assert_eq!(shown().await, [json!("Migrating"), json!("lb-a"), Value::Null]);
    assert_eq!(users_of_a(&sides).await, (json!(1), json!(0)));
    pass(20).await;
    assert_eq!(shown().await, ["Migrated", "lb-b", "lb-a"].map(Value::from));
    assert_eq!(users_of_a(&sides).await, (json!(1), json!(1)));
    let detach = [("ServiceId", sides.service.as_str()), ("ResourceId", "lb-a")];
    let detach = async || sides.provider.call("DetachResourceFromVpcEndpointService", &detach).await.code().to_owned();
    assert_eq!(detach().await, "EndpointServiceConnectionDependence", "the old side is open");
    pass(20).await;
    assert_eq!(shown().await, [json!("Connected"), json!("lb-b"), Value::Null]);
    assert_eq!(users_of_a(&sides).await, (json!(0), json!(0)));
    assert_eq!(detach().await, "good");
    assert_eq!(sides.simulator.unserved(), [], "some zone served it all the time");
}

#[tokio::test(start_paused = true)]
async fn closing_the_old_side_of_a_zone_that_has_none_cuts_it_where_that_is_guessed() {
    let (sides, id) = about_to_move().await;
    let close = [("ZoneId", ZONE_I), ("ReplacedResource", "true")];
    assert_eq!(sides.call(DISABLE, &id, &close).await, "IncorrectStatus.VpcEndpointZone");
    sides.simulator.change_config(|config| {
        config.guesses.migration.close_without_migration = CloseWithoutMigration::Cuts;
    });
    assert_eq!(sides.simulator.unserved(), []);
    assert_eq!(sides.call(DISABLE, &id, &close).await, "good");
    assert_eq!(sides.zones(&id).await, [zone(ZONE_I, "Disconnecting")]);
    let unserved: Vec<_> =
        sides.simulator.unserved().into_iter().map(|one| (one.endpoint_id, one.service_id)).collect();
    assert_eq!(unserved, [(id, sides.service.clone())]);
}

#[tokio::test(start_paused = true)]
async fn a_forced_move_interrupts_and_an_account_without_the_privilege_gets_the_code_that_is_guessed() {
    let (sides, id) = about_to_move().await;
    let force = [TO_B[0], ("ResourceReplaceMode", "Force"), TO_B[2], TO_B[3]];
    assert_eq!(sides.call(ASSIGN, &id, &force).await, "good");
    assert_eq!(sides.simulator.unserved().len(), 1);
    sides.provider.settle(&sides.service).await;
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    sides.simulator.put_account(Account::new(DEFAULT_PROVIDER, key));
    sides.simulator.change_config(|config| config.guesses.migration.refusal = "PrivilegeMissing".to_owned());
    assert_eq!(sides.call(ASSIGN, &id, &TO_B).await, "PrivilegeMissing");
}
