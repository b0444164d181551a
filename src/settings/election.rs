//! The election of a leader, as it is typed.

use std::time::Duration;

use super::{Scope, SettingsError, is_label};
use crate::args::LeaderArgs;
use crate::names::LEASE;
use crate::timing::Timing;

/// What an operator needs that stands for election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderElection {
    /// Where the lease is. `None`: where the API server's client is at home.
    pub namespace: Option<String>,
    /// What the lease is called. Operators of different namespaces have different ones, and may run in one namespace.
    pub lease: String,
    /// What people know this process by.
    pub pod: String,
}

/// How much longer a renewal may take than planned, as client-go reckons: the deadline must leave room for more than one.
const JITTER: f64 = 1.2;

impl LeaderElection {
    pub(super) fn of(
        args: LeaderArgs,
        scope: &Scope,
        timing: &Timing,
        pod: Option<String>,
    ) -> Result<Option<Self>, SettingsError> {
        let LeaderArgs { leader_elect, leader_elect_namespace } = args;
        let namespace = leader_elect_namespace.filter(|namespace| !namespace.is_empty());
        if let Some(namespace) = namespace.as_ref().filter(|namespace| !is_label(namespace)) {
            return Err(SettingsError::LeaderElectNamespace(namespace.clone()));
        }
        if !leader_elect {
            return Ok(None);
        }
        check(timing)?;
        let lease = match scope {
            Scope::Cluster => LEASE.to_owned(),
            Scope::Namespace(watched) => format!("{LEASE}-{watched}"),
        };
        Ok(Some(Self { namespace, lease, pod: pod.unwrap_or_else(|| LEASE.to_owned()) }))
    }
}

/// Each must leave room for the next: else a healthy leader would lose its lease, or go on for longer than it holds it.
fn check(timing: &Timing) -> Result<(), SettingsError> {
    let Timing { lease_duration, lease_renew_deadline, lease_retry_period, .. } = *timing;
    let refuse = |key, complaint: String| Err(SettingsError::LeaseTimes { key, complaint });
    if lease_duration < Duration::from_secs(1) || lease_duration.subsec_nanos() > 0 {
        return refuse(
            "leaseDuration",
            format!("{lease_duration:?} is not in whole seconds, as a lease has it; give 15s or the like"),
        );
    }
    if lease_renew_deadline >= lease_duration {
        return refuse(
            "leaseRenewDeadline",
            format!(
                "{lease_renew_deadline:?} is not shorter than leaseDuration ({lease_duration:?}); give two thirds of that"
            ),
        );
    }
    if lease_retry_period.mul_f64(JITTER) >= lease_renew_deadline {
        return refuse(
            "leaseRetryPeriod",
            format!(
                "{lease_retry_period:?} is too long for leaseRenewDeadline ({lease_renew_deadline:?}); give a fifth of that"
            ),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn election(namespace: Option<&str>, scope: &Scope, timing: &Timing) -> Result<Option<LeaderElection>, String> {
        let args = LeaderArgs { leader_elect: true, leader_elect_namespace: namespace.map(str::to_owned) };
        LeaderElection::of(args, scope, timing, Some("pod-1".into())).map_err(|error| error.to_string())
    }

    fn timed(duration: u64, deadline: u64, retry: u64) -> Result<(), String> {
        let timing = Timing {
            lease_duration: Duration::from_millis(duration),
            lease_renew_deadline: Duration::from_millis(deadline),
            lease_retry_period: Duration::from_millis(retry),
            ..Timing::default()
        };
        election(None, &Scope::Cluster, &timing).map(|_| ())
    }

    #[test]
    fn operators_of_different_namespaces_have_different_leases() {
        let lease = |scope| election(None, &scope, &Timing::default()).unwrap().unwrap().lease;
        assert_eq!(lease(Scope::Cluster), "privatelink-operator");
        assert_eq!(lease(Scope::Namespace("team".into())), "privatelink-operator-team");
    }

    #[test]
    fn a_namespace_is_a_label_and_an_empty_one_counts_as_not_given() {
        let election = |namespace| election(Some(namespace), &Scope::Cluster, &Timing::default());
        let expected =
            LeaderElection { namespace: Some("ops".into()), lease: "privatelink-operator".into(), pod: "pod-1".into() };
        assert_eq!(election("ops"), Ok(Some(expected)));
        assert_eq!(election("").unwrap().unwrap().namespace, None);
        assert_eq!(
            election("Ops").unwrap_err(),
            r#"failed to use --leader-elect-namespace "Ops": give the name of a namespace, a DNS label"#
        );
    }

    #[test]
    fn times_that_leave_no_room_are_refused_with_the_key_and_what_to_give() {
        assert_eq!(timed(15_000, 10_000, 2_000), Ok(()));
        assert_eq!(timed(3_000, 2_000, 500), Ok(()));
        assert!(
            timed(1_500, 1_000, 200)
                .unwrap_err()
                .starts_with("failed to use --timing leaseDuration: 1.5s is not in whole seconds")
        );
        assert!(
            timed(15_000, 15_000, 2_000)
                .unwrap_err()
                .starts_with("failed to use --timing leaseRenewDeadline: 15s is not shorter")
        );
        assert!(
            timed(15_000, 2_400, 2_000)
                .unwrap_err()
                .starts_with("failed to use --timing leaseRetryPeriod: 2s is too long")
        );
    }

    #[test]
    fn without_an_election_its_times_do_not_matter() {
        let args = LeaderArgs { leader_elect: false, leader_elect_namespace: None };
        let timing = Timing { lease_duration: Duration::from_millis(1), ..Timing::default() };
        assert_eq!(LeaderElection::of(args, &Scope::Cluster, &timing, None), Ok(None));
    }
}
