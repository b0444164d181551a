//! One Create, from the moment before it is sent to what is remembered of it.

use cloud_core::Fate;
use jiff::Timestamp;

use super::Means;
use crate::cloud::errors::spends_token;
use crate::identity::CreateRecord;
use crate::identity::ObjectId;
use crate::vpc_endpoint_service::observe::{AttemptEnd, CreateAttempt};

/// A Create that is under way. When the reconcile is cut off in its midst, it counts as one of which nobody knows what it created.
pub(super) struct Attempt<'a> {
    powers: &'a Means<'a>,
    id: &'a ObjectId,
    client_token: String,
    began: Timestamp,
    is_open: bool,
}

impl<'a> Attempt<'a> {
    pub(super) fn begin(powers: &'a Means<'a>, id: &'a ObjectId, record: &CreateRecord, began: Timestamp) -> Self {
        Self { powers, id, client_token: record.client_token(), began, is_open: true }
    }

    /// Takes in the answer: the id that it names, if it names one, or the error.
    pub(super) fn end(mut self, answer: Result<Option<&str>, &cloud_core::Error>) {
        self.is_open = false;
        if let Some(end) = end_of(answer) {
            self.remember(end);
        }
    }

    fn remember(&self, end: AttemptEnd) {
        let (client_token, began, ended) = (self.client_token.clone(), self.began, self.powers.clock.now());
        let attempt = CreateAttempt { client_token, began, ended, end, is_repeated: false };
        self.powers.account.inventory.remember_attempt(self.id, attempt);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.remember(AttemptEnd::Ambiguous { code: None });
        }
    }
}

/// How a Create ended; `None`: it never left this machine, so it was no attempt.
pub(super) fn end_of(answer: Result<Option<&str>, &cloud_core::Error>) -> Option<AttemptEnd> {
    let error = match answer {
        Ok(Some(service_id)) => return Some(AttemptEnd::Created(service_id.to_owned())),
        Ok(None) => return Some(AttemptEnd::Ambiguous { code: None }),
        Err(error) => error,
    };
    let code = error.code().map(str::to_owned);
    match (error.fate(), code) {
        (Fate::NotSent, _) => None,
        (_, Some(code)) if spends_token(&code) => Some(AttemptEnd::TokenSpent { code }),
        (Fate::Refused, code) => Some(AttemptEnd::Refused { code }),
        (Fate::Ambiguous, code) => Some(AttemptEnd::Ambiguous { code }),
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::test_support;
    use privatelink::Operation::CreateVpcEndpointService;

    use super::*;

    #[test]
    fn an_answer_without_an_id_may_have_created_something() {
        assert_eq!(end_of(Ok(Some("epsrv-1"))), Some(AttemptEnd::Created("epsrv-1".to_owned())));
        assert_eq!(end_of(Ok(None)), Some(AttemptEnd::Ambiguous { code: None }));
    }

    #[test]
    fn what_never_left_was_no_attempt() {
        assert_eq!(end_of(Err(&test_support::not_sent(CreateVpcEndpointService))), None);
    }

    #[test]
    fn a_lost_answer_may_have_created_something() {
        let lost = test_support::lost_answer(CreateVpcEndpointService);
        assert_eq!(end_of(Err(&lost)), Some(AttemptEnd::Ambiguous { code: None }));
    }

    #[test]
    fn only_a_code_that_is_known_to_be_a_refusal_created_nothing() {
        let end = |code: &str| end_of(Err(&test_support::refused(CreateVpcEndpointService, code)));
        let code = |code: &str| Some(code.to_owned());
        for refusal in ["QuotaMisMatched", "LoadBalancerNotFound", "Throttling.User", "Forbidden.RAM"] {
            assert_eq!(end(refusal), Some(AttemptEnd::Refused { code: code(refusal) }));
        }
        let open = [
            "IdempotentProcessing",
            "IdempotenceProcessing",
            "LastTokenProcessing",
            "OperationFailed.LastTokenProcessing",
            "OperationFailed.IdempotentTokenProcessing",
            "SystemError",
            "EndpointServiceExist",
            "OperationFailed",
            "SomethingNew",
        ];
        for unsure in open {
            assert_eq!(end(unsure), Some(AttemptEnd::Ambiguous { code: code(unsure) }));
        }
    }

    #[test]
    fn a_token_is_spent_by_a_mismatch_a_failure_and_the_end_of_what_it_created() {
        for code in [
            "IdempotentParameterMismatch",
            "IdempotenceParamNotMatch",
            "IdempotentFailed",
            "GenerateResourceIdFailed",
            "EndpointServiceDeleted",
            "EndpointServiceNotFound",
        ] {
            let end = end_of(Err(&test_support::refused(CreateVpcEndpointService, code)));
            assert_eq!(end, Some(AttemptEnd::TokenSpent { code: code.to_owned() }));
        }
    }
}
