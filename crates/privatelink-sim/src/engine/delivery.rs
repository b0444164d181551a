//! The answer on its way out: what a fault makes of it, and what the journal keeps.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::call::{Admitted, Decision};
use super::gateway;
use super::signature::Presented;
use crate::answer::Answer;
use crate::clock::after;
use crate::error::Refusal;
use crate::fault::{FaultKind, Moment};
use crate::journal::{Call, CallEffect};
use crate::wire::envelope::{self, About, Fields};
use crate::wire::request::{Incoming, OF_A_SIGNATURE, OIDC_TOKEN};

/// What is decided about a call.
#[derive(Clone, Debug)]
pub(crate) struct Ruling {
    answer: Result<Fields, Refusal>,
    effect: CallEffect,
    pub(super) answer_at: Timestamp,
    carriage: Carriage,
}

/// Whether the answer reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carriage {
    Whole,
    Truncated(usize),
    Cut,
    TimedOut,
}

impl Ruling {
    pub(super) fn new(answer: Result<Fields, Refusal>, effect: CallEffect, answer_at: Timestamp) -> Self {
        Self { answer, effect, answer_at, carriage: Carriage::Whole }
    }

    pub(super) fn refuse(refusal: Refusal, answer_at: Timestamp) -> Self {
        Self::new(Err(refusal), CallEffect::None, answer_at)
    }

    pub(super) fn replay(answer: Result<Fields, Refusal>, answer_at: Timestamp) -> Self {
        let effect = if answer.is_ok() { CallEffect::Replayed } else { CallEffect::None };
        Self::new(answer, effect, answer_at)
    }

    pub(super) fn deliver(self, about: &About<'_>) -> Decision {
        let response = match self.answer {
            Ok(fields) => envelope::good(fields, about),
            Err(refusal) => envelope::refused(&refusal, about),
        };
        let answer = match self.carriage {
            Carriage::Whole => Answer::Response(response),
            Carriage::Truncated(bytes) => Answer::Truncated(response, bytes),
            Carriage::Cut => Answer::Cut,
            Carriage::TimedOut => Answer::TimedOut,
        };
        Decision { answer_at: self.answer_at, answer }
    }

    /// A signature that is refused on order is refused as a wrong one is: with the request in the words of the refusal.
    pub(super) fn echoing(mut self, incoming: &Incoming) -> Self {
        if let Err(refusal) = &mut self.answer
            && refusal.code == "SignatureDoesNotMatch"
        {
            *refusal = Refusal { message: gateway::echo(incoming), ..refusal.clone() };
        }
        self
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.answer.as_ref().err()
    }

    /// The code of a refusal.
    pub(super) fn code(&self) -> Option<&str> {
        self.answer.as_ref().err().map(|refusal| refusal.code.as_ref())
    }

    fn status(&self) -> Option<u16> {
        let status = self.answer.as_ref().map_or_else(|refusal| refusal.status, |_| 200);
        match self.carriage {
            Carriage::Whole | Carriage::Truncated(_) => Some(status),
            Carriage::Cut | Carriage::TimedOut => None,
        }
    }
}

/// What a fault puts in the place of the whole call; none if it lets the call happen.
pub(super) fn instead(fault: &FaultKind, quick: Timestamp, now: Timestamp) -> Option<Ruling> {
    let refuse = |refusal| Some(Ruling::refuse(refusal, quick));
    let lost = |carriage, answer_at| Some(Ruling { carriage, ..Ruling::refuse(internal_error(), answer_at) });
    match fault {
        FaultKind::Throttle { status, retry_after } => {
            refuse(gateway::throttled(*status, retry_after.map(|span| span.shortest())))
        }
        FaultKind::Error { code, status, moment: Moment::BeforeEffect } => refuse(on_order(code, *status)),
        FaultKind::TimeOut { moment: Moment::BeforeEffect, after: hang } => lost(Carriage::TimedOut, after(now, *hang)),
        FaultKind::Cut { moment: Moment::BeforeEffect } => lost(Carriage::Cut, quick),
        FaultKind::ExpiredToken => refuse(gateway::expired_token()),
        FaultKind::BurntToken => refuse(internal_error()),
        FaultKind::Error { .. }
        | FaultKind::TimeOut { .. }
        | FaultKind::Cut { .. }
        | FaultKind::Truncate { .. }
        | FaultKind::Delay { .. }
        | FaultKind::LostPage
        | FaultKind::RepeatedPage => None,
    }
}

/// What a fault makes of an answer.
pub(super) fn on_top(fault: &FaultKind, ruling: Ruling, now: Timestamp) -> Ruling {
    match fault {
        FaultKind::Error { code, status, moment: Moment::AfterEffect } => {
            Ruling { answer: Err(on_order(code, *status)), ..ruling }
        }
        FaultKind::TimeOut { moment: Moment::AfterEffect, after: hang } => {
            Ruling { carriage: Carriage::TimedOut, answer_at: after(now, *hang).max(ruling.answer_at), ..ruling }
        }
        FaultKind::Cut { moment: Moment::AfterEffect } => Ruling { carriage: Carriage::Cut, ..ruling },
        FaultKind::Truncate { bytes } => Ruling { carriage: Carriage::Truncated(*bytes), ..ruling },
        FaultKind::Delay { by } => Ruling { answer_at: after(ruling.answer_at, *by), ..ruling },
        _ => ruling,
    }
}

fn internal_error() -> Refusal {
    Refusal::with("InternalError", 500, "The request processing has failed due to some unknown error.")
}

fn on_order(code: &str, status: Option<u16>) -> Refusal {
    let refusal = Refusal::by_code(code);
    Refusal { status: status.unwrap_or(refusal.status), ..refusal }
}

/// The journal entry of a call, but for its number, id and time.
pub(super) fn record(
    incoming: &Incoming,
    admitted: Option<&Admitted>,
    ruling: &Ruling,
    fault: Option<&FaultKind>,
) -> Record {
    let mut parameters = incoming.params.clone();
    parameters.retain(|name, _| !OF_A_SIGNATURE.contains(&name.as_str()));
    if let Some(secret) = parameters.get_mut(OIDC_TOKEN) {
        "[withheld]".clone_into(secret);
    }
    let presented = Presented::read(incoming).ok();
    let created = ruling.answer.as_ref().ok().and_then(created_id);
    Record(Call {
        sequence: 0,
        time: Timestamp::UNIX_EPOCH,
        method: incoming.method.to_string(),
        path: incoming.path.clone(),
        operation: incoming.action().unwrap_or_default(),
        action: admitted.map(|call| call.spec.action()),
        account: admitted.map(|call| call.caller.account.clone()),
        region: admitted.map(|call| call.region.clone()),
        client_token: parameters.get("ClientToken").cloned(),
        object: object(&parameters).or(created),
        form: incoming.form.iter().map(|(name, _)| name.clone()).filter(|name| parameters.contains_key(name)).collect(),
        parameters,
        http_status: ruling.status(),
        code: ruling
            .answer
            .as_ref()
            .err()
            .map(|refusal| refusal.code.to_string())
            .filter(|_| ruling.status().is_some()),
        request_id: String::new(),
        effect: ruling.effect,
        fault: fault.map(|fault| fault.name().to_owned()),
        signature: presented.as_ref().map(|presented| presented.algorithm().to_owned()),
        signed_headers: presented.map(|presented| presented.signed_headers().to_vec()).unwrap_or_default(),
        content_type: incoming.header("content-type").map(str::to_owned),
        user_agent: incoming.header("user-agent").map(str::to_owned),
    })
}

/// A journal entry that is not numbered yet.
#[derive(Debug)]
pub(super) struct Record(Call);

impl Record {
    pub(super) fn finish(self, request_id: String, time: Timestamp) -> Call {
        Call { time, request_id, ..self.0 }
    }
}

fn object(parameters: &BTreeMap<String, String>) -> Option<String> {
    let names = ["ServiceId", "EndpointId", "ResourceId", "ResourceId.1", "LoadBalancerId"];
    names.iter().find_map(|name| parameters.get(*name)).cloned()
}

fn created_id(fields: &Fields) -> Option<String> {
    let id = fields.get("EndpointId").or_else(|| fields.get("ServiceId"))?;
    id.as_str().map(str::to_owned)
}
