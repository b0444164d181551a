//! What users want: specs at random, all of which can be had.

use privatelink_sim::DEFAULT_CONSUMER;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::settings::ZONES;

const LOAD_BALANCERS: [&str; 3] = ["nlb-1", "nlb-2", "nlb-3"];
const PRINCIPALS: [&str; 3] = [DEFAULT_CONSUMER, "2000000000000001", "2000000000000002"];
const DESCRIPTIONS: [&str; 4] = ["", "orders", "order intake", "orders, second try"];
const TEAMS: [&str; 3] = ["shop", "orders", "billing"];
const GROUPS: [&str; 2] = ["rg-shop", "rg-orders"];

/// All of a spec. A service that somebody deletes in the cloud is to be made again, so that every object can become Ready by itself.
pub(super) fn whole(dice: &mut Dice) -> Value {
    json!({
        "serviceResourceType": "nlb",
        "whenGone": "Recreate",
        "description": dice.pick(&DESCRIPTIONS),
        "autoAcceptEnabled": dice.is_one_in(2),
        "zoneAffinityEnabled": dice.is_one_in(2),
        "resources": resources(dice),
        "allowedPrincipals": dice.some(&PRINCIPALS),
        "tags": {"team": dice.pick(&TEAMS)},
        "resourceGroupId": dice.pick(&GROUPS),
    })
}

/// One or two fields of it.
pub(super) fn part(dice: &mut Dice) -> Value {
    let whole = whole(dice);
    let fields = ["description", "autoAcceptEnabled", "zoneAffinityEnabled", "resources", "allowedPrincipals", "tags"];
    let chosen = [dice.pick(&fields), dice.pick(&fields)];
    chosen.into_iter().flatten().map(|field| ((*field).to_owned(), whole[*field].clone())).collect()
}

fn resources(dice: &mut Dice) -> Vec<Value> {
    let mut chosen = dice.some(&LOAD_BALANCERS);
    if chosen.is_empty() {
        chosen.extend(dice.pick(&LOAD_BALANCERS));
    }
    let resource = |id: &str, zones: &[&str]| json!({"resourceId": id, "zoneIds": zones});
    chosen
        .into_iter()
        .map(|id| match dice.below(3) {
            0 => resource(id, &ZONES[..1]),
            1 => resource(id, &ZONES[1..]),
            _ => resource(id, &ZONES),
        })
        .collect()
}
