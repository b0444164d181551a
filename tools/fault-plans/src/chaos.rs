//! Chaos: everything that a plan does alone, at once and at random, for minutes.
//!
//! A run is a row of rounds, each in an environment of its own and with a seed of its own. In a round users apply, edit, delete and replace a dozen
//! objects, strip and forge them; somebody changes services in the cloud; the operator, the API server and etcd are killed; the operator's
//! clock is set back and forth; both proxies and the simulator break calls, answers and events. Then it is calm: faults end, users say once
//! what they want, and say it again where an object has gone meanwhile. Everything has to converge by itself within a deadline, and the
//! oracles that hold whatever else goes wrong look at the end and at everything that was shown on the way.
//!
//! The seed draws the acts. When each of them meets what the operator is doing is up to the machine, so a round is told, not replayed; the
//! same seed comes close.

mod act;
mod clock;
mod driver;
mod end;
mod spec;
mod table;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use self::act::Act;
use self::clock::Clock;
use self::driver::Driver;
use crate::dice::Dice;
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::evidence::Evidence;
use crate::fixture::Fixture;
use crate::harness::Sighting;
use crate::injector::{Injection, RandomFaults};
use crate::oracle::{Case, complaints_always, witnessed};
use crate::proxy::Side;
use crate::proxy::writes;
use crate::quiet;
use crate::workload::CHAOS;

/// How late a status may be shown that was true when it was written: the API server is dead for seconds, and the watch of the harness has
/// to find that out.
const KNOWLEDGE: Duration = Duration::from_secs(20);

/// What a forged status says somewhere; the operator never does.
const FORGED: &str = "forged";

/// A control plane, an operator with a clock that can be set, and chance.
#[derive(Debug)]
pub struct Chaos {
    fixture: Fixture,
    clock: Clock,
}

/// What a round did and found.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// The seed that draws it.
    pub seed: u64,
    /// In seconds: how long things went wrong, and how long it took to converge then.
    pub seconds: [f64; 2],
    /// How often each act was done.
    pub acts: BTreeMap<&'static str, usize>,
    /// How often the proxies and the simulator injected a fault, by fault.
    pub faults: BTreeMap<String, usize>,
    /// What there was in the end.
    pub found: Found,
    /// What is wrong; nothing, if it is green.
    pub complaints: Vec<String>,
    /// What happened, one line each, and the operator's log.
    pub timeline: String,
}

/// What there was at the end of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Objects that are Ready.
    pub ready: usize,
    /// Services of these objects.
    pub services: usize,
    /// Calls that were to make a service.
    pub creates: usize,
    /// Calls that were to change something in the cloud.
    pub changes: usize,
    /// Writes to the API server.
    pub writes: usize,
    /// Times that the operator was started.
    pub starts: usize,
}

impl Chaos {
    /// Starts the control plane, and prepares the operator's clock.
    pub async fn prepare() -> Result<Self, HarnessError> {
        let fixture = Fixture::prepare().await?;
        let clock = Clock::prepare(&fixture.programs.operator)?;
        Ok(Self { fixture: fixture.with_operator(clock.operator()), clock })
    }

    /// One round: things go wrong for so long, then it has to converge. Whatever goes wrong is part of what it gives.
    pub async fn round(&self, seed: u64, random: Duration) -> Round {
        let begin = Instant::now();
        let mut round = Round { seed, ..Round::default() };
        if let Err(error) = self.run(&mut round, random, begin).await {
            round.complaints.push(local_stack::chain(&error));
        }
        round
    }

    async fn run(&self, round: &mut Round, random: Duration, begin: Instant) -> Result<(), HarnessError> {
        let mut dice = Dice::new(round.seed);
        self.clock.set(0)?;
        let random_faults = RandomFaults::new(dice.split());
        let environment =
            Environment::build(&self.fixture, CHAOS.deployment(), 0, Injection::Random(random_faults.clone())).await?;
        let mut driver = Driver::new(&self.fixture, &self.clock, &environment, &random_faults, dice);
        let stormed = driver.random(random).await;
        round.seconds[0] = begin.elapsed().as_secs_f64();
        random_faults.calm();
        let calm = Instant::now();
        let ended = match stormed {
            Ok(()) => driver.converge().await,
            Err(error) => Err(error),
        };
        round.seconds[1] = calm.elapsed().as_secs_f64();
        round.acts = driver.done();
        round.faults = random_faults.injected();
        let checked = match ended {
            Ok(()) => check(&self.fixture, &environment, round).await,
            Err(error) => {
                round.complaints.extend(witnessed(&environment.simulator.witness()));
                Err(error)
            }
        };
        round.found.starts = starts(&environment).await;
        tell(&environment, round, checked.is_err()).await;
        environment.end().await;
        checked
    }
}

/// Holds the end against the oracles, once there is silence.
async fn check(fixture: &Fixture, environment: &Environment, round: &mut Round) -> Result<(), HarnessError> {
    let noise = quiet::listen(environment).await;
    let mut evidence = Evidence::gather(fixture, environment).await?;
    // What somebody forged is no promise of the operator's.
    evidence.sightings.retain(|sighting| !is_forged(sighting));
    for call in &evidence.journal {
        if let Some(fault) = &call.fault {
            *round.faults.entry(format!("cloud: {}", call.code.as_deref().unwrap_or(fault))).or_default() += 1;
        }
    }
    round.found = Found {
        ready: evidence.objects.values().filter(|object| crate::harness::object::is_ready(object)).count(),
        services: evidence.services.len(),
        creates: evidence.mutating().filter(|call| call.operation == "CreateVpcEndpointService").count(),
        changes: evidence.mutating().count(),
        writes: evidence.kubernetes_calls.iter().filter(|call| writes(Side::Kubernetes, &call.kind.0)).count(),
        starts: 0,
    };
    let case = Case {
        workload: &CHAOS,
        plan: None,
        reference: None,
        evidence: &evidence,
        cloud_log: &environment.cloud_log,
        knowledge: KNOWLEDGE,
    };
    round.complaints.extend(noise);
    round.complaints.extend(complaints_always(&case));
    round.complaints.extend(panics(&evidence));
    Ok(())
}

fn is_forged(sighting: &Sighting) -> bool {
    sighting.object["status"].to_string().contains(FORGED)
}

/// Whatever happens, no process of the operator panics.
fn panics(evidence: &Evidence) -> Option<String> {
    let logs = evidence.texts.iter().filter(|(what, _)| *what == "a log");
    let line = logs.flat_map(|(_, text)| text.lines()).find(|line| line.contains("panicked"))?;
    Some(format!("the operator panicked: {line}"))
}

async fn starts(environment: &Environment) -> usize {
    let mut starts = 0;
    for instance in &environment.operators {
        starts += 1 + instance.process.deaths().await.len();
    }
    starts
}

/// The timeline is long; it is told where something is wrong.
async fn tell(environment: &Environment, round: &mut Round, has_failed: bool) {
    if !has_failed && round.complaints.is_empty() {
        return;
    }
    round.timeline = environment.timeline.text();
    for instance in &environment.operators {
        round.timeline = [&round.timeline, "--- the operator's log ---\n", &instance.process.log().await].concat();
    }
}

impl Round {
    /// Nobody complains.
    pub fn is_green(&self) -> bool {
        self.complaints.is_empty()
    }

    /// All rounds in one table, in Markdown.
    pub fn table(rounds: &[Self]) -> String {
        table::table(rounds)
    }
}
