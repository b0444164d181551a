//! Looks at the cloud for one object after the other, for as long as a command has time.

use std::time::Duration;

use kube::runtime::watcher::Event;
use tokio::time::{Instant, timeout_at};

use super::StartError;
use super::cloud::{self, Cloud};
use super::cluster::Cluster;
use crate::cloud::errors::{is_passing, is_throttled};
use crate::crd::VpcEndpointService;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::listing;
use crate::kubernetes::live_objects::LiveObjects;
use crate::settings::CloudSettings;
use crate::timing::Timing;
use crate::vpc_endpoint_service::conclude::Judgement;
use crate::vpc_endpoint_service::execute::{ExecuteError, Outcome, Stop};
use crate::vpc_endpoint_service::load_balancers::unusable;
use crate::vpc_endpoint_service::plan::{Mode, Plan, Wait};
use crate::vpc_endpoint_service::resolve::ResolveError;
use crate::vpc_endpoint_service::show::{Shown, Subject, Viewer};

/// Between two looks while nobody says that something changed: a net, no more.
const NET: Duration = Duration::from_secs(1);

/// Looks, and remembers what the next look can use.
#[derive(Debug)]
pub(super) struct Looker {
    pub(super) cloud: Cloud,
    pub(super) cluster: Cluster,
    pub(super) default_region: Option<String>,
    pub(super) timing: Timing,
    /// How far a plan may go.
    pub(super) furthest: Mode,
    /// Nothing is waited for any longer.
    pub(super) until: Instant,
    /// Filled when it is first asked about.
    pub(super) live: LiveObjects,
}

/// One object, with all that follows.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) shown: Shown,
    /// What follows once the plan has made a service the object's.
    pub(super) later: Result<Option<Plan>, cloud_core::Error>,
    /// The same in the operator's words, without what only these credentials may not try.
    pub(super) judgement: Option<Judgement>,
}

impl Looker {
    /// For as long as `patience`, from now on. Sends nothing yet.
    pub(super) fn open(
        cluster: Cluster,
        settings: &CloudSettings,
        timing: &Timing,
        patience: Duration,
        furthest: Mode,
    ) -> Result<Self, StartError> {
        Ok(Self {
            cloud: cloud::open(settings, &cluster.id, timing).map_err(StartError::Cloud)?,
            cluster,
            default_region: settings.region.clone(),
            timing: *timing,
            furthest,
            until: Instant::now() + patience,
            live: LiveObjects::default(),
        })
    }

    pub(super) fn viewer(&self) -> Viewer<'_> {
        Viewer {
            accounts: &self.cloud.accounts,
            live: &self.live,
            cluster: &self.cluster.id,
            default_region: self.default_region.as_deref(),
            timing: &self.timing,
            clock: &*self.cloud.clock,
            furthest: self.furthest,
        }
    }

    /// Looks until the plan waits for nothing that comes within moments, or time is up; then has the steps tried, where the plan allows that.
    pub(super) async fn look(&mut self, subject: &Subject) -> Result<Looked, KubernetesError> {
        let mut shown = self.settled(subject).await;
        let has_earlier_owner = shown.observed().is_some_and(|observed| observed.earlier_owner().is_some());
        if has_earlier_owner && self.know_live_objects().await? {
            shown = self.settled(subject).await;
        }
        let shown = Box::pin(self.tried(subject, shown)).await;
        let later = self.viewer().afterwards(&shown).await;
        let judgement = self.viewer().judge(&shown);
        Ok(Looked { shown, later, judgement })
    }

    async fn settled(&mut self, subject: &Subject) -> Shown {
        loop {
            let shown = Box::pin(self.viewer().look(subject)).await;
            if !is_worth_another_look(&shown) || !self.pause().await {
                return shown;
            }
        }
    }

    async fn tried(&mut self, subject: &Subject, shown: Shown) -> Shown {
        let mut shown = shown;
        loop {
            shown = self.viewer().try_out(&subject.object, shown).await;
            let is_over = shown.reached.outcome.as_ref().is_none_or(|outcome| !is_worth_another_try(outcome));
            if is_over || !self.pause().await {
                return shown;
            }
        }
    }

    /// Until something changed, or for a moment. False: time is up.
    async fn pause(&mut self) -> bool {
        let moment = (Instant::now() + NET).min(self.until);
        // Whether it is this object that changed costs a look to find out, and no call.
        let _ = timeout_at(moment, self.cloud.changed.recv()).await;
        Instant::now() < self.until
    }

    /// Finds out which objects exist. False: there is no cluster to ask, or whoever asks may not know.
    async fn know_live_objects(&self) -> Result<bool, KubernetesError> {
        let Some(client) = &self.cluster.client else { return Ok(false) };
        let objects = match listing::all::<VpcEndpointService>(client, None, self.cluster.deadline).await {
            Ok(objects) => objects,
            Err(KubernetesError::Forbidden(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        self.live.take_in(&Event::<VpcEndpointService>::Init);
        for object in objects {
            self.live.take_in(&Event::InitApply(object));
        }
        self.live.take_in(&Event::<VpcEndpointService>::InitDone);
        Ok(true)
    }
}

impl Looked {
    /// Why the cloud, or whose it is, could not be read so far that the plan counts.
    pub(super) fn unread(&self) -> Option<&cloud_core::Error> {
        let Self { shown, later: _, judgement: _ } = self;
        match (&shown.reached.resolved, &shown.reached.observed) {
            (Some(Err(ResolveError::AccountUnknown(error))), _) => Some(error),
            (_, Some(Err(error))) => Some(error),
            (_, Some(Ok(observed)))
                if shown.plan().is_some_and(|plan| plan.steps.is_empty() && plan.look.is_some()) =>
            {
                observed.list_error.as_ref()
            }
            _ => None,
        }
    }
}

/// It waits for a list or a read, or a call failed that may succeed in a moment.
fn is_worth_another_look(shown: &Shown) -> bool {
    match (&shown.reached.resolved, &shown.reached.observed, &shown.reached.plan) {
        (Some(Err(ResolveError::AccountUnknown(error))), ..) => may_pass(error),
        (_, Some(Err(error)), _) => may_pass(error),
        (_, Some(Ok(observed)), Some(plan)) => {
            let is_readable = observed.list_error.as_ref().is_none_or(may_pass);
            let waits = matches!(plan.wait, None | Some(Wait::List)) && plan.look.is_some() && plan.steps.is_empty();
            let resolved = shown.resolved();
            let unusable = resolved.map(|resolved| unusable(resolved, &observed.load_balancers)).unwrap_or_default();
            waits && is_readable || unusable.iter().any(|one| one.why.is_being_read())
        }
        _ => false,
    }
}

/// The same call may succeed in a moment.
pub(super) fn may_pass(error: &cloud_core::Error) -> bool {
    is_passing(error.kind()) && !is_lasting(error) || is_throttled(error)
}

/// A person must help, so a second answer would be the first.
fn is_lasting(error: &cloud_core::Error) -> bool {
    crate::cloud::errors::verdict(error).stalled
}

/// Somebody else's call is in the way, or too many were made.
fn is_worth_another_try(outcome: &Outcome) -> bool {
    match (&outcome.error, &outcome.stopped) {
        (Some(ExecuteError::Cloud(error)), _) => may_pass(error),
        (_, Some(Stop::NoPermit(_))) => true,
        _ => false,
    }
}
