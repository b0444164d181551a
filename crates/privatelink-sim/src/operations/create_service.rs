//! `CreateVpcEndpointService`.

use std::collections::BTreeMap;

use super::backing::{self, During, Wanted};
use super::{tagging, view};
use crate::clock::after;
use crate::config::{OwnerAmong, TooManyResources, UserLists};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::service::ServiceStatus;
use crate::wire::envelope::Fields;
use crate::wire::params::Item;
use crate::world::{Attachment, Principal, RegionStatus, Service, Spelling, SupportedRegion, Whitelist};

/// Mbps, the documented default of `ConnectBandwidth`.
const CONNECT_BANDWIDTH: u32 = 3072;

/// Answers at once with the id; the service is `Creating`.
pub(super) fn create(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let plan = Plan::check(visit)?;
    visit.commit()?;
    let service = plan.build(visit);
    let mut answer = view::created_service(&service, visit.business());
    if visit.config.guesses.created_is_active.is_on() {
        answer.insert("ServiceStatus".to_owned(), ServiceStatus::Active.as_str().into());
    }
    visit.created_service = Some(service.id.clone());
    visit.world.add_service(visit.now, service);
    Ok(answer)
}

/// What was asked, found good.
#[derive(Debug)]
struct Plan {
    resource_type: String,
    address_ip_version: String,
    resource_group: String,
    tags: BTreeMap<String, String>,
    attachments: Vec<Attachment>,
}

impl Plan {
    fn check(visit: &Visit<'_>) -> Result<Self, Refusal> {
        check_account(visit)?;
        let resource_type = visit.params.filled("ServiceResourceType").unwrap_or("slb").to_owned();
        if resource_type == "gwlb" && !visit.config.guesses.offers_gwlb(visit.region) {
            return Err(Refusal::of("UnsupportedFeature.GWLB"));
        }
        let address_ip_version = check_ip_version(visit, &resource_type)?;
        if visit.params.flag("ZoneAffinityEnabled") == Some(true)
            && visit.config.guesses.no_zone_affinity.contains(&resource_type)
        {
            return Err(Refusal::of("OperationDenied.ZoneAffinityNotSupport"));
        }
        let attachments = check_resources(visit, &resource_type, address_ip_version == "DualStack")?;
        let tags = tagging::stored(tagging::read(&visit.params.items("Tag"))?, visit.config.guesses.tag_values);
        if tags.len() > visit.config.quotas.tags {
            return Err(tagging::too_many());
        }
        let resource_group = super::groups::wanted(visit)?;
        check_quotas(visit, &attachments)?;
        Ok(Self { resource_type, address_ip_version, resource_group, tags, attachments })
    }

    fn build(self, visit: &mut Visit<'_>) -> Service {
        let active_at = after(visit.now, visit.takes(visit.config.timers.creating));
        let attachments = self.attachments.into_iter().map(|attachment| {
            let number = visit.world.next_number();
            let listed_at = after(visit.now, visit.takes(visit.config.timers.attachment)).min(active_at);
            Attachment { number, settles: Some(listed_at), ..attachment }
        });
        let attachments = attachments.collect();
        let regions = visit.params.texts("SupportedRegionList").into_iter().map(|id| SupportedRegion {
            id: id.to_owned(),
            status: RegionStatus::Pending,
            settles: Some(active_at),
        });
        let supported_regions = regions.collect();
        let params = visit.params;
        let text = params.text("ServiceDescription").unwrap_or_default();
        let description = visit.config.guesses.descriptions.keep(text).unwrap_or_default();
        Service {
            id: visit.dice.id("epsrv", visit.region),
            account: visit.caller.account.clone(),
            region: visit.region.to_owned(),
            number: visit.world.next_number(),
            created: visit.now,
            status: ServiceStatus::Creating,
            settles: Some(active_at),
            description,
            auto_accept: params.flag("AutoAcceptEnabled").unwrap_or(false),
            zone_affinity: params.flag("ZoneAffinityEnabled").unwrap_or(false),
            support_ipv6: params.flag("ServiceSupportIPv6").unwrap_or(false),
            address_ip_version: self.address_ip_version,
            payer: params.filled("Payer").unwrap_or("Endpoint").to_owned(),
            resource_type: self.resource_type,
            connect_bandwidth: CONNECT_BANDWIDTH,
            resource_group: self.resource_group,
            tags: self.tags,
            users: owner_only(visit),
            business_status: None,
            attachments,
            supported_regions,
        }
    }
}

/// The owner is on its own whitelist from the beginning.
fn owner_only(visit: &Visit<'_>) -> Whitelist {
    let (lists, among) = (visit.config.guesses.user_lists, visit.config.guesses.owner_among);
    let spellings: &[Spelling] = match (lists, among) {
        (UserLists::One, _) | (UserLists::Separate, OwnerAmong::Ids) => &[Spelling::Id],
        (UserLists::Separate, OwnerAmong::Arns) => &[Spelling::Arn],
        (UserLists::Separate, OwnerAmong::Both) => &[Spelling::Id, Spelling::Arn],
    };
    let mut users = Whitelist::default();
    if let Ok(account) = visit.caller.account.parse() {
        for spelling in spellings {
            users.add(*spelling, Principal::Account(account));
        }
    }
    users
}

fn check_account(visit: &Visit<'_>) -> Result<(), Refusal> {
    // Which code an indebted account gets is a guess.
    if visit.account.business_status.is_locked() {
        return Err(Refusal::of("InvalidAccountStatus.NotEnoughBalance"));
    }
    if visit.params.filled("Payer") == Some("EndpointService") && !visit.account.payer_allowed.is_on() {
        return Err(Refusal::of("EndpointServicePayerForbidden"));
    }
    Ok(())
}

/// `IPv4` unless said otherwise; `DualStack` for two types only.
fn check_ip_version(visit: &Visit<'_>, resource_type: &str) -> Result<String, Refusal> {
    match visit.params.filled("AddressIpVersion") {
        None => Ok("IPv4".to_owned()),
        Some(version) => super::update_service::check_ip_version(version, resource_type).map(|()| version.to_owned()),
    }
}

fn check_resources(visit: &Visit<'_>, service_type: &str, dual_stack: bool) -> Result<Vec<Attachment>, Refusal> {
    let items = visit.params.items("Resource");
    if items.len() > visit.config.quotas.resources_per_create {
        return Err(match visit.config.guesses.too_many_resources {
            TooManyResources::Quota => Refusal::of("QuotaMisMatched"),
            TooManyResources::Format => Refusal::illegal("Resource"),
        });
    }
    let ipv6 = visit.params.flag("ServiceSupportIPv6") == Some(true);
    let mut attachments: Vec<Attachment> = Vec::new();
    for item in &items {
        let field = |name: &str| filled(item, name).ok_or_else(|| Refusal::missing(name));
        let wanted = Wanted {
            resource_type: field("ResourceType")?,
            resource_id: field("ResourceId")?,
            zone_id: filled(item, "ZoneId"),
            service_type: service_type.to_owned(),
            dual_stack,
            ipv6,
            during: During::Create,
        };
        let attachment = backing::check(visit, &wanted)?;
        if attachments.iter().any(|other| other.key == attachment.key) {
            // No code is documented for the same resource twice in one call.
            return Err(Refusal::illegal("Resource"));
        }
        attachments.push(attachment);
    }
    Ok(attachments)
}

fn filled(item: &Item, name: &str) -> Option<String> {
    item.get(name).filter(|value| !value.is_empty()).cloned()
}

fn check_quotas(visit: &Visit<'_>, attachments: &[Attachment]) -> Result<(), Refusal> {
    let quotas = &visit.config.quotas;
    let services = visit.world.services_at(visit.now, &visit.caller.account, visit.region);
    let mut per_zone: BTreeMap<&str, usize> = BTreeMap::new();
    for attachment in attachments {
        *per_zone.entry(&attachment.key.zone_id).or_default() += 1;
    }
    let too_many_in_zone = per_zone.values().any(|count| *count > quotas.resources_per_zone);
    if services.len() >= quotas.services || attachments.len() > quotas.resources_per_service || too_many_in_zone {
        return Err(Refusal::of("QuotaMisMatched"));
    }
    Ok(())
}
