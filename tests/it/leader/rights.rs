//! What is missing for an election is said by name.

use std::sync::Arc;

use fault_plans::proxy::PassEverything;

use super::{electing, get, short_lease, until_leads};
use crate::support::proxies::Proxies;
use crate::support::rig::Rig;

async fn until_logged(rig: &Rig, text: &str) {
    let what = format!("the log says {text:?}");
    rig.poll(&what, async || rig.log().contains(text), |said| *said).await;
}

#[tokio::test]
async fn every_right_on_leases_that_is_missing_is_named_until_it_is_there() {
    let mut rig = electing(short_lease()).await;
    rig.grant_lease(&[]).await;
    rig.start_operator().await;
    until_logged(&rig, "cannot get resource \"leases\"").await;
    until_logged(&rig, "allow get, create and update of leases (coordination.k8s.io) in the namespace").await;
    until_logged(&rig, "or run one operator alone with --leader-elect=false").await;
    let (code, checks) = get(rig.operator().health_url(), "/readyz").await;
    assert_eq!(code, 503);
    assert!(checks.contains("[-] lease readable"), "{checks}");

    rig.grant_lease(&["get"]).await;
    until_logged(&rig, "cannot create resource \"leases\"").await;
    rig.grant_lease(&["get", "create"]).await;
    until_leads(&rig, rig.operator()).await;
    until_logged(&rig, "cannot update resource \"leases\"").await;
    rig.poll("it has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    until_logged(&rig, "error: lost the lead: the lease was not renewed within 2s (leaseRenewDeadline)").await;
    rig.end().await;
}

#[tokio::test]
async fn a_namespace_that_is_missing_is_named() {
    let mut rig = Rig::without_operator(short_lease()).await;
    rig.arguments(&["--leader-elect", "--leader-elect-namespace=nowhere"]);
    let proxies = Proxies::start(&rig, |_| Arc::new(PassEverything)).await;
    // Who may write leases everywhere hears of the namespace, not of rights.
    rig.start_operator_behind(rig.control_plane.kubeconfig_path(), &proxies.cloud(&rig)).await;
    until_logged(&rig, "there is no namespace \"nowhere\"; make it, or name another one with --leader-elect-namespace")
        .await;
    rig.end().await;
}
