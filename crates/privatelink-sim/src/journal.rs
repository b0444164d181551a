//! Every call that came, with what became of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// 1 for the first call ever; clearing the journal does not start again.
    pub sequence: u64,
    /// When it arrived, in simulated time.
    pub time: Timestamp,
    /// HTTP method.
    pub method: String,
    /// Path of the URL.
    #[serde(default)]
    pub path: String,
    /// The operation it named, known or not.
    pub operation: String,
    /// The same as RAM action, which tells the product, once the gateway knew it: `nlb:GetLoadBalancerAttribute`.
    #[serde(default)]
    pub action: Option<String>,
    /// The account, once the gateway knew it.
    pub account: Option<String>,
    /// The region, once the gateway knew it.
    pub region: Option<String>,
    /// Its parameters, query and form merged, without those of a signature.
    pub parameters: BTreeMap<String, String>,
    /// Names of those parameters that came in the form body; the others came in the query.
    #[serde(default)]
    pub form: BTreeSet<String>,
    /// `ClientToken`.
    pub client_token: Option<String>,
    /// Id of what it is about: `ServiceId`, `EndpointId`, `ResourceId`, `LoadBalancerId`, or the id that a create gave out.
    pub object: Option<String>,
    /// Status of the answer, also when the answer got lost later; none when there is no answer at all.
    pub http_status: Option<u16>,
    /// Error code; none for a good answer.
    pub code: Option<String>,
    /// Id of the request, as in the answer.
    pub request_id: String,
    /// Whether anything changed.
    pub effect: CallEffect,
    /// The fault that struck it, by its name.
    pub fault: Option<String>,
    /// Algorithm of the signature, as `ACS3-HMAC-SHA256` or `HMAC-SHA1`; none where there is no readable one.
    #[serde(default)]
    pub signature: Option<String>,
    /// Names of the headers that were signed; an older signature signs none.
    pub signed_headers: Vec<String>,
    /// Type of the body.
    #[serde(default)]
    pub content_type: Option<String>,
    /// User agent.
    pub user_agent: Option<String>,
}

/// What a call did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEffect {
    /// Nothing changed: a read, a refusal, a dry run.
    None,
    /// The change was made.
    Applied,
    /// The answer of an earlier call with the same token was given again.
    Replayed,
}

/// Which calls one wants to see; what is none does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JournalQuery {
    /// This operation, by name or by RAM action.
    pub operation: Option<String>,
    /// This account.
    pub account: Option<String>,
    /// Calls after the one with this sequence number.
    pub since: Option<u64>,
    /// Calls about this id, or with a parameter of this value.
    pub object: Option<String>,
}

impl JournalQuery {
    fn wants(&self, call: &Call) -> bool {
        let Self { operation, account, since, object } = self;
        let about = |id: &String| call.object.as_ref() == Some(id) || call.parameters.values().any(|value| value == id);
        let is_called = |name: &String| *name == call.operation || call.action.as_ref() == Some(name);
        operation.as_ref().is_none_or(is_called)
            && account.as_ref().is_none_or(|account| call.account.as_ref() == Some(account))
            && since.is_none_or(|since| call.sequence > since)
            && object.as_ref().is_none_or(about)
    }
}

/// The calls that are kept.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    calls: VecDeque<Call>,
    last: u64,
}

impl Journal {
    /// Writes a call down under the next number; the oldest beyond `limit` go.
    pub(crate) fn write(&mut self, call: Call, limit: usize) {
        self.last += 1;
        self.calls.push_back(Call { sequence: self.last, ..call });
        while self.calls.len() > limit {
            self.calls.pop_front();
        }
    }

    pub(crate) fn read(&self, query: &JournalQuery) -> Vec<Call> {
        self.calls.iter().filter(|call| query.wants(call)).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }
}
