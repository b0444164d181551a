//! Whether the account has activated `PrivateLink`.

use cloud_core::lenient::{flag, text};
use serde::{Deserialize, Serialize};

use crate::request::request;

/// The parameters of `CheckProductOpen`: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CheckProductOpenRequest {}

request!(CheckProductOpenRequest => CheckProductOpen, CheckProductOpenResponse);

/// The answer of `CheckProductOpen`. An account that has not activated it gets the error `NeedOpenProduct` instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct CheckProductOpenResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// Whether it is activated; only `true` is documented.
    #[serde(deserialize_with = "flag")]
    pub success: Option<bool>,
}

/// The parameters of `OpenPrivateLinkService`, which accepts a commercial order for the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenPrivateLinkServiceRequest {
    /// An account id, a whole number of up to 19 digits. The caller's own without it.
    pub owner_id: Option<String>,
}

request!(OpenPrivateLinkServiceRequest => OpenPrivateLinkService, OpenPrivateLinkServiceResponse);

/// The answer of `OpenPrivateLinkService`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct OpenPrivateLinkServiceResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// The order.
    #[serde(deserialize_with = "text")]
    pub order_id: Option<String>,
}
