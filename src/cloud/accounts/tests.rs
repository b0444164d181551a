use std::time::Duration;

use cloud_core::{Network, StaticCredentials};
use privatelink_sim::{Config, DEFAULT_PROVIDER, Fault, FaultKind, JournalQuery, Moment, Simulator};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::*;
use crate::identity::Owner;

fn world(account_id: Option<&str>) -> (Simulator, Accounts, UnboundedReceiver<ObjectId>) {
    let simulator = Simulator::new(Config::fast());
    let keys = StaticCredentials::key("sim-provider-key", "sim-provider-secret");
    let (requeuer, queue) = Requeuer::channel();
    let clients = Clients {
        credentials: Arc::new(keys.unwrap()),
        transport: simulator.transport(),
        clock: simulator.clock(),
        timing: cloud_core::Timing::default(),
        network: Network::default(),
        endpoint: None,
        load_balancer_endpoint: None,
        sts_endpoint: None,
        user_agent: "test".to_owned(),
    };
    let setup = Setup {
        clients,
        account_id: account_id.map(str::to_owned),
        home_region: Some("cn-hangzhou".to_owned()),
        cluster: "prod".to_owned(),
        process: "us".to_owned(),
        timing: Timing::default(),
        rates: Rates::documented(),
        requeuer,
        clock: simulator.clock(),
    };
    (simulator, Accounts::new(setup).unwrap(), queue)
}

fn id(name: &str) -> ObjectId {
    ObjectId { namespace: "team".to_owned(), name: name.to_owned(), uid: format!("uid-{name}") }
}

fn target(region: &str) -> Target {
    Target { account: DEFAULT_PROVIDER.to_owned(), region: region.to_owned() }
}

/// The moments at which STS was asked.
fn questions(simulator: &Simulator) -> Vec<Timestamp> {
    let query = JournalQuery { operation: Some("GetCallerIdentity".to_owned()), ..JournalQuery::default() };
    simulator.journal_of(&query).into_iter().map(|call| call.time).collect()
}

#[tokio::test(start_paused = true)]
async fn an_account_id_that_was_set_is_not_asked_for() {
    let (simulator, accounts, _requeued) = world(Some("1001"));
    assert_eq!(accounts.account_id(&id("web")).await, Ok("1001".to_owned()));
    assert_eq!(simulator.journal(), []);
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_at_once_get_the_answer_to_one_question() {
    let (simulator, accounts, mut requeued) = world(None);
    let names: Vec<ObjectId> = (0..50).map(|number| id(&format!("web-{number}"))).collect();
    let answers = futures::future::join_all(names.iter().map(|id| accounts.account_id(id))).await;
    assert_eq!(answers, vec![Ok(DEFAULT_PROVIDER.to_owned()); 50]);
    assert_eq!(accounts.account_id(&id("late")).await, Ok(DEFAULT_PROVIDER.to_owned()));
    assert_eq!(questions(&simulator).len(), 1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!std::iter::from_fn(|| requeued.try_recv().ok()).any(|requeued| requeued == id("late")));
}

#[tokio::test(start_paused = true)]
async fn while_sts_fails_everybody_gets_the_error_and_is_requeued_when_it_answers() {
    let (simulator, accounts, mut requeued) = world(None);
    let broken = FaultKind::internal_error(Moment::BeforeEffect);
    simulator.fault(Fault::next("GetCallerIdentity", broken).times(9));
    let error = accounts.account_id(&id("web")).await.unwrap_err();
    assert_eq!(error.code(), Some("InternalError"));
    assert_eq!(questions(&simulator).len(), 3, "one call with its quick attempts");
    assert!(accounts.account_id(&id("api")).await.is_err());
    assert!(accounts.account_id(&id("gone")).await.is_err());
    accounts.forget(&id("gone"));
    assert_eq!(questions(&simulator).len(), 3, "who asks meanwhile causes no further question");
    let mut next = async || timeout(Duration::from_mins(2), requeued.recv()).await.unwrap().unwrap();
    assert_eq!([next().await, next().await], [id("api"), id("web")]);
    assert_eq!(accounts.account_id(&id("web")).await, Ok(DEFAULT_PROVIDER.to_owned()));
    let asked = questions(&simulator);
    assert_eq!(asked.len(), 10);
    // Three questions in vain, of three attempts each; the delays between the questions grow.
    let pauses = [(2, 3), (5, 6), (8, 9)].map(|(last, first)| asked[first].duration_since(asked[last]).as_secs());
    assert_eq!(pauses, [1, 2, 4]);
    assert!(requeued.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn whoever_was_told_one_error_of_sts_is_requeued_for_another() {
    let (simulator, accounts, mut requeued) = world(None);
    simulator.fault(Fault::next("GetCallerIdentity", FaultKind::internal_error(Moment::BeforeEffect)).times(6));
    simulator.fault(Fault::next("GetCallerIdentity", FaultKind::error("Forbidden.RAM")).times(1));
    assert_eq!(accounts.account_id(&id("web")).await.unwrap_err().code(), Some("InternalError"));
    let mut next = async || timeout(Duration::from_mins(2), requeued.recv()).await.unwrap().unwrap();
    assert_eq!(next().await, id("web"));
    assert_eq!(accounts.account_id(&id("web")).await.unwrap_err().code(), Some("Forbidden.RAM"));
    assert_eq!(next().await, id("web"));
    assert_eq!(accounts.account_id(&id("web")).await, Ok(DEFAULT_PROVIDER.to_owned()));
    assert!(requeued.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn each_region_has_one_account_which_everybody_shares() {
    let (_simulator, accounts, _requeued) = world(Some(DEFAULT_PROVIDER));
    let here = accounts.at(&target("cn-hangzhou")).unwrap();
    let again = accounts.at(&target("cn-hangzhou")).unwrap();
    let there = accounts.at(&target("cn-shanghai")).unwrap();
    assert!(Arc::ptr_eq(&here, &again));
    assert!(!Arc::ptr_eq(&here, &there));
    let targets: Vec<Target> = accounts.figures().into_iter().map(|(target, _)| target).collect();
    assert_eq!(targets, [target("cn-hangzhou"), target("cn-shanghai")]);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_none_is_an_error_of_its_own() {
    let (_simulator, accounts, _requeued) = world(Some(DEFAULT_PROVIDER));
    let error = accounts.at(&target("Mars")).unwrap_err();
    assert!(matches!(error, BuildError::Region(region) if region == "Mars"));
}

/// Looks at an object in a region, as a reconcile does.
fn look(accounts: &Accounts, name: &str, region: &str) {
    let account = accounts.at(&target(region)).unwrap();
    let owner = Owner { cluster: "prod".to_owned(), uid: format!("uid-{name}"), object: format!("team.{name}") };
    let details = crate::cloud::services::DetailsQuery::default();
    let query = crate::cloud::services::Query {
        id: &id(name),
        owner: &owner,
        generation: 1,
        named: None,
        adopt: None,
        record: None,
        details,
    };
    account.inventory.observed(&query);
}

#[tokio::test(start_paused = true)]
async fn regions_that_people_make_up_leave_nothing_behind() {
    let (simulator, accounts, _requeued) = world(Some(DEFAULT_PROVIDER));
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    look(&accounts, "web", "cn-hangzhou");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = tasks();
    for number in 0..1_000 {
        look(&accounts, &format!("bad-{number}"), &format!("cn-nowhere-{number}"));
    }
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(accounts.figures().len(), 1_001);
    for number in 0..1_000 {
        accounts.forget(&id(&format!("bad-{number}")));
    }
    let (calls, counted) = (simulator.journal().len(), accounts.counted());
    tokio::time::sleep(Duration::from_mins(5)).await;
    let targets: Vec<Target> = accounts.figures().into_iter().map(|(target, _)| target).collect();
    assert_eq!(targets, [target("cn-hangzhou")]);
    assert_eq!(tasks(), before);
    assert!(accounts.counted().lists >= counted.lists, "what was counted stays counted");
    assert!(simulator.journal().len() - calls <= 6, "only the region in use is listed");
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_used_again_in_time_is_the_same_one() {
    let (_simulator, accounts, _requeued) = world(Some(DEFAULT_PROVIDER));
    look(&accounts, "web", "cn-hangzhou");
    let first = Arc::downgrade(&accounts.at(&target("cn-hangzhou")).unwrap());
    accounts.forget(&id("web"));
    tokio::time::sleep(Duration::from_secs(100)).await;
    look(&accounts, "web", "cn-hangzhou");
    tokio::time::sleep(Duration::from_mins(30)).await;
    assert!(first.upgrade().is_some());
    accounts.forget(&id("web"));
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert!(first.upgrade().is_none());
}

/// A provider whose name service knows none of its hosts.
#[derive(Debug, Default)]
struct Nowhere(std::sync::atomic::AtomicUsize);

impl cloud_core::Transport for Nowhere {
    fn send(
        &self,
        _: axum::http::Request<axum::body::Bytes>,
    ) -> futures::future::BoxFuture<'_, Result<axum::http::Response<axum::body::Bytes>, cloud_core::TransportError>>
    {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Box::pin(std::future::ready(Err(cloud_core::TransportError::UnknownHost("there is none".to_owned()))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_without_a_host_is_asked_less_and_less_often() {
    let (_simulator, accounts, _requeued) = world(Some(DEFAULT_PROVIDER));
    let nowhere = Arc::new(Nowhere::default());
    let transport: Arc<dyn cloud_core::Transport> = Arc::<Nowhere>::clone(&nowhere);
    let clients = Clients { transport, ..accounts.setup.clients.clone() };
    let accounts = Accounts::new(Setup { clients, ..accounts.setup.clone() }).unwrap();
    look(&accounts, "web", "cn-nowhere");
    tokio::time::sleep(Duration::from_hours(1)).await;
    let lists = accounts.counted().lists;
    assert!((10..=25).contains(&lists), "{lists} lists in an hour");
}

mod keys;
