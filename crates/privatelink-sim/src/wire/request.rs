//! A request as it arrived, with everything that any kind of client may say in one place.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use url::form_urlencoded;

/// Bytes of the largest body that is looked at: far more than the largest call of this API needs.
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;

/// Parameters of which a signature of the older kind is made; the token among them is a secret.
pub(crate) const OF_A_SIGNATURE: &[&str] = &[
    "AccessKeyId",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
];

/// The parameter that stands for a signature where nobody signs; as secret as a key.
pub(crate) const OIDC_TOKEN: &str = "OIDCToken";

/// Names and values, in the order of arrival.
pub(crate) type Pairs = Vec<(String, String)>;

/// An HTTP request, taken apart.
///
/// Query and form are kept apart for the signature and merged for use, where the form wins: current clients send
/// parameters in the query, older ones in the form, some split them.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) host: String,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Pairs,
    pub(crate) form: Pairs,
    /// Query and form in one map.
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) body: Bytes,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Incoming {
    pub(crate) fn read(request: Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let authority = parts.uri.authority().map(ToString::to_string);
        let host = text(&parts.headers, "host").map(str::to_owned).or(authority).unwrap_or_default();
        let query = decode(parts.uri.query().unwrap_or_default().as_bytes());
        let is_form = is_form(&parts.headers) && body.len() <= LARGEST_BODY;
        let form = if is_form { decode(&body) } else { Vec::new() };
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            host,
            headers: parts.headers,
            params: query.iter().chain(&form).cloned().collect(),
            query,
            form,
            body,
        }
    }

    /// A header, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// The operation: a header for current clients, a parameter for older ones.
    pub(crate) fn action(&self) -> Option<String> {
        self.named("x-acs-action", "Action")
    }

    /// The API version, in the same two places.
    pub(crate) fn version(&self) -> Option<String> {
        self.named("x-acs-version", "Version")
    }

    fn named(&self, name: &str, parameter: &str) -> Option<String> {
        let find = |pairs: &Pairs| pairs.iter().find(|pair| pair.0 == parameter).map(|pair| pair.1.clone());
        self.header(name).map(str::to_owned).or_else(|| find(&self.form)).or_else(|| find(&self.query))
    }

    /// Whether it carries a signature of the older kind, or a part of one. A header signature makes it none.
    pub(crate) fn is_signed_by_parameters(&self) -> bool {
        let is_given = |name: &&str| self.params.contains_key(*name);
        self.header("authorization").is_none() && ["AccessKeyId", "Signature"].iter().any(is_given)
    }

    /// The form that the answer must have. Only older clients can have XML: those that name it, and those that name
    /// nothing, neither in `Format` nor in `Accept`.
    pub(crate) fn format(&self) -> Format {
        let named = self.params.get("Format").filter(|format| !format.is_empty());
        let is_xml = match named {
            _ if self.header("authorization").is_some() => false,
            Some(format) => format.eq_ignore_ascii_case("xml"),
            None => self.is_signed_by_parameters() && !self.header("accept").is_some_and(|kind| kind.contains("json")),
        };
        if is_xml { Format::Xml } else { Format::Json }
    }

    /// The region in a host name like `privatelink.cn-hangzhou.aliyuncs.com`.
    pub(crate) fn region_of_host(&self) -> Option<&str> {
        let name = self.host.split(':').next()?.strip_suffix(".aliyuncs.com")?;
        let (_, region) = name.split_once('.')?;
        Some(region)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn is_form(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"))
}

fn decode(text: &[u8]) -> Pairs {
    form_urlencoded::parse(text).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::{Format, Incoming};

    fn incoming(uri: &str, form: &'static str) -> Incoming {
        let request = Request::post(uri).header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        Incoming::read(request.body(Bytes::from_static(form.as_bytes())).unwrap())
    }

    #[test]
    fn query_and_form_are_one_map_in_which_the_form_wins() {
        let merged = incoming("http://h/?A=query&B=a+b%2Bc&Empty=", "A=form&C=%E6%97%A5").params;
        let pairs: Vec<_> = merged.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("A", "form"), ("B", "a b+c"), ("C", "日"), ("Empty", "")]);
    }

    #[test]
    fn the_operation_is_found_in_header_form_and_query() {
        assert_eq!(incoming("http://h/?Action=FromQuery", "").action().unwrap(), "FromQuery");
        assert_eq!(incoming("http://h/?Action=FromQuery", "Action=FromForm").action().unwrap(), "FromForm");
        let request = Request::get("http://h/?Action=FromQuery").header("x-acs-action", "FromHeader");
        assert_eq!(Incoming::read(request.body(Bytes::new()).unwrap()).action().unwrap(), "FromHeader");
    }

    #[test]
    fn only_older_clients_that_name_xml_or_nothing_get_xml() {
        let format = |query: &str, headers: &[(&str, &str)]| {
            let mut request = Request::get(format!("http://h/?{query}"));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            Incoming::read(request.body(Bytes::new()).unwrap()).format()
        };
        let json = ("accept", "application/json");
        let cases = [
            (format("AccessKeyId=k&Format=json", &[]), Format::Json),
            (format("AccessKeyId=k&Format=JSON", &[("accept", "*/*")]), Format::Json),
            (format("AccessKeyId=k&Format=XmL", &[json]), Format::Xml),
            (format("AccessKeyId=k", &[("accept", "*/*")]), Format::Xml),
            (format("Signature=x&Format=", &[]), Format::Xml),
            (format("AccessKeyId=k", &[json]), Format::Json),
            (format("AccessKeyId=k&Format=XML", &[("authorization", "ACS3-HMAC-SHA256 x")]), Format::Json),
            (format("RegionId=r", &[]), Format::Json),
        ];
        for (number, (given, expected)) in cases.into_iter().enumerate() {
            assert_eq!(given, expected, "case {number}");
        }
    }

    #[test]
    fn the_region_is_read_from_public_and_vpc_hosts_only() {
        let region = |host: &str| incoming(&format!("http://{host}/"), "").region_of_host().map(str::to_owned);
        assert_eq!(region("privatelink.cn-hangzhou.aliyuncs.com").as_deref(), Some("cn-hangzhou"));
        assert_eq!(region("privatelink-vpc.eu-west-1.aliyuncs.com:443").as_deref(), Some("eu-west-1"));
        assert_eq!(region("127.0.0.1:80"), None);
    }
}
