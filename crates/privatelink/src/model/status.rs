//! States, as closed sets; what is new is kept as it is.

use cloud_core::states;

states! {
    /// Where an endpoint service is in its life. There is no failed state.
    ServiceStatus {
        /// Being created.
        Creating,
        /// Being changed.
        Pending,
        /// Ready for use and for changes.
        Active,
        /// Being deleted.
        Deleting,
    }
}

states! {
    /// Whether the account may use the object.
    BusinessStatus {
        /// It may.
        Normal,
        /// A payment is overdue.
        FinancialLocked,
        /// Locked for security; not documented for this API, known to other clients.
        SecurityLocked,
    }
}

impl BusinessStatus {
    /// The provider refuses changes until somebody settles it with the provider. Known locks only: a word that is in no documentation
    /// says nothing, and must not stop everybody.
    pub const fn is_locked(&self) -> bool {
        match self {
            Self::FinancialLocked | Self::SecurityLocked => true,
            Self::Normal | Self::Unknown(_) => false,
        }
    }
}

states! {
    /// Where a connection is in its life. There is no state for "waiting to be accepted": that is `Disconnected` too.
    ConnectionStatus {
        /// Waiting to be accepted, or rejected, or cut.
        Disconnected,
        /// Being accepted.
        Connecting,
        /// In use.
        Connected,
        /// Being changed.
        Pending,
        /// Being cut.
        Disconnecting,
        /// Its endpoint is being deleted.
        Deleting,
        /// Its service is gone, its endpoint remains.
        ServiceDeleted,
    }
}

states! {
    /// Where an endpoint is in its life.
    EndpointStatus {
        /// Being created.
        Creating,
        /// Being changed.
        Pending,
        /// Ready.
        Active,
        /// Being deleted.
        Deleting,
    }
}

states! {
    /// Where one zone of an endpoint is in its life.
    ZoneStatus {
        /// Being added.
        Creating,
        /// There, and waiting for the connection to be accepted.
        Wait,
        /// Being accepted.
        Connecting,
        /// In use.
        Connected,
        /// Being cut.
        Disconnecting,
        /// Cut.
        Disconnected,
        /// Being taken away.
        Deleting,
        /// Moving to another load balancer; told to the provider of the service only.
        Migrating,
        /// Moved to another load balancer; told to the provider of the service only.
        Migrated,
    }
}

states! {
    /// Whether an endpoint is in a security group.
    SecurityGroupStatus {
        /// Being put into it.
        Attaching,
        /// In it.
        Attached,
        /// Being taken out of it.
        Detaching,
    }
}

states! {
    /// Whether consumers of a region may connect to a service.
    RegionStatus {
        /// Being changed.
        Pending,
        /// They may.
        Available,
        /// Being taken away.
        Deleting,
        /// They cannot: the change failed.
        Failed,
        /// Taken away; such an entry stays in the list.
        Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_known_whatever_its_case_and_keeps_the_provider_s_word_where_it_is_not() {
        for text in ["Active", "ACTIVE", "active"] {
            assert_eq!(ServiceStatus::from_wire(Some(text)), ServiceStatus::Active);
        }
        assert_eq!(ServiceStatus::from_wire(Some("Activating")), ServiceStatus::Unknown("Activating".to_owned()));
        assert_eq!(ServiceStatus::from_wire(None), ServiceStatus::Unknown(String::new()));
    }

    #[test]
    fn only_a_known_lock_is_a_lock() {
        let is_locked = |text| BusinessStatus::from_wire(text).is_locked();
        for lock in ["FinancialLocked", "financiallocked", "SecurityLocked", "SECURITYLOCKED"] {
            assert!(is_locked(Some(lock)), "{lock}");
        }
        for other in [None, Some(""), Some("Normal"), Some("normal"), Some("Unlocked"), Some("SomethingNew")] {
            assert!(!is_locked(other), "{other:?}");
        }
    }
}
