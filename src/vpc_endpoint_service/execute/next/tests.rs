//! What comes next, answer by answer. No call is made: each test plays the side that makes them.

use cloud_core::test_support::{answered, lost_answer, refused};
use jiff::SignedDuration;
use privatelink::Operation;

use super::*;
use crate::names::FINALIZER;
use crate::vpc_endpoint_service::plan::fixtures::{SERVICE, Scenario, now};

const WINDOW: Duration = Duration::from_secs(10);

/// A plan under way, with the object as the API server has it.
struct Run {
    plan: Plan,
    memory: Memory,
    object: LatestObject,
}

impl Run {
    fn of(scenario: &Scenario, steps: Vec<Step>) -> Self {
        let key = &scenario.resolved.key;
        let object = LatestObject {
            uid: key.uid.clone(),
            resource_version: key.resource_version.clone(),
            generation: key.generation,
            deleting: matches!(scenario.resolved.life, Life::Deleting { .. }),
            finalizers: vec![FINALIZER.to_owned()],
            record: scenario.resolved.record.clone(),
        };
        let memory = Memory::new(&scenario.resolved, now(), WINDOW);
        Self { plan: Plan { steps, ..Plan::default() }, memory, object }
    }

    fn next(&self) -> Effect<'_> {
        next(&self.plan, &self.memory, now())
    }

    fn permit(&mut self) {
        assert!(matches!(self.next(), Effect::AskPermit(_)), "{:?}", self.next());
        self.memory.permit_answered(&self.plan, Ok(()));
    }

    fn read(&mut self) {
        assert_eq!(self.next(), Effect::ReadObject);
        self.memory.object_read(&self.plan, Ok(self.object.clone()), now());
    }

    /// Sends the write that is next, which must be the one expected.
    fn answer(&mut self, write: &Write, answer: Result<(), Error>) -> Remember {
        self.permit();
        assert_eq!(self.next(), Effect::Send { target: SERVICE, write });
        self.memory.write_answered(&self.plan, answer.map(|()| None))
    }

    fn assert_over(&self) {
        assert_eq!(self.next(), Effect::Finish { queued: None });
    }

    fn is_stale(&self) -> bool {
        matches!(self.memory.outcome.stopped, Some(Stop::Stale))
    }

    fn done(&self) -> Vec<&Step> {
        self.memory.outcome.done.iter().map(|done| &done.step).collect()
    }
}

/// A Create under the record that the object carries.
fn creation() -> Run {
    let scenario = Scenario::recorded();
    let steps = scenario.plan().steps;
    assert!(matches!(steps.as_slice(), [Step::Create { .. }]), "{steps:?}");
    Run::of(&scenario, steps)
}

fn made(service_id: Option<&str>) -> (EndpointService, Option<String>) {
    (EndpointService { service_id: service_id.map(str::to_owned), ..EndpointService::default() }, None)
}

fn tag(key: &str) -> Write {
    Write::Tag([(key.to_owned(), "x".to_owned())].into())
}

fn regroup() -> Write {
    Write::ResourceGroup("rg-1".to_owned())
}

fn writes(writes: &[&Write]) -> Vec<Step> {
    writes.iter().map(|write| Step::write(SERVICE, (*write).clone())).collect()
}

#[test]
fn nothing_to_do_is_over_at_once() {
    Run::of(&Scenario::converged(), Vec::new()).assert_over();
}

#[test]
fn a_create_has_its_permit_then_the_object_is_read_then_it_is_sent() {
    let mut run = creation();
    run.permit();
    run.read();
    assert!(matches!(run.next(), Effect::Create { .. }));
    let created = run.memory.create_answered(&run.plan, Ok(made(Some("epsrv-new")))).expect("it made a service");
    assert_eq!(created.service.id, "epsrv-new");
    assert_eq!(run.memory.outcome.done[0].created.as_ref().map(|service| service.id.as_str()), Some("epsrv-new"));
    assert!(matches!(run.memory.outcome.stopped, Some(Stop::Awaited)));
    run.assert_over();
}

#[test]
fn an_object_that_asks_for_something_else_by_now_permits_no_create() {
    let changes: [fn(&mut LatestObject); 5] = [
        |object| object.uid = "another".to_owned(),
        |object| object.generation += 1,
        |object| object.deleting = true,
        |object| object.finalizers.clear(),
        |object| object.record = None,
    ];
    for change in changes {
        let mut run = creation();
        change(&mut run.object);
        run.permit();
        run.read();
        run.assert_over();
        assert!(run.is_stale() && run.done().is_empty());
    }
}

#[test]
fn an_object_that_is_gone_or_was_changed_ends_it_without_an_error() {
    for error in [KubernetesError::Gone, KubernetesError::Conflict] {
        let mut run = creation();
        run.permit();
        run.memory.object_read(&run.plan, Err(error), now());
        run.assert_over();
        assert!(run.is_stale() && run.memory.outcome.error.is_none());
    }
}

#[test]
fn a_process_that_was_paused_sends_no_create() {
    for paused in [Duration::ZERO, WINDOW, WINDOW + Duration::from_nanos(1)] {
        let mut run = creation();
        run.permit();
        run.read();
        let effect = next(&run.plan, &run.memory, now() + SignedDuration::try_from(paused).unwrap());
        assert_eq!(effect == Effect::LookAgain, paused > WINDOW, "{paused:?}");
    }
}

#[test]
fn an_object_that_was_read_before_the_plan_was_made_is_as_old_as_the_older_of_both() {
    let mut run = creation();
    run.permit();
    let late = now() + SignedDuration::from_secs(11);
    run.memory.object_read(&run.plan, Ok(run.object.clone()), late);
    assert_eq!(next(&run.plan, &run.memory, late), Effect::LookAgain);
}

#[test]
fn an_own_record_does_not_stand_for_the_read() {
    let scenario = Scenario::recorded();
    let record = scenario.resolved.record.clone().unwrap();
    let steps = [vec![Step::Record(record.clone())], scenario.plan().steps].concat();
    let mut run = Run::of(&scenario, steps);
    assert_eq!(run.next(), Effect::PutRecord(&record));
    run.memory.record_put(&run.plan, Ok(()));
    run.permit();
    run.read();
    assert!(matches!(run.next(), Effect::Create { .. }));
}

#[test]
fn an_own_record_that_did_not_stay_permits_nothing() {
    let scenario = Scenario::recorded();
    let record = scenario.resolved.record.clone().unwrap();
    let steps = [vec![Step::Record(record)], scenario.plan().steps].concat();
    let mut run = Run::of(&scenario, steps);
    run.memory.record_put(&run.plan, Ok(()));
    run.permit();
    run.object.record = None;
    run.read();
    run.assert_over();
    assert!(run.is_stale());
}

#[test]
fn an_answer_without_an_id_says_as_little_as_none() {
    let mut run = creation();
    run.permit();
    run.read();
    assert_eq!(run.memory.create_answered(&run.plan, Ok(made(None))), None);
    assert!(run.is_stale() && run.done().is_empty());
}

#[test]
fn a_create_that_failed_ends_it() {
    let mut run = creation();
    run.permit();
    run.read();
    let lost = lost_answer(Operation::CreateVpcEndpointService);
    assert_eq!(run.memory.create_answered(&run.plan, Err(lost)), None);
    run.assert_over();
    assert!(matches!(run.memory.outcome.error, Some(ExecuteError::Cloud(_))));
}

#[test]
fn writes_go_on_until_one_must_be_awaited() {
    let delete = Write::Delete;
    let mut run = Run::of(&Scenario::converged(), writes(&[&tag("a"), &regroup(), &delete, &tag("b")]));
    assert!(matches!(run.answer(&tag("a"), Ok(())), Remember::Accepted));
    assert!(matches!(run.answer(&regroup(), Ok(())), Remember::Accepted));
    assert!(matches!(run.answer(&delete, Ok(())), Remember::Accepted));
    assert_eq!(run.done().len(), 3);
    run.assert_over();
}

#[test]
fn a_refused_write_is_set_aside_and_the_others_go_on() {
    let mut run = Run::of(&Scenario::converged(), writes(&[&tag("a"), &regroup()]));
    let remembered = run.answer(&tag("a"), Err(refused(Operation::TagResources, "DuplicatedTagKey")));
    assert!(matches!(remembered, Remember::Refused { is_field_failure: true, .. }));
    run.answer(&regroup(), Ok(()));
    run.assert_over();
    let Outcome { done, set_aside, tried: _, stopped, error } = &run.memory.outcome;
    assert_eq!((done.len(), set_aside.len(), stopped.is_none(), error.is_none()), (1, 1, true, true));
}

#[test]
fn trouble_is_kept_as_the_error_and_is_no_field_failure() {
    let mut run = Run::of(&Scenario::converged(), writes(&[&tag("a"), &regroup()]));
    let remembered = run.answer(&tag("a"), Err(answered(Operation::TagResources, 503, "ServiceUnavailable")));
    assert!(matches!(remembered, Remember::Refused { is_field_failure: false, .. }));
    run.answer(&regroup(), Ok(()));
    assert_eq!((run.done().len(), run.memory.outcome.set_aside.len()), (1, 0));
    assert!(matches!(run.memory.outcome.error, Some(ExecuteError::Cloud(_))));
}

#[test]
fn no_answer_ends_it() {
    let mut run = Run::of(&Scenario::converged(), writes(&[&tag("a"), &regroup()]));
    run.answer(&tag("a"), Err(lost_answer(Operation::TagResources)));
    run.assert_over();
    assert!(run.done().is_empty() && run.memory.outcome.error.is_some());
}

#[test]
fn who_gets_no_permit_stands_in_the_first_line_whatever_was_asked_for_after_that() {
    let remove = Write::RemovePrincipal("2".to_owned());
    let mut run = Run::of(&Scenario::converged(), writes(&[&remove, &tag("a")]));
    let queued = NoPermit::Queued { operation: remove.operation().into(), rate: None };
    run.memory.permit_answered(&run.plan, Err(queued));
    assert_eq!(run.next(), Effect::Finish { queued: run.plan.steps.first() });
    assert!(matches!(run.memory.outcome.stopped, Some(Stop::NoPermit(_))));
}

#[test]
fn a_call_that_was_refused_before_is_set_aside_until_its_time() {
    let mut run = Run::of(&Scenario::converged(), writes(&[&tag("a"), &regroup()]));
    let error = Box::new(refused(Operation::TagResources, "DuplicatedTagKey"));
    run.memory.permit_answered(&run.plan, Err(NoPermit::Withheld { until: now(), error }));
    run.answer(&regroup(), Ok(()));
    assert_eq!(run.memory.outcome.set_aside[0].until, Some(now()));
}

#[test]
fn a_deletion_reads_the_object_once_before_it_takes_anything_away() {
    let scenario = Scenario::converged().deleting();
    let untag = Write::Untag(["a".to_owned()].into());
    let mut run = Run::of(&scenario, [writes(&[&untag, &untag]), vec![Step::ReleaseFinalizer]].concat());
    run.permit();
    run.read();
    assert_eq!(run.next(), Effect::Send { target: SERVICE, write: &untag });
    run.memory.write_answered(&run.plan, Ok(None));
    run.answer(&untag, Ok(()));
    assert_eq!(run.next(), Effect::ReleaseFinalizer);
    run.memory.finalizer_released(&run.plan, Ok(()));
    run.assert_over();
}

#[test]
fn a_deletion_of_which_the_api_server_says_something_else_takes_nothing_away() {
    let changes: [fn(&mut LatestObject); 2] = [|object| object.deleting = false, |object| object.generation += 1];
    for change in changes {
        let mut run = Run::of(&Scenario::converged().deleting(), writes(&[&Write::Delete]));
        change(&mut run.object);
        run.permit();
        run.read();
        run.assert_over();
        assert!(run.is_stale());
    }
}

#[test]
fn what_is_so_already_is_a_success() {
    let mut run = Run::of(&Scenario::converged(), writes(&[&Write::Delete]));
    let gone = refused(Operation::DeleteVpcEndpointService, "EndpointServiceNotFound");
    assert!(matches!(run.answer(&Write::Delete, Err(gone)), Remember::Accepted));
    assert_eq!(run.done().len(), 1);
}

fn migrate() -> Write {
    let name = |name: &str| name.to_owned();
    Write::Migrate {
        endpoint_id: name("ep-1"),
        zone_id: name("cn-hangzhou-i"),
        resource_type: name("alb"),
        from: name("alb-a"),
        to: name("alb-b"),
    }
}

fn close() -> Write {
    let name = |name: &str| name.to_owned();
    Write::CloseReplaced {
        endpoint_id: name("ep-1"),
        zone_id: name("cn-hangzhou-i"),
        from: name("alb-a"),
        to: name("alb-b"),
    }
}

#[test]
fn a_move_of_which_nobody_knows_what_became_counts_as_made() {
    for write in [migrate(), close()] {
        let operation = write.operation();
        let answers = [
            lost_answer(operation),
            answered(operation, 503, "ServiceUnavailable"),
            refused(operation, "IdempotentProcessing"),
        ];
        for error in answers {
            let mut run = Run::of(&Scenario::converged(), writes(&[&write]));
            assert!(matches!(run.answer(&write, Err(error.clone())), Remember::Assumed), "{error}");
        }
    }
}

#[test]
fn a_move_that_is_refused_is_set_aside_whatever_the_code_and_the_others_go_on() {
    for code in [
        "ZoneOperationDenied",
        "EndpointServiceResourceTypeNotSupport",
        "OperationDenied.CurrentResourceAutoAllocated",
        "QuotaMisMatched",
        "EndpointNotFound",
        "Forbidden.RAM",
        "PrivilegeMissing",
        "Forbidden.Privilege",
    ] {
        let mut run = Run::of(&Scenario::converged(), writes(&[&migrate(), &tag("a")]));
        let remembered = run.answer(&migrate(), Err(refused(migrate().operation(), code)));
        assert!(matches!(remembered, Remember::Refused { is_field_failure: true, .. }), "{code}");
        run.answer(&tag("a"), Ok(()));
        let Outcome { set_aside, error, .. } = &run.memory.outcome;
        assert_eq!((set_aside.len(), error.is_none()), (1, true), "{code}");
    }
}

#[test]
fn a_move_that_meets_a_busy_service_is_trouble_as_any_other() {
    for code in ["EndpointServiceLocked", "ConcurrentCallNotSupported", "Throttling.User", "NeedOpenProduct"] {
        let mut run = Run::of(&Scenario::converged(), writes(&[&migrate()]));
        run.answer(&migrate(), Err(refused(migrate().operation(), code)));
        let Outcome { set_aside, error, .. } = &run.memory.outcome;
        let is_error = error.is_some() || code == "NeedOpenProduct";
        assert!(is_error && (set_aside.is_empty() || code == "NeedOpenProduct"), "{code}");
    }
}
