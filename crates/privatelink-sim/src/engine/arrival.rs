//! One call from its arrival to the decision on its answer.

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;

use super::admission::Keys;
use super::call::{Admitted, Decision};
use super::delivery::{self, Ruling};
use super::product::token_key;
use super::state::State;
use super::tokens::Outcome;
use super::{Caller, admission};
use crate::error::Refusal;
use crate::fault::FaultKind;
use crate::wire::envelope::About;
use crate::wire::paging::PageFault;
use crate::wire::params::Params;
use crate::wire::request::Incoming;

impl State {
    /// Decides a call.
    pub(crate) fn arrive(&mut self, request: Request<Bytes>, now: Timestamp) -> Decision {
        self.world.run_until(now);
        let incoming = Incoming::read(request);
        let request_id = self.dice.request_id();
        let admitted = self.admit(&incoming, now);
        let (fault, ruling) = match &admitted {
            Err(refusal) => (None, Ruling::refuse(refusal.clone(), self.after_span(now, self.config.timers.read_call))),
            Ok(admitted) => {
                let fault = self.strike(admitted);
                let ruling = self.rule(admitted, fault.as_ref(), &request_id, now);
                (fault, ruling.echoing(&incoming))
            }
        };
        tracing::debug!(operation = incoming.action(), request_id, code = ruling.code(), "call");
        let record = delivery::record(&incoming, admitted.as_ref().ok(), &ruling, fault.as_ref());
        self.journal.write(record.finish(request_id.clone(), now), self.config.journal_limit);
        let operation = admitted.as_ref().map_or("", |call| call.spec.name);
        let format = incoming.format();
        let about = About { request_id: &request_id, host: &incoming.host, now: ruling.answer_at, operation, format };
        ruling.deliver(&about)
    }

    fn strike(&mut self, call: &Admitted) -> Option<FaultKind> {
        self.faults.strike(&[call.spec.name, &call.spec.action()], &call.caller.account, &call.params)
    }

    fn admit(&mut self, incoming: &Incoming, now: Timestamp) -> Result<Admitted, Refusal> {
        let spec = admission::operation(incoming)?;
        let keys = Keys { config: &self.config, sessions: &self.sessions };
        let caller = admission::authenticate(incoming, spec, keys, &mut self.nonces, now)?;
        admission::authorize(keys, &caller, spec)?;
        let params = Params::new(incoming.params.clone());
        let region = self.region(incoming, &params, &caller);
        Ok(Admitted { spec, caller, region, params })
    }

    /// The region that the call names, else that of the host, else that of the thing it is about.
    fn region(&self, incoming: &Incoming, params: &Params, caller: &Caller) -> String {
        let named = params.filled("RegionId").or_else(|| incoming.region_of_host());
        let id = params.required("ResourceId");
        let service = self.world.service(id).filter(|service| service.account == caller.account);
        let endpoint = self.world.endpoint(id).filter(|endpoint| endpoint.account == caller.account);
        let balancer = self.world.load_balancer_of(params.required("LoadBalancerId"), &caller.account);
        let of_service = || service.map(|found| &found.region).or(endpoint.map(|found| &found.region));
        let of_thing = || of_service().or(balancer.map(|found| &found.region));
        let region = named.or_else(|| of_thing().map(String::as_str)).unwrap_or(&self.config.default_region);
        region.to_owned()
    }

    /// The fault's word, or the product's, or the product's with the fault's on top.
    fn rule(&mut self, call: &Admitted, fault: Option<&FaultKind>, request_id: &str, now: Timestamp) -> Ruling {
        let quick = self.after_span(now, self.config.timers.read_call);
        if fault == Some(&FaultKind::BurntToken)
            && let Some(key) = token_key(call)
        {
            self.tokens.remember(key, &call.params, quick, Outcome::Burnt);
        }
        if let Some(early) = fault.and_then(|fault| delivery::instead(fault, quick, now)) {
            if let (Some(FaultKind::Error { .. }), Some(refusal)) = (fault, early.refusal()) {
                self.remember_refusal(call, refusal, quick);
            }
            return early;
        }
        let page_fault = match fault {
            Some(FaultKind::LostPage) => Some(PageFault::Lost),
            Some(FaultKind::RepeatedPage) => Some(PageFault::Repeated),
            _ => None,
        };
        let ruling = self.serve(call, page_fault, request_id, now);
        match fault {
            Some(fault) => delivery::on_top(fault, ruling, now),
            None => ruling,
        }
    }
}
