//! What a look asks of the cloud, against the simulator in virtual time.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Client, StaticCredentials};
use jiff::SignedDuration;
use privatelink::Reader;
use privatelink_sim::{Config, DEFAULT_PROVIDER, Simulator};
use tokio::time::sleep;

use super::*;
use crate::cloud::requeuer::Requeuer;
use crate::cloud::services::InventorySetup as Setup;
use crate::identity::Target;
use crate::timing::Timing;
use crate::vpc_endpoint_service::plan::fixtures::Scenario;

fn inventory(simulator: &Simulator) -> Inventory {
    let keys = StaticCredentials::key("sim-provider-key", "sim-provider-secret").unwrap();
    let client = Client::builder()
        .region("cn-hangzhou")
        .credentials(Arc::new(keys))
        .transport(simulator.transport())
        .clock(simulator.clock())
        .build()
        .unwrap();
    Inventory::start(Setup {
        target: Target { account: DEFAULT_PROVIDER.to_owned(), region: "cn-hangzhou".to_owned() },
        reader: Reader::new(&client),
        cluster: "prod".to_owned(),
        timing: Timing::default(),
        requeuer: Requeuer::channel().0,
        clock: simulator.clock(),
        process: "us".to_owned(),
        process_start: simulator.now(),
    })
}

#[tokio::test(start_paused = true)]
async fn the_object_is_found_again_by_its_record_and_by_what_status_names() {
    let simulator = Simulator::new(Config::fast());
    let inventory = inventory(&simulator);
    let mut resolved = Scenario::recorded().resolved;
    resolved.hint.service_id = Some("epsrv-named".to_owned());
    let first = observe(&inventory, &resolved);
    assert_eq!((first.service, first.own.recorded_at), (ServiceView::NotYetListed, None));
    inventory.remember_record(&resolved.key.id(), resolved.record.as_ref().unwrap());
    sleep(Duration::from_secs(1)).await;
    let later = observe(&inventory, &resolved);
    let named = NamedId::Unjudged("epsrv-named".to_owned());
    assert_eq!((later.service, later.own.recorded_at), (ServiceView::Absent { named }, Some(first.own.process_start)));
}

#[tokio::test(start_paused = true)]
async fn each_look_sends_its_own_reads_and_a_request_sends_none_itself() {
    let simulator = Simulator::new(Config::fast());
    let inventory = inventory(&simulator);
    let resolved = Scenario::recorded().resolved;
    observe(&inventory, &resolved);
    sleep(Duration::from_secs(1)).await;
    let service_id = "epsrv-none".to_owned();
    let later = simulator.now() + SignedDuration::from_secs(10);
    let cases = [
        (Look::List { not_before: later }, vec![]),
        (Look::Connections { not_before: later }, vec![]),
        // The refusal of the first read ends a look at details; of a service that exists it reads the principals too.
        (Look::Details { service_id: service_id.clone() }, vec!["ListVpcEndpointServiceResources"]),
        (Look::Service { service_id: service_id.clone() }, vec!["GetVpcEndpointServiceAttribute"]),
        (Look::Judge { service_id }, vec!["GetVpcEndpointServiceAttribute", "ListVpcEndpointServices"]),
    ];
    for (asked, expected) in cases {
        simulator.clear_journal();
        let answer = look(&inventory, &resolved, &asked).await;
        let mut sent: Vec<String> = simulator.journal().into_iter().map(|call| call.operation).collect();
        sent.sort();
        assert_eq!(sent, expected, "{asked:?}");
        let is_refused = matches!(asked, Look::Details { .. });
        assert_eq!(answer.is_err(), is_refused, "of a service that does not exist only a look at details is an error");
    }
    simulator.clear_journal();
    sleep(Duration::from_secs(11)).await;
    let sent: Vec<String> = simulator.journal().into_iter().map(|call| call.operation).collect();
    assert!(sent.contains(&"ListVpcEndpointConnections".to_owned()), "{sent:?}");
    assert!(observe(&inventory, &resolved).as_of.is_some_and(|as_of| as_of >= later));
}
