//! Every waiting time of the operator, in one struct.

mod duration;
mod keys;

use std::time::Duration;

pub use keys::UnreadableTime;

/// Every time that the operator waits or counts with.
///
/// Tests, fault plans and the demonstration set these to their simulator; at least one test runs the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long the provider's lists may lag behind its writes. The one assumption about the provider's tokens is that they are
    /// remembered at least this long. Twice the value delays only recovery; half of it risks taking "not yet shown" for "not there".
    pub assumed_list_lag: Duration,
    /// A Create is sent at most this long after the object was read from the API server, so that a process that was paused wakes up
    /// powerless.
    pub create_window: Duration,
    /// The newest sweep may have begun this long before the create record is written and still count as a look-up.
    pub look_up_age: Duration,
    /// One cloud call with its quick attempts.
    pub call_deadline: Duration,
    /// One whole reconcile.
    pub reconcile_deadline: Duration,
    /// Sweeps of the services while nobody waits.
    pub sweep_period: Duration,
    /// Two sweeps begin at least this far apart; also the first step of the growing interval while services are on their way.
    pub sweep_spacing: Duration,
    /// Where the growing interval stops.
    pub sweep_spacing_max: Duration,
    /// Attachments and principals of each service, which no list shows, are read again this often. Three calls a service at most: at
    /// a thousand services, half of it would cost 6,000 calls an hour, twice of it leave a right that somebody added for two hours.
    pub details_period: Duration,
    /// Between two looks at one service that must be read by Get until it is Active.
    pub settle_poll: Duration,
    /// Between two looks at what blocks a deletion or a detach and is in other people's hands.
    pub blocked_poll: Duration,
    /// A turn that was given and not taken up passes on after this.
    pub turn_hold: Duration,
    /// Delays of an operation that the provider throttles without saying for how long: first step and last, doubling in between.
    pub throttle_first: Duration,
    pub throttle_max: Duration,
    /// The same for an operation that is refused for a reason that is the account's, and between two tries of one of several objects that lack
    /// the same right. One call a delay is all that it costs, so the last is what a person who has just settled the matter would wait.
    pub refused_first: Duration,
    pub refused_max: Duration,
    /// First step between two tries of one of several objects that found a quota used up; the last is `refused_max`.
    pub quota_first: Duration,
    /// How long a call that the provider refuses for what the spec asks for is not sent again: first step and last, doubling in between. An edit
    /// or a request to reconcile ends it. What is refused for a missing right or a quota grows to the same last step.
    pub spec_error_backoff_initial: Duration,
    pub spec_error_backoff_max: Duration,
    /// After a collision with somebody else's call, a serial lane rests for this, and up to twice as much again.
    pub collision_rest: Duration,
    /// First and last step of the back-off of one object.
    pub backoff_first: Duration,
    pub backoff_max: Duration,
    /// How long `Ready` stays without a successful look, before the operator stops vouching for it.
    pub vouch: Duration,
    /// Drift that is being repaired leaves `Ready` alone for this long.
    pub drift_grace: Duration,
    /// Progress-only changes of the status are written at most this often.
    pub progress_period: Duration,
    /// The API server ends a watch of the objects after this, and it is begun anew. A watch on which nothing is heard for a little longer
    /// is given up: half of it costs a call more a minute, twice as much leaves the operator blind for two minutes.
    pub watch_timeout: Duration,
    /// Everything is listed anew after this, a tenth more or less. It is the net below the watch, for what no watch tells. A list of ten
    /// thousand objects is twenty calls and no write; at a tenth of the time they would be seen, at ten times it they would help nobody.
    pub relist_period: Duration,
    /// One call to the Kubernetes API server.
    pub kubernetes_deadline: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            assumed_list_lag: Duration::from_mins(1),
            create_window: Duration::from_secs(30),
            look_up_age: Duration::from_secs(10),
            call_deadline: Duration::from_secs(25),
            reconcile_deadline: Duration::from_mins(1),
            sweep_period: Duration::from_mins(1),
            sweep_spacing: Duration::from_millis(500),
            sweep_spacing_max: Duration::from_secs(5),
            details_period: Duration::from_hours(1),
            settle_poll: Duration::from_secs(1),
            blocked_poll: Duration::from_secs(15),
            turn_hold: Duration::from_secs(2),
            throttle_first: Duration::from_secs(1),
            throttle_max: Duration::from_mins(1),
            refused_first: Duration::from_secs(15),
            refused_max: Duration::from_mins(1),
            quota_first: Duration::from_secs(30),
            spec_error_backoff_initial: Duration::from_secs(30),
            spec_error_backoff_max: Duration::from_hours(1),
            collision_rest: Duration::from_secs(1),
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_mins(5),
            vouch: Duration::from_mins(5),
            drift_grace: Duration::from_mins(5),
            progress_period: Duration::from_secs(10),
            watch_timeout: Duration::from_mins(1),
            relist_period: Duration::from_mins(30),
            kubernetes_deadline: Duration::from_secs(10),
        }
    }
}
