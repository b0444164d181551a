//! What the spec of the object says: one for each thing that the model is about.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::crd::VpcEndpointServiceSpec;

/// What the two versions of the spec say; an edit goes from one to the other.
pub(super) const DESCRIPTIONS: [&str; 2] = ["first", "second"];

/// The service that stands in the cloud before the object that adopts it.
pub(super) const STANDING: &str = "epsrv-0";

/// The load balancers to which the Service can lead.
pub(super) const LOAD_BALANCERS: [&str; 2] = ["nlb-a", "nlb-b"];

/// Their zone.
pub(super) const ZONE: &str = "h";

/// The Service that the spec refers to.
pub(super) const SERVICE: &str = "web";

/// The account that is allowed, and the one that is after an edit.
pub(super) const PRINCIPALS: [&str; 2] = ["111", "222"];

/// How long a deletion waits before it cuts consumers off, in ticks.
pub(super) const DISCONNECT_AFTER: u32 = 1;

/// What the spec is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Manifest {
    /// Nothing but a description.
    Report,
    /// `whenGone: Recreate`.
    Recreate,
    /// `deletionPolicy: Retain`.
    Retain,
    /// `Delete`, and after an edit `Retain`.
    Undecided,
    /// `whenConnected: Block`, and after an edit `Disconnect`.
    Block,
    /// The other way round.
    Disconnect,
    /// `adopt`, and no deletion policy.
    Adopt,
    /// A load balancer by its Service.
    Reference,
    /// One principal and no other, and after an edit another one.
    Authoritative,
    /// The same beside those of others.
    Additive,
}

const ALL: [Manifest; 10] = [
    Manifest::Report,
    Manifest::Recreate,
    Manifest::Retain,
    Manifest::Undecided,
    Manifest::Block,
    Manifest::Disconnect,
    Manifest::Adopt,
    Manifest::Reference,
    Manifest::Authoritative,
    Manifest::Additive,
];

/// By manifest, and by whether it was edited.
static SPECS: LazyLock<[[VpcEndpointServiceSpec; 2]; 10]> = LazyLock::new(|| {
    ALL.map(|manifest| {
        [0, 1].map(|edited| {
            let mut spec = manifest.own_fields(edited);
            spec["serviceResourceType"] = json!("nlb");
            spec["description"] = json!(DESCRIPTIONS[edited]);
            serde_json::from_value(spec).unwrap()
        })
    })
});

impl Manifest {
    pub(super) fn spec(self, edits: u8) -> &'static VpcEndpointServiceSpec {
        &SPECS[self as usize][usize::from(edits % 2)]
    }

    /// An edit means something while the object is being deleted.
    pub(super) fn counts_when_deleted(self) -> bool {
        matches!(self, Self::Undecided | Self::Block | Self::Disconnect)
    }

    /// It manages what only reads of the one service show.
    pub(super) fn has_details(self) -> bool {
        matches!(self, Self::Reference | Self::Authoritative | Self::Additive)
    }

    /// A call on its way to the service can be lost before it has its effect. Only where nothing else brings so many orders of events.
    pub(super) fn loses_calls(self) -> bool {
        !matches!(self, Self::Report | Self::Recreate)
    }

    fn own_fields(self, edited: usize) -> Value {
        let principals = |policy| json!({ "allowedPrincipals": [PRINCIPALS[edited]], "principalsPolicy": policy });
        let connected = [
            json!({ "whenConnected": "Block" }),
            json!({ "whenConnected": "Disconnect", "disconnectAfterSeconds": DISCONNECT_AFTER }),
        ];
        match self {
            Self::Report => json!({ "whenGone": "Report" }),
            Self::Recreate => json!({ "whenGone": "Recreate" }),
            Self::Retain => json!({ "deletionPolicy": "Retain" }),
            Self::Undecided => json!({ "deletionPolicy": (["Delete", "Retain"][edited]) }),
            Self::Block => connected[edited].clone(),
            Self::Disconnect => connected[1 - edited].clone(),
            Self::Adopt => json!({ "adopt": { "serviceId": STANDING } }),
            Self::Reference => {
                json!({ "resources": [{ "serviceRef": { "name": SERVICE }, "zoneIds": [ZONE] }] })
            }
            Self::Authoritative => principals("Authoritative"),
            Self::Additive => principals("Additive"),
        }
    }
}
