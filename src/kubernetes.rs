//! Thin helpers over the Kubernetes API, generic over the kind: get, server-side apply of a status, the finalizer patch, events, the lease. Each
//! call has a deadline.

mod api_server;
pub mod client;
pub mod cluster;
pub mod config_maps;
pub mod definition;
pub mod departed;
pub mod dry_run;
mod error;
pub mod event;
pub mod fenced;
pub mod freshness;
mod kind;
pub mod lease;
pub mod list_watch;
pub mod listing;
pub mod live_objects;
mod merge;
pub mod object;
pub mod reading;
mod repeat;
pub mod schema;
pub mod services;
pub mod status;
pub mod status_memory;

pub use api_server::ApiServer;
pub use config_maps::{ConfigMapVersion, ConfigMaps, FoundConfigMap};
pub use definition::DefinitionReads;
pub use error::KubernetesError;
pub use event::{Announcement, EventSink, Severity};
pub use kind::{Kind, KindStatus, StatusOf};
pub use object::{LatestObject, ObjectReader, ObjectWriter};
pub use status::{StatusWriter, Written};
