//! Errors of STS: code, HTTP status, text. Codes: "Use RRSA" and the STS error pages of the provider; the status is documented for
//! none of those about tokens, so theirs is a guess, and so are most of the texts.

#[rustfmt::skip]
pub(super) const ROWS: &[(&str, u16, &str)] = &[
    ("AuthenticationFail.NoPermission", 403, "This operator is not authorized to perform this action."),
    ("AuthenticationFail.OIDCToken.AudienceNotMatch", 400, "The audience in the token is not one that the identity provider allows."),
    ("AuthenticationFail.OIDCToken.Expired", 400, "This token has expired."),
    ("AuthenticationFail.OIDCToken.Invalid", 400, "This token is invalid."),
    ("AuthenticationFail.OIDCToken.IssuerNotMatch", 400, "The issuer in the token is not that of the identity provider."),
    ("EntityNotExist.Role", 404, "The role does not exist."),
    ("InvalidParameter.DurationSeconds", 400, "The duration must be at least 900 seconds, and at most the MaxSessionDuration of the role."),
    ("InvalidParameter.OIDCProviderArn", 400, "The parameter OIDCProviderArn is wrongly formed."),
    ("InvalidParameter.RoleArn", 400, "The parameter RoleArn is wrongly formed."),
    ("InvalidParameter.RoleSessionName", 400, "The parameter RoleSessionName is wrongly formed."),
    ("NoPermission", 403, "You are not authorized to do this action. You should be authorized by RAM."),
];
