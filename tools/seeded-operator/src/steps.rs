//! Steps that decide wrongly: each changes what the shipped step is given, or what it says.

mod other_spec;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use privatelink_operator::cloud::services::Inventory;
use privatelink_operator::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use privatelink_operator::identity::{CreateRecord, Life, Owner};
use privatelink_operator::kubernetes::status_memory::StatusMemory;
use privatelink_operator::vpc_endpoint_service::desired::desired;
use privatelink_operator::vpc_endpoint_service::observe::{
    AttemptEnd, CreateAttempt, NamedId, Observed, OwnHistory, Service, ServiceView,
};
use privatelink_operator::vpc_endpoint_service::plan::{Limits, Plan, Step, Wait};
use privatelink_operator::vpc_endpoint_service::resolve::{Place, ResolveError, Resolved};
use privatelink_operator::vpc_endpoint_service::steps::{Decisions, Steps};

pub(crate) use self::other_spec::{
    AdoptedUnasked, FirstLoadBalancer, FirstZones, OtherSpec, accepts_everyone, always_disconnects, never_retains,
    only_adds_principals,
};

/// What the status does not name is not known.
#[derive(Debug)]
pub(crate) struct ByStatusOnly;

impl Steps for ByStatusOnly {
    fn observe(&self, inventory: &Inventory, resolved: &Resolved) -> Observed {
        by_status_only(Decisions.observe(inventory, resolved), resolved.hint.service_id.as_deref())
    }
}

/// The same, and the status is that of the copy at hand, not the one that this process wrote last.
#[derive(Debug)]
pub(crate) struct ByStaleStatus;

impl Steps for ByStaleStatus {
    fn remembered(
        &self,
        _: &StatusMemory<VpcEndpointServiceStatus>,
        _: &VpcEndpointService,
    ) -> Option<VpcEndpointServiceStatus> {
        None
    }

    fn observe(&self, inventory: &Inventory, resolved: &Resolved) -> Observed {
        ByStatusOnly.observe(inventory, resolved)
    }
}

fn by_status_only(observed: Observed, named: Option<&str>) -> Observed {
    let absent = || ServiceView::Absent { named: named.map_or(NamedId::None, |id| NamedId::Unjudged(id.to_owned())) };
    let is_named = |service: &Service| Some(service.id.as_str()) == named;
    let service = match observed.service {
        ServiceView::Ours(service) | ServiceView::Foreign(service) if !is_named(&service) => absent(),
        ServiceView::Many(services) => services
            .into_iter()
            .find(|service| is_named(service))
            .map_or_else(absent, |service| ServiceView::Ours(Box::new(service))),
        ServiceView::Absent { named: NamedId::Unjudged(id) | NamedId::Gone(id) | NamedId::Hidden(id) }
            if Some(id.as_str()) != named =>
        {
            absent()
        }
        seen => seen,
    };
    let forgotten = |attempt: CreateAttempt| match &attempt.end {
        AttemptEnd::Created(id) if Some(id.as_str()) != named => {
            CreateAttempt { end: AttemptEnd::Ambiguous { code: Some("forgotten".to_owned()) }, ..attempt }
        }
        _ => attempt,
    };
    let attempts = observed.own.attempts.into_iter().map(forgotten).collect();
    Observed { service, own: OwnHistory { proven_id: None, attempts, ..observed.own }, ..observed }
}

/// An object without a service takes the first that any object has.
#[derive(Debug, Default)]
pub(crate) struct FirstListed {
    /// Every object, by UID.
    others: Mutex<BTreeMap<String, Resolved>>,
}

impl Steps for FirstListed {
    fn observe(&self, inventory: &Inventory, resolved: &Resolved) -> Observed {
        let observed = Decisions.observe(inventory, resolved);
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.insert(resolved.key.uid.clone(), resolved.clone());
        if !matches!(observed.service, ServiceView::Absent { .. }) {
            return observed;
        }
        let seen = others.values().map(|other| Decisions.observe(inventory, other));
        let with_a_service = seen.filter_map(|seen| match seen.service {
            ServiceView::Ours(service) => Some((service, seen.details)),
            _ => None,
        });
        match with_a_service.min_by(|(one, _), (other, _)| one.id.cmp(&other.id)) {
            Some((service, details)) => Observed {
                service: ServiceView::Ours(Box::new(claimed(*service, &resolved.owner))),
                details,
                ..observed
            },
            None => observed,
        }
    }
}

/// The service as if it carried the owner's tags.
fn claimed(mut service: Service, owner: &Owner) -> Service {
    service.tags.extend(owner.tags());
    service
}

/// A service belongs to whoever names its load balancer.
#[derive(Debug)]
pub(crate) struct ByLoadBalancer;

impl Steps for ByLoadBalancer {
    fn resolve(&self, object: &VpcEndpointService, place: &Place) -> Result<Resolved, ResolveError> {
        let resolved = Decisions.resolve(object, place)?;
        let mut resources = resolved.spec.resources.iter().flatten();
        let load_balancer = resources.find_map(|resource| resource.resource_id.clone());
        let uid = load_balancer.unwrap_or_else(|| resolved.owner.uid.clone());
        Ok(Resolved { owner: Owner { uid, ..resolved.owner }, ..resolved })
    }
}

/// A record stands for whatever the spec wants now.
#[derive(Debug)]
pub(crate) struct OldToken;

impl Steps for OldToken {
    fn plan(&self, resolved: &Resolved, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
        let Some(record) = resolved.record.clone().filter(|_| resolved.life == Life::Live) else {
            return Decisions.plan(resolved, observed, limits, now);
        };
        let hash = desired(resolved, &observed.load_balancers).request_hash(&resolved.target.region);
        let wanted = CreateRecord { hash, ..record.clone() };
        let believed = Resolved { record: Some(wanted.clone()), ..resolved.clone() };
        let mut plan = Decisions.plan(&believed, observed, limits, now);
        for step in &mut plan.steps {
            match step {
                // The object carries it as it was.
                Step::Create { record: planned, .. } | Step::Record(planned) if *planned == wanted => {
                    *planned = record.clone();
                }
                _ => {}
            }
        }
        plan
    }
}

/// A deletion that began before this process did counts as done.
#[derive(Debug)]
pub(crate) struct DoneByRestart;

impl Steps for DoneByRestart {
    fn plan(&self, resolved: &Resolved, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
        match resolved.life {
            Life::Deleting { since } if since < observed.own.process_start => released(),
            _ => Decisions.plan(resolved, observed, limits, now),
        }
    }
}

/// A deletion counts as done once the service is on its way out.
#[derive(Debug)]
pub(crate) struct DoneByDelete;

impl Steps for DoneByDelete {
    fn plan(&self, resolved: &Resolved, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
        let plan = Decisions.plan(resolved, observed, limits, now);
        let is_leaving = resolved.life != Life::Live && plan.wait == Some(Wait::ServiceDeleted);
        if is_leaving { released() } else { plan }
    }
}

fn released() -> Plan {
    Plan { steps: vec![Step::ReleaseFinalizer], ..Plan::default() }
}
