//! The one cache of credentials that expire: who is asked when, by whom, and what serves in between.
//!
//! What is to be done is decided by [`decide`], from moments that are handed in; [`Refreshed`] does it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::issued::Issued;
use super::{CredentialError, CredentialSource, Credentials};
use crate::clock::Clock;

/// For one refresh, whoever is asked: an exchange with STS has 10 s, the source below it, which is asked first, as many. A call that has to
/// wait for it has 25 s.
const DEADLINE: Duration = Duration::from_secs(20);

/// The least time before the end at which credentials are renewed: a call that was signed just before has long ended, and an issuer that is
/// down for some minutes costs nobody anything.
const LEAST_MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// The greatest. Credentials of twelve hours need no more; the metadata service has new ones only half an hour before the end.
const GREATEST_MARGIN: SignedDuration = SignedDuration::from_mins(15);

/// The jitter: many processes that were started at once do not ask at once.
const JITTER: SignedDuration = SignedDuration::from_mins(1);

/// The least time between two successful refreshes, for credentials that are given out near their end: the metadata service gives the same
/// ones to everybody who asks.
const LEAST_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// After a failure. Doubles with each further one.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(1);

/// While the old credentials serve nobody waits for new ones.
const LONGEST_RETRY: SignedDuration = SignedDuration::from_mins(1);

/// Without any, nothing works until the issuer is back: it is asked more often, though not by every caller.
const LONGEST_RETRY_WITHOUT_ANY: SignedDuration = SignedDuration::from_secs(10);

/// Asks somebody for credentials, each time.
pub(super) trait Issuer: Send + Sync + fmt::Debug + 'static {
    /// Asks once.
    fn issue(&self) -> BoxFuture<'_, Result<Issued, CredentialError>>;

    /// The name of the source.
    fn name(&self) -> &'static str;

    /// Where a person corrects what it issues, for messages.
    fn origin(&self) -> String;

    /// Whether it may issue keys of another account one day.
    fn account_may_change(&self) -> bool {
        false
    }
}

/// A source that is an issuer and the cache of what it issued, and nothing else.
pub(super) trait FromIssuer: Send + Sync + fmt::Debug {
    type Issuer: Issuer;

    fn refreshed(&self) -> &Refreshed<Self::Issuer>;
}

impl<S: FromIssuer> CredentialSource for S {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(self.refreshed().load())
    }

    fn invalidate(&self, refused: &Credentials) {
        self.refreshed().invalidate(refused);
    }

    fn account_may_change(&self) -> bool {
        self.refreshed().inner.issuer.account_may_change()
    }

    fn name(&self) -> &'static str {
        self.refreshed().inner.issuer.name()
    }

    fn origin(&self) -> String {
        self.refreshed().inner.issuer.origin()
    }
}

/// Keeps what an issuer gave until shortly before it expires.
///
/// One refresh at a time, for all callers; it goes on when a caller gives up. While the old credentials are valid nobody waits for it. A failure
/// is told to everybody who has no valid credentials until the issuer is asked again, 1 s later at first.
pub(super) struct Refreshed<I> {
    inner: Arc<Inner<I>>,
}

struct Inner<I> {
    issuer: I,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    failed: Option<(Failed, CredentialError)>,
    /// The outcome of the refresh that is running; its sender is dropped when that ends, in whatever way.
    running: Option<watch::Receiver<Option<Outcome>>>,
}

type Outcome = Result<Credentials, CredentialError>;

struct Held {
    credentials: Credentials,
    span: Span,
}

/// Until when credentials serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    refresh: Timestamp,
    expires: Timestamp,
}

impl Span {
    /// Of credentials that were got at `issued`. `jitter` is between 0 and 1.
    fn of(issued: Timestamp, expires: Timestamp, jitter: f64) -> Self {
        let lifetime = expires.duration_since(issued);
        let margin = LEAST_MARGIN.max(GREATEST_MARGIN.min(lifetime / 5));
        let early = margin + JITTER.mul_f64(jitter);
        let earliest = issued.checked_add(LEAST_PAUSE.min(lifetime / 2)).unwrap_or(Timestamp::MAX);
        Self { refresh: expires.checked_sub(early).unwrap_or(Timestamp::MIN).max(earliest), expires }
    }
}

/// The failures since the last success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Failed {
    times: u32,
    last: Timestamp,
}

impl Failed {
    /// When the issuer is asked again.
    fn retry(self, longest: SignedDuration) -> Timestamp {
        let delay = FIRST_RETRY.saturating_mul(1 << (self.times.saturating_sub(1)).min(16)).min(longest);
        self.last.checked_add(delay).unwrap_or(Timestamp::MAX)
    }
}

/// What a load does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Gives what it has.
    Serve,
    /// Gives what it has, and begins a refresh.
    ServeAndRefresh,
    /// Begins a refresh and waits for it.
    Refresh,
    /// Repeats the failure: it is too early to ask again.
    Fail,
}

/// What a load does when no refresh is running.
fn decide(now: Timestamp, held: Option<Span>, failed: Option<Failed>) -> Step {
    let may_ask = |longest| failed.is_none_or(|failed| now >= failed.retry(longest));
    match held.filter(|span| now < span.expires) {
        Some(span) if now >= span.refresh && may_ask(LONGEST_RETRY) => Step::ServeAndRefresh,
        Some(_) => Step::Serve,
        None if may_ask(LONGEST_RETRY_WITHOUT_ANY) => Step::Refresh,
        None => Step::Fail,
    }
}

impl<I: Issuer> Refreshed<I> {
    pub(super) fn new(issuer: I, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::new(Inner { issuer, clock, state: Mutex::default() }) }
    }

    /// The credentials to use now.
    pub(super) async fn load(&self) -> Result<Credentials, CredentialError> {
        let mut running = match self.step() {
            Ok(outcome) => return outcome,
            Err(running) => running,
        };
        let ended = || CredentialError::fetch(format!("the refresh from {} ended early", self.inner.issuer.name()));
        let outcome = running.wait_for(Option::is_some).await;
        outcome.ok().and_then(|outcome| (*outcome).clone()).unwrap_or_else(|| Err(ended()))
    }

    /// Drops what is kept if it is this.
    pub(super) fn invalidate(&self, refused: &Credentials) {
        let mut state = self.inner.state();
        if state.held.as_ref().is_some_and(|held| held.credentials.are(refused)) {
            state.held = None;
        }
    }

    /// What there is to give, or the refresh to wait for.
    fn step(&self) -> Result<Outcome, watch::Receiver<Option<Outcome>>> {
        let now = self.inner.clock.now();
        let mut state = self.inner.state();
        let span = state.held.as_ref().map(|held| held.span);
        let running = state.running.clone().filter(|running| running.has_changed().is_ok());
        let step = decide(now, span, state.failed.as_ref().map(|(failed, _)| *failed));
        let held = state.held.as_ref().map(|held| held.credentials.clone());
        match (step, held, running) {
            (Step::Serve, Some(credentials), _) | (Step::ServeAndRefresh, Some(credentials), Some(_)) => {
                Ok(Ok(credentials))
            }
            (Step::ServeAndRefresh, Some(credentials), None) => {
                self.begin(&mut state);
                Ok(Ok(credentials))
            }
            (_, _, Some(running)) => Err(running),
            (_, _, None) => match state.failed.as_ref().filter(|_| step == Step::Fail) {
                Some((_, error)) => Ok(Err(error.clone())),
                None => Err(self.begin(&mut state)),
            },
        }
    }

    /// Begins the refresh. It is a task of its own, so that it ends although whoever waits for it gives up.
    fn begin(&self, state: &mut State) -> watch::Receiver<Option<Outcome>> {
        let (sender, receiver) = watch::channel(None);
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move {
            let outcome = inner.refresh().await;
            // Under one lock, so that nobody finds neither the outcome nor a refresh that is running.
            let mut state = inner.state();
            let told = inner.note(&mut state, outcome);
            sender.send_replace(Some(told));
            drop(sender);
        });
        state.running = Some(receiver.clone());
        receiver
    }
}

impl<I: Issuer> Inner<I> {
    fn state(&self) -> MutexGuard<'_, State> {
        // What is kept is replaced as a whole: a panic leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn refresh(&self) -> Result<Issued, CredentialError> {
        let late = || CredentialError::fetch(format!("{} gave no answer within {DEADLINE:?}", self.issuer.name()));
        let issued = timeout(DEADLINE, self.issuer.issue()).await.unwrap_or_else(|_| Err(late()))?;
        if issued.expires <= self.clock.now() {
            let message = format!(
                "what {} issued has expired already, at {}; check the clock of this machine",
                self.issuer.name(),
                issued.expires
            );
            return Err(CredentialError::fetch(message));
        }
        Ok(issued)
    }

    fn note(&self, state: &mut State, outcome: Result<Issued, CredentialError>) -> Outcome {
        let now = self.clock.now();
        match outcome {
            Ok(Issued { credentials, expires }) => {
                let span = Span::of(now, expires, rand::rng().random::<f64>());
                debug!(source = self.issuer.name(), %expires, refresh = %span.refresh, "credentials refreshed");
                state.failed = None;
                state.held = Some(Held { credentials: credentials.clone(), span });
                Ok(credentials)
            }
            Err(error) => {
                let times = state.failed.as_ref().map_or(0, |(failed, _)| failed.times).saturating_add(1);
                if let Some(held) = state.held.as_ref().filter(|held| now < held.span.expires) {
                    let (source, expires) = (self.issuer.name(), held.span.expires);
                    warn!(source, times, "{error}; the present credentials serve until {expires}");
                }
                state.failed = Some((Failed { times, last: now }, error.clone()));
                Err(error)
            }
        }
    }
}

/// The issuer alone: what is kept are keys.
impl<I: Issuer> fmt::Debug for Refreshed<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refreshed").field("issuer", &self.inner.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
