//! What is said of a service that is as the spec wants it.

use super::inputs::Inputs;
use super::messages;
use crate::crd::{ListPolicy, VpcEndpointServiceSpec};
use crate::vpc_endpoint_service::load_balancers;

/// With what a person should know although nothing is to be done.
pub(super) fn available(inputs: &Inputs<'_>) -> String {
    let sentences = [Some(messages::available(inputs.service_id())), troubled_zones(inputs), others_stay(inputs)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The load balancer stays attached there: it may work again any time, and nobody is served worse by that.
fn troubled_zones(inputs: &Inputs<'_>) -> Option<String> {
    let (resolved, observed) = (inputs.resolved()?, inputs.observed()?);
    let troubled = load_balancers::troubled_zones(resolved, &observed.load_balancers);
    let named: Vec<_> = troubled.iter().map(|(key, word)| format!("{key} ({})", messages::clip(word, 32))).collect();
    (!named.is_empty()).then(|| {
        format!("Not working in every zone, as the provider says: {}; see the load balancer.", messages::list(&named))
    })
}

/// Who may connect beside whole accounts is told where it stays: under `Authoritative` it is removed.
fn others_stay(inputs: &Inputs<'_>) -> Option<String> {
    let others = others(inputs);
    let listed = messages::list(&others);
    (!others.is_empty()).then(|| {
        format!("Not only accounts of the spec may connect: {listed} stays, because principalsPolicy is Additive.")
    })
}

/// Everybody and single RAM users, in the provider's spelling, where the spec manages principals and leaves them.
fn others(inputs: &Inputs<'_>) -> Vec<String> {
    let spec = inputs.resolved().map(|resolved| &resolved.spec);
    let is_left = |spec: &&VpcEndpointServiceSpec| {
        spec.principals_policy == ListPolicy::Additive && spec.allowed_principals.is_some()
    };
    let principals = spec.filter(is_left).and_then(|_| inputs.observed()?.principals());
    let is_account = |principal: &&String| principal.bytes().all(|byte| byte.is_ascii_digit());
    principals.into_iter().flatten().filter(|principal| !is_account(principal)).cloned().collect()
}
