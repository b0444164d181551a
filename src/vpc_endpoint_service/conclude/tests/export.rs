//! The ConfigMap of `spec.exportTo`.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::kubernetes::{ConfigMapVersion, FoundConfigMap};
use crate::vpc_endpoint_service::exports::{
    ExportRefusal, ExportStep, ExportView, ExportViews, ExportWrite, KnownExport,
};
use crate::vpc_endpoint_service::observe::DetailsView;
use crate::vpc_endpoint_service::plan::fixtures::{SERVICE, UID};

const DOMAIN: &str = "epsrv-ours.cn-hangzhou.privatelink.aliyuncs.com";
const NAME: &str = "com.aliyuncs.privatelink.cn-hangzhou.epsrv-ours";

type Data = BTreeMap<String, String>;

/// Converged, with an export to `facts`.
fn exporting() -> Scenario {
    let named = Scenario::converged().with_service(|service| {
        service.name = Some(NAME.to_owned());
        service.domain = Some(DOMAIN.to_owned());
    });
    named.spec(json!({"exportTo": {"configMapName": "facts"}}))
}

fn data() -> Data {
    let data = [
        ("serviceId", SERVICE),
        ("serviceName", NAME),
        ("serviceDomain", DOMAIN),
        ("region", "cn-hangzhou"),
        ("zoneIds", "cn-hangzhou-i,cn-hangzhou-j"),
    ];
    data.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn version() -> ConfigMapVersion {
    ConfigMapVersion { uid: "c-1".to_owned(), resource_version: "7".to_owned() }
}

fn found(data: Data) -> FoundConfigMap {
    FoundConfigMap { version: version(), data, owners: vec![UID.to_owned()], exported_by: Some("web".to_owned()) }
}

fn own(data: Data) -> KnownExport {
    known(ExportView::Own(found(data)))
}

fn known(view: ExportView) -> KnownExport {
    KnownExport { view, refusal: None, is_due: true }
}

fn refused_with(view: ExportView, verb: &'static str, is_right: bool) -> KnownExport {
    let refusal = ExportRefusal { verb, is_right, said: "no\nway".to_owned() };
    KnownExport { view, refusal: Some(refusal), is_due: true }
}

fn views(known: impl IntoIterator<Item = (&'static str, KnownExport)>) -> ExportViews {
    let known = known.into_iter().map(|(name, known)| (name.to_owned(), known)).collect();
    ExportViews { known, next_look: Some(at(1_040)) }
}

/// The report on this scenario, with this known of its ConfigMaps, after a status that lists these.
fn concluded(scenario: &Scenario, exports: ExportViews, listed: &[&str]) -> Report {
    let before = status(listed);
    report(&ReconcileState { exports, ..reached(scenario) }, &before)
}

fn status(listed: &[&str]) -> VpcEndpointServiceStatus {
    let exported_config_maps = listed.iter().map(|name| (*name).to_owned()).collect();
    VpcEndpointServiceStatus { exported_config_maps, ..ready() }
}

fn listed(report: &Report) -> &[String] {
    &report.status.as_ref().expect("it lives").exported_config_maps
}

fn message(status: &VpcEndpointServiceStatus) -> &str {
    &status.condition(crate::crd::ConditionType::Ready).expect("it is always there").message
}

fn create(name: &str, data: Data) -> ExportStep {
    ExportStep { config_map: name.to_owned(), write: ExportWrite::Create { data } }
}

fn change(name: &str, data: Data, gone: &[&str]) -> ExportStep {
    let gone = gone.iter().map(|key| ((*key).to_owned(), None));
    let data = data.into_iter().map(|(key, value)| (key, Some(value))).chain(gone).collect();
    ExportStep { config_map: name.to_owned(), write: ExportWrite::Change { version: version(), data } }
}

fn delete(name: &str) -> ExportStep {
    ExportStep { config_map: name.to_owned(), write: ExportWrite::Delete { version: version() } }
}

#[test]
fn nothing_is_written_where_the_config_map_says_what_is_known() {
    let report = concluded(&exporting(), views([("facts", own(data()))]), &["facts"]);
    assert_eq!(report.export, []);
    assert_eq!(report.requeue, Requeue::After(seconds(40)), "until the next look");
    assert_eq!(listed(&report), ["facts"]);
    let with_more = data().into_iter().chain([("theirs".to_owned(), "kept".to_owned())]).collect();
    assert_eq!(concluded(&exporting(), views([("facts", own(with_more))]), &["facts"]).export, []);
}

#[test]
fn an_object_without_an_export_asks_for_nothing() {
    let report = concluded(&Scenario::converged(), ExportViews::default(), &[]);
    assert_eq!((report.export, report.requeue), (Vec::new(), Requeue::OnChange));
}

#[test]
fn it_is_created_with_all_that_is_known_and_stands_in_the_status_before() {
    let report = concluded(&exporting(), views([("facts", known(ExportView::Absent))]), &[]);
    assert_eq!(report.export, [create("facts", data())]);
    assert_eq!(listed(&report), ["facts"]);
    assert_eq!(report.requeue, Requeue::After(seconds(1)), "what was written is looked at");
}

#[test]
fn what_is_not_known_yet_has_no_key() {
    let mut scenario = Scenario::converged().spec(json!({"exportTo": {"configMapName": "facts"}}));
    scenario.observed.details = DetailsView::Unknown;
    let exports = views([("facts", known(ExportView::Absent))]);
    let report = report(&ReconcileState { exports, ..reached(&scenario) }, &fresh());
    let few = data().into_iter().filter(|(key, _)| ["serviceId", "region"].contains(&key.as_str())).collect();
    assert_eq!(report.export, [create("facts", few)]);
}

#[test]
fn zones_that_a_new_process_does_not_know_are_those_of_the_status() {
    let mut scenario = exporting();
    scenario.observed.details = DetailsView::Unknown;
    let created = concluded(&scenario, views([("facts", known(ExportView::Absent))]), &[]);
    assert_eq!(created.export, [create("facts", data())]);
    let edited = data().into_iter().chain([("zoneIds".to_owned(), "nowhere".to_owned())]).collect();
    let corrected = concluded(&scenario, views([("facts", own(edited))]), &["facts"]);
    assert_eq!(corrected.export, [change("facts", data(), &[])]);
    let exports = views([("facts", known(ExportView::Absent))]);
    let of_another = VpcEndpointServiceStatus { service_id: Some("epsrv-gone".to_owned()), ..ready() };
    let report = report(&ReconcileState { exports, ..reached(&scenario) }, &of_another);
    let without = data().into_iter().filter(|(key, _)| key != "zoneIds").collect();
    assert_eq!(report.export, [create("facts", without)]);
}

#[test]
fn what_one_reconcile_does_not_know_stays_as_it_was_exported_of_the_same_service() {
    let mut scenario = Scenario::converged().spec(json!({"exportTo": {"configMapName": "facts"}}));
    scenario.observed.details = DetailsView::Unknown;
    assert_eq!(concluded(&scenario, views([("facts", own(data()))]), &["facts"]).export, []);
    let of_another = data().into_iter().chain([("serviceId".to_owned(), "epsrv-gone".to_owned())]).collect();
    let report = concluded(&scenario, views([("facts", own(of_another))]), &["facts"]);
    let few =
        data().into_iter().filter(|(key, _)| ["serviceId", "region", "zoneIds"].contains(&key.as_str())).collect();
    assert_eq!(report.export, [change("facts", few, &["serviceName", "serviceDomain"])]);
}

#[test]
fn a_service_without_an_attachment_has_no_zones() {
    let mut scenario = exporting().spec(json!({"resources": null}));
    if let DetailsView::Known(details) = &mut scenario.observed.details {
        details.attachments.clear();
    }
    let without = data().into_iter().filter(|(key, _)| key != "zoneIds").collect();
    let report = concluded(&scenario, views([("facts", own(data()))]), &["facts"]);
    assert_eq!(report.export, [change("facts", without, &["zoneIds"])]);
}

#[test]
fn an_edit_by_hand_of_data_or_label_is_put_right() {
    let edited = data().into_iter().chain([("serviceDomain".to_owned(), "evil.example.com".to_owned())]).collect();
    let report = concluded(&exporting(), views([("facts", own(edited))]), &["facts"]);
    assert_eq!(report.export, [change("facts", data(), &[])]);
    let unlabelled = ExportView::Own(FoundConfigMap { exported_by: None, ..found(data()) });
    let report = concluded(&exporting(), views([("facts", known(unlabelled))]), &["facts"]);
    assert_eq!(report.export, [change("facts", data(), &[])]);
}

#[test]
fn of_a_service_that_is_not_seen_nothing_is_written() {
    for view in [ServiceView::NotYetListed, ServiceView::Foreign(Box::new(exporting().service().clone()))] {
        let scenario = exporting().see(view);
        for known in [known(ExportView::Absent), own(Data::new())] {
            assert_eq!(concluded(&scenario, views([("facts", known)]), &["facts"]).export, []);
        }
    }
}

#[test]
fn the_config_map_of_somebody_else_is_left_as_it_is_and_told_of_once() {
    let foreign = || views([("facts", known(ExportView::Foreign))]);
    let report = concluded(&exporting(), foreign(), &[]);
    assert_eq!(report.export, []);
    let status = report.status.expect("it lives");
    let told = "spec.exportTo: the ConfigMap facts exists and does not belong to this object, so it is left as it is; delete it, or name another.";
    assert_eq!(message(&status), format!("The service epsrv-ours is Active. {told}"));
    assert_eq!(status.conditions[0].status, "True");
    assert_eq!(report.events, [event(EventReason::ExportRefused, told)]);
    assert_eq!(status.exported_config_maps, [""; 0]);

    let again = super::report(&ReconcileState { exports: foreign(), ..reached(&exporting()) }, &status);
    assert_eq!((again.status, again.events), (Some(status.clone()), Vec::new()));
    let given_up = views([("facts", known(ExportView::Absent))]);
    let freed = super::report(&ReconcileState { exports: given_up, ..reached(&exporting()) }, &status);
    assert_eq!(freed.export, [create("facts", data())]);
    assert_eq!(message(freed.status.as_ref().expect("it lives")), "The service epsrv-ours is Active.");
}

#[test]
fn a_missing_right_is_named_and_tried_again_when_it_is_looked_at_again() {
    let refused = |is_due| {
        let refused = refused_with(ExportView::Absent, "create", true);
        views([("facts", KnownExport { is_due, ..refused })])
    };
    let report = concluded(&exporting(), refused(false), &["facts"]);
    assert_eq!(report.export, []);
    assert_eq!(
        message(report.status.as_ref().expect("it lives")),
        "The service epsrv-ours is Active. spec.exportTo: the API server refuses create on configmaps/facts in the namespace shop; grant the \
         operator get, create, patch and delete on configmaps there (rbac.exportTo in the chart, config/export-to), or change what refuses it. It \
         says: no way"
    );
    assert_eq!(concluded(&exporting(), refused(true), &["facts"]).export, [create("facts", data())]);
    let policy = views([("facts", refused_with(own(Data::new()).view, "patch", false))]);
    let report = concluded(&exporting(), policy, &["facts"]);
    assert!(message(report.status.as_ref().unwrap()).contains("the API server rejects patch on configmaps/facts"));
}

#[test]
fn what_was_refused_and_is_needed_no_more_is_not_told() {
    let report = concluded(&exporting(), views([("facts", refused_with(own(data()).view, "patch", true))]), &["facts"]);
    assert_eq!(message(report.status.as_ref().unwrap()), "The service epsrv-ours is Active.");
}

#[test]
fn what_could_not_be_looked_at_is_told_as_before() {
    let foreign = concluded(&exporting(), views([("facts", known(ExportView::Foreign))]), &[]).status.unwrap();
    let unknown = KnownExport { is_due: false, ..known(ExportView::Unknown) };
    let reached = ReconcileState { exports: views([("facts", unknown)]), ..reached(&exporting()) };
    let report = super::report(&reached, &foreign);
    assert_eq!((report.status, report.events, report.export), (Some(foreign), Vec::new(), Vec::new()));
}

#[test]
fn an_earlier_config_map_goes_when_its_successor_is_there() {
    let before = || ("old", own(data()));
    let report = concluded(&exporting(), views([("facts", known(ExportView::Absent)), before()]), &["old"]);
    assert_eq!(report.export, [create("facts", data())]);
    assert_eq!(listed(&report), ["facts", "old"]);
    let report = concluded(&exporting(), views([("facts", own(data())), before()]), &["facts", "old"]);
    assert_eq!(report.export, [delete("old")]);
    assert_eq!(listed(&report), ["facts", "old"]);
    let gone = ("old", known(ExportView::Absent));
    let report = concluded(&exporting(), views([("facts", own(data())), gone]), &["facts", "old"]);
    assert_eq!((report.export, report.status.unwrap().exported_config_maps), (Vec::new(), vec!["facts".to_owned()]));
    let report = concluded(&exporting(), views([("facts", known(ExportView::Foreign)), before()]), &["old"]);
    assert_eq!((&report.export[..], listed(&report)), (&[][..], &["old".to_owned()][..]), "its successor is refused");
}

#[test]
fn without_an_export_the_config_map_goes_and_only_if_it_is_ours() {
    let scenario = Scenario::converged();
    assert_eq!(concluded(&scenario, views([("facts", own(data()))]), &["facts"]).export, [delete("facts")]);
    let unlabelled = ExportView::Own(FoundConfigMap { exported_by: Some("other".to_owned()), ..found(data()) });
    for view in [unlabelled, ExportView::Foreign, ExportView::Absent] {
        let report = concluded(&scenario, views([("facts", known(view))]), &["facts"]);
        assert_eq!((&report.export[..], listed(&report)), (&[][..], &[][..]));
    }
    let report = concluded(&scenario, views([("facts", known(ExportView::Unknown))]), &["facts"]);
    assert_eq!((&report.export[..], listed(&report)), (&[][..], &["facts".to_owned()][..]));
}

#[test]
fn no_more_names_are_taken_than_the_status_has_room_for() {
    let earlier = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let all = earlier.map(|name| (name, own(data())));
    let absent = ("facts", known(ExportView::Absent));
    let report = concluded(&exporting(), views(all.into_iter().chain([absent])), &earlier);
    assert_eq!(report.export, earlier.map(delete), "the earlier ones first");
    assert_eq!(listed(&report), earlier);
}

#[test]
fn who_only_plans_or_goes_leaves_the_config_map_alone() {
    let planning = exporting().spec(json!({"managementPolicy": "Plan"}));
    for scenario in [planning, exporting().deleting()] {
        assert_eq!(super::super::export_names(&scenario.resolved, &status(&["old"])), [""; 0]);
        let report = concluded(&scenario, views([("facts", known(ExportView::Absent))]), &["old"]);
        assert_eq!((&report.export[..], listed(&report)), (&[][..], &["old".to_owned()][..]));
    }
}

#[test]
fn what_is_suspended_or_observed_is_exported_like_any_other() {
    for fields in [json!({"suspend": true}), json!({"managementPolicy": "Observe"})] {
        let scenario = exporting().spec(fields);
        assert_eq!(super::super::export_names(&scenario.resolved, &status(&["old"])), ["facts", "old"]);
        let report = concluded(&scenario, views([("facts", known(ExportView::Absent))]), &[]);
        assert_eq!(report.export, [create("facts", data())]);
    }
}
