//! The APIs of load balancers, as the typed client and as raw JSON see them.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Api, ApiOperation, Client, Error, ErrorKind, Request, StaticCredentials};
use loadbalancers::{
    AddressAllocatedMode, AddressType, BusinessStatus, Edition, IpVersion, LoadBalancerId, Lock, LockType, NLB,
    NetworkType, PayType, Product, Reader, Status, Zone, ZoneStatus,
};
use privatelink_sim::{
    AccessKey, Account, Config, DEFAULT_CONSUMER, DEFAULT_PROVIDER, Fault, FaultKind, JournalQuery, LoadBalancer,
    LoadBalancerZone, NetworkType as Network, Simulator, Switch,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::support::{REGION, ZONE_I, ZONE_J, config, credentials};

fn client_in(simulator: &Simulator, region: &str, key: &str) -> Client {
    Client::builder()
        .region(region)
        .credentials(Arc::new(StaticCredentials::new(credentials(key)).unwrap()))
        .transport(simulator.transport())
        .clock(simulator.clock())
        .build()
        .unwrap()
}

/// A simulator with these load balancers.
fn with(load_balancers: Vec<LoadBalancer>) -> Simulator {
    Simulator::new(Config { load_balancers, ..config() })
}

fn id(text: &str) -> LoadBalancerId {
    LoadBalancerId::parse(text).unwrap()
}

/// What the owner of services reads of a load balancer.
async fn read(simulator: &Simulator, text: &str) -> Result<Option<loadbalancers::LoadBalancer>, Error> {
    Reader::new(&client_in(simulator, REGION, "provider")).load_balancer(&id(text)).await
}

async fn found(simulator: &Simulator, text: &str) -> loadbalancers::LoadBalancer {
    read(simulator, text).await.unwrap().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "what the fields of a load balancer hold")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn zone(zone_id: &str, v_switch_id: &str, status: Option<ZoneStatus>) -> Zone {
    Zone { zone_id: zone_id.to_owned(), v_switch_id: text(v_switch_id), status }
}

#[tokio::test(start_paused = true)]
async fn an_nlb_shows_what_was_seeded() {
    let simulator = with(vec![LoadBalancer {
        name: text("web"),
        vpc_id: text("vpc-1"),
        status: "Configuring".to_owned(),
        business_status: "Abnormal".to_owned(),
        locks: vec!["FinancialLocked".to_owned()],
        network_type: Network::Public,
        zones: vec![LoadBalancerZone::new(ZONE_I), LoadBalancerZone::new(ZONE_J).with_status("Stopped")],
        ..LoadBalancer::new("nlb-x", "nlb", REGION, &[]).dual_stack()
    }]);
    let expected = loadbalancers::LoadBalancer {
        id: id("nlb-x"),
        name: text("web"),
        region_id: text(REGION),
        vpc_id: text("vpc-1"),
        status: Status::Configuring,
        business_status: Some(BusinessStatus::Abnormal),
        locks: vec![Lock { lock_type: LockType::FinancialLocked, reason: text("locked by order") }],
        address_type: Some(AddressType::Internet),
        ip_version: IpVersion::DualStack,
        address_allocated_mode: None,
        edition: None,
        network_type: None,
        pay_type: Some(PayType::PostPay),
        dns_name: text("nlb-x.cn-hangzhou.nlb.aliyuncs.com"),
        address: None,
        zones: vec![
            zone(ZONE_I, "vsw-cnhangzhoui", Some(ZoneStatus::Active)),
            zone(ZONE_J, "vsw-cnhangzhouj", Some(ZoneStatus::Stopped)),
        ],
    };
    assert_eq!(found(&simulator, "nlb-x").await, expected);
}

#[tokio::test(start_paused = true)]
async fn an_alb_a_clb_and_a_gwlb_show_what_they_are_by_default() {
    let simulator = with(vec![
        LoadBalancer::new("alb-x", "alb", REGION, &[ZONE_I]),
        LoadBalancer::new("lb-x", "slb", REGION, &[ZONE_I, ZONE_J]),
        LoadBalancer::new("gwlb-x", "gwlb", REGION, &[ZONE_I]),
    ]);
    let alb = loadbalancers::LoadBalancer {
        id: id("alb-x"),
        name: text("alb-x"),
        region_id: text(REGION),
        vpc_id: text("vpc-of-cn-hangzhou"),
        status: Status::Active,
        business_status: Some(BusinessStatus::Normal),
        locks: Vec::new(),
        address_type: Some(AddressType::Intranet),
        ip_version: IpVersion::Ipv4,
        address_allocated_mode: Some(AddressAllocatedMode::Fixed),
        edition: Some(Edition::Standard),
        network_type: None,
        pay_type: Some(PayType::PostPay),
        dns_name: text("alb-x.cn-hangzhou.alb.aliyuncs.com"),
        address: None,
        zones: vec![zone(ZONE_I, "vsw-cnhangzhoui", Some(ZoneStatus::Active))],
    };
    assert_eq!(found(&simulator, "alb-x").await, alb);
    let clb = found(&simulator, "lb-x").await;
    let expected = loadbalancers::LoadBalancer {
        id: id("lb-x"),
        name: text("lb-x"),
        vpc_id: text("vpc-of-cn-hangzhou"),
        business_status: None,
        address_allocated_mode: None,
        edition: None,
        network_type: Some(NetworkType::Vpc),
        pay_type: Some(PayType::PayOnDemand),
        dns_name: None,
        address: clb.address.clone(),
        zones: vec![
            zone(ZONE_I, "vsw-cnhangzhoui", None),
            Zone { zone_id: ZONE_J.to_owned(), v_switch_id: None, status: None },
        ],
        ..alb.clone()
    };
    assert_eq!(clb, expected);
    assert!(clb.address.unwrap().starts_with("192.168."));
    let expected = loadbalancers::LoadBalancer {
        id: id("gwlb-x"),
        name: text("gwlb-x"),
        region_id: None,
        vpc_id: text("vpc-of-cn-hangzhou"),
        address_type: None,
        address_allocated_mode: None,
        edition: None,
        pay_type: None,
        dns_name: None,
        zones: vec![zone(ZONE_I, "vsw-cnhangzhoui", None)],
        ..alb
    };
    assert_eq!(found(&simulator, "gwlb-x").await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_clb_of_another_kind_says_so_and_is_in_no_vpc() {
    let simulator = with(vec![LoadBalancer {
        classic_network: Switch::On,
        status: "Locked".to_owned(),
        pay_type: text("PrePay"),
        network_type: Network::Public,
        ..LoadBalancer::new("lb-x", "slb", REGION, &[ZONE_I])
    }]);
    let read = found(&simulator, "lb-x").await;
    assert_eq!((read.vpc_id, read.network_type), (None, Some(NetworkType::Classic)));
    assert_eq!((read.status, read.pay_type), (Status::Locked, Some(PayType::PrePay)));
    assert_eq!(read.address_type, Some(AddressType::Internet));
    assert_eq!(read.zones, [Zone { zone_id: ZONE_I.to_owned(), v_switch_id: None, status: None }]);
}

/// One request a product, whose answer stays as it came.
macro_rules! raw {
    ($($name:ident: $operation:expr;)*) => {
        $(
            #[derive(Debug, Serialize)]
            #[serde(rename_all = "PascalCase")]
            struct $name {
                load_balancer_id: &'static str,
                dry_run: Option<bool>,
            }

            impl Request for $name {
                const OPERATION: ApiOperation = $operation;
                type Answer = Value;
            }
        )*
    };
}

raw! {
    RawNlb: Product::Nlb.operation();
    RawAlb: Product::Alb.operation();
    RawClb: Product::Clb.operation();
    RawGwlb: Product::Gwlb.operation();
    OfNextYear: ApiOperation { api: &NEXT_YEAR, ..Product::Nlb.operation() };
    OfAnotherName: ApiOperation { name: "GetLoadBalancerAttributes", ..Product::Nlb.operation() };
}

static NEXT_YEAR: Api = Api {
    name: "Nlb",
    version: "2027-04-30",
    host: "nlb",
    codes: NLB.codes,
    central_regions: &[],
    action_prefix: "nlb",
};

macro_rules! ask {
    ($simulator:expr, $raw:ident, $id:literal) => {
        client_in($simulator, REGION, "provider").call(&$raw { load_balancer_id: $id, dry_run: None }).await
    };
}

#[tokio::test(start_paused = true)]
async fn words_and_fields_are_spelt_as_each_product_spells_them() {
    let simulator = with(vec![
        LoadBalancer::new("nlb-x", "nlb", REGION, &[ZONE_I]),
        LoadBalancer::new("alb-x", "alb", REGION, &[ZONE_I]),
        LoadBalancer::new("lb-x", "slb", REGION, &[ZONE_I]),
        LoadBalancer::new("gwlb-x", "gwlb", REGION, &[ZONE_I]),
    ]);
    let nlb = ask!(&simulator, RawNlb, "nlb-x").unwrap();
    let alb = ask!(&simulator, RawAlb, "alb-x").unwrap();
    let clb = ask!(&simulator, RawClb, "lb-x").unwrap();
    let gwlb = ask!(&simulator, RawGwlb, "gwlb-x").unwrap();
    assert_eq!([&nlb["LoadBalancerStatus"], &clb["LoadBalancerStatus"]], [&json!("Active"), &json!("active")]);
    assert_eq!([&nlb["AddressType"], &clb["AddressType"]], [&json!("Intranet"), &json!("intranet")]);
    let versions =
        [&nlb["AddressIpVersion"], &alb["AddressIpVersion"], &clb["AddressIPVersion"], &gwlb["AddressIpVersion"]];
    assert_eq!(versions, [&json!("ipv4"), &json!("IPv4"), &json!("ipv4"), &json!("Ipv4")]);
    let has = |answer: &Value, name: &str| answer.get(name).is_some();
    assert!(has(&nlb, "LoadBalancerBusinessStatus") && has(&gwlb, "LoadBalancerBusinessStatus"));
    assert!(has(&alb, "LoadBalancerBussinessStatus") && !has(&alb, "LoadBalancerBusinessStatus"));
    assert!(has(&nlb, "OperationLocks") && has(&alb, "LoadBalancerOperationLocks"));
    assert!(!has(&clb, "LoadBalancerBusinessStatus") && !has(&clb, "ZoneMappings") && !has(&clb, "SlaveZoneId"));
    assert!(!has(&gwlb, "RegionId") && !has(&gwlb, "AddressType") && !has(&gwlb["ZoneMappings"][0], "Status"));
    assert!(has(&nlb["ZoneMappings"][0]["LoadBalancerAddresses"][0], "PrivateIPv4Address"));
    assert!(has(&gwlb["ZoneMappings"][0]["LoadBalancerAddresses"][0], "PrivateIpv4Address"));
}

#[tokio::test(start_paused = true)]
async fn the_product_is_told_by_the_version() {
    let simulator = with(vec![LoadBalancer::new("nlb-x", "nlb", REGION, &[ZONE_I])]);
    let code = |answer: Result<Value, Error>| answer.unwrap_err().code().unwrap_or_default().to_owned();
    assert_eq!(code(ask!(&simulator, OfNextYear, "nlb-x")), "NoSuchVersion");
    assert_eq!(code(ask!(&simulator, OfAnotherName, "nlb-x")), "InvalidApi.NotFound");
    assert_eq!(code(ask!(&simulator, RawAlb, "nlb-x")), "ResourceNotFound.LoadBalancer");
    assert_eq!(code(ask!(&simulator, RawGwlb, "nlb-x")), "ResourceNotFound.LoadBalancer");
    assert_eq!(code(ask!(&simulator, RawClb, "nlb-x")), "InvalidLoadBalancerId.NotFound");
    assert_eq!(code(ask!(&simulator, RawNlb, "alb-a")), "ResourceNotFound.loadBalancer");
    assert_eq!(code(ask!(&simulator, RawNlb, "")), "MissingParam.LoadBalancerId");
    assert!(ask!(&simulator, RawNlb, "nlb-x").is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_for_the_caller_is_not_found_with_the_product_s_code_and_status() {
    let simulator = with(vec![
        LoadBalancer::new("nlb-foreign", "nlb", REGION, &[ZONE_I]).owned_by(DEFAULT_CONSUMER),
        LoadBalancer::new("nlb-own", "nlb", REGION, &[ZONE_I]).owned_by(DEFAULT_PROVIDER),
        LoadBalancer::new("nlb-far", "nlb", "cn-beijing", &["cn-beijing-h"]),
    ]);
    for absent in ["nlb-none", "alb-none", "lb-none", "gwlb-none", "nlb-foreign", "nlb-far"] {
        assert_eq!(read(&simulator, absent).await, Ok(None), "{absent}");
    }
    assert!(read(&simulator, "nlb-own").await.unwrap().is_some());
    let there = client_in(&simulator, "cn-beijing", "consumer");
    assert!(Reader::new(&there).load_balancer(&id("nlb-far")).await.unwrap().is_some());
    let refusals = [
        ask!(&simulator, RawNlb, "nlb-none").unwrap_err(),
        ask!(&simulator, RawAlb, "alb-none").unwrap_err(),
        ask!(&simulator, RawClb, "lb-none").unwrap_err(),
        ask!(&simulator, RawGwlb, "gwlb-none").unwrap_err(),
    ];
    let told = refusals.map(|error| (error.http_status(), error.kind(), error.message().unwrap().to_owned()));
    let all = [
        "The specified resource of loadbalancer is not found.",
        "The specified resource alb-none is not found.",
        "The specified LoadBalancerId does not exist.",
        "The specified resource gwlb-none is not found.",
    ];
    assert_eq!(told, all.map(|message| (Some(404), ErrorKind::DependencyMissing, message.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn where_neither_call_nor_host_names_the_region_it_is_that_of_the_load_balancer() {
    let simulator = with(vec![LoadBalancer::new("alb-far", "alb", "cn-beijing", &["cn-beijing-h"])]);
    let builder = Client::builder().region("cn-beijing").transport(simulator.transport()).clock(simulator.clock());
    let key = StaticCredentials::new(credentials("provider")).unwrap();
    let client =
        builder.credentials(Arc::new(key)).endpoint(&loadbalancers::ALB, "http://127.0.0.1:1").build().unwrap();
    assert!(Reader::new(&client).load_balancer(&id("alb-far")).await.unwrap().is_some());
    assert_eq!(simulator.journal()[0].region.as_deref(), Some("cn-beijing"));
}

/// A simulator in which the provider's key has exactly the right to these actions.
fn with_rights(actions: &[&str]) -> Simulator {
    let policy = json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]});
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret")
        .with_policies([serde_json::from_value(policy).unwrap()]);
    let simulator = with(config().load_balancers);
    simulator.put_account(Account::new(DEFAULT_PROVIDER, key));
    simulator
}

#[tokio::test(start_paused = true)]
async fn each_product_needs_a_right_of_its_own() {
    for product in Product::ALL {
        let (text, action) = (format!("{}a", product.prefix()), product.action());
        assert!(read(&with_rights(&[&action]), &text).await.unwrap().is_some(), "{action}");
        let others: Vec<String> =
            Product::ALL.map(Product::action).into_iter().filter(|other| *other != action).collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let denied = read(&with_rights(&others), &text).await.unwrap_err();
        assert!(denied.is_access_denied(), "{denied}");
        assert_eq!((denied.http_status(), denied.code()), (Some(403), Some("Forbidden.RAM")));
        assert_eq!(denied.access_denied().unwrap().action, Some(action));
    }
}

#[tokio::test(start_paused = true)]
async fn a_right_can_be_taken_by_name_from_all_products_or_by_action_from_one() {
    let denied = |name: &str| {
        let simulator = with(config().load_balancers);
        let mut account = simulator.config().accounts[0].clone();
        account.access_keys[0].denied.insert(name.to_owned());
        simulator.put_account(account);
        simulator
    };
    let is_denied = async |name: &str| {
        let simulator = denied(name);
        let mut told = Vec::new();
        for text in ["nlb-a", "alb-a", "lb-a", "gwlb-a"] {
            told.push(read(&simulator, text).await.is_err_and(|error| error.is_access_denied()));
        }
        told
    };
    assert_eq!(is_denied("GetLoadBalancerAttribute").await, [true, true, false, true]);
    assert_eq!(is_denied("alb:GetLoadBalancerAttribute").await, [false, true, false, false]);
    assert_eq!(is_denied("*").await, [true; 4]);
}

#[tokio::test(start_paused = true)]
async fn each_product_has_a_rate_of_its_own() {
    let simulator = with(config().load_balancers);
    simulator.change_config(|config| config.timers.read_call = privatelink_sim::Span::millis(0));
    for _ in 0..Product::Nlb.operation().rate.calls {
        read(&simulator, "nlb-a").await.unwrap();
    }
    assert_eq!(read(&simulator, "nlb-a").await.unwrap_err().kind(), ErrorKind::Throttled);
    for text in ["alb-a", "lb-a", "gwlb-a"] {
        assert!(read(&simulator, text).await.unwrap().is_some(), "{text}");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(read(&simulator, "nlb-a").await.unwrap().is_some());
    let rate = privatelink_sim::Rate { calls: 1, per: Duration::from_secs(10) };
    simulator.change_config(|config| {
        config.rates.overrides.insert("alb:GetLoadBalancerAttribute".to_owned(), rate);
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(read(&simulator, "alb-a").await.is_ok());
    assert_eq!(read(&simulator, "alb-a").await.unwrap_err().kind(), ErrorKind::Throttled);
    assert!(read(&simulator, "nlb-b").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn faults_strike_by_name_by_action_and_by_id() {
    let simulator = with(config().load_balancers);
    let expired = || FaultKind::error("InternalError");
    simulator.fault(Fault::next("alb:GetLoadBalancerAttribute", FaultKind::error("Forbidden.LoadBalancer")));
    assert!(read(&simulator, "nlb-a").await.is_ok());
    assert!(read(&simulator, "alb-a").await.unwrap_err().is_access_denied());
    simulator.fault(Fault::next("GetLoadBalancerAttribute", expired()).when("LoadBalancerId", "nlb-b").times(3));
    assert!(read(&simulator, "nlb-a").await.is_ok());
    assert_eq!(read(&simulator, "nlb-b").await.unwrap_err().code(), Some("InternalError"));
}

#[tokio::test(start_paused = true)]
async fn the_journal_tells_product_and_load_balancer() {
    let simulator = with(config().load_balancers);
    for text in ["nlb-a", "alb-a", "lb-a", "nlb-a"] {
        read(&simulator, text).await.unwrap();
    }
    let calls = simulator.journal();
    let told: Vec<_> =
        calls.iter().map(|call| (call.action.as_deref().unwrap(), call.object.as_deref().unwrap())).collect();
    let (nlb, alb) = ("nlb:GetLoadBalancerAttribute", "alb:GetLoadBalancerAttribute");
    assert_eq!(told, [(nlb, "nlb-a"), (alb, "alb-a"), ("slb:DescribeLoadBalancerAttribute", "lb-a"), (nlb, "nlb-a")]);
    let count = |query: JournalQuery| simulator.journal_of(&query).len();
    let of = |name: &str| JournalQuery { operation: text(name), ..JournalQuery::default() };
    assert_eq!((count(of("GetLoadBalancerAttribute")), count(of(nlb)), count(of("slb:Nothing"))), (3, 2, 0));
    assert_eq!(count(JournalQuery { object: text("nlb-a"), ..JournalQuery::default() }), 2);
}

#[tokio::test(start_paused = true)]
async fn a_change_and_a_removal_show_at_once() {
    let simulator = with(vec![LoadBalancer::new("nlb-x", "nlb", REGION, &[ZONE_I])]);
    let patch = json!({"zones": [ZONE_I, ZONE_J], "status": "Moving", "withheld": ["AddressType"]});
    assert_eq!(simulator.patch_load_balancer("nlb-x", &patch), Ok(true));
    let read_again = found(&simulator, "nlb-x").await;
    let zones: Vec<&str> = read_again.zones.iter().map(|zone| zone.zone_id.as_str()).collect();
    assert_eq!(zones, [ZONE_I, ZONE_J]);
    assert_eq!(read_again.status, Status::Unknown("Moving".to_owned()));
    assert_eq!(read_again.address_type, Some(AddressType::Unknown(String::new())));
    simulator.patch_load_balancer("nlb-x", &json!({"withheld": ["LoadBalancerId"]})).unwrap();
    assert_eq!(read(&simulator, "nlb-x").await.unwrap_err().kind(), ErrorKind::Transient);
    assert!(simulator.remove_load_balancer("nlb-x"));
    assert_eq!(read(&simulator, "nlb-x").await, Ok(None));
    assert_eq!(simulator.patch_load_balancer("nlb-x", &json!({})), Ok(false));
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_counts_as_existing_is_in_every_zone_of_the_region() {
    let simulator = with(Vec::new());
    assert_eq!(read(&simulator, "nlb-any").await, Ok(None));
    simulator.change_config(|config| config.auto_create_load_balancers = Switch::On);
    let zones = found(&simulator, "nlb-any").await.zones;
    let zones: Vec<&str> = zones.iter().map(|zone| zone.zone_id.as_str()).collect();
    assert_eq!(zones, ["b", "g", "h", "i", "j", "k"].map(|letter| format!("cn-hangzhou-{letter}")));
    let clb = found(&simulator, "lb-any").await;
    assert_eq!((clb.zones.len(), clb.ip_version), (2, IpVersion::Ipv4));
    assert_eq!(clb.vpc_id, found(&simulator, "alb-any").await.vpc_id, "all are in one network");
    assert_eq!(simulator.load_balancers(), [], "it is imagined, not made");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_of_a_read_passes_as_any_other() {
    let simulator = with(vec![LoadBalancer::new("nlb-x", "nlb", REGION, &[ZONE_I])]);
    let client = client_in(&simulator, REGION, "provider");
    let ask =
        async |load_balancer_id| client.call(&RawNlb { load_balancer_id, dry_run: Some(true) }).await.unwrap_err();
    assert!(ask("nlb-x").await.passed_dry_run());
    assert_eq!(ask("nlb-none").await.code(), Some("ResourceNotFound.loadBalancer"));
}
