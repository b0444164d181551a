//! Faults on order: what goes wrong, at which call.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{Span, duration};
use crate::wire::params::Params;

/// An order for something to go wrong.
///
/// Calls count from the moment the order is given; every call that the gateway let in and that fits counts. At most one
/// order strikes a call, the oldest that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Operation it is for, by name or by RAM action (`nlb:GetLoadBalancerAttribute`); none: any.
    #[serde(default)]
    pub operation: Option<String>,
    /// Account it is for; none: any.
    #[serde(default)]
    pub account: Option<String>,
    /// Parameters that the call must have, with these values.
    #[serde(default)]
    pub matching: BTreeMap<String, String>,
    /// It strikes from the n-th fitting call on, counted from 1.
    #[serde(default = "one")]
    pub nth: u64,
    /// How many calls it strikes; null: all that follow.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// What goes wrong.
    pub kind: FaultKind,
}

fn one() -> u64 {
    1
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the type of the field")]
fn once() -> Option<u64> {
    Some(1)
}

impl Fault {
    /// Strikes the next call of the operation, once.
    pub fn next(operation: impl Into<String>, kind: FaultKind) -> Self {
        let (account, matching) = (None, BTreeMap::new());
        Self { operation: Some(operation.into()), account, matching, nth: 1, times: Some(1), kind }
    }

    /// The same from the n-th call on.
    #[must_use]
    pub fn at(self, nth: u64) -> Self {
        Self { nth, ..self }
    }

    /// The same for so many calls.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The same for calls with this parameter only.
    #[must_use]
    pub fn when(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.matching.insert(name.into(), value.into());
        self
    }

    fn fits(&self, names: &[&str], account: &str, params: &Params) -> bool {
        let is =
            |wanted: &Option<String>, given: &[&str]| wanted.as_deref().is_none_or(|wanted| given.contains(&wanted));
        let has = |(name, value): (&String, &String)| params.text(name) == Some(value);
        is(&self.operation, names) && is(&self.account, &[account]) && self.matching.iter().all(has)
    }
}

/// Whether a call that goes wrong has done its work before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Nothing happened.
    #[default]
    BeforeEffect,
    /// Everything happened, only the answer is wrong.
    AfterEffect,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// `Throttling.User`; `retry_after` (a duration, none: no header) goes into `x-acs-retry-after` in milliseconds.
    Throttle {
        /// 400 or 429. Default 400.
        #[serde(default = "bad_request")]
        status: u16,
        /// As `1s`.
        #[serde(default)]
        retry_after: Option<Span>,
    },
    /// Any code.
    Error {
        /// The code.
        code: String,
        /// The status; none: the documented one, 400 for a code that is not documented.
        #[serde(default)]
        status: Option<u16>,
        /// When.
        #[serde(default)]
        moment: Moment,
    },
    /// Silence for `after`, then the connection ends without an answer.
    TimeOut {
        /// When.
        #[serde(default)]
        moment: Moment,
        /// Default 30s.
        #[serde(default = "half_a_minute", with = "duration")]
        after: Duration,
    },
    /// The connection ends without an answer, when the answer would be due.
    Cut {
        /// When.
        #[serde(default)]
        moment: Moment,
    },
    /// The call is answered, but the body ends after so many bytes.
    Truncate {
        /// Default 10.
        #[serde(default = "ten")]
        bytes: usize,
    },
    /// The answer takes so much longer.
    Delay {
        /// As `2s`.
        #[serde(with = "duration")]
        by: Duration,
    },
    /// `InvalidSecurityToken.Expired`, before effect.
    ExpiredToken,
    /// The list's `NextToken` leads past a page.
    LostPage,
    /// The list's `NextToken` leads to the same page again.
    RepeatedPage,
    /// The call fails inside the cloud with status 500 and no effect; its `ClientToken` answers `IdempotentFailed` ever
    /// after.
    BurntToken,
}

fn bad_request() -> u16 {
    400
}

fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

fn ten() -> usize {
    10
}

impl FaultKind {
    /// An error before effect with its documented status.
    pub fn error(code: impl Into<String>) -> Self {
        Self::Error { code: code.into(), status: None, moment: Moment::BeforeEffect }
    }

    /// An error of the cloud itself, `InternalError` with 500.
    pub fn internal_error(moment: Moment) -> Self {
        Self::Error { code: "InternalError".to_owned(), status: Some(500), moment }
    }

    /// The name that the journal gives it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Throttle { .. } => "throttle",
            Self::Error { .. } => "error",
            Self::TimeOut { .. } => "time_out",
            Self::Cut { .. } => "cut",
            Self::Truncate { .. } => "truncate",
            Self::Delay { .. } => "delay",
            Self::ExpiredToken => "expired_token",
            Self::LostPage => "lost_page",
            Self::RepeatedPage => "repeated_page",
            Self::BurntToken => "burnt_token",
        }
    }
}

/// The orders that are not used up.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Order>);

#[derive(Debug)]
struct Order {
    fault: Fault,
    seen: u64,
    struck: u64,
}

impl Order {
    fn is_used_up(&self) -> bool {
        self.fault.times.is_some_and(|times| self.struck >= times)
    }
}

impl Faults {
    pub(crate) fn order(&mut self, fault: Fault) {
        self.0.push(Order { fault, seen: 0, struck: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The orders that can still strike.
    pub(crate) fn pending(&self) -> Vec<Fault> {
        self.0.iter().map(|order| order.fault.clone()).collect()
    }

    /// Counts a call, whose operation has these names, and says what strikes it.
    pub(crate) fn strike(&mut self, names: &[&str], account: &str, params: &Params) -> Option<FaultKind> {
        let mut struck = None;
        for order in self.0.iter_mut().filter(|order| order.fault.fits(names, account, params)) {
            order.seen += 1;
            if struck.is_none() && order.seen >= order.fault.nth {
                order.struck += 1;
                struck = Some(order.fault.kind.clone());
            }
        }
        self.0.retain(|order| !order.is_used_up());
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultKind, Faults, Moment};
    use crate::wire::params::Params;

    fn params(id: &str) -> Params {
        Params::new([("ServiceId".to_owned(), id.to_owned())].into())
    }

    #[test]
    fn an_order_strikes_from_the_nth_fitting_call_and_so_many_times() {
        let mut faults = Faults::default();
        faults.order(Fault::next("Op", FaultKind::ExpiredToken).at(2).times(2).when("ServiceId", "a"));
        let calls = [("Op", "a"), ("Op", "b"), ("Other", "a"), ("Op", "a"), ("Op", "a"), ("Op", "a")];
        let struck = calls.map(|(operation, id)| faults.strike(&[operation, "api:Op"], "1", &params(id)).is_some());
        assert_eq!(struck, [false, false, false, true, true, false]);
        assert_eq!(faults.pending(), []);
    }

    #[test]
    fn the_oldest_order_that_is_due_strikes_and_the_others_count_on() {
        let mut faults = Faults::default();
        faults.order(Fault::next("Op", FaultKind::LostPage).at(2));
        faults.order(Fault::next("Op", FaultKind::ExpiredToken));
        let mut strike = || faults.strike(&["Op", "api:Op"], "1", &params("a"));
        assert_eq!([strike(), strike(), strike()], [Some(FaultKind::ExpiredToken), Some(FaultKind::LostPage), None]);
    }

    #[test]
    fn an_order_by_action_strikes_the_operation_of_that_product_only() {
        let mut faults = Faults::default();
        faults.order(Fault::next("nlb:Get", FaultKind::ExpiredToken));
        let mut strike = |action| faults.strike(&["Get", action], "1", &params("a"));
        assert_eq!([strike("alb:Get"), strike("nlb:Get")], [None, Some(FaultKind::ExpiredToken)]);
    }

    #[test]
    fn an_order_is_written_as_json() {
        let text = r#"{"operation":"Op","times":null,"kind":{"cut":{"moment":"after_effect"}}}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        let expected = Fault::next("Op", FaultKind::Cut { moment: Moment::AfterEffect });
        assert_eq!(fault, Fault { times: None, ..expected });
        assert_eq!(serde_json::from_str::<FaultKind>(r#""burnt_token""#).unwrap(), FaultKind::BurntToken);
    }
}
