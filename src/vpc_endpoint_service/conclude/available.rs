//! What is said of a service that is as the spec wants it.

use super::inputs::Inputs;
use super::messages;
use crate::crd::{ConditionType, ListPolicy, VpcEndpointServiceSpec};

/// With what a person should know although nothing is to be done: who may connect beside whole accounts, and who else lists a load balancer of the
/// spec.
pub(super) fn available(inputs: &Inputs<'_>) -> String {
    let available = messages::available(inputs.service_id());
    let sentences =
        [Some(available), others_stay(inputs), shared(inputs).map(|shared| format!("{}{shared}", messages::SHARED))];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Who may connect beside whole accounts is told where it stays: under `Authoritative` it is removed.
fn others_stay(inputs: &Inputs<'_>) -> Option<String> {
    let others = others(inputs);
    let listed = messages::list(&others);
    (!others.is_empty()).then(|| {
        format!("Not only accounts of the spec may connect: {listed} stays, because principalsPolicy is Additive.")
    })
}

/// Right after its start a process has not seen every object, so what was said before stays.
fn shared(inputs: &Inputs<'_>) -> Option<String> {
    let shared = &inputs.reached.shared;
    if !shared.is_empty() {
        return Some(messages::shared(shared));
    }
    let ready = inputs.condition(ConditionType::Ready)?;
    let is_new = inputs.left(inputs.reached.process_start, inputs.timing.resync_period).is_some();
    ready.message.split_once(messages::SHARED).filter(|_| is_new).map(|(_, said)| said.to_owned())
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
