//! What is said of calls about the lease that failed: what to do, once, and not with every try.

use std::fmt;
use std::time::Duration;

use super::election::Moment;
use crate::kubernetes::KubernetesError;

/// The same is said again after this.
const AGAIN: Duration = Duration::from_mins(1);

/// A call about the lease, by the verb of the right that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Get,
    Create,
    Update,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
        })
    }
}

/// The failures since the last success.
#[derive(Debug)]
pub(super) struct Refusals {
    namespace: String,
    name: String,
    said: Option<(String, Moment)>,
}

impl Refusals {
    pub(super) fn of(namespace: String, name: String) -> Self {
        Self { namespace, name, said: None }
    }

    pub(super) fn ended(&mut self) {
        self.said = None;
    }

    /// Only a person can help.
    pub(super) fn are_lasting(call: Call, error: &KubernetesError) -> bool {
        match error {
            KubernetesError::Forbidden(_) | KubernetesError::Invalid(_) => true,
            KubernetesError::Gone => call == Call::Create,
            KubernetesError::Conflict | KubernetesError::NamespaceTerminating | KubernetesError::Unavailable(_) => {
                false
            }
        }
    }

    /// What to say in the log; `None`: it was said a moment ago, or it is part of every election.
    pub(super) fn worth_a_warning(&mut self, call: Call, error: &KubernetesError, now: Moment) -> Option<String> {
        let text = self.explained(call, error)?;
        let is_news = self.said.as_ref().is_none_or(|(said, when)| *said != text || now >= when.saturating_add(AGAIN));
        is_news.then(|| {
            self.said = Some((text.clone(), now));
            text
        })
    }

    fn explained(&self, call: Call, error: &KubernetesError) -> Option<String> {
        let Self { namespace, name, .. } = self;
        Some(match error {
            KubernetesError::Conflict => return None,
            KubernetesError::Gone if call != Call::Create => return None,
            KubernetesError::Gone => format!(
                "failed to create the lease {name}: there is no namespace {namespace:?}; make it, or name another one with \
                 --leader-elect-namespace"
            ),
            KubernetesError::Forbidden(sentence) => format!(
                "failed to {call} the lease {name}: {sentence}; allow get, create and update of leases (coordination.k8s.io) in the namespace \
                 {namespace:?}, as config/rbac/leader-election-role.yaml does, name another namespace with --leader-elect-namespace, or run one \
                 operator alone with --leader-elect=false"
            ),
            KubernetesError::NamespaceTerminating | KubernetesError::Invalid(_) | KubernetesError::Unavailable(_) => {
                format!("failed to {call} the lease {namespace}/{name}: {error}")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn refusals() -> Refusals {
        Refusals::of("ops".into(), "privatelink-operator".into())
    }

    #[test]
    fn a_missing_right_is_named_with_every_way_out() {
        let forbidden = KubernetesError::Forbidden("User \"x\" cannot create resource \"leases\"".into());
        assert_eq!(
            refusals().worth_a_warning(Call::Create, &forbidden, SECOND).unwrap(),
            "failed to create the lease privatelink-operator: User \"x\" cannot create resource \"leases\"; allow get, create and update of \
             leases (coordination.k8s.io) in the namespace \"ops\", as config/rbac/leader-election-role.yaml does, name another namespace with \
             --leader-elect-namespace, or run one operator alone with --leader-elect=false"
        );
        assert!(Refusals::are_lasting(Call::Create, &forbidden));
    }

    #[test]
    fn a_missing_namespace_is_known_by_the_create_alone() {
        let text = refusals().worth_a_warning(Call::Create, &KubernetesError::Gone, SECOND).unwrap();
        assert!(text.contains("there is no namespace \"ops\"; make it, or name another one"), "{text}");
        assert!(Refusals::are_lasting(Call::Create, &KubernetesError::Gone));
        assert_eq!(refusals().worth_a_warning(Call::Update, &KubernetesError::Gone, SECOND), None);
        assert!(!Refusals::are_lasting(Call::Update, &KubernetesError::Gone));
    }

    #[test]
    fn the_same_is_said_once_a_minute_and_anything_new_at_once() {
        let mut refusals = refusals();
        let away = |cause: &str| KubernetesError::Unavailable(cause.to_owned());
        let mut says =
            |cause: &str, second: u32| refusals.worth_a_warning(Call::Get, &away(cause), SECOND * second).is_some();
        assert!(says("refused", 0));
        assert!(!says("refused", 59));
        assert!(says("refused", 60));
        assert!(says("no answer", 61));
        refusals.ended();
        assert!(refusals.worth_a_warning(Call::Get, &away("no answer"), SECOND * 62).is_some());
    }

    #[test]
    fn a_conflict_is_part_of_every_election() {
        assert_eq!(refusals().worth_a_warning(Call::Update, &KubernetesError::Conflict, SECOND), None);
        assert!(!Refusals::are_lasting(Call::Update, &KubernetesError::Conflict));
    }
}
