//! The plans that follow from the reference runs.

mod choice;

use cloud_core::{ApiOperation, sts};
use loadbalancers::Product;
use privatelink::{Operation, Serial};

use self::choice::spread;
use crate::fault::{CloudFault, CrashPoint, Fault, KubernetesFault, LeadFault, Site, ViewFault};
use crate::plan::Plan;
use crate::proxy::writes;
use crate::proxy::{CallKind, Side};
use crate::reference::{Reference, References, Shown};
use crate::trials::TRIALS;
use crate::workload::Workload;

/// Workloads whose object lives throughout: taking the finalizer off one that is being deleted means to let go of its service.
const STRIPPED: [&str; 5] = ["create", "edit-before-create", "edit-while-creating", "resources", "principals"];

/// Workloads whose writes to Kubernetes are answered wrongly; the others write the same in another order.
const WRITERS: [&str; 7] = ["create", "edit-before-create", "delete", "retain", "gone", "export", "zones"];

/// Every plan, in a fixed order.
pub fn plans(references: &References) -> Vec<Plan> {
    let whole = || Workload::all().filter(|workload| !workload.is_apart() && !workload.elects());
    let known = || whole().filter_map(|workload| Some((workload, references.get(&(workload.name, 0))?)));
    let mut plans: Vec<_> = known().flat_map(|(workload, reference)| crashes(workload, reference)).collect();
    plans.extend(cloud_answers(&known().collect::<Vec<_>>()));
    plans.extend(known().flat_map(|(workload, reference)| kubernetes_answers(workload, reference)));
    plans.extend(known().flat_map(|(workload, reference)| views(workload, reference)));
    plans.extend(known().flat_map(|(workload, reference)| strips(workload, reference)));
    let elected = Workload::all().filter(|workload| workload.elects());
    let elected = elected.filter_map(|workload| Some((workload, references.get(&(workload.name, 0))?)));
    plans.extend(elected.flat_map(|(workload, reference)| leads(workload, reference)));
    let trials = TRIALS.iter().flat_map(|(_, ids)| *ids).filter_map(|id| id.parse().ok());
    let others: Vec<Plan> = trials.filter(|plan| is_certain(plan, references)).collect();
    for plan in others {
        if !plans.contains(&plan) {
            plans.push(plan);
        }
    }
    let drawn: Vec<Plan> = plans.iter().filter_map(with_guesses).collect();
    plans.extend(drawn);
    plans
}

/// One plan in so many runs once more with the guesses about the provider drawn.
const DRAWN: u32 = 3;

/// So many numbers are drawn by in all, and by so many those of one workload: each needs a run without the fault.
const NUMBERS: u64 = 24;
const OF_A_WORKLOAD: usize = 3;

/// The same plan with the guesses about the provider drawn, for some plans: by the plan's id, so that other plans that come or go change
/// nothing.
fn with_guesses(plan: &Plan) -> Option<Plan> {
    let lot = lot(plan);
    if plan.workload.is_apart() || !lot.is_multiple_of(DRAWN) {
        return None;
    }
    let guesses = numbers(plan.workload)[usize::try_from(lot / DRAWN).unwrap_or_default() % OF_A_WORKLOAD];
    Some(Plan { guesses, ..plan.clone() })
}

/// The numbers that the plans of a workload draw by.
fn numbers(workload: &Workload) -> [u64; OF_A_WORKLOAD] {
    [0, 8, 16].map(|further| (u64::from(hash(workload.name)) + further) % NUMBERS + 1)
}

/// Whether its place came in every fault-free run.
fn is_certain(plan: &Plan, references: &References) -> bool {
    references.get(&(plan.workload.name, 0)).is_some_and(|reference| match &plan.site {
        Site::Call { side, kind, nth } => reference.calls.get(&(*side, kind.clone())).is_some_and(|count| nth <= count),
        Site::Event(event) => reference.events.iter().any(|shown| shown.site == *event),
    })
}

/// Whether a plan is in the fixed sample of one in so many: by its id, so that other plans that come or go change nothing. A sample of one
/// in 32 is part of the sample of one in eight.
pub fn in_sample(plan: &Plan, one_in: u32) -> bool {
    lot(plan).is_multiple_of(one_in)
}

/// A number by which plans are mixed, so that not all of one heavy workload run at once.
pub(crate) fn lot(plan: &Plan) -> u32 {
    hash(&plan.to_string())
}

fn hash(text: &str) -> u32 {
    // FNV-1a, 32 bits.
    let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    // Its lowest bits are the weakest.
    text.bytes().fold(2_166_136_261, hash) >> 8
}

/// The kinds of call that change something, with how often each comes.
fn written(reference: &Reference) -> impl Iterator<Item = (Side, &CallKind, usize)> {
    let calls = reference.calls.iter().map(|((side, kind), count)| (*side, kind, *count));
    calls.filter(|(side, kind, _)| writes(*side, &kind.0))
}

/// How many of these calls matter. Events are for people, and nothing follows from one: the first is enough. Of several operators nobody
/// knows which makes a later call: only the first of each kind is sure to be made by the one whose traffic meets the fault.
fn counted(workload: &Workload, kind: &CallKind, count: usize) -> usize {
    if kind.0.contains("events") || workload.operators > 1 { count.min(1) } else { count }
}

fn crashes(workload: &'static Workload, reference: &Reference) -> Vec<Plan> {
    let sites = written(reference).flat_map(|(side, kind, count)| {
        spread(counted(workload, kind, count)).into_iter().map(move |nth| site(side, kind, nth))
    });
    let points = |site: Site| CrashPoint::ALL.iter().map(move |point| (site.clone(), Fault::Crash(*point)));
    sites.flat_map(points).map(|(site, fault)| Plan { workload, site, fault, guesses: 0 }).collect()
}

/// The first two calls of each kind: in the first the next leader finds an object that it has never seen written, in the second one at work.
fn leads(workload: &'static Workload, reference: &Reference) -> Vec<Plan> {
    let calls = written(reference).filter(|(_, kind, _)| !kind.is_of_election() && !kind.0.contains("events"));
    let sites = calls.flat_map(|(side, kind, count)| (1..=count.min(2)).map(move |nth| site(side, kind, nth)));
    let faults = |site: Site| LeadFault::ALL.iter().map(move |fault| (site.clone(), Fault::Lead(*fault)));
    sites.flat_map(faults).map(|(site, fault)| Plan { workload, site, fault, guesses: 0 }).collect()
}

fn strips(workload: &'static Workload, reference: &Reference) -> Vec<Plan> {
    if !STRIPPED.contains(&workload.name) {
        return Vec::new();
    }
    let sites = written(reference).flat_map(|(side, kind, count)| (1..=count).map(move |nth| site(side, kind, nth)));
    sites.map(|site| Plan { workload, site, fault: Fault::Strip, guesses: 0 }).collect()
}

fn kubernetes_answers(workload: &'static Workload, reference: &Reference) -> Vec<Plan> {
    if !WRITERS.contains(&workload.name) {
        return Vec::new();
    }
    let writes = written(reference).filter(|(side, _, _)| *side == Side::Kubernetes);
    let sites = writes
        .flat_map(|(side, kind, count)| (1..=counted(workload, kind, count)).map(move |nth| site(side, kind, nth)));
    let faults = |site: Site| KubernetesFault::ALL.iter().map(move |fault| (site.clone(), Fault::Kubernetes(*fault)));
    sites.flat_map(faults).map(|(site, fault)| Plan { workload, site, fault, guesses: 0 }).collect()
}

fn views(workload: &'static Workload, reference: &Reference) -> Vec<Plan> {
    let plan = |event: Shown, fault: ViewFault| Plan {
        workload,
        site: Site::Event(event.site),
        fault: Fault::View(fault),
        guesses: 0,
    };
    let events = choice::events(&reference.events);
    let every = events.into_iter().flat_map(|event| ViewFault::ALL.iter().map(move |fault| (event, *fault)));
    // Without a next event there is nothing to come after.
    every
        .filter(|(event, fault)| *fault != ViewFault::Reorder || event.is_followed)
        .map(|(event, fault)| plan(event, fault))
        .collect()
}

/// Every load balancer of the plans but those of one workload is of this product.
const READ_LOAD_BALANCER: ApiOperation = Product::Nlb.operation();

/// Each operation meets each fault once, in the first workload that certainly calls it.
fn cloud_answers(known: &[(&'static Workload, &Reference)]) -> Vec<Plan> {
    let faults =
        |operation: ApiOperation| CloudFault::ALL.iter().filter(move |fault| fits_operation(**fault, operation));
    let plan = |operation: ApiOperation, fault: CloudFault| {
        let kind = CallKind(operation.name.to_owned());
        let place = (Side::Cloud, kind.clone());
        let many = matches!(fault, CloudFault::RepeatedPage | CloudFault::LostPage)
            && operation == Operation::ListVpcEndpointServices.into();
        // Where zones are listed, nothing follows from what a load balancer is.
        let is_of_zones = operation == READ_LOAD_BALANCER;
        let fits =
            |workload: &Workload| (!many || workload.name == "twenty") && (!is_of_zones || workload.leaves_zones_out());
        let (workload, reference) =
            known.iter().find(|(workload, reference)| fits(workload) && reference.calls.contains_key(&place))?;
        // Later lists have more to list.
        let nth = if many { reference.calls.get(&place)?.div_ceil(2) } else { 1 };
        Some(Plan { workload, site: site(Side::Cloud, &kind, nth), fault: Fault::Cloud(fault), guesses: 0 })
    };
    let others = [sts::GET_CALLER_IDENTITY, READ_LOAD_BALANCER];
    let operations = Operation::ALL.iter().map(|operation| operation.api_operation()).chain(others);
    let every = operations.flat_map(|operation| faults(operation).map(move |fault| (operation, *fault)));
    every.filter_map(|(operation, fault)| plan(operation, fault)).collect()
}

fn fits_operation(fault: CloudFault, operation: ApiOperation) -> bool {
    match fault {
        CloudFault::InternalErrorApplied | CloudFault::UnknownCodeApplied => operation.mutates(),
        CloudFault::ConcurrentCall => {
            Operation::of(operation).is_some_and(|operation| operation.serial() != Serial::None)
        }
        CloudFault::OperationDenied | CloudFault::DeniedWith200 => {
            operation.mutates() && operation != Operation::CreateVpcEndpointService.into()
        }
        CloudFault::IdempotentProcessing
        | CloudFault::TokenProcessingApplied
        | CloudFault::BurntToken
        | CloudFault::IdempotentMismatch => operation.has_client_token,
        CloudFault::RepeatedPage | CloudFault::LostPage => operation.name.starts_with("List"),
        _ => true,
    }
}

fn site(side: Side, kind: &CallKind, nth: usize) -> Site {
    Site::Call { side, kind: kind.clone(), nth }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{NUMBERS, numbers, with_guesses};
    use crate::plan::Plan;
    use crate::trials::TRIALS;
    use crate::workload::Workload;

    #[test]
    fn the_workloads_together_draw_by_every_number_that_there_is() {
        let drawn: BTreeSet<u64> = Workload::all().filter(|workload| !workload.is_apart()).flat_map(numbers).collect();
        assert_eq!(drawn, (1..=NUMBERS).collect());
    }

    #[test]
    fn a_plan_that_draws_its_guesses_is_another_plan_which_replays_by_its_id() {
        let plans = TRIALS.iter().flat_map(|(_, ids)| *ids).map(|id| id.parse::<Plan>().unwrap());
        let drawn: Vec<Plan> = plans.clone().filter_map(|plan| with_guesses(&plan)).collect();
        assert!(!drawn.is_empty() && drawn.len() < plans.count());
        for plan in drawn {
            assert_eq!(plan.to_string().parse::<Plan>().as_ref(), Ok(&plan));
            assert_eq!(with_guesses(&Plan { guesses: 0, ..plan.clone() }), Some(plan));
        }
    }
}
