//! What a bare token cannot do: the spec was edited in between, the service that it made is gone, it is burnt, it is forgotten. None of them
//! leads to two services, and each of them to one as soon as it can be known that there is none.

use std::time::{Duration, Instant};

use futures::future::join_all;
use privatelink_operator::crd::ConditionType;
use privatelink_sim::{AfterDeletion, Call, Fault, FaultKind, Moment, Span, Switch};
use serde_json::{Value, json};

use crate::support::rig::{CONSISTENCY_WINDOW, Rig, Setup, hang, is_applied, message, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";

/// How much longer than it must an object may take to become Ready.
const SLACK: Duration = Duration::from_secs(10);

/// By how much the lists lag at most, as the operator takes it where they lag so much: a second more.
fn assumed_lag(lag: Duration) -> Duration {
    lag + CONSISTENCY_WINDOW
}

/// The call takes effect, or does not, and is never answered.
fn silence(moment: Moment) -> Fault {
    hang(CREATE, moment)
}

/// How long after the one call the other came.
fn between(first: &Call, second: &Call) -> Duration {
    Duration::try_from(second.time.duration_since(first.time)).unwrap()
}

/// A setup whose lists lag so much, whose operator assumes a second more, and whose cloud remembers tokens no longer than it must.
fn setup(lag: Duration) -> Setup {
    let mut setup = Setup::default();
    setup.simulator.lists.lag = lag;
    setup.simulator.tokens.retention = assumed_lag(lag);
    setup.timing.extend([
        ("consistencyWindow", assumed_lag(lag)),
        ("createWindow", Duration::from_millis(500)),
        ("cloudCallDeadline", Duration::from_secs(1)),
    ]);
    setup
}

/// The tokens of the Creates that made something, as what follows the UID in them.
async fn tokens_that_made(rig: &Rig) -> Vec<String> {
    let uid = rig.object("orders").await.unwrap().metadata.uid.unwrap();
    let creates = rig.calls(CREATE).await.into_iter().filter(is_applied);
    creates.map(|call| call.client_token.unwrap().strip_prefix(&uid).unwrap().to_owned()).collect()
}

/// An edit between a lost answer and its retry: found by its tag, what was made is changed to fit.
async fn edit_after_a_lost_reply(lag: Duration, is_killed: bool) {
    let mut rig = Rig::with(setup(lag)).await;
    rig.fault(silence(Moment::AfterEffect)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.cloud("made", |services| services.len() == 1).await;
    let begin = Instant::now();
    if is_killed {
        rig.kill_operator();
    }
    rig.edit("orders", json!({"description": "edited in between"})).await;
    if is_killed {
        rig.start_operator().await;
    }
    rig.ready("orders").await;
    assert!(begin.elapsed() < lag + SLACK, "{:?} with a lag of {lag:?}", begin.elapsed());
    assert_eq!(rig.service().await.description, "edited in between");
    assert_eq!(tokens_that_made(&rig).await, [""]);
    rig.end().await;
}

#[tokio::test]
async fn an_edit_between_a_lost_reply_and_its_retry_changes_the_one_service() {
    let lags = [Duration::ZERO, Duration::from_secs(2)];
    join_all(lags.into_iter().flat_map(|lag| [false, true].map(|is_killed| edit_after_a_lost_reply(lag, is_killed))))
        .await;
}

/// An object whose service was made, told to nobody, and deleted outside before its token is repeated.
async fn dead_before_it_was_known(spec: Value, after_deletion: AfterDeletion) -> Rig {
    // The token is repeated long before any list shows the service; and one that lags must not show it as Active once it is dead.
    let mut setup = setup(Duration::from_secs(4));
    setup.simulator.timers.creating = Span::millis(1_500);
    setup.simulator.tokens.retention = Duration::from_mins(10);
    setup.simulator.tokens.after_deletion = after_deletion;
    setup.simulator.guesses.created_is_active = Switch::On;
    let rig = Rig::with(setup).await;
    rig.fault(silence(Moment::AfterEffect)).await;
    rig.apply("orders", spec).await;
    let made = rig.cloud("made", |services| services.len() == 1).await.remove(0).id;
    rig.simulator.admin.delete_service(&made).await.unwrap();
    rig.until_calls(CREATE, 2).await;
    rig
}

#[tokio::test]
async fn the_old_answer_of_a_dead_service_is_never_ready_and_the_object_says_that_it_is_gone() {
    let rig = dead_before_it_was_known(nlb_spec(), AfterDeletion::Answer).await;
    let object = rig.not_ready("orders", "ServiceGone").await;
    let id = status(&object).service_id.unwrap();
    assert!(message(&object, ConditionType::Stalled).contains(&id));
    assert!(!rig.log().contains("Ready is True"), "{}", rig.log());
    assert_eq!((rig.services().await, tokens_that_made(&rig).await), (vec![], vec![String::new()]));
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_died_before_it_was_known_is_recreated_whatever_its_token_answers() {
    let tell = async |after_deletion, tokens: [&str; 2]| {
        let mut spec = nlb_spec();
        spec["whenGone"] = json!("Recreate");
        let rig = dead_before_it_was_known(spec, after_deletion).await;
        let object = rig.ready("orders").await;
        let incarnation = u32::from(tokens[1] == "-1");
        let named = (status(&object).service_id, status(&object).incarnation);
        assert_eq!(named, (Some(rig.service().await.id), Some(incarnation)));
        assert_eq!(tokens_that_made(&rig).await, tokens);
        assert_eq!(rig.log().matches("Ready is True").count(), 1);
        rig.end().await;
    };
    futures::join!(
        tell(AfterDeletion::Answer, ["", "-1"]),
        tell(AfterDeletion::Refuse, ["", "-1"]),
        tell(AfterDeletion::Forget, ["", ""]),
    );
}

#[tokio::test]
async fn a_burnt_token_leads_to_the_next_incarnation_once_nothing_can_have_been_made() {
    let tell = async |kind: FaultKind| {
        let lag = Duration::from_secs(1);
        let mut rig = Rig::without_operator(setup(lag)).await;
        let uid = rig.apply("orders", nlb_spec()).await.metadata.uid.unwrap();
        let once = kind == FaultKind::BurntToken;
        let times = once.then_some(1);
        rig.fault(Fault { times, ..Fault::next(CREATE, kind).when("ClientToken", &uid) }).await;
        rig.start_operator().await;
        let begin = Instant::now();
        let object = rig.ready("orders").await;
        assert!(begin.elapsed() < assumed_lag(lag) + SLACK, "{:?}", begin.elapsed());
        assert_eq!(status(&object).incarnation, Some(1));
        assert_eq!(tokens_that_made(&rig).await, ["-1"]);
        let creates = rig.calls(CREATE).await;
        let told =
            creates.iter().find(|call| call.code.as_deref().is_some_and(|code| code != "InternalError")).unwrap();
        let waited = between(told, creates.last().unwrap());
        assert!(waited >= assumed_lag(lag), "the next one came after {waited:?}");
        rig.end().await;
    };
    futures::join!(
        tell(FaultKind::BurntToken),
        tell(FaultKind::error("IdempotentFailed")),
        tell(FaultKind::error("IdempotentParameterMismatch")),
        tell(FaultKind::error("GenerateResourceIdFailed")),
    );
}

/// An object that is deleted right after its Create was answered with this code, although the service was made; no list shows it for a while.
async fn deleted_after_answer(code: &str) {
    let lag = Duration::from_secs(1);
    let rig = Rig::with(setup(lag)).await;
    let kind = FaultKind::Error { code: code.to_owned(), status: Some(400), moment: Moment::AfterEffect };
    rig.fault(Fault { times: None, ..Fault::next(CREATE, kind) }).await;
    rig.apply("orders", nlb_spec()).await;
    rig.cloud("made", |services| services.len() == 1).await;
    rig.until_calls(CREATE, 1).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, [], "{code}");
    assert_eq!(tokens(&rig).await.len(), 1, "{code}");
    rig.end().await;
}

/// The tokens of all Creates.
async fn tokens(rig: &Rig) -> std::collections::BTreeSet<String> {
    rig.calls(CREATE).await.into_iter().filter_map(|call| call.client_token).collect()
}

#[tokio::test]
async fn an_object_that_is_deleted_after_an_answer_that_is_no_known_refusal_leaves_no_service() {
    let codes = [
        "OperationFailed.LastTokenProcessing",
        "OperationFailed.IdempotentTokenProcessing",
        "IdempotenceProcessing",
        "OperationFailed",
        "SomethingNew",
    ];
    join_all(codes.map(deleted_after_answer)).await;
}

#[tokio::test]
async fn a_token_that_is_still_at_work_is_repeated_until_it_answers_in_every_spelling() {
    let tell = async |code: &str| {
        const AT_WORK: u64 = 3;
        let rig = Rig::with(setup(Duration::from_secs(1))).await;
        rig.fault(Fault::next(CREATE, FaultKind::error(code)).times(AT_WORK)).await;
        rig.apply("orders", nlb_spec()).await;
        rig.ready("orders").await;
        let (creates, tokens) = (rig.calls(CREATE).await.len() as u64, tokens_that_made(&rig).await);
        assert_eq!((creates, tokens), (AT_WORK + 1, vec![String::new()]), "{code}");
        rig.end().await;
    };
    futures::join!(tell("OperationFailed.LastTokenProcessing"), tell("IdempotenceProcessing"));
}

#[tokio::test]
async fn a_corrected_cause_is_not_refused_for_as_long_as_a_token_remembers_the_refusal() {
    let lag = Duration::ZERO;
    let mut rig = Rig::without_operator(setup(lag)).await;
    let uid = rig.apply("orders", nlb_spec()).await.metadata.uid.unwrap();
    // The cause is gone, for whoever asks under another token.
    let remembered = Fault::next(CREATE, FaultKind::error("LoadBalancerNotFound")).when("ClientToken", &uid);
    rig.fault(Fault { times: None, ..remembered }).await;
    rig.start_operator().await;
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).incarnation, Some(1));
    assert_eq!(tokens_that_made(&rig).await, ["-1"]);
    let creates = rig.calls(CREATE).await;
    let (refused, made) = (&creates[creates.len() - 2], &creates[creates.len() - 1]);
    let waited = between(refused, made);
    assert!(creates.len() > 2 && waited >= assumed_lag(lag), "{} Creates, the last after {waited:?}", creates.len());
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_is_refused_for_good_takes_few_tokens_and_writes_no_record_for_each_refusal() {
    let lag = Duration::ZERO;
    let rig = Rig::with(setup(lag)).await;
    rig.fault(Fault { times: None, ..Fault::next(CREATE, FaultKind::error("LoadBalancerNotFound")) }).await;
    rig.apply("orders", nlb_spec()).await;
    let tried = async || tokens(&rig).await;
    let tokens = rig.poll("a third token is tried", tried, |tokens| tokens.len() > 2).await;
    let creates = rig.calls(CREATE).await;
    let took = between(&creates[0], creates.last().unwrap());
    // Each token but the last is refused for at least the assumed lag, and then nothing may be shown for as long again.
    let each = 2 * assumed_lag(lag);
    assert!(took >= 2 * each, "{} tokens after {took:?}", tokens.len());
    let records = rig.kubernetes_writes().into_iter().filter(|write| write.subresource.is_empty()).count();
    assert_eq!(records, tokens.len());
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.ready("orders").await;
    rig.service().await;
    rig.end().await;
}

/// The answer gets lost, the operator is killed, and another one begins so long after.
async fn forgotten_token(lag: Duration, moment: Moment, pause: Duration) {
    let mut rig = Rig::with(setup(lag)).await;
    rig.fault(silence(moment)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.until_calls(CREATE, 1).await;
    rig.kill_operator();
    tokio::time::sleep(pause).await;
    rig.start_operator().await;
    let begin = Instant::now();
    rig.ready("orders").await;
    let is_made = moment == Moment::AfterEffect;
    let must = if is_made { lag } else { assumed_lag(lag) };
    assert!(begin.elapsed() < must + SLACK, "{:?} with a lag of {lag:?}", begin.elapsed());
    println!("lag {lag:?}, made {is_made}, restarted after {pause:?}: Ready after {:?}", begin.elapsed());
    rig.service().await;
    assert_eq!(tokens_that_made(&rig).await, [""]);
    rig.end().await;
}

#[tokio::test]
async fn a_forgotten_token_makes_no_second_service_however_much_the_lists_lag() {
    // A tenth of the half minute by which lists may lag.
    for lag in [0, 500, 1_000, 3_000].map(Duration::from_millis) {
        let tests = [Moment::AfterEffect, Moment::BeforeEffect].map(|moment| {
            // Long enough for the token to be forgotten while some list still does not show what it made.
            [Duration::ZERO, lag + Duration::from_millis(500)].map(|pause| forgotten_token(lag, moment, pause))
        });
        join_all(tests.into_iter().flatten()).await;
    }
}

/// Makes and deletes objects of one name, one after the other, and ends with one.
async fn again_and_again(times: usize) {
    let rig = Rig::start().await;
    let mut uids = std::collections::BTreeSet::new();
    for number in 1..=times {
        let object = rig.apply("orders", nlb_spec()).await;
        assert!(uids.insert(object.metadata.uid.unwrap()));
        if number < times {
            rig.until_calls(CREATE, number).await;
            rig.delete("orders").await;
            rig.gone("orders").await;
            assert_eq!(rig.services().await, []);
        }
    }
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).service_id, Some(rig.service().await.id));
    let made = rig.calls(CREATE).await.into_iter().filter(is_applied);
    assert_eq!(made.filter_map(|call| call.client_token).collect::<std::collections::BTreeSet<_>>(), uids);
    rig.end().await;
}

#[tokio::test]
async fn objects_of_one_name_that_follow_each_other_get_a_service_each_and_leave_none() {
    again_and_again(8).await;
}

#[tokio::test]
#[ignore = "two minutes; for the figure in docs/reliability.md"]
async fn a_hundred_objects_of_one_name_get_a_service_each_and_leave_none() {
    let begin = Instant::now();
    again_and_again(100).await;
    println!("100 made, 99 removed, the last Ready after {:?}", begin.elapsed());
}

/// So many objects at once, whose first Creates are answered with 500 or not at all, all after their effect.
async fn ambiguous_answers(objects: u64) {
    let mut setup = Setup::default();
    setup.simulator.rates.enforce = Switch::Off;
    setup.arguments.push("--rate=CreateVpcEndpointService=2000/60".to_owned());
    setup.timing.insert("cloudCallDeadline", Duration::from_secs(2));
    let rig = Rig::with(setup).await;
    let silent = FaultKind::TimeOut { moment: Moment::AfterEffect, after: Duration::from_millis(500) };
    rig.fault(Fault::next(CREATE, FaultKind::internal_error(Moment::AfterEffect)).times(objects / 2)).await;
    rig.fault(Fault::next(CREATE, silent).at(objects / 2 + 1).times(objects - objects / 2)).await;
    let begin = Instant::now();
    let names: Vec<_> = (0..objects).map(|number| format!("service-{number}")).collect();
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let creates = rig.calls(CREATE).await;
    let made = creates.iter().filter(|call| is_applied(call)).count();
    println!("{objects} Ready after {:?}, {made} services, {} Creates", begin.elapsed(), creates.len());
    assert_eq!((made, rig.services().await.len()), (names.len(), names.len()));
    assert!(creates.iter().filter(|call| call.fault.is_some()).count() >= names.len(), "the faults struck");
    rig.end().await;
}

#[tokio::test]
async fn ambiguous_answers_to_many_objects_make_one_service_each() {
    ambiguous_answers(20).await;
}

#[tokio::test]
#[ignore = "for the figure in docs/reliability.md"]
async fn ambiguous_answers_to_a_hundred_objects_make_a_hundred_services() {
    ambiguous_answers(100).await;
}
