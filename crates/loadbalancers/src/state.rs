//! The words of the products, as closed sets that keep what is new. The products differ in capitals, so capitals do not count.

use cloud_core::states;

states! {
    /// Where a load balancer is in its life.
    Status {
        /// In use.
        Active,
        /// Switched off: its listeners forward nothing.
        Inactive,
        /// Being created.
        Provisioning,
        /// Being changed.
        Configuring,
        /// It could not be created, and can only be deleted.
        CreateFailed,
        /// Locked, for an overdue payment or by the provider: the word of CLB.
        Locked,
    }
}

states! {
    /// Whether the account may use the load balancer.
    BusinessStatus {
        /// It may.
        Normal,
        /// It may not; the locks say why.
        Abnormal,
        /// A payment is overdue: the word of GWLB.
        FinancialLocked,
    }
}

states! {
    /// Why a load balancer is locked.
    LockType {
        /// For security.
        SecurityLocked,
        /// Because of something that belongs to it.
        RelatedResourceLocked,
        /// For an overdue payment.
        FinancialLocked,
        /// Something that belongs to it was released for an overdue payment.
        ResidualLocked,
    }
}

states! {
    /// From where a load balancer can be reached.
    AddressType {
        /// From the internet.
        Internet,
        /// From its network.
        Intranet,
    }
}

states! {
    /// Which addresses a load balancer has.
    IpVersion {
        /// IPv4.
        Ipv4,
        /// IPv6: CLB only.
        Ipv6,
        /// Both.
        DualStack,
    }
}

states! {
    /// Whether a load balancer keeps its addresses.
    AddressAllocatedMode {
        /// It does.
        Fixed,
        /// They may change.
        Dynamic,
    }
}

states! {
    /// What a load balancer can do.
    Edition {
        /// The least.
        Basic,
        /// The usual.
        Standard,
        /// With a firewall for web applications.
        StandardWithWaf,
    }
}

states! {
    /// The kind of network that a load balancer is in.
    NetworkType {
        /// A VPC.
        Vpc,
        /// The network that all accounts once shared.
        Classic,
    }
}

states! {
    /// How a load balancer is paid for.
    PayType {
        /// By use.
        PostPay,
        /// By use: the word of CLB.
        PayOnDemand,
        /// Ahead, for a time.
        PrePay,
    }
}

states! {
    /// Whether a load balancer works in a zone.
    ZoneStatus {
        /// It does.
        Active,
        /// It is switched off there.
        Stopped,
        /// Its name no longer leads there.
        Shifted,
        /// It is being switched on there.
        Starting,
        /// It is being switched off there.
        Stopping,
    }
}
