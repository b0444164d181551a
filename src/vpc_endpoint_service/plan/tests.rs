mod change;
mod create;
mod former;
mod gone;
mod held;
mod order;
mod random;
mod resources;
mod waits;

use super::fixtures::World;
use super::*;

#[test]
fn a_converged_world_gives_an_empty_plan() {
    assert_eq!(World::converged().plan(), Plan::default());
    assert!(World::converged().plan().is_empty());
}

#[test]
fn a_step_is_awaited_exactly_when_the_service_leaves_active_or_the_object_its_last_hold() {
    let service_id = || "epsrv-ours".to_owned();
    let key = fixtures::nlb("nlb-a", "cn-hangzhou-i");
    let record = World::converged().resolved.record.unwrap();
    let request = Box::<CreateVpcEndpointServiceRequest>::default();
    let resource_type = || "nlb".to_owned();
    let steps = [
        (Step::Record(record.clone()), false),
        (Step::Create { record, request }, true),
        (Step::UpdateAttributes { service_id: service_id(), change: AttributeChange::default() }, true),
        (Step::ChangeResourceGroup { service_id: service_id(), resource_group_id: "rg-a".to_owned() }, false),
        (Step::Tag { service_id: service_id(), tags: BTreeMap::new() }, false),
        (Step::Untag { service_id: service_id(), keys: BTreeSet::new() }, false),
        (Step::AttachResource { service_id: service_id(), resource_type: resource_type(), key: key.clone() }, true),
        (Step::DetachResource { service_id: service_id(), resource_type: resource_type(), key: key.clone() }, true),
        (Step::SetAutoAllocated { service_id: service_id(), key, enabled: false }, true),
        (Step::AddPrincipal { service_id: service_id(), account: "2".to_owned() }, false),
        (Step::RemovePrincipal { service_id: service_id(), account: "2".to_owned() }, false),
        (Step::DeleteService { service_id: service_id() }, true),
        (Step::ReleaseFinalizer, true),
    ];
    for (step, awaited) in steps {
        assert_eq!(step.is_awaited(), awaited, "{step:?}");
    }
}
