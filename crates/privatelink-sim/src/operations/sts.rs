//! The Security Token Service, as far as somebody wants to know who they are.

use std::time::Duration;

use cloud_core::sts;
use privatelink::Serial;
use serde_json::json;

use super::{Common, Nature, Spec, view};
use crate::config::Rate;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;

pub(super) const TABLE: &[Spec] = &[Spec {
    name: sts::GET_CALLER_IDENTITY.name,
    api: &sts::API,
    operation: None,
    nature: Nature::Read,
    serial: Serial::None,
    common: Common::None,
    // Documented for the whole of STS.
    rate: Rate { calls: 100, per: Duration::from_secs(1) },
    params: &[],
    run: identity,
}];

#[expect(clippy::unnecessary_wraps, reason = "the type of every operation")]
fn identity(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let account = &visit.caller.account;
    Ok(view::fields(json!({
        "AccountId": account,
        "Arn": format!("acs:ram::{account}:user/sim"),
        "IdentityType": "RAMUser",
        "PrincipalId": format!("2{account}"),
        "UserId": format!("2{account}"),
    })))
}
