use serde_json::{Value, json};

use super::*;

const STATES: [&str; 8] =
    ["Disconnected", "Connecting", "Connected", "Pending", "Disconnecting", "Deleting", "ServiceDeleted", "Migrating"];

fn connection(status: &str) -> Connection {
    Connection {
        endpoint_id: "ep-a".to_owned(),
        account_id: Some("1".to_owned()),
        vpc_id: Some("vpc-a".to_owned()),
        status: ConnectionStatus::from_wire(Some(status)),
        bandwidth_mbps: Some(3072),
        traffic_control_mode: Some("BandwidthLimit".to_owned()),
        zones: Vec::new(),
    }
}

fn spec(fields: Value) -> ConnectionsSpec {
    serde_json::from_value(fields).unwrap()
}

fn rules(rules: Value) -> ConnectionsSpec {
    let mut fields = json!({"default": "Reject"});
    fields["rules"] = rules;
    spec(fields)
}

fn decided(spec: &ConnectionsSpec, connection: &Connection) -> &'static str {
    decide(spec, connection).action.as_str()
}

fn shaped(mbps: Option<i32>, mode: Option<&str>) -> ConnectionAttributes {
    ConnectionAttributes { bandwidth_mbps: mbps, traffic_control_mode: mode.map(str::to_owned) }
}

#[test]
fn without_rules_the_default_decides_and_without_a_default_requests_are_held() {
    let found = connection("Disconnected");
    assert_eq!(decided(&spec(json!({})), &found), "Hold");
    for default in ["Hold", "Accept", "Reject"] {
        assert_eq!(decided(&spec(json!({"default": default})), &found), default);
    }
}

#[test]
fn the_first_rule_that_matches_decides() {
    let found = connection("Disconnected");
    let [accept, reject, hold] = ["Accept", "Reject", "Hold"].map(|action| json!({"accountId": "1", "action": action}));
    let other = json!({"accountId": "2", "action": "Hold"});
    assert_eq!(decided(&rules(json!([accept, reject])), &found), "Accept");
    assert_eq!(decided(&rules(json!([reject, accept])), &found), "Reject");
    assert_eq!(decided(&rules(json!([other, hold, accept])), &found), "Hold");
    assert_eq!(decided(&rules(json!([other])), &found), "Reject");
}

#[test]
fn a_rule_matches_when_all_that_it_names_is_equal() {
    let table = [
        (json!({"accountId": "1"}), true),
        (json!({"accountId": "11"}), false),
        (json!({"endpointId": "ep-a"}), true),
        (json!({"endpointId": "ep-ab"}), false),
        (json!({"vpcId": "vpc-a"}), true),
        (json!({"vpcId": "vpc-b"}), false),
        (json!({"accountId": "1", "endpointId": "ep-a", "vpcId": "vpc-a"}), true),
        (json!({"accountId": "1", "endpointId": "ep-a", "vpcId": "vpc-b"}), false),
        (json!({"accountId": "2", "endpointId": "ep-a", "vpcId": "vpc-a"}), false),
    ];
    for (mut rule, matches) in table {
        rule["action"] = json!("Accept");
        let expected = if matches { "Accept" } else { "Reject" };
        assert_eq!(decided(&rules(json!([rule])), &connection("Disconnected")), expected, "{rule}");
    }
}

#[test]
fn what_is_not_known_of_a_connection_accepts_nobody_and_cuts_nobody_off() {
    let reject_one = json!({"accountId": "1", "action": "Reject"});
    let unknown = |status| Connection { account_id: None, ..connection(status) };
    // The account may be the one that is refused.
    let open = spec(json!({"default": "Accept", "rules": [reject_one], "whenNoLongerAllowed": "Disconnect"}));
    assert_eq!(decide(&open, &unknown("Disconnected")).action, ConnectionDecision::Hold);
    assert_eq!(answer(&open, &unknown("Disconnected")), Answer::Nothing);
    assert_eq!(answer(&open, &unknown("Connected")), Answer::Nothing);
    // What else the rule names is known to be another.
    let elsewhere = json!({"accountId": "1", "vpcId": "vpc-b", "action": "Reject"});
    assert_eq!(decided(&spec(json!({"default": "Accept", "rules": [elsewhere]})), &unknown("Disconnected")), "Accept");
}

#[test]
fn only_what_waits_is_accepted() {
    let accept = spec(json!({"default": "Accept", "whenNoLongerAllowed": "Disconnect"}));
    for state in STATES {
        let expected = if state == "Disconnected" { Answer::Accept(shaped(None, None)) } else { Answer::Nothing };
        assert_eq!(answer(&accept, &connection(state)), expected, "{state}");
    }
}

#[test]
fn a_request_that_is_held_or_refused_is_left_as_it_is() {
    for default in ["Hold", "Reject"] {
        for end in ["Keep", "Disconnect"] {
            let spec = spec(json!({"default": default, "whenNoLongerAllowed": end}));
            assert_eq!(answer(&spec, &connection("Disconnected")), Answer::Nothing, "{default} {end}");
        }
    }
}

#[test]
fn a_live_connection_that_no_rule_accepts_is_kept_unless_the_spec_says_otherwise() {
    for default in ["Hold", "Reject"] {
        for state in STATES {
            let kept = spec(json!({"default": default}));
            assert_eq!(answer(&kept, &connection(state)), Answer::Nothing, "{state}");
            let cut = spec(json!({"default": default, "whenNoLongerAllowed": "Disconnect"}));
            let expected = if state == "Connected" { Answer::Disconnect } else { Answer::Nothing };
            assert_eq!(answer(&cut, &connection(state)), expected, "{state}");
        }
    }
}

#[test]
fn an_accepted_request_gets_what_its_rule_asks_for() {
    let rule =
        json!({"accountId": "1", "action": "Accept", "bandwidthMbps": 200, "trafficControlMode": "BandwidthLimit"});
    let wanted = shaped(Some(200), Some("BandwidthLimit"));
    assert_eq!(answer(&rules(json!([rule])), &connection("Disconnected")), Answer::Accept(wanted));
    let rule = json!({"accountId": "1", "action": "Accept", "trafficControlMode": "Scalability"});
    let wanted = shaped(None, Some("Scalability"));
    assert_eq!(answer(&rules(json!([rule])), &connection("Disconnected")), Answer::Accept(wanted));
}

#[test]
fn of_a_live_connection_only_what_differs_is_changed() {
    let asks = |fields: Value| {
        let mut rule = json!({"accountId": "1", "action": "Accept"});
        rule.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        rules(json!([rule]))
    };
    let table = [
        (json!({}), Answer::Nothing),
        (json!({"bandwidthMbps": 3072}), Answer::Nothing),
        (json!({"bandwidthMbps": 200}), Answer::Change(shaped(Some(200), None))),
        (json!({"trafficControlMode": "BandwidthLimit"}), Answer::Nothing),
        (json!({"trafficControlMode": "Scalability"}), Answer::Change(shaped(None, Some("Scalability")))),
        (
            json!({"bandwidthMbps": 200, "trafficControlMode": "BandwidthLimit"}),
            Answer::Change(shaped(Some(200), None)),
        ),
    ];
    for (fields, expected) in table {
        assert_eq!(answer(&asks(fields.clone()), &connection("Connected")), expected, "{fields}");
    }
    // What the provider does not say cannot differ.
    let silent = Connection { bandwidth_mbps: None, traffic_control_mode: None, ..connection("Connected") };
    let both = asks(json!({"bandwidthMbps": 200, "trafficControlMode": "BandwidthLimit"}));
    assert_eq!(answer(&both, &silent), Answer::Nothing);
    // A connection that is being established or changed is left alone.
    for state in STATES.into_iter().filter(|state| !["Connected", "Disconnected"].contains(state)) {
        assert_eq!(answer(&both, &connection(state)), Answer::Nothing, "{state}");
    }
}
