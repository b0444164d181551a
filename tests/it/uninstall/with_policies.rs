//! Uninstalling under the policies of `config/admission`: the definition and the objects stay, unmarked, whatever else goes.

use kube::ResourceExt;

use super::installed::{Installed, NAMES, ORDERS, Place, definition, kubectl, succeeded};
use crate::support::cluster;

/// What the refusal tells people to type.
const WAY_OUT: &str = "kubectl annotate crd vpcendpointservices.privatelink.alibabacloud.com privatelink.alibabacloud.com/allow-deletion=true";

#[tokio::test]
async fn under_the_policies_uninstalling_in_any_order_marks_nothing_while_the_operator_runs_outside() {
    uninstalled_in_every_order(Place::Outside).await;
}

#[tokio::test]
async fn under_the_policies_uninstalling_in_any_order_marks_nothing_while_the_operator_runs_inside() {
    uninstalled_in_every_order(Place::Inside).await;
}

async fn uninstalled_in_every_order(place: Place) {
    let control_plane = cluster::another().await;
    for order in ORDERS {
        let mut installed = Installed::new(control_plane, place).await;
        installed.protect().await;
        let before = installed.cloud().await;
        let mut said = String::new();
        for command in order.commands {
            let output = kubectl(control_plane, command).await;
            said = String::from_utf8(output.stderr).unwrap();
            // Whatever the policy does not refuse succeeds; a command that deletes the definition, too, does the rest of it.
            assert_eq!(
                output.status.success(),
                !command.contains("crd") && !command.contains("-k"),
                "{command}: {said}"
            );
            installed.follow().await;
        }
        assert!(said.contains("denied request") && said.contains(WAY_OUT), "{}: {said}", order.name);
        if installed.rig.has_operator() {
            installed.rig.until_listed(2).await;
        }
        assert_eq!(unmarked(&installed).await, NAMES, "{} {place:?}", order.name);
        assert_eq!(installed.cloud().await, before, "{} {place:?}", order.name);
        installed.walk_the_way_out().await;
        assert_eq!(installed.cloud().await, before, "{} {place:?}, and what is left of it by hand", order.name);
        assert_eq!(installed.rig.simulator.admin.witness().await.unwrap(), []);
        installed.kubectl("delete -k config/admission").await;
    }
}

/// Objects that nobody has deleted, of a definition that nobody has deleted.
async fn unmarked(installed: &Installed) -> Vec<String> {
    let definition = definition(&installed.rig.admin).await.expect("the definition is there");
    assert_eq!(definition.metadata.deletion_timestamp, None);
    let objects = installed.rig.all().await;
    let unmarked = objects.iter().filter(|object| object.metadata.deletion_timestamp.is_none());
    unmarked.map(ResourceExt::name_any).collect()
}

#[tokio::test]
async fn after_a_refusal_the_operator_that_is_applied_again_goes_on() {
    let control_plane = cluster::another().await;
    let mut installed = Installed::new(control_plane, Place::Outside).await;
    installed.protect().await;
    let before = installed.cloud().await;
    assert!(!kubectl(control_plane, super::installed::ALL).await.status.success());
    installed.rig.kill_operator();
    // The namespace is on its way out, and is waited for.
    succeeded(&kubectl(control_plane, "wait --for=delete namespace/privatelink-system --timeout=60s").await);
    installed.kubectl("apply -k config/default").await;
    installed.rig.start_operator().await;
    for name in NAMES {
        installed.rig.edit(name, serde_json::json!({"description": "still here"})).await;
        installed.rig.ready(name).await;
    }
    let ids = |services: &[privatelink_sim::ServiceView]| {
        services.iter().map(|service| service.id.clone()).collect::<Vec<_>>()
    };
    let after = installed.cloud().await;
    assert_eq!(ids(&after.0), ids(&before.0));
    assert!(after.0.iter().all(|service| service.description == "still here"), "{:?}", after.0);
}
