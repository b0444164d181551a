//! Versions of objects that this process did not write: a status, a label, whatever no person's edit of the spec announces.
//!
//! Each of them gets a reconcile, so that a status which somebody else wrote is set right. Our own writes must get none, and the answer
//! to a write may come after the watch has shown it; so the look comes a moment later. Where somebody goes on writing, the looks come
//! at growing delays: two operators of different opinion must not write against each other without end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};

use crate::identity::ObjectId;
use crate::kubernetes::freshness::Freshness;

/// What the watch tells.
#[derive(Debug)]
enum Told {
    /// The object is at this version.
    At(ObjectId, String),
    Gone(ObjectId),
}

/// The end at which the watch tells of versions. Holds no more than the last one of each object.
#[derive(Debug)]
pub(super) struct Versions {
    last: HashMap<String, String>,
    sender: UnboundedSender<Told>,
}

/// The end at which the objects that need a look come out.
#[derive(Debug)]
pub struct ForeignWrites {
    doubts: HashMap<String, Doubt>,
    receiver: UnboundedReceiver<Told>,
    freshness: Arc<Freshness>,
    first: Duration,
    max: Duration,
}

/// Both ends. `first` is the delay of the first look, which doubles up to `max` where somebody goes on writing.
pub(super) fn channel(freshness: Arc<Freshness>, first: Duration, max: Duration) -> (Versions, ForeignWrites) {
    let (sender, receiver) = unbounded_channel();
    (
        Versions { last: HashMap::new(), sender },
        ForeignWrites { doubts: HashMap::new(), receiver, freshness, first, max },
    )
}

impl Versions {
    /// The watch shows an object at a version. The first one of an object is no news: it gets a reconcile anyway.
    pub(super) fn seen(&mut self, id: &ObjectId, version: &str) {
        let before = self.last.insert(id.uid.clone(), version.to_owned());
        if before.is_some_and(|before| before != version) {
            self.tell(Told::At(id.clone(), version.to_owned()));
        }
    }

    pub(super) fn gone(&mut self, id: &ObjectId) {
        self.last.remove(&id.uid);
        self.tell(Told::Gone(id.clone()));
    }

    fn tell(&self, told: Told) {
        // The only error is a controller that has stopped.
        let _ = self.sender.send(told);
    }
}

/// One object that somebody wrote, perhaps.
#[derive(Debug)]
struct Doubt {
    id: ObjectId,
    version: String,
    /// A look is on its way.
    is_due: bool,
    /// Looks in a row.
    looks: u32,
    looked: Option<Instant>,
}

impl ForeignWrites {
    /// The objects, when it is time to look at them. Ends when the watch does.
    pub fn objects(self) -> impl Stream<Item = ObjectId> + Send {
        let state = (self, FuturesUnordered::new());
        stream::unfold(state, async |(mut ends, mut looks)| {
            loop {
                tokio::select! {
                    told = ends.receiver.recv() => match told? {
                        Told::Gone(id) => drop(ends.doubts.remove(&id.uid)),
                        Told::At(id, version) => {
                            let uid = id.uid.clone();
                            if let Some(delay) = ends.doubt(&id, version) {
                                looks.push(after(delay, uid));
                            }
                        }
                    },
                    Some(uid) = looks.next() => {
                        if let Some(id) = ends.look(&uid) {
                            return Some((id, (ends, looks)));
                        }
                    }
                }
            }
        })
    }

    /// The delay of the look that is needed; `None`: one is on its way.
    fn doubt(&mut self, id: &ObjectId, version: String) -> Option<Duration> {
        let new = || Doubt { id: id.clone(), version: String::new(), is_due: false, looks: 0, looked: None };
        let doubt = self.doubts.entry(id.uid.clone()).or_insert_with(new);
        doubt.version = version;
        if doubt.looked.is_some_and(|looked| looked.elapsed() > self.max) {
            doubt.looks = 0;
        }
        let is_due = std::mem::replace(&mut doubt.is_due, true);
        let delay = self.first.saturating_mul(1_u32.checked_shl(doubt.looks).unwrap_or(u32::MAX)).min(self.max);
        (!is_due).then_some(delay)
    }

    /// The object, if it is still at a version that is not ours.
    fn look(&mut self, uid: &str) -> Option<ObjectId> {
        let doubt = self.doubts.get_mut(uid)?;
        doubt.is_due = false;
        if self.freshness.is_own(uid, &doubt.version) {
            return None;
        }
        doubt.looks = doubt.looks.saturating_add(1);
        doubt.looked = Some(Instant::now());
        Some(doubt.id.clone())
    }
}

async fn after(delay: Duration, uid: String) -> String {
    sleep(delay).await;
    uid
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    fn id(name: &str) -> ObjectId {
        ObjectId { namespace: "team".into(), name: name.into(), uid: name.into() }
    }

    fn ends() -> (Versions, ForeignWrites, Arc<Freshness>) {
        let freshness = Arc::<Freshness>::default();
        let (versions, foreign) = channel(Arc::clone(&freshness), Duration::from_secs(1), Duration::from_mins(5));
        (versions, foreign, freshness)
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_that_somebody_else_wrote_gets_a_look() {
        let (mut versions, foreign, freshness) = ends();
        versions.seen(&id("a"), "1");
        freshness.wrote("a", "2");
        versions.seen(&id("a"), "2");
        versions.seen(&id("a"), "3");
        versions.seen(&id("a"), "3");
        let mut objects = Box::pin(foreign.objects());
        let began = Instant::now();
        assert_eq!(objects.next().await, Some(id("a")));
        assert_eq!(began.elapsed(), Duration::from_secs(1));
        assert!(timeout(Duration::from_hours(1), objects.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn our_own_writes_get_none_also_where_the_watch_is_faster_than_the_answer() {
        let (mut versions, foreign, freshness) = ends();
        versions.seen(&id("a"), "1");
        versions.seen(&id("a"), "2");
        let mut objects = Box::pin(foreign.objects());
        assert!(timeout(Duration::from_millis(500), objects.next()).await.is_err());
        freshness.wrote("a", "2");
        assert!(timeout(Duration::from_hours(1), objects.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn where_somebody_writes_against_us_the_looks_come_at_growing_delays() {
        let (mut versions, foreign, _) = ends();
        versions.seen(&id("a"), "0");
        let mut objects = Box::pin(foreign.objects());
        let (began, mut delays) = (Instant::now(), Vec::new());
        for version in 1..=12 {
            versions.seen(&id("a"), &version.to_string());
            objects.next().await.unwrap();
            delays.push(began.elapsed().as_secs());
        }
        assert_eq!(delays, [1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111, 1411]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_gone_takes_no_room_and_gets_no_look() {
        let (mut versions, foreign, _) = ends();
        versions.seen(&id("a"), "1");
        versions.seen(&id("a"), "2");
        versions.gone(&id("a"));
        assert!(versions.last.is_empty());
        let mut objects = Box::pin(foreign.objects());
        assert!(timeout(Duration::from_hours(1), objects.next()).await.is_err());
        drop(versions);
        assert_eq!(objects.next().await, None);
    }
}
