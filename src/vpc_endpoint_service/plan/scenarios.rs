//! Random scenarios for the property tests of `plan` and `teardown`: small alphabets, so that coincidences are frequent.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::ErrorKind;
use jiff::Timestamp;
use privatelink::{Operation, ServiceStatus};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::fixtures::{ACCOUNT, EARLIER_PROCESS, PROCESS, SERVICE, Scenario, UID, at, record, service};
use crate::cloud::errors::verdict;
use crate::cloud::services::observed::{
    AttemptEnd, CreateAttempt, Deep, Failure, NamedId, OwnHistory, Refusal, ServiceView, Setback,
};
use crate::cloud::services::{
    Attachment, AttachmentKey, Attributes, Connection, Connections, DeepView, Field, Proof, Service,
};
use crate::identity::CreateRecord;
use crate::identity::Life;
use crate::names::{CLUSTER_TAG, FINALIZER, OBJECT_TAG, UID_TAG};
use crate::vpc_endpoint_service::resolve::StatusHint;

const ZONES: [&str; 3] = ["cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k"];
const BALANCERS: [&str; 4] = ["nlb-a", "nlb-b", "nlb-c", "nlb-d"];
const ACCOUNTS: [&str; 4] = [ACCOUNT, "2", "3", "4"];
const IDS: [&str; 3] = [SERVICE, "epsrv-b", "epsrv-c"];

/// Any scenario at all, possible or not, of an object that lives or goes.
pub(in super::super) fn any_scenario() -> impl Strategy<Value = Scenario> {
    // In boxes, because a strategy of this size does not fit on the stack of a test.
    let kubernetes = (spec(), any_life(), any::<bool>(), option::of(any_record()), any_hint()).boxed();
    let cloud =
        (option::of(any_moment()), any_view(), any_deep(), option::of(any_connections()), any_history()).boxed();
    (kubernetes, cloud, any_setbacks()).prop_map(|(kubernetes, cloud, setbacks)| {
        let (spec, life, has_finalizer, recorded, hint) = kubernetes;
        let (as_of, view, deep, connections, own) = cloud;
        let mut scenario = Scenario::converged().spec(spec);
        scenario.resolved.life = life;
        scenario.resolved.finalizers = has_finalizer.then(|| FINALIZER.to_owned()).into_iter().collect();
        scenario.resolved.record = recorded.map(|written| written.of(&scenario));
        scenario.resolved.hint = hint;
        scenario.observed.as_of = as_of;
        scenario.observed.service = view;
        scenario.observed.deep = deep;
        scenario.observed.connections = connections;
        scenario.observed.own = OwnHistory { setbacks, ..own };
        scenario
    })
}

/// A scenario whose service is ours, Active and well known, and differs from the spec in any way that can be repaired.
pub(in super::super) fn drifted_scenario() -> impl Strategy<Value = Scenario> {
    (spec(), any_attributes(), any_tags(), any_deep_view(), 0..3_i64).prop_map(
        |(spec, attributes, tags, deep, used)| {
            let mut scenario = Scenario::converged().edited().spec(spec);
            scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
            scenario.service().tags.extend(tags);
            scenario.service().attributes = attributes
                .without(&Field::ConnectBandwidthMbps)
                .with(Field::AddressIpVersion, "IPv4")
                .with(Field::ResourceGroupId, "rg-other");
            scenario.observed.deep = Deep::Known(deep);
            scenario
                .with_deep(|deep| deep.attachments.values_mut().for_each(|one| one.related_endpoint_count %= used + 1))
        },
    )
}

/// What the fields of the spec may be.
fn spec() -> impl Strategy<Value = Value> {
    let plain = (select(vec!["", "web shop", "x"]), any::<bool>(), any::<bool>(), select(vec!["IPv4", "DualStack"]));
    let parts = (
        option::of(select(vec!["rg-shop", "rg-other"])),
        option::of(btree_map(select(vec!["team", "a", "b"]), select(vec!["", "shop"]), 0..3)),
        option::of(btree_map(select(&BALANCERS[..]), btree_set(select(&ZONES[..]), 1..3), 0..4)),
        option::of(btree_set(select(&ACCOUNTS[..]), 0..4)),
    );
    let deletion = option::of(select(vec!["Delete", "Retain"]));
    let policies = (deletion, select(vec!["Manage", "Observe", "Plan"]), select(vec!["Report", "Recreate"]));
    (plain, parts, policies).prop_map(|(plain, parts, (deletion, management, gone))| {
        let (group, tags, resources, principals) = parts;
        let (description, accept, affinity, version) = plain;
        let resource = |(id, zones)| json!({ "resourceId": id, "zoneIds": zones });
        json!({
            "description": description,
            "autoAcceptEnabled": accept,
            "zoneAffinityEnabled": affinity,
            "addressIpVersion": version,
            "resourceGroupId": group,
            "tags": tags,
            "resources": resources.map(|list| list.into_iter().map(resource).collect::<Vec<_>>()),
            "allowedPrincipals": principals,
            "deletionPolicy": deletion,
            "managementPolicy": management,
            "whenGone": gone,
        })
    })
}

fn any_moment() -> impl Strategy<Value = Timestamp> {
    // Around the moments that the rules ask about, and far off.
    prop_oneof![(850_i64..1_150).prop_map(at), (0_i64..2_000).prop_map(at), Just(Timestamp::MIN), Just(Timestamp::MAX)]
}

fn any_life() -> impl Strategy<Value = Life> {
    prop_oneof![Just(Life::Live), any_moment().prop_map(|since| Life::Deleting { since })]
}

/// A record of the object, of what is wanted or of something else.
#[derive(Clone, Debug)]
struct Written {
    incarnation: u32,
    fits: bool,
    time: Timestamp,
    is_ours: bool,
    taken_over: Option<Timestamp>,
}

impl Written {
    fn of(self, scenario: &Scenario) -> CreateRecord {
        let owner = if self.is_ours { PROCESS } else { EARLIER_PROCESS }.to_owned();
        let taken_over = self.taken_over;
        let record = CreateRecord { owner, taken_over, ..record(&scenario.resolved, self.incarnation, self.time) };
        if self.fits { record } else { CreateRecord { hash: "of something else".to_owned(), ..record } }
    }
}

fn any_record() -> impl Strategy<Value = Written> {
    let incarnation = prop_oneof![0..3_u32, Just(u32::MAX)];
    (incarnation, any::<bool>(), any_moment(), any::<bool>(), option::of(any_moment())).prop_map(
        |(incarnation, fits, time, is_ours, taken_over)| Written { incarnation, fits, time, is_ours, taken_over },
    )
}

fn any_hint() -> impl Strategy<Value = StatusHint> {
    let id = option::of(any_id());
    (id, prop_oneof![0..3_u32, Just(u32::MAX)], option::of(any_moment()), option::of(2..5_i64)).prop_map(
        |(service_id, incarnation, create_time, ready_generation)| StatusHint {
            service_id,
            incarnation,
            create_time,
            ready_generation,
        },
    )
}

fn any_id() -> impl Strategy<Value = String> {
    select(&IDS[..]).prop_map(str::to_owned)
}

fn any_view() -> impl Strategy<Value = ServiceView> {
    let boxed = || any_service().prop_map(Box::new);
    let named = prop_oneof![
        Just(NamedId::None),
        any_id().prop_map(NamedId::Unjudged),
        any_id().prop_map(NamedId::Gone),
        any_id().prop_map(NamedId::Hidden),
    ];
    prop_oneof![
        1 => Just(ServiceView::NotYetSwept),
        4 => named.prop_map(|named| ServiceView::Absent { named }),
        6 => boxed().prop_map(ServiceView::Ours),
        1 => boxed().prop_map(ServiceView::Foreign),
        1 => boxed().prop_map(ServiceView::Former),
        2 => vec(any_service(), 0..4).prop_map(ServiceView::Many),
    ]
}

fn any_service() -> impl Strategy<Value = Service> {
    let states = vec!["Active", "Active", "Active", "Creating", "Pending", "Deleting", "Odd"];
    let state = (select(states), option::of(select(vec!["Normal", "Normal", "FinancialLocked", "Odd"])));
    let proof = prop_oneof![6 => Just(Proof::Listed), 2 => Just(Proof::OwnCreate), 1 => Just(Proof::Missed)];
    let unseen = btree_set(any_field(), 0..3);
    (any_id(), state, any_attributes(), any_owner_tags(), any_tags(), (proof, unseen, any::<bool>())).prop_map(
        |(id, (status, business), attributes, owner_tags, tags, (proof, unseen, settling))| Service {
            id,
            status: ServiceStatus::from_wire(Some(status)),
            business_status: business.map(str::to_owned),
            attributes,
            tags: owner_tags.into_iter().chain(tags).collect(),
            proof,
            unseen,
            settling,
            ..service()
        },
    )
}

fn any_field() -> impl Strategy<Value = Field> {
    prop_oneof![
        Just(Field::Description),
        Just(Field::AutoAcceptEnabled),
        Just(Field::ConnectBandwidthMbps),
        Just(Field::ResourceGroupId),
        Just(Field::Tag("team".to_owned())),
        any_key().prop_map(Field::Resource),
        select(&ACCOUNTS[..]).prop_map(|account| Field::Principal(account.to_owned())),
    ]
}

fn any_attributes() -> impl Strategy<Value = Attributes> {
    (
        option::of(select(vec!["", "web shop", "y"])),
        option::of(any::<bool>()),
        option::of(any::<bool>()),
        option::of(select(vec!["IPv4", "DualStack"])),
        option::of(select(vec!["rg-shop", "rg-other"])),
    )
        .prop_map(|(description, accept, affinity, version, group)| {
            Attributes::default()
                .with_known(Field::Description, description.map(str::to_owned))
                .with_known(Field::AutoAcceptEnabled, accept)
                .with_known(Field::ZoneAffinityEnabled, affinity)
                .with_known(Field::AddressIpVersion, version.map(str::to_owned))
                .with(Field::ConnectBandwidthMbps, 3_072)
                .with_known(Field::ResourceGroupId, group.map(str::to_owned))
        })
}

/// Mostly right, sometimes not.
fn any_owner_tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    let value = |right: &'static str| option::weighted(0.9, prop_oneof![9 => Just(right), 1 => Just("another")]);
    (value("cluster-1"), value(UID), value("shop.web")).prop_map(|(cluster, uid, object)| {
        let tags = [(CLUSTER_TAG, cluster), (UID_TAG, uid), (OBJECT_TAG, object)];
        tags.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect()
    })
}

fn any_tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    let keys = vec!["team", "a", "aliyun.x", "acs:y", "privatelink-operator.adopt"];
    btree_map(select(keys).prop_map(str::to_owned), select(vec!["", "shop", "shop.web"]).prop_map(str::to_owned), 0..4)
}

fn any_key() -> impl Strategy<Value = AttachmentKey> {
    (select(&BALANCERS[..]), select(&ZONES[..]))
        .prop_map(|(balancer, zone)| AttachmentKey { resource_id: balancer.to_owned(), zone_id: Some(zone.to_owned()) })
}

fn any_deep() -> impl Strategy<Value = Deep> {
    let unread = |view| Deep::Known(DeepView { principals: None, ..view });
    prop_oneof![
        3 => any_deep_view().prop_map(Deep::Known),
        1 => any_deep_view().prop_map(unread),
        1 => Just(Deep::Unknown),
    ]
}

fn any_deep_view() -> impl Strategy<Value = DeepView> {
    let attachments = btree_map(any_key(), (any::<bool>(), 0..3_i64), 0..6);
    let principals = btree_set(select(&ACCOUNTS[..]).prop_map(str::to_owned), 0..4).prop_map(Some);
    (any_moment(), attachments, principals).prop_map(|(as_of, attachments, principals)| {
        let attachment = |(key, (auto_allocated_enabled, related_endpoint_count)): (AttachmentKey, _)| {
            let zone_id = key.zone_id.clone();
            (key, Attachment { zone_id, auto_allocated_enabled, related_endpoint_count })
        };
        DeepView { as_of, read_at: as_of, attachments: attachments.into_iter().map(attachment).collect(), principals }
    })
}

fn any_connections() -> impl Strategy<Value = Connections> {
    let states = vec!["Disconnected", "Disconnected", "ServiceDeleted", "Connected", "Deleting", "Odd"];
    let connection = (0..5_u8, select(states)).prop_map(|(number, status)| Connection {
        endpoint_id: format!("ep-{number}"),
        account_id: None,
        vpc_id: None,
        status: privatelink::ConnectionStatus::from_wire(Some(status)),
        bandwidth_mbps: None,
    });
    (any_moment(), vec(connection, 0..3)).prop_map(|(as_of, list)| Connections { as_of, list })
}

fn any_history() -> impl Strategy<Value = OwnHistory> {
    let proven_id = option::of(any_id());
    let refusals = vec(any_refusal(), 0..3);
    (any_moment(), any_moment(), option::of(any_moment()), vec(any_attempt(), 0..3), refusals, proven_id).prop_map(
        |(process_start, first_seen, recorded_at, attempts, refusals, proven_id)| OwnHistory {
            process: PROCESS.to_owned(),
            process_start,
            first_seen,
            recorded_at,
            attempts,
            refusals,
            setbacks: BTreeMap::new(),
            proven_id,
        },
    )
}

/// Any values that were sent in vain, of fields that the random specs have.
fn any_setbacks() -> impl Strategy<Value = BTreeMap<Field, Setback>> {
    let refused = verdict(&cloud_core::test_support::refused(Operation::TagResources, "InvalidResourceGroup"));
    let failure = select(vec![Failure::Unconfirmed, Failure::RefusedTogether, Failure::Refused(refused)]);
    let field = select(vec![
        (Field::Description, "x"),
        (Field::AutoAcceptEnabled, "false"),
        (Field::ResourceGroupId, "rg-shop"),
        (Field::Tag("team".to_owned()), "shop"),
        (Field::Principal("2".to_owned()), ""),
        (Field::Principal("3".to_owned()), "3"),
    ]);
    let one = (field, failure, 0..4_u32, any_moment()).prop_map(|((field, sent), failure, count, retry_at)| {
        (field, Setback { sent: sent.to_owned(), found: "found".to_owned(), count, retry_at, failure })
    });
    vec(one, 0..3).prop_map(|all| all.into_iter().collect())
}

fn any_attempt() -> impl Strategy<Value = CreateAttempt> {
    let end = prop_oneof![
        any_id().prop_map(AttemptEnd::Created),
        Just(AttemptEnd::Refused { code: None }),
        Just(AttemptEnd::TokenSpent { code: "IdempotentFailed".to_owned() }),
        Just(AttemptEnd::Ambiguous { code: None }),
    ];
    let token = select(vec![UID.to_owned(), format!("{UID}-1")]);
    (token, any_moment(), any_moment(), end, any::<bool>()).prop_map(
        |(client_token, began, ended, end, is_repeated)| CreateAttempt { client_token, began, ended, end, is_repeated },
    )
}

fn any_refusal() -> impl Strategy<Value = Refusal> {
    let operations = vec![
        Operation::AttachResourceToVpcEndpointService,
        Operation::DetachResourceFromVpcEndpointService,
        Operation::DeleteVpcEndpointService,
    ];
    let kinds = vec![ErrorKind::DependencyFirst, ErrorKind::Quota, ErrorKind::Busy];
    (select(operations), select(kinds), any_moment()).prop_map(|(operation, kind, at)| Refusal {
        operation,
        kind,
        code: None,
        at,
    })
}

/// The ids of all services that a view shows with this object's tags.
pub(in super::super) fn owned_ids(scenario: &Scenario) -> BTreeSet<&str> {
    let services = scenario.observed.service.ours();
    let owner = &scenario.resolved.owner;
    let is = |service: &Service, key: &str, value: &String| service.tags.get(key) == Some(value);
    let carries_both =
        services.iter().filter(|service| is(service, CLUSTER_TAG, &owner.cluster) && is(service, UID_TAG, &owner.uid));
    carries_both.map(|service| service.id.as_str()).collect()
}
