//! After the random: users say what they want, and everything has to become so by itself.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::driver::{Driver, NAMES, name};
use super::{FORGED, spec};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::harness::{Shown, object};
use crate::timeline::Actor;

/// How long it may take. The longest wait of the operator is `consistencyWindow` after a deletion mark, 4 s here, once for each object that was
/// being deleted and is to be there again; a full machine gets a wide margin.
const WITHIN: Duration = Duration::from_mins(2);

/// Between two looks. Whoever wants an object that has gone meanwhile applies it again, as a `GitOps` tool does.
const PERIOD: Duration = Duration::from_millis(500);

/// How long a write of a user may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is wanted of each name: a spec, or nothing.
type Wanted = Vec<(String, Option<Value>)>;

impl Driver<'_> {
    /// Ends every fault, says what is wanted, and waits until it is so.
    pub(super) async fn converge(&mut self) -> Result<(), HarnessError> {
        self.finish().await?;
        self.environment.simulator.clear_faults();
        self.environment.timeline.tell(Actor::Seen, "it is calm: no more faults, and no more acts");
        for endpoint in self.environment.simulator.endpoints() {
            self.environment.simulator.delete_endpoint(&endpoint.id);
        }
        let wanted = self.wanted();
        let begin = Instant::now();
        let mut is_said = false;
        loop {
            self.keep_alive();
            is_said = say(self.environment, &wanted, is_said).await;
            let shown = self.environment.objects.now();
            if is_said && is_converged(&shown, &wanted) {
                return self.finish().await;
            }
            if begin.elapsed() > WITHIN {
                return Err(too_late(&shown, &wanted));
            }
            sleep(PERIOD).await;
        }
    }

    fn wanted(&mut self) -> Wanted {
        let wanted = |number| (name(number), (!self.dice.is_one_in(4)).then(|| spec::whole(&mut self.dice)));
        (0..NAMES).map(wanted).collect()
    }
}

/// Says what is not so yet; once every request has reached the API server, only what has gone meanwhile is said again.
async fn say(environment: &Environment, wanted: &Wanted, is_said: bool) -> bool {
    let mut is_heard = true;
    for (name, spec) in wanted {
        let shown = environment.objects.now().get(name).cloned();
        let request = async {
            match (spec, &shown) {
                (Some(spec), None) => environment.objects.apply(name, spec).await,
                (Some(spec), Some(object)) if !is_said && !object::is_deleting(object) => {
                    environment.objects.apply(name, spec).await
                }
                (None, Some(object)) if !object::is_deleting(object) => {
                    environment.objects.delete_held(name).await.map(drop)
                }
                _ => Ok(()),
            }
        };
        is_heard &= matches!(timeout(PATIENCE, request).await, Ok(Ok(())));
    }
    is_said || is_heard
}

fn is_converged(shown: &Shown, wanted: &Wanted) -> bool {
    wanted.iter().all(|(name, spec)| what_is_missing(shown.get(name), spec.as_ref()).is_none())
}

/// Why an object is not as it is wanted.
fn what_is_missing(object: Option<&Value>, spec: Option<&Value>) -> Option<String> {
    let said = |text: &str| Some(text.to_owned());
    match (object, spec) {
        (None, Some(_)) => said("it is not there"),
        (Some(_), None) => said("it is still there"),
        (Some(object), Some(_)) if object::is_deleting(object) => said("it is being deleted"),
        (Some(object), Some(spec)) if !others(object, spec).is_empty() => Some(others(object, spec).join(", ")),
        (Some(object), Some(_)) if object["status"].to_string().contains(FORGED) => said("its status is forged"),
        (Some(object), Some(_)) if !object::is_ready(object) => said("it is not Ready"),
        (Some(object), Some(_)) if !object::has_finalizer(object) => said("it has no finalizer"),
        (Some(object), Some(_)) if !object::has_record(object) => said("it has no record"),
        _ => None,
    }
}

/// The fields that were applied and are otherwise: somebody else's part of a list or map stayed.
fn others(object: &Value, spec: &Value) -> Vec<String> {
    let differs = |(key, value): (&String, &Value)| {
        let found = &object["spec"][key];
        (found != value).then(|| format!("spec.{key} is {found} where {value} was applied"))
    };
    spec.as_object().into_iter().flatten().filter_map(differs).collect()
}

fn too_late(shown: &Shown, wanted: &Wanted) -> HarnessError {
    let line = |(name, spec): &(String, Option<Value>)| {
        let object = shown.get(name);
        let missing = what_is_missing(object, spec.as_ref())?;
        let summary = object.map(|object| object::summary(name, object)).unwrap_or_default();
        let said = object.and_then(object::ready).map(|(_, _, message)| message).unwrap_or_default();
        Some(format!("{name}: {missing}: {summary}: {said}"))
    };
    let now = wanted.iter().filter_map(line).collect::<Vec<_>>().join("\n    ");
    HarnessError::TooLate { what: "everything is as it is wanted".to_owned(), within: WITHIN, now }
}
