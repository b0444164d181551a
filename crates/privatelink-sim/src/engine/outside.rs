//! What happens past the API: a person in the console, a consumer who is not simulated as a client.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::call::Admitted;
use super::sessions::Order;
use super::state::State;
use super::visit::Caller;
use crate::admin::{AttachmentId, ConnectionChange, EndpointOrder, ServiceChange};
use crate::config::UserLists;
use crate::machine::connection::ConnectionEvent;
use crate::machine::endpoint::EndpointEvent;
use crate::machine::service::ServiceEvent;
use crate::operations;
use crate::wire::params::Params;
use crate::world::{Attachment, Principal, RegionStatus, Service, Spelling, SupportedRegion};

impl State {
    /// Takes over what the configuration says about the world.
    pub(crate) fn apply_config(&mut self) {
        self.world.keep_history(self.config.lists.longest_lag());
    }

    /// `CreateVpcEndpoint` without the gateway. Gives the id, or the code of the refusal.
    pub(crate) fn order_endpoint(&mut self, order: &EndpointOrder, now: Timestamp) -> Result<String, String> {
        let spec = operations::find("CreateVpcEndpoint", privatelink::API.version).ok_or("InvalidApi.NotFound")?;
        let service = self.world.service(&order.service_id).cloned();
        let (zones, region) = match &service {
            Some(service) => (zones(order, service), service.region.clone()),
            None => (Vec::new(), self.config.default_region.clone()),
        };
        let call = Admitted {
            spec,
            caller: Caller::of(order.account.clone(), ""),
            params: params(order, &zones, &region),
            region: order.region.clone().unwrap_or(region),
        };
        call.params.check(spec.params, self.config.guesses.missing_parameter).map_err(|e| e.code.into_owned())?;
        let request_id = self.dice.request_id();
        let (answer, _) = self.run(&call, None, &request_id, now);
        let fields = answer.map_err(|refusal| refusal.code.into_owned())?;
        Ok(fields.get("EndpointId").and_then(|id| id.as_str()).unwrap_or_default().to_owned())
    }

    /// A temporary key beside STS; none: there is no such account.
    pub(crate) fn issue(&mut self, account: &str, role: &str, now: Timestamp) -> Option<Value> {
        const USUAL: Duration = Duration::from_hours(1);
        let known = self.config.accounts.iter().find(|known| known.id == account)?;
        let denied = known.roles.iter().find(|known| known.name == role).map(|role| role.denied.clone());
        let order = Order {
            account: account.to_owned(),
            role: role.to_owned(),
            name: "sim".to_owned(),
            denied: denied.unwrap_or_default(),
        };
        let lifetime = self.config.sts.lifetime.unwrap_or(USUAL);
        Some(self.sessions.issue(order, lifetime, &mut self.dice, now).credentials())
    }

    /// False: there is no such endpoint, or it goes already.
    pub(crate) fn drop_endpoint(&mut self, id: &str, now: Timestamp) -> bool {
        let takes = self.dice.span(self.config.timers.endpoint_deleting);
        let goes = self.world.change_endpoint(now, id, |endpoint| {
            let goes = endpoint.event(now, EndpointEvent::Remove, takes);
            endpoint.connect_event(now, ConnectionEvent::EndpointGoes, takes);
            goes
        });
        goes == Some(true)
    }

    /// False: there is no such endpoint, or its connection cannot be accepted or cut off now.
    pub(crate) fn change_connection(&mut self, id: &str, change: &ConnectionChange, now: Timestamp) -> bool {
        let takes = self.dice.span(self.config.timers.connection);
        let Some(endpoint) = self.world.endpoint(id).cloned() else { return false };
        let service = self.world.service(&endpoint.service_id).cloned();
        let resources = service.and_then(|service| operations::allocate(&service, &endpoint).ok());
        let ConnectionChange { accepted, bandwidth, traffic_mode } = change;
        let changed = self.world.change_endpoint(now, id, |endpoint| {
            set(&mut endpoint.connection.bandwidth, bandwidth.as_ref());
            set(&mut endpoint.connection.traffic_mode, traffic_mode.as_ref());
            match (accepted, resources) {
                (Some(true), Some(resources)) => operations::accept(endpoint, resources, now, takes),
                (Some(true), None) => return false,
                (Some(false), _) => return endpoint.connect_event(now, ConnectionEvent::Cut, takes),
                (None, _) => {}
            }
            true
        });
        changed == Some(true)
    }

    /// False: there is no such service.
    pub(crate) fn change_outside(&mut self, id: &str, change: &ServiceChange, now: Timestamp) -> bool {
        let lists = self.config.guesses.user_lists;
        self.world.change_service(now, id, |service| apply(service, change, lists)).is_some()
    }

    /// False: there is no such service, or it goes already.
    pub(crate) fn delete_outside(&mut self, id: &str, now: Timestamp) -> bool {
        let takes = self.dice.span(self.config.timers.deleting);
        let goes = self.world.change_service(now, id, |service| service.event(now, ServiceEvent::Remove, takes));
        goes == Some(true)
    }
}

fn zones(order: &EndpointOrder, service: &Service) -> Vec<String> {
    order.zones.clone().unwrap_or_else(|| service.zones().into_iter().map(str::to_owned).collect())
}

fn params(order: &EndpointOrder, zones: &[String], service_region: &str) -> Params {
    let fixed = [
        ("ServiceId", order.service_id.as_str()),
        ("ServiceRegionId", service_region),
        ("VpcId", &order.vpc_id),
        ("EndpointName", &order.name),
        ("SecurityGroupId.1", "sg-consumer"),
    ];
    let mut values: BTreeMap<String, String> =
        fixed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for (zone, n) in zones.iter().zip(1..) {
        values.insert(format!("Zone.{n}.ZoneId"), zone.clone());
        values.insert(format!("Zone.{n}.VSwitchId"), "vsw-consumer".to_owned());
    }
    Params::new(values)
}

/// Every field is named, so that a new one is not forgotten.
fn apply(service: &mut Service, change: &ServiceChange, lists: UserLists) {
    let ServiceChange {
        description,
        auto_accept,
        zone_affinity,
        connect_bandwidth,
        resource_group,
        tags,
        add_users,
        remove_users,
        add_user_arns,
        remove_user_arns,
        business_status,
        detach,
        allocate,
        keep_back,
        open_regions,
        close_regions,
    } = change;
    set(&mut service.description, description.as_ref());
    set(&mut service.auto_accept, auto_accept.as_ref());
    set(&mut service.zone_affinity, zone_affinity.as_ref());
    set(&mut service.connect_bandwidth, connect_bandwidth.as_ref());
    set(&mut service.resource_group, resource_group.as_ref());
    for (key, value) in tags {
        match value {
            Some(value) => drop(service.tags.insert(key.clone(), value.clone())),
            None => drop(service.tags.remove(key)),
        }
    }
    for (spelling, principal) in named(add_users, add_user_arns) {
        service.users.add(spelling, principal);
    }
    for (spelling, principal) in named(remove_users, remove_user_arns) {
        service.users.remove(lists, spelling, &principal);
    }
    if business_status.is_some() {
        service.business_status.clone_from(business_status);
    }
    let is_among = |ids: &[AttachmentId], held: &Attachment| ids.iter().any(|id| id.names(&held.key));
    service.attachments.retain(|held| !is_among(detach, held));
    for held in &mut service.attachments {
        held.auto_allocated = is_among(allocate, held) || held.auto_allocated && !is_among(keep_back, held);
    }
    change_regions(service, open_regions, close_regions);
}

/// At once: nobody waits for a job of the provider.
fn change_regions(service: &mut Service, open: &[String], close: &[String]) {
    service.supported_regions.retain(|region| !open.contains(&region.id) && !close.contains(&region.id));
    let opened =
        open.iter().map(|id| SupportedRegion { id: id.clone(), status: RegionStatus::Available, settles: None });
    service.supported_regions.extend(opened);
}

/// Principals with their spellings; what is no ARN is passed over.
fn named(ids: &[i64], arns: &[String]) -> Vec<(Spelling, Principal)> {
    let by_id = ids.iter().map(|id| (Spelling::Id, Principal::Account(*id)));
    let by_arn = arns.iter().filter_map(|arn| Some((Spelling::Arn, operations::parse_arn(arn).ok()?)));
    by_id.chain(by_arn).collect()
}

fn set<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}
