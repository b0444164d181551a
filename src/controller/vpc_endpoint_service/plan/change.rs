//! From differences to steps, in the order in which they may be sent.

use super::compare::Comparison;
use super::world::World;
use super::{Step, resources};

/// What would make the service as it is wanted. First what need not be awaited: tags, resource group, principals. Then what the
/// provider takes one at a time: attributes, attachments.
pub(super) fn steps(world: &World<'_>, service_id: &str) -> Vec<Step> {
    let at_once = tags(&world.comparison, service_id)
        .chain(resource_group(&world.comparison, service_id))
        .chain(principals(&world.comparison, service_id));
    at_once.chain(attributes(&world.comparison, service_id)).chain(resources::steps(world, service_id)).collect()
}

fn tags(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    let Comparison { tag, untag, .. } = found;
    let tag = (!tag.is_empty()).then(|| Step::Tag { service_id: service_id.to_owned(), tags: tag.clone() });
    let untag = (!untag.is_empty()).then(|| Step::Untag { service_id: service_id.to_owned(), keys: untag.clone() });
    tag.into_iter().chain(untag)
}

fn resource_group(found: &Comparison, service_id: &str) -> Option<Step> {
    let resource_group_id = found.resource_group_id.clone()?;
    Some(Step::ChangeResourceGroup { service_id: service_id.to_owned(), resource_group_id })
}

fn principals(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    let Comparison { add, remove, .. } = found;
    let add =
        add.iter().map(|account| Step::AddPrincipal { service_id: service_id.to_owned(), account: account.clone() });
    let remove = remove
        .iter()
        .map(|account| Step::RemovePrincipal { service_id: service_id.to_owned(), account: account.clone() });
    add.chain(remove)
}

fn attributes(found: &Comparison, service_id: &str) -> Option<Step> {
    let change = found.change.clone();
    (!change.is_empty()).then(|| Step::UpdateAttributes { service_id: service_id.to_owned(), change })
}
