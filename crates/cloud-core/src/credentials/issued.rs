//! Credentials that somebody issued, and until when they are good: reading them, without I/O.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;

use super::{CredentialError, Credentials, checked};
use crate::lenient::text;

/// How far the end that STS states may be from the one that was asked for, by this machine's clock, until it is the clock that is wrong.
/// The provider itself refuses signatures whose date is off by 15 minutes.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Credentials with an end.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub(super) credentials: Credentials,
    pub(super) expires: Timestamp,
}

impl Issued {
    /// The same, when this was asked for with a lifetime.
    ///
    /// The end is a moment of the issuer's clock. If it is far from what was asked for, this machine's clock is off, and what counts is the
    /// lifetime: with a clock that is an hour ahead, new credentials would look expired.
    pub(super) fn requested_for(mut self, lifetime: SignedDuration, now: Timestamp) -> Self {
        let expected = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        if self.expires.duration_since(expected).abs() > TOLERANCE {
            self.expires = expected;
        }
        self
    }

    /// The same, when the issuer's clock showed `server_now` as this machine's showed `now`.
    pub(super) fn by_clock_of_issuer(mut self, server_now: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(server_now) = server_now else { return self };
        let offset = now.duration_since(server_now);
        if offset.abs() > TOLERANCE {
            self.expires = self.expires.checked_add(offset).unwrap_or(Timestamp::MAX);
        }
        self
    }
}

/// The fields in which STS, the metadata service and a credentials URI give credentials. Not printable: they hold a key.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct IssuedFields {
    #[serde(deserialize_with = "text")]
    code: Option<String>,
    #[serde(deserialize_with = "text")]
    access_key_id: Option<String>,
    #[serde(deserialize_with = "text")]
    access_key_secret: Option<String>,
    #[serde(deserialize_with = "text")]
    security_token: Option<String>,
    #[serde(deserialize_with = "text")]
    expiration: Option<String>,
}

impl IssuedFields {
    /// Reads the body of an answer. `issuer` is its name in messages; no value of the answer gets into one.
    pub(super) fn parse(issuer: &str, body: &[u8]) -> Result<Self, CredentialError> {
        let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_slice(body);
        let fields = object.ok().and_then(|object| serde_json::from_value(serde_json::Value::Object(object)).ok());
        let message = || format!("the answer of {issuer} is not a JSON object ({} bytes)", body.len());
        fields.ok_or_else(|| CredentialError::fetch(message()))
    }

    /// The credentials, if every part is there.
    pub(super) fn issued(self, issuer: &str) -> Result<Issued, CredentialError> {
        let Self { code, access_key_id, access_key_secret, security_token, expiration } = self;
        if code.is_some_and(|code| code != "Success") {
            return Err(CredentialError::refused(format!("{issuer} answered with a Code other than Success")));
        }
        let part = |name: &str, value: Option<String>| {
            let complaint =
                |problem: &str| CredentialError::fetch(format!("{name} in the answer of {issuer} {problem}"));
            let value = value.ok_or_else(|| complaint("is missing"))?;
            checked(name, value).map_err(|error| match error {
                CredentialError::Malformed { complaint: problem, .. } => complaint(problem),
                other => other,
            })
        };
        let credentials = Credentials {
            access_key_id: part("AccessKeyId", access_key_id)?,
            access_key_secret: SecretString::from(part("AccessKeySecret", access_key_secret)?),
            security_token: Some(SecretString::from(part("SecurityToken", security_token)?)),
        };
        let expires = part("Expiration", expiration)?;
        let unreadable = |_| CredentialError::fetch(format!("Expiration in the answer of {issuer} is no time"));
        Ok(Issued { credentials, expires: expires.parse().map_err(unreadable)? })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn whole() -> Value {
        json!({"Code": "Success", "AccessKeyId": "STS.i", "AccessKeySecret": "s", "SecurityToken": "t=",
               "Expiration": "2026-01-02T13:00:00Z", "LastUpdated": "x", "New": {"field": []}})
    }

    fn read(body: &Value) -> Result<Issued, String> {
        let fields = IssuedFields::parse("the issuer", body.to_string().as_bytes());
        fields.and_then(|fields| fields.issued("the issuer")).map_err(|error| error.to_string())
    }

    #[test]
    fn an_answer_that_has_every_part_is_credentials() {
        let Issued { credentials, expires } = read(&whole()).unwrap();
        assert_eq!(credentials.access_key_id, "STS.i");
        assert_eq!(credentials.access_key_secret.expose_secret(), "s");
        assert_eq!(credentials.security_token.unwrap().expose_secret(), "t=");
        assert_eq!(expires, at("2026-01-02T13:00:00Z"));
    }

    #[test]
    fn a_part_that_is_missing_or_bad_is_named_and_not_quoted() {
        for part in ["AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"] {
            for (bad, problem) in [
                (Value::Null, "is missing"),
                (json!([]), "is missing"),
                (json!(""), "is empty"),
                (json!("x\n"), "has white space around it; remove that, a line feed at its end included"),
            ] {
                let mut body = whole();
                body[part] = bad;
                let expected = format!("failed to fetch credentials: {part} in the answer of the issuer {problem}");
                assert_eq!(read(&body).unwrap_err(), expected);
            }
        }
        let mut body = whole();
        body["Expiration"] = json!("tomorrow");
        let expected = "failed to fetch credentials: Expiration in the answer of the issuer is no time";
        assert_eq!(read(&body).unwrap_err(), expected);
    }

    #[test]
    fn what_is_no_object_and_what_is_no_success_are_errors() {
        for body in [json!("canary"), json!(["canary"]), json!(1)] {
            let length = body.to_string().len();
            let expected =
                format!("failed to fetch credentials: the answer of the issuer is not a JSON object ({length} bytes)");
            assert_eq!(read(&body).unwrap_err(), expected);
        }
        let mut body = whole();
        body["Code"] = json!("canary");
        let expected = "failed to get credentials: the issuer answered with a Code other than Success";
        assert_eq!(read(&body).unwrap_err(), expected);
    }

    #[test]
    fn the_end_is_the_issuer_s_unless_this_machine_s_clock_is_wrong() {
        let issued = read(&whole()).unwrap();
        let end = |now: &str| issued.clone().requested_for(SignedDuration::from_hours(1), at(now)).expires;
        let table = [
            ("2026-01-02T12:00:00Z", "2026-01-02T13:00:00Z"),
            ("2026-01-02T12:05:00Z", "2026-01-02T13:00:00Z"),
            ("2026-01-02T11:55:00Z", "2026-01-02T13:00:00Z"),
            ("2026-01-02T14:00:00Z", "2026-01-02T15:00:00Z"),
            ("2026-01-02T10:00:00Z", "2026-01-02T11:00:00Z"),
        ];
        for (now, expected) in table {
            assert_eq!(end(now), at(expected), "at {now}");
        }
        let by_clock = |server: Option<&str>, now| issued.clone().by_clock_of_issuer(server.map(at), at(now)).expires;
        let (noon, two) = ("2026-01-02T12:00:00Z", "2026-01-02T14:00:00Z");
        assert_eq!(by_clock(Some(noon), two), at("2026-01-02T15:00:00Z"));
        assert_eq!(by_clock(Some(noon), "2026-01-02T12:04:00Z"), at("2026-01-02T13:00:00Z"));
        assert_eq!(by_clock(None, two), at("2026-01-02T13:00:00Z"));
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_credentials_or_an_error_that_does_not_quote_it(
            body in ".{0,80}",
            values in proptest::array::uniform5(proptest::option::of("[ -~]{0,30}")),
        ) {
            let names = ["Code", "AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"];
            let fields = names.iter().zip(&values).filter_map(|(name, value)| Some(((*name).to_owned(), json!(value.as_ref()?))));
            let object = Value::Object(fields.collect()).to_string();
            for text in [body.as_str(), &object] {
                if let Err(error) = IssuedFields::parse("the issuer", text.as_bytes()).and_then(|fields| fields.issued("the issuer")) {
                    let error = format!("{error:?}");
                    for value in values.iter().flatten().filter(|value| value.len() > 12) {
                        proptest::prop_assert!(!error.contains(value.as_str()), "{error}");
                    }
                }
            }
        }
    }
}
