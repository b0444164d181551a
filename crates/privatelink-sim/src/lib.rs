//! A simulator of the Alibaba Cloud `PrivateLink` API, version 2020-04-15, with what its clients call beside it: STS, and the reads of load
//! balancers.
//!
//! It keeps the state of every account and region, checks signatures, and answers as the provider's documents say: its
//! error codes and texts, its state machines with their waiting times, its serial-call locks, rates, quotas and token
//! memory. Where the documents are silent it guesses, and every guess has a switch ([`Guesses`]). Things go wrong on
//! order ([`Fault`]), and a witness watches that no owner ever has two live services.
//!
//! In process a [`Simulator`] is a transport for the client; on a paused tokio runtime it runs in virtual time. As a
//! program, `privatelink-sim serve`, it speaks HTTP to any client, and has an admin API ([`AdminClient`]).
//!
//! ```
//! use privatelink_sim::{Config, LoadBalancer, Simulator};
//!
//! let simulator = Simulator::new(Config::fast());
//! simulator.seed_load_balancer(LoadBalancer::new("nlb-a", "nlb", "cn-hangzhou", &["cn-hangzhou-i"]));
//! assert!(simulator.all_services().is_empty());
//! ```

mod admin;
mod answer;
mod clock;
mod config;
mod dice;
mod engine;
mod error;
mod fault;
mod journal;
mod machine;
mod operations;
mod server;
mod simulator;
mod transport;
mod wire;
mod witness;
mod world;

pub use admin::{
    AdminClient, AdminError, AttachmentId, AttachmentView, ConfigPatchError, ConnectionChange, EndpointOrder,
    EndpointView, LoadBalancerPatchError, RegionView, ServiceChange, ServiceView, SessionView, UserListsView, ZoneView,
};
pub use answer::Answer;
pub use clock::SimClock;
pub use config::{
    AccessKey, Account, AfterDeletion, BusinessStatus, CloseWithoutMigration, Config, ConfigError, DEFAULT_CONSUMER,
    DEFAULT_PROVIDER, DeletionBlockedBy, EmptyDescription, Guesses, Lists, LoadBalancer, LoadBalancerZone,
    MigratingShows, Migration, MigrationEnds, MissingParameterStyle, NetworkType, OidcTrust, OneOrMany,
    OtherConnectBandwidth, OwnerAmong, ParseSpanError, Policy, PolicyEffect, PolicyVersion, Quotas, Rate, Rates, Role,
    Signatures, Span, Statement, StoredText, Sts, Switch, Timers, TokenMemory, TooManyResources, UserLists, UserTotal,
    WitnessTags,
};
pub use engine::{ISSUED_SECRET, ISSUED_TOKEN};
pub use fault::{Fault, FaultKind, Moment};
pub use journal::{Call, CallEffect, JournalQuery};
pub use server::{ServeError, Served, serve};
pub use simulator::Simulator;
pub use witness::{Unserved, Violation};
