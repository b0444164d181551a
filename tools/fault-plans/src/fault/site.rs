//! A place in the traffic between the operator and its two sides.

use std::fmt;
use std::str::FromStr;

use crate::proxy::{CallKind, EventType, Side};

/// Where a fault is injected. All counts are from 1, and begin with the workload's first act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// The n-th call of a kind.
    Call {
        /// To whom.
        side: Side,
        /// What the call does.
        kind: CallKind,
        /// The how many-eth of its kind.
        nth: usize,
    },
    /// An event of the operator's watch.
    Event(EventSite),
}

/// The n-th event of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSite {
    /// What the event says.
    pub type_: EventType,
    /// The how many-eth of its type.
    pub nth: usize,
}

/// A text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read a place such as cloud/CreateVpcEndpointService#1")]
pub struct UnreadableSite;

/// The types that a fault can be injected at; of bookmarks nobody knows how many there will be.
const EVENT_TYPES: [(&str, EventType); 3] =
    [("ADDED", EventType::Added), ("MODIFIED", EventType::Modified), ("DELETED", EventType::Deleted)];

impl fmt::Display for Site {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Neither a space nor a slash, which shells and ids have other uses for.
            Self::Call { side, kind, nth } => {
                write!(out, "{}/{}#{nth}", side_name(*side), kind.0.replace(' ', ":").replace('/', "."))
            }
            Self::Event(EventSite { type_, nth }) => write!(out, "watch/{}#{nth}", type_name(*type_)),
        }
    }
}

impl FromStr for Site {
    type Err = UnreadableSite;

    fn from_str(text: &str) -> Result<Self, UnreadableSite> {
        let (place, nth) = text.rsplit_once('#').ok_or(UnreadableSite)?;
        let nth = nth.parse().ok().filter(|nth| *nth > 0).ok_or(UnreadableSite)?;
        let (side, kind) = place.split_once('/').ok_or(UnreadableSite)?;
        let call = |side| {
            let kind = CallKind(kind.replace(':', " ").replace('.', "/"));
            Ok(Self::Call { side, kind, nth })
        };
        match side {
            "kubernetes" => call(Side::Kubernetes),
            "cloud" => call(Side::Cloud),
            "watch" => {
                let (_, type_) = EVENT_TYPES.into_iter().find(|(name, _)| *name == kind).ok_or(UnreadableSite)?;
                Ok(Self::Event(EventSite { type_, nth }))
            }
            _ => Err(UnreadableSite),
        }
    }
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Kubernetes => "kubernetes",
        Side::Cloud => "cloud",
    }
}

fn type_name(type_: EventType) -> &'static str {
    EVENT_TYPES.iter().find(|(_, known)| *known == type_).map_or("OTHER", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::{Site, UnreadableSite};

    #[test]
    fn a_place_counts_from_one() {
        assert_eq!("cloud/List#0".parse::<Site>(), Err(UnreadableSite));
        assert_eq!("cloud/List#1".parse::<Site>().unwrap().to_string(), "cloud/List#1");
    }
}
