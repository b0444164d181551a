//! Services of type LoadBalancer, as the cloud controller manager leaves them.

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::Environment;
use crate::error::HarnessError;
use crate::timeline::Actor;

const ID_LABEL: &str = "service.k8s.alibaba/loadbalancer-id";

impl Environment {
    /// Gives a Service this Network Load Balancer; makes the Service first where it is not there. The label comes before the address.
    pub(crate) async fn balance(&self, service: &str, load_balancer: &str) -> Result<(), HarnessError> {
        let services = &self.kubernetes_services;
        let failed = || HarnessError::kubernetes(format!("give Service {service} a load balancer"));
        self.timeline
            .tell(Actor::User, format!("the cloud controller manager gives Service {service} {load_balancer}"));
        let parameters = PatchParams::apply("cloud-controller-manager").force();
        let labelled = Patch::Apply(manifest(service, load_balancer));
        services.patch(service, &parameters, &labelled).await.map_err(failed())?;
        let hostname = format!("{load_balancer}.cn-hangzhou.nlb.aliyuncs.com");
        let address = json!({"status": {"loadBalancer": {"ingress": [{ "hostname": hostname }]}}});
        let address = Patch::Merge(address);
        services.patch_status(service, &PatchParams::default(), &address).await.map(drop).map_err(failed())
    }
}

fn manifest(service: &str, load_balancer: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service, "labels": {ID_LABEL: load_balancer}},
        "spec": {"type": "LoadBalancer", "loadBalancerClass": "alibabacloud.com/nlb", "ports": [{"port": 443}]},
    })
}
