//! Every reason ends with its cause, in the first reconcile that finds it gone, whatever that reconcile waits for.

use super::*;
use crate::vpc_endpoint_service::observe::{AttachmentKey, NamedId};
use crate::vpc_endpoint_service::resolve::{NamedBy, Unresolved};

fn some(id: &str) -> String {
    id.to_owned()
}

/// What a reconcile says that ended like this.
fn after(reached: &ReconcileState, previous: &VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    report(reached, previous).status.expect("it lives")
}

/// The reason of `Ready`.
fn reason(status: &VpcEndpointServiceStatus) -> Reason {
    let ready = status.conditions.iter().find(|condition| condition.type_ == "Ready").expect("it is there");
    Reason::from_name(&ready.reason).expect("the list is closed")
}

fn old() -> Scenario {
    let mut scenario = Scenario::recorded();
    scenario.observed.own.first_seen = at(900);
    scenario
}

/// Nothing new is known: a list or a permit is waited for.
fn undecided(scenario: &Scenario) -> [ReconcileState; 2] {
    [reached(scenario).waiting(Wait::List), reached(scenario).stopped(Stop::NoPermit(queued_behind_others()))]
}

fn unlisted(error: Option<cloud_core::Error>) -> Scenario {
    let mut scenario = old().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    scenario.observed.list_error = error;
    scenario
}

fn converged(view: impl FnOnce(Scenario) -> Scenario) -> Scenario {
    let mut scenario = view(Scenario::converged());
    scenario.observed.own.first_seen = at(900);
    scenario
}

fn waits(wait: Wait) -> VpcEndpointServiceStatus {
    after(&reached(&converged(Scenario::edited)).waiting(wait), &ready())
}

fn tripped(code: &str) -> VpcEndpointServiceStatus {
    let closed = NoPermit::Tripped { until: at(1300), error: Box::new(refused(CREATE, code)) };
    after(&reached(&old()).stopped(Stop::NoPermit(closed)), &fresh())
}

/// What was said, and the reconciles after which it is so no longer.
struct Case {
    said: VpcEndpointServiceStatus,
    reason: Reason,
    over: Vec<ReconcileState>,
    still: Vec<ReconcileState>,
}

fn of_places() -> Vec<Case> {
    let denied = || refused(cloud_core::sts::GET_CALLER_IDENTITY, "InvalidAccessKeyId.NotFound");
    let unresolved = |error: ResolveError, reason| {
        let reached =
            ReconcileState { resolved: Some(Err(error)), process_start: at(990), ..ReconcileState::default() };
        let said = after(&reached, &fresh());
        Case { said, reason, over: undecided(&unlisted(None)).into(), still: vec![reached] }
    };
    vec![
        unresolved(ResolveError::AccountUnknown(Box::new(denied())), Reason::InvalidCredentials),
        unresolved(
            ResolveError::ProviderConfigUnavailable { name: "other".to_owned() },
            Reason::ProviderConfigUnavailable,
        ),
        unresolved(ResolveError::RegionMissing, Reason::RegionMissing),
        unresolved(ResolveError::AccountMismatch { recorded: some("1"), actual: some("2") }, Reason::AccountMismatch),
        unresolved(
            ResolveError::RegionMismatch { wanted: some("a"), named_by: NamedBy::Default, status: some("b") },
            Reason::RegionMismatch,
        ),
    ]
}

fn of_staleness() -> Vec<Case> {
    let list = |code| refused(Operation::ListVpcEndpointServices, code);
    let unread = |code| {
        let mut scenario = converged(|scenario| scenario);
        scenario.observed.as_of = Some(at(600));
        scenario.observed.list_error = Some(list(code));
        scenario
    };
    let case = |code, reason| Case {
        said: after(&reached(&unread(code)), &ready()),
        reason,
        over: undecided(&converged(|scenario| scenario)).into(),
        still: vec![reached(&unread(code))],
    };
    let new = |code, reason| Case {
        said: after(&reached(&unlisted(Some(list(code)))), &fresh()),
        reason,
        over: undecided(&old()).into(),
        still: vec![reached(&unlisted(Some(list(code))))],
    };
    vec![
        case("ServiceUnavailable", Reason::CloudUnreachable),
        case("InvalidAccessKeyId.NotFound", Reason::InvalidCredentials),
        case("Forbidden.RAM", Reason::AccessDenied),
        new("Forbidden.RAM", Reason::AccessDenied),
        new("NeedOpenProduct", Reason::NotActivated),
    ]
}

fn of_doors() -> Vec<Case> {
    let case = |code, reason| Case {
        said: tripped(code),
        reason,
        over: vec![reached(&old()).stopped(Stop::NoPermit(queued_behind_others()))],
        still: undecided(&unlisted(None)).into_iter().take(1).collect(),
    };
    let own = |code, reason| Case {
        said: after(&reached(&old()).failed(refused(CREATE, code)), &fresh()),
        reason,
        over: vec![],
        // It has yet to be tried again.
        still: undecided(&old()).into(),
    };
    vec![
        case("NeedOpenProduct", Reason::NotActivated),
        case("InvalidAccountStatus.NotEnoughBalance", Reason::AccountRestricted),
        case("InvalidAccessKeyId.NotFound", Reason::InvalidCredentials),
        case("Throttling.User", Reason::WaitingForThrottling),
        own("QuotaMisMatched", Reason::WaitingForQuota),
        own("AlbNotFound", Reason::WaitingForLoadBalancer),
        own("Mismatch.ResourceType", Reason::InvalidSpec),
        own("Forbidden.RAM", Reason::AccessDenied),
        own("EndpointServiceLocked", Reason::ProviderBusy),
        Case {
            said: after(&reached(&old()).failed(throttled(CREATE, seconds(3))), &fresh()),
            reason: Reason::WaitingForThrottling,
            over: vec![reached(&old()).stopped(Stop::NoPermit(queued_behind_others()))],
            still: vec![],
        },
    ]
}

fn of_services() -> Vec<Case> {
    let over = || undecided(&converged(Scenario::edited)).to_vec();
    let service = || Scenario::converged().service().clone();
    let seen = |view: ServiceView| undecided(&converged(|scenario| scenario.edited().see(view))).to_vec();
    let locked =
        converged(|scenario| scenario.edited().with_service(|it| it.business_status = Some(some("FinancialLocked"))));
    // A status that is not known is no lock, as the plan sees it.
    let unknown =
        converged(|scenario| scenario.edited().with_service(|it| it.business_status = Some(some("Reviewing"))));
    let going = converged(|scenario| scenario.edited().with_service(|it| it.status = ServiceStatus::Deleting));
    let key = AttachmentKey { resource_id: some("nlb-a"), zone_id: Some(some("cn-hangzhou-i")) };
    let former = Wait::FormerServiceGone { service_id: some("epsrv-old"), settled: true };
    let id = || some("epsrv-ours");
    vec![
        Case {
            said: waits(Wait::BusinessStatus(some("FinancialLocked"))),
            reason: Reason::AccountRestricted,
            over: over().into_iter().chain(undecided(&unknown)).collect(),
            still: undecided(&locked).into(),
        },
        Case {
            said: waits(Wait::ServiceDeleted),
            reason: Reason::ProviderBusy,
            over: over(),
            still: undecided(&going).into(),
        },
        Case {
            said: waits(former),
            reason: Reason::FormerServiceExists,
            over: over(),
            still: seen(ServiceView::Former(Box::new(service()))),
        },
        Case {
            said: waits(Wait::OwnershipRestored { service_id: id() }),
            reason: Reason::OwnershipLost,
            over: over(),
            still: seen(ServiceView::Foreign(Box::new(service()))),
        },
        Case {
            said: waits(Wait::Recreation { service_id: id() }),
            reason: Reason::ServiceGone,
            over: over(),
            still: seen(ServiceView::Absent { named: NamedId::Gone(id()) }),
        },
        Case {
            said: waits(Wait::DuplicateResolved { others: vec![some("epsrv-b")] }),
            reason: Reason::DuplicateOwner,
            over: over(),
            still: seen(ServiceView::Many(vec![service(), service()])),
        },
        Case {
            said: waits(Wait::LoadBalancers(vec![leads_nowhere("web", Unresolved::Missing)])),
            reason: Reason::WaitingForLoadBalancer,
            over: over(),
            still: vec![],
        },
        Case {
            said: waits(unused(key, 7)),
            reason: Reason::AttachmentInUse,
            over: vec![],
            still: over().into_iter().take(1).collect(),
        },
    ]
}

#[test]
fn no_reason_is_kept_once_its_ground_is_gone_and_each_is_while_it_is_there() {
    for Case { said, reason: expected, over, still } in
        [of_places(), of_staleness(), of_doors(), of_services()].into_iter().flatten()
    {
        assert_eq!(reason(&said), expected);
        for reached in &over {
            assert_ne!(reason(&after(reached, &said)), expected, "{:?} after {reached:?}", said.conditions);
        }
        for reached in &still {
            assert_eq!(reason(&after(reached, &said)), expected, "{:?} after {reached:?}", said.conditions);
        }
    }
}

#[test]
fn what_can_be_looked_at_again_is_neither_called_unreachable_nor_anything_that_is_not_known() {
    let mut blind = converged(|scenario| scenario);
    blind.observed.as_of = Some(at(600));
    blind.observed.list_error = Some(lost_answer(Operation::ListVpcEndpointServices));
    let said_before = after(&reached(&blind), &ready());
    assert_eq!(reason(&said_before), Reason::CloudUnreachable);
    let reached = reached(&converged(|scenario| scenario)).waiting(Wait::List);
    let message = "The service epsrv-ours can be read again; the operator is reading it.";
    let expected = [format!("Ready=Unknown Pending: {message}"), format!("Reconciling=True Pending: {message}")];
    assert_eq!(said(&report(&reached, &said_before)), expected);
}
