//! What may happen in a scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use privatelink_sim::{
    AfterDeletion, Config, Fault, FaultKind, LoadBalancer, Moment, ServiceChange, ServiceView, Span, Switch,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

pub(crate) const REGION: &str = "cn-hangzhou";
const ZONES: [&str; 3] = ["cn-hangzhou-h", "cn-hangzhou-i", "cn-hangzhou-j"];
const ACCOUNTS: [&str; 3] = [privatelink_sim::DEFAULT_CONSUMER, "7000000000000007", "8000000000000008"];

/// The longest that anything about the provider that is drawn takes; tags come half as late.
pub(crate) const LONGEST_GUESS: Duration = Duration::from_secs(10);

/// How often the details of a service are read again: they alone show the zone of a classic load balancer that was attached by itself.
pub(crate) const DETAILS_PERIOD: Duration = Duration::from_mins(4);

/// The longest that lists, and the tags in them, lag in any scenario.
pub(crate) const LONGEST_LAG: Duration = Duration::from_secs(25);

/// As long as one call with its quick attempts, all under one token, may take; and no less than the longest lag of the lists.
const SHORT_MEMORY: Duration = Duration::from_secs(31);

/// From the first apply to the last deletion.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    /// By which everything is drawn that nobody can know about the provider; 0: as the simulator guesses it.
    pub(crate) guesses: u64,
    pub(crate) list_lag: Duration,
    /// How long the cloud remembers tokens; never shorter than the operator assumes.
    pub(crate) token_memory: Duration,
    /// By name.
    pub(crate) objects: BTreeMap<String, Wanted>,
    /// The same objects, edited.
    pub(crate) edits: BTreeMap<String, Wanted>,
    pub(crate) faults: Vec<Fault>,
    /// While the edits are carried out.
    pub(crate) later_faults: Vec<Fault>,
    /// What somebody else does to every service of ours before the edits.
    pub(crate) drift: ServiceChange,
    /// When the operator is killed, after the applies, after the edits and after the deletions.
    pub(crate) crashes: [Vec<Duration>; 3],
    /// When somebody deletes every service of ours, after the applies and after the edits.
    pub(crate) losses: [Vec<Duration>; 2],
    /// What the token of a service answers after that.
    pub(crate) after_deletion: AfterDeletion,
    pub(crate) created_is_active: Switch,
    /// Whether the cloud takes some writes of a Pending service, or none.
    pub(crate) is_strict: bool,
    /// Whether the edits, and then the deletions, come so soon that nothing has settled.
    pub(crate) haste: [Option<Duration>; 2],
}

impl Scenario {
    /// One object, and nothing that disturbs it.
    pub(crate) fn of(name: &str, spec: Value) -> Self {
        Self {
            seed: 1,
            guesses: 0,
            list_lag: Duration::from_secs(1),
            token_memory: Duration::from_mins(10),
            objects: [(name.to_owned(), Wanted { spec })].into(),
            edits: BTreeMap::new(),
            faults: Vec::new(),
            later_faults: Vec::new(),
            drift: ServiceChange::default(),
            crashes: [const { Vec::new() }; 3],
            losses: [const { Vec::new() }; 2],
            after_deletion: AfterDeletion::Answer,
            created_is_active: Switch::Off,
            is_strict: false,
            haste: [None; 2],
        }
    }
}

impl Scenario {
    /// The provider that plays along.
    pub(crate) fn cloud(&self) -> Config {
        let mut config = Config { seed: Some(self.seed), load_balancers: load_balancers(), ..Config::default() };
        config.lists.lag = self.list_lag;
        config.tokens.retention = self.token_memory;
        config.tokens.after_deletion = self.after_deletion;
        config.guesses.created_is_active = self.created_is_active;
        if self.is_strict {
            config.guesses.work_while_pending.clear();
        }
        config.start_time = Some("2026-11-25T12:00:00Z".parse().unwrap());
        config.with_drawn_guesses(self.guesses, LONGEST_GUESS)
    }
}

/// A spec.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) spec: Value,
}

impl Wanted {
    /// The service is what the spec asks for, in everything that the spec manages.
    pub(crate) fn is_met_by(&self, service: &ServiceView) -> bool {
        let spec = &self.spec;
        let is = |name: &str, found: Value| spec.get(name).is_none_or(|wanted| *wanted == found);
        service.status == "Active"
            && is("serviceResourceType", json!(service.resource_type))
            && is("description", json!(service.description))
            && is("autoAcceptEnabled", json!(service.auto_accept))
            && is("zoneAffinityEnabled", json!(service.zone_affinity))
            && is("addressIpVersion", json!(service.address_ip_version))
            && is("connectBandwidthMbps", json!(service.connect_bandwidth))
            && is("resourceGroupId", json!(service.resource_group))
            && is("tags", json!(user_tags(service)))
            && self.attachments().is_none_or(|wanted| wanted == attached(service))
            && self.principals().is_none_or(|wanted| wanted == principals(service))
    }

    pub(crate) fn is_recreated(&self) -> bool {
        self.spec["whenGone"] == "Recreate"
    }

    pub(crate) fn is_retained(&self) -> bool {
        self.spec["deletionPolicy"] == "Retain"
    }

    fn attachments(&self) -> Option<BTreeSet<(String, String)>> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let of = |resource: &Value| {
            let id = text(&resource["resourceId"]);
            let zones = resource.get("zoneIds").and_then(Value::as_array).cloned();
            // A classic load balancer lies in one zone, and brings it along.
            let zones = zones.unwrap_or_else(|| vec![json!(ZONES[0])]);
            zones.iter().map(|zone| (id.clone(), text(zone))).collect::<Vec<_>>()
        };
        Some(self.spec.get("resources")?.as_array()?.iter().flat_map(of).collect())
    }

    fn principals(&self) -> Option<BTreeSet<String>> {
        let list = self.spec.get("allowedPrincipals")?.as_array()?.iter();
        Some(list.map(|account| format!("acs:ram:*:{}:*", account.as_str().unwrap())).collect())
    }
}

fn user_tags(service: &ServiceView) -> BTreeMap<&String, &String> {
    service.tags.iter().filter(|(key, _)| !key.starts_with("privatelink-operator.")).collect()
}

/// All of them, and each is given to new connections.
fn attached(service: &ServiceView) -> BTreeSet<(String, String)> {
    let all = service.attachments.iter().filter(|one| one.status == "Attached" && one.auto_allocated);
    all.map(|one| (one.resource_id.clone(), one.zone_id.clone())).collect()
}

fn principals(service: &ServiceView) -> BTreeSet<String> {
    let own = format!("acs:ram:*:{}:*", service.account);
    service.users.iter().filter(|user| **user != own).cloned().collect()
}

/// `nlb-a` to `nlb-e` in three zones, and `lb-a` to `lb-c`, each in the first.
fn load_balancers() -> Vec<LoadBalancer> {
    let network = ["nlb-a", "nlb-b", "nlb-c", "nlb-d", "nlb-e"];
    let network = network.map(|id| LoadBalancer::new(id, "nlb", REGION, &ZONES).dual_stack());
    let classic = ["lb-a", "lb-b", "lb-c"].map(|id| LoadBalancer::new(id, "slb", REGION, &ZONES[..1]));
    network.into_iter().chain(classic).collect()
}

pub(crate) fn scenarios() -> impl Strategy<Value = Scenario> {
    let objects = btree_map(select(vec!["1", "2", "3"]).prop_map(str::to_owned), object(), 1..4);
    let faults = || vec(fault(), 0..4);
    let crashes = [crashes(), crashes(), crashes()];
    let tokens = select(vec![AfterDeletion::Answer, AfterDeletion::Refuse, AfterDeletion::Forget]);
    let guesses = prop_oneof![1 => Just(0), 4 => any::<u64>()];
    let cloud = ((any::<u64>(), guesses), select(vec![0, 1, 5, 20]), any::<bool>(), tokens, any::<(bool, bool)>());
    let upsets = ([haste(), haste()], [losses(), losses()]);
    (cloud, objects, faults(), faults(), drift(), crashes, upsets).prop_map(
        |(cloud, objects, faults, later_faults, drift, crashes, (haste, losses))| {
            let ((seed, guesses), list_lag, is_forgetful, after_deletion, (is_hasty_answer, is_strict)) = cloud;
            Scenario {
                seed,
                guesses,
                list_lag: Duration::from_secs(list_lag),
                token_memory: if is_forgetful { SHORT_MEMORY } else { Duration::from_mins(10) },
                edits: objects.iter().map(|(name, (_, edit))| (name.clone(), edit.clone())).collect(),
                objects: objects.into_iter().map(|(name, (first, _))| (name, first)).collect(),
                faults,
                later_faults,
                drift,
                crashes,
                losses,
                after_deletion,
                created_is_active: if is_hasty_answer { Switch::On } else { Switch::Off },
                is_strict,
                haste,
            }
        },
    )
}

/// A spec, and an edit of it that the API server would let through.
fn object() -> impl Strategy<Value = (Wanted, Wanted)> {
    let versions = select(vec![("IPv4", "IPv4"), ("IPv4", "DualStack"), ("DualStack", "DualStack")]);
    (any::<bool>(), versions, fields(), fields()).prop_map(|(is_slb, versions, first, second)| {
        let (before, after) = if is_slb { ("IPv4", "IPv4") } else { versions };
        // An edit makes a new generation, whatever else it changes.
        let second = Fields { description: "edited", ..second };
        (first.into_spec(is_slb, before), second.into_spec(is_slb, after))
    })
}

#[derive(Clone, Debug)]
struct Fields {
    description: &'static str,
    accept: bool,
    affinity: bool,
    bandwidth: Option<u32>,
    group: Option<&'static str>,
    tags: Option<BTreeMap<&'static str, &'static str>>,
    balancers: Option<BTreeMap<&'static str, BTreeSet<&'static str>>>,
    classic: Option<BTreeSet<&'static str>>,
    principals: Option<BTreeSet<&'static str>>,
    policy: Option<&'static str>,
    gone: Option<&'static str>,
}

fn fields() -> impl Strategy<Value = Fields> {
    let plain = (select(vec!["", "a service"]), any::<bool>(), any::<bool>(), option::of(select(vec![100, 500])));
    let parts = (
        option::of(select(vec!["rg-one", "rg-two"])),
        option::of(btree_map(select(vec!["team", "stage"]), select(vec!["", "shop"]), 0..3)),
        option::of(btree_map(select(vec!["nlb-a", "nlb-b", "nlb-c", "nlb-d", "nlb-e"]), zones(), 0..6)),
        option::of(btree_set(select(vec!["lb-a", "lb-b", "lb-c"]), 0..4)),
        option::of(btree_set(select(&ACCOUNTS[..]), 0..4)),
        option::of(select(vec!["Delete", "Retain"])),
        option::of(select(vec!["Report", "Recreate"])),
    );
    (plain, parts).prop_map(|((description, accept, affinity, bandwidth), parts)| {
        let (group, tags, balancers, classic, principals, policy, gone) = parts;
        Fields { description, accept, affinity, bandwidth, group, tags, balancers, classic, principals, policy, gone }
    })
}

fn zones() -> impl Strategy<Value = BTreeSet<&'static str>> {
    btree_set(select(&ZONES[..]), 1..4)
}

impl Fields {
    fn into_spec(self, is_slb: bool, version: &str) -> Wanted {
        let classic = |list: BTreeSet<&str>| list.iter().map(|id| json!({ "resourceId": id })).collect::<Vec<_>>();
        let network = |list: BTreeMap<&str, BTreeSet<&str>>| {
            list.iter().map(|(id, zones)| json!({ "resourceId": id, "zoneIds": zones })).collect::<Vec<_>>()
        };
        let mut spec = json!({
            "serviceResourceType": if is_slb { "slb" } else { "nlb" },
            "description": self.description,
            "autoAcceptEnabled": self.accept,
            "zoneAffinityEnabled": self.affinity,
            "addressIpVersion": version,
        });
        let optional = [
            ("connectBandwidthMbps", self.bandwidth.filter(|_| is_slb).map(|mbps| json!(mbps))),
            ("resourceGroupId", self.group.map(|group| json!(group))),
            ("tags", self.tags.map(|tags| json!(tags))),
            (
                "resources",
                if is_slb { self.classic.map(classic) } else { self.balancers.map(network) }.map(Value::from),
            ),
            ("allowedPrincipals", self.principals.map(|accounts| json!(accounts))),
            ("deletionPolicy", self.policy.map(|policy| json!(policy))),
            ("whenGone", self.gone.map(|answer| json!(answer))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                spec[name] = value;
            }
        }
        Wanted { spec }
    }
}

/// Something goes wrong with one of the first calls of an operation.
fn fault() -> impl Strategy<Value = Fault> {
    let operations = vec![
        "CreateVpcEndpointService",
        "CreateVpcEndpointService",
        "UpdateVpcEndpointServiceAttribute",
        "DeleteVpcEndpointService",
        "AttachResourceToVpcEndpointService",
        "DetachResourceFromVpcEndpointService",
        "AddUserToVpcEndpointService",
        "TagResources",
        "UntagResources",
        "ChangeResourceGroup",
        "ListVpcEndpointServices",
        "ListVpcEndpointServiceResources",
        "GetVpcEndpointServiceAttribute",
    ];
    let kinds = vec![
        FaultKind::internal_error(Moment::AfterEffect),
        FaultKind::internal_error(Moment::BeforeEffect),
        FaultKind::TimeOut { moment: Moment::AfterEffect, after: Duration::from_secs(30) },
        FaultKind::Cut { moment: Moment::AfterEffect },
        FaultKind::Truncate { bytes: 10 },
        FaultKind::Throttle { status: 400, retry_after: Some(Span::secs(3, 3)) },
        FaultKind::error("ConcurrentCallNotSupported"),
        // Where tokens remember refusals, this one stays although its cause is gone.
        FaultKind::error("LoadBalancerNotFound"),
        FaultKind::BurntToken,
        FaultKind::Delay { by: Duration::from_secs(12) },
    ];
    (select(operations), select(kinds), 1..4_u64, 1..5_u64)
        .prop_map(|(operation, kind, nth, times)| Fault::next(operation, kind).at(nth).times(times))
}

/// Half of the time none; else mostly early, when most is under way.
fn crashes() -> impl Strategy<Value = Vec<Duration>> {
    let after = prop_oneof![0..1_000_u64, 0..20_000_u64].prop_map(Duration::from_millis);
    prop_oneof![Just(Vec::new()), vec(after, 1..4)]
}

/// Mostly none; else while a service is being made, or at rest.
fn losses() -> impl Strategy<Value = Vec<Duration>> {
    let after = prop_oneof![0..20_000_u64, 0..100_000_u64].prop_map(Duration::from_millis);
    prop_oneof![2 => Just(Vec::new()), 1 => vec(after, 1..3)]
}

fn haste() -> impl Strategy<Value = Option<Duration>> {
    option::weighted(0.3, (0..15_000_u64).prop_map(Duration::from_millis))
}

/// What somebody else does in the console.
fn drift() -> impl Strategy<Value = ServiceChange> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(text, tag, user)| ServiceChange {
        description: text.then(|| "changed in the console".to_owned()),
        tags: tag.then(|| ("stage".to_owned(), Some("console".to_owned()))).into_iter().collect(),
        remove_users: user.then_some(7_000_000_000_000_007).into_iter().collect(),
        ..ServiceChange::default()
    })
}
