//! Does one act after the other, without waiting for the end of those that take long.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use local_control_plane::Part;
use privatelink_sim::{DEFAULT_CONSUMER, EndpointOrder, ServiceChange};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{Act, Clock, FORGED, spec};
use crate::dice::Dice;
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::fault::CloudFault;
use crate::fixture::Fixture;
use crate::harness::object;
use crate::injector::{Outage, RandomFaults, cloud_fault};
use crate::proxy::Side;
use crate::timeline::Actor;

/// The objects' names.
pub(super) const NAMES: usize = 12;

/// Between two acts.
const PAUSE: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(550)];

/// How long an act of a user may take while the API server is dead; then it has failed, as kubectl's would.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a side cannot be reached, and how long an operator stands still: shorter and longer than its deadlines.
const AWAY: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(5)];

/// How far off the true time the operator's clock is set, in seconds. The provider refuses a signature that is 15 minutes off.
const STEPS: [i64; 7] = [-600, -90, -5, 0, 5, 90, 600];

/// What the simulator is told to do wrong, beside what needs a page of its own.
const NO_PAGES: [CloudFault; 2] = [CloudFault::LostPage, CloudFault::RepeatedPage];

/// The operations that meet faults.
const OPERATIONS: [&str; 12] = [
    "CreateVpcEndpointService",
    "ListVpcEndpointServices",
    "GetVpcEndpointServiceAttribute",
    "UpdateVpcEndpointServiceAttribute",
    "AttachResourceToVpcEndpointService",
    "DetachResourceFromVpcEndpointService",
    "AddUserToVpcEndpointService",
    "RemoveUserFromVpcEndpointService",
    "ListVpcEndpointServiceUsers",
    "ListVpcEndpointServiceResources",
    "TagResources",
    "DeleteVpcEndpointService",
];

/// Whether an act could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Done,
    /// There was nothing to do it to, or somebody did not let it happen.
    NotNow,
}

/// Draws acts and does them.
#[derive(Debug)]
pub(super) struct Driver<'a> {
    fixture: &'a Fixture,
    clock: &'a Clock,
    pub(super) environment: &'a Environment,
    random_faults: &'a Arc<RandomFaults>,
    pub(super) dice: Dice,
    done: BTreeMap<&'static str, usize>,
    /// What happens to the operator, and what to the control plane: one thing at a time.
    operator: Option<JoinHandle<Result<(), HarnessError>>>,
    control_plane: Option<JoinHandle<Result<(), HarnessError>>>,
}

pub(super) fn name(number: usize) -> String {
    format!("chaos-{number}")
}

impl<'a> Driver<'a> {
    pub(super) fn new(
        fixture: &'a Fixture,
        clock: &'a Clock,
        environment: &'a Environment,
        random_faults: &'a Arc<RandomFaults>,
        dice: Dice,
    ) -> Self {
        Self {
            fixture,
            clock,
            environment,
            random_faults,
            dice,
            done: BTreeMap::new(),
            operator: None,
            control_plane: None,
        }
    }

    /// How often each act was done.
    pub(super) fn done(&self) -> BTreeMap<&'static str, usize> {
        self.done.clone()
    }

    /// Acts for so long.
    pub(super) async fn random(&mut self, span: Duration) -> Result<(), HarnessError> {
        let begin = Instant::now();
        while begin.elapsed() < span {
            let act = Act::draw(&mut self.dice);
            if self.perform(act).await? == Deed::Done {
                *self.done.entry(act.name()).or_default() += 1;
            }
            self.keep_alive();
            let pause = self.dice.between(PAUSE[0], PAUSE[1]);
            sleep(pause).await;
        }
        Ok(())
    }

    /// Waits for what was begun.
    pub(super) async fn finish(&mut self) -> Result<(), HarnessError> {
        if let Some(task) = self.operator.take() {
            // What could not be started is started again by whoever keeps it alive.
            let _ = task.await;
        }
        match self.control_plane.take() {
            Some(task) => task.await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }

    /// Begins to start the operator again if it has ended by itself.
    pub(super) fn keep_alive(&mut self) {
        if is_busy(self.operator.as_ref()) {
            return;
        }
        let Some(instance) = self.environment.operator() else { return };
        let process = Arc::clone(&instance.process);
        self.operator = Some(tokio::spawn(async move { process.keep_alive().await.map(drop) }));
    }

    async fn perform(&mut self, act: Act) -> Result<Deed, HarnessError> {
        Ok(match act {
            Act::Apply | Act::Edit | Act::Delete | Act::DeleteAndApply | Act::Strip | Act::Forge => {
                self.by_user(act).await
            }
            Act::ChangeInCloud => self.change_in_cloud(),
            Act::DeleteInCloud => self.delete_in_cloud(),
            Act::Connect => self.connect(),
            Act::Disconnect => self.disconnect(),
            Act::CloudFault => self.cloud_fault(),
            Act::KillOperator | Act::PauseOperator => self.strike_operator(act),
            Act::KillApiServer => self.strike_control_plane(Part::ApiServer).await?,
            Act::KillEtcd => self.strike_control_plane(Part::Etcd).await?,
            Act::StepClock => self.step_clock()?,
            Act::CutOffKubernetes => self.cut_off(Side::Kubernetes),
            Act::CutOffCloud => self.cut_off(Side::Cloud),
        })
    }

    /// What kubectl does, and fails to do while the API server is dead.
    async fn by_user(&mut self, act: Act) -> Deed {
        let name = name(self.dice.below(NAMES));
        let (whole, part, forged) = (spec::whole(&mut self.dice), spec::part(&mut self.dice), self.forgery());
        let objects = &self.environment.objects;
        let exists = objects.now().contains_key(&name);
        let deed = async {
            match act {
                Act::Apply => objects.apply(&name, &whole).await.map(|()| true),
                Act::Edit if exists => objects.edit(&name, &part).await.map(|()| true),
                Act::Delete => objects.delete_held(&name).await,
                Act::DeleteAndApply => {
                    let is_deleted = objects.delete_held(&name).await?;
                    objects.apply(&name, &whole).await.map(|()| is_deleted)
                }
                Act::Strip if exists => objects.strip(&name).await.map(|()| true),
                Act::Forge if exists => objects.forge(&name, &forged).await.map(|()| true),
                _ => Ok(false),
            }
        };
        match timeout(PATIENCE, deed).await {
            Ok(Ok(true)) => Deed::Done,
            Ok(Ok(false)) => Deed::NotNow,
            Ok(Err(error)) => self.refused(&local_stack::chain(&error)),
            Err(_) => self.refused("no answer"),
        }
    }

    fn refused(&self, why: &str) -> Deed {
        self.environment.timeline.tell(Actor::User, format!("that failed: {why}"));
        Deed::NotNow
    }

    fn forgery(&mut self) -> Value {
        match self.dice.below(4) {
            0 => json!({"serviceDomain": format!("{FORGED}.example.com")}),
            1 => json!({"serviceId": "epsrv-forged00000000000000"}),
            2 => json!({"conditions": [{
                "type": "Ready", "status": "True", "reason": "Available", "message": "forged",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }]}),
            _ => Value::Null,
        }
    }

    /// The service of an object; other people's are not touched.
    fn service(&mut self) -> Option<String> {
        let objects = self.environment.objects.now();
        let ids: Vec<_> = objects.values().filter_map(object::service_id).map(str::to_owned).collect();
        self.dice.pick(&ids).filter(|id| self.environment.services().iter().any(|service| service.id == **id)).cloned()
    }

    fn change_in_cloud(&mut self) -> Deed {
        let Some(id) = self.service() else { return Deed::NotNow };
        let change = match self.dice.below(3) {
            0 => ServiceChange { description: Some("changed in the console".to_owned()), ..ServiceChange::default() },
            1 => ServiceChange { auto_accept: Some(self.dice.is_one_in(2)), ..ServiceChange::default() },
            _ => ServiceChange { zone_affinity: Some(self.dice.is_one_in(2)), ..ServiceChange::default() },
        };
        self.environment.timeline.tell(Actor::User, format!("changes {id} in the cloud's console: {change:?}"));
        done(self.environment.simulator.change_service(&id, &change))
    }

    fn delete_in_cloud(&mut self) -> Deed {
        let Some(id) = self.service() else { return Deed::NotNow };
        self.environment.timeline.tell(Actor::User, format!("deletes {id} in the cloud's console"));
        done(self.environment.simulator.delete_service(&id))
    }

    fn connect(&mut self) -> Deed {
        let Some(id) = self.service() else { return Deed::NotNow };
        let order = EndpointOrder::new(DEFAULT_CONSUMER, &id);
        let made = self.environment.simulator.create_endpoint(&order);
        if let Ok(endpoint) = &made {
            self.environment.timeline.tell(Actor::User, format!("a consumer connects to {id} by {endpoint}"));
        }
        done(made.is_ok())
    }

    fn disconnect(&mut self) -> Deed {
        let endpoints = self.environment.simulator.endpoints();
        let Some(endpoint) = self.dice.pick(&endpoints) else { return Deed::NotNow };
        self.environment.timeline.tell(Actor::User, format!("the consumer deletes {}", endpoint.id));
        done(self.environment.simulator.delete_endpoint(&endpoint.id))
    }

    fn cloud_fault(&mut self) -> Deed {
        let faults: Vec<_> = CloudFault::ALL.iter().copied().filter(|fault| !NO_PAGES.contains(fault)).collect();
        let (Some(fault), Some(operation)) = (self.dice.pick(&faults).copied(), self.dice.pick(&OPERATIONS).copied())
        else {
            return Deed::NotNow;
        };
        let nth = 1 + self.dice.below(3);
        self.environment.timeline.tell(Actor::Fault, format!("call {nth} of {operation} is to meet {}", fault.name()));
        cloud_fault::order(&self.environment.simulator, fault, operation, nth);
        Deed::Done
    }

    fn strike_operator(&mut self, act: Act) -> Deed {
        let span = self.dice.between(AWAY[0], AWAY[1]);
        let Some(instance) = self.environment.operator().filter(|_| !is_busy(self.operator.as_ref())) else {
            return Deed::NotNow;
        };
        let process = Arc::clone(&instance.process);
        self.operator = Some(tokio::spawn(async move {
            match act {
                Act::PauseOperator => process.stand_still(span).await,
                _ => process.crash().await,
            }
        }));
        Deed::Done
    }

    async fn strike_control_plane(&mut self, part: Part) -> Result<Deed, HarnessError> {
        if is_busy(self.control_plane.as_ref()) {
            return Ok(Deed::NotNow);
        }
        if let Some(earlier) = self.control_plane.take() {
            earlier.await.unwrap_or(Ok(()))?;
        }
        self.environment.timeline.tell(Actor::Fault, format!("SIGKILL to {part:?}"));
        let (fixture, timeline) = (self.fixture.clone(), Arc::clone(&self.environment.timeline));
        self.control_plane = Some(tokio::spawn(async move {
            fixture.crash(part).await?;
            timeline.tell(Actor::Seen, "the API server is ready again");
            Ok(())
        }));
        Ok(Deed::Done)
    }

    fn step_clock(&mut self) -> Result<Deed, HarnessError> {
        let Some(seconds) = self.dice.pick(&STEPS).copied() else { return Ok(Deed::NotNow) };
        let before = self.clock.seconds();
        self.clock.set(seconds)?;
        let told = format!("the operator's clock goes from {before} s to {seconds} s off the true time");
        self.environment.timeline.tell(Actor::Fault, told);
        Ok(if before == seconds { Deed::NotNow } else { Deed::Done })
    }

    fn cut_off(&mut self, side: Side) -> Deed {
        let span = self.dice.between(AWAY[0], AWAY[1]);
        let outage = if self.dice.is_one_in(2) { Outage::Broken } else { Outage::Silent };
        self.environment.timeline.tell(Actor::Fault, format!("{side:?} cannot be reached for {span:?}: {outage:?}"));
        self.random_faults.cut_off(side, outage, span);
        Deed::Done
    }
}

fn is_busy(task: Option<&JoinHandle<Result<(), HarnessError>>>) -> bool {
    task.is_some_and(|task| !task.is_finished())
}

fn done(is_done: bool) -> Deed {
    if is_done { Deed::Done } else { Deed::NotNow }
}
