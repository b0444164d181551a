//! The waiting times by key.

use std::time::Duration;

use super::{Timing, duration};

/// What is declared of a waiting time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub(super) field: &'static str,
    pub(super) doc: &'static str,
    pub audience: Audience,
}

/// Who is meant to set a waiting time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Public: kept and documented.
    Users { reason: &'static str },
    /// Tests and fault plans, together with others: alone it may break what the operator promises.
    Tests,
}

/// A waiting time that cannot be meant, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to use {flag} {text:?}: {complaint}")]
pub struct UnreadableTime {
    flag: &'static str,
    text: String,
    complaint: String,
}

impl Key {
    /// As it is typed: the field's name in camelCase.
    pub fn name(self) -> String {
        let mut parts = self.field.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| {
            let (head, tail) = part.split_at(1);
            name + &head.to_ascii_uppercase() + tail
        })
    }

    /// What it is, in one line.
    pub fn description(self) -> String {
        self.doc.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A duration as it is typed.
    pub fn value(duration: Duration) -> String {
        duration::written(duration)
    }

    fn is_for(self, flag: Flag) -> bool {
        flag == Flag::Internal || matches!(self.audience, Audience::Users { .. })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    Public,
    Internal,
}

impl Flag {
    const fn name(self) -> &'static str {
        match self {
            Self::Public => "--timing",
            Self::Internal => "--internal-timing",
        }
    }
}

impl Timing {
    /// The defaults, changed by what was typed: `key=duration`, the later one winning. `internal` may name any key and counts last.
    pub fn with(public: &[String], internal: &[String]) -> Result<Self, UnreadableTime> {
        let mut timing = Self::default();
        for (flag, typed) in [(Flag::Public, public), (Flag::Internal, internal)] {
            for text in typed {
                timing.set(flag, text).map_err(|complaint| UnreadableTime {
                    flag: flag.name(),
                    text: text.clone(),
                    complaint,
                })?;
            }
        }
        Ok(timing)
    }

    /// Every waiting time with what is declared of it.
    pub fn entries(mut self) -> Vec<(Key, Duration)> {
        Self::KEYS.iter().copied().zip(self.durations().into_iter().map(|duration| *duration)).collect()
    }

    fn set(&mut self, flag: Flag, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').ok_or("give key=duration, such as resyncPeriod=2m")?;
        let mut allowed = Self::KEYS.iter().zip(self.durations()).filter(|(key, _)| key.is_for(flag));
        match allowed.find(|(key, _)| key.name() == name) {
            Some((_, duration)) => *duration = duration::parse(value)?,
            None => return Err(format!("there is no {name:?}; the keys are {}", names(flag))),
        }
        Ok(())
    }
}

fn names(flag: Flag) -> String {
    let names: Vec<_> = Timing::KEYS.iter().filter(|key| key.is_for(flag)).map(|key| key.name()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(typed: &[&str]) -> Vec<String> {
        typed.iter().map(|text| (*text).to_owned()).collect()
    }

    fn timing(typed: &[&str]) -> Result<Timing, UnreadableTime> {
        Timing::with(&[], &owned(typed))
    }

    fn public(typed: &[&str]) -> Result<Timing, UnreadableTime> {
        Timing::with(&owned(typed), &[])
    }

    #[test]
    fn nothing_typed_leaves_the_defaults() {
        assert_eq!(timing(&[]), Ok(Timing::default()));
    }

    #[test]
    fn what_is_typed_changes_just_that() {
        let expected = Timing {
            consistency_window: Duration::from_secs(1),
            permit_reservation: Duration::from_millis(500),
            ..Timing::default()
        };
        let typed = ["consistencyWindow=1s", "permitReservation=9s", "permitReservation=500ms"];
        assert_eq!(timing(&typed), Ok(expected));
    }

    #[test]
    fn each_key_sets_a_field_of_its_own() {
        for (position, (key, before)) in Timing::default().entries().into_iter().enumerate() {
            let changed = timing(&[&format!("{}=77ms", key.name())]).unwrap().entries();
            assert_eq!(changed[position], (key, Duration::from_millis(77)));
            assert_ne!(before, changed[position].1);
            let others = (0..Timing::KEYS.len()).filter(|other| *other != position);
            assert!(others.into_iter().all(|other| changed[other] == Timing::default().entries()[other]), "{key:?}");
        }
    }

    #[test]
    fn users_set_what_is_public_and_nothing_else() {
        for key in Timing::KEYS {
            let is_public = matches!(key.audience, Audience::Users { .. });
            assert_eq!(public(&[&format!("{}=77ms", key.name())]).is_ok(), is_public, "{key:?}");
        }
    }

    #[test]
    fn an_internal_setting_counts_last() {
        let timing = Timing::with(&owned(&["resyncPeriod=2m"]), &owned(&["resyncPeriod=1s"])).unwrap();
        assert_eq!(timing.resync_period, Duration::from_secs(1));
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_list() {
        let refused = timing(&["resyncperiod=2m"]).unwrap_err().to_string();
        assert!(
            refused.starts_with(r#"failed to use --internal-timing "resyncperiod=2m": there is no "resyncperiod"; the keys are consistencyWindow, createWindow, "#),
            "{refused}"
        );
        assert!(refused.ends_with("relistPeriod, kubernetesCallDeadline"), "{refused}");
        let refused = public(&["createWindow=2m"]).unwrap_err().to_string();
        assert!(
            refused.starts_with(r#"failed to use --timing "createWindow=2m": there is no "createWindow"; the keys are consistencyWindow, cloudCallDeadline, "#),
            "{refused}"
        );
        assert!(refused.ends_with("relistPeriod, kubernetesCallDeadline"), "{refused}");
    }

    #[test]
    fn what_is_no_pair_or_no_duration_is_refused() {
        assert_eq!(
            public(&["resyncPeriod"]).unwrap_err().to_string(),
            r#"failed to use --timing "resyncPeriod": give key=duration, such as resyncPeriod=2m"#
        );
        assert_eq!(
            public(&["resyncPeriod=2"]).unwrap_err().to_string(),
            r#"failed to use --timing "resyncPeriod=2": failed to parse input in the "friendly" duration format: expected to find unit designator suffix (e.g., `years` or `secs`) after parsing integer; give a number with the unit ms, s, m or h, such as 500ms or 3s"#
        );
    }
}
