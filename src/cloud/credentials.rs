//! Credentials: where they come from, by what was set. Loads none.

use std::sync::Arc;

use cloud_core::sts::StsEndpoint;
use cloud_core::{
    AssumeRole, AssumeRoleCredentials, CredentialContext, CredentialError, CredentialSource, Credentials,
    CredentialsUri, DefaultCredentials, Environment, EnvironmentCredentials, FileCredentials, InstanceRole,
    InstanceRoleCredentials, ProfileCredentials, Rrsa, RrsaCredentials, UriCredentials,
};
use futures::future::{self, BoxFuture};

use crate::names::USER_AGENT;
use crate::settings::{AssumedRole, CloudSettings, CredentialsFrom};

/// What role sessions are called in the provider's audit log.
const SESSION_NAME: &str = "privatelink-operator";

/// Where STS is, if neither a flag nor `--region` says so.
const STS_REGION: &str = "ALIBABA_CLOUD_STS_REGION";

/// What the provider's tools call the name of a session, and the external id. `ALIBABA_CLOUD_ROLE_ARN` does not name the role to assume: where
/// RRSA is set up it is the role below that one.
const ROLE_SESSION_NAME: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";
const EXTERNAL_ID: &str = "ALIBABA_CLOUD_EXTERNAL_ID";

/// Where the credentials come from.
///
/// A source that is not set up as it must be is one without credentials, which says why at each load: the operator runs all the same, because
/// what needs no cloud must go on (an object is released when its CRD goes).
pub fn source(cloud: &CloudSettings, context: &CredentialContext) -> Arc<dyn CredentialSource> {
    let unusable =
        |error| -> Arc<dyn CredentialSource> { Arc::new(Unusable { name: name(&cloud.credentials), error }) };
    usable(cloud, context).unwrap_or_else(unusable)
}

fn usable(cloud: &CloudSettings, context: &CredentialContext) -> Result<Arc<dyn CredentialSource>, CredentialError> {
    let base = base(cloud, context)?;
    match &cloud.assume_role {
        Some(assumed) => {
            let role = role(assumed, context.environment())?;
            Ok(Arc::new(AssumeRoleCredentials::new(&with_sts(cloud, context)?, base, role)?))
        }
        None => Ok(base),
    }
}

/// The role, and what no flag says of it as the environment does.
fn role(assumed: &AssumedRole, environment: &Environment) -> Result<AssumeRole, CredentialError> {
    let AssumedRole { role_arn, session_name, external_id, duration } = assumed.clone();
    let role = duration.into_iter().fold(AssumeRole::of(role_arn), AssumeRole::duration);
    let role = match (session_name, environment.get(ROLE_SESSION_NAME)) {
        (Some(typed), _) => role.session_name(typed),
        (None, Some(found)) => role.session_name(found).checked_as(ROLE_SESSION_NAME)?,
        (None, None) => role,
    };
    match (external_id, environment.get(EXTERNAL_ID)) {
        (Some(typed), _) => Ok(role.external_id(typed)),
        (None, Some(found)) => role.external_id(found).checked_as(EXTERNAL_ID),
        (None, None) => Ok(role),
    }
}

/// The source itself.
fn base(cloud: &CloudSettings, context: &CredentialContext) -> Result<Arc<dyn CredentialSource>, CredentialError> {
    let environment = context.environment();
    Ok(match &cloud.credentials {
        CredentialsFrom::Environment => Arc::new(EnvironmentCredentials::of(environment.clone())),
        CredentialsFrom::Files(folder) => Arc::new(FileCredentials::in_folder(folder)),
        CredentialsFrom::Rrsa => {
            Arc::new(RrsaCredentials::new(&with_sts(cloud, context)?, Rrsa::required_from_environment(environment)?)?)
        }
        CredentialsFrom::InstanceRole => {
            Arc::new(InstanceRoleCredentials::new(context, InstanceRole::from_environment(environment)?)?)
        }
        CredentialsFrom::Uri => {
            Arc::new(UriCredentials::new(context, CredentialsUri::required_from_environment(environment)?))
        }
        CredentialsFrom::Profile => Arc::new(ProfileCredentials::new(with_sts(cloud, context)?)),
        CredentialsFrom::Default => Arc::new(DefaultCredentials::new(with_sts(cloud, context)?)),
    })
}

/// For sources that ask STS; no other needs to know where it is.
fn with_sts(cloud: &CloudSettings, context: &CredentialContext) -> Result<CredentialContext, CredentialError> {
    let endpoint = sts(cloud, context.environment())?;
    Ok(context.clone().sts(endpoint).session_name(SESSION_NAME).user_agent(USER_AGENT))
}

/// As the source itself is called.
fn name(source: &CredentialsFrom) -> &'static str {
    match source {
        CredentialsFrom::Environment => "environment",
        CredentialsFrom::Files(_) => "files",
        CredentialsFrom::Rrsa => "rrsa",
        CredentialsFrom::InstanceRole => "instance-role",
        CredentialsFrom::Uri => "uri",
        CredentialsFrom::Profile => "profile",
        CredentialsFrom::Default => "default",
    }
}

/// Where STS issues credentials: where the flag says; else in the region that the environment names for it; else in the operator's region, by
/// `--network`; else at its central host.
fn sts(cloud: &CloudSettings, environment: &Environment) -> Result<StsEndpoint, CredentialError> {
    if let Some(text) = &cloud.sts_endpoint {
        return StsEndpoint::parse(text).map_err(|_| CredentialError::Malformed {
            setting: "--sts-endpoint".to_owned(),
            complaint: "is no host; give one, or a URL of scheme, host and port",
        });
    }
    match &cloud.region {
        Some(region) if environment.get(STS_REGION).is_none() => Ok(StsEndpoint::regional(region, cloud.network)),
        _ => StsEndpoint::from_environment(environment),
    }
}

/// A source that was not set up as it must be.
#[derive(Debug)]
struct Unusable {
    name: &'static str,
    error: CredentialError,
}

impl CredentialSource for Unusable {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(future::ready(Err(self.error.clone())))
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use axum::body::Bytes;
    use axum::http::{Request, Response};
    use cloud_core::{Network, Transport, TransportError};

    use super::*;
    use crate::cloud::scheduler::Rates;

    /// Remembers which hosts were asked, and answers nothing.
    #[derive(Debug, Default)]
    struct Asked(Mutex<Vec<String>>);

    impl Transport for Asked {
        fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
            self.0.lock().unwrap().push(request.uri().host().unwrap_or_default().to_owned());
            Box::pin(future::ready(Err(TransportError::UnknownHost("made for a test".to_owned()))))
        }
    }

    fn cloud(credentials: CredentialsFrom) -> CloudSettings {
        CloudSettings {
            region: None,
            account_id: None,
            credentials,
            assume_role: None,
            network: Network::Public,
            endpoint: None,
            load_balancer_endpoint: None,
            sts_endpoint: None,
            rates: Rates::documented(),
        }
    }

    /// What a load from a source says in this environment, and the first host that it asked.
    async fn loaded(cloud: &CloudSettings, variables: &[(&str, &str)]) -> (String, Option<String>) {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let environment = Environment::from_lookup(move |name| {
            variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        });
        let asked = Arc::new(Asked::default());
        let context = CredentialContext::new(environment, asked.clone(), asked.clone());
        let error = source(cloud, &context).load().await.unwrap_err().to_string();
        let first = asked.0.lock().unwrap().first().cloned();
        (error, first)
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_is_not_set_up_says_what_is_missing() {
        let table = [
            (CredentialsFrom::Environment, "ALIBABA_CLOUD_ACCESS_KEY_ID"),
            (CredentialsFrom::Files("/gone".into()), "/gone/access-key-id"),
            (CredentialsFrom::Rrsa, "ALIBABA_CLOUD_OIDC_TOKEN_FILE"),
            (CredentialsFrom::Uri, "ALIBABA_CLOUD_CREDENTIALS_URI"),
            (CredentialsFrom::Profile, "~/.aliyun/config.json"),
            (CredentialsFrom::InstanceRole, "the metadata service of the instance gave no answer"),
            (CredentialsFrom::Default, "no metadata service of an ECS instance answers"),
        ];
        for (from, expected) in table {
            let (error, _) = loaded(&cloud(from.clone()), &[]).await;
            assert!(error.contains(expected), "{from:?}: {error}");
        }
        let disabled = [("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")];
        let (error, _) = loaded(&cloud(CredentialsFrom::InstanceRole), &disabled).await;
        assert!(error.contains(disabled[0].0), "{error}");
    }

    #[test]
    fn what_no_flag_says_of_a_role_the_environment_may() {
        let bare = AssumedRole {
            role_arn: "acs:ram::1:role/a".to_owned(),
            session_name: None,
            external_id: None,
            duration: Some(Duration::from_mins(15)),
        };
        let of = |assumed: &AssumedRole, set: bool| {
            let value = move |name: &str| match name {
                "ALIBABA_CLOUD_ROLE_SESSION_NAME" => "of-variable",
                "ALIBABA_CLOUD_EXTERNAL_ID" => "id-of-variable",
                _ => "acs:ram::1:role/another",
            };
            role(assumed, &Environment::from_lookup(move |name| set.then(|| value(name).to_owned()))).unwrap()
        };
        let expected = AssumeRole::of("acs:ram::1:role/a").duration(Duration::from_mins(15));
        assert_eq!(of(&bare, false), expected);
        assert_eq!(of(&bare, true), expected.clone().session_name("of-variable").external_id("id-of-variable"));
        let (name, id) = (Some("typed".to_owned()), Some("id-typed".to_owned()));
        let typed = AssumedRole { session_name: name, external_id: id, ..bare.clone() };
        assert_eq!(of(&typed, true), expected.session_name("typed").external_id("id-typed"));
        for variable in [ROLE_SESSION_NAME, EXTERNAL_ID] {
            let environment = Environment::from_lookup(move |name| (name == variable).then(|| "x".to_owned()));
            let error = role(&bare, &environment).unwrap_err().to_string();
            assert!(error.starts_with(&format!("failed to use {variable}: it must have 2 to ")), "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_is_assumed_with_whatever_the_source_gives() {
        let assumed = AssumedRole {
            role_arn: "acs:ram::1:role/a".to_owned(),
            session_name: None,
            external_id: None,
            duration: None,
        };
        let cloud = CloudSettings { assume_role: Some(assumed), ..cloud(CredentialsFrom::Environment) };
        let key = [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")];
        let (error, asked) = loaded(&cloud, &key).await;
        assert!(error.contains("failed to AssumeRole"), "{error}");
        assert_eq!(asked.as_deref(), Some("sts.aliyuncs.com"));
        let (error, asked) = loaded(&cloud, &[]).await;
        assert!(error.contains("ALIBABA_CLOUD_ACCESS_KEY_ID") && asked.is_none(), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn sts_is_asked_where_flag_environment_and_region_say_in_this_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "a.b.c").unwrap();
        let rrsa = [
            ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/a"),
            ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p"),
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", file.to_str().unwrap()),
        ];
        let here = [("ALIBABA_CLOUD_STS_REGION", "cn-beijing")];
        let central = cloud(CredentialsFrom::Rrsa);
        let regional = CloudSettings { region: Some("cn-hangzhou".into()), network: Network::Vpc, ..central.clone() };
        let told = CloudSettings { sts_endpoint: Some("sts.example".into()), ..regional.clone() };
        for (cloud, more, expected) in [
            (&central, &[][..], "sts.aliyuncs.com"),
            (&central, &here[..], "sts.cn-beijing.aliyuncs.com"),
            (&regional, &[][..], "sts-vpc.cn-hangzhou.aliyuncs.com"),
            (&regional, &here[..], "sts.cn-beijing.aliyuncs.com"),
            (&told, &here[..], "sts.example"),
        ] {
            let (error, host) = loaded(cloud, &[&rrsa[..], more].concat()).await;
            assert_eq!(host.as_deref(), Some(expected), "{error}");
        }
        let bad = CloudSettings { sts_endpoint: Some("a b".into()), ..told };
        let (error, host) = loaded(&bad, &rrsa).await;
        assert!(error.starts_with("failed to use --sts-endpoint") && host.is_none(), "{error}");
    }
}
