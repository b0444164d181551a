//! Answers: a good one with its `RequestId`, a refused one in the error envelope.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::request::Format;
use super::xml;
use crate::clock::http_time;
use crate::error::Refusal;

/// The fields of a good answer, without `RequestId`.
pub(crate) type Fields = Map<String, Value>;

/// What every answer says of its call.
#[derive(Clone, Debug)]
pub(crate) struct About<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) host: &'a str,
    pub(crate) now: Timestamp,
    /// The operation, which names the outermost element of an answer in XML.
    pub(crate) operation: &'a str,
    pub(crate) format: Format,
}

/// Status 200.
pub(crate) fn good(mut fields: Fields, about: &About<'_>) -> Response<Bytes> {
    fields.insert("RequestId".to_owned(), about.request_id.into());
    response(200, &format!("{}Response", about.operation), &Value::Object(fields), about)
}

/// The status of the refusal, its code and text, and where to read more.
pub(crate) fn refused(refusal: &Refusal, about: &About<'_>) -> Response<Bytes> {
    let recommend = format!(
        "https://api.aliyun.com/troubleshoot?q={}&product=Privatelink&requestId={}",
        refusal.code, about.request_id
    );
    let mut body = json!({
        "RequestId": about.request_id, "HostId": about.host, "Code": refusal.code, "Message": refusal.message,
        "Recommend": recommend,
    });
    if let Some(detail) = &refusal.access_denied {
        body["AccessDeniedDetail"] = detail.clone();
    }
    let mut response = response(refusal.status, "Error", &body, about);
    if let Some(after) = refusal.retry_after {
        let millis = after.as_millis().to_string().parse().ok();
        response.headers_mut().extend(millis.map(|value| (http::HeaderName::from_static("x-acs-retry-after"), value)));
    }
    response
}

fn response(status: u16, root: &str, body: &Value, about: &About<'_>) -> Response<Bytes> {
    let (text, content_type) = match about.format {
        Format::Json => (body.to_string(), "application/json;charset=utf-8"),
        Format::Xml => (xml::document(root, body), "text/xml;charset=utf-8"),
    };
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let date = http_time(about.now);
    let texts = [
        (header::CONTENT_TYPE, content_type),
        (http::HeaderName::from_static("x-acs-request-id"), about.request_id),
        // Clients learn the provider's clock from it.
        (header::DATE, &date),
    ];
    response.headers_mut().extend(texts.into_iter().filter_map(|(name, value)| Some((name, value.parse().ok()?))));
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{About, Format, refused};
    use crate::error::Refusal;

    #[test]
    fn an_error_has_the_five_fields_and_its_headers() {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let about = About { request_id: "R-1", host: "h", now, operation: "Get", format: Format::Json };
        let refusal =
            Refusal { retry_after: Some(Duration::from_millis(1500)), ..Refusal::of("EndpointServiceNotFound") };
        let response = refused(&refusal, &about);
        assert_eq!(response.status(), 400);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-acs-request-id"), "R-1");
        assert_eq!(header("x-acs-retry-after"), "1500");
        assert_eq!(header("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
        assert_eq!(header("content-type"), "application/json;charset=utf-8");
        assert_eq!(
            serde_json::from_slice::<Value>(response.body()).unwrap(),
            json!({
                "RequestId": "R-1", "HostId": "h", "Code": "EndpointServiceNotFound",
                "Message": "The specified Service does not exist.",
                "Recommend":
                    "https://api.aliyun.com/troubleshoot?q=EndpointServiceNotFound&product=Privatelink&requestId=R-1",
            })
        );
    }
}
