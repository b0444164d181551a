//! Why a condition is as it is, and what to do about it.

use std::fmt;

/// Declares the reasons, each with what it means and what to do: its documentation here, in `docs/reference` and for users.
macro_rules! reasons {
    ($($group:literal: $($reason:ident: $meaning:literal, $action:literal;)+)+) => {
        /// Why a condition is as it is: a closed set, part of the API.
        ///
        /// The message of a condition says the particulars; [`Reason::sentence`] says what the reason means and what to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $($(#[doc = $meaning] #[doc = "\n\nWhat to do:"] #[doc = $action] $reason,)+)+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$($(Self::$reason),+),+];

            /// The reasons by what they have in common.
            pub const GROUPS: &[(&'static str, &[Self])] = &[$(($group, &[$(Self::$reason),+])),+];

            /// The reason as it stands in the condition.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$reason => stringify!($reason),)+)+ }
            }

            /// What the reason means, without a full stop.
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$reason => $meaning,)+)+ }
            }

            /// What to do, without a full stop.
            pub const fn action(self) -> &'static str {
                match self { $($(Self::$reason => $action,)+)+ }
            }

            /// What the reason means, and what to do.
            pub const fn sentence(self) -> &'static str {
                match self { $($(Self::$reason => concat!($meaning, "; ", $action, "."),)+)+ }
            }

            /// The reason whose name is `name`, if there is one.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.as_str() == name)
            }
        }
    };
}

reasons! {
    "All is well":
    Available: "The service is Active and was as the spec wants it when it was last read, at most staleAfter ago, attachments and principals at most twice detailsRefreshPeriod ago", "nothing to do";
    AvailableDrifted: "The service is Active and differs from the spec as status.drift says", "set driftPolicy to Correct to have it corrected, or change the spec";

    "In progress":
    Pending: "The operator has not observed this generation yet", "wait, and if it lasts check whether the operator runs";
    Creating: "The service is being created and is not Active yet", "wait";
    Updating: "The service is being changed to fit the spec", "wait";
    Drifted: "Somebody changed the service in the cloud", "nothing under driftPolicy Correct, which corrects it; under Report see status.drift";
    Deleting: "The service is being deleted", "wait: the finalizer is removed when the provider confirms that the service is deleted";

    "Waiting for something; retried without your help":
    WaitingForLoadBalancer: "A load balancer or its Service does not exist or is not ready; what is attached stays attached", "create it, or correct spec.resources";
    WaitingForQuota: "A quota of the account is used up", "delete what is not needed, or ask the provider for more";
    WaitingForThrottling: "The provider limits the rate of calls", "nothing: the operator slows down and continues by itself";
    ProviderBusy: "The provider is still busy with this service, or with another call of the account", "wait: the operator retries by itself";
    CloudError: "A call to the provider failed for a reason that usually passes", "nothing; if it lasts see status.lastError, the provider's status page and the network";
    UnknownAnswer: "The provider answered with an error code or a state that this version does not know", "see status.lastError; the operator retries less and less often, a newer version may know it";
    AttachmentInUse: "Endpoints still use the load balancer that is to be detached", "have their owners disconnect or move them, or put the load balancer back into spec.resources";
    MigratingConnections: "Connections are being moved from a load balancer that is taken out to the one in its place", "wait: the load balancer is detached when nothing uses it any more";
    MigrationBlocked: "The provider does not move every connection from a load balancer that is taken out, so the rest is waited for", "do what the message says, or have the owners of the endpoints that it names disconnect them";
    ServiceInUse: "Something in the cloud still uses what is to be changed", "remove what the message names; the operator continues by itself";
    WaitingForFormerService: "A service of this namespace and name that belonged to an earlier object is still being deleted", "wait";
    CloudUnreachable: "The provider could not be read for minutes, so the status may be out of date", "check the network, the endpoint and the provider's state";

    "Deletion blocked":
    DeletionBlocked: "The deletion waits for what the message names: consumers that are connected, spec.suspend, a right, credentials, a region", "do what the message says, or set spec.deletionPolicy to Retain";

    "Stalled: needs your help":
    InvalidSpec: "The provider rejects what the spec asks for", "correct the field that the message names";
    ValueNotStored: "The provider accepts a value of the spec and stores another", "set the field that the message names to what the provider stores, or find out at the provider why it does not";
    ProviderConfigUnavailable: "This operator does not have the provider config that spec.providerConfigRef names", "remove providerConfigRef from the spec, or name default";
    AccessDenied: "The credentials lack a right in the cloud", "grant the RAM action that the message names";
    NotActivated: "PrivateLink is not activated in the account", "activate it in the provider's console";
    AccountRestricted: "The provider restricts the account, the service or a load balancer: an unpaid balance, a lock or a feature that must be granted", "settle it with the provider";
    InvalidCredentials: "The provider does not accept the credentials", "replace them";
    AccountMismatch: "The credentials belong to another account than the one that this object's service was created in", "restore those of that account, or set spec.deletionPolicy to Retain and delete the object";
    RegionMissing: "Neither spec.region nor the operator's default region says where the service is to be", "set the operator's default region, or recreate the object with spec.region";
    RegionUnusable: "The operator cannot call the region", "correct what the message says names it, or delete the object and create it again with another region";
    RegionMismatch: "Record or spec and status name different regions for this object's service", "clear status.region, correct what names the other one, or set spec.deletionPolicy to Retain and delete the object";
    AdoptionRefused: "The service to adopt does not carry the tags that hand it over to this object", "have somebody with rights in the cloud set them";
    FormerServiceExists: "A service that an earlier object of this namespace and name created still exists", "tag it privatelink-operator.adopt=<namespace>.<name> to adopt it (see whenFormerExists), or remove its privatelink-operator tags";
    OwnershipLost: "The service no longer carries this object's tags, so it is not touched", "restore the tags, or delete the object with deletionPolicy Retain";
    DuplicateOwner: "Two services carry this object's UID", "delete one of them in the cloud, or remove its privatelink-operator tags";
    ServiceGone: "The service was deleted in the cloud and is not recreated, because consumers use the old name", "set whenGone to Recreate, or delete the object";
    NothingToObserve: "Under Observe, no service of this object exists in the cloud", "name one in adopt, or set managementPolicy to Manage";
    UnsuitableLoadBalancer: "The load balancer cannot stand behind this service: it is public, of another product or VPC, or another controller's", "correct the Service or spec.resources as the message says";
    LoadBalancerMismatch: "The address of a Service is not that of the load balancer that its label names", "find out which is right and correct the Service";
    KubernetesForbidden: "The API server rejects what the operator must read or write for this object", "grant the operator its rights, or change the admission policy that is in the way";

    "Chosen in the spec":
    PlanOnly: "managementPolicy is Plan, or Observe for a service that is not taken over: status.plan lists what would be done", "set managementPolicy to Manage to have it done";
    Suspended: "The spec has changed while suspend is true", "set suspend to false to have it applied";
    ConnectionsHeld: "Connection requests wait for a decision", "add a rule for them to connections, or answer them in the provider's console";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_name() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.as_str()), Some(*reason));
        }
        assert_eq!(Reason::from_name("Bogus"), None);
    }

    #[test]
    fn every_reason_has_one_sentence_of_its_own() {
        let mut sentences: Vec<_> = Reason::ALL.iter().map(|reason| reason.sentence()).collect();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), Reason::ALL.len());
        for sentence in sentences {
            assert!(sentence.ends_with('.') && sentence.len() <= 256, "{sentence}");
        }
    }
}
