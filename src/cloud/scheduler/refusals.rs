//! What was refused to whom, for a reason that is the object's own: the same is not sent again before its time.
//!
//! An object comes back when a person changes what is asked for, when the cloud shows its resource otherwise, or after a delay that grows. Where
//! several objects lack the same (a right, room in a quota), one of them finds out for all whether they still do, round-robin; so others are not
//! held up, and nobody waits for long once the cause is gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use cloud_core::{ApiOperation, Error, Rate};

use super::call_outcome::CallOutcome;
use super::elapsed::Elapsed;
use super::permit::{Content, Want};
use crate::backoff::Backoff;
use crate::cloud::errors::Class;
use crate::identity::ObjectId;
use crate::timing::Timing;

/// What is sent again of all that was refused takes one call in so many of those that the rate allows: the rest is for the others, however many
/// were refused.
const SHARE: u32 = 5;

/// Refusals that are kept of one object. A spec makes fewer different calls at a time; which one is forgotten costs one call.
const MOST_OF_ONE: usize = 64;

/// Whom room for one more lets go: it, and as many again. So a quota that got room for many is used up in a few rounds, and one that got room for
/// one costs two calls in vain.
const ROOM_FOR: usize = 2;

/// All refusals of an account and region.
#[derive(Debug)]
pub(super) struct Refusals {
    delays: Delays,
    /// By the UID of the object.
    objects: HashMap<String, BTreeMap<Call, Refused>>,
    /// How many there are of each operation.
    counts: BTreeMap<ApiOperation, u32>,
    groups: BTreeMap<GroupKey, Group>,
    next_probe: u64,
}

/// One call of an object: the operation, and the fingerprint of what it says.
type Call = (ApiOperation, u64);

/// Those who lack the same: the operation, and the code of the answer.
type GroupKey = (ApiOperation, String);

#[derive(Debug)]
struct Refused {
    id: ObjectId,
    content: Content,
    class: Class,
    error: Error,
    /// Refusals in a row, 1 for the first.
    count: u32,
    at: Elapsed,
    until: Elapsed,
    /// The number of its last probe for the others; 0: none.
    probed: u64,
}

#[derive(Debug, Default)]
struct Group {
    members: BTreeSet<(String, Call)>,
    /// When the next of them finds out for all.
    next: Elapsed,
    /// Probes in vain, in a row.
    probes: u32,
}

/// How long a refusal keeps the same from being sent, by class; and how long a group waits between two probes.
#[derive(Clone, Copy, Debug)]
struct Delays {
    spec: Backoff,
    missing: Backoff,
    rights: Backoff,
    quota: Backoff,
    probe_max: Duration,
}

impl Refusals {
    pub(super) fn new(timing: &Timing) -> Self {
        let max = timing.spec_error_backoff_max;
        let delays = Delays {
            spec: Backoff::new(timing.spec_error_backoff_initial, max),
            missing: Backoff::new(timing.backoff_initial, timing.backoff_max),
            rights: Backoff::new(timing.account_error_backoff_initial, max),
            quota: Backoff::new(timing.quota_backoff_initial, max),
            probe_max: timing.account_error_backoff_max,
        };
        Self { delays, objects: HashMap::new(), counts: BTreeMap::new(), groups: BTreeMap::new(), next_probe: 1 }
    }

    /// Until when a call is too early, and the answer that it got before.
    pub(super) fn forbids(&mut self, now: Elapsed, id: &ObjectId, want: &Want) -> Option<(Elapsed, &Error)> {
        let content = want.content;
        let calls = self.objects.get(&id.uid)?;
        if calls.values().any(|refused| refused.content.revision != content.revision) {
            self.forget(id);
            return None;
        }
        let refused = self.objects.get_mut(&id.uid)?.get_mut(&(want.operation, content.request))?;
        if refused.content.seen != content.seen {
            // Something is different, but it may be so each time: not more often than after a first refusal.
            refused.until = refused.until.min(refused.at + self.delays.of(refused.class).first);
        }
        (refused.until > now).then_some((refused.until, &refused.error))
    }

    /// Takes in the end of a call. Says who is to try again because of it.
    pub(super) fn learn(
        &mut self,
        now: Elapsed,
        id: &ObjectId,
        want: &Want,
        outcome: &CallOutcome,
        rate: Rate,
        chance: f64,
    ) -> Vec<ObjectId> {
        let call = (want.operation, want.content.request);
        match outcome {
            CallOutcome::Done => self.remove(id, call).map_or_else(Vec::new, |refused| self.release(now, &refused)),
            CallOutcome::Own { class, error } => {
                self.put(now, id, want, *class, error, rate, chance);
                Vec::new()
            }
            // It found nothing out for the others.
            _ => {
                if let Some(group) = self.group_of(id, call) {
                    group.next = group.next.min(now);
                }
                Vec::new()
            }
        }
    }

    /// Who is next to find out for the others of its group. It may try at once.
    pub(super) fn probes(&mut self, now: Elapsed) -> Vec<ObjectId> {
        let due: Vec<GroupKey> =
            self.groups.iter().filter(|(_, group)| group.next <= now).map(|(key, _)| key.clone()).collect();
        due.into_iter().filter_map(|key| self.probe(now, &key)).collect()
    }

    /// When the next probe is due.
    pub(super) fn next_change(&self) -> Option<Elapsed> {
        self.groups.values().map(|group| group.next).min()
    }

    /// The object is gone, or what is asked for is no longer the same.
    pub(super) fn forget(&mut self, id: &ObjectId) {
        let calls: Vec<Call> = self.objects.get(&id.uid).into_iter().flat_map(BTreeMap::keys).copied().collect();
        for call in calls {
            self.remove(id, call);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what is known of one refusal")]
    fn put(&mut self, now: Elapsed, id: &ObjectId, want: &Want, class: Class, error: &Error, rate: Rate, chance: f64) {
        let call = (want.operation, want.content.request);
        let before = self.remove(id, call).filter(|before| before.content.revision == want.content.revision);
        let count = before.as_ref().map_or(0, |before| before.count).saturating_add(1);
        let probed = before.map_or(0, |before| before.probed);
        self.make_room(id);
        let all = self.counts.entry(want.operation).or_default();
        *all = all.saturating_add(1);
        let share = (rate.per / rate.calls.max(1)).saturating_mul(SHARE).saturating_mul(*all);
        let delay = self.delays.of(class).delay(count).max(share.min(self.delays.spec.max));
        // Never less than half: full jitter would let many come at once.
        let until = now + delay.mul_f64(f64::midpoint(1.0, chance));
        let refused = Refused {
            id: id.clone(),
            content: want.content,
            class,
            error: error.clone(),
            count,
            at: now,
            until,
            probed,
        };
        self.join(now, call, &refused);
        self.objects.entry(id.uid.clone()).or_default().insert(call, refused);
    }

    fn make_room(&mut self, id: &ObjectId) {
        let Some(calls) = self.objects.get(&id.uid).filter(|calls| calls.len() >= MOST_OF_ONE) else { return };
        let oldest = calls.iter().min_by_key(|(_, refused)| refused.at).map(|(call, _)| *call);
        if let Some(call) = oldest {
            self.remove(id, call);
        }
    }

    fn join(&mut self, now: Elapsed, call: Call, refused: &Refused) {
        let Some(key) = group_key(call, refused) else { return };
        let first = self.delays.of(refused.class).first;
        let group = self.groups.entry(key).or_insert_with(|| Group { next: now + first, ..Group::default() });
        group.members.insert((refused.id.uid.clone(), call));
    }

    fn remove(&mut self, id: &ObjectId, call: Call) -> Option<Refused> {
        let calls = self.objects.get_mut(&id.uid)?;
        let refused = calls.remove(&call)?;
        if calls.is_empty() {
            self.objects.remove(&id.uid);
        }
        if let Some(count) = self.counts.get_mut(&call.0) {
            *count = count.saturating_sub(1);
        }
        if let Some(key) = group_key(call, &refused)
            && let Some(group) = self.groups.get_mut(&key)
        {
            group.members.remove(&(id.uid.clone(), call));
            if group.members.is_empty() {
                self.groups.remove(&key);
            }
        }
        Some(refused)
    }

    fn group_of(&mut self, id: &ObjectId, call: Call) -> Option<&mut Group> {
        let refused = self.objects.get(&id.uid)?.get(&call)?;
        self.groups.get_mut(&group_key(call, refused)?)
    }

    /// One of those who lacked something has it: so may the others.
    fn release(&mut self, now: Elapsed, freed: &Refused) -> Vec<ObjectId> {
        let key = group_key((freed.error.operation(), freed.content.request), freed);
        let Some(key) = key else { return Vec::new() };
        let most = if freed.class == Class::Quota { ROOM_FOR } else { usize::MAX };
        let first = self.delays.of(freed.class).first;
        let members = self.round_robin(&key);
        if let Some(group) = self.groups.get_mut(&key) {
            group.probes = 0;
            group.next = now + first;
        }
        // Whoever was let go before need not be told again.
        let waits = |member: &(String, Call)| self.refused(member).is_some_and(|refused| refused.until > now);
        let next: Vec<_> = members.into_iter().filter(waits).take(most).collect();
        next.iter().filter_map(|member| self.free(now, member)).collect()
    }

    fn probe(&mut self, now: Elapsed, key: &GroupKey) -> Option<ObjectId> {
        let member = self.round_robin(key).into_iter().next()?;
        let class = self.refused(&member)?.class;
        let first = self.delays.of(class).first;
        let delay = Backoff::new(first, self.delays.probe_max.max(first));
        let group = self.groups.get_mut(key)?;
        group.probes = group.probes.saturating_add(1);
        // Also if it never comes.
        group.next = now + delay.delay(group.probes.saturating_add(1));
        self.free(now, &member)
    }

    /// Lets one try at once, and notes that it did.
    fn free(&mut self, now: Elapsed, (uid, call): &(String, Call)) -> Option<ObjectId> {
        let number = self.next_probe;
        self.next_probe += 1;
        let refused = self.objects.get_mut(uid)?.get_mut(call)?;
        refused.until = refused.until.min(now);
        refused.probed = number;
        Some(refused.id.clone())
    }

    /// The members of a group, the next first: the namespace that probed last comes last, and in each the object that did.
    fn round_robin(&self, key: &GroupKey) -> Vec<(String, Call)> {
        let Some(group) = self.groups.get(key) else { return Vec::new() };
        let known = group.members.iter().filter_map(|member| Some((member, self.refused(member)?)));
        let mut namespaces: HashMap<&str, u64> = HashMap::new();
        let mut members = Vec::new();
        for (member, refused) in known {
            let last = namespaces.entry(&refused.id.namespace).or_default();
            *last = refused.probed.max(*last);
            members.push((member, refused));
        }
        members.sort_by_key(|(_, refused)| {
            (namespaces[refused.id.namespace.as_str()], refused.probed, refused.at, &refused.id)
        });
        members.into_iter().map(|(member, _)| member.clone()).collect()
    }

    fn refused(&self, (uid, call): &(String, Call)) -> Option<&Refused> {
        self.objects.get(uid)?.get(call)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.groups.is_empty() && self.counts.values().all(|count| *count == 0)
    }
}

/// The group that a refusal belongs to; `None`: what this object lacks says nothing of others.
fn group_key((operation, _): Call, refused: &Refused) -> Option<GroupKey> {
    let code = refused.error.code()?;
    matches!(refused.class, Class::Rights | Class::Quota).then(|| (operation, code.to_owned()))
}

impl Delays {
    fn of(&self, class: Class) -> Backoff {
        match class {
            Class::Spec => self.spec,
            Class::Missing => self.missing,
            Class::Rights => self.rights,
            Class::Quota => self.quota,
        }
    }
}
