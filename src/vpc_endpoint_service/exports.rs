//! The ConfigMaps of `spec.exportTo`: what is known of each, looked at once a resync period, and the writes that a report asks for.

mod known;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tracing::{debug, info, warn};

pub use self::known::{ExportRefusal, ExportStep, ExportView, ExportViews, ExportWrite, KnownExport};
use crate::identity::{ObjectId, ObjectKey};
use crate::kubernetes::{ConfigMaps, FoundConfigMap, KubernetesError};
use crate::timing::Timing;
use crate::vpc_endpoint_service::plan::freshness::after;

/// What is known of the ConfigMaps of every object that exports or has exported, by the object's UID.
#[derive(Debug, Default)]
pub struct Exports(Mutex<HashMap<String, BTreeMap<String, Entry>>>);

#[derive(Clone, Debug)]
struct Entry {
    known: KnownExport,
    look_at: Timestamp,
}

impl Exports {
    /// Looks at those of these ConfigMaps whose turn it is, and gives what is known of all of them. Others of the object are forgotten.
    pub async fn look(
        &self,
        key: &ObjectKey,
        names: &[String],
        config_maps: &dyn ConfigMaps,
        timing: &Timing,
        now: Timestamp,
    ) -> ExportViews {
        for name in self.due(key, names, now) {
            let read = config_maps.read_config_map(&key.namespace, &name).await;
            self.take_in(key, &name, read, timing, now);
        }
        self.views(key)
    }

    /// Carries these out, one after the other. One that fails keeps none of the others back, and is told of by the views of the next reconcile.
    pub async fn apply(
        &self,
        key: &ObjectKey,
        steps: &[ExportStep],
        config_maps: &dyn ConfigMaps,
        timing: &Timing,
        now: Timestamp,
    ) {
        for ExportStep { config_map: name, write } in steps {
            let written = match write {
                ExportWrite::Create { data } => config_maps.create_config_map(key, name, data).await.map(Some),
                ExportWrite::Change { version, data } => {
                    config_maps.change_config_map(key, name, version, data).await.map(Some)
                }
                ExportWrite::Delete { version } => {
                    config_maps.delete_config_map(&key.namespace, name, version).await.map(|()| None)
                }
            };
            self.wrote(key, name, write, written, timing, now);
        }
    }

    /// The object is gone.
    pub fn forget(&self, id: &ObjectId) {
        self.lock().remove(&id.uid);
    }

    fn due(&self, key: &ObjectKey, names: &[String], now: Timestamp) -> Vec<String> {
        let mut objects = self.lock();
        if names.is_empty() {
            objects.remove(&key.uid);
            return Vec::new();
        }
        let entries = objects.entry(key.uid.clone()).or_default();
        entries.retain(|name, _| names.contains(name));
        let is_due = |name: &&String| entries.get(*name).is_none_or(|entry| entry.look_at <= now);
        names.iter().filter(is_due).cloned().collect()
    }

    fn views(&self, key: &ObjectKey) -> ExportViews {
        let objects = self.lock();
        let Some(entries) = objects.get(&key.uid) else { return ExportViews::default() };
        ExportViews {
            known: entries.iter().map(|(name, entry)| (name.clone(), entry.known.clone())).collect(),
            next_look: entries.values().map(|entry| entry.look_at).min(),
        }
    }

    fn take_in(
        &self,
        key: &ObjectKey,
        name: &str,
        read: Result<Option<FoundConfigMap>, KubernetesError>,
        timing: &Timing,
        now: Timestamp,
    ) {
        let before = self.refusal(key, name);
        let look_after =
            if is_passing(read.as_ref().err()) { timing.blocked_poll_interval } else { timing.resync_period };
        let known = match read {
            Ok(found) => KnownExport {
                view: ExportView::of(found, &key.uid),
                // What a write was refused for stands until one succeeds; that it may be read is no news.
                refusal: before.filter(|refusal| refusal.verb != "get"),
                is_due: true,
            },
            Err(error) => {
                debug!(config_map = name, "failed to read the ConfigMap of spec.exportTo: {error}");
                let refusal = ExportRefusal::of("get", &error).or(before);
                KnownExport { view: ExportView::Unknown, refusal, is_due: false }
            }
        };
        self.note(key, name, known, after(now, look_after));
    }

    fn wrote(
        &self,
        key: &ObjectKey,
        name: &str,
        write: &ExportWrite,
        written: Result<Option<FoundConfigMap>, KubernetesError>,
        timing: &Timing,
        now: Timestamp,
    ) {
        let (known, look_after) = match written {
            Ok(found) => {
                info!(config_map = name, "{}", write.done());
                let view = ExportView::of(found, &key.uid);
                (KnownExport { view, refusal: None, is_due: true }, timing.resync_period)
            }
            // Somebody was faster: what is there now decides.
            Err(KubernetesError::Conflict | KubernetesError::Gone) => {
                (KnownExport { view: ExportView::Unknown, refusal: None, is_due: false }, Duration::ZERO)
            }
            Err(error) => {
                let refusal = ExportRefusal::of(write.verb(), &error);
                self.log_failure(key, name, write, &error, refusal.as_ref());
                let look_after =
                    if is_passing(Some(&error)) { timing.blocked_poll_interval } else { timing.resync_period };
                let view = self.view(key, name);
                (KnownExport { view, refusal: refusal.or_else(|| self.refusal(key, name)), is_due: false }, look_after)
            }
        };
        self.note(key, name, known, after(now, look_after));
    }

    /// A refusal is logged when it is new; a namespace that is being deleted refuses every create, and nobody needs to know.
    fn log_failure(
        &self,
        key: &ObjectKey,
        name: &str,
        write: &ExportWrite,
        error: &KubernetesError,
        refusal: Option<&ExportRefusal>,
    ) {
        let is_told = refusal.is_some() && self.refusal(key, name).as_ref() == refusal;
        if is_told || *error == KubernetesError::NamespaceTerminating {
            debug!(config_map = name, "failed to {} the ConfigMap of spec.exportTo: {error}", write.verb());
        } else {
            warn!(config_map = name, "failed to {} the ConfigMap of spec.exportTo: {error}", write.verb());
        }
    }

    fn view(&self, key: &ObjectKey, name: &str) -> ExportView {
        self.entry(key, name).map_or(ExportView::Unknown, |entry| entry.known.view)
    }

    fn refusal(&self, key: &ObjectKey, name: &str) -> Option<ExportRefusal> {
        self.entry(key, name)?.known.refusal
    }

    fn entry(&self, key: &ObjectKey, name: &str) -> Option<Entry> {
        self.lock().get(&key.uid)?.get(name).cloned()
    }

    fn note(&self, key: &ObjectKey, name: &str, known: KnownExport, look_at: Timestamp) {
        self.lock().entry(key.uid.clone()).or_default().insert(name.to_owned(), Entry { known, look_at });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, BTreeMap<String, Entry>>> {
        // No code runs under the lock that could leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_passing(error: Option<&KubernetesError>) -> bool {
    matches!(error, Some(KubernetesError::Unavailable(_)))
}

#[cfg(test)]
mod tests;
