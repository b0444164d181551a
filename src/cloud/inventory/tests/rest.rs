//! What a thousand services cost at rest: every call of some hours, by its operation.

use std::collections::BTreeSet;

use privatelink_sim::EndpointOrder;

use super::*;

const SERVICES: usize = 1_000;
const HOUR: Duration = Duration::from_hours(1);
const HOURS: usize = 5;

/// The provider takes 200 a minute.
const BETWEEN_CREATES: Duration = Duration::from_millis(301);

const LIST_SERVICES: &str = "ListVpcEndpointServices";
const LIST_CONNECTIONS: &str = "ListVpcEndpointConnections";
const LIST_RESOURCES: &str = "ListVpcEndpointServiceResources";
const LIST_USERS: &str = "ListVpcEndpointServiceUsers";

/// The most that an hour may cost.
const LISTS: usize = 66;
const DETAILS: usize = 2_050;

fn name(number: usize) -> String {
    format!("web-{number}")
}

impl World {
    /// A look of an object whose spec manages this.
    fn look_with(&self, name: &str, managed: Managed) -> Observed {
        let details = DetailsQuery { managed, ..DetailsQuery::default() };
        let (id, owner) = (id(name), owner(name));
        let query = Query { id: &id, owner: &owner, generation: 1, named: None, adopt: None, record: None, details };
        self.inventory.observed(&query)
    }

    /// So many calls of the operation arrived in each hour since then.
    fn hourly(&self, operation: &str, since: Timestamp) -> Vec<usize> {
        let calls = self.calls(operation);
        let hour = |number: usize| since + HOUR * u32::try_from(number).unwrap();
        let in_hour = |number: usize| calls.iter().filter(|at| (hour(number)..hour(number + 1)).contains(at)).count();
        (0..HOURS).map(in_hour).collect()
    }
}

/// Services of objects that manage this, one connection each, known from the first lists.
async fn at_rest(managed: Managed) -> World {
    let mut config = config();
    config.quotas.services = SERVICES;
    let mut world = world(config);
    for number in 0..SERVICES {
        world.create_outside(&name(number), "prod").await;
        sleep(BETWEEN_CREATES).await;
    }
    sleep(Duration::from_secs(10)).await;
    for service in world.simulator.all_services() {
        world.simulator.create_endpoint(&EndpointOrder::new(DEFAULT_PROVIDER, &service.id)).unwrap();
    }
    for number in 0..SERVICES {
        world.look_with(&name(number), managed);
    }
    world.until_requeued(&name(0)).await;
    // The first lists come in quick succession.
    sleep(Duration::from_mins(5)).await;
    world
}

/// Runs for some hours, and checks that nothing but these operations is called, each at most so often an hour.
async fn check(managed: Managed, expected: &[(&str, usize)]) {
    let world = at_rest(managed).await;
    let begin = world.now();
    sleep(HOUR * u32::try_from(HOURS).unwrap()).await;
    for (operation, most) in expected {
        let hourly = world.hourly(operation, begin);
        println!("{operation}: {hourly:?} an hour");
        assert!(hourly.iter().all(|count| (1..=*most).contains(count)), "{operation}: {hourly:?}, at most {most}");
    }
    let query = JournalQuery::default();
    let since = world.simulator.journal_of(&query).into_iter().filter(|call| call.time >= begin);
    let called: BTreeSet<String> = since.map(|call| call.operation).collect();
    assert_eq!(called, expected.iter().map(|(operation, _)| (*operation).to_owned()).collect());
}

#[tokio::test(start_paused = true)]
async fn a_thousand_services_that_manage_everything_cost_at_most_so_many_calls_an_hour() {
    let managed = Managed { attachments: true, principals: true, connections: true };
    let details = [(LIST_RESOURCES, DETAILS / 3), (LIST_USERS, DETAILS * 2 / 3)];
    check(managed, &[[(LIST_SERVICES, LISTS), (LIST_CONNECTIONS, LISTS)], details].concat()).await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_services_of_which_the_list_shows_everything_cost_the_list_alone() {
    check(Managed::default(), &[(LIST_SERVICES, LISTS)]).await;
}
