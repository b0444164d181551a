//! Readers that take a field as it comes: for the `deserialize_with` of the fields of an answer.
//!
//! Every field of an answer is optional and read leniently: a number may come as text and the other way round, a field of
//! another shape counts as absent.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text; numbers and flags are written out (account ids come as numbers or as texts). Any other shape counts as absent.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A whole number, also when it comes as text. Any other shape counts as absent.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// A count, also when it comes as text. Any other shape, and a negative number, count as absent.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(number(deserializer)?.and_then(|number| u64::try_from(number).ok()))
}

/// A flag, also when it comes as text in any case. Any other shape counts as absent.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Some(flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    })
}

/// A list; null counts as empty. An entry that cannot be read is an error, never left out: a list with a hole in it looks
/// like a list whose object is gone.
pub fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let entries = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    entries.into_iter().map(|entry| one(entry).map_err(D::Error::custom)).collect()
}

/// The same where an answer that says nothing is not one that says "none": null, too, counts as absent.
pub fn known_list<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    let entries = Option::<Vec<Value>>::deserialize(deserializer)?;
    entries.map(|entries| list(Value::Array(entries))).transpose().map_err(D::Error::custom)
}

/// An entry of a list. Structs would also take a list, as their fields in order; no entry of this API is one.
fn one<T: DeserializeOwned>(entry: Value) -> Result<T, serde_json::Error> {
    if entry.is_array() {
        return Err(serde_json::Error::custom("a list stands where an entry should"));
    }
    T::deserialize(entry)
}

/// An object. Any other shape counts as absent.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Some(Value::deserialize(deserializer)?).filter(Value::is_object);
    value.map(T::deserialize).transpose().map_err(D::Error::custom)
}

/// A list in the old nested style, `{"Region": […]}`; a plain list is taken too. Null, and an object without that name,
/// count as empty; an entry that cannot be read is an error, as in [`list`].
pub fn nested<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D, name: &str) -> Result<Vec<T>, D::Error> {
    let entries = match Value::deserialize(deserializer)? {
        Value::Object(mut fields) => fields.remove(name).unwrap_or_default(),
        plain => plain,
    };
    list(entries).map_err(D::Error::custom)
}
