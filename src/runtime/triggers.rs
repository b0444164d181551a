//! Reconciles that no change of an object asks for: what is known of the cloud changed for it, a target recovered that it could not reach, or this
//! process leads now.

use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use kube::runtime::reflector::ObjectRef;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::info;

use super::backoff::Recovery;
use super::context::Context;
use super::leader::Leading;
use super::watch::ForeignWrites;
use crate::identity::{ObjectId, Target};
use crate::kubernetes::Kind;

/// Objects as they are requeued.
pub(super) fn requeued<K: Kind>(requeued: UnboundedReceiver<ObjectId>) -> impl Stream<Item = ObjectRef<K>> + Send {
    stream::unfold(requeued, async |mut requeued| {
        let id = requeued.recv().await?;
        Some((reference(&id), requeued))
    })
}

/// Objects at a version that this process did not write.
pub(super) fn written_by_others<K: Kind>(foreign: ForeignWrites) -> impl Stream<Item = ObjectRef<K>> + Send {
    foreign.objects().map(|id| reference(&id))
}

/// The objects whose back-off ends because a target recovered.
pub(super) fn recovered<K: Kind>(
    recoveries: broadcast::Receiver<Target>,
    context: Arc<Context<K>>,
) -> impl Stream<Item = ObjectRef<K>> + Send {
    stream::unfold(recoveries, async |mut recoveries| Some((next(&mut recoveries).await?, recoveries))).flat_map(
        move |recovery| {
            let freed = context.back_off.recover(&recovery);
            info!(?recovery, objects = freed.len(), "the cloud can be reached again");
            stream::iter(freed).map(|id| reference(&id))
        },
    )
}

/// The moment at which this process begins to lead. None where it leads from the start: then every object has its reconcile when it is first seen.
pub(super) fn elected(leading: Leading) -> impl Stream<Item = ()> + Send {
    let waits = !leading.is_true();
    stream::iter(waits.then_some(leading)).then(async |mut leading| leading.begun().await)
}

async fn next(recoveries: &mut broadcast::Receiver<Target>) -> Option<Recovery> {
    match recoveries.recv().await {
        Ok(target) => Some(Recovery::Target(target)),
        Err(RecvError::Lagged(_)) => Some(Recovery::Everything),
        Err(RecvError::Closed) => None,
    }
}

fn reference<K: Kind>(id: &ObjectId) -> ObjectRef<K> {
    ObjectRef::new(&id.name).within(&id.namespace)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc::unbounded_channel;
    use tokio::time::timeout;

    use super::*;
    use crate::crd::VpcEndpointService;

    fn id(name: &str) -> ObjectId {
        ObjectId { namespace: "team".into(), name: name.into(), uid: name.into() }
    }

    #[tokio::test]
    async fn a_requeued_object_gets_a_reconcile_in_its_namespace() {
        let (sender, receiver) = unbounded_channel();
        sender.send(id("a")).unwrap();
        sender.send(id("b")).unwrap();
        drop(sender);
        let references: Vec<ObjectRef<VpcEndpointService>> = requeued(receiver).collect().await;
        assert_eq!(references, [reference(&id("a")), reference(&id("b"))]);
        assert_eq!(references[0].namespace.as_deref(), Some("team"));
    }

    #[tokio::test(start_paused = true)]
    async fn everything_is_reconciled_once_when_the_lead_begins_and_not_where_it_was_there_from_the_start() {
        let (leads, told) = tokio::sync::watch::channel(false);
        let mut begins = Box::pin(elected(Leading::told(told)));
        assert!(timeout(Duration::from_hours(1), begins.next()).await.is_err());
        leads.send_replace(true);
        assert_eq!(begins.collect::<Vec<()>>().await, [()]);
        assert_eq!(elected(Leading::always()).collect::<Vec<()>>().await, [(); 0]);
    }

    #[tokio::test]
    async fn a_listener_that_lost_recoveries_takes_it_that_all_recovered() {
        let (sender, mut receiver) = broadcast::channel(1);
        let target = |region: &str| Target { account: "1".into(), region: region.into() };
        sender.send(target("cn-hangzhou")).unwrap();
        sender.send(target("cn-beijing")).unwrap();
        assert_eq!(next(&mut receiver).await, Some(Recovery::Everything));
        assert_eq!(next(&mut receiver).await, Some(Recovery::Target(target("cn-beijing"))));
        drop(sender);
        assert_eq!(next(&mut receiver).await, None);
    }
}
