//! The operations: one function and one line of a table each.
//!
//! Parameters, limits, rates, serial scopes and error lists are those of the `PrivateLink` API reference, version
//! 2020-04-15. What a line says is all that the engine knows of an operation.

mod activation;
mod backing;
mod connections;
mod consumer;
mod create_endpoint;
mod create_service;
mod endpoint_zones;
mod endpoints;
mod groups;
mod offers;
mod places;
mod resources;
mod security_groups;
mod services;
mod sts;
mod tagging;
mod tags;
mod update_endpoint;
mod update_service;
mod users;
pub(crate) mod view;
mod zone_connections;
mod zone_resource;

use std::time::Duration;

use privatelink::Api;

pub(crate) use self::users::parse_arn;
use crate::config::Rate;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, Param, may, need};

/// What a table line says.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) api: Api,
    pub(crate) nature: Nature,
    pub(crate) serial: Scope,
    pub(crate) common: Common,
    pub(crate) rate: Rate,
    /// Parameters beside the common ones.
    pub(crate) params: &'static [Param],
    /// Documented errors of its own, in the order of the reference.
    pub(crate) errors: &'static [&'static str],
    pub(crate) run: Run,
}

/// The function behind an operation.
pub(crate) type Run = fn(&mut Visit<'_>) -> Result<Fields, Refusal>;

/// Whether it changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    Read,
    Write,
}

/// In what scope calls must not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    None,
    Account,
    Service,
    Endpoint,
}

/// Which of the common parameters it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Common {
    /// None.
    None,
    /// `RegionId`.
    Region,
    /// `RegionId`, `ClientToken` (which may mean nothing), `DryRun`.
    Full,
}

impl Spec {
    const fn new(name: &'static str, nature: Nature, calls: u32, run: Run) -> Self {
        let common = match nature {
            Nature::Read => Common::Region,
            Nature::Write => Common::Full,
        };
        let rate = Rate { calls, per: Duration::from_mins(1) };
        Self { name, api: Api::PrivateLink, nature, serial: Scope::None, common, rate, params: &[], errors: &[], run }
    }

    /// A read, so many times a minute.
    const fn read(name: &'static str, calls: u32, run: Run) -> Self {
        Self::new(name, Nature::Read, calls, run)
    }

    /// A write, so many times a minute.
    const fn write(name: &'static str, calls: u32, run: Run) -> Self {
        Self::new(name, Nature::Write, calls, run)
    }

    const fn per_second(mut self) -> Self {
        self.rate.per = Duration::from_secs(1);
        self
    }

    const fn serial(mut self, scope: Scope) -> Self {
        self.serial = scope;
        self
    }

    const fn common(mut self, common: Common) -> Self {
        self.common = common;
        self
    }

    const fn of(mut self, api: Api) -> Self {
        self.api = api;
        self
    }

    const fn takes(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }

    const fn refuses(mut self, errors: &'static [&'static str]) -> Self {
        self.errors = errors;
        self
    }

    /// The common parameters that it has.
    pub(crate) fn common_params(&self) -> &'static [Param] {
        const FULL: &[Param] =
            &[need("RegionId", Kind::Text), may("ClientToken", Kind::Text), may("DryRun", Kind::Flag)];
        match self.common {
            Common::None => &[],
            Common::Region => FULL.split_at(1).0,
            Common::Full => FULL,
        }
    }

    /// Whether it works only once the product is activated: every write but the activation itself. That reads work
    /// before is a guess.
    pub(crate) fn needs_activation(&self) -> bool {
        self.nature == Nature::Write && self.name != activation::OPEN
    }

    /// Whether a repeated `ClientToken` gives the first answer again.
    pub(crate) fn keeps_tokens(&self) -> bool {
        self.nature == Nature::Write && self.common == Common::Full
    }
}

/// Every table.
const TABLES: &[&[Spec]] = &[
    services::TABLE,
    resources::TABLE,
    users::TABLE,
    connections::TABLE,
    zone_connections::TABLE,
    zone_resource::TABLE,
    endpoints::TABLE,
    endpoint_zones::TABLE,
    security_groups::TABLE,
    offers::TABLE,
    tags::TABLE,
    groups::TABLE,
    places::TABLE,
    activation::TABLE,
    sts::TABLE,
];

/// Every operation.
pub(crate) fn all() -> impl Iterator<Item = &'static Spec> {
    TABLES.iter().copied().flatten()
}

/// The operation of that name.
pub(crate) fn find(name: &str) -> Option<&'static Spec> {
    all().find(|spec| spec.name == name)
}

#[cfg(test)]
mod tests;
