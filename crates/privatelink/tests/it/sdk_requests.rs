//! What this client sends, against what the provider's own Python SDK sends for the same typed call.
//!
//! `tests/conformance/recorded/python-requests.json` is what arrived from the SDK at the simulator; the conformance programs
//! see to it that it is up to date. The comparison is whole, but for what differs in each request (nonce, date) or
//! between any two programs (agent, `x-acs-credentials-provider`, the case of booleans).

mod calls;
mod table;
mod wire;

use std::sync::Arc;

use cloud_core::{Client, CredentialSource, Credentials, StaticCredentials};
use privatelink::Operation;
use secrecy::SecretString;
use serde_json::json;

use self::wire::{Recorded, Sent};
use crate::support::{Script, builder, ok};

/// One page that says where the next begins, and the next.
fn script() -> Arc<Script> {
    Script::of([ok(&json!({"NextToken": "page-2"})), ok(&json!({}))])
}

/// The simulator's keys, of which only the id and the token are sent.
fn key(id: &str) -> Arc<dyn CredentialSource> {
    let token = (id == "sim-temporary-key").then(|| SecretString::from("sim-temporary-token"));
    let secret = SecretString::from("secret");
    let key = Credentials { access_key_id: id.to_owned(), access_key_secret: secret, security_token: token };
    Arc::new(StaticCredentials::new(key).unwrap())
}

/// The last request that a call with the recorded arguments sends: for a list the one for its second page.
async fn sent(recorded: &Recorded) -> Sent {
    let script = script();
    let client: Client = builder(script.clone()).credentials(key(&recorded.key)).build().unwrap();
    calls::call(&client, recorded.operation()).await;
    Sent::of(script.requests().last().unwrap())
}

#[tokio::test(start_paused = true)]
async fn every_operation_sends_what_the_python_sdk_sends() {
    for recorded in wire::recorded() {
        assert_eq!(sent(&recorded).await, recorded.comparable(), "{} with {}", recorded.operation, recorded.key);
    }
}

#[test]
fn the_recording_has_all_39_operations_and_two_of_them_with_a_temporary_key() {
    let of = |key: &str| -> Vec<Operation> {
        wire::recorded().iter().filter(|recorded| recorded.key == key).map(Recorded::operation).collect()
    };
    let mut all = of("sim-provider-key");
    all.sort_by_key(|operation| operation.name());
    let mut expected: Vec<_> = Operation::ALL.to_vec();
    expected.sort_by_key(|operation| operation.name());
    assert_eq!(all, expected);
    assert_eq!(of("sim-temporary-key"), [Operation::GetVpcEndpointServiceAttribute, Operation::TagResources]);
}

#[tokio::test(start_paused = true)]
async fn the_table_in_the_documentation_is_the_comparison() {
    let mut rows = Vec::new();
    for recorded in wire::recorded() {
        rows.push(table::row(&recorded, &sent(&recorded).await));
    }
    assert!(table::documented() == rows, "the rows of docs/conformance.md should be:\n{}", rows.join("\n"));
}
