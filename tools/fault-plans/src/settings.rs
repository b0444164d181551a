//! The pace of a plan: a simulated cloud in a hurry, and an operator whose waiting times fit it.

use privatelink_sim::{AccessKey, Account, Config, DEFAULT_PROVIDER, LoadBalancer, Span, Switch};
use std::time::Duration;

/// The object of every workload with one object.
pub(crate) const NAME: &str = "orders";

/// The region of every plan.
pub(crate) const REGION: &str = "cn-hangzhou";

/// The zones of every load balancer.
pub(crate) const ZONES: [&str; 2] = ["cn-hangzhou-h", "cn-hangzhou-i"];

/// Lists show the state of so long ago, so that no plan passes because a list happened to be current.
const LIST_LAG: Duration = Duration::from_millis(100);

/// The operator's waiting times, as `--internal-timing` takes them. Periods are some ten times shorter than by default. Windows and deadlines
/// bound how slow the machine may be: `createWindow` is some hundred times what the way from the object to its Create takes on an idle
/// machine, because an operator that is always too late for it never creates anything. Only plans that wait for one of them take longer
/// for it.
pub(crate) const TIMING: [&str; 25] = [
    "consistencyWindow=4s",
    "createWindow=2s",
    "createLookupMaxAge=2s",
    "cloudCallDeadline=2s",
    "reconcileDeadline=8s",
    "resyncPeriod=150ms",
    "resyncIntervalMin=20ms",
    "resyncIntervalMax=100ms",
    // A refresh of details that falls into a plan by chance would make the calls of one kind come in another order.
    "detailsRefreshPeriod=24h",
    "activePollInterval=40ms",
    "blockedPollInterval=100ms",
    "permitReservation=1s",
    "throttleBackoffInitial=50ms",
    "throttleBackoffMax=200ms",
    "accountErrorBackoffInitial=100ms",
    "accountErrorBackoffMax=300ms",
    "quotaBackoffInitial=100ms",
    "specErrorBackoffInitial=100ms",
    "specErrorBackoffMax=300ms",
    "conflictBackoff=30ms",
    "backoffInitial=50ms",
    "backoffMax=300ms",
    "driftGracePeriod=2s",
    "progressStatusInterval=100ms",
    "kubernetesCallDeadline=2s",
];

/// Reconciles at a time: fewer than the objects of the largest workload, so that some have to wait.
pub(crate) const CONCURRENCY: u16 = 6;

/// A key of the simulated cloud. The secrets are canaries: made up, and never to be seen again. Their characters look different in
/// URL form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The key that the operator starts with.
    First,
    /// Another key of the same account.
    SameAccount,
    /// A key of another account.
    OtherAccount,
}

impl Key {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::First, Self::SameAccount, Self::OtherAccount];

    /// Its id.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::First => "canary-key-1",
            Self::SameAccount => "canary-key-2",
            Self::OtherAccount => "canary-key-3",
        }
    }

    /// Its secret.
    pub(crate) fn secret(self) -> &'static str {
        match self {
            Self::First => "canary/secret+one=7f3a90",
            Self::SameAccount => "canary/secret+two=c41be2",
            Self::OtherAccount => "canary/secret+three=08d5f6",
        }
    }
}

/// Another account that could make services.
const OTHER_PROVIDER: &str = "9999000011112222";

/// The longest that anything drawn holds up: less than the operator assumes of lists, and long enough to meet the next call.
const DRAWN_LONGEST: Duration = Duration::from_millis(200);

/// The simulated cloud, with the guesses about the provider drawn by a number.
pub(crate) fn simulator(guesses: u64) -> Config {
    let mut config = Config::fast();
    let key = access_key(Key::First);
    let mut own = Account { resources_by_hand: Switch::On, ..Account::new(DEFAULT_PROVIDER, key) };
    own.access_keys.push(access_key(Key::SameAccount));
    config.accounts.retain(|account| account.id != DEFAULT_PROVIDER);
    config.accounts.extend([own, Account::new(OTHER_PROVIDER, access_key(Key::OtherAccount))]);
    config.load_balancers = load_balancers();
    config.lists.lag = LIST_LAG;
    // Long enough for an edit and a deletion to meet a service that is still `Creating`.
    config.timers.creating = Span::millis(150);
    config.with_drawn_guesses(guesses, DRAWN_LONGEST)
}

fn access_key(key: Key) -> AccessKey {
    AccessKey::new(key.id(), key.secret())
}

fn load_balancers() -> Vec<LoadBalancer> {
    let named = |kind: &str, number: usize| LoadBalancer::new(format!("{kind}-{number}"), kind, REGION, &ZONES);
    (1..=3).map(|number| named("nlb", number)).chain((1..=2).map(|number| named("alb", number))).collect()
}
