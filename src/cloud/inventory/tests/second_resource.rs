//! An inventory of another resource, of two fields and one detail, in a cloud that is a map: lists, refresh requests, pending writes overlaid,
//! details read again. Nothing of it is known to the inventory beyond what [`Resource`] says.

use std::collections::BTreeSet;
use std::sync::Mutex;

use cloud_core::{Api, ApiOperation, Concurrency, Effect, Error, ErrorCodes, Placement, Rate};

use super::{Arc, BTreeMap, Duration, ObjectId, Requeuer, Target, Timestamp, Timing, UnboundedReceiver, sleep};
use super::{Config, REGION, Simulator, id, owner};
use crate::cloud::inventory::observed::{DetailsView, Observation, Ownership, Proof};
use crate::cloud::inventory::resource::{Aftermath, Phase, Resource};
use crate::cloud::inventory::{DetailsQuery, Inventory, Query, Reads, Setup};

/// Shelves: with a label and a width, and the books that stand on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Shelves;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shelf {
    id: String,
    tags: BTreeMap<String, String>,
    label: String,
    width: i32,
    is_usable: bool,
    proof: Proof,
    unseen: BTreeSet<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Books {
    as_of: Timestamp,
    titles: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Field {
    Label,
    Width,
    Book(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Value {
    Text(String),
    Number(i32),
    Present,
    Absent,
}

#[derive(Debug)]
enum Write {
    Label(String),
    Width(i32),
    Put(String),
}

#[derive(Debug, Default)]
struct Cloud {
    shelves: BTreeMap<String, Shelf>,
    books: BTreeMap<String, BTreeSet<String>>,
    lists: usize,
    details: usize,
}

type Shared = Arc<Mutex<Cloud>>;

static API: Api = Api {
    name: "Library",
    version: "2026-01-01",
    host: "library",
    central_regions: &[],
    action_prefix: "library",
    codes: ErrorCodes::NONE,
};

const LIST_BOOKS: ApiOperation = operation("ListBooks", Effect::Reads);

const fn operation(name: &'static str, effect: Effect) -> ApiOperation {
    ApiOperation {
        api: &API,
        name,
        effect,
        placement: Placement::Query,
        rate: Rate::per_minute(200),
        concurrency: Concurrency::OnePerResource,
        needs_region: true,
        has_client_token: matches!(effect, Effect::Writes),
    }
}

impl Resource for Shelves {
    type View = Shelf;
    type Status = bool;
    type Field = Field;
    type Value = Value;
    type Write = Write;
    type Created = Shelf;
    type Details = Books;
    type Managed = bool;
    type Dependent = ();
    type Observed = Observation<Self>;
    type Reader = Shared;

    const NAME: &'static str = "shelves";
    const DEPENDENTS_NAME: &'static str = "";
    const CREATE: ApiOperation = operation("CreateShelf", Effect::Writes);
    const LIST: ApiOperation = operation("ListShelves", Effect::Reads);
    const LIST_DEPENDENTS: ApiOperation = operation("ListShelfDependents", Effect::Reads);
    const READ_DETAILS: &'static [ApiOperation] = &[LIST_BOOKS];

    fn observed(observation: Observation<Self>) -> Observation<Self> {
        observation
    }

    fn id(view: &Shelf) -> &str {
        &view.id
    }

    fn tags(view: &Shelf) -> &BTreeMap<String, String> {
        &view.tags
    }

    fn created_at(_: &Shelf) -> Option<Timestamp> {
        None
    }

    fn status(view: &Shelf) -> &bool {
        &view.is_usable
    }

    fn phase(status: &bool) -> Phase {
        if *status { Phase::Active } else { Phase::Deleting }
    }

    fn deleting() -> bool {
        false
    }

    fn set_status(view: &mut Shelf, status: bool) {
        view.is_usable = status;
    }

    fn set_proof(view: &mut Shelf, proof: Proof) {
        view.proof = proof;
    }

    fn set_unseen(view: &mut Shelf, field: Field) {
        view.unseen.insert(field);
    }

    fn set_settling(_: &mut Shelf, _: bool) {}

    fn operation(_: &Write) -> ApiOperation {
        operation("UpdateShelf", Effect::Writes)
    }

    fn values(write: &Write) -> Vec<(Field, Value)> {
        vec![match write {
            Write::Label(label) => (Field::Label, Value::Text(label.clone())),
            Write::Width(width) => (Field::Width, Value::Number(*width)),
            Write::Put(title) => (Field::Book(title.clone()), Value::Present),
        }]
    }

    fn created_values(_: &Shelf) -> Vec<(Field, Value)> {
        Vec::new()
    }

    fn into_view(shelf: Shelf, _: &str, now: Timestamp) -> (Shelf, Books) {
        (shelf, Books { as_of: now, titles: BTreeSet::new() })
    }

    fn aftermath(_: &Write) -> Aftermath {
        Aftermath::None
    }

    fn text(_: &Field, value: &Value) -> String {
        format!("{value:?}")
    }

    fn is_detail(field: &Field) -> bool {
        matches!(field, Field::Book(_))
    }

    fn is_updated_in_place(_: &Field) -> bool {
        false
    }

    fn shown(view: &Shelf, field: &Field) -> Option<Value> {
        match field {
            Field::Label => Some(Value::Text(view.label.clone())),
            Field::Width => Some(Value::Number(view.width)),
            Field::Book(_) => None,
        }
    }

    fn overlay(view: &mut Shelf, field: &Field, value: &Value) {
        match (field, value) {
            (Field::Label, Value::Text(label)) => view.label.clone_from(label),
            (Field::Width, Value::Number(width)) => view.width = *width,
            _ => {}
        }
    }

    fn shown_details(details: &Books, field: &Field) -> Option<Value> {
        let Field::Book(title) = field else { return None };
        Some(if details.titles.contains(title) { Value::Present } else { Value::Absent })
    }

    fn details_agree(details: &Books, field: &Field, value: &Value) -> bool {
        Self::shown_details(details, field).is_none_or(|shown| shown == *value)
    }

    fn overlay_details(details: &mut Books, field: &Field, _: &Value) {
        if let Field::Book(title) = field {
            details.titles.insert(title.clone());
        }
    }

    fn details_as_of(details: &Books) -> Timestamp {
        details.as_of
    }

    fn details_equal(one: &Books, other: &Books) -> bool {
        one.titles == other.titles
    }

    fn manages_details(managed: bool) -> bool {
        managed
    }

    fn unknown_states(_: &Shelf) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    fn unknown_states_of_dependent((): &()) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    async fn list(cloud: &Shared, _: &str) -> Result<Vec<Shelf>, Error> {
        let mut cloud = cloud.lock().unwrap();
        cloud.lists += 1;
        Ok(cloud.shelves.values().cloned().collect())
    }

    async fn list_dependents(_: &Shared) -> Result<BTreeMap<String, Vec<()>>, Error> {
        Ok(BTreeMap::new())
    }

    async fn list_one(reads: Reads<'_, Self>, id: &str) -> Result<Option<Shelf>, Error> {
        Ok(reads.reader().lock().unwrap().shelves.get(id).cloned())
    }

    async fn read_status(reads: Reads<'_, Self>, id: &str) -> Result<Option<bool>, Error> {
        Ok(reads.reader().lock().unwrap().shelves.get(id).map(|shelf| shelf.is_usable))
    }

    async fn read_details(reads: Reads<'_, Self>, id: &str, _: bool) -> Result<Books, Error> {
        let as_of = reads.now();
        let read = async {
            let mut cloud = reads.reader().lock().unwrap();
            cloud.details += 1;
            Ok(cloud.books.get(id).cloned().unwrap_or_default())
        };
        let titles = reads.guarded(LIST_BOOKS, read).await?;
        Ok(Books { as_of, titles })
    }
}

struct Room {
    cloud: Shared,
    simulator: Simulator,
    inventory: Inventory<Shelves>,
    requeued: UnboundedReceiver<ObjectId>,
}

/// The simulator gives no more than a clock here.
fn room() -> Room {
    let simulator = Simulator::new(Config::fast());
    let cloud = Shared::default();
    let (requeuer, queue) = Requeuer::channel();
    let inventory = Inventory::start(Setup {
        target: Target { account: "1001".to_owned(), region: REGION.to_owned() },
        reader: Arc::clone(&cloud),
        cluster: "prod".to_owned(),
        timing: Timing::default(),
        requeuer,
        clock: simulator.clock(),
        process: "us".to_owned(),
        process_start: simulator.now(),
    });
    Room { cloud, simulator, inventory, requeued: queue }
}

impl Room {
    fn put_shelf(&self, label: &str) {
        let one = Shelf {
            id: "shelf-1".to_owned(),
            tags: owner("web").tags(),
            label: label.to_owned(),
            width: 80,
            is_usable: true,
            proof: Proof::Listed,
            unseen: BTreeSet::new(),
        };
        self.cloud.lock().unwrap().shelves.insert(one.id.clone(), one);
    }

    fn put_book(&self, title: &str) {
        self.cloud.lock().unwrap().books.entry("shelf-1".to_owned()).or_default().insert(title.to_owned());
    }

    fn look(&self, is_detailed: bool) -> Observation<Shelves> {
        self.inventory.observed(&Query {
            id: &id("web"),
            owner: &owner("web"),
            generation: 1,
            named: None,
            adopt: None,
            record: None,
            details: DetailsQuery { managed: is_detailed, requested_at: None, refreshed_at: None },
        })
    }

    fn seen(&self) -> Option<Shelf> {
        match self.look(false).ownership {
            Ownership::Ours(one) => Some(*one),
            _ => None,
        }
    }

    fn titles(&self) -> Option<Vec<String>> {
        match self.look(true).details {
            DetailsView::Known(books) => Some(books.titles.into_iter().collect()),
            DetailsView::Unknown => None,
        }
    }

    fn remember(&self, write: &Write) {
        self.inventory.remember("shelf-1", write);
    }

    fn is_requeued(&mut self) -> bool {
        let requeued: Vec<_> = std::iter::from_fn(|| self.requeued.try_recv().ok()).collect();
        requeued.contains(&id("web"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_begins_with_the_first_object_and_a_refresh_request_is_answered_by_the_next() {
    let mut room = room();
    sleep(Duration::from_mins(5)).await;
    assert_eq!(room.cloud.lock().unwrap().lists, 0, "nobody asked for anything");
    assert_eq!(room.look(false).ownership, Ownership::NotYetListed);
    sleep(Duration::from_secs(1)).await;
    assert!(room.is_requeued(), "the first list ended");
    assert_eq!(room.seen(), None);
    room.put_shelf("novels");
    room.inventory.request_refresh(&id("web"), room.simulator.now());
    sleep(Duration::from_secs(1)).await;
    assert!(room.is_requeued(), "the request is served");
    assert_eq!(room.seen().map(|shelf| shelf.label), Some("novels".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_pending_write_is_laid_over_the_lists_until_one_shows_it() {
    let room = room();
    room.put_shelf("novels");
    room.look(false);
    sleep(Duration::from_secs(1)).await;
    room.remember(&Write::Label("poems".to_owned()));
    room.remember(&Write::Width(120));
    sleep(Duration::from_secs(20)).await;
    let shelf = room.seen().unwrap();
    assert_eq!((shelf.label.as_str(), shelf.width), ("poems", 120), "the list lags");
    assert_eq!(shelf.unseen, [Field::Label, Field::Width].into());
    room.put_shelf("poems");
    sleep(Duration::from_secs(20)).await;
    let shelf = room.seen().unwrap();
    assert_eq!((shelf.label.as_str(), shelf.width, shelf.unseen), ("poems", 120, [Field::Width].into()));
    sleep(Duration::from_mins(3)).await;
    let shelf = room.seen().unwrap();
    assert_eq!((shelf.width, shelf.unseen.is_empty()), (80, true), "what no list shows in time is not so");
}

#[tokio::test(start_paused = true)]
async fn details_are_read_on_demand_and_again_by_themselves() {
    let mut room = room();
    room.put_shelf("novels");
    room.put_book("Emma");
    assert_eq!(room.titles(), None);
    sleep(Duration::from_secs(1)).await;
    room.inventory.read_details("shelf-1", true).await.unwrap();
    assert_eq!(room.titles(), Some(vec!["Emma".to_owned()]));
    room.remember(&Write::Put("Ulysses".to_owned()));
    assert_eq!(room.titles(), Some(vec!["Emma".to_owned(), "Ulysses".to_owned()]), "the pending write is overlaid");
    room.put_book("Ulysses");
    room.put_book("Dune");
    room.is_requeued();
    sleep(Duration::from_mins(61)).await;
    assert!(room.is_requeued() && room.cloud.lock().unwrap().details >= 2, "read again within the period");
    assert_eq!(room.titles(), Some(vec!["Dune".to_owned(), "Emma".to_owned(), "Ulysses".to_owned()]));
}
