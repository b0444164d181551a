//! The whitelist of a service.

use serde_json::{Value, json};

use super::{Scope, Spec, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::params::Params;
use crate::wire::schema::{Kind, Param, may, need};
use crate::world::{Principal, Service};

const USER: &[Param] =
    &[need("ServiceId", Kind::Text), may("UserARN", Kind::Text), may("UserId", Kind::Whole(0, i64::MAX))];
const USER_ERRORS: &[&str] = &["EndpointServiceNotFound", "MissingParam.UserArn", "Mismatch.UserIdAndUserArn"];

pub(super) const TABLE: &[Spec] = &[
    Spec::write("AddUserToVpcEndpointService", 200, add).serial(Scope::Account).takes(USER).refuses(USER_ERRORS),
    Spec::write("RemoveUserFromVpcEndpointService", 200, remove)
        .serial(Scope::Service)
        .takes(USER)
        .refuses(USER_ERRORS),
    Spec::read("ListVpcEndpointServiceUsers", 3000, list)
        .takes(&[
            need("ServiceId", Kind::Text),
            may("MaxResults", Kind::Whole(0, 50)),
            may("NextToken", Kind::Text),
            may("UserId", Kind::Whole(0, i64::MAX)),
            may("UserListType", Kind::Word(&["Users", "UserARNs"])),
        ])
        .refuses(&["EndpointServiceNotFound"]),
];

/// Adding twice succeeds (guess: no code is documented for it).
fn add(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    change(visit, |service, principal| {
        service.users.insert(principal);
    })
}

/// Removing who is not there succeeds (guess); connections that exist stay (guess).
fn remove(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    change(visit, |service, principal| {
        service.users.remove(&principal);
    })
}

fn change(visit: &mut Visit<'_>, make: fn(&mut Service, Principal)) -> Result<Fields, Refusal> {
    let principal = principal(visit.params)?;
    let service = visit.ready_service()?;
    visit.commit()?;
    visit.world.change_service(visit.now, &service.id, |service| make(service, principal));
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
fn parse_arn(arn: &str) -> Result<Principal, Refusal> {
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
    let users = service.iter().flat_map(|service| &service.users);
    let users = users.filter(|user| wanted.is_none_or(|wanted| **user == Principal::Account(wanted)));
    let shown = users.filter_map(|user| match user {
        _ if by_arn => Some(json!({ "UserARN": user.arn() })),
        Principal::Account(id) => Some(json!({ "UserId": id })),
        // Everybody has no account id.
        Principal::Everybody => None,
    });
    let all: Vec<(u64, Value)> = (1..).zip(shown).collect();
    let page = visit.page(all)?;
    let (users, arns) = if by_arn { (Vec::new(), page.items) } else { (page.items, Vec::new()) };
    let mut fields = page.fields;
    fields.insert("Users".to_owned(), users.into());
    fields.insert("UserARNs".to_owned(), arns.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), page.total.to_string().into());
    Ok(fields)
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
