//! The admin API: everything that stands above the simulated cloud, as JSON over HTTP on a port of its own.

mod client;
mod instance;
mod patch;
mod routes;
pub(crate) mod types;

pub use self::client::{AdminClient, AdminError};
pub use self::patch::{ConfigPatchError, LoadBalancerPatchError};
pub(crate) use self::patch::{patched, patched_load_balancer};
pub(crate) use self::routes::router;
pub use self::types::{
    AttachmentId, AttachmentView, ConnectionChange, EndpointOrder, EndpointView, RegionView, ServiceChange,
    ServiceView, SessionView, UserListsView, ZoneView,
};
