//! Fault plans: what the operator does when every call, answer and watch event can go wrong.
//!
//! The operator runs as a process of its own. Between it and the API server, and between it and the cloud, stands a [`proxy`],
//! which does to the traffic what a plan says. The API server is a real one; the cloud is `privatelink-sim`.
//!
//! # From a workload to its plans
//!
//! A [`Workload`] is what a user does: apply an object, edit it while its service is being made, delete it. Each is run without faults
//! first, several times, with quick and with slow sides. What the operator called in all of these [`Reference`] runs is the list of places where
//! something can go wrong, and every place meets every fault that fits it: that is a [`Plan`]. So a new side effect in the operator gets its
//! plans by itself. A plan's text is its id, and it replays by it: `faults --only crash/create/cloud/CreateVpcEndpointService#1/answer-lost`.
//!
//! # Guesses about the provider
//!
//! What nobody can know about the provider without the cloud, the simulator has as guesses. One plan in three runs once more with all of them
//! drawn by a number, which stands behind its id (`…/answer-lost@17`); it is held against runs without the fault that drew the same.
//!
//! # What is looked at
//!
//! A plan has passed when the fault was injected, everything came to rest within a deadline without anybody's help, and no oracle
//! complains:
//!
//! - the simulator's own witness: at no Create was there another live service with the same owner;
//! - at rest, services with our tags and live objects match one to one;
//! - other people's services are as they were, and no call that changes anything was about them; so is a ConfigMap of somebody else;
//! - an object that exports has the one ConfigMap that its spec names, with what is so of its service;
//! - every `Ready=True` that was ever shown for the newest generation was true: the service was Active, and as that generation's spec says;
//! - the end is that of the reference run, ids and times aside;
//! - then there is silence: lists go on, nothing is written to either side;
//! - no more calls that change something than in the reference run, and as many more as the fault explains: after a kill, those that the next
//!   process could not see;
//! - no secret is in a log, an object, an event or a metric.
//!
//! # Everything at once
//!
//! [`Chaos`] has no plan: by a seed it draws what users, machines and networks do, for minutes, and then holds the end against the oracles that
//! hold whatever else goes wrong.
//!
//! # Side by side
//!
//! Every plan has a namespace, a simulated cloud and operators of its own, with waiting times of tens of milliseconds; all share one API
//! server. A plan takes two to four seconds, mostly waiting, so several run at once.

mod campaign;
mod chaos;
mod dice;
mod environment;
mod error;
mod evidence;
mod fault;
mod fixture;
mod harness;
mod injector;
mod mutant;
mod mutants;
mod oracle;
mod plan;
mod plans;
mod program;
pub mod proxy;
mod quiet;
mod reference;
mod run;
mod settings;
mod summary;
mod timeline;
mod trials;
mod workload;

pub use campaign::{Campaign, Reported};
pub use chaos::{Chaos, Found as ChaosFound, Round};
pub use error::HarnessError;
pub use fault::{CloudFault, CrashPoint, EventSite, Family, Fault, KubernetesFault, Site, ViewFault};
pub use fixture::Fixture;
pub use mutant::Mutant;
pub use mutants::{Finding, Found, Hunt, MutantTable};
pub use oracle::forms_of_secret;
pub use plan::{Plan, UnreadablePlan};
pub use plans::{in_sample, plans};
pub use program::until_interrupted;
pub use reference::{Reference, References};
pub use run::{Report, Verdict};
pub use summary::Summary;
pub use trials::TRIALS;
pub use workload::Workload;
