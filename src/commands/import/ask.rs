//! What the cloud is asked about the services of a region, and the cluster about the objects of a namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::described::obstacle;
use crate::cloud::accounts::ReadOnlyAccount;
use crate::cloud::errors::verdict;
use crate::cloud::services::{Details, Direct, Service, all_services, details};
use crate::commands::cloud::Cloud;
use crate::commands::cluster::Cluster;
use crate::commands::looker::may_pass;
use crate::crd::VpcEndpointService;
use crate::identity::{ObjectId, Target};
use crate::kubernetes::{KubernetesError, listing};

/// Between two tries of a call that may succeed in a moment: the provider counts calls by the second.
const PAUSE: Duration = Duration::from_secs(1);

/// Which services are asked about.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) cloud: Cloud,
    pub(super) region: String,
    /// Nothing is tried again after that.
    pub(super) until: Instant,
}

/// What the cloud has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) account_id: String,
    pub(super) region: String,
    /// Every service of the region, by id.
    pub(super) services: Vec<Service>,
    /// Those that are asked for, by id, as far as they were read: attachments and principals, or why not.
    pub(super) details: BTreeMap<String, Result<Details, String>>,
    /// Ids that were asked for. Empty: all.
    pub(super) wanted: BTreeSet<String>,
}

/// What the cluster has in the namespace of the manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Namespace {
    pub(super) name: String,
    /// Names that are taken.
    pub(super) taken: BTreeSet<String>,
    /// By service, the object that names it in `spec.adopt`.
    pub(super) adopting: BTreeMap<String, String>,
    /// Why nobody knows which names are taken.
    pub(super) unread: Option<String>,
}

impl Question {
    /// Lists the services, and reads the details of those that are asked for and can be described. The error is that of the list.
    pub(super) async fn services(&self, wanted: &[String]) -> Result<Found, String> {
        let account_id = self.account_id().await?;
        let target = Target { account: account_id.clone(), region: self.region.clone() };
        let account = self.cloud.accounts.at(&target).map_err(|error| error.to_string())?;
        let listed = self.patiently(async || all_services(&account.reader, None).await).await;
        let mut services = listed.map_err(|error| verdict(&error).message)?;
        services.sort_by(|one, other| one.id.cmp(&other.id));
        let wanted: BTreeSet<_> = wanted.iter().cloned().collect();
        let mut details = BTreeMap::new();
        for service in services.iter().filter(|service| is_wanted(&wanted, &service.id) && obstacle(service).is_none())
        {
            details.insert(service.id.clone(), self.details(&account, &service.id).await);
        }
        Ok(Found { account_id, region: self.region.clone(), services, details, wanted })
    }

    async fn account_id(&self) -> Result<String, String> {
        // Of no object: it is only told to those that wait for it.
        let nobody = ObjectId { namespace: String::new(), name: String::new(), uid: String::new() };
        let accounts = &self.cloud.accounts;
        let known = self.patiently(async || accounts.account_id(&nobody).await).await;
        known.map_err(|error| verdict(&error).message)
    }

    async fn details(&self, account: &Arc<ReadOnlyAccount>, service_id: &str) -> Result<Details, String> {
        let reads = Direct { reader: &account.reader, clock: &*self.cloud.clock };
        let read = self.patiently(async || details(reads, service_id, true).await).await;
        read.map_err(|error| verdict(&error).message)
    }

    /// Asks again for as long as that may help and there is time.
    async fn patiently<T>(&self, ask: impl AsyncFn() -> Result<T, cloud_core::Error>) -> Result<T, cloud_core::Error> {
        loop {
            let error = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let pause = error.retry().after.unwrap_or_default().max(PAUSE);
            if !may_pass(&error) || Instant::now() + pause >= self.until {
                return Err(error);
            }
            sleep(pause).await;
        }
    }
}

/// It is asked for, by its id or with all others.
pub(super) fn is_wanted(wanted: &BTreeSet<String>, service_id: &str) -> bool {
    wanted.is_empty() || wanted.contains(service_id)
}

impl Namespace {
    pub(super) async fn read(cluster: &Cluster, name: &str) -> Self {
        let none = Self { name: name.to_owned(), ..Self::default() };
        let Some(client) = &cluster.client else { return none };
        match listing::all::<VpcEndpointService>(client, Some(name), cluster.deadline).await {
            Ok(objects) => Self::of(name, &objects),
            // Without the definition there are no objects.
            Err(KubernetesError::Gone) => none,
            Err(error) => Self { unread: Some(error.to_string()), ..none },
        }
    }

    fn of(name: &str, objects: &[DynamicObject]) -> Self {
        let adopting = |object: &DynamicObject| {
            let id = object.data.pointer("/spec/adopt/serviceId").and_then(Value::as_str)?;
            Some((id.to_owned(), object.name_any()))
        };
        Self {
            name: name.to_owned(),
            taken: objects.iter().map(ResourceExt::name_any).collect(),
            adopting: objects.iter().filter_map(adopting).collect(),
            unread: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_objects_of_a_namespace_take_their_names_and_the_services_that_they_adopt() {
        let object = |name: &str, spec: &Value| -> DynamicObject {
            let object = json!({"apiVersion": "a/v1", "kind": "B", "metadata": {"name": name}, "spec": spec});
            serde_json::from_value(object).unwrap()
        };
        let objects = [object("a", &json!({"adopt": {"serviceId": "epsrv-1"}})), object("b", &json!({}))];
        let found = Namespace::of("shop", &objects);
        assert_eq!(found.taken, ["a", "b"].map(str::to_owned).into());
        assert_eq!(found.adopting, [("epsrv-1".to_owned(), "a".to_owned())].into());
    }

    #[test]
    fn without_ids_every_service_is_asked_for() {
        assert!(is_wanted(&BTreeSet::new(), "epsrv-1"));
        let one: BTreeSet<_> = ["epsrv-1".to_owned()].into();
        assert_eq!(["epsrv-1", "epsrv-2"].map(|id| is_wanted(&one, id)), [true, false]);
    }
}
