//! Each way in which `CreateVpcEndpointService` can be refused by a rule.

use privatelink_sim::{
    AccessKey, Account, BusinessStatus, Config, DEFAULT_PROVIDER, LoadBalancer, NetworkType, Switch,
};

use crate::support::{NLB_SERVICE, REGION, ZONE_I, config, pass, provider, with};

type Params<'a> = Vec<(&'a str, &'a str)>;

/// A service of one resource of the type.
fn service<'a>(kind: &'a str, id: &'a str, zone: Option<&'a str>, more: &[(&'a str, &'a str)]) -> Params<'a> {
    let mut params =
        vec![("ServiceResourceType", kind), ("Resource.1.ResourceType", kind), ("Resource.1.ResourceId", id)];
    params.extend(zone.map(|zone| ("Resource.1.ZoneId", zone)));
    params.extend(more);
    params
}

fn unfit() -> Config {
    let mut config = config();
    let zones = [ZONE_I];
    let unsupported = |id: &str, kind: &str| LoadBalancer {
        supports_privatelink: Switch::Off,
        ..LoadBalancer::new(id, kind, REGION, &zones)
    };
    let public =
        LoadBalancer { network_type: NetworkType::Public, ..LoadBalancer::new("lb-pub", "slb", REGION, &zones) };
    let of_clb = |id: &str| LoadBalancer::new(id, "slb", REGION, &zones);
    let paid_ahead = LoadBalancer { pay_type: Some("PrePay".to_owned()), ..of_clb("lb-ahead") };
    let classic = LoadBalancer { classic_network: Switch::On, ..of_clb("lb-classic") };
    let mut bare = LoadBalancer::new("nlb-bare", "nlb", REGION, &zones);
    bare.zones[0].vswitch_id = None;
    config.load_balancers.extend([
        unsupported("alb-old", "alb"),
        unsupported("nlb-old", "nlb"),
        public,
        paid_ahead,
        classic,
        bare,
    ]);
    config.guesses.no_zone_affinity.insert("gwlb".to_owned());
    config
}

#[tokio::test(start_paused = true)]
async fn each_rule_has_its_code() {
    let (_, client) = with(unfit());
    let zone = Some(ZONE_I);
    let cases = [
        (service("alb", "alb-none", zone, &[]), "AlbNotFound"),
        (service("nlb", "nlb-none", zone, &[]), "LoadBalancerNotFound"),
        (service("slb", "lb-none", None, &[]), "LoadBalancerNotFound"),
        (service("nlb", "nlb-foreign", zone, &[]), "LoadBalancerNotFound"),
        (service("vpcNat", "ngw-none", None, &[]), "ResourceNotFound.NatGateway"),
        (service("nlb", "nlb-old", zone, &[]), "LoadBalancerNotSupportPrivateLink"),
        (service("slb", "lb-pub", None, &[]), "LoadBalancerNotSupportPrivateLink"),
        (service("slb", "lb-ahead", None, &[]), "LoadBalancerNotSupportPrivateLink"),
        (service("slb", "lb-classic", None, &[]), "LoadBalancerNotSupportPrivateLink"),
        (service("alb", "alb-old", zone, &[]), "SpecifiedAlbNotSupport"),
        (service("nlb", "nlb-bare", zone, &[]), "VSwitchNotFound"),
        (service("nlb", "nlb-a", Some("cn-hangzhou-z"), &[]), "EndpointServiceNotSupportedZone"),
        (service("nlb", "nlb-a", None, &[]), "MissingParam.ZoneId"),
        (service("nlb", "alb-a", zone, &[]), "Mismatch.ResourceType"),
        (service("nlb", "nlb-a", zone, &[("Resource.1.ResourceType", "alb")]), "Mismatch.ResourceType"),
        (vec![("Resource.1.ResourceId", "lb-a")], "MissingParam.ResourceType"),
        (vec![("Resource.1.ResourceType", "slb")], "MissingParam.ResourceId"),
        (service("nlb", "nlb-a", zone, &[("Payer", "EndpointService")]), "EndpointServicePayerForbidden"),
        (service("nlb", "nlb-a", zone, &[("Payer", "Nobody")]), "IllegalParamFormat.Payer"),
        (service("elb", "nlb-a", zone, &[]), "IllegalParamFormat.ServiceResourceType"),
        (service("nlb", "nlb-a", zone, &[("AutoAcceptEnabled", "1")]), "IllegalParamFormat.AutoAcceptEnabled"),
        (service("nlb", "nlb-a", zone, &[("AddressIpVersion", "IPv6")]), "IllegalParam.AddressIpVersion"),
        (
            service("slb", "lb-a", None, &[("AddressIpVersion", "DualStack")]),
            "OperationDenied.ResourceTypeNotSupportDualStack",
        ),
        (
            service("nlb", "nlb-a", zone, &[("AddressIpVersion", "DualStack")]),
            "OperationDenied.ServiceResourceIpVersionMismatch",
        ),
        (service("nlb", "nlb-a", zone, &[("ServiceSupportIPv6", "true")]), "EndpointServiceNotSupportIpv6"),
        (service("gwlb", "gwlb-a", zone, &[("ZoneAffinityEnabled", "true")]), "OperationDenied.ZoneAffinityNotSupport"),
        (service("nlb", "nlb-a", zone, &[("Tag.1.Key", "acs:x"), ("Tag.1.Value", "")]), "IllegalTagKeyParam"),
        (service("nlb", "nlb-a", zone, &[("ResourceGroupId", "group")]), "InvalidResourceGroup"),
        (service("nlb", "nlb-a", zone, &[("ClientToken", "日本")]), "IllegalParamFormat.ClientToken"),
        (service("nlb", "nlb-a", zone, &[("DryRun", "True")]), "DryRunOperation"),
    ];
    for (params, expected) in cases {
        let params: Params<'_> =
            params.iter().copied().collect::<std::collections::BTreeMap<_, _>>().into_iter().collect();
        let reply = client.call("CreateVpcEndpointService", &params).await;
        assert_eq!((reply.code(), reply.status), (expected, 400), "{params:?}");
    }
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.body["TotalCount"], 0);
}

#[tokio::test(start_paused = true)]
async fn good_ones_of_every_type_are_created() {
    let (_, client) = provider();
    let zone = Some(ZONE_I);
    let cases = [
        service("nlb", "nlb-a", zone, &[("AddressIpVersion", "IPv4")]),
        service("nlb", "nlb-own", zone, &[]),
        service("nlb", "nlb-dual", zone, &[("AddressIpVersion", "DualStack"), ("ServiceSupportIPv6", "TRUE")]),
        service("alb", "alb-a", zone, &[]),
        service("gwlb", "gwlb-a", zone, &[]),
        service("slb", "lb-a", None, &[]),
        vec![],
    ];
    for params in cases {
        assert_eq!(client.call("CreateVpcEndpointService", &params).await.code(), "good", "{params:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_is_required_in_the_style_that_is_switched() {
    let (simulator, client) = provider();
    assert_eq!(client.try_call("CreateVpcEndpointService", &[]).await.unwrap().code(), "MissingParam.RegionId");
    simulator.change_config(|config| {
        config.guesses.missing_parameter = privatelink_sim::MissingParameterStyle::Gateway;
    });
    let reply = client.try_call("CreateVpcEndpointService", &[]).await.unwrap();
    assert_eq!((reply.code(), reply.text("Message")), ("MissingRegionId", "RegionId is mandatory for this action."));
}

#[tokio::test(start_paused = true)]
async fn accounts_may_be_closed_indebted_or_allowed_to_pay() {
    let (simulator, client) = provider();
    let key = || AccessKey::new("sim-provider-key", "sim-provider-secret");
    let create = async |params: &[(&str, &str)]| {
        client.call("CreateVpcEndpointService", &[NLB_SERVICE, params].concat()).await.code().to_owned()
    };
    simulator.put_account(Account { product_open: Switch::Off, ..Account::new(DEFAULT_PROVIDER, key()) });
    assert_eq!(create(&[]).await, "NeedOpenProduct");
    let locked = BusinessStatus::FinancialLocked;
    simulator.put_account(Account { business_status: locked, ..Account::new(DEFAULT_PROVIDER, key()) });
    assert_eq!(create(&[]).await, "InvalidAccountStatus.NotEnoughBalance");
    simulator.put_account(Account { payer_allowed: Switch::On, ..Account::new(DEFAULT_PROVIDER, key()) });
    assert_eq!(create(&[("Payer", "EndpointService")]).await, "good");
}

#[tokio::test(start_paused = true)]
async fn an_indebted_account_shows_it_and_its_services_bear_no_change() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    let locked = BusinessStatus::FinancialLocked;
    simulator.put_account(Account { business_status: locked, ..Account::new(DEFAULT_PROVIDER, key) });
    let got = client.call("GetVpcEndpointServiceAttribute", &[("ServiceId", &id)]).await;
    assert_eq!((got.text("ServiceBusinessStatus"), got.text("ServiceStatus")), ("FinancialLocked", "Active"));
    let reply = client.call("AddUserToVpcEndpointService", &[("ServiceId", &id), ("UserId", "1")]).await;
    assert_eq!(reply.code(), "EndpointServiceLocked");
    let normal = client.call("ListVpcEndpointServices", &[("ServiceBusinessStatus", "Normal")]).await;
    assert_eq!(normal.body["TotalCount"], 0);
}

#[tokio::test(start_paused = true)]
async fn eleven_resources_and_the_two_hundred_and_first_service_are_too_many() {
    let (simulator, client) = provider();
    simulator.change_config(|config| config.auto_create_load_balancers = Switch::On);
    let texts: Vec<(String, String)> = (1..=11)
        .flat_map(|n| {
            [
                (format!("Resource.{n}.ResourceType"), "nlb".to_owned()),
                (format!("Resource.{n}.ResourceId"), format!("nlb-{n}")),
                (format!("Resource.{n}.ZoneId"), ZONE_I.to_owned()),
            ]
        })
        .chain([("ServiceResourceType".to_owned(), "nlb".to_owned())])
        .collect();
    let all: Vec<(&str, &str)> = texts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ten: Vec<_> = all.iter().copied().filter(|(name, _)| !name.starts_with("Resource.11.")).collect();
    assert_eq!(client.call("CreateVpcEndpointService", &all).await.code(), "QuotaMisMatched");
    assert_eq!(client.call("CreateVpcEndpointService", &ten).await.code(), "good");
    for _ in 1..200 {
        assert_eq!(client.call("CreateVpcEndpointService", &[]).await.code(), "good");
        pass(1).await;
    }
    assert_eq!(client.call("CreateVpcEndpointService", &[]).await.code(), "QuotaMisMatched");
    let other = [("RegionId", "cn-beijing")];
    assert_eq!(client.try_call("CreateVpcEndpointService", &other).await.unwrap().code(), "good");
}
