//! Who may connect to a service.

use cloud_core::lenient::{count, list, text};
use cloud_core::{List, Page};
use serde::{Deserialize, Serialize};

use super::Acknowledged;
use crate::request::request;

/// The parameters of `AddUserToVpcEndpointService`. Give one of the two; both must name the same account.
///
/// The owner's own account is on the list from the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddUserToVpcEndpointServiceRequest {
    /// The service; it must be `Active`.
    pub service_id: String,
    /// An account id: a whole number of up to 19 digits.
    pub user_id: Option<String>,
    /// An ARN, `acs:ram:*:<account>:*`; `acs:ram:*:*:*` is everybody.
    #[serde(rename = "UserARN")]
    pub user_arn: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(AddUserToVpcEndpointServiceRequest => AddUserToVpcEndpointService, Acknowledged);

/// The parameters of `RemoveUserFromVpcEndpointService`. Give one of the two; both must name the same account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveUserFromVpcEndpointServiceRequest {
    /// The service; it must be `Active`.
    pub service_id: String,
    /// An account id: a whole number of up to 19 digits.
    pub user_id: Option<String>,
    /// An ARN, as it was added.
    #[serde(rename = "UserARN")]
    pub user_arn: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(RemoveUserFromVpcEndpointServiceRequest => RemoveUserFromVpcEndpointService, Acknowledged);

/// Which of the two spellings of the list is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum UserListType {
    /// Account ids, the provider's default.
    #[default]
    Users,
    /// ARNs.
    #[serde(rename = "UserARNs")]
    UserArns,
}

/// The parameters of `ListVpcEndpointServiceUsers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointServiceUsersRequest {
    /// The service.
    pub service_id: String,
    /// Exactly this account.
    pub user_id: Option<String>,
    /// Which spelling is asked for; entries of the other one are passed over. The reference does not say whether these are two
    /// spellings of one list or two lists: whoever must know everybody asks for both.
    pub user_list_type: UserListType,
}

request!(ListVpcEndpointServiceUsersRequest => ListVpcEndpointServiceUsers, ListVpcEndpointServiceUsersResponse);

impl List for ListVpcEndpointServiceUsersRequest {
    type Item = ServiceUser;
    const MAX_RESULTS: Option<u32> = Some(50);

    fn page(&self, answer: Self::Answer) -> Page<Self::Item> {
        let items = match self.user_list_type {
            UserListType::Users => answer.users,
            UserListType::UserArns => answer.user_arns,
        };
        Page { items, next_token: answer.next_token, total_count: answer.total_count }
    }

    fn identity(item: &Self::Item) -> Option<String> {
        item.user_arn.clone().or_else(|| item.user_id.clone())
    }
}

/// One page of `ListVpcEndpointServiceUsers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ListVpcEndpointServiceUsersResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// How many entries the page may hold.
    #[serde(deserialize_with = "count")]
    pub max_results: Option<u64>,
    /// Where the next page begins.
    #[serde(deserialize_with = "text")]
    pub next_token: Option<String>,
    /// How many entries there are on all pages, of the spelling asked for or of both: the reference does not say. Comes as a text.
    #[serde(deserialize_with = "count")]
    pub total_count: Option<u64>,
    /// Entries by account id.
    #[serde(deserialize_with = "list")]
    pub users: Vec<ServiceUser>,
    /// Entries by ARN.
    #[serde(rename = "UserARNs", deserialize_with = "list")]
    pub user_arns: Vec<ServiceUser>,
}

/// Somebody who may connect, in one of two spellings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceUser {
    /// An account id; comes as a number.
    #[serde(deserialize_with = "text")]
    pub user_id: Option<String>,
    /// An ARN.
    #[serde(rename = "UserARN", deserialize_with = "text")]
    pub user_arn: Option<String>,
}
