//! A plan: one workload, one place in its traffic, one fault there.

mod fault;
mod site;

use std::fmt;
use std::str::FromStr;

pub use fault::{CloudFault, CrashPoint, Family, Fault, KubernetesFault, ViewFault};
pub use site::{EventSite, Site};

use crate::workload::Workload;

/// What is to go wrong, and where. Its text is its id: `family/workload/place/fault`, and it replays by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the user does meanwhile.
    pub workload: &'static Workload,
    /// At which call or event, counted from the workload's first act.
    pub site: Site,
    /// What happens there.
    pub fault: Fault,
}

/// A text that is the id of no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {id:?} as the id of a plan: {complaint}; an example is {EXAMPLE}")]
pub struct UnreadablePlan {
    id: String,
    complaint: &'static str,
}

const EXAMPLE: &str = "crash/create/cloud/CreateVpcEndpointService#1/answer-lost";

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workload, site, fault } = self;
        write!(out, "{}/{}/{site}/{}", fault.family(), workload.name, fault.name())
    }
}

impl FromStr for Plan {
    type Err = UnreadablePlan;

    fn from_str(id: &str) -> Result<Self, UnreadablePlan> {
        let no = |complaint| UnreadablePlan { id: id.to_owned(), complaint };
        let (family, rest) = id.split_once('/').ok_or_else(|| no("it has no parts"))?;
        let (workload, rest) = rest.split_once('/').ok_or_else(|| no("it has no place"))?;
        let (site, fault) = rest.rsplit_once('/').ok_or_else(|| no("it has no fault"))?;
        let family = Family::from_name(family).ok_or_else(|| no("there is no such family"))?;
        Ok(Self {
            workload: Workload::named(workload).ok_or_else(|| no("there is no such workload"))?,
            site: site.parse().map_err(|_| no("there can be no such place"))?,
            fault: Fault::named(family, fault).ok_or_else(|| no("the family has no such fault"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Plan;

    #[test]
    fn a_plan_is_read_back_from_its_id() {
        for id in [
            super::EXAMPLE,
            "crash/twenty/kubernetes/PATCH:vpcendpointservices.status#20/late",
            "cloud/delete/cloud/DetachResourceFromVpcEndpointService#2/throttle-400",
            "kubernetes/create/kubernetes/PATCH:vpcendpointservices#1/conflict",
            "view/create/watch/MODIFIED#2/time-travel",
            "strip/create/cloud/CreateVpcEndpointService#1/replace",
        ] {
            assert_eq!(id.parse::<Plan>().unwrap().to_string(), id);
        }
    }

    #[test]
    fn what_is_no_plan_says_why() {
        let complaint = |id: &str| id.parse::<Plan>().unwrap_err().complaint;
        assert_eq!(complaint("crash"), "it has no parts");
        assert_eq!(complaint("crash/create/cloud"), "it has no fault");
        assert_eq!(complaint("storm/create/cloud/List#1/late"), "there is no such family");
        assert_eq!(complaint("crash/dance/cloud/List#1/late"), "there is no such workload");
        assert_eq!(complaint("crash/create/cloud/List/late"), "there can be no such place");
        assert_eq!(complaint("crash/create/cloud/List#1/conflict"), "the family has no such fault");
    }
}
