//! Whether the product is activated, and its activation.

use serde_json::json;

use super::{Common, Spec, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may};

/// The activation, which alone of all writes works before it.
pub(super) const OPEN: &str = "OpenPrivateLinkService";

pub(super) const TABLE: &[Spec] = &[
    Spec::read("CheckProductOpen", 500, check).common(Common::None).refuses(&["NeedOpenProduct"]),
    Spec::write(OPEN, 5, open)
        .per_second()
        .common(Common::None)
        .takes(&[may("OwnerId", Kind::Whole(0, i64::MAX))])
        .refuses(&["OrderOpend", "AccountTypeRestricted", "InvalidAccountStatus.NotEnoughBalance"]),
];

/// The one good answer that says `Success`.
fn check(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    if !visit.account.product_open.is_on() {
        return Err(Refusal::of("NeedOpenProduct"));
    }
    Ok(view::fields(json!({ "Success": true })))
}

/// A commercial order. What is open already is an error, and so is an account that has no money.
fn open(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    if visit.account.product_open.is_on() {
        return Err(Refusal::of("OrderOpend"));
    }
    if visit.account.business_status.is_locked() {
        return Err(Refusal::of("InvalidAccountStatus.NotEnoughBalance"));
    }
    visit.commit()?;
    visit.opened_product = true;
    Ok(view::fields(json!({ "OrderId": (visit.dice.number() % 1_000_000_000_000_000).to_string() })))
}
