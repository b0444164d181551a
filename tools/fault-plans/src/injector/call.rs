//! What is done to a call.

use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use http::{StatusCode, header};

use super::{FaultInjector, LIST_SERVICES};
use crate::fault::{CrashPoint, Fault, KubernetesFault};
use crate::proxy::{Answer, Arrival, OnAnswer, OnArrival, Side};

/// How long a slow answer takes: longer than a period of the lists and a back-off, shorter than every deadline.
const SLOW: Duration = Duration::from_millis(500);

/// How long a write is under way that is late: others, or the operator itself, have gone on meanwhile. Less than its deadline for a call.
const LATE: Duration = Duration::from_millis(1200);

impl FaultInjector {
    /// The fault's call has come.
    pub(super) async fn inject_at_arrival(&self, fault: Fault, arrival: &Arrival) -> OnArrival {
        match fault {
            Fault::Crash(CrashPoint::BeforeForwarded) => {
                self.inject(format!("{} goes no further", arrival.kind));
                self.crash().await;
                OnArrival::Cut
            }
            Fault::Crash(CrashPoint::Late) => {
                self.inject(format!("{} is under way for long", arrival.kind));
                self.crash().await;
                self.until_listed().await;
                self.harness.timeline.tell(crate::timeline::Actor::Fault, format!("{} arrives now", arrival.kind));
                OnArrival::Pass
            }
            Fault::Kubernetes(fault) => self.kubernetes_arrival(fault, arrival),
            Fault::Lead(fault) => self.lose_lead(fault, arrival).await,
            _ => OnArrival::Pass,
        }
    }

    /// The fault's call has been answered by the upstream.
    pub(super) async fn inject_at_answer(&self, fault: Fault) -> OnAnswer {
        match fault {
            Fault::Crash(CrashPoint::AnswerLost) => {
                self.inject("the answer is lost");
                self.crash().await;
                OnAnswer::Cut
            }
            Fault::Kubernetes(fault) => {
                let verdict = answer_of(fault);
                if verdict != OnAnswer::Pass {
                    self.inject(format!("the answer meets {}", fault.name()));
                }
                verdict
            }
            _ => OnAnswer::Pass,
        }
    }

    /// The operator has the answer of the fault's call.
    pub(super) async fn inject_when_delivered(&self, fault: Fault, arrival: &Arrival) {
        match fault {
            Fault::Crash(CrashPoint::Answered) => {
                self.inject(format!("{} is answered", arrival.kind));
                self.crash().await;
            }
            Fault::Strip => {
                self.inject(format!("{} is answered, and somebody replaces the object", arrival.kind));
                let name = named(arrival).unwrap_or(crate::settings::NAME);
                let stripped = self.harness.objects.strip(name).await;
                self.keep_error(stripped);
            }
            _ => {}
        }
    }

    fn kubernetes_arrival(&self, fault: KubernetesFault, arrival: &Arrival) -> OnArrival {
        let verdict = arrival_of(fault, arrival);
        if verdict != OnArrival::Pass {
            self.inject(format!("{} meets {}", arrival.kind, fault.name()));
        }
        verdict
    }
}

/// What a fault of the API server does to a call that has come; it passes where the fault is in the answer.
pub(crate) fn arrival_of(fault: KubernetesFault, arrival: &Arrival) -> OnArrival {
    match fault {
        KubernetesFault::Conflict => OnArrival::Answer(conflict(arrival)),
        KubernetesFault::Invalid => OnArrival::Answer(invalid(arrival)),
        KubernetesFault::TooManyRequests => OnArrival::Answer(too_many_requests()),
        KubernetesFault::Unavailable => OnArrival::Answer(failure(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "apiserver is shutting down",
        )),
        KubernetesFault::Delayed => OnArrival::Hold(LATE),
        KubernetesFault::Late => OnArrival::Late(LATE),
        KubernetesFault::BlackHole => OnArrival::Silence,
        KubernetesFault::InternalErrorApplied
        | KubernetesFault::UnavailableApplied
        | KubernetesFault::ResetApplied
        | KubernetesFault::Slow => OnArrival::Pass,
    }
}

/// What it does to the answer; it passes where the fault is in the call.
pub(crate) fn answer_of(fault: KubernetesFault) -> OnAnswer {
    match fault {
        KubernetesFault::InternalErrorApplied => OnAnswer::Replace(failure(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "etcdserver: request timed out",
        )),
        KubernetesFault::UnavailableApplied => OnAnswer::Replace(failure(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "apiserver is shutting down",
        )),
        KubernetesFault::ResetApplied => OnAnswer::Cut,
        KubernetesFault::Slow => OnAnswer::Hold(SLOW),
        _ => OnAnswer::Pass,
    }
}

/// The object of ours that a call is about; what the cloud calls by an id has another name.
fn named(arrival: &Arrival) -> Option<&str> {
    let is_ours = arrival.side == Side::Kubernetes && arrival.kind.0.contains("vpcendpointservices");
    debug_assert!(arrival.kind != LIST_SERVICES || !is_ours);
    arrival.object.as_deref().filter(|_| is_ours)
}

fn failure(status: StatusCode, reason: &str, message: &str) -> Answer {
    Answer::kubernetes_failure(status, reason, message)
}

fn conflict(arrival: &Arrival) -> Answer {
    let name = arrival.object.as_deref().unwrap_or_default();
    let message = format!(
        "Operation cannot be fulfilled on vpcendpointservices.privatelink.alibabacloud.com \"{name}\": the object has been modified; \
         please apply your changes to the latest version and try again"
    );
    failure(StatusCode::CONFLICT, "Conflict", &message)
}

fn invalid(arrival: &Arrival) -> Answer {
    let name = arrival.object.as_deref().unwrap_or_default();
    let message = format!("VpcEndpointService.privatelink.alibabacloud.com \"{name}\" is invalid: spec: Invalid value");
    failure(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", &message)
}

fn too_many_requests() -> Answer {
    let message = "the server has received too many requests and has asked us to try again later";
    let retry: (HeaderName, HeaderValue) = (header::RETRY_AFTER, HeaderValue::from_static("1"));
    failure(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message).with_header(retry.0, retry.1)
}
