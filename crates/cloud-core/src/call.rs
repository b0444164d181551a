//! One call, with its attempts.
//!
//! An attempt is signed afresh each time (date, nonce), under the same `ClientToken`. What happens after a failed one is
//! decided in [`retry`], a pure function; how an answer is read, in [`answer`].

mod answer;
mod attempt;
mod retry;
mod throttle;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::select;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::debug;

use crate::address::{Address, Network};
use crate::clock::Clock;
use crate::credentials::{CredentialError, CredentialSource, Credentials};
use crate::error::{Error, ErrorKind, Fate};
use crate::operation::{Api, ApiOperation};
use crate::request::Request;
use crate::timing::Timing;
use crate::transport::{Transport, TransportError};

use retry::{Attempts, Next};

/// Everything a call needs; one for each client, shared by its readers and writers.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) region: String,
    pub(crate) network: Network,
    /// Where an API is, if not at the provider's own host.
    pub(crate) endpoints: Vec<(&'static Api, Address)>,
    pub(crate) credentials: Arc<dyn CredentialSource>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timing: Timing,
    pub(crate) user_agent: String,
    /// How far the server's clock is ahead of ours, in milliseconds, as far as we had to learn it.
    pub(crate) clock_offset: AtomicI64,
    /// When the newest attempt that was answered, in whatever way, had been sent.
    pub(crate) answered: watch::Sender<Option<Instant>>,
}

/// A call before it is signed: the same in all of its attempts.
struct Call {
    operation: ApiOperation,
    parameters: Vec<(String, String)>,
    proof: Proof,
}

/// How a call proves who makes it.
enum Proof {
    /// By a signature with the credentials of the engine.
    Signature,
    /// By one of its parameters, which is as secret as a key.
    Parameter(SecretString),
}

impl Call {
    /// What its requests hold that no text may show.
    fn secrets<'a>(&'a self, credentials: Option<&'a Credentials>) -> Vec<&'a SecretString> {
        let proof = match &self.proof {
            Proof::Signature => None,
            Proof::Parameter(secret) => Some(secret),
        };
        credentials.into_iter().flat_map(Credentials::secrets).chain(proof).collect()
    }
}

/// A failed attempt, with what the decision about another one needs.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// The server's time, from the `Date` header of its answer.
    server_time: Option<Timestamp>,
    /// What the attempt was signed with, as far as it got.
    credentials: Option<Credentials>,
}

impl Failure {
    fn early(error: Error) -> Self {
        Self { error, server_time: None, credentials: None }
    }
}

impl Engine {
    /// Carries out a request. `extra` are parameters that the request itself does not have (paging).
    pub(crate) async fn call<R: Request>(&self, request: &R, extra: &[(&str, String)]) -> Result<R::Answer, Error> {
        let mut parameters = request.parameters();
        parameters.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        read_as(R::OPERATION, self.exchange(self.complete(R::OPERATION, parameters)).await?)
    }

    /// Carries out a call that is not signed: `proof`, which is a parameter too, says who makes it.
    pub(crate) async fn call_unsigned<T: DeserializeOwned>(
        &self,
        operation: ApiOperation,
        mut parameters: Vec<(String, String)>,
        proof: SecretString,
    ) -> Result<T, Error> {
        parameters.sort();
        read_as(operation, self.exchange(Call { operation, parameters, proof: Proof::Parameter(proof) }).await?)
    }

    /// Adds what every call has: the region, and a token that makes its repetition harmless.
    fn complete(&self, operation: ApiOperation, mut parameters: Vec<(String, String)>) -> Call {
        let has = |parameters: &[(String, String)], wanted| parameters.iter().any(|(name, _)| name == wanted);
        if operation.needs_region && !has(&parameters, "RegionId") {
            parameters.push(("RegionId".to_owned(), self.region.clone()));
        }
        if operation.mutates() && operation.has_client_token && !has(&parameters, "ClientToken") {
            parameters.push(("ClientToken".to_owned(), self.clock.nonce()));
        }
        parameters.sort();
        Call { operation, parameters, proof: Proof::Signature }
    }

    async fn exchange(&self, call: Call) -> Result<Value, Error> {
        let deadline = Instant::now() + self.timing.call;
        let mut attempts = Attempts::new(call.operation, self.timing.attempts);
        loop {
            let failure = match self.attempt(&call, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let next = attempts.after(&failure);
            report(&failure.error, next);
            if !self.prepare(next, &failure, deadline).await {
                return Err(self.with_origin(&call, attempts.conclude(failure.error)));
            }
        }
    }

    /// Does what must be done before another attempt. `false`: there is none.
    async fn prepare(&self, next: Next, failure: &Failure, deadline: Instant) -> bool {
        match next {
            Next::GiveUp => return false,
            Next::Retry { number } => {
                let delay = jittered(self.timing.delay_before(number));
                if Instant::now() + delay >= deadline {
                    return false;
                }
                sleep(delay).await;
            }
            Next::SetClock { server_time } => self.learn(server_time),
            Next::RenewNonce => {}
            Next::RenewCredentials => {
                if let Some(credentials) = &failure.credentials {
                    self.credentials.invalidate(credentials);
                }
            }
            Next::ReloadCredentials => {
                return match &failure.credentials {
                    Some(refused) => self.has_others(refused, deadline).await,
                    None => false,
                };
            }
        }
        Instant::now() < deadline
    }

    /// Whether the source gives other credentials than those that were refused.
    async fn has_others(&self, refused: &Credentials, deadline: Instant) -> bool {
        let loaded = timeout_at(deadline, self.credentials.load()).await;
        matches!(loaded, Ok(Ok(present)) if !present.are(refused))
    }

    /// An error about the credentials of a signed call says where those come from.
    fn with_origin(&self, call: &Call, error: Error) -> Error {
        match (&call.proof, error.kind()) {
            (Proof::Signature, ErrorKind::Credential) => error.with_credentials_from(self.credentials.origin()),
            _ => error,
        }
    }

    /// One attempt. A read is hedged: one that has no answer is sent once more while the first is still open, and the first answer counts. So a
    /// peer that lost a request is asked again soon after it is back, and one that is slow is given all of its time. A write is never sent
    /// twice at a time.
    async fn attempt(&self, call: &Call, deadline: Instant) -> Result<Value, Failure> {
        let credentials = match call.proof {
            Proof::Signature => Some(self.load_credentials(call.operation, deadline).await.map_err(Failure::early)?),
            Proof::Parameter(_) => None,
        };
        let cut = deadline.min(Instant::now() + self.timing.attempt);
        if call.operation.mutates() {
            return self.send(call, credentials.as_ref(), cut).await;
        }
        let mut copies = FuturesUnordered::new();
        loop {
            let sent = Instant::now();
            copies.push(self.send(call, credentials.as_ref(), cut));
            select! {
                biased;
                Some(outcome) = copies.next() => return outcome,
                () = self.hedge_due(sent) => {}
            }
        }
    }

    /// Waits until a read that was sent at that time is to be hedged.
    async fn hedge_due(&self, sent: Instant) {
        sleep_until(sent + self.timing.hedge_delay_when_later_ones_are_answered()).await;
        let mut answered = self.answered.subscribe();
        let overtaken = answered.wait_for(|newest| newest.is_some_and(|newest| newest > sent));
        // Over in either case: nobody sent anything later that was answered.
        timeout_at(sent + self.timing.hedge_delay(), overtaken).await.ok();
    }

    /// Sends a call once, and reads what comes back until `cut`.
    async fn send(&self, call: &Call, credentials: Option<&Credentials>, cut: Instant) -> Result<Value, Failure> {
        let request = self.build(call, credentials).map_err(Failure::early)?;
        let sent = Instant::now();
        let outcome = timeout_at(cut, self.transport.send(request)).await;
        let late = |_| Err(TransportError::Timeout("the deadline has passed".to_owned()));
        let response = outcome.unwrap_or_else(late).map_err(|error| Failure {
            error: answer::lost(call.operation, self.address(call.operation.api).host(), &error),
            server_time: None,
            credentials: None,
        })?;
        self.answered.send_modify(|newest| *newest = (*newest).max(Some(sent)));
        answer::read(call.operation, &response, &call.secrets(credentials)).map_err(|error| Failure {
            error,
            server_time: answer::server_time(&response),
            credentials: credentials.cloned(),
        })
    }

    async fn load_credentials(&self, operation: ApiOperation, deadline: Instant) -> Result<Credentials, Error> {
        let source = self.credentials.name();
        let refused = |kind, complaint: &dyn std::fmt::Display| {
            Error::local(
                operation,
                kind,
                Fate::NotSent,
                format!("failed to load credentials from {source}: {complaint}"),
            )
        };
        match timeout_at(deadline, self.credentials.load()).await {
            Ok(Ok(credentials)) => Ok(credentials),
            // Who issues credentials could not be asked: that says nothing of the credentials.
            Ok(Err(error @ CredentialError::Fetch { .. })) => Err(refused(ErrorKind::Transient, &error)),
            Ok(Err(error)) => Err(refused(ErrorKind::Credential, &error)),
            Err(elapsed) => Err(refused(ErrorKind::Transient, &elapsed)),
        }
    }

    /// Where an API is: at the endpoint given for it, or else at the provider's own host.
    pub(crate) fn address(&self, api: &Api) -> Address {
        let given = self.endpoints.iter().find(|(of, _)| of.name == api.name).map(|(_, address)| address.clone());
        given.unwrap_or_else(|| Address::of(api, self.network, &self.region))
    }

    /// The present moment by the server's clock, as far as it is known.
    fn server_now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.clock_offset.load(Ordering::Relaxed));
        let now = self.clock.now();
        now.checked_add(offset).unwrap_or(now)
    }

    fn learn(&self, server_time: Timestamp) {
        let offset = server_time.duration_since(self.clock.now()).as_millis();
        self.clock_offset.store(i64::try_from(offset).unwrap_or(0), Ordering::Relaxed);
    }
}

fn read_as<T: DeserializeOwned>(operation: ApiOperation, answer: Value) -> Result<T, Error> {
    serde_json::from_value(answer).map_err(|error| answer::unreadable(operation, &error))
}

fn jittered(longest: Duration) -> Duration {
    longest.mul_f64(rand::rng().random::<f64>())
}

fn report(error: &Error, next: Next) {
    debug!(
        operation = error.operation().name,
        kind = error.kind().as_str(),
        code = error.code(),
        request_id = error.request_id(),
        http_status = error.http_status(),
        ?next,
        "attempt failed"
    );
}
