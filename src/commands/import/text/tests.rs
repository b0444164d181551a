use serde_json::{Value, json};

use super::super::described::{LeftOut, Obstacle};
use super::super::imported::Why;
use super::*;

fn importable(id: &str, command: Option<&str>) -> Importable {
    Importable {
        service_id: id.to_owned(),
        manifest: json!({"kind": "VpcEndpointService", "metadata": {"name": id}}),
        command: command.map(str::to_owned),
        unmanaged: vec![],
    }
}

fn imported(services: Vec<Importable>) -> Imported {
    Imported {
        format_version: 1,
        account_id: "1".to_owned(),
        region: "cn-hangzhou".to_owned(),
        cluster_id: "prod".to_owned(),
        namespace: "shop".to_owned(),
        services,
        left_out: vec![],
        missing: vec![],
        names_unread: None,
    }
}

fn passed(why: &str) -> PassedOver {
    PassedOver { service_id: "epsrv-3".to_owned(), why: Why::Obstacle(Obstacle::NotActive(why.to_owned())) }
}

#[test]
fn everything_but_the_manifests_is_a_comment() {
    let second = Importable {
        unmanaged: vec![LeftOut {
            field: "spec.tags".to_owned(),
            message: "a key or a value contains a URL".to_owned(),
        }],
        ..importable("epsrv-2", None)
    };
    let all = Imported {
        left_out: vec![passed("is being deleted")],
        missing: vec!["epsrv-9".to_owned()],
        names_unread: Some("forbidden".to_owned()),
        ..imported(vec![importable("epsrv-1", Some("aliyun privatelink TagResources")), second])
    };
    let expected = "\
# 2 manifests for endpoint services in cn-hangzhou of account 1, to be objects of the namespace shop in the cluster prod.
# An object adopts its service once the service carries the tags that the command above its manifest puts on it.
# 1 service left out:
#   epsrv-3: is being deleted
#   epsrv-9: there is no such service in cn-hangzhou
# The objects of the namespace could not be listed, so a name may be taken: forbidden

# aliyun privatelink TagResources
kind: VpcEndpointService
metadata:
  name: epsrv-1
---

# epsrv-2 carries the tags that give it to this object.
# spec.tags is left as it is in the cloud: a key or a value contains a URL.
kind: VpcEndpointService
metadata:
  name: epsrv-2
";
    assert_eq!(text(&all), expected);
}

#[test]
fn nothing_that_the_cloud_says_ends_a_comment() {
    let hostile = "a\nb: c\u{2028}---\u{85}kind: Secret\r\n";
    let all = Imported { left_out: vec![passed(hostile)], ..imported(vec![importable("epsrv-1", None)]) };
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text(&all)).unwrap();
    assert_eq!(documents, [json!({"kind": "VpcEndpointService", "metadata": {"name": "epsrv-1"}})]);
    assert_eq!(text(&all).lines().filter(|line| line.contains("kind: Secret")).count(), 1);
}

#[test]
fn without_a_manifest_there_is_no_document() {
    let told = text(&imported(vec![]));
    assert!(told.starts_with("# 0 manifests for ") && told.lines().all(|line| line.starts_with('#')), "{told}");
}
