//! The program of the release before, this one, and that of the release before again, on the same objects: `make upgrade`.

use std::path::PathBuf;
use std::time::Duration;

use futures::future::join_all;
use privatelink_operator::crd::generate;
use serde_json::{Value, json};

use super::{frozen, replace, rig_of};
use crate::support::cluster;
use crate::support::rig::{Rig, Setup, ZONES, is_applied, status};

const CREATE: &str = "CreateVpcEndpointService";

/// Names the program of the release before.
const PROGRAM: &str = "PREVIOUS_OPERATOR";

/// Objects whose create is under way at each change of the version.
const UNDER_WAY: usize = 50;

/// So many of them have been created when the version changes, so that some are before, some in, and some after their create.
const CREATED: usize = 15;

fn name(number: usize) -> String {
    format!("shop-{number}")
}

fn spec(number: usize) -> Value {
    let load_balancer = format!("nlb-{}", number % 12 + 1);
    json!({"serviceResourceType": "nlb", "resources": [{"resourceId": load_balancer, "zoneIds": [ZONES[0]]}]})
}

/// Applies these objects, ends the operator in the midst of their creation, changes the definition, and edits every second one.
async fn change_versions(rig: &mut Rig, numbers: std::ops::Range<usize>, definition: Value) {
    let before = rig.calls(CREATE).await.len();
    join_all(numbers.clone().map(async |number| rig.apply(&name(number), spec(number)).await)).await;
    rig.until_calls(CREATE, before + CREATED).await;
    rig.kill_operator();
    assert!(rig.services().await.len() < numbers.end, "all were created before the versions changed");
    replace(&rig.admin, definition).await;
    join_all(
        numbers.step_by(2).map(async |number| rig.edit(&name(number), json!({"description": name(number)})).await),
    )
    .await;
}

/// Each of so many objects is Ready with a service of its own that is as its spec says, and no create was sent twice.
async fn assert_whole(rig: &Rig, objects: usize) {
    for number in 0..objects {
        let object = rig.ready(&name(number)).await;
        let id = status(&object).service_id.unwrap();
        let service = rig.simulator.admin.service(&id).await.unwrap();
        assert_eq!(service.description, object.spec.description, "{}", name(number));
    }
    let creates = rig.calls(CREATE).await.into_iter().filter(is_applied).count();
    assert_eq!((rig.services().await.len(), creates), (objects, objects));
}

/// Lists go on, and nothing is sent.
async fn assert_at_rest(rig: &Rig) {
    rig.until_listed(2).await;
    let effects = rig.effects().await;
    rig.until_listed(3).await;
    assert_eq!(rig.effects().await, effects);
}

#[tokio::test]
#[ignore = "needs the program of the release before: make upgrade"]
#[expect(clippy::disallowed_methods, reason = "make upgrade names the program")]
async fn upgraded_and_rolled_back_with_fifty_creates_under_way_each_time() {
    let previous = PathBuf::from(std::env::var_os(PROGRAM).expect("PREVIOUS_OPERATOR names the program: make upgrade"));
    let mut setup = Setup::default().soon_sure();
    setup.patience = Duration::from_mins(3);
    let old = || frozen::document("crd.yaml");
    let mut rig = rig_of(cluster::another().await, old(), setup).await;

    rig.start_program(&previous).await;
    change_versions(&mut rig, 0..UNDER_WAY, generate::vpc_endpoint_service()).await;
    rig.start_operator().await;
    assert_whole(&rig, UNDER_WAY).await;
    assert_at_rest(&rig).await;

    change_versions(&mut rig, UNDER_WAY..2 * UNDER_WAY, old()).await;
    rig.start_program(&previous).await;
    assert_whole(&rig, 2 * UNDER_WAY).await;
    assert_at_rest(&rig).await;
    rig.kill_operator();

    // And forward again, with nothing under way: first the definition, as Helm does.
    replace(&rig.admin, generate::vpc_endpoint_service()).await;
    let effects = rig.effects().await;
    rig.start_program(&previous).await;
    assert_whole(&rig, 2 * UNDER_WAY).await;
    assert_at_rest(&rig).await;
    rig.kill_operator();
    rig.start_operator().await;
    assert_whole(&rig, 2 * UNDER_WAY).await;
    assert_at_rest(&rig).await;
    assert_eq!(rig.effects().await, effects);
    rig.end().await;
}
