//! Where parameters stand in a request, operation by operation: query or form, token, dry run, region, page.

use std::collections::BTreeSet;

use cloud_core::{ErrorKind, Fate, Placement};
use privatelink::Operation;
use serde_json::json;

use crate::operations::documented;
use crate::requests::NEWER;
use crate::support::{Parameters, Script, acknowledged, client, cut, error, ok};
use crate::surface::{Given, Method, methods};

/// What a call sends: of a list, the requests for two pages.
async fn sent(method: &Method, given: Given) -> Vec<Parameters> {
    let script = Script::of([ok(&json!({"NextToken": "page-2"})), ok(&json!({}))]);
    method.call(client(&script), given).await.unwrap();
    let actions: BTreeSet<String> = script.headers("x-acs-action").into_iter().collect();
    assert_eq!(actions, BTreeSet::from([method.operation.name().to_owned()]));
    script.sent()
}

/// The name without index and field: `Tag` of `Tag.1.Key`.
fn base(name: &str) -> String {
    name.split('.').next().unwrap().to_owned()
}

fn has(operation: Operation, parameter: &str) -> bool {
    documented()[operation.name()].parameters.contains_key(parameter)
}

#[tokio::test(start_paused = true)]
async fn every_parameter_of_the_metadata_reaches_the_wire_where_the_metadata_puts_it() {
    for method in methods() {
        let name = method.operation.name();
        let newer = NEWER.iter().filter(|(operation, _, _)| *operation == name).map(|(_, name, _)| (*name).to_owned());
        let expected: BTreeSet<String> =
            documented().remove(name).unwrap().parameters.into_keys().chain(newer).collect();
        let requests = sent(&method, Given::Everything).await;
        let names = |of: fn(&Parameters) -> &std::collections::BTreeMap<String, String>| -> BTreeSet<String> {
            requests.iter().flat_map(|request| of(request).keys()).map(|name| base(name)).collect()
        };
        let (query, form) = (names(|request| &request.query), names(|request| &request.form));
        let expected = match method.operation.placement() {
            Placement::Query => (expected, BTreeSet::new()),
            Placement::Form => (BTreeSet::new(), expected),
        };
        assert_eq!((query, form), expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn lists_and_nothing_else_are_asked_for_page_by_page() {
    for method in methods() {
        let requests = sent(&method, Given::Required).await;
        let tokens: Vec<Option<&str>> = requests.iter().map(|request| request.get("NextToken")).collect();
        let expected = if has(method.operation, "NextToken") { vec![None, Some("page-2")] } else { vec![None] };
        assert_eq!(tokens, expected, "{}", method.operation);
    }
}

#[tokio::test(start_paused = true)]
async fn pages_have_the_documented_size() {
    let of_50 = ["ListVpcEndpointServiceResources", "ListVpcEndpointServiceUsers", "ListVpcEndpointSecurityGroups"];
    for method in methods() {
        let documented = has(method.operation, "MaxResults");
        let size = if of_50.contains(&method.operation.name()) { "50" } else { "1000" };
        for request in sent(&method, Given::Required).await {
            assert_eq!(request.get("MaxResults"), documented.then_some(size), "{}", method.operation);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_s_region_is_sent_wherever_one_is_required() {
    for method in methods() {
        for request in sent(&method, Given::Required).await {
            let expected = method.operation.needs_region().then_some("cn-hangzhou");
            assert_eq!(request.get("RegionId"), expected, "{}", method.operation);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_fresh_token_is_filled_in_for_exactly_the_changes_that_have_one() {
    for method in methods() {
        let request = sent(&method, Given::Required).await.remove(0);
        let wanted = method.operation.mutates() && has(method.operation, "ClientToken");
        let found = request.get("ClientToken").map(str::len);
        assert_eq!(found, wanted.then_some(32), "{}", method.operation);
    }
}

#[tokio::test(start_paused = true)]
async fn a_given_token_and_a_dry_run_are_sent_as_they_are_wherever_the_operation_has_them() {
    for method in methods() {
        let request = sent(&method, Given::Everything).await.remove(0);
        let found = (request.get("ClientToken"), request.get("DryRun"));
        let expected =
            (has(method.operation, "ClientToken").then_some("x"), has(method.operation, "DryRun").then_some("true"));
        assert_eq!(found, expected, "{}", method.operation);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_a_dry_run_unless_it_is_asked_for() {
    for method in methods() {
        for request in sent(&method, Given::Required).await {
            assert_eq!(request.get("DryRun"), None, "{}", method.operation);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_change_that_knows_dry_runs_says_when_one_has_passed() {
    for method in methods().into_iter().filter(|method| method.operation.has_dry_run()) {
        let script = Script::of([error(400, "DryRunOperation")]);
        let error = method.call(client(&script), Given::Everything).await.unwrap_err();
        let found = (error.operation(), error.passed_dry_run(), error.kind(), error.fate());
        assert_eq!(found, (method.operation.into(), true, ErrorKind::AlreadyDone, Fate::Refused));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_under_the_same_token_unless_the_change_has_none() {
    for method in methods() {
        let script = Script::of([cut(), acknowledged()]);
        let outcome = method.call(client(&script), Given::Required).await;
        let tokens: Vec<Option<String>> =
            script.sent().iter().map(|request| request.get("ClientToken").map(ToOwned::to_owned)).collect();
        if method.operation.mutates() && !method.operation.has_client_token() {
            assert_eq!((outcome.unwrap_err().fate(), tokens.len()), (Fate::Ambiguous, 1), "{}", method.operation);
        } else {
            assert_eq!(outcome, Ok(()), "{}", method.operation);
            assert_eq!(tokens, vec![tokens[0].clone(); 2], "{}", method.operation);
        }
    }
}
