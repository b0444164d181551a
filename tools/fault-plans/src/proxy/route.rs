//! A call, and who decides about it.

use std::sync::Arc;

use http::request::Parts;

use super::arrival::Arrival;
use super::interceptor::Interceptor;
use super::journal::Journal;
use super::upstream::{Upstream, UpstreamError};

/// What all calls of a proxy share.
pub(super) struct Route {
    pub(super) upstream: Upstream,
    pub(super) interceptor: Arc<dyn Interceptor>,
    pub(super) journal: Arc<Journal>,
}

/// A call, and the route that decides about it.
pub(super) struct Exchange {
    pub(super) route: Arc<Route>,
    pub(super) arrival: Arrival,
    pub(super) head: Parts,
}

impl Exchange {
    /// Enters that the upstream's answer did not come to its end.
    pub(super) fn failed(&self, error: &UpstreamError) {
        self.route.journal.update(&self.arrival, |seen| seen.failure = Some(error.to_string()));
    }
}
