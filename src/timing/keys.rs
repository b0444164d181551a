//! The waiting times by name.

use std::time::Duration;

use super::{Timing, duration};

/// How many waiting times there are.
const COUNT: usize = 28;

/// A waiting time that cannot be meant, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to use --timing {text:?}: {complaint}")]
pub struct UnreadableTime {
    text: String,
    complaint: String,
}

impl Timing {
    /// The defaults, changed by what was typed: `key=duration`, the later one winning.
    pub fn with(typed: &[String]) -> Result<Self, UnreadableTime> {
        let mut timing = Self::default();
        for text in typed {
            timing.set(text).map_err(|complaint| UnreadableTime { text: text.clone(), complaint })?;
        }
        Ok(timing)
    }

    /// Every waiting time with its key.
    pub fn entries(mut self) -> [(&'static str, Duration); COUNT] {
        self.fields().map(|(key, field)| (key, *field))
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        let (key, value) = text.split_once('=').ok_or("give key=duration, such as sweepPeriod=2m")?;
        let mut fields = self.fields();
        match fields.iter_mut().find(|(known, _)| *known == key) {
            Some((_, field)) => **field = duration::parse(value)?,
            None => return Err(format!("there is no {key:?}; the keys are {}", fields.map(|(key, _)| key).join(", "))),
        }
        Ok(())
    }

    /// Taken apart in full, so that a field without a key does not compile.
    fn fields(&mut self) -> [(&'static str, &mut Duration); COUNT] {
        let Self {
            assumed_list_lag,
            create_window,
            look_up_age,
            call_deadline,
            reconcile_deadline,
            sweep_period,
            sweep_spacing,
            sweep_spacing_max,
            details_period,
            settle_poll,
            blocked_poll,
            turn_hold,
            throttle_first,
            throttle_max,
            refused_first,
            refused_max,
            quota_first,
            spec_error_backoff_initial,
            spec_error_backoff_max,
            collision_rest,
            backoff_first,
            backoff_max,
            vouch,
            drift_grace,
            progress_period,
            watch_timeout,
            relist_period,
            kubernetes_deadline,
        } = self;
        [
            ("assumedListLag", assumed_list_lag),
            ("createWindow", create_window),
            ("lookUpAge", look_up_age),
            ("callDeadline", call_deadline),
            ("reconcileDeadline", reconcile_deadline),
            ("sweepPeriod", sweep_period),
            ("sweepSpacing", sweep_spacing),
            ("sweepSpacingMax", sweep_spacing_max),
            ("detailsPeriod", details_period),
            ("settlePoll", settle_poll),
            ("blockedPoll", blocked_poll),
            ("turnHold", turn_hold),
            ("throttleFirst", throttle_first),
            ("throttleMax", throttle_max),
            ("refusedFirst", refused_first),
            ("refusedMax", refused_max),
            ("quotaFirst", quota_first),
            ("specErrorBackoffInitial", spec_error_backoff_initial),
            ("specErrorBackoffMax", spec_error_backoff_max),
            ("collisionRest", collision_rest),
            ("backoffFirst", backoff_first),
            ("backoffMax", backoff_max),
            ("vouch", vouch),
            ("driftGrace", drift_grace),
            ("progressPeriod", progress_period),
            ("watchTimeout", watch_timeout),
            ("relistPeriod", relist_period),
            ("kubernetesDeadline", kubernetes_deadline),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(typed: &[&str]) -> Result<Timing, UnreadableTime> {
        let typed: Vec<String> = typed.iter().map(|text| (*text).to_owned()).collect();
        Timing::with(&typed)
    }

    #[test]
    fn nothing_typed_leaves_the_defaults() {
        assert_eq!(timing(&[]), Ok(Timing::default()));
    }

    #[test]
    fn what_is_typed_changes_just_that() {
        let expected = Timing {
            assumed_list_lag: Duration::from_secs(1),
            turn_hold: Duration::from_millis(500),
            ..Timing::default()
        };
        assert_eq!(timing(&["assumedListLag=1s", "turnHold=9s", "turnHold=500ms"]), Ok(expected));
    }

    #[test]
    fn each_key_sets_a_field_of_its_own() {
        for (position, (key, before)) in Timing::default().entries().into_iter().enumerate() {
            let changed = timing(&[&format!("{key}=77ms")]).unwrap().entries();
            assert_eq!(changed[position], (key, Duration::from_millis(77)));
            assert_ne!(before, changed[position].1);
            let others = (0..COUNT).filter(|other| *other != position);
            assert!(others.into_iter().all(|other| changed[other] == Timing::default().entries()[other]), "{key}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_list() {
        let refused = timing(&["sweepperiod=2m"]).unwrap_err().to_string();
        assert!(
            refused.starts_with(r#"failed to use --timing "sweepperiod=2m": there is no "sweepperiod"; the keys are assumedListLag, createWindow, "#),
            "{refused}"
        );
        assert!(refused.ends_with("relistPeriod, kubernetesDeadline"), "{refused}");
    }

    #[test]
    fn what_is_no_pair_or_no_duration_is_refused() {
        assert_eq!(
            timing(&["sweepPeriod"]).unwrap_err().to_string(),
            r#"failed to use --timing "sweepPeriod": give key=duration, such as sweepPeriod=2m"#
        );
        assert_eq!(
            timing(&["sweepPeriod=2"]).unwrap_err().to_string(),
            r#"failed to use --timing "sweepPeriod=2": give a whole number with the unit ms, s, m or h, such as 500ms or 3s"#
        );
    }
}
