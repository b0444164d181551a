//! Any cloud, any spec: a status that the generated schema accepts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cloud_core::test_support::refused_with;
use privatelink::{ConnectionStatus, Operation, ServiceStatus};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cloud::services::Field;
use crate::cloud::services::observed::DetailsView;
use crate::cloud::services::{Connection, Connections};
use crate::crd::{Reason, generate};
use crate::timing::Timing;
use crate::vpc_endpoint_service::conclude::tests::{fresh, key_of, reached, ready, said};
use crate::vpc_endpoint_service::conclude::{ReconcileState, Report, conclude};
use crate::vpc_endpoint_service::plan::fixtures::{Scenario, at, attachment, nlb, now, record};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let mut crd = generate::vpc_endpoint_service();
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"].take()
});

fn schema() -> &'static Value {
    &SCHEMA
}

/// What the API server would say against the value: each keyword that the schema of the status uses, and none that it does not know.
fn violations(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
    let over = |keyword: &str, count: usize| {
        number(keyword).is_some_and(|most| i64::try_from(count).unwrap_or(i64::MAX) > most)
    };
    let mut complain = |keyword: &str| found.push(format!("{path}: {keyword}"));
    let is_of_type = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        other => panic!("{path} is of the type {other:?}"),
    };
    if !is_of_type {
        complain("type");
    }
    if let Some(text) = value.as_str() {
        let count = text.chars().count();
        if over("maxLength", count) {
            complain("maxLength");
        }
        if number("minLength").is_some_and(|least| i64::try_from(count).unwrap_or_default() < least) {
            complain("minLength");
        }
        if text.chars().any(char::is_control) {
            complain("control character");
        }
        if path.ends_with(".reason") && Reason::from_name(text).is_none() {
            complain("pattern");
        }
    }
    if let Some(integer) = value.as_i64() {
        let is_wide = schema["format"] == "int32" && i32::try_from(integer).is_err();
        if is_wide || number("minimum").is_some_and(|least| integer < least) {
            complain("range");
        }
    }
    if schema.get("enum").and_then(Value::as_array).is_some_and(|words| !words.contains(value)) {
        complain("enum");
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        violations(&schema["items"], item, &format!("{path}[{index}]"), found);
    }
    if over("maxItems", value.as_array().map_or(0, Vec::len)) {
        found.push(format!("{path}: maxItems"));
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => violations(schema, field, &format!("{path}.{name}"), found),
            None => found.push(format!("{path}.{name}: unknown")),
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{path}.{name}: missing"));
        }
    }
}

fn complaints(status: &VpcEndpointServiceStatus) -> Vec<String> {
    let mut found = Vec::new();
    violations(schema(), &serde_json::to_value(status).expect("a status is JSON"), "status", &mut found);
    found
}

/// A hundred load balancers in six zones each, all attached; the spec asks for them all.
fn six_hundred() -> Scenario {
    let zones: Vec<String> = ('a'..='f').map(|letter| format!("cn-hangzhou-{letter}")).collect();
    let balancers: Vec<String> = (0..100).map(|number| format!("nlb-{number:03}")).collect();
    let resources: Vec<_> = balancers.iter().map(|id| json!({"resourceId": id, "zoneIds": zones})).collect();
    let attachments: BTreeMap<_, _> =
        balancers.iter().flat_map(|id| zones.iter().map(move |zone| (nlb(id, zone), attachment(zone)))).collect();
    let mut scenario = Scenario::converged().edited().spec(json!({ "resources": resources }));
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario.with_details(|details| details.attachments = attachments)
}

fn report(reached: &ReconcileState, previous: &VpcEndpointServiceStatus) -> Report {
    conclude(&key_of(reached), reached, previous, &Timing::default(), now())
}

#[test]
fn six_hundred_attachments_fit_and_what_is_left_out_is_told() {
    let report = report(&reached(&six_hundred()), &ready());
    let available = "Ready=True Available: The service epsrv-ours is Active. status.resources lists 500 of 600.";
    assert_eq!(said(&report), [available]);
    let status = report.status.expect("it lives");
    assert_eq!((status.resources.len(), complaints(&status)), (500, Vec::new()));
}

#[test]
fn a_list_that_is_cut_shows_first_what_is_on_its_way() {
    let mut scenario = six_hundred();
    scenario = scenario.with_details(|details| {
        details.attachments.remove(&nlb("nlb-099", "cn-hangzhou-f"));
    });
    let status = report(&reached(&scenario), &ready()).status.expect("it lives");
    let last = status.resources.last().expect("there are some");
    assert_eq!(
        (last.resource_id.as_deref(), last.zone_id.as_deref(), last.state),
        (Some("nlb-099"), Some("cn-hangzhou-f"), Some(AttachmentState::Attaching))
    );
}

#[test]
fn what_was_told_of_a_cut_list_stays_while_nobody_looks_at_it_again() {
    let scenario = six_hundred();
    let first = report(&reached(&scenario), &ready()).status.expect("it lives");
    let mut unread = scenario;
    unread.observed.details = DetailsView::Unknown;
    unread.resolved.hint.ready_generation = Some(unread.resolved.key.generation);
    assert_eq!(report(&reached(&unread), &first).status, Some(first));
}

#[test]
fn every_bound_is_that_of_the_schema() {
    let long = "長".repeat(10_000);
    let filled = fill(schema(), &long);
    let status: VpcEndpointServiceStatus = serde_json::from_value(filled).expect("it has the form of a status");
    let fitted = serde_json::to_value(fit(status)).expect("a status is JSON");
    let mut loose = Vec::new();
    unfilled(schema(), &fitted, "status", &mut loose);
    assert_eq!(loose, Vec::<String>::new());
}

/// A value that breaks every upper bound of the schema. A condition's message has a bound of its own, and its type and reason are ours.
fn fill(schema: &Value, long: &str) -> Value {
    let words = schema.get("enum").and_then(Value::as_array);
    match schema["type"].as_str() {
        _ if words.is_some() => words.unwrap()[0].clone(),
        _ if schema["format"] == "date-time" => json!("2026-11-30T00:00:00Z"),
        Some("string") => json!(long),
        Some("integer") => json!(1),
        Some("array") => vec![fill(&schema["items"], long); 700].into(),
        Some("object") => {
            let fields = schema["properties"].as_object().unwrap();
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), fill(field, long))).collect())
        }
        other => panic!("a type {other:?}"),
    }
}

fn unfilled(schema: &Value, value: &Value, path: &str, loose: &mut Vec<String>) {
    if path.starts_with("status.conditions[") {
        return;
    }
    let number =
        |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok());
    let text = value.as_str().filter(|_| schema["format"] != "date-time" && schema.get("enum").is_none());
    if let Some(text) = text.filter(|text| Some(text.chars().count()) != number("maxLength")) {
        loose.push(format!("{path}: {} characters instead of {:?}", text.chars().count(), number("maxLength")));
    }
    if let Some(items) = value.as_array() {
        if Some(items.len()) != number("maxItems") {
            loose.push(format!("{path}: {} instead of {:?}", items.len(), number("maxItems")));
        }
        unfilled(&schema["items"], &items[0], &format!("{path}[0]"), loose);
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        unfilled(&schema["properties"][name], field, &format!("{path}.{name}"), loose);
    }
}

/// What a provider may write: nothing, a word, control characters, a multi-byte character on any boundary, 10 kB.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z]{1,9}",
        any::<String>(),
        (0..300_usize).prop_map(|count| format!("{}長{}", "x".repeat(count), "é".repeat(300))),
        Just("\u{0}\u{1b}[31m\n\u{7f}".repeat(2_500)),
    ]
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    let texts = prop::collection::vec(text(), 9);
    let counts = (
        prop_oneof![0..9_usize, 490..520_usize],
        0..60_u32,
        0..40_usize,
        prop::num::i64::ANY,
        prop::option::of(prop::num::i32::ANY),
    );
    (texts, counts, any::<bool>()).prop_map(|(texts, (attached, connected, tagged, used, mbps), is_active)| {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().expect("there are enough");
        let mut scenario = Scenario::converged().spec(json!({ "connections": {} }));
        let service = scenario.service();
        service.name = Some(next());
        service.domain = Some(next());
        service.business_status = Some(next()).filter(|_| !is_active);
        service.create_time = Some(next());
        service.status = if is_active { ServiceStatus::Active } else { ServiceStatus::Unknown(next()) };
        service.attributes.set(Field::Description, next());
        service.attributes.set(Field::AddressIpVersion, next());
        let (tag, id) = (next(), next());
        service.tags.extend((0..tagged).map(|number| (format!("{number}{tag}"), tag.clone())));
        let list = (0..connected).map(|number| Connection {
            endpoint_id: format!("{number}{id}"),
            account_id: Some(id.clone()),
            vpc_id: Some(id.clone()),
            status: if number % 2 == 0 {
                ConnectionStatus::Disconnected
            } else {
                ConnectionStatus::Unknown(id.clone())
            },
            bandwidth_mbps: mbps,
            traffic_control_mode: None,
            zones: Vec::new(),
        });
        scenario.observed.connections = Some(Connections { as_of: at(995), list: list.collect() });
        scenario.with_details(|details| {
            let entries = (0..attached).map(|number| {
                let mut attachment = attachment(&format!("{number}{id}"));
                attachment.related_endpoint_count = used;
                (nlb(&format!("{id}{number}"), &format!("{number}{id}")), attachment)
            });
            details.attachments.extend(entries);
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_cloud_says_the_schema_accepts_the_status(scenario in scenarios(), words in text(), was_ready in any::<bool>()) {
        let previous = if was_ready { ready() } else { fresh() };
        let mut failed = reached(&scenario);
        let error = refused_with(Operation::TagResources, &words, &words);
        failed = failed.failed(error);
        for reached in [reached(&scenario), failed] {
            let status = report(&reached, &previous).status.expect("it lives");
            prop_assert_eq!(complaints(&status), Vec::<String>::new());
            prop_assert_eq!(report(&reached, &status).status.expect("it lives"), status);
        }
    }
}
