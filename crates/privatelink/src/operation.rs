//! The operations of the API and what is fixed about each: rate, order, where parameters go.
//!
//! Facts are those of the `PrivateLink` API reference, version 2020-04-15; the rate of five operations is not
//! published there and is taken from their siblings (see the table).

mod codes;

use std::fmt;
use std::time::Duration;

use http::Method;

/// The API that an operation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// `PrivateLink`, version 2020-04-15.
    PrivateLink,
    /// Security Token Service, version 2015-04-01.
    Sts,
}

impl Api {
    /// The text of the `x-acs-version` header.
    pub const fn version(self) -> &'static str {
        match self {
            Self::PrivateLink => "2020-04-15",
            Self::Sts => "2015-04-01",
        }
    }
}

/// Whether an operation changes something in the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing; may be repeated at will.
    Reads,
    /// Changes something; is repeated under one `ClientToken` only.
    Writes,
}

/// Where an operation takes its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// In the query string, with an empty body.
    Query,
    /// In a body of type `application/x-www-form-urlencoded`, with an empty query.
    Form,
}

/// How many calls the provider allows in a span of time, for each account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Calls allowed.
    pub calls: u32,
    /// The span in which they are allowed.
    pub per: Duration,
}

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

/// One line of the table.
struct Facts {
    name: &'static str,
    api: Api,
    effect: Effect,
    rate: Rate,
    serial: Serial,
    placement: Placement,
    region: Region,
    extras: Extras,
}

const fn per_minute(calls: u32) -> Rate {
    Rate { calls, per: Duration::from_mins(1) }
}

const fn per_second(calls: u32) -> Rate {
    Rate { calls, per: Duration::from_secs(1) }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $api:ident, $effect:ident, $rate:expr, $serial:ident, $placement:ident, $region:ident, $extras:ident;)*) => {
        /// An operation, named exactly as the provider names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $($(#[$doc])* $name,)*
        }

        impl Operation {
            /// Every operation, those of `PrivateLink` first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            const fn facts(self) -> Facts {
                match self {
                    $(Self::$name => Facts {
                        name: stringify!($name),
                        api: Api::$api,
                        effect: Effect::$effect,
                        rate: $rate,
                        serial: Serial::$serial,
                        placement: Placement::$placement,
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
    CreateVpcEndpointService: PrivateLink, Writes, per_minute(200), None, Query, Required, TokenAndDryRun;
    /// Reads one endpoint service, without its tags.
    GetVpcEndpointServiceAttribute: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Changes attributes of an endpoint service; needs `Active`.
    UpdateVpcEndpointServiceAttribute: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Lists the account's endpoint services in a region, with their tags.
    ListVpcEndpointServices: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Deletes an endpoint service; asynchronous, `Deleting` then gone.
    DeleteVpcEndpointService: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Adds a load balancer in one zone to a service; needs `Active`.
    AttachResourceToVpcEndpointService: PrivateLink, Writes, per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Takes a load balancer in one zone off a service. Rate not published: that of its siblings.
    DetachResourceFromVpcEndpointService: PrivateLink, Writes, per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Lists the load balancers of a service.
    ListVpcEndpointServiceResources: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Switches automatic allocation of one load balancer. Rate not published: that of its siblings.
    UpdateVpcEndpointServiceResourceAttribute: PrivateLink, Writes, per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Lets an account connect to a service.
    AddUserToVpcEndpointService: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Takes that permission back.
    RemoveUserFromVpcEndpointService: PrivateLink, Writes, per_minute(200), Service, Query, Required, TokenAndDryRun;
    /// Lists who may connect to a service.
    ListVpcEndpointServiceUsers: PrivateLink, Reads, per_minute(3000), None, Query, Required, Neither;
    /// Lists the connections to the account's services.
    ListVpcEndpointConnections: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Accepts a connection; asynchronous, `Connecting` then `Connected`.
    EnableVpcEndpointConnection: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Rejects or cuts a connection; asynchronous, `Disconnecting` then `Disconnected`.
    DisableVpcEndpointConnection: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Changes the bandwidth or the mode of a connection.
    UpdateVpcEndpointConnectionAttribute: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Accepts one zone of a connected endpoint.
    EnableVpcEndpointZoneConnection: PrivateLink, Writes, per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Cuts one zone of a connected endpoint.
    DisableVpcEndpointZoneConnection: PrivateLink, Writes, per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Chooses the load balancer behind one zone of a connection.
    UpdateVpcEndpointZoneConnectionResourceAttribute: PrivateLink, Writes, per_minute(100), Endpoint, Query, Required, TokenAndDryRun;
    /// Creates an endpoint, the consumer's side; asynchronous, `Creating` then `Active`.
    CreateVpcEndpoint: PrivateLink, Writes, per_minute(200), None, Query, Required, TokenAndDryRun;
    /// Reads one endpoint. Rate not published: that of its siblings.
    GetVpcEndpointAttribute: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Lists the account's endpoints.
    ListVpcEndpoints: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Changes attributes of an endpoint.
    UpdateVpcEndpointAttribute: PrivateLink, Writes, per_minute(200), Account, Query, Required, TokenAndDryRun;
    /// Deletes an endpoint; asynchronous, `Deleting` then gone.
    DeleteVpcEndpoint: PrivateLink, Writes, per_minute(200), None, Query, Required, TokenAndDryRun;
    /// Adds a zone to an endpoint.
    AddZoneToVpcEndpoint: PrivateLink, Writes, per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Takes a zone off an endpoint.
    RemoveZoneFromVpcEndpoint: PrivateLink, Writes, per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Lists the zones of an endpoint.
    ListVpcEndpointZones: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Puts an endpoint into a security group. Rate not published: that of its siblings.
    AttachSecurityGroupToVpcEndpoint: PrivateLink, Writes, per_minute(200), Endpoint, Query, Required, TokenAndDryRun;
    /// Takes an endpoint out of a security group.
    DetachSecurityGroupFromVpcEndpoint: PrivateLink, Writes, per_minute(500), Endpoint, Query, Required, TokenAndDryRun;
    /// Lists the security groups of an endpoint.
    ListVpcEndpointSecurityGroups: PrivateLink, Reads, per_minute(3000), None, Query, Required, Neither;
    /// Lists the services that the account may connect to.
    ListVpcEndpointServicesByEndUser: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Puts tags on services or endpoints.
    TagResources: PrivateLink, Writes, per_minute(500), None, Form, Required, TokenAndDryRun;
    /// Takes tags off services or endpoints.
    UntagResources: PrivateLink, Writes, per_minute(500), None, Form, Required, TokenAndDryRun;
    /// Lists tags. Its `ClientToken` has no effect.
    ListTagResources: PrivateLink, Reads, per_second(100), None, Query, Required, Token;
    /// Moves a service or an endpoint to another resource group. Rate not published: that of its siblings.
    ChangeResourceGroup: PrivateLink, Writes, per_minute(200), None, Query, Absent, Neither;
    /// Lists the regions that offer `PrivateLink`.
    DescribeRegions: PrivateLink, Reads, per_minute(1000), None, Query, Optional, Neither;
    /// Lists the zones of a region that offer `PrivateLink`.
    DescribeZones: PrivateLink, Reads, per_minute(1000), None, Query, Required, Neither;
    /// Says whether the account has activated `PrivateLink`.
    CheckProductOpen: PrivateLink, Reads, per_minute(500), None, Query, Absent, Neither;
    /// Activates `PrivateLink` for the account: accepts a commercial order.
    OpenPrivateLinkService: PrivateLink, Writes, per_second(5), None, Query, Absent, Neither;
    /// Names the account and identity of the credentials (STS). Its rate is not in the reference at hand: a cautious figure.
    GetCallerIdentity: Sts, Reads, per_second(10), None, Query, Absent, Neither;
}

impl Operation {
    /// The provider's name, as sent in `x-acs-action`.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The operation of that name, spelled exactly as the provider spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// The API it belongs to.
    pub const fn api(self) -> Api {
        self.facts().api
    }

    /// The HTTP method sent: `POST`, as every SDK of the provider does.
    pub const fn method(self) -> Method {
        Method::POST
    }

    /// The documented rate for each account and region.
    pub const fn rate(self) -> Rate {
        self.facts().rate
    }

    /// Within which bounds its calls must not overlap.
    pub const fn serial(self) -> Serial {
        self.facts().serial
    }

    /// Whether it changes something in the cloud.
    pub const fn mutates(self) -> bool {
        matches!(self.facts().effect, Effect::Writes)
    }

    /// Where its parameters go.
    pub const fn placement(self) -> Placement {
        self.facts().placement
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

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
