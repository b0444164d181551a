//! The regions whose consumers may connect to a service.

use std::collections::BTreeMap;

use privatelink::{RegionStatus, SupportedRegion};

use super::Value;

/// Regions with the state of each, those that were taken away among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Regions(BTreeMap<String, RegionStatus>);

impl Regions {
    /// An entry that names no region says nothing.
    pub(super) fn from_answer(entries: &[SupportedRegion]) -> Self {
        entries.iter().filter_map(|entry| Some((entry.region()?.to_owned(), entry.status()))).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &RegionStatus)> {
        self.0.iter()
    }

    pub fn get(&self, region: &str) -> Option<&RegionStatus> {
        self.0.get(region)
    }

    pub fn set(&mut self, region: &str, status: RegionStatus) {
        self.0.insert(region.to_owned(), status);
    }

    /// As it compares with what was written. One whose change failed is neither there nor away.
    pub(super) fn value(&self, region: &str) -> Value {
        match self.get(region) {
            Some(RegionStatus::Failed) => Value::Text(RegionStatus::Failed.as_str().to_owned()),
            Some(status) if is_open(status) => Value::Present,
            _ => Value::Absent,
        }
    }

    /// The provider opens a region for some time before its consumers may connect.
    pub(super) fn overlay(&mut self, region: &str, value: &Value) {
        if *value == Value::Absent {
            self.0.remove(region);
        } else if self.value(region) != Value::Present {
            self.set(region, RegionStatus::Pending);
        }
    }
}

/// Consumers of the region may connect, or soon may, or might: all but what is on its way out or away. A state that nobody knows counts among
/// them, because a right that is to be taken away is taken away from it as well.
pub fn is_open(status: &RegionStatus) -> bool {
    match status {
        RegionStatus::Pending | RegionStatus::Available | RegionStatus::Failed | RegionStatus::Unknown(_) => true,
        RegionStatus::Deleting | RegionStatus::Closed => false,
    }
}

impl FromIterator<(String, RegionStatus)> for Regions {
    fn from_iter<I: IntoIterator<Item = (String, RegionStatus)>>(regions: I) -> Self {
        Self(regions.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(region: &str, status: &str) -> SupportedRegion {
        SupportedRegion {
            supported_region_id: Some(region.to_owned()),
            region_service_status: Some(status.to_owned()),
            ..SupportedRegion::default()
        }
    }

    #[test]
    fn a_region_is_there_unless_it_is_away_or_on_its_way_out_or_failed() {
        let states = ["Available", "Pending", "Odd", "Deleting", "Closed", "Failed"];
        let regions = Regions::from_answer(&states.map(|status| entry(&status.to_lowercase(), status)));
        let values = states.map(|status| regions.value(&status.to_lowercase()));
        let failed = Value::Text("Failed".to_owned());
        let (present, absent) = (Value::Present, Value::Absent);
        assert_eq!(values, [present.clone(), present.clone(), present, absent.clone(), absent.clone(), failed]);
        assert_eq!(regions.value("never"), absent);
        assert_eq!(Regions::from_answer(&[entry("", "Available")]), Regions::default());
    }

    #[test]
    fn a_region_that_was_just_written_is_being_opened_or_gone() {
        let found = [entry("open", "Available"), entry("closed", "Closed"), entry("failed", "Failed")];
        let mut regions = Regions::from_answer(&found);
        for region in ["open", "closed", "failed", "new"] {
            regions.overlay(region, &Value::Present);
        }
        let states = ["open", "closed", "failed", "new"].map(|region| regions.get(region).cloned());
        let pending = Some(RegionStatus::Pending);
        assert_eq!(states, [Some(RegionStatus::Available), pending.clone(), pending.clone(), pending]);
        regions.overlay("open", &Value::Absent);
        assert_eq!(regions.value("open"), Value::Absent);
    }
}
