//! Credentials from files: a Kubernetes Secret that is mounted as a volume.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use futures::future::{self, BoxFuture};
use secrecy::SecretString;

use super::{CredentialError, CredentialSource, Credentials, checked};

const ACCESS_KEY_ID: &str = "access-key-id";
const ACCESS_KEY_SECRET: &str = "access-key-secret";
const SECURITY_TOKEN: &str = "security-token";

/// How often the files are read until two readings agree. The parts of a key are exchanged together, in an instant, between two reads at
/// most.
const READINGS: usize = 4;

/// A key pair from the files `access-key-id` and `access-key-secret` of a folder; with a file `security-token` that is not empty, a temporary
/// one.
///
/// The files are read at each load, which costs microseconds: a key that is replaced there is used from the next call on. While the files
/// are being exchanged no half of one key is put beside half of another. A value with white space around it, a line feed at its end included,
/// is refused with an error that names the file.
#[derive(Clone, Debug)]
pub struct FileCredentials {
    folder: PathBuf,
}

impl FileCredentials {
    /// The files of this folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn read(&self) -> Result<Credentials, CredentialError> {
        let mut last = self.read_once()?;
        for _ in 1..READINGS {
            let next = self.read_once()?;
            if next.are(&last) {
                return Ok(next);
            }
            last = next;
        }
        Err(CredentialError::Fetch {
            message: format!("the files in {} change while they are read", self.folder.display()),
        })
    }

    fn read_once(&self) -> Result<Credentials, CredentialError> {
        Ok(Credentials {
            access_key_id: self.required(ACCESS_KEY_ID, "id")?,
            access_key_secret: SecretString::from(self.required(ACCESS_KEY_SECRET, "secret")?),
            security_token: self.optional(SECURITY_TOKEN)?.map(SecretString::from),
        })
    }

    fn required(&self, name: &str, part: &str) -> Result<String, CredentialError> {
        let missing = || {
            let remedy = format!("put the key's {part} into it, such as by a Secret that is mounted there");
            CredentialError::not_found(format!("{} is not there, or empty; {remedy}", setting(&self.folder.join(name))))
        };
        self.optional(name)?.ok_or_else(missing)
    }

    /// An empty file counts as one that is not there.
    fn optional(&self, name: &str) -> Result<Option<String>, CredentialError> {
        let path = self.folder.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => checked(&setting(&path), text).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // The system's words name neither the file nor what is in it.
            Err(error) => Err(CredentialError::Fetch { message: format!("{}: {error}", setting(&path)) }),
        }
    }
}

fn setting(path: &Path) -> String {
    format!("the file {}", path.display())
}

impl CredentialSource for FileCredentials {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(future::ready(self.read()))
    }

    fn account_may_change(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "files"
    }

    fn origin(&self) -> String {
        format!("the files {ACCESS_KEY_ID} and {ACCESS_KEY_SECRET} in {}", self.folder.display())
    }
}
