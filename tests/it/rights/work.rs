//! The operator at work with exactly some rights.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::{Api, Client, Resource, ResourceExt};
use local_control_plane::{AuditEvent, ControlPlane, read_audit_log};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::installations::{Right, Scope};
use crate::service_ref;
use crate::support::cluster::{self, TEST_MANAGER};
use crate::support::rig::{Rig, Setup, ZONES, is_ready, nlb_spec};

/// Longer than any step takes that the rights suffice for.
const PATIENCE: Duration = Duration::from_mins(1);

/// What was refused is not waited for longer than that: by then the operator has tried again several times.
const AFTER_A_REFUSAL: Duration = Duration::from_secs(3);

const POLL: Duration = Duration::from_millis(100);

/// How often the audit log is read while a step is waited for.
const AUDIT_POLL: Duration = Duration::from_secs(1);

/// What leader election needs.
pub(super) const LEASES: &str = "coordination.k8s.io/leases";

/// What `spec.exportTo` needs.
pub(super) const CONFIG_MAPS: &str = "/configmaps";

/// An operator, its environment and what it may do.
pub(super) struct Work {
    rig: Rig,
    user: String,
    /// What it was not given.
    missing: Option<Right>,
    reads_cluster_id: bool,
    elects: bool,
    exports: bool,
}

impl Work {
    /// Starts an operator with these rights but for the missing one, with these flags.
    pub(super) async fn start(
        control_plane: &'static ControlPlane,
        flags: &BTreeSet<&'static str>,
        rights: &BTreeSet<Right>,
        missing: Option<Right>,
    ) -> Self {
        let admin = cluster::client(&control_plane.kubeconfig_path()).await;
        let reads_cluster_id = !flags.contains("--cluster-id");
        let ignores = flags.get("--ignore-crd-deletion").map(|flag| (*flag).to_owned());
        let setup = Setup {
            arguments: ignores.into_iter().collect(),
            everywhere: !flags.contains("--watch-namespace"),
            reads_cluster_id,
            ..Setup::default()
        };
        let mut rig = Rig::on(control_plane, admin, control_plane.kubeconfig_path(), setup).await;
        let user = rig.namespace.clone();
        let elects = rights.iter().any(|right| right.path() == LEASES);
        if elects {
            rig.arguments(&["--leader-elect", &format!("--leader-elect-namespace={user}")]);
        }
        let exports = rights.iter().any(|right| right.path() == CONFIG_MAPS);
        let rights = rights.iter().filter(|right| Some(*right) != missing.as_ref());
        grant(&rig, &user, rights).await;
        let kubeconfig = control_plane.kubeconfig_for_user(&user, &[]).unwrap();
        rig.start_operator_behind(kubeconfig, &rig.simulator.access()).await;
        Self { rig, user, missing, reads_cluster_id, elects, exports }
    }

    /// The life of an object, up to the step that does not succeed.
    pub(super) async fn live(&self) -> Result<(), &'static str> {
        let rig = &self.rig;
        rig.apply("orders", nlb_spec()).await;
        self.holds("make an object Ready", async || self.is_ready().await).await?;
        if self.reads_cluster_id {
            self.holds("tag the service with the id of the cluster", async || self.is_tagged().await).await?;
        }
        for description in ["first", "second"] {
            rig.edit("orders", json!({"description": description})).await;
            self.holds("carry an edit out", async || self.is_ready().await).await?;
        }
        service_ref::create(rig, &service_ref::nlb("web", "nlb-1")).await;
        rig.edit("orders", json!({"resources": [{"serviceRef": {"name": "web"}, "zoneIds": ZONES}]})).await;
        self.holds("find the load balancer of a Service", async || self.is_ready().await).await?;
        self.holds("tell an event", async || self.tells(|_| true).await).await?;
        self.holds("count an event that repeats", async || self.tells(|event| event.series.is_some()).await).await?;
        if self.exports {
            self.export().await?;
        }
        rig.delete("orders").await;
        self.holds("let a deleted object go", async || rig.object("orders").await.is_none()).await?;
        for resource in ["vpcendpointservices", "services"] {
            self.holds("follow what it has listed without listing it again", async || self.lists(resource) == 1)
                .await?;
        }
        if self.elects {
            rig.operator().terminate().unwrap();
            self.holds("give the lease back", async || self.has_given_the_lease_back().await).await?;
        }
        Ok(())
    }

    /// The life of an export.
    async fn export(&self) -> Result<(), &'static str> {
        let config_maps: Api<ConfigMap> = Api::namespaced(self.rig.admin.clone(), &self.rig.namespace);
        let id = async |name: &str| config_maps.get_opt(name).await.unwrap()?.data?.remove("serviceId");
        let service = self.rig.service().await.id;
        let is_exported = async |name: &str| id(name).await.as_ref() == Some(&service);
        self.rig.edit("orders", json!({"exportTo": {"configMapName": "facts"}})).await;
        self.holds("export to a ConfigMap", async || is_exported("facts").await).await?;
        let theirs = Patch::Merge(json!({"data": {"serviceId": "theirs"}}));
        config_maps.patch("facts", &PatchParams::default(), &theirs).await.unwrap();
        self.holds("put a ConfigMap right", async || is_exported("facts").await).await?;
        self.rig.edit("orders", json!({"exportTo": {"configMapName": "other"}})).await;
        self.holds("export to another ConfigMap", async || is_exported("other").await).await?;
        self.holds("delete the earlier ConfigMap", async || id("facts").await.is_none()).await
    }

    async fn holds(&self, step: &'static str, look: impl AsyncFn() -> bool) -> Result<(), &'static str> {
        let begin = Instant::now();
        let (mut refused, mut read) = (None, Instant::now());
        loop {
            if look().await {
                return Ok(());
            }
            if refused.is_none() && read.elapsed() > AUDIT_POLL {
                read = Instant::now();
                refused = self.was_refused().then(Instant::now);
            }
            if refused.is_some_and(|since: Instant| since.elapsed() > AFTER_A_REFUSAL) {
                return Err(step);
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "without {:?}: neither done nor refused: {step}\n{}",
                self.missing,
                self.rig.log()
            );
            tokio::time::sleep(POLL).await;
        }
    }

    async fn is_ready(&self) -> bool {
        self.rig.object("orders").await.is_some_and(|object| is_ready(&object))
    }

    async fn is_tagged(&self) -> bool {
        let namespace = Api::<Namespace>::all(self.rig.admin.clone()).get("kube-system").await.unwrap();
        self.rig.service().await.tags.values().any(|value| Some(value) == namespace.uid().as_ref())
    }

    async fn tells(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        let events: Api<Event> = Api::namespaced(self.rig.admin.clone(), &self.rig.namespace);
        events.list(&ListParams::default()).await.unwrap().iter().any(wanted)
    }

    async fn has_given_the_lease_back(&self) -> bool {
        let leases: Api<Lease> = Api::namespaced(self.rig.admin.clone(), &self.rig.namespace);
        let found = leases.list(&ListParams::default()).await.unwrap();
        let holder = |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.holder_identity.clone());
        self.rig.operator().has_ended() && found.iter().all(|lease| holder(lease).unwrap_or_default().is_empty())
    }

    fn lists(&self, resource: &str) -> usize {
        self.requests().iter().filter(|event| event.verb == "list" && event.resource == resource).count()
    }

    /// What the operator asked the API server for so far; watches once they have ended.
    fn requests(&self) -> Vec<AuditEvent> {
        let log = self.rig.control_plane.audit_log_path().expect("this control plane keeps an audit log");
        read_audit_log(log).unwrap().into_iter().filter(|event| event.user == self.user).collect()
    }

    fn was_refused(&self) -> bool {
        let Some(missing) = &self.missing else { return false };
        self.requests().iter().any(|event| event.code == 403 && self.is_use_of(event, missing))
    }

    /// Stops the operator, and takes away what it would leave to the next one that serves every namespace.
    pub(super) async fn end(mut self) {
        if self.rig.has_operator() {
            self.rig.kill_operator();
        }
        let objects = self.rig.objects();
        let release = Patch::Merge(json!({"metadata": {"finalizers": null}}));
        if objects.patch("orders", &PatchParams::default(), &release).await.is_ok() {
            drop(objects.delete("orders", &DeleteParams::default()).await);
        }
    }

    /// Stops the operator, and answers the rights of these that it did not use, and what it was refused.
    pub(super) async fn unused(&mut self, rights: &BTreeSet<Right>) -> (Vec<Right>, Vec<AuditEvent>) {
        self.rig.kill_operator();
        let unused = || {
            let requests = self.requests();
            let is_used =
                |right: &&Right| requests.iter().any(|event| is_allowed(event) && self.is_use_of(event, right));
            rights.iter().filter(|right| !is_used(right)).cloned().collect::<Vec<_>>()
        };
        // The API server logs a watch when it has seen that nobody listens any more.
        let begin = Instant::now();
        while !unused().is_empty() && begin.elapsed() < PATIENCE {
            tokio::time::sleep(AUDIT_POLL).await;
        }
        let refused = self.requests().into_iter().filter(|event| event.code == 403).collect();
        (unused(), refused)
    }

    /// The request is one that needs this right.
    fn is_use_of(&self, event: &AuditEvent, right: &Right) -> bool {
        let resource = match event.subresource.as_str() {
            "" => event.resource.clone(),
            subresource => format!("{}/{subresource}", event.resource),
        };
        (&event.verb, &event.group, &resource) == (&right.verb, &right.group, &right.resource)
            && right.name(&self.rig.namespace).is_none_or(|name| name == event.name)
    }
}

/// The right sufficed. A lease that is not there yet was looked for all the same.
fn is_allowed(event: &AuditEvent) -> bool {
    event.code < 300 || event.code == 404
}

/// Gives a user these rights, a rule each, where they hold.
async fn grant(rig: &Rig, user: &str, rights: impl Iterator<Item = &Right>) {
    let (mut cluster, mut watched, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for right in rights {
        let rules = match right.scope {
            Scope::Cluster => &mut cluster,
            Scope::Watched => &mut watched,
            Scope::Own => &mut own,
        };
        rules.push(rule(right, &rig.namespace));
    }
    let metadata = json!({"name": user});
    let role = json!({"metadata": metadata, "rules": cluster});
    apply_all::<ClusterRole>(&rig.admin, &role).await;
    apply_all::<ClusterRoleBinding>(&rig.admin, &binding(user, "ClusterRole")).await;
    for (suffix, rules) in [("watched", watched), ("own", own)] {
        let name = format!("{user}-{suffix}");
        let role = json!({"metadata": {"name": name}, "rules": rules});
        apply_in::<Role>(&rig.admin, &rig.namespace, &role).await;
        let mut binding = binding(user, "Role");
        binding["metadata"]["name"] = json!(name);
        binding["roleRef"]["name"] = json!(name);
        apply_in::<RoleBinding>(&rig.admin, &rig.namespace, &binding).await;
    }
}

/// As a rule, where this namespace is watched.
pub(super) fn rule(right: &Right, watched: &str) -> Value {
    json!({
        "apiGroups": [right.group],
        "resources": [right.resource],
        "resourceNames": right.name(watched).into_iter().collect::<Vec<_>>(),
        "verbs": [right.verb],
    })
}

fn binding(user: &str, kind: &str) -> Value {
    json!({
        "metadata": {"name": user},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    })
}

async fn apply_all<K>(admin: &Client, object: &Value)
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    apply(Api::<K>::all(admin.clone()), object).await;
}

pub(super) async fn apply_in<K>(admin: &Client, namespace: &str, object: &Value)
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + std::fmt::Debug
        + Serialize
        + DeserializeOwned,
{
    apply(Api::<K>::namespaced(admin.clone(), namespace), object).await;
}

async fn apply<K>(objects: Api<K>, object: &Value)
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let typed: K = serde_json::from_value(object.clone()).unwrap();
    let parameters = PatchParams::apply(TEST_MANAGER).force();
    objects.patch(&typed.name_any(), &parameters, &Patch::Apply(&typed)).await.unwrap();
}
