//! The whitelist of a service.

use privatelink::Operation;
use serde_json::{Value, json};

use super::{Spec, view};
use crate::config::{UserLists, UserTotal};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::params::Params;
use crate::wire::schema::{Kind, Param, may, need};
use crate::world::{Principal, Service, Spelling};

const USER: &[Param] =
    &[need("ServiceId", Kind::Text), may("UserARN", Kind::Text), may("UserId", Kind::Whole(0, i64::MAX))];

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::AddUserToVpcEndpointService, add).takes(USER),
    Spec::of(Operation::RemoveUserFromVpcEndpointService, remove).takes(USER),
    Spec::of(Operation::ListVpcEndpointServiceUsers, list).takes(&[
        need("ServiceId", Kind::Text),
        may("MaxResults", Kind::Whole(0, 50)),
        may("NextToken", Kind::Text),
        may("UserId", Kind::Whole(0, i64::MAX)),
        may("UserListType", Kind::Word(&["Users", "UserARNs"])),
    ]),
];

/// Adding twice succeeds (guess: no code is documented for it).
fn add(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    change(visit, |service, _, spelling, principal| service.users.add(spelling, principal))
}

/// Removing who is not there succeeds (guess); connections that exist stay (guess).
fn remove(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    change(visit, |service, lists, spelling, principal| service.users.remove(lists, spelling, &principal))
}

fn change(visit: &mut Visit<'_>, make: fn(&mut Service, UserLists, Spelling, Principal)) -> Result<Fields, Refusal> {
    let principal = principal(visit.params)?;
    let service = visit.ready_service()?;
    visit.commit()?;
    let given = [("UserId", Spelling::Id), ("UserARN", Spelling::Arn)];
    let given = given.into_iter().filter(|(name, _)| visit.params.filled(name).is_some());
    let lists = visit.config.guesses.user_lists;
    visit.world.change_service(visit.now, &service.id, |service| {
        for (_, spelling) in given {
            make(service, lists, spelling, principal.clone());
        }
    });
    Ok(view::nothing())
}

/// An account id, an ARN, or both for the same account.
fn principal(params: &Params) -> Result<Principal, Refusal> {
    let by_id = params.whole("UserId").map(Principal::Account);
    let by_arn = params.filled("UserARN").map(parse_arn).transpose()?;
    match (by_id, by_arn) {
        (None, None) => Err(Refusal::of("MissingParam.UserArn")),
        (Some(id), Some(arn)) if id != arn => Err(Refusal::filled("Mismatch.UserIdAndUserArn", &["UserId", "UserARN"])),
        (Some(principal), _) | (None, Some(principal)) => Ok(principal),
    }
}

/// `acs:ram:*:<account>:*`; no account means everybody.
pub(crate) fn parse_arn(arn: &str) -> Result<Principal, Refusal> {
    let account = arn.strip_prefix("acs:ram:*:").and_then(|rest| rest.strip_suffix(":*"));
    match account {
        Some("" | "*") => Ok(Principal::Everybody),
        Some(id) => id.parse().map(Principal::Account).map_err(|_| Refusal::illegal("UserARN")),
        None => Err(Refusal::illegal("UserARN")),
    }
}

/// `UserListType` says which of the two lists is filled; the other one is empty.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let id = visit.own_service()?.id.clone();
    let service = visit.world.service_at(visit.as_of(), &id).cloned();
    let wanted: Option<i64> = visit.params.whole("UserId");
    let by_arn = visit.params.filled("UserListType") == Some("UserARNs");
    let (lists, counted) = (visit.config.guesses.user_lists, visit.config.guesses.user_total);
    let listed = |spelling: Spelling| {
        let users = service.iter().flat_map(|service| service.users.shown(lists, spelling));
        let users = users.filter(|user| wanted.is_none_or(|wanted| **user == Principal::Account(wanted)));
        users.map(|user| show(user, spelling)).collect::<Vec<Value>>()
    };
    let (ids, arns) = (listed(Spelling::Id), listed(Spelling::Arn));
    let both = ids.len() + arns.len();
    let page = visit.page((1..).zip(if by_arn { arns } else { ids }).collect())?;
    let total = if counted == UserTotal::Both { both } else { page.total };
    let (users, arns) = if by_arn { (Vec::new(), page.items) } else { (page.items, Vec::new()) };
    let mut fields = page.fields;
    fields.insert("Users".to_owned(), users.into());
    fields.insert("UserARNs".to_owned(), arns.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), total.to_string().into());
    Ok(fields)
}

fn show(user: &Principal, spelling: Spelling) -> Value {
    match (spelling, user) {
        (Spelling::Id, Principal::Account(id)) => json!({ "UserId": id }),
        (Spelling::Id, Principal::Everybody) | (Spelling::Arn, _) => json!({ "UserARN": user.arn() }),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_arn;
    use crate::world::Principal;

    #[test]
    fn arns_name_an_account_or_everybody() {
        assert_eq!(parse_arn("acs:ram:*:1234:*"), Ok(Principal::Account(1234)));
        assert_eq!(parse_arn("acs:ram:*::*"), Ok(Principal::Everybody));
        assert_eq!(parse_arn("acs:ram:*:*:*"), Ok(Principal::Everybody));
        for wrong in ["1234", "acs:ram:*:12x4:*", "acs:ram::1234:*", "acs:ram:*:1234:root", ""] {
            assert_eq!(parse_arn(wrong).unwrap_err().code, "IllegalParamFormat.UserARN", "{wrong}");
        }
    }
}
