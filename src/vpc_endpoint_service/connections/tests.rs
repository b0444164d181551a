use privatelink::ConnectionStatus;

use super::*;

fn connection(endpoint_id: &str, status: &str) -> Connection {
    Connection {
        endpoint_id: endpoint_id.to_owned(),
        account_id: Some("2".to_owned()),
        vpc_id: None,
        status: ConnectionStatus::from_wire(Some(status)),
        bandwidth_mbps: None,
        traffic_control_mode: None,
        zones: Vec::new(),
    }
}

fn connections(list: &[(&str, &str)]) -> Connections {
    let list = list.iter().map(|(endpoint_id, status)| connection(endpoint_id, status)).collect();
    Connections { as_of: "2026-11-25T12:00:00Z".parse().unwrap(), list }
}

#[test]
fn every_state_of_the_provider_has_a_stage_and_a_new_one_is_on_its_way() {
    let stages: Vec<_> = [
        "Connected",
        "Connecting",
        "Pending",
        "Disconnecting",
        "Deleting",
        "Disconnected",
        "ServiceDeleted",
        "Deleted",
        "",
    ]
    .into_iter()
    .map(|status| (status, stage(&ConnectionStatus::from_wire(Some(status)))))
    .collect();
    assert_eq!(
        stages,
        [
            ("Connected", Stage::Live),
            ("Connecting", Stage::Live),
            ("Pending", Stage::Live),
            ("Disconnecting", Stage::OnTheWay),
            ("Deleting", Stage::OnTheWay),
            ("Disconnected", Stage::Out),
            ("ServiceDeleted", Stage::Out),
            ("Deleted", Stage::OnTheWay),
            ("", Stage::OnTheWay),
        ]
    );
}

#[test]
fn nobody_is_connected_to_a_service_without_connections() {
    let none = connections(&[]);
    assert_eq!(live_consumers(&none), []);
    assert!(!is_any_on_the_way(&none));
}

#[test]
fn live_consumers_are_named_in_the_order_of_their_endpoints() {
    let some = connections(&[("ep-c", "Connected"), ("ep-b", "Disconnected"), ("ep-a", "Connecting")]);
    let consumer = |id: &str| Consumer { endpoint_id: id.to_owned(), account_id: Some("2".to_owned()) };
    assert_eq!(live_consumers(&some), [consumer("ep-a"), consumer("ep-c")]);
    assert_eq!(all_consumers(&some), [consumer("ep-a"), consumer("ep-b"), consumer("ep-c")]);
    assert!(!is_any_on_the_way(&some));
}

#[test]
fn a_connection_in_an_unknown_state_is_waited_for() {
    assert!(is_any_on_the_way(&connections(&[("ep-a", "Disconnected"), ("ep-b", "Migrating")])));
}
