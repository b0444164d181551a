//! Which fields calls and edits set to what.

use std::collections::BTreeMap;

use jiff::Timestamp;
use privatelink_sim::{Call, DEFAULT_CONSUMER};
use serde_json::Value;

use crate::support::rig::{ZONES, is_applied};

const THERE: &str = "there";
const ABSENT: &str = "absent";

/// Whom the tests allow to connect.
pub(super) const PRINCIPALS: [&str; 3] = [DEFAULT_CONSUMER, "2000000000000001", "2000000000000002"];

/// The load balancers that the tests attach.
pub(super) const LOAD_BALANCERS: [&str; 2] = ["nlb-1", "nlb-2"];

/// A field, and its value.
pub(super) type Setting = (String, String);

/// One field that a call set.
#[derive(Clone, Debug)]
pub(super) struct Change<'a> {
    pub(super) call: &'a Call,
    pub(super) service_id: &'a str,
    pub(super) field: String,
    pub(super) value: String,
    /// The value before the call, where a call had set it.
    pub(super) before: Option<String>,
}

impl Change<'_> {
    /// The field had this value already.
    pub(super) fn is_repetition(&self) -> bool {
        self.before.as_ref() == Some(&self.value)
    }
}

/// What the calls changed, in their order.
pub(super) fn changes(calls: &[Call]) -> Vec<Change<'_>> {
    let mut known: BTreeMap<(&str, String), String> = BTreeMap::new();
    let mut changes = Vec::new();
    for call in calls.iter().filter(|call| is_applied(call)) {
        let Some(service_id) = call.object.as_deref() else { continue };
        for (field, value) in settings_of_call(call) {
            let before = known.insert((service_id, field.clone()), value.clone());
            changes.push(Change { call, service_id, field, value, before });
        }
    }
    changes
}

/// What was asked of one object, field by field, oldest first.
#[derive(Debug, Default)]
pub(super) struct Edits(BTreeMap<String, Vec<(Timestamp, String)>>);

impl Edits {
    pub(super) fn edit(&mut self, time: Timestamp, edit: &Value) {
        for (field, value) in settings_of_edit(edit) {
            self.0.entry(field).or_default().push((time, value));
        }
    }

    /// When the call came, another value had been asked for last.
    pub(super) fn contradict(&self, change: &Change<'_>) -> bool {
        let edits = self.0.get(&change.field).into_iter().flatten();
        let last = edits.take_while(|(time, _)| *time <= change.call.time).last();
        last.is_some_and(|(_, value)| *value != change.value)
    }
}

/// What a call sets. Of a Create, only what the tests edit.
fn settings_of_call(call: &Call) -> Vec<Setting> {
    let parameters = &call.parameters;
    let parameter = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    let attachment = || format!("{} in {}", parameter("ResourceId"), parameter("ZoneId"));
    match call.operation.as_str() {
        "CreateVpcEndpointService" => attributes(parameters).chain(created(parameters)).collect(),
        "UpdateVpcEndpointServiceAttribute" => attributes(parameters).collect(),
        "AttachResourceToVpcEndpointService" => vec![(attachment(), THERE.to_owned())],
        "DetachResourceFromVpcEndpointService" => vec![(attachment(), ABSENT.to_owned())],
        "AddUserToVpcEndpointService" => vec![(parameter("UserARN"), THERE.to_owned())],
        "RemoveUserFromVpcEndpointService" => vec![(parameter("UserARN"), ABSENT.to_owned())],
        "TagResources" => tags(parameters),
        operation => vec![(operation.to_owned(), String::new())],
    }
}

fn attributes(parameters: &BTreeMap<String, String>) -> impl Iterator<Item = Setting> {
    let names = ["ServiceDescription", "AutoAcceptEnabled", "ZoneAffinityEnabled"];
    names.into_iter().filter_map(|name| Some((name.to_owned(), parameters.get(name)?.clone())))
}

fn created(parameters: &BTreeMap<String, String>) -> impl Iterator<Item = Setting> {
    (1..).map_while(|number| {
        let parameter = |name: &str| parameters.get(&format!("Resource.{number}.{name}"));
        let attachment = format!("{} in {}", parameter("ResourceId")?, parameter("ZoneId")?);
        Some((attachment, THERE.to_owned()))
    })
}

fn tags(parameters: &BTreeMap<String, String>) -> Vec<Setting> {
    let tag = |number: usize| {
        let parameter = |name: &str| parameters.get(&format!("Tag.{number}.{name}"));
        Some((format!("tag {}", parameter("Key")?), parameter("Value")?.clone()))
    };
    (1..).map_while(tag).collect()
}

/// What an edit of the tests sets, in the words of the calls.
fn settings_of_edit(edit: &Value) -> Vec<Setting> {
    let attributes = [
        ("description", "ServiceDescription"),
        ("autoAcceptEnabled", "AutoAcceptEnabled"),
        ("zoneAffinityEnabled", "ZoneAffinityEnabled"),
    ];
    let attributes = attributes.into_iter().filter_map(|(key, name)| Some((name.to_owned(), text(edit.get(key)?))));
    let tags = edit.get("tags").and_then(Value::as_object).into_iter().flatten();
    let tags = tags.map(|(key, value)| (format!("tag {key}"), text(value)));
    attributes.chain(tags).chain(principals(edit)).chain(attachments(edit)).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn principals(edit: &Value) -> Vec<Setting> {
    let Some(wanted) = edit.get("allowedPrincipals").and_then(Value::as_array) else { return Vec::new() };
    let setting = |account: &str| (format!("acs:ram:*:{account}:*"), presence(wanted.contains(&account.into())));
    PRINCIPALS.into_iter().map(setting).collect()
}

fn attachments(edit: &Value) -> Vec<Setting> {
    let Some(wanted) = edit.get("resources").and_then(Value::as_array) else { return Vec::new() };
    let is_wanted = |id: &str, zone: &str| {
        let zones = wanted.iter().filter(|resource| resource["resourceId"] == id).map(|resource| &resource["zoneIds"]);
        zones.filter_map(Value::as_array).any(|zones| zones.contains(&zone.into()))
    };
    let all = LOAD_BALANCERS.into_iter().flat_map(|id| ZONES.map(|zone| (id, zone)));
    all.map(|(id, zone)| (format!("{id} in {zone}"), presence(is_wanted(id, zone)))).collect()
}

fn presence(is_there: bool) -> String {
    if is_there { THERE } else { ABSENT }.to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;

    fn call(operation: &str, parameters: &Value) -> Call {
        let call = json!({
            "sequence": 1, "time": Timestamp::UNIX_EPOCH, "method": "POST", "operation": operation, "account": null, "region": null,
            "parameters": parameters, "client_token": null, "object": "epsrv-1", "http_status": 200, "code": null, "request_id": "",
            "effect": "applied", "fault": null, "signed_headers": [], "user_agent": null,
        });
        serde_json::from_value(call).unwrap()
    }

    fn second(number: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(number)
    }

    #[test]
    fn calls_and_edits_name_what_they_set_alike() {
        let attributes =
            json!({"ServiceDescription": "a", "AutoAcceptEnabled": "true", "ZoneAffinityEnabled": "false"});
        let cases = [
            (
                call("UpdateVpcEndpointServiceAttribute", &attributes),
                json!({"description": "a", "autoAcceptEnabled": true, "zoneAffinityEnabled": false}),
            ),
            (call("TagResources", &json!({"Tag.1.Key": "edit", "Tag.1.Value": "7"})), json!({"tags": {"edit": "7"}})),
            (
                call("AddUserToVpcEndpointService", &json!({"UserARN": format!("acs:ram:*:{}:*", PRINCIPALS[1])})),
                json!({"allowedPrincipals": PRINCIPALS[..2]}),
            ),
            (
                call("DetachResourceFromVpcEndpointService", &json!({"ResourceId": "nlb-2", "ZoneId": ZONES[0]})),
                json!({"resources": [{"resourceId": "nlb-1", "zoneIds": ZONES}]}),
            ),
        ];
        for (call, edit) in cases {
            let (set, asked) = (settings_of_call(&call), settings_of_edit(&edit));
            assert!(set.iter().all(|setting| asked.contains(setting)), "{set:?} is not in {asked:?}");
        }
    }

    #[test]
    fn a_change_is_held_against_what_was_asked_for_last_before_it() {
        let mut edits = Edits::default();
        edits.edit(second(-2), &json!({"description": "first"}));
        edits.edit(second(-1), &json!({"description": "second"}));
        edits.edit(second(1), &json!({"description": "third"}));
        let wrong = ["first", "second", "third"].map(|text| {
            let calls = [call("UpdateVpcEndpointServiceAttribute", &json!({"ServiceDescription": text}))];
            edits.contradict(&changes(&calls)[0])
        });
        assert_eq!(wrong, [true, false, true]);
    }

    #[test]
    fn what_is_set_to_what_it_was_is_a_repetition() {
        let calls =
            ["a", "a", "b"].map(|value| call("TagResources", &json!({"Tag.1.Key": "edit", "Tag.1.Value": value})));
        let repetitions: Vec<_> = changes(&calls).iter().map(Change::is_repetition).collect();
        assert_eq!(repetitions, [false, true, false]);
    }
}
