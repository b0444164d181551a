//! A Service of type LoadBalancer, trimmed to what a reference to it needs.
//!
//! Labels, annotations and their meaning are those of the provider's cloud controller manager (`kubernetes/cloud-provider-alibaba-cloud`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use kube::Resource;
use kube::api::ObjectMeta;
use kube::core::NamespaceResourceScope;
use serde::Deserialize;

/// The id of the load balancer, written by the controller after its first complete success, and before the address.
const ID_LABEL: &str = "service.k8s.alibaba/loadbalancer-id";

/// Beginnings of the keys of what a person asks of the controller; of two, the first counts, also where its value is empty.
const ANNOTATION_PREFIXES: [&str; 2] =
    ["service.beta.kubernetes.io/alibaba-cloud-", "service.beta.kubernetes.io/alicloud-"];

/// What counts of a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadBalancerService {
    pub is_deleting: bool,
    /// `spec.loadBalancerClass`.
    pub class: Option<String>,
    /// The id in the controller's label: what is so.
    pub load_balancer_id: Option<String>,
    /// The id in the annotation: what a person asks for, and the controller may refuse.
    pub requested_id: Option<String>,
    /// The address type that a person asks for.
    pub address_type: Option<String>,
    /// The zones and vSwitches that a person asks for, as written.
    pub zone_maps: Option<String>,
    /// The first address in the status.
    pub ingress: Option<Ingress>,
}

/// An address of the load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ingress {
    Hostname(String),
    Ip(String),
}

impl fmt::Display for Ingress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hostname(address) | Self::Ip(address) => f.write_str(address),
        }
    }
}

/// A Service as the API server shows it, without what nobody here reads.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    pub(super) metadata: ObjectMeta,
    #[serde(default)]
    spec: ShownSpec,
    #[serde(default)]
    status: ShownStatus,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShownSpec {
    #[serde(default, rename = "type")]
    type_: Option<String>,
    #[serde(default)]
    load_balancer_class: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShownStatus {
    #[serde(default)]
    load_balancer: ShownLoadBalancer,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct ShownLoadBalancer {
    #[serde(default)]
    ingress: Vec<ShownIngress>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct ShownIngress {
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    ip: Option<String>,
}

impl Shown {
    /// `None`: it is of another type.
    pub(super) fn trimmed(&self) -> Option<LoadBalancerService> {
        (self.spec.type_.as_deref() == Some("LoadBalancer")).then(|| LoadBalancerService {
            is_deleting: self.metadata.deletion_timestamp.is_some(),
            class: filled(self.spec.load_balancer_class.as_ref()),
            load_balancer_id: filled(self.metadata.labels.as_ref().and_then(|labels| labels.get(ID_LABEL))),
            requested_id: self.annotation("loadbalancer-id"),
            address_type: self.annotation("loadbalancer-address-type"),
            zone_maps: self.annotation("loadbalancer-zone-maps"),
            ingress: self.status.load_balancer.ingress.first().and_then(ShownIngress::trimmed),
        })
    }

    fn annotation(&self, key: &str) -> Option<String> {
        let annotations: &BTreeMap<String, String> = self.metadata.annotations.as_ref()?;
        filled(ANNOTATION_PREFIXES.iter().find_map(|prefix| annotations.get(&format!("{prefix}{key}"))))
    }
}

impl ShownIngress {
    fn trimmed(&self) -> Option<Ingress> {
        let hostname = || filled(self.hostname.as_ref()).map(Ingress::Hostname);
        hostname().or_else(|| filled(self.ip.as_ref()).map(Ingress::Ip))
    }
}

fn filled(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

impl Resource for Shown {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "Service".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        "".into()
    }

    fn version((): &()) -> Cow<'_, str> {
        "v1".into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "services".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn trimmed(service: Value) -> Option<LoadBalancerService> {
        serde_json::from_value::<Shown>(service).unwrap().trimmed()
    }

    #[test]
    fn a_service_is_trimmed_to_what_a_reference_needs() {
        let found = trimmed(json!({
            "metadata": {
                "name": "web", "namespace": "shop", "deletionTimestamp": "2026-01-02T03:04:05Z",
                "labels": {"service.k8s.alibaba/loadbalancer-id": "nlb-1", "app": "web"},
                "annotations": {
                    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id": "nlb-2",
                    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-zone-maps": "cn-hangzhou-h:vsw-1",
                },
                "managedFields": [{"manager": "kubectl"}],
            },
            "spec": {"type": "LoadBalancer", "loadBalancerClass": "alibabacloud.com/nlb", "ports": [{"port": 80}]},
            "status": {"loadBalancer": {"ingress": [{"hostname": "nlb-1.cn-hangzhou.nlb.aliyuncs.com", "ipMode": "VIP"}]}},
        }));
        let wanted = LoadBalancerService {
            is_deleting: true,
            class: Some("alibabacloud.com/nlb".into()),
            load_balancer_id: Some("nlb-1".into()),
            requested_id: Some("nlb-2".into()),
            address_type: None,
            zone_maps: Some("cn-hangzhou-h:vsw-1".into()),
            ingress: Some(Ingress::Hostname("nlb-1.cn-hangzhou.nlb.aliyuncs.com".into())),
        };
        assert_eq!(found, Some(wanted));
    }

    #[test]
    fn the_older_annotation_prefix_counts_where_the_newer_one_says_nothing() {
        let both = |newer: Option<&str>| {
            let key = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type";
            let mut annotations = json!({"service.beta.kubernetes.io/alicloud-loadbalancer-address-type": "intranet"});
            if let Some(newer) = newer {
                annotations[key] = json!(newer);
            }
            trimmed(json!({"metadata": {"annotations": annotations}, "spec": {"type": "LoadBalancer"}})).unwrap()
        };
        assert_eq!(both(None).address_type.as_deref(), Some("intranet"));
        assert_eq!(both(Some("internet")).address_type.as_deref(), Some("internet"));
        assert_eq!(both(Some("")).address_type, None, "the controller takes the newer one, though it is empty");
    }

    #[test]
    fn what_is_not_of_the_type_is_none_and_what_is_empty_is_not_there() {
        assert_eq!(trimmed(json!({"spec": {"type": "ClusterIP"}})), None);
        assert_eq!(trimmed(json!({})), None);
        let empty = json!({
            "metadata": {"labels": {"service.k8s.alibaba/loadbalancer-id": ""}},
            "spec": {"type": "LoadBalancer"},
            "status": {"loadBalancer": {"ingress": [{}]}},
        });
        assert_eq!(trimmed(empty), Some(LoadBalancerService::default()));
        let ip =
            json!({"spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": [{"ip": "192.168.0.1"}]}}});
        assert_eq!(trimmed(ip).unwrap().ingress, Some(Ingress::Ip("192.168.0.1".into())));
    }
}
