use serde_json::json;

use super::super::described::fixtures::{details, service};
use super::*;
use crate::names::UID_TAG;

fn tagged(id: &str, tags: &[(&str, &str)]) -> Service {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Service { tags, ..service(id) }
}

fn found(services: Vec<Service>, wanted: &[&str]) -> Found {
    let details = services.iter().map(|service| (service.id.clone(), Ok(details(&[], &[])))).collect();
    Found {
        account_id: "1".to_owned(),
        region: "cn-hangzhou".to_owned(),
        services,
        details,
        wanted: wanted.iter().map(|id| (*id).to_owned()).collect(),
    }
}

fn there() -> Namespace {
    Namespace { name: "shop".to_owned(), ..Namespace::default() }
}

fn imported(found: &Found, there: &Namespace) -> Imported {
    Imported::of(found, there, "prod")
}

fn left_out(imported: &Imported) -> Vec<(&str, Value)> {
    imported
        .left_out
        .iter()
        .map(|one| (&*one.service_id, serde_json::to_value(one).unwrap()["reason"].clone()))
        .collect()
}

#[test]
fn each_service_gets_a_manifest_and_the_command_that_gives_it_to_the_object() {
    let told = imported(&found(vec![service("epsrv-1")], &[]), &there());
    let [one] = told.services.as_slice() else { panic!("{told:#?}") };
    assert_eq!(
        (&one.manifest["metadata"], &one.unmanaged),
        (&json!({"name": "epsrv-1", "namespace": "shop"}), &vec![])
    );
    assert_eq!(one.command, Some(handover::command("cn-hangzhou", "epsrv-1", "prod", "shop.epsrv-1")));
    assert!(told.is_whole());
}

#[test]
fn what_is_somebodys_or_cannot_be_read_is_left_out_with_the_reason() {
    let mut all = found(
        vec![
            tagged("epsrv-1", &[(UID_TAG, "u"), (CLUSTER_TAG, "prod")]),
            tagged("epsrv-2", &[(ADOPT_TAG, "shop.orders"), (CLUSTER_TAG, "other")]),
            tagged("epsrv-3", &[(ADOPT_TAG, "bar.orders"), (CLUSTER_TAG, "prod")]),
            service("epsrv-4"),
            service("epsrv-5"),
        ],
        &[],
    );
    all.details.insert("epsrv-5".to_owned(), Err("no right".to_owned()));
    let mut there = there();
    there.adopting.insert("epsrv-4".to_owned(), "billing".to_owned());
    let told = imported(&all, &there);
    let expected = [
        ("epsrv-1", json!("owned")),
        ("epsrv-2", json!("claimed")),
        ("epsrv-3", json!("claimed")),
        ("epsrv-4", json!("claimed")),
        ("epsrv-5", json!("unread")),
    ];
    assert_eq!(left_out(&told), expected);
    assert_eq!(told.left_out[3].why.message(), "the object shop/billing names it in spec.adopt");
    assert_eq!((told.services.len(), told.is_whole()), (0, false));
}

#[test]
fn a_service_that_carries_the_tags_keeps_the_name_in_them() {
    let given = tagged("epsrv-1", &[(ADOPT_TAG, "shop.orders"), (CLUSTER_TAG, "prod")]);
    let told = imported(&found(vec![given.clone()], &[]), &there());
    assert_eq!((&told.services[0].manifest["metadata"]["name"], &told.services[0].command), (&json!("orders"), &None));
    // Another object has the name.
    let taken = Namespace { taken: ["orders".to_owned()].into(), ..there() };
    assert_eq!(left_out(&imported(&found(vec![given], &[]), &taken)), [("epsrv-1", json!("claimed"))]);
}

#[test]
fn only_what_is_asked_for_is_told_and_what_is_not_there_is_missing() {
    let told = imported(&found(vec![service("epsrv-1"), service("epsrv-2")], &["epsrv-2", "epsrv-9"]), &there());
    let ids: Vec<_> = told.services.iter().map(|service| &*service.service_id).collect();
    assert_eq!((ids, &*told.missing, told.is_whole()), (vec!["epsrv-2"], &["epsrv-9".to_owned()][..], false));
}
