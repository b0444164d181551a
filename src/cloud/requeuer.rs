//! Requeues: how the inventory and the write scheduler tell the controller that something changed for one object.

use tokio::sync::{broadcast, mpsc};

use crate::identity::{ObjectId, Target};

/// Recoveries that may wait for the controller. A few accounts and regions recover at once at most; a listener that lost some must
/// take it that every target recovered.
const RECOVERIES: usize = 64;

/// Hands objects to the controller. Cheap to clone; never blocks; requeuing an object twice costs one reconcile, not two.
#[derive(Clone, Debug)]
pub struct Requeuer {
    objects: mpsc::UnboundedSender<ObjectId>,
    recoveries: broadcast::Sender<Target>,
}

impl Requeuer {
    /// A requeuer and the end at which the controller listens.
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<ObjectId>) {
        let (objects, receiver) = mpsc::unbounded_channel();
        let (recoveries, _) = broadcast::channel(RECOVERIES);
        (Self { objects, recoveries }, receiver)
    }

    /// Asks for a reconcile of this object. Does nothing once the controller has stopped.
    pub fn enqueue(&self, id: &ObjectId) {
        // The only error is a controller that is gone: nobody is left to requeue.
        let _ = self.objects.send(id.clone());
    }

    /// The first good list after a bad one: whoever backs off because this account and region could not be reached need not any
    /// longer. The controller finds and requeues them.
    pub fn recovered(&self, target: &Target) {
        // The only error is that nobody listens.
        let _ = self.recoveries.send(target.clone());
    }

    /// The recoveries from now on.
    pub fn recoveries(&self) -> broadcast::Receiver<Target> {
        self.recoveries.subscribe()
    }
}
