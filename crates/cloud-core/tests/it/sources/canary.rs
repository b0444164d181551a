//! No secret is printed by a source, whatever happens to it: not in clear, not in base64, not in hexadecimal, not as in a URL.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use cloud_core::{
    AssumeRole, AssumeRoleCredentials, Clock, CredentialContext, CredentialSource, CredentialsUri, DefaultCredentials,
    EnvironmentCredentials, FileCredentials, InstanceRole, InstanceRoleCredentials, ProfileCredentials, Rrsa,
    RrsaCredentials, StaticCredentials, TokioClock, UriCredentials, encode,
};
use tracing::field::{Field, Visit};
use tracing::span;

use super::fakes::{CANARY, InMemory, Keys, Metadata, Sts};
use super::{PROVIDER, ROLE, environment, token};
use crate::product::GetThing;
use crate::support::{builder, noon};

/// Writes down everything that is logged.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks_exact(3) {
        let word = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        text.extend([18, 12, 6, 0].map(|shift| char::from(alphabet[(word >> shift & 63) as usize])));
    }
    text
}

/// Every form in which a secret may stand in a text; of base64 what is the same whatever stands around it.
fn forms(secret: &str) -> Vec<String> {
    let hex = secret.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    let mut forms = vec![secret.to_owned(), encode::percent_encode(secret), hex.to_uppercase(), hex];
    for last in [b"+/", b"-_"] {
        let mut alphabet = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789__";
        alphabet[62..].copy_from_slice(last);
        // Three places in a group at which it may begin.
        forms.extend((0..3).map(|skipped| base64(&secret.as_bytes()[skipped..], &alphabet)));
    }
    forms
}

fn assert_clean(what: &str, text: &str) {
    let secrets = ["canary.token.1", "canary/Secret+1", "canary/Token=1", "canary-metadata", "canary-secret", CANARY];
    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        assert!(!text.contains(&form), "{what}: {form} in {text}");
    }
}

#[test]
fn every_form_of_a_secret_is_found() {
    let found = |text: &str| forms("canary-secret").iter().any(|form| text.contains(form));
    for text in [
        "x canary-secret y",
        "x63616e6172792d736563726574y",
        "63616E6172792D736563726574",
        // With nothing, `x` and `xx` before it.
        "Y2FuYXJ5LXNlY3JldA==",
        "eGNhbmFyeS1zZWNyZXQ=",
        "eHhjYW5hcnktc2VjcmV0",
    ] {
        assert!(found(text), "{text}");
    }
    assert!(!found("nothing") && forms("a/b+")[1] == "a%2Fb%2B");
}

/// Everything that a source prints of itself, before and after loads, and everything that is logged meanwhile.
async fn printed(source: &dyn CredentialSource) -> String {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let mut text = format!("{source:?} {source:#?}");
    for _ in 0..3 {
        match source.load().await {
            Ok(credentials) => {
                write!(text, "{credentials:?} {source:?} {source:#?}").unwrap();
                source.invalidate(&credentials);
            }
            Err(error) => write!(text, "{error} {error:?} {error:#?} {source:?}").unwrap(),
        }
        tokio::time::sleep(std::time::Duration::from_mins(50)).await;
    }
    let logged = log.0.lock().unwrap().clone();
    text + &logged
}

struct Setup {
    context: CredentialContext,
    sts: Arc<Sts>,
    metadata: Arc<Metadata>,
    keys: Arc<Keys>,
    keys_context: CredentialContext,
    file: String,
    folder: tempfile::TempDir,
}

fn setup() -> Setup {
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(noon()));
    let (sts, metadata, keys) =
        (Sts::new(clock.clone()), Metadata::new(Some("NodeRole-1"), clock.clone()), Keys::new(clock.clone()));
    sts.state.lock().unwrap().keys.push(("LTAI".to_owned(), "canary-secret".to_owned()));
    let (folder, file) = token("canary.token.1");
    let file = file.to_str().unwrap().to_owned();
    let variables = [
        ("HOME", folder.path().to_str().unwrap()),
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", &file),
    ];
    let network = InMemory::to(sts.clone());
    let at = |local| CredentialContext::new(environment(&variables), network.clone(), local).clock(clock.clone());
    let (context, keys_context) = (at(InMemory::to(metadata.clone())), at(InMemory::to(keys.clone())));
    Setup { context, sts, metadata, keys, keys_context, file, folder }
}

fn sources(setup: &Setup) -> Vec<Arc<dyn CredentialSource>> {
    let context = &setup.context;
    let uri = CredentialsUri::parse("http://localhost:1/canary?canary=1").unwrap();
    let key = || Arc::new(StaticCredentials::key("LTAI", "canary-secret").unwrap());
    let folder = setup.folder.path();
    std::fs::create_dir_all(folder.join(".alibabacloud")).unwrap();
    let section =
        format!("[default]\ntype = ram_role_arn\nrole_arn = {ROLE}\naccess_key_id = LTAI\naccess_key_secret = ");
    std::fs::write(folder.join(".alibabacloud/credentials"), section + "canary-secret\n").unwrap();
    vec![
        Arc::new(RrsaCredentials::new(context, Rrsa::of(ROLE, PROVIDER, &setup.file)).unwrap()),
        Arc::new(AssumeRoleCredentials::new(context, key(), AssumeRole::of(ROLE)).unwrap()),
        Arc::new(InstanceRoleCredentials::new(context, InstanceRole::of(None)).unwrap()),
        Arc::new(UriCredentials::new(&setup.keys_context, uri)),
        Arc::new(ProfileCredentials::new(context.clone())),
        Arc::new(DefaultCredentials::new(context.clone())),
        key(),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_source_that_works_prints_no_secret() {
    let setup = setup();
    for source in sources(&setup) {
        let text = printed(source.as_ref()).await;
        assert!(text.contains("[redacted]"), "{} gave nothing: {text}", source.name());
        assert_clean(source.name(), &text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_refused_with_an_echo_of_all_it_said_prints_no_secret() {
    let codes = ["AuthenticationFail.NoPermission", "SignatureDoesNotMatch", "SomethingNew", "Throttling.User"];
    for code in codes {
        let setup = setup();
        setup.sts.state.lock().unwrap().failing = Some((400, code));
        let echo = "{\"Code\": \"canary\", \"Message\": \"canary/Secret+1 canary-metadata\"}";
        *setup.metadata.failing.lock().unwrap() = Some((200, echo));
        *setup.keys.failing.lock().unwrap() = Some((403, echo));
        for source in sources(&setup) {
            let text = printed(source.as_ref()).await;
            assert!(text.contains("failed to") || source.name() == "static", "{} did not fail: {text}", source.name());
            assert_clean(source.name(), &text);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_cannot_be_used_is_named_and_not_quoted() {
    let setup = setup();
    let folder = setup.folder.path();
    let file = folder.join("bad");
    std::fs::write(&file, "canary token").unwrap();
    for name in ["access-key-id", "access-key-secret"] {
        std::fs::write(folder.join(name), "canary-secret\n").unwrap();
    }
    std::fs::create_dir(folder.join(".aliyun")).unwrap();
    let profile = r#"{"current": "p", "profiles": [{"name": "p", "mode": "AK", "access_key_id": "canary x", "access_key_secret": "canary-secret"}]}"#;
    std::fs::write(folder.join(".aliyun/config.json"), profile).unwrap();
    let sources: [Arc<dyn CredentialSource>; 4] = [
        Arc::new(RrsaCredentials::new(&setup.context, Rrsa::of(ROLE, PROVIDER, file)).unwrap()),
        Arc::new(FileCredentials::in_folder(folder)),
        Arc::new(EnvironmentCredentials::from_lookup(|_| Some(" canary-secret".to_owned()))),
        Arc::new(ProfileCredentials::new(setup.context.clone())),
    ];
    for source in sources {
        let text = printed(source.as_ref()).await;
        assert!(text.contains("failed to use"), "{} did not fail: {text}", source.name());
        assert_clean(source.name(), &text);
    }
    for error in [
        RrsaCredentials::new(&setup.context, Rrsa::of("canary", "canary", "/t")).unwrap_err(),
        CredentialsUri::parse("http://canary.example/canary").unwrap_err(),
        StaticCredentials::key("LTAI", "canary-secret ").unwrap_err(),
    ] {
        assert_clean("a setting", &format!("{error} {error:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_source_fails_prints_no_secret() {
    let setup = setup();
    setup.sts.state.lock().unwrap().failing = Some((400, "AuthenticationFail.NoPermission"));
    let source = Arc::new(RrsaCredentials::new(&setup.context, Rrsa::of(ROLE, PROVIDER, &setup.file)).unwrap());
    let client = builder(InMemory::to(setup.sts.clone())).credentials(source).build().unwrap();
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let error = client.call(&GetThing { thing_id: "thing-1".to_owned() }).await.unwrap_err();
    let logged = log.0.lock().unwrap().clone();
    assert!(error.to_string().contains("failed to load credentials from rrsa: "), "{error}");
    assert_eq!(error.kind(), cloud_core::ErrorKind::Credential);
    assert_clean("a client", &format!("{error} {error:?} {client:?} {logged}"));
}
