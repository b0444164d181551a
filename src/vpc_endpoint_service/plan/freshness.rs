//! What has been seen since when: the arithmetic of moments that `plan` and `teardown` share.

use std::time::Duration;

use jiff::Timestamp;

use super::{Limits, Look, Next, Wait};
use crate::cloud::services::observed::{AttemptEnd, CreateAttempt, NamedId, Observed, OwnHistory};
use crate::cloud::services::{Proof, Service};
use crate::identity::CreateRecord;
use crate::identity::Owner;
use crate::names::{CLUSTER_TAG, UID_TAG};
use crate::vpc_endpoint_service::resolve::Resolved;

/// That long after the moment; at most the end of time.
pub(in super::super) fn after(moment: Timestamp, span: Duration) -> Timestamp {
    moment.saturating_add(span).unwrap_or(Timestamp::MAX)
}

/// That long before the moment; at least the beginning of time.
pub(in super::super) fn before(moment: Timestamp, span: Duration) -> Timestamp {
    moment.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

/// When the service that status names was created. A time in the status that lies in the future is nobody's.
pub(in super::super) fn believed_create_time(
    resolved: &Resolved,
    limits: &Limits,
    now: Timestamp,
) -> Option<Timestamp> {
    let latest = after(now, limits.consistency_window);
    resolved.hint.create_time.filter(|time| *time <= latest)
}

/// What became of that service, as far as it was judged.
pub(in super::super) fn fate<'a>(named: &'a NamedId, service_id: &str) -> Option<&'a NamedId> {
    match named {
        NamedId::Gone(id) | NamedId::Hidden(id) if id == service_id => Some(named),
        NamedId::None | NamedId::Unjudged(_) | NamedId::Gone(_) | NamedId::Hidden(_) => None,
    }
}

/// The service carries both tags that prove it to be this object's. The inventory sorts by them already; what writes asks once more.
pub(in super::super) fn is_owned(service: &Service, owner: &Owner) -> bool {
    let is = |key: &str, value: &String| service.tags.get(key) == Some(value);
    is(CLUSTER_TAG, &owner.cluster) && is(UID_TAG, &owner.uid)
}

impl Observed {
    /// The newest list of the services began at this moment or later.
    pub(in super::super) fn is_listed_since(&self, moment: Timestamp) -> bool {
        self.as_of.is_some_and(|as_of| as_of >= moment)
    }

    /// A list that begins `pause` after the newest one: how something is looked at again that is in other people's hands.
    pub(in super::super) fn next_list_from(&self, pause: Duration) -> Look {
        Look::List { not_before: self.as_of.map_or(Timestamp::MIN, |as_of| after(as_of, pause)) }
    }

    /// What must be waited for before the service may be written to: a list answer that shows its tags, begun at most two resync periods
    /// ago and not before `floor`. `None`: its ownership is proven.
    pub(in super::super) fn awaits_proof(
        &self,
        service: &Service,
        floor: Timestamp,
        limits: &Limits,
        now: Timestamp,
    ) -> Option<Next> {
        let oldest = before(now, limits.resync_period.saturating_mul(2)).max(floor);
        match service.proof {
            Proof::Listed | Proof::Missed if self.is_listed_since(oldest) => None,
            Proof::Listed | Proof::Missed => Some(Next::list_from(oldest)),
            // The inventory goes on looking until a list shows it; the refresh request is only a net.
            Proof::OwnCreate => {
                Some(Next { look: Some(self.next_list_from(limits.blocked_poll_interval)), ..Next::wait(Wait::List) })
            }
        }
    }
}

impl OwnHistory {
    /// No other process may send a Create under the record, and this one knows when that began.
    pub(in super::super) fn owns(&self, record: &CreateRecord) -> bool {
        self.recorded_at.is_some() && record.owner == self.process
    }

    /// This process wrote the record, and so sent every Create that was ever sent under it. One that it took over may have been used before;
    /// one that it only put back names another owner.
    pub(in super::super) fn is_author(&self, record: &CreateRecord) -> bool {
        self.owns(record) && record.taken_over.is_none()
    }

    /// Every Create of this process under the record's token, if any, was definitely refused. What was sent under an earlier token was
    /// settled before the record was written.
    pub(in super::super) fn created_nothing(&self, record: &CreateRecord) -> bool {
        let token = record.client_token();
        self.open_attempts().all(|attempt| attempt.client_token != token)
    }

    /// When our own Create of that service was answered.
    pub(in super::super) fn created_at(&self, service_id: &str) -> Option<Timestamp> {
        let made = |attempt: &&CreateAttempt| matches!(&attempt.end, AttemptEnd::Created(id) if id == service_id);
        self.attempts.iter().filter(made).map(|attempt| attempt.ended).max()
    }

    /// The Creates that may have created something.
    pub(in super::super) fn open_attempts(&self) -> impl Iterator<Item = &CreateAttempt> {
        self.attempts.iter().filter(|attempt| !matches!(attempt.end, AttemptEnd::Refused { .. }))
    }

    /// By when the last of them had whatever effect it had.
    pub(in super::super) fn last_open_effect(&self, limits: &Limits) -> Option<Timestamp> {
        self.open_attempts().map(|attempt| attempt.effect_by(limits)).max()
    }
}

impl CreateAttempt {
    /// An answer comes after the effect. A call that its client gave up may be carried out all the same, within the time of one call.
    pub(in super::super) fn effect_by(&self, limits: &Limits) -> Timestamp {
        match self.end {
            AttemptEnd::Ambiguous { code: None } => after(self.ended, limits.cloud_call_deadline),
            _ => self.ended,
        }
    }
}
