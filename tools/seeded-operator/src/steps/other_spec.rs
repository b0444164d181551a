//! Bugs in what is wanted: the spec, what it refers to, or what it may adopt counts as something else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use privatelink_operator::cloud::services::Inventory;
use privatelink_operator::crd::{
    ConnectionDecision, ConnectionsSpec, DeletionPolicy, ListPolicy, VpcEndpointService, VpcEndpointServiceSpec,
    WhenConnected,
};
use privatelink_operator::names::ADOPT_TAG;
use privatelink_operator::vpc_endpoint_service::observe::{Observed, ServiceView};
use privatelink_operator::vpc_endpoint_service::plan::{Limits, Plan};
use privatelink_operator::vpc_endpoint_service::resolve::{Place, References, ResolveError, Resolved};
use privatelink_operator::vpc_endpoint_service::steps::{Decisions, Steps};

/// The spec counts as changed like this.
#[derive(Debug)]
pub(crate) struct OtherSpec(pub(crate) fn(&mut VpcEndpointServiceSpec));

impl Steps for OtherSpec {
    fn resolve(&self, object: &VpcEndpointService, place: &Place) -> Result<Resolved, ResolveError> {
        let mut resolved = Decisions.resolve(object, place)?;
        (self.0)(&mut resolved.spec);
        Ok(resolved)
    }
}

pub(crate) fn never_retains(spec: &mut VpcEndpointServiceSpec) {
    spec.deletion_policy = Some(DeletionPolicy::Delete);
}

pub(crate) fn always_disconnects(spec: &mut VpcEndpointServiceSpec) {
    spec.when_connected = WhenConnected::Disconnect;
}

pub(crate) fn accepts_everyone(spec: &mut VpcEndpointServiceSpec) {
    if let Some(connections) = &mut spec.connections {
        *connections = ConnectionsSpec { default: ConnectionDecision::Accept, ..ConnectionsSpec::default() };
    }
}

pub(crate) fn only_adds_principals(spec: &mut VpcEndpointServiceSpec) {
    spec.principals_policy = ListPolicy::Additive;
}

/// A service that could be adopted counts as given away.
#[derive(Debug)]
pub(crate) struct AdoptedUnasked;

impl Steps for AdoptedUnasked {
    fn observe(&self, inventory: &Inventory, resolved: &Resolved) -> Observed {
        let mut observed = Decisions.observe(inventory, resolved);
        if let ServiceView::ToAdopt(service) = &mut observed.service {
            service.tags.insert(ADOPT_TAG.to_owned(), resolved.owner.object.clone());
        }
        observed
    }
}

/// What a reference led to first, by object.
#[derive(Debug, Default)]
pub(crate) struct FirstLoadBalancer {
    first: Mutex<BTreeMap<String, References>>,
}

impl Steps for FirstLoadBalancer {
    fn resolve(&self, object: &VpcEndpointService, place: &Place) -> Result<Resolved, ResolveError> {
        let mut resolved = Decisions.resolve(object, place)?;
        if resolved.references.values().all(Result::is_ok) {
            let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
            let references = first.entry(resolved.key.uid.clone()).or_insert_with(|| resolved.references.clone());
            resolved.references = references.clone();
        }
        Ok(resolved)
    }
}

/// The zones of each load balancer as they were seen first, by object and load balancer.
#[derive(Debug, Default)]
pub(crate) struct FirstZones {
    first: Mutex<BTreeMap<(String, String), BTreeSet<String>>>,
}

impl Steps for FirstZones {
    fn plan(&self, resolved: &Resolved, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
        let mut believed = observed.clone();
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, sight) in &mut believed.load_balancers.each {
            if let Some(zones) = &mut sight.zones {
                let key = (resolved.key.uid.clone(), id.clone());
                zones.clone_from(first.entry(key).or_insert_with(|| zones.clone()));
            }
        }
        drop(first);
        Decisions.plan(resolved, &believed, limits, now)
    }
}
