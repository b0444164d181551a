//! Deletes orphans, by the teardown and the write scheduler that every deletion goes through. What may be deleted is for
//! [`decision`](super::decision) to say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tracing::info;

use super::attempt::{Attempt, Tools};
use super::decision::Kept;
use super::owner::key;
use super::sightings::{Orphan, Sightings};

/// A deletion that takes longer is begun again from the start: what it rests on was looked at before it began. The longest that the provider is
/// known to take for one load balancer is a minute.
const PATIENCE: Duration = Duration::from_mins(5);

/// The deletions that are under way, and why the other orphans are kept.
#[derive(Debug)]
pub(super) struct Deletion {
    tools: Tools,
    stages: BTreeMap<Orphan, Stage>,
    /// As the log has said.
    kept: BTreeMap<Orphan, Kept>,
}

/// How far the deletion of one orphan has come.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It is kept, and asked about again then.
    Resting { until: Instant },
    /// It is being deleted; what was looked at before `since` does not count.
    Working { began: Instant, since: Timestamp },
}

impl Deletion {
    pub(super) fn new(tools: Tools) -> Self {
        Self { tools, stages: BTreeMap::new(), kept: BTreeMap::new() }
    }

    /// Goes on with every deletion that is under way, and begins one more at most: who sees the first go has time to stop the others. Answers what was
    /// deleted, and after what time to come back.
    pub(super) async fn advance(&mut self, seen: &Sightings) -> (Vec<Orphan>, Duration) {
        let orphans: Vec<(Orphan, Instant)> = seen.confirmed().map(|(orphan, since)| (orphan.clone(), since)).collect();
        self.keep_only(&orphans.iter().map(|(orphan, _)| orphan).collect());
        let (mut deleted, mut has_begun) = (Vec::new(), false);
        for (orphan, absent_since) in orphans {
            let Some((began, since)) = self.turn(&orphan, has_begun) else { continue };
            match self.tools.attempt(&orphan, absent_since, since).await {
                Attempt::Pending => {
                    has_begun |= began.elapsed() < self.tools.pause();
                    self.stages.insert(orphan, Stage::Working { began, since });
                }
                Attempt::Kept(kept) => {
                    self.tell(&orphan, kept);
                    self.rest(orphan);
                }
                Attempt::Failed => self.rest(orphan),
                Attempt::Deleted => {
                    self.rest(orphan.clone());
                    deleted.push(orphan);
                }
            }
        }
        let is_working = self.stages.values().any(|stage| matches!(stage, Stage::Working { .. }));
        (deleted, if is_working { self.tools.pause() } else { self.tools.rest() })
    }

    /// When the deletion of this one began; `None`: it is not its turn.
    fn turn(&self, orphan: &Orphan, has_begun: bool) -> Option<(Instant, Timestamp)> {
        match self.stages.get(orphan) {
            Some(Stage::Resting { until }) if Instant::now() < *until => None,
            Some(Stage::Working { began, since }) if began.elapsed() < PATIENCE => Some((*began, *since)),
            _ => (!has_begun).then(|| (Instant::now(), self.tools.now())),
        }
    }

    /// Nothing of what was looked at for it counts any more.
    fn rest(&mut self, orphan: Orphan) {
        self.tools.forget(&orphan);
        self.stages.insert(orphan, Stage::Resting { until: Instant::now() + self.tools.rest() });
    }

    /// One line for each reason that is another than before.
    fn tell(&mut self, orphan: &Orphan, kept: Kept) {
        if self.kept.insert(orphan.clone(), kept) != Some(kept) {
            let (service_id, owner) = (&orphan.service.id, &orphan.service.object);
            info!(service_id, owner, "an endpoint service without its object is not deleted: {kept}");
        }
    }

    fn keep_only(&mut self, orphans: &BTreeSet<&Orphan>) {
        for gone in self.stages.keys().filter(|orphan| !orphans.contains(orphan)) {
            self.tools.forget(gone);
        }
        self.stages.retain(|orphan, _| orphans.contains(orphan));
        self.kept.retain(|orphan, _| orphans.contains(orphan));
    }
}

impl Tools {
    fn forget(&self, orphan: &Orphan) {
        if let Some(key) = key(orphan) {
            self.context.accounts.forget(&key.id());
        }
    }
}
