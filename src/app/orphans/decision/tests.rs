//! Each condition, missing: the service is kept.

use std::collections::BTreeSet;

use privatelink::ConnectionStatus;

use super::*;
use crate::cloud::load_balancers::Seen;
use crate::cloud::services::observed::{DetailsView, OwnHistory, Refresh};
use crate::cloud::services::{Attributes, Connection, Proof};
use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};

/// Seconds after the definition of the kind was created.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

const DELAY: Duration = Duration::from_hours(1);

fn known() -> Known {
    let minute = Duration::from_mins(1);
    Known {
        is_leading: true,
        silence: minute,
        longest_silence: minute,
        is_gone: true,
        is_listed_since: true,
        absent_for: DELAY,
        delay: DELAY,
    }
}

#[test]
fn what_is_not_known_here_keeps_the_service_whatever_else_is() {
    let second = Duration::from_secs(1);
    assert_eq!(kept_by_known(&known()), None);
    let table = [
        (Known { is_leading: false, ..known() }, Kept::NotLeading),
        (Known { silence: known().silence + second, ..known() }, Kept::WatchSilent),
        (Known { is_gone: false, ..known() }, Kept::ObjectExists),
        (Known { is_listed_since: false, ..known() }, Kept::ObjectsNotListed),
        (Known { absent_for: DELAY.saturating_sub(second), ..known() }, Kept::TooSoon),
    ];
    for (known, kept) in table {
        assert_eq!(kept_by_known(&known), Some(kept));
    }
    let nothing = Known {
        is_leading: false,
        silence: known().silence + second,
        is_gone: false,
        is_listed_since: false,
        absent_for: Duration::ZERO,
        ..known()
    };
    assert_eq!(kept_by_known(&nothing), Some(Kept::NotLeading));
}

#[test]
fn an_object_is_gone_only_where_the_api_server_says_so_and_its_kind_stays() {
    assert_eq!(kind_since(Departure::Gone { kind_since: at(0) }), Ok(at(0)));
    assert_eq!(kind_since(Departure::NameTaken), Err(Kept::NameTaken));
    assert_eq!(kind_since(Departure::KindGoes), Err(Kept::KindGoes));
}

fn owner() -> Owner {
    Owner { cluster: "c-1".to_owned(), uid: "u-1".to_owned(), object: "team.orders".to_owned() }
}

fn orphan() -> Service {
    Service {
        id: "epsrv-1".to_owned(),
        name: None,
        domain: None,
        status: ServiceStatus::Active,
        business_status: None,
        resource_type: Some("nlb".to_owned()),
        payer: None,
        create_time: Some(at(1).to_string()),
        attributes: Attributes::default(),
        regions: None,
        tags: owner().tags(),
        proof: Proof::Listed,
        unseen: [].into(),
        settling: false,
    }
}

fn connection(status: ConnectionStatus) -> Connection {
    Connection {
        endpoint_id: "ep-1".to_owned(),
        account_id: None,
        vpc_id: None,
        status,
        bandwidth_mbps: None,
        traffic_control_mode: None,
        zones: Vec::new(),
    }
}

/// Looked at when the deletion began: the service, and nobody who is connected.
fn observed(service: ServiceView) -> Observed {
    Observed {
        as_of: Some(at(100)),
        service,
        details: DetailsView::Unknown,
        connections: Some(Connections { as_of: at(100), list: Vec::new() }),
        own: OwnHistory {
            process: "us".to_owned(),
            process_start: at(2),
            first_seen: at(100),
            recorded_at: None,
            attempts: Vec::new(),
            refusals: Vec::new(),
            field_failures: [].into(),
            proven_id: None,
        },
        list_error: None,
        connections_error: None,
        details_error: None,
        refresh: Refresh::default(),
        load_balancers: Seen::default(),
        is_owner_gone: false,
    }
}

fn kept(observed: &Observed) -> Option<Kept> {
    let owner = owner();
    let (kind_since, since) = (at(0), at(100));
    kept_by_shown(&Shown { observed, owner: &owner, service_id: "epsrv-1", kind_since, since })
}

fn kept_with(change: impl FnOnce(&mut Service)) -> Option<Kept> {
    let mut service = orphan();
    change(&mut service);
    kept(&observed(ServiceView::Ours(Box::new(service))))
}

#[test]
fn a_service_that_is_shown_alone_active_and_unused_goes() {
    assert_eq!(kept_with(|_| {}), None);
}

#[test]
fn what_the_cloud_does_not_show_since_the_deletion_began_is_kept() {
    let ours = || observed(ServiceView::Ours(Box::new(orphan())));
    assert_eq!(kept(&Observed { as_of: Some(at(99)), ..ours() }), Some(Kept::NotShown));
    assert_eq!(kept(&Observed { as_of: None, ..ours() }), Some(Kept::NotShown));
    for view in [
        ServiceView::NotYetListed,
        ServiceView::Foreign(Box::new(orphan())),
        ServiceView::Former(Box::new(orphan())),
        ServiceView::ToAdopt(Box::new(orphan())),
    ] {
        assert_eq!(kept(&observed(view)), Some(Kept::NotShown));
    }
    assert_eq!(kept_with(|service| service.id = "epsrv-2".to_owned()), Some(Kept::NotShown));
    let two = vec![orphan(), Service { id: "epsrv-2".to_owned(), ..orphan() }];
    assert_eq!(kept(&observed(ServiceView::Many(two))), Some(Kept::NotSole));
}

#[test]
fn each_of_our_three_tags_must_be_there_and_nobody_may_be_about_to_adopt_it() {
    for key in [CLUSTER_TAG, UID_TAG, OBJECT_TAG] {
        assert_eq!(kept_with(|service| drop(service.tags.remove(key))), Some(Kept::OtherTags), "{key}");
        let other = |service: &mut Service| drop(service.tags.insert(key.to_owned(), "other".to_owned()));
        assert_eq!(kept_with(other), Some(Kept::OtherTags), "{key}");
    }
    let handed_over = |service: &mut Service| drop(service.tags.insert(ADOPT_TAG.to_owned(), "team.orders".to_owned()));
    assert_eq!(kept_with(handed_over), Some(Kept::HandedOver));
}

#[test]
fn a_service_that_may_be_older_than_the_definition_is_kept() {
    for time in [Some(at(0).to_string()), Some(at(-1).to_string()), Some("yesterday".to_owned()), None] {
        assert_eq!(kept_with(|service| service.create_time = time), Some(Kept::OlderThanKind));
    }
}

#[test]
fn only_an_active_service_goes() {
    for status in [
        ServiceStatus::Creating,
        ServiceStatus::Pending,
        ServiceStatus::Deleting,
        ServiceStatus::Unknown("Paused".to_owned()),
    ] {
        assert_eq!(kept_with(|service| service.status = status), Some(Kept::NotActive));
    }
    assert_eq!(kept_with(|service| service.settling = true), Some(Kept::NotActive));
}

#[test]
fn a_consumer_who_is_not_known_to_be_out_keeps_it() {
    let with = |connections| {
        let observed = observed(ServiceView::Ours(Box::new(orphan())));
        kept(&Observed { connections, ..observed })
    };
    let seen = |as_of, list| Some(Connections { as_of, list });
    assert_eq!(with(None), Some(Kept::ConnectionsUnknown));
    assert_eq!(with(seen(at(99), Vec::new())), Some(Kept::ConnectionsUnknown));
    for status in [
        ConnectionStatus::Connected,
        ConnectionStatus::Connecting,
        ConnectionStatus::Pending,
        ConnectionStatus::Disconnecting,
        ConnectionStatus::Deleting,
        ConnectionStatus::Unknown("Resting".to_owned()),
    ] {
        assert_eq!(with(seen(at(100), vec![connection(status)])), Some(Kept::Connected));
    }
    for status in [ConnectionStatus::Disconnected, ConnectionStatus::ServiceDeleted] {
        assert_eq!(with(seen(at(100), vec![connection(status)])), None);
    }
}

#[test]
fn each_reason_has_a_sentence_of_its_own() {
    let sentences: BTreeSet<String> = ALL.iter().map(ToString::to_string).collect();
    assert_eq!(sentences.len(), ALL.len());
}

const ALL: [Kept; 18] = [
    Kept::NotLeading,
    Kept::WatchSilent,
    Kept::ObjectExists,
    Kept::ObjectsNotListed,
    Kept::TooSoon,
    Kept::OwnerUnnamed,
    Kept::NameTaken,
    Kept::KindGoes,
    Kept::ApiServerSilent,
    Kept::CloudSilent,
    Kept::NotShown,
    Kept::NotSole,
    Kept::OtherTags,
    Kept::HandedOver,
    Kept::OlderThanKind,
    Kept::NotActive,
    Kept::ConnectionsUnknown,
    Kept::Connected,
];
