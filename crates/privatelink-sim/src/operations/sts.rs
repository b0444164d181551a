//! The Security Token Service, as far as somebody wants to know who they are.

use privatelink::Api;
use serde_json::json;

use super::{Common, Spec, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;

pub(super) const TABLE: &[Spec] = &[
    // Documented for the whole of STS: 100 calls a second.
    Spec::read("GetCallerIdentity", 100, identity).per_second().common(Common::None).of(Api::Sts),
];

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
