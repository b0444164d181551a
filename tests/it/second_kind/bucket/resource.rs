//! What the inventory must know of buckets: see [`Resource`].

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;
use privatelink_operator::cloud::inventory::Reads;
use privatelink_operator::cloud::inventory::observed::{Observation, Proof};
use privatelink_operator::cloud::inventory::resource::{Aftermath, Phase, Resource};

use crate::second_kind::cloud::{self, Cloud, CloudBucket};

/// Buckets, as a resource of which an inventory is kept. Nothing hangs on them, and a list shows all there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct CloudBuckets;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    Active,
    Deleting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    Size,
}

/// A write to a bucket that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Write {
    Resize(i64),
    Delete,
}

impl Write {
    pub(super) const fn operation(self) -> ApiOperation {
        match self {
            Self::Resize(_) => cloud::RESIZE,
            Self::Delete => cloud::DELETE,
        }
    }
}

impl Resource for CloudBuckets {
    type View = CloudBucket;
    type Status = Status;
    type Field = Field;
    type Value = i64;
    type Write = Write;
    type Created = CloudBucket;
    /// There are none: when they were looked for.
    type Details = Timestamp;
    type Managed = ();
    type Dependent = ();
    type Observed = Observation<Self>;
    type Reader = Arc<Cloud>;

    const NAME: &'static str = "buckets";
    const DEPENDENTS_NAME: &'static str = "objects";
    const CREATE: ApiOperation = cloud::CREATE;
    const LIST: ApiOperation = cloud::LIST;
    const LIST_DEPENDENTS: ApiOperation = cloud::LIST;
    const READ_DETAILS: &'static [ApiOperation] = &[];

    fn observed(observation: Observation<Self>) -> Observation<Self> {
        observation
    }

    fn id(view: &CloudBucket) -> &str {
        &view.id
    }

    fn tags(view: &CloudBucket) -> &BTreeMap<String, String> {
        &view.tags
    }

    fn created_at(_: &CloudBucket) -> Option<Timestamp> {
        None
    }

    fn status(view: &CloudBucket) -> &Status {
        if view.is_deleting { &Status::Deleting } else { &Status::Active }
    }

    fn phase(status: &Status) -> Phase {
        match status {
            Status::Active => Phase::Active,
            Status::Deleting => Phase::Deleting,
        }
    }

    fn deleting() -> Status {
        Status::Deleting
    }

    fn set_status(view: &mut CloudBucket, status: Status) {
        view.is_deleting = status == Status::Deleting;
    }

    fn set_proof(_: &mut CloudBucket, _: Proof) {}

    fn set_unseen(_: &mut CloudBucket, _: Field) {}

    fn set_settling(_: &mut CloudBucket, _: bool) {}

    fn operation(write: &Write) -> ApiOperation {
        write.operation()
    }

    fn values(write: &Write) -> Vec<(Field, i64)> {
        match write {
            Write::Resize(size) => vec![(Field::Size, *size)],
            Write::Delete => Vec::new(),
        }
    }

    fn created_values(_: &CloudBucket) -> Vec<(Field, i64)> {
        Vec::new()
    }

    fn into_view(created: CloudBucket, _: &str, now: Timestamp) -> (CloudBucket, Timestamp) {
        (created, now)
    }

    fn aftermath(write: &Write) -> Aftermath {
        match write {
            Write::Resize(_) => Aftermath::None,
            Write::Delete => Aftermath::Deleted,
        }
    }

    fn text(Field::Size: &Field, value: &i64) -> String {
        value.to_string()
    }

    fn is_detail(_: &Field) -> bool {
        false
    }

    fn is_updated_in_place(_: &Field) -> bool {
        false
    }

    fn shown(view: &CloudBucket, Field::Size: &Field) -> Option<i64> {
        Some(view.size)
    }

    fn overlay(view: &mut CloudBucket, Field::Size: &Field, value: &i64) {
        view.size = *value;
    }

    fn shown_details(_: &Timestamp, _: &Field) -> Option<i64> {
        None
    }

    fn details_agree(_: &Timestamp, _: &Field, _: &i64) -> bool {
        true
    }

    fn overlay_details(_: &mut Timestamp, _: &Field, _: &i64) {}

    fn details_as_of(details: &Timestamp) -> Timestamp {
        *details
    }

    fn details_equal(_: &Timestamp, _: &Timestamp) -> bool {
        true
    }

    fn manages_details((): ()) -> bool {
        false
    }

    fn unknown_states(_: &CloudBucket) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    fn unknown_states_of_dependent((): &()) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    async fn list(reader: &Arc<Cloud>, _: &str) -> Result<Vec<CloudBucket>, Error> {
        reader.list()
    }

    async fn list_dependents(_: &Arc<Cloud>) -> Result<BTreeMap<String, Vec<()>>, Error> {
        Ok(BTreeMap::new())
    }

    async fn list_one(reads: Reads<'_, Self>, id: &str) -> Result<Option<CloudBucket>, Error> {
        let listed = reads.guarded(cloud::LIST, async { reads.reader().list() }).await?;
        Ok(listed.into_iter().find(|bucket| bucket.id == id))
    }

    async fn read_status(reads: Reads<'_, Self>, id: &str) -> Result<Option<Status>, Error> {
        let bucket = reads.guarded(cloud::GET, async { reads.reader().get(id) }).await?;
        Ok(bucket.map(|bucket| *Self::status(&bucket)))
    }

    async fn read_details(reads: Reads<'_, Self>, _: &str, (): ()) -> Result<Timestamp, Error> {
        Ok(reads.now())
    }
}
