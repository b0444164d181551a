//! What an operation sees of a call.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::before;
use crate::config::{Account, Config, Span};
use crate::dice::Dice;
use crate::engine::Sessions;
use crate::error::Refusal;
use crate::machine::service::ServiceStatus;
use crate::operations::Spec;
use crate::wire::envelope::Fields;
use crate::wire::paging::{self, Page, PageFault};
use crate::wire::params::Params;
use crate::world::{Service, World};

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) key_id: String,
    /// Role and name of the session, where the key is one of a role.
    pub(crate) session: Option<(String, String)>,
}

impl Caller {
    /// Somebody who has no key of a role.
    pub(crate) fn of(account: impl Into<String>, key_id: impl Into<String>) -> Self {
        Self { account: account.into(), key_id: key_id.into(), session: None }
    }
}

/// Whether a call has changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    None,
    Applied,
}

/// A call that passed the gateway, in the hands of its operation.
///
/// An operation checks everything first, then calls [`Visit::commit`], then changes the world. It must not refuse after
/// that.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) spec: &'static Spec,
    pub(crate) now: Timestamp,
    pub(crate) caller: &'a Caller,
    pub(crate) account: &'a Account,
    pub(crate) region: &'a str,
    pub(crate) params: &'a Params,
    pub(crate) config: &'a Config,
    pub(crate) world: &'a mut World,
    pub(crate) dice: &'a mut Dice,
    pub(crate) sessions: &'a mut Sessions,
    pub(crate) page_key: u64,
    pub(crate) page_fault: Option<PageFault>,
    pub(crate) effect: Effect,
    /// Set by the one operation that makes services, for the witness.
    pub(crate) created_service: Option<String>,
    /// Set by the one operation that activates the product.
    pub(crate) opened_product: bool,
}

impl Visit<'_> {
    /// The last check of a write: a dry run ends here, and is answered as an error even though it is good.
    pub(crate) fn commit(&mut self) -> Result<(), Refusal> {
        if self.params.is_dry_run() {
            return Err(self.passed_dry_run());
        }
        self.effect = Effect::Applied;
        Ok(())
    }

    /// How a dry run that finds nothing wrong is answered.
    pub(crate) fn passed_dry_run(&self) -> Refusal {
        Refusal { status: self.config.guesses.dry_run_status, ..Refusal::of("DryRunOperation") }
    }

    /// A duration of the dice within the span.
    pub(crate) fn takes(&mut self, span: Span) -> std::time::Duration {
        self.dice.span(span)
    }

    /// The moment that this list shows.
    pub(crate) fn as_of(&self) -> Timestamp {
        before(self.now, self.config.lists.lag_of(self.spec.name))
    }

    /// The tags of a service as this list shows them.
    pub(crate) fn tags_shown(&self, service: &Service) -> BTreeMap<String, String> {
        let late = self.config.lists.tags_late;
        if late.is_zero() {
            return service.tags.clone();
        }
        let earlier = self.world.service_at(before(self.as_of(), late), &service.id);
        earlier.map(|service| service.tags.clone()).unwrap_or_default()
    }

    /// The caller's service that `ServiceId` names.
    pub(crate) fn own_service(&self) -> Result<Arc<Service>, Refusal> {
        let found = self.world.service(self.params.required("ServiceId"));
        let own = found.filter(|service| service.account == self.caller.account && service.region == self.region);
        own.cloned().ok_or_else(|| Refusal::of("EndpointServiceNotFound"))
    }

    /// The same, in order and in a status that bears this write.
    pub(crate) fn ready_service(&self) -> Result<Arc<Service>, Refusal> {
        let service = self.unlocked_service()?;
        match service.status {
            status if self.bears_write(status) => Ok(service),
            ServiceStatus::Pending if self.config.guesses.pending_is_locked.is_on() => {
                Err(Refusal::of("EndpointServiceLocked"))
            }
            _ => Err(Refusal::of("EndpointServiceOperationDenied")),
        }
    }

    /// Whether a service in that status bears this write: `Active` bears all of them, `Pending` some.
    pub(crate) fn bears_write(&self, status: ServiceStatus) -> bool {
        match status {
            ServiceStatus::Active => true,
            ServiceStatus::Pending => self.config.guesses.work_while_pending.contains(self.spec.name),
            ServiceStatus::Creating | ServiceStatus::Deleting => false,
        }
    }

    /// The same without a business lock, whatever its status.
    pub(crate) fn unlocked_service(&self) -> Result<Arc<Service>, Refusal> {
        let service = self.own_service()?;
        if self.business_of_service(&service).is_locked() {
            Err(Refusal::of("EndpointServiceLocked"))
        } else {
            Ok(service)
        }
    }

    /// The page that `MaxResults` and `NextToken` ask for, out of elements sorted by their number.
    pub(crate) fn page<T>(&self, all: Vec<(u64, T)>) -> Result<Listed<T>, Refusal> {
        let asked = self.params.whole("MaxResults").filter(|size| *size > 0).unwrap_or(DEFAULT_PAGE);
        let size = self.config.lists.page_size_cap.map_or(asked, |cap| asked.min(cap));
        let after = match self.params.filled("NextToken") {
            None => 0,
            Some(token) => {
                paging::open(self.page_key, self.spec.name, token).ok_or_else(|| Refusal::illegal("NextToken"))?
            }
        };
        let Page { items, next, total } = paging::cut(all, after, size, self.page_fault);
        let mut fields = Fields::new();
        if let Some(next) = next {
            fields.insert("NextToken".to_owned(), paging::seal(self.page_key, self.spec.name, next).into());
        }
        Ok(Listed { items, total, asked, fields })
    }
}

/// Documented default of `MaxResults` for every list.
const DEFAULT_PAGE: usize = 50;

/// One page and the paging fields of its answer.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    /// `TotalCount`, for the lists that have one.
    pub(crate) total: usize,
    /// `MaxResults`, for the lists that have it.
    pub(crate) asked: usize,
    /// `NextToken` already, unless this is the last page.
    pub(crate) fields: Fields,
}
