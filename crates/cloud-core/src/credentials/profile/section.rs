//! One profile as names and values, whatever file it stands in.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;

use super::super::{CredentialError, Credentials, checked};

/// The fields of a profile. Not printable: some are keys.
pub(super) struct Section {
    /// Which profile of which file.
    place: String,
    fields: BTreeMap<String, String>,
}

impl Section {
    pub(super) fn of(path: &Path, name: &str, fields: BTreeMap<String, String>) -> Self {
        Self { place: format!("profile {name:?} of {}", path.display()), fields }
    }

    /// A field's value, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.fields.get(name).filter(|value| !value.is_empty()).cloned()
    }

    pub(super) fn required(&self, name: &str) -> Result<String, CredentialError> {
        self.get(name).ok_or_else(|| CredentialError::Missing { setting: self.setting(name) })
    }

    pub(super) fn setting(&self, name: &str) -> String {
        format!("{name} in {}", self.place)
    }

    /// A key, with the security token in this field if one is named.
    pub(super) fn key(&self, token: Option<&str>) -> Result<Credentials, CredentialError> {
        let part = |name: &str| checked(&self.setting(name), self.required(name)?);
        Ok(Credentials {
            access_key_id: part("access_key_id")?,
            access_key_secret: SecretString::from(part("access_key_secret")?),
            security_token: token.map(part).transpose()?.map(SecretString::from),
        })
    }

    /// A number of seconds; `None`: not given, or zero, as the CLI writes it.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<Duration>, CredentialError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let seconds: u64 =
            text.parse().map_err(|_| CredentialError::malformed(self.setting(name), "is no number of seconds"))?;
        Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
    }

    pub(super) fn unsupported(&self, name: &str, complaint: &'static str) -> CredentialError {
        CredentialError::malformed(self.setting(name), complaint)
    }
}
