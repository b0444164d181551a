//! The one request that creates a service, and its fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::Request;
use privatelink::{CreateVpcEndpointServiceRequest, Resource, Tag};

use super::{AttachmentKey, Desired};
use crate::cloud::services::{Field, Value};

/// The provider takes at most this many attachments in a Create (`PrivateLink` API reference); the rest follows by Attach.
const ATTACHMENTS_IN_CREATE: usize = 10;

impl Desired {
    /// The request that creates the service. The same `Desired` gives the same request, byte for byte.
    ///
    /// The connection bandwidth is not in it: the provider takes that by Update only.
    pub fn create_request(&self, client_token: Option<String>) -> CreateVpcEndpointServiceRequest {
        let mut request = CreateVpcEndpointServiceRequest {
            payer: Some(self.payer.clone()),
            service_resource_type: Some(self.service_resource_type.clone()),
            resources: self.create_attachments().into_iter().map(|key| self.resource(key)).collect(),
            supported_region_list: self.regions.iter().flatten().cloned().collect(),
            tags: self.create_tags().into_iter().map(|(key, value)| Tag { key, value }).collect(),
            client_token,
            ..CreateVpcEndpointServiceRequest::default()
        };
        self.attributes.put_into_create(&mut request);
        request
    }

    /// What the request sets of the user's, as a person reads it.
    pub fn created(&self) -> Vec<(Field, Value)> {
        let set = |field: Field| (field, Value::Present);
        let attributes = self.attributes.iter().filter(|(field, _)| field.is_created());
        let attributes = attributes.map(|(field, value)| (field.clone(), value.clone()));
        let tags = self.tags.iter().flatten();
        let tags = tags.map(|(key, value)| (Field::Tag(key.clone()), Value::Text(value.clone())));
        let regions = self.regions.iter().flatten().map(|region| set(Field::SupportedRegion(region.clone())));
        let attachments = self.create_attachments().into_iter().map(|key| set(Field::Resource(key.clone())));
        attributes.chain(tags).chain(regions).chain(attachments).collect()
    }

    /// SHA-256, in hex, of the create request without its token: equal for two requests that ask for the same service in the same
    /// region.
    pub fn request_hash(&self, region: &str) -> String {
        let mut parameters = self.create_request(None).parameters();
        parameters.push(("RegionId".to_owned(), region.to_owned()));
        cloud_core::sign::payload_hash(cloud_core::sign::canonical_query(&parameters).as_bytes())
    }

    /// The attachments that go into the Create: one of every zone first, so that the service is reachable from every zone as soon as it
    /// is Active, then the others in order.
    pub fn create_attachments(&self) -> BTreeSet<&AttachmentKey> {
        let all = || self.attachments.iter().flatten();
        let mut zones = BTreeSet::new();
        let first_of_zone: Vec<_> =
            all().filter(|key| key.zone_id.as_ref().is_some_and(|zone| zones.insert(zone))).collect();
        let mut chosen = BTreeSet::new();
        for key in first_of_zone.into_iter().chain(all()) {
            if chosen.len() == ATTACHMENTS_IN_CREATE {
                break;
            }
            chosen.insert(key);
        }
        chosen
    }

    fn resource(&self, key: &AttachmentKey) -> Resource {
        Resource {
            resource_type: Some(self.service_resource_type.clone()),
            resource_id: Some(key.resource_id.clone()),
            zone_id: key.zone_id.clone(),
        }
    }

    /// The user's tags and ours; ours win.
    pub fn create_tags(&self) -> BTreeMap<String, String> {
        let tags = self.tags.iter().flatten().chain(&self.owner_tags);
        tags.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}
