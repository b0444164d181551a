//! What is known of a ConfigMap, and what can be done with it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::kubernetes::{ConfigMapVersion, FoundConfigMap, KubernetesError};

/// What is known of the ConfigMaps of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportViews {
    /// Those that were looked at, by name.
    pub known: BTreeMap<String, KnownExport>,
    /// When the first of them is to be looked at again.
    pub next_look: Option<Timestamp>,
}

/// What is known of one ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownExport {
    pub view: ExportView,
    /// What the API server refused last, until it does it.
    pub refusal: Option<ExportRefusal>,
    /// Nothing has failed since the last look: a write may be tried.
    pub is_due: bool,
}

/// A ConfigMap as it stands in relation to one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportView {
    /// It could not be read.
    Unknown,
    /// There is none of that name.
    Absent,
    /// There is one that does not name this very object as an owner.
    Foreign,
    Own(FoundConfigMap),
}

/// What the API server does not let the operator do with a ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRefusal {
    pub verb: &'static str,
    /// The right is missing; else something else stands in the way, as an admission policy.
    pub is_right: bool,
    /// The API server's sentence.
    pub said: String,
}

/// One write to a ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportStep {
    pub config_map: String,
    pub write: ExportWrite,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportWrite {
    Create {
        data: BTreeMap<String, String>,
    },
    /// `None`: the key goes.
    Change {
        version: ConfigMapVersion,
        data: BTreeMap<String, Option<String>>,
    },
    Delete {
        version: ConfigMapVersion,
    },
}

impl ExportView {
    pub(super) fn of(found: Option<FoundConfigMap>, uid: &str) -> Self {
        match found {
            None => Self::Absent,
            Some(found) if found.owners.iter().any(|owner| owner == uid) => Self::Own(found),
            Some(_) => Self::Foreign,
        }
    }
}

impl ExportRefusal {
    /// `None`: it passes, or is no refusal.
    pub(super) fn of(verb: &'static str, error: &KubernetesError) -> Option<Self> {
        let (is_right, said) = match error {
            KubernetesError::Forbidden(said) => (true, said),
            KubernetesError::Invalid(said) => (false, said),
            KubernetesError::Conflict
            | KubernetesError::Gone
            | KubernetesError::NamespaceTerminating
            | KubernetesError::Unavailable(_) => return None,
        };
        Some(Self { verb, is_right, said: said.clone() })
    }
}

impl ExportWrite {
    pub(super) const fn verb(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Change { .. } => "patch",
            Self::Delete { .. } => "delete",
        }
    }

    pub(super) const fn done(&self) -> &'static str {
        match self {
            Self::Create { .. } => "created the ConfigMap of spec.exportTo",
            Self::Change { .. } => "changed the ConfigMap of spec.exportTo",
            Self::Delete { .. } => "deleted a ConfigMap that spec.exportTo names no more",
        }
    }
}
