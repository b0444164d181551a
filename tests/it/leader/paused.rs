//! A leader that stands still for longer than its lease, as on a machine that is starved or moved, and wakes up when another one leads.

use std::sync::Arc;

use fault_plans::proxy::{PassEverything, Proxy};

use super::{electing, short_lease, until_leads, until_ready, until_taken_from};
use crate::support::proxies::Proxies;
use crate::support::rig::nlb_spec;

const OBJECTS: usize = 12;
const CREATE: &str = "CreateVpcEndpointService";

/// What was sent that changes something.
fn writes(proxy: &Proxy) -> Vec<String> {
    let mut writes = Vec::new();
    proxy.each_call(|call| {
        let kind = call.kind.to_string();
        let reads = ["GET ", "LIST ", "WATCH ", "List", "Get"];
        if !reads.iter().any(|beginning| kind.starts_with(beginning)) {
            writes.push(kind);
        }
    });
    writes
}

#[tokio::test]
async fn a_leader_that_stood_still_for_longer_than_its_lease_sends_no_write_when_it_wakes_and_ends() {
    let mut rig = electing(short_lease().soon_sure()).await;
    let first = Proxies::start(&rig, |_| Arc::new(PassEverything)).await;
    rig.start_operator_behind(first.kubeconfig(), &first.cloud(&rig)).await;
    until_leads(&rig, rig.operator()).await;
    rig.start_another_operator().await;
    until_ready(&rig, &rig.others()[0]).await;
    let before = rig.lease().await;

    for number in 0..OBJECTS {
        rig.apply(&format!("orders-{number}"), nlb_spec()).await;
    }
    // In the middle of its work: the rest of it is ready to be sent.
    rig.until_calls(CREATE, 1).await;
    rig.operator().pause().await.unwrap();
    let after = until_taken_from(&rig, &before).await;
    assert_eq!(after.lease_transitions, Some(1));
    for number in 0..OBJECTS {
        rig.ready(&format!("orders-{number}")).await;
    }
    let sent = (writes(&first.kubernetes), writes(&first.cloud));
    assert!(sent.1.contains(&CREATE.to_owned()), "{sent:?}");

    rig.operator().resume().unwrap();
    rig.poll("the first has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    assert_eq!((writes(&first.kubernetes), writes(&first.cloud)), sent, "what it sent after it woke");
    assert!(rig.running_logs()[0].contains("error: lost the lead"), "{}", rig.running_logs()[0]);
    assert_eq!(rig.lease().await.holder_identity, after.holder_identity);
    assert_eq!(rig.services().await.len(), OBJECTS);
    rig.end().await;
}
