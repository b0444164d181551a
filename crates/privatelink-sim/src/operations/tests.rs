//! What holds for every line of the tables.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Request;
use privatelink::Serial;
use serde_json::Value;
use url::form_urlencoded;

use super::{Spec, all};
use crate::config::{Config, Switch};
use crate::error::Refusal;
use crate::fault::{Fault, FaultKind};
use crate::simulator::Simulator;
use crate::wire::schema::{Kind, Need, Param};

const README: &str = include_str!("../../README.md");

/// Parameters as the README writes them: required ones in bold.
fn shown(param: &Param) -> String {
    match param.need {
        Need::Required | Need::Own => format!("**{}**", param.name),
        Need::Optional => param.name.to_owned(),
    }
}

fn join(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}

/// The columns of the README's table that the code knows.
fn row(spec: &Spec) -> [String; 5] {
    let scope = match spec.serial {
        Serial::None => "–",
        Serial::Account => "account",
        Serial::Service => "service",
        Serial::Endpoint => "endpoint",
    };
    [
        format!("`{}`", spec.name),
        join(spec.common_params().iter().chain(spec.params).map(shown)),
        join(spec.errors().map(|code| format!("`{}`", code.trim_end_matches(".%s")))),
        scope.to_owned(),
        format!("{}/{}s", spec.rate.calls, spec.rate.per.as_secs()),
    ]
}

#[test]
fn the_table_in_the_readme_is_that_of_the_code() {
    let rows = README.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 7);
    let cells = rows.map(|line| -> Vec<String> {
        line.trim_matches(['|', ' ']).split(" | ").take(5).map(|cell| cell.trim().to_owned()).collect()
    });
    let told: Vec<Vec<String>> = cells.collect();
    let expected: Vec<Vec<String>> = all().map(|spec| row(spec).to_vec()).collect();
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.len(), expected.len());
}

/// The parameters of every operation as the provider's own metadata of April 2026 has them; kept with the client.
const METADATA: &str = include_str!("../../../privatelink/tests/data/privatelink-operations.json");

/// Parameters that later documentation has and the metadata has not.
const NEWER: &[(&str, &str)] =
    &[("DescribeZones", "CrossRegion"), ("DescribeZones", "CrossRegionSide"), ("OpenPrivateLinkService", "OwnerId")];

/// Name, need and kind of a parameter, as far as both sides tell.
type Told = (String, bool, &'static str);

fn told_by_code(spec: &Spec) -> Vec<Told> {
    let all = spec.common_params().iter().chain(spec.params);
    let known = all.filter(|param| !NEWER.contains(&(spec.name, param.name)));
    let mut told: Vec<Told> = known
        .map(|param| {
            let kind = match param.kind {
                Kind::Text | Kind::Word(_) | Kind::AnyCase(_) => "text",
                Kind::Flag => "flag",
                Kind::Whole(..) => "number",
                Kind::Texts(_) | Kind::Items => "list",
            };
            (param.name.to_owned(), param.need != Need::Optional, kind)
        })
        .collect();
    told.sort();
    told
}

fn told_by_metadata(operation: &Value) -> Vec<Told> {
    let all = operation["parameters"].as_array().unwrap().iter();
    let mut told: Vec<Told> = all
        .map(|param| {
            let kind = match param["type"].as_str().unwrap() {
                "String" => "text",
                "Boolean" => "flag",
                "Integer" | "Long" => "number",
                "Array" | "RepeatList" => "list",
                other => panic!("{other} is no kind that this test knows"),
            };
            (param["name"].as_str().unwrap().to_owned(), param["required"].as_bool().unwrap(), kind)
        })
        .collect();
    told.sort();
    told
}

#[test]
fn all_39_operations_take_what_the_providers_metadata_says() {
    let metadata: Value = serde_json::from_str(METADATA).unwrap();
    let operations = metadata["operations"].as_array().unwrap();
    let mut names: Vec<&str> = operations.iter().map(|operation| operation["name"].as_str().unwrap()).collect();
    let mut own: Vec<&str> = all().filter(|spec| spec.api == &privatelink::API).map(|spec| spec.name).collect();
    names.sort_unstable();
    own.sort_unstable();
    assert_eq!((own.len(), &own), (39, &names));
    for operation in operations {
        let spec = super::find(operation["name"].as_str().unwrap(), privatelink::API.version).unwrap();
        assert_eq!(told_by_code(spec), told_by_metadata(operation), "{}", spec.name);
    }
}

#[test]
fn every_documented_error_has_its_text() {
    let unknown = Refusal::by_code("Nonsense").message;
    for spec in all() {
        for code in spec.errors() {
            assert_ne!(Refusal::by_code(code).message, unknown, "{} {code}", spec.name);
        }
    }
}

#[test]
fn a_code_that_is_not_documented_for_an_operation_is_not_answered() {
    let spec = super::find("DeleteVpcEndpointService", privatelink::API.version).unwrap();
    let checked = |code: &'static str| spec.checked(Refusal::by_code(code));
    for code in ["EndpointServiceNotFound", "MissingParam.ServiceId", "DryRunOperation"] {
        assert_eq!(checked(code), Refusal::by_code(code));
    }
    let answered = checked("AlbNotFound");
    assert_eq!((answered.status, answered.code.as_ref()), (500, "InternalError"));
}

#[tokio::test(start_paused = true)]
async fn every_documented_error_of_every_operation_comes_on_order() {
    let mut config = Config { seed: Some(1), ..Config::default() };
    (config.signatures.verify, config.rates.enforce) = (Switch::Off, Switch::Off);
    let simulator = Simulator::new(config);
    for spec in all() {
        for code in spec.errors() {
            simulator.fault(Fault::next(spec.action(), FaultKind::error(code)));
            let (status, body) = answer(&simulator, spec).await;
            let expected = Refusal::by_code(code);
            assert_eq!((status, body["Code"].as_str()), (expected.status, Some(code)), "{}", spec.name);
            assert_eq!(body["Message"], expected.message);
        }
    }
}

/// A call with just the parameters that are required.
async fn answer(simulator: &Simulator, spec: &Spec) -> (u16, Value) {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("Action", spec.name).append_pair("Version", spec.api.version);
    for param in spec.common_params().iter().chain(spec.params).filter(|param| param.need == Need::Required) {
        query.append_pair(param.name, "x");
    }
    let request = Request::post(format!("http://h/?{}", query.finish())).body(Bytes::new()).unwrap();
    let response = simulator.answer(request).await.response().unwrap();
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

#[test]
fn operations_are_told_apart_by_name_and_version() {
    let told: BTreeSet<(&str, &str)> = all().map(|spec| (spec.name, spec.api.version)).collect();
    assert_eq!(told.len(), all().count());
    let actions: BTreeSet<String> = all().map(Spec::action).collect();
    assert_eq!(actions.len(), all().count());
}

/// Prints the columns that the code knows, for whoever changes a table: `cargo test -p privatelink-sim -- --ignored
/// --nocapture print`.
#[test]
#[ignore = "prints"]
fn print_the_table_for_the_readme() {
    for spec in all() {
        let line = format!("| {} | … | … | … |\n", row(spec).join(" | "));
        std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()).unwrap();
    }
}
