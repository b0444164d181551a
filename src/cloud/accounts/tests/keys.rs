//! Keys that are exchanged while the operator runs.

use cloud_core::{CredentialError, CredentialSource, Credentials, ErrorKind};
use futures::future::{self, BoxFuture};
use privatelink::ListVpcEndpointServicesRequest;
use privatelink_sim::{AccessKey, Account};

use super::*;

/// A source whose key is exchanged, as in files.
#[derive(Debug)]
struct Exchanged(Mutex<&'static str>);

impl CredentialSource for Exchanged {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        let id = *self.0.lock().unwrap();
        let secret = if id == "sim-provider-key" { "sim-provider-secret" } else { "another-secret" };
        Box::pin(future::ready(Ok(Credentials {
            access_key_id: id.to_owned(),
            access_key_secret: secret.to_owned().into(),
            security_token: None,
        })))
    }

    fn account_may_change(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "exchanged"
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_exchanged_signs_only_if_it_is_of_the_same_account() {
    let source = Arc::new(Exchanged(Mutex::new("sim-provider-key")));
    let (simulator, accounts, _requeued) = world(None);
    let clients = Clients { credentials: Arc::<Exchanged>::clone(&source), ..accounts.setup.clients.clone() };
    let accounts = Accounts::new(Setup { clients, ..accounts.setup.clone() }).unwrap();
    let mut own = Account::new(DEFAULT_PROVIDER, AccessKey::new("sim-provider-key", "sim-provider-secret"));
    own.access_keys.push(AccessKey::new("second-key", "another-secret"));
    simulator.put_account(own);
    simulator.put_account(Account::new("9999000011112222", AccessKey::new("foreign-key", "another-secret")));
    let account = accounts.at(&target("cn-hangzhou")).unwrap();
    let request = ListVpcEndpointServicesRequest::default();
    let mut answers = Vec::new();
    for id in ["sim-provider-key", "second-key", "foreign-key", "second-key"] {
        *source.0.lock().unwrap() = id;
        let answer = account.reader.list_vpc_endpoint_services(&request).await;
        answers.push(answer.map(drop).map_err(|error| (error.kind(), error.to_string())));
    }
    let foreign = "failed to ListVpcEndpointServices: failed to load credentials from exchanged: failed to use the access key \
                   foreign-key: it belongs to another account than the services of these objects";
    let refused = Err((ErrorKind::Credential, foreign.to_owned()));
    assert_eq!(answers, [Ok(()), Ok(()), refused, Ok(())]);
    let is_foreign = |call: &privatelink_sim::Call| call.account.as_deref() == Some("9999000011112222");
    let asked: Vec<_> = simulator.journal().into_iter().filter(is_foreign).map(|call| call.operation).collect();
    assert_eq!(asked, ["GetCallerIdentity"], "nothing else is signed with a key of another account");
}

#[tokio::test(start_paused = true)]
async fn many_calls_with_a_new_key_ask_once_whose_it_is() {
    let source = Arc::new(Exchanged(Mutex::new("sim-provider-key")));
    let (simulator, accounts, _requeued) = world(None);
    let clients = Clients { credentials: source, ..accounts.setup.clients.clone() };
    let accounts = Accounts::new(Setup { clients, ..accounts.setup.clone() }).unwrap();
    let account = accounts.at(&target("cn-hangzhou")).unwrap();
    let request = ListVpcEndpointServicesRequest::default();
    let answers = future::join_all((0..20).map(|_| account.reader.list_vpc_endpoint_services(&request))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let asked = simulator.journal().into_iter().filter(|call| call.operation == "GetCallerIdentity").count();
    assert_eq!(asked, 1);
}
