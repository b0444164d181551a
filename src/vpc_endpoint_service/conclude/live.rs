//! What is said of an object that is to live.

use privatelink::ServiceStatus;

use super::held;
use super::picture::{Because, Picture, Stance, Trend};
use super::scene::Scene;
use super::{grounds, places, unmade, words};
use crate::cloud::errors::{Verdict, tripped, verdict};
use crate::cloud::services::Field;
use crate::crd::{ConditionType, Reason};
use crate::kubernetes::KubernetesError;
use crate::names::{ADOPT_TAG, CLUSTER_TAG};
use crate::vpc_endpoint_service::connections::live_consumers;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::observe::{DetailsView, Observed, Service, ServiceView};
use crate::vpc_endpoint_service::plan::Wait;
use crate::vpc_endpoint_service::resolve::ResolveError;

/// The questions in order; the first that has an answer decides. Without one, the operator is at work.
const CHECKS: [fn(&Scene<'_>) -> Option<Stance>; 11] = [
    // What was seen is too old to say anything.
    stale,
    details_stale,
    // The pass broke off.
    read_failed,
    write_failed,
    // Something stands in the way of everything else.
    obstacle,
    door_closed,
    // Something of the spec cannot be brought into force.
    held::held_back,
    // Nothing does.
    drifting,
    in_step,
    // What is waited for cannot be seen.
    list_failing,
    // Not known well enough to say something new.
    undecided,
];

pub(super) fn stance(scene: &Scene<'_>) -> Stance {
    CHECKS.iter().find_map(|check| check(scene)).unwrap_or_else(|| at_work(scene).into())
}

/// The pass ended before anybody looked at the cloud.
pub(super) fn unresolved(scene: &Scene<'_>, error: &ResolveError) -> Stance {
    let picture = match error {
        ResolveError::NotImplementedYet { field } => Picture::stalled(
            Reason::NotImplementedYet,
            format!(
                "{field} is not implemented in this version; remove it from the spec, then the object is reconciled."
            ),
        ),
        ResolveError::RegionMissing => Picture::stalled(Reason::RegionMissing, Reason::RegionMissing.sentence()),
        ResolveError::RegionUnusable { .. } => Picture::stalled(Reason::RegionUnusable, places::unplaced(scene, error)),
        ResolveError::AccountMismatch { .. } => {
            Picture::stalled(Reason::AccountMismatch, places::unplaced(scene, error))
        }
        ResolveError::RegionMismatch { .. } => Picture::stalled(Reason::RegionMismatch, places::unplaced(scene, error)),
        ResolveError::AccountUnknown(error) => return account_unknown(scene, error),
    };
    picture.into()
}

/// Nobody knows yet whose account it is, so nobody has looked: what was Ready may well be so still.
fn account_unknown(scene: &Scene<'_>, error: &cloud_core::Error) -> Stance {
    let verdict = verdict(error);
    let was_known = scene.is_described() && scene.previous.service_id.is_some();
    let is_unknown = was_known && scene.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "Unknown");
    match scene.fresh_for_unplaced() {
        Some(_) if scene.was_ready() => Stance::Keep,
        Some(_) if !is_unknown => Picture::of(verdict).into(),
        _ => blind(verdict, "The account of the credentials cannot be determined.").into(),
    }
}

/// Nobody can look, so nobody can say whether it is ready.
fn blind(verdict: Verdict, what: &str) -> Picture {
    if verdict.stalled {
        Picture::of(verdict).unknown()
    } else {
        Picture::reconciling(Reason::CloudUnreachable, format!("{what} {}", verdict.message)).unknown()
    }
}

/// Nobody could look for longer than `staleAfter`: what the operator said is stale. An object that nobody has seen yet has no such time.
fn stale(scene: &Scene<'_>) -> Option<Stance> {
    let observed = scene.observed()?;
    let trusted = scene.fresh_for(observed).is_some();
    let error = observed.list_error.as_ref();
    match (observed.as_of, error) {
        (None, Some(error)) if trusted && !scene.was_ready() => Some(Picture::of(scene.verdict_of_list(error)).into()),
        _ if trusted => None,
        _ => Some(stale_picture(scene, observed).into()),
    }
}

fn stale_picture(scene: &Scene<'_>, observed: &Observed) -> Picture {
    match observed.list_error.as_ref().map(|error| scene.verdict_of_list(error)) {
        Some(verdict) => blind(verdict, "The account's services cannot be listed."),
        None => Picture::reconciling(Reason::CloudUnreachable, "The account's services were not listed for minutes.")
            .unknown(),
    }
}

/// Attachments and principals could not be read for so long that what the operator said of them is stale.
fn details_stale(scene: &Scene<'_>) -> Option<Stance> {
    let observed = scene.observed()?;
    let verdict = verdict(observed.details_error.as_ref()?);
    let read = match &observed.details {
        DetailsView::Known(view) => view.as_of,
        DetailsView::Unknown => observed.own.first_seen,
    };
    if scene.left(read, scene.timing.details_refresh_period.saturating_mul(2)).is_some() {
        return None;
    }
    let picture = if verdict.stalled {
        Picture::of(verdict)
    } else {
        let message = format!("The service's attachments and principals cannot be read. {}", verdict.message);
        Picture::reconciling(Reason::CloudUnreachable, message)
    };
    Some(picture.unknown().into())
}

fn read_failed(scene: &Scene<'_>) -> Option<Stance> {
    let error = scene.walk.observed.as_ref()?.as_ref().err()?;
    Some(failed(scene, error))
}

fn write_failed(scene: &Scene<'_>) -> Option<Stance> {
    Some(match scene.outcome()?.error.as_ref()? {
        ExecuteError::Cloud(error) => failed(scene, error),
        ExecuteError::Withheld { error, .. } => failed(scene, error),
        ExecuteError::Kubernetes(error @ (KubernetesError::Forbidden(_) | KubernetesError::Invalid(_))) => {
            Picture::stalled(Reason::KubernetesForbidden, words::refused_write(error)).into()
        }
        // What was seen speaks against what was said, whatever became of the write.
        ExecuteError::Kubernetes(_) if scene.is_called_ready() && !scene.is_still_ready() => return None,
        ExecuteError::Kubernetes(
            KubernetesError::Conflict | KubernetesError::Gone | KubernetesError::Unavailable(_),
        ) => Stance::Keep,
    })
}

fn door_closed(scene: &Scene<'_>) -> Option<Stance> {
    let error = scene.tripped()?;
    let (own, closed) = (verdict(error), tripped(error));
    let said = scene.condition(ConditionType::Ready).map(|ready| ready.message.as_str());
    // What was answered to the object itself says more, and a message that changes with each probe would cost writes.
    let is_own = scene.is_described() && said == Some(own.message.as_str());
    Some(told(scene, if is_own { own } else { closed }))
}

/// A call was refused. Passing trouble does not touch an object that is well.
fn failed(scene: &Scene<'_>, error: &cloud_core::Error) -> Stance {
    told(scene, verdict(error))
}

fn told(scene: &Scene<'_>, verdict: Verdict) -> Stance {
    if !verdict.stalled && scene.is_still_ready() {
        return drifting(scene).unwrap_or(Stance::Keep);
    }
    Picture::of(verdict).drifted(drift(scene)).into()
}

fn obstacle(scene: &Scene<'_>) -> Option<Stance> {
    let picture = match scene.wait()? {
        Wait::ServiceDeleted => Picture::reconciling(
            Reason::ProviderBusy,
            format!("{} is being deleted, and not by this operator.", words::service(scene.service_id())),
        ),
        Wait::BusinessStatus(status) => Picture::stalled(
            Reason::AccountRestricted,
            format!(
                "{} is {} by the provider; settle it with the provider.",
                words::service(scene.service_id()),
                words::lock(status)
            ),
        ),
        Wait::AttachmentUnused { key, related_endpoint_count } if !scene.is_drifting() && !scene.is_held_back() => {
            Picture::reconciling(
                Reason::AttachmentInUse,
                format!("{key} is not detached yet: {}{}.", words::users(*related_endpoint_count), connected(scene)),
            )
        }
        Wait::FormerServiceGone { service_id, settled } => former(scene, service_id, *settled),
        Wait::OwnershipRestored { service_id } => not_owned(scene, service_id),
        Wait::Recreation { service_id } => Picture::stalled(
            Reason::ServiceGone,
            format!(
                "The service {service_id} was deleted in the cloud; it is not recreated, because consumers use its name. Set whenGone to Recreate to have it recreated, or delete the object."
            ),
        ),
        Wait::DuplicateResolved { others } => Picture::stalled(
            Reason::DuplicateOwner,
            format!(
                "More services carry this object's UID; delete them or remove their tags: {}.",
                words::list(others)
            ),
        ),
        Wait::List
        | Wait::Visible(_)
        | Wait::ServiceActive(_)
        | Wait::AttachmentUnused { .. }
        | Wait::ConsumersGone { .. }
        | Wait::ConnectionsSettled
        | Wait::DefinitionKnown(_)
        | Wait::FieldHolds { .. } => return None,
    };
    Some(picture.drifted(drift(scene)).into())
}

/// Which endpoints are connected to the service, where that is known: those that use the attachment are among them.
fn connected(scene: &Scene<'_>) -> String {
    let connections = scene.observed().and_then(|observed| observed.connections.as_ref());
    let consumers = connections.map(live_consumers).unwrap_or_default();
    if consumers.is_empty() { String::new() } else { format!(" (connected: {})", words::consumers(&consumers)) }
}

fn former(scene: &Scene<'_>, service_id: &str, settled: bool) -> Picture {
    let is_leaving = scene.observed().is_some_and(|observed| {
        matches!(&observed.service, ServiceView::Former(service) if service.status == ServiceStatus::Deleting)
    });
    let message = former_message(scene, service_id);
    match (is_leaving, settled) {
        (true, _) => Picture::reconciling(
            Reason::WaitingForFormerService,
            format!("The service {service_id} of an earlier object of this namespace and name is being deleted."),
        ),
        (false, true) => Picture::stalled(Reason::FormerServiceExists, message),
        (false, false) => Picture::reconciling(Reason::FormerServiceExists, message),
    }
}

/// What to do about a former service. One of another type can never be this object's.
fn former_message(scene: &Scene<'_>, service_id: &str) -> String {
    let exists = format!("The service {service_id} of an earlier object of this namespace and name still exists");
    let remove = "delete it, or remove its privatelink-operator tags, to have a new one created";
    match other_type(scene) {
        Some(found) => format!("{exists}; its type is {found}, so this object cannot adopt it: {remove}."),
        None => format!(
            "{exists}; tag it {ADOPT_TAG}={}.{} to have this object adopt it, or {remove}.",
            scene.key.namespace, scene.key.name
        ),
    }
}

fn other_type<'a>(scene: &Scene<'a>) -> Option<&'a str> {
    let ServiceView::Former(service) = &scene.observed()?.service else { return None };
    let wanted = scene.resolved()?.spec.service_resource_type.as_str();
    service.resource_type.as_deref().filter(|found| *found != wanted)
}

/// A service without our tags. One that carries another cluster's is that one's: its tags are not to be changed.
fn not_owned(scene: &Scene<'_>, service_id: &str) -> Picture {
    let cluster = match scene.observed().map(|observed| &observed.service) {
        Some(ServiceView::Foreign(service)) => service.tags.get(CLUSTER_TAG),
        _ => None,
    };
    let owner = scene.resolved().map(|resolved| &resolved.owner.cluster);
    let message = match cluster.filter(|cluster| Some(*cluster) != owner) {
        Some(cluster) => format!(
            "The service {service_id} that the status names belongs to another cluster ({}), so it is not touched; if this object was \
             copied from there, delete it with deletionPolicy Retain and apply it again without its status.",
            words::clip(cluster, 64)
        ),
        None => format!(
            "The service {service_id} does not carry this object's tags, so it is not touched; restore the tags, or delete the \
             object with deletionPolicy Retain."
        ),
    };
    Picture::stalled(Reason::OwnershipLost, message)
}

/// Somebody else changed the service, and it is being repaired. That leaves `Ready` alone for a while, because consumers are served; not so
/// where a load balancer is missing.
fn drifting(scene: &Scene<'_>) -> Option<Stance> {
    let is_active = scene.seen().is_some_and(|service| service.status == ServiceStatus::Active);
    let is_moving = matches!(scene.wait(), Some(Wait::ServiceActive(_)));
    if !scene.is_drifting() || !is_active || is_moving {
        return None;
    }
    let message = drift(scene)?;
    let is_new = || {
        scene.drifted().is_none_or(|(since, _)| scene.left_by_status(since, scene.timing.drift_grace_period).is_some())
    };
    let picture = if scene.was_ready() && is_new() && !is_attachment_missing(scene) {
        let trend = Trend::Reconciling(Because::new(Reason::Drifted, message.clone()));
        Picture { trend, ..Picture::available(words::available(scene.service_id())) }
    } else {
        Picture::reconciling(Reason::Drifted, message.clone())
    };
    Some(picture.drifted(Some(message)).into())
}

/// A wanted load balancer is not attached in a zone.
fn is_attachment_missing(scene: &Scene<'_>) -> bool {
    let differences = scene.plan().map_or(&[][..], |plan| &plan.differences);
    differences.iter().any(|difference| matches!(difference.field, Field::Resource(_)) && difference.found.is_empty())
}

fn in_step(scene: &Scene<'_>) -> Option<Stance> {
    let plan = scene.plan()?;
    let is_active = scene.seen()?.status == ServiceStatus::Active;
    let is_known = plan.unknown.is_empty() || scene.was_ready();
    (plan.is_empty() && is_active && is_known).then(|| Picture::available(words::available(scene.service_id())).into())
}

/// A list fails again and again, and the object waits for what it would show. What is Ready stays so until it is stale.
fn list_failing(scene: &Scene<'_>) -> Option<Stance> {
    let error = scene.failing_list().filter(|_| !scene.is_still_ready() || is_at_work(scene))?;
    Some(Picture::of(scene.verdict_of_list(error)).drifted(drift(scene)).into())
}

/// Nothing was done and nothing new is known, only a look or a permit is waited for: what was said of this generation still holds. A new
/// object has a moment in which nothing needs to be said.
fn undecided(scene: &Scene<'_>) -> Option<Stance> {
    if is_at_work(scene) {
        return None;
    }
    let is_contradicted = scene.is_called_ready() && !scene.is_still_ready();
    let holds = scene.is_described() && !is_contradicted && grounds::hold(scene) && !unmade::is_news(scene);
    (holds || scene.patience().is_some()).then_some(Stance::Keep)
}

/// Something was done, or the service is on its way: what was said before does not hold any more.
fn is_at_work(scene: &Scene<'_>) -> bool {
    scene.has_written() || matches!(scene.wait(), Some(Wait::ServiceActive(_)))
}

/// `Creating` until the service is what the first spec wants, `Updating` afterwards. One message for all of it, or a create would cost many
/// writes of status.
fn at_work(scene: &Scene<'_>) -> Picture {
    let picture = match (scene.wait(), scene.service()) {
        (Some(Wait::ServiceActive(ServiceStatus::Unknown(state))), _) => {
            Picture::reconciling(Reason::UnknownAnswer, words::unknown_state(scene.service_id(), state))
        }
        (_, Some(_)) if is_readable_again(scene) => Picture::reconciling(
            Reason::Pending,
            format!("{} can be read again; the operator is reading it.", words::service(scene.service_id())),
        )
        .unknown(),
        (_, Some(service)) if is_being_made(scene, service) => {
            Picture::reconciling(Reason::Creating, format!("{} is being created.", words::service(scene.service_id())))
        }
        (_, Some(_)) => Picture::reconciling(
            Reason::Updating,
            format!("{} is being changed to fit the spec.", words::service(scene.service_id())),
        ),
        (_, None) => not_seen(scene),
    };
    picture.drifted(drift(scene))
}

/// Nobody could say whether it is ready, and nothing is known yet that would be to be done.
fn is_readable_again(scene: &Scene<'_>) -> bool {
    let is_unknown = scene.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "Unknown");
    let is_idle = scene.plan().is_none_or(|plan| plan.steps.is_empty() && plan.differences.is_empty());
    scene.is_described() && is_unknown && is_idle && !scene.has_written()
}

/// What a Create cannot carry (principals, bandwidth, more than ten attachments) is part of the making.
fn is_being_made(scene: &Scene<'_>, service: &Service) -> bool {
    let goes_on = scene.is_described() && scene.reason() == Some(Reason::Creating);
    service.status == ServiceStatus::Creating || scene.created().is_some() || goes_on
}

/// There is no service to speak of.
fn not_seen(scene: &Scene<'_>) -> Picture {
    if scene.is_being_replaced() {
        let gone = words::service(scene.previous.service_id.as_deref());
        return Picture::reconciling(
            Reason::Creating,
            format!("{gone} was deleted in the cloud; it is being recreated."),
        );
    }
    if let Some(ServiceView::Former(service)) = scene.observed().map(|observed| &observed.service) {
        let message = format!("The service {} of an earlier object is being adopted.", service.id);
        return Picture::reconciling(Reason::Updating, message);
    }
    let is_listed = scene.observed().is_some_and(|observed| observed.service != ServiceView::NotYetListed);
    match (is_listed, scene.previous.service_id.as_deref()) {
        (false, _) => {
            Picture::reconciling(Reason::Pending, "The account's services have not been listed yet.").unknown()
        }
        (true, None) => Picture::reconciling(Reason::Creating, unmade::message(scene)),
        (true, Some(id)) => Picture::reconciling(
            Reason::Updating,
            format!("The provider's lists do not show the service {id}; the operator lists again."),
        ),
    }
}

/// In what the cloud has drifted: the differences of this pass, or, while a repair is on its way, what was said of it.
fn drift(scene: &Scene<'_>) -> Option<String> {
    let differences = scene.plan().map_or(&[][..], |plan| &plan.differences);
    if differences.is_empty() || !scene.is_drifting() {
        return scene.drifted().map(|(_, message)| message.to_owned());
    }
    let repaired = differences.iter().find(|difference| !held::is_held(scene, &difference.field));
    Some(match repaired {
        Some(first) => format!("{} was changed in the cloud; it is being corrected.", words::path(&first.field)),
        None => format!("{} was changed in the cloud.", words::path(&differences[0].field)),
    })
}
