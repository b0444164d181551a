//! The role that is assumed with the credentials of the source.

use std::time::Duration;

use cloud_core::{AssumeRole, CredentialError};
use jiff::SignedDuration;

use super::{SettingsError, given};
use crate::args::AssumeRoleArgs;

/// Which role, and how. What is `None` may stand in the environment, and is STS's own default otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    pub role_arn: String,
    pub session_name: Option<String>,
    pub external_id: Option<String>,
    pub duration: Option<Duration>,
}

impl AssumedRole {
    pub(super) fn of(args: AssumeRoleArgs) -> Result<Option<Self>, SettingsError> {
        let AssumeRoleArgs { assume_role_arn, assume_role_session_name, assume_role_external_id, assume_role_duration } =
            args;
        let [session_name, external_id, duration] =
            [assume_role_session_name, assume_role_external_id, assume_role_duration].map(|text| text.filter(given));
        let Some(role_arn) = assume_role_arn.filter(given) else {
            let typed = [
                ("--assume-role-session-name", &session_name),
                ("--assume-role-external-id", &external_id),
                ("--assume-role-duration", &duration),
            ];
            let idle = typed.into_iter().find(|(_, text)| text.is_some());
            return idle.map_or(Ok(None), |(flag, _)| Err(SettingsError::AssumeRoleArnMissing(flag)));
        };
        let duration = duration.map(|text| read_duration(&text)).transpose()?;
        let role = Self { role_arn, session_name, external_id, duration };
        role.check().map_err(SettingsError::AssumeRole)?;
        Ok(Some(role))
    }

    /// Each part after the other, so that a complaint names its flag.
    fn check(&self) -> Result<(), CredentialError> {
        let Self { role_arn, session_name, external_id, duration } = self.clone();
        let role = AssumeRole::of(role_arn).checked_as("--assume-role-arn")?;
        let role = session_name.into_iter().fold(role, AssumeRole::session_name);
        let role = role.checked_as("--assume-role-session-name")?;
        let role = external_id.into_iter().fold(role, AssumeRole::external_id);
        let role = role.checked_as("--assume-role-external-id")?;
        duration.into_iter().fold(role, AssumeRole::duration).checked_as(DURATION).map(drop)
    }
}

const DURATION: &str = "--assume-role-duration";

fn read_duration(text: &str) -> Result<Duration, SettingsError> {
    let read = text.parse::<SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    let malformed = || CredentialError::Malformed {
        setting: DURATION.to_owned(),
        complaint: "is no duration; give 15m to 12h, such as 1h",
    };
    read.ok_or_else(|| SettingsError::AssumeRole(malformed()))
}
