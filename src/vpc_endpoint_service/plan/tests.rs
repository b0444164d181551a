mod adoption;
mod change;
mod connections;
mod create;
mod foreseen;
mod former;
mod gone;
mod modes;
mod order;
mod random;
mod regions;
mod replace;
mod replace_random;
mod reported;
mod resources;
mod service_ref;
mod summary;
mod unapplied;
mod waits;
mod zones;

use std::collections::BTreeMap;

use super::fixtures::Scenario;
use super::*;
use crate::cloud::services::{Attributes, ConnectionAttributes};

#[test]
fn a_converged_scenario_gives_an_empty_plan() {
    assert_eq!(Scenario::converged().plan(), Plan::default());
    assert!(Scenario::converged().plan().is_empty());
}

#[test]
fn a_step_is_awaited_exactly_when_the_service_leaves_active_or_the_object_its_last_hold() {
    let key = || fixtures::nlb("nlb-a", "cn-hangzhou-i");
    let resource_type = || "nlb".to_owned();
    let record = Scenario::converged().resolved.record.unwrap();
    let request = Box::<CreateVpcEndpointServiceRequest>::default();
    let write = |write| Step::write("epsrv-ours", write);
    let steps = [
        (Step::Record(record.clone()), false),
        (Step::Create { record, request }, true),
        (write(Write::Attributes(Attributes::default())), true),
        (write(Write::ResourceGroup("rg-a".to_owned())), false),
        (write(Write::Tag(BTreeMap::new())), false),
        (write(Write::Untag(BTreeSet::new())), false),
        (write(Write::Attach { resource_type: resource_type(), key: key() }), true),
        (write(Write::Detach { resource_type: resource_type(), key: key() }), true),
        (write(Write::AutoAllocation { key: key(), enabled: false }), true),
        (write(Write::AddPrincipal("2".to_owned())), false),
        (write(Write::RemovePrincipal("2".to_owned())), false),
        (write(Write::Accept { endpoint_id: "ep-a".to_owned(), attributes: ConnectionAttributes::default() }), false),
        (
            write(Write::Connection { endpoint_id: "ep-a".to_owned(), attributes: ConnectionAttributes::default() }),
            false,
        ),
        (write(Write::Disconnect("ep-a".to_owned())), false),
        (write(Write::Delete), true),
        (Step::ReleaseFinalizer, true),
    ];
    for (step, awaited) in steps {
        assert_eq!(step.is_awaited(), awaited, "{step:?}");
    }
}
