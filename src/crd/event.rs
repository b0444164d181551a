//! Event reasons. They are API: documented, closed, never renamed.

use std::fmt;

/// Declares the reasons of events, each with what it means and what to do: its documentation here, in `docs/reference` and for users.
macro_rules! events {
    ($($kind:ident $reason:ident: $meaning:literal, $action:literal;)+) => {
        /// Why an event is published: a closed set, part of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventReason { $(#[doc = $meaning] #[doc = "\n\nWhat to do:"] #[doc = $action] $reason,)+ }

        impl EventReason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$reason),+];

            /// The reason as it stands in the event.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$reason => stringify!($reason),)+ }
            }

            /// Whether a person should look, or is told for information only.
            pub const fn is_warning(self) -> bool {
                match self { $(Self::$reason => events!(@$kind),)+ }
            }

            /// What happened, without a full stop.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$reason => $meaning,)+ }
            }

            /// What to do, without a full stop.
            pub const fn action(self) -> &'static str {
                match self { $(Self::$reason => $action,)+ }
            }
        }
    };
    (@normal) => { false };
    (@warning) => { true };
}

events! {
    normal EndpointServiceCreated: "The endpoint service was created", "nothing";
    warning EndpointServiceRecreated: "The endpoint service was deleted in the cloud and another one was created in its place", "give consumers the new service name";
    normal EndpointServiceAdopted: "An existing endpoint service was adopted", "nothing";
    normal EndpointServiceActive: "The endpoint service became Active", "nothing: consumers can connect";
    normal EndpointServiceUpdated: "An edit of the spec is in force in the cloud", "nothing";
    normal EndpointServiceDeleted: "The endpoint service is deleted and the finalizer removed", "nothing";
    normal EndpointServiceRetained: "The finalizer is removed and the endpoint service stays in the cloud; the message says why and whether the operator's tags stay", "delete the service in the cloud when it is no longer needed";
    normal DriftCorrected: "A change that somebody made in the cloud was undone; the message names the fields", "find out who changes the service outside";
    warning DriftDetected: "Somebody changed the service in the cloud and driftPolicy Report leaves it so; the message names the fields", "see status.drift; set driftPolicy to Correct to have it corrected, or change the spec";
    normal ConnectionRequested: "Endpoints asked to be connected, which were not seen before; the message names them", "where the decision is Hold, add a rule to spec.connections.rules or answer in the provider's console";
    normal ConnectionAccepted: "A rule of spec.connections accepted the endpoints that the message names", "nothing";
    normal ConnectionRejected: "A rule of spec.connections refuses the endpoints that the message names", "nothing; add a rule that accepts them before it, if they are to be connected";
    normal ConnectionDisconnected: "The operator cut off the endpoints that the message names, because the spec says so", "nothing";
    normal LoadBalancerDraining: "A load balancer was taken out of the spec while endpoints use it, so it is detached later", "see status.resources";
    normal LoadBalancerDetached: "A load balancer that was taken out of the spec is detached, in the zone that the message names", "nothing: it can be deleted";
    warning MigrationBlocked: "The provider does not move every connection from a load balancer that is taken out", "see the reason of the same name";
    warning DeletionBlocked: "The deletion waits for what the message names", "see the reason of the same name";
    warning Stalled: "The operator needs help; the message begins with the reason of the condition Stalled", "see that reason";
    warning OrphanedServices: "Endpoint services carry this cluster's id and the UID of an object that exists no more; the event is on the operator's pod", "delete them in the cloud, or have an object of the name take them over";
    normal OrphanDeleted: "With --delete-orphans, the operator deleted an endpoint service whose object exists no more; the event is on the operator's pod", "nothing; find out how the object went without its service";
    warning LoadBalancerShared: "Another object lists the same load balancer in the same zone; one of the same namespace is named", "list it in one of them only, unless both services are meant to lead there";
    warning ExportRefused: "The ConfigMap that spec.exportTo names is not written; the message says why", "delete the ConfigMap or name another, or grant the operator the right that the message names";
    warning InvalidObject: "This version of the operator cannot read the object and leaves it and its service alone", "install the version that the object was written for, or correct the field that the message names";
}

impl fmt::Display for EventReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
