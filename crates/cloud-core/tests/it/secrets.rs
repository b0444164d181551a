//! No secret is ever printed.

use std::fmt::{Debug, Write as _};
use std::sync::Arc;

use cloud_core::{
    AccessDenied, CredentialSource, Credentials, EnvironmentCredentials, Error, ErrorKind, Fate, StaticCredentials,
    Transport, encode, sign,
};
use secrecy::SecretString;
use serde_json::json;

use crate::product::GetThing;
use crate::support::{Reply, Script, builder, noon, raw};

const SECRET: &str = "canary/Secret+1";
const TOKEN: &str = "canary/Token=2";

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "STS.id".to_owned(),
        access_key_secret: SecretString::from(SECRET),
        security_token: Some(SecretString::from(TOKEN)),
    }
}

/// Everything that can be printed of a value, in every way that formatting knows.
fn printed(values: &[&dyn Debug]) -> String {
    values.iter().fold(String::new(), |mut text, value| {
        write!(text, "{value:?}\n{value:#?}\n").unwrap();
        text
    })
}

/// In clear, or in the form of a query.
fn assert_clean(text: &str) {
    for secret in [SECRET, TOKEN] {
        assert!(!text.contains(secret) && !text.contains(&encode::percent_encode(secret)), "{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

async fn failing(reply: Reply) -> (Error, Arc<Script>) {
    let script = Script::of([reply]);
    let transport: Arc<dyn Transport> = script.clone();
    let source = Arc::new(StaticCredentials::new(credentials()).unwrap());
    let client = builder(transport).credentials(source).build().unwrap();
    let request = GetThing { thing_id: "thing-1".to_owned() };
    let error = client.call(&request).await.unwrap_err();
    assert_clean(&printed(&[&client]));
    (error, script)
}

#[test]
fn credentials_and_their_sources_print_no_secret() {
    let fixed = StaticCredentials::new(credentials()).unwrap();
    let environment = EnvironmentCredentials::from_lookup(|_| Some(SECRET.to_owned()));
    let source: Arc<dyn CredentialSource> = Arc::new(fixed.clone());
    let text = printed(&[&credentials(), &fixed, &environment, &source]);
    assert_clean(&text);
    assert!(text.contains("[redacted]"));
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_quoted() {
    let source = EnvironmentCredentials::from_lookup(|_| Some(format!("{SECRET}\n")));
    let error = source.load().await.unwrap_err();
    assert_clean(&format!("{error} {error:?}"));
}

#[test]
fn what_is_signed_prints_no_secret() {
    let unsigned = sign::Unsigned {
        method: "POST",
        host: "h",
        action: "a",
        version: "v",
        params: &[],
        body: b"",
        content_type: None,
        accept: None,
    };
    let signed = sign::sign(&credentials(), &unsigned, noon(), "nonce");
    assert!(signed.canonical_request.contains(TOKEN));
    let head = sign::Head { method: "POST", path: "/", query: "", headers: &signed.headers, payload_sha256: "" };
    assert_clean(&printed(&[&unsigned, &signed, &head]));
}

#[tokio::test(start_paused = true)]
async fn the_request_prints_neither_token_nor_signature() {
    let (_, script) = failing(raw(400, &[], "{\"Code\":\"NeedOpenProduct\"}")).await;
    let request = script.requests().remove(0);
    assert_eq!(request.headers()["x-acs-security-token"], TOKEN);
    let text = printed(&[&request]);
    assert_clean(&text);
    assert!(!text.contains("Signature="), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_message_of_a_signature_error_is_never_kept() {
    let codes = ["SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId.Inactive", "SomethingNew"];
    for code in codes {
        let message = format!("server CanonicalRequest is [POST\n/\n\nx-acs-security-token:{TOKEN}]");
        let body = json!({"Code": code, "Message": message, "RequestId": "R"});
        let (error, _) = failing(raw(400, &[], &body.to_string())).await;
        assert_eq!((error.code(), error.message(), error.request_id()), (Some(code), None, Some("R")));
        assert_clean(&format!("{error} {error:?} {error:#?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_message_of_a_signature_error_is_dropped_however_harmless_it_looks() {
    for code in ["SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId.NotFound", "MissingSecurityToken"]
    {
        let body = json!({"Code": code, "Message": "the text"}).to_string();
        let script = Script::of([raw(400, &[], &body), raw(400, &[], &body)]);
        let transport: Arc<dyn Transport> = script;
        let client = builder(transport).build().unwrap();
        let request = GetThing { thing_id: "thing-1".to_owned() };
        let error = client.call(&request).await.unwrap_err();
        assert_eq!((error.code(), error.message()), (Some(code), None));
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_in_which_a_secret_occurs_is_dropped_whatever_its_code() {
    for secret in [SECRET.to_owned(), TOKEN.to_owned(), encode::percent_encode(TOKEN)] {
        let body = json!({"Code": "QuotaMisMatched", "Message": format!("you sent {secret}")});
        let (error, _) = failing(raw(400, &[], &body.to_string())).await;
        assert_eq!(error.message(), None);
        assert_clean(&format!("{error} {error:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_echoes_the_request_is_not_quoted() {
    for body in [format!("<html>{TOKEN}</html>"), json!({"echo": TOKEN, "Message": TOKEN}).to_string()] {
        let (error, _) = failing(raw(403, &[("content-type", "text/html")], &body)).await;
        assert_clean(&format!("{error} {error:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn no_other_text_of_an_answer_in_which_a_secret_occurs_is_kept() {
    for secret in [SECRET, TOKEN] {
        let detail = json!({"AuthAction": format!("a {secret}"), "AuthPrincipalDisplayName": "somebody"});
        let body = json!({"Code": format!("Forbidden.{secret}"), "RequestId": secret, "AccessDeniedDetail": detail});
        let (error, _) = failing(raw(403, &[("x-acs-request-id", secret)], &body.to_string())).await;
        assert_clean(&format!("{error} {error:?}"));
        let denied = AccessDenied { action: None, principal: Some("somebody".to_owned()) };
        let found = (error.code(), error.kind(), error.fate(), error.request_id(), error.access_denied());
        assert_eq!(found, (Some("[withheld]"), ErrorKind::Unknown, Fate::Ambiguous, None, Some(&denied)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_type_of_a_page_in_which_a_secret_occurs_is_not_kept() {
    let (error, _) = failing(raw(403, &[("content-type", TOKEN)], "<html>")).await;
    assert_eq!(
        error.message(),
        Some("failed to read the answer: HTTP 403, not a JSON object (no content type, 6 bytes)")
    );
}
