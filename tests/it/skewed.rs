//! The API server's clock is two minutes ahead of the operator's, or two behind. No deletion waits for the one to catch up with the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, OnEvent, PassEverything, Side, WatchEvent};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use crate::support::proxies::Proxies;
use crate::support::rig::{Rig, Setup, nlb_spec};

/// Far below the skew.
const GONE_WITHIN: Duration = Duration::from_secs(30);

/// Shifts the times that the API server sets.
struct Skew(jiff::SignedDuration);

impl Skew {
    fn shifted(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut document: Value = serde_json::from_slice(body).ok()?;
        self.shift(&mut document);
        serde_json::to_vec(&document).ok()
    }

    fn shift(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in ["deletionTimestamp", "creationTimestamp"] {
                    let time =
                        fields.get(name).and_then(Value::as_str).and_then(|text| text.parse::<jiff::Timestamp>().ok());
                    if let Some(time) = time {
                        fields.insert(name.to_owned(), (time + self.0).to_string().into());
                    }
                }
                fields.values_mut().for_each(|value| self.shift(value));
            }
            Value::Array(items) => items.iter_mut().for_each(|value| self.shift(value)),
            _ => {}
        }
    }
}

impl Interceptor for Skew {
    fn answer<'a>(&'a self, _: &'a Arrival, answer: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        let shifted = self.shifted(&answer.body);
        let instead = shifted.map(|body| OnAnswer::Replace(Answer { body: body.into(), ..answer.clone() }));
        async { instead.unwrap_or(OnAnswer::Pass) }.boxed()
    }

    fn event<'a>(&'a self, _: &'a Arrival, event: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        let shifted = self.shifted(&event.line);
        let instead = shifted.map(|mut line| {
            line.push(b'\n');
            OnEvent::Instead(line.into())
        });
        async { instead.unwrap_or(OnEvent::Pass) }.boxed()
    }
}

async fn deleted_under(seconds: i64) {
    let mut rig = Rig::without_operator(Setup::default().soon_sure()).await;
    let skew = Arc::new(Skew(jiff::SignedDuration::from_secs(seconds)));
    let interceptor = move |side: Side| -> Arc<dyn Interceptor> {
        if side == Side::Kubernetes { skew.clone() } else { Arc::new(PassEverything) }
    };
    let proxies = Proxies::start(&rig, interceptor).await;
    rig.start_operator_behind(proxies.kubeconfig(), &proxies.cloud(&rig)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let begin = Instant::now();
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert!(begin.elapsed() < GONE_WITHIN, "{:?}", begin.elapsed());
    rig.cloud("empty", <[_]>::is_empty).await;
    rig.end().await;
}

#[tokio::test]
async fn an_api_server_whose_clock_is_ahead_delays_no_deletion() {
    deleted_under(120).await;
}

#[tokio::test]
async fn an_api_server_whose_clock_is_behind_changes_no_deletion() {
    deleted_under(-120).await;
}
