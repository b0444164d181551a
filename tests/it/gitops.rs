//! What GitOps tools are told of an object: the scripts of `config/argocd`, alone, under Lua 5.1 with the libraries that Argo CD gives them.
//!
//! The objects are those of `tests/gitops/cases.json`, which `make gitops` also shows to Argo CD's and Flux's own evaluators.

mod cases;
mod scripts;

use std::collections::BTreeSet;
use std::fs;

use privatelink_operator::crd::Reason;
use privatelink_operator::names::RECONCILE_REQUESTED_AT_ANNOTATION;
use serde::Deserialize;
use serde_json::{Value, json};

use self::cases::{Case, cases, object};
use self::scripts::{Action, Actions, NOW, Script};
use crate::support::checkout::repository;
use crate::support::source::{is_test, relevant, sources};

const KIND: &str = "privatelink.alibabacloud.com_VpcEndpointService";

fn health(object: &Value) -> Value {
    Script::read("health.lua").run(object)
}

#[test]
fn every_case_has_the_health_that_the_table_says() {
    for case in cases() {
        assert_eq!(health(&case.object()), case.health(), "{}", case.case);
    }
}

#[test]
fn every_reason_has_a_case() {
    let cases = cases();
    let told: BTreeSet<&str> = cases.iter().flat_map(Case::reasons).collect();
    let all: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(told, all, "tests/gitops/cases.json: a case for each reason of docs/reference/reasons.md, and no other reason");
}

/// The conditions beside a reason that nobody writes yet are those that its meaning asks for. Once it is written, they are to be looked at again.
#[test]
fn cases_whose_reason_is_not_written_yet_are_marked() {
    let files = sources(&repository().join("src")).into_iter();
    let files = files.filter(|file| !is_test(file) && !file.ends_with("condition/reason.rs"));
    let code: String = files.map(|file| relevant(&fs::read_to_string(file).unwrap())).collect();
    let names = |reason: &str| {
        code.match_indices(&format!("Reason::{reason}"))
            .any(|(at, name)| !code[at + name.len()..].starts_with(|next: char| next.is_alphanumeric()))
    };
    let unwritten: BTreeSet<&str> =
        Reason::ALL.iter().map(|reason| reason.as_str()).filter(|reason| !names(reason)).collect();
    let cases = cases();
    let marked = cases.iter().filter(|case| case.reason_is_not_written_yet).flat_map(Case::reasons);
    let marked: BTreeSet<&str> = marked.filter(|reason| !["Available", "Drifted"].contains(reason)).collect();
    assert_eq!(marked, unwritten, "tests/gitops/cases.json: reasonIsNotWrittenYet");
}

#[test]
fn an_object_that_nobody_has_looked_at_is_progressing() {
    let expected = json!({"status": "Progressing", "message": "The operator has not written a status yet."});
    let unready = json!({"observedGeneration": 1, "conditions": [{"type": "Stalled", "status": "True", "reason": "InvalidSpec"}]});
    for status in [None, Some(json!({})), Some(json!({"observedGeneration": 1, "conditions": []})), Some(unready)] {
        let mut object = object(1);
        if let Some(status) = status.clone() {
            object["status"] = status;
        }
        assert_eq!(health(&object), expected, "{status:?}");
    }
}

#[test]
fn a_script_has_the_libraries_that_argo_cd_gives_and_no_other() {
    let table = [
        ("string", "nil"),
        ("math", "nil"),
        ("io", "nil"),
        ("os", "nil"),
        ("debug", "nil"),
        ("coroutine", "nil"),
        ("table", "table"),
        ("require", "function"),
        ("ipairs", "function"),
    ];
    for (name, kind) in table {
        let script = Script(format!("return {{ kind = type({name}) }}"));
        assert_eq!(script.run(&json!({})), json!({"kind": kind}), "{name}");
    }
    let method = Script("return { length = (\"abc\"):len() }".to_owned());
    assert!(method.try_run(&json!({})).is_err(), "a text has no methods without the string library");
}

fn offered(object: &Value) -> Value {
    Actions::read().discovery.run(object)
}

/// The object of the table, suspended or not, marked for deletion or not.
fn acted_on(suspended: bool, deleting: bool) -> Value {
    let mut object = object(1);
    object["spec"]["suspend"] = json!(suspended);
    if deleting {
        object["metadata"]["deletionTimestamp"] = json!("2026-11-30T11:00:00Z");
    }
    object
}

#[test]
fn actions_are_offered_where_the_operator_acts_on_them() {
    let offers = |suspend: bool, resume: bool| {
        json!({"reconcile": {"disabled": false}, "suspend": {"disabled": !suspend}, "resume": {"disabled": !resume}})
    };
    assert_eq!(offered(&acted_on(false, false)), offers(false, false), "an object that is to live is not suspended");
    assert_eq!(offered(&acted_on(true, false)), offers(false, true));
    assert_eq!(offered(&acted_on(false, true)), offers(true, false), "a deletion can be held");
    assert_eq!(offered(&acted_on(true, true)), offers(false, true));
}

/// Once the operator acts on it, the action is to be offered, and its description in the schema says so no longer.
#[test]
fn suspend_is_offered_for_live_objects_once_the_operator_acts_on_it() {
    let definition =
        fs::read_to_string(repository().join("crds/vpcendpointservices.privatelink.alibabacloud.com.yaml")).unwrap();
    let definition: Value = serde_saphyr::from_str(&definition).unwrap();
    let described = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["suspend"]["description"];
    let is_acted_on = !described.as_str().unwrap().contains("NotImplementedYet");
    let is_offered = offered(&acted_on(false, false))["suspend"]["disabled"] == json!(false);
    assert_eq!(is_offered, is_acted_on, "config/argocd/component/actions.yaml: suspend");
}

#[test]
fn actions_change_what_they_are_for_and_nothing_else() {
    let run = |name: &str, object: &Value| Actions::read().action(name).run(object);
    let before = acted_on(false, true);
    let mut suspended = before.clone();
    suspended["spec"]["suspend"] = json!(true);
    assert_eq!(run("suspend", &before), suspended);
    assert_eq!(run("resume", &suspended), before);

    let mut asked = object(1);
    asked["metadata"]["annotations"] = json!({RECONCILE_REQUESTED_AT_ANNOTATION: NOW});
    assert_eq!(run("reconcile", &object(1)), asked);
    let mut annotated = object(1);
    annotated["metadata"]["annotations"] =
        json!({"team": "orders", RECONCILE_REQUESTED_AT_ANNOTATION: "2026-11-29T08:00:00Z"});
    let mut again = annotated.clone();
    again["metadata"]["annotations"][RECONCILE_REQUESTED_AT_ANNOTATION] = json!(NOW);
    assert_eq!(run("reconcile", &annotated), again);
}

#[test]
fn every_action_that_is_offered_is_defined_and_the_other_way_round() {
    let Value::Object(offered) = offered(&object(1)) else { panic!("a table of actions") };
    let offered: BTreeSet<String> = offered.keys().cloned().collect();
    let defined: BTreeSet<String> =
        Actions::read().definitions.into_iter().map(|Action { name, script: _ }| name).collect();
    assert_eq!(defined, offered);
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    config_map_generator: Vec<Generator>,
}

#[derive(Deserialize)]
struct Generator {
    name: String,
    behavior: String,
    files: Vec<String>,
}

/// So that what is tested here is what argocd-cm gets.
#[test]
fn argocd_cm_takes_both_from_the_files() {
    let file = repository().join("config/argocd/component/kustomization.yaml");
    let component: Component = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let [Generator { name, behavior, files }] = component.config_map_generator.as_slice() else { panic!("one generator") };
    assert_eq!((name.as_str(), behavior.as_str()), ("argocd-cm", "merge"));
    let expected = [("health", "health.lua"), ("actions", "actions.yaml")];
    assert_eq!(files, &expected.map(|(what, file)| format!("resource.customizations.{what}.{KIND}={file}")));
}
