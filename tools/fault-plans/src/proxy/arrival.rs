//! A call that has come in.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use http::Method;

/// Whom the operator means to talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The API server.
    Kubernetes,
    /// The provider's API, STS included.
    Cloud,
}

/// What a call does, without saying to which object: what a plan counts calls by.
///
/// For Kubernetes verb, resource and subresource: `GET vpcendpointservices`, `LIST vpcendpointservices`,
/// `WATCH vpcendpointservices`, `PATCH vpcendpointservices/status`, `POST events`; and `GET /version` for a path that is no
/// resource's. For the cloud the operation's name: `CreateVpcEndpointService`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKind(pub String);

impl CallKind {
    /// It is about the lease of a leader election.
    pub(crate) fn is_of_election(&self) -> bool {
        self.0.ends_with(" leases")
    }
}

impl fmt::Display for CallKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl PartialEq<str> for CallKind {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for CallKind {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// A call, read to its end, about which nothing is decided yet.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Whom it is for.
    pub side: Side,
    /// What it does.
    pub kind: CallKind,
    /// Which object it is about: the name in the path; for the cloud the parameter `ServiceId`.
    pub object: Option<String>,
    /// The how many-eth call of its kind at this proxy it is, from 1.
    pub nth: usize,
    /// The how many-eth of all calls at this proxy it is, from 1.
    pub number: usize,
    /// As sent.
    pub method: Method,
    /// As sent.
    pub path_and_query: String,
    /// As sent.
    pub body: Bytes,
    /// When its last byte was read.
    pub at: Instant,
}
