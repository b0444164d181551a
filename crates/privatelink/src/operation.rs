//! The operations of the API and what is fixed about each: rate, order, where parameters go.
//!
//! Facts are those of the `PrivateLink` API reference, version 2020-04-15; the rate of five operations is not
//! published there and is taken from their siblings (see the table).

use std::fmt;

use cloud_core::{Api, ApiOperation, Concurrency, Effect, Placement, Rate};

use crate::codes::{CODES, documented_codes};

/// `PrivateLink`, version 2020-04-15.
pub static API: Api = Api {
    name: "PrivateLink",
    version: "2020-04-15",
    host: "privatelink",
    central_regions: &[],
    action_prefix: "privatelink",
    codes: CODES,
};

/// Within which bounds calls of an operation must not overlap. An overlap is answered with `ConcurrentCallNotSupported`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Serial {
    /// No order is stated.
    None,
    /// One at a time in the whole account.
    Account,
    /// One at a time for each endpoint service.
    Service,
    /// One at a time for each endpoint.
    Endpoint,
}

/// What an operation says about the parameter `RegionId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Region {
    Required,
    Optional,
    Absent,
}

/// Which of `ClientToken` and `DryRun` an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Extras {
    TokenAndDryRun,
    Token,
    Neither,
}

/// What a line of the table says beside what every client must know.
struct Facts {
    serial: Serial,
    region: Region,
    extras: Extras,
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $effect:ident, $rate:expr, $serial:ident, $placement:ident, $region:ident, $extras:ident;)*) => {
        /// An operation, named exactly as the provider names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $($(#[$doc])* $name,)*
        }

        impl Operation {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The provider's name, as sent in `x-acs-action`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The documented rate for each account and region.
            pub const fn rate(self) -> Rate {
                match self {
                    $(Self::$name => $rate,)*
                }
            }

            const fn effect(self) -> Effect {
                match self {
                    $(Self::$name => Effect::$effect,)*
                }
            }

            /// Where its parameters go.
            pub const fn placement(self) -> Placement {
                match self {
                    $(Self::$name => Placement::$placement,)*
                }
            }

            const fn facts(self) -> Facts {
                match self {
                    $(Self::$name => Facts {
                        serial: Serial::$serial,
                        region: Region::$region,
                        extras: Extras::$extras,
                    },)*
                }
            }
        }
    };
}

operations! {
    /// Creates an endpoint service; asynchronous, `Creating` then `Active`.
    CreateVpcEndpointService: Writes, Rate::per_minute(200), None, Query, Required, TokenAndDryRun;
    /// Reads one endpoint service, without its tags.
    GetVpcEndpointServiceAttribute: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Changes attributes of an endpoint service; needs `Active`.
    UpdateVpcEndpointServiceAttribute: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Lists the account's endpoint services in a region, with their tags.
    ListVpcEndpointServices: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Deletes an endpoint service; asynchronous, `Deleting` then gone.
    DeleteVpcEndpointService: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Adds a load balancer in one zone to a service; needs `Active`.
    AttachResourceToVpcEndpointService: Writes, Rate::per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Takes a load balancer in one zone off a service. Rate not published: that of its siblings.
    DetachResourceFromVpcEndpointService: Writes, Rate::per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Lists the load balancers of a service.
    ListVpcEndpointServiceResources: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Switches automatic allocation of one load balancer. Rate not published: that of its siblings.
    UpdateVpcEndpointServiceResourceAttribute: Writes, Rate::per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Lets an account connect to a service.
    AddUserToVpcEndpointService: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Takes that permission back.
    RemoveUserFromVpcEndpointService: Writes, Rate::per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Lists who may connect to a service.
    ListVpcEndpointServiceUsers: Reads, Rate::per_minute(3000), None, Query, Required, Neither;
    /// Lists the connections to the account's services.
    ListVpcEndpointConnections: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Accepts a connection; asynchronous, `Connecting` then `Connected`.
    EnableVpcEndpointConnection: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Rejects or cuts a connection; asynchronous, `Disconnecting` then `Disconnected`.
    DisableVpcEndpointConnection: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Changes the bandwidth or the mode of a connection.
    UpdateVpcEndpointConnectionAttribute: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Accepts one zone of a connected endpoint.
    EnableVpcEndpointZoneConnection: Writes, Rate::per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Cuts one zone of a connected endpoint.
    DisableVpcEndpointZoneConnection: Writes, Rate::per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Chooses the load balancer behind one zone of a connection.
    UpdateVpcEndpointZoneConnectionResourceAttribute: Writes, Rate::per_minute(100), Endpoint, Query, Required, TokenAndDryRun;
    /// Creates an endpoint, the consumer's side; asynchronous, `Creating` then `Active`.
    CreateVpcEndpoint: Writes, Rate::per_minute(200), None, Query, Required, TokenAndDryRun;
    /// Reads one endpoint. Rate not published: that of its siblings.
    GetVpcEndpointAttribute: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Lists the account's endpoints.
    ListVpcEndpoints: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Changes attributes of an endpoint.
    UpdateVpcEndpointAttribute: Writes, Rate::per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Deletes an endpoint; asynchronous, `Deleting` then gone.
    DeleteVpcEndpoint: Writes, Rate::per_minute(200), None, Query, Required, TokenAndDryRun;
    /// Adds a zone to an endpoint.
    AddZoneToVpcEndpoint: Writes, Rate::per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Takes a zone off an endpoint.
    RemoveZoneFromVpcEndpoint: Writes, Rate::per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Lists the zones of an endpoint.
    ListVpcEndpointZones: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Puts an endpoint into a security group. Rate not published: that of its siblings.
    AttachSecurityGroupToVpcEndpoint: Writes, Rate::per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Takes an endpoint out of a security group.
    DetachSecurityGroupFromVpcEndpoint: Writes, Rate::per_minute(500), Endpoint, Query, Required, TokenAndDryRun;
    /// Lists the security groups of an endpoint.
    ListVpcEndpointSecurityGroups: Reads, Rate::per_minute(3000), None, Query, Required, Neither;
    /// Lists the services that the account may connect to.
    ListVpcEndpointServicesByEndUser: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Puts tags on services or endpoints.
    TagResources: Writes, Rate::per_minute(500), None, Form, Required, TokenAndDryRun;
    /// Takes tags off services or endpoints.
    UntagResources: Writes, Rate::per_minute(500), None, Form, Required, TokenAndDryRun;
    /// Lists tags. Its `ClientToken` has no effect.
    ListTagResources: Reads, Rate::per_second(100), None, Query, Required, Token;
    /// Moves a service or an endpoint to another resource group. Rate not published: that of its siblings.
    ChangeResourceGroup: Writes, Rate::per_minute(200), None, Query, Absent, Neither;
    /// Lists the regions that offer `PrivateLink`.
    DescribeRegions: Reads, Rate::per_minute(1000), None, Query, Optional, Neither;
    /// Lists the zones of a region that offer `PrivateLink`.
    DescribeZones: Reads, Rate::per_minute(1000), None, Query, Required, Neither;
    /// Says whether the account has activated `PrivateLink`.
    CheckProductOpen: Reads, Rate::per_minute(500), None, Query, Absent, Neither;
    /// Activates `PrivateLink` for the account: accepts a commercial order.
    OpenPrivateLinkService: Writes, Rate::per_second(5), None, Query, Absent, Neither;
}

impl Operation {
    /// The operation of that name, spelled exactly as the provider spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// The operation that an error is about; `None`: one of another API.
    pub fn of(operation: ApiOperation) -> Option<Self> {
        Self::from_name(operation.name).filter(|own| operation == own.api_operation())
    }

    /// The codes that the API reference lists for this operation, in its spelling; `MissingParam.%s` comes as
    /// `MissingParam.RegionId` and the like. None where it lists none.
    ///
    /// Not a closed set. Listed or not, any operation may answer `NeedOpenProduct` and the codes of the platform's gateway (key,
    /// signature, permission, throttling), and any that changes something `DryRunOperation` and
    /// `ConcurrentCallNotSupported`.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        documented_codes().filter(move |known| known.is_of(self)).map(|known| known.code)
    }

    /// What every client must know of it.
    pub const fn api_operation(self) -> ApiOperation {
        ApiOperation {
            api: &API,
            name: self.name(),
            effect: self.effect(),
            placement: self.placement(),
            rate: self.rate(),
            concurrency: self.concurrency(),
            needs_region: self.needs_region(),
            has_client_token: self.has_client_token(),
        }
    }

    /// Within which bounds its calls must not overlap.
    pub const fn serial(self) -> Serial {
        self.facts().serial
    }

    /// The same for whoever schedules calls and knows no product: what the resource is, the request says.
    const fn concurrency(self) -> Concurrency {
        match self.serial() {
            Serial::None => Concurrency::Unbounded,
            Serial::Account => Concurrency::OnePerAccount,
            Serial::Service | Serial::Endpoint => Concurrency::OnePerResource,
        }
    }

    /// Whether it changes something in the cloud.
    pub const fn mutates(self) -> bool {
        matches!(self.effect(), Effect::Writes)
    }

    /// Whether `RegionId` is a required parameter.
    pub const fn needs_region(self) -> bool {
        matches!(self.facts().region, Region::Required)
    }

    /// Whether it has the parameter `RegionId` at all.
    pub const fn has_region(self) -> bool {
        !matches!(self.facts().region, Region::Absent)
    }

    /// Whether it has the parameter `ClientToken`.
    pub const fn has_client_token(self) -> bool {
        !matches!(self.facts().extras, Extras::Neither)
    }

    /// Whether it has the parameter `DryRun`.
    pub const fn has_dry_run(self) -> bool {
        matches!(self.facts().extras, Extras::TokenAndDryRun)
    }
}

impl From<Operation> for ApiOperation {
    fn from(operation: Operation) -> Self {
        operation.api_operation()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
