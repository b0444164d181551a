//! Who the credentials belong to: `GetCallerIdentity` of the Security Token Service, version 2015-04-01.

use serde::{Deserialize, Serialize};

use crate::call::Engine;
use crate::error::{Error, ErrorCodes, ErrorKind, Fate};
use crate::lenient::text;
use crate::operation::{Api, ApiOperation, Concurrency, Effect, Placement, Rate};
use crate::request::Request;

/// The Security Token Service.
pub static API: Api =
    Api { name: "STS", version: "2015-04-01", host: "sts", action_prefix: "sts", codes: ErrorCodes::NONE };

/// Names the account and identity of the credentials. Its rate is not in the reference at hand: a cautious figure.
pub const GET_CALLER_IDENTITY: ApiOperation = ApiOperation {
    api: &API,
    name: "GetCallerIdentity",
    effect: Effect::Reads,
    placement: Placement::Query,
    rate: Rate::per_second(10),
    concurrency: Concurrency::Unbounded,
    needs_region: false,
    has_client_token: false,
};

/// The identity behind the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account's id, 16 digits as a rule.
    pub account_id: String,
    /// The identity's ARN, such as `acs:ram::1234567890123456:user/operator`.
    pub arn: Option<String>,
    /// `Account`, `RAMUser` or `AssumedRoleUser`.
    pub identity_type: Option<String>,
    /// The identity's id: of the user, or `<role id>:<session name>`.
    pub principal_id: Option<String>,
}

/// The parameters of `GetCallerIdentity`: none.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct GetCallerIdentityRequest {}

impl Request for GetCallerIdentityRequest {
    const OPERATION: ApiOperation = GET_CALLER_IDENTITY;
    type Answer = GetCallerIdentityResponse;
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct GetCallerIdentityResponse {
    #[serde(deserialize_with = "text")]
    account_id: Option<String>,
    #[serde(deserialize_with = "text")]
    arn: Option<String>,
    #[serde(deserialize_with = "text")]
    identity_type: Option<String>,
    #[serde(deserialize_with = "text")]
    principal_id: Option<String>,
}

pub(crate) async fn caller_identity(engine: &Engine) -> Result<CallerIdentity, Error> {
    let answer = engine.call(&GetCallerIdentityRequest {}, &[]).await?;
    let GetCallerIdentityResponse { account_id, arn, identity_type, principal_id } = answer;
    let account_id = account_id.filter(|id| !id.is_empty()).ok_or_else(|| {
        let message = "failed to read the answer: it names no account";
        Error::local(GET_CALLER_IDENTITY, ErrorKind::Transient, Fate::Ambiguous, message)
    })?;
    Ok(CallerIdentity { account_id, arn, identity_type, principal_id })
}
