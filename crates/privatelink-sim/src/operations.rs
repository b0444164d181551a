//! The operations: one function and one line of a table each.
//!
//! Parameters and limits are those of the `PrivateLink` API reference, version 2020-04-15; rates, order and error lists are those of the
//! client's table. What a line says is all that the engine knows of an operation. Beside them stand the operations of other APIs that a
//! client of `PrivateLink` uses.

mod activation;
mod backing;
mod connections;
mod consumer;
mod create_endpoint;
mod create_service;
mod endpoint_zones;
mod endpoints;
mod groups;
mod load_balancers;
mod offers;
mod places;
mod resources;
mod security_groups;
mod services;
mod sts;
mod tagging;
mod tags;
mod undocumented;
mod update_endpoint;
mod update_service;
mod users;
pub(crate) mod view;
mod zone_connections;
mod zone_resource;

use cloud_core::Api;
use privatelink::{Operation, Serial};

pub(crate) use self::connections::{accept, allocate};
pub(crate) use self::sts::parse_role;
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
    pub(crate) api: &'static Api,
    /// None, where it is none of `PrivateLink`.
    operation: Option<Operation>,
    pub(crate) nature: Nature,
    pub(crate) serial: Serial,
    pub(crate) common: Common,
    pub(crate) rate: Rate,
    /// Parameters beside the common ones.
    pub(crate) params: &'static [Param],
    /// Its errors, where it is none of `PrivateLink`.
    codes: &'static [&'static str],
    /// Whether nobody signs it.
    pub(crate) is_anonymous: bool,
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
    /// An operation of `PrivateLink`, with the facts of the client's table.
    const fn of(operation: Operation, run: Run) -> Self {
        let common = match (operation.has_dry_run(), operation.needs_region()) {
            (true, _) => Common::Full,
            (false, true) => Common::Region,
            (false, false) => Common::None,
        };
        let nature = if operation.mutates() { Nature::Write } else { Nature::Read };
        let rate = operation.rate();
        Self {
            name: operation.name(),
            api: &privatelink::API,
            operation: Some(operation),
            nature,
            serial: operation.serial(),
            common,
            rate: Rate { calls: rate.calls, per: rate.per },
            params: &[],
            codes: &[],
            is_anonymous: false,
            run,
        }
    }

    /// What tells it from every other one: API and name.
    pub(crate) fn key(&self) -> (&'static str, &'static str) {
        (self.api.name, self.name)
    }

    /// Its name in policies, such as `nlb:GetLoadBalancerAttribute`.
    pub(crate) fn action(&self) -> String {
        format!("{}:{}", self.api.action_prefix, self.name)
    }

    const fn takes(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }

    /// Its documented errors, in the order of the table.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &'static str> {
        self.operation.into_iter().flat_map(Operation::codes).chain(self.codes.iter().copied())
    }

    /// The refusal as it is answered. A code that is neither documented for this operation nor a guess is a mistake of the simulator, and is
    /// answered as one.
    pub(crate) fn checked(&self, refusal: Refusal) -> Refusal {
        if self.may_answer(&refusal.code) {
            return refusal;
        }
        let text = format!("The simulator has no reason to answer {} to {}.", refusal.code, self.name);
        Refusal::with("InternalError", 500, text)
    }

    fn may_answer(&self, code: &str) -> bool {
        let is_one_of = |known: &str| match known.strip_suffix("%s") {
            Some(family) => code.starts_with(family),
            None => code == known,
        };
        let mut guesses = undocumented::OF_SOME_OPERATIONS.iter();
        undocumented::OF_ANY_OPERATION.iter().copied().chain(self.errors()).any(is_one_of)
            || guesses.any(|(known, all)| *known == code && self.operation.is_some_and(|own| all.contains(&own)))
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
        self.nature == Nature::Write && self.operation != Some(activation::OPEN)
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
    load_balancers::TABLE,
];

/// Every operation.
pub(crate) fn all() -> impl Iterator<Item = &'static Spec> {
    TABLES.iter().copied().flatten()
}

/// The operations of that name, one for each API that has it.
pub(crate) fn named(name: &str) -> impl Iterator<Item = &'static Spec> {
    all().filter(move |spec| spec.name == name)
}

/// The operation of that name in that version, which no two APIs share.
pub(crate) fn find(name: &str, version: &str) -> Option<&'static Spec> {
    named(name).find(|spec| spec.api.version == version)
}

#[cfg(test)]
mod tests;
