//! How to add an operation: a struct whose fields are its parameters, and one line that names operation and answer.
//!
//! ```text
//! /// The parameters of `CheckProductOpen`.
//! #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
//! #[serde(rename_all = "PascalCase")]
//! pub struct CheckProductOpenRequest {}
//!
//! request!(CheckProductOpenRequest => CheckProductOpen, CheckProductOpenResponse);
//! ```
//!
//! A list says what its pages hold and how large they may be, and what tells an entry from all others:
//!
//! ```text
//! list!(
//!     ListVpcEndpointsRequest => ListVpcEndpoints, ListVpcEndpointsResponse {
//!         /// The endpoints.
//!         endpoints: Endpoint
//!     },
//!     1000,
//!     |item| item.endpoint_id.clone()
//! );
//! ```
//!
//! Then the method goes into `reader.rs` or `writer.rs`, three lines. What the operation is (rate, order, placement) stands in the table of
//! `operation.rs`.

macro_rules! request {
    ($request:ty => $operation:ident, $answer:ty) => {
        impl cloud_core::Request for $request {
            const OPERATION: cloud_core::ApiOperation = $crate::operation::Operation::$operation.api_operation();
            type Answer = $answer;
        }
    };
}

/// A list whose answers say how many entries there are on all pages: its answer, how many entries a page may hold, and what tells an entry from
/// all others. The others (load balancers, users, tags) are written out beside their requests.
macro_rules! list {
    ($request:ty => $operation:ident, $response:ident { $(#[$doc:meta])* $items:ident: $item:ty }, $most:literal, |$entry:ident| $identity:expr) => {
        $crate::request::request!($request => $operation, $response);

        #[doc = concat!("One page of `", stringify!($operation), "`.")]
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
        #[serde(default, rename_all = "PascalCase")]
        pub struct $response {
            /// The provider's id of the request.
            #[serde(deserialize_with = "cloud_core::lenient::text")]
            pub request_id: Option<String>,
            /// How many entries the page may hold.
            #[serde(deserialize_with = "cloud_core::lenient::count")]
            pub max_results: Option<u64>,
            /// Where the next page begins.
            #[serde(deserialize_with = "cloud_core::lenient::text")]
            pub next_token: Option<String>,
            /// How many entries there are on all pages; comes as a number or as a text.
            #[serde(deserialize_with = "cloud_core::lenient::count")]
            pub total_count: Option<u64>,
            $(#[$doc])*
            #[serde(deserialize_with = "cloud_core::lenient::list")]
            pub $items: Vec<$item>,
        }

        impl cloud_core::List for $request {
            type Item = $item;
            const MAX_RESULTS: Option<u32> = Some($most);

            fn page(&self, answer: $response) -> cloud_core::Page<$item> {
                cloud_core::Page { items: answer.$items, next_token: answer.next_token, total_count: answer.total_count }
            }

            fn identity($entry: &$item) -> Option<String> {
                $identity
            }
        }
    };
}

pub(crate) use {list, request};
