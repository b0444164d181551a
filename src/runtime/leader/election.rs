//! Who leads: client-go's election over one Lease. Pure: what was answered goes in, what is to be done comes out; times are given in.
//!
//! Whether another holder's lease has run out is judged by how long *we* have seen its record unchanged, never by the time that it wrote into it: clocks
//! of machines differ. So a standby waits for a whole lease after it first saw a record, even one that is a year old.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};

use crate::kubernetes::KubernetesError;

/// A moment by a monotonic clock: how long after a start that is the same for all.
pub(super) type Moment = Duration;

/// What an election goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// Name of the Lease.
    pub(super) name: String,
    /// Ours: no other process has it.
    pub(super) identity: String,
    /// How long a record holds that nobody renews.
    pub(super) duration: Duration,
    /// A leader whose last renewal was sent longer ago than this leads no more.
    pub(super) renew_deadline: Duration,
    /// Between two renewals.
    pub(super) retry_period: Duration,
}

/// What an election is given of the outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) moment: Moment,
    /// What people read in the record; nothing is decided by it.
    pub(super) wall: Timestamp,
    /// Jitter, in [0, 1).
    pub(super) fraction: f64,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Read,
    Create(Box<Lease>),
    /// Replace what is stored, if it is still at the resource version that this one has.
    Replace(Box<Lease>),
    /// Nothing before then.
    Wait(Moment),
    Lost(Loss),
}

/// Why a leader leads no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    #[error("lost the lead: the lease was not renewed within {0:?} (leaseRenewDeadline)")]
    Overdue(Duration),
    #[error("lost the lead: the lease is held by {0:?} now")]
    Taken(String),
    #[error("lost the lead: somebody else gave the lease back")]
    Released,
}

/// One candidate.
#[derive(Debug)]
pub(super) struct Election {
    terms: Terms,
    role: Role,
    /// The record as it was read or written last.
    seen: Option<Seen>,
    /// What is stored may be something else than what was seen.
    in_doubt: bool,
    /// A write of ours has been begun, and nothing read since then says that it is not what is stored.
    may_hold: bool,
    /// The last try met a conflict and was repeated at once.
    repeated: bool,
    /// Nothing to do before this.
    next: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Standby,
    /// The last renewal that was stored was sent then.
    Leader {
        sent: Moment,
    },
}

#[derive(Clone, Debug)]
struct Seen {
    lease: Lease,
    /// When its record was first seen like this.
    since: Moment,
}

impl Election {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            terms,
            role: Role::Standby,
            seen: None,
            in_doubt: true,
            may_hold: false,
            repeated: false,
            next: Moment::ZERO,
        }
    }

    /// What is to be done now. The answer to a call goes to [`Election::read`] or [`Election::wrote`].
    pub(super) fn step(&self, now: Now) -> Step {
        let end = self.end();
        if end.is_some_and(|end| now.moment >= end) {
            return Step::Lost(Loss::Overdue(self.terms.renew_deadline));
        }
        if let (Role::Leader { .. }, Some(other)) = (self.role, self.other_holder()) {
            return Step::Lost(if other.is_empty() { Loss::Released } else { Loss::Taken(other.to_owned()) });
        }
        if now.moment < self.next {
            return Step::Wait(end.map_or(self.next, |end| self.next.min(end)));
        }
        match &self.seen {
            _ if self.in_doubt => Step::Read,
            None => Step::Create(Box::new(self.first_record(now.wall))),
            Some(seen) => Step::Replace(Box::new(self.own_record(&seen.lease, now.wall))),
        }
    }

    /// When the lead ends unless the lease is renewed; `None`: there is none.
    pub(super) fn end(&self) -> Option<Moment> {
        match self.role {
            Role::Standby => None,
            Role::Leader { sent } => Some(sent.saturating_add(self.terms.renew_deadline)),
        }
    }

    /// Who leads, by the record that was seen last.
    pub(super) fn holder(&self) -> Option<&str> {
        self.seen.as_ref().map(|seen| holder(&seen.lease)).filter(|holder| !holder.is_empty())
    }

    /// The answer to [`Step::Read`]; `None`: there is no such lease.
    pub(super) fn read(&mut self, answer: Result<Option<Lease>, KubernetesError>, now: Now) {
        match answer {
            Ok(Some(lease)) => {
                self.see(lease, now.moment);
                self.may_hold = self.holder() == Some(&self.terms.identity);
                self.after_look(now);
            }
            Ok(None) => {
                (self.seen, self.in_doubt, self.may_hold) = (None, false, false);
                self.next = now.moment;
            }
            Err(_) => self.pause(now),
        }
    }

    /// A write is about to be sent, and whatever becomes of it, it may be stored.
    pub(super) fn writes(&mut self) {
        self.may_hold = true;
        self.in_doubt = true;
    }

    /// The answer to [`Step::Create`] or [`Step::Replace`], which was sent at that moment.
    pub(super) fn wrote(&mut self, answer: Result<Lease, KubernetesError>, sent: Moment, now: Now) {
        match answer {
            Ok(lease) => {
                self.see(lease, now.moment);
                self.role = Role::Leader { sent };
                self.repeated = false;
                self.next = sent.saturating_add(self.terms.retry_period);
            }
            // Somebody wrote to it, or deleted it. A leader looks at once, and once only: whoever goes on writing must not make it hurry.
            Err(KubernetesError::Conflict | KubernetesError::Gone) if self.end().is_some() && !self.repeated => {
                self.repeated = true;
                self.next = now.moment;
            }
            Err(_) => {
                self.repeated = false;
                self.pause(now);
            }
        }
    }

    /// What gives the lease back; [`Step::Wait`] where there is nothing to give.
    pub(super) fn release(&self, now: Now) -> Step {
        match &self.seen {
            _ if !self.may_hold => Step::Wait(now.moment),
            _ if self.in_doubt => Step::Read,
            Some(seen) => Step::Replace(Box::new(released_record(&seen.lease, now.wall))),
            None => Step::Wait(now.moment),
        }
    }

    /// The answer to the [`Step::Replace`] of a release. `true`: it is given back.
    pub(super) fn released(&mut self, answer: &Result<Lease, KubernetesError>) -> bool {
        self.role = Role::Standby;
        self.may_hold = answer.is_err();
        self.in_doubt = true;
        answer.is_ok()
    }

    fn see(&mut self, lease: Lease, moment: Moment) {
        let before = self.seen.take();
        let since = before.filter(|before| before.lease.spec == lease.spec).map_or(moment, |before| before.since);
        self.seen = Some(Seen { lease, since });
        self.in_doubt = false;
    }

    /// Something was read: is there anything to write now?
    fn after_look(&mut self, now: Now) {
        let Some(ends) = self.ends_of_other() else {
            self.next = now.moment;
            return;
        };
        if now.moment >= ends {
            self.next = now.moment;
        } else {
            self.pause(now);
            self.next = self.next.min(ends);
        }
    }

    /// When the lease of another holder runs out, as far as we can tell; `None`: nobody else holds it.
    fn ends_of_other(&self) -> Option<Moment> {
        self.other_holder().filter(|holder| !holder.is_empty())?;
        let seen = self.seen.as_ref()?;
        let spec = seen.lease.spec.as_ref();
        let seconds = spec.and_then(|spec| spec.lease_duration_seconds).and_then(|seconds| u64::try_from(seconds).ok());
        Some(seen.since.saturating_add(seconds.map_or(self.terms.duration, Duration::from_secs)))
    }

    /// The holder that was seen last, where that is not us; empty: nobody.
    fn other_holder(&self) -> Option<&str> {
        self.seen.as_ref().map(|seen| holder(&seen.lease)).filter(|holder| *holder != self.terms.identity)
    }

    /// The next call comes later, and begins with a look.
    ///
    /// client-go's standby looks every one to 2.2 retry periods, 4.4 s with its defaults. A lease that is given back is to be taken within 2 s, so ours
    /// looks every quarter to half of it: one call a second at most, and no second watch that could fail unnoticed.
    fn pause(&mut self, now: Now) {
        let pause = match self.role {
            Role::Leader { .. } => self.terms.retry_period,
            Role::Standby => self.terms.retry_period.mul_f64(0.25 + now.fraction / 4.0),
        };
        self.in_doubt = true;
        self.next = now.moment.saturating_add(pause);
    }

    fn first_record(&self, wall: Timestamp) -> Lease {
        let spec = LeaseSpec { lease_transitions: Some(0), ..self.spec(wall) };
        Lease {
            metadata: ObjectMeta { name: Some(self.terms.name.clone()), ..ObjectMeta::default() },
            spec: Some(spec),
        }
    }

    /// The record that is there, renewed or taken over. What others wrote beside it stays.
    fn own_record(&self, found: &Lease, wall: Timestamp) -> Lease {
        let old = found.spec.clone().unwrap_or_default();
        let transitions = old.lease_transitions.unwrap_or_default();
        let own = self.spec(wall);
        let is_ours = holder(found) == self.terms.identity;
        let spec = LeaseSpec {
            holder_identity: own.holder_identity,
            lease_duration_seconds: own.lease_duration_seconds,
            acquire_time: old.acquire_time.clone().filter(|_| is_ours).or(own.acquire_time),
            renew_time: own.renew_time,
            lease_transitions: Some(if is_ours { transitions } else { transitions.saturating_add(1) }),
            ..old
        };
        Lease { metadata: found.metadata.clone(), spec: Some(spec) }
    }

    fn spec(&self, wall: Timestamp) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.terms.identity.clone()),
            lease_duration_seconds: Some(whole_seconds(self.terms.duration)),
            acquire_time: Some(MicroTime(wall)),
            renew_time: Some(MicroTime(wall)),
            ..LeaseSpec::default()
        }
    }
}

/// As client-go gives a lease back: free, and gone in a second for whoever does not know what a free one is.
fn released_record(found: &Lease, wall: Timestamp) -> Lease {
    let old = found.spec.clone().unwrap_or_default();
    let spec = LeaseSpec {
        holder_identity: Some(String::new()),
        lease_duration_seconds: Some(1),
        acquire_time: Some(MicroTime(wall)),
        renew_time: Some(MicroTime(wall)),
        ..old
    };
    Lease { metadata: found.metadata.clone(), spec: Some(spec) }
}

fn holder(lease: &Lease) -> &str {
    lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default()
}

/// Rounded up: others wait rather too long than too short.
fn whole_seconds(duration: Duration) -> i32 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
