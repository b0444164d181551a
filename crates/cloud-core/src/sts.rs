//! The Security Token Service, version 2015-04-01: to whom credentials belong, and temporary ones for a role.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::address::{Address, Network, ParseAddressError};
use crate::call::Engine;
use crate::credentials::{CredentialError, Environment, IssuedFields};
use crate::error::{Error, ErrorCodes};
use crate::lenient::text;
use crate::operation::{Api, ApiOperation, Concurrency, Effect, Placement, Rate};
use crate::request::Request;

/// The Security Token Service.
pub static API: Api = Api {
    name: "STS",
    version: "2015-04-01",
    host: "sts",
    central_regions: &[],
    action_prefix: "sts",
    codes: ErrorCodes::NONE,
};

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

/// Issues temporary credentials for a role, to whoever signs. It changes nothing, so it may be repeated. Its rate is a cautious figure too.
pub const ASSUME_ROLE: ApiOperation = ApiOperation { name: "AssumeRole", ..GET_CALLER_IDENTITY };

/// Issues temporary credentials for a role, to whoever has a token of an identity provider that the role trusts. It is not signed.
pub const ASSUME_ROLE_WITH_OIDC: ApiOperation =
    ApiOperation { name: "AssumeRoleWithOIDC", placement: Placement::Form, ..GET_CALLER_IDENTITY };

/// Where STS is asked for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StsEndpoint {
    address: Address,
}

const ENDPOINT: &str = "ALIBABA_CLOUD_STS_ENDPOINT";
const REGION: &str = "ALIBABA_CLOUD_STS_REGION";
const IN_VPC: &str = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED";

impl StsEndpoint {
    /// The host on the internet that serves all regions, `sts.aliyuncs.com`.
    pub fn central() -> Self {
        Self::parse("sts.aliyuncs.com").expect("the host of the provider is one")
    }

    /// The host of a region, `sts[-vpc].<region>.aliyuncs.com`.
    pub fn regional(region: &str, network: Network) -> Self {
        Self { address: Address::of(&API, network, region) }
    }

    /// A bare host (asked over HTTPS) or a URL of scheme, host and port. Whoever gives one with `http` sends tokens unencrypted.
    pub fn parse(text: &str) -> Result<Self, ParseAddressError> {
        Address::parse(text).map(|address| Self { address })
    }

    /// What the environment says, in the order of the provider's libraries: `ALIBABA_CLOUD_STS_ENDPOINT`; else the host of
    /// `ALIBABA_CLOUD_STS_REGION`, inside the provider's networks if `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` is `true`; else the central host.
    pub fn from_environment(environment: &Environment) -> Result<Self, CredentialError> {
        if let Some(text) = environment.get(ENDPOINT) {
            let complaint = "is no host; give one, or a URL of scheme, host and port";
            return Self::parse(&text).map_err(|_| CredentialError::malformed(ENDPOINT, complaint));
        }
        let Some(region) = environment.get(REGION) else { return Ok(Self::central()) };
        let network = if environment.is_true(IN_VPC) { Network::Vpc } else { Network::Public };
        let is_id = region.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
        let complaint = "is no region; give its id, such as cn-hangzhou";
        is_id.then(|| Self::regional(&region, network)).ok_or_else(|| CredentialError::malformed(REGION, complaint))
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }
}

/// The parameters of `AssumeRole`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AssumeRoleRequest {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) duration_seconds: u64,
    pub(crate) external_id: Option<String>,
    pub(crate) policy: Option<String>,
}

impl Request for AssumeRoleRequest {
    const OPERATION: ApiOperation = ASSUME_ROLE;
    type Answer = AssumeRoleResponse;
}

/// The answer to both ways of assuming a role. Not printable: it holds a key.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct AssumeRoleResponse {
    pub(crate) credentials: IssuedFields,
}

/// The parameters of `AssumeRoleWithOIDC`.
#[derive(Debug)]
pub(crate) struct AssumeRoleWithOidcRequest {
    pub(crate) role_arn: String,
    pub(crate) provider_arn: String,
    pub(crate) session_name: String,
    pub(crate) duration_seconds: u64,
    pub(crate) token: SecretString,
}

pub(crate) async fn assume_role_with_oidc(
    engine: &Engine,
    request: AssumeRoleWithOidcRequest,
) -> Result<AssumeRoleResponse, Error> {
    let AssumeRoleWithOidcRequest { role_arn, provider_arn, session_name, duration_seconds, token } = request;
    let parameters = [
        ("RoleArn", role_arn),
        ("OIDCProviderArn", provider_arn),
        ("RoleSessionName", session_name),
        ("DurationSeconds", duration_seconds.to_string()),
        ("OIDCToken", token.expose_secret().to_owned()),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).to_vec();
    engine.call_unsigned(ASSUME_ROLE_WITH_OIDC, parameters, token).await
}

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
    let account_id = account_id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Error::unusable_answer(GET_CALLER_IDENTITY, "it names no account"))?;
    Ok(CallerIdentity { account_id, arn, identity_type, principal_id })
}
