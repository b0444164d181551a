//! Adoption: a service that exists becomes an object's where both sides want it, and never otherwise.

use std::collections::BTreeMap;

use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::ListParams;
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG, FINALIZER, OBJECT_TAG, UID_TAG};
use privatelink_sim::{Fault, FaultKind, Moment, ServiceView};
use serde_json::{Value, json};

use crate::forged::{assert_untouched, foreign_service, lose, put_on};
use crate::support::rig::{Rig, Setup, ZONES, message, nlb_spec, ready_condition, status};

const CREATE: &str = "CreateVpcEndpointService";
const TAG: &str = "TagResources";
const UNTAG: &str = "UntagResources";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

fn adopting(service_id: &str) -> Value {
    json!({"serviceResourceType": "nlb", "description": "intake", "adopt": {"serviceId": service_id}})
}

/// The tags by which somebody with rights in the cloud gives a service to an object of the test's namespace.
fn given_to(rig: &Rig, name: &str) -> BTreeMap<String, String> {
    let object = format!("{}.{name}", rig.namespace);
    [(CLUSTER_TAG.to_owned(), rig.namespace.clone()), (ADOPT_TAG.to_owned(), object)].into()
}

async fn give(rig: &Rig, service: &ServiceView, name: &str) {
    rig.simulator.admin.change_service(&service.id, &put_on(&given_to(rig, name))).await.unwrap();
}

fn owner_tags(rig: &Rig, object: &VpcEndpointService) -> BTreeMap<String, String> {
    let name = object.metadata.name.as_deref().unwrap();
    let tags = [
        (CLUSTER_TAG, rig.namespace.clone()),
        (UID_TAG, object.metadata.uid.clone().unwrap()),
        (OBJECT_TAG, format!("{}.{name}", rig.namespace)),
    ];
    tags.map(|(key, value)| (key.to_owned(), value)).into()
}

async fn refused(rig: &Rig, name: &str) -> VpcEndpointService {
    let is_refused = |object: &VpcEndpointService| {
        ready_condition(object) == Some(("False", "AdoptionRefused"))
            && !message(object, ConditionType::Stalled).is_empty()
    };
    rig.until(name, "refused for good", is_refused).await
}

/// The reasons of the events about an object, each once.
pub(crate) async fn told(rig: &Rig, name: &str) -> Vec<String> {
    let events: Api<Event> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let events = events.list(&ListParams::default()).await.unwrap().items;
    let about =
        events.into_iter().filter(|event| event.regarding.as_ref().and_then(|of| of.name.as_deref()) == Some(name));
    let mut reasons: Vec<_> = about.filter_map(|event| event.reason).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

#[tokio::test]
async fn a_service_is_adopted_once_somebody_in_the_cloud_gave_it_and_is_then_like_any_other() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = foreign_service(&rig, &[("team", "shop")]).await;
    rig.apply("orders", adopting(&service.id)).await;
    let object = refused(&rig, "orders").await;
    let told_to_tag = message(&object, ConditionType::Ready);
    let command = format!(
        "aliyun privatelink TagResources --RegionId cn-hangzhou --ResourceType vpcendpointservice --ResourceId.1 {} --Tag.1.Key {CLUSTER_TAG} \
         --Tag.1.Value {namespace} --Tag.2.Key {ADOPT_TAG} --Tag.2.Value {namespace}.orders",
        service.id,
        namespace = rig.namespace
    );
    assert!(told_to_tag.ends_with(&command), "{told_to_tag}");
    assert_eq!((&object.metadata.finalizers, &object.metadata.annotations), (&None, &None));
    assert_eq!(status(&rig.object("orders").await.unwrap()).service_id, None);
    assert_untouched(&rig, &service).await;

    give(&rig, &service, "orders").await;
    let object = rig.ready("orders").await;
    let expected = ServiceView {
        description: "intake".to_owned(),
        auto_accept: false,
        tags: [("team".to_owned(), "shop".to_owned())].into_iter().chain(owner_tags(&rig, &object)).collect(),
        ..service.clone()
    };
    let adopted = rig.cloud("as the spec wants it", |services| services == [expected.clone()]).await.remove(0);
    assert_eq!(rig.effects().await, [CREATE, TAG, UPDATE, UNTAG, UPDATE]);
    assert_eq!(status(&object).service_id.as_ref(), Some(&service.id));
    assert_eq!(object.metadata.finalizers.as_deref(), Some(&[FINALIZER.to_owned()][..]));
    let reasons = told(&rig, "orders").await;
    assert!(reasons.contains(&"EndpointServiceAdopted".to_owned()), "{reasons:?}");
    assert!(!reasons.contains(&"EndpointServiceCreated".to_owned()), "{reasons:?}");

    rig.edit("orders", json!({"description": "outbound"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await, ServiceView { description: "outbound".to_owned(), ..adopted.clone() });
    // Without a policy of its own it is retained.
    rig.delete("orders").await;
    rig.gone("orders").await;
    let tags = [("team".to_owned(), "shop".to_owned())].into();
    assert_eq!(rig.service().await, ServiceView { description: "outbound".to_owned(), tags, ..adopted });
    rig.end().await;
}

#[tokio::test]
async fn an_adoption_is_reported_before_any_change_under_observe_and_under_plan() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = foreign_service(&rig, &[("team", "shop")]).await;
    let made = rig.effects().await;
    let (tag, update) = ("TagResources: ", "UpdateVpcEndpointServiceAttribute: ");
    for (name, policy, tag_ends) in [("observed", "Observe", ""), ("planned", "Plan", " (dry run passed)")] {
        let mut spec = adopting(&service.id);
        spec["managementPolicy"] = json!(policy);
        spec["allowedPrincipals"] = json!(["2000000000000002"]);
        rig.apply(name, spec).await;
        refused(&rig, name).await;
        give(&rig, &service, name).await;
        let is_planned = |object: &VpcEndpointService| {
            ready_condition(object) == Some(("False", "PlanOnly")) && status(object).plan[0].ends_with(tag_ends)
        };
        let object = rig.until(name, "reported", is_planned).await;
        let plan = status(&object).plan;
        assert!(plan[0].starts_with(tag) && plan[0].ends_with(tag_ends), "{plan:#?}");
        assert!(plan.iter().any(|line| line.starts_with(update) && line.contains("\"intake\"")), "{plan:#?}");
        assert_eq!(plan.last().unwrap(), "spec.allowedPrincipals: compared once the service is taken over");
        rig.until_listed(2).await;
        assert_eq!((&object.metadata.finalizers, &object.metadata.annotations), (&None, &None));
        assert_eq!(rig.effects().await, made);
    }
    rig.edit("planned", json!({"managementPolicy": "Manage"})).await;
    let object = rig.ready("planned").await;
    assert_eq!((status(&object).service_id, status(&object).plan), (Some(service.id), Vec::new()));
    rig.end().await;
}

#[tokio::test]
async fn of_two_objects_that_claim_a_service_the_one_that_the_tag_names_gets_it() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = foreign_service(&rig, &[]).await;
    for name in ["orders", "billing"] {
        rig.apply(name, adopting(&service.id)).await;
    }
    refused(&rig, "orders").await;
    give(&rig, &service, "billing").await;
    let winner = rig.ready("billing").await;
    let loser = refused(&rig, "orders").await;
    rig.until_listed(3).await;
    assert_eq!(ready_condition(&rig.object("orders").await.unwrap()), Some(("False", "AdoptionRefused")));
    assert_eq!((&loser.metadata.finalizers, status(&loser).service_id), (&None, None));
    let tagged = rig.cloud("adopted", |services| services[0].tags == owner_tags(&rig, &winner));
    tagged.await;
    // The tag does not take a service from an object that has it. That one takes it off again, if it can.
    rig.fault(Fault { times: None, ..Fault::next(UNTAG, FaultKind::error("ServiceUnavailable")) }).await;
    give(&rig, &service, "orders").await;
    let of_another =
        |object: &VpcEndpointService| message(object, ConditionType::Stalled).contains("belongs to another object");
    rig.until("orders", "told whose it is", of_another).await;
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.cloud("still billing's", |services| services[0].tags == owner_tags(&rig, &winner)).await;
    rig.ready("billing").await;
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_never_adopted_goes_without_a_word_to_the_cloud() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = foreign_service(&rig, &[]).await;
    let mut spec = adopting(&service.id);
    spec["deletionPolicy"] = json!("Delete");
    rig.apply("orders", spec).await;
    refused(&rig, "orders").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_untouched(&rig, &service).await;
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_cannot_become_what_the_spec_wants_is_not_adopted() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = foreign_service(&rig, &[]).await;
    give(&rig, &service, "orders").await;
    let given = rig.service().await;
    let mut spec = adopting(&service.id);
    spec["serviceResourceType"] = json!("slb");
    spec["payer"] = json!("EndpointService");
    rig.apply("orders", spec).await;
    let object = refused(&rig, "orders").await;
    let why = message(&object, ConditionType::Ready);
    let differs =
        "its serviceResourceType is nlb, the spec wants slb; its payer is Endpoint, the spec wants EndpointService";
    assert!(why.contains(differs), "{why}");
    assert_untouched(&rig, &given).await;
    rig.end().await;
}

#[tokio::test]
async fn an_adopted_service_that_goes_is_replaced_only_where_the_spec_says_so() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = foreign_service(&rig, &[]).await;
    give(&rig, &service, "orders").await;
    let mut spec = adopting(&service.id);
    spec["resources"] = json!([{"resourceId": "nlb-12", "zoneIds": [ZONES[0]]}]);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    rig.simulator.admin.delete_service(&service.id).await.unwrap();
    rig.not_ready("orders", "ServiceGone").await;
    rig.until_listed(3).await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.calls(CREATE).await.len(), 1);
    rig.edit("orders", json!({"whenGone": "Recreate"})).await;
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).service_id, Some(rig.service().await.id));
    assert_eq!(rig.calls(CREATE).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn an_adoption_that_is_cut_off_anywhere_goes_on() {
    for cut in [TAG, UNTAG] {
        let mut rig = Rig::without_operator(Setup::watchful().soon_sure()).await;
        let service = foreign_service(&rig, &[]).await;
        give(&rig, &service, "orders").await;
        rig.apply("orders", adopting(&service.id)).await;
        let fault = FaultKind::Cut { moment: Moment::AfterEffect };
        rig.fault(Fault::next(cut, fault)).await;
        rig.start_operator().await;
        rig.until_calls(cut, 1).await;
        rig.kill_operator();
        rig.start_operator().await;
        let object = rig.ready("orders").await;
        let tags = owner_tags(&rig, &object);
        rig.cloud("adopted", |services| services.len() == 1 && services[0].tags == tags).await;
        assert_eq!(rig.calls(CREATE).await.len(), 1, "{cut}");
        rig.end().await;
    }
}

fn taking_over(balancer: usize) -> Value {
    let resources = json!([{"resourceId": format!("nlb-{balancer}"), "zoneIds": ZONES}]);
    json!({"serviceResourceType": "nlb", "whenFormerExists": "TakeOver", "resources": resources})
}

#[tokio::test]
async fn a_cluster_that_is_built_again_finds_its_services_again() {
    let mut rig = Rig::with(Setup::watchful().soon_sure()).await;
    let names = ["orders", "billing", "intake", "ledger"];
    for (number, name) in names.into_iter().enumerate() {
        rig.apply(name, taking_over(number + 1)).await;
    }
    let mut ids = BTreeMap::new();
    for name in names {
        ids.insert(name, status(&rig.ready(name).await).service_id.unwrap());
    }
    rig.kill_operator();
    for name in names {
        lose(&rig, name).await;
    }
    // From Git, that is, without status, record or finalizer.
    for (number, name) in names.into_iter().enumerate() {
        rig.apply(name, taking_over(number + 1)).await;
    }
    rig.start_operator().await;
    for name in names {
        let object = rig.ready(name).await;
        assert_eq!(status(&object).service_id.as_ref(), ids.get(name), "{name}");
        let service = rig.simulator.admin.service(&ids[name]).await.unwrap();
        assert_eq!(service.tags, owner_tags(&rig, &object), "{name}");
    }
    assert_eq!(rig.calls(CREATE).await.len(), names.len());
    assert_eq!(rig.calls(TAG).await.len(), names.len());
    let reasons = told(&rig, "orders").await;
    assert!(reasons.contains(&"EndpointServiceAdopted".to_owned()), "{reasons:?}");
    for name in names {
        rig.delete(name).await;
        rig.gone(name).await;
    }
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_service_of_an_object_that_exists_is_not_taken_over_whatever_its_name_tag_says() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", taking_over(1)).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    // Somebody writes another object's name on it; its own object puts that right, so that it is done again and again.
    let renamed = [(OBJECT_TAG.to_owned(), format!("{}.billing", rig.namespace))].into();
    rig.fault(Fault { times: None, ..Fault::next(TAG, FaultKind::error("ServiceUnavailable")) }).await;
    rig.simulator.admin.change_service(&service.id, &put_on(&renamed)).await.unwrap();
    rig.until_listed(2).await;
    rig.apply("billing", taking_over(2)).await;
    let billing = rig.ready("billing").await;
    assert_ne!(status(&billing).service_id.as_ref(), Some(&service.id));
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.cloud("named again", |services| services.contains(&service)).await;
    assert_eq!(rig.calls(CREATE).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn a_former_service_that_is_being_deleted_is_waited_for_and_not_taken_over() {
    let mut setup = Setup::watchful().soon_sure();
    setup.simulator.timers.deleting = privatelink_sim::Span::fixed(std::time::Duration::from_secs(2));
    let mut rig = Rig::with(setup).await;
    rig.apply("orders", taking_over(1)).await;
    let former = status(&rig.ready("orders").await).service_id.unwrap();
    rig.kill_operator();
    lose(&rig, "orders").await;
    rig.apply("orders", taking_over(1)).await;
    rig.simulator.admin.delete_service(&former).await.unwrap();
    rig.start_operator().await;
    let object = rig.ready("orders").await;
    assert_ne!(status(&object).service_id, Some(former));
    assert_eq!(rig.effects().await.iter().filter(|operation| *operation == TAG).count(), 0);
    rig.end().await;
}

/// The metric of services whose object exists no more.
async fn orphans(rig: &Rig) -> Option<u32> {
    let answer = reqwest::get(format!("{}/metrics", rig.operator().metrics_url())).await.unwrap();
    let text = answer.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("privatelink_operator_orphaned_services "))?;
    line.parse().ok()
}

#[tokio::test]
async fn services_whose_object_exists_no_more_are_counted_and_named_and_nobody_elses_and_none_is_written_to() {
    let rig = Rig::with(Setup::watchful().soon_sure()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let own = rig.service().await;
    let mut planted = Vec::new();
    for (cluster, namespace) in
        [(rig.namespace.as_str(), rig.namespace.as_str()), ("another-cluster", rig.namespace.as_str())]
    {
        for number in 0..25 {
            let (uid, object) = (format!("gone-{number}"), format!("{namespace}.gone{number}"));
            let tags = [(CLUSTER_TAG, cluster), (UID_TAG, &uid), (OBJECT_TAG, &object)];
            planted.push(foreign_service(&rig, &tags).await);
        }
    }
    // Of another namespace, which this operator does not see, and one that is only prepared for adoption.
    for tags in [[(UID_TAG, "gone"), (OBJECT_TAG, "elsewhere.orders")], [(ADOPT_TAG, "x.y"), ("team", "shop")]] {
        let cluster = (CLUSTER_TAG, rig.namespace.as_str());
        planted.push(foreign_service(&rig, &[cluster, tags[0], tags[1]]).await);
    }
    rig.poll("25 are counted", async || orphans(&rig).await, |count| *count == Some(25)).await;
    rig.until_listed(3).await;
    assert_eq!(orphans(&rig).await, Some(25));
    let told = |service: &ServiceView| {
        rig.log().lines().filter(|line| line.contains("exists no more") && line.contains(&service.id)).count()
    };
    let named: Vec<_> = planted.iter().map(told).collect();
    assert_eq!(named, [vec![1; 25], vec![0; 27]].concat());
    assert_eq!(told(&own), 0);
    for service in &planted {
        assert_untouched(&rig, service).await;
    }
    rig.end().await;
}

#[tokio::test]
async fn two_objects_that_list_one_load_balancer_in_one_zone_are_both_told_and_work_all_the_same() {
    let rig = Rig::with(Setup::watchful()).await;
    let spec = |zones: &[&str]| json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-1", "zoneIds": zones}]});
    rig.apply("orders", spec(&ZONES)).await;
    rig.ready("orders").await;
    rig.apply("billing", spec(&ZONES[..1])).await;
    for name in ["orders", "billing"] {
        let is_told = |reasons: &Vec<String>| reasons.contains(&"LoadBalancerShared".to_owned());
        rig.poll("told in an event", async || told(&rig, name).await, is_told).await;
    }
    rig.ready("billing").await;
    rig.end().await;
}
