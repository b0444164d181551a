//! Whether the product is activated, and its activation.

use privatelink::Operation;
use serde_json::json;

use super::{Spec, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may};

/// The activation, which alone of all writes works before it.
pub(super) const OPEN: Operation = Operation::OpenPrivateLinkService;

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::CheckProductOpen, check),
    Spec::of(OPEN, open).takes(&[may("OwnerId", Kind::Whole(0, i64::MAX))]),
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
