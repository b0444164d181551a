//! A new service that one list shows and the next one does not: only Get can say whether the list lags or the service is gone.

use std::time::Duration;

use privatelink_sim::Span;
use serde_json::{Value, json};

use crate::support::rig::{CREATE_WRITES, LIST_SERVICES, Rig, Setup, is_ready, nlb_spec, ready_condition};

const LAG: Duration = Duration::from_mins(10);

const GET: &str = "GetVpcEndpointServiceAttribute";

/// Lists may lag for as long as the test takes, and the operator looks often. What is deleted is gone at once.
async fn rig() -> Rig {
    let mut setup = Setup::watchful();
    setup.timing.insert("consistencyWindow", Duration::from_mins(10));
    setup.simulator.timers.deleting = Span::fixed(Duration::ZERO);
    // The cloud forgets nothing that a list could still be made to show. Nobody asks for this one.
    setup.simulator.lists.lag_for.insert("ListVpcEndpointServicesByEndUser".to_owned(), LAG);
    Rig::with(setup).await
}

/// A spec with which a service that is gone is recreated.
fn replacing() -> Value {
    let mut spec = nlb_spec();
    spec["whenGone"] = json!("Recreate");
    spec
}

/// How often an operation was called.
async fn times(rig: &Rig, operation: &str) -> usize {
    rig.calls(operation).await.len()
}

#[tokio::test]
async fn a_new_service_that_was_deleted_outside_is_not_called_ready_until_lists_can_be_trusted() {
    let rig = rig().await;
    rig.apply("orders", replacing()).await;
    rig.ready("orders").await;
    let gets = times(&rig, GET).await;
    rig.simulator.admin.delete_service(&rig.service().await.id).await.unwrap();
    rig.until("orders", "not Ready any more", |object| !is_ready(object)).await;
    rig.until_listed(5).await;
    let object = rig.object("orders").await.unwrap();
    assert_eq!(ready_condition(&object), Some(("False", "Updating")));
    assert_eq!(rig.kubernetes_writes().len(), CREATE_WRITES + 1);
    assert_eq!(times(&rig, GET).await, gets + 1);
    assert_eq!(times(&rig, "CreateVpcEndpointService").await, 1, "a list that may lag permits no Create");
    rig.end().await;
}

#[tokio::test]
async fn a_new_service_that_a_list_from_the_past_lacks_stays_ready_at_one_get_a_list() {
    let rig = rig().await;
    rig.apply("orders", replacing()).await;
    rig.ready("orders").await;
    let (gets, lists) = (times(&rig, GET).await, times(&rig, LIST_SERVICES).await);
    rig.simulator.admin.patch_config(&json!({"lists": {"lag": "10m"}})).await.unwrap();
    rig.until_calls(GET, gets + 3).await;
    rig.simulator.admin.patch_config(&json!({"lists": {"lag": "0s"}})).await.unwrap();
    rig.until_listed(2).await;
    let (more_gets, more_lists) = (times(&rig, GET).await - gets, times(&rig, LIST_SERVICES).await - lists);
    assert!(more_gets <= more_lists, "{more_gets} Gets for {more_lists} lists");
    rig.until_listed(3).await;
    assert_eq!(times(&rig, GET).await - gets, more_gets, "a list that shows it is believed");
    assert!(is_ready(&rig.object("orders").await.unwrap()));
    assert_eq!(rig.kubernetes_writes().len(), CREATE_WRITES);
    assert_eq!(times(&rig, "CreateVpcEndpointService").await, 1);
    rig.end().await;
}
