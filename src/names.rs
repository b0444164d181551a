//! Names that other people see: the API group, the finalizer, field managers, annotation, label and tag keys.
//!
//! All of them are API. A renamed one strands every object and every cloud service that carries the old name.

/// API group of every kind of this operator.
pub const GROUP: &str = "privatelink.alibabacloud.com";

/// The API version that is stored and served.
pub const VERSION: &str = "v1alpha1";

/// Finalizer that keeps an object until its service in the cloud is dealt with.
pub const FINALIZER: &str = "privatelink.alibabacloud.com/finalizer";

/// Field manager of the server-side applies on `/status`.
pub const STATUS_FIELD_MANAGER: &str = "privatelink-operator-status";

/// Field manager of the merge patches on the object itself: finalizer and create record.
pub const OBJECT_FIELD_MANAGER: &str = "privatelink-operator";

/// Name of the lease of an operator of all namespaces; that of one namespace has a dash and the namespace behind it.
pub const LEASE: &str = "privatelink-operator";

/// Reporting controller of events.
pub const EVENT_REPORTER: &str = "privatelink.alibabacloud.com/operator";

/// Annotation that holds the create record: what was asked of the cloud, and under which identity.
pub const CREATE_RECORD_ANNOTATION: &str = "privatelink.alibabacloud.com/create-record";

/// Annotation of the user's: any change of its value asks for a fresh look at once.
pub const RECONCILE_REQUESTED_AT_ANNOTATION: &str = "privatelink.alibabacloud.com/reconcile-requested-at";

/// Label of an exported ConfigMap: the name of the object whose service it is about.
pub const EXPORTED_BY_LABEL: &str = "privatelink.alibabacloud.com/exported-by";

/// Label of the user's: with the value `true`, the admission policy refuses to delete the object.
pub const PROTECTED_LABEL: &str = "privatelink.alibabacloud.com/protected";

/// What our programs call themselves in calls to the cloud.
pub const USER_AGENT: &str = concat!("privatelink-operator/", env!("CARGO_PKG_VERSION"));

/// Beginning of every tag key that belongs to the operator; refused in `spec.tags`.
pub const TAG_PREFIX: &str = "privatelink-operator.";

/// Tag whose value is the cluster id.
pub const CLUSTER_TAG: &str = "privatelink-operator.cluster";

/// Tag whose value is the UID of the object that owns the service.
pub const UID_TAG: &str = "privatelink-operator.uid";

/// Tag whose value is `<namespace>.<name>` of the object that owns the service.
pub const OBJECT_TAG: &str = "privatelink-operator.object";

/// Tag that a person puts on a service to hand it over: its value is `<namespace>.<name>` of the new owner.
pub const ADOPT_TAG: &str = "privatelink-operator.adopt";
