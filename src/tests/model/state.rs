//! One state of the model.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use privatelink::CreateVpcEndpointServiceRequest;

use super::cloud::Cloud;
use super::endpoint::Endpoint;
use super::kubernetes::Kubernetes;
use super::manifest::{Manifest, STANDING};
use super::moment::{Moments, Placing, at};
use super::operator::Operator;
use super::setup::{Budget, Setup};

/// Longer than every sum of waiting times that is compared with a distance of moments. See [`Moments`].
const LONGEST: i64 = 9;

/// What stands in the cloud is older than any list lags.
const PAST: i64 = 20;

/// Everything, at one moment.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) tick: i64,
    pub(super) kubernetes: Kubernetes,
    pub(super) cloud: Cloud,
    pub(super) operators: Vec<Operator>,
    /// Creates that were sent and have not arrived.
    pub(super) calls: Vec<Call>,
    pub(super) budget: Budget,
    /// Of which objects our finalizer was taken off by us.
    pub(super) released: [bool; 2],
    /// A promise that was broken by what just happened.
    pub(super) broken: Option<&'static str>,
}

/// What a process calls itself: no other does, because each crash leaves fewer to come.
pub(super) fn process_name(number: usize, crashes_to_come: u8) -> String {
    format!("process-{number}-{crashes_to_come}")
}

/// A Create on its way.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) request: Arc<CreateVpcEndpointServiceRequest>,
    pub(super) began: Timestamp,
    /// Who waits for the answer, if anybody still does.
    pub(super) caller: Option<usize>,
}

impl State {
    /// An object was applied a moment ago, and the processes have just begun.
    pub(super) fn new(setup: &Setup) -> Self {
        let mut kubernetes = Kubernetes::default();
        kubernetes.apply(0, setup.manifest);
        kubernetes.leads_to = (setup.manifest == Manifest::Reference).then_some(0);
        let standing = (setup.manifest == Manifest::Adopt).then(|| Endpoint::standing(STANDING, at(-PAST)));
        let name = |number| process_name(number, setup.budget.crashes);
        let operators = (0..setup.operators)
            .map(|number| Operator::start(setup, kubernetes.object.as_ref(), (&name(number), at(0))));
        Self {
            tick: 0,
            operators: operators.collect(),
            kubernetes,
            cloud: Cloud { services: standing.into_iter().collect(), ..Cloud::default() },
            calls: Vec::new(),
            budget: setup.budget,
            released: [false; 2],
            broken: None,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        at(self.tick)
    }

    pub(super) fn is_single(&self) -> bool {
        (0..2).all(|number| self.cloud.live(number) <= 1)
    }

    pub(super) fn leaves_nothing(&self) -> bool {
        (0..2_u8).all(|number| !self.released[usize::from(number)] || !self.cloud.exists(number))
    }

    /// The reason of that condition, if it is true for the newest generation.
    pub(super) fn says(&self, condition: &str) -> Option<&str> {
        self.kubernetes.object.as_ref()?.says(condition)
    }

    pub(super) fn has_repeated(&self) -> bool {
        self.cloud.tokens.iter().any(|token| token.repeated)
    }

    pub(super) fn is_in_second_incarnation(&self) -> bool {
        let record = self.kubernetes.object.as_ref().and_then(|object| object.record.as_ref());
        record.is_some_and(|record| record.incarnation > 0)
    }

    pub(super) fn are_two_near_a_create(&self) -> bool {
        let reconciles = self.operators.iter().filter_map(|operator| operator.reconcile.as_ref());
        reconciles.filter(|reconcile| reconcile.is_about_to_create()).count() > 1
    }

    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn digest<H: Hasher>(&self, hasher: &mut H) {
        let Self { tick: _, kubernetes, cloud, operators, calls, budget, released, broken } = self;
        self.now().hash(hasher);
        (&kubernetes.object, kubernetes.leads_to, cloud, budget, released, broken).hash(hasher);
        for call in calls {
            let Call { request, began, caller } = call;
            (&request.client_token, &request.service_description, began, caller).hash(hasher);
            for resource in &request.resources {
                resource.resource_id.hash(hasher);
            }
        }
        for operator in operators {
            let Operator { memory, copy, list, wants_connections, reconcile } = operator;
            (memory, copy, list, wants_connections, reconcile).hash(hasher);
            let copies = [copy.as_ref(), reconcile.as_ref().map(|reconcile| &reconcile.object)];
            copies.map(|copy| copy.is_some_and(|copy| kubernetes.is_newest(copy))).hash(hasher);
        }
    }
}

/// States are one if they cannot be told apart by what comes of them.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let moments = Moments::of(LONGEST, |collector| self.digest(collector));
        self.digest(&mut Placing { moments: &moments, hasher });
    }
}
