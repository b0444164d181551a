//! An orphan's object as the teardown knows one: marked for deletion, with a spec that deletes the service and cuts nobody off. Pure.

use jiff::Timestamp;
use serde_json::json;

use super::sightings::Orphan;
use crate::crd::VpcEndpointServiceSpec;
use crate::identity::{Definition, Life, ObjectKey, Owner};
use crate::names::FINALIZER;
use crate::vpc_endpoint_service::resolve::{NamedBy, References, RefreshRequest, Resolved, StatusHint};

/// The key of the object that the tags name; `None`: they name none.
pub(super) fn key(orphan: &Orphan) -> Option<ObjectKey> {
    let (namespace, name) = orphan.service.object.split_once('.')?;
    let is_named = !namespace.is_empty() && !name.is_empty();
    is_named.then(|| ObjectKey {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        uid: orphan.service.uid.clone(),
        generation: 0,
        resource_version: String::new(),
    })
}

/// What the tags must say.
pub(super) fn owner(orphan: &Orphan, cluster: &str) -> Owner {
    let (uid, object) = (orphan.service.uid.clone(), orphan.service.object.clone());
    Owner { cluster: cluster.to_owned(), uid, object }
}

/// The object, marked at `since`: everything must be looked at after that. `None`: the type of the service is none that is known.
pub(super) fn resolved(
    orphan: &Orphan,
    key: ObjectKey,
    owner: Owner,
    resource_type: &str,
    since: Timestamp,
) -> Option<Resolved> {
    Some(Resolved {
        key,
        life: Life::Deleting { since },
        definition: Definition::Stays,
        finalizers: vec![FINALIZER.to_owned()],
        target: orphan.target.clone(),
        region_named_by: NamedBy::Record,
        owner,
        record: None,
        hint: StatusHint { service_id: Some(orphan.service.id.clone()), ..StatusHint::default() },
        refresh: RefreshRequest::default(),
        not_ours: None,
        references: References::new(),
        spec: spec(resource_type)?,
    })
}

/// With `resources`, so that what is attached is looked at and detached.
fn spec(resource_type: &str) -> Option<VpcEndpointServiceSpec> {
    let spec = json!({
        "serviceResourceType": resource_type,
        "resources": [],
        "managementPolicy": "Manage",
        "deletionPolicy": "Delete",
        "whenConnected": "Block",
    });
    serde_json::from_value(spec).ok()
}

#[cfg(test)]
mod tests {
    use super::super::test_support::orphan;
    use super::*;
    use crate::crd::{DeletionPolicy, WhenConnected};

    #[test]
    fn the_tag_names_namespace_and_object() {
        let key = |object: &str| {
            let mut orphan = orphan("a");
            object.clone_into(&mut orphan.service.object);
            key(&orphan).map(|key| (key.namespace, key.name))
        };
        assert_eq!(key("team.orders"), Some(("team".to_owned(), "orders".to_owned())));
        assert_eq!(key("team.orders.v2"), Some(("team".to_owned(), "orders.v2".to_owned())));
        for nothing in ["", "team", "team.", ".orders"] {
            assert_eq!(key(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn it_deletes_the_service_and_cuts_nobody_off_whatever_its_type() {
        for resource_type in ["nlb", "alb", "slb", "gwlb"] {
            let spec = spec(resource_type).unwrap();
            assert_eq!(spec.effective_deletion_policy(), DeletionPolicy::Delete);
            assert_eq!(spec.when_connected, WhenConnected::Block);
            assert!(spec.resources.is_some() && !spec.suspend);
        }
        assert_eq!(spec("some-new-type"), None);
    }
}
