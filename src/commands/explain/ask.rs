//! What cluster and cloud are asked about an object.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Event;
use kube::Client;

use crate::cloud::errors::verdict;
use crate::commands::cluster::Cluster;
use crate::commands::looker::{Looked, Looker};
use crate::commands::subject;
use crate::crd::VpcEndpointService;
use crate::kubernetes::{KubernetesError, reading};
use crate::names::LEASE;
use crate::settings::CloudSettings;
use crate::timing::Timing;
use crate::vpc_endpoint_service::conclude::Requeue;
use crate::vpc_endpoint_service::plan::Mode;
use crate::vpc_endpoint_service::resolve::ResolveError;
use crate::vpc_endpoint_service::show::{Closer, Shown};

/// Which object is asked about, and of whom.
pub(super) struct Question {
    pub(super) client: Client,
    pub(super) namespace: String,
    pub(super) name: String,
    /// Of one call to the API server.
    pub(super) deadline: Duration,
}

/// What the cluster says.
#[derive(Debug)]
pub(super) struct Kubernetes {
    pub(super) object: Object,
    pub(super) events: Result<Vec<Event>, KubernetesError>,
    /// The leases that an operator of the object may hold: that of one of all namespaces, that of one of the object's.
    pub(super) leases: Vec<AskedLease>,
}

#[derive(Debug)]
pub(super) enum Object {
    There(Box<VpcEndpointService>),
    Missing,
    /// Why, as a sentence.
    Unread(String),
}

#[derive(Debug)]
pub(super) struct AskedLease {
    pub(super) namespace: String,
    pub(super) name: String,
    /// `None`: there is none.
    pub(super) found: Result<Option<Lease>, KubernetesError>,
}

/// What the cloud says.
#[derive(Debug)]
pub(super) enum Cloud {
    NotAsked,
    /// Why nothing is known, as a sentence.
    Unread(String),
    Asked(Box<Asked>),
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) looked: Looked,
    pub(super) closer: Option<Closer>,
    pub(super) looks_again: Requeue,
}

impl Question {
    /// Asks the API server, for everything at once.
    pub(super) async fn kubernetes(&self, lease_namespace: &str) -> Kubernetes {
        let Self { client, namespace, name, deadline } = self;
        let own = format!("{LEASE}-{namespace}");
        let (object, events, general, own) = tokio::join!(
            reading::object::<VpcEndpointService>(client, namespace, name, *deadline),
            reading::events_about::<VpcEndpointService>(client, namespace, name, *deadline),
            self.lease(lease_namespace, LEASE),
            self.lease(lease_namespace, &own),
        );
        let object = match object {
            Ok(None) => Object::Missing,
            Ok(Some(found)) => match found.try_parse() {
                Ok(object) => Object::There(Box::new(object)),
                Err(error) => Object::Unread(format!("this version cannot read the object: {error}")),
            },
            Err(KubernetesError::Forbidden(said)) => Object::Unread(format!(
                "{said}; to explain you need get on vpcendpointservices, as the role view has it"
            )),
            Err(error) => Object::Unread(error.to_string()),
        };
        Kubernetes { object, events, leases: vec![general, own] }
    }

    async fn lease(&self, namespace: &str, name: &str) -> AskedLease {
        let found = reading::lease(&self.client, namespace, name, self.deadline).await;
        AskedLease { namespace: namespace.to_owned(), name: name.to_owned(), found }
    }

    /// Asks the cloud, by the operator's own steps. What goes wrong is in the answer.
    pub(super) async fn cloud(
        &self,
        object: &VpcEndpointService,
        cluster_id: Option<String>,
        settings: &CloudSettings,
        timing: &Timing,
        patience: Duration,
    ) -> Cloud {
        match Box::pin(self.asked(object, cluster_id, settings, timing, patience)).await {
            Ok(asked) => Cloud::Asked(Box::new(asked)),
            Err(sentence) => Cloud::Unread(sentence),
        }
    }

    async fn asked(
        &self,
        object: &VpcEndpointService,
        cluster_id: Option<String>,
        settings: &CloudSettings,
        timing: &Timing,
        patience: Duration,
    ) -> Result<Asked, String> {
        let Self { client, deadline, namespace: _, name: _ } = self;
        let cluster = Cluster::over(client.clone(), cluster_id, *deadline).await.map_err(|error| error.to_string())?;
        let opened = Looker::open(cluster, settings, timing, patience, Mode::Show);
        let mut looker = opened.map_err(|error| error.to_string())?;
        let subject = subject::read(client, object.clone(), *deadline).await;
        let subject = subject.map_err(|error| format!("failed to list Services: {error}"))?;
        let found = looker.look(&subject).await.map_err(|error| error.to_string())?;
        if let Some(sentence) = elsewhere(&found.shown) {
            return Err(sentence);
        }
        let closer = looker.viewer().closer(&found.shown).await;
        let looks_again = looker.viewer().looks_again(&found.shown);
        Ok(Asked { looked: found, closer, looks_again })
    }
}

/// What whoever asks must give otherwise than the operator, whose key and default region may be others.
fn elsewhere(shown: &Shown) -> Option<String> {
    match shown.reached.resolved.as_ref()?.as_ref().err()? {
        ResolveError::RegionMissing => {
            Some("spec.region is not set; give the operator's default region with --region".to_owned())
        }
        ResolveError::AccountMismatch { recorded, actual } => Some(format!(
            "the service is in account {recorded}, and these credentials are of account {actual}; give those of the former"
        )),
        _ => None,
    }
}

impl Cloud {
    /// Why what the cloud says is not known, or not so far that the plan counts.
    pub(super) fn unread(&self) -> Option<String> {
        match self {
            Self::NotAsked => None,
            Self::Unread(sentence) => Some(sentence.clone()),
            Self::Asked(asked) => asked.looked.unread().map(|error| verdict(error).message),
        }
    }
}
