//! The objects of a stage: made, edited and deleted as a user does, and followed by a watch, so that looking costs the API server nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use futures::{Stream, StreamExt};
use http::Request;
use kube::api::{ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Config, ResourceExt as _};
use serde_json::{Value, json};
use tokio::sync::watch::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use crate::Outcome;

/// Longer than anything that is waited for takes: 200 creates at 200 a minute.
const PATIENCE: Duration = Duration::from_mins(2);

/// The generation that each object is Ready for, by name; `None`: not Ready.
pub(crate) type Standing = BTreeMap<String, Option<i64>>;

/// The objects of one namespace, for an administrator.
#[derive(Debug)]
pub(crate) struct Objects {
    api: Api<DynamicObject>,
    resource: ApiResource,
    standing: Receiver<Standing>,
    follower: JoinHandle<()>,
}

impl Objects {
    /// Begins to follow the objects of a namespace.
    pub(crate) async fn follow(kubeconfig: &Path, namespace: &str) -> Outcome<Self> {
        let kubeconfig = Kubeconfig::read_from(kubeconfig)?;
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        let kind = GroupVersionKind::gvk("privatelink.alibabacloud.com", "v1alpha1", "VpcEndpointService");
        let resource = ApiResource::from_gvk_with_plural(&kind, "vpcendpointservices");
        let api = Api::namespaced_with(Client::try_from(config)?, namespace, &resource);
        let (sender, standing) = watch::channel(Standing::new());
        let events = watcher(api.clone(), watcher::Config::default()).default_backoff();
        let follower = tokio::spawn(note(events.boxed(), sender));
        Ok(Self { api, resource, standing, follower })
    }

    /// Creates an object; its generation is 1.
    pub(crate) async fn create(&self, name: &str, spec: &Value) -> Outcome<()> {
        let object = DynamicObject::new(name, &self.resource).data(json!({"spec": spec}));
        self.api.create(&PostParams::default(), &object).await?;
        Ok(())
    }

    /// Changes a part of the spec; answers the new generation.
    pub(crate) async fn edit(&self, name: &str, spec: &Value) -> Outcome<i64> {
        let patch = Patch::Merge(json!({"spec": spec}));
        let object = self.api.patch(name, &PatchParams::default(), &patch).await?;
        Ok(object.metadata.generation.unwrap_or_default())
    }

    pub(crate) async fn delete(&self, name: &str) -> Outcome<()> {
        self.api.delete(name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// Waits until the object is Ready for this generation.
    pub(crate) async fn until_ready(&self, name: &str, generation: i64) -> Outcome<()> {
        self.until(|standing| standing.get(name) == Some(&Some(generation))).await
    }

    /// Waits until the object is gone.
    pub(crate) async fn until_gone(&self, name: &str) -> Outcome<()> {
        self.until(|standing| !standing.contains_key(name)).await
    }

    /// How many watches of our kind the API server serves now, our own among them. It is asked for its metrics, because a watch is in
    /// the audit log only when it has ended.
    pub(crate) async fn watches(&self) -> Outcome<usize> {
        let request = Request::get("/metrics").body(Vec::new())?;
        let metrics = self.api.clone().into_client().request_text(request).await?;
        Ok(watches(&metrics))
    }

    async fn until(&self, wanted: impl Fn(&Standing) -> bool) -> Outcome<()> {
        let mut standing = self.standing.clone();
        let found = tokio::time::timeout(PATIENCE, standing.wait_for(wanted)).await;
        if found.is_err() {
            let now = self.standing.borrow();
            return Err(format!("the objects were not as wanted after {} s: {now:?}", PATIENCE.as_secs()).into());
        }
        Ok(())
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

async fn note(
    mut events: impl Stream<Item = watcher::Result<Event<DynamicObject>>> + Unpin,
    standing: Sender<Standing>,
) {
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => standing.send_modify(|standing| take_in(event, standing)),
            // It is begun again; whoever waits has a deadline.
            Err(error) => eprintln!("the watch of the benchmark broke: {error}"),
        }
    }
}

fn take_in(event: Event<DynamicObject>, standing: &mut Standing) {
    match event {
        Event::Apply(object) | Event::InitApply(object) => {
            standing.insert(object.name_any(), ready_for(&object.data));
        }
        Event::Delete(object) => {
            standing.remove(&object.name_any());
        }
        Event::Init | Event::InitDone => {}
    }
}

/// Adds up what the gauge of requests that stay open says about watches of our kind.
fn watches(metrics: &str) -> usize {
    let open = metrics.lines().filter(|line| {
        ["apiserver_longrunning_requests{", "verb=\"WATCH\"", "resource=\"vpcendpointservices\""]
            .iter()
            .all(|part| line.contains(part))
    });
    open.filter_map(|line| line.rsplit_once(' ')?.1.parse::<usize>().ok()).sum()
}

/// The generation that an object says it is Ready for.
fn ready_for(object: &Value) -> Option<i64> {
    let status = &object["status"];
    let conditions = status["conditions"].as_array()?;
    let ready = conditions.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    if ready { status["observedGeneration"].as_i64() } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ready_for, watches};

    #[test]
    fn only_open_watches_of_our_kind_count() {
        let metrics = r#"# TYPE apiserver_longrunning_requests gauge
apiserver_longrunning_requests{component="apiserver",group="privatelink.alibabacloud.com",resource="vpcendpointservices",scope="cluster",verb="WATCH"} 1
apiserver_longrunning_requests{component="apiserver",group="privatelink.alibabacloud.com",resource="vpcendpointservices",scope="namespace",verb="WATCH"} 2
apiserver_longrunning_requests{component="apiserver",group="",resource="pods",scope="cluster",verb="WATCH"} 7
"#;
        assert_eq!(watches(metrics), 3);
    }

    #[test]
    fn an_object_is_ready_for_the_generation_that_was_observed() {
        let object = |status: &str| {
            json!({"status": {"observedGeneration": 2, "conditions": [
                {"type": "Stalled", "status": "True"}, {"type": "Ready", "status": status}]}})
        };
        assert_eq!(ready_for(&object("True")), Some(2));
        assert_eq!(ready_for(&object("False")), None);
        assert_eq!(ready_for(&json!({})), None);
    }
}
