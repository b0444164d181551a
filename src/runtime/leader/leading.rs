//! Whether this process leads, for those who must know.

use tokio::sync::watch;

/// Tells whether this process leads.
#[derive(Clone, Debug)]
pub struct Leading(watch::Receiver<bool>);

impl Leading {
    /// For a process that runs alone.
    pub fn always() -> Self {
        Self(watch::channel(true).1)
    }

    pub(in crate::runtime) fn told(told: watch::Receiver<bool>) -> Self {
        Self(told)
    }

    pub fn is_true(&self) -> bool {
        *self.0.borrow()
    }

    /// Until this process leads; never, if it never will.
    pub(in crate::runtime) async fn begun(&mut self) {
        if self.0.wait_for(|leads| *leads).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
