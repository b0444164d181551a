//! What a user does while things go wrong.
//!
//! A workload first prepares: undisturbed, up to an environment at rest. Then it acts, and from its first act on calls and events count. An act
//! may wait for something that stays once it has come, never for a moment that a fault could make it miss.

mod adoption;
mod apart;
mod change;
mod consumers;
mod create;
mod credentials;
mod delete;
mod export;
mod lead;
mod load_balancers;
mod migrate;
mod outside;
mod zones;

use std::fmt;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::environment::{Deployment, Environment};
use crate::error::HarnessError;
use crate::harness::{Shown, object};
pub(crate) use crate::settings::NAME;
use crate::settings::{CONCURRENCY, ZONES};

/// What a chaos run stands in for: it prepares nothing and acts by itself, so it is in no list.
pub(crate) static CHAOS: Workload = Workload {
    name: "chaos",
    about: "everything at once, at random",
    operators: 1,
    races: 0,
    prepare: nothing,
    act: nothing,
    rest: Vec::new,
};

/// Another consumer than the usual one.
const PARTNER: &str = "2000000000000001";

/// A part of a workload.
type Script = for<'a> fn(&'a Environment) -> BoxFuture<'a, Result<(), HarnessError>>;

/// What a user does.
pub struct Workload {
    /// As it stands in ids.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    /// How many operators run.
    pub(crate) operators: usize,
    /// How many calls that change something the user's acts may cost more or less, depending on who is faster.
    pub(crate) races: usize,
    prepare: Script,
    act: Script,
    /// Where every object comes to rest.
    rest: fn() -> Vec<(String, Rest)>,
}

/// How an object is at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Ready for its newest generation.
    Ready,
    /// Not Ready, for this reason, and a person has to decide.
    NotReady(&'static str),
    /// No longer there.
    Gone,
}

impl Workload {
    /// Every workload, in the order in which plans look for one with a certain call.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let kept_in_step = [create::ALL, change::ALL, consumers::ALL, load_balancers::ALL, migrate::ALL, delete::ALL];
        let others = [outside::ALL, adoption::ALL, export::ALL, zones::ALL, credentials::ALL, apart::ALL, lead::ALL];
        kept_in_step.into_iter().chain(others).flatten()
    }

    /// The workload of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|workload| workload.name == name)
    }

    /// Up to an environment at rest.
    pub(crate) async fn prepare(&self, environment: &Environment) -> Result<(), HarnessError> {
        (self.prepare)(environment).await
    }

    /// What is looked at.
    pub(crate) async fn act(&self, environment: &Environment) -> Result<(), HarnessError> {
        (self.act)(environment).await
    }

    /// Waits until every object is where it belongs.
    pub(crate) async fn until_at_rest(&self, environment: &Environment) -> Result<(), HarnessError> {
        let rest = (self.rest)();
        environment.until("every object is where it belongs", |shown| is_at_rest(shown, &rest)).await
    }

    /// It is for single plans that mutants are tried with; a plan for each of its places would take minutes and find what others do.
    pub(crate) fn is_apart(&self) -> bool {
        apart::ALL.iter().any(|apart| apart == self)
    }

    /// Its operators elect a leader: it is for what costs the lead, and everything else is the same as without an election.
    pub(crate) fn elects(&self) -> bool {
        lead::ALL.iter().any(|lead| lead == self)
    }

    /// No consumer may be cut off in it, whatever goes wrong.
    pub(crate) fn keeps_consumers(&self) -> bool {
        migrate::ALL.iter().any(|migrate| migrate == self)
    }

    /// The operators that run meanwhile.
    pub(crate) fn deployment(&self) -> Deployment {
        let common = [format!("--max-concurrent-reconciles={CONCURRENCY}")].into_iter();
        let arguments = common.chain(self.arguments().iter().map(|argument| (*argument).to_owned()));
        Deployment { operators: self.operators, elects: self.elects(), arguments: arguments.collect() }
    }

    /// What its operators are told beside the usual.
    fn arguments(&self) -> &'static [&'static str] {
        if self.elects() {
            &lead::ARGUMENTS
        } else if self.keeps_consumers() {
            &migrate::ARGUMENTS
        } else if self.leaves_zones_out() {
            &zones::ARGUMENTS
        } else if self.name.ends_with("-lagging") {
            &apart::ARGUMENTS
        } else {
            &[]
        }
    }

    /// Its object takes the zones of its load balancer, whatever they are.
    pub(crate) fn leaves_zones_out(&self) -> bool {
        zones::ALL.iter().any(|zones| zones == self)
    }

    /// How many objects it has, which bounds how many calls can be under way at once.
    pub(crate) fn objects(&self) -> usize {
        (self.rest)().len()
    }
}

fn is_at_rest(shown: &Shown, rest: &[(String, Rest)]) -> bool {
    rest.iter().all(|(name, rest)| match (rest, shown.get(name)) {
        (Rest::Gone, None) => true,
        (Rest::Ready, Some(object)) => {
            object::is_ready(object)
                && object::is_settled(object)
                && object::has_finalizer(object)
                && object::has_record(object)
        }
        (Rest::NotReady(reason), Some(object)) => object::is_not_ready(object, reason) && object::is_stalled(object),
        _ => false,
    })
}

impl PartialEq for Workload {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Workload {}

impl fmt::Debug for Workload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Workload").field(&self.name).finish()
    }
}

/// One object, Ready.
fn ready() -> Vec<(String, Rest)> {
    vec![(NAME.to_owned(), Rest::Ready)]
}

/// One object, gone.
fn gone() -> Vec<(String, Rest)> {
    vec![(NAME.to_owned(), Rest::Gone)]
}

/// Most objects: one network load balancer in both zones.
fn spec() -> Value {
    json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-1", "zoneIds": ZONES}]})
}

/// The same with these fields over it.
fn spec_with(fields: &Value) -> Value {
    let mut spec = spec();
    if let (Some(spec), Some(fields)) = (spec.as_object_mut(), fields.as_object()) {
        spec.extend(fields.clone());
    }
    spec
}

/// Nothing to prepare.
fn nothing(_: &Environment) -> BoxFuture<'_, Result<(), HarnessError>> {
    Box::pin(async { Ok(()) })
}

/// Makes the object with these fields, and waits until it is Ready.
async fn make_ready(environment: &Environment, fields: &Value) -> Result<(), HarnessError> {
    environment.objects.apply(NAME, &spec_with(fields)).await?;
    until_ready(environment, NAME).await
}

async fn until_ready(environment: &Environment, name: &str) -> Result<(), HarnessError> {
    environment.until(&format!("{name} is Ready"), |shown| shown.get(name).is_some_and(object::is_ready)).await
}

async fn until_gone(environment: &Environment, name: &str) -> Result<(), HarnessError> {
    // The object may be so new that nothing of it was shown yet.
    environment.objects.until_absent(name).await?;
    environment.until(&format!("{name} is gone"), |shown| !shown.contains_key(name)).await
}

/// Waits until the operator has put its record on the object, which comes before the create call.
async fn until_recorded(environment: &Environment) -> Result<(), HarnessError> {
    environment.until("the record is written", |shown| shown.get(NAME).is_some_and(object::has_record)).await
}

/// Waits until the object names its service, which it does before that is Active.
async fn until_named(environment: &Environment) -> Result<(), HarnessError> {
    let is_named = |object: &Value| object::service_id(object).is_some();
    environment.until("the service is named", |shown| shown.get(NAME).is_some_and(is_named)).await
}

/// Waits until the cloud has begun to make the service.
async fn until_made(environment: &Environment) -> Result<(), HarnessError> {
    environment.until_cloud("the service is made", |services| !services.is_empty()).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Workload;

    #[test]
    fn every_workload_has_a_name_of_its_own_that_an_id_can_hold() {
        let names: Vec<_> = Workload::all().map(|workload| workload.name).collect();
        let set: BTreeSet<_> = names.iter().collect();
        assert_eq!(set.len(), names.len());
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')), "{names:?}");
    }
}
