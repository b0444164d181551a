//! A product of another kind, in memory: its operations, and buckets of some size, each with the tags that it was created with.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use cloud_core::test_support::{not_sent, refused};
use cloud_core::{Api, ApiOperation, CodeEntry, Concurrency, Effect, Error, ErrorCodes, ErrorKind, Placement, Rate};
use tokio::time::{Instant, sleep};

pub(crate) static API: Api = Api {
    name: "Buckets",
    version: "2026-01-01",
    host: "buckets",
    central_regions: &[],
    action_prefix: "buckets",
    codes: ErrorCodes { exact: &[(TOO_LARGE, CodeEntry::refusal(ErrorKind::Spec))], ..ErrorCodes::NONE },
};

pub(crate) const CREATE: ApiOperation = operation("CreateBucket", Effect::Writes, Concurrency::Unbounded);
pub(crate) const RESIZE: ApiOperation = operation("ResizeBucket", Effect::Writes, Concurrency::OnePerAccount);
pub(crate) const DELETE: ApiOperation = operation("DeleteBucket", Effect::Writes, Concurrency::OnePerResource);
pub(crate) const LIST: ApiOperation = operation("ListBuckets", Effect::Reads, Concurrency::Unbounded);
pub(crate) const GET: ApiOperation = operation("GetBucket", Effect::Reads, Concurrency::Unbounded);

/// The code of a refused size.
const TOO_LARGE: &str = "BucketTooLarge";

/// The largest size.
const MOST: i64 = 100;

/// How long a write takes.
const CALL: Duration = Duration::from_millis(30);

/// Which calls find no connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Outage {
    #[default]
    Nothing,
    Writes,
    Everything,
}

/// A bucket as the product's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CloudBucket {
    pub(crate) id: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) size: i64,
    pub(crate) is_deleting: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Cloud(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    buckets: BTreeMap<String, CloudBucket>,
    created: usize,
    /// The writes that were accepted, and when each began.
    writes: Vec<(ApiOperation, Instant)>,
    refusals: usize,
    resizing: usize,
    most_resizing: usize,
    outage: Outage,
    panics: bool,
}

const fn operation(name: &'static str, effect: Effect, concurrency: Concurrency) -> ApiOperation {
    ApiOperation {
        api: &API,
        name,
        effect,
        placement: Placement::Query,
        rate: Rate::per_second(100),
        concurrency,
        needs_region: true,
        has_client_token: matches!(effect, Effect::Writes),
    }
}

impl Cloud {
    pub(super) fn list(&self) -> Result<Vec<CloudBucket>, Error> {
        Ok(self.reachable(LIST)?.buckets.values().cloned().collect())
    }

    pub(super) fn get(&self, id: &str) -> Result<Option<CloudBucket>, Error> {
        Ok(self.reachable(GET)?.buckets.get(id).cloned())
    }

    pub(super) async fn create(&self, tags: BTreeMap<String, String>, size: i64) -> Result<CloudBucket, Error> {
        let began = self.begin(CREATE, size)?;
        sleep(CALL).await;
        let mut state = self.state();
        state.created += 1;
        let id = format!("bucket-{}", state.created);
        let bucket = CloudBucket { id: id.clone(), tags, size, is_deleting: false };
        state.buckets.insert(id, bucket.clone());
        state.writes.push((CREATE, began));
        Ok(bucket)
    }

    pub(super) async fn resize(&self, id: &str, size: i64) -> Result<(), Error> {
        let began = self.begin(RESIZE, size)?;
        self.resizing(1);
        sleep(CALL).await;
        self.resizing(-1);
        let mut state = self.state();
        state.writes.push((RESIZE, began));
        state.buckets.get_mut(id).unwrap().size = size;
        Ok(())
    }

    pub(super) async fn delete(&self, id: &str) -> Result<(), Error> {
        let began = self.begin(DELETE, 0)?;
        sleep(CALL).await;
        let mut state = self.state();
        state.writes.push((DELETE, began));
        state.buckets.remove(id);
        Ok(())
    }

    fn begin(&self, operation: ApiOperation, size: i64) -> Result<Instant, Error> {
        let mut state = self.state();
        if std::mem::take(&mut state.panics) {
            drop(state);
            std::panic::resume_unwind(Box::new("planned"));
        }
        if state.outage != Outage::Nothing {
            return Err(not_sent(operation));
        }
        if size > MOST {
            state.refusals += 1;
            return Err(refused(operation, TOO_LARGE));
        }
        Ok(Instant::now())
    }

    fn reachable(&self, operation: ApiOperation) -> Result<MutexGuard<'_, State>, Error> {
        let state = self.state();
        if state.outage == Outage::Everything { Err(not_sent(operation)) } else { Ok(state) }
    }

    fn resizing(&self, change: isize) {
        let mut state = self.state();
        state.resizing = state.resizing.checked_add_signed(change).unwrap();
        state.most_resizing = state.most_resizing.max(state.resizing);
    }

    /// From now on these calls find no connection.
    pub(super) fn break_off(&self, outage: Outage) {
        self.state().outage = outage;
    }

    /// The next write panics.
    pub(super) fn panic_once(&self) {
        self.state().panics = true;
    }

    /// Somebody else gives all buckets another size.
    pub(super) fn change_sizes(&self, size: i64) {
        self.state().buckets.values_mut().for_each(|bucket| bucket.size = size);
    }

    pub(super) fn sizes(&self) -> Vec<i64> {
        self.state().buckets.values().map(|bucket| bucket.size).collect()
    }

    /// The operations of the accepted writes.
    pub(super) fn writes(&self) -> Vec<&'static str> {
        self.state().writes.iter().map(|(operation, _)| operation.name).collect()
    }

    /// When each accepted call of an operation began.
    pub(super) fn began(&self, operation: ApiOperation) -> Vec<Instant> {
        self.state().writes.iter().filter(|(other, _)| *other == operation).map(|(_, began)| *began).collect()
    }

    /// How many writes were refused for their size.
    pub(super) fn refusals(&self) -> usize {
        self.state().refusals
    }

    /// How many buckets were resized at the same time at most.
    pub(super) fn most_resizing(&self) -> usize {
        self.state().most_resizing
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}
