//! privatelink
