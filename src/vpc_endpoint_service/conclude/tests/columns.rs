//! What `kubectl get` shows of an object that is Ready: no column stays empty.

use serde_json::{Value, json};

use super::{Scenario, fresh, now, reached, report};
use crate::crd::VpcEndpointServiceStatus;
use crate::crd::generate::vpc_endpoint_service;
use crate::vpc_endpoint_service::observe::Connections;

/// What the operator writes of a service that is Active, and as its spec says.
fn written() -> VpcEndpointServiceStatus {
    let mut scenario = Scenario::converged().spec(json!({"connections": {}})).with_service(|service| {
        service.name = Some("com.aliyuncs.privatelink.cn-hangzhou.epsrv-ours".to_owned());
        service.domain = Some("epsrv-ours.cn-hangzhou.privatelink.aliyuncs.com".to_owned());
    });
    scenario.observed.connections = Some(Connections { as_of: now(), list: Vec::new() });
    report(&reached(&scenario), &fresh()).status.expect("it lives")
}

/// What a column's path leads to. Only the two forms that columns of this definition have: fields, and a condition by its type.
fn found<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some((_, rest)) = path.split_once("conditions[?(@.type==\"") {
        let (kind, field) = rest.split_once("\")].")?;
        let conditions = object["status"]["conditions"].as_array()?;
        return conditions.iter().find(|condition| condition["type"] == kind)?.get(field);
    }
    path.trim_start_matches('.').split('.').try_fold(object, |value, field| value.get(field))
}

#[test]
fn every_column_has_something_to_show_of_a_ready_object() {
    let crd = vpc_endpoint_service();
    let columns = crd["spec"]["versions"][0]["additionalPrinterColumns"].as_array().expect("there are columns");
    let object = json!({
        "metadata": {"creationTimestamp": "2026-01-02T03:04:05Z"},
        "spec": {"serviceResourceType": "nlb"},
        "status": written(),
    });
    let empty: Vec<_> = columns
        .iter()
        .filter(|column| column["jsonPath"].as_str().and_then(|path| found(&object, path)).is_none())
        .map(|column| column["name"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(empty, Vec::<&str>::new());
    assert!(columns.len() >= 10, "{columns:?}");
}
