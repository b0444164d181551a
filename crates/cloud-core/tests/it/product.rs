//! A product made up for tests: an API of things, with one operation of each kind.

use cloud_core::lenient::{count, list, text};
use cloud_core::{
    Api, ApiOperation, CodeEntry, Concurrency, Effect, ErrorCodes, ErrorKind, List, Page, Placement, Rate, Request,
};
use serde::{Deserialize, Serialize};

pub(crate) static API: Api = Api {
    name: "Things",
    version: "2020-04-15",
    host: "things",
    central_regions: &["cn-central"],
    action_prefix: "things",
    codes: ErrorCodes {
        in_operation: &[("ThingNotFound", &["DeleteThing"], CodeEntry::of(ErrorKind::AlreadyDone))],
        exact: &[
            ("ThingNotFound", CodeEntry::of(ErrorKind::DependencyMissing)),
            ("ThingOperationDenied", CodeEntry::refusal(ErrorKind::Busy)),
            ("NeedOpenProduct", CodeEntry::of(ErrorKind::Account)),
            ("QuotaMisMatched", CodeEntry::of(ErrorKind::Quota)),
            ("SystemError", CodeEntry::of(ErrorKind::Transient)),
        ],
        templates: &[("MissingParam.", CodeEntry::of(ErrorKind::Spec))],
        prefixes: &[],
    },
};

const fn operation(name: &'static str, effect: Effect) -> ApiOperation {
    ApiOperation {
        api: &API,
        name,
        effect,
        placement: Placement::Query,
        rate: Rate::per_minute(1000),
        concurrency: Concurrency::Unbounded,
        needs_region: true,
        has_client_token: matches!(effect, Effect::Writes),
    }
}

macro_rules! request {
    ($request:ty => $operation:expr, $answer:ty) => {
        impl Request for $request {
            const OPERATION: ApiOperation = $operation;
            type Answer = $answer;
        }
    };
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetThing {
    pub(crate) thing_id: String,
}

request!(GetThing => operation("GetThing", Effect::Reads), Thing);

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Thing {
    #[serde(deserialize_with = "text")]
    pub(crate) thing_id: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(crate) parts: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateThing {
    pub(crate) client_token: Option<String>,
}

request!(CreateThing => operation("CreateThing", Effect::Writes), Thing);

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteThing {
    pub(crate) thing_id: String,
}

request!(DeleteThing => operation("DeleteThing", Effect::Writes), Done);

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Done {
    #[serde(deserialize_with = "text")]
    pub(crate) request_id: Option<String>,
}

/// Takes its parameters in a form.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagThings {
    #[serde(rename = "ThingId")]
    pub(crate) thing_ids: Vec<String>,
    #[serde(rename = "Tag")]
    pub(crate) tags: Vec<Tag>,
    pub(crate) client_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

request!(TagThings => ApiOperation { placement: Placement::Form, ..operation("TagThings", Effect::Writes) }, Done);

/// A change that has neither a region nor a token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MoveThing {
    pub(crate) thing_id: String,
}

request!(MoveThing => ApiOperation {
    needs_region: false, has_client_token: false, ..operation("MoveThing", Effect::Writes)
}, Done);

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListThings {
    pub(crate) thing_name: Option<String>,
}

request!(ListThings => operation("ListThings", Effect::Reads), Things);

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Things {
    #[serde(rename = "Things", deserialize_with = "list")]
    items: Vec<Thing>,
    #[serde(deserialize_with = "text")]
    next_token: Option<String>,
    #[serde(deserialize_with = "count")]
    total_count: Option<u64>,
}

impl List for ListThings {
    type Item = Thing;
    const MAX_RESULTS: Option<u32> = Some(1000);

    fn page(&self, answer: Self::Answer) -> Page<Self::Item> {
        Page { items: answer.items, next_token: answer.next_token, total_count: answer.total_count }
    }

    fn identity(item: &Self::Item) -> Option<String> {
        item.thing_id.clone()
    }
}
