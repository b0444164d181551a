use jiff::Timestamp;
use privatelink_operator::identity::CreateRecord;
use privatelink_operator::kubernetes::ObjectWriter;

use super::conclude::Progressed;
use super::plan::Step;
use super::resolve::Resolved;
use crate::second_kind::cloud::Cloud;

pub(super) async fn execute(
    step: Option<Step>,
    resolved: &Resolved,
    cloud: &Cloud,
    objects: &dyn ObjectWriter,
) -> Progressed {
    let (key, finalizers) = (&resolved.key, &resolved.object.finalizers);
    let error = match step {
        None => None,
        Some(Step::Record) => objects.put_record(key, finalizers, &record(resolved)).await.err().map(Into::into),
        Some(Step::Create(size)) => cloud.create(&key.uid, size).err().map(Into::into),
        Some(Step::Resize(size)) => cloud.resize(&key.uid, size).err().map(Into::into),
        Some(Step::Delete) => cloud.delete(&key.uid).err().map(Into::into),
        Some(Step::ReleaseFinalizer) => objects.release_finalizer(key, finalizers).await.err().map(Into::into),
    };
    Progressed { step, error }
}

fn record(resolved: &Resolved) -> CreateRecord {
    CreateRecord {
        uid: resolved.key.uid.clone(),
        incarnation: 0,
        region: "here".to_owned(),
        account: "1".to_owned(),
        hash: String::new(),
        time: Timestamp::UNIX_EPOCH,
        owner: "test".to_owned(),
        taken_over: None,
        not_ours: None,
    }
}
