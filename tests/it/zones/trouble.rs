//! What is wrong with load balancers, and what the operator may not read.

use privatelink_sim::{AccessKey, Account, DEFAULT_PROVIDER};

use super::*;

/// What is wrong, the object that lists the load balancer, the reason, and words of the message.
struct Case {
    wrong: Value,
    right: Value,
    kind: &'static str,
    id: &'static str,
    reason: &'static str,
    words: &'static str,
}

fn cases() -> Vec<Case> {
    let case = |id, wrong, right, reason, words| Case { wrong, right, kind: "nlb", id, reason, words };
    let status = |word: &str| json!({ "status": word });
    let active = || status("Active");
    vec![
        case(
            "nlb-1",
            status("Provisioning"),
            active(),
            "WaitingForLoadBalancer",
            "is Provisioning; the operator waits for Active",
        ),
        case("nlb-2", status("Inactive"), active(), "WaitingForLoadBalancer", "is switched off (Inactive)"),
        case("nlb-3", status("CreateFailed"), active(), "WaitingForLoadBalancer", "could not be created"),
        case("nlb-4", status("Melting"), active(), "UnknownAnswer", "in the state \"Melting\""),
        case(
            "nlb-5",
            json!({"locks": ["SecurityLocked"]}),
            json!({"locks": []}),
            "AccountRestricted",
            "is locked by the provider (SecurityLocked)",
        ),
        case(
            "nlb-6",
            json!({"business_status": "Abnormal"}),
            json!({"business_status": "Normal"}),
            "AccountRestricted",
            "has the business status Abnormal",
        ),
        Case {
            kind: "slb",
            ..case(
                "lb-1",
                json!({"network_type": "public"}),
                json!({"network_type": "private"}),
                "UnsuitableLoadBalancer",
                "has a public address",
            )
        },
        Case {
            kind: "slb",
            ..case(
                "lb-2",
                json!({"pay_type": "PrePay"}),
                json!({"pay_type": null}),
                "UnsuitableLoadBalancer",
                "is paid for ahead",
            )
        },
    ]
}

/// The object of a case, with zones and without.
fn spec(case: &Case, has_zones: bool) -> Value {
    let mut spec = left_out(case.kind, case.id);
    if has_zones && case.kind != "slb" {
        spec["resources"][0]["zoneIds"] = json!(ZONES);
    }
    spec
}

#[tokio::test]
async fn what_is_wrong_with_a_load_balancer_is_said_and_nothing_is_created_before_it_is_corrected() {
    for has_zones in [false, true] {
        let rig = Rig::with(setup()).await;
        for case in cases() {
            rig.simulator.admin.patch_load_balancer(case.id, &case.wrong).await.unwrap();
            rig.apply(case.id, spec(&case, has_zones)).await;
        }
        for case in cases() {
            says(&rig, case.id, case.reason, case.words).await;
        }
        assert_eq!(rig.effects().await, [] as [String; 0]);
        assert!(rig.calls(CREATE).await.is_empty(), "not even tried");
        for case in cases() {
            rig.simulator.admin.patch_load_balancer(case.id, &case.right).await.unwrap();
        }
        for case in cases() {
            let object = rig.ready(case.id).await;
            assert_eq!(message(&object, ConditionType::Stalled), "");
        }
        assert_eq!(rig.effects().await, vec![CREATE; cases().len()]);
        rig.end().await;
    }
}

#[tokio::test]
async fn one_that_is_not_there_is_waited_for_also_where_zones_are_listed() {
    let rig = Rig::start().await;
    rig.apply("left-out", left_out("nlb", "nlb-late")).await;
    let listed = json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-late", "zoneIds": ZONES}]});
    rig.apply("listed", listed).await;
    for name in ["left-out", "listed"] {
        says(&rig, name, "WaitingForLoadBalancer", "The load balancer nlb-late does not exist in cn-hangzhou").await;
    }
    assert!(rig.calls(CREATE).await.is_empty());
    rig.simulator.admin.seed_load_balancer(&LoadBalancer::new("nlb-late", "nlb", REGION, &ZONES)).await.unwrap();
    for name in ["left-out", "listed"] {
        rig.ready(name).await;
    }
    rig.end().await;
}

#[tokio::test]
async fn load_balancers_of_two_vpcs_are_not_put_behind_one_service() {
    let rig = Rig::start().await;
    rig.simulator.admin.patch_load_balancer("nlb-2", &json!({"vpc_id": "vpc-2"})).await.unwrap();
    let both = json!([{"resourceId": "nlb-1"}, {"resourceId": "nlb-2"}]);
    rig.apply("orders", json!({"serviceResourceType": "nlb", "resources": both})).await;
    says(&rig, "orders", "UnsuitableLoadBalancer", "list load balancers of one VPC only").await;
    assert!(rig.calls(CREATE).await.is_empty());
    rig.edit("orders", json!({"resources": [{"resourceId": "nlb-2"}]})).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"resources": both})).await;
    says(&rig, "orders", "UnsuitableLoadBalancer", "What is attached of it stays attached.").await;
    assert_eq!(rig.effects().await, [CREATE], "the other one is not attached");
    rig.end().await;
}

#[tokio::test]
async fn an_address_of_the_service_that_is_not_its_load_balancers_is_said_before_anything_is_created() {
    let rig = Rig::start().await;
    rig.simulator
        .admin
        .patch_load_balancer("nlb-1", &json!({"dns_name": "another.cn-hangzhou.nlb.aliyuncs.com"}))
        .await
        .unwrap();
    create(&rig, &nlb("web", "nlb-1")).await;
    rig.apply("orders", json!({"serviceResourceType": "nlb", "resources": [{"serviceRef": {"name": "web"}}]})).await;
    says(&rig, "orders", "LoadBalancerMismatch", "has the address another.cn-hangzhou.nlb.aliyuncs.com").await;
    assert!(rig.calls(CREATE).await.is_empty());
    rig.simulator.admin.patch_load_balancer("nlb-1", &json!({"dns_name": null})).await.unwrap();
    look_at(&rig, "orders").await;
    rig.ready("orders").await;
    rig.end().await;
}

/// Somebody asks for a look, and does not wait for it.
async fn look_at(rig: &Rig, name: &str) {
    let annotation = json!({"metadata": {"annotations": {REQUESTED_AT: "now"}}});
    let merge = kube::api::Patch::Merge(annotation);
    rig.objects().patch(name, &kube::api::PatchParams::default(), &merge).await.unwrap();
}

#[tokio::test]
async fn what_is_attached_stays_when_its_load_balancer_goes_or_says_something_odd_also_after_a_restart() {
    let mut rig = Rig::with(watchful()).await;
    rig.apply("orders", left_out("nlb", "nlb-1")).await;
    rig.ready("orders").await;
    let kept = |services: &[ServiceView]| in_zones(services, "nlb-1", &ZONES);

    // Whatever zones it shows meanwhile.
    let odd = json!({"status": "Melting", "zones": [THIRD_ZONE]});
    rig.simulator.admin.patch_load_balancer("nlb-1", &odd).await.unwrap();
    says(&rig, "orders", "UnknownAnswer", "What is attached of it stays attached.").await;
    rig.edit("orders", json!({"description": "goes on"})).await;
    rig.cloud("as edited", |services| services[0].description == "goes on").await;
    rig.simulator.admin.patch_load_balancer("nlb-1", &json!({"status": "Active", "zones": ZONES})).await.unwrap();
    rig.ready("orders").await;

    rig.simulator.admin.remove_load_balancer("nlb-1").await.unwrap();
    says(&rig, "orders", "WaitingForLoadBalancer", "does not exist").await;
    rig.kill_operator();
    rig.start_operator().await;
    let before = reads(&rig, "nlb-1").await;
    until_read(&rig, "nlb-1", before + 2).await;
    says(&rig, "orders", "WaitingForLoadBalancer", "What is attached of it stays attached.").await;
    rig.until_listed(2).await;
    assert!(kept(&rig.services().await));
    rig.simulator.admin.seed_load_balancer(&LoadBalancer::new("nlb-1", "nlb", REGION, &ZONES)).await.unwrap();
    rig.ready("orders").await;
    assert_eq!(rig.effects().await, [CREATE, "UpdateVpcEndpointServiceAttribute"]);

    rig.simulator.admin.remove_load_balancer("nlb-1").await.unwrap();
    says(&rig, "orders", "WaitingForLoadBalancer", "does not exist").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, [], "a deletion needs no load balancer");
    rig.end().await;
}

#[tokio::test]
async fn while_reads_fail_what_is_known_stays_and_what_is_not_known_is_waited_for() {
    let rig = Rig::start().await;
    rig.apply("known", left_out("nlb", "nlb-1")).await;
    let known = rig.ready("known").await;
    rig.fault(Fault::next(READ_NLB, FaultKind::internal_error(Moment::BeforeEffect)).times(1_000)).await;
    rig.apply("unknown", left_out("nlb", "nlb-2")).await;
    says(&rig, "unknown", "CloudError", "GetLoadBalancerAttribute failed: InternalError").await;
    look_at(&rig, "known").await;
    until_read(&rig, "nlb-1", 4).await;
    assert_eq!(rig.object("known").await.unwrap().status, known.status);
    assert_eq!(rig.effects().await, [CREATE]);
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.ready("unknown").await;
    rig.end().await;
}

fn account(denied: &[&str]) -> Account {
    let mut key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    key.denied = denied.iter().map(|action| (*action).to_owned()).collect();
    Account::new(DEFAULT_PROVIDER, key)
}

#[tokio::test]
async fn without_the_right_an_object_that_leaves_zones_out_names_it_and_the_others_need_none() {
    let mut setup = setup();
    setup.timing.insert("accountErrorBackoffInitial", Duration::from_millis(100));
    setup.simulator.accounts[0] = account(&READS);
    let rig = Rig::with(setup).await;
    rig.apply("listed", nlb_spec()).await;
    rig.ready("listed").await;
    rig.apply("classic", left_out("slb", "lb-1")).await;
    rig.ready("classic").await;
    let log = rig.log();
    let told: Vec<_> = log.lines().filter(|line| line.contains("LoadBalancerAttribute")).collect();
    assert_eq!(told, [] as [&str; 0], "nobody is to be alarmed");

    rig.apply("orders", left_out("nlb", "nlb-2")).await;
    says(&rig, "orders", "AccessDenied", "grant them the RAM action nlb:GetLoadBalancerAttribute").await;
    let object = rig.object("orders").await.unwrap();
    let told = message(&object, ConditionType::Stalled);
    assert!(told.contains("it is not needed where spec.resources[].zoneIds lists them"), "{told}");
    assert_eq!(status(&object).last_error.and_then(|error| error.code).as_deref(), Some("Forbidden.RAM"));
    assert_eq!(rig.effects().await, [CREATE; 2]);

    rig.simulator.admin.put_account(&account(&[])).await.unwrap();
    rig.ready("orders").await;

    rig.simulator.admin.put_account(&account(&READS)).await.unwrap();
    rig.apply("other", left_out("nlb", "nlb-3")).await;
    says(&rig, "other", "AccessDenied", "nlb:GetLoadBalancerAttribute").await;
    rig.edit("other", json!({"resources": [{"resourceId": "nlb-3", "zoneIds": ZONES}]})).await;
    rig.ready("other").await;
    assert!(rig.object("orders").await.is_some_and(|object| is_ready(&object)), "what was read once stays known");
    rig.end().await;
}
