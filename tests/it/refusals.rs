//! Each of the 24 codes of `CreateVpcEndpointService` as a person meets it: `kubectl describe` says what is wrong and what to do, and when the
//! cause is gone the object gets its service without anybody's touching object or operator.

use futures::future::join_all;
use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{AccessKey, Account, DEFAULT_PROVIDER, Fault, FaultKind, Switch};
use serde_json::{Value, json};

use crate::kubectl::Kubectl;
use crate::rig::{Rig, World, nlb_spec, ready_condition, status};

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
    ("EndpointServiceExist", Reconciling, "WaitingForProvider", "must let them go"),
    ("AlbNotFound", Reconciling, "WaitingForLoadBalancer", "create it, or correct its resourceId"),
    ("LoadBalancerNotFound", Reconciling, "WaitingForLoadBalancer", "create it, or correct its resourceId"),
    ("LoadBalancerNotSupportPrivateLink", Stalled, "SpecRefused", "name another one"),
    ("GenerateResourceIdFailed", Reconciling, "WaitingForProvider", "tries again by itself"),
    ("QuotaMisMatched", Reconciling, "WaitingForQuota", "raise the quota in the provider's Quota Center"),
    ("VSwitchNotFound", Reconciling, "WaitingForLoadBalancer", "give it one there, or take the zone out"),
    ("EndpointServicePayerForbidden", Stalled, "AccountRefused", "make the object anew with payer Endpoint"),
    ("NeedOpenProduct", Stalled, "NotActivated", "activate it in the provider's console"),
    ("EndpointServiceNotSupportedZone", Stalled, "SpecRefused", "choose zones of this region where it is"),
    ("IllegalParamFormat.Payer", Stalled, "SpecRefused", "correct the field of the spec that it comes from"),
    ("MissingParam.ZoneId", Stalled, "SpecRefused", "for ZoneId that is resources[].zoneIds"),
    ("ResourceNotFound.NatGateway", Reconciling, "WaitingForLoadBalancer", "create it, or name another load balancer"),
    ("Mismatch.ResourceType", Stalled, "SpecRefused", "correct its resourceId"),
    ("EndpointServiceNotSupportIpv6", Stalled, "SpecRefused", "set addressIpVersion to IPv4"),
    ("OperationDenied.PrivateDomainNotSupport", Stalled, "SpecRefused", "ask the provider's support"),
    ("Conflict.ServiceName", Stalled, "SpecRefused", "have that one deleted"),
    ("InvalidParam.PrivateDnsName", Stalled, "SpecRefused", "ask the provider's support"),
    ("OperationDenied.ZoneAffinityNotSupport", Stalled, "SpecRefused", "set zoneAffinityEnabled to false"),
    ("OperationDenied.RamPolicyNotSupport", Stalled, "SpecRefused", "ask the provider's support"),
    ("OperationDenied.ResourceTypeNotSupportDualStack", Stalled, "SpecRefused", "set addressIpVersion to IPv4"),
    ("OperationDenied.ServiceResourceIpVersionMismatch", Stalled, "SpecRefused", "change the one or the other"),
    ("IllegalParam.AddressIpVersion", Stalled, "SpecRefused", "set it to IPv4"),
    ("SpecifiedAlbNotSupport", Stalled, "SpecRefused", "name another one"),
];

/// Codes that close the operation for the whole account, which therefore need a world of their own.
const OF_THE_ACCOUNT: [&str; 2] = ["QuotaMisMatched", "NeedOpenProduct"];

fn world() -> World {
    let mut world = World::default();
    world.timing.extend(["refusedFirst=300ms", "quotaFirst=300ms", "refusedMax=1s"].map(str::to_owned));
    world
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
    told(&format!("{CREATE} was answered {code}: "));
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
    let rig = Rig::with(world()).await;
    let codes: Vec<_> = CODES.iter().map(|(code, ..)| *code).filter(|code| !OF_THE_ACCOUNT.contains(code)).collect();
    assert_eq!(codes.len(), 22);
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
    let rig = Rig::with(world()).await;
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
    let mut world = world();
    world.simulator.quotas.services = 1;
    let rig = Rig::with(world).await;
    rig.apply("first", nlb_spec()).await;
    rig.ready("first").await;
    rig.apply(&name("QuotaMisMatched"), spec("QuotaMisMatched")).await;
    describes(&rig, "QuotaMisMatched").await;
    rig.delete("first").await;
    rig.ready(&name("QuotaMisMatched")).await;
    rig.end().await;
}
