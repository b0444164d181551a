//! A small client that signs, so that these tests do not depend on a larger one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::sign::{self, Unsigned};
use cloud_core::{Clock, Credentials, HttpTransport, Transport, TransportError};
use http::Request;
use privatelink_sim::{Config, DEFAULT_CONSUMER, DEFAULT_PROVIDER, LoadBalancer, Simulator};
use serde_json::Value;

pub(crate) const REGION: &str = "cn-hangzhou";
pub(crate) const ZONE_I: &str = "cn-hangzhou-i";
pub(crate) const ZONE_J: &str = "cn-hangzhou-j";

/// Operations of STS, which has a version of its own.
const STS: [&str; 2] = ["AssumeRole", "GetCallerIdentity"];

/// What came back: status, headers, body.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The code of a refusal, `good` for a good answer.
    pub(crate) fn code(&self) -> &str {
        self.body["Code"].as_str().unwrap_or("good")
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }

    pub(crate) fn list(&self, field: &str) -> &[Value] {
        self.body[field].as_array().map(Vec::as_slice).unwrap_or_default()
    }
}

static NONCES: AtomicU64 = AtomicU64::new(0);

/// Signs and sends for one key.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) key: Credentials,
    pub(crate) url: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) transport: Arc<dyn Transport>,
}

impl Client {
    pub(crate) fn in_process(simulator: &Simulator, key: &str) -> Self {
        let url = format!("http://privatelink.{REGION}.aliyuncs.com");
        Self { key: credentials(key), url, clock: simulator.clock(), transport: simulator.transport() }
    }

    pub(crate) fn over_http(simulator: &Simulator, key: &str, url: &str) -> Self {
        let transport = Arc::new(HttpTransport::new().unwrap());
        Self { key: credentials(key), url: url.to_owned(), clock: simulator.clock(), transport }
    }

    /// A signed request with its parameters in the query, or in the form for the two that want it.
    pub(crate) fn request(&self, action: &str, params: &[(&str, &str)], nonce: &str) -> Request<Bytes> {
        let params: Vec<(String, String)> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let is_form = matches!(action, "TagResources" | "UntagResources");
        let form = sign::canonical_query(&params);
        let signed = sign::sign(
            &self.key,
            &Unsigned {
                method: "POST",
                host: self.url.trim_start_matches("http://"),
                action,
                version: if STS.contains(&action) { "2015-04-01" } else { "2020-04-15" },
                params: if is_form { &[] } else { &params },
                body: if is_form { form.as_bytes() } else { &[] },
                content_type: is_form.then_some("application/x-www-form-urlencoded"),
                accept: None,
            },
            self.clock.now(),
            nonce,
        );
        let mut request = Request::post(format!("{}/?{}", self.url, signed.query)).header("user-agent", "sim-test");
        for (name, value) in &signed.headers {
            request = request.header(name, value);
        }
        request.body(if is_form { Bytes::from(form.clone()) } else { Bytes::new() }).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Reply, TransportError> {
        let response = self.transport.send(request).await?;
        let (head, body) = response.into_parts();
        let body = serde_json::from_slice(&body).unwrap();
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
    }

    pub(crate) async fn try_call(&self, action: &str, params: &[(&str, &str)]) -> Result<Reply, TransportError> {
        let nonce = format!("nonce-{}", NONCES.fetch_add(1, Ordering::Relaxed));
        self.send(self.request(action, params, &nonce)).await
    }

    /// With `RegionId` added.
    pub(crate) async fn call(&self, action: &str, params: &[(&str, &str)]) -> Reply {
        let mut all = vec![("RegionId", REGION)];
        all.extend(params.iter().filter(|param| param.0 != "RegionId"));
        self.try_call(action, &all).await.unwrap()
    }

    /// A service of NLB `nlb-a` in zone i; its id.
    pub(crate) async fn create(&self) -> String {
        let reply = self.call("CreateVpcEndpointService", NLB_SERVICE).await;
        assert_eq!(reply.code(), "good", "{reply:?}");
        reply.text("ServiceId").to_owned()
    }

    pub(crate) async fn status(&self, id: &str) -> String {
        let reply = self.call("GetVpcEndpointServiceAttribute", &[("ServiceId", id)]).await;
        if reply.code() == "good" { reply.text("ServiceStatus").to_owned() } else { reply.code().to_owned() }
    }

    /// Waits in simulated time until the service is Active.
    pub(crate) async fn settle(&self, id: &str) {
        for _ in 0..100 {
            if self.status(id).await == "Active" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("{id} does not become Active");
    }

    /// An Active one.
    pub(crate) async fn create_active(&self) -> String {
        let id = self.create().await;
        self.settle(&id).await;
        id
    }
}

pub(crate) const NLB_SERVICE: &[(&str, &str)] = &[
    ("ServiceResourceType", "nlb"),
    ("Resource.1.ResourceType", "nlb"),
    ("Resource.1.ResourceId", "nlb-a"),
    ("Resource.1.ZoneId", ZONE_I),
];

pub(crate) fn credentials(key: &str) -> Credentials {
    Credentials {
        access_key_id: format!("sim-{key}-key"),
        access_key_secret: format!("sim-{key}-secret").into(),
        security_token: None,
    }
}

/// The defaults, slow timers included, with seed 1 and some load balancers.
pub(crate) fn config() -> Config {
    let both = [ZONE_I, ZONE_J];
    Config {
        seed: Some(1),
        load_balancers: vec![
            LoadBalancer::new("nlb-a", "nlb", REGION, &both),
            LoadBalancer::new("nlb-b", "nlb", REGION, &both),
            LoadBalancer::new("nlb-dual", "nlb", REGION, &both).dual_stack(),
            LoadBalancer::new("alb-a", "alb", REGION, &both),
            LoadBalancer::new("lb-a", "slb", REGION, &[ZONE_I]),
            LoadBalancer::new("gwlb-a", "gwlb", REGION, &both),
            LoadBalancer::new("nlb-foreign", "nlb", REGION, &both).owned_by(DEFAULT_CONSUMER),
            LoadBalancer::new("nlb-own", "nlb", REGION, &both).owned_by(DEFAULT_PROVIDER),
        ],
        ..Config::default()
    }
}

/// A simulator with that configuration, and the provider's client. Call it inside the test's runtime.
pub(crate) fn provider() -> (Simulator, Client) {
    with(config())
}

pub(crate) fn with(config: Config) -> (Simulator, Client) {
    let simulator = Simulator::new(config);
    let client = Client::in_process(&simulator, "provider");
    (simulator, client)
}

/// Lets simulated time pass.
pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
