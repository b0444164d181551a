//! The Security Token Service: who somebody is, and temporary keys for roles.

mod token;

use std::time::Duration;

use cloud_core::sts;
use privatelink::Serial;
use serde_json::json;

use self::token::Token;
use super::{Common, Nature, Spec, view};
use crate::config::{Account, Rate, Role};
use crate::engine::{Order, Visit};
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, need};

pub(super) const TABLE: &[Spec] = &[
    Spec { name: sts::GET_CALLER_IDENTITY.name, run: identity, ..BASE },
    Spec {
        name: sts::ASSUME_ROLE.name,
        params: &[
            need("RoleArn", Kind::Text),
            need("RoleSessionName", Kind::Text),
            may("DurationSeconds", Kind::Text),
            may("ExternalId", Kind::Text),
            may("Policy", Kind::Text),
        ],
        codes: &[
            "EntityNotExist.Role",
            "InvalidParameter.DurationSeconds",
            "InvalidParameter.RoleArn",
            "InvalidParameter.RoleSessionName",
            "NoPermission",
        ],
        run: assume,
        ..BASE
    },
    Spec {
        name: sts::ASSUME_ROLE_WITH_OIDC.name,
        is_anonymous: true,
        params: &[
            need("RoleArn", Kind::Text),
            need("OIDCProviderArn", Kind::Text),
            need("OIDCToken", Kind::Text),
            need("RoleSessionName", Kind::Text),
            may("DurationSeconds", Kind::Text),
            may("Policy", Kind::Text),
        ],
        codes: &[
            "AuthenticationFail.NoPermission",
            "AuthenticationFail.OIDCToken.AudienceNotMatch",
            "AuthenticationFail.OIDCToken.Expired",
            "AuthenticationFail.OIDCToken.Invalid",
            "AuthenticationFail.OIDCToken.IssuerNotMatch",
            "EntityNotExist.Role",
            "InvalidParameter.DurationSeconds",
            "InvalidParameter.OIDCProviderArn",
            "InvalidParameter.RoleArn",
            "InvalidParameter.RoleSessionName",
        ],
        run: exchange,
        ..BASE
    },
];

/// What the operations of STS have in common.
const BASE: Spec = Spec {
    name: "",
    api: &sts::API,
    operation: None,
    nature: Nature::Read,
    serial: Serial::None,
    common: Common::None,
    // Documented for the whole of STS.
    rate: Rate { calls: 100, per: Duration::from_secs(1) },
    params: &[],
    codes: &[],
    is_anonymous: false,
    run: identity,
};

#[expect(clippy::unnecessary_wraps, reason = "the type of every operation")]
fn identity(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let account = &visit.caller.account;
    let whole = match &visit.caller.session {
        Some((role, name)) => json!({
            "AccountId": account,
            "Arn": format!("acs:ram::{account}:assumed-role/{role}/{name}"),
            "IdentityType": "AssumedRoleUser",
            "PrincipalId": format!("3{account}:{name}"),
            "RoleId": format!("3{account}"),
        }),
        None => json!({
            "AccountId": account,
            "Arn": format!("acs:ram::{account}:user/sim"),
            "IdentityType": "RAMUser",
            "PrincipalId": format!("2{account}"),
            "UserId": format!("2{account}"),
        }),
    };
    Ok(view::fields(whole))
}

/// `AssumeRole`: the caller's key, the trust policy, the external id.
fn assume(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let (account, role) = role(visit)?;
    let caller = &visit.caller.account;
    let is_trusted = *caller == account || role.trusted_accounts.contains(caller);
    let external_id = visit.params.filled("ExternalId");
    if !is_trusted || (role.external_id.is_some() && role.external_id.as_deref() != external_id) {
        return Err(Refusal::of("NoPermission"));
    }
    issue(visit, &account, &role)
}

/// `AssumeRoleWithOIDC`: the token, then the trust policy.
fn exchange(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let (account, role) = role(visit)?;
    let provider = visit.params.required("OIDCProviderArn");
    if !provider.starts_with("acs:ram::") || !provider.contains(":oidc-provider/") {
        return Err(Refusal::of("InvalidParameter.OIDCProviderArn"));
    }
    let token = Token::read(visit.params.required("OIDCToken"))?;
    let trust = role.oidc.as_ref().ok_or_else(|| Refusal::of("AuthenticationFail.NoPermission"))?;
    token.check(trust, provider, visit.now)?;
    issue(visit, &account, &role)
}

/// The role that the call names. An account without any has every one.
fn role(visit: &Visit<'_>) -> Result<(String, Role), Refusal> {
    let (account, name) =
        parse_role(visit.params.required("RoleArn")).ok_or_else(|| Refusal::of("InvalidParameter.RoleArn"))?;
    let known = visit.config.accounts.iter().find(|known| known.id == account);
    let find = |known: &Account| {
        let named = known.roles.iter().find(|role| role.name == name).cloned();
        if known.roles.is_empty() { Some(Role::open(name)) } else { named }
    };
    let role = known.and_then(find).ok_or_else(|| Refusal::of("EntityNotExist.Role"))?;
    Ok((account.to_owned(), role))
}

/// Account and name in the ARN of a role.
pub(crate) fn parse_role(arn: &str) -> Option<(&str, &str)> {
    arn.strip_prefix("acs:ram::")?
        .split_once(":role/")
        .filter(|(account, name)| !account.is_empty() && !name.is_empty())
}

fn issue(visit: &mut Visit<'_>, account: &str, role: &Role) -> Result<Fields, Refusal> {
    let name = visit.params.required("RoleSessionName").to_owned();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte);
    if !(2..=64).contains(&name.len()) || !name.bytes().all(fits) {
        return Err(Refusal::of("InvalidParameter.RoleSessionName"));
    }
    let asked = asked_lifetime(visit.params.filled("DurationSeconds"), role)?;
    let lifetime = visit.config.sts.lifetime.unwrap_or(asked);
    let order = Order { account: account.to_owned(), role: role.name.clone(), name, denied: role.denied.clone() };
    let session = visit.sessions.issue(order, lifetime, visit.dice, visit.now);
    Ok(view::fields(json!({
        "Credentials": session.credentials(),
        "AssumedRoleUser": {
            "Arn": format!("acs:ram::{account}:assumed-role/{}/{}", session.role, session.name),
            "AssumedRoleId": format!("3{account}:{}", session.name),
        },
    })))
}

fn asked_lifetime(text: Option<&str>, role: &Role) -> Result<Duration, Refusal> {
    const SHORTEST: Duration = Duration::from_mins(15);
    const USUAL: Duration = Duration::from_hours(1);
    let asked = text.map_or(Some(USUAL), |text| text.parse().ok().map(Duration::from_secs));
    let fits = |asked: &Duration| (SHORTEST..=role.max_session).contains(asked);
    asked.filter(fits).ok_or_else(|| Refusal::of("InvalidParameter.DurationSeconds"))
}
