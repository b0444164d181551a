//! Whose credentials these are: asked once, kept for good.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::{Client, Error};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::backoff::Backoff;
use crate::cloud::requeuer::Requeuer;
use crate::identity::ObjectId;
use crate::supervise::{self, Task};

/// The delays between two questions. A minute at most: nothing works before the answer, and one call a minute harms
/// nobody.
const DELAY: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// The one question to STS, with all who wait for its answer.
#[derive(Debug)]
pub(super) struct AccountResolver {
    shared: Arc<Shared>,
    /// The task that asks; started by the first who wants to know.
    task: Mutex<Option<AbortOnDropHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    requeuer: Requeuer,
    answer: watch::Sender<Answer>,
    /// Those who were given an error and are to be requeued.
    waiting: Mutex<BTreeSet<ObjectId>>,
}

#[derive(Clone, Debug)]
enum Answer {
    /// There is none yet.
    Open,
    Failed(Error),
    Known(String),
}

impl AccountResolver {
    /// `account_id`: set by hand, so nobody has to be asked.
    pub(super) fn new(client: Client, account_id: Option<String>, requeuer: Requeuer) -> Self {
        let (answer, _) = watch::channel(account_id.map_or(Answer::Open, Answer::Known));
        let shared = Shared { client, requeuer, answer, waiting: Mutex::new(BTreeSet::new()) };
        Self { shared: Arc::new(shared), task: Mutex::new(None) }
    }

    pub(super) async fn account_id(&self, id: &ObjectId) -> Result<String, Error> {
        if let Answer::Known(account) = &*self.shared.answer.borrow() {
            return Ok(account.clone());
        }
        // Before the answer is read: an answer that comes in between finds the object waiting.
        self.shared.waiting().insert(id.clone());
        self.start();
        let mut answer = self.shared.answer.subscribe();
        let settled = answer.wait_for(|answer| !matches!(answer, Answer::Open)).await;
        match settled.as_deref() {
            Ok(Answer::Known(account)) => {
                self.shared.waiting().remove(id);
                Ok(account.clone())
            }
            Ok(Answer::Failed(error)) => Err(error.clone()),
            Ok(Answer::Open) | Err(_) => unreachable!("the sender lives as long as this, and the answer is settled"),
        }
    }

    pub(super) fn forget(&self, id: &ObjectId) {
        self.shared.waiting().remove(id);
    }

    fn start(&self) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        task.get_or_insert_with(|| {
            let shared = Arc::clone(&self.shared);
            let question = supervise::until_done(Task::CallerIdentity, move || ask(Arc::clone(&shared)));
            AbortOnDropHandle::new(tokio::spawn(question))
        });
    }
}

impl Answer {
    /// It was an error of another kind or code.
    fn says_otherwise(&self, error: &Error) -> bool {
        matches!(self, Self::Failed(before) if (before.kind(), before.code()) != (error.kind(), error.code()))
    }
}

impl Shared {
    fn requeue_all(&self, waiting: &BTreeSet<ObjectId>) {
        for id in waiting {
            self.requeuer.enqueue(id);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeSet<ObjectId>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks until there is an answer, then requeues everybody who waits for it.
async fn ask(shared: Arc<Shared>) {
    let mut failures = 0_u32;
    loop {
        match shared.client.caller_identity().await {
            Ok(identity) => {
                shared.answer.send_replace(Answer::Known(identity.account_id));
                break;
            }
            Err(error) => {
                tracing::warn!(request_id = error.request_id(), "{error}");
                failures = failures.saturating_add(1);
                let pause = error.retry().after.unwrap_or(DELAY.delay(failures));
                let before = shared.answer.send_replace(Answer::Failed(error.clone()));
                if before.says_otherwise(&error) {
                    // Who was told the old one is to be told this one; all go on waiting.
                    let waiting = shared.waiting().clone();
                    shared.requeue_all(&waiting);
                }
                tokio::time::sleep(pause).await;
            }
        }
    }
    let waiting = std::mem::take(&mut *shared.waiting());
    shared.requeue_all(&waiting);
}
