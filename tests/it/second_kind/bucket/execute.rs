use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use privatelink_operator::cloud::scheduler::{Content, NoPermit, Permit, Request};
use privatelink_operator::identity::CreateRecord;
use privatelink_operator::kubernetes::{KubernetesError, ObjectWriter};

use super::Account;
use super::plan::Step;
use super::resolve::Resolved;
use super::resource::Write;
use crate::second_kind::cloud;
use crate::second_kind::support::target;

/// How a step ended.
#[derive(Debug)]
pub(super) enum Ended {
    Done,
    /// It was not sent: the scheduler gave no permit.
    Withheld(NoPermit),
    Failed(Error),
}

#[derive(Debug)]
pub(super) enum Error {
    Cloud(cloud_core::Error),
    Kubernetes(KubernetesError),
}

impl From<cloud_core::Error> for Error {
    fn from(error: cloud_core::Error) -> Self {
        Self::Cloud(error)
    }
}

impl From<KubernetesError> for Error {
    fn from(error: KubernetesError) -> Self {
        Self::Kubernetes(error)
    }
}

impl<T, E: Into<Error>> From<Result<T, E>> for Ended {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(|error| Self::Failed(error.into()), |_| Self::Done)
    }
}

pub(super) async fn execute(step: &Step, resolved: &Resolved, account: &Account, objects: &dyn ObjectWriter) -> Ended {
    let (key, finalizers) = (&resolved.key, &resolved.object.finalizers);
    match step {
        Step::Record => objects.put_record(key, finalizers, &record(resolved)).await.into(),
        Step::ReleaseFinalizer => objects.release_finalizer(key, finalizers).await.into(),
        Step::Create(size) => create(*size, step, resolved, account).await,
        Step::Write { target, write } => send(target, *write, step, resolved, account).await,
    }
}

async fn create(size: i64, step: &Step, resolved: &Resolved, account: &Account) -> Ended {
    let request = Request { operation: cloud::CREATE, resource_id: None, content: content(step, resolved) };
    let permit = match ask(account, resolved, request) {
        Ok(permit) => permit,
        Err(reason) => return Ended::Withheld(reason),
    };
    let answer = permit.call(account.cloud.create(resolved.owner.tags(), size)).await;
    answer.map(|created| account.inventory.remember_created(&resolved.id, created)).into()
}

async fn send(target: &str, write: Write, step: &Step, resolved: &Resolved, account: &Account) -> Ended {
    let content = content(step, resolved);
    let request = Request { operation: write.operation(), resource_id: Some(target), content };
    let permit = match ask(account, resolved, request) {
        Ok(permit) => permit,
        Err(reason) => return Ended::Withheld(reason),
    };
    let answer = permit
        .call(async {
            match write {
                Write::Resize(size) => account.cloud.resize(target, size).await,
                Write::Delete => account.cloud.delete(target).await,
            }
        })
        .await;
    match &answer {
        Ok(()) => account.inventory.remember(target, &write),
        Err(error) => account.inventory.remember_refusal(target, error),
    }
    answer.into()
}

fn ask(account: &Account, resolved: &Resolved, request: Request<'_>) -> Result<Permit, NoPermit> {
    account.scheduler.ask(&resolved.id, request)
}

/// Tells the call from another one of this object.
fn content(step: &Step, resolved: &Resolved) -> Content {
    let mut hasher = DefaultHasher::new();
    step.hash(&mut hasher);
    Content { revision: resolved.key.generation.unsigned_abs(), request: hasher.finish(), seen: 0 }
}

fn record(resolved: &Resolved) -> CreateRecord {
    CreateRecord {
        uid: resolved.key.uid.clone(),
        incarnation: 0,
        region: target().region,
        account: target().account,
        hash: String::new(),
        time: Timestamp::UNIX_EPOCH,
        owner: "test".to_owned(),
        taken_over: None,
        not_ours: None,
    }
}
