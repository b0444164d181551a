//! The scalar fields of a service: how an answer says each, and how a request does. Whatever compares, writes, overlays or tells a scalar reads
//! it from [`Attributes`] by its [`Field`], so that a new one is a variant of `Field`, a row here, and its line in `desired`.

use std::collections::{BTreeMap, btree_map};

use privatelink::{CreateVpcEndpointServiceRequest, EndpointService, UpdateVpcEndpointServiceAttributeRequest};

use super::{Field, Value};

/// Scalar fields with what they hold, or are to hold. One that is not among them the provider did not say (older gateways leave newer fields
/// out), or nobody wants to change: it is neither equal nor different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(BTreeMap<Field, Value>);

/// One scalar field.
#[derive(Debug)]
struct Scalar {
    field: Field,
    /// As the spec calls it.
    name: &'static str,
    read: fn(&EndpointService) -> Option<Value>,
    /// `None`: a Create does not take it.
    create: Option<fn(&mut CreateVpcEndpointServiceRequest, &Value)>,
    /// `None`: an operation of its own changes it.
    update: Option<fn(&mut UpdateVpcEndpointServiceAttributeRequest, &Value)>,
}

static SCALARS: [Scalar; 6] = [
    Scalar {
        field: Field::Description,
        name: "description",
        read: |answer| answer.service_description.clone().map(Value::Text),
        // An empty description is left out, because it is the provider's own beginning.
        create: Some(|request, value| request.service_description = value.text().filter(|text| !text.is_empty())),
        update: Some(|request, value| request.service_description = value.text()),
    },
    Scalar {
        field: Field::AutoAcceptEnabled,
        name: "autoAcceptEnabled",
        read: |answer| answer.auto_accept_enabled.map(Value::Flag),
        create: Some(|request, value| request.auto_accept_enabled = value.flag()),
        update: Some(|request, value| request.auto_accept_enabled = value.flag()),
    },
    Scalar {
        field: Field::ZoneAffinityEnabled,
        name: "zoneAffinityEnabled",
        read: |answer| answer.zone_affinity_enabled.map(Value::Flag),
        create: Some(|request, value| request.zone_affinity_enabled = value.flag()),
        update: Some(|request, value| request.zone_affinity_enabled = value.flag()),
    },
    Scalar {
        field: Field::AddressIpVersion,
        name: "addressIpVersion",
        read: |answer| answer.address_ip_version.as_deref().map(ip_version).map(Value::from),
        create: Some(|request, value| request.address_ip_version = value.text()),
        update: Some(|request, value| request.address_ip_version = value.text()),
    },
    Scalar {
        field: Field::ConnectBandwidthMbps,
        name: "connectBandwidthMbps",
        // The provider reports it for `slb` only. 0 means "not said", as it does for the other types.
        read: |answer| {
            let is_classic =
                answer.service_resource_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("slb"));
            let mbps = answer.connect_bandwidth.filter(|mbps| is_classic && *mbps > 0)?;
            i32::try_from(mbps).ok().map(Value::Mbps)
        },
        create: None,
        update: Some(|request, value| request.connect_bandwidth = value.mbps().map(i64::from)),
    },
    Scalar {
        field: Field::ResourceGroupId,
        name: "resourceGroupId",
        read: |answer| answer.resource_group_id.clone().map(Value::Text),
        create: Some(|request, value| request.resource_group_id = value.text()),
        update: None,
    },
];

/// In the spelling of the spec where it is one of the known words; any other stays as the provider gave it.
fn ip_version(text: &str) -> &str {
    ["IPv4", "DualStack"].into_iter().find(|known| text.eq_ignore_ascii_case(known)).unwrap_or(text)
}

impl Field {
    fn scalar(&self) -> Option<&'static Scalar> {
        SCALARS.iter().find(|scalar| scalar.field == *self)
    }

    /// As the spec calls it, if it is a scalar.
    pub(super) fn scalar_name(&self) -> Option<&'static str> {
        self.scalar().map(|scalar| scalar.name)
    }

    /// A Create carries it.
    pub fn is_created(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.create.is_some())
    }

    /// Update writes it.
    pub fn is_updated(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.update.is_some())
    }
}

impl Attributes {
    /// As an answer says them.
    pub(super) fn from_answer(answer: &EndpointService) -> Self {
        SCALARS.iter().filter_map(|scalar| Some((scalar.field.clone(), (scalar.read)(answer)?))).collect()
    }

    /// Puts into a Create what a Create takes.
    pub fn put_into_create(&self, request: &mut CreateVpcEndpointServiceRequest) {
        for scalar in &SCALARS {
            if let (Some(create), Some(value)) = (scalar.create, self.get(&scalar.field)) {
                create(request, value);
            }
        }
    }

    /// Puts into an Update what an Update takes.
    pub fn put_into_update(&self, request: &mut UpdateVpcEndpointServiceAttributeRequest) {
        for scalar in &SCALARS {
            if let (Some(update), Some(value)) = (scalar.update, self.get(&scalar.field)) {
                update(request, value);
            }
        }
    }

    pub fn get(&self, field: &Field) -> Option<&Value> {
        self.0.get(field)
    }

    pub fn is(&self, field: &Field, value: impl Into<Value>) -> bool {
        self.get(field) == Some(&value.into())
    }

    pub fn set(&mut self, field: Field, value: impl Into<Value>) {
        self.0.insert(field, value.into());
    }

    pub fn remove(&mut self, field: &Field) {
        self.0.remove(field);
    }

    #[must_use]
    pub fn with(mut self, field: Field, value: impl Into<Value>) -> Self {
        self.set(field, value);
        self
    }

    /// Without a value it is left out.
    #[must_use]
    pub fn with_known(self, field: Field, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    #[must_use]
    pub fn without(mut self, field: &Field) -> Self {
        self.remove(field);
        self
    }

    pub fn iter(&self) -> btree_map::Iter<'_, Field, Value> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Field, Value)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Field, Value)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a Field, &'a Value);
    type IntoIter = btree_map::Iter<'a, Field, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Attributes {
    type Item = (Field, Value);
    type IntoIter = btree_map::IntoIter<Field, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Value {
    fn text(&self) -> Option<String> {
        self.as_text().map(str::to_owned)
    }

    /// The text that it is.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    fn mbps(&self) -> Option<i32> {
        if let Self::Mbps(mbps) = self { Some(*mbps) } else { None }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i32> for Value {
    fn from(mbps: i32) -> Self {
        Self::Mbps(mbps)
    }
}
