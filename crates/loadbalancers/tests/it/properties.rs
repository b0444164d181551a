//! What holds whatever comes.

use loadbalancers::{LoadBalancer, LoadBalancerId, Product, Status, ZoneStatus};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::id_of;
use crate::read_reply;
use crate::strategies::{json, object};
use crate::support::ok;

/// The fields that are read, and some that are not.
fn name() -> impl Strategy<Value = String> + Clone {
    prop::sample::select(vec![
        "LoadBalancerId",
        "LoadBalancerStatus",
        "LoadBalancerBusinessStatus",
        "LoadBalancerBussinessStatus",
        "LoadBalancerBillingConfig",
        "PayType",
        "AddressType",
        "OperationLocks",
        "LoadBalancerOperationLocks",
        "LockType",
        "ZoneMappings",
        "ZoneId",
        "VSwitchId",
        "Status",
        "MasterZoneId",
        "SlaveZoneId",
        "Tags",
    ])
    .prop_map(str::to_owned)
}

/// An answer about that load balancer, whatever else is in it.
fn read(id: &LoadBalancerId, mut fields: Map<String, Value>) -> Option<LoadBalancer> {
    fields.insert("LoadBalancerId".to_owned(), id.as_str().into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let answer = runtime.block_on(read_reply(id, ok(&fields.into())));
    answer.ok().map(|found| found.expect("a success names a load balancer"))
}

proptest! {
    #[test]
    fn only_the_word_itself_says_that_a_load_balancer_or_a_zone_of_it_is_active(
        product in prop::sample::select(Product::ALL.to_vec()),
        fields in object(name(), json(name())),
    ) {
        let is_active = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("active"));
        let mappings = fields.get("ZoneMappings").and_then(Value::as_array).cloned().unwrap_or_default();
        let status = fields.get("LoadBalancerStatus").cloned();
        if let Some(found) = read(&id_of(product), fields) {
            prop_assert_eq!(found.status == Status::Active, is_active(status.as_ref()));
            for (zone, mapping) in found.zones.iter().zip(&mappings) {
                prop_assert!(zone.status != Some(ZoneStatus::Active) || is_active(mapping.get("Status")));
            }
        }
    }

    #[test]
    fn all_zones_of_the_answer_are_there_or_none(
        product in prop::sample::select(vec![Product::Nlb, Product::Alb, Product::Gwlb]),
        fields in object(name(), json(name())),
    ) {
        let mappings = fields.get("ZoneMappings").and_then(Value::as_array).map_or(0, Vec::len);
        if let Some(found) = read(&id_of(product), fields) {
            prop_assert!([0, mappings].contains(&found.zones.len()));
            prop_assert!(found.zones.iter().all(|zone| !zone.zone_id.is_empty()));
        }
    }

    #[test]
    fn any_text_is_an_id_of_a_known_product_or_none_at_all(text in ".{0,40}|(nlb|alb|lb|gwlb|ngw)-[ -~]{0,10}") {
        if let Ok(id) = LoadBalancerId::parse(&text) {
            prop_assert_eq!(id.as_str(), &text);
            prop_assert!(text.starts_with(id.product().prefix()));
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        }
    }
}
