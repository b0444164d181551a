//! Rights: those of a reader suffice, but for the provider's dry runs.

use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_sim::{AccessKey, Account, DEFAULT_PROVIDER, Policy};
use serde_json::json;

use super::{about, lines, on, plan, two_ready, with};
use crate::commands::support::{Person, manifest, only_reads_and_dry_runs, stream, writes_of};
use crate::support::checkout::repository;
use crate::support::rig::Rig;

/// From now on the key has the rights of this policy of config/ram alone.
pub(in crate::commands) async fn with_policy(rig: &Rig, name: &str) {
    let text = std::fs::read_to_string(repository().join("config/ram").join(name)).unwrap();
    let policy: Policy = serde_json::from_str(&text).unwrap();
    let key = AccessKey::new(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET).with_policies([policy]);
    rig.simulator.admin.put_account(&Account::new(DEFAULT_PROVIDER, key)).await.unwrap();
}

#[tokio::test]
async fn a_key_that_only_reads_plans_and_says_which_right_a_dry_run_takes() {
    let rig = two_ready().await;
    with_policy(&rig, "read-only.json").await;
    let from = rig.journal().await.len();
    let edit = with(on("nlb-2"), &json!({"description": "intake"}));
    let manifests = [manifest(&rig, "billing", &edit), manifest(&rig, "fresh", &on("nlb-3"))];
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await;
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    let answer = ran.json();
    for (name, operation) in [("billing", "UpdateVpcEndpointServiceAttribute"), ("fresh", "CreateVpcEndpointService")] {
        let step = &about(&answer, name)["steps"][0];
        assert_eq!((&step["dryRun"], &step["operation"]), (&json!("notPermitted"), &json!(operation)), "{answer:#}");
        let action = format!("grant them the RAM action privatelink:{operation}");
        assert!(step["message"].as_str().unwrap().contains(&action), "{answer:#}");
        assert_eq!(about(&answer, name)["verdict"], "change", "{answer:#}");
    }
    let tried = only_reads_and_dry_runs(&rig, from).await;
    assert_eq!(tried, ["UpdateVpcEndpointServiceAttribute", "CreateVpcEndpointService"]);

    with_policy(&rig, "services.json").await;
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await;
    let answer = ran.json();
    for name in ["billing", "fresh"] {
        assert_eq!(about(&answer, name)["steps"][0]["dryRun"], "passed", "{answer:#}");
    }
    rig.end().await;
}

#[tokio::test]
async fn who_may_only_read_in_the_cluster_has_the_manifest_checked_by_the_schema_and_sees_the_same_steps() {
    let rig = two_ready().await;
    let viewer = Person::with_roles(&rig, &["system:aggregate-to-view", "privatelink-operator-view"]).await;
    let edit = with(on("nlb-2"), &json!({"description": "intake"}));
    let manifests = [manifest(&rig, "billing", &edit)];
    let ran = plan(&viewer, &rig, &["-o", "json"], &manifests).await;
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    let answer = ran.json();
    let billing = about(&answer, "billing");
    assert_eq!(lines(billing), ["UpdateVpcEndpointServiceAttribute: description = \"intake\" (dry run passed)"]);
    let by = billing["checked"].as_str().unwrap();
    assert!(by.starts_with("by the schema of this version") && by.contains("cannot patch resource"), "{by}");
    let writes = writes_of(&rig, &rig.namespace);
    assert!(writes.iter().all(|write| write.code == 403 && write.uri.contains("dryRun=All")), "{writes:#?}");

    let nobody = Person::with_roles(&rig, &[]).await;
    let ran = nobody.run(&rig, "plan", &["-f", "-"], &stream(&manifests)).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.stdout.contains("to plan you need get on vpcendpointservices, as the role view has it"), "{ran:#?}");
    rig.end().await;
}
