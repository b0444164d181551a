use privatelink::ServiceStatus;

use super::super::fixtures::{World, at, other_service, unexplained};
use super::super::{Plan, Wait};
use crate::cloud::observed::ServiceView;
use crate::cloud::service::Service;
use crate::controller::vpc_endpoint_service::observe::Look;

fn world(status: ServiceStatus) -> World {
    let former = Service { status, ..other_service("epsrv-former") };
    World::recorded().see(ServiceView::Former(Box::new(former)))
}

fn waits(settled: bool, not_before: Option<i64>) -> Plan {
    Plan {
        wait: Some(Wait::FormerServiceGone { service_id: "epsrv-former".to_owned(), settled }),
        look: not_before.map(|seconds| Look::Sweep { not_before: at(seconds) }),
        ..Plan::default()
    }
}

#[test]
fn a_former_service_forbids_a_create_and_is_looked_at_again_once() {
    assert_eq!(unexplained(world(ServiceStatus::Active).plan()), waits(false, Some(1_055)));
}

#[test]
fn a_former_service_that_is_still_shown_later_needs_a_person() {
    assert_eq!(unexplained(world(ServiceStatus::Active).swept(1_055).plan()), waits(true, None));
}

#[test]
fn a_former_service_that_is_being_deleted_is_waited_for_however_long_it_takes() {
    assert_eq!(unexplained(world(ServiceStatus::Deleting).swept(1_055).plan()), waits(false, Some(1_070)));
}
