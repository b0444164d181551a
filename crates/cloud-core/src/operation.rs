//! An API of the provider, and what a client must know of each of its operations.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use crate::error::ErrorCodes;

/// An API of the provider: one product in one version. A `static` of the product's crate; equal to another one by name and
/// version.
pub struct Api {
    /// The product's name in messages, such as `PrivateLink`.
    pub name: &'static str,
    /// The text of the `x-acs-version` header.
    pub version: &'static str,
    /// The first part of its host: `privatelink` is asked at `privatelink.<region>.aliyuncs.com`, and inside the provider's
    /// networks at `privatelink-vpc.<region>.aliyuncs.com`.
    pub host: &'static str,
    /// Regions that are asked at the one host without a region, `slb.aliyuncs.com`. On the internet only: inside the provider's networks each
    /// region has its own.
    pub central_regions: &'static [&'static str],
    /// The first part of its actions in access policies, as `privatelink` in `privatelink:TagResources`.
    pub action_prefix: &'static str,
    /// What its own error codes mean. Those of the platform are known without it.
    pub codes: ErrorCodes,
}

impl PartialEq for Api {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.version) == (other.name, other.version)
    }
}

impl Eq for Api {}

/// The name and the version: the codes are a long table.
impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("name", &self.name).field("version", &self.version).finish_non_exhaustive()
    }
}

/// An operation of an API, with what the client and whoever schedules calls must know of it.
///
/// Equal to another one by API and name, and ordered by them.
#[derive(Clone, Copy)]
pub struct ApiOperation {
    /// The API that it belongs to.
    pub api: &'static Api,
    /// The provider's name, as sent in `x-acs-action`.
    pub name: &'static str,
    /// Whether it changes something in the cloud.
    pub effect: Effect,
    /// Where its parameters go.
    pub placement: Placement,
    /// The documented rate for each account and region.
    pub rate: Rate,
    /// Which of its calls must not overlap.
    pub concurrency: Concurrency,
    /// Whether `RegionId` is a required parameter.
    pub needs_region: bool,
    /// Whether it has the parameter `ClientToken`.
    pub has_client_token: bool,
}

impl ApiOperation {
    /// Whether it changes something in the cloud.
    pub const fn mutates(&self) -> bool {
        matches!(self.effect, Effect::Writes)
    }

    fn key(&self) -> (&'static str, &'static str) {
        (self.api.name, self.name)
    }
}

impl PartialEq for ApiOperation {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for ApiOperation {}

impl Hash for ApiOperation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for ApiOperation {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ApiOperation {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for ApiOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The name alone.
impl fmt::Debug for ApiOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Whether an operation changes something in the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing; may be repeated at will.
    Reads,
    /// Changes something; is repeated under one `ClientToken` only.
    Writes,
}

/// Which calls of an operation must not overlap.
///
/// All operations with one bound share it: a call of one of them must not overlap with a call of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Concurrency {
    /// No order is stated.
    Unbounded,
    /// One at a time in the whole account.
    OnePerAccount,
    /// One at a time for each resource.
    OnePerResource,
}

/// Where an operation takes its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// In the query string, with an empty body.
    Query,
    /// In a body of type `application/x-www-form-urlencoded`, with an empty query.
    Form,
}

/// How many calls the provider allows in a span of time, for each account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Calls allowed.
    pub calls: u32,
    /// The span in which they are allowed.
    pub per: Duration,
}

impl Rate {
    /// So many calls a minute.
    pub const fn per_minute(calls: u32) -> Self {
        Self { calls, per: Duration::from_mins(1) }
    }

    /// So many calls a second.
    pub const fn per_second(calls: u32) -> Self {
        Self { calls, per: Duration::from_secs(1) }
    }
}
