//! One process of the operator: what it remembers, what the watch last told it, and the reconcile that it is in.
//!
//! Everything that is decided, is decided by the functions that ship. What stands here is who carries out what they ask for, cut wherever the real
//! one waits for somebody else, so that anything may happen in between.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use privatelink::CreateVpcEndpointServiceRequest;

use super::kubernetes::Object;
use super::setup::{ACCOUNT, CLUSTER, REGION, Setup};
use crate::cloud::inventory::test_support::Memory;
use crate::cloud::services::{Connection, Service};
use crate::identity::{Definition, Life};
use crate::kubernetes::services::ReferredServices;
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::execute::test_support::{Effect, Memory as Execution, next};
use crate::vpc_endpoint_service::execute::{ExecuteError, Outcome};
use crate::vpc_endpoint_service::observe::{Observed, query};
use crate::vpc_endpoint_service::plan::{Limits, Plan, Step, plan};
use crate::vpc_endpoint_service::resolve::{Place, Resolved, resolve};
use crate::vpc_endpoint_service::teardown::teardown;

/// A process.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub(super) memory: Arc<Memory>,
    /// The object as the watch last showed it, or as an own write answered.
    pub(super) copy: Option<Arc<Object>>,
    pub(super) list: Option<Arc<List>>,
    /// A reconcile asked for the connections.
    pub(super) wants_connections: bool,
    pub(super) reconcile: Option<Arc<Reconcile>>,
}

/// A list that has begun, and what it will show.
#[derive(Clone, Debug, Hash)]
pub(super) struct List {
    pub(super) as_of: Timestamp,
    pub(super) entries: Vec<Service>,
    pub(super) connections: BTreeMap<String, Vec<Connection>>,
}

/// A reconcile with something to carry out.
#[derive(Clone, Debug)]
pub(super) struct Reconcile {
    pub(super) object: Arc<Object>,
    pub(super) resolved: Resolved,
    pub(super) observed: Observed,
    pub(super) plan: Plan,
    pub(super) execution: Execution,
    /// When the Create was sent that is on its way.
    pub(super) calling: Option<Timestamp>,
}

/// What may happen to a reconcile next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// The next step comes next.
    Walking,
    /// The object permits the Create; it was asked at that moment.
    Holding { asked: Timestamp },
    /// The Create is sent.
    Calling { began: Timestamp },
    /// No step is left for this reconcile; what remains is to conclude.
    Ended,
}

impl Operator {
    /// A new process, which remembers nothing and has read the object.
    pub(super) fn start(setup: &Setup, object: Option<&Arc<Object>>, (process, now): (&str, Timestamp)) -> Self {
        Self {
            memory: Arc::new(Memory::new(CLUSTER, ACCOUNT, &setup.timing, (process, now))),
            copy: object.cloned(),
            list: None,
            wants_connections: false,
            reconcile: None,
        }
    }

    pub(super) fn memory(&mut self) -> &mut Memory {
        Arc::make_mut(&mut self.memory)
    }

    /// The watch shows the one object of the name, so every other one is known to be gone.
    pub(super) fn observed(&mut self, resolved: &Resolved, now: Timestamp) -> Observed {
        let id = resolved.key.id();
        let observed = self.memory().observed(&query(resolved, &id), now);
        let is_owner_gone = observed.earlier_owner().is_some_and(|uid| uid != id.uid);
        Observed { is_owner_gone, ..observed }
    }
}

/// The object as it is worked on.
pub(super) fn resolved(object: &Object, services: ReferredServices) -> Resolved {
    let place = Place {
        cluster: CLUSTER.to_owned(),
        account: Ok(ACCOUNT.to_owned()),
        default_region: Some(REGION.to_owned()),
        definition: Definition::Stays,
        services,
    };
    resolve(&object.resource(), &place).unwrap()
}

/// What the shipped functions think of it.
pub(super) fn think(setup: &Setup, resolved: &Resolved, observed: &Observed, now: Timestamp) -> Plan {
    let limits = Limits::from(&setup.timing);
    let resolved = &setup.flaw.read(resolved);
    let seen = setup.flaw.seen(observed, resolved, now);
    let plan = match resolved.life {
        Life::Live => {
            let wanted = setup.flaw.wanted(desired(resolved, &seen.load_balancers));
            plan(resolved, &wanted, &seen, &limits, now)
        }
        Life::Deleting { .. } => teardown(resolved, &seen, &limits, now),
    };
    setup.flaw.thought(plan, resolved, now)
}

impl Reconcile {
    /// What the shipped execution asks for.
    pub(super) fn next(&self, now: Timestamp) -> Effect<'_> {
        next(&self.plan, &self.execution, now)
    }

    /// Tells it what came of that.
    pub(super) fn tell<T>(&mut self, answer: impl FnOnce(&mut Execution, &Plan) -> T) -> T {
        answer(&mut self.execution, &self.plan)
    }

    pub(super) fn stage(&self) -> Stage {
        if self.execution.is_finished(&self.plan) {
            return Stage::Ended;
        }
        match (self.calling, self.execution.permitted_at()) {
            (Some(began), _) => Stage::Calling { began },
            (None, Some(asked)) => Stage::Holding { asked },
            (None, None) => Stage::Walking,
        }
    }

    pub(super) fn next_step(&self) -> Option<&Step> {
        self.execution.step(&self.plan)
    }

    /// The Create that comes next or is under way.
    pub(super) fn request(&self) -> Option<&CreateVpcEndpointServiceRequest> {
        match self.next_step()? {
            Step::Create { request, .. } => Some(request),
            _ => None,
        }
    }

    /// Near the one call that must not be made twice.
    pub(super) fn is_about_to_create(&self) -> bool {
        matches!(self.stage(), Stage::Holding { .. } | Stage::Calling { .. })
    }
}

/// The plan follows from the object, from what is observed and from the time.
impl Hash for Reconcile {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        // What else of it is not told by the object: where the Service leads.
        self.resolved.references.values().for_each(|found| {
            found.as_ref().ok().map(|led| &led.load_balancer_id).hash(hasher);
        });
        let Self { object, resolved: _, observed, plan: _, execution, calling: _ } = self;
        let Observed {
            as_of,
            service,
            details,
            connections,
            own,
            is_owner_gone,
            load_balancers: _,
            list_error: _,
            connections_error: _,
            details_error: _,
            refresh: _,
        } = observed;
        (object, execution.planned_at(), as_of, service, details, connections, own, is_owner_gone).hash(hasher);
        let Outcome { done, set_aside, tried: _, stopped, error } = execution.outcome();
        (done.len(), set_aside.len(), self.stage()).hash(hasher);
        stopped.as_ref().map(std::mem::discriminant).hash(hasher);
        if let Some(ExecuteError::Cloud(error)) = error {
            (error.kind(), error.code()).hash(hasher);
        }
        error.is_some().hash(hasher);
    }
}
