//! The create record: what an object carries, before the first Create, of what is about to be created and where.
//!
//! It is an annotation, so it can be edited and copied: a record of another UID is ignored, and it never holds the request itself,
//! only its hash.

use jiff::Timestamp;
use kube::Resource;
use serde::{Deserialize, Serialize};

use crate::names::CREATE_RECORD_ANNOTATION;

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
    /// When the record was written, by the operator's clock: no Create under it is older. Stays when the record is taken over.
    pub time: Timestamp,
    /// The process that may send the Create. Records of earlier versions name none, so they are somebody else's.
    #[serde(default)]
    pub owner: String,
    /// When the owner took the record over from another process; `None`: the owner wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_over: Option<Timestamp>,
    /// The service that the status named when this record took the place of another object's: object and status were copied or restored, and the
    /// service is not this object's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_ours: Option<String>,
}

impl CreateRecord {
    /// The record that the object carries, whosever it is. One that cannot be read was edited by hand and counts as none.
    pub fn of(object: &impl Resource) -> Option<Self> {
        serde_json::from_str(object.meta().annotations.as_ref()?.get(CREATE_RECORD_ANNOTATION)?).ok()
    }

    /// The same, if it is this object's own: one of another UID was copied or restored with it.
    pub fn own(object: &impl Resource) -> Option<Self> {
        Self::of(object).filter(|record| Some(&record.uid) == object.meta().uid.as_ref())
    }

    /// The token of the one Create that this record stands for. At most 64 ASCII characters, as the provider allows.
    pub fn client_token(&self) -> String {
        match self.incarnation {
            0 => self.uid.clone(),
            n => format!("{}-{n}", self.uid),
        }
    }
}
