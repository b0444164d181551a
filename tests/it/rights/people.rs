//! What the aggregated roles let people do with the objects: each verb works, and each is needed for what it is called after.

use std::collections::BTreeSet;

use futures::StreamExt;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::{Api, Client};
use privatelink_operator::crd::VpcEndpointService;
use serde_json::json;

use super::OURS;
use super::installations::{Right, installations};
use super::work::{apply_in, rule};
use crate::support::cluster::{self, TEST_MANAGER};
use crate::support::rig::nlb_spec;

fn object(name: &str) -> VpcEndpointService {
    VpcEndpointService::new(name, serde_json::from_value(nlb_spec()).unwrap())
}

/// Does what the verb is for, as this person, with an object that an administrator has made for it. The error is the API server's.
async fn act(admin: &Api<VpcEndpointService>, person: &Api<VpcEndpointService>, verb: &str) -> kube::Result<()> {
    let made =
        admin.patch("orders", &PatchParams::apply(TEST_MANAGER).force(), &Patch::Apply(object("orders"))).await?;
    match verb {
        "get" => drop(person.get("orders").await?),
        "list" => drop(person.list(&ListParams::default()).await?),
        "watch" => {
            let mut events = person.watch(&WatchParams::default(), "0").await?.boxed();
            if let Some(WatchEvent::Error(status)) = events.next().await.transpose()? {
                return Err(kube::Error::Api(status));
            }
        }
        "create" => drop(person.create(&PostParams::default(), &object("payments")).await?),
        "update" => drop(person.replace("orders", &PostParams::default(), &made).await?),
        "patch" => {
            let patch = Patch::Merge(json!({"spec": {"description": "intake"}}));
            drop(person.patch("orders", &PatchParams::default(), &patch).await?);
        }
        "delete" => drop(person.delete("orders", &DeleteParams::default()).await?),
        "deletecollection" => drop(person.delete_collection(&DeleteParams::default(), &ListParams::default()).await?),
        _ => unreachable!("no test knows what people need {verb} for"),
    }
    Ok(())
}

/// The verbs of these rights that do not work for somebody who has them without the missing one.
async fn refused(
    admin: &Client,
    namespace: &str,
    rights: &BTreeSet<Right>,
    missing: Option<&Right>,
) -> BTreeSet<Right> {
    let user = format!("{namespace}-{}", missing.map_or("nothing", |right| &right.verb));
    let rules: Vec<_> =
        rights.iter().filter(|right| Some(*right) != missing).map(|right| rule(right, namespace)).collect();
    apply_in::<Role>(admin, namespace, &json!({"metadata": {"name": user}, "rules": rules})).await;
    let binding = json!({
        "metadata": {"name": user},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    });
    apply_in::<RoleBinding>(admin, namespace, &binding).await;
    let (control_plane, _) = cluster::prepared().await;
    let person = cluster::client(&control_plane.kubeconfig_for_user(&user, &[]).unwrap()).await;
    let (admin, person) = (Api::namespaced(admin.clone(), namespace), Api::namespaced(person, namespace));
    let mut refused = BTreeSet::new();
    for right in rights {
        match act(&admin, &person, &right.verb).await {
            Ok(()) => {}
            Err(kube::Error::Api(status)) if status.code == 403 => drop(refused.insert(right.clone())),
            Err(error) => unreachable!("{}: {error}", right.verb),
        }
        drop(admin.delete("payments", &DeleteParams::default()).await);
    }
    refused
}

#[tokio::test]
async fn people_may_do_with_the_objects_what_each_verb_is_for_and_nothing_that_is_taken_away() {
    let (control_plane, admin) = cluster::prepared().await;
    let roles: BTreeSet<_> = installations().into_iter().map(|installation| installation.people).collect();
    let given = || roles.iter().filter(|rights| !rights.is_empty());
    assert!(given().count() > 0);
    for rights in given() {
        assert!(rights.iter().all(|right| right.path() == OURS), "{rights:#?}");
        let namespace = control_plane.create_namespace("people").await.unwrap();
        assert_eq!(refused(&admin, &namespace, rights, None).await, BTreeSet::new());
        for missing in rights {
            assert_eq!(refused(&admin, &namespace, rights, Some(missing)).await, [missing.clone()].into());
        }
    }
}
