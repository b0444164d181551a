use cloud_core::ErrorKind;
use cloud_core::test_support::refused;
use privatelink::Operation;

use super::*;
use crate::cloud::services::observed::{AttemptEnd, CreateAttempt, NamedId, OwnHistory, Refusal};

fn own(state: &mut State, now: Timestamp) -> OwnHistory {
    look(state, "web", now).own
}

fn attempt(token: &str, began: i64, end: AttemptEnd) -> CreateAttempt {
    CreateAttempt { client_token: token.to_owned(), began: at(began), ended: at(began + 1), end, is_repeated: false }
}

fn refusal_of(code: &str) -> AttemptEnd {
    AttemptEnd::Refused { code: Some(code.to_owned()) }
}

fn mark(incarnation: u32, time: Timestamp, hash: &str) -> RecordMark {
    RecordMark { incarnation, time, hash: hash.to_owned(), owner: "us".to_owned(), taken_over: None }
}

#[test]
fn the_first_sight_of_an_object_is_remembered() {
    let mut state = state();
    let fresh = OwnHistory {
        process: "us".to_owned(),
        process_start: at(0),
        first_seen: at(7),
        recorded_at: None,
        attempts: Vec::new(),
        refusals: Vec::new(),
        field_failures: std::collections::BTreeMap::new(),
        proven_id: None,
    };
    assert_eq!(own(&mut state, at(7)), fresh);
    assert_eq!(own(&mut state, at(8)), fresh);
}

#[test]
fn only_the_very_record_that_this_process_wrote_counts_as_its_own() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let record = |time, hash: &str| mark(0, time, hash);
    let taken_over = |mark: RecordMark| RecordMark { owner: "them".to_owned(), taken_over: Some(at(2)), ..mark };
    state.remember_record(&id("web"), record(at(1), "aa"), at(2));
    let cases = [
        (Some(record(at(1), "aa")), Some(at(2))),
        (Some(record(at(2), "aa")), None),
        (Some(record(at(1), "bb")), None),
        (Some(taken_over(record(at(1), "aa"))), None),
        (None, None),
    ];
    for (carried, expected) in cases {
        let query = Query {
            id: &id("web"),
            owner: &owner("web"),
            generation: 1,
            named: None,
            adopt: None,
            record: carried,
            details: DetailsQuery::default(),
        };
        assert_eq!(state.observed(&query, at(2)).own.recorded_at, expected);
    }
}

#[test]
fn a_record_of_the_next_incarnation_ends_what_was_proven_of_the_one_before() {
    let mut state = state();
    let proven = |state: &mut State, incarnation| {
        let record = mark(incarnation, at(1), "aa");
        let query = Query {
            id: &id("web"),
            owner: &owner("web"),
            generation: 1,
            named: None,
            adopt: None,
            record: Some(record),
            details: DetailsQuery::default(),
        };
        state.observed(&query, at(2)).own.proven_id
    };
    let created = |token, id: &str| attempt(token, 1, AttemptEnd::Created(id.to_owned()));
    let first = || Some("epsrv-1".to_owned());
    assert_eq!(proven(&mut state, 3), None);
    state.remember_attempt(&id("web"), created("t", "epsrv-1"));
    assert_eq!([proven(&mut state, 3), proven(&mut state, 2), proven(&mut state, 4)], [first(), first(), None]);
    state.remember_attempt(&id("web"), created("t-1", "epsrv-2"));
    state.remember_record(&id("web"), mark(5, at(3), "aa"), at(3));
    assert_eq!(proven(&mut state, 4), None);
}

#[test]
fn creates_that_ended_alike_count_as_one_that_lasted() {
    let mut state = state();
    look(&mut state, "web", at(0));
    for attempt in [
        attempt("t", 1, refusal_of("NlbNotFound")),
        attempt("t", 10, refusal_of("NlbNotFound")),
        attempt("t", 20, AttemptEnd::Ambiguous { code: None }),
        attempt("t-1", 30, AttemptEnd::Ambiguous { code: None }),
    ] {
        state.remember_attempt(&id("web"), attempt);
    }
    let expected = vec![
        CreateAttempt { ended: at(11), is_repeated: true, ..attempt("t", 1, refusal_of("NlbNotFound")) },
        attempt("t", 20, AttemptEnd::Ambiguous { code: None }),
        attempt("t-1", 30, AttemptEnd::Ambiguous { code: None }),
    ];
    assert_eq!(own(&mut state, at(31)).attempts, expected);
}

#[test]
fn a_create_that_was_answered_proves_its_id() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.remember_attempt(&id("web"), attempt("t", 1, AttemptEnd::Created("epsrv-1".to_owned())));
    assert_eq!(own(&mut state, at(2)).proven_id.as_deref(), Some("epsrv-1"));
}

#[test]
fn a_refusal_counts_until_the_operation_succeeds_or_time_passed() {
    let refusal = |at| Refusal {
        operation: Operation::DetachResourceFromVpcEndpointService.into(),
        kind: ErrorKind::DependencyFirst,
        code: Some("EndpointServiceResourceCannotRemove".to_owned()),
        at,
    };
    let error = refused(Operation::DetachResourceFromVpcEndpointService, "EndpointServiceResourceCannotRemove");
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), [service("epsrv-1", "web")]);
    state.remember_refusal("epsrv-1", &error, at(10));
    state.remember_refusal("epsrv-1", &error, at(12));
    assert_eq!(own(&mut state, at(42)).refusals, [refusal(at(12))]);
    assert_eq!(own(&mut state, at(43)).refusals, []);
    state.remember_refusal("epsrv-1", &error, at(50));
    state.remember("epsrv-1", &attach("nlb-2"), at(51));
    assert_eq!(own(&mut state, at(52)).refusals, [refusal(at(50))], "another operation succeeded");
    state.remember("epsrv-1", &detach("nlb-1"), at(53));
    assert_eq!(own(&mut state, at(54)).refusals, []);
}

#[test]
fn nothing_is_remembered_of_an_object_that_was_forgotten() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), []);
    state.remember_created(&id("web"), created("epsrv-1", "web"), at(1));
    state.remember_attempt(&id("web"), attempt("t", 1, AttemptEnd::Created("epsrv-1".to_owned())));
    state.remember("epsrv-1", &attach("nlb-2"), at(2));
    state.remember("epsrv-1", &Write::Delete, at(3));
    state.forget(&id("web"));
    assert_eq!(state.figures().objects, 0);
    state.listed(at(99), []);
    let observed = look(&mut state, "web", at(100));
    assert_eq!(observed.service, ServiceView::Absent { named: NamedId::None });
    let fresh = OwnHistory {
        process: "us".to_owned(),
        process_start: at(0),
        first_seen: at(100),
        recorded_at: None,
        attempts: Vec::new(),
        refusals: Vec::new(),
        field_failures: std::collections::BTreeMap::new(),
        proven_id: None,
    };
    assert_eq!(observed.own, fresh);
    assert!(state.pending.is_empty() && state.read.is_empty());
}

#[test]
fn what_only_may_have_been_refused_counts_as_no_refusal() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), [service("epsrv-1", "web")]);
    let operation = Operation::DetachResourceFromVpcEndpointService;
    let open = [
        cloud_core::test_support::answered(operation, 500, "EndpointServiceResourceCannotRemove"),
        cloud_core::test_support::lost_answer(operation),
        refused(operation, "SomethingNew"),
    ];
    for error in &open {
        state.remember_refusal("epsrv-1", error, at(10));
    }
    assert_eq!(own(&mut state, at(11)).refusals, []);
}

#[test]
fn refusals_under_an_earlier_token_are_forgotten_when_the_next_one_is_recorded() {
    let mut state = state();
    look(&mut state, "web", at(0));
    for number in 0..3_u32 {
        let token = format!("t-{number}");
        state.remember_attempt(&id("web"), attempt(&token, 1, refusal_of("NlbNotFound")));
        state.remember_attempt(&id("web"), attempt(&token, 2, AttemptEnd::Ambiguous { code: None }));
        state.remember_record(&id("web"), mark(number + 1, at(3), "h"), at(3));
    }
    let left: Vec<_> = own(&mut state, at(4)).attempts.into_iter().map(|attempt| attempt.end).collect();
    assert_eq!(left, vec![AttemptEnd::Ambiguous { code: None }; 3]);
}
