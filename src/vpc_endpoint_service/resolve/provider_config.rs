//! With whose credentials an object is reconciled. This version knows one provider config, `default`: what the operator was started with.

use super::ResolveError;
use crate::crd::{DEFAULT_PROVIDER_CONFIG, VpcEndpointServiceSpec};

/// Whether the credentials that the spec names are those that the operator has. With others than those nothing is written, and nothing deleted.
pub fn is_known(spec: &VpcEndpointServiceSpec) -> bool {
    spec.provider_config_ref.name == DEFAULT_PROVIDER_CONFIG
}

pub(super) fn check(spec: &VpcEndpointServiceSpec) -> Result<(), ResolveError> {
    if is_known(spec) {
        return Ok(());
    }
    Err(ResolveError::ProviderConfigUnavailable { name: spec.provider_config_ref.name.clone() })
}
