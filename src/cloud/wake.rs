//! Waking objects: how the inventory and the lanes tell the controller that something changed for one object.

use tokio::sync::mpsc;

use super::identity::ObjectId;

/// Hands objects to the controller. Cheap to clone; never blocks; waking an object twice costs one pass, not two.
#[derive(Clone, Debug)]
pub struct Wake(mpsc::UnboundedSender<ObjectId>);

impl Wake {
    /// A wake and the end at which the controller listens.
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<ObjectId>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Asks for a pass of this object. Does nothing once the controller has stopped.
    pub fn object(&self, id: &ObjectId) {
        // The only error is a controller that is gone: nobody is left to wake.
        let _ = self.0.send(id.clone());
    }
}
