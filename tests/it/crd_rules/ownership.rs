//! What one person adds by hand, and another applies again: nothing that grants a right may stay.

use serde_json::{Value, json};

use super::Fixture;
use crate::support::kubectl::{Kubectl, manifest};

/// A manager that applies, with which flags.
const OWNERS: [&[&str]; 2] = [&["apply", "-f", "-"], &["apply", "--server-side", "--force-conflicts", "-f", "-"]];

/// The fields that grant a right: what the owner applies, and what somebody adds by hand.
fn grants() -> [(&'static str, Value, Value); 3] {
    [
        (
            "allowedPrincipals",
            json!(["1", "2"]),
            json!([{"op": "add", "path": "/spec/allowedPrincipals/-", "value": "3"}]),
        ),
        (
            "supportedRegions",
            json!(["cn-beijing"]),
            json!([{"op": "add", "path": "/spec/supportedRegions/-", "value": "cn-shanghai"}]),
        ),
        (
            "connections",
            json!({"default": "Hold", "rules": [{"accountId": "1", "action": "Accept"}]}),
            json!([
                {"op": "replace", "path": "/spec/connections/default", "value": "Accept"},
                {"op": "add", "path": "/spec/connections/rules/-", "value": {"accountId": "3", "action": "Accept"}},
            ]),
        ),
    ]
}

async fn succeed(kubectl: &Kubectl, arguments: &[&str], stdin: &str) {
    let answer = kubectl.run(arguments, stdin).await;
    assert_eq!(answer.code, Some(0), "{arguments:?}: {answer:?}");
}

#[tokio::test]
async fn what_was_added_by_hand_to_a_field_that_grants_goes_when_its_owner_applies_again() {
    let fixture = Fixture::new().await;
    let mut kept = Vec::new();
    for (number, owner) in OWNERS.into_iter().enumerate() {
        for (field, wanted, by_hand) in grants() {
            let name = format!("{}-{number}", field.to_lowercase());
            let mut spec = json!({"serviceResourceType": "nlb", field: wanted});
            let manifest = manifest(&name, &spec).to_string();
            succeed(&fixture.kubectl, owner, &manifest).await;
            let applied = fixture.objects.get(&name).await.unwrap().data["spec"][field].clone();
            succeed(&fixture.kubectl, &["patch", "vpces", &name, "--type=json", "-p", &by_hand.to_string()], "").await;
            let patched = fixture.objects.get(&name).await.unwrap().data["spec"][field].clone();
            assert_ne!(patched, applied, "{name}");
            succeed(&fixture.kubectl, owner, &manifest).await;
            spec = fixture.objects.get(&name).await.unwrap().data["spec"][field].clone();
            if spec != applied {
                kept.push(format!("{name}: {spec} instead of {applied}"));
            }
        }
    }
    assert_eq!(kept, Vec::<String>::new());
}

/// Client-side apply compares with what it wrote last, key by key, whatever the schema says: it does not touch what its manifest never named.
#[tokio::test]
async fn a_default_that_a_manifest_leaves_out_is_its_owners_by_server_side_apply_only() {
    let fixture = Fixture::new().await;
    let by_hand = json!([{"op": "replace", "path": "/spec/connections/default", "value": "Accept"}]).to_string();
    let mut ends = Vec::new();
    for (number, owner) in OWNERS.into_iter().enumerate() {
        let name = format!("left-out-{number}");
        let rules = json!([{"accountId": "1", "action": "Accept"}]);
        let manifest =
            manifest(&name, &json!({"serviceResourceType": "nlb", "connections": {"rules": rules}})).to_string();
        succeed(&fixture.kubectl, owner, &manifest).await;
        succeed(&fixture.kubectl, &["patch", "vpces", &name, "--type=json", "-p", &by_hand], "").await;
        succeed(&fixture.kubectl, owner, &manifest).await;
        ends.push(fixture.objects.get(&name).await.unwrap().data["spec"]["connections"]["default"].clone());
    }
    assert_eq!(ends, ["Accept", "Hold"]);
}
