//! What is said of an object whose plan is not carried out: it is suspended, only observed, or only planned.

use super::assessment::{Assessment, Because, ConditionSet, Trend};
use super::available::available;
use super::inputs::Inputs;
use super::{messages, waits};
use crate::cloud::errors::verdict;
use crate::cloud::services::observed::DetailsView;
use crate::crd::{ManagementPolicy, Reason, VpcEndpointServiceSpec};
use crate::vpc_endpoint_service::desired::{Desired, desired};
use crate::vpc_endpoint_service::execute::{Outcome, SetAside, Trial};
use crate::vpc_endpoint_service::plan::{self, Limits, Plan, Step, Wait, foreseen};

/// Why the plan is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Suspended,
    Observed,
    Planned,
}

impl Purpose {
    fn of(spec: &VpcEndpointServiceSpec) -> Option<Self> {
        match spec.management_policy {
            ManagementPolicy::Observe => Some(Self::Observed),
            _ if spec.suspend => Some(Self::Suspended),
            ManagementPolicy::Plan => Some(Self::Planned),
            ManagementPolicy::Manage => None,
        }
    }

    /// The field that has the cloud left as it is, and its value.
    const fn field(self) -> &'static str {
        match self {
            Self::Suspended => "spec.suspend is true",
            Self::Observed => "spec.managementPolicy is Observe",
            Self::Planned => "spec.managementPolicy is Plan",
        }
    }
}

/// Nobody is at work on such an object: what differs is told, and nothing is waited for but what others do.
///
/// Suspended, `Ready` stays True from before while the service is Active, whatever differs since; a spec that is not in force never was Ready. What
/// is observed is Ready while it is Active. What is planned is not Ready while steps are outstanding.
pub(super) fn assess(inputs: &Inputs<'_>) -> Option<Assessment> {
    let purpose = Purpose::of(&inputs.resolved()?.spec)?;
    let plan = inputs.plan()?;
    if is_obstacle(inputs, plan) || inputs.failing_list().is_some() {
        return None;
    }
    if !is_seen(inputs, plan) {
        return Some(Assessment::Keep);
    }
    if !differs(plan) && inputs.is_active() {
        // As it is to be, or with a wait for nothing but a list.
        return None;
    }
    let condition_set = match purpose {
        Purpose::Suspended if inputs.is_still_ready() => left_alone(inputs, plan, purpose),
        Purpose::Suspended => suspended(plan),
        Purpose::Observed | Purpose::Planned if inputs.seen().is_some() && !inputs.is_active() => on_its_way(inputs),
        Purpose::Observed if inputs.seen().is_none() => planned(inputs, plan, purpose),
        Purpose::Observed => observed(inputs, plan, purpose),
        Purpose::Planned => planned(inputs, plan, purpose),
    };
    Some(condition_set.into())
}

/// The plan, a line a step, where the spec asks for it.
pub(super) fn plan(inputs: &Inputs<'_>) -> Vec<String> {
    let purpose = inputs.resolved().and_then(|resolved| Purpose::of(&resolved.spec));
    let (Some(plan), Some(purpose @ (Purpose::Observed | Purpose::Planned))) = (inputs.plan(), purpose) else {
        return Vec::new();
    };
    let outcome = inputs.outcome().filter(|_| purpose == Purpose::Planned);
    let now = plan.steps.iter().filter_map(|step| line(step, outcome));
    now.chain(afterwards(inputs)).collect()
}

/// What follows once the steps have made a service the object's, as far as the lists show it. Nothing of that can be tried before.
fn afterwards(inputs: &Inputs<'_>) -> Vec<String> {
    let (Some(resolved), Some(observed), Some(plan)) = (inputs.resolved(), inputs.observed(), inputs.plan()) else {
        return Vec::new();
    };
    let wanted = desired(resolved, &observed.load_balancers);
    let Some(next) = foreseen(resolved, &wanted, observed, plan, inputs.now) else { return Vec::new() };
    let unread = if next.details == DetailsView::Unknown { detailed(&wanted) } else { Vec::new() };
    // What no list shows is not compared yet.
    let wanted = if unread.is_empty() { wanted } else { Desired { attachments: None, principals: None, ..wanted } };
    let later = plan::plan(resolved, &wanted, &next, &Limits::from(inputs.timing), inputs.now);
    let ending = " (after the steps before it)";
    let lines = later.steps.iter().filter_map(Step::line).map(|text| messages::clip_before(&text, ending, LINE));
    let unread =
        (!unread.is_empty()).then(|| format!("{}: compared once the service is taken over", messages::list(&unread)));
    lines.chain(unread).collect()
}

/// The managed fields that no list shows.
fn detailed(wanted: &Desired) -> Vec<String> {
    let fields =
        [("spec.resources", wanted.attachments.is_some()), ("spec.allowedPrincipals", wanted.principals.is_some())];
    fields.into_iter().filter(|(_, is_managed)| *is_managed).map(|(field, _)| field.to_owned()).collect()
}

/// The bound of a line in the schema.
const LINE: usize = 256;

/// One step of a plan, and what its dry run said, where any was asked for. `None`: the step is about the object alone.
pub fn line(step: &Step, outcome: Option<&Outcome>) -> Option<String> {
    let ending = outcome.map(|outcome| tried(outcome, step)).unwrap_or_default();
    Some(messages::clip_before(&step.line()?, &ending, LINE))
}

/// What the dry run of the step said.
fn tried(outcome: &Outcome, step: &Step) -> String {
    if let Some(SetAside { error, .. }) = outcome.set_aside.iter().find(|refused| refused.step == *step) {
        return format!(" (dry run refused: {})", error.code().unwrap_or("without a code"));
    }
    let trial = outcome.tried.iter().find(|tried| tried.step == *step).map(|tried| tried.trial);
    let said = match trial {
        Some(Trial::Passed) => "dry run passed",
        Some(Trial::NotMarked) => "the provider did not say that this was a dry run: look whether it was carried out",
        Some(Trial::NotPossible) => "the operation has no dry run",
        Some(Trial::AfterOthers) => "tried after the steps before it",
        None => "dry run outstanding",
    };
    format!(" ({said})")
}

/// Only a person can end the wait, and nothing of it is the operator's work: it is told as for any other object.
fn is_obstacle(inputs: &Inputs<'_>, plan: &Plan) -> bool {
    match &plan.wait {
        // Whose attachments are in use is no matter while none is detached.
        None | Some(Wait::AttachmentUnused(_)) => false,
        Some(wait) => waits::waiting(inputs, wait).obstacle.is_some(),
    }
}

/// Everything that the plan rests on was looked at.
fn is_seen(inputs: &Inputs<'_>, plan: &Plan) -> bool {
    let is_known = plan.unknown.is_empty() || inputs.was_ready();
    is_known && (plan.look.is_none() || !plan.steps.is_empty() || matches!(plan.wait, Some(Wait::AttachmentUnused(_))))
}

fn differs(plan: &Plan) -> bool {
    !plan.steps.is_empty() || !plan.differences.is_empty() || !plan.unapplied.is_empty()
}

/// What is Active stays Ready, and says what differs.
fn left_alone(inputs: &Inputs<'_>, plan: &Plan, purpose: Purpose) -> ConditionSet {
    let fields = differing(plan);
    let drifted = (!fields.is_empty()).then(|| {
        let fields = messages::list(&fields);
        format!("{fields} was changed in the cloud; it is not corrected, because {}.", purpose.field())
    });
    ConditionSet::available(messages::available(inputs.service_id())).drifted(drifted)
}

fn suspended(plan: &Plan) -> ConditionSet {
    let outstanding = match plan.operations().as_slice() {
        [] => String::new(),
        operations => format!(" Outstanding: {}.", operations.join(", ")),
    };
    at_rest(
        Reason::Suspended,
        format!(
            "spec.suspend is true, so nothing is written to the cloud.{outstanding} Set spec.suspend to false to have the spec applied."
        ),
    )
}

/// Others make it Active, or not.
fn on_its_way(inputs: &Inputs<'_>) -> ConditionSet {
    let service = messages::service(inputs.service_id());
    let status = inputs.seen().map_or("", |service| service.status.as_str());
    let message = format!("{service} is {} in the cloud; the operator waits for Active.", messages::clip(status, 32));
    ConditionSet::reconciling(Reason::ProviderBusy, message)
}

fn observed(inputs: &Inputs<'_>, plan: &Plan, purpose: Purpose) -> ConditionSet {
    let fields = differing(plan);
    if fields.is_empty() {
        // Consumers ask for something, or a tag of ours is to go.
        return ConditionSet::available(available(inputs));
    }
    let service = messages::service(inputs.service_id());
    let fields = messages::list(&fields);
    let message = format!("{service} is Active and differs from the spec in {fields}.");
    let drifted =
        format!("The cloud differs from the spec in {fields}; nothing is written, because {}.", purpose.field());
    let because = Because::new(Reason::AvailableDrifted, message.clone());
    ConditionSet { because, ..ConditionSet::available(message) }.drifted(Some(drifted))
}

/// What is to be taken over is not the object's own yet, so that it can only be planned.
fn planned(inputs: &Inputs<'_>, plan: &Plan, purpose: Purpose) -> ConditionSet {
    let refused = inputs.outcome().and_then(|outcome| outcome.set_aside.first()).map(|refused| verdict(&refused.error));
    let refused = refused.map_or_else(String::new, |refused| format!(" {}", messages::ended(&refused.message)));
    let outstanding = match plan.operations().as_slice() {
        [] => format!("The cloud differs from the spec in {}", messages::list(&differing(plan))),
        operations => format!("Outstanding: {}", operations.join(", ")),
    };
    at_rest(
        Reason::PlanOnly,
        format!(
            "{}, so nothing is written to the cloud. {outstanding}; see status.plan.{refused} Set spec.managementPolicy to Manage to \
             have it done.",
            purpose.field()
        ),
    )
}

fn at_rest(reason: Reason, message: String) -> ConditionSet {
    ConditionSet { trend: Trend::AtRest, ..ConditionSet::reconciling(reason, message) }
}

/// The fields that differ, those that nothing can bring into force among them.
fn differing(plan: &Plan) -> Vec<String> {
    plan.differences.iter().map(|difference| messages::path(&difference.field)).collect()
}
