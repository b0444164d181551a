//! What is told of a manifest. Pure: from what was found, one value that is printed as text or as JSON.

mod finding;
mod step;

use serde::Serialize;

use self::finding::Finding;
pub(super) use self::step::{PlannedStep, Written};
use super::check::Unchecked;
use super::manifests::Manifest;
use crate::commands::looker::Looked;
use crate::crd::{Drift, Reason};
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::plan::{Difference, Plan, Step};
use crate::vpc_endpoint_service::show::Shown;

/// What applying a manifest comes to. In the order of their weight: of several the last one says how the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Verdict {
    /// Cloud and manifest are one.
    Nothing,
    /// They differ, and the manifest itself says that nothing is to be written.
    Held,
    /// Nothing can be done before something else happens.
    Wait,
    Change,
    /// A person must change something first: the API server or the provider refuses what is asked for.
    Refused,
    /// Nobody can say.
    Unknown,
}

/// One manifest. The form is API: fields are added, none is renamed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Planned {
    pub(super) namespace: String,
    pub(super) name: String,
    /// The file.
    pub(super) source: String,
    pub(super) verdict: Verdict,
    /// Whether the object is there already; `None`: nobody knows.
    pub(super) exists: Option<bool>,
    /// Who checked the manifest, and how.
    pub(super) checked: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) region: Option<String>,
    pub(super) service_id: Option<String>,
    /// Where cloud and manifest differ, and what is done about it.
    pub(super) differences: Vec<Drift>,
    /// Where they differ, and driftPolicy Report leaves it so.
    pub(super) reported: Vec<Drift>,
    pub(super) steps: Vec<PlannedStep>,
    /// A reason of docs/reference/reasons.md, where the operator would give one.
    pub(super) reason: Option<&'static str>,
    /// What stands in the way, what is waited for, or what holds the plan back.
    pub(super) message: Option<String>,
}

impl Planned {
    /// Of a manifest that is not so far.
    pub(super) fn unchecked(manifest: &Manifest, namespace: &str, why: Unchecked) -> Self {
        let (verdict, message) = match why {
            Unchecked::Refused(message) => (Verdict::Refused, message),
            Unchecked::Unknown(message) => (Verdict::Unknown, message),
        };
        Self { message: Some(message), ..Self::blank(manifest, namespace, verdict) }
    }

    /// Of an object as it would be.
    pub(super) fn of(manifest: &Manifest, namespace: &str, exists: bool, checked: String, looked: &Looked) -> Self {
        let Looked { shown, later, judgement: _ } = looked;
        let finding = Finding::of(looked);
        let target = shown.resolved().map(|resolved| &resolved.target);
        let plan = shown.plan();
        let later = later.as_ref().ok().and_then(Option::as_ref);
        // Where a service is taken over, the comparison with it comes second.
        let compared = later.filter(|_| plan.is_some_and(takes_over)).or(plan);
        let told =
            |list: fn(&Plan) -> &[Difference]| compared.map(list).unwrap_or_default().iter().map(Difference::drift);
        let outcome = shown.reached.outcome.as_ref();
        let seen = shown.resolved().zip(shown.observed());
        let created =
            seen.map(|(resolved, observed)| desired(resolved, &observed.load_balancers).created()).unwrap_or_default();
        let now =
            plan.into_iter().flat_map(|plan| &plan.steps).filter_map(|step| PlannedStep::of(step, outcome, &created));
        let later = later.into_iter().flat_map(|later| &later.steps).filter_map(PlannedStep::later);
        Self {
            exists: Some(exists),
            checked: Some(checked),
            account_id: target.map(|target| target.account.clone()),
            region: target.map(|target| target.region.clone()),
            service_id: service_id(shown),
            differences: told(|plan| &plan.differences).collect(),
            reported: told(|plan| &plan.reported).collect(),
            steps: now.chain(later).collect(),
            reason: finding.reason.map(Reason::as_str),
            message: finding.message,
            ..Self::blank(manifest, namespace, finding.verdict)
        }
    }

    fn blank(manifest: &Manifest, namespace: &str, verdict: Verdict) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: manifest.name.clone(),
            source: manifest.source.clone(),
            verdict,
            exists: None,
            checked: None,
            account_id: None,
            region: None,
            service_id: None,
            differences: Vec::new(),
            reported: Vec::new(),
            steps: Vec::new(),
            reason: None,
            message: None,
        }
    }
}

fn takes_over(plan: &Plan) -> bool {
    plan.steps.iter().any(Step::takes_over)
}

/// The service that the plan is about.
fn service_id(shown: &Shown) -> Option<String> {
    let observed = shown.observed()?;
    let own = observed.service.ours().first().map(|service| service.id.clone());
    let target = || shown.plan()?.steps.iter().find_map(Step::service_id).map(str::to_owned);
    own.or_else(target)
}
