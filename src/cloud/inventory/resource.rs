//! What the inventory must know of a resource of the cloud to keep an inventory of it.
//!
//! The inventory knows lists, moments, tags, pending writes and who waits for what. A resource says what its lists and reads are called, what
//! they show of a field, and what a write leaves known.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;

use super::observed::{Observation, Proof};
use super::reads::Reads;

/// A resource of which an inventory can be kept. Implemented by a type without data.
pub trait Resource: Copy + Debug + Default + Eq + Hash + Send + Sync + 'static {
    /// One of them as it is known: what a list shows, with the pending writes overlaid.
    type View: Clone + Debug + Eq + Hash + Send + Sync;
    /// The state that the provider says it is in.
    type Status: Clone + Debug + Eq + Hash + Send + Sync;
    /// What can be written on its own and what lists can lag behind.
    type Field: Clone + Debug + Ord + Hash + Send + Sync;
    type Value: Clone + Debug + Eq + Hash + Send + Sync;
    /// A write to one that exists.
    type Write: Debug + Send + Sync;
    /// What a creation made.
    type Created: Debug + Send + Sync;
    /// What only reads of the one show.
    type Details: Clone + Debug + Eq + Hash + Send + Sync;
    /// Which of the details a spec manages.
    type Managed: Copy + Debug + Default + Eq + Hash + Send + Sync;
    /// The dependents: what refers to it, from a list of its own that is made on request only.
    type Dependent: Clone + Debug + Eq + Hash + Send + Sync;
    /// What is handed out of all that.
    type Observed;
    /// What can read it.
    type Reader: Clone + Debug + Send + Sync;

    /// What they are called in metrics.
    const NAME: &'static str;
    /// What the things that hang on them are called in metrics.
    const DEPENDENTS_NAME: &'static str;
    /// The operation that creates one.
    const CREATE: ApiOperation;
    /// The operation that lists them.
    const LIST: ApiOperation;
    /// The operation that lists the dependents.
    const LIST_DEPENDENTS: ApiOperation;
    /// The operations that the details are read by.
    const READ_DETAILS: &'static [ApiOperation];

    /// Hands out what is known for one object.
    fn observed(observation: Observation<Self>) -> Self::Observed;

    fn id(view: &Self::View) -> &str;
    fn tags(view: &Self::View) -> &BTreeMap<String, String>;
    /// `None`: the provider gave no time.
    fn created_at(view: &Self::View) -> Option<Timestamp>;
    fn status(view: &Self::View) -> &Self::Status;
    fn phase(status: &Self::Status) -> Phase;
    /// The status of one that is being deleted.
    fn deleting() -> Self::Status;
    fn set_status(view: &mut Self::View, status: Self::Status);
    fn set_proof(view: &mut Self::View, proof: Proof);
    /// The value of this field is a pending write's.
    fn set_unseen(view: &mut Self::View, field: Self::Field);
    /// A pending write keeps it in a state that passes.
    fn set_settling(view: &mut Self::View, is_settling: bool);

    /// The operation that a write was made by.
    fn operation(write: &Self::Write) -> ApiOperation;
    /// The fields that a write leaves known.
    fn values(write: &Self::Write) -> Vec<(Self::Field, Self::Value)>;
    /// The fields of the details that a creation leaves known: for the rest the new resource itself is remembered.
    fn created_values(created: &Self::Created) -> Vec<(Self::Field, Self::Value)>;
    /// What a creation made, as it is known of the answer, and its details.
    fn into_view(created: Self::Created, account: &str, now: Timestamp) -> (Self::View, Self::Details);
    fn aftermath(write: &Self::Write) -> Aftermath;

    /// The value as a plan names it: empty for what is absent.
    fn text(field: &Self::Field, value: &Self::Value) -> String;
    /// Shown by reads of the one only, never by a list.
    fn is_detail(field: &Self::Field) -> bool;
    /// Shown by the list of the dependents only.
    fn is_of_dependents(_field: &Self::Field) -> bool {
        false
    }
    /// Written by an update, which leaves the resource in a state that passes until a list shows the write.
    fn is_updated_in_place(field: &Self::Field) -> bool;
    /// What a list's entry says of a field; `None`: nothing.
    fn shown(view: &Self::View, field: &Self::Field) -> Option<Self::Value>;
    /// Overlays a pending write on a list's entry.
    fn overlay(view: &mut Self::View, field: &Self::Field, value: &Self::Value);
    /// What a read of details says of a field; `None`: nothing.
    fn shown_details(details: &Self::Details, field: &Self::Field) -> Option<Self::Value>;
    /// Whether a read of details agrees with a written value.
    fn details_agree(details: &Self::Details, field: &Self::Field, value: &Self::Value) -> bool;
    /// Overlays a pending write on a read of details.
    fn overlay_details(details: &mut Self::Details, field: &Self::Field, value: &Self::Value);

    /// What the dependents of one say of a field; `None`: nothing, or what it is about is not among them.
    fn shown_dependents(_dependents: &[Self::Dependent], _field: &Self::Field) -> Option<Self::Value> {
        None
    }
    /// Whether the dependents of one agree with a written value.
    fn dependents_agree(_dependents: &[Self::Dependent], _field: &Self::Field, _value: &Self::Value) -> bool {
        true
    }
    /// Overlays a pending write on the dependents of one.
    fn overlay_dependents(_dependents: &mut [Self::Dependent], _field: &Self::Field, _value: &Self::Value) {}
    /// It is in a state that passes by itself, soon.
    fn is_dependent_moving(_dependent: &Self::Dependent) -> bool {
        false
    }
    /// Takes over from the list before what only the succession of lists shows: since when each is as it is.
    fn follow_dependents(_before: &[Self::Dependent], _now: &mut [Self::Dependent], _as_of: Timestamp) {}
    /// The dependents are managed, so a list of them is made each period.
    fn manages_dependents(_managed: Self::Managed) -> bool {
        false
    }

    /// When the read of the details began.
    fn details_as_of(details: &Self::Details) -> Timestamp;
    /// They may have changed since: before anything is written by them, they are read again.
    fn outdate_details(_details: &mut Self::Details) {}
    /// They show the same, whenever they were read.
    fn details_equal(one: &Self::Details, other: &Self::Details) -> bool;
    /// There is something managed that only reads of the one show.
    fn manages_details(managed: Self::Managed) -> bool;

    /// States in an entry that this version does not know, each with its field.
    fn unknown_states(view: &Self::View) -> Vec<(&'static str, &str)>;
    /// The same for the dependents.
    fn unknown_states_of_dependent(dependent: &Self::Dependent) -> Vec<(&'static str, &str)>;

    /// All that carry the tag of the cluster, from every page.
    fn list(reader: &Self::Reader, cluster: &str) -> impl Future<Output = Result<Vec<Self::View>, Error>> + Send;
    /// The dependents of all of them, by id.
    fn list_dependents(
        reader: &Self::Reader,
    ) -> impl Future<Output = Result<BTreeMap<String, Vec<Self::Dependent>>, Error>> + Send;
    /// The one with this id, as the list shows it; `None`: it does not.
    fn list_one(reads: Reads<'_, Self>, id: &str) -> impl Future<Output = Result<Option<Self::View>, Error>> + Send;
    /// Its status, by the read that does not lag; `None`: there is no such resource.
    fn read_status(
        reads: Reads<'_, Self>,
        id: &str,
    ) -> impl Future<Output = Result<Option<Self::Status>, Error>> + Send;
    /// Its details as they are now, those that are managed at least.
    fn read_details(
        reads: Reads<'_, Self>,
        id: &str,
        managed: Self::Managed,
    ) -> impl Future<Output = Result<Self::Details, Error>> + Send;
}

/// What a status says of what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It stays as it is.
    Active,
    /// It will be Active.
    Passing,
    /// It is being deleted.
    Deleting,
    /// A state that nobody knows.
    Unknown,
}

/// What a write does to the state of the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// Nothing.
    None,
    /// It goes.
    Deleted,
    /// It passes through another state, which a list that shows the write shows ended.
    Updating,
    /// It passes through another state, which only the read of its status can show ended.
    Settling,
}
