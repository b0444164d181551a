//! `privatelink-operator plan`: what the operator would do for a manifest is told before it is applied, and nothing is done.

mod offline;
mod refused;
pub(super) mod rights;
mod waits;

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use privatelink_operator::names::CLUSTER_TAG;
use serde_json::{Value, json};

use super::support::{Person, Ran, manifest, only_reads_and_dry_runs, stream, untouched, writes_of};
use crate::support::rig::{Rig, Setup, nlb_spec};

/// Plans what comes by standard input, told so that a program can read it.
async fn plan(person: &Person, rig: &Rig, arguments: &[&str], manifests: &[String]) -> Ran {
    let arguments: Vec<&str> = ["-f", "-", "--detailed-exitcode"].iter().chain(arguments).copied().collect();
    person.run(rig, "plan", &arguments, &stream(manifests)).await
}

/// What a program reads of the manifest of that name.
fn about<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let manifests = answer["manifests"].as_array().unwrap();
    manifests.iter().find(|planned| planned["name"] == name).expect(name)
}

/// The steps, as status.plan would have them.
fn lines(planned: &Value) -> Vec<&str> {
    planned["steps"].as_array().unwrap().iter().map(|step| step["text"].as_str().unwrap()).collect()
}

fn with(mut spec: Value, fields: &Value) -> Value {
    spec.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    spec
}

fn on(load_balancer: &str) -> Value {
    json!({"serviceResourceType": "nlb", "resources": [{"resourceId": load_balancer, "zoneIds": ["cn-hangzhou-h"]}]})
}

/// `orders` and `billing`, Ready, and no operator any more.
async fn two_ready() -> Rig {
    let mut rig = Rig::with(Setup::default()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.apply("billing", on("nlb-2")).await;
    rig.ready("orders").await;
    rig.ready("billing").await;
    rig.kill_operator();
    rig
}

#[tokio::test]
async fn each_manifest_of_a_stream_is_planned_and_nothing_is_written_to_cluster_or_cloud() {
    let rig = two_ready().await;
    let person = Person::with_roles(&rig, &["privatelink-operator-view", "privatelink-operator-edit"]).await;
    let before = untouched(&rig).await;
    let from = rig.journal().await.len();
    let edit = json!({"description": "intake", "tags": {"team": "shop"}, "resourceGroupId": "rg-shop"});
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n".to_owned();
    let manifests = [
        manifest(&rig, "orders", &nlb_spec()),
        other,
        manifest(&rig, "billing", &with(on("nlb-2"), &edit)),
        manifest(&rig, "fresh", &with(on("nlb-3"), &json!({"allowedPrincipals": ["2000000000000001"]}))),
    ];
    let ran = plan(&person, &rig, &["-o", "json"], &manifests).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(2), ""), "{ran:#?}");
    let answer = ran.json();
    assert_eq!(answer["formatVersion"], 1);

    let orders = about(&answer, "orders");
    assert_eq!(
        (&orders["verdict"], &orders["steps"], &orders["differences"]),
        (&json!("nothing"), &json!([]), &json!([]))
    );
    assert_eq!((&orders["exists"], &orders["region"]), (&json!(true), &json!("cn-hangzhou")));

    let billing = about(&answer, "billing");
    assert_eq!(billing["verdict"], "change");
    let expected = [
        "TagResources: tags[team] = \"shop\" (dry run passed)",
        "ChangeResourceGroup: resourceGroupId = \"rg-shop\" (the operation has no dry run)",
        "UpdateVpcEndpointServiceAttribute: description = \"intake\" (dry run passed)",
    ];
    assert_eq!(lines(billing), expected);
    assert_eq!(billing["steps"][2]["dryRun"], "passed");
    assert_eq!(billing["steps"][2]["fields"], json!([{"field": "description", "value": "intake"}]));
    assert_eq!(billing["serviceId"], json!(rig.object("billing").await.unwrap().status.unwrap().service_id));
    let fields: Vec<_> =
        billing["differences"].as_array().unwrap().iter().map(|drift| drift["field"].as_str()).collect();
    assert_eq!(fields, [Some("spec.description"), Some("spec.resourceGroupId"), Some("spec.tags[team]")]);

    let fresh = about(&answer, "fresh");
    assert_eq!(
        (&fresh["verdict"], &fresh["exists"], &fresh["serviceId"]),
        (&json!("change"), &json!(false), &Value::Null)
    );
    let expected = [
        "CreateVpcEndpointService: nlb, nlb-3 in cn-hangzhou-h (dry run passed)",
        "AddUserToVpcEndpointService: allowedPrincipals[2000000000000001] = \"2000000000000001\" (tried after the steps before it)",
    ];
    assert_eq!(lines(fresh), expected);

    assert_eq!(untouched(&rig).await, before);
    let tried = only_reads_and_dry_runs(&rig, from).await;
    assert_eq!(tried, ["TagResources", "UpdateVpcEndpointServiceAttribute", "CreateVpcEndpointService"]);
    let writes = writes_of(&rig, &rig.namespace);
    assert_eq!(writes.len(), 3, "{writes:#?}");
    assert!(writes.iter().all(|write| write.verb == "patch" && write.uri.contains("dryRun=All")), "{writes:#?}");
    rig.end().await;
}

#[tokio::test]
async fn what_a_plan_says_is_what_the_operator_then_does() {
    let mut rig = two_ready().await;
    let edit = with(on("nlb-3"), &json!({"description": "intake", "tags": {"team": "shop"}}));
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &[manifest(&rig, "billing", &edit)]).await;
    let answer = ran.json();
    let steps = about(&answer, "billing")["steps"].as_array().unwrap();
    let mut foretold: Vec<_> = steps.iter().map(|step| step["operation"].as_str().unwrap().to_owned()).collect();
    let done = rig.effects().await.len();
    rig.apply("billing", edit).await;
    rig.start_operator().await;
    rig.ready("billing").await;
    let mut effects = rig.effects().await.split_off(done);
    foretold.sort();
    effects.sort();
    assert_eq!(effects, foretold, "{answer:#}");
    rig.end().await;
}

#[tokio::test]
async fn people_read_the_differences_the_steps_and_who_checked() {
    let rig = two_ready().await;
    let edit = with(on("nlb-2"), &json!({"description": "intake"}));
    let manifests = [manifest(&rig, "billing", &edit), manifest(&rig, "orders", &nlb_spec())];
    let ran = plan(&Person::admin(&rig), &rig, &[], &manifests).await;
    let id = rig.object("billing").await.unwrap().status.unwrap().service_id.unwrap();
    let orders = rig.object("orders").await.unwrap().status.unwrap().service_id.unwrap();
    let namespace = &rig.namespace;
    let expected = format!(
        "{namespace}/billing: change ({id} in cn-hangzhou of account 1111222233334444)\n  \
           standard input was checked by the API server: server-side apply as user, dry run\n  \
           differences, wanted and found:\n    \
             spec.description: \"intake\", nothing\n  \
           steps:\n    \
             UpdateVpcEndpointServiceAttribute: description = \"intake\" (dry run passed)\n\n\
         {namespace}/orders: nothing to do ({orders} in cn-hangzhou of account 1111222233334444)\n  \
           standard input was checked by the API server: server-side apply as user, dry run\n\n\
         2 manifests: 1 change, 1 nothing to do. Nothing was written.\n"
    );
    assert_eq!(ran.stdout, expected);
    assert_eq!(ran.code, Some(2));
    // Without the flag a plan is a success.
    let ran = Person::admin(&rig).run(&rig, "plan", &["-f", "-"], &manifests[0]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let ran = plan(&Person::admin(&rig), &rig, &[], &manifests[1..]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    rig.end().await;
}

#[tokio::test]
async fn a_field_that_is_left_out_goes_also_where_it_was_applied_on_the_clients_side() {
    let rig = two_ready().await;
    let spec = with(on("nlb-2"), &json!({"description": "intake"}));
    let applied: Value = serde_saphyr::from_str(&manifest(&rig, "billing", &spec)).unwrap();
    let patch = json!({
        "metadata": {
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied.to_string()},
            "managedFields": [{}],
        },
        "spec": {"description": "intake"},
    });
    let parameters =
        kube::api::PatchParams { field_manager: Some("kubectl-client-side-apply".to_owned()), ..Default::default() };
    rig.objects().patch("billing", &parameters, &kube::api::Patch::Merge(patch)).await.unwrap();
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &[manifest(&rig, "billing", &on("nlb-2"))]).await;
    let answer = ran.json();
    let billing = about(&answer, "billing");
    // It never reached the cloud, and the manifest has it no more.
    assert_eq!(billing["verdict"], "nothing", "{answer:#}");
    let by = billing["checked"].as_str().unwrap();
    assert_eq!(by, "by the API server: client-side apply, dry run");
    rig.end().await;
}

#[tokio::test]
async fn the_cluster_id_is_read_from_the_cluster_where_none_is_given() {
    let rig = Rig::without_operator(Setup::default()).await;
    let system: Namespace = Api::all(rig.admin.clone()).get("kube-system").await.unwrap();
    let spec = with(on("nlb-2"), &json!({"adopt": {"serviceId": "epsrv-1"}}));
    let ran = Person::admin(&rig).run_bare(&["plan", "-f", "-"], &manifest(&rig, "orders", &spec)).await;
    let tag = format!("{CLUSTER_TAG}={}", system.metadata.uid.unwrap());
    assert!(ran.stdout.contains(&tag), "{ran:#?}");
    rig.end().await;
}
