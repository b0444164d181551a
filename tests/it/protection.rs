//! The policies of `config/admission` on a real API server: what is refused, to whom, and what each refusal says to do.

use std::path::PathBuf;

use kube::Client;
use local_control_plane::ControlPlane;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use crate::support::checkout::repository;
use crate::support::cluster;
use crate::support::kubectl::{Answer, Kubectl, manifest};
use crate::support::rig::nlb_spec;

const DEFINITION: &str = "vpcendpointservices.privatelink.alibabacloud.com";
const ALLOWED: &str = "privatelink.alibabacloud.com/allow-deletion";
const PROTECTED: &str = "privatelink.alibabacloud.com/protected";

/// The API server learns of a policy a little after it is written.
const WITHIN: Duration = Duration::from_secs(30);

/// A control plane of its own with our definition and the policies in force.
async fn protected(namespace: &str) -> Kubectl {
    let (kubectl, _) = defined(namespace).await;
    ok(&kubectl, &["apply", "-k", &folder("config/admission")]).await;
    until_refused(&kubectl, &["delete", "crd", DEFINITION, "--dry-run=server"]).await;
    kubectl
}

async fn defined(namespace: &str) -> (Kubectl, Client) {
    let control_plane: &'static ControlPlane = cluster::another().await;
    let admin = cluster::client(&control_plane.kubeconfig_path()).await;
    cluster::define(&admin, &privatelink_operator::crd::generate::vpc_endpoint_service()).await;
    let kubectl = Kubectl::new(control_plane, namespace);
    if namespace != "default" {
        ok(&kubectl, &["create", "namespace", namespace]).await;
    }
    (kubectl, admin)
}

fn folder(name: &str) -> String {
    let path: PathBuf = repository().join(name);
    path.to_str().unwrap().to_owned()
}

async fn ok(kubectl: &Kubectl, arguments: &[&str]) -> Answer {
    let answer = kubectl.run(arguments, "").await;
    assert_eq!(answer.code, Some(0), "{arguments:?}: {answer:?}");
    answer
}

/// What is said by a command that must be refused.
async fn refused(kubectl: &Kubectl, arguments: &[&str]) -> String {
    let answer = kubectl.run(arguments, "").await;
    assert_eq!(answer.code, Some(1), "{arguments:?}: {answer:?}");
    assert!(answer.stderr.contains("(Forbidden)") && answer.stderr.contains("denied request"), "{answer:?}");
    answer.stderr
}

async fn until_refused(kubectl: &Kubectl, arguments: &[&str]) {
    let refused = async {
        while kubectl.run(arguments, "").await.code == Some(0) {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(WITHIN, refused).await.expect("the policy is in force");
}

async fn apply(kubectl: &Kubectl, name: &str, labels: Value, finalizers: Value) {
    let mut object = manifest(name, &nlb_spec());
    object["metadata"]["labels"] = labels;
    object["metadata"]["finalizers"] = finalizers;
    let answer = kubectl.run(&["create", "-f", "-"], &object.to_string()).await;
    assert_eq!(answer.code, Some(0), "{answer:?}");
}

async fn names(kubectl: &Kubectl) -> Vec<String> {
    let answer = ok(kubectl, &["get", "vpces", "-o", "jsonpath={.items[*].metadata.name}"]).await;
    answer.stdout.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_definition_is_deleted_only_when_somebody_has_said_on_it_that_this_is_meant() {
    let kubectl = protected("default").await;
    apply(&kubectl, "orders", json!({}), json!([])).await;
    let delete = ["delete", "crd", DEFINITION];
    let said = refused(&kubectl, &delete).await;
    let command = format!("kubectl annotate crd {DEFINITION} {ALLOWED}=true");
    assert!(said.trim_end().ends_with(&command) && said.contains("kubectl get vpcendpointservices -A"), "{said}");
    // All at once is no way round: such a request names no definition. Nor is another value.
    refused(&kubectl, &["delete", "crd", "--all"]).await;
    refused(&kubectl, &["delete", "--raw", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"]).await;
    ok(&kubectl, &["annotate", "crd", DEFINITION, &format!("{ALLOWED}=false")]).await;
    refused(&kubectl, &delete).await;
    assert_eq!(names(&kubectl).await, ["orders"]);
    ok(&kubectl, &["annotate", "--overwrite", "crd", DEFINITION, &format!("{ALLOWED}=true")]).await;
    ok(&kubectl, &delete).await;
}

#[tokio::test]
async fn a_definition_that_is_on_its_way_out_may_be_deleted_again_and_another_ones_at_any_time() {
    let kubectl = protected("default").await;
    apply(&kubectl, "orders", json!({}), json!(["example.com/held"])).await;
    let delete = ["delete", "crd", DEFINITION, "--wait=false"];
    ok(&kubectl, &["annotate", "crd", DEFINITION, &format!("{ALLOWED}=true")]).await;
    ok(&kubectl, &delete).await;
    ok(&kubectl, &["annotate", "crd", DEFINITION, &format!("{ALLOWED}-")]).await;
    ok(&kubectl, &delete).await;
    let other = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "others.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "others", "kind": "Other"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}],
        },
    });
    assert_eq!(kubectl.run(&["create", "-f", "-"], &other.to_string()).await.code, Some(0));
    ok(&kubectl, &["delete", "crd", "others.example.com"]).await;
}

#[tokio::test]
async fn a_protected_object_is_deleted_by_nobody_until_its_label_is_off() {
    let kubectl = protected("team").await;
    apply(&kubectl, "orders", json!({PROTECTED: "true"}), json!([])).await;
    apply(&kubectl, "payments", json!({PROTECTED: "false"}), json!([])).await;
    let said = refused(&kubectl, &["delete", "vpces", "orders"]).await;
    let sentence = format!(
        "VpcEndpointService team/orders is protected. To delete it all the same, take the label off first: kubectl -n team label vpces orders {PROTECTED}-"
    );
    assert!(said.trim_end().ends_with(&sentence), "{said}");
    // It can be worked with all the same.
    ok(&kubectl, &["annotate", "vpces", "orders", "example.com/note=x"]).await;
    ok(&kubectl, &["delete", "vpces", "payments"]).await;
    ok(&kubectl, &["label", "vpces", "orders", &format!("{PROTECTED}-")]).await;
    ok(&kubectl, &["delete", "vpces", "orders"]).await;
}

#[tokio::test]
async fn what_was_deleted_before_it_was_protected_may_be_deleted_again_and_let_go() {
    let kubectl = protected("team").await;
    apply(&kubectl, "orders", json!({}), json!(["example.com/held"])).await;
    ok(&kubectl, &["delete", "vpces", "orders", "--wait=false"]).await;
    ok(&kubectl, &["label", "vpces", "orders", &format!("{PROTECTED}=true")]).await;
    ok(&kubectl, &["delete", "vpces", "orders", "--wait=false"]).await;
    ok(&kubectl, &["patch", "vpces", "orders", "--type=merge", "-p", r#"{"metadata":{"finalizers":null}}"#]).await;
    assert_eq!(names(&kubectl).await, [""; 0]);
}

/// What the namespace controller sends: one request for all objects of the namespace.
#[tokio::test]
async fn with_its_namespace_a_protected_object_stays_and_objects_beside_it_are_not_protected_by_it() {
    let kubectl = protected("team").await;
    for (name, label) in [("a", "false"), ("b", "true"), ("c", "false")] {
        apply(&kubectl, name, json!({PROTECTED: label}), json!([])).await;
    }
    let all = "/apis/privatelink.alibabacloud.com/v1alpha1/namespaces/team/vpcendpointservices";
    let said = refused(&kubectl, &["delete", "--raw", all]).await;
    assert!(said.contains("VpcEndpointService team/b is protected"), "{said}");
    let left = names(&kubectl).await;
    assert!(left.contains(&"b".to_owned()) && !left.contains(&"a".to_owned()), "{left:?}");
    ok(&kubectl, &["label", "vpces", "b", &format!("{PROTECTED}-")]).await;
    ok(&kubectl, &["delete", "--raw", all]).await;
    assert_eq!(names(&kubectl).await, [""; 0]);
}

/// Why the definition is protected by an annotation and not by the objects that there are: decision 34. When Kubernetes learns to do it, this
/// test fails.
#[tokio::test]
async fn a_policy_for_a_definition_cannot_ask_whether_there_are_objects_in_any_namespace() {
    let (kubectl, _) = defined("default").await;
    let name = "objects-exist";
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "paramKind": {"apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService"},
            "matchConstraints": {"resourceRules": [{
                "apiGroups": ["apiextensions.k8s.io"],
                "apiVersions": ["*"],
                "operations": ["DELETE"],
                "resources": ["customresourcedefinitions"],
            }]},
            "validations": [{"expression": "false", "message": "an object exists"}],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "paramRef": {"selector": {}, "parameterNotFoundAction": "Allow"},
        },
    });
    for object in [policy, binding] {
        let answer = kubectl.run(&["create", "-f", "-"], &object.to_string()).await;
        assert_eq!(answer.code, Some(0), "{answer:?}");
    }
    // There is no object, and yet it is refused: not for what the policy says, but because it cannot be asked.
    let delete = ["delete", "crd", DEFINITION, "--dry-run=server"];
    until_refused(&kubectl, &delete).await;
    let said = kubectl.run(&delete, "").await.stderr;
    assert!(
        said.contains("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"),
        "{said}"
    );
}
