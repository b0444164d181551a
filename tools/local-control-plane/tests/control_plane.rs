//! What a control plane does, seen with its own kubectl. The tests share one; each has a namespace of its own.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use local_control_plane::{AuditEvent, ControlPlane, Error, Part, read_audit_log};

async fn shared() -> &'static ControlPlane {
    ControlPlane::shared().await.expect("a control plane starts")
}

fn run(command: &mut Command) -> Output {
    command.output().expect("kubectl runs")
}

fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::str::from_utf8(&output.stdout).expect("kubectl writes UTF-8")
}

/// What kubectl says when it fails.
fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn kubectl_as(control_plane: &ControlPlane, kubeconfig: &Path, arguments: &[&str]) -> Output {
    run(control_plane.kubectl(arguments).env("KUBECONFIG", kubeconfig))
}

#[tokio::test]
async fn it_is_ready_once_started() {
    assert_eq!(stdout(&run(&mut shared().await.kubectl(["get", "--raw", "/readyz"]))), "ok");
}

#[tokio::test]
async fn it_runs_the_version_that_was_asked_for() {
    let control_plane = shared().await;
    let answer = run(&mut control_plane.kubectl(["get", "--raw", "/version"]));
    let answer: serde_json::Value = serde_json::from_str(stdout(&answer)).unwrap();
    let (major, minor) = (answer["major"].as_str().unwrap(), answer["minor"].as_str().unwrap());
    assert_eq!(format!("{major}.{minor}"), control_plane.version().as_str());
}

#[tokio::test]
async fn what_is_killed_comes_back_with_everything_that_was_stored() {
    let control_plane = ControlPlane::builder().start().await.unwrap();
    let folder = control_plane.folder().to_owned();
    let namespace = control_plane.create_namespace("kept").await.unwrap();
    for part in [Part::ApiServer, Part::Etcd, Part::ApiServer] {
        control_plane.crash(part).await.unwrap();
        let found = run(&mut control_plane.kubectl(["get", "namespace", &namespace, "-o", "name"]));
        assert_eq!(stdout(&found).trim(), format!("namespace/{namespace}"), "after {part:?}");
    }
    drop(control_plane);
    assert!(!folder.exists());
}

#[tokio::test]
async fn every_namespace_is_a_new_one() {
    let control_plane = shared().await;
    let (one, two) = tokio::join!(control_plane.create_namespace("twin"), control_plane.create_namespace("twin"));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one, two);
    for namespace in [one, two] {
        assert!(namespace.starts_with("twin-"));
        let found = run(&mut control_plane.kubectl(["get", "namespace", &namespace, "-o", "name"]));
        assert_eq!(stdout(&found), format!("namespace/{namespace}\n"));
    }
}

#[tokio::test]
async fn an_impossible_namespace_is_refused_with_the_servers_reason() {
    let error = shared().await.create_namespace("Not_A_Name").await.unwrap_err();
    let Error::Request { what, source } = error else { panic!("{error}") };
    assert_eq!(what, "create a namespace Not_A_Name-…");
    let text = source.to_string();
    assert!(text.starts_with("failed to POST /api/v1/namespaces: the API server answered 422: "), "{text}");
    assert!(text.contains("RFC 1123"), "{text}");
}

#[tokio::test]
async fn a_user_without_a_role_is_refused() {
    let control_plane = shared().await;
    let nobody = control_plane.kubeconfig_for_user("nobody", &[]).unwrap();
    assert_eq!(
        refusal(&kubectl_as(control_plane, &nobody, &["get", "secrets", "-n", "default"])),
        "Error from server (Forbidden): secrets is forbidden: User \"nobody\" cannot list resource \"secrets\" in API group \
         \"\" in the namespace \"default\"\n"
    );
}

#[tokio::test]
async fn a_user_has_the_rights_of_a_role_and_no_others() {
    let control_plane = shared().await;
    let namespace = control_plane.create_namespace("role").await.unwrap();
    let ann = control_plane.kubeconfig_for_user("ann", &["readers"]).unwrap();
    let role = ["create", "role", "reader", "--verb=list", "--resource=configmaps", "-n", &namespace];
    stdout(&run(&mut control_plane.kubectl(role)));
    let binding = ["create", "rolebinding", "readers", "--role=reader", "--group=readers", "-n", &namespace];
    stdout(&run(&mut control_plane.kubectl(binding)));

    let may = |verb, place| kubectl_as(control_plane, &ann, &["auth", "can-i", verb, "configmaps", "-n", place]).stdout;

    // The API server hears of new roles through a watch of its own.
    eventually("the role to count", || may("list", &namespace) == b"yes\n");
    assert_eq!(may("create", &namespace), b"no\n");
    assert_eq!(may("list", "default"), b"no\n");
}

#[tokio::test]
async fn a_service_account_is_who_its_token_says() {
    let control_plane = shared().await;
    let namespace = control_plane.create_namespace("account").await.unwrap();
    stdout(&run(&mut control_plane.kubectl(["create", "serviceaccount", "robot", "-n", &namespace])));
    let robot = control_plane.kubeconfig_for_service_account(&namespace, "robot").await.unwrap();
    let who = kubectl_as(control_plane, &robot, &["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"]);
    assert_eq!(stdout(&who), format!("system:serviceaccount:{namespace}:robot"));
}

#[tokio::test]
async fn a_service_account_that_does_not_exist_has_no_token() {
    let error = shared().await.kubeconfig_for_service_account("default", "ghost").await.unwrap_err();
    let Error::Request { source, .. } = error else { panic!("{error}") };
    assert_eq!(
        source.to_string(),
        "failed to POST /api/v1/namespaces/default/serviceaccounts/ghost/token: the API server answered 404: \
         serviceaccounts \"ghost\" not found"
    );
}

#[tokio::test]
async fn a_certificate_for_two_groups_is_refused() {
    let error = shared().await.kubeconfig_for_user("ann", &["a", "b"]).unwrap_err();
    assert_eq!(error.to_string(), r#"failed to make a certificate for "ann": it can carry one group, not 2"#);
}

#[tokio::test]
async fn whoever_shows_no_certificate_is_not_let_in() {
    let control_plane = shared().await;
    let ca = reqwest::Certificate::from_pem(control_plane.ca_pem().as_bytes()).unwrap();
    let stranger = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
    let answer = stranger.get(format!("{}/readyz", control_plane.server_url())).send().await.unwrap();
    assert_eq!(answer.status(), reqwest::StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_audit_log_tells_who_did_what() {
    let control_plane = shared().await;
    let namespace = control_plane.create_namespace("audited").await.unwrap();
    let ann = control_plane.kubeconfig_for_user("audited-user", &["system:masters"]).unwrap();
    let create = ["create", "configmap", "noted", "-n", &namespace];
    stdout(&kubectl_as(control_plane, &ann, &create));

    let events = read_audit_log(control_plane.audit_log_path().unwrap()).unwrap();

    let mut hers: Vec<_> = events.into_iter().filter(|event| event.namespace == namespace).collect();
    assert_eq!(hers.len(), 1, "{hers:?}");
    let event = hers.remove(0);
    assert!(event.is_write());
    assert!(event.user_agent.starts_with("kubectl"), "{}", event.user_agent);
    assert_eq!(
        event,
        AuditEvent {
            received: event.received,
            user: "audited-user".to_owned(),
            user_agent: event.user_agent.clone(),
            verb: "create".to_owned(),
            uri: format!(
                "/api/v1/namespaces/{namespace}/configmaps?fieldManager=kubectl-create&fieldValidation=Strict"
            ),
            group: String::new(),
            resource: "configmaps".to_owned(),
            subresource: String::new(),
            namespace,
            name: "noted".to_owned(),
            code: 201,
        }
    );
}

#[tokio::test]
async fn two_of_them_run_side_by_side_and_know_nothing_of_each_other() {
    let shared = shared().await;
    let audit_log = tempfile::NamedTempFile::new().unwrap();
    let other = ControlPlane::builder().audit_log(audit_log.path()).start().await.unwrap();
    let namespace = other.create_namespace("only-here").await.unwrap();

    stdout(&run(&mut other.kubectl(["get", "namespace", &namespace])));
    let refused = refusal(&run(&mut shared.kubectl(["get", "namespace", &namespace])));
    assert_eq!(refused, format!("Error from server (NotFound): namespaces \"{namespace}\" not found\n"));
    let foreign = kubectl_as(&other, &shared.kubeconfig_path(), &["--server", other.server_url(), "get", "namespaces"]);
    assert!(refusal(&foreign).contains("certificate signed by unknown authority"));

    drop(other);
    let written = read_audit_log(audit_log.path()).unwrap();
    let asked_for_it = written.iter().filter(|event| event.name == namespace && event.code == 200);
    assert_eq!(asked_for_it.count(), 1);
}
