//! A plan: one workload, one place in its traffic, one fault there.

use std::fmt;
use std::str::FromStr;

use crate::fault::{Family, Fault, Site};
use crate::workload::Workload;

/// What is to go wrong, and where. Its text is its id: `family/workload/place/fault`, with `@number` behind it where the guesses about the
/// provider are drawn, and it replays by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the user does meanwhile.
    pub workload: &'static Workload,
    /// At which call or event, counted from the workload's first act.
    pub site: Site,
    /// What happens there.
    pub fault: Fault,
    /// The number by which the guesses about the provider are drawn; 0: as the simulator has them.
    pub guesses: u64,
}

/// A text that is the id of no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {id:?} as the id of a plan: {complaint}; an example is {EXAMPLE}")]
pub struct UnreadablePlan {
    id: String,
    complaint: &'static str,
}

const EXAMPLE: &str = "crash/create/cloud/CreateVpcEndpointService#1/answer-lost";

/// Stands before the number of the guesses.
const DRAWN: char = '@';

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workload, site, fault, guesses } = self;
        write!(out, "{}/{}/{site}/{}", fault.family(), workload.name, fault.name())?;
        if *guesses == 0 { Ok(()) } else { write!(out, "{DRAWN}{guesses}") }
    }
}

impl FromStr for Plan {
    type Err = UnreadablePlan;

    fn from_str(id: &str) -> Result<Self, UnreadablePlan> {
        let no = |complaint| UnreadablePlan { id: id.to_owned(), complaint };
        let (rest, guesses) = match id.rsplit_once(DRAWN) {
            Some((rest, number)) => (rest, number.parse().map_err(|_| no("what stands behind the @ is no number"))?),
            None => (id, 0),
        };
        let (family, rest) = rest.split_once('/').ok_or_else(|| no("it has no parts"))?;
        let (workload, rest) = rest.split_once('/').ok_or_else(|| no("it has no place"))?;
        let (site, fault) = rest.rsplit_once('/').ok_or_else(|| no("it has no fault"))?;
        let family = Family::from_name(family).ok_or_else(|| no("there is no such family"))?;
        Ok(Self {
            workload: Workload::named(workload).ok_or_else(|| no("there is no such workload"))?,
            site: site.parse().map_err(|_| no("there can be no such place"))?,
            fault: Fault::named(family, fault).ok_or_else(|| no("the family has no such fault"))?,
            guesses,
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
            "lead/leader/cloud/CreateVpcEndpointService#1/paused",
            "strip/create/cloud/CreateVpcEndpointService#1/replace",
            "crash/create/cloud/CreateVpcEndpointService#1/answer-lost@17",
        ] {
            assert_eq!(id.parse::<Plan>().unwrap().to_string(), id);
        }
    }

    #[test]
    fn what_is_no_plan_says_why() {
        let complaint = |id: &str| id.parse::<Plan>().unwrap_err().complaint;
        assert_eq!(complaint("crash"), "it has no parts");
        assert_eq!(complaint("crash/create/cloud"), "it has no fault");
        assert_eq!(complaint("crash/create/cloud/List#1/late@x"), "what stands behind the @ is no number");
        assert_eq!(complaint("random/create/cloud/List#1/late"), "there is no such family");
        assert_eq!(complaint("crash/dance/cloud/List#1/late"), "there is no such workload");
        assert_eq!(complaint("crash/create/cloud/List/late"), "there can be no such place");
        assert_eq!(complaint("crash/create/cloud/List#1/conflict"), "the family has no such fault");
    }
}
