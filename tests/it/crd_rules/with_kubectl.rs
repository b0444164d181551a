//! The same rules as a user meets them: `kubectl apply`, client-side and server-side, one process a case.
//!
//! kubectl validates nothing by itself: with its default, `--validate=true`, it asks the API server to be strict about unknown
//! fields. The audit log shows that every refusal came from there.

use futures::stream::{self, StreamExt};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::table::{Accepted, AcceptedUpdate, Refused, RefusedUpdate, merged, table};
use super::{Fixture, assert_no_complaints};
use crate::support::kubectl::{Answer, Apply, NO_DIFFERENCE, PROCESSES, list, manifest};

/// Case by case, in both ways of applying, and all complaints.
async fn complaints_of<T>(cases: &[T], check: impl AsyncFn(usize, &T, Apply) -> Option<String>) -> Vec<String> {
    let runs = cases.iter().enumerate().flat_map(|(number, case)| Apply::BOTH.map(|how| (number, case, how)));
    let check = &check;
    let checked = runs.map(|(number, case, how)| async move {
        check(number, case, how).await.map(|complaint| format!("{how:?}: {complaint}"))
    });
    stream::iter(checked).buffered(PROCESSES).filter_map(std::future::ready).collect().await
}

/// Nothing if the API server refused it with these words, else what kubectl said.
fn unless_refused(answer: &Answer, words: impl FnOnce(&str) -> bool) -> Option<String> {
    let refused = answer.code == Some(1) && answer.stdout.is_empty();
    (!refused || !words(&answer.stderr)).then(|| format!("{answer:?}"))
}

/// Whether the text blames the field in these words.
fn blames(text: &str, field: &str, says: &str) -> bool {
    text.split(&format!("{field}: ")).skip(1).any(|blame| blame.contains(says))
}

/// How many writes of kubectl the API server has refused.
fn refusals(fixture: &Fixture) -> usize {
    fixture.kubectl.writes().into_iter().filter(|write| write.code >= 400).count()
}

/// One name a case and way, because the two ways own fields of an object differently.
fn name(number: usize, how: Apply) -> String {
    format!("case-{number}-{}", format!("{how:?}").to_lowercase())
}

#[tokio::test]
async fn kubectl_apply_passes_on_which_field_of_a_bad_spec_is_refused_and_why() {
    let fixture = Fixture::new().await;
    let refused = table().refused;
    let complaints = complaints_of(&refused, async |number, bad: &Refused, how| {
        let answer = fixture.kubectl.apply(how, &manifest(&name(number, how), &bad.spec)).await;
        let words = |text: &str| match (&bad.server_side, how) {
            (Some(words), Apply::ServerSide) => text.contains(words),
            _ => blames(text, &bad.field, &bad.says),
        };
        unless_refused(&answer, words).map(|found| format!("{}: {found}", bad.case))
    });
    assert_no_complaints(&complaints.await);
    assert_eq!(fixture.stored().await, []);
    assert_eq!(refusals(&fixture), 2 * refused.len());
}

#[tokio::test]
async fn kubectl_apply_accepts_good_specs_and_finds_nothing_to_change_afterwards() {
    let fixture = Fixture::new().await;
    let accepted = table().accepted;
    let complaints = complaints_of(&accepted, async |number, good: &Accepted, how| {
        let answer = fixture.kubectl.apply(how, &manifest(&name(number, how), &good.spec)).await;
        let complaint = match refused_in(good, how) {
            Some(words) => unless_refused(&answer, |text| text.contains(words)),
            None => answer.failure(),
        };
        complaint.map(|found| format!("{}: {found}", good.case))
    });
    assert_no_complaints(&complaints.await);
    for how in Apply::BOTH {
        let stored = accepted.iter().enumerate().filter(|(_, good)| refused_in(good, how).is_none());
        let manifests: Vec<_> = stored.map(|(number, good)| manifest(&name(number, how), &good.spec)).collect();
        assert_eq!(fixture.kubectl.diff(how, &list(&manifests)).await, NO_DIFFERENCE);
    }
}

fn refused_in(good: &Accepted, how: Apply) -> Option<&str> {
    good.server_side.as_deref().filter(|_| how == Apply::ServerSide)
}

/// An update of the table, whatever shall come of it.
struct Update<'a> {
    spec: &'a Value,
    status: Option<&'a Value>,
    patch: &'a Value,
}

impl Fixture {
    /// Applies what is to be changed, all in one command, and writes the status where there is one.
    async fn prepare(&self, updates: &[Update<'_>]) {
        for how in Apply::BOTH {
            let before = updates.iter().enumerate().map(|(number, update)| manifest(&name(number, how), update.spec));
            let applied = self.kubectl.apply(how, &list(&before.collect::<Vec<_>>())).await;
            assert_eq!(applied.failure(), None);
            for (number, update) in updates.iter().enumerate() {
                let Some(status) = update.status else { continue };
                let status = Patch::Merge(json!({ "status": status }));
                self.objects.patch_status(&name(number, how), &PatchParams::default(), &status).await.unwrap();
            }
        }
    }

    /// Applies the manifest as it is after the patch.
    async fn apply_change(&self, number: usize, how: Apply, update: &Update<'_>) -> Answer {
        let after = manifest(&name(number, how), &merged(update.spec.clone(), update.patch));
        self.kubectl.apply(how, &after).await
    }
}

#[tokio::test]
async fn kubectl_apply_passes_on_which_field_of_an_illegal_update_is_refused_and_why() {
    let fixture = Fixture::new().await;
    let refused = table().refused_updates;
    fixture.prepare(&refused.iter().map(RefusedUpdate::update).collect::<Vec<_>>()).await;
    let before = fixture.stored().await;
    assert_eq!(before.len(), 2 * refused.len());
    let complaints = complaints_of(&refused, async |number, bad: &RefusedUpdate, how| {
        let answer = fixture.apply_change(number, how, &bad.update()).await;
        let found = unless_refused(&answer, |text| blames(text, &bad.field, &bad.says));
        found.map(|found| format!("{}: {found}", bad.case))
    });
    assert_no_complaints(&complaints.await);
    assert_eq!(fixture.stored().await, before);
    assert_eq!(refusals(&fixture), 2 * refused.len());
}

#[tokio::test]
async fn kubectl_apply_accepts_legal_updates() {
    let fixture = Fixture::new().await;
    let accepted = table().accepted_updates;
    fixture.prepare(&accepted.iter().map(AcceptedUpdate::update).collect::<Vec<_>>()).await;
    let complaints = complaints_of(&accepted, async |number, good: &AcceptedUpdate, how| {
        let applied = fixture.apply_change(number, how, &good.update()).await.failure();
        applied.map(|found| format!("{}: {found}", good.case))
    });
    assert_no_complaints(&complaints.await);
}

impl RefusedUpdate {
    fn update(&self) -> Update<'_> {
        Update { spec: &self.spec, status: self.status.as_ref(), patch: &self.patch }
    }
}

impl AcceptedUpdate {
    fn update(&self) -> Update<'_> {
        Update { spec: &self.spec, status: self.status.as_ref(), patch: &self.patch }
    }
}
