//! The Kubernetes versions that can be started.

use std::ffi::OsStr;
use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes that `tests/control-plane/` can build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Version {
    /// The version that everything is tested on.
    #[default]
    V1_37,
    /// The oldest version that is promised to work: only its API server, on the etcd of the newest.
    V1_33,
}

impl Version {
    /// The environment variable that chooses the version of the shared control plane; unset or empty for the default.
    pub const VARIABLE: &str = "KUBERNETES_VERSION";

    /// Every version, newest first.
    pub const ALL: &[Self] = &[Self::V1_37, Self::V1_33];

    /// The version that [`VARIABLE`](Self::VARIABLE) names, else the default.
    ///
    /// For tests that run on several versions: [`ControlPlane::shared`](crate::ControlPlane::shared) follows it, a
    /// [`Builder`](crate::Builder) does not by itself.
    #[expect(clippy::disallowed_methods, reason = "this is the door of the version that tests are told to run on")]
    pub fn chosen() -> Result<Self, UnknownVersion> {
        Self::from_choice(std::env::var_os(Self::VARIABLE).as_deref())
    }

    fn from_choice(choice: Option<&OsStr>) -> Result<Self, UnknownVersion> {
        match choice.filter(|text| !text.is_empty()) {
            Some(text) => text.to_string_lossy().parse(),
            None => Ok(Self::default()),
        }
    }

    /// The name of its folder in `tests/control-plane/`, such as `1.37`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_37 => "1.37",
            Self::V1_33 => "1.33",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no version of [`Version::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown Kubernetes version {0:?}; known: {known}", known = Version::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", "))]
pub struct UnknownVersion(String);

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|version| version.as_str() == text)
            .ok_or_else(|| UnknownVersion(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::{UnknownVersion, Version};

    #[test]
    fn every_version_is_read_back_from_its_name() {
        let read: Vec<_> = Version::ALL.iter().map(|version| version.to_string().parse()).collect();
        assert_eq!(read, Version::ALL.iter().copied().map(Ok).collect::<Vec<Result<Version, UnknownVersion>>>());
    }

    #[test]
    fn no_choice_and_an_empty_one_mean_the_default() {
        let choose = |text: Option<&str>| Version::from_choice(text.map(OsStr::new));
        assert_eq!(choose(None), Ok(Version::V1_37));
        assert_eq!(choose(Some("")), Ok(Version::V1_37));
        assert_eq!(choose(Some("1.33")), Ok(Version::V1_33));
        assert_eq!(choose(Some("1.3")), Err(UnknownVersion("1.3".to_owned())));
    }

    #[test]
    fn an_unknown_version_is_refused_with_the_known_ones() {
        let error = "1.12".parse::<Version>().unwrap_err();
        assert_eq!(error.to_string(), r#"unknown Kubernetes version "1.12"; known: 1.37, 1.33"#);
    }
}
