//! The operator is killed, and another one goes on: never two services, never none.

use std::time::Duration;

use privatelink_sim::{CallEffect, JournalQuery, Moment, Span};
use tokio::time::{Instant, sleep};

use crate::support::rig::{CREATE_WRITES, Rig, Setup, hang, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";

/// Longer than a process needs for its first look, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a Create has come to the cloud and, if asked, has taken effect.
async fn create_arrived(rig: &Rig, effect: CallEffect) {
    let deadline = Instant::now() + PATIENCE;
    while !rig.calls(CREATE).await.iter().any(|call| call.effect == effect) {
        assert!(Instant::now() < deadline, "no Create came");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn one_service_and_ready(rig: &Rig) {
    let object = rig.ready("orders").await;
    let service = rig.service().await;
    assert_eq!(status(&object).service_id, Some(service.id));
    let query = JournalQuery { operation: Some(CREATE.to_owned()), ..JournalQuery::default() };
    let calls = rig.simulator.admin.journal(&query).await.unwrap();
    assert_eq!(calls.iter().filter(|call| call.effect == CallEffect::Applied).count(), 1, "{calls:#?}");
}

#[tokio::test]
async fn a_kill_before_the_status_write_makes_no_second_service() {
    let mut rig = Rig::start().await;
    // The service is made, the answer hangs: the operator dies without ever having known the id.
    rig.fault(hang(CREATE, Moment::AfterEffect)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.cloud("made", |services| services.len() == 1).await;
    rig.kill_operator();
    assert_eq!(status(&rig.object("orders").await.unwrap()).service_id, None);
    rig.start_operator().await;
    one_service_and_ready(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_kill_before_the_status_write_makes_no_second_service_while_the_lists_lag() {
    let mut setup = Setup::default();
    setup.simulator.lists.lag = Duration::from_secs(3);
    // The token counts as remembered until `createWindow` before the end of `consistencyWindow`: eight seconds.
    setup.timing.extend([("consistencyWindow", Duration::from_secs(10)), ("createWindow", Duration::from_secs(2))]);
    let mut rig = Rig::with(setup).await;
    rig.fault(hang(CREATE, Moment::AfterEffect)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.cloud("made", |services| services.len() == 1).await;
    rig.kill_operator();
    rig.start_operator().await;
    // No list shows the service yet, so the same token asks again and gets the same answer.
    create_arrived(&rig, CallEffect::Replayed).await;
    one_service_and_ready(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_kill_after_the_status_write_makes_no_second_service() {
    let mut setup = Setup::default();
    setup.simulator.timers.creating = Span::millis(1500);
    let mut rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.until("orders", "named", |object| status(object).service_id.is_some()).await;
    rig.kill_operator();
    assert_eq!(rig.service().await.status, "Creating");
    rig.start_operator().await;
    one_service_and_ready(&rig).await;
    assert_eq!(rig.calls(CREATE).await.len(), 1);
    rig.end().await;
}

#[tokio::test]
async fn a_kill_between_record_and_create_makes_one_service() {
    let mut rig = Rig::with(Setup::default().soon_sure()).await;
    // The call hangs before it does anything.
    rig.fault(hang(CREATE, Moment::BeforeEffect)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.until("orders", "on record", |object| object.metadata.finalizers.is_some()).await;
    rig.until_calls(CREATE, 1).await;
    rig.kill_operator();
    assert_eq!(rig.services().await, []);
    rig.start_operator().await;
    one_service_and_ready(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_kill_during_a_deletion_leaves_nothing_behind() {
    let mut setup = Setup::default();
    setup.simulator.timers.deleting = Span::millis(1000);
    let mut rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.delete("orders").await;
    rig.cloud("deleting", |services| services.iter().all(|service| service.status == "Deleting")).await;
    rig.kill_operator();
    rig.start_operator().await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_restart_of_a_quiet_operator_writes_nothing() {
    let mut rig = Rig::start().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let calls = rig.journal().await.len();
    rig.kill_operator();
    rig.start_operator().await;
    // Two lists after the start it has certainly looked at the object.
    let deadline = Instant::now() + PATIENCE;
    while rig.journal().await.len() < calls + 3 {
        assert!(Instant::now() < deadline, "it does not look");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rig.kubernetes_writes().len(), CREATE_WRITES);
    assert_eq!(rig.effects().await, [CREATE]);
    let operations: Vec<_> = rig.journal().await.split_off(calls).into_iter().map(|call| call.operation).collect();
    assert!(
        operations.iter().all(|name| name == "ListVpcEndpointServices" || name == "GetCallerIdentity"),
        "{operations:?}"
    );
    rig.end().await;
}
