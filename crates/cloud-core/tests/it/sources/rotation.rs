//! Credentials that change while calls are made with them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{
    Client, Clock, CredentialContext, CredentialSource, Error, FileCredentials, Rrsa, RrsaCredentials, TokioClock,
};
use futures::future::join_all;
use tokio::time::sleep;

use super::fakes::{InMemory, Sts};
use super::{PROVIDER, ROLE, environment, token};
use crate::product::{GetThing, Thing};
use crate::support::{builder, noon};

/// A client with the credentials of a service account, on virtual time.
struct Setup {
    sts: Arc<Sts>,
    client: Client,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

fn setup() -> Setup {
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(noon()));
    let sts = Sts::new(clock.clone());
    let network = InMemory::to(sts.clone());
    let context = CredentialContext::new(environment(&[]), network.clone(), InMemory::nowhere()).clock(clock);
    let (folder, file) = token("canary.token.1");
    let source: Arc<dyn CredentialSource> =
        Arc::new(RrsaCredentials::new(&context, Rrsa::of(ROLE, PROVIDER, &file)).unwrap());
    let client = builder(network).credentials(source).build().unwrap();
    Setup { sts, client, file, _folder: folder }
}

impl Setup {
    async fn call(&self) -> Result<Thing, Error> {
        self.client.call(&GetThing { thing_id: "thing-1".to_owned() }).await
    }

    /// Calls every half minute; nothing may fail.
    async fn calls(&self, time: Duration) {
        for _ in 0..time.as_secs() / 30 {
            self.call().await.unwrap();
            sleep(Duration::from_secs(30)).await;
        }
    }

    fn refused(&self) -> u32 {
        self.sts.state.lock().unwrap().refused
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_of_calls_has_no_failure_and_no_call_with_expired_credentials() {
    let setup = setup();
    setup.calls(Duration::from_hours(24)).await;
    assert_eq!(setup.refused(), 0);
    assert!((29..=32).contains(&setup.sts.issued()), "{}", setup.sts.issued());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_the_kubelet_replaces_is_used_without_a_failure() {
    let setup = setup();
    for number in 2..20 {
        setup.calls(Duration::from_mins(40)).await;
        let text = format!("canary.token.{number}");
        std::fs::write(&setup.file, &text).unwrap();
        setup.sts.state.lock().unwrap().token = text;
    }
    assert_eq!(setup.refused(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_sts_that_is_down_for_ten_minutes_at_the_time_of_renewal_fails_no_call() {
    let setup = setup();
    setup.calls(Duration::from_mins(46)).await;
    setup.sts.state.lock().unwrap().failing = Some((503, "ServiceUnavailable"));
    setup.calls(Duration::from_mins(10)).await;
    assert_eq!(setup.sts.issued(), 1);
    setup.sts.state.lock().unwrap().failing = None;
    setup.calls(Duration::from_hours(1)).await;
    assert_eq!(setup.refused(), 0);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_are_revoked_in_mid_call_are_replaced_within_the_call() {
    let setup = setup();
    setup.call().await.unwrap();
    for round in 2..10 {
        setup.sts.state.lock().unwrap().oldest = round;
        setup.call().await.unwrap();
        assert_eq!((setup.sts.issued(), setup.refused()), (round, round - 1));
    }
}

#[tokio::test(start_paused = true)]
async fn many_calls_that_are_refused_at_once_cost_one_exchange() {
    let setup = setup();
    setup.call().await.unwrap();
    setup.sts.state.lock().unwrap().oldest = 2;
    let outcomes = join_all((0..200).map(|_| setup.call())).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((setup.sts.issued(), setup.refused()), (2, 200));
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_files_are_exchanged_again_and_again_is_never_a_mixture() {
    let folder = tempfile::tempdir().unwrap();
    let write = |number: u32| {
        // As the kubelet does: a folder beside, and a link that is exchanged in an instant.
        let version = folder.path().join(format!("..{number}"));
        std::fs::create_dir(&version).unwrap();
        for (name, text) in [("access-key-id", "id"), ("access-key-secret", "secret"), ("security-token", "token")] {
            std::fs::write(version.join(name), format!("{text}-{number}")).unwrap();
        }
        let link = folder.path().join("new");
        std::os::unix::fs::symlink(&version, &link).unwrap();
        std::fs::rename(&link, folder.path().join("data")).unwrap();
    };
    write(0);
    let source = FileCredentials::in_folder(folder.path().join("data"));
    for number in 1..50 {
        write(number);
        let credentials = source.load().await.unwrap();
        let token = credentials.security_token.unwrap();
        let parts = [
            credentials.access_key_id.as_str(),
            secrecy::ExposeSecret::expose_secret(&credentials.access_key_secret),
            secrecy::ExposeSecret::expose_secret(&token),
        ];
        assert!(parts.iter().all(|part| part.ends_with(&format!("-{number}"))), "{number}");
    }
}
