//! Security groups of an endpoint: attach, detach, list.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::Operation;
use serde_json::{Value, json};

use super::{Spec, consumer, view};
use crate::clock::after;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::attachment::AttachmentStatus;
use crate::machine::endpoint::EndpointEvent;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, Param, may, need};
use crate::world::{Endpoint, SecurityGroup};

const GROUP: &[Param] = &[need("EndpointId", Kind::Text), need("SecurityGroupId", Kind::Text)];

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::AttachSecurityGroupToVpcEndpoint, attach).takes(GROUP),
    Spec::of(Operation::DetachSecurityGroupFromVpcEndpoint, detach).takes(GROUP),
    Spec::of(Operation::ListVpcEndpointSecurityGroups, list).takes(&[
        need("EndpointId", Kind::Text),
        may("MaxResults", Kind::Whole(0, 50)),
        may("NextToken", Kind::Text),
    ]),
];

/// The group is `Attaching` and the endpoint `Pending` for a while.
fn attach(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let endpoint = changeable(visit)?;
    let id = visit.params.required("SecurityGroupId");
    if !id.starts_with("sg-") {
        return Err(Refusal::of("SecurityGroupNotFound"));
    }
    if endpoint.security_groups.iter().any(|group| group.id == id) {
        return Err(Refusal::of("SecurityGroupExist"));
    }
    // No code is documented for a kind of endpoint without security groups: a guess.
    if endpoint.kind != "Interface" {
        return Err(Refusal::of("EndpointOperationDenied"));
    }
    visit.commit()?;
    let number = visit.world.next_number();
    change(visit, &endpoint, |endpoint, now, takes| {
        let (id, settles) = (id.to_owned(), Some(after(now, takes)));
        endpoint.security_groups.push(SecurityGroup { id, number, status: AttachmentStatus::Attaching, settles });
    });
    Ok(view::nothing())
}

/// The group is `Detaching` and the endpoint `Pending` for a while. One group must stay.
fn detach(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let endpoint = changeable(visit)?;
    let id = visit.params.required("SecurityGroupId");
    if !endpoint.security_groups.iter().any(|group| group.id == id) {
        return Err(Refusal::of("SecurityGroupNotFound"));
    }
    if endpoint.security_groups.len() == 1 {
        return Err(Refusal::of("EndpointMustContainSecurityGroup"));
    }
    visit.commit()?;
    change(visit, &endpoint, |endpoint, now, takes| {
        for group in endpoint.security_groups.iter_mut().filter(|group| group.id == id) {
            group.detach(now, takes);
        }
    });
    Ok(view::nothing())
}

fn changeable(visit: &Visit<'_>) -> Result<Arc<Endpoint>, Refusal> {
    let endpoint = consumer::ready(visit)?;
    consumer::check_service_is_there(&endpoint)?;
    consumer::check_connection_rests(&endpoint)?;
    Ok(endpoint)
}

/// Puts the endpoint into `Pending` and makes a change that takes as long.
fn change(visit: &mut Visit<'_>, endpoint: &Endpoint, make: impl FnOnce(&mut Endpoint, Timestamp, Duration)) {
    let takes = visit.takes(visit.config.timers.endpoint_pending);
    let now = visit.now;
    visit.world.change_endpoint(now, &endpoint.id, |endpoint| {
        endpoint.event(now, EndpointEvent::Change, takes);
        make(endpoint, now, takes);
    });
}

fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let id = consumer::own(visit)?.id.clone();
    let endpoint = visit.world.endpoint_at(visit.as_of(), &id).map(Arc::clone);
    let groups = endpoint.iter().flat_map(|endpoint| &endpoint.security_groups);
    let show =
        |group: &SecurityGroup| json!({ "SecurityGroupId": group.id, "SecurityGroupStatus": group.status.as_str() });
    let all: Vec<(u64, Value)> = groups.map(|group| (group.number, show(group))).collect();
    let page = visit.page(all)?;
    let mut fields = page.fields;
    fields.insert("SecurityGroups".to_owned(), page.items.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), page.total.into());
    Ok(fields)
}
