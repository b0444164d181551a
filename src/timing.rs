//! Every waiting time of the operator, in one struct.

pub mod duration;
mod keys;

use std::time::Duration;

pub use keys::{Audience, Key, UnreadableTime};

/// Declares the waiting times, once: field, default, documentation, and for users the reason to set it. `internal` ones are settings of
/// tests. The key is the field's name in camelCase.
macro_rules! timing {
    ($(#[$outer:meta])* pub struct Timing { $($(#[doc = $doc:literal])+ $audience:ident $(($reason:literal))? $field:ident = $default:expr,)+ }) => {
        $(#[$outer])*
        pub struct Timing { $($(#[doc = $doc])+ pub $field: Duration,)+ }

        impl Default for Timing {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl Timing {
            /// What is declared of each, in the order of the fields.
            pub const KEYS: &[Key] = &[$(Key {
                field: stringify!($field),
                doc: concat!($($doc),+),
                audience: timing!(@$audience $($reason)?),
            },)+];

            /// Each waiting time, in the order of [`Timing::KEYS`].
            fn durations(&mut self) -> [&mut Duration; Self::KEYS.len()] {
                [$(&mut self.$field,)+]
            }
        }
    };
    (@public $reason:literal) => { Audience::Users { reason: $reason } };
    (@internal) => { Audience::Tests };
}

timing! {
    /// Every time that the operator waits or counts with.
    ///
    /// Tests, fault plans and the demo set these to their simulator; at least one test runs the defaults.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Timing {
        /// How long the provider's lists may lag behind its writes. The one assumption about the provider's tokens is that they are
        /// remembered at least this long. Twice the value delays only recovery; half of it risks taking "not yet shown" for "deleted".
        public("Raise it where lists of your region are seen to lag longer; it must not be lower than their lag.")
        consistency_window = Duration::from_mins(1),
        /// A Create is sent at most this long after the object was read from the API server, so that a process that was paused cannot
        /// send one that is permitted no longer.
        internal create_window = Duration::from_secs(30),
        /// The newest list may have begun this long before the create record is written and still count as a look-up.
        internal create_lookup_max_age = Duration::from_secs(10),
        /// One call to the cloud, with its quick retries.
        public("Raise it on a slow or lossy network to the provider.")
        cloud_call_deadline = Duration::from_secs(25),
        /// One whole reconcile.
        internal reconcile_deadline = Duration::from_mins(1),
        /// Between two lists of an account's services while nobody waits for one: how long a change in the cloud may stay unseen.
        public("Lower it to see drift sooner; raise it to make fewer calls. One call a period, account and region.")
        resync_period = Duration::from_mins(1),
        /// Two lists begin at least this far apart; also the first step of the growing interval while services are changing.
        internal resync_interval_min = Duration::from_millis(500),
        /// Where the growing interval stops: how much later than the provider the operator may see that a service is Active.
        public("Lower it to have services Ready sooner, for more lists while they are created.")
        resync_interval_max = Duration::from_secs(5),
        /// Attachments and principals of each service, which no list shows, are read again this often. Three calls a service at most, 1,800 an
        /// hour at a thousand services; half of it would cost 3,600, twice of it leave a right that somebody added for more than three hours.
        public("Lower it to find changes of attachments and principals sooner; raise it with thousands of services.")
        details_refresh_period = Duration::from_mins(100),
        /// Load balancers whose zones an object leaves out are read again this often, each once for all objects that list it. Two calls an hour for
        /// each, 2,000 at a thousand; half of it would cost 4,000, twice of it leave a zone that a load balancer was given unattached for an hour.
        public("Lower it to have zones that load balancers are given or lose followed sooner; raise it with thousands of load balancers.")
        load_balancer_refresh_period = Duration::from_mins(30),
        /// Between two polls of one service that must be read by Get until it is Active.
        internal active_poll_interval = Duration::from_secs(1),
        /// Between two polls of what blocks a deletion or a detach and is in other people's hands.
        internal blocked_poll_interval = Duration::from_secs(15),
        /// A permit that was given and is not used passes on after this.
        internal permit_reservation = Duration::from_secs(2),
        /// First back-off of an operation that the provider throttles without saying for how long; it doubles.
        internal throttle_backoff_initial = Duration::from_secs(1),
        /// Last back-off of an operation that the provider throttles without saying for how long.
        internal throttle_backoff_max = Duration::from_mins(1),
        /// First back-off of an operation that is refused for a reason that is the account's, and between two tries of one of several
        /// objects that lack the same right; it doubles.
        internal account_error_backoff_initial = Duration::from_secs(15),
        /// Last back-off of the same. One call a delay is all that it costs, so it is what a person who has just settled the matter
        /// would wait.
        internal account_error_backoff_max = Duration::from_mins(1),
        /// First back-off between two tries of one of several objects that found a quota used up; the last is
        /// `accountErrorBackoffMax`.
        internal quota_backoff_initial = Duration::from_secs(30),
        /// How long a call that the provider refuses for what the spec asks for is not sent again, at first; it doubles. An edit or a
        /// request to reconcile ends it.
        internal spec_error_backoff_initial = Duration::from_secs(30),
        /// The last back-off of the same; also of what is refused for a missing right or a quota.
        public("Lower it where refusals are often settled outside the spec and nobody requests a reconcile.")
        spec_error_backoff_max = Duration::from_hours(1),
        /// After a conflict with somebody else's call, a serial operation rests for this, and up to twice as much again.
        internal conflict_backoff = Duration::from_secs(1),
        /// First back-off of one object; it doubles.
        internal backoff_initial = Duration::from_secs(1),
        /// Last back-off of one object.
        public("Lower it to have failing objects retried sooner, for more calls during an outage.")
        backoff_max = Duration::from_mins(5),
        /// How long `Ready=True` stays when the cloud cannot be read. Twice `resyncPeriod` at least.
        public("Raise it to ride out longer outages of the provider's API without alerts; lower it to be told sooner.")
        stale_after = Duration::from_mins(5),
        /// Drift that is being corrected leaves `Ready` alone for this long.
        public("Lower it to have drift cost the object its Ready sooner, raise it against alerts about short drift.")
        drift_grace_period = Duration::from_mins(5),
        /// How long traffic that is open over a load balancer goes on there once its connections were moved to another one; then it is closed, and the
        /// load balancer detached. Half of it would end what many clients would have ended by themselves, twice of it keep the old one up for longer.
        public("Raise it where clients keep connections open for longer and cannot open new ones easily.")
        migration_drain_time = Duration::from_mins(10),
        /// A connection that has been moving to another load balancer for longer is told of, and the others do not wait for it any more. The longest
        /// transition that is known of the provider takes a minute.
        internal migration_deadline = Duration::from_mins(10),
        /// With `--delete-orphans`, a service must have been found without its object for this long, without interruption and by one process, before
        /// it is deleted. With half of it who restores a backup or a namespace has half an hour for that; twice of it costs two hours of a service.
        public("Raise it where objects are restored from backups or from Git, and that takes longer.")
        orphan_deletion_delay = Duration::from_hours(1),
        /// Progress-only changes of the status are written at most this often.
        internal progress_status_interval = Duration::from_secs(10),
        /// How long the others leave the lead to an operator that renews its lease no more; whole seconds. With half of it an API server that is
        /// upgraded costs the lead, with twice of it a node that is lost stops the work for half a minute.
        public("Raise it, with `leaseRenewDeadline`, where the API server is often away for longer than that; lower it to have another operator take over sooner.")
        lease_duration = Duration::from_secs(15),
        /// An operator whose lease was not renewed for this long writes nothing more and ends. What is left of `leaseDuration` is for what it sent
        /// before and for clocks that run at different speeds.
        public("Must be longer than `leaseRetryPeriod` and shorter than `leaseDuration`.")
        lease_renew_deadline = Duration::from_secs(10),
        /// Between two renewals of the lease. Those who wait for it look twice to four times as often.
        public("Raise it to make fewer calls, with `leaseRenewDeadline` and `leaseDuration`; another operator then takes over later.")
        lease_retry_period = Duration::from_secs(2),
        /// The API server ends a watch of the objects after this, and it is restarted. A watch on which nothing is received for a little
        /// longer is dropped: half of it costs a call more a minute, twice as much leaves the operator blind for two minutes.
        public("Lower it where a proxy or load balancer before the API server cuts idle connections earlier.")
        watch_timeout = Duration::from_mins(1),
        /// All objects are listed again after this, a tenth more or less: the net below the watch, for what no watch tells. A list of ten
        /// thousand objects is twenty calls and no write; at a tenth of the time they would be seen, at ten times it they would help nobody.
        public("Raise it with very many objects on a small API server.")
        relist_period = Duration::from_mins(30),
        /// One call to the Kubernetes API server.
        public("Raise it for a slow or distant API server.")
        kubernetes_call_deadline = Duration::from_secs(10),
    }
}
