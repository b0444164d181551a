//! Regions and zones. Their answers keep the old nested style: `Regions.Region[]`, `Zones.Zone[]`.

mod table;

use std::collections::BTreeSet;

use privatelink::Operation;
use serde_json::{Value, json};

use self::table::{REGIONS, Region};
use super::{Spec, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may};

const TYPES: &[&str] = &["slb", "alb", "nlb", "gwlb"];
const TYPES_OR_ALL: &[&str] = &["slb", "alb", "nlb", "gwlb", "ALL"];
/// What both calls are about when they do not say.
const DEFAULT_TYPE: &str = "slb";

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::DescribeRegions, regions)
        .takes(&[may("RegionId", Kind::Text), may("ServiceResourceType", Kind::Word(TYPES_OR_ALL))]),
    Spec::of(Operation::DescribeZones, zones).takes(&[
        may("ServiceResourceType", Kind::Word(TYPES)),
        may("CrossRegion", Kind::Flag),
        may("CrossRegionSide", Kind::Word(&["Endpoint", "EndpointService"])),
    ]),
];

/// The regions that have a resource type; `RegionId` chooses the host and narrows nothing (a guess).
#[expect(clippy::unnecessary_wraps, reason = "the type of every operation")]
fn regions(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let wanted = visit.params.filled("ServiceResourceType").unwrap_or(DEFAULT_TYPE);
    let fitting = REGIONS.iter().filter(|region| wanted == "ALL" || !region.zones_of(wanted).is_empty());
    let shown: Vec<Value> = fitting.map(|region| show_region(region, wanted)).collect();
    Ok(view::fields(json!({ "Regions": { "Region": shown } })))
}

/// With the type that was asked for and no other, unless all were.
fn show_region(region: &Region, wanted: &str) -> Value {
    let asked = TYPES.iter().copied().filter(|kind| wanted == "ALL" || wanted == *kind);
    let types: Vec<&str> = asked.filter(|kind| !region.zones_of(kind).is_empty()).collect();
    json!({
        "RegionId": region.id,
        "LocalName": region.name,
        "RegionEndpoint": format!("privatelink.{}.aliyuncs.com", region.id),
        "ServiceResourceTypes": { "ServiceResourceType": types },
    })
}

/// The zones of the region for a resource type, and those in which a load balancer of that type was seeded.
#[expect(clippy::unnecessary_wraps, reason = "the type of every operation")]
fn zones(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let wanted = visit.params.filled("ServiceResourceType").unwrap_or(DEFAULT_TYPE);
    let known = region(visit.region);
    let listed = known.into_iter().flat_map(|region| region.zone_ids(wanted));
    let seeded = visit.world.load_balancers().filter(|found| found.region == visit.region && found.kind == wanted);
    let seeded = seeded.flat_map(|found| found.zones.iter().map(|zone| zone.zone_id.clone()));
    let all: BTreeSet<String> = listed.chain(seeded).collect();
    let name = known.map_or(visit.region, |region| region.city());
    let shown = all.iter().map(|id| json!({ "ZoneId": id, "LocalName": zone_name(name, id) }));
    Ok(view::fields(json!({ "Zones": { "Zone": shown.collect::<Vec<Value>>() } })))
}

fn region(id: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.id == id)
}

/// The zones in which load balancers of a type can be made; one in a region that is in no table.
pub(super) fn zones_of(region_id: &str, kind: &str) -> Vec<String> {
    let listed: Vec<String> = region(region_id).into_iter().flat_map(|region| region.zone_ids(kind)).collect();
    if listed.is_empty() { vec![format!("{region_id}-a")] } else { listed }
}

/// `Hangzhou Zone I`.
fn zone_name(city: &str, id: &str) -> String {
    let letter = id.chars().next_back().map(|letter| letter.to_ascii_uppercase());
    format!("{city} Zone {}", letter.unwrap_or_default())
}
