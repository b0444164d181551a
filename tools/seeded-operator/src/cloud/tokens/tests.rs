use cloud_core::StaticCredentials;
use cloud_core::sign::{Head, canonical_request, signature, string_to_sign};
use futures::future;

use super::*;

const TOKEN: &str = "3b241101-e2bb-4255-8caf-4136c566a962";

/// Keeps the last request.
#[derive(Debug, Default)]
struct Kept(std::sync::Mutex<Option<Request<Bytes>>>);

impl Transport for Kept {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        *self.0.lock().unwrap() = Some(request);
        future::ready(Ok(Response::new(Bytes::from_static(b"{}")))).boxed()
    }
}

/// The request that arrives when the client sends a Create under the token.
async fn arrived(sent: &str, token: Token) -> Request<Bytes> {
    let kept = Arc::new(Kept::default());
    let credentials = Credentials {
        access_key_id: "key".to_owned(),
        access_key_secret: "secret-secret".to_owned().into(),
        security_token: None,
    };
    let credentials: Arc<dyn CredentialSource> = Arc::new(StaticCredentials::new(credentials).unwrap());
    let cloud =
        Arc::new(Tokens { cloud: Arc::<Kept>::clone(&kept), credentials: Arc::<_>::clone(&credentials) as _, token });
    let client = cloud_core::Client::builder().region("cn-hangzhou").credentials(credentials).transport(cloud);
    let request = privatelink::CreateVpcEndpointServiceRequest {
        client_token: Some(sent.to_owned()),
        ..privatelink::CreateVpcEndpointServiceRequest::default()
    };
    let _ = client.build().unwrap().call(&request).await;
    kept.0.lock().unwrap().take().unwrap()
}

fn token(request: &Request<Bytes>) -> String {
    let text = [request.uri().query().unwrap_or_default().as_bytes(), b"&", request.body()].concat();
    let mut tokens = url::form_urlencoded::parse(&text).filter(|(name, _)| name == "ClientToken");
    let (_, token) = tokens.next().unwrap();
    assert!(tokens.next().is_none());
    token.into_owned()
}

#[tokio::test]
async fn a_changed_token_is_signed_as_the_server_verifies_it() {
    let request = arrived(&format!("{TOKEN}-2"), of_the_first).await;
    assert_eq!(token(&request), TOKEN);
    let text = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    let authorization = text("authorization");
    let (head, sent) = authorization.split_once(",Signature=").unwrap();
    let names = head.split_once("SignedHeaders=").unwrap().1;
    let headers: Vec<_> = names.split(';').map(|name| (name.to_owned(), text(name))).collect();
    let head = Head {
        method: "POST",
        path: "/",
        query: request.uri().query().unwrap_or_default(),
        headers: &headers,
        payload_sha256: &cloud_core::sign::payload_hash(request.body()),
    };
    assert_eq!(signature(&"secret-secret".to_owned().into(), &string_to_sign(&canonical_request(&head))), sent);
}

#[tokio::test]
async fn every_request_has_a_token_of_its_own() {
    let (one, other) = (arrived(TOKEN, fresh).await, arrived(TOKEN, fresh).await);
    assert!(token(&one) != token(&other) && token(&one) != TOKEN);
}
