//! Changes: what is edited reaches the cloud, and nothing else does.

use std::time::Duration;

use futures::future::join_all;
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{
    AttachmentView, DEFAULT_CONSUMER, Fault, FaultKind, LoadBalancer, ServiceChange, ServiceView, Span, StoredText,
};
use serde_json::{Value, json};

use crate::support::rig::{CREATE_WRITES, REGION, Rig, Setup, ZONES, message, nlb_spec, ready_condition, status};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const ATTACH: &str = "AttachResourceToVpcEndpointService";
const DETACH: &str = "DetachResourceFromVpcEndpointService";
const ALLOCATE: &str = "UpdateVpcEndpointServiceResourceAttribute";
const TAG: &str = "TagResources";
const UNTAG: &str = "UntagResources";
const REGROUP: &str = "ChangeResourceGroup";
const ADD_USER: &str = "AddUserToVpcEndpointService";
const REMOVE_USER: &str = "RemoveUserFromVpcEndpointService";

/// A refused call is not repeated while the test runs.
const LONGER_THAN_THE_TEST: Duration = Duration::from_hours(2);

/// So many resources fit into a Create.
const RESOURCES_OF_A_CREATE: usize = 10;

/// So many attachments fit into a status.
const ATTACHMENTS_OF_A_STATUS: usize = 500;

/// What a user edits, what it does to the service, and the calls that it takes.
struct Edit {
    spec: Value,
    does: fn(&mut ServiceView),
    calls: &'static [&'static str],
}

/// Makes the edits one after the other. After each, the whole service differs in just that field, and just these calls were made. No edit
/// costs more than two writes to Kubernetes: that it is at work, and that it is done.
async fn make(rig: &Rig, edits: &[Edit]) {
    let mut service = rig.service().await;
    let mut calls = rig.effects().await;
    for edit in edits {
        rig.edit("orders", edit.spec.clone()).await;
        rig.ready("orders").await;
        (edit.does)(&mut service);
        assert_eq!(rig.service().await, service, "after {}", edit.spec);
        calls.extend(edit.calls.iter().copied().map(str::to_owned));
        assert_eq!(rig.effects().await, calls, "after {}", edit.spec);
    }
    let edited = rig.object("orders").await.unwrap().metadata.generation.unwrap() - 1;
    let writes = rig.kubernetes_writes();
    assert!(writes.len() <= CREATE_WRITES + 2 * usize::try_from(edited).unwrap(), "for {edited} edits: {writes:#?}");
}

fn network_edits() -> Vec<Edit> {
    let two = json!([{"resourceId": "nlb-1", "zoneIds": ZONES}, {"resourceId": "nlb-2", "zoneIds": [ZONES[0]]}]);
    let one = json!([{"resourceId": "nlb-1", "zoneIds": ZONES}]);
    vec![
        Edit {
            spec: json!({"description": "intake"}),
            does: |service| "intake".clone_into(&mut service.description),
            calls: &[UPDATE],
        },
        Edit { spec: json!({"description": ""}), does: |service| service.description.clear(), calls: &[UPDATE] },
        Edit { spec: json!({"autoAcceptEnabled": true}), does: |service| service.auto_accept = true, calls: &[UPDATE] },
        Edit {
            spec: json!({"autoAcceptEnabled": false}),
            does: |service| service.auto_accept = false,
            calls: &[UPDATE],
        },
        Edit {
            spec: json!({"zoneAffinityEnabled": true}),
            does: |service| service.zone_affinity = true,
            calls: &[UPDATE],
        },
        Edit {
            spec: json!({"addressIpVersion": "DualStack"}),
            does: |service| "DualStack".clone_into(&mut service.address_ip_version),
            calls: &[UPDATE],
        },
        Edit {
            spec: json!({"resourceGroupId": "rg-shop"}),
            does: |service| "rg-shop".clone_into(&mut service.resource_group),
            calls: &[REGROUP],
        },
        Edit {
            spec: json!({"tags": {"team": "shop", "tier": "1"}}),
            does: |service| set_tags(service, &[("team", "shop"), ("tier", "1")]),
            calls: &[TAG],
        },
        Edit {
            spec: json!({"tags": {"team": "orders"}}),
            does: |service| set_tags(service, &[("team", "orders"), ("tier", "1")]),
            calls: &[TAG],
        },
        Edit {
            spec: json!({"tags": {"team": null}}),
            does: |service| set_tags(service, &[("tier", "1")]),
            calls: &[UNTAG],
        },
        Edit {
            spec: json!({"resources": two}),
            does: |service| service.attachments.push(attachment("nlb-2", ZONES[0])),
            calls: &[ATTACH],
        },
        Edit {
            spec: json!({"resources": one}),
            does: |service| service.attachments.retain(|attachment| attachment.resource_id == "nlb-1"),
            calls: &[DETACH],
        },
        Edit {
            spec: json!({"allowedPrincipals": [DEFAULT_CONSUMER]}),
            does: |service| service.users = vec![arn(&service.account), arn(DEFAULT_CONSUMER)],
            calls: &[ADD_USER],
        },
        Edit { spec: json!({"allowedPrincipals": [arn(DEFAULT_CONSUMER)]}), does: |_| (), calls: &[] },
        Edit {
            spec: json!({"allowedPrincipals": []}),
            does: |service| service.users = vec![arn(&service.account)],
            calls: &[REMOVE_USER],
        },
        Edit { spec: json!({"deletionPolicy": "Retain"}), does: |_| (), calls: &[] },
    ]
}

fn classic_edits() -> Vec<Edit> {
    vec![
        Edit {
            spec: json!({"description": "intake"}),
            does: |service| "intake".clone_into(&mut service.description),
            calls: &[UPDATE],
        },
        Edit {
            spec: json!({"connectBandwidthMbps": 512}),
            does: |service| service.connect_bandwidth = 512,
            calls: &[UPDATE],
        },
        Edit { spec: json!({"connectBandwidthMbps": null}), does: |_| (), calls: &[] },
        Edit {
            spec: json!({"resources": [{"resourceId": "lb-1"}, {"resourceId": "lb-2"}]}),
            does: |service| service.attachments.push(attachment("lb-2", ZONES[0])),
            calls: &[ATTACH],
        },
        Edit {
            spec: json!({"resources": [{"resourceId": "lb-1"}]}),
            does: |service| service.attachments.retain(|attachment| attachment.resource_id == "lb-1"),
            calls: &[DETACH],
        },
    ]
}

fn set_tags(service: &mut ServiceView, tags: &[(&str, &str)]) {
    service.tags.retain(|key, _| key.starts_with("privatelink-operator."));
    service.tags.extend(tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
}

fn attachment(resource_id: &str, zone_id: &str) -> AttachmentView {
    AttachmentView {
        resource_id: resource_id.to_owned(),
        zone_id: zone_id.to_owned(),
        status: "Attached".to_owned(),
        auto_allocated: true,
        related_endpoints: 0,
        departed_endpoints: 0,
    }
}

fn arn(account: &str) -> String {
    format!("acs:ram:*:{account}:*")
}

#[tokio::test]
async fn each_field_of_a_network_load_balancer_service_changes_in_place_and_nothing_else_does() {
    make_network_edits(Setup::default()).await;
}

#[tokio::test]
async fn each_field_changes_in_place_and_nothing_else_does_while_the_lists_lag() {
    make_network_edits(Setup::lagging()).await;
}

async fn make_network_edits(mut setup: Setup) {
    let both_families = |number| LoadBalancer::new(format!("nlb-{number}"), "nlb", REGION, &ZONES).dual_stack();
    setup.simulator.load_balancers = (1..=2).map(both_families).collect();
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    make(&rig, &network_edits()).await;
    rig.end().await;
}

#[tokio::test]
async fn each_field_of_a_classic_load_balancer_service_changes_in_place_and_nothing_else_does() {
    let rig = Rig::start().await;
    rig.apply("orders", json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-1"}]})).await;
    rig.ready("orders").await;
    make(&rig, &classic_edits()).await;
    rig.end().await;
}

#[tokio::test]
async fn what_a_create_cannot_carry_follows_before_the_service_is_called_ready() {
    let rig = Rig::start().await;
    let spec = json!({
        "serviceResourceType": "slb",
        "resources": [{"resourceId": "lb-1"}],
        "connectBandwidthMbps": 512,
        "allowedPrincipals": [DEFAULT_CONSUMER],
    });
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    assert_eq!(service.connect_bandwidth, 512);
    assert_eq!(service.users, [arn(&service.account), arn(DEFAULT_CONSUMER)]);
    assert_eq!(rig.effects().await, [CREATE, ADD_USER, UPDATE]);
    rig.end().await;
}

#[tokio::test]
async fn several_attributes_in_one_edit_make_one_update() {
    let rig = Rig::start().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let edit = Edit {
        spec: json!({"description": "intake", "autoAcceptEnabled": true, "zoneAffinityEnabled": true}),
        does: |service| {
            "intake".clone_into(&mut service.description);
            service.auto_accept = true;
            service.zone_affinity = true;
        },
        calls: &[UPDATE],
    };
    make(&rig, &[edit]).await;
    let update = &rig.calls(UPDATE).await[0];
    let changed: Vec<_> = update.parameters.keys().map(String::as_str).filter(|name| !is_envelope(name)).collect();
    assert_eq!(changed, ["AutoAcceptEnabled", "ServiceDescription", "ZoneAffinityEnabled"]);
    rig.end().await;
}

/// What every update carries, whatever it changes.
fn is_envelope(parameter: &str) -> bool {
    matches!(parameter, "RegionId" | "ServiceId" | "ClientToken")
}

#[tokio::test]
async fn what_is_taken_out_of_the_spec_stays_in_the_cloud_and_what_is_emptied_goes() {
    let rig = Rig::start().await;
    let spec = json!({
        "serviceResourceType": "nlb",
        "resources": [{"resourceId": "nlb-1", "zoneIds": [ZONES[0]]}],
        "tags": {"team": "shop"},
        "allowedPrincipals": [DEFAULT_CONSUMER],
    });
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let not_managed =
        Edit { spec: json!({"tags": null, "resources": null, "allowedPrincipals": null}), does: |_| (), calls: &[] };
    make(&rig, &[not_managed]).await;
    // What others do to a part that is not managed is theirs.
    let service = rig.service().await;
    let others = ServiceChange {
        tags: [("cost".to_owned(), Some("7".to_owned())), ("team".to_owned(), None)].into(),
        add_users: vec![42],
        ..ServiceChange::default()
    };
    rig.simulator.admin.change_service(&service.id, &others).await.unwrap();
    let still_not_managed = Edit {
        spec: json!({"description": "intake"}),
        does: |service| "intake".clone_into(&mut service.description),
        calls: &[UPDATE],
    };
    make(&rig, &[still_not_managed]).await;
    let emptied = Edit {
        spec: json!({"tags": {}, "resources": [], "allowedPrincipals": []}),
        does: |service| {
            set_tags(service, &[]);
            service.attachments.clear();
            service.users = vec![arn(&service.account)];
        },
        calls: &[REMOVE_USER, REMOVE_USER, UNTAG, DETACH],
    };
    make(&rig, &[emptied]).await;
    let owner_tags: Vec<_> = rig.service().await.tags.into_keys().collect();
    assert_eq!(owner_tags, ["cluster", "object", "uid"].map(|tag| format!("privatelink-operator.{tag}")));
    rig.end().await;
}

#[tokio::test]
async fn eleven_resources_are_created_ten_in_the_call_and_one_attached() {
    let mut setup = Setup::default();
    // The lists show a new attachment only after Get calls the service Active again.
    setup.simulator.timers.attachment = Span::millis(300);
    let rig = Rig::with(setup).await;
    let resources: Vec<_> =
        (1..=11).map(|number| json!({"resourceId": format!("nlb-{number}"), "zoneIds": [ZONES[0]]})).collect();
    rig.apply("orders", json!({"serviceResourceType": "nlb", "resources": resources})).await;
    rig.ready("orders").await;
    assert_eq!(rig.effects().await, [CREATE, ATTACH]);
    let create = &rig.calls(CREATE).await[0];
    let sent = create.parameters.keys().filter(|name| name.ends_with(".ResourceId")).count();
    assert_eq!(sent, RESOURCES_OF_A_CREATE);
    let mut attached: Vec<_> = rig.service().await.attachments.into_iter().map(|held| held.resource_id).collect();
    attached.sort_unstable();
    let mut wanted: Vec<_> = (1..=11).map(|number| format!("nlb-{number}")).collect();
    wanted.sort_unstable();
    assert_eq!(attached, wanted);
    rig.end().await;
}

#[tokio::test]
async fn a_load_balancer_is_replaced_by_attaching_the_new_one_before_the_old_one_is_detached() {
    let mut setup = Setup::default();
    setup.simulator.timers.pending = Span::millis(300);
    let rig = Rig::with(setup).await;
    rig.apply(
        "orders",
        json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-1", "zoneIds": [ZONES[0]]}]}),
    )
    .await;
    rig.ready("orders").await;
    let replaced = Edit {
        spec: json!({"resources": [{"resourceId": "nlb-2", "zoneIds": [ZONES[0]]}]}),
        does: |service| service.attachments = vec![attachment("nlb-2", ZONES[0])],
        calls: &[ATTACH, DETACH],
    };
    make(&rig, &[replaced]).await;
    // One at a time: the provider never had to refuse a call because the one before was still at work.
    let refused: Vec<_> = rig.journal().await.into_iter().filter_map(|call| call.code).collect();
    assert_eq!(refused, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn an_old_load_balancer_gets_no_new_consumers_and_stays_until_the_last_one_has_left() {
    let rig = Rig::start().await;
    let spec = json!({
        "serviceResourceType": "nlb",
        "resources": [{"resourceId": "nlb-1", "zoneIds": [ZONES[0]]}],
        "autoAcceptEnabled": true,
        "allowedPrincipals": [DEFAULT_CONSUMER],
    });
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let calls = rig.effects().await.len();
    let endpoint = rig.connect(DEFAULT_CONSUMER, &rig.service().await.id).await;
    rig.until_connection(&endpoint, "Connected").await;
    rig.edit("orders", json!({"resources": [{"resourceId": "nlb-2", "zoneIds": [ZONES[0]]}]})).await;
    let object = rig.not_ready("orders", "AttachmentInUse").await;
    assert!(message(&object, ConditionType::Ready).contains("nlb-1"), "{object:#?}");
    let old = AttachmentView { auto_allocated: false, related_endpoints: 1, ..attachment("nlb-1", ZONES[0]) };
    assert_eq!(rig.service().await.attachments, [old, attachment("nlb-2", ZONES[0])]);
    assert_eq!(rig.effects().await[calls..], [ATTACH, ALLOCATE]);

    rig.simulator.admin.delete_endpoint(&endpoint).await.unwrap();
    rig.ready("orders").await;
    assert_eq!(rig.service().await.attachments, [attachment("nlb-2", ZONES[0])]);
    assert_eq!(rig.effects().await[calls..], [ATTACH, ALLOCATE, DETACH]);
    rig.end().await;
}

#[tokio::test]
async fn an_edit_while_the_service_is_being_created_reaches_it_afterwards() {
    let mut setup = Setup::default();
    // Time for three calls to the API server on a busy machine.
    setup.simulator.timers.creating = Span::millis(2000);
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.not_ready("orders", "Creating").await;
    let edit = json!({"description": "intake", "tags": {"team": "shop"}});
    let edited = rig.edit("orders", edit).await;
    assert_eq!(rig.service().await.status, "Creating");
    rig.ready("orders").await;
    assert!(status(&edited).observed_generation < edited.metadata.generation);
    let service = rig.service().await;
    assert_eq!((service.description.as_str(), service.tags.get("team").map(String::as_str)), ("intake", Some("shop")));
    assert_eq!(rig.effects().await, [CREATE, TAG, UPDATE]);
    rig.end().await;
}

#[tokio::test]
async fn a_change_that_the_provider_refuses_says_what_to_do_and_the_next_edit_heals_it() {
    let mut setup = Setup::watchful();
    setup
        .timing
        .extend([("specErrorBackoffInitial", LONGER_THAN_THE_TEST), ("specErrorBackoffMax", LONGER_THAN_THE_TEST)]);
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    // Its load balancers have IPv4 only.
    rig.edit("orders", json!({"addressIpVersion": "DualStack"})).await;
    let object = rig.not_ready("orders", "InvalidSpec").await;
    let code = "OperationDenied.ServiceResourceIpVersionMismatch";
    assert_eq!(status(&object).observed_generation, object.metadata.generation);
    assert_eq!(status(&object).last_error.and_then(|error| error.code).as_deref(), Some(code));
    assert!(message(&object, ConditionType::Ready).contains(code), "{object:#?}");
    assert_eq!(message(&object, ConditionType::Stalled), message(&object, ConditionType::Ready));
    // However often somebody looks, it is not asked again before the back-off has passed.
    rig.until_listed(3).await;
    assert_eq!(rig.calls(UPDATE).await.len(), 1);

    rig.edit("orders", json!({"addressIpVersion": "IPv4"})).await;
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).last_error, None);
    assert_eq!(ready_condition(&object), Some(("True", "Available")));
    assert_eq!(rig.service().await, service);
    assert_eq!(rig.effects().await, [CREATE]);
    rig.end().await;
}

/// The provider answers every such call with this code.
fn always(operation: &str, code: &str) -> Fault {
    Fault { times: None, ..Fault::next(operation, FaultKind::error(code)) }
}

#[tokio::test]
async fn a_right_that_is_taken_away_goes_first_and_a_refused_field_holds_back_no_other() {
    let mut setup = Setup::watchful();
    setup
        .timing
        .extend([("specErrorBackoffInitial", LONGER_THAN_THE_TEST), ("specErrorBackoffMax", LONGER_THAN_THE_TEST)]);
    let rig = Rig::with(setup).await;
    let mut spec = nlb_spec();
    spec["allowedPrincipals"] = json!([DEFAULT_CONSUMER]);
    spec["autoAcceptEnabled"] = json!(true);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let calls = rig.effects().await.len();
    for (operation, code) in [(REGROUP, "InvalidResourceGroup"), (TAG, "IllegalTagKeyParam")] {
        rig.fault(always(operation, code)).await;
    }
    rig.edit(
        "orders",
        json!({
            "allowedPrincipals": [], "autoAcceptEnabled": false, "resourceGroupId": "rg-nosuch", "tags": {"team": "shop"},
            "description": "intake",
            "resources": [{"resourceId": "nlb-1", "zoneIds": ZONES}, {"resourceId": "nlb-2", "zoneIds": [ZONES[0]]}],
        }),
    )
    .await;
    rig.cloud("everything but the refused fields is in force", |services| {
        let [service] = services else { return false };
        let owner = vec![arn(&service.account)];
        let attached = service.attachments.iter().any(|attachment| attachment.resource_id == "nlb-2");
        service.users == owner && !service.auto_accept && service.description == "intake" && attached
    })
    .await;
    assert_eq!(rig.effects().await[calls..], [REMOVE_USER, UPDATE, UPDATE, ATTACH]);

    let object = rig.not_ready("orders", "InvalidSpec").await;
    let says = message(&object, ConditionType::Ready);
    assert!(says.contains("InvalidResourceGroup") && says.contains("spec.resourceGroupId, spec.tags[team]"), "{says}");
    assert!(status(&object).last_error.is_some(), "{object:#?}");
    // However often the other steps make it look, what was refused is not asked again before its time.
    rig.until_listed(5).await;
    assert_eq!((rig.calls(REGROUP).await.len(), rig.calls(TAG).await.len()), (1, 1));

    rig.edit("orders", json!({"resourceGroupId": null, "tags": null})).await;
    assert_eq!(status(&rig.ready("orders").await).last_error, None);
    rig.end().await;
}

#[tokio::test]
async fn a_text_that_the_cloud_stores_otherwise_is_sent_less_and_less_often_and_told() {
    let mut setup = Setup::watchful();
    setup.simulator.guesses.descriptions = StoredText::Trimmed;
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"description": "two blanks  ", "tags": {"team": "shop"}})).await;
    let object = rig.not_ready("orders", "ValueNotStored").await;
    let says = message(&object, ConditionType::Ready);
    assert!(says.contains("spec.description: sent \"two blanks  \", found \"two blanks\""), "{says}");
    assert_eq!(rig.service().await.tags.get("team").map(String::as_str), Some("shop"));
    // Three within the first three windows, then after one, two, four of them. Ten lists take three windows.
    let (at_least, at_most) = (2, 5);
    rig.until_listed(10).await;
    let sent = rig.calls(UPDATE).await.len();
    assert!((at_least..=at_most).contains(&sent), "{sent} updates");

    rig.edit("orders", json!({"description": "two blanks"})).await;
    let object = rig.ready("orders").await;
    assert_eq!((status(&object).drift, status(&object).conditions.len()), (vec![], 1));
    rig.end().await;
}

#[tokio::test]
async fn a_status_of_six_hundred_attachments_is_cut_and_stays_alive() {
    let mut setup = Setup::default();
    let zones: Vec<String> = ('h'..='m').map(|letter| format!("{REGION}-{letter}")).collect();
    let names: Vec<&str> = zones.iter().map(String::as_str).collect();
    let ids: Vec<String> = (1..=100).map(|number| format!("nlb-{number}")).collect();
    let all = ids.len() * zones.len();
    let balancers = ids.iter().map(|id| LoadBalancer::new(id, "nlb", REGION, &names));
    setup.simulator.load_balancers = balancers.collect();
    let rig = Rig::with(setup).await;
    let resources: Vec<_> = ids.iter().map(|id| json!({"resourceId": id, "zoneIds": zones})).collect();
    rig.apply("orders", json!({"serviceResourceType": "nlb", "resources": resources})).await;
    let lists = format!(" status.resources lists {ATTACHMENTS_OF_A_STATUS} of {all}.");
    let told = |object: &VpcEndpointService| {
        message(object, ConditionType::Ready).ends_with(&lists)
            && status(object).resources.len() == ATTACHMENTS_OF_A_STATUS
    };
    rig.until("orders", "told of what its status leaves out", told).await;
    // The next writes are accepted as well.
    let status = status(&rig.edit("orders", json!({"resources": []})).await);
    let rewritten = |object: &VpcEndpointService| self::status(object).observed_generation > status.observed_generation;
    rig.until("orders", "rewritten", rewritten).await;
    rig.end().await;
}

#[tokio::test]
async fn many_edits_in_a_row_end_with_the_last_one() {
    let mut setup = Setup::default();
    setup.simulator.timers.pending = Span::fixed(Duration::from_millis(150));
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let edits: Vec<String> = (1..=10).map(|number| format!("edit {number}")).collect();
    for edit in &edits {
        rig.edit("orders", json!({"description": edit})).await;
    }
    rig.ready("orders").await;
    assert_eq!(Some(&rig.service().await.description), edits.last());
    let updates = rig.calls(UPDATE).await;
    assert!(updates.len() <= edits.len() && updates.iter().all(|call| call.code.is_none()), "{updates:#?}");
    rig.end().await;
}

#[tokio::test]
async fn edits_of_several_objects_at_once_do_not_stand_in_each_others_way() {
    let rig = Rig::start().await;
    let names = ["a", "b", "c", "d", "e"];
    join_all(names.map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.map(|name| rig.ready(name))).await;
    join_all(names.map(|name| rig.edit(name, json!({"description": name})))).await;
    join_all(names.map(|name| rig.ready(name))).await;
    let mut descriptions: Vec<_> = rig.services().await.into_iter().map(|service| service.description).collect();
    descriptions.sort_unstable();
    assert_eq!(descriptions, names);
    // Updates are serial an account: whoever has no permit waits, and is not refused.
    let updates: Vec<_> = rig.calls(UPDATE).await.into_iter().map(|call| call.code).collect();
    assert_eq!(updates, names.map(|_| None));
    rig.end().await;
}
