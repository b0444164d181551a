//! Passes that no change of an object asks for: the inventory and the lanes wake objects, and a target that recovers wakes all who
//! could not reach it.

use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use kube::runtime::reflector::ObjectRef;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::info;

use super::backoff::Recovery;
use super::watch::ForeignWrites;
use crate::context::Context;
use crate::crd::VpcEndpointService;
use crate::identity::{ObjectId, Target};

type Reference = ObjectRef<VpcEndpointService>;

/// Objects as they are woken.
pub(super) fn woken(woken: UnboundedReceiver<ObjectId>) -> impl Stream<Item = Reference> + Send {
    stream::unfold(woken, async |mut woken| {
        let id = woken.recv().await?;
        Some((reference(&id), woken))
    })
}

/// Objects at a version that this process did not write.
pub(super) fn written_by_others(foreign: ForeignWrites) -> impl Stream<Item = Reference> + Send {
    foreign.objects().map(|id| reference(&id))
}

/// The objects whose back-off ends because a target recovered.
pub(super) fn recovered(
    recoveries: broadcast::Receiver<Target>,
    context: Arc<Context>,
) -> impl Stream<Item = Reference> + Send {
    stream::unfold(recoveries, async |mut recoveries| Some((next(&mut recoveries).await?, recoveries))).flat_map(
        move |recovery| {
            let freed = context.back_off.recover(&recovery);
            info!(?recovery, objects = freed.len(), "the cloud can be reached again");
            stream::iter(freed).map(|id| reference(&id))
        },
    )
}

async fn next(recoveries: &mut broadcast::Receiver<Target>) -> Option<Recovery> {
    match recoveries.recv().await {
        Ok(target) => Some(Recovery::Target(target)),
        Err(RecvError::Lagged(_)) => Some(Recovery::Everything),
        Err(RecvError::Closed) => None,
    }
}

fn reference(id: &ObjectId) -> Reference {
    ObjectRef::new(&id.name).within(&id.namespace)
}

#[cfg(test)]
mod tests {
    use crate::cloud::requeuer::Wake;

    use super::*;

    fn id(name: &str) -> ObjectId {
        ObjectId { namespace: "team".into(), name: name.into(), uid: name.into() }
    }

    #[tokio::test]
    async fn a_woken_object_gets_a_pass_in_its_namespace() {
        let (wake, receiver) = Wake::channel();
        wake.object(&id("a"));
        wake.object(&id("b"));
        drop(wake);
        let references: Vec<Reference> = woken(receiver).collect().await;
        assert_eq!(references, [reference(&id("a")), reference(&id("b"))]);
        assert_eq!(references[0].namespace.as_deref(), Some("team"));
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
