//! What a call does, read from its head and body.

use std::borrow::Cow;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, header};
use url::form_urlencoded;

use super::arrival::{CallKind, Side};

/// What has a namespace's name before it in a path and is still the namespace's own.
const OF_NAMESPACES: [&str; 2] = ["status", "finalize"];

/// What a call does, and which object it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) kind: CallKind,
    pub(super) object: Option<String>,
}

pub(super) fn describe(side: Side, head: &Parts, body: &Bytes) -> Described {
    match side {
        Side::Kubernetes => kubernetes(head),
        Side::Cloud => cloud(head, body),
    }
}

/// A call of this kind changes something.
pub(crate) fn writes(side: Side, kind: &str) -> bool {
    match side {
        Side::Kubernetes => ["POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|verb| kind.starts_with(verb)),
        Side::Cloud => privatelink::Operation::from_name(kind).is_some_and(privatelink::Operation::mutates),
    }
}

/// Whether the answer is a stream of events.
pub(super) fn is_watch(head: &Parts) -> bool {
    head.method == Method::GET && parameter(head, "watch").is_some_and(|value| value == "true" || value == "1")
}

fn kubernetes(head: &Parts) -> Described {
    let segments: Vec<&str> = head.uri.path().trim_matches('/').split('/').collect();
    let about = match segments[..] {
        ["api", _, ref about @ ..] | ["apis", _, _, ref about @ ..] => in_namespace(about),
        _ => &[],
    };
    let (resource, object) = match *about {
        [] => return path(head),
        [resource] => (resource.to_owned(), None),
        [resource, object] => (resource.to_owned(), Some(object.to_owned())),
        [resource, object, ref below @ ..] => (format!("{resource}/{}", below.join("/")), Some(object.to_owned())),
    };
    let kind = CallKind(format!("{} {resource}", verb(head, object.is_some())));
    Described { kind, object }
}

/// The part behind the namespace, if there is one.
fn in_namespace<'a, 'b>(about: &'a [&'b str]) -> &'a [&'b str] {
    match about {
        ["namespaces", _, about @ ..] if about.first().is_some_and(|first| !OF_NAMESPACES.contains(first)) => about,
        about => about,
    }
}

fn verb(head: &Parts, one: bool) -> &str {
    match (&head.method, one) {
        (&Method::GET, _) if is_watch(head) => "WATCH",
        (&Method::GET, false) => "LIST",
        (&Method::DELETE, false) => "DELETECOLLECTION",
        (method, _) => method.as_str(),
    }
}

fn cloud(head: &Parts, body: &Bytes) -> Described {
    let is_form = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    let form = if is_form { body.as_ref() } else { &[] };
    let from_form = |name| find(form, name);
    let named = head.headers.get("x-acs-action").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Some(action) = named.or_else(|| parameter(head, "Action")).or_else(|| from_form("Action")) else {
        return path(head);
    };
    let object = parameter(head, "ServiceId").or_else(|| from_form("ServiceId"));
    Described { kind: CallKind(action), object }
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";

fn path(head: &Parts) -> Described {
    Described { kind: CallKind(format!("{} {}", head.method, head.uri.path())), object: None }
}

fn parameter(head: &Parts, name: &str) -> Option<String> {
    find(head.uri.query().unwrap_or_default().as_bytes(), name)
}

fn find(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(key, _)| key == name).map(|(_, value)| Cow::into_owned(value))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;
    use http::request::Parts;

    use super::{describe, is_watch};
    use crate::proxy::arrival::Side;

    fn head(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::builder().method(method).uri(uri), |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    fn described(side: Side, head: &Parts, body: &'static str) -> (String, Option<String>) {
        let described = describe(side, head, &Bytes::from_static(body.as_bytes()));
        (described.kind.0, described.object)
    }

    #[test]
    fn a_kubernetes_call_is_verb_resource_and_subresource() {
        const OURS: &str = "/apis/privatelink.alibabacloud.com/v1alpha1";
        let cases = [
            ("GET", format!("{OURS}/namespaces/a/vpcendpointservices?limit=500"), "LIST vpcendpointservices", None),
            ("GET", format!("{OURS}/vpcendpointservices?watch=true"), "WATCH vpcendpointservices", None),
            ("GET", format!("{OURS}/vpcendpointservices?watch=false"), "LIST vpcendpointservices", None),
            ("GET", format!("{OURS}/namespaces/a/vpcendpointservices/b"), "GET vpcendpointservices", Some("b")),
            ("PATCH", format!("{OURS}/namespaces/a/vpcendpointservices/b"), "PATCH vpcendpointservices", Some("b")),
            (
                "PATCH",
                format!("{OURS}/namespaces/a/vpcendpointservices/b/status?fieldManager=x"),
                "PATCH vpcendpointservices/status",
                Some("b"),
            ),
            (
                "DELETE",
                format!("{OURS}/namespaces/a/vpcendpointservices"),
                "DELETECOLLECTION vpcendpointservices",
                None,
            ),
            ("POST", "/apis/events.k8s.io/v1/namespaces/a/events".to_owned(), "POST events", None),
            ("PUT", "/apis/coordination.k8s.io/v1/namespaces/a/leases/b".to_owned(), "PUT leases", Some("b")),
            ("GET", "/api/v1/namespaces".to_owned(), "LIST namespaces", None),
            ("GET", "/api/v1/namespaces/kube-system".to_owned(), "GET namespaces", Some("kube-system")),
            ("PUT", "/api/v1/namespaces/a/finalize".to_owned(), "PUT namespaces/finalize", Some("a")),
            ("GET", "/api/v1/namespaces/a/secrets/b".to_owned(), "GET secrets", Some("b")),
            ("GET", OURS.to_owned(), "GET /apis/privatelink.alibabacloud.com/v1alpha1", None),
            ("GET", "/version".to_owned(), "GET /version", None),
        ];
        for (method, uri, kind, object) in cases {
            let found = described(Side::Kubernetes, &head(method, &uri, &[]), "");
            assert_eq!(found, (kind.to_owned(), object.map(str::to_owned)), "{method} {uri}");
        }
    }

    #[test]
    fn a_cloud_call_is_its_operation_wherever_that_is_said() {
        let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let service = |kind: &str| (kind.to_owned(), Some("epsrv-1".to_owned()));
        let by_header = head("POST", "/?ServiceId=epsrv-1&Action=No", &[("x-acs-action", "DeleteVpcEndpointService")]);
        assert_eq!(described(Side::Cloud, &by_header, ""), service("DeleteVpcEndpointService"));
        let by_query = head("POST", "/?Action=GetCallerIdentity", &[]);
        assert_eq!(described(Side::Cloud, &by_query, "ServiceId=no"), ("GetCallerIdentity".to_owned(), None));
        let by_form = head("POST", "/", &form);
        assert_eq!(described(Side::Cloud, &by_form, "ServiceId=epsrv-1&Action=Attach"), service("Attach"));
        assert_eq!(described(Side::Cloud, &head("GET", "/x?y", &[]), ""), ("GET /x".to_owned(), None));
    }

    #[test]
    fn a_watch_is_a_get_that_says_so() {
        let watches = ["/a?watch=true", "/a?x=y&watch=1"].map(|uri| is_watch(&head("GET", uri, &[])));
        let others = ["/a", "/a?watch=0", "/a?watch=", "/watch"].map(|uri| is_watch(&head("GET", uri, &[])));
        assert_eq!((watches, others), ([true; 2], [false; 4]));
        assert!(!is_watch(&head("POST", "/a?watch=true", &[])));
    }
}
