//! Where an API is: scheme and host, parsed once.

use http::Uri;
use url::{Position, Url};

use crate::operation::Api;

/// Which of the provider's hosts to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// The hosts on the internet, `<product>.<region>.aliyuncs.com`.
    #[default]
    Public,
    /// The hosts inside the provider's networks, `<product>-vpc.<region>.aliyuncs.com`. Not every region has them.
    Vpc,
}

/// Why a text is not the address of an API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseAddressError {
    /// Not a URL at all.
    #[error("failed to parse {text:?}: {complaint}")]
    Parse {
        /// The text.
        text: String,
        /// What the parser says.
        complaint: String,
    },
    /// A URL with more than scheme, host and port.
    #[error("failed to use {text:?}: only scheme, host and port may be given, and the scheme must be https or http")]
    Extra {
        /// The text, without a password.
        text: String,
    },
}

/// Scheme, host and port of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    scheme: String,
    host: String,
}

impl Address {
    /// The provider's own host for an API.
    pub(crate) fn of(api: &Api, network: Network, region: &str) -> Self {
        let name = api.host;
        let host = match network {
            Network::Public if api.central_regions.contains(&region) => format!("{name}.aliyuncs.com"),
            Network::Public => format!("{name}.{region}.aliyuncs.com"),
            Network::Vpc => format!("{name}-vpc.{region}.aliyuncs.com"),
        };
        Self { scheme: "https".to_owned(), host }
    }

    /// A bare host (`localhost:8080`, asked over HTTPS) or a URL (`http://127.0.0.1:8080`).
    pub(crate) fn parse(text: &str) -> Result<Self, ParseAddressError> {
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&whole)
            .map_err(|error| ParseAddressError::Parse { text: text.to_owned(), complaint: error.to_string() })?;
        let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        let plain = bare && url.query().is_none() && url.fragment().is_none() && url.has_host();
        if !plain || !matches!(url.scheme(), "http" | "https") {
            let shown = url[..Position::BeforeUsername].to_owned() + &url[Position::BeforeHost..Position::BeforePath];
            return Err(ParseAddressError::Extra { text: shown });
        }
        Ok(Self { scheme: url.scheme().to_owned(), host: url[Position::BeforeHost..Position::BeforePath].to_owned() })
    }

    /// The `Host` header: with the port, unless it is the scheme's own.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The URI of a call.
    pub(crate) fn uri(&self, query: &str) -> Result<Uri, http::uri::InvalidUri> {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}://{}/{mark}{query}", self.scheme, self.host).parse()
    }
}
