//! privatelink-sim
