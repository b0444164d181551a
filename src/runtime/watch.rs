//! The watch of the objects: kept small, told to the health checks, and reduced to what a reconcile has to know.

mod change_filter;
mod foreign;
mod readable;

use std::future;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt};
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{Predicate, WatchStreamExt, predicates};
use kube::{Api, ResourceExt};
use tracing::{info, warn};

use self::change_filter::ChangeFilter;
pub use self::foreign::ForeignWrites;
pub(super) use self::readable::Seen;
use self::readable::readable;
use super::context::Context;
use super::uid_tracker::UidTracker;
use crate::admin::WatchHealth;
use crate::crd::EventReason;
use crate::identity::{ObjectId, ObjectKey};
use crate::kubernetes::list_watch::{Pace, Pause, list_watch};
use crate::kubernetes::{Announcement, Kind, Severity};
use crate::timing::Timing;

/// Objects a page. Smaller pages lower the peak of memory while listing, larger ones save calls: with 500, ten thousand objects take
/// twenty calls, and a page is about 1 MB.
const PAGE_SIZE: u32 = 500;

/// Written by `kubectl apply`: the whole object once more, of no use to us.
const LAST_APPLIED_ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Pages and starts that a slow API server needs more time for than a single write. Three times as long: a page is 500 objects.
const PAGE_DEADLINES: u32 = 3;

/// After the time at which the API server should have ended a watch. A longer one lets a dead connection be taken for a quiet one.
const END_MARGIN: Duration = Duration::from_secs(5);

/// How long nothing may be heard before the operator is not ready: a whole watch, the margin, and a start that is tried twice.
pub fn longest_silence(timing: &Timing) -> Duration {
    timing.watch_timeout + timing.kubernetes_call_deadline * PAGE_DEADLINES
}

/// How long lists and watches may take.
pub fn pace(timing: &Timing) -> Pace {
    Pace {
        page_size: PAGE_SIZE,
        page: timing.kubernetes_call_deadline * PAGE_DEADLINES,
        start: timing.kubernetes_call_deadline,
        watch: timing.watch_timeout,
        quiet: timing.watch_timeout + END_MARGIN.min(timing.kubernetes_call_deadline),
        relist: timing.relist_period,
    }
}

/// The objects that deserve a reconcile, out of every object that changed, and those that somebody else wrote. Fills the store; has objects
/// forgotten that are gone. Never ends and never fails: a watch that fails is started again.
pub(super) fn objects<K: Kind>(
    api: Api<Seen<K>>,
    writer: Writer<K>,
    context: Arc<Context<K>>,
    forget: impl Fn(&ObjectId) + Send + 'static,
    health: Arc<WatchHealth>,
) -> (impl Stream<Item = watcher::Result<K>> + Send, ForeignWrites) {
    let timing = context.timing;
    let (mut versions, foreign) =
        foreign::channel(Arc::clone(&context.freshness), timing.backoff_initial, timing.backoff_max);
    let told = Arc::clone(&health);
    let predicate =
        predicates::generation::<K>.combine(predicates::finalizers::<K>).combine(predicates::annotations::<K>);
    // A status changes all the time, and mostly by our own hand: `foreign` tells whose it was.
    let (mut tracker, mut filter) = (UidTracker::default(), ChangeFilter::by(predicate));
    let heard = Arc::clone(&health);
    let live = Arc::clone(&context.live);
    let seen = list_watch(api, pace(&timing), move || heard.heard()).inspect_ok(move |event| live.take_in(event));
    let changed = readable(seen, move |object, error| report_unreadable(&context, object, error))
        .backoff(Pause::default())
        .modify(prune)
        .inspect(move |event| tell(event, &told))
        .reflect(writer)
        .filter_map(move |event| {
            // The runtime would pause a second time for each error.
            let object = event.ok().and_then(|event| {
                let gone = tracker.take_in(&event);
                for id in &gone {
                    forget(id);
                    versions.gone(id);
                }
                if let Event::Apply(object) | Event::InitApply(object) = &event {
                    let key = ObjectKey::of(object);
                    versions.seen(&key.id(), &key.resource_version);
                }
                if matches!(event, Event::InitDone) {
                    health.store_synced();
                }
                filter.take_in(event, &gone)
            });
            future::ready(object.map(Ok))
        });
    (changed, foreign)
}

/// Says in the log and in an event of the object that it is left alone. A status cannot say so: ours is written by type, too.
fn report_unreadable<K: Kind>(context: &Context<K>, object: &K, error: &str) {
    let key = ObjectKey::of(object);
    warn!(object.namespace = key.namespace, object.name = key.name, error, "failed to parse an object, ignoring it");
    let events = Arc::clone(&context.kubernetes.events);
    let note =
        format!("this version of the operator cannot read the object and leaves it and its service alone: {error}");
    tokio::spawn(async move {
        let announcement =
            Announcement { severity: Severity::Warning, reason: EventReason::InvalidObject.as_str(), note: &note };
        events.publish(&key, announcement).await;
    });
}

fn prune(object: &mut impl Kind) {
    object.managed_fields_mut().clear();
    object.annotations_mut().remove(LAST_APPLIED_ANNOTATION);
}

fn tell<K: Kind>(event: &watcher::Result<Event<K>>, health: &WatchHealth) {
    match event {
        Ok(_) => {
            if health.definition_served() {
                info!("the CustomResourceDefinition is served");
            }
        }
        Err(error) if is_missing_definition(error) => {
            health.definition_missing();
            warn!(
                "the CustomResourceDefinition {} is not installed; \
                 install it with: privatelink-operator crds | kubectl apply --server-side -f -",
                K::crd_name()
            );
        }
        Err(error) => warn!(%error, "watch failed, restarting"),
    }
}

/// A path that the API server does not know is answered with 404, whether one lists or watches.
fn is_missing_definition(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => status.code == 404,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
