//! The default chain, with somebody at every address that it may ask.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{Clock, CredentialContext, CredentialError, CredentialSource, DefaultCredentials, TokioClock};
use futures::future::join_all;
use http::{Request, Response};

use super::fakes::{Answer, InMemory, Keys, Metadata, Sts};
use super::{PROVIDER, ROLE, complaint, environment, id, token};
use crate::support::noon;

/// What only this machine can reach.
#[derive(Debug)]
struct Local {
    metadata: Arc<Metadata>,
    keys: Arc<Keys>,
}

impl Answer for Local {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        match request.uri().host() {
            Some("100.100.100.200") => self.metadata.answer(request),
            _ => self.keys.answer(request),
        }
    }
}

type Variables<'a> = &'a [(&'a str, &'a str)];

struct Setup {
    source: DefaultCredentials,
    sts: Arc<Sts>,
    local: Arc<InMemory>,
}

/// A chain in this environment, on an instance that has this role.
fn setup(variables: &[(&str, &str)], role: Option<&'static str>) -> Setup {
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(noon()));
    let sts = Sts::new(clock.clone());
    let local = Local { metadata: Metadata::new(role, clock.clone()), keys: Keys::new(clock.clone()) };
    let local = InMemory::to(Arc::new(local));
    let context = CredentialContext::new(environment(variables), InMemory::to(sts.clone()), local.clone());
    Setup { source: DefaultCredentials::new(context.clock(clock)), sts, local }
}

const URI: (&str, &str) = ("ALIBABA_CLOUD_CREDENTIALS_URI", "http://localhost:1/canary?canary=1");
const ID: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI");
const NODE: Option<&'static str> = Some("NodeRole-1");

fn rrsa(file: &str) -> [(&str, &str); 3] {
    [
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", file),
    ]
}

#[tokio::test(start_paused = true)]
async fn the_role_of_the_instance_is_found_and_else_the_uri_counts() {
    let table: [(Variables<'_>, Option<&'static str>, &str, &str); 4] = [
        (&[], NODE, "STS.node.1", "instance-role"),
        (&[URI], NODE, "STS.node.1", "instance-role"),
        (&[URI], None, "STS.uri", "uri"),
        (&[URI, ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")], NODE, "STS.uri", "uri"),
    ];
    for (variables, role, expected, name) in table {
        let setup = setup(variables, role);
        assert_eq!(setup.source.chosen(), None);
        assert_eq!(id(&setup.source).await, expected, "{variables:?} {role:?}");
        assert_eq!(setup.source.chosen(), Some(name));
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_set_up_and_fails_never_gives_way_to_the_node_s_role() {
    let (_folder, file) = token("canary.token.1");
    let file = file.to_str().unwrap();
    let gone = format!("{file}.gone");
    let (whole, lost) = (rrsa(file), rrsa(&gone));
    let broken: [&[(&str, &str)]; 5] = [
        &[ID],
        &[ID, ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s\n")],
        &whole[..2],
        &lost,
        &[("ALIBABA_CLOUD_PROFILE", "gone")],
    ];
    for variables in broken {
        let setup = setup(&[variables, &[URI]].concat(), NODE);
        complaint(&setup.source).await;
        assert_eq!(setup.local.requests().len(), 0, "{variables:?}");
    }
    for code in ["AuthenticationFail.NoPermission", "EntityNotExist.Role", "Throttling.User", "InternalError"] {
        let setup = setup(&[&whole[..], &[URI]].concat(), NODE);
        setup.sts.state.lock().unwrap().failing = Some((400, code));
        complaint(&setup.source).await;
        assert_eq!((setup.local.requests().len(), setup.source.chosen()), (0, None), "{code}");
        // It is not stuck with the failure.
        setup.sts.state.lock().unwrap().failing = None;
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        assert_eq!((id(&setup.source).await, setup.source.chosen()), ("STS.1".to_owned(), Some("rrsa")));
    }
}

#[tokio::test(start_paused = true)]
async fn many_first_loads_look_for_the_role_once_and_ask_for_credentials_once() {
    let setup = setup(&[], NODE);
    let loaded = join_all((0..200).map(|_| id(&setup.source))).await;
    assert!(loaded.iter().all(|id| id == "STS.node.1"));
    // A token and the name to look; a token, the name and the credentials to have them.
    assert_eq!(setup.local.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_anything_is_told_what_there_is_to_set_up() {
    let setup = setup(&[], None);
    let error = complaint(&setup.source).await;
    assert!(
        matches!(&error, CredentialError::NotFound { message } if message.contains("the instance has no RAM role")),
        "{error}"
    );
    let context = CredentialContext::new(environment(&[]), InMemory::nowhere(), InMemory::nowhere());
    let error = complaint(&DefaultCredentials::new(context)).await;
    let expected = "no metadata service of an ECS instance answers (failed to connect: no route to host)";
    assert!(matches!(&error, CredentialError::Fetch { message } if message.contains(expected)), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_was_chosen_is_told_of_refused_credentials() {
    let (_folder, file) = token("canary.token.1");
    let setup = setup(&rrsa(file.to_str().unwrap()), NODE);
    let first = setup.source.load().await.unwrap();
    setup.source.invalidate(&first);
    assert_eq!(id(&setup.source).await, "STS.2");
    assert!(!setup.source.account_may_change());
}
