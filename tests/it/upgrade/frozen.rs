//! What a release left behind, frozen: its definition, and objects as it had written them, with what it had sent to the cloud for them.
//!
//! Names, UIDs and ids of the moment of freezing are placeholders, so that an object can be thawed as often as a test needs it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use cloud_core::{ApiOperation, Client, Credentials, Request, StaticCredentials, sign};
use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::checkout::repository;
use crate::support::rig::{REGION, Rig};

/// The release whose fixture the tests use: the one before this version.
pub(super) const RELEASE: &str = "0.1.0-previous";

/// What stands for the names of the moment.
pub(super) const NAMESPACE: &str = "{namespace}";
pub(super) const NAME: &str = "{name}";
pub(super) const UID: &str = "{uid}";
pub(super) const SERVICE: &str = "{service}";
pub(super) const ENDPOINT: &str = "{endpoint}";
/// When the create record was written.
pub(super) const RECORDED: &str = "{recorded}";
/// Of the create request.
pub(super) const HASH: &str = "{hash}";

/// The folder of a release's fixture.
pub(super) fn folder(release: &str) -> PathBuf {
    repository().join("tests/it/upgrade/releases").join(release)
}

/// A file of [`RELEASE`].
pub(super) fn text(file: &str) -> String {
    fs::read_to_string(folder(RELEASE).join(file)).unwrap()
}

/// A YAML document of [`RELEASE`].
pub(super) fn document(file: &str) -> Value {
    serde_saphyr::from_str(&text(file)).unwrap()
}

/// One object, and what had been done for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Frozen {
    /// What the object is an example of.
    pub(super) state: String,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) finalizers: Vec<String>,
    /// It carries the mark of deletion.
    pub(super) is_deleted: bool,
    /// Who owns the fields of the status.
    pub(super) status_manager: String,
    pub(super) spec: Value,
    pub(super) status: Value,
    /// Everything that was sent to change the cloud, and in between which consumer connected.
    pub(super) calls: Vec<FrozenCall>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FrozenCall {
    pub(super) operation: String,
    pub(super) parameters: BTreeMap<String, String>,
    /// It changed something.
    pub(super) is_applied: bool,
}

/// In the place of an operation: the account in the parameter of this name connects.
pub(super) const CONSUMER: &str = "Consumer";

/// Every object of [`RELEASE`].
pub(super) fn objects() -> Vec<Frozen> {
    serde_saphyr::from_str(&text("objects.yaml")).unwrap()
}

/// The object of this state.
pub(super) fn object(state: &str) -> Frozen {
    objects().into_iter().find(|object| object.state == state).unwrap()
}

impl Frozen {
    /// With these texts for placeholders.
    pub(super) fn with(&self, texts: &[(&str, &str)]) -> Self {
        let mut json = serde_json::to_string(self).unwrap();
        for (placeholder, text) in texts {
            json = json.replace(placeholder, text);
        }
        serde_json::from_str(&json).unwrap()
    }

    /// The hash that the create record must have: that of the first Create, without its token.
    pub(super) fn hash(&self) -> Option<String> {
        let create = self.calls.iter().find(|call| call.operation == Operation::CreateVpcEndpointService.name())?;
        let pairs = create.parameters.iter().filter(|(name, _)| *name != "ClientToken");
        let pairs: Vec<_> = pairs.map(|(name, value)| (name.clone(), value.clone())).collect();
        Some(sign::payload_hash(sign::canonical_query(&pairs).as_bytes()))
    }

    /// Puts the object and its service there, as the release had them, under this name, with a record that was written then. Answers the id of
    /// the service, empty where there is none.
    pub(super) async fn thaw(&self, rig: &Rig, name: &str, recorded: Timestamp) -> String {
        let uid = rig.apply(name, self.spec.clone()).await.metadata.uid.unwrap();
        let here =
            self.with(&[(NAMESPACE, &rig.namespace), (NAME, name), (UID, &uid), (RECORDED, &recorded.to_string())]);
        let hash = here.hash().unwrap_or_default();
        let here = here.with(&[(HASH, &hash)]);
        let (service, endpoint) = here.replay(rig).await;
        let mut here = here.with(&[(SERVICE, &service), (ENDPOINT, &endpoint)]);
        here.date(rig, &service).await;
        here.write(rig, name).await;
        service
    }

    /// Sends again what had changed the cloud. Answers the ids of the service and of the consumer's endpoint.
    async fn replay(&self, rig: &Rig) -> (String, String) {
        let client = client(rig);
        let (mut service, mut endpoint) = (String::new(), String::new());
        for FrozenCall { operation, parameters, is_applied: _ } in self.calls.iter().filter(|call| call.is_applied) {
            if operation == CONSUMER {
                endpoint = rig.connect(&parameters[CONSUMER], &service).await;
                rig.until_connection(&endpoint, "Connected").await;
                continue;
            }
            let pairs = parameters.iter().map(|(name, value)| (name.clone(), value.replace(SERVICE, &service)));
            let answer = send(&client, operation, pairs.collect()).await;
            if let Some(id) = answer["ServiceId"].as_str() {
                id.clone_into(&mut service);
            }
            rig.cloud("at rest", |services| services.iter().all(|service| service.status == "Active")).await;
        }
        (service, endpoint)
    }

    /// The times of the status, as if the release had written it since the object is there: what is older came along with an object that was
    /// copied, and is looked at anew.
    async fn date(&mut self, rig: &Rig, service: &str) {
        let now = now(rig).await;
        let second = |moment: Timestamp| json!(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        for condition in self.status["conditions"].as_array_mut().into_iter().flatten() {
            condition["lastTransitionTime"] = second(now);
        }
        if !self.status["createTime"].is_null() {
            self.status["createTime"] = second(rig.simulator.admin.service(service).await.unwrap().created);
        }
    }

    /// The object's metadata and status, by the hands that wrote them.
    async fn write(&self, rig: &Rig, name: &str) {
        let metadata = json!({"finalizers": self.finalizers, "annotations": self.annotations});
        let parameters =
            PatchParams { field_manager: Some("privatelink-operator".to_owned()), ..PatchParams::default() };
        rig.objects().patch(name, &parameters, &Patch::Merge(json!({"metadata": metadata}))).await.unwrap();
        if self.is_deleted {
            rig.delete(name).await;
        }
        if self.status_manager.is_empty() {
            return;
        }
        let status = json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService", "metadata": {"name": name},
            "status": self.status,
        });
        let parameters = PatchParams::apply(&self.status_manager).force();
        rig.objects().patch_status(name, &parameters, &Patch::Apply(&status)).await.unwrap();
    }
}

/// The time of the simulator, which runs by the machine's clock.
pub(super) async fn now(rig: &Rig) -> Timestamp {
    rig.simulator.admin.now().await.unwrap()
}

fn client(rig: &Rig) -> Client {
    let credentials = Credentials {
        access_key_id: SIMULATED_KEY_ID.to_owned(),
        access_key_secret: SIMULATED_KEY_SECRET.to_owned().into(),
        security_token: None,
    };
    Client::builder()
        .region(REGION)
        .credentials(Arc::new(StaticCredentials::new(credentials).unwrap()))
        .endpoint(&privatelink::API, rig.simulator.endpoint())
        .build()
        .unwrap()
}

/// A call with the parameters that another program gave it.
macro_rules! replayed {
    ($($operation:ident)+) => {
        $(
            #[derive(Serialize)]
            struct $operation(Vec<(String, String)>);

            impl Request for $operation {
                const OPERATION: ApiOperation = Operation::$operation.api_operation();
                type Answer = Value;

                fn parameters(&self) -> Vec<(String, String)> {
                    // The client adds its own region.
                    self.0.iter().filter(|(name, _)| name != "RegionId").cloned().collect()
                }
            }
        )+

        async fn send(client: &Client, operation: &str, parameters: Vec<(String, String)>) -> Value {
            match Operation::from_name(operation) {
                $(Some(Operation::$operation) => client.call(&$operation(parameters)).await.unwrap(),)+
                other => unreachable!("{other:?} is not among the operations that can be sent again"),
            }
        }
    };
}

replayed! {
    CreateVpcEndpointService UpdateVpcEndpointServiceAttribute AddUserToVpcEndpointService AttachResourceToVpcEndpointService
}
