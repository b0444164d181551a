//! The inventory with its task against the simulator, in virtual time: what it sends, when, and whom it requeues.

mod details;
mod listing;
mod reads;
mod rest;
mod second_resource;
mod waiting;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Client, StaticCredentials};
use jiff::{SignedDuration, Timestamp};
use privatelink::{
    CreateVpcEndpointServiceRequest, Reader, Resource, Tag, UpdateVpcEndpointServiceAttributeRequest, Writer,
};
use privatelink_sim::{Config, DEFAULT_PROVIDER, JournalQuery, LoadBalancer, Simulator, Span};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::cloud::requeuer::Requeuer;
use crate::cloud::services::observed::{Observed, ServiceView};
use crate::cloud::services::{
    Attachment, AttachmentKey, Attributes, Created, DetailsQuery, Field, Inventory, InventorySetup as Setup, Managed,
    Proof, Query, Service, Write,
};
use crate::identity::{ObjectId, Owner, Target};
use crate::timing::Timing;

const REGION: &str = "cn-hangzhou";
const ZONE: &str = "cn-hangzhou-i";

const EVERYTHING: Managed = Managed { attachments: true, principals: true, connections: false };

/// A simulated cloud, an inventory of one account and region in it, and the end at which the controller would listen.
struct World {
    simulator: Simulator,
    client: Client,
    inventory: Inventory,
    requeuer: Requeuer,
    requeued: UnboundedReceiver<ObjectId>,
}

/// Services are Creating for 4 s, Pending for 1 s, Deleting for 3 s.
fn config() -> Config {
    let mut config = Config::fast();
    config.start_time = Some("2026-01-02T03:00:00Z".parse().unwrap());
    config.timers.creating = Span::millis(4_000);
    config.timers.pending = Span::millis(1_000);
    config.timers.deleting = Span::millis(3_000);
    config
}

fn world(config: Config) -> World {
    let simulator = Simulator::new(config);
    simulator.seed_load_balancer(LoadBalancer::new("nlb-1", "nlb", REGION, &[ZONE]));
    simulator.seed_load_balancer(LoadBalancer::new("nlb-2", "nlb", REGION, &[ZONE]));
    let client = client(&simulator);
    let (requeuer, queue) = Requeuer::channel();
    let inventory = Inventory::start(Setup {
        target: target(),
        reader: Reader::new(&client),
        cluster: "prod".to_owned(),
        timing: Timing::default(),
        requeuer: requeuer.clone(),
        clock: simulator.clock(),
        process: "us".to_owned(),
        process_start: simulator.now(),
    });
    World { simulator, client, inventory, requeuer, requeued: queue }
}

fn client(simulator: &Simulator) -> Client {
    let keys = StaticCredentials::key("sim-provider-key", "sim-provider-secret");
    Client::builder()
        .region(REGION)
        .credentials(Arc::new(keys.unwrap()))
        .transport(simulator.transport())
        .clock(simulator.clock())
        .build()
        .unwrap()
}

fn target() -> Target {
    Target { account: DEFAULT_PROVIDER.to_owned(), region: REGION.to_owned() }
}

/// The object `team/<name>`, with the UID `uid-<name>`.
fn id(name: &str) -> ObjectId {
    ObjectId { namespace: "team".to_owned(), name: name.to_owned(), uid: format!("uid-{name}") }
}

fn owner(name: &str) -> Owner {
    Owner { cluster: "prod".to_owned(), uid: format!("uid-{name}"), object: format!("team.{name}") }
}

impl World {
    fn now(&self) -> Timestamp {
        self.simulator.now()
    }

    fn look(&self, name: &str) -> Observed {
        self.look_named(name, None)
    }

    fn look_named(&self, name: &str, named: Option<&str>) -> Observed {
        self.inventory.observed(&Query {
            id: &id(name),
            owner: &owner(name),
            generation: 1,
            named,
            adopt: None,
            record: None,
            details: DetailsQuery::default(),
        })
    }

    /// The service that is seen as the object's.
    fn service(&self, name: &str) -> Option<Service> {
        match self.look(name).service {
            ServiceView::Ours(service) => Some(*service),
            _ => None,
        }
    }

    /// Creates a service for the object, past the inventory.
    async fn create_outside(&self, name: &str, cluster: &str) -> Service {
        let owner = Owner { cluster: cluster.to_owned(), ..owner(name) };
        let request = CreateVpcEndpointServiceRequest {
            service_resource_type: Some("nlb".to_owned()),
            resources: vec![Resource {
                resource_type: Some("nlb".to_owned()),
                resource_id: Some("nlb-1".to_owned()),
                zone_id: Some(ZONE.to_owned()),
            }],
            tags: owner.tags().into_iter().map(|(key, value)| Tag { key, value }).collect(),
            ..CreateVpcEndpointServiceRequest::default()
        };
        let answer = Writer::new(&self.client).create_vpc_endpoint_service(&request).await.unwrap();
        let service = Service::from_answer(answer.service).unwrap();
        Service { tags: owner.tags(), proof: Proof::OwnCreate, ..service }
    }

    /// Creates a service as a reconcile does: the inventory hears of it.
    async fn create(&self, name: &str) -> String {
        let service = self.create_outside(name, "prod").await;
        let service_id = service.id.clone();
        let attachments = BTreeMap::from([(key("nlb-1"), attachment())]);
        self.inventory.remember_created(&id(name), Created { service, attachments });
        service_id
    }

    /// Changes the description as a reconcile does.
    async fn describe(&self, service_id: &str, description: &str) {
        let request = UpdateVpcEndpointServiceAttributeRequest {
            service_id: service_id.to_owned(),
            service_description: Some(description.to_owned()),
            ..UpdateVpcEndpointServiceAttributeRequest::default()
        };
        Writer::new(&self.client).update_vpc_endpoint_service_attribute(&request).await.unwrap();
        let change = Attributes::default().with(Field::Description, description.to_owned());
        self.inventory.remember(service_id, &Write::Attributes(change));
    }

    /// Waits until the object is requeued.
    async fn until_requeued(&mut self, name: &str) {
        let deadline = Instant::now() + Duration::from_mins(10);
        loop {
            let requeued =
                timeout_at(deadline, self.requeued.recv()).await.expect("nobody requeued the object").unwrap();
            if requeued == id(name) {
                return;
            }
        }
    }

    /// Everybody who has been requeued and was not asked for yet.
    fn requeued(&mut self) -> Vec<ObjectId> {
        std::iter::from_fn(|| self.requeued.try_recv().ok()).collect()
    }

    /// Reconciles of the object, each when it is requeued, until what it sees is as wanted.
    async fn until(&mut self, name: &str, wanted: impl Fn(&Observed) -> bool) -> Observed {
        loop {
            let observed = self.look(name);
            if wanted(&observed) {
                return observed;
            }
            self.until_requeued(name).await;
        }
    }

    /// The moments at which calls of an operation arrived.
    fn calls(&self, operation: &str) -> Vec<Timestamp> {
        let query = JournalQuery { operation: Some(operation.to_owned()), ..JournalQuery::default() };
        self.simulator.journal_of(&query).into_iter().map(|call| call.time).collect()
    }

    fn lists(&self) -> Vec<Timestamp> {
        self.calls("ListVpcEndpointServices")
    }
}

fn key(resource_id: &str) -> AttachmentKey {
    AttachmentKey { resource_id: resource_id.to_owned(), zone_id: Some(ZONE.to_owned()) }
}

fn attachment() -> Attachment {
    Attachment::new(Some(ZONE.to_owned()))
}

fn status_of(observed: &Observed) -> Option<&str> {
    match &observed.service {
        ServiceView::Ours(service) => Some(service.status.as_str()),
        _ => None,
    }
}
