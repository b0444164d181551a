//! One client, one inventory and one set of lanes for each account and region.
