//! A dry run of every write: a good one is the error `DryRunOperation`, and nothing has changed after it.

use std::collections::BTreeSet;

use privatelink::Operation;
use privatelink_sim::{CallEffect, Switch};

use crate::sides::Sides;
use crate::support::{NLB_SERVICE, ZONE_I, ZONE_J, pass};

type Dry<'a> = (&'a str, Vec<(&'a str, &'a str)>);

#[tokio::test(start_paused = true)]
async fn every_write_that_has_a_dry_run_passes_it_and_changes_nothing() {
    let sides = Sides::new().await;
    sides.simulator.change_config(|config| config.guesses.endpoint_zones_go_first = Switch::Off);
    let id = sides.connect().await;
    pass(10).await;
    let service = sides.service.clone();
    let of_service = ("ServiceId", service.as_str());
    let attach = [of_service, ("ResourceType", "nlb"), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_J)];
    assert_eq!(sides.provider.call("AttachResourceToVpcEndpointService", &attach).await.code(), "good");
    sides.provider.settle(&service).await;
    assert_eq!(sides.call("EnableVpcEndpointConnection", &id, &[]).await, "good");
    pass(10).await;
    let waiting = sides.connect().await;
    let empty = sides.provider.call("CreateVpcEndpointService", &[]).await.text("ServiceId").to_owned();
    pass(10).await;
    let (on, to_waiting) = (("EndpointId", id.as_str()), ("EndpointId", waiting.as_str()));
    let thing = [("ResourceType", "vpcendpointservice"), ("ResourceId.1", service.as_str())];
    assert_eq!(
        sides
            .provider
            .call("TagResources", &[thing[0], thing[1], ("Tag.1.Key", "k"), ("Tag.1.Value", "")])
            .await
            .code(),
        "good"
    );
    let by_provider: Vec<Dry<'_>> = vec![
        ("CreateVpcEndpointService", NLB_SERVICE.to_vec()),
        ("UpdateVpcEndpointServiceAttribute", vec![of_service, ("ServiceDescription", "new")]),
        ("DeleteVpcEndpointService", vec![("ServiceId", &empty)]),
        ("AttachResourceToVpcEndpointService", vec![of_service, attach[1], ("ResourceId", "nlb-b"), attach[3]]),
        ("DetachResourceFromVpcEndpointService", vec![of_service, attach[2], attach[3]]),
        (
            "UpdateVpcEndpointServiceResourceAttribute",
            vec![of_service, attach[2], attach[3], ("AutoAllocatedEnabled", "true")],
        ),
        ("AddUserToVpcEndpointService", vec![of_service, ("UserId", "7")]),
        ("RemoveUserFromVpcEndpointService", vec![of_service, ("UserId", "7")]),
        ("EnableVpcEndpointConnection", vec![of_service, to_waiting]),
        ("DisableVpcEndpointConnection", vec![of_service, on]),
        ("UpdateVpcEndpointConnectionAttribute", vec![of_service, on, ("Bandwidth", "200")]),
        ("DisableVpcEndpointZoneConnection", vec![of_service, on, ("ZoneId", ZONE_I)]),
        ("TagResources", [&thing[..], &[("Tag.1.Key", "new"), ("Tag.1.Value", "")]].concat()),
        ("UntagResources", [&thing[..], &[("All", "true")]].concat()),
    ];
    let create = sides.endpoint_in_zone_i();
    let by_consumer: Vec<Dry<'_>> = vec![
        ("CreateVpcEndpoint", create),
        ("UpdateVpcEndpointAttribute", vec![on, ("EndpointName", "new")]),
        ("AddZoneToVpcEndpoint", vec![on, ("ZoneId", ZONE_J), ("VSwitchId", "vsw-1")]),
        ("RemoveZoneFromVpcEndpoint", vec![on, ("ZoneId", ZONE_I)]),
        ("AttachSecurityGroupToVpcEndpoint", vec![on, ("SecurityGroupId", "sg-2")]),
        ("DeleteVpcEndpoint", vec![on]),
    ];
    let before = (sides.simulator.all_services(), sides.simulator.endpoints());
    let mut tested = BTreeSet::new();
    for (client, calls) in [(&sides.provider, by_provider), (&sides.consumer, by_consumer)] {
        for (action, mut params) in calls {
            params.push(("DryRun", "True"));
            tested.insert(action);
            let reply = client.call(action, &params).await;
            assert_eq!((reply.status, reply.code()), (400, "DryRunOperation"), "{action}: {reply:?}");
            assert_eq!(sides.simulator.journal().pop().unwrap().effect, CallEffect::None, "{action}");
        }
    }
    assert_eq!((sides.simulator.all_services(), sides.simulator.endpoints()), before);

    // Two that need a state of their own.
    assert_eq!(sides.call("DisableVpcEndpointZoneConnection", &id, &[("ZoneId", ZONE_I)]).await, "good");
    assert_eq!(sides.consume("AttachSecurityGroupToVpcEndpoint", &id, &[("SecurityGroupId", "sg-2")]).await, "good");
    pass(10).await;
    let dry = ("DryRun", "true");
    let enable = sides.call("EnableVpcEndpointZoneConnection", &id, &[("ZoneId", ZONE_I), dry]).await;
    let detach = sides.consume("DetachSecurityGroupFromVpcEndpoint", &id, &[("SecurityGroupId", "sg-2"), dry]).await;
    assert_eq!([enable.as_str(), detach.as_str()], ["DryRunOperation"; 2]);
    tested.extend(["EnableVpcEndpointZoneConnection", "DetachSecurityGroupFromVpcEndpoint"]);

    // Needs another kind of service and has its dry run among its rules.
    tested.insert("UpdateVpcEndpointZoneConnectionResourceAttribute");
    let all = Operation::ALL.iter().filter(|operation| operation.has_dry_run()).map(|operation| operation.name());
    assert_eq!(tested, all.collect::<BTreeSet<_>>());
}
