//! From nested parameters to the text on the wire: flattening and RFC 3986 encoding.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Encodes a text as the signature wants it: UTF-8 bytes, `A–Z a–z 0–9 - _ . ~` stay, all else becomes `%XX` with
/// upper-case digits. A space is `%20`, never `+`.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Encodes pairs as `a=1&b=2`, in the order given.
pub fn pairs(parameters: &[(String, String)]) -> String {
    let encoded: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value))).collect();
    encoded.join("&")
}

/// Flattens nested parameters into the pairs of an RPC call, sorted by name.
///
/// Objects become `Name.Key`, arrays `Name.1`, `Name.2`, …; both nest. A null is left out, but inside an array its number
/// stays used. An empty string is kept (that is how a description is cleared), an empty array leaves nothing. Booleans
/// are written in lower case. Anything but an object has no names, so it gives no pairs.
pub fn flatten(parameters: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    if let Value::Object(fields) = parameters {
        for (name, value) in fields {
            push(name.clone(), value, &mut pairs);
        }
    }
    pairs.sort();
    pairs
}

fn push(name: String, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => pairs.push((name, flag.to_string())),
        Value::Number(number) => pairs.push((name, number.to_string())),
        Value::String(text) => pairs.push((name, text.clone())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                push(format!("{name}.{}", index + 1), item, pairs);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                push(format!("{name}.{key}"), item, pairs);
            }
        }
    }
}
