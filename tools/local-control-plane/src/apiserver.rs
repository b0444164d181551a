//! The API server, and how it is started.

use std::path::Path;

use crate::certificates::{Authority, CertificateError, Credential, token_signing_key};
use crate::kubeconfig::write_private;

/// Who, what and when of each request, once, when it is answered. Never bodies: Secrets are among them.
const AUDIT_POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: Metadata
";

/// What the API server shows to clients, and what it signs tokens with.
#[derive(Debug)]
pub(crate) struct ApiserverCertificates {
    ca_pem: String,
    server: Credential,
    tokens: Credential,
}

impl ApiserverCertificates {
    pub(crate) fn new(authority: &Authority) -> Result<Self, CertificateError> {
        Ok(Self {
            ca_pem: authority.certificate_pem(),
            server: authority.server("kube-apiserver")?,
            tokens: token_signing_key()?,
        })
    }

    /// Writes the certificates and the audit policy, for [`arguments`] to point at.
    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        write_private(&folder.join("ca.crt"), &self.ca_pem)?;
        write_private(&folder.join("apiserver.crt"), &self.server.public_pem)?;
        write_private(&folder.join("apiserver.key"), &self.server.key_pem)?;
        write_private(&folder.join("tokens.pub"), &self.tokens.public_pem)?;
        write_private(&folder.join("tokens.key"), &self.tokens.key_pem)?;
        write_private(&folder.join("audit-policy.yaml"), AUDIT_POLICY)
    }
}

/// Where the API server listens, and where its store does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) apiserver: u16,
    pub(crate) etcd: u16,
}

/// The API server's command line.
pub(crate) fn arguments(folder: &Path, ports: Ports, audit_log: Option<&Path>) -> Vec<String> {
    let mut arguments = [store(folder, ports.etcd), front(folder, ports.apiserver), identity(folder)].concat();
    arguments.extend(audit_log.into_iter().flat_map(|log| audit(folder, log)));
    arguments
}

fn store(folder: &Path, port: u16) -> Vec<String> {
    vec![
        format!("--etcd-servers=https://127.0.0.1:{port}"),
        file_flag("--etcd-cafile", folder, "etcd-ca.crt"),
        file_flag("--etcd-certfile", folder, "etcd-client.crt"),
        file_flag("--etcd-keyfile", folder, "etcd-client.key"),
    ]
}

fn front(folder: &Path, port: u16) -> Vec<String> {
    vec![
        "--bind-address=127.0.0.1".to_owned(),
        // Otherwise it looks for the default route, which a machine without network does not have.
        "--advertise-address=127.0.0.1".to_owned(),
        format!("--secure-port={port}"),
        // See `ReservedPort`.
        "--permit-port-sharing".to_owned(),
        file_flag("--tls-cert-file", folder, "apiserver.crt"),
        file_flag("--tls-private-key-file", folder, "apiserver.key"),
        file_flag("--cert-dir", folder, "apiserver-certs"),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        // A loopback address is refused as the endpoint of the `kubernetes` Service, for ever and in the log.
        "--endpoint-reconciler-type=none".to_owned(),
    ]
}

fn identity(folder: &Path) -> Vec<String> {
    vec![
        "--authorization-mode=RBAC".to_owned(),
        "--anonymous-auth=false".to_owned(),
        file_flag("--client-ca-file", folder, "ca.crt"),
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local".to_owned(),
        file_flag("--service-account-key-file", folder, "tokens.pub"),
        file_flag("--service-account-signing-key-file", folder, "tokens.key"),
        // It refuses every pod until a controller-manager has made the `default` ServiceAccount, and there is none.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
    ]
}

fn audit(folder: &Path, log: &Path) -> Vec<String> {
    vec![
        file_flag("--audit-policy-file", folder, "audit-policy.yaml"),
        format!("--audit-log-path={}", log.display()),
        // One file, however long: whoever counts requests must not lose those that were rotated away.
        "--audit-log-maxsize=0".to_owned(),
    ]
}

fn file_flag(flag: &str, folder: &Path, name: &str) -> String {
    format!("{flag}={}", folder.join(name).display())
}
