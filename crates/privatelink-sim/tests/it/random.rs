//! Whatever comes, the answer is an envelope, and the world comes to rest.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::sign;
use http::Request;
use privatelink::Operation;
use privatelink_sim::{AccessKey, Account, Config, DEFAULT_PROVIDER, Simulator, Switch};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::config;

/// What a caller in his right mind would send, so that random calls get somewhere.
const USUAL: &[(&str, &str)] = &[
    ("RegionId", "cn-hangzhou"),
    ("ServiceId", "@service"),
    ("EndpointId", "@endpoint"),
    ("ResourceType", "nlb"),
    ("ResourceId", "nlb-a"),
    ("ZoneId", "cn-hangzhou-i"),
    ("VpcId", "vpc-1"),
    ("SecurityGroupId.1", "sg-1"),
    ("Zone.1.ZoneId", "cn-hangzhou-i"),
    ("Zone.1.VSwitchId", "vsw-1"),
    ("ServiceResourceType", "nlb"),
    ("Resource.1.ResourceType", "nlb"),
    ("Resource.1.ResourceId", "nlb-a"),
    ("Resource.1.ZoneId", "cn-hangzhou-i"),
    ("UserId", "1111222233334444"),
    ("AutoAllocatedEnabled", "true"),
    ("Tag.1.Key", "k"),
    ("Tag.1.Value", "v"),
    ("TagKey.1", "k"),
    ("VSwitchId", "vsw-1"),
    ("SecurityGroupId", "sg-2"),
    ("ResourceAllocateMode", "Auto"),
];

/// The same for the operations that call things otherwise.
fn usual_of(action: &str) -> &'static [(&'static str, &'static str)] {
    match action {
        "TagResources" | "UntagResources" | "ListTagResources" => {
            &[("ResourceType", "vpcendpointservice"), ("ResourceId.1", "@service")]
        }
        "ChangeResourceGroup" => {
            &[("ResourceType", "VpcEndpointService"), ("ResourceId", "@service"), ("ResourceGroupId", "rg-x")]
        }
        "AttachResourceToVpcEndpointService" => &[("ResourceId", "nlb-b")],
        "AddZoneToVpcEndpoint" => &[("ZoneId", "cn-hangzhou-j")],
        "DescribeRegions" | "DescribeZones" => &[("ServiceResourceType", "alb")],
        _ => &[],
    }
}

const NAMES: &[&str] = &[
    "RegionId",
    "ServiceId",
    "EndpointId",
    "ReplacedResource",
    "ResourceAllocateMode",
    "ResourceReplaceMode",
    "ServiceRegionId",
    "SecurityGroupId",
    "VSwitchId",
    "ip",
    "PolicyDocument",
    "ResourceType",
    "ResourceId",
    "ResourceId.1",
    "ZoneId",
    "ClientToken",
    "DryRun",
    "MaxResults",
    "NextToken",
    "Bandwidth",
    "TrafficControlMode",
    "Payer",
    "AddressIpVersion",
    "AutoAcceptEnabled",
    "ConnectBandwidth",
    "AddSupportedRegionSet.1",
    "DeleteSupportedRegionSet.1",
    "SupportedRegionList.2",
    "Resource.2.ResourceId",
    "Tag.2.Key",
    "Tag.0.Key",
    "Tag.99999999999.Key",
    "UserARN",
    "UserListType",
    "All",
    "ServiceName",
    "ResourceGroupId",
];

const VALUES: &[&str] = &[
    "",
    "true",
    "False",
    "0",
    "1",
    "-1",
    "50",
    "9223372036854775808",
    "nlb",
    "slb",
    "alb-a",
    "nlb-b",
    "cn-beijing",
    "cn-hangzhou-j",
    "@service",
    "@endpoint",
    "vpcendpointservice",
    "VpcEndpoint",
    "acs:ram:*:5555666677778888:*",
    "rg-x",
    "sg-1",
    "Manual",
    "Graceful",
    "Force",
    "{}",
    "日本 %",
];

#[derive(Clone, Debug)]
struct Step {
    action: &'static str,
    changes: Vec<(&'static str, String)>,
    pause: u64,
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![4 => prop::sample::select(VALUES).prop_map(str::to_owned), 1 => ".{0,40}"];
    let changes = vec((prop::sample::select(NAMES), value), 0..4);
    let operations: Vec<Operation> = Operation::ALL.to_vec();
    let action = prop::sample::select(operations).prop_map(Operation::name);
    (action, changes, 0_u64..8).prop_map(|(action, changes, pause)| Step { action, changes, pause })
}

fn lenient() -> Simulator {
    let mut config = Config { auto_create_load_balancers: Switch::On, ..config() };
    config.signatures.verify = Switch::Off;
    config.guesses.endpoint_zones_go_first = Switch::Off;
    config.guesses.endpoint_policies = Switch::On;
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    config.accounts[0] = Account { resources_by_hand: Switch::On, ..Account::new(DEFAULT_PROVIDER, key) };
    Simulator::new(config)
}

fn request(simulator: &Simulator, step: &Step) -> Request<Bytes> {
    let service = simulator.all_services().last().map(|service| service.id.clone()).unwrap_or_default();
    let endpoint = simulator.endpoints().last().map(|endpoint| endpoint.id.clone()).unwrap_or_default();
    let usual = USUAL.iter().chain(usual_of(step.action)).map(|(name, value)| (*name, (*value).to_owned()));
    let mut params: Vec<(String, String)> = Vec::new();
    for (name, value) in usual.chain(step.changes.iter().cloned()) {
        params.retain(|(old, _)| old != name);
        params.push((name.to_owned(), value.replace("@service", &service).replace("@endpoint", &endpoint)));
    }
    Request::post(format!("http://h/?{}", sign::canonical_query(&params)))
        .header("x-acs-action", step.action)
        .header("x-acs-version", "2020-04-15")
        .body(Bytes::new())
        .unwrap()
}

/// The status, after everything that every answer must have was looked at.
async fn check(simulator: &Simulator, request: Request<Bytes>) -> Result<u16, TestCaseError> {
    let action = request.headers()["x-acs-action"].to_str().unwrap().to_owned();
    let response = simulator.answer(request).await.response().unwrap();
    let (status, body) = (response.status().as_u16(), serde_json::from_slice::<Value>(response.body()).unwrap());
    let filled = |name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
    prop_assert!(filled("RequestId"), "{body}");
    if status == 200 {
        let says_success = body.get("Success").is_some();
        prop_assert!(body.get("Code").is_none(), "{body}");
        prop_assert_eq!(says_success, action == "CheckProductOpen", "{}", body);
        if action.starts_with("List") {
            let has_list = body.as_object().unwrap().values().any(Value::is_array);
            prop_assert!(has_list, "a list, even when empty: {body}");
        }
    } else {
        prop_assert!((400..600).contains(&status), "{status}");
        prop_assert!(["Code", "Message", "HostId", "Recommend"].iter().all(|name| filled(name)), "{body}");
    }
    Ok(status)
}

/// Runs a future on a runtime whose time is virtual.
pub(crate) fn in_virtual_time<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_calls_is_answered_and_the_world_comes_to_rest(steps in vec(step(), 1..40), guesses in any::<u64>()) {
        in_virtual_time(async {
            let simulator = lenient();
            // Whatever the provider turns out to do.
            simulator.change_config(|config| *config = config.clone().with_drawn_guesses(guesses, Duration::from_secs(5)));
            // Something to work on: most calls need a service, some an endpoint.
            for action in ["CreateVpcEndpointService", "CreateVpcEndpoint"] {
                let step = Step { action, changes: Vec::new(), pause: 0 };
                prop_assert_eq!(check(&simulator, request(&simulator, &step)).await?, 200);
                tokio::time::sleep(Duration::from_secs(11)).await;
            }
            for step in &steps {
                check(&simulator, request(&simulator, step)).await?;
                tokio::time::sleep(Duration::from_secs(step.pause)).await;
            }
            tokio::time::sleep(Duration::from_mins(1)).await;
            for service in simulator.all_services() {
                prop_assert_eq!(&service.status, "Active");
                prop_assert!(service.attachments.iter().all(|held| held.status == "Attached"), "{:?}", service);
                prop_assert!(service.supported_regions.iter().all(|region| ["Available", "Closed"].contains(&region.status.as_str())));
            }
            for endpoint in simulator.endpoints() {
                prop_assert_eq!(&endpoint.status, "Active");
                let rest = ["Connected", "Disconnected", "ServiceDeleted"];
                prop_assert!(rest.contains(&endpoint.connection_status.as_str()), "{:?}", endpoint);
                for zone in &endpoint.zones {
                    let rest = ["Wait", "Connected", "Disconnected", "Migrated"];
                    prop_assert!(rest.contains(&zone.status.as_str()), "{:?}", endpoint);
                    let is_served = ["Connected", "Migrated"].contains(&zone.status.as_str());
                    prop_assert_eq!(zone.resource_id.is_some(), is_served, "{:?}", endpoint);
                }
            }
            prop_assert_eq!(simulator.witness(), Vec::new());
            Ok(())
        })?;
    }
}
