//! Uninstalling, in any order: no service is touched, and nothing stays without the way out that the README names.

use std::process::Output;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::runtime::wait::{await_condition, conditions};
use kube::{Api, Client, CustomResourceExt};
use local_control_plane::{ControlPlane, read_audit_log};
use local_stack::{CloudAccess, OPERATOR_USER};
use privatelink_operator::crd::VpcEndpointService;
use privatelink_operator::names::CREATE_RECORD_ANNOTATION;
use privatelink_sim::ServiceView;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::support::checkout::repository;
use crate::support::cluster;
use crate::support::rig::{Rig, Setup, nlb_spec};

const SYSTEM: &str = "privatelink-system";
const OPERATOR: &str = "privatelink-operator";
const NAMES: [&str; 2] = ["orders", "payments"];

/// Longer than any command takes on a loaded machine.
const COMMAND_SECONDS: &str = "120";

/// The definition goes with its last object.
const GONE_WITHIN: Duration = Duration::from_mins(1);

/// Where the operator runs, and with it what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A process with a client certificate, which nobody ends.
    Outside,
    /// A process with the token of the ServiceAccount, which ends with its Deployment.
    Inside,
}

/// What is deleted one after the other; everything else follows at the end.
#[derive(Clone, Copy, Debug)]
struct Order {
    name: &'static str,
    commands: &'static [&'static str],
}

const ALL: &str = "delete -k config/default --ignore-not-found --wait=false";

const ORDERS: [Order; 5] = [
    Order { name: "all at once", commands: &[ALL] },
    Order {
        name: "rights first",
        commands: &["delete clusterrolebinding privatelink-operator privatelink-operator-user", ALL],
    },
    Order {
        name: "definition first",
        commands: &["delete crd vpcendpointservices.privatelink.alibabacloud.com --wait=false", ALL],
    },
    Order { name: "namespace first", commands: &["delete namespace privatelink-system --wait=false", ALL] },
    Order {
        name: "deployment first",
        commands: &["-n privatelink-system delete deployment privatelink-operator", ALL],
    },
];

#[tokio::test]
async fn uninstalling_in_any_order_touches_no_service_while_the_operator_runs_outside() {
    uninstalled_in_every_order(Place::Outside).await;
}

#[tokio::test]
async fn uninstalling_in_any_order_touches_no_service_while_the_operator_runs_inside() {
    uninstalled_in_every_order(Place::Inside).await;
}

async fn uninstalled_in_every_order(place: Place) {
    let control_plane = cluster::another().await;
    for order in ORDERS {
        let mut installed = Installed::new(control_plane, place).await;
        let before = installed.cloud().await;
        for command in order.commands {
            installed.kubectl(command).await;
            installed.follow().await;
        }
        installed.until_let_go_or_refused().await;
        assert_eq!(installed.cloud().await, before, "{} {place:?}", order.name);
        installed.walk_the_way_out().await;
        assert_eq!(installed.cloud().await, before, "{} {place:?}, and what is left of it by hand", order.name);
        assert_eq!(installed.rig.simulator.admin.witness().await.unwrap(), []);
    }
}

/// `config/default` and the operator's user on a control plane, with Ready objects and an operator.
struct Installed {
    rig: Rig,
    /// What a cluster's namespace controller does.
    _namespaces: AbortOnDropHandle<()>,
    place: Place,
}

impl Installed {
    async fn new(control_plane: &'static ControlPlane, place: Place) -> Self {
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

    async fn cloud(&self) -> (Vec<ServiceView>, Vec<String>) {
        (self.rig.services().await, self.rig.effects().await)
    }

    async fn kubectl(&self, arguments: &str) {
        succeeded(&kubectl(self.rig.control_plane, arguments).await);
    }

    /// The pod goes with its Deployment.
    async fn follow(&mut self) {
        let deployments: Api<Deployment> = Api::namespaced(self.rig.admin.clone(), SYSTEM);
        let is_there = deployments.get_opt(OPERATOR).await.unwrap().is_some();
        if self.place == Place::Inside && !is_there && self.rig.has_operator() {
            self.rig.kill_operator();
        }
    }

    /// Until the objects are gone, or the operator has ended, or it was refused what it must know several times.
    async fn until_let_go_or_refused(&self) {
        let look = async || (self.objects().await, self.refused());
        let is_over = |(objects, refused): &(usize, usize)| *objects == 0 || !self.rig.has_operator() || *refused >= 5;
        self.rig.poll("the objects are gone, or nobody lets them go", look, is_over).await;
    }

    async fn objects(&self) -> usize {
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

    /// What the README says for objects that nobody lets go.
    async fn walk_the_way_out(&self) {
        if self.objects().await > 0 {
            let [_, _, way_out] = readme_commands();
            succeeded(&shell(self.rig.control_plane, &way_out).await);
        }
        until_undefined(&self.rig.admin).await;
    }
}

#[tokio::test]
async fn the_commands_of_the_readme_take_the_operator_away_with_the_services() {
    let installed = Installed::new(cluster::another().await, Place::Outside).await;
    let [with_services, ..] = readme_commands();
    succeeded(&shell(installed.rig.control_plane, &with_services).await);
    assert_eq!(installed.rig.services().await, []);
    assert_nothing_is_left(&installed).await;
}

#[tokio::test]
async fn the_commands_of_the_readme_take_the_operator_away_and_leave_the_services() {
    let installed = Installed::new(cluster::another().await, Place::Outside).await;
    let before = installed.cloud().await;
    let [_, without_services, _] = readme_commands();
    succeeded(&shell(installed.rig.control_plane, &without_services).await);
    assert_eq!(installed.cloud().await, before);
    assert_nothing_is_left(&installed).await;
}

#[tokio::test]
async fn the_rights_given_back_let_every_object_go_that_waited_for_them() {
    let installed = Installed::new(cluster::another().await, Place::Outside).await;
    let before = installed.cloud().await;
    installed.kubectl("delete clusterrolebinding privatelink-operator-user").await;
    installed.kubectl("delete crd vpcendpointservices.privatelink.alibabacloud.com --wait=false").await;
    installed.until_let_go_or_refused().await;
    assert_eq!(installed.objects().await, NAMES.len());
    installed.kubectl("apply -f config/rbac/user-binding.yaml").await;
    until_undefined(&installed.rig.admin).await;
    assert_eq!(installed.cloud().await, before);
}

async fn assert_nothing_is_left(installed: &Installed) {
    assert_eq!(definition(&installed.rig.admin).await, None);
    let namespaces: Api<Namespace> = Api::all(installed.rig.admin.clone());
    assert_eq!(namespaces.get_opt(SYSTEM).await.unwrap(), None);
    assert_eq!(installed.rig.simulator.admin.witness().await.unwrap(), []);
}

#[tokio::test]
async fn with_the_kind_every_object_goes_whatever_else_is_wrong_with_it() {
    let mut rig = Rig::alone(Setup::default()).await;
    for (name, number) in ["well", "another-account", "another-region", "no-region"].into_iter().zip(1..) {
        let mut spec = nlb_spec();
        spec["resources"][0]["resourceId"] = json!(format!("nlb-{number}"));
        rig.apply(name, spec).await;
        rig.ready(name).await;
    }
    let before = (rig.services().await, rig.effects().await);
    rig.kill_operator();
    rewrite_record(&rig, "another-account", "account", "1000000000000999").await;
    rewrite_record(&rig, "another-region", "region", "eu-central-1").await;
    rewrite_record(&rig, "no-region", "region", "NOWHERE").await;
    let nowhere = Patch::Merge(json!({"status": {"region": null}}));
    rig.objects().patch_status("no-region", &PatchParams::default(), &nowhere).await.unwrap();
    let wrong = CloudAccess { key_secret: "wrong".to_owned(), ..rig.simulator.access() };
    let kubeconfig = rig.operator_kubeconfig().to_owned();
    rig.start_operator_behind(kubeconfig, &wrong).await;
    // One was deleted before its kind was, and waits for somebody to mend the credentials.
    rig.delete("well").await;
    rig.not_ready("well", "DeletionBlocked").await;
    delete_definition(&rig.admin).await;
    until_undefined(&rig.admin).await;
    assert_eq!((rig.services().await, rig.effects().await), before);
    assert_eq!(rig.simulator.admin.witness().await.unwrap(), []);
}

async fn rewrite_record(rig: &Rig, name: &str, field: &str, value: &str) {
    let object = rig.object(name).await.unwrap();
    let text = &object.metadata.annotations.unwrap()[CREATE_RECORD_ANNOTATION];
    let mut record: Value = serde_json::from_str(text).unwrap();
    record[field] = json!(value);
    let patch = Patch::Merge(json!({"metadata": {"annotations": {CREATE_RECORD_ANNOTATION: record.to_string()}}}));
    rig.objects().patch(name, &PatchParams::default(), &patch).await.unwrap();
}

async fn definition(admin: &Client) -> Option<CustomResourceDefinition> {
    Api::all(admin.clone()).get_opt(VpcEndpointService::crd_name()).await.unwrap()
}

async fn delete_definition(admin: &Client) {
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    definitions.delete(VpcEndpointService::crd_name(), &DeleteParams::default()).await.unwrap();
}

/// Until the kind is gone, and every object with it.
async fn until_undefined(admin: &Client) {
    let Some(found) = definition(admin).await else { return };
    let uid = found.metadata.uid.unwrap();
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    let gone = await_condition(definitions, VpcEndpointService::crd_name(), conditions::is_deleted(&uid));
    timeout(GONE_WITHIN, gone).await.expect("the definition goes").unwrap();
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

/// The commands of the README's section on uninstalling: with the services, without them, and the way out.
fn readme_commands() -> [String; 3] {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let section = readme.split("\n## Uninstall").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned());
    blocks.collect::<Vec<_>>().try_into().expect("three blocks of commands, each of which is run here")
}

async fn kubectl(control_plane: &'static ControlPlane, arguments: &str) -> Output {
    shell(control_plane, &format!("kubectl {arguments}")).await
}

/// As a person types it, in the repository.
async fn shell(control_plane: &'static ControlPlane, commands: &str) -> Output {
    let kubectl = control_plane.kubectl([""; 0]);
    let commands = format!("PATH=\"$KUBECTL_FOLDER:$PATH\"\n{commands}");
    let mut command = std::process::Command::new("timeout");
    command.args([COMMAND_SECONDS, "sh", "-ec", &commands]).current_dir(repository());
    command.envs(kubectl.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("KUBECTL_FOLDER", control_plane.bin_dir());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}
