//! The command `explain`: what the operator knows of one object, what it wants and what it waits for, and which operator leads.

mod ask;
mod explained;
mod text;

use cloud_core::{Clock, SystemClock};

use self::ask::{Cloud, Kubernetes, Object, Question};
use self::explained::Explained;
use super::cluster::client;
use super::{StartError, print};
use crate::args::{ExplainArgs, LookArgs};
use crate::settings::CloudSettings;
use crate::timing::Timing;

/// Exit status: the object and its cloud could be read.
const EXPLAINED: u8 = 0;

/// Exit status: there is no such object, or it or its cloud could not be read.
const FAILED: u8 = 1;

/// Why nothing is explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error("failed to read {0:?} as the name of an object: give NAME or NAMESPACE/NAME")]
    Name(String),
    #[error("the object is given as one of the namespace {named}, and --namespace is {typed}; leave one of them out")]
    Namespaces { named: String, typed: String },
    #[error(transparent)]
    Start(StartError),
}

/// Looks, prints, and answers the exit status.
pub async fn run(args: ExplainArgs) -> Result<u8, ExplainError> {
    let ExplainArgs { object, namespace, no_cloud, leader_elect_namespace, common, cloud } = args;
    let LookArgs { output, cluster_id, timeout, internal_timing } = common;
    let start = ExplainError::Start;
    let timing = Timing::with(&[], &internal_timing).map_err(StartError::Timing).map_err(start)?;
    let settings = (!no_cloud).then(|| CloudSettings::of(cloud, &[])).transpose();
    let settings = settings.map_err(StartError::Settings).map_err(start)?;
    let client = client().await.map_err(StartError::Cluster).map_err(start)?;
    let (namespace, name) = called(&object, namespace.as_deref(), client.default_namespace())?;
    let question = Question { client, namespace, name, deadline: timing.kubernetes_call_deadline };
    let kubernetes = question.kubernetes(&leader_elect_namespace).await;
    let cloud = match (&settings, &kubernetes.object) {
        (Some(settings), Object::There(object)) => question.cloud(object, cluster_id, settings, &timing, timeout).await,
        (None, _) | (Some(_), Object::Missing | Object::Unread(_)) => Cloud::NotAsked,
    };
    let explained = Explained::of(&question.namespace, &question.name, &kubernetes, &cloud);
    print(output, &explained, || text::text(&explained, SystemClock.now())).map_err(start)?;
    Ok(exit_status(&kubernetes, &cloud))
}

/// Namespace and name of the object.
fn called(object: &str, typed: Option<&str>, default: &str) -> Result<(String, String), ExplainError> {
    let typed = typed.filter(|typed| !typed.is_empty());
    let (named, name) = object.split_once('/').map_or((None, object), |(namespace, name)| (Some(namespace), name));
    if name.is_empty() || name.contains('/') || named.is_some_and(str::is_empty) {
        return Err(ExplainError::Name(object.to_owned()));
    }
    match (named, typed) {
        (Some(named), Some(typed)) if named != typed => {
            Err(ExplainError::Namespaces { named: named.to_owned(), typed: typed.to_owned() })
        }
        _ => Ok((named.or(typed).unwrap_or(default).to_owned(), name.to_owned())),
    }
}

fn exit_status(kubernetes: &Kubernetes, cloud: &Cloud) -> u8 {
    let is_read = matches!(kubernetes.object, Object::There(_)) && cloud.unread().is_none();
    if is_read { EXPLAINED } else { FAILED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_with_its_namespace_or_beside_it() {
        let named =
            |object: &str, typed: Option<&str>| called(object, typed, "default").map_err(|error| error.to_string());
        let found = |namespace: &str, name: &str| Ok((namespace.to_owned(), name.to_owned()));
        assert_eq!(named("orders", None), found("default", "orders"));
        assert_eq!(named("orders", Some("shop")), found("shop", "orders"));
        assert_eq!(named("shop/orders", None), found("shop", "orders"));
        assert_eq!(named("shop/orders", Some("shop")), found("shop", "orders"));
        assert_eq!(named("orders", Some("")), found("default", "orders"));
        assert!(named("shop/orders", Some("bar")).unwrap_err().contains("--namespace is bar"));
        for wrong in ["", "/orders", "shop/", "a/b/c"] {
            assert!(named(wrong, None).unwrap_err().contains("give NAME or NAMESPACE/NAME"), "{wrong}");
        }
    }
}
