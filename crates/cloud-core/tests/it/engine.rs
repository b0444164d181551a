//! One call: what is sent, how often, and what comes of failures.

use std::time::Duration;

use cloud_core::{Error, ErrorKind, Fate, RetryClass, TransportError};
use http::Method;
use serde_json::json;

use crate::product::{CreateThing, DeleteThing, Done, GetThing, MoveThing, Tag, TagThings};
use crate::support::{Reply, Script, acknowledged, client, cut, error, error_with, ok, raw, refused_connection, timed};

fn delete() -> DeleteThing {
    DeleteThing { thing_id: "thing-1".to_owned() }
}

/// Plays a script to one deletion.
async fn play(replies: impl IntoIterator<Item = Reply>) -> (Result<Done, Error>, std::sync::Arc<Script>) {
    let script = Script::of(replies);
    let outcome = client(&script).call(&delete()).await;
    (outcome, script)
}

fn summary(error: &Error) -> (ErrorKind, Fate) {
    (error.kind(), error.fate())
}

fn done() -> Done {
    Done { request_id: Some("R-OK".to_owned()) }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_a_post_with_its_parameters_in_the_query_and_an_empty_body_of_stated_length() {
    let script = Script::of([ok(&json!({"RequestId": "R", "ThingId": "thing-1"}))]);
    let request = GetThing { thing_id: "thing-1".to_owned() };
    client(&script).call(&request).await.unwrap();
    let sent = script.requests().remove(0);
    assert_eq!(sent.method(), Method::POST);
    assert_eq!(sent.uri(), "http://things.test/?RegionId=cn-hangzhou&ThingId=thing-1");
    assert!(sent.body().is_empty());
    let header = |name: &str| sent.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("host"), Some("things.test"));
    assert_eq!(header("content-length"), Some("0"));
    assert_eq!(header("content-type"), None);
    assert_eq!(header("accept"), Some("application/json"));
    assert_eq!(header("user-agent"), Some(concat!("cloud-core/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(header("x-acs-action"), Some("GetThing"));
    assert_eq!(header("x-acs-version"), Some("2020-04-15"));
    assert_eq!(header("x-acs-date"), Some("2026-01-02T12:00:00Z"));
}

#[tokio::test(start_paused = true)]
async fn tags_go_in_a_form_body_with_an_empty_query() {
    let script = Script::of([acknowledged()]);
    let request = TagThings {
        thing_ids: vec!["thing-1".to_owned()],
        tags: vec![Tag { key: "a b".to_owned(), value: "1/2".to_owned() }],
        client_token: Some("token".to_owned()),
    };
    client(&script).call(&request).await.unwrap();
    let sent = script.requests().remove(0);
    let body = "ClientToken=token&RegionId=cn-hangzhou&Tag.1.Key=a%20b&Tag.1.Value=1%2F2&ThingId.1=thing-1";
    assert_eq!(sent.uri(), "http://things.test/");
    assert_eq!(sent.body(), body);
    assert_eq!(sent.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(sent.headers()["content-length"], body.len().to_string());
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_handed_over_as_it_is() {
    let (outcome, script) = play([acknowledged()]).await;
    assert_eq!(outcome.unwrap(), done());
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_date_nonce_and_signature_and_the_same_client_token() {
    let script = Script::of([Reply::Hang, cut(), acknowledged()]);
    client(&script).call(&delete()).await.unwrap();
    let distinct = |name: &str| {
        let mut values = script.headers(name);
        values.sort();
        values.dedup();
        values.len()
    };
    // The first attempt hangs for 10 s, so the second has another date; the third may be in the same second as it.
    assert!(distinct("x-acs-date") >= 2);
    assert_eq!(distinct("x-acs-signature-nonce"), 3);
    assert_eq!(distinct("authorization"), 3);
    let tokens = script.parameters("ClientToken");
    assert_eq!(tokens, vec![tokens[0].clone(); 3]);
    assert_eq!(tokens[0].len(), 32);
}

#[tokio::test(start_paused = true)]
async fn two_calls_have_two_client_tokens() {
    let script = Script::of([acknowledged(), acknowledged()]);
    let client = client(&script);
    for _ in 0..2 {
        client.call(&delete()).await.unwrap();
    }
    let tokens = script.parameters("ClientToken");
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test(start_paused = true)]
async fn a_given_client_token_is_sent_as_it_is() {
    let script = Script::of([ok(&json!({"ThingId": "thing-1"}))]);
    let request = CreateThing { client_token: Some("uid".to_owned()) };
    client(&script).call(&request).await.unwrap();
    assert_eq!(script.parameters("ClientToken"), ["uid"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_tried_three_times_and_was_never_sent() {
    let (outcome, script) = play([refused_connection(), refused_connection(), refused_connection()]).await;
    let error = outcome.unwrap_err();
    assert_eq!(summary(&error), (ErrorKind::Transient, Fate::NotSent));
    assert_eq!(script.requests().len(), 3);
    let host = "things.test";
    assert_eq!(error.host(), Some(host));
    let text = format!("failed to DeleteThing: failed to connect to {host}: connection refused");
    assert_eq!(error.to_string(), text);
}

#[tokio::test(start_paused = true)]
async fn a_server_error_is_tried_three_times_and_stays_ambiguous() {
    let (outcome, script) = play([500, 502, 503].map(|status| error(status, "ServiceUnavailable"))).await;
    let error = outcome.unwrap_err();
    assert_eq!(summary(&error), (ErrorKind::Transient, Fate::Ambiguous));
    assert_eq!((error.http_status(), error.code()), (Some(503), Some("ServiceUnavailable")));
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_server_error_that_passes_is_not_noticed() {
    let (outcome, script) = play([error(500, "InternalError"), refused_connection(), acknowledged()]).await;
    assert_eq!(outcome.unwrap(), done());
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_ambiguous() {
    let (outcome, _) = play([cut(), cut(), cut()]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Transient, Fate::Ambiguous));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_stays_ambiguous() {
    let (outcome, _) = play([cut(), error(400, "QuotaMisMatched")]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Quota, Fate::Ambiguous));
    let (outcome, _) = play([cut(), refused_connection(), refused_connection()]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Transient, Fate::Ambiguous));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_connection_that_failed_is_a_refusal() {
    let (outcome, _) = play([refused_connection(), error(400, "QuotaMisMatched")]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Quota, Fate::Refused));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_tried_again() {
    for code in ["ThingOperationDenied", "SomethingNew", "SystemError", "NeedOpenProduct"] {
        let (outcome, script) = play([error(400, code)]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.code(), error.request_id()), (Some(code), Some("R-ERROR")));
        assert_eq!(script.requests().len(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_gone_is_deleted_already() {
    let (outcome, _) = play([error(400, "ThingNotFound")]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::AlreadyDone, Fate::Refused));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_is_cut_after_ten_seconds_and_a_call_after_twenty_five() {
    let (outcome, elapsed) = timed(play([Reply::Hang, Reply::Hang, Reply::Hang])).await;
    let (outcome, script) = outcome;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Transient, Fate::Ambiguous));
    assert_eq!((script.requests().len(), elapsed), (3, Duration::from_secs(25)));
}

#[tokio::test(start_paused = true)]
async fn quick_attempts_are_quick() {
    let (_, elapsed) = timed(play([refused_connection(), refused_connection(), refused_connection()])).await;
    // At most 0.5 s before the second and 1 s before the third.
    assert!(elapsed <= Duration::from_millis(1500), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn delays_are_drawn_again_each_time() {
    let mut delays = Vec::new();
    for _ in 0..8 {
        delays.push(timed(play([refused_connection(), acknowledged()])).await.1);
    }
    delays.sort();
    delays.dedup();
    assert!(delays.len() > 1, "{delays:?}");
}

#[tokio::test(start_paused = true)]
async fn a_change_without_a_client_token_is_repeated_only_when_it_was_not_sent() {
    let request = MoveThing { thing_id: "thing-1".to_owned() };
    let script = Script::of([refused_connection(), cut()]);
    let error = client(&script).call(&request).await.unwrap_err();
    assert_eq!(summary(&error), (ErrorKind::Transient, Fate::Ambiguous));
    assert_eq!(script.requests().len(), 2);
    assert_eq!(
        (script.parameters("RegionId"), script.parameters("ClientToken")),
        (vec!["-".to_owned(); 2], vec!["-".to_owned(); 2])
    );
}

#[tokio::test(start_paused = true)]
async fn a_throttled_answer_comes_back_at_once_with_its_delay() {
    let script = Script::of([error_with(400, "Throttling.User", &[("x-acs-retry-after", "1500")])]);
    let (outcome, elapsed) = timed(async { client(&script).call(&delete()).await }).await;
    let error = outcome.unwrap_err();
    assert_eq!(summary(&error), (ErrorKind::Throttled, Fate::Refused));
    assert_eq!((error.retry().after, error.retry().class), (Some(Duration::from_millis(1500)), RetryClass::Soon));
    assert_eq!(elapsed, Duration::ZERO);
}

async fn delay_of(code: &str, headers: &[(&str, &str)]) -> (ErrorKind, Option<Duration>) {
    let (outcome, _) = play([error_with(400, code, headers)]).await;
    let error = outcome.unwrap_err();
    (error.kind(), error.retry().after)
}

#[tokio::test(start_paused = true)]
async fn any_error_with_a_positive_delay_is_a_throttled_one() {
    let second = Some(Duration::from_secs(1));
    assert_eq!(delay_of("SomethingNew", &[("x-acs-retry-after", "1000")]).await, (ErrorKind::Throttled, second));
    for useless in ["", "0", "-5", "soon", "1.5"] {
        let found = delay_of("SomethingNew", &[("x-acs-retry-after", useless)]).await;
        assert_eq!(found, (ErrorKind::Unknown, None), "{useless:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_server_error_is_not_tried_again() {
    let (outcome, script) = play([error_with(503, "ServiceUnavailable", &[("x-acs-retry-after", "10")])]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Throttled, Fate::Ambiguous));
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_believed_up_to_two_minutes() {
    let found = delay_of("Throttling", &[("x-acs-retry-after", "99999999999")]).await;
    assert_eq!(found, (ErrorKind::Throttled, Some(Duration::from_mins(2))));
}

#[tokio::test(start_paused = true)]
async fn without_a_delay_the_larger_time_left_of_the_older_headers_counts_for_throttled_answers_only() {
    let headers = [
        ("x-ratelimit-user-api", "Limit:1,Remain:0,TimeLeft:2000,Reset:1234"),
        ("x-ratelimit-user", "Limit:1,Remain:0,TimeLeft:3000,Reset:1234"),
    ];
    let three = Some(Duration::from_secs(3));
    assert_eq!(delay_of("Rejected.Throttling", &headers).await, (ErrorKind::Throttled, three));
    assert_eq!(delay_of("QuotaMisMatched", &headers).await, (ErrorKind::Quota, None));
    assert_eq!(delay_of("Throttling", &[("x-ratelimit-user", "TimeLeft:no")]).await, (ErrorKind::Throttled, None));
}

#[tokio::test(start_paused = true)]
async fn a_proxy_s_page_is_an_ambiguous_transient_error_and_nothing_of_it_is_kept() {
    for status in [200, 302, 403, 404] {
        let page = "<html>you sent x-acs-security-token: canary</html>";
        let (outcome, script) =
            play([raw(status, &[("content-type", "text/html"), ("x-acs-request-id", "R-9")], page)]).await;
        let error = outcome.unwrap_err();
        assert_eq!(summary(&error), (ErrorKind::Transient, Fate::Ambiguous), "{status}");
        let message = format!("failed to read the answer: HTTP {status}, not a JSON object (text/html, 50 bytes)");
        assert_eq!(error.message(), Some(message.as_str()));
        assert_eq!((error.http_status(), error.code(), error.request_id()), (Some(status), None, Some("R-9")));
        assert_eq!(script.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_whose_body_is_cut_is_ambiguous() {
    for body in ["", "{\"RequestId\":\"R", "[]", "null", "\"text\""] {
        let (outcome, _) = play([raw(200, &[("content-type", "application/json")], body)]).await;
        assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Transient, Fate::Ambiguous), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_without_a_code_is_ambiguous() {
    let (outcome, _) = play([raw(400, &[], "{\"Message\":\"no code\"}")]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Transient, Fate::Ambiguous));
}

#[tokio::test(start_paused = true)]
async fn a_success_with_a_code_is_an_error() {
    let (outcome, _) = play([ok(&json!({"RequestId": "R", "Code": "QuotaMisMatched", "Message": "full"}))]).await;
    let error = outcome.unwrap_err();
    assert_eq!(summary(&error), (ErrorKind::Quota, Fate::Ambiguous));
    assert_eq!((error.http_status(), error.message()), (Some(200), Some("full")));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_has_a_hole_is_an_error() {
    let script = Script::of([ok(&json!({"ThingId": "thing-1", "Parts": [7]}))]);
    let request = GetThing { thing_id: "thing-1".to_owned() };
    let error = client(&script).call(&request).await.unwrap_err();
    assert_eq!(summary(&error), (ErrorKind::Transient, Fate::Ambiguous));
    assert_eq!(error.message(), Some("failed to read the answer: unexpected Data content"));
}

#[tokio::test(start_paused = true)]
async fn the_request_id_is_taken_from_the_header_when_the_body_has_none() {
    let id = [("x-acs-request-id", "R-HEADER")];
    let (outcome, _) = play([raw(200, &id, "{}")]).await;
    assert_eq!(outcome.unwrap().request_id.as_deref(), Some("R-HEADER"));
    let (outcome, _) = play([raw(400, &id, "{\"code\":\"QuotaMisMatched\",\"message\":\"full\"}")]).await;
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.request_id(), error.code(), error.message()),
        (Some("R-HEADER"), Some("QuotaMisMatched"), Some("full"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_denial_names_the_action_and_who_asked() {
    let detail = json!({"AuthAction": "things:DeleteThing", "AuthPrincipalDisplayName": "role:session"});
    for detail in [detail.clone(), json!(detail.to_string())] {
        let body = json!({"Code": "Forbidden.RAM", "Message": "no", "AccessDeniedDetail": detail});
        let (outcome, _) = play([raw(403, &[], &body.to_string())]).await;
        let denied = outcome.unwrap_err().access_denied().cloned().unwrap();
        assert_eq!(denied.action.as_deref(), Some("things:DeleteThing"));
        assert_eq!(denied.principal.as_deref(), Some("role:session"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_is_kept_as_one_line_of_bounded_length() {
    let body = json!({"Code": "QuotaMisMatched", "Message": format!("a\nb\u{1b}{}", "x".repeat(2000))});
    let (outcome, _) = play([raw(400, &[], &body.to_string())]).await;
    let error = outcome.unwrap_err();
    let message = error.message().unwrap();
    assert_eq!((message.chars().count(), &message[..5]), (500, "a b x"));
}

#[tokio::test(start_paused = true)]
async fn a_transport_that_times_out_by_itself_is_ambiguous() {
    let late = || Reply::Fail(TransportError::Timeout("read".to_owned()));
    let (outcome, _) = play([late(), late(), late()]).await;
    assert_eq!(summary(&outcome.unwrap_err()), (ErrorKind::Transient, Fate::Ambiguous));
}
