//! `privatelink-operator import`: the manifests that are printed for the services of an account adopt them, and a plan finds nothing to change.

mod limits;

use std::collections::BTreeMap;

use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink::{CreateVpcEndpointServiceRequest, Resource, Tag};
use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG, OBJECT_TAG, UID_TAG};
use privatelink_sim::{
    AccessKey, Account, AttachmentId, DEFAULT_CONSUMER, DEFAULT_PROVIDER, LoadBalancer, ServiceChange, ServiceView,
    Switch,
};
use serde_json::{Value, json};

use super::support::{Person, Ran, only_reads_and_dry_runs, untouched, writes_of};
use crate::forged::{foreign_service, put_on, somebodys_service};
use crate::support::kubectl::Kubectl;
use crate::support::rig::{REGION, Rig, Setup, ZONES};

/// What each service has that is made here by hand.
fn request(kind: &str, attached: &[(&str, Option<&str>)]) -> CreateVpcEndpointServiceRequest {
    let resource = |(id, zone): &(&str, Option<&str>)| Resource {
        resource_type: Some(kind.to_owned()),
        resource_id: Some((*id).to_owned()),
        zone_id: zone.map(str::to_owned),
    };
    CreateVpcEndpointServiceRequest {
        service_resource_type: Some(kind.to_owned()),
        resources: attached.iter().map(resource).collect(),
        ..CreateVpcEndpointServiceRequest::default()
    }
}

async fn change(rig: &Rig, service: &ServiceView, change: ServiceChange) {
    rig.simulator.admin.change_service(&service.id, &change).await.unwrap();
}

/// One with everything that a Network Load Balancer's service can have.
async fn full(rig: &Rig) -> ServiceView {
    for id in ["nlb-20", "nlb-21"] {
        let address_ip_version = "DualStack".to_owned();
        let balancer = LoadBalancer { address_ip_version, ..LoadBalancer::new(id, "nlb", REGION, &ZONES) };
        rig.simulator.admin.seed_load_balancer(&balancer).await.unwrap();
    }
    let tags = [("team", "shop"), ("on", "yes"), ("cost center", "12: a # b")];
    let tags = tags.map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() });
    let attached = [("nlb-20", Some(ZONES[0])), ("nlb-20", Some(ZONES[1])), ("nlb-21", Some(ZONES[0]))];
    let made = somebodys_service(
        rig,
        &CreateVpcEndpointServiceRequest {
            service_description: Some("Orders of all shops: \"yes\"".to_owned()),
            auto_accept_enabled: Some(true),
            zone_affinity_enabled: Some(true),
            address_ip_version: Some("DualStack".to_owned()),
            supported_region_list: vec!["cn-beijing".to_owned()],
            resource_group_id: Some("rg-shop".to_owned()),
            tags: tags.to_vec(),
            payer: Some("EndpointService".to_owned()),
            ..request("nlb", &attached)
        },
    )
    .await;
    let kept_back = AttachmentId { resource_id: "nlb-21".to_owned(), zone_id: ZONES[0].to_owned() };
    let more = ServiceChange {
        add_users: vec![DEFAULT_CONSUMER.parse().unwrap()],
        keep_back: vec![kept_back],
        ..ServiceChange::default()
    };
    change(rig, &made, more).await;
    made
}

/// One of a Classic Load Balancer, with a bandwidth and the description of the other.
async fn classic(rig: &Rig) -> ServiceView {
    let description = Some("orders of all shops yes".to_owned());
    let made = somebodys_service(
        rig,
        &CreateVpcEndpointServiceRequest { service_description: description, ..request("slb", &[("lb-1", None)]) },
    )
    .await;
    change(rig, &made, ServiceChange { connect_bandwidth: Some(1024), ..ServiceChange::default() }).await;
    made
}

/// From now on the account may pay for consumers' endpoints.
async fn allow_payer(rig: &Rig) {
    let key = AccessKey::new(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET);
    let account = Account { payer_allowed: Switch::On, ..Account::new(DEFAULT_PROVIDER, key) };
    rig.simulator.admin.put_account(&account).await.unwrap();
}

async fn import(person: &Person, rig: &Rig, arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["--namespace", &rig.namespace].into_iter().chain(arguments.iter().copied()).collect();
    person.run(rig, "import", &arguments, "").await
}

/// Does what the commands in the comments do, by the tags that stand in them.
async fn carry_out_the_commands(rig: &Rig, text: &str) -> usize {
    let commands = text.lines().filter_map(|line| line.strip_prefix("# aliyun privatelink TagResources "));
    let commands: Vec<&str> = commands.collect();
    for command in &commands {
        let words: Vec<&str> = command.split(' ').collect();
        let flags: BTreeMap<_, _> = words.chunks(2).map(|pair| (pair[0], pair[1].to_owned())).collect();
        assert_eq!((&*flags["--RegionId"], &*flags["--ResourceType"]), (REGION, "vpcendpointservice"), "{command}");
        let tag = |number: u8| {
            (flags[&*format!("--Tag.{number}.Key")].clone(), flags[&*format!("--Tag.{number}.Value")].clone())
        };
        let tags: BTreeMap<_, _> = [tag(1), tag(2)].into();
        rig.simulator.admin.change_service(&flags["--ResourceId.1"], &put_on(&tags)).await.unwrap();
    }
    commands.len()
}

/// The services without our tags, by id.
async fn without_our_tags(rig: &Rig) -> Vec<ServiceView> {
    let mut services = rig.services().await;
    for service in &mut services {
        service.tags.retain(|key, _| !key.starts_with("privatelink-operator."));
    }
    services
}

/// What a program reads of a plan of these manifests.
async fn planned(rig: &Rig, manifests: &str) -> Vec<Value> {
    let ran = Person::admin(rig).run(rig, "plan", &["-f", "-", "-o", "json"], manifests).await;
    ran.json()["manifests"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_imported_is_adopted_as_it_is_and_a_plan_finds_nothing_to_change() {
    let mut rig = Rig::without_operator(Setup::default()).await;
    allow_payer(&rig).await;
    full(&rig).await;
    classic(&rig).await;
    let plain = foreign_service(&rig, &[]).await;
    let owned = foreign_service(&rig, &[(UID_TAG, "u-1"), (OBJECT_TAG, "bar.foo"), (CLUSTER_TAG, "other")]).await;
    let (before, from) = (untouched(&rig).await, rig.journal().await.len());
    let person = Person::with_roles(&rig, &["privatelink-operator-view"]).await;
    let ran = import(&person, &rig, &[]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    assert_eq!(untouched(&rig).await, before);
    assert_eq!(only_reads_and_dry_runs(&rig, from).await, [""; 0]);
    assert_eq!(writes_of(&rig, &rig.namespace), []);
    let left = format!("#   {}: belongs to the object bar.foo (uid u-1) of the cluster other", owned.id);
    assert!(ran.stdout.contains(&left), "{ran:#?}");

    let as_it_was = without_our_tags(&rig).await;
    assert_eq!(carry_out_the_commands(&rig, &ran.stdout).await, 3, "{ran:#?}");
    // Before it is applied: nothing differs, and only tags of ours are written.
    for adoption in planned(&rig, &ran.stdout).await {
        assert_eq!((&adoption["verdict"], &adoption["differences"]), (&json!("change"), &json!([])), "{adoption:#}");
        let steps = adoption["steps"].as_array().unwrap().iter();
        let operations: Vec<_> = steps.map(|step| step["operation"].as_str().unwrap()).collect();
        assert_eq!(operations, ["TagResources", "UntagResources"], "{adoption:#}");
    }
    let applied = Kubectl::new(rig.control_plane, &rig.namespace).run(&["apply", "-f", "-"], &ran.stdout).await;
    assert_eq!(applied.failure(), None);
    let done = rig.effects().await.len();
    rig.start_operator().await;
    for object in rig.all().await {
        let name = object.metadata.name.unwrap();
        rig.ready(&name).await;
    }
    let manifests = planned(&rig, &ran.stdout).await;
    let verdicts: Vec<_> = manifests.iter().map(|planned| planned["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["nothing"; 3], "{manifests:#?}");
    assert_eq!(without_our_tags(&rig).await, as_it_was);
    let mut effects = rig.effects().await.split_off(done);
    effects.sort();
    assert_eq!(
        effects,
        ["TagResources", "TagResources", "TagResources", "UntagResources", "UntagResources", "UntagResources"]
    );

    let ran = import(&person, &rig, &["-o", "json"]).await;
    let answer = ran.json();
    assert_eq!((ran.code, &answer["services"]), (Some(0), &json!([])), "{answer:#}");
    let reasons: Vec<_> = answer["leftOut"].as_array().unwrap().iter().map(|left| &left["reason"]).collect();
    assert_eq!(reasons, [&json!("owned"); 4], "{answer:#}");
    let named = answer["leftOut"].as_array().unwrap().iter().find(|left| left["serviceId"] == json!(plain.id)).unwrap();
    let object = format!("belongs to the object {}.not-of-this-cluster", rig.namespace);
    assert!(named["message"].as_str().unwrap().starts_with(&object), "{named:#}");
    rig.end().await;
}

#[tokio::test]
async fn a_program_reads_each_manifest_with_its_command() {
    let rig = Rig::without_operator(Setup::default()).await;
    allow_payer(&rig).await;
    let (full, classic) = (full(&rig).await, classic(&rig).await);
    let ran = import(&Person::admin(&rig), &rig, &["-o", "json"]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    let answer = ran.json();
    assert_eq!((&answer["formatVersion"], &answer["region"]), (&json!(1), &json!(REGION)));
    let of = |service: &ServiceView| {
        let services = answer["services"].as_array().unwrap();
        services.iter().find(|one| one["serviceId"] == json!(service.id)).unwrap().clone()
    };
    let (nlb, slb) = (of(&full), of(&classic));
    let expected = json!({
        "addressIpVersion": "DualStack",
        "adopt": {"serviceId": full.id},
        "allowedPrincipals": [DEFAULT_CONSUMER],
        "autoAcceptEnabled": true,
        "description": "Orders of all shops: \"yes\"",
        "payer": "EndpointService",
        "region": REGION,
        "resourceGroupId": "rg-shop",
        "resources": [
            {"resourceId": "nlb-20", "zoneIds": ZONES},
            {"resourceId": "nlb-21", "zoneIds": [ZONES[0]], "autoAllocatedEnabled": false},
        ],
        "serviceResourceType": "nlb",
        "supportedRegions": ["cn-beijing"],
        "tags": {"team": "shop", "on": "yes", "cost center": "12: a # b"},
        "zoneAffinityEnabled": true,
    });
    assert_eq!(nlb["manifest"]["spec"], expected, "{answer:#}");
    assert_eq!((&nlb["unmanaged"], &slb["unmanaged"]), (&json!([]), &json!([])), "{answer:#}");
    assert_eq!(slb["manifest"]["spec"]["connectBandwidthMbps"], 1024, "{answer:#}");
    // Both have one description but for capitals and marks.
    let name =
        |service: &ServiceView| format!("orders-of-all-shops-yes-{}", service.id.strip_prefix("epsrv-").unwrap());
    for (told, service) in [(&nlb, &full), (&slb, &classic)] {
        assert_eq!(told["manifest"]["metadata"], json!({"name": name(service), "namespace": rig.namespace}));
        let tag = format!("--Tag.2.Key {ADOPT_TAG} --Tag.2.Value {}.{}", rig.namespace, name(service));
        assert!(told["command"].as_str().unwrap().ends_with(&tag), "{told:#}");
    }
    rig.end().await;
}
