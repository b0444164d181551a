//! Building one signed request.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request};

use super::{Call, Engine};
use crate::credentials::Credentials;
use crate::encode;
use crate::error::{Error, ErrorKind, Fate};
use crate::operation::{ApiOperation, Placement};
use crate::sign::{Signed, Unsigned, format_date, sign};

const FORM: &str = "application/x-www-form-urlencoded";

/// Signed as well, as the provider's Python SDK does: an answer in another form is one that this client cannot read.
const ACCEPT: &str = "application/json";

impl Engine {
    /// Makes the request of one attempt, with the date and a nonce of this moment: signed, or, without credentials, as it is.
    pub(super) fn build(&self, call: &Call, credentials: Option<&Credentials>) -> Result<Request<Bytes>, Error> {
        match credentials {
            Some(credentials) => self.build_signed(call, credentials),
            None => self.build_unsigned(call),
        }
    }

    fn build_signed(&self, call: &Call, credentials: &Credentials) -> Result<Request<Bytes>, Error> {
        let operation = call.operation;
        let address = self.address(operation.api);
        let (params, body) = match operation.placement {
            Placement::Query => (call.parameters.as_slice(), String::new()),
            Placement::Form => (&[][..], encode::pairs(&call.parameters)),
        };
        let unsigned = Unsigned {
            method: Method::POST.as_str(),
            host: address.host(),
            action: operation.name,
            version: operation.api.version,
            params,
            body: body.as_bytes(),
            content_type: (!body.is_empty()).then_some(FORM),
            accept: Some(ACCEPT),
        };
        let signed = sign(credentials, &unsigned, self.server_now(), &self.clock.nonce());
        let Signed { headers, query, .. } = signed;
        self.request(operation, &query, &headers, body)
    }

    /// As the provider's libraries send it: what every call has in the query, and the call's own parameters in the form, whatever the
    /// operation's placement. Queries are what proxies write into their logs, and a parameter that stands for a signature is a secret.
    fn build_unsigned(&self, call: &Call) -> Result<Request<Bytes>, Error> {
        let operation = call.operation;
        let common = [
            ("Action", operation.name.to_owned()),
            ("Format", "JSON".to_owned()),
            ("SignatureNonce", self.clock.nonce()),
            ("Timestamp", format_date(self.server_now())),
            ("Version", operation.api.version.to_owned()),
        ];
        let query = encode::pairs(&common.map(|(name, value)| (name.to_owned(), value)));
        let headers = [
            ("accept", ACCEPT.to_owned()),
            ("content-type", FORM.to_owned()),
            ("host", self.address(operation.api).host().to_owned()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value));
        self.request(operation, &query, &headers, encode::pairs(&call.parameters))
    }

    fn request(
        &self,
        operation: ApiOperation,
        query: &str,
        headers: &[(String, String)],
        body: String,
    ) -> Result<Request<Bytes>, Error> {
        let uri = self.address(operation.api).uri(query).map_err(|error| unsendable(operation, &error))?;
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers(operation, headers, request.body().len())?;
        Ok(request)
    }

    fn headers(&self, operation: ApiOperation, given: &[(String, String)], length: usize) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        // Written by hand: HTTP libraries leave it out of a POST without a body, and there are gateways that insist.
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(USER_AGENT, text(operation, &self.user_agent)?);
        for (name, value) in given {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unsendable(operation, &error))?;
            let mut value = text(operation, value)?;
            value.set_sensitive(matches!(name.as_str(), "authorization" | "x-acs-security-token"));
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

fn text(operation: ApiOperation, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|error| unsendable(operation, &error))
}

/// What the caller gave fits into no HTTP request. The causes name no value.
fn unsendable(operation: ApiOperation, error: &dyn std::error::Error) -> Error {
    Error::local(operation, ErrorKind::Spec, Fate::NotSent, format!("failed to build the request: {error}"))
}
