//! Whatever comes: nothing panics, nothing gets lost, no secret gets out.
//!
//! Each property is tried with 256 cases, or with as many as `PROPTEST_CASES` says.

mod credentials;
mod lists;
mod wire;

use std::cell::LazyCell;

use proptest::prelude::*;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: LazyCell<Runtime> =
        LazyCell::new(|| Builder::new_current_thread().enable_time().start_paused(true).build().unwrap());
}

/// Runs a future on virtual time.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// What a secret may look like; no real one is shorter.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9]{30}", "[A-Za-z0-9+/=]{12,60}", "[!-~]{12,40}"]
}

/// Any JSON, of moderate size.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let object = prop::collection::btree_map("[A-Za-z]{0,8}", inner.clone(), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
