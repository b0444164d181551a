//! What a step asks the provider for, as fingerprints: whether it is the call that was refused before.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use privatelink::CreateVpcEndpointServiceRequest;

use crate::cloud::scheduler::Content;
use crate::runtime::backoff::Revision;
use crate::vpc_endpoint_service::observe::Observed;
use crate::vpc_endpoint_service::plan::Step;

/// What is the same for every step of a reconcile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    revision: u64,
    seen: u64,
}

impl Basis {
    /// What a person asked for, and the object's service as it was seen.
    pub fn of(revision: &Revision, observed: &Observed) -> Self {
        Self { revision: fingerprint(revision), seen: fingerprint(&observed.service.ours().first()) }
    }
}

/// A Create under another token is the same request: only how it was seen differs.
pub(super) fn content(basis: Basis, step: &Step) -> Content {
    let Basis { revision, seen } = basis;
    match step {
        Step::Create { request, .. } => {
            let asked = CreateVpcEndpointServiceRequest { client_token: None, ..(**request).clone() };
            Content { revision, request: text(&asked), seen: fingerprint(&(seen, &request.client_token)) }
        }
        _ => Content { revision, request: text(step), seen },
    }
}

fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// All of it shows when it is printed.
fn text(value: &impl Debug) -> u64 {
    fingerprint(&format!("{value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::services::Write;
    use crate::vpc_endpoint_service::plan::fixtures::Scenario;

    fn create(scenario: &Scenario) -> Step {
        let steps = scenario.plan().steps;
        steps.into_iter().find(|step| matches!(step, Step::Create { .. })).expect("the service is to be created")
    }

    fn revision(generation: i64) -> Revision {
        Revision { generation, requested_at: None }
    }

    fn basis(generation: i64, scenario: &Scenario) -> Basis {
        Basis::of(&revision(generation), &scenario.observed)
    }

    #[test]
    fn the_same_create_under_another_token_is_the_same_request_seen_otherwise() {
        let scenario = Scenario::recorded();
        let step = create(&scenario);
        let Step::Create { record, request } = step.clone() else { panic!("a Create") };
        let other = CreateVpcEndpointServiceRequest { client_token: Some("other".to_owned()), ..*request };
        let other = Step::Create { record, request: Box::new(other) };
        let [first, second] = [&step, &other].map(|step| content(basis(3, &scenario), step));
        assert_eq!((first.revision, first.request), (second.revision, second.request));
        assert_ne!(first.seen, second.seen);
        assert_eq!(first, content(basis(3, &scenario), &step));
    }

    #[test]
    fn an_edit_and_a_request_to_reconcile_make_another_revision_and_the_service_another_observation() {
        let scenario = Scenario::converged();
        let step = Step::write("epsrv-ours", Write::Delete);
        let first = content(basis(3, &scenario), &step);
        assert_ne!(content(basis(4, &scenario), &step).revision, first.revision);
        let asked = Revision { requested_at: Some("now".to_owned()), ..revision(3) };
        assert_ne!(content(Basis::of(&asked, &scenario.observed), &step).revision, first.revision);
        let locked = Scenario::converged().with_service(|service| service.settling = !service.settling);
        let seen = content(basis(3, &locked), &step);
        assert_eq!((seen.revision, seen.request), (first.revision, first.request));
        assert_ne!(seen.seen, first.seen);
    }
}
