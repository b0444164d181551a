//! Changes of the configuration and of load balancers while the simulator runs.

use serde_json::Value;

use crate::config::{Config, LoadBalancer};

/// Keys that mean something at the start only.
const FIXED: &[&str] = &["seed", "start_time", "load_balancers"];

/// Why a patch is no patch of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigPatchError {
    /// The key counts at the start only.
    #[error("failed to change {key}: it counts at the start only")]
    Fixed {
        /// The key.
        key: String,
    },
    /// The result is no configuration.
    #[error("failed to read the patched configuration: {reason}")]
    Invalid {
        /// Where and why.
        reason: String,
    },
}

/// The configuration after a JSON merge patch (RFC 7386) over its file form.
pub(crate) fn patched(config: &Config, patch: &Value) -> Result<Config, ConfigPatchError> {
    let invalid = |error: serde_json::Error| ConfigPatchError::Invalid { reason: error.to_string() };
    if let Some(key) = FIXED.iter().find(|key| patch.get(**key).is_some()) {
        return Err(ConfigPatchError::Fixed { key: (*key).to_owned() });
    }
    if !patch.is_object() {
        return Err(ConfigPatchError::Invalid { reason: "a patch is an object".to_owned() });
    }
    let mut whole = serde_json::to_value(config).map_err(invalid)?;
    merge(&mut whole, patch);
    serde_json::from_value(whole).map_err(invalid)
}

/// Why a patch is no patch of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadBalancerPatchError {
    /// A load balancer keeps its id.
    #[error("failed to change the id: a load balancer keeps its own")]
    Id,
    /// The result is no load balancer.
    #[error("failed to read the patched load balancer: {reason}")]
    Invalid {
        /// Where and why.
        reason: String,
    },
}

/// The load balancer after a JSON merge patch over its file form. A list is replaced as a whole.
pub(crate) fn patched_load_balancer(
    found: &LoadBalancer,
    patch: &Value,
) -> Result<LoadBalancer, LoadBalancerPatchError> {
    let invalid = |error: serde_json::Error| LoadBalancerPatchError::Invalid { reason: error.to_string() };
    let mut whole = serde_json::to_value(found).map_err(invalid)?;
    merge(&mut whole, patch);
    let patched: LoadBalancer = serde_json::from_value(whole).map_err(invalid)?;
    if patched.id == found.id { Ok(patched) } else { Err(LoadBalancerPatchError::Id) }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    for (key, value) in patch {
        match (target.as_object_mut(), value) {
            (Some(target), Value::Null) => drop(target.remove(key)),
            (Some(target), value) => merge(target.entry(key.as_str()).or_insert(Value::Null), value),
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{ConfigPatchError, LoadBalancerPatchError, patched, patched_load_balancer};
    use crate::config::{Config, LoadBalancer, LoadBalancerZone, Span, Switch};

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let patch = json!({ "timers": { "creating": "4s" }, "lists": { "lag": "3s" }, "serial_locks": false });
        let config = patched(&Config::default(), &patch).unwrap();
        assert_eq!(config.timers.creating, Span::secs(4, 4));
        assert_eq!(config.timers.deleting, Config::default().timers.deleting);
        assert_eq!((config.lists.lag, config.serial_locks), (Duration::from_secs(3), Switch::Off));
        assert_eq!(config.accounts.len(), 2);
    }

    #[test]
    fn null_gives_back_the_default_and_wrong_keys_are_refused() {
        let slow = patched(&Config::default(), &json!({ "lists": { "page_size_cap": 1 } })).unwrap();
        assert_eq!(patched(&slow, &json!({ "lists": { "page_size_cap": null } })).unwrap().lists.page_size_cap, None);
        let fixed = patched(&Config::default(), &json!({ "seed": 1 })).unwrap_err();
        assert_eq!(fixed, ConfigPatchError::Fixed { key: "seed".to_owned() });
        assert!(patched(&Config::default(), &json!({ "timer": {} })).is_err());
        assert!(patched(&Config::default(), &json!([1])).is_err());
    }

    #[test]
    fn a_patched_load_balancer_differs_in_what_the_patch_names() {
        let found = LoadBalancer::new("nlb-a", "nlb", "cn-hangzhou", &["cn-hangzhou-h"]);
        let patch = json!({"status": "Inactive", "zones": ["cn-hangzhou-i", {"zone_id": "cn-hangzhou-j", "status": "Shifted"}]});
        let shifted =
            LoadBalancerZone { vswitch_id: None, ..LoadBalancerZone::new("cn-hangzhou-j").with_status("Shifted") };
        let zones = vec![LoadBalancerZone::new("cn-hangzhou-i"), shifted];
        let expected = LoadBalancer { status: "Inactive".to_owned(), zones, ..found.clone() };
        assert_eq!(patched_load_balancer(&found, &patch), Ok(expected.clone()));
        assert_eq!(patched_load_balancer(&expected, &json!({"status": null})).unwrap().status, "Active", "the default");
    }

    #[test]
    fn a_load_balancer_keeps_its_id_and_takes_no_unknown_key() {
        let found = LoadBalancer::new("nlb-a", "nlb", "cn-hangzhou", &["cn-hangzhou-h"]);
        assert_eq!(patched_load_balancer(&found, &json!({"id": "nlb-b"})), Err(LoadBalancerPatchError::Id));
        for patch in [json!({"state": "Active"}), json!({"zones": null}), json!([])] {
            let error = patched_load_balancer(&found, &patch).unwrap_err();
            assert!(matches!(error, LoadBalancerPatchError::Invalid { .. }), "{patch}: {error}");
        }
    }
}
