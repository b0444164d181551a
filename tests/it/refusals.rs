//! Each of the 24 codes of `CreateVpcEndpointService` as a person meets it: `kubectl describe` says what is wrong and what to do, and when the
//! cause is gone the object gets its service without anybody's touching object or operator.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use kube::Api;
use kube::api::{Patch, PatchParams};
use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{AccessKey, Account, BusinessStatus, DEFAULT_PROVIDER, Fault, FaultKind, Switch};
use serde_json::{Value, json};

use crate::support::kubectl::Kubectl;
use crate::support::rig::{FREQUENT_RESYNC_PERIOD, Rig, Setup, is_ready, message, nlb_spec, ready_condition, status};

const CREATE: &str = "CreateVpcEndpointService";

/// Whether only a person can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trend {
    Stalled,
    Reconciling,
}

use Trend::{Reconciling, Stalled};

/// Code, trend, reason, and words of the sentence that says what to do.
const CODES: [(&str, Trend, &str, &str); 24] = [
    ("EndpointServiceExist", Reconciling, "ProviderBusy", "must let them go"),
    ("AlbNotFound", Reconciling, "WaitingForLoadBalancer", "create it, or correct its resourceId"),
    ("LoadBalancerNotFound", Reconciling, "WaitingForLoadBalancer", "create it, or correct its resourceId"),
    ("LoadBalancerNotSupportPrivateLink", Stalled, "InvalidSpec", "name another one"),
    ("GenerateResourceIdFailed", Reconciling, "CloudError", "tries again by itself"),
    ("QuotaMisMatched", Reconciling, "WaitingForQuota", "raise the quota in the provider's Quota Center"),
    ("VSwitchNotFound", Reconciling, "WaitingForLoadBalancer", "give it one there, or take the zone out"),
    ("EndpointServicePayerForbidden", Stalled, "AccountRestricted", "recreate the object with payer Endpoint"),
    ("NeedOpenProduct", Stalled, "NotActivated", "activate it in the provider's console"),
    ("EndpointServiceNotSupportedZone", Stalled, "InvalidSpec", "choose zones of this region where it is"),
    ("IllegalParamFormat.Payer", Stalled, "InvalidSpec", "correct the field of the spec that it comes from"),
    ("MissingParam.ZoneId", Stalled, "InvalidSpec", "comes from: spec.resources[].zoneIds"),
    ("ResourceNotFound.NatGateway", Reconciling, "WaitingForLoadBalancer", "create it, or name another load balancer"),
    ("Mismatch.ResourceType", Stalled, "InvalidSpec", "correct its resourceId"),
    ("EndpointServiceNotSupportIpv6", Stalled, "InvalidSpec", "set addressIpVersion to IPv4"),
    ("OperationDenied.PrivateDomainNotSupport", Stalled, "InvalidSpec", "ask the provider's support"),
    ("Conflict.ServiceName", Stalled, "InvalidSpec", "have that one deleted"),
    ("InvalidParam.PrivateDnsName", Stalled, "InvalidSpec", "ask the provider's support"),
    ("OperationDenied.ZoneAffinityNotSupport", Stalled, "InvalidSpec", "set zoneAffinityEnabled to false"),
    ("OperationDenied.RamPolicyNotSupport", Stalled, "InvalidSpec", "ask the provider's support"),
    ("OperationDenied.ResourceTypeNotSupportDualStack", Stalled, "InvalidSpec", "set addressIpVersion to IPv4"),
    ("OperationDenied.ServiceResourceIpVersionMismatch", Stalled, "InvalidSpec", "change the one or the other"),
    ("IllegalParam.AddressIpVersion", Stalled, "InvalidSpec", "set it to IPv4"),
    ("SpecifiedAlbNotSupport", Stalled, "InvalidSpec", "name another one"),
];

/// Codes that the simulator answers by itself, in a test of their own.
const OF_THE_ACCOUNT: [&str; 2] = ["QuotaMisMatched", "NeedOpenProduct"];

fn setup() -> Setup {
    let mut setup = Setup::default();
    setup.timing.extend([
        ("accountErrorBackoffInitial", Duration::from_millis(300)),
        ("quotaBackoffInitial", Duration::from_millis(300)),
        ("accountErrorBackoffMax", Duration::from_secs(1)),
    ]);
    setup
}

/// The object of a code: its description tells the simulator which one it is.
fn spec(code: &str) -> Value {
    let mut spec = nlb_spec();
    spec["description"] = json!(code);
    spec
}

fn name(code: &str) -> String {
    code.to_lowercase()
}

fn row(code: &str) -> (Trend, &'static str, &'static str) {
    let (_, trend, reason, words) = CODES.iter().find(|(known, ..)| *known == code).unwrap();
    (*trend, reason, words)
}

/// Waits until the object says what it is refused for, and reads what a person would.
async fn describes(rig: &Rig, code: &str) {
    let (trend, reason, words) = row(code);
    let object = rig.not_ready(&name(code), reason).await;
    assert_eq!(trends(&object), [trend], "{code}");
    assert_eq!(status(&object).last_error.and_then(|error| error.code).as_deref(), Some(code));
    let answer = Kubectl::new(rig.control_plane, &rig.namespace).run(&["describe", "vpces", &name(code)], "").await;
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    let told =
        |text: &str| assert!(answer.stdout.contains(text), "{code} is described without {text:?}:\n{}", answer.stdout);
    told(&format!("{CREATE} failed: {code}: "));
    told(words);
    assert!(
        answer.stdout.lines().any(|line| line.trim() == format!("Reason:                {reason}")),
        "{}",
        answer.stdout
    );
}

fn trends(object: &VpcEndpointService) -> Vec<Trend> {
    let conditions = status(object).conditions;
    let is =
        |kind: ConditionType| conditions.iter().any(|found| found.type_ == kind.as_str() && found.status == "True");
    let both = [(ConditionType::Stalled, Stalled), (ConditionType::Reconciling, Reconciling)];
    both.into_iter().filter(|(kind, _)| is(*kind)).map(|(_, trend)| trend).collect()
}

#[tokio::test]
async fn what_one_object_is_refused_for_is_described_and_the_service_comes_when_the_cause_is_gone() {
    let rig = Rig::with(setup()).await;
    let codes: Vec<_> = CODES.iter().map(|(code, ..)| *code).filter(|code| !OF_THE_ACCOUNT.contains(code)).collect();
    for code in &codes {
        let fault = Fault::next(CREATE, FaultKind::error(*code)).when("ServiceDescription", *code);
        rig.fault(Fault { times: None, ..fault }).await;
    }
    join_all(codes.iter().map(|code| async { rig.apply(&name(code), spec(code)).await })).await;
    join_all(codes.iter().map(|code| describes(&rig, code))).await;
    assert_eq!(rig.services().await, []);
    rig.simulator.admin.clear_faults().await.unwrap();
    let ready = join_all(codes.iter().map(|code| async { rig.ready(&name(code)).await })).await;
    for object in &ready {
        assert_eq!((ready_condition(object), status(object).last_error), (Some(("True", "Available")), None));
    }
    assert_eq!(rig.services().await.len(), codes.len());
    rig.end().await;
}

#[tokio::test]
async fn an_account_without_the_product_is_told_to_activate_it_and_goes_on_once_it_is() {
    let rig = Rig::with(setup()).await;
    let account = || Account::new(DEFAULT_PROVIDER, AccessKey::new(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET));
    let admin = &rig.simulator.admin;
    admin.put_account(&Account { product_open: Switch::Off, ..account() }).await.unwrap();
    rig.apply(&name("NeedOpenProduct"), spec("NeedOpenProduct")).await;
    describes(&rig, "NeedOpenProduct").await;
    admin.put_account(&account()).await.unwrap();
    rig.ready(&name("NeedOpenProduct")).await;
    rig.end().await;
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_of_and_the_service_comes_once_there_is_room() {
    let mut setup = setup();
    setup.simulator.quotas.services = 1;
    let rig = Rig::with(setup).await;
    rig.apply("first", nlb_spec()).await;
    rig.ready("first").await;
    rig.apply(&name("QuotaMisMatched"), spec("QuotaMisMatched")).await;
    describes(&rig, "QuotaMisMatched").await;
    rig.delete("first").await;
    rig.ready(&name("QuotaMisMatched")).await;
    rig.end().await;
}

/// What the objects of one namespace are refused for: a right on something that the spec names, a quota, the spec itself.
const BAD: [&str; 3] = ["Forbidden.RAM", "QuotaExceeded.Bogus", "InvalidResourceGroup"];

/// What a window of the rate allows, and how many seconds it lasts.
const RATE: usize = 12;
const RATE_WINDOW: u64 = 4;

async fn refuse(rig: &Rig, code: &str) {
    let fault = Fault::next(CREATE, FaultKind::error(code)).when("ServiceDescription", code);
    rig.fault(Fault { times: None, ..fault }).await;
}

fn objects(rig: &Rig, namespace: &str) -> Api<VpcEndpointService> {
    Api::namespaced(rig.admin.clone(), namespace)
}

async fn apply_in(rig: &Rig, namespace: &str, name: &str) {
    let object = json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": name},
        "spec": spec("good"),
    });
    let parameters = PatchParams::apply("user").force();
    objects(rig, namespace).patch(name, &parameters, &Patch::Apply(&object)).await.unwrap();
}

#[tokio::test]
async fn ninety_refused_objects_of_one_namespace_leave_every_other_turn_to_the_good_ones_of_another() {
    let mut setup = setup();
    setup.everywhere = true;
    setup.arguments.push(format!("--rate={CREATE}={RATE}/{RATE_WINDOW}"));
    let rig = Rig::alone(setup).await;
    for code in BAD {
        refuse(&rig, code).await;
    }
    let bad: Vec<_> = (0..30).flat_map(|n| BAD.map(|code| (format!("{}-{n}", name(code)), code))).collect();
    join_all(bad.iter().map(|(name, code)| async { rig.apply(name, spec(code)).await })).await;
    rig.until_calls(CREATE, RATE + 1).await;

    let namespace = rig.control_plane.create_namespace("good").await.unwrap();
    let names: Vec<_> = (0..5).map(|n| format!("good-{n}")).collect();
    let before = rig.calls(CREATE).await.len();
    join_all(names.iter().map(|name| apply_in(&rig, &namespace, name))).await;
    for name in &names {
        let look = async || objects(&rig, &namespace).get(name).await.unwrap();
        let is_done = |object: &VpcEndpointService| {
            let said = serde_json::to_string(&object.status).unwrap();
            assert!(!BAD.iter().any(|code| said.contains(code)), "it is told another's error: {said}");
            is_ready(object)
        };
        rig.poll(&format!("{name} is Ready"), look, is_done).await;
    }
    // A window of permits that were given before them, one that passed while their records were written, and then every other permit.
    let creates = rig.calls(CREATE).await;
    let last = creates.iter().rposition(|call| call.code.is_none()).unwrap();
    assert!(last < before + 2 * RATE + 2 * names.len(), "{} creates came before the last good one", last - before);
    assert_eq!(rig.services().await.len(), names.len());
    told_their_own(&rig).await;
    rig.end().await;
}

/// Each object that was refused is told the code that it got itself, and no other.
async fn told_their_own(rig: &Rig) {
    let mut told = BTreeSet::new();
    for object in rig.all().await {
        let own = object.spec.description.clone();
        let Some(code) = status(&object).last_error.and_then(|error| error.code) else { continue };
        assert_eq!(code, own);
        let said = message(&object, ConditionType::Ready);
        assert!(said.starts_with(&format!("{CREATE} failed: {own}: ")), "{said}");
        told.insert(code);
    }
    assert_eq!(told, BAD.map(str::to_owned).into());
}

#[tokio::test]
async fn a_right_that_is_granted_soon_frees_all_who_lacked_it_and_costs_one_call_in_vain_a_period() {
    let mut setup = setup();
    // By themselves they would come back in minutes.
    setup.timing.insert("specErrorBackoffMax", Duration::from_hours(1));
    let rig = Rig::with(setup).await;
    refuse(&rig, "Forbidden.RAM").await;
    let names: Vec<_> = (0..6).map(|n| format!("object-{n}")).collect();
    join_all(names.iter().map(|name| async { rig.apply(name, spec("Forbidden.RAM")).await })).await;
    join_all(names.iter().map(|name| async { rig.not_ready(name, "AccessDenied").await })).await;
    // Four tries for each object.
    rig.until_calls(CREATE, 4 * names.len()).await;
    let refused = async || rig.calls(CREATE).await.into_iter().filter(|call| call.code.is_some()).count();
    rig.simulator.admin.clear_faults().await.unwrap();
    let in_vain = refused().await;
    join_all(names.iter().map(|name| async { rig.ready(name).await })).await;
    assert_eq!((refused().await, rig.calls(CREATE).await.len()), (in_vain, in_vain + names.len()));
    rig.end().await;
}

#[tokio::test]
async fn a_refused_spec_is_not_sent_again_until_a_person_asks_for_it_and_the_rest_of_the_object_is_looked_after() {
    let mut setup = setup();
    setup.timing.extend([
        ("specErrorBackoffInitial", Duration::from_hours(1)),
        ("specErrorBackoffMax", Duration::from_hours(1)),
        ("resyncPeriod", FREQUENT_RESYNC_PERIOD),
    ]);
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let update = "UpdateVpcEndpointServiceAttribute";
    let fault = Fault::next(update, FaultKind::error("IllegalParamFormat.ServiceDescription"));
    rig.fault(Fault { times: None, ..fault.when("ServiceDescription", "refused") }).await;
    rig.edit("orders", json!({"description": "refused"})).await;
    rig.not_ready("orders", "InvalidSpec").await;
    rig.until_listed(4).await;
    assert_eq!(rig.calls(update).await.len(), 1);

    // What others do to the service meanwhile is seen all the same.
    let account = || Account::new(DEFAULT_PROVIDER, AccessKey::new(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET));
    let locked = Account { business_status: BusinessStatus::FinancialLocked, ..account() };
    rig.simulator.admin.put_account(&locked).await.unwrap();
    rig.not_ready("orders", "AccountRestricted").await;
    rig.simulator.admin.put_account(&account()).await.unwrap();
    rig.not_ready("orders", "InvalidSpec").await;
    assert_eq!(rig.calls(update).await.len(), 1);

    let request = json!({"metadata": {"annotations": {"privatelink.alibabacloud.com/reconcile-requested-at": "now"}}});
    rig.objects().patch("orders", &PatchParams::default(), &Patch::Merge(request)).await.unwrap();
    rig.until_calls(update, 2).await;
    rig.edit("orders", json!({"description": "accepted"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.calls(update).await.len(), 3);
    rig.end().await;
}
