//! A converged scenario for the tests of the pure steps: one nlb service, Active, as its spec wants it. Tests change what they are about.

pub(in super::super) mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use loadbalancers::LoadBalancer;
use privatelink::ServiceStatus;
use serde_json::{Value, json};

use super::{AttachmentUse, Leaving, Limits, Plan, Wait};
use crate::cloud::load_balancers::{Answer, Purpose, Seen, Sight};
use crate::cloud::services::observed::{
    AttemptEnd, CreateAttempt, DetailsView, NamedId, Observed, OwnHistory, Refresh, Refusal, ServiceView,
};
use crate::cloud::services::{Attachment, AttachmentKey, Attributes, Details, Field, Proof, Regions, Service};
use crate::identity::CreateRecord;
use crate::identity::{Definition, Life, ObjectKey};
use crate::identity::{Owner, Target};
use crate::names::{CLUSTER_TAG, FINALIZER, OBJECT_TAG, UID_TAG};
use crate::timing::Timing;
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::load_balancers::{Source, Unusable, Why};
use crate::vpc_endpoint_service::resolve::{
    NamedBy, References, Referred, RefreshRequest, Resolved, StatusHint, Unresolved,
};

pub(in super::super) const UID: &str = "0b4a7c3e-1111-4222-8333-444455556666";
pub(in super::super) const ACCOUNT: &str = "1000000000000001";
/// This process, and one before it or beside it.
pub(in super::super) const PROCESS: &str = "process-2";
pub(in super::super) const EARLIER_PROCESS: &str = "process-1";
pub(in super::super) const SERVICE: &str = "epsrv-ours";

/// Seconds after the beginning of the tests' time; the process started at 0, and now is 1,000.
pub(in super::super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(in super::super) fn now() -> Timestamp {
    at(1_000)
}

pub(in super::super) fn limits() -> Limits {
    Limits::from(&Timing::default())
}

pub(in super::super) fn nlb(resource: &str, zone: &str) -> AttachmentKey {
    AttachmentKey { resource_id: resource.to_owned(), zone_id: Some(zone.to_owned()) }
}

pub(in super::super) fn attachment(zone: &str) -> Attachment {
    Attachment::new(Some(zone.to_owned()))
}

/// Endpoints use an attachment that is to go, and leave by themselves.
pub(in super::super) fn in_use(key: AttachmentKey, related: i64) -> AttachmentUse {
    AttachmentUse { key, related, deprecated: 0, is_last_allocated: false, users: Vec::new(), leaving: Leaving::Drain }
}

/// The same, waited for.
pub(in super::super) fn unused(key: AttachmentKey, related: i64) -> Wait {
    Wait::AttachmentUnused(Box::new(in_use(key, related)))
}

/// Object and cloud.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Scenario {
    pub(in super::super) resolved: Resolved,
    pub(in super::super) observed: Observed,
}

impl Scenario {
    /// Converged: the object was Ready, its service is Active, the newest list is five seconds old.
    pub(in super::super) fn converged() -> Self {
        let mut resolved = resolved();
        resolved.record = Some(record(&resolved, 0, at(100)));
        Self { resolved, observed: observed(ServiceView::Ours(Box::new(service()))) }
    }

    /// Brand-new: no record, no finalizer, nothing in the cloud.
    pub(in super::super) fn brand_new() -> Self {
        let mut resolved = resolved();
        resolved.finalizers.clear();
        resolved.hint = StatusHint::default();
        let mut observed = observed(ServiceView::Absent { named: NamedId::None });
        observed.own.first_seen = at(995);
        observed.details = DetailsView::Unknown;
        Self { resolved, observed }
    }

    /// The record is written, by this process, ten seconds ago; nothing was sent.
    pub(in super::super) fn recorded() -> Self {
        let mut scenario = Self::brand_new();
        scenario.resolved.finalizers = vec![FINALIZER.to_owned()];
        scenario.resolved.record = Some(record(&scenario.resolved, 0, at(990)));
        scenario.observed.own.recorded_at = Some(at(990));
        scenario
    }

    /// Marked for deletion at 990, and listed since.
    pub(in super::super) fn deleting(mut self) -> Self {
        self.resolved.life = Life::Deleting { since: at(990) };
        self
    }

    /// With other fields in the spec.
    pub(in super::super) fn spec(mut self, fields: Value) -> Self {
        let mut spec = serde_json::to_value(&self.resolved.spec).unwrap();
        let Value::Object(fields) = fields else { panic!("a spec is an object") };
        for (name, value) in fields {
            match value {
                Value::Null => spec.as_object_mut().unwrap().remove(&name),
                value => spec.as_object_mut().unwrap().insert(name, value),
            };
        }
        self.resolved.spec = serde_json::from_value(spec).unwrap();
        self
    }

    /// Not Ready yet in this generation.
    pub(in super::super) fn edited(mut self) -> Self {
        self.resolved.key.generation += 1;
        self
    }

    /// The zones of nlb-a are left out. Nobody has read it yet.
    pub(in super::super) fn zones_left_out(self) -> Self {
        let mut scenario = self.spec(json!({ "resources": [{ "resourceId": "nlb-a" }] }));
        let zones = ["cn-hangzhou-i", "cn-hangzhou-j"].map(str::to_owned);
        scenario.resolved.hint.attached = [("nlb-a".to_owned(), zones.into())].into();
        scenario
    }

    /// This was read of a load balancer, and its zones were last seen to be these.
    pub(in super::super) fn read(mut self, id: &str, found: Option<LoadBalancer>, zones: &[&str]) -> Self {
        let answer = Some(Arc::new(Answer { as_of: at(900), load_balancer: found }));
        let zones = zones.iter().map(|zone| (*zone).to_owned()).collect();
        let seen = &mut self.observed.load_balancers.each;
        seen.insert(id.to_owned(), Sight { answer, zones: Some(zones), ..unread() });
        self
    }

    /// It could not be read, and nothing is known of it.
    pub(in super::super) fn unreadable(mut self, id: &str, error: cloud_core::Error) -> Self {
        let sight = Sight { error: Some(error), ..unread() };
        self.observed.load_balancers.each.insert(id.to_owned(), sight);
        self
    }

    pub(in super::super) fn with_sight(mut self, id: &str, change: impl FnOnce(&mut Sight)) -> Self {
        change(self.observed.load_balancers.each.entry(id.to_owned()).or_insert_with(unread));
        self
    }

    pub(in super::super) fn see(mut self, view: ServiceView) -> Self {
        self.observed.service = view;
        self
    }

    pub(in super::super) fn listed(mut self, seconds: i64) -> Self {
        self.observed.as_of = Some(at(seconds));
        self
    }

    /// This process wrote the record, or did not.
    pub(in super::super) fn author(mut self, is_author: bool) -> Self {
        self.observed.own.recorded_at = is_author.then(|| at(990));
        if let Some(record) = &mut self.resolved.record {
            record.owner = if is_author { PROCESS } else { EARLIER_PROCESS }.to_owned();
        }
        self
    }

    /// A Create of this process under the record's token.
    pub(in super::super) fn attempted(mut self, began: i64, ended: i64, end: AttemptEnd) -> Self {
        let client_token = self.resolved.record.as_ref().map_or(UID.to_owned(), CreateRecord::client_token);
        let (began, ended) = (at(began), at(ended));
        let attempt = CreateAttempt { client_token, began, ended, end, is_repeated: false };
        self.observed.own.attempts.push(attempt);
        self
    }

    /// The last attempt stands for more than one.
    pub(in super::super) fn repeatedly(mut self) -> Self {
        self.observed.own.attempts.last_mut().unwrap().is_repeated = true;
        self
    }

    pub(in super::super) fn refused(
        mut self,
        operation: privatelink::Operation,
        kind: cloud_core::ErrorKind,
        seconds: i64,
    ) -> Self {
        self.observed.own.refusals.push(Refusal { operation: operation.into(), kind, code: None, at: at(seconds) });
        self
    }

    /// The service, to be changed.
    pub(in super::super) fn service(&mut self) -> &mut Service {
        match &mut self.observed.service {
            ServiceView::Ours(service)
            | ServiceView::Foreign(service)
            | ServiceView::Former(service)
            | ServiceView::ToAdopt(service) => service,
            ServiceView::Many(services) => &mut services[0],
            ServiceView::NotYetListed | ServiceView::Absent { .. } => panic!("no service is shown"),
        }
    }

    pub(in super::super) fn with_service(mut self, change: impl FnOnce(&mut Service)) -> Self {
        change(self.service());
        self
    }

    pub(in super::super) fn with_details(mut self, change: impl FnOnce(&mut Details)) -> Self {
        let DetailsView::Known(view) = &mut self.observed.details else { panic!("attachments are not known") };
        change(view);
        self
    }

    pub(in super::super) fn plan(&self) -> Plan {
        super::plan(
            &self.resolved,
            &desired(&self.resolved, &self.observed.load_balancers),
            &self.observed,
            &limits(),
            now(),
        )
    }

    pub(in super::super) fn teardown(&self) -> Plan {
        crate::vpc_endpoint_service::teardown::teardown(&self.resolved, &self.observed, &limits(), now())
    }

    /// The same where services without an object are deleted.
    pub(in super::super) fn teardown_without_orphans(&self) -> Plan {
        let limits = Limits { leaves_tags: false, ..limits() };
        crate::vpc_endpoint_service::teardown::teardown(&self.resolved, &self.observed, &limits, now())
    }
}

/// Without its reason, which tests of their own pin.
pub(in super::super) fn unexplained(plan: Plan) -> Plan {
    Plan { because: None, ..plan }
}

fn resolved() -> Resolved {
    Resolved {
        key: ObjectKey {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            uid: UID.to_owned(),
            generation: 3,
            resource_version: "77".to_owned(),
        },
        life: Life::Live,
        definition: Definition::Stays,
        finalizers: vec![FINALIZER.to_owned()],
        region_named_by: NamedBy::Record,
        target: Target { account: ACCOUNT.to_owned(), region: "cn-hangzhou".to_owned() },
        owner: owner(),
        record: None,
        hint: StatusHint {
            service_id: Some(SERVICE.to_owned()),
            incarnation: 0,
            create_time: Some(at(101)),
            ready_generation: Some(3),
            led_to: BTreeMap::new(),
            drift: Vec::new(),
            attached: BTreeMap::new(),
        },
        refresh: RefreshRequest::default(),
        not_ours: None,
        references: References::new(),
        spec: serde_json::from_value(json!({
            "serviceResourceType": "nlb",
            "description": "web shop",
            "resourceGroupId": "rg-shop",
            "tags": { "team": "shop" },
            "resources": [{ "resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-i", "cn-hangzhou-j"] }],
            "allowedPrincipals": ["2000000000000002"],
        }))
        .unwrap(),
    }
}

pub(in super::super) fn owner() -> Owner {
    Owner { cluster: "cluster-1".to_owned(), uid: UID.to_owned(), object: "shop.web".to_owned() }
}

/// A record of what the object's spec asks for.
pub(in super::super) fn record(resolved: &Resolved, incarnation: u32, time: Timestamp) -> CreateRecord {
    CreateRecord {
        uid: UID.to_owned(),
        incarnation,
        region: "cn-hangzhou".to_owned(),
        account: ACCOUNT.to_owned(),
        hash: desired(resolved, &Seen::default()).request_hash("cn-hangzhou"),
        time,
        owner: PROCESS.to_owned(),
        taken_over: None,
        not_ours: None,
    }
}

pub(in super::super) fn service() -> Service {
    let tags = [(CLUSTER_TAG, "cluster-1"), (UID_TAG, UID), (OBJECT_TAG, "shop.web"), ("team", "shop")];
    Service {
        id: SERVICE.to_owned(),
        name: None,
        domain: None,
        status: ServiceStatus::Active,
        business_status: Some("Normal".to_owned()),
        resource_type: Some("nlb".to_owned()),
        payer: Some("Endpoint".to_owned()),
        create_time: None,
        attributes: Attributes::default()
            .with(Field::Description, "web shop")
            .with(Field::AutoAcceptEnabled, false)
            .with(Field::ZoneAffinityEnabled, false)
            .with(Field::AddressIpVersion, "IPv4")
            .with(Field::ResourceGroupId, "rg-shop"),
        regions: Some(Regions::default()),
        tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        proof: Proof::Listed,
        unseen: BTreeSet::new(),
        settling: false,
    }
}

/// A second one.
pub(in super::super) fn other_service(id: &str) -> Service {
    Service { id: id.to_owned(), ..service() }
}

/// A Service that says no more than that.
pub(in super::super) fn refers(load_balancer_id: &str) -> Referred {
    let load_balancer_id = load_balancer_id.to_owned();
    Referred { load_balancer_id, address: None, requested_zones: BTreeSet::new() }
}

/// The Service does not lead to a load balancer.
pub(in super::super) fn leads_nowhere(service: &str, why: Unresolved) -> Unusable {
    Unusable { source: Source::Service(service.to_owned()), why: Why::Service(why) }
}

/// Asked about for its zones, and not read.
pub(in super::super) fn unread() -> Sight {
    Sight {
        purpose: Purpose::Zones,
        can_wait: false,
        answer: None,
        zones: None,
        error: None,
        since: at(500),
        is_awaited: false,
    }
}

fn observed(service: ServiceView) -> Observed {
    Observed {
        as_of: Some(at(995)),
        service,
        details: DetailsView::Known(Details {
            as_of: at(995),
            read_at: at(995),
            attachments: BTreeMap::from([
                (nlb("nlb-a", "cn-hangzhou-i"), attachment("cn-hangzhou-i")),
                (nlb("nlb-a", "cn-hangzhou-j"), attachment("cn-hangzhou-j")),
            ]),
            principals: Some(BTreeSet::from([ACCOUNT.to_owned(), "2000000000000002".to_owned()])),
        }),
        connections: None,
        own: OwnHistory {
            process: PROCESS.to_owned(),
            process_start: at(0),
            first_seen: at(1),
            recorded_at: None,
            attempts: Vec::new(),
            refusals: Vec::new(),
            field_failures: BTreeMap::new(),
            proven_id: None,
        },
        list_error: None,
        connections_error: None,
        details_error: None,
        refresh: Refresh::default(),
        load_balancers: Seen::default(),
        is_owner_gone: true,
    }
}
