//! The provider: services with their states and tags, the tokens it remembers, and lists that show the past.

use std::time::Duration;

use cloud_core::{Error, test_support};
use jiff::Timestamp;
use privatelink::{CreateVpcEndpointServiceRequest, EndpointService, Operation, ServiceStatus, Tag};

use super::kubernetes::uid;
use crate::cloud::services::{Field, Service, Value, Write};
use crate::names::UID_TAG;

/// What is remembered of the past of a service at least, so that a claim about it can be checked.
const HISTORY: Duration = Duration::from_secs(8);

/// What the provider knows.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Cloud {
    pub(super) services: Vec<Endpoint>,
    pub(super) tokens: Vec<Token>,
}

/// A service, from its creation to for ever: ids are not given twice.
#[derive(Clone, Debug, Hash)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) tags: Vec<(String, String)>,
    created: Timestamp,
    /// The description that it was made with.
    first_description: String,
    /// Since when it is in which state; the last one is now.
    history: Vec<(Timestamp, Condition)>,
}

/// What can change of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Condition {
    pub(super) life: Life,
    pub(super) description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Life {
    Creating,
    Active,
    Pending,
    Deleting,
    Gone,
}

/// A token, and what became of its first use.
#[derive(Clone, Debug, Hash)]
pub(super) struct Token {
    name: String,
    description: Option<String>,
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
                _ if token.description != request.service_description => refused("IdempotentParameterMismatch"),
                FirstUse::Burnt => refused("IdempotentFailed"),
                FirstUse::Refused => refused(REFUSAL),
                FirstUse::Made(index) => Ok(self.services[index].first_answer()),
            };
        }
        let note = |outcome| {
            let description = request.service_description.clone();
            self.tokens.push(Token { name, description, first_used: now, outcome, repeated: false });
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

    /// Any other write. The provider takes changes of an Active service only.
    pub(super) fn change(&mut self, id: &str, write: &Write, now: Timestamp) -> Result<(), Error> {
        let refused = |code| Err(test_support::refused(write.operation(), code));
        let found = self.services.iter_mut().find(|service| service.id == id && service.life() != Life::Gone);
        let Some(service) = found else { return refused("EndpointServiceNotFound") };
        if service.life() != Life::Active {
            return refused("EndpointServiceOperationDenied");
        }
        match write {
            Write::Attributes(change) => service.become_so(now, |condition| {
                condition.life = Life::Pending;
                if let Some(text) = change.get(&Field::Description).and_then(Value::as_text) {
                    condition.description = text.to_owned();
                }
            }),
            Write::Delete => service.become_so(now, |condition| condition.life = Life::Deleting),
            other => panic!("the model has no {other:?}"),
        }
        Ok(())
    }

    /// What the list shows of the moment `then`.
    pub(super) fn list(&self, then: Timestamp) -> Vec<Service> {
        self.services.iter().filter_map(|service| Service::from_answer(service.answer_at(then)?)).collect()
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
        let oldest = now - HISTORY;
        for service in &mut self.services {
            while service.history.len() > 1 && service.history[1].0 <= oldest {
                service.history.remove(0);
            }
        }
    }
}

impl Endpoint {
    fn made(number: usize, request: &CreateVpcEndpointServiceRequest, now: Timestamp) -> Self {
        let condition =
            Condition { life: Life::Creating, description: request.service_description.clone().unwrap_or_default() };
        Self {
            id: format!("epsrv-{number}"),
            tags: request.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
            created: now,
            first_description: condition.description.clone(),
            history: vec![(now, condition)],
        }
    }

    pub(super) fn now(&self) -> &Condition {
        &self.history[self.history.len() - 1].1
    }

    pub(super) fn life(&self) -> Life {
        self.now().life
    }

    /// As Get answers it.
    pub(super) fn status(&self) -> ServiceStatus {
        self.answer(self.now()).status()
    }

    pub(super) fn is_of(&self, number: u8) -> bool {
        self.tags.iter().any(|(key, value)| key == UID_TAG && *value == uid(number))
    }

    /// Something happens to it.
    pub(super) fn become_so(&mut self, now: Timestamp, change: impl FnOnce(&mut Condition)) {
        let mut condition = self.now().clone();
        change(&mut condition);
        if condition == *self.now() {
            return;
        }
        self.history.push((now, condition));
    }

    /// The next state of one that is on its way.
    pub(super) fn progress(&mut self, now: Timestamp) -> bool {
        let next = match self.life() {
            Life::Creating | Life::Pending => Life::Active,
            Life::Deleting => Life::Gone,
            Life::Active | Life::Gone => return false,
        };
        self.become_so(now, |condition| condition.life = next);
        true
    }

    /// It was in such a state at some moment since then, as far as is remembered.
    pub(super) fn has_been(&self, since: Timestamp, is_so: impl Fn(&Condition) -> bool) -> bool {
        let ends = self.history.iter().skip(1).map(|(next, _)| *next).chain([Timestamp::MAX]);
        self.history.iter().zip(ends).any(|((_, condition), end)| end >= since && is_so(condition))
    }

    fn first_answer(&self) -> EndpointService {
        let answer = self.answer(&Condition { life: Life::Creating, description: self.first_description.clone() });
        EndpointService { tags: Vec::new(), service_resource_type: None, payer: None, ..answer }
    }

    fn answer_at(&self, then: Timestamp) -> Option<EndpointService> {
        let (_, condition) = self.history.iter().rev().find(|(since, _)| *since <= then)?;
        (condition.life != Life::Gone).then(|| self.answer(condition))
    }

    fn answer(&self, condition: &Condition) -> EndpointService {
        let tag = |(key, value): &(String, String)| Tag { key: key.clone(), value: value.clone() };
        EndpointService {
            service_id: Some(self.id.clone()),
            service_status: Some(condition.life.wire().to_owned()),
            service_business_status: Some("Normal".to_owned()),
            service_description: Some(condition.description.clone()),
            create_time: Some(self.created.to_string()),
            auto_accept_enabled: Some(false),
            zone_affinity_enabled: Some(false),
            address_ip_version: Some("IPv4".to_owned()),
            payer: Some("Endpoint".to_owned()),
            service_resource_type: Some("nlb".to_owned()),
            tags: self.tags.iter().map(tag).collect(),
            ..EndpointService::default()
        }
    }
}

impl Life {
    pub(super) const fn wire(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Deleting => "Deleting",
            Self::Gone => "Gone",
        }
    }
}
