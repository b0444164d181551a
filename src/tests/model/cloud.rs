//! The provider: services with their states and tags, the tokens it remembers, and lists that show the past.

use std::collections::BTreeMap;

use cloud_core::{Error, test_support};
use jiff::Timestamp;
use privatelink::{CreateVpcEndpointServiceRequest, EndpointService, Operation};

use super::endpoint::{Endpoint, Life};
use crate::cloud::services::{Connection, Service, Write};

/// What the provider knows.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Cloud {
    pub(super) services: Vec<Endpoint>,
    pub(super) tokens: Vec<Token>,
}

/// A token, and what became of its first use.
#[derive(Clone, Debug, Hash)]
pub(super) struct Token {
    name: String,
    /// The description and the load balancers that it was first used with.
    asked: (Option<String>, Vec<Option<String>>),
    pub(super) first_used: Timestamp,
    outcome: FirstUse,
    pub(super) repeated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum FirstUse {
    Made(usize),
    /// It failed inside the provider, after the token was noted.
    Burnt,
    /// It was refused, and the refusal is remembered with the token.
    Refused,
}

/// How the provider takes a Create under a token that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Taking {
    Make,
    /// Refused for good, such as for a quota.
    Refuse,
    /// The token is noted, then the provider fails.
    Burn,
}

impl Cloud {
    pub(super) fn create(
        &mut self,
        request: &CreateVpcEndpointServiceRequest,
        (taking, remembers_refusals): (Taking, bool),
        now: Timestamp,
    ) -> Result<EndpointService, Error> {
        const REFUSAL: &str = "OperationDenied.NoAvailableServiceResource";
        let refused = |code| Err(test_support::refused(Operation::CreateVpcEndpointService, code));
        let name = request.client_token.clone().unwrap();
        if let Some(token) = self.tokens.iter_mut().find(|token| token.name == name) {
            token.repeated = true;
            return match token.outcome {
                _ if token.asked != asked_by(request) => refused("IdempotentParameterMismatch"),
                FirstUse::Burnt => refused("IdempotentFailed"),
                FirstUse::Refused => refused(REFUSAL),
                FirstUse::Made(index) => Ok(self.services[index].first_answer()),
            };
        }
        let note = |outcome| {
            let asked = asked_by(request);
            self.tokens.push(Token { name, asked, first_used: now, outcome, repeated: false });
        };
        match taking {
            Taking::Refuse => {
                if remembers_refusals {
                    note(FirstUse::Refused);
                }
                refused(REFUSAL)
            }
            Taking::Burn => {
                note(FirstUse::Burnt);
                refused("SystemError")
            }
            Taking::Make => {
                note(FirstUse::Made(self.services.len()));
                self.services.push(Endpoint::made(self.services.len(), request, now));
                Ok(self.services[self.services.len() - 1].first_answer())
            }
        }
    }

    /// Any other write. The provider takes changes of an Active service only, and keeps one that somebody uses.
    pub(super) fn change(&mut self, id: &str, write: &Write, now: Timestamp) -> Result<(), Error> {
        let refused = |code| Err(test_support::refused(write.operation(), code));
        let found = self.services.iter_mut().find(|service| service.id == id && service.life() != Life::Gone);
        let Some(service) = found else { return refused("EndpointServiceNotFound") };
        if write.changes_status() && service.life() != Life::Active {
            return refused("EndpointServiceOperationDenied");
        }
        if *write == Write::Delete && service.now().link.is_held() {
            return refused("DeleteFailedDueToEndpointExist");
        }
        service.written(write, now);
        Ok(())
    }

    /// What the list shows of the moment `then`.
    pub(super) fn list(&self, then: Timestamp) -> Vec<Service> {
        self.services.iter().filter_map(|service| Service::from_answer(service.answer_at(then)?)).collect()
    }

    /// What the list of the connections shows of the moment `then`.
    pub(super) fn connections(&self, then: Timestamp) -> BTreeMap<String, Vec<Connection>> {
        let connected = |service: &Endpoint| Some((service.id.clone(), vec![service.connection_at(then)?]));
        self.services.iter().filter_map(connected).collect()
    }

    /// The state of a service by Get, which never lags; `None`: there is none.
    pub(super) fn get(&self, id: &str) -> Option<&Endpoint> {
        self.services.iter().find(|service| service.id == id && service.life() != Life::Gone)
    }

    /// The services with this UID that are neither gone nor going.
    pub(super) fn live(&self, number: u8) -> usize {
        let is_live = |service: &&Endpoint| !matches!(service.life(), Life::Gone | Life::Deleting);
        self.services.iter().filter(|service| service.is_of(number)).filter(is_live).count()
    }

    /// A service of this UID exists in whatever state.
    pub(super) fn exists(&self, number: u8) -> bool {
        self.services.iter().any(|service| service.is_of(number) && service.life() != Life::Gone)
    }

    /// Forgets what no list and no check can ask for any more.
    pub(super) fn prune(&mut self, now: Timestamp) {
        self.services.iter_mut().for_each(|service| service.prune(now));
    }
}

fn asked_by(request: &CreateVpcEndpointServiceRequest) -> (Option<String>, Vec<Option<String>>) {
    let resources = request.resources.iter().map(|resource| resource.resource_id.clone());
    (request.service_description.clone(), resources.collect())
}
