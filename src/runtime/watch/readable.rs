//! Objects that this version of the operator cannot read must not stop it for all others.
//!
//! They come from a newer version: a word in an enumeration that is not known here, after the operator was set back. kube reads a list
//! as a whole, so one of them would make every list fail.

use futures::{Stream, StreamExt};
use kube::core::{DeserializeGuard, error_boundary::InvalidObject};
use kube::runtime::watcher::{self, Event};

use crate::kubernetes::Kind;

/// An object as the API server has it.
pub(in crate::runtime) type Seen<K> = DeserializeGuard<K>;

/// Passes on what can be read. Of the rest, `unreadable` is told what it is called and what is wrong, and nobody else: it is as if it
/// were not there, until it can be read again. Nothing is decided then from what it looked like before, its service and its finalizer stay, and what the operator
/// remembers of it may be lost, as with every restart.
pub(super) fn readable<K: Kind>(
    watch: impl Stream<Item = watcher::Result<Event<Seen<K>>>>,
    mut unreadable: impl FnMut(&K, &str),
) -> impl Stream<Item = watcher::Result<Event<K>>> {
    watch.filter_map(move |event| {
        let read = event.map(|event| read(event, &mut unreadable)).transpose();
        std::future::ready(read)
    })
}

fn read<K: Kind>(event: Event<Seen<K>>, unreadable: &mut impl FnMut(&K, &str)) -> Option<Event<K>> {
    let mut told = |invalid: InvalidObject| {
        let error = invalid.error.clone();
        let object = K::unreadable(invalid.metadata);
        unreadable(&object, &error);
        object
    };
    let event = match event {
        Event::Init => Event::Init,
        Event::InitDone => Event::InitDone,
        Event::InitApply(DeserializeGuard(Ok(object))) => Event::InitApply(object),
        Event::InitApply(DeserializeGuard(Err(invalid))) => {
            told(invalid);
            return None;
        }
        Event::Apply(DeserializeGuard(Ok(object))) => Event::Apply(object),
        Event::Apply(DeserializeGuard(Err(invalid))) => Event::Delete(told(invalid)),
        Event::Delete(DeserializeGuard(gone)) => {
            Event::Delete(gone.unwrap_or_else(|invalid| K::unreadable(invalid.metadata)))
        }
    };
    Some(event)
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use serde_json::{Value, json};

    use super::*;
    use crate::crd::VpcEndpointService;

    fn seen(name: &str, payer: &str) -> Seen<VpcEndpointService> {
        let object: Value = json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"namespace": "team", "name": name, "uid": name},
            "spec": {"serviceResourceType": "nlb", "payer": payer},
        });
        serde_json::from_value(object).unwrap()
    }

    fn word(event: &Event<VpcEndpointService>) -> String {
        match event {
            Event::Init => "init".to_owned(),
            Event::InitApply(object) => format!("listed {}", object.metadata.name.as_deref().unwrap()),
            Event::InitDone => "all listed".to_owned(),
            Event::Apply(object) => format!("changed {}", object.metadata.name.as_deref().unwrap()),
            Event::Delete(object) => format!("gone {}", object.metadata.uid.as_deref().unwrap()),
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_told_and_left_out() {
        let (good, odd) = (seen("good", "Endpoint"), seen("odd", "Provider"));
        let events = [
            Event::Init,
            Event::InitApply(odd.clone()),
            Event::InitApply(good.clone()),
            Event::InitDone,
            Event::Apply(good),
            Event::Apply(odd.clone()),
            Event::Delete(odd),
        ];
        let mut told = Vec::new();
        let read = readable(stream::iter(events.map(Ok)), |_, error| told.push(error.to_owned()));
        let read: Vec<_> = read.map(|event| word(&event.unwrap())).collect().await;
        assert_eq!(read, ["init", "listed good", "all listed", "changed good", "gone odd", "gone odd"]);
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|error| error.contains("Unknown variant Provider")), "{told:?}");
    }
}
