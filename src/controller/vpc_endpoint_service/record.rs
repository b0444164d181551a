//! The create record: what an object carries, before the first Create, of what is about to be created and where.
//!
//! It is an annotation, so it can be edited and copied: a record of another UID is ignored, and it never holds the request itself,
//! only its hash.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::mutant::Mutant;

/// The value of the annotation `privatelink.alibabacloud.com/create-record`, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateRecord {
    pub uid: String,
    /// 0 for the first service made for the object, then 1, …
    pub incarnation: u32,
    pub region: String,
    pub account: String,
    /// SHA-256 of the canonical create request, in hex.
    pub hash: String,
    /// When the record was written, by the operator's clock.
    pub time: Timestamp,
}

impl CreateRecord {
    /// The token of the one Create that this record stands for. At most 64 ASCII characters, as the provider allows.
    pub fn client_token(&self) -> String {
        match self.incarnation {
            _ if Mutant::TokenOfDeletedReused.is_on() => self.uid.clone(),
            0 => self.uid.clone(),
            n => format!("{}-{n}", self.uid),
        }
    }
}
