//! Uninstalling, in any order: no service is touched, and nothing stays without the way out that docs/uninstall.md names.

mod installed;
mod with_policies;

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{Patch, PatchParams};
use local_stack::CloudAccess;
use privatelink_operator::names::CREATE_RECORD_ANNOTATION;
use serde_json::{Value, json};

use self::installed::{
    Installed, NAMES, ORDERS, Place, SYSTEM, definition, delete_definition, documented, shell, succeeded,
    until_undefined,
};
use crate::support::cluster;
use crate::support::rig::{Rig, Setup, nlb_spec};

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

#[tokio::test]
async fn the_documented_commands_take_the_operator_away_with_the_services() {
    let installed = Installed::new(cluster::another().await, Place::Outside).await;
    installed.protect().await;
    succeeded(&shell(installed.rig.control_plane, &documented("With the services")).await);
    assert_eq!(installed.rig.services().await, []);
    assert_nothing_is_left(&installed).await;
}

#[tokio::test]
async fn the_documented_commands_take_the_operator_away_and_leave_the_services() {
    let installed = Installed::new(cluster::another().await, Place::Outside).await;
    installed.protect().await;
    let before = installed.cloud().await;
    succeeded(&shell(installed.rig.control_plane, &documented("Without the services")).await);
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
