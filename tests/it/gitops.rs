//! `tests/gitops/cases.json`, the table of objects that `make gitops` shows to the code of Argo CD and of Flux: it has a case for every reason, and each is an object as
//! the operator writes it.

use std::collections::BTreeSet;
use std::fs;

use privatelink_operator::crd::{ConditionType, Reason, VpcEndpointServiceStatus};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::checkout::repository;
use crate::support::source::{is_test, relevant, sources};

const KIND: &str = "privatelink.alibabacloud.com_VpcEndpointService";

/// One object. `tests/gitops/cases.py` reads the same file, and what is to be said of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    #[serde(rename = "case")]
    name: String,
    #[serde(default)]
    reason_is_not_written_yet: bool,
    #[serde(default)]
    deleted: bool,
    /// Type, status, reason and message of each.
    conditions: Vec<[String; 4]>,
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(repository().join("tests/gitops/cases.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

impl Case {
    /// Of all its conditions.
    fn reasons(&self) -> impl Iterator<Item = &str> {
        self.conditions.iter().map(|[_, _, reason, _]| reason.as_str())
    }

    fn has(&self, kind: ConditionType) -> bool {
        self.conditions.iter().any(|[told, ..]| told == kind.as_str())
    }

    fn status(&self) -> Value {
        let conditions = self.conditions.iter().map(|[kind, status, reason, message]| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": 1,
                "lastTransitionTime": "2026-11-30T10:00:00Z",
            })
        });
        json!({"observedGeneration": 1, "conditions": conditions.collect::<Vec<_>>()})
    }
}

#[test]
fn every_reason_has_a_case() {
    let cases = cases();
    let told: BTreeSet<&str> = cases.iter().flat_map(Case::reasons).collect();
    let all: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(told, all, "tests/gitops/cases.json: a case for each reason of docs/reference/reasons.md, and no other");
}

/// As `conclude` writes conditions: Ready first, the others only while they are true, and never at work and stalled at once.
#[test]
fn every_case_is_a_status_that_the_operator_could_write() {
    let known: BTreeSet<&str> = ConditionType::ALL.iter().map(|kind| kind.as_str()).collect();
    for case in cases() {
        let status = case.status();
        let typed: VpcEndpointServiceStatus = serde_json::from_value(status.clone()).unwrap();
        assert_eq!(serde_json::to_value(typed).unwrap(), status, "{}", case.name);
        let kinds: Vec<&str> = case.conditions.iter().map(|[kind, ..]| kind.as_str()).collect();
        assert!(kinds[0] == "Ready" && kinds.iter().all(|kind| known.contains(kind)), "{}: {kinds:?}", case.name);
        assert!(case.conditions[1..].iter().all(|[_, status, ..]| status == "True"), "{}", case.name);
        let is_at_work = case.deleted || case.has(ConditionType::Reconciling);
        assert!(!case.has(ConditionType::Stalled) || !is_at_work, "{}", case.name);
    }
}

/// The conditions beside a reason that nobody writes yet are those that its meaning asks for. Once it is written, they are to be looked at again.
#[test]
fn cases_whose_reason_is_not_written_yet_are_marked() {
    let files = sources(&repository().join("src")).into_iter();
    let files = files.filter(|file| !is_test(file) && !file.ends_with("condition/reason.rs"));
    let code: String = files.map(|file| relevant(&fs::read_to_string(file).unwrap())).collect();
    let is_named = |reason: &str| {
        code.match_indices(&format!("Reason::{reason}"))
            .any(|(at, name)| !code[at + name.len()..].starts_with(|next: char| next.is_alphanumeric()))
    };
    let unwritten: BTreeSet<&str> =
        Reason::ALL.iter().map(|reason| reason.as_str()).filter(|reason| !is_named(reason)).collect();
    let cases = cases();
    let marked = cases.iter().filter(|case| case.reason_is_not_written_yet).flat_map(Case::reasons);
    let marked: BTreeSet<&str> = marked.filter(|reason| !["Available", "Drifted"].contains(reason)).collect();
    assert_eq!(marked, unwritten, "tests/gitops/cases.json: reasonIsNotWrittenYet");
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

/// So that what is tested is what argocd-cm gets.
#[test]
fn argocd_cm_takes_health_and_actions_from_the_files() {
    let file = repository().join("config/argocd/component/kustomization.yaml");
    let component: Component = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let [Generator { name, behavior, files }] = component.config_map_generator.as_slice() else {
        panic!("one generator")
    };
    assert_eq!((name.as_str(), behavior.as_str()), ("argocd-cm", "merge"));
    let expected = [("health", "health.lua"), ("actions", "actions.yaml")];
    assert_eq!(files, &expected.map(|(what, file)| format!("resource.customizations.{what}.{KIND}={file}")));
}
