//! `config/default` on a control plane, with Ready objects and an operator; and what people type to take it away.

use std::process::Output;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{DeleteParams, PostParams};
use kube::runtime::wait::{await_condition, conditions};
use kube::{Api, Client, CustomResourceExt};
use local_control_plane::{ControlPlane, read_audit_log};
use local_stack::OPERATOR_USER;
use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::ServiceView;
use serde_json::json;
use tokio::time::{Duration, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::support::checkout::repository;
use crate::support::cluster;
use crate::support::rig::{Rig, Setup, nlb_spec};

pub(super) const SYSTEM: &str = "privatelink-system";
const OPERATOR: &str = "privatelink-operator";
pub(super) const NAMES: [&str; 2] = ["orders", "payments"];

/// Longer than any command takes on a loaded machine.
const COMMAND_SECONDS: &str = "120";

/// The definition goes with its last object.
const GONE_WITHIN: Duration = Duration::from_mins(1);

/// The API server says nothing of how long it takes; it is a fraction of a second.
const IN_FORCE_WITHIN: Duration = Duration::from_secs(30);

pub(super) const DELETE_DEFINITION: &str = "delete crd vpcendpointservices.privatelink.alibabacloud.com";

/// Where the operator runs, and with it what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A process with a client certificate, which nobody ends.
    Outside,
    /// A process with the token of the ServiceAccount, which ends with its Deployment.
    Inside,
}

/// What is deleted one after the other; everything else follows at the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) name: &'static str,
    pub(super) commands: &'static [&'static str],
}

pub(super) const ALL: &str = "delete -k config/default --ignore-not-found --wait=false";

const DEFINITION: &str = "delete crd vpcendpointservices.privatelink.alibabacloud.com --wait=false";
const RIGHTS: &str = "delete clusterrolebinding privatelink-operator privatelink-operator-user";
const DEPLOYMENT: &str = "-n privatelink-system delete deployment privatelink-operator";
const NAMESPACE: &str = "delete namespace privatelink-system --wait=false";

pub(super) const ORDERS: [Order; 8] = [
    Order { name: "all at once", commands: &[ALL] },
    Order { name: "namespace first", commands: &[NAMESPACE, ALL] },
    Order { name: "definition, rights, deployment", commands: &[DEFINITION, RIGHTS, DEPLOYMENT, ALL] },
    Order { name: "definition, deployment, rights", commands: &[DEFINITION, DEPLOYMENT, RIGHTS, ALL] },
    Order { name: "rights, definition, deployment", commands: &[RIGHTS, DEFINITION, DEPLOYMENT, ALL] },
    Order { name: "rights, deployment, definition", commands: &[RIGHTS, DEPLOYMENT, DEFINITION, ALL] },
    Order { name: "deployment, definition, rights", commands: &[DEPLOYMENT, DEFINITION, RIGHTS, ALL] },
    Order { name: "deployment, rights, definition", commands: &[DEPLOYMENT, RIGHTS, DEFINITION, ALL] },
];

/// `config/default` and the operator's user on a control plane, with Ready objects and an operator.
pub(super) struct Installed {
    pub(super) rig: Rig,
    /// What a cluster's namespace controller does.
    _namespaces: AbortOnDropHandle<()>,
    place: Place,
}

impl Installed {
    pub(super) async fn new(control_plane: &'static ControlPlane, place: Place) -> Self {
        let admin = cluster::client(&control_plane.kubeconfig_path()).await;
        succeeded(&kubectl(control_plane, "apply -k config/default").await);
        succeeded(&kubectl(control_plane, "apply -f config/rbac/user-binding.yaml").await);
        succeeded(&kubectl(control_plane, "wait --for=condition=Established crd --all --timeout=60s").await);
        let kubeconfig = match place {
            Place::Outside => control_plane.kubeconfig_for_user(OPERATOR_USER, &[]).unwrap(),
            Place::Inside => control_plane.kubeconfig_for_service_account(SYSTEM, OPERATOR).await.unwrap(),
        };
        let mut rig = Rig::on(control_plane, admin.clone(), kubeconfig, Setup::default()).await;
        rig.start_operator().await;
        for (name, number) in NAMES.into_iter().zip(1..) {
            let mut spec = nlb_spec();
            spec["resources"][0]["resourceId"] = json!(format!("nlb-{number}"));
            rig.apply(name, spec).await;
            rig.ready(name).await;
        }
        let namespaces = AbortOnDropHandle::new(tokio::spawn(finalize_namespaces(admin)));
        Self { rig, _namespaces: namespaces, place }
    }

    /// Applies `config/admission`, and waits until it is in force.
    pub(super) async fn protect(&self) {
        self.kubectl("apply -k config/admission").await;
        in_force(self.rig.control_plane).await;
    }

    pub(super) async fn cloud(&self) -> (Vec<ServiceView>, Vec<String>) {
        (self.rig.services().await, self.rig.effects().await)
    }

    pub(super) async fn kubectl(&self, arguments: &str) {
        succeeded(&kubectl(self.rig.control_plane, arguments).await);
    }

    /// The pod goes with its Deployment.
    pub(super) async fn follow(&mut self) {
        let deployments: Api<Deployment> = Api::namespaced(self.rig.admin.clone(), SYSTEM);
        let is_there = deployments.get_opt(OPERATOR).await.unwrap().is_some();
        if self.place == Place::Inside && !is_there && self.rig.has_operator() {
            self.rig.kill_operator();
        }
    }

    /// Until the objects are gone, or the operator has ended, or it was refused what it must know several times.
    pub(super) async fn until_let_go_or_refused(&self) {
        let look = async || (self.objects().await, self.refused());
        let is_over = |(objects, refused): &(usize, usize)| *objects == 0 || !self.rig.has_operator() || *refused >= 5;
        self.rig.poll("the objects are gone, or nobody lets them go", look, is_over).await;
    }

    pub(super) async fn objects(&self) -> usize {
        if definition(&self.rig.admin).await.is_none() { 0 } else { self.rig.all().await.len() }
    }

    /// How often the operator asked for what it has no right to any more.
    fn refused(&self) -> usize {
        let log = self.rig.control_plane.audit_log_path().unwrap();
        let events = read_audit_log(log).unwrap();
        let ours = |name: &str| name == OPERATOR_USER || name.ends_with(":privatelink-operator");
        let refused = |code| code == 401 || code == 403;
        events.iter().filter(|event| refused(event.code) && (ours(&event.user) || event.code == 401)).count()
    }

    /// What the documentation says for objects that nobody lets go.
    pub(super) async fn walk_the_way_out(&self) {
        if self.objects().await > 0 {
            let way_out = documented("Without an operator");
            succeeded(&shell(self.rig.control_plane, &way_out).await);
        }
        until_undefined(&self.rig.admin).await;
    }
}

pub(super) async fn definition(admin: &Client) -> Option<CustomResourceDefinition> {
    Api::all(admin.clone()).get_opt(VpcEndpointService::crd_name()).await.unwrap()
}

pub(super) async fn delete_definition(admin: &Client) {
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    definitions.delete(VpcEndpointService::crd_name(), &DeleteParams::default()).await.unwrap();
}

/// Until the kind is gone, and every object with it.
pub(super) async fn until_undefined(admin: &Client) {
    let Some(found) = definition(admin).await else { return };
    let uid = found.metadata.uid.unwrap();
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    let gone = await_condition(definitions, VpcEndpointService::crd_name(), conditions::is_deleted(&uid));
    timeout(GONE_WITHIN, gone).await.expect("the definition goes").unwrap();
}

/// The API server learns of a policy a little after it is written.
pub(super) async fn in_force(control_plane: &'static ControlPlane) {
    let refused = async {
        while kubectl(control_plane, &format!("{DELETE_DEFINITION} --dry-run=server")).await.status.success() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(IN_FORCE_WITHIN, refused).await.expect("the policy is in force");
}

/// The control planes of the tests have no namespace controller.
async fn finalize_namespaces(admin: Client) {
    let namespaces: Api<Namespace> = Api::all(admin);
    loop {
        if let Ok(Some(mut found)) = namespaces.get_opt(SYSTEM).await
            && found.metadata.deletion_timestamp.is_some()
        {
            found.spec.get_or_insert_default().finalizers = Some(Vec::new());
            // Whoever else changed it meanwhile: the next look tries again.
            let _ = namespaces.replace_subresource("finalize", SYSTEM, &PostParams::default(), &found).await;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// The first commands under this heading of docs/uninstall.md.
pub(super) fn documented(heading: &str) -> String {
    let page = std::fs::read_to_string(repository().join("docs/uninstall.md")).unwrap();
    let section = page.split(&format!("\n## {heading}\n")).nth(1).expect("the heading is there");
    let section = section.split("\n## ").next().unwrap();
    section.split("```sh\n").nth(1).expect("it has commands").split("```").next().unwrap().to_owned()
}

pub(super) async fn kubectl(control_plane: &'static ControlPlane, arguments: &str) -> Output {
    shell(control_plane, &format!("kubectl {arguments}")).await
}

/// As a person types it, in the repository.
pub(super) async fn shell(control_plane: &'static ControlPlane, commands: &str) -> Output {
    let kubectl = control_plane.kubectl([""; 0]);
    let commands = format!("PATH=\"$KUBECTL_FOLDER:$PATH\"\n{commands}");
    let mut command = std::process::Command::new("timeout");
    command.args([COMMAND_SECONDS, "sh", "-ec", &commands]).current_dir(repository());
    command.envs(kubectl.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("KUBECTL_FOLDER", control_plane.bin_dir());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

pub(super) fn succeeded(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}
