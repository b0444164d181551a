//! The calls of `tests/conformance/recorded/arguments.json`, typed: every operation with every parameter that it has.

mod connections;
mod endpoints;
mod places;
mod services;
mod tags;

use cloud_core::Client;
use privatelink::{CheckProductOpenRequest, Operation, Reader, Tag, Writer};

const SERVICE: &str = "epsrv-bp1service0000000000";
const SERVICE_NAME: &str = "com.aliyuncs.privatelink.cn-hangzhou.epsrv-bp1service0000000000";
const ENDPOINT: &str = "ep-bp1endpoint0000000000";
const ZONE: &str = "cn-hangzhou-i";
const CONSUMER: &str = "5555666677778888";
const DRY_RUN: Option<bool> = Some(true);

#[expect(clippy::unnecessary_wraps, reason = "it stands where a parameter is optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(ToOwned::to_owned).collect()
}

fn token() -> Option<String> {
    text("token-1")
}

fn tags() -> Vec<Tag> {
    [("stage", "test run"), ("ow ner", "a+b&c=d*e~f/日本")]
        .map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() })
        .to_vec()
}

/// Makes the call of an operation. What comes back is no matter: it was sent.
pub(super) async fn call(client: &Client, operation: Operation) {
    if operation.mutates() {
        write(&Writer::new(client), operation).await;
    } else {
        read(&Reader::new(client), operation).await;
    }
}

async fn read(r: &Reader, operation: Operation) {
    use Operation as O;
    match operation {
        O::GetVpcEndpointServiceAttribute => drop(r.get_vpc_endpoint_service_attribute(&services::get()).await),
        O::ListVpcEndpointServices => drop(r.list_vpc_endpoint_services(&services::list()).await),
        O::ListVpcEndpointServiceResources => {
            drop(r.list_vpc_endpoint_service_resources(&services::resources()).await);
        }
        O::ListVpcEndpointServiceUsers => drop(r.list_vpc_endpoint_service_users(&services::users()).await),
        O::ListVpcEndpointConnections => drop(r.list_vpc_endpoint_connections(&connections::list()).await),
        O::GetVpcEndpointAttribute => drop(r.get_vpc_endpoint_attribute(&endpoints::get()).await),
        O::ListVpcEndpoints => drop(r.list_vpc_endpoints(&endpoints::list()).await),
        O::ListVpcEndpointZones => drop(r.list_vpc_endpoint_zones(&endpoints::zones()).await),
        O::ListVpcEndpointSecurityGroups => {
            drop(r.list_vpc_endpoint_security_groups(&endpoints::security_groups()).await);
        }
        O::ListVpcEndpointServicesByEndUser => {
            drop(r.list_vpc_endpoint_services_by_end_user(&endpoints::offers()).await);
        }
        O::ListTagResources => drop(r.list_tag_resources(&tags::list()).await),
        O::DescribeRegions => drop(r.describe_regions(&places::regions()).await),
        O::DescribeZones => drop(r.describe_zones(&places::zones()).await),
        O::CheckProductOpen => drop(r.check_product_open(&CheckProductOpenRequest {}).await),
        other => unreachable!("{other} does not read"),
    }
}

async fn write(w: &Writer, operation: Operation) {
    use Operation as O;
    match operation {
        O::CreateVpcEndpointService => drop(w.create_vpc_endpoint_service(&services::create()).await),
        O::UpdateVpcEndpointServiceAttribute => {
            drop(w.update_vpc_endpoint_service_attribute(&services::update()).await);
        }
        O::DeleteVpcEndpointService => drop(w.delete_vpc_endpoint_service(&services::delete()).await),
        O::AttachResourceToVpcEndpointService => {
            drop(w.attach_resource_to_vpc_endpoint_service(&services::attach()).await);
        }
        O::DetachResourceFromVpcEndpointService => {
            drop(w.detach_resource_from_vpc_endpoint_service(&services::detach()).await);
        }
        O::UpdateVpcEndpointServiceResourceAttribute => {
            drop(w.update_vpc_endpoint_service_resource_attribute(&services::allocate()).await);
        }
        O::AddUserToVpcEndpointService => drop(w.add_user_to_vpc_endpoint_service(&services::add_user()).await),
        O::RemoveUserFromVpcEndpointService => {
            drop(w.remove_user_from_vpc_endpoint_service(&services::remove_user()).await);
        }
        O::TagResources => drop(w.tag_resources(&tags::tag()).await),
        O::UntagResources => drop(w.untag_resources(&tags::untag()).await),
        O::ChangeResourceGroup => drop(w.change_resource_group(&tags::change_group()).await),
        O::OpenPrivateLinkService => drop(w.open_private_link_service(&places::open()).await),
        other => write_to_a_connection(w, other).await,
    }
}

async fn write_to_a_connection(w: &Writer, operation: Operation) {
    use Operation as O;
    match operation {
        O::EnableVpcEndpointConnection => drop(w.enable_vpc_endpoint_connection(&connections::enable()).await),
        O::DisableVpcEndpointConnection => drop(w.disable_vpc_endpoint_connection(&connections::disable()).await),
        O::UpdateVpcEndpointConnectionAttribute => {
            drop(w.update_vpc_endpoint_connection_attribute(&connections::update()).await);
        }
        O::EnableVpcEndpointZoneConnection => {
            drop(w.enable_vpc_endpoint_zone_connection(&connections::enable_zone()).await);
        }
        O::DisableVpcEndpointZoneConnection => {
            drop(w.disable_vpc_endpoint_zone_connection(&connections::disable_zone()).await);
        }
        O::UpdateVpcEndpointZoneConnectionResourceAttribute => {
            drop(w.update_vpc_endpoint_zone_connection_resource_attribute(&connections::move_zone()).await);
        }
        O::CreateVpcEndpoint => drop(w.create_vpc_endpoint(&endpoints::create()).await),
        O::UpdateVpcEndpointAttribute => drop(w.update_vpc_endpoint_attribute(&endpoints::update()).await),
        O::DeleteVpcEndpoint => drop(w.delete_vpc_endpoint(&endpoints::delete()).await),
        O::AddZoneToVpcEndpoint => drop(w.add_zone_to_vpc_endpoint(&endpoints::add_zone()).await),
        O::RemoveZoneFromVpcEndpoint => drop(w.remove_zone_from_vpc_endpoint(&endpoints::remove_zone()).await),
        O::AttachSecurityGroupToVpcEndpoint => {
            drop(w.attach_security_group_to_vpc_endpoint(&endpoints::attach_group()).await);
        }
        O::DetachSecurityGroupFromVpcEndpoint => {
            drop(w.detach_security_group_from_vpc_endpoint(&endpoints::detach_group()).await);
        }
        other => unreachable!("{other} has no call here"),
    }
}
