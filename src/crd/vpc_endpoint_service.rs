//! The kind `VpcEndpointService` and its spec.
//!
//! Rules on the spec's root are create-only or transition rules where a stored object could break them: the API server
//! spares unchanged parts from new rules, but not the root, and an old object must always be able to lose its finalizer.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    connections::ConnectionsSpec,
    references::{AdoptSpec, ExportTo, ProviderConfigRef},
    resources::ResourceSpec,
    status::VpcEndpointServiceStatus,
    values::{
        AddressIpVersion, DeletionPolicy, DriftPolicy, ListPolicy, ManagementPolicy, Payer, ServiceResourceType,
        WhenConnected, WhenFormerExists, WhenGone,
    },
};

/// What a PrivateLink endpoint service shall be. A field without a default that is left out is not managed: the cloud
/// keeps what it has. An empty list or map is managed and means none.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "privatelink.alibabacloud.com",
    version = "v1alpha1",
    kind = "VpcEndpointService",
    plural = "vpcendpointservices",
    shortname = "vpces",
    category = "alibabacloud",
    category = "privatelink",
    namespaced,
    status = "VpcEndpointServiceStatus",
    derive = "PartialEq",
    doc = "A PrivateLink endpoint service of Alibaba Cloud.",
    selectable = ".spec.region",
    selectable = ".spec.serviceResourceType",
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].reason"#),
    printcolumn(name = "Service-Id", type_ = "string", json_path = ".status.serviceId"),
    printcolumn(name = "Domain", type_ = "string", json_path = ".status.serviceDomain"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Region", type_ = "string", json_path = ".status.region", priority = 1),
    printcolumn(name = "Type", type_ = "string", json_path = ".spec.serviceResourceType", priority = 1),
    printcolumn(name = "Service-Name", type_ = "string", json_path = ".status.serviceName", priority = 1),
    printcolumn(name = "Status", type_ = "string", json_path = ".status.serviceStatus", priority = 1),
    printcolumn(name = "Connected", type_ = "integer", json_path = ".status.connectionCounts.connected", priority = 1),
    printcolumn(name = "Message", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].message"#, priority = 1),
    // The cloud's limit for a tag value is 128 characters: <namespace ≤ 63>.<name ≤ 63> are 127.
    validation = Rule::new("oldSelf.hasValue() || size(self.metadata.name) <= 63")
        .optional_old_self(true)
        .message("metadata.name must be no more than 63 characters, because namespace.name becomes a tag of the cloud; choose a shorter name")
        .field_path(".metadata.name"),
    // A typo can be taken back while the cloud is still IPv4; a service that became DualStack outside can be followed.
    validation = Rule::new(
            "self.spec.addressIpVersion == oldSelf.spec.addressIpVersion || self.spec.addressIpVersion == 'DualStack' || \
             !has(oldSelf.status) || !has(oldSelf.status.addressIpVersion) || oldSelf.status.addressIpVersion != 'DualStack'"
        )
        .message("the service is DualStack in the cloud, there is no way back")
        .reason(Reason::FieldValueForbidden)
        .field_path(".spec.addressIpVersion")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("has(self.region) == has(oldSelf.region)")
        .message("region is chosen when the object is created and can be neither added nor removed")
        .reason(Reason::FieldValueForbidden)
        .field_path(".region"),
    validation = Rule::new("has(self.adopt) == has(oldSelf.adopt)")
        .message("adopt is chosen when the object is created and can be neither added nor removed")
        .reason(Reason::FieldValueForbidden)
        .field_path(".adopt"),
    validation = Rule::new("self.addressIpVersion != 'DualStack' || self.serviceResourceType in ['nlb','gwlb']")
        .message("DualStack is possible for nlb and gwlb only")
        .field_path(".addressIpVersion"),
    validation = Rule::new(
            "!has(self.resources) || self.resources.all(r, !has(r.resourceId) || \
             r.resourceId.startsWith(self.serviceResourceType == 'slb' ? 'lb-' : self.serviceResourceType + '-'))"
        )
        .message(Message::Expression(
                "'resourceId must begin with ' + \
                 (self.serviceResourceType == 'slb' ? 'lb-' : self.serviceResourceType + '-') + \
                 ' when serviceResourceType is ' + self.serviceResourceType".into()
            ))
        .field_path(".resources"),
    validation = Rule::new(
            "self.serviceResourceType != 'slb' || !has(self.resources) || self.resources.all(r, !has(r.zoneIds))"
        )
        .message("zoneIds is not used for slb, the zone comes with the load balancer")
        .field_path(".resources"),
    validation = Rule::new(
            "!has(self.region) || !has(self.resources) || \
             self.resources.all(r, !has(r.zoneIds) || r.zoneIds.all(z, z.startsWith(self.region)))"
        )
        .message("each zone id must begin with the region")
        .field_path(".resources"),
    validation = Rule::new(
            "self.serviceResourceType in ['slb','alb'] || !has(self.resources) || \
             self.resources.all(r, !has(r.whenReplaced) || r.whenReplaced == 'Drain')"
        )
        .message("whenReplaced Migrate is possible for slb and alb only; the provider moves no connections of nlb and gwlb")
        .field_path(".resources"),
    validation = Rule::new("!has(self.connectBandwidthMbps) || self.serviceResourceType == 'slb'")
        .message("connectBandwidthMbps is supported for slb only (the cloud does not report it for the others); \
                  use connections.rules[].bandwidthMbps")
        .field_path(".connectBandwidthMbps"),
    validation = Rule::new(
            "!self.autoAcceptEnabled || !has(self.connections) || \
             (self.connections.default == 'Accept' && !has(self.connections.rules))"
        )
        .message("autoAcceptEnabled lets the cloud accept everything before rules are seen: leave connections out, \
                  or use connections.default: Accept without rules")
        .field_path(".autoAcceptEnabled"),
    validation = Rule::new(
            "!has(self.connections) || !has(self.connections.rules) || \
             self.connections.rules.all(r, !has(r.bandwidthMbps) || r.bandwidthMbps <= \
             (self.serviceResourceType == 'slb' ? 10240 : self.serviceResourceType == 'nlb' ? 50000 : 25000))"
        )
        .message("bandwidthMbps is at most 10240 for slb, 25000 for alb and gwlb, 50000 for nlb")
        .field_path(".connections.rules"),
    validation = Rule::new(
            "!has(self.connections) || !has(self.connections.rules) || \
             self.connections.rules.all(r, !has(r.trafficControlMode) || \
             (self.serviceResourceType == 'slb' ? r.trafficControlMode == 'BandwidthLimit' : \
             self.serviceResourceType == 'gwlb' ? r.trafficControlMode == 'Scalability' : true))"
        )
        .message("slb allows BandwidthLimit only, gwlb Scalability only")
        .field_path(".connections.rules"),
    validation = Rule::new("!has(self.disconnectAfterSeconds) || self.whenConnected == 'Disconnect'")
        .message("disconnectAfterSeconds is used with whenConnected Disconnect only")
        .field_path(".disconnectAfterSeconds")
)]
pub struct VpcEndpointServiceSpec {
    /// The provider config that gives region and credentials. This version knows one, `default`: what the operator was started with.
    #[serde(default)]
    pub provider_config_ref: ProviderConfigRef,

    /// Region of the service, for example `cn-hangzhou`. Unset means the operator's default region (`--region`). It is chosen
    /// when the object is created and can be neither added, changed nor removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 32), regex(pattern = r"^[a-z]{2}(-[a-z0-9]+)+$"))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("region is immutable").reason(Reason::FieldValueForbidden))]
    pub region: Option<String>,

    /// Kind of load balancer behind the service: `slb` (Classic Load Balancer), `alb`, `nlb` or `gwlb`. Immutable.
    #[x_kube(validation = Rule::new("self == oldSelf")
        .message("serviceResourceType is immutable")
        .reason(Reason::FieldValueForbidden))]
    pub service_resource_type: ServiceResourceType,

    /// Description of the service in the cloud, at most 256 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub description: String,

    /// Who pays for the endpoints: `Endpoint` (the consumer, the default) or `EndpointService` (the owner of the
    /// service, for accounts that the provider allows to). Immutable.
    #[serde(default)]
    #[x_kube(validation = Rule::new("self == oldSelf").message("payer is immutable").reason(Reason::FieldValueForbidden))]
    pub payer: Payer,

    /// Whether the cloud accepts every connection request by itself. Default false. It excludes connection rules.
    #[serde(default)]
    pub auto_accept_enabled: bool,

    /// Whether an endpoint's domain name is answered with the address in the consumer's own zone first. Default false.
    #[serde(default)]
    pub zone_affinity_enabled: bool,

    /// IP version: `IPv4` (the default) or `DualStack`, the latter for `nlb` and `gwlb` only. Once the service is
    /// `DualStack` in the cloud there is no way back.
    #[serde(default)]
    pub address_ip_version: AddressIpVersion,

    /// Bandwidth of each new connection in Mbit/s, 100 to 10240, for `slb` only. Unset is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 10_240))]
    pub connect_bandwidth_mbps: Option<u32>,

    /// Regions whose consumers may connect, at most 50; a region is listed once. All others are removed, but for the service's own region. Whoever
    /// applies the list owns all of it. Unset is not managed, empty is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50), inner(length(min = 3, max = 32), regex(pattern = r"^[a-z]{2}(-[a-z0-9]+)+$")))]
    #[x_kube(
        merge_strategy = ListMerge::Atomic,
        validation = Rule::new("self.all(r, self.exists_one(s, s == r))").message("a region may be listed once")
    )]
    pub supported_regions: Option<Vec<String>>,

    /// Resource group of the service, `rg-…`. Unset is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^rg-[a-z0-9]+$"))]
    pub resource_group_id: Option<String>,

    /// Tags of the service, at most 16; keys of 1 to 64 characters, values of at most 128. All others are removed (see `tagsPolicy`). Unset is
    /// not managed, empty is none. Tags of the cloud's own and of the operator are left alone in both cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 16, "additionalProperties" = {"type": "string", "maxLength": 128}))]
    #[x_kube(
        validation = Rule::new("self.all(k, size(k) >= 1 && size(k) <= 64)").message("a tag key has 1 to 64 characters"),
        validation = Rule::new("self.all(k, !k.startsWith('aliyun') && !k.startsWith('acs:') && !k.startsWith('privatelink-operator.'))")
            .message("a tag key must not begin with aliyun, acs or privatelink-operator."),
        validation = Rule::new("self.all(k, !self[k].startsWith('aliyun') && !self[k].startsWith('acs:'))")
            .message("a tag value must not begin with aliyun or acs"),
        validation = Rule::new("self.all(k, !k.contains('http://') && !k.contains('https://') && !self[k].contains('http://') && !self[k].contains('https://'))")
            .message("tag keys and values must not contain http or https URLs")
    )]
    pub tags: Option<BTreeMap<String, String>>,

    /// What becomes of tags that `tags` does not have: `Authoritative` (the default) removes them, `Additive` leaves them, also those that this
    /// object put there and that `tags` has lost since.
    #[serde(default)]
    pub tags_policy: ListPolicy,

    /// Load balancers behind the service, at most 100. Unset is not managed, empty is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    #[x_kube(
        merge_strategy = ListMerge::Atomic,
        validation = Rule::new("self.all(a, !has(a.resourceId) || self.exists_one(b, has(b.resourceId) && b.resourceId == a.resourceId))")
            .message("each resourceId may be listed once"),
        validation = Rule::new("self.all(a, !has(a.serviceRef) || self.exists_one(b, has(b.serviceRef) && b.serviceRef.name == a.serviceRef.name))")
            .message("each serviceRef may be listed once")
    )]
    pub resources: Option<Vec<ResourceSpec>>,

    /// Accounts that may connect, at most 200: an account id, or `acs:ram:*:<account>:*`; an account is listed once. All
    /// others are removed, but for the service's own account (see `principalsPolicy`). Whoever applies the list owns all of it. Unset
    /// is not managed, empty is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 200),
        inner(length(max = 40), regex(pattern = r"^([1-9][0-9]{0,18}|acs:ram:\*:[1-9][0-9]{0,18}:\*)$"))
    )]
    #[x_kube(
        merge_strategy = ListMerge::Atomic,
        validation = Rule::new("self.all(p, self.exists_one(q, q == p))").message("an account may be listed once"),
        validation = Rule::new("self.all(p, p.startsWith('acs:') || !(('acs:ram:*:' + p + ':*') in self))")
            .message("an account may be listed once, as an id or as an ARN")
    )]
    pub allowed_principals: Option<Vec<String>>,

    /// What becomes of principals that `allowedPrincipals` does not have: `Authoritative` (the default) removes them, everybody and single RAM users
    /// among them. `Additive` removes nobody, also no account that this object allowed and that `allowedPrincipals` has lost since.
    #[serde(default)]
    pub principals_policy: ListPolicy,

    /// How connection requests are answered; whoever applies it owns all of it. Unset is not managed; `{}` is managed with its defaults. Taking
    /// it out changes nothing in the cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub connections: Option<ConnectionsSpec>,

    /// What becomes of the service in the cloud when this object is deleted: `Delete` or `Retain`. Unset means `Retain`
    /// with `adopt`, else `Delete`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_policy: Option<DeletionPolicy>,

    /// What a deletion does while consumers are connected: `Block` (the default) waits until they have left, `Disconnect` cuts them off. It can be
    /// changed while the object is being deleted.
    #[serde(default)]
    pub when_connected: WhenConnected,

    /// How long a deletion waits before it cuts consumers off, in seconds from the deletion mark, 0 to 604800 (a week).
    /// With `whenConnected` `Disconnect` only. Unset means 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 604_800))]
    pub disconnect_after_seconds: Option<u32>,

    /// How far the operator goes: `Manage` (the default), `Observe` (reads only) or `Plan` (works out what it would do, has the provider check each
    /// call by a dry run, and writes nothing). What would be done stands in `status.plan`. An object under `Observe` or `Plan` that is deleted
    /// leaves the service as it is.
    #[serde(default)]
    pub management_policy: ManagementPolicy,

    /// What becomes of changes that somebody made in the cloud: `Correct` (the default) undoes them, `Report` tells them in `status.drift` and leaves
    /// them. An edit of the spec is carried out under both; under `Report` it leaves alone what was told as drift before, unless it changes that
    /// very field.
    #[serde(default)]
    pub drift_policy: DriftPolicy,

    /// What follows when the service is deleted in the cloud: `Report` (the default; nothing is created, because
    /// consumers hold the old name) or `Recreate` (one new service).
    #[serde(default)]
    pub when_gone: WhenGone,

    /// What follows where a service with this cluster's id is found that an earlier object of this namespace and name left, as in a cluster that was
    /// built again: `Report` (the default; `FormerServiceExists`, nothing is created) or `TakeOver` (it becomes this object's). It is never taken from an
    /// object that exists. A cluster that is built again needs the `--cluster-id` that it had.
    #[serde(default)]
    pub when_former_exists: WhenFormerExists,

    /// An existing endpoint service to adopt instead of creating one. Somebody with rights in the cloud must have put two tags on it, which the
    /// condition names. It is chosen when the object is created and can be neither added, changed nor removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self == oldSelf").message("adopt is immutable").reason(Reason::FieldValueForbidden))]
    pub adopt: Option<AdoptSpec>,

    /// Whether all writes to the cloud rest, deletion included. Default false. The cloud is still looked at: `Ready` stays True while the service
    /// is as the spec wants it, and a spec that is not in force is `Ready` False `Suspended`.
    #[serde(default)]
    pub suspend: bool,

    /// A ConfigMap that this object owns, with the keys serviceId, serviceName, serviceDomain, region and zoneIds (sorted, with commas between). A key is
    /// there once its value is known. It is kept in step, and goes with the object or when `exportTo` is taken out; under `managementPolicy` `Plan` it is
    /// left as it is. Unset means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export_to: Option<ExportTo>,
}

impl VpcEndpointServiceSpec {
    /// The deletion policy that holds: the written one, else `Retain` for an adopted service and `Delete` for one of the
    /// operator's own making.
    pub fn effective_deletion_policy(&self) -> DeletionPolicy {
        match (self.deletion_policy, &self.adopt) {
            (Some(written), _) => written,
            (None, Some(_)) => DeletionPolicy::Retain,
            (None, None) => DeletionPolicy::Delete,
        }
    }
}
