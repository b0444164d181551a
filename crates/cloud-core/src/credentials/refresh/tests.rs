use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::join_all;
use proptest::prelude::*;
use secrecy::SecretString;
use tokio::time::{Instant, advance, sleep};

use super::*;
use crate::clock::TokioClock;

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

/// When credentials of this lifetime, got at noon, are renewed, in seconds after noon.
fn renewed(lifetime: i64, jitter: f64) -> i64 {
    Span::of(noon(), after(lifetime), jitter).refresh.duration_since(noon()).as_secs()
}

#[test]
fn credentials_are_renewed_a_fifth_of_their_lifetime_before_the_end_but_5_to_15_minutes() {
    let minutes = [(15, 10), (20, 15), (25, 20), (30, 24), (60, 48), (75, 60), (120, 105), (720, 705)];
    for (lifetime, expected) in minutes {
        assert_eq!(renewed(lifetime * 60, 0.0), expected * 60, "{lifetime} min");
        assert_eq!(renewed(lifetime * 60, 1.0), (expected - 1) * 60, "{lifetime} min, with jitter");
    }
}

#[test]
fn credentials_that_are_given_out_near_their_end_are_not_renewed_at_every_call() {
    assert_eq!([renewed(300, 0.0), renewed(200, 1.0), renewed(60, 0.0), renewed(2, 0.5)], [60, 60, 30, 1]);
}

proptest! {
    #[test]
    fn credentials_are_renewed_after_they_came_and_before_they_end(lifetime in 1_i64..100_000, jitter in 0.0..1.0) {
        let Span { refresh, expires } = Span::of(noon(), after(lifetime), jitter);
        prop_assert!(noon() < refresh && refresh < expires && expires == after(lifetime));
        let margin = expires.duration_since(refresh);
        prop_assert!(margin <= SignedDuration::from_mins(16));
        // At least five minutes are left, unless half of the life is less.
        prop_assert!(margin >= SignedDuration::from_mins(5) || lifetime < 360);
    }
}

#[test]
fn what_a_load_does_follows_from_what_is_held_and_what_failed() {
    let held = Some(Span { refresh: after(100), expires: after(200) });
    let failed = |times, at| Some(Failed { times, last: after(at) });
    let table = [
        (0, None, None, Step::Refresh),
        (0, held, None, Step::Serve),
        (99, held, None, Step::Serve),
        (100, held, None, Step::ServeAndRefresh),
        (199, held, None, Step::ServeAndRefresh),
        (200, held, None, Step::Refresh),
        (0, None, failed(1, 0), Step::Fail),
        (1, None, failed(1, 0), Step::Refresh),
        (3, None, failed(3, 0), Step::Fail),
        (4, None, failed(3, 0), Step::Refresh),
        (9, None, failed(30, 0), Step::Fail),
        (10, None, failed(30, 0), Step::Refresh),
        (110, held, failed(1, 110), Step::Serve),
        (111, held, failed(1, 110), Step::ServeAndRefresh),
        (169, held, failed(30, 110), Step::Serve),
        (170, held, failed(30, 110), Step::ServeAndRefresh),
        (205, held, failed(30, 196), Step::Fail),
        (206, held, failed(30, 196), Step::Refresh),
    ];
    for (now, held, failed, expected) in table {
        assert_eq!(decide(after(now), held, failed), expected, "at {now} with {held:?} and {failed:?}");
    }
}

/// What the issuer does with one question.
#[derive(Clone, Copy, Debug)]
enum Reply {
    /// Issues for so many seconds, after a delay.
    Issue(i64, Duration),
    Refuse,
    Hang,
    Panic,
}

const AT_ONCE: Duration = Duration::ZERO;

/// Issues `STS.1`, `STS.2`, …; when its replies are used up, for an hour at once.
#[derive(Debug)]
struct Scripted {
    clock: TokioClock,
    asked: AtomicU32,
    replies: Mutex<VecDeque<Reply>>,
}

impl Issuer for Arc<Scripted> {
    fn issue(&self) -> BoxFuture<'_, Result<Issued, CredentialError>> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let reply = self.replies.lock().unwrap().pop_front().unwrap_or(Reply::Issue(3600, AT_ONCE));
        Box::pin(async move {
            match reply {
                Reply::Issue(lifetime, delay) => {
                    sleep(delay).await;
                    let credentials = Credentials {
                        access_key_id: format!("STS.{number}"),
                        access_key_secret: SecretString::from("secret"),
                        security_token: Some(SecretString::from("token")),
                    };
                    Ok(Issued { credentials, expires: self.clock.now() + SignedDuration::from_secs(lifetime) })
                }
                Reply::Refuse => Err(CredentialError::fetch(format!("refusal {number}"))),
                Reply::Hang => std::future::pending().await,
                Reply::Panic => panic!("as the test wants it"),
            }
        })
    }

    fn name(&self) -> &'static str {
        "scripted"
    }

    fn origin(&self) -> String {
        "a script".to_owned()
    }
}

struct Setup {
    issuer: Arc<Scripted>,
    refreshed: Refreshed<Arc<Scripted>>,
}

fn setup(replies: impl IntoIterator<Item = Reply>) -> Setup {
    let clock = TokioClock::starting_at(noon());
    let replies = Mutex::new(replies.into_iter().collect());
    let issuer = Arc::new(Scripted { clock, asked: AtomicU32::new(0), replies });
    Setup { refreshed: Refreshed::new(Arc::clone(&issuer), Arc::new(clock)), issuer }
}

impl Setup {
    /// The key id that a load gives, or its error.
    async fn load(&self) -> Result<String, String> {
        let loaded = self.refreshed.load().await;
        loaded.map(|credentials| credentials.access_key_id).map_err(|error| error.to_string())
    }

    fn asked(&self) -> u32 {
        self.issuer.asked.load(Ordering::Relaxed)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a load gives")]
fn key(number: u32) -> Result<String, String> {
    Ok(format!("STS.{number}"))
}

fn refusal(number: u32) -> Result<String, String> {
    Err(format!("failed to fetch credentials: refusal {number}"))
}

/// Lets spawned tasks run.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn many_callers_wait_for_one_refresh() {
    let setup = setup([Reply::Issue(3600, Duration::from_secs(3))]);
    let begun = Instant::now();
    let loaded = join_all((0..1000).map(|_| setup.load())).await;
    assert!(loaded.iter().all(|loaded| *loaded == key(1)));
    assert_eq!((setup.asked(), begun.elapsed()), (1, Duration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn many_callers_are_told_of_one_failure_and_the_issuer_is_asked_again_a_second_later() {
    let setup = setup([Reply::Refuse, Reply::Refuse]);
    let loaded = join_all((0..1000).map(|_| setup.load())).await;
    assert!(loaded.iter().all(|loaded| *loaded == refusal(1)));
    assert_eq!((setup.load().await, setup.asked()), (refusal(1), 1));
    advance(Duration::from_secs(1)).await;
    assert_eq!((setup.load().await, setup.asked()), (refusal(2), 2));
    advance(Duration::from_secs(2)).await;
    assert_eq!((setup.load().await, setup.asked()), (key(3), 3));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_new_credentials_while_the_old_ones_are_valid() {
    let setup = setup([Reply::Issue(3600, AT_ONCE), Reply::Issue(3600, Duration::from_secs(15))]);
    assert_eq!(setup.load().await, key(1));
    advance(Duration::from_mins(49)).await;
    let begun = Instant::now();
    for _ in 0..100 {
        assert_eq!(setup.load().await, key(1));
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    sleep(Duration::from_secs(16)).await;
    assert_eq!((setup.load().await, setup.asked()), (key(2), 2));
}

#[tokio::test(start_paused = true)]
async fn the_old_credentials_serve_to_their_end_while_the_issuer_is_down() {
    let setup = setup([Reply::Issue(3600, AT_ONCE)].into_iter().chain(std::iter::repeat_n(Reply::Refuse, 1000)));
    assert_eq!(setup.load().await, key(1));
    let end = noon() + SignedDuration::from_hours(1);
    while setup.issuer.clock.now() < end - SignedDuration::from_secs(2) {
        assert_eq!(setup.load().await, key(1));
        sleep(Duration::from_secs(1)).await;
    }
    let asked = setup.asked();
    // From the 47th or 48th minute: after 1, 2, 4, … seconds, then every minute.
    assert!((16..=22).contains(&asked), "{asked}");
    sleep(Duration::from_secs(2)).await;
    assert!(setup.load().await.unwrap_err().contains("refusal"));
    // Without any, every ten seconds, however many ask.
    let before = setup.asked();
    for _ in 0..600 {
        setup.load().await.unwrap_err();
        sleep(Duration::from_millis(100)).await;
    }
    assert!((5..=7).contains(&(setup.asked() - before)), "{}", setup.asked() - before);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_when_its_caller_gives_up() {
    let setup = setup([Reply::Issue(3600, Duration::from_secs(5))]);
    timeout(Duration::from_secs(1), setup.load()).await.unwrap_err();
    let begun = Instant::now();
    assert_eq!((setup.load().await, setup.asked()), (key(1), 1));
    assert_eq!(begun.elapsed(), Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_dropped_at_once_and_newer_ones_are_not() {
    let setup = setup([]);
    let first = setup.refreshed.load().await.unwrap();
    setup.refreshed.invalidate(&first);
    assert_eq!((setup.load().await, setup.asked()), (key(2), 2));
    // Somebody else's call was signed with the first ones, too.
    setup.refreshed.invalidate(&first);
    assert_eq!((setup.load().await, setup.asked()), (key(2), 2));
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_never_answers_is_given_up_after_20_seconds() {
    let setup = setup([Reply::Hang]);
    let begun = Instant::now();
    let expected = Err("failed to fetch credentials: scripted gave no answer within 20s".to_owned());
    assert_eq!((setup.load().await, begun.elapsed()), (expected, Duration::from_secs(20)));
    advance(Duration::from_secs(1)).await;
    assert_eq!(setup.load().await, key(2));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_panics_leaves_nobody_waiting() {
    let setup = setup([Reply::Panic]);
    let expected = Err("failed to fetch credentials: the refresh from scripted ended early".to_owned());
    assert_eq!(setup.load().await, expected);
    assert_eq!(setup.load().await, key(2));
}

#[tokio::test(start_paused = true)]
async fn credentials_that_have_expired_when_they_come_are_an_error_that_names_the_clock() {
    let setup = setup([Reply::Issue(0, AT_ONCE)]);
    let expected = "failed to fetch credentials: what scripted issued has expired already, at 2026-01-02T12:00:00Z; \
                    check the clock of this machine";
    assert_eq!(setup.load().await, Err(expected.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_day_of_calls_costs_one_refresh_for_each_lifetime() {
    let setup = setup([]);
    for _ in 0..24 * 60 {
        setup.load().await.unwrap();
        sleep(Duration::from_mins(1)).await;
        settle().await;
    }
    // One about every 48 minutes.
    assert!((29..=32).contains(&setup.asked()), "{}", setup.asked());
}
