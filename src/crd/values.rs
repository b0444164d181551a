//! The closed sets of words that spec and status are made of.
//!
//! Words that go over the wire keep the provider's spelling, because people paste them from the provider's pages;
//! the operator's own are `CamelCase`. Every type has the same shape: [`ServiceResourceType::ALL`] lists the words in
//! the order of the schema, `as_str` is the spelling in manifests and, for the provider's words, on the wire.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares an enum whose variants are each one word of the API, spelled once.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$of_word:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$of_word])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every word, in the order of the schema.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

words! {
    /// Kind of load balancer behind an endpoint service (the provider's word).
    ServiceResourceType {
        /// Classic Load Balancer (CLB).
        Slb = "slb",
        /// Application Load Balancer.
        Alb = "alb",
        /// Network Load Balancer.
        Nlb = "nlb",
        /// Gateway Load Balancer.
        Gwlb = "gwlb",
    }

    /// Who pays for the endpoints of a service (the provider's word).
    #[derive(Default)]
    Payer {
        /// The consumer, for each endpoint.
        #[default]
        Endpoint = "Endpoint",
        /// The owner of the service; the provider must have allowed the account to.
        EndpointService = "EndpointService",
    }

    /// IP version that consumers reach a service over (the provider's word).
    #[derive(Default)]
    AddressIpVersion {
        /// IPv4 only.
        #[default]
        IPv4 = "IPv4",
        /// IPv4 and IPv6; a service cannot return from it.
        DualStack = "DualStack",
    }

    /// What a consumer may use of a connection (the provider's word).
    TrafficControlMode {
        /// Bandwidth grows with demand.
        Scalability = "Scalability",
        /// Bandwidth is capped at the connection's bandwidth.
        BandwidthLimit = "BandwidthLimit",
    }

    /// What becomes of one connection request.
    #[derive(Default)]
    ConnectionDecision {
        /// Accept it.
        Accept = "Accept",
        /// Refuse it, for good.
        Reject = "Reject",
        /// Neither: leave it to a person.
        #[default]
        Hold = "Hold",
    }

    /// What becomes of a live connection that no rule accepts any more.
    #[derive(Default)]
    WhenNoLongerAllowed {
        /// It stays.
        #[default]
        Keep = "Keep",
        /// It is cut.
        Disconnect = "Disconnect",
    }

    /// What becomes of entries of a list in the cloud that the spec does not have.
    #[derive(Default)]
    ListPolicy {
        /// They are removed.
        #[default]
        Authoritative = "Authoritative",
        /// They stay, whoever put them there.
        Additive = "Additive",
    }

    /// What becomes of the service in the cloud when its object is deleted.
    DeletionPolicy {
        /// It is deleted.
        Delete = "Delete",
        /// It stays and loses the operator's tags.
        Retain = "Retain",
    }

    /// How live connections leave a load balancer that is taken out.
    #[derive(Default)]
    WhenReplaced {
        /// By themselves: their owners disconnect or delete the endpoints.
        #[default]
        Drain = "Drain",
        /// The operator moves them to the entry's load balancer.
        Migrate = "Migrate",
    }

    /// What a deletion does while consumers are connected.
    #[derive(Default)]
    WhenConnected {
        /// It waits until they have left.
        #[default]
        Block = "Block",
        /// It cuts them off.
        Disconnect = "Disconnect",
    }

    /// How far the operator goes with an object.
    #[derive(Default)]
    ManagementPolicy {
        /// It makes the cloud equal to the spec.
        #[default]
        Manage = "Manage",
        /// It reads only.
        Observe = "Observe",
        /// It works out what it would do, asks the provider for dry runs, and reports.
        Plan = "Plan",
    }

    /// What becomes of a change that somebody made in the cloud.
    #[derive(Default)]
    DriftPolicy {
        /// It is put right.
        #[default]
        Correct = "Correct",
        /// It is reported and left alone.
        Report = "Report",
    }

    /// What follows when a service that was once seen is deleted in the cloud.
    #[derive(Default)]
    WhenGone {
        /// A report; nothing is created, because consumers hold the old name.
        #[default]
        Report = "Report",
        /// Exactly one new service.
        Recreate = "Recreate",
    }

    /// What follows where a service is found that an earlier object of this namespace and name left.
    #[derive(Default)]
    WhenFormerExists {
        /// A report; nothing is created beside it.
        #[default]
        Report = "Report",
        /// It becomes this object's.
        TakeOver = "TakeOver",
    }

    /// How far an attachment of a load balancer in one zone has come.
    AttachmentState {
        /// Asked for, not yet effective.
        Attaching = "Attaching",
        /// Effective.
        Attached = "Attached",
        /// On its way out; it stays until no endpoint uses it.
        Detaching = "Detaching",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_words_are_spelled_as_on_the_wire() {
        let types: Vec<_> = ServiceResourceType::ALL.iter().map(|word| word.as_str()).collect();
        assert_eq!(types, ["slb", "alb", "nlb", "gwlb"]);
        assert_eq!(Payer::EndpointService.to_string(), "EndpointService");
        assert_eq!(AddressIpVersion::IPv4.to_string(), "IPv4");
    }

    #[test]
    fn a_word_is_written_and_read_as_its_spelling() {
        for word in ServiceResourceType::ALL {
            let written = serde_json::to_value(word).unwrap();
            assert_eq!(written, serde_json::json!(word.as_str()));
            assert_eq!(serde_json::from_value::<ServiceResourceType>(written).unwrap(), *word);
        }
    }

    #[test]
    fn an_unknown_word_is_refused() {
        assert!(serde_json::from_value::<Payer>(serde_json::json!("endpoint")).is_err());
    }
}
