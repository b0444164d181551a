//! What others do: consumers, people with rights in the cloud, whoever runs the Service.

use super::cloud::Cloud;
use super::endpoint::{Endpoint, Life, Link};
use super::kubernetes::OBJECT;
use super::manifest::{LOAD_BALANCERS, Manifest, PRINCIPALS};
use super::setup::CLUSTER;
use super::state::State;
use crate::names::{ADOPT_TAG, CLUSTER_TAG};

/// The account that others allow.
pub(super) const STRANGER: &str = "333";

/// One thing that others do. Numbers are those of services and load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A consumer is connected.
    Connect(usize),
    /// A consumer leaves.
    Leave(usize),
    /// The service is given to the object, by its tags.
    HandOver(usize),
    /// The tag that gives it is taken off.
    TakeBack(usize),
    /// Somebody else allows a principal.
    Grant(usize),
    /// Somebody removes the principal that the spec wants first.
    Revoke(usize),
    /// The Service leads to this load balancer.
    Lead(usize),
    /// The Service goes.
    Unlead,
}

/// How many more of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Events {
    pub(super) consumers: u8,
    pub(super) handovers: u8,
    pub(super) principals: u8,
    pub(super) services: u8,
}

impl Events {
    pub(super) const NONE: Self = Self { consumers: 0, handovers: 0, principals: 0, services: 0 };

    fn left(&mut self, event: Event) -> &mut u8 {
        match event {
            Event::Connect(_) | Event::Leave(_) => &mut self.consumers,
            Event::HandOver(_) | Event::TakeBack(_) => &mut self.handovers,
            Event::Grant(_) | Event::Revoke(_) => &mut self.principals,
            Event::Lead(_) | Event::Unlead => &mut self.services,
        }
    }
}

impl Event {
    /// Everything that others may do next.
    pub(super) fn possible(manifest: Manifest, state: &State) -> impl Iterator<Item = Self> {
        let mut left = state.budget.events;
        let of_services = state.cloud.services.iter().enumerate().filter(|(_, service)| service.life() == Life::Active);
        let of_services = of_services.flat_map(|(number, service)| about(number, service));
        let leads_to = state.kubernetes.leads_to;
        let elsewhere = (0..LOAD_BALANCERS.len()).filter(move |other| Some(*other) != leads_to).map(Self::Lead);
        let of_references = elsewhere.chain(leads_to.map(|_| Self::Unlead)).filter(|_| manifest == Manifest::Reference);
        let events: Vec<_> = of_services.chain(of_references).collect();
        events.into_iter().filter(move |event| *left.left(*event) > 0)
    }
}

fn about(number: usize, service: &Endpoint) -> Vec<Event> {
    let now = service.now();
    let is_given = now.tags.contains_key(ADOPT_TAG);
    vec![
        if now.link == Link::Connected { Event::Leave(number) } else { Event::Connect(number) },
        if is_given { Event::TakeBack(number) } else { Event::HandOver(number) },
        Event::Grant(number),
        Event::Revoke(number),
    ]
}

impl State {
    pub(super) fn happen(&mut self, event: Event) {
        *self.budget.events.left(event) -= 1;
        let now = self.now();
        let Cloud { services, .. } = &mut self.cloud;
        match event {
            Event::Connect(number) => services[number].become_so(now, |condition| condition.link = Link::Connected),
            Event::Leave(number) => services[number].become_so(now, |condition| condition.link = Link::None),
            Event::HandOver(number) => services[number].become_so(now, |condition| {
                let given = [(CLUSTER_TAG, CLUSTER), (ADOPT_TAG, OBJECT)];
                condition.tags.extend(given.map(|(key, value)| (key.to_owned(), value.to_owned())));
            }),
            Event::TakeBack(number) => {
                services[number].become_so(now, |condition| {
                    condition.tags.remove(ADOPT_TAG);
                });
            }
            Event::Grant(number) => {
                services[number].become_so(now, |condition| {
                    condition.principals.insert(STRANGER.to_owned());
                });
            }
            Event::Revoke(number) => {
                services[number].become_so(now, |condition| {
                    condition.principals.remove(PRINCIPALS[0]);
                });
            }
            Event::Lead(load_balancer) => self.kubernetes.leads_to = Some(load_balancer),
            Event::Unlead => self.kubernetes.leads_to = None,
        }
    }
}
