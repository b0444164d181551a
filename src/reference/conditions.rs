//! The page of conditions.

use super::{code, table};
use crate::crd::ConditionType;

pub(super) fn conditions() -> String {
    let mut text = String::from(
        "`Ready` is always there. The others are there only while they are `True`, as kstatus wants it (Flux, Argo CD, `helm --wait`). Each carries \
         the generation of the spec that it is about (`observedGeneration`): a condition of an earlier generation says nothing of the newest edit. \
         The reasons of all of them: [reasons.md](reasons.md).\n\n",
    );
    text += &table(
        ["condition", "status", "meaning", "what to do"],
        ConditionType::ALL.iter().flat_map(|condition| {
            condition.meanings().iter().map(move |meaning| {
                [
                    code(condition.as_str()),
                    meaning.status.to_owned(),
                    meaning.meaning.to_owned(),
                    meaning.action.to_owned(),
                ]
            })
        }),
    );
    text
}
