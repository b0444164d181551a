//! What lasts as long as the process does not grow for ever.

use std::fs;

use crate::support::checkout::repository;
use crate::support::source::{is_test, relevant, sources};

/// Rooms whose memory lasts as long as the process.
const MEMORY: &[&str] = &[
    "src/app/orphans.rs",
    "src/app/orphans",
    "src/cloud/accounts.rs",
    "src/cloud/accounts",
    "src/cloud/dry_runs.rs",
    "src/cloud/inventory.rs",
    "src/cloud/inventory",
    "src/cloud/load_balancers.rs",
    "src/cloud/load_balancers",
    "src/cloud/scheduler.rs",
    "src/cloud/scheduler",
    "src/kubernetes",
    "src/runtime.rs",
    "src/runtime",
    "src/vpc_endpoint_service/claims.rs",
    "src/vpc_endpoint_service/context.rs",
    "src/vpc_endpoint_service/exports.rs",
    "src/vpc_endpoint_service/exports",
    "src/vpc_endpoint_service/observation_times.rs",
    "src/metrics.rs",
    "src/metrics",
];

/// Every map and set there, and what bounds it. What users type (names, regions, ids) must not make anything grow for ever: a new one needs
/// a line here, and where it is keyed by an object a `forget` that reaches it, which
/// `nothing_names_an_object_once_it_is_forgotten` looks for.
const BOUNDED: &[(&str, &str, &str)] = &[
    ("src/app/orphans/deletion.rs", "kept", "what the newest look found"),
    ("src/app/orphans/deletion.rs", "stages", "what the newest look found"),
    ("src/app/orphans/sightings.rs", "since", "what the newest look found"),
    ("src/cloud/accounts/account_resolver.rs", "waiting", "forget of each object"),
    ("src/cloud/accounts/open.rs", "accounts", "those without objects are let go after a while"),
    ("src/cloud/accounts/read_only.rs", "open", "the regions that one run of a command looks at"),
    ("src/cloud/dry_runs.rs", "DryRuns", "forget of each object, and no more than the steps of its plan"),
    ("src/cloud/inventory/breakers.rs", "Breakers", "one entry an operation"),
    ("src/cloud/inventory/details.rs", "entries", "forget of each object"),
    ("src/cloud/inventory/details.rs", "queue", "forget of each object"),
    (
        "src/cloud/inventory/field_failures.rs",
        "fields",
        "fields of one spec; an edit and forget of the object clear them",
    ),
    ("src/cloud/inventory/observed.rs", "field_failures", "an answer, not a memory"),
    ("src/cloud/inventory/pending_writes.rs", "fields", "ends with a list or a read late enough"),
    ("src/cloud/inventory/pending_writes.rs", "refusals", "one entry an operation"),
    ("src/cloud/inventory/refresh_requests.rs", "RefreshRequests", "forget of each object"),
    ("src/cloud/inventory/state.rs", "by_resource", "what the newest list shows"),
    ("src/cloud/inventory/state.rs", "details_errors", "what the newest list shows"),
    ("src/cloud/inventory/state.rs", "objects", "forget of each object"),
    ("src/cloud/inventory/state.rs", "pending", "spent with a list late enough"),
    ("src/cloud/inventory/state.rs", "read", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/state.rs", "resources", "what the newest list shows"),
    ("src/cloud/inventory/state/lists.rs", "objects", "an answer, not a memory"),
    ("src/cloud/inventory/unknown_states.rs", "UnknownStates", "at most 32 states"),
    ("src/cloud/inventory/view.rs", "by_object", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/view.rs", "by_uid", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/view.rs", "resources", "what the newest list shows, and what is new"),
    ("src/cloud/load_balancers/entry.rs", "objects", "an answer, not a memory"),
    ("src/cloud/load_balancers/entry.rs", "wants", "forget of each object"),
    ("src/cloud/load_balancers/entry.rs", "zones", "what the newest good answer shows"),
    ("src/cloud/load_balancers/queue.rs", "denied", "one entry a product"),
    ("src/cloud/load_balancers/queue.rs", "due", "goes with the last object that asks"),
    ("src/cloud/load_balancers/queue.rs", "moments", "goes with the last object that asks"),
    ("src/cloud/load_balancers/seen.rs", "each", "a question and an answer, not a memory"),
    ("src/cloud/load_balancers/seen.rs", "expected_zones", "what one Service asks for"),
    ("src/cloud/load_balancers/seen.rs", "zones", "an answer, not a memory"),
    ("src/cloud/load_balancers/state.rs", "entries", "goes with the last object that asks"),
    ("src/cloud/load_balancers/state.rs", "ids", "what one spec lists"),
    ("src/cloud/load_balancers/state.rs", "objects", "forget of each object"),
    ("src/cloud/load_balancers/state.rs", "unreadable", "one entry a product"),
    ("src/cloud/scheduler/rates.rs", "set", "one entry an operation"),
    ("src/cloud/scheduler/refusals.rs", "counts", "one entry an operation"),
    ("src/cloud/scheduler/refusals.rs", "groups", "as many as the refusals of objects need"),
    ("src/cloud/scheduler/refusals.rs", "members", "forget of each object"),
    ("src/cloud/scheduler/refusals.rs", "objects", "forget of each object"),
    ("src/cloud/scheduler/state.rs", "locked", "as many as permits are held"),
    ("src/cloud/scheduler/state.rs", "limits", "one entry an operation"),
    ("src/cloud/scheduler/state.rs", "backing_off", "ends by itself in seconds"),
    ("src/cloud/scheduler/state/fair.rs", "numbers", "the namespaces of one round"),
    ("src/cloud/scheduler/state/fair.rs", "serving", "one entry an operation, and one for the account"),
    ("src/cloud/scheduler/state/queue.rs", "reserved", "ends by itself in seconds"),
    ("src/cloud/scheduler/state/queue.rs", "by_operation", "leave of each object"),
    ("src/cloud/scheduler/state/queue.rs", "waiters", "leave of each object"),
    ("src/kubernetes/definition.rs", "marked", "forget of each object"),
    ("src/kubernetes/config_maps.rs", "data", "an answer, not a memory"),
    ("src/kubernetes/freshness.rs", "newest", "forget of each object"),
    ("src/kubernetes/freshness.rs", "own", "forget of each object"),
    ("src/kubernetes/live_objects.rs", "listed", "one list"),
    ("src/kubernetes/live_objects.rs", "uids", "an object that is gone is taken out"),
    ("src/kubernetes/services/store.rs", "listing", "one list"),
    ("src/kubernetes/services/store.rs", "references", "forget of each object"),
    ("src/kubernetes/services/store.rs", "services", "the Services of type LoadBalancer that there are"),
    ("src/kubernetes/services/store.rs", "users", "forget of each object"),
    ("src/kubernetes/status_memory.rs", "StatusMemory<S>", "forget of each object"),
    ("src/metrics/work_queue.rs", "waiting", "an object that is gone is taken out"),
    ("src/runtime/backoff.rs", "failures", "forget of each object"),
    ("src/runtime/uid_tracker.rs", "listed", "one list"),
    ("src/runtime/uid_tracker.rs", "uids", "an object that is gone is taken out"),
    ("src/runtime/watch/change_filter.rs", "seen", "an object that is gone is taken out"),
    ("src/runtime/watch/foreign.rs", "doubts", "an object that is gone is taken out"),
    ("src/runtime/watch/foreign.rs", "last", "an object that is gone is taken out"),
    ("src/vpc_endpoint_service/claims.rs", "claimants", "forget of each object"),
    ("src/vpc_endpoint_service/claims.rs", "objects", "forget of each object"),
    (
        "src/vpc_endpoint_service/exports.rs",
        "Exports",
        "forget of each object, and no more than the names of its spec and status",
    ),
    ("src/vpc_endpoint_service/exports/known.rs", "known", "an answer, not a memory"),
    ("src/vpc_endpoint_service/observation_times.rs", "ObservationTimes", "forget of each object"),
];

#[test]
fn every_map_that_lasts_has_a_bound_that_somebody_thought_of() {
    let mut found: Vec<(String, String)> = MEMORY
        .iter()
        .flat_map(|room| sources(&repository().join(room)))
        .filter(|file| !is_test(file))
        .flat_map(|file| {
            let name = file.strip_prefix(repository()).unwrap().display().to_string();
            maps(&relevant(&fs::read_to_string(&file).unwrap())).into_iter().map(move |field| (name.clone(), field))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    let listed: Vec<(String, String)> =
        BOUNDED.iter().map(|(file, field, _)| ((*file).to_owned(), (*field).to_owned())).collect();
    let unlisted: Vec<_> = found.iter().filter(|map| !listed.contains(map)).collect();
    let gone: Vec<_> = listed.iter().filter(|map| !found.contains(map)).collect();
    assert!(unlisted.is_empty() && gone.is_empty(), "say what bounds {unlisted:?}; take out {gone:?}");
}

#[test]
fn a_map_is_seen_in_a_struct_and_nowhere_else() {
    let code = "struct A {\n    a: u8,\n    pub(super) b: Mutex<HashMap<String, u8>>,\n}\nstruct C(BTreeSet<String>);\nfn f() {\n    let d: \
                HashMap<u8, u8> = x;\n}\nfn g(e: &BTreeMap<u8, u8>) {}\n";
    assert_eq!(maps(code), ["b", "C"]);
}

/// The fields of structs that are maps or sets, and the structs that are one themselves.
fn maps(code: &str) -> Vec<String> {
    const KINDS: [&str; 4] = ["HashMap<", "BTreeMap<", "HashSet<", "BTreeSet<"];
    let is_map = |line: &str| KINDS.iter().any(|kind| line.contains(kind));
    let (mut found, mut inside) = (Vec::new(), false);
    for line in code.lines() {
        let head = line.split_once("struct ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        match head.map(|(_, rest)| rest) {
            Some(rest) if rest.trim_end().ends_with('{') => inside = true,
            Some(rest) if is_map(rest) => found.extend(rest.split('(').next().map(str::to_owned)),
            None if inside && line.starts_with('}') => inside = false,
            None if inside && is_map(line) => {
                let name = line.split(": ").next().unwrap_or_default();
                found.extend(name.split_whitespace().last().map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}
