//! Without a cluster: the schema of this version stands in for the API server.

use serde_json::json;

use super::{about, lines, on, plan, with};
use crate::commands::support::{Person, Ran, manifest, only_reads_and_dry_runs, path};
use crate::support::checkout::repository;
use crate::support::kubectl::Kubectl;
use crate::support::rig::{Rig, Setup, nlb_spec};

/// Somebody whose kubeconfig leads nowhere.
fn nowhere(rig: &Rig) -> Person {
    Person { kubeconfig: "/gone/kubeconfig".into(), ..Person::admin(rig) }
}

#[tokio::test]
async fn a_manifest_is_planned_as_new_and_checked_against_the_schema() {
    let rig = Rig::without_operator(Setup::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let one = path(folder.path(), "orders.yaml");
    std::fs::write(&one, manifest(&rig, "orders", &nlb_spec())).unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [{
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService", "metadata": {"name": "billing"},
        "spec": with(on("nlb-2"), &json!({"description": "intake"})),
    }]});
    let arguments = ["-f", &one, "-f", "-", "--offline", "-o", "json", "--namespace", &rig.namespace];
    let ran = nowhere(&rig).run(&rig, "plan", &arguments, &list.to_string()).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    let answer = ran.json();
    let (orders, billing) = (about(&answer, "orders"), about(&answer, "billing"));
    assert_eq!(
        lines(orders),
        ["CreateVpcEndpointService: nlb, nlb-1 in cn-hangzhou-h, nlb-1 in cn-hangzhou-i (dry run passed)"]
    );
    assert_eq!(lines(billing), ["CreateVpcEndpointService: nlb, nlb-2 in cn-hangzhou-h (dry run passed)"]);
    let fields = billing["steps"][0]["fields"].as_array().unwrap();
    assert!(fields.contains(&json!({"field": "description", "value": "intake"})), "{answer:#}");
    assert_eq!((&orders["source"], &billing["source"]), (&json!(one), &json!("standard input")));
    let by = "by the schema of this version, without its rules over maps, lists and more than one field, which are the API server's";
    assert_eq!(orders["checked"], by);
    assert_eq!(only_reads_and_dry_runs(&rig, 0).await, ["CreateVpcEndpointService"; 2]);
    rig.end().await;
}

#[tokio::test]
async fn the_samples_can_be_planned_as_kubectl_puts_them_together() {
    let rig = Rig::without_operator(Setup::default()).await;
    let kubectl = Kubectl::new(rig.control_plane, &rig.namespace);
    let samples = kubectl.run(&["kustomize", &path(&repository(), "config/samples")], "").await;
    assert_eq!(samples.failure(), None);
    let ran = plan(&nowhere(&rig), &rig, &["--offline", "-o", "json"], &[samples.stdout]).await;
    let answer = ran.json();
    let planned = answer["manifests"].as_array().unwrap();
    assert!(planned.len() >= 5, "{answer:#}");
    for sample in planned {
        // Their load balancers are nowhere.
        let (by, message) = (&sample["checked"], sample["message"].as_str().unwrap());
        assert!(by.is_string() || message.contains("which only the cluster knows"), "{sample:#}");
    }
    rig.end().await;
}

#[tokio::test]
async fn what_the_schema_or_the_missing_cluster_refuses_names_the_field_and_the_others_are_planned() {
    let rig = Rig::without_operator(Setup::default()).await;
    let manifests = [
        manifest(&rig, "typo", &with(nlb_spec(), &json!({"descripton": "intake"}))),
        manifest(
            &rig,
            "referring",
            &json!({"serviceResourceType": "nlb", "resources": [{"serviceRef": {"name": "web"}}]}),
        ),
        manifest(&rig, "orders", &nlb_spec()),
    ];
    let ran = plan(&nowhere(&rig), &rig, &["--offline", "-o", "json"], &manifests).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    let verdict = |name| (about(&answer, name)["verdict"].clone(), about(&answer, name)["message"].clone());
    assert_eq!(verdict("typo"), (json!("refused"), json!("spec.descripton: is no field of this version")));
    let cluster = "spec.resources names the Service web, which only the cluster knows; plan it without --offline, or give resourceId";
    assert_eq!(verdict("referring"), (json!("unknown"), json!(cluster)));
    assert_eq!(about(&answer, "orders")["verdict"], "change");
    rig.end().await;
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_never_taken_for_none() {
    let rig = Rig::without_operator(Setup::default()).await;
    let orders = manifest(&rig, "orders", &nlb_spec());
    let said = |ran: &Ran, what: &str| {
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:#?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(what), "{what}: {ran:#?}");
    };
    let nobody = nowhere(&rig);
    said(&nobody.run(&rig, "plan", &["-f", "-"], &orders).await, "kubeconfig");
    said(&nobody.run_bare(&["plan", "-f", "-", "--offline"], &orders).await, "--cluster-id");
    said(&nobody.run(&rig, "plan", &["-f", "/gone.yaml", "--offline"], "").await, "/gone.yaml");
    said(&nobody.run(&rig, "plan", &["-f", "-", "--offline"], "kind: Service\n").await, "no VpcEndpointService");
    // To a script, 2 says that something would change.
    said(&nobody.run(&rig, "plan", &["-f", "-", "--no-such-flag"], "").await, "--no-such-flag");
    assert_eq!(rig.journal().await.len(), 0);
    rig.end().await;
}

#[tokio::test]
async fn a_cloud_that_does_not_answer_is_waited_for_no_longer_than_asked() {
    let rig = Rig::without_operator(Setup::default()).await;
    let mut person = nowhere(&rig);
    // Nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    person.cloud.endpoint = format!("http://{free}");
    let begin = std::time::Instant::now();
    let arguments = ["--offline", "--timeout", "2s", "-o", "json"];
    let ran = plan(&person, &rig, &arguments, &[manifest(&rig, "orders", &nlb_spec())]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    let orders = about(&answer, "orders");
    assert_eq!((&orders["verdict"], &orders["reason"]), (&json!("unknown"), &json!("CloudError")), "{answer:#}");
    assert!(begin.elapsed() < std::time::Duration::from_secs(30), "{:?}", begin.elapsed());
    rig.end().await;
}
