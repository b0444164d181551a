//! The state, fed with lists and writes by hand. Moments are seconds after the start of the process; the timing is the
//! default one: lists may lag 60 s, lists come every 60 s, and 0.5 s to 5 s apart while something is on its way.

mod connections;
mod details;
mod field_failures;
mod history;
mod ownership;
mod pending_writes;
mod property;
mod requeuing;
mod timetable;
mod young;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use privatelink::ServiceStatus;

use super::About;
use crate::cloud::inventory::RecordMark;
use crate::cloud::services::observed::{Observed, ServiceView};
use crate::cloud::services::{
    Attachment, AttachmentKey, Attributes, Created, DetailsQuery, EndpointServices, Field, Proof, Query, Regions,
    Service, Write,
};
use crate::identity::{ObjectId, Owner};
use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};
use crate::timing::Timing;

type State = super::State<EndpointServices>;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn millis(milliseconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_millis(milliseconds)
}

fn state() -> State {
    State::new(About {
        cluster: "prod".to_owned(),
        account: "1001".to_owned(),
        timing: Timing::default(),
        process: "us".to_owned(),
        process_start: at(0),
    })
}

/// The object `team/<name>`, with the UID `uid-<name>`.
fn id(name: &str) -> ObjectId {
    ObjectId { namespace: "team".to_owned(), name: name.to_owned(), uid: format!("uid-{name}") }
}

fn owner(name: &str) -> Owner {
    Owner { cluster: "prod".to_owned(), uid: format!("uid-{name}"), object: format!("team.{name}") }
}

/// An Active service of the object `team/<name>`, as a list shows it.
fn service(service_id: &str, name: &str) -> Service {
    Service {
        id: service_id.to_owned(),
        name: Some(format!("com.aliyuncs.privatelink.cn-hangzhou.{service_id}")),
        domain: Some(format!("{service_id}.cn-hangzhou.privatelink.aliyuncs.com")),
        status: ServiceStatus::Active,
        business_status: Some("Normal".to_owned()),
        resource_type: Some("nlb".to_owned()),
        payer: Some("Endpoint".to_owned()),
        create_time: Some("2026-01-01T00:00:00Z".to_owned()),
        attributes: Attributes::default()
            .with(Field::Description, "before")
            .with(Field::AutoAcceptEnabled, false)
            .with(Field::ZoneAffinityEnabled, true)
            .with(Field::AddressIpVersion, "IPv4")
            .with(Field::ConnectBandwidthMbps, 3072)
            .with(Field::ResourceGroupId, "rg-1"),
        regions: Some(Regions::default()),
        tags: owner(name).tags(),
        proof: Proof::Listed,
        unseen: BTreeSet::new(),
        settling: false,
    }
}

fn in_status(status: ServiceStatus, service: Service) -> Service {
    Service { status, ..service }
}

fn with_tag(key: &str, value: &str, mut service: Service) -> Service {
    service.tags.insert(key.to_owned(), value.to_owned());
    service
}

fn without_tag(key: &str, mut service: Service) -> Service {
    service.tags.remove(key);
    service
}

/// What our own Create answers for the object.
fn created(service_id: &str, name: &str) -> Created {
    let service = Service { status: ServiceStatus::Creating, proof: Proof::OwnCreate, ..service(service_id, name) };
    Created { service, attachments: BTreeMap::from([(key("nlb-1"), attachment())]) }
}

fn key(resource_id: &str) -> AttachmentKey {
    AttachmentKey { resource_id: resource_id.to_owned(), zone_id: Some("cn-hangzhou-h".to_owned()) }
}

fn attachment() -> Attachment {
    Attachment::new(Some("cn-hangzhou-h".to_owned()))
}

fn attach(resource_id: &str) -> Write {
    Write::Attach { resource_type: "nlb".to_owned(), key: key(resource_id) }
}

fn detach(resource_id: &str) -> Write {
    Write::Detach { resource_type: "nlb".to_owned(), key: key(resource_id) }
}

fn described(description: &str) -> Write {
    Write::Attributes(Attributes::default().with(Field::Description, description.to_owned()))
}

/// A look at the object `team/<name>` whose status names nothing.
fn look(state: &mut State, name: &str, now: Timestamp) -> Observed {
    look_named(state, name, None, now)
}

fn look_named(state: &mut State, name: &str, named: Option<&str>, now: Timestamp) -> Observed {
    state.observed(
        &Query {
            id: &id(name),
            owner: &owner(name),
            generation: 1,
            named,
            adopt: None,
            record: None,
            details: DetailsQuery::default(),
        },
        now,
    )
}

fn ours(service: Service) -> ServiceView {
    ServiceView::Ours(Box::new(service))
}
