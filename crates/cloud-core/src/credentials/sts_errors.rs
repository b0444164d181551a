//! What STS said, for somebody who waits for credentials.

use super::CredentialError;
use crate::error::{Error, ErrorKind};

/// Turns a failed exchange into the error of a source. What passes by itself is told from what somebody must change.
pub(super) fn from_sts(error: &Error) -> CredentialError {
    let code = error.code().unwrap_or_default();
    let passes = matches!(
        error.kind(),
        ErrorKind::Transient | ErrorKind::Throttled | ErrorKind::Busy | ErrorKind::Unknown | ErrorKind::AlreadyDone
    );
    let request = error.request_id().map(|id| format!(" (request {id})")).unwrap_or_default();
    let advice = remedy(code).map(|remedy| format!("; {remedy}")).unwrap_or_default();
    let message = format!("{error}{request}{advice}");
    // The kubelet replaces the token by itself.
    if passes || code == TOKEN_EXPIRED { CredentialError::fetch(message) } else { CredentialError::refused(message) }
}

const TOKEN_EXPIRED: &str = "AuthenticationFail.OIDCToken.Expired";

/// What to do about a code. The first prefix that fits counts.
const REMEDIES: &[(&str, &str)] = &[
    (TOKEN_EXPIRED, "the token file is stale: mount it as a projected service account token, which the kubelet renews"),
    (
        "AuthenticationFail.OIDCToken.AudienceNotMatch",
        "project the service account token with the audience sts.aliyuncs.com, and allow that audience at the identity provider in RAM",
    ),
    ("AuthenticationFail.OIDCToken.Issuer", "enable RRSA for the cluster, then recreate the pod"),
    (
        "AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch",
        "update the certificate fingerprint of the identity provider in RAM",
    ),
    ("AuthenticationFail.OIDCToken", "mount a projected service account token with the audience sts.aliyuncs.com"),
    (
        "AuthenticationFail.NoPermission",
        "create the identity provider in RAM, and let the role's trust policy name it and this service account",
    ),
    ("EntityNotExist.Role", "create the RAM role, or correct its ARN"),
    ("NoPermission", "allow the caller sts:AssumeRole, and let the role's trust policy name the caller"),
    ("InvalidParameter.DurationSeconds", "ask for at most the MaxSessionDuration of the role"),
];

fn remedy(code: &str) -> Option<&'static str> {
    REMEDIES.iter().find(|(prefix, _)| code.starts_with(prefix)).map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sts::{ASSUME_ROLE, ASSUME_ROLE_WITH_OIDC};
    use crate::test_support::{answered, lost_answer, not_sent, refused, throttled};

    #[test]
    fn what_passes_by_itself_is_told_from_what_somebody_must_change() {
        let passing = [
            lost_answer(ASSUME_ROLE),
            not_sent(ASSUME_ROLE_WITH_OIDC),
            throttled(ASSUME_ROLE, std::time::Duration::from_secs(1)),
            answered(ASSUME_ROLE, 503, "ServiceUnavailable"),
            refused(ASSUME_ROLE, "ACodeNobodyKnows"),
            refused(ASSUME_ROLE_WITH_OIDC, TOKEN_EXPIRED),
        ];
        for error in &passing {
            assert!(matches!(from_sts(error), CredentialError::Fetch { .. }), "{error}");
        }
        let lasting =
            ["EntityNotExist.Role", "NoPermission", "AuthenticationFail.NoPermission", "SignatureDoesNotMatch"];
        for code in lasting {
            assert!(matches!(from_sts(&refused(ASSUME_ROLE, code)), CredentialError::Refused { .. }), "{code}");
        }
    }

    #[test]
    fn the_message_names_operation_code_request_and_remedy() {
        let expected = "failed to get credentials: failed to AssumeRole: EntityNotExist.Role: made for a test \
                        (request 00000000-0000-0000-0000-000000000000); create the RAM role, or correct its ARN";
        assert_eq!(from_sts(&refused(ASSUME_ROLE, "EntityNotExist.Role")).to_string(), expected);
    }

    #[test]
    fn every_documented_code_of_an_exchange_has_a_remedy_of_its_own() {
        let codes = [
            "AuthenticationFail.OIDCToken.Expired",
            "AuthenticationFail.OIDCToken.AudienceNotMatch",
            "AuthenticationFail.OIDCToken.IssuerNotMatch",
            "AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch",
            "AuthenticationFail.OIDCToken.Invalid",
            "AuthenticationFail.NoPermission",
            "EntityNotExist.Role",
            "NoPermission",
            "InvalidParameter.DurationSeconds",
        ];
        let found: std::collections::BTreeSet<&str> = codes.iter().filter_map(|code| remedy(code)).collect();
        assert_eq!(found.len(), codes.len());
        assert_eq!(remedy("AuthenticationFail.OIDCToken.IssuerConfigurationBroken"), remedy(codes[2]));
        assert_eq!(remedy("Throttling.User"), None);
    }
}
