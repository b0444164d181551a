//! Asking what a write would be answered, without making it.

use cloud_core::{Client, Error, ErrorKind, Request};

use crate::model::{
    AddUserToVpcEndpointServiceRequest, AttachResourceToVpcEndpointServiceRequest, CreateVpcEndpointServiceRequest,
    DeleteVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest, DisableVpcEndpointConnectionRequest,
    DisableVpcEndpointZoneConnectionRequest, EnableVpcEndpointConnectionRequest,
    RemoveUserFromVpcEndpointServiceRequest, TagResourcesRequest, UntagResourcesRequest,
    UpdateVpcEndpointConnectionAttributeRequest, UpdateVpcEndpointServiceAttributeRequest,
    UpdateVpcEndpointServiceResourceAttributeRequest, UpdateVpcEndpointZoneConnectionResourceAttributeRequest,
};

/// A request that the provider can check without carrying it out.
pub trait DryRun: Request + Send + Sized {
    /// The same request, to be checked only, and under no token: that of the real call must not be spent on it.
    #[must_use]
    fn as_dry_run(&self) -> Self;
}

macro_rules! dry_runs {
    ($($request:ty),+ $(,)?) => {
        $(impl DryRun for $request {
            fn as_dry_run(&self) -> Self {
                Self { dry_run: Some(true), client_token: None, ..self.clone() }
            }
        })+
    };
}

dry_runs!(
    CreateVpcEndpointServiceRequest,
    UpdateVpcEndpointServiceAttributeRequest,
    DeleteVpcEndpointServiceRequest,
    AttachResourceToVpcEndpointServiceRequest,
    DetachResourceFromVpcEndpointServiceRequest,
    UpdateVpcEndpointServiceResourceAttributeRequest,
    AddUserToVpcEndpointServiceRequest,
    RemoveUserFromVpcEndpointServiceRequest,
    EnableVpcEndpointConnectionRequest,
    DisableVpcEndpointConnectionRequest,
    UpdateVpcEndpointConnectionAttributeRequest,
    UpdateVpcEndpointZoneConnectionResourceAttributeRequest,
    DisableVpcEndpointZoneConnectionRequest,
    TagResourcesRequest,
    UntagResourcesRequest,
);

/// How a dry run ended that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The provider finds nothing wrong with the call.
    Passed,
    /// The provider did not say that it was a dry run: it may have carried the call out.
    NotMarked,
}

/// Asks for dry runs and cannot ask for anything else. Cheap to clone.
///
/// Every request goes out with `DryRun`, whatever it says itself. Which operations have one, [`crate::Operation::has_dry_run`] says.
#[derive(Clone, Debug)]
pub struct DryRunner {
    client: Client,
}

impl DryRunner {
    /// Asks over this client, whose region, credentials and connections it shares.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone() }
    }

    /// Has a call checked. What is so already passes, like a call that would be carried out.
    pub async fn check<R: DryRun>(&self, request: &R) -> Result<Checked, Error> {
        match self.client.call(&request.as_dry_run()).await {
            Ok(_) => Ok(Checked::NotMarked),
            Err(error) if error.passed_dry_run() || error.kind() == ErrorKind::AlreadyDone => Ok(Checked::Passed),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_is_marked_and_spends_no_token_whatever_the_request_says() {
        let request = DeleteVpcEndpointServiceRequest {
            service_id: "epsrv-1".to_owned(),
            client_token: Some("token".to_owned()),
            dry_run: Some(false),
        };
        let expected = DeleteVpcEndpointServiceRequest { client_token: None, dry_run: Some(true), ..request.clone() };
        assert_eq!(request.as_dry_run(), expected);
    }
}
