//! Errors in the provider's envelope, with any content.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::*;
use http::Response;
use privatelink::*;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::anything::{Headers, code, headers, operation};
use super::{METHODS, block_on, check};
use crate::strategies::secret;
use crate::support::{Reply, Script, builder, client};
use crate::surface::Given;

proptest! {
    #[test]
    fn any_code_is_classified_and_only_known_ones_are_terminal(operation in operation(), code in any::<String>()) {
        let found = classify(operation, &code);
        prop_assert_eq!(found.kind == ErrorKind::AlreadyDone, found.retry == RetryClass::Done);
    }

    #[test]
    fn a_code_in_no_family_is_unknown_and_backs_off(operation in operation(), code in "[XYZ][A-Za-z0-9.]{0,20}") {
        prop_assume!(!is_known_family(&code));
        let expected = Classified { kind: ErrorKind::Unknown, retry: RetryClass::Backoff };
        prop_assert_eq!(classify(operation, &code), expected);
    }

    #[test]
    fn states_keep_every_word(word in any::<String>()) {
        let (service, connection) = (ServiceStatus::from_wire(Some(&word)), ConnectionStatus::from_wire(Some(&word)));
        prop_assert_eq!((service.as_str(), connection.as_str()), (word.as_str(), word.as_str()));
    }
}

/// One call that is answered with this.
fn answered(which: Index, client: Client) -> Error {
    METHODS.with(|methods| block_on(which.get(methods).call(client, Given::Required)).unwrap_err())
}

fn envelope(status: u16, headers: &Headers, body: &Value) -> Reply {
    let response = Response::builder().status(status);
    let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, value.as_slice()));
    Reply::Answer(response.body(Bytes::from(body.to_string())).unwrap())
}

/// A text as it is kept: one line, at most 500 characters.
fn tidy(text: &str) -> String {
    text.chars().take(500).map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// What an answer may prove to be a refusal: the codes of the reference and of the gateway that are known to be one, nothing else.
fn may_be_a_refusal(status: u16, code: &str) -> bool {
    let documented = documented_codes().map(|known| known.code);
    let gateway = ["Throttling.User", "Forbidden.RAM", "SignatureDoesNotMatch"];
    let open = ["SystemError", "GenerateResourceIdFailed", "EndpointServiceExist", "VpcNatServiceException"];
    let is_known = documented.chain(gateway).any(|known| known == code);
    (400..500).contains(&status) && is_known && !open.contains(&code)
}

proptest! {
    #[test]
    fn an_error_has_the_code_kind_and_fate_of_its_envelope_whatever_else_is_in_it(
        which in any::<Index>(), status in 400..500_u16, code in code(), message in ".{0,600}", id in "[0-9A-F-]{1,40}",
        headers in headers(),
    ) {
        let body = json!({"Code": code, "Message": message, "RequestId": id, "HostId": "h", "Recommend": "r"});
        // One for each repair (clock, nonce) and one for the attempt.
        let script = Script::of((0..4).map(|_| envelope(status, &headers, &body)));
        let error = answered(which, client(&script));
        check(&error)?;
        let code = tidy(&code);
        prop_assert_eq!((error.code(), error.request_id()), (Some(code.as_str()), Some(id.as_str())));
        prop_assert_eq!(error.fate() == Fate::Refused, may_be_a_refusal(status, &code), "{}", code);
        let kind = classify(error.operation(), &code).kind;
        prop_assert!(error.kind() == kind || (error.kind() == ErrorKind::Throttled && error.retry().after.is_some()));
        prop_assert!(error.message().is_none_or(|text| *text == tidy(&message)));
    }

    #[test]
    fn a_code_that_nobody_knows_is_never_a_refusal(
        operation in operation(), status in 400..500_u16, word in "[A-Za-z]{1,24}",
        family in select(vec![
            "", "Idempotent", "Idempotence", "OperationFailed.", "OperationFailed.LastToken", "Forbidden.", "QuotaExceed",
            "InvalidParam", "OperationDenied.", "ResourceNotFound.", "IncorrectStatus.", "InternalError.", "Throttling",
        ]),
        end in select(vec!["", "Processing", "TokenProcessing", "Failed", "Mismatch"]),
    ) {
        let code = format!("{family}{word}{end}");
        prop_assume!(!may_be_a_refusal(status, &code) && !code.starts_with("Throttling."));
        prop_assert_eq!(test_support::answered(operation, status, &code).fate(), Fate::Ambiguous, "{}", code);
    }

    #[test]
    fn a_server_that_breaks_down_is_never_believed_to_have_refused(
        which in any::<Index>(), status in 500..600_u16, code in code(), headers in headers(),
    ) {
        let script = Script::of((0..8).map(|_| envelope(status, &headers, &json!({"Code": code}))));
        let error = answered(which, client(&script));
        check(&error)?;
        prop_assert_eq!(error.fate(), Fate::Ambiguous);
    }

    #[test]
    fn no_secret_that_an_answer_echoes_is_printed(
        which in any::<Index>(), code in code(), key in secret(), token in secret(),
        before in ".{0,20}", after in ".{0,20}", field in select(vec!["Code", "Message", "RequestId", "AuthAction"]),
        echo in any::<bool>(), encoded in any::<bool>(),
    ) {
        let hidden = if echo { &key } else { &token };
        let hidden = if encoded { encode::percent_encode(hidden) } else { hidden.clone() };
        let text = format!("{before}{hidden}{after}");
        let mut body = json!({"Code": code, "Message": "m", "RequestId": "R", field: text.clone()});
        body["AccessDeniedDetail"] = json!({field: text.clone(), "AuthPrincipalDisplayName": text});
        let transport: Arc<dyn Transport> = Script::of((0..4).map(|_| envelope(403, &Vec::new(), &body)));
        let source = StaticCredentials::temporary("STS.id", key, token).unwrap();
        let error = answered(which, builder(transport).credentials(Arc::new(source)).build().unwrap());
        let printed = format!("{error} {error:?} {error:#?}");
        prop_assert!(!printed.contains(&hidden) && !printed.contains(&hidden.escape_debug().to_string()), "{printed}");
    }
}

fn is_known_family(code: &str) -> bool {
    code.contains("Throttling") || code.contains("QPSLimitExceeded")
}
