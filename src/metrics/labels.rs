//! The labels, all of closed sets.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByController {
    pub(super) controller: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Result {
    pub(super) controller: String,
    pub(super) result: ReconcileResult,
}

/// Both have the same value, as a controller's own queue has there.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByQueue {
    pub(super) name: String,
    pub(super) controller: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByRestRequest {
    pub(super) code: String,
    pub(super) method: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByVerb {
    pub(super) verb: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByOperation {
    pub(super) operation: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Request {
    pub(super) operation: &'static str,
    pub(super) code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByName {
    pub(super) name: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ByKind {
    pub(super) kind: WriteKind,
}

/// Gives each variant of a label its text.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::result::Result<(), std::fmt::Error> {
                match self {
                    $(Self::$variant => $text,)*
                }
                .encode(encoder)
            }
        }
    };
}

label! {
    /// How a reconcile ended, in the words of controller-runtime.
    ReconcileResult {
        /// Nothing is due until something changes.
        Success = "success",
        /// The next one comes at a time that is known.
        RequeueAfter = "requeue_after",
        /// The object is in back-off.
        Error = "error",
    }
}

label! {
    /// What is written to Kubernetes.
    WriteKind {
        /// Finalizer and create record.
        Record = "record",
        /// The finalizer goes.
        Finalizer = "finalizer",
        Status = "status",
        Event = "event",
        /// A ConfigMap of `spec.exportTo`: created, changed or deleted.
        Export = "export",
    }
}
