//! The store behind the API server, and how it is started.

use std::path::Path;

use crate::certificates::{Authority, CertificateError, Credential};
use crate::kubeconfig::write_private;

/// etcd's certificates. Its authority is not the API server's: no Kubernetes user may read the store directly, and an API
/// server can never join the store of another control plane by mistake.
#[derive(Debug)]
pub(crate) struct EtcdCertificates {
    ca_pem: String,
    server: Credential,
    client: Credential,
}

impl EtcdCertificates {
    pub(crate) fn new() -> Result<Self, CertificateError> {
        let authority = Authority::new("local-control-plane etcd")?;
        let server = authority.server("etcd")?;
        let client = authority.client("kube-apiserver", None)?;
        Ok(Self { ca_pem: authority.certificate_pem(), server, client })
    }

    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        write_private(&folder.join("etcd-ca.crt"), &self.ca_pem)?;
        write_private(&folder.join("etcd.crt"), &self.server.public_pem)?;
        write_private(&folder.join("etcd.key"), &self.server.key_pem)?;
        write_private(&folder.join("etcd-client.crt"), &self.client.public_pem)?;
        write_private(&folder.join("etcd-client.key"), &self.client.key_pem)
    }
}

/// etcd's command line; `folder` holds the certificates, and then the data.
pub(crate) fn arguments(folder: &Path, port: u16) -> Vec<String> {
    let file = |name: &str| folder.join(name).display().to_string();
    let client_url = format!("https://127.0.0.1:{port}");
    // A single member never talks to a peer, but has to listen for one: any port will do.
    let peer_url = "http://127.0.0.1:0";
    vec![
        "--name=local".to_owned(),
        format!("--data-dir={}", file("etcd-data")),
        format!("--listen-client-urls={client_url}"),
        format!("--advertise-client-urls={client_url}"),
        format!("--listen-peer-urls={peer_url}"),
        format!("--initial-advertise-peer-urls={peer_url}"),
        format!("--initial-cluster=local={peer_url}"),
        "--client-cert-auth".to_owned(),
        format!("--trusted-ca-file={}", file("etcd-ca.crt")),
        format!("--cert-file={}", file("etcd.crt")),
        format!("--key-file={}", file("etcd.key")),
        // See `ReservedPort`.
        "--socket-reuse-port".to_owned(),
        // The data is thrown away with the folder; waiting for the disk would be most of the time of every write.
        "--unsafe-no-fsync".to_owned(),
        // An HTTP front for people with curl; it would be one more client that needs a certificate.
        "--enable-grpc-gateway=false".to_owned(),
        "--log-level=warn".to_owned(),
    ]
}
