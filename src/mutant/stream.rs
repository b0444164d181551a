//! Bugs of the watch.

use std::collections::HashMap;
use std::future;

use futures::{Stream, StreamExt};
use kube::ResourceExt;
use kube::runtime::{Predicate, predicates, watcher};

use super::Mutant;
use crate::crd::VpcEndpointService;

/// A predicate that lets the operator's own writes through.
pub(crate) fn own_writes(object: &VpcEndpointService) -> Option<u64> {
    predicates::resource_version(object).filter(|_| Mutant::HotLoopOnStatus.is_on())
}

/// Drops an object whose namesake before it looked the same to the predicates.
pub(crate) fn swallow_successors(
    objects: impl Stream<Item = watcher::Result<VpcEndpointService>> + Send,
) -> impl Stream<Item = watcher::Result<VpcEndpointService>> + Send {
    let mut seen = HashMap::new();
    objects.filter(move |object| future::ready(!object.as_ref().is_ok_and(|object| is_swallowed(&mut seen, object))))
}

/// Namespace and name; UID and what the predicates make of the object.
type Seen = HashMap<(Option<String>, String), (Option<String>, Option<u64>)>;

fn is_swallowed(seen: &mut Seen, object: &VpcEndpointService) -> bool {
    let predicate = predicates::generation.combine(predicates::finalizers).combine(predicates::annotations);
    let now = (object.uid(), predicate.hash_property(object));
    let before = seen.insert((object.namespace(), object.name_any()), now.clone());
    before.is_some_and(|before| before.0 != now.0 && before.1 == now.1) && Mutant::SuccessorSwallowed.is_on()
}
