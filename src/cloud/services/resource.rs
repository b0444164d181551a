//! What the inventory must know of endpoint services: see [`Resource`].

use std::collections::BTreeMap;

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;
use privatelink::{BusinessStatus, ConnectionStatus, Operation, Reader, RegionStatus, ServiceStatus, ZoneStatus};

use super::connections;
use super::observed::{Observed, Proof};
use super::{
    Attachment, AttachmentKey, Connection, Connections, Created, Details, Field, Regions, Service, Value, Write, reads,
};
use crate::cloud::inventory::Reads;
use crate::cloud::inventory::observed::Observation;
use crate::cloud::inventory::resource::{Aftermath, Phase, Resource};
use crate::cloud::load_balancers::Seen;

/// Endpoint services, as a resource of which an inventory is kept. Details: attachments and principals. Dependents: its connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EndpointServices;

/// Which of the details a spec manages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Managed {
    pub attachments: bool,
    pub principals: bool,
    /// The consumers that may be connected.
    pub connections: bool,
}

impl Resource for EndpointServices {
    type View = Service;
    type Status = ServiceStatus;
    type Field = Field;
    type Value = Value;
    type Write = Write;
    type Created = Created;
    type Details = Details;
    type Managed = Managed;
    type Dependent = Connection;
    type Observed = Observed;
    type Reader = Reader;

    const NAME: &'static str = "services";
    const DEPENDENTS_NAME: &'static str = "connections";
    const CREATE: ApiOperation = Operation::CreateVpcEndpointService.api_operation();
    const LIST: ApiOperation = Operation::ListVpcEndpointServices.api_operation();
    const LIST_DEPENDENTS: ApiOperation = Operation::ListVpcEndpointConnections.api_operation();
    const READ_DETAILS: &'static [ApiOperation] = &[
        Operation::ListVpcEndpointServiceResources.api_operation(),
        Operation::ListVpcEndpointServiceUsers.api_operation(),
    ];

    fn observed(observation: Observation<Self>) -> Observed {
        let Observation {
            as_of,
            ownership,
            details,
            dependents,
            own,
            list_error,
            dependents_error,
            details_error,
            refresh,
        } = observation;
        Observed {
            as_of,
            service: ownership,
            details,
            connections: dependents.map(|(as_of, list)| Connections { as_of, list }),
            own,
            list_error,
            connections_error: dependents_error,
            details_error,
            refresh,
            load_balancers: Seen::default(),
            is_owner_gone: false,
        }
    }

    fn id(view: &Service) -> &str {
        &view.id
    }

    fn tags(view: &Service) -> &BTreeMap<String, String> {
        &view.tags
    }

    fn created_at(view: &Service) -> Option<Timestamp> {
        view.create_time.as_deref().and_then(|text| text.parse().ok())
    }

    fn status(view: &Service) -> &ServiceStatus {
        &view.status
    }

    fn phase(status: &ServiceStatus) -> Phase {
        match status {
            ServiceStatus::Active => Phase::Active,
            ServiceStatus::Creating | ServiceStatus::Pending => Phase::Passing,
            ServiceStatus::Deleting => Phase::Deleting,
            ServiceStatus::Unknown(_) => Phase::Unknown,
        }
    }

    fn deleting() -> ServiceStatus {
        ServiceStatus::Deleting
    }

    fn set_status(view: &mut Service, status: ServiceStatus) {
        view.status = status;
    }

    fn set_proof(view: &mut Service, proof: Proof) {
        view.proof = proof;
    }

    fn set_unseen(view: &mut Service, field: Field) {
        view.unseen.insert(field);
    }

    fn set_settling(view: &mut Service, is_settling: bool) {
        view.settling = is_settling;
    }

    fn operation(write: &Write) -> ApiOperation {
        write.operation().into()
    }

    fn values(write: &Write) -> Vec<(Field, Value)> {
        write.values()
    }

    fn created_values(created: &Created) -> Vec<(Field, Value)> {
        created.attachments.keys().map(|key| (Field::Resource(key.clone()), Value::Present)).collect()
    }

    /// The owner is the one principal of a new service.
    fn into_view(created: Created, account: &str, now: Timestamp) -> (Service, Details) {
        let Created { service, attachments } = created;
        let principals = Some([account.to_owned()].into());
        (service, Details { as_of: now, read_at: now, attachments, principals })
    }

    fn aftermath(write: &Write) -> Aftermath {
        match write {
            Write::Delete => Aftermath::Deleted,
            Write::Attributes(_) | Write::AddRegions(_) | Write::RemoveRegions(_) => Aftermath::Updating,
            Write::Attach { .. } | Write::Detach { .. } | Write::AutoAllocation { .. } | Write::Migrate { .. } => {
                Aftermath::Settling
            }
            Write::ResourceGroup(_)
            | Write::Tag(_)
            | Write::Untag(_)
            | Write::AddPrincipal(_)
            | Write::RemovePrincipal(_)
            | Write::Accept { .. }
            | Write::Connection { .. }
            | Write::Disconnect(_)
            | Write::CloseReplaced { .. } => Aftermath::None,
        }
    }

    fn text(field: &Field, value: &Value) -> String {
        value.text_of(field)
    }

    fn is_detail(field: &Field) -> bool {
        matches!(field, Field::Resource(_) | Field::Principal(_))
    }

    fn is_of_dependents(field: &Field) -> bool {
        connections::is_of_one(field)
    }

    fn shown_dependents(list: &[Connection], field: &Field) -> Option<Value> {
        connections::shown(list, field)
    }

    fn dependents_agree(list: &[Connection], field: &Field, value: &Value) -> bool {
        connections::agree(list, field, value)
    }

    fn overlay_dependents(list: &mut [Connection], field: &Field, value: &Value) {
        connections::overlay(list, field, value);
    }

    fn is_dependent_moving(connection: &Connection) -> bool {
        connections::is_moving(connection)
    }

    fn follow_dependents(before: &[Connection], now: &mut [Connection], as_of: Timestamp) {
        connections::follow(before, now, as_of);
    }

    fn manages_dependents(managed: Managed) -> bool {
        managed.connections
    }

    fn is_updated_in_place(field: &Field) -> bool {
        field.is_updated() || matches!(field, Field::SupportedRegion(_))
    }

    fn shown(view: &Service, field: &Field) -> Option<Value> {
        shown(view, field)
    }

    fn overlay(view: &mut Service, field: &Field, value: &Value) {
        overlay(view, field, value);
    }

    fn shown_details(details: &Details, field: &Field) -> Option<Value> {
        shown_details(details, field)
    }

    fn details_agree(details: &Details, field: &Field, value: &Value) -> bool {
        details_agree(details, field, value)
    }

    fn overlay_details(details: &mut Details, field: &Field, value: &Value) {
        overlay_details(details, field, value);
    }

    fn details_as_of(details: &Details) -> Timestamp {
        details.as_of
    }

    fn outdate_details(details: &mut Details) {
        details.read_at = Timestamp::MIN;
    }

    fn details_equal(one: &Details, other: &Details) -> bool {
        (&one.attachments, &one.principals) == (&other.attachments, &other.principals)
    }

    fn manages_details(managed: Managed) -> bool {
        managed.attachments || managed.principals
    }

    fn unknown_states(view: &Service) -> Vec<(&'static str, &str)> {
        let mut met = Vec::new();
        if let ServiceStatus::Unknown(word) = &view.status {
            met.push(("ServiceStatus", word.as_str()));
        }
        let business = view.business_status.as_deref().unwrap_or_default();
        if matches!(BusinessStatus::from_wire(Some(business)), BusinessStatus::Unknown(_)) {
            met.push(("ServiceBusinessStatus", business));
        }
        for (_, status) in view.regions.iter().flat_map(Regions::iter) {
            if let RegionStatus::Unknown(word) = status {
                met.push(("RegionServiceStatus", word));
            }
        }
        met
    }

    fn unknown_states_of_dependent(connection: &Connection) -> Vec<(&'static str, &str)> {
        let own = match &connection.status {
            ConnectionStatus::Unknown(word) => Some(("ConnectionStatus", word.as_str())),
            _ => None,
        };
        // A zone whose state is not said at all is as the documentation has it for none.
        let zones = connection.zones.iter().filter_map(|zone| match &zone.status {
            ZoneStatus::Unknown(word) if !word.is_empty() => Some(("ZoneStatus", word.as_str())),
            _ => None,
        });
        own.into_iter().chain(zones).collect()
    }

    async fn list(reader: &Reader, cluster: &str) -> Result<Vec<Service>, Error> {
        reads::services(reader, cluster).await
    }

    async fn list_dependents(reader: &Reader) -> Result<BTreeMap<String, Vec<Connection>>, Error> {
        reads::connections(reader).await
    }

    async fn list_one(reads: Reads<'_, Self>, id: &str) -> Result<Option<Service>, Error> {
        reads::service(reads, id).await
    }

    async fn read_status(reads: Reads<'_, Self>, id: &str) -> Result<Option<ServiceStatus>, Error> {
        reads::status(reads, id).await
    }

    async fn read_details(reads: Reads<'_, Self>, id: &str, managed: Managed) -> Result<Details, Error> {
        reads::details(reads, id, managed.principals).await
    }
}

/// What a list's entry says of a field; `None`: nothing.
fn shown(service: &Service, field: &Field) -> Option<Value> {
    match field {
        Field::Tag(key) => Some(service.tags.get(key).cloned().map_or(Value::Absent, Value::Text)),
        Field::SupportedRegion(region) => service.regions.as_ref().map(|regions| regions.value(region)),
        Field::Resource(_) | Field::Principal(_) | Field::Connection(_) | Field::ConnectionZone { .. } => None,
        scalar => service.attributes.get(scalar).cloned(),
    }
}

/// What a read of attachments and principals says of a field.
fn shown_details(view: &Details, field: &Field) -> Option<Value> {
    match field {
        Field::Resource(key) => Some(match view.attachments.get(key) {
            None => Value::Absent,
            Some(attachment) if attachment.auto_allocated_enabled => Value::Present,
            Some(_) => Value::AutoAllocated(false),
        }),
        Field::Principal(account) => {
            let principals = view.principals.as_ref()?;
            Some(if principals.contains(account) { Value::Present } else { Value::Absent })
        }
        _ => None,
    }
}

/// Overlays the value on a list's entry.
fn overlay(service: &mut Service, field: &Field, value: &Value) {
    match (field, value) {
        (Field::Tag(key), Value::Text(text)) => {
            service.tags.insert(key.clone(), text.clone());
        }
        (Field::Tag(key), _) => {
            service.tags.remove(key);
        }
        (Field::SupportedRegion(region), value) => {
            if let Some(regions) = &mut service.regions {
                regions.overlay(region, value);
            }
        }
        (Field::Resource(_) | Field::Principal(_) | Field::Connection(_) | Field::ConnectionZone { .. }, _) => {}
        (scalar, value) => service.attributes.set(scalar.clone(), value.clone()),
    }
}

/// Whether a read of attachments and principals agrees with the value.
fn details_agree(view: &Details, field: &Field, value: &Value) -> bool {
    match (field, value) {
        (Field::Resource(key), Value::AutoAllocated(enabled)) => {
            view.attachments.get(key).is_some_and(|attachment| attachment.auto_allocated_enabled == *enabled)
        }
        (Field::Resource(key), value) => view.attachments.contains_key(key) == (*value != Value::Absent),
        (Field::Principal(account), value) => {
            view.principals.as_ref().is_none_or(|all| all.contains(account) == (*value != Value::Absent))
        }
        _ => true,
    }
}

/// Overlays the value on a read of attachments and principals.
fn overlay_details(view: &mut Details, field: &Field, value: &Value) {
    match (field, value) {
        (Field::Resource(key), Value::Absent) => {
            view.attachments.remove(key);
        }
        (Field::Resource(key), Value::AutoAllocated(enabled)) => {
            attachment(&mut view.attachments, key).auto_allocated_enabled = *enabled;
        }
        (Field::Resource(key), _) => {
            attachment(&mut view.attachments, key);
        }
        (Field::Principal(account), value) => {
            let Some(principals) = &mut view.principals else { return };
            match value {
                Value::Absent => principals.remove(account),
                _ => principals.insert(account.clone()),
            };
        }
        _ => {}
    }
}

/// The attachment, made as the provider makes it where no read has shown it: automatically allocated, used by nobody.
fn attachment<'a>(attachments: &'a mut BTreeMap<AttachmentKey, Attachment>, key: &AttachmentKey) -> &'a mut Attachment {
    attachments.entry(key.clone()).or_insert_with(|| Attachment::new(key.zone_id.clone()))
}
