//! A certificate authority that lives as long as one control plane, and what it signs.

use std::net::{IpAddr, Ipv4Addr};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};

/// A key or certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("failed to make {what}")]
pub struct CertificateError {
    what: &'static str,
    source: rcgen::Error,
}

fn failed(what: &'static str) -> impl FnOnce(rcgen::Error) -> CertificateError {
    move |source| CertificateError { what, source }
}

/// A key and, in PEM, what proves or checks it. `Debug` shows no key.
pub(crate) struct Credential {
    /// The certificate, or the public key where no certificate is needed.
    pub(crate) public_pem: String,
    /// The private key, PKCS 8.
    pub(crate) key_pem: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("public_pem", &self.public_pem).finish_non_exhaustive()
    }
}

/// A fresh authority; its key never leaves memory.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Result<Self, CertificateError> {
        let mut params = params(name, None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().map_err(failed("the authority's key"))?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(failed("the authority's certificate"))?;
        Ok(Self { issuer })
    }

    pub(crate) fn certificate_pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for a server on this machine's loopback address.
    pub(crate) fn server(&self, name: &str) -> Result<Credential, CertificateError> {
        let mut params = params(name, None);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let localhost = "localhost".try_into().map_err(failed("a server's name"))?;
        params.subject_alt_names =
            vec![SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)), SanType::DnsName(localhost)];
        self.sign(params)
    }

    /// A certificate for a client: Kubernetes takes its common name as the user and its organisation as a group.
    pub(crate) fn client(&self, user: &str, group: Option<&str>) -> Result<Credential, CertificateError> {
        let mut params = params(user, group);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(params)
    }

    fn sign(&self, mut params: CertificateParams) -> Result<Credential, CertificateError> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().map_err(failed("a key"))?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed("a certificate"))?;
        Ok(Credential { public_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }
}

/// The key pair with which the API server signs the tokens of `ServiceAccounts`: ECDSA on P-256, as it accepts beside RSA.
pub(crate) fn token_signing_key() -> Result<Credential, CertificateError> {
    let key = KeyPair::generate().map_err(failed("the key for ServiceAccount tokens"))?;
    Ok(Credential { public_pem: key.public_key_pem(), key_pem: key.serialize_pem() })
}

fn params(common_name: &str, organisation: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    if let Some(organisation) = organisation {
        params.distinguished_name.push(DnType::OrganizationName, organisation);
    }
    params.distinguished_name.push(DnType::CommonName, common_name);
    // The keys die with the control plane; the dates only have to enclose any clock that a machine may have.
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    params
}

#[cfg(test)]
mod tests {
    use super::{Authority, token_signing_key};

    #[test]
    fn keys_are_not_printed() {
        let authority = Authority::new("test").unwrap();
        let client = authority.client("somebody", None).unwrap();
        assert!(client.key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
        assert!(!format!("{client:?} {authority:?} {:?}", token_signing_key().unwrap()).contains("PRIVATE"));
    }

    #[test]
    fn every_authority_and_every_client_has_a_key_of_its_own() {
        let authority = Authority::new("test").unwrap();
        assert_ne!(authority.certificate_pem(), Authority::new("test").unwrap().certificate_pem());
        assert_ne!(authority.client("a", None).unwrap().key_pem, authority.client("a", None).unwrap().key_pem);
    }
}
