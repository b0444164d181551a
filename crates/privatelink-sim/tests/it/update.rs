//! `UpdateVpcEndpointServiceAttribute` and `DeleteVpcEndpointService`.

use privatelink_sim::{DEFAULT_CONSUMER, DeletionBlockedBy, EndpointOrder, OtherConnectBandwidth, Switch};
use serde_json::json;

use crate::support::{Client, REGION, ZONE_I, pass, provider};

#[tokio::test(start_paused = true)]
async fn every_attribute_can_be_changed_and_what_is_not_named_stays() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let before = simulator.services("1111222233334444", REGION).remove(0);
    let change = [
        ("ServiceId", id.as_str()),
        ("ServiceDescription", "changed"),
        ("AutoAcceptEnabled", "True"),
        ("ZoneAffinityEnabled", "true"),
        ("ConnectBandwidth", "100"),
        ("AddSupportedRegionSet.1", "cn-beijing"),
    ];
    assert_eq!(client.call("UpdateVpcEndpointServiceAttribute", &change).await.code(), "good");
    assert_eq!(client.status(&id).await, "Pending");
    client.settle(&id).await;
    pass(5).await;
    let mut expected = before;
    expected.description = "changed".to_owned();
    // The bandwidth is ignored without a word.
    (expected.auto_accept, expected.zone_affinity) = (true, true);
    let after = simulator.services("1111222233334444", REGION).remove(0);
    assert_eq!(after.supported_regions.len(), 1);
    assert_eq!(
        (after.supported_regions[0].id.as_str(), after.supported_regions[0].status.as_str()),
        ("cn-beijing", "Available")
    );
    expected.supported_regions.clone_from(&after.supported_regions);
    expected.attachments.clone_from(&after.attachments);
    assert_eq!(after, expected);
    let cleared =
        [("ServiceId", id.as_str()), ("ServiceDescription", ""), ("DeleteSupportedRegionSet.1", "cn-beijing")];
    assert_eq!(client.call("UpdateVpcEndpointServiceAttribute", &cleared).await.code(), "good");
    pass(10).await;
    let got = client.call("GetVpcEndpointServiceAttribute", &[("ServiceId", &id)]).await.body;
    assert_eq!(got["ServiceDescription"], "");
    assert_eq!(got["SupportedRegionSet"][0]["RegionServiceStatus"], json!("Closed"));
    assert_eq!(got["ConnectBandwidth"], 0, "it is set for slb only");
}

#[tokio::test(start_paused = true)]
async fn connect_bandwidth_is_read_back_for_classic_load_balancers_only() {
    let (simulator, client) = provider();
    for (kind, expected) in
        [("slb", json!([3072, 500])), ("nlb", json!([0, 0])), ("gwlb", json!([0, 0])), ("alb", json!([null, null]))]
    {
        let reply = client.call("CreateVpcEndpointService", &[("ServiceResourceType", kind)]).await;
        let id = reply.text("ServiceId").to_owned();
        let service = ("ServiceId", id.as_str());
        let shown =
            async || client.call("GetVpcEndpointServiceAttribute", &[service]).await.body["ConnectBandwidth"].clone();
        client.settle(&id).await;
        let before = shown().await;
        let update = client.call("UpdateVpcEndpointServiceAttribute", &[service, ("ConnectBandwidth", "500")]).await;
        assert_eq!((update.code(), json!([before, shown().await])), ("good", expected), "{kind}");
    }
    simulator.change_config(|config| config.guesses.other_connect_bandwidth = OtherConnectBandwidth::Accepted);
    let nlb = simulator.all_services().into_iter().find(|service| service.resource_type == "nlb").unwrap();
    client.settle(&nlb.id).await;
    let set = [("ServiceId", nlb.id.as_str()), ("ConnectBandwidth", "500")];
    assert_eq!(client.call("UpdateVpcEndpointServiceAttribute", &set).await.code(), "good");
    let set = simulator.all_services().into_iter().find(|service| service.id == nlb.id).unwrap();
    assert_eq!((nlb.connect_bandwidth, set.connect_bandwidth), (3072, 500));
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_a_change_has_its_code() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let update = async |params: &[(&str, &str)]| {
        let params = [&[("ServiceId", id.as_str())], params].concat();
        let code = client.call("UpdateVpcEndpointServiceAttribute", &params).await.code().to_owned();
        pass(10).await;
        code
    };
    assert_eq!(update(&[("AddressIpVersion", "IPv5")]).await, "IllegalParam.AddressIpVersion");
    assert_eq!(update(&[("AddressIpVersion", "DualStack")]).await, "OperationDenied.ServiceResourceIpVersionMismatch");
    assert_eq!(update(&[("ServiceSupportIPv6", "true")]).await, "ServiceResourceNotSupportIpv6");
    assert_eq!(update(&[("ConnectBandwidth", "99")]).await, "IllegalParamFormat.ConnectBandwidth");
    assert_eq!(update(&[("ConnectBandwidth", "10241")]).await, "IllegalParamFormat.ConnectBandwidth");
    assert_eq!(update(&[("DryRun", "true"), ("ServiceDescription", "x")]).await, "DryRunOperation");
    simulator.change_config(|config| config.guesses.other_connect_bandwidth = OtherConnectBandwidth::Refused);
    assert_eq!(update(&[("ConnectBandwidth", "500")]).await, "UpdateBandWidthUnSupported");
    let empty = client.call("CreateVpcEndpointService", &[("ServiceResourceType", "nlb")]).await;
    let empty = [("ServiceId", empty.text("ServiceId"))];
    pass(10).await;
    let dual = [&empty[..], &[("AddressIpVersion", "DualStack")]].concat();
    assert_eq!(client.call("UpdateVpcEndpointServiceAttribute", &dual).await.code(), "good");
    pass(10).await;
    let back = [&empty[..], &[("AddressIpVersion", "IPv4")]].concat();
    assert_eq!(
        client.call("UpdateVpcEndpointServiceAttribute", &back).await.code(),
        "EndpointServiceDowngradeNotAllowed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_bears_no_write_unless_it_is_active() {
    let (simulator, client) = provider();
    let id = client.create().await;
    let service = ("ServiceId", id.as_str());
    let writes: &[(&str, &[(&str, &str)])] = &[
        ("UpdateVpcEndpointServiceAttribute", &[service]),
        ("DeleteVpcEndpointService", &[service]),
        ("AddUserToVpcEndpointService", &[service, ("UserId", "7")]),
        ("RemoveUserFromVpcEndpointService", &[service, ("UserId", "7")]),
        (
            "AttachResourceToVpcEndpointService",
            &[service, ("ResourceType", "nlb"), ("ResourceId", "nlb-b"), ("ZoneId", ZONE_I)],
        ),
        ("DetachResourceFromVpcEndpointService", &[service, ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)]),
        (
            "UpdateVpcEndpointServiceResourceAttribute",
            &[service, ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I), ("AutoAllocatedEnabled", "true")],
        ),
    ];
    simulator.change_config(|config| config.serial_locks = Switch::Off);
    simulator.change_config(|config| config.timers.serial_call = privatelink_sim::Span::millis(0));
    for (action, params) in writes {
        assert_eq!(
            client.call(action, params).await.code(),
            "EndpointServiceOperationDenied",
            "{action} while Creating"
        );
    }
    client.settle(&id).await;
    assert_eq!(client.call("UpdateVpcEndpointServiceAttribute", &[service]).await.code(), "good");
    for (action, params) in writes {
        let refused = client.call(action, &[*params, &[("DryRun", "true")]].concat()).await;
        let expected = match *action {
            "DeleteVpcEndpointService"
            | "AddUserToVpcEndpointService"
            | "RemoveUserFromVpcEndpointService"
            | "DetachResourceFromVpcEndpointService" => "DryRunOperation",
            _ => "EndpointServiceOperationDenied",
        };
        assert_eq!(refused.code(), expected, "{action} while Pending, as Terraform needs it");
    }
    simulator.change_config(|config| {
        config.guesses.pending_is_locked = Switch::On;
        config.guesses.work_while_pending.clear();
    });
    for (action, params) in writes {
        let expected = match *action {
            "DeleteVpcEndpointService" => "EndpointServiceOperationDenied",
            _ => "EndpointServiceLocked",
        };
        assert_eq!(client.call(action, params).await.code(), expected, "{action} while Pending");
    }
}

async fn with_endpoint() -> (privatelink_sim::Simulator, Client, String, String) {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let user = [("ServiceId", id.as_str()), ("UserId", DEFAULT_CONSUMER)];
    assert_eq!(client.call("AddUserToVpcEndpointService", &user).await.code(), "good");
    let endpoint = simulator.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, &id)).unwrap();
    (simulator, client, id, endpoint)
}

#[tokio::test(start_paused = true)]
async fn strict_deletion_needs_connections_cut_and_resources_detached() {
    let (simulator, client, id, endpoint) = with_endpoint().await;
    simulator.change_config(|config| config.guesses.delete_drops_attachments = Switch::Off);
    let service = [("ServiceId", id.as_str())];
    let both = [("ServiceId", id.as_str()), ("EndpointId", endpoint.as_str())];
    let detach = [("ServiceId", id.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)];
    let delete = async || client.call("DeleteVpcEndpointService", &service).await.code().to_owned();
    assert_eq!(client.call("EnableVpcEndpointConnection", &both).await.code(), "good");
    pass(10).await;
    assert_eq!(delete().await, "EndpointServiceConnectionDependence");
    assert_eq!(
        client.call("DetachResourceFromVpcEndpointService", &detach).await.code(),
        "EndpointServiceConnectionDependence"
    );
    assert_eq!(client.call("DisableVpcEndpointConnection", &both).await.code(), "good");
    assert_eq!(delete().await, "EndpointServiceConnectionDependence");
    pass(10).await;
    assert_eq!(delete().await, "EndpointServiceDependenceViolation");
    assert_eq!(client.call("DetachResourceFromVpcEndpointService", &detach).await.code(), "good");
    client.settle(&id).await;
    simulator.change_config(|config| config.guesses.deletion_blocked_by = DeletionBlockedBy::AnyEndpoint);
    assert_eq!(delete().await, "DeleteFailedDueToEndpointExist");
    simulator.change_config(|config| config.guesses.deletion_blocked_by = DeletionBlockedBy::LiveConnections);
    assert_eq!(delete().await, "good");
    assert_eq!(delete().await, "EndpointServiceOperationDenied");
    pass(10).await;
    assert_eq!(delete().await, "EndpointServiceNotFound");
    assert_eq!(simulator.endpoints()[0].connection_status, "ServiceDeleted");
}

#[tokio::test(start_paused = true)]
async fn deletion_drops_attachments_once_nobody_is_connected() {
    let (simulator, client, id, endpoint) = with_endpoint().await;
    let both = [("ServiceId", id.as_str()), ("EndpointId", endpoint.as_str())];
    let delete = async || client.call("DeleteVpcEndpointService", &both[..1]).await.code().to_owned();
    assert_eq!(client.call("EnableVpcEndpointConnection", &both).await.code(), "good");
    pass(10).await;
    assert_eq!(delete().await, "EndpointServiceConnectionDependence");
    assert_eq!(client.call("DisableVpcEndpointConnection", &both).await.code(), "good");
    pass(10).await;
    assert_eq!(delete().await, "good");
    pass(10).await;
    assert_eq!(simulator.all_services(), []);
}

#[tokio::test(start_paused = true)]
async fn another_accounts_or_regions_service_is_not_found() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let service = [("ServiceId", id.as_str())];
    let consumer = Client::in_process(&simulator, "consumer");
    assert_eq!(consumer.call("DeleteVpcEndpointService", &service).await.code(), "EndpointServiceNotFound");
    let elsewhere = [("ServiceId", id.as_str()), ("RegionId", "cn-beijing")];
    let reply = client.try_call("GetVpcEndpointServiceAttribute", &elsewhere).await.unwrap();
    assert_eq!((reply.code(), reply.status), ("EndpointServiceNotFound", 400));
}
