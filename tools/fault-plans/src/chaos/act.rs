//! What can be done to the parts.

use crate::dice::Dice;

/// One thing that somebody or something does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    Apply,
    Edit,
    Delete,
    DeleteAndApply,
    Strip,
    Forge,
    ChangeInCloud,
    DeleteInCloud,
    Connect,
    Disconnect,
    CloudFault,
    KillOperator,
    PauseOperator,
    KillApiServer,
    KillEtcd,
    StepClock,
    CutOffKubernetes,
    CutOffCloud,
}

/// How often each is drawn, as a share of the sum, which is some 3 acts a second. What takes the machine seconds is rare.
const WEIGHTS: [(Act, usize); 18] = [
    (Act::Apply, 24),
    (Act::Edit, 30),
    (Act::Delete, 12),
    (Act::DeleteAndApply, 6),
    (Act::Strip, 4),
    (Act::Forge, 6),
    (Act::ChangeInCloud, 6),
    (Act::DeleteInCloud, 3),
    (Act::Connect, 4),
    (Act::Disconnect, 6),
    (Act::CloudFault, 24),
    (Act::KillOperator, 6),
    (Act::PauseOperator, 3),
    (Act::KillApiServer, 2),
    (Act::KillEtcd, 1),
    (Act::StepClock, 5),
    (Act::CutOffKubernetes, 2),
    (Act::CutOffCloud, 3),
];

impl Act {
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let sum = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut left = dice.below(sum);
        for (act, weight) in WEIGHTS {
            if left < weight {
                return act;
            }
            left -= weight;
        }
        Self::Edit
    }

    /// In words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Apply => "kubectl apply",
            Self::Edit => "kubectl patch",
            Self::Delete => "kubectl delete",
            Self::DeleteAndApply => "delete, and apply the same name at once",
            Self::Strip => "finalizer and record taken off",
            Self::Forge => "status forged",
            Self::ChangeInCloud => "service changed in the cloud",
            Self::DeleteInCloud => "service deleted in the cloud",
            Self::Connect => "consumer connects",
            Self::Disconnect => "consumer leaves",
            Self::CloudFault => "fault ordered from the simulator",
            Self::KillOperator => "operator killed (SIGKILL)",
            Self::PauseOperator => "operator paused (SIGSTOP)",
            Self::KillApiServer => "kube-apiserver killed (SIGKILL)",
            Self::KillEtcd => "etcd killed (SIGKILL)",
            Self::StepClock => "operator's clock set",
            Self::CutOffKubernetes => "API server cut off",
            Self::CutOffCloud => "cloud cut off",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Act, Dice, WEIGHTS};

    #[test]
    fn every_act_is_drawn_and_has_a_name_of_its_own() {
        let mut dice = Dice::new(3);
        let drawn: BTreeSet<_> = (0..5000).map(|_| Act::draw(&mut dice)).collect();
        let names: BTreeSet<_> = drawn.iter().map(|act| act.name()).collect();
        assert_eq!((drawn.len(), names.len()), (WEIGHTS.len(), WEIGHTS.len()));
    }
}
