//! Which service is whose.

use jiff::Timestamp;

use super::State;
use crate::cloud::inventory::known::{Finding, Known};
use crate::cloud::inventory::view::is_of_cluster;
use crate::cloud::services::Service;
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::names::{OBJECT_TAG, UID_TAG};

impl State {
    /// The service of an object. What carries its UID comes first; then the id that is to be accounted for; then what
    /// an earlier object of the same name left behind.
    pub(super) fn service_view(&self, known: &Known, now: Timestamp) -> ServiceView {
        let mut ours: Vec<&Service> = self.view.of_uid(&known.owner.uid).collect();
        match ours.as_slice() {
            [] if self.swept.is_none() => ServiceView::NotYetSwept,
            [] => self.without_own(known, now),
            [service] => ServiceView::Ours(Box::new((*service).clone())),
            _ => {
                ours.sort_by_key(|service| (Some(&service.id) != known.named.as_ref(), age_key(service)));
                ServiceView::Many(ours.into_iter().cloned().collect())
            }
        }
    }

    fn without_own(&self, known: &Known, now: Timestamp) -> ServiceView {
        let Some(id) = known.expected_id() else { return self.former_or(known, NamedId::None) };
        if let Some(service) = self.view.get(id) {
            return self.foreign_or_former(known, service);
        }
        match known.finding(id, &self.about.timing, now) {
            Some(Finding::Foreign(service)) => self.foreign_or_former(known, service),
            Some(Finding::Gone) => self.former_or(known, NamedId::Gone(id.to_owned())),
            Some(Finding::Hidden) => ServiceView::Absent { named: NamedId::Hidden(id.to_owned()) },
            None => ServiceView::Absent { named: NamedId::Unjudged(id.to_owned()) },
        }
    }

    fn former_or(&self, known: &Known, named: NamedId) -> ServiceView {
        match self.former(known) {
            Some(service) => ServiceView::Former(Box::new(service.clone())),
            None => ServiceView::Absent { named },
        }
    }

    /// The oldest service of an earlier object of this name.
    fn former(&self, known: &Known) -> Option<&Service> {
        let others = self.view.of_object(&known.owner.object).filter(|service| self.is_former_of(known, service));
        others.min_by_key(|service| age_key(service))
    }

    /// A service that status names can belong to an earlier object of the name: an object that was restored from a backup,
    /// status and all. One of another cluster cannot, whatever it is called there.
    fn foreign_or_former(&self, known: &Known, service: &Service) -> ServiceView {
        let service = Box::new(service.clone());
        let named_by_tag = service.tags.get(OBJECT_TAG) == Some(&known.owner.object);
        if named_by_tag && self.is_former_of(known, &service) {
            ServiceView::Former(service)
        } else {
            ServiceView::Foreign(service)
        }
    }

    /// It carries the tag of this cluster and no UID of an object of another name. One that was proven to be this very object's was taken from it.
    fn is_former_of(&self, known: &Known, service: &Service) -> bool {
        let lives = |uid: &String| {
            let others = self.objects.get(uid).map(|other| (&other.id.namespace, &other.id.name));
            others.is_some_and(|other| other != (&known.id.namespace, &known.id.name))
        };
        is_of_cluster(service, &self.about.cluster)
            && !service.tags.get(UID_TAG).is_some_and(lives)
            && known.proven_id.as_deref() != Some(service.id.as_str())
    }
}

/// Orders by age, the oldest first; one that the provider gave no time for is the youngest.
fn age_key(service: &Service) -> (Timestamp, String) {
    let time = service.create_time.as_deref().and_then(|text| text.parse().ok());
    (time.unwrap_or(Timestamp::MAX), service.id.clone())
}
