//! One process of the operator: what it remembers, what the watch last told it, and the pass that it is in.
//!
//! Everything that is decided, is decided by the functions that ship. What stands here is the walk over the steps, cut wherever the real one
//! waits for somebody else, so that anything may happen in between.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use cloud_core::Error;
use jiff::Timestamp;
use privatelink::CreateVpcEndpointServiceRequest;

use super::kubernetes::Object;
use super::setup::{ACCOUNT, CLUSTER, REGION, Setup};
use crate::cloud::inventory::testing::Memory;
use crate::cloud::inventory::{DetailsQuery, Query, RecordMark};
use crate::cloud::services::Service;
use crate::identity::{Definition, Life};
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::execute::{Done, ExecuteError, Stop};
use crate::vpc_endpoint_service::observe::Observed;
use crate::vpc_endpoint_service::plan::{Limits, Plan, Step, plan};
use crate::vpc_endpoint_service::resolve::{Place, Resolved, resolve};
use crate::vpc_endpoint_service::teardown::teardown;

/// A process.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub(super) memory: Arc<Memory>,
    /// The object as the watch last showed it, or as an own write answered.
    pub(super) copy: Option<Arc<Object>>,
    pub(super) sweep: Option<Arc<Sweep>>,
    /// A pass wished to know the connections.
    pub(super) wants_connections: bool,
    pub(super) pass: Option<Arc<Pass>>,
}

/// A sweep that has begun, and what it will show.
#[derive(Clone, Debug, Hash)]
pub(super) struct Sweep {
    pub(super) as_of: Timestamp,
    pub(super) entries: Vec<Service>,
}

/// A pass with something to carry out.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    pub(super) object: Arc<Object>,
    pub(super) thought_at: Timestamp,
    pub(super) resolved: Resolved,
    pub(super) observed: Observed,
    pub(super) plan: Plan,
    pub(super) done: Vec<Done>,
    /// When our own patch of this pass was sent.
    pub(super) recorded_at: Option<Timestamp>,
    pub(super) stage: Stage,
}

#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// The next step comes next.
    Walking,
    /// The object permits the Create; it was asked at that moment.
    Holding { asked: Timestamp },
    /// The Create is sent.
    Calling { began: Timestamp },
    /// No step is left for this pass; what remains is to conclude.
    Ended { stopped: Option<Stop>, error: Option<ExecuteError> },
}

impl Operator {
    /// A new process, which remembers nothing and has read the object.
    pub(super) fn start(setup: &Setup, object: Option<&Arc<Object>>, (process, now): (&str, Timestamp)) -> Self {
        Self {
            memory: Arc::new(Memory::new(CLUSTER, ACCOUNT, &setup.timing, (process, now))),
            copy: object.cloned(),
            sweep: None,
            wants_connections: false,
            pass: None,
        }
    }

    pub(super) fn memory(&mut self) -> &mut Memory {
        Arc::make_mut(&mut self.memory)
    }

    pub(super) fn observed(&mut self, resolved: &Resolved, now: Timestamp) -> Observed {
        let id = resolved.key.id();
        let query = Query {
            id: &id,
            owner: &resolved.owner,
            generation: resolved.key.generation,
            named: resolved.hint.service_id.as_deref(),
            record: resolved.record.as_ref().map(RecordMark::from),
            details: DetailsQuery::default(),
        };
        self.memory().observed(&query, now)
    }
}

/// The object as it is worked on.
pub(super) fn resolved(object: &Object) -> Resolved {
    let place = Place {
        cluster: CLUSTER.to_owned(),
        account: Ok(ACCOUNT.to_owned()),
        default_region: Some(REGION.to_owned()),
        definition: Definition::Stays,
    };
    resolve(&object.resource(), &place).unwrap()
}

/// What the shipped functions think of it.
pub(super) fn think(setup: &Setup, resolved: &Resolved, observed: &Observed, now: Timestamp) -> Plan {
    let limits = Limits::from(&setup.timing);
    let seen = setup.flaw.seen(observed, resolved, now);
    let plan = match resolved.life {
        Life::Live => plan(resolved, &desired(resolved), &seen, &limits, now),
        Life::Deleting { .. } => teardown(resolved, &seen, &limits, now),
    };
    setup.flaw.thought(plan, resolved, now)
}

impl Pass {
    pub(super) fn next_step(&self) -> Option<&Step> {
        self.plan.steps.get(self.done.len())
    }

    /// The Create that comes next or is under way.
    pub(super) fn request(&self) -> Option<&CreateVpcEndpointServiceRequest> {
        match self.next_step()? {
            Step::Create { request, .. } => Some(request),
            _ => None,
        }
    }

    /// The step was carried out.
    pub(super) fn carried_out(&mut self, created: Option<Box<Service>>) {
        let Some(step) = self.next_step().cloned() else { return };
        let is_awaited = step.is_awaited();
        self.done.push(Done { step, request_id: None, created });
        self.stage = match self.next_step() {
            _ if is_awaited => Stage::Ended { stopped: Some(Stop::Awaited), error: None },
            None => Stage::Ended { stopped: None, error: None },
            Some(_) => Stage::Walking,
        };
    }

    pub(super) fn stopped(&mut self, stopped: Stop) {
        self.stage = Stage::Ended { stopped: Some(stopped), error: None };
    }

    pub(super) fn failed(&mut self, error: ExecuteError) {
        self.stage = Stage::Ended { stopped: None, error: Some(error) };
    }

    pub(super) fn refused(&mut self, error: Error) {
        self.failed(ExecuteError::Cloud(error));
    }

    /// Near the one call that must not be made twice.
    pub(super) fn is_about_to_create(&self) -> bool {
        matches!(self.stage, Stage::Holding { .. } | Stage::Calling { .. })
    }
}

/// The plan follows from the object, from what is observed and from the time.
impl Hash for Pass {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self { object, thought_at, resolved: _, observed, plan: _, done, recorded_at, stage } = self;
        let Observed {
            as_of,
            service,
            deep,
            connections,
            own,
            sweep_error: _,
            connections_error: _,
            details_error: _,
            refresh: _,
        } = observed;
        (object, thought_at, as_of, service, deep, connections, own, done.len(), recorded_at).hash(hasher);
        std::mem::discriminant(stage).hash(hasher);
        match stage {
            Stage::Walking => {}
            Stage::Holding { asked } => asked.hash(hasher),
            Stage::Calling { began } => began.hash(hasher),
            Stage::Ended { stopped, error } => {
                stopped.as_ref().map(std::mem::discriminant).hash(hasher);
                if let Some(ExecuteError::Cloud(error)) = error {
                    (error.kind(), error.code()).hash(hasher);
                }
                error.is_some().hash(hasher);
            }
        }
    }
}
