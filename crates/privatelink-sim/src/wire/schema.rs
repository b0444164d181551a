//! What an operation takes: names, kinds and limits of its parameters, as data.

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) need: Need,
    pub(crate) kind: Kind,
}

/// Whether a parameter must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    /// Required, but a call without it is refused by the operation itself, with a code of its own.
    Own,
    Optional,
}

/// What a parameter may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// `true` or `false` in any case.
    Flag,
    /// A decimal number within limits.
    Whole(i64, i64),
    /// One of some words.
    Word(&'static [&'static str]),
    /// One of some words, in any case.
    AnyCase(&'static [&'static str]),
    /// `Name.1`, `Name.2`, …: so many at most.
    Texts(usize),
    /// `Name.1.Field`, …: items with fields; which ones there may be is the operation's affair.
    Items,
}

/// A parameter that must be there and not be empty.
pub(crate) const fn need(name: &'static str, kind: Kind) -> Param {
    Param { name, need: Need::Required, kind }
}

/// A parameter that the operation itself insists on.
pub(crate) const fn own(name: &'static str, kind: Kind) -> Param {
    Param { name, need: Need::Own, kind }
}

/// A parameter that may be absent.
pub(crate) const fn may(name: &'static str, kind: Kind) -> Param {
    Param { name, need: Need::Optional, kind }
}

// Words that several operations share.
pub(crate) const RESOURCE_TYPES: &[&str] = &["slb", "alb", "nlb", "gwlb", "vpcNat"];
pub(crate) const TRAFFIC_MODES: &[&str] = &["Scalability", "BandwidthLimit"];
