//! What may be believed of the status that an object carries: it is this object's own, as this process said it, or somebody else wrote it.
//!
//! Pure. Status may forbid and may schedule, never permit; and what somebody else wrote into it must not stay only because nothing speaks against it.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use crate::crd::{ConditionType, LastError, Reason, VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::CreateRecord;

/// The status to go on from. `said` is what this process knows to be the last status that it wrote itself, or found to need no write.
///
/// A status that this process did not write is set right from what it said. Without that, right after the start of a process, a status that was
/// brought along with the object (from another cluster, from a backup) is not this object's, and a `Ready=True` that may be from before the
/// object is none.
pub fn prior_status(
    object: &VpcEndpointService,
    said: Option<&VpcEndpointServiceStatus>,
    process: &str,
    now: Timestamp,
) -> VpcEndpointServiceStatus {
    let found = as_named(object.status.clone().unwrap_or_default());
    match said {
        Some(said) if *said == found => found,
        Some(said) => corrected(said, found, &Standing::of(object, process)),
        None if is_brought_along(object) => not_looked_at(VpcEndpointServiceStatus::default(), now),
        None if is_ready(&found) && !is_ready_since_its_creation(object, &found) => not_looked_at(found, now),
        None => found,
    }
}

/// The status with the service id that its name and its domain agree on. The provider puts the id into both (`com.aliyuncs.privatelink.REGION.ID` and
/// `ID.REGION.privatelink.aliyuncs.com`), so where they agree against the id, somebody else wrote that: believed, it would be a second service of
/// the object, for which a deletion waits.
pub fn as_named(status: VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    let by_name = status.service_name.as_deref().and_then(|name| name.rsplit('.').next());
    let by_domain = status.service_domain.as_deref().and_then(|domain| domain.split('.').next());
    let agreed = by_name.filter(|id| by_domain == Some(*id) && !id.is_empty()).map(str::to_owned);
    VpcEndpointServiceStatus { service_id: agreed.or_else(|| status.service_id.clone()), ..status }
}

/// The status came along with the object, which was copied or restored: it carries the create record of another one, and all that the status says
/// is from before the object was created. The record alone would not do: whoever applies a copy over an object that has a service puts it there.
pub fn is_brought_along(object: &VpcEndpointService) -> bool {
    let is_anothers = CreateRecord::of(object).is_some() && CreateRecord::own(object).is_none();
    let conditions = object.status.as_ref().map_or(&[][..], |status| &status.conditions);
    let is_older = |condition: &Condition| condition.last_transition_time.0 < created_at(object);
    is_anothers && !conditions.is_empty() && conditions.iter().all(is_older)
}

fn created_at(object: &VpcEndpointService) -> Timestamp {
    object.metadata.creation_timestamp.as_ref().map_or(Timestamp::MIN, |Time(moment)| *moment)
}

/// What this process is to the record of the object.
struct Standing {
    /// It may create under the record; no other process may.
    is_owner: bool,
    /// It wrote the record, so nobody else ever created under it.
    is_author: bool,
}

impl Standing {
    fn of(object: &VpcEndpointService, process: &str) -> Self {
        let own = CreateRecord::own(object);
        let is_owner = own.as_ref().is_some_and(|record| record.owner == process);
        Self { is_owner, is_author: is_owner && own.is_some_and(|record| record.taken_over.is_none()) }
    }
}

/// What this process said, against what somebody else made of it.
///
/// Another process of the operator may have created a service and named it, unless this one is the author of the record: then an id that it does not
/// know is nobody's. Where two processes say the same, the times of the owner's count, or each would write its own for ever.
///
/// A `Ready=True` that the status denies now is of no generation: it keeps its time, and permits nothing. A write of this process or of the one before
/// it may have come late, and have known better; only a look at the service makes the object Ready again.
fn corrected(
    said: &VpcEndpointServiceStatus,
    found: VpcEndpointServiceStatus,
    standing: &Standing,
) -> VpcEndpointServiceStatus {
    let is_denied = is_ready(said) && ready(&found).is_some_and(|ready| ready.status != "True");
    let of_generation = |generation: Option<i64>| generation.filter(|_| !is_denied);
    let names_another = found.service_id.is_some() && found.service_id != said.service_id;
    let conditions = said.conditions.iter().map(|own| timed(own, &found, standing)).collect();
    if names_another && !standing.is_author {
        let region = said.region.clone().or_else(|| found.region.clone());
        let account_id = said.account_id.clone().or_else(|| found.account_id.clone());
        let observed_generation = of_generation(found.observed_generation);
        return VpcEndpointServiceStatus { observed_generation, region, account_id, conditions, ..found };
    }
    let last_error = refused_alike(said.last_error.as_ref(), found.last_error.as_ref(), standing);
    let region = if is_region_disputed(said) { found.region } else { said.region.clone() };
    let observed_generation = of_generation(said.observed_generation);
    VpcEndpointServiceStatus { observed_generation, region, last_error, conditions, ..said.clone() }
}

/// The region in the status is one that this process found there and never looked in: its message asks a person to change it.
fn is_region_disputed(said: &VpcEndpointServiceStatus) -> bool {
    ready(said).is_some_and(|ready| ready.reason == Reason::RegionMismatch.as_str())
}

fn timed(own: &Condition, found: &VpcEndpointServiceStatus, standing: &Standing) -> Condition {
    let theirs = found.conditions.iter().find(|theirs| theirs.type_ == own.type_ && theirs.status == own.status);
    match theirs {
        Some(theirs) if !standing.is_owner => {
            Condition { last_transition_time: theirs.last_transition_time.clone(), ..own.clone() }
        }
        _ => own.clone(),
    }
}

fn refused_alike(own: Option<&LastError>, found: Option<&LastError>, standing: &Standing) -> Option<LastError> {
    match (own, found) {
        (Some(own), Some(found))
            if !standing.is_owner && (&own.code, &own.message) == (&found.code, &found.message) =>
        {
            Some(found.clone())
        }
        (own, _) => own.cloned(),
    }
}

/// A status of which nothing is believed but what it forbids: nobody has looked at this object's service yet.
fn not_looked_at(status: VpcEndpointServiceStatus, now: Timestamp) -> VpcEndpointServiceStatus {
    let ready = Condition {
        type_: ConditionType::Ready.as_str().to_owned(),
        status: "Unknown".to_owned(),
        reason: Reason::Pending.as_str().to_owned(),
        message: "The operator has not looked at this object's service yet.".to_owned(),
        observed_generation: None,
        // Kubernetes keeps whole seconds.
        last_transition_time: Time(Timestamp::from_second(now.as_second()).unwrap_or(now)),
    };
    VpcEndpointServiceStatus { observed_generation: None, conditions: vec![ready], ..status }
}

fn is_ready(status: &VpcEndpointServiceStatus) -> bool {
    ready(status).is_some_and(|ready| ready.status == "True")
}

/// The object has a record of its own, and became Ready after it was created.
fn is_ready_since_its_creation(object: &VpcEndpointService, status: &VpcEndpointServiceStatus) -> bool {
    let has_record = CreateRecord::own(object).is_some();
    has_record && ready(status).is_some_and(|ready| ready.last_transition_time.0 >= created_at(object))
}

fn ready(status: &VpcEndpointServiceStatus) -> Option<&Condition> {
    status.condition(ConditionType::Ready)
}

#[cfg(test)]
mod tests;
