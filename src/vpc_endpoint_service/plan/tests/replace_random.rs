//! Whatever the provider shows of connections and attachments: nobody is cut off.

use std::collections::BTreeMap;

use jiff::Timestamp;
use privatelink::{ConnectionStatus, ZoneStatus};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::super::fixtures::{Scenario, at, limits, nlb, now, record};
use super::super::freshness::{after, before};
use super::super::{Mode, Step};
use crate::cloud::services::observed::DetailsView;
use crate::cloud::services::{Attachment, AttachmentKey, Connection, ConnectionZone, Connections, Write};
use crate::vpc_endpoint_service::desired::desired;

const ZONES: [&str; 2] = ["cn-hangzhou-i", "cn-hangzhou-j"];
const BALANCERS: [&str; 3] = ["alb-a", "alb-b", "alb-c"];

fn any_zone() -> impl Strategy<Value = ConnectionZone> {
    let states =
        vec!["Connected", "Connected", "Migrated", "Migrated", "Migrating", "Disconnecting", "Wait", "Odd", ""];
    let balancer = || option::weighted(0.9, select(&BALANCERS[..]));
    let since = option::weighted(0.9, prop_oneof![300_i64..500, 900_i64..1_000]);
    (select(&ZONES[..]), select(states), balancer(), balancer(), since).prop_map(
        |(zone, state, resource, replaced, since)| ConnectionZone {
            zone_id: zone.to_owned(),
            status: ZoneStatus::from_wire(Some(state)),
            resource_id: resource.map(str::to_owned),
            replaced_resource_id: replaced.filter(|id| Some(*id) != resource).map(str::to_owned),
            since: since.map(at),
        },
    )
}

fn any_connections() -> impl Strategy<Value = Connections> {
    let states = vec!["Connected", "Connected", "Connected", "Pending", "Disconnecting", "Disconnected", "Odd"];
    let connection = (select(states), vec(any_zone(), 0..3));
    (prop_oneof![860_i64..900, 950_i64..1_000], vec(connection, 0..5)).prop_map(|(as_of, list)| {
        let list = list.into_iter().enumerate().map(|(number, (state, zones))| Connection {
            endpoint_id: format!("ep-{number}"),
            account_id: None,
            vpc_id: None,
            status: ConnectionStatus::from_wire(Some(state)),
            bandwidth_mbps: None,
            traffic_control_mode: None,
            zones: zones
                .into_iter()
                .map(|zone| (zone.zone_id.clone(), zone))
                .collect::<BTreeMap<_, _>>()
                .into_values()
                .collect(),
        });
        Connections { as_of: at(as_of), list: list.collect() }
    })
}

/// alb-b or alb-c or both are wanted in both zones, whatever is attached and used.
fn any_replacement() -> impl Strategy<Value = Scenario> {
    let entry = || option::of(option::of(select(vec!["Drain", "Migrate", "Migrate"])));
    let attachment = (any::<bool>(), 0_i64..2, 0_i64..2);
    let attachments = vec(option::weighted(0.8, attachment), BALANCERS.len() * ZONES.len());
    let policies = select(vec!["Manage", "Manage", "Observe", "Plan"]);
    let start = prop_oneof![4 => Just(0_i64), 1 => 900_i64..1_000];
    (entry(), entry(), attachments, option::weighted(0.95, any_connections()), policies, start).prop_map(
        |(b, c, attachments, connections, policy, start)| {
            let entries = [("alb-b", b), ("alb-c", c)]
                .into_iter()
                .filter_map(|(id, when)| Some(json!({ "resourceId": id, "zoneIds": ZONES, "whenReplaced": when? })));
            let fields = json!({
                "serviceResourceType": "alb",
                "resources": entries.collect::<Vec<_>>(),
                "managementPolicy": policy,
            });
            let mut scenario = Scenario::converged().edited().spec(fields);
            scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
            scenario.observed.own.process_start = at(start);
            scenario.observed.connections = connections;
            let keys = BALANCERS.iter().flat_map(|id| ZONES.map(|zone| nlb(id, zone)));
            scenario.with_details(|details| {
                let attached = keys.zip(attachments).filter_map(|(key, one)| {
                    let (auto_allocated_enabled, related_endpoint_count, deprecated_endpoint_count) = one?;
                    let zone_id = key.zone_id.clone();
                    let one = Attachment {
                        zone_id,
                        auto_allocated_enabled,
                        related_endpoint_count,
                        deprecated_endpoint_count,
                    };
                    Some((key, one))
                });
                details.attachments = attached.collect();
            })
        },
    )
}

fn attachments(scenario: &Scenario) -> &BTreeMap<AttachmentKey, Attachment> {
    let DetailsView::Known(details) = &scenario.observed.details else { panic!("attachments are known") };
    &details.attachments
}

fn moves(steps: &[Step]) -> Vec<&Write> {
    let moves = steps.iter().filter_map(|step| match step {
        Step::Write { write, .. } if write.is_move() => Some(write),
        _ => None,
    });
    moves.collect()
}

fn zone<'a>(
    scenario: &'a Scenario,
    endpoint_id: &str,
    zone_id: &str,
    id: Option<&str>,
) -> (&'a Connection, &'a ConnectionZone) {
    let connections = scenario.observed.connections.as_ref().expect("they are listed");
    let connection = connections.list.iter().find(|one| one.endpoint_id == endpoint_id).expect("it is listed");
    let is_it = |one: &&ConnectionZone| one.zone_id == zone_id && one.resource_id.as_deref() == id;
    (connection, connection.zones.iter().find(is_it).expect("it has the zone, over that load balancer"))
}

proptest! {
    #[test]
    fn only_what_is_connected_is_moved_from_what_goes_to_what_asks_for_it(scenario in any_replacement()) {
        let plan = scenario.plan();
        let wanted = desired(&scenario.resolved, &scenario.observed.load_balancers);
        let moves = moves(&plan.steps);
        let connections = scenario.observed.connections.as_ref();
        let sure = after(scenario.observed.own.process_start, limits().consistency_window);
        let oldest: Timestamp = before(now(), limits().resync_period * 2).max(sure);
        prop_assert!(moves.is_empty() || connections.is_some_and(|connections| connections.as_of >= oldest));
        let sent = moves.iter().filter(|write| matches!(write, Write::Migrate { .. })).count();
        prop_assert!(plan.mode != Mode::Act || sent <= 1, "one at a time: {plan:?}");
        for write in moves {
            let (Write::Migrate { endpoint_id, zone_id, from, to, .. }
            | Write::CloseReplaced { endpoint_id, zone_id, from, to }) = write else { unreachable!() };
            let (from, to) = (nlb(from, zone_id), nlb(to, zone_id));
            let details = attachments(&scenario);
            prop_assert!(wanted.migrate_to.contains(&to) && details.contains_key(&to));
            prop_assert!(!wanted.attachments.as_ref().is_some_and(|all| all.contains(&from)));
            let is_migration = matches!(write, Write::Migrate { .. });
            let by = if is_migration { &from } else { &to };
            let (connection, zone) = zone(&scenario, endpoint_id, zone_id, Some(&by.resource_id));
            prop_assert_eq!(&connection.status, &ConnectionStatus::Connected);
            if is_migration {
                prop_assert!(!details[&from].auto_allocated_enabled);
                prop_assert!(matches!(zone.status, ZoneStatus::Connected | ZoneStatus::Migrated));
            } else {
                prop_assert_eq!(&zone.status, &ZoneStatus::Migrated);
                prop_assert_eq!(zone.replaced_resource_id.as_ref(), Some(&from.resource_id));
                let drained = zone.since.is_some_and(|since| after(since, limits().migration_drain_time) <= now());
                prop_assert!(drained);
            }
        }
    }

    #[test]
    fn nothing_is_detached_that_is_used_or_still_has_traffic(scenario in any_replacement()) {
        for step in &scenario.plan().steps {
            if let Step::Write { write: Write::Detach { key, .. }, .. } = step {
                let one = &attachments(&scenario)[key];
                prop_assert_eq!((one.related_endpoint_count, one.deprecated_endpoint_count), (0, 0));
            }
        }
    }

    #[test]
    fn a_plan_with_moves_is_the_same_when_it_is_made_again(scenario in any_replacement()) {
        prop_assert_eq!(scenario.plan(), scenario.plan());
    }
}
