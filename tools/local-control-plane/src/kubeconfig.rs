//! Kubeconfig files: where the API server is, how to trust it, and who one is.

use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::certificates::Credential;

/// A kubeconfig could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KubeconfigError {
    /// It could not be rendered as YAML.
    #[error("failed to render the kubeconfig of {user:?}")]
    Render {
        /// For whom it is.
        user: String,
        /// Why.
        source: serde_saphyr::ser::Error,
    },
    /// The file could not be written.
    #[error("failed to write {path}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// How somebody proves who they are.
#[derive(Debug)]
pub(crate) enum Proof<'a> {
    ClientCertificate(&'a Credential),
    Token(&'a str),
}

impl Proof<'_> {
    fn to_user(&self) -> Value {
        match self {
            Self::ClientCertificate(credential) => json!({
                "client-certificate-data": BASE64.encode(&credential.public_pem),
                "client-key-data": BASE64.encode(&credential.key_pem),
            }),
            Self::Token(token) => json!({ "token": token }),
        }
    }
}

/// One server, as its clients see it.
#[derive(Debug)]
pub(crate) struct Cluster<'a> {
    pub(crate) server_url: &'a str,
    pub(crate) ca_pem: &'a str,
}

impl Cluster<'_> {
    /// Writes the kubeconfig of `user`, readable by its owner only.
    pub(crate) fn write(&self, path: &Path, user: &str, proof: &Proof<'_>) -> Result<(), KubeconfigError> {
        let document = self.kubeconfig(user, proof);
        let text = serde_saphyr::to_string(&document)
            .map_err(|source| KubeconfigError::Render { user: user.to_owned(), source })?;
        write_private(path, &text).map_err(|source| KubeconfigError::Write { path: path.to_owned(), source })
    }

    fn kubeconfig(&self, user: &str, proof: &Proof<'_>) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{
                "name": "local",
                "cluster": {
                    "server": self.server_url,
                    "certificate-authority-data": BASE64.encode(self.ca_pem),
                },
            }],
            "users": [{ "name": user, "user": proof.to_user() }],
            "contexts": [{ "name": "local", "context": { "cluster": "local", "user": user } }],
            "current-context": "local",
        })
    }
}

/// Writes a file that others can neither read while it is written nor after.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
