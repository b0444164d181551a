//! What keeps entries of `spec.resources` from being attached.

use std::fmt;
use std::net::Ipv4Addr;

use cloud_core::Error;

use super::entry::{Entry, entries};
use crate::cloud::errors::verdict;
use crate::cloud::load_balancers::{Flaw, Purpose, Seen, Sight, flaw};
use crate::vpc_endpoint_service::resolve::{Ingress, Resolved, Unresolved};

/// An entry of `spec.resources` that cannot be attached now, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    pub source: Source,
    pub why: Why,
}

/// How the spec names the load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// By the name of a Service.
    Service(String),
    Id(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The Service leads to no load balancer.
    Service(Unresolved),
    /// It leads to this one.
    LoadBalancer { id: String, obstacle: Obstacle },
}

/// Why a load balancer is not attached. What of it is attached stays so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is being read for the first time.
    Unread,
    /// It cannot be read, and its zones are not known.
    Unreadable(Box<Error>),
    Flawed(Flaw),
    /// The provider names none of its zones.
    NoZones,
    /// Another load balancer of the object is in another VPC.
    OtherVpc {
        vpc_id: String,
        other: String,
        other_vpc_id: String,
    },
    /// The Service shows the address of another load balancer.
    OtherAddress {
        own: String,
        shown: String,
    },
}

/// The entries that cannot be attached now.
pub fn unusable(resolved: &Resolved, seen: &Seen) -> Vec<Unusable> {
    let entries = entries(resolved, seen);
    entries.iter().filter_map(|entry| Some(Unusable { source: entry.source(), why: entry.why(&entries)? })).collect()
}

impl Entry<'_> {
    fn source(&self) -> Source {
        match &self.resource.service_ref {
            Some(reference) => Source::Service(reference.name.clone()),
            None => Source::Id(self.resource.resource_id.clone().unwrap_or_default()),
        }
    }

    /// `all`: the entries of the object, this one among them.
    pub fn why(&self, all: &[Entry<'_>]) -> Option<Why> {
        if let Some(Err(unresolved)) = self.reference {
            return Some(Why::Service(unresolved.clone()));
        }
        let obstacle = match self.sight {
            Some(sight) => self.obstacle(sight, all),
            None => (self.purpose() == Purpose::Zones).then_some(Obstacle::Unread),
        };
        Some(Why::LoadBalancer { id: self.id()?.to_owned(), obstacle: obstacle? })
    }

    fn obstacle(&self, sight: &Sight, all: &[Entry<'_>]) -> Option<Obstacle> {
        let Some(answer) = &sight.answer else { return unread(sight) };
        let is_nowhere = || sight.purpose == Purpose::Zones && sight.zones.is_none();
        flaw(answer.load_balancer.as_ref())
            .map(Obstacle::Flawed)
            .or_else(|| self.other_address())
            .or_else(|| self.other_vpc(all))
            .or_else(|| is_nowhere().then_some(Obstacle::NoZones))
    }

    /// Of the names that the provider gives, one stands for one load balancer. A Classic Load Balancer has an address; a public one in the Service is that
    /// of something in front of it.
    fn other_address(&self) -> Option<Obstacle> {
        let found = self.found()?;
        let other = |own: &str, shown: &str| Obstacle::OtherAddress { own: own.to_owned(), shown: shown.to_owned() };
        match (self.referred()?.address.as_ref()?, &found.dns_name, &found.address) {
            (Ingress::Hostname(shown), Some(own), _) if !is_same_name(own, shown) => Some(other(own, shown)),
            (Ingress::Ip(shown), _, Some(own)) if own != shown && is_private(own) && is_private(shown) => {
                Some(other(own, shown))
            }
            _ => None,
        }
    }

    /// The first other entry whose load balancer is known to be in another VPC. Both are told: nobody knows which is meant.
    fn other_vpc(&self, all: &[Entry<'_>]) -> Option<Obstacle> {
        let own = self.found()?.vpc_id.as_ref()?;
        all.iter().find_map(|entry| {
            let found = entry.found()?;
            let other_vpc_id = found.vpc_id.as_ref().filter(|other| *other != own)?;
            Some(Obstacle::OtherVpc {
                vpc_id: own.clone(),
                other: found.id.to_string(),
                other_vpc_id: other_vpc_id.clone(),
            })
        })
    }
}

impl Why {
    /// Only a person can end it.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Service(unresolved) => unresolved.needs_a_person(),
            Self::LoadBalancer { obstacle, .. } => match obstacle {
                Obstacle::Unreadable(error) => verdict(error).stalled,
                Obstacle::Unread | Obstacle::NoZones | Obstacle::Flawed(Flaw::Missing | Flaw::NotActive(_)) => false,
                Obstacle::Flawed(Flaw::Locked(_) | Flaw::BusinessStatus(_) | Flaw::Unfit(_))
                | Obstacle::OtherVpc { .. }
                | Obstacle::OtherAddress { .. } => true,
            },
        }
    }

    /// It takes a moment, and then something is known.
    pub fn is_being_looked_up(&self) -> bool {
        *self == Self::Service(Unresolved::NotListed) || self.is_being_read()
    }

    /// The load balancer is being read for the first time.
    pub fn is_being_read(&self) -> bool {
        matches!(self, Self::LoadBalancer { obstacle: Obstacle::Unread, .. })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) | Self::Id(name) => f.write_str(name),
        }
    }
}

/// Where zones are needed and a right is missing, that is told at once. Everything else that is all well waits.
fn unread(sight: &Sight) -> Option<Obstacle> {
    match &sight.error {
        Some(error) if sight.purpose == Purpose::Zones && (error.is_access_denied() || !sight.can_wait) => {
            Some(Obstacle::Unreadable(Box::new(error.clone())))
        }
        Some(_) => None,
        None => sight.is_awaited.then_some(Obstacle::Unread),
    }
}

fn is_same_name(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// An address of a VPC: those of private networks, and those that providers have for themselves.
fn is_private(address: &str) -> bool {
    address.parse::<Ipv4Addr>().is_ok_and(|address| {
        let [first, second, ..] = address.octets();
        address.is_private() || first == 100 && (64..128).contains(&second)
    })
}
