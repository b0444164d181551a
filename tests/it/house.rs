//! The house rules: which file may use what. Rust checks the walls between crates; this reads the source for those between rooms.

use std::fs;
use std::path::{Path, PathBuf};

use local_stack::Programs;

use crate::support::checkout::repository;
use crate::support::source::{is_test, relevant, sources};

/// One room and what must not come in. A word is a path or a part of one, as it is written in the source.
struct Rule {
    room: &'static [&'static str],
    kept_out: &'static [&'static [&'static str]],
}

const KUBERNETES_CLIENTS: &[&str] =
    &["kube", "crate::kubernetes", "crate::runtime::Context", "crate::runtime::Kubernetes", "super::context"];
const KINDS: &[&str] = &[
    "crate::vpc_endpoint_service",
    "VpcEndpointService",
    "VpcEndpointServiceSpec",
    "VpcEndpointServiceStatus",
    "crate::crd::vpc_endpoint_service",
    "crate::provider_config",
];
const CLOUD_CLIENTS: &[&str] = &[
    "reqwest",
    "crate::cloud::accounts",
    "crate::cloud::inventory",
    "crate::cloud::scheduler::Lanes",
    "crate::cloud::scheduler::Turn",
    "crate::cloud::requeuer",
    "privatelink::Reader",
    "privatelink::Writer",
    "cloud_core::Client",
];
const OUTSIDE: &[&str] = &["tokio", "futures", "tracing", "rand", "std::fs", "std::env", "async fn", ".await"];
const TIME: &[&str] = &["Timestamp::now", "Instant", "SystemTime", "Clock"];

const RULES: &[Rule] = &[
    Rule {
        room: &["src/kubernetes.rs", "src/kubernetes", "src/runtime.rs", "src/runtime"],
        kept_out: &[KINDS, CLOUD_CLIENTS, &["crate::cloud"]],
    },
    Rule {
        room: &["src/identity.rs", "src/identity"],
        kept_out: &[
            KINDS,
            OUTSIDE,
            TIME,
            &["crate::cloud", "crate::crd", "crate::kubernetes", "crate::runtime", "kube::Client", "kube::Api"],
        ],
    },
    Rule {
        room: &["src/metrics.rs", "src/metrics"],
        kept_out: &[KINDS, &["crate::cloud", "crate::kubernetes", "crate::runtime"]],
    },
    Rule {
        room: &["src/crd.rs", "src/crd"],
        kept_out: &[
            &["crate::", "cloud_core", "privatelink", "tokio", "tracing", "reqwest", "kube::Client", "kube::Api"],
            TIME,
        ],
    },
    Rule {
        room: &["src/vpc_endpoint_service/prior_status.rs"],
        kept_out: &[
            KUBERNETES_CLIENTS,
            CLOUD_CLIENTS,
            OUTSIDE,
            TIME,
            &["super::observe", "super::plan", "super::execute"],
        ],
    },
    Rule { room: &["src/vpc_endpoint_service/resolve.rs"], kept_out: &[CLOUD_CLIENTS, OUTSIDE, TIME] },
    Rule {
        room: &["src/vpc_endpoint_service/desired.rs", "src/vpc_endpoint_service/desired"],
        kept_out: &[KUBERNETES_CLIENTS, CLOUD_CLIENTS, OUTSIDE, TIME, &["super::observe", "super::plan"]],
    },
    Rule {
        room: &["src/vpc_endpoint_service/observe.rs"],
        kept_out: &[KUBERNETES_CLIENTS, TIME, &["Writer", "super::plan", "super::execute", "crate::cloud::scheduler"]],
    },
    Rule {
        room: &[
            "src/vpc_endpoint_service/plan.rs",
            "src/vpc_endpoint_service/plan",
            "src/vpc_endpoint_service/teardown.rs",
            "src/vpc_endpoint_service/teardown",
            "src/vpc_endpoint_service/connections.rs",
        ],
        kept_out: &[KUBERNETES_CLIENTS, CLOUD_CLIENTS, OUTSIDE, TIME, &["k8s_openapi", "super::execute"]],
    },
    Rule {
        room: &["src/vpc_endpoint_service/execute.rs", "src/vpc_endpoint_service/execute"],
        kept_out: &[&["crate::crd", "super::conclude", "super::desired", "kube", "tokio", "reqwest"]],
    },
    Rule {
        room: &["src/vpc_endpoint_service/conclude.rs", "src/vpc_endpoint_service/conclude"],
        kept_out: &[
            &["kube", "crate::runtime::Context", "crate::runtime::Kubernetes", "super::context"],
            CLOUD_CLIENTS,
            OUTSIDE,
            TIME,
        ],
    },
    Rule {
        room: &["src/backoff.rs", "src/cloud/breaker.rs", "src/cloud/errors.rs", "src/cloud/errors"],
        kept_out: &[KUBERNETES_CLIENTS, OUTSIDE, TIME],
    },
    // What an error code means is known in one room.
    Rule {
        room: &[
            "src/cloud/accounts.rs",
            "src/cloud/accounts",
            "src/cloud/inventory.rs",
            "src/cloud/inventory",
            "src/cloud/scheduler.rs",
            "src/cloud/scheduler",
            "src/cloud/services.rs",
            "src/cloud/services",
            "src/vpc_endpoint_service.rs",
            "src/vpc_endpoint_service",
        ],
        kept_out: &[&["cloud_core::code", "cloud_core::token_state", "privatelink::code"]],
    },
    Rule {
        room: &["crates/cloud-core/src"],
        kept_out: &[&["kube", "k8s_openapi", "privatelink_operator", "privatelink", "privatelink_sim"]],
    },
    // Of a resource it knows no more than the trait says.
    Rule {
        room: &["src/cloud/inventory.rs", "src/cloud/inventory"],
        kept_out: &[&[
            "crate::cloud::services",
            "super::services",
            "crate::cloud::scheduler",
            "crate::vpc_endpoint_service",
            "EndpointServices",
            "privatelink::Client",
            "privatelink::Reader",
            "privatelink::ServiceStatus",
            "privatelink::Writer",
        ]],
    },
    // It reads nothing, and knows no kind.
    Rule {
        room: &["src/cloud/scheduler.rs", "src/cloud/scheduler"],
        kept_out: &[&[
            "crate::cloud::inventory",
            "crate::cloud::services",
            "crate::vpc_endpoint_service",
            "privatelink::Client",
            "privatelink::Reader",
            "privatelink::Writer",
        ]],
    },
    Rule { room: &["crates/privatelink/src"], kept_out: &[&["kube", "k8s_openapi", "privatelink_operator"]] },
    Rule { room: &["crates/privatelink-sim/src"], kept_out: &[&["kube", "k8s_openapi", "privatelink_operator"]] },
];

#[test]
fn every_file_uses_only_what_its_room_may_use() {
    let trespasses: Vec<String> = RULES.iter().flat_map(trespasses).collect();
    assert!(trespasses.is_empty(), "{}", trespasses.join("\n"));
}

#[test]
fn every_room_of_the_rules_is_there() {
    for room in RULES.iter().flat_map(|rule| rule.room) {
        let is_submodules = fs::exists(repository().join(format!("{room}.rs"))).unwrap();
        assert!(is_submodules || fs::exists(repository().join(room)).unwrap(), "{room}");
    }
}

#[test]
fn the_client_and_the_simulator_do_not_depend_on_kubernetes_or_the_operator() {
    for library in ["cloud-core", "privatelink", "privatelink-sim"] {
        let manifest = format!("crates/{library}/Cargo.toml");
        let text = fs::read_to_string(repository().join(&manifest)).unwrap();
        let dependencies = text.split_once("[dependencies]").unwrap().1;
        let names: Vec<&str> = dependencies.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).collect();
        let products = ["privatelink", "privatelink-sim"].into_iter().filter(|_| library == "cloud-core");
        for kept_out in ["kube", "k8s-openapi", "privatelink-operator"].into_iter().chain(products) {
            assert!(!names.contains(&kept_out), "{manifest} depends on {kept_out}");
        }
    }
}

/// What asks the API server. Each stands on a line with what bounds it in time.
const CALLS_TO_THE_API_SERVER: [&str; 9] = [
    ".get(&",
    ".get(CONSTANT_NAMESPACE",
    ".get_metadata(",
    ".get_opt(",
    ".list(&",
    ".watch(&",
    ".patch(&",
    ".patch_status(&",
    "recorder.publish(",
];

#[test]
fn every_call_to_the_api_server_has_a_deadline() {
    let mut found = Vec::new();
    for file in sources(&repository().join("src/kubernetes")).into_iter().filter(|file| !is_test(file)) {
        let code = relevant(&fs::read_to_string(&file).unwrap());
        // Reads of maps in memory are no calls.
        let asks =
            |line: &&str| CALLS_TO_THE_API_SERVER.iter().any(|call| line.contains(call)) && line.contains(".await");
        let unbounded = code
            .lines()
            .filter(asks)
            .filter(|line| !["call(", "timeout(", "within("].iter().any(|bound| line.contains(bound)));
        found.extend(unbounded.map(|line| format!("{}: {}", file.display(), line.trim())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nobody_but_the_helpers_asks_the_api_server() {
    // They hand an `Api` on, and call nothing.
    const HAND_ON: [&str; 2] = ["src/runtime.rs", "src/runtime/watch.rs"];
    let is_helper = |file: &Path| {
        let name = file.strip_prefix(repository()).unwrap();
        name.starts_with("src/kubernetes") || HAND_ON.iter().any(|allowed| name == Path::new(allowed))
    };
    let others = sources(&repository().join("src")).into_iter().filter(|file| !is_test(file) && !is_helper(file));
    let found: Vec<PathBuf> =
        others.filter(|file| mentions(&relevant(&fs::read_to_string(file).unwrap()), "kube::Api")).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn every_task_is_supervised() {
    // The first waits for a signal, the second publishes one event, the third answers one request: none is missed if it panics.
    const SINGLE: [&str; 3] = ["src/app/shutdown.rs", "src/runtime/watch.rs", "src/admin/listener.rs"];
    let is_single = |file: &Path| SINGLE.iter().any(|allowed| file.ends_with(allowed));
    let tasks = sources(&repository().join("src")).into_iter().filter(|file| !is_test(file) && !is_single(file));
    for file in tasks {
        let code = relevant(&fs::read_to_string(&file).unwrap());
        let (spawned, supervised) = (
            code.matches("tokio::spawn(").count(),
            code.matches("supervise::forever(").count() + code.matches("supervise::until_done(").count(),
        );
        assert!(spawned <= supervised, "{}: {spawned} tasks, {supervised} of them supervised", file.display());
    }
}

#[test]
fn no_file_is_called_mod() {
    let found: Vec<PathBuf> = ["src", "crates", "tools", "tests/it"]
        .iter()
        .flat_map(|folder| sources(&repository().join(folder)))
        .filter(|path| path.ends_with("mod.rs"))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn shipped_code_knows_nothing_of_seeded_bugs() {
    let crates = fs::read_dir(repository().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let files = crates.chain([repository().join("src")]).flat_map(|room| sources(&room));
    let found: Vec<PathBuf> =
        files.filter(|file| fs::read_to_string(file).unwrap().to_lowercase().contains("mutant")).collect();
    assert!(found.is_empty(), "{found:?}");
    let operator = fs::read(Programs::locate().unwrap().operator).unwrap();
    assert!(!String::from_utf8_lossy(&operator).contains("PRIVATELINK_MUTANT"));
}

#[test]
fn what_is_shipped_is_built_without_features() {
    let read = |file: &str| fs::read_to_string(repository().join(file)).unwrap();
    let (manifest, dockerfile, makefile) = (read("Cargo.toml"), read("Dockerfile"), read("Makefile"));
    let release = makefile.lines().find(|line| line.starts_with("RELEASE_BUILD")).unwrap();
    for built in [dockerfile.as_str(), release] {
        assert!(built.contains("cargo build --release") && !built.contains("features"), "{built}");
    }
    let features = manifest.split("\n[features]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    assert!(!features.contains("default"), "{features}");
}

/// Rooms whose memory lasts as long as the process.
const MEMORY: &[&str] = &[
    "src/cloud/accounts.rs",
    "src/cloud/accounts",
    "src/cloud/inventory.rs",
    "src/cloud/inventory",
    "src/cloud/scheduler.rs",
    "src/cloud/scheduler",
    "src/kubernetes",
    "src/runtime.rs",
    "src/runtime",
    "src/vpc_endpoint_service/context.rs",
    "src/vpc_endpoint_service/sightings.rs",
    "src/metrics.rs",
    "src/metrics",
];

/// Every map and set there, and what bounds it. What users type (names, regions, ids) must not make anything grow for ever: a new one needs
/// a line here, and where it is keyed by an object a `forget` that reaches it, which
/// `nothing_names_an_object_once_it_is_forgotten` looks for.
const BOUNDED: &[(&str, &str, &str)] = &[
    ("src/cloud/accounts/caller.rs", "waiting", "forget of each object"),
    ("src/cloud/accounts/open.rs", "accounts", "those without objects are let go after a while"),
    ("src/cloud/inventory/breakers.rs", "Breakers", "one entry an operation"),
    ("src/cloud/inventory/details.rs", "entries", "forget of each object"),
    ("src/cloud/inventory/details.rs", "queue", "forget of each object"),
    ("src/cloud/inventory/observed.rs", "setbacks", "an answer, not a memory"),
    ("src/cloud/inventory/own.rs", "fields", "ends with a list or a read late enough"),
    ("src/cloud/inventory/own.rs", "refusals", "one entry an operation"),
    ("src/cloud/inventory/setbacks.rs", "fields", "fields of one spec; an edit and forget of the object clear them"),
    ("src/cloud/inventory/state.rs", "by_resource", "what the newest list shows"),
    ("src/cloud/inventory/state.rs", "details_errors", "what the newest list shows"),
    ("src/cloud/inventory/state.rs", "objects", "forget of each object"),
    ("src/cloud/inventory/state.rs", "own", "spent with a list late enough"),
    ("src/cloud/inventory/state.rs", "read", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/state.rs", "resources", "what the newest list shows"),
    ("src/cloud/inventory/state/sweeps.rs", "objects", "an answer, not a memory"),
    ("src/cloud/inventory/view.rs", "by_object", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/view.rs", "by_uid", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/view.rs", "resources", "what the newest list shows, and what is new"),
    ("src/cloud/inventory/wishes.rs", "Wishes", "forget of each object"),
    ("src/cloud/inventory/words.rs", "Words", "at most 32 words"),
    ("src/cloud/scheduler/rates.rs", "set", "one entry an operation"),
    ("src/cloud/scheduler/refusals.rs", "counts", "one entry an operation"),
    ("src/cloud/scheduler/refusals.rs", "groups", "as many as the refusals of objects need"),
    ("src/cloud/scheduler/refusals.rs", "members", "forget of each object"),
    ("src/cloud/scheduler/refusals.rs", "objects", "forget of each object"),
    ("src/cloud/scheduler/state.rs", "busy", "as many as turns are held"),
    ("src/cloud/scheduler/state.rs", "limits", "one entry an operation"),
    ("src/cloud/scheduler/state.rs", "resting", "ends by itself in seconds"),
    ("src/cloud/scheduler/state/fair.rs", "numbers", "the namespaces of one round"),
    ("src/cloud/scheduler/state/fair.rs", "serving", "one entry a lane"),
    ("src/cloud/scheduler/state/queue.rs", "held", "ends by itself in seconds"),
    ("src/cloud/scheduler/state/queue.rs", "lines", "leave of each object"),
    ("src/cloud/scheduler/state/queue.rs", "waiters", "leave of each object"),
    ("src/runtime/backoff.rs", "failures", "forget of each object"),
    ("src/kubernetes/definition.rs", "marked", "forget of each object"),
    ("src/kubernetes/freshness.rs", "newest", "forget of each object"),
    ("src/kubernetes/freshness.rs", "own", "forget of each object"),
    ("src/kubernetes/status_memory.rs", "StatusMemory<S>", "forget of each object"),
    ("src/runtime/uid_tracker.rs", "listed", "one list"),
    ("src/runtime/uid_tracker.rs", "uids", "an object that is gone is taken out"),
    ("src/vpc_endpoint_service/sightings.rs", "Sightings", "forget of each object"),
    ("src/runtime/watch/foreign.rs", "doubts", "an object that is gone is taken out"),
    ("src/runtime/watch/foreign.rs", "last", "an object that is gone is taken out"),
    ("src/runtime/watch/change_filter.rs", "seen", "an object that is gone is taken out"),
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

#[test]
fn a_trespass_is_seen_as_a_path_of_its_own_and_not_in_comments_or_tests() {
    let seen = |code: &str, word| mentions(&relevant(code), word);
    assert!(seen("use kube::Client;", "kube"));
    assert!(seen("pub use crate::{a, k8s::LatestObject};\nuse kube::{Api};", "kube"));
    assert!(seen("fn f() { let now = jiff::Timestamp::now(); }", "Timestamp::now"));
    assert!(seen("pub async fn f() {}", "async fn"));
    assert!(seen("let x = f().await;", ".await"));
    assert!(seen("use crate::cloud::{\n    scheduler::Turn,\n    services::Service,\n};", "crate::cloud::scheduler"));
    assert!(seen("use super::super::plan::Plan;", "super::plan"));
    assert!(!seen("//! Uses kube::Client\nfn kubernetes() {}", "kube"));
    assert!(!seen("use crate::kube_like::X;", "kube"));
    assert!(!seen("fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use kube::Client;\n}\n", "kube"));
}

fn trespasses(rule: &Rule) -> Vec<String> {
    let files = rule.room.iter().flat_map(|room| sources(&repository().join(room)));
    let mut found = Vec::new();
    for file in files.filter(|file| !is_test(file)) {
        let code = relevant(&fs::read_to_string(&file).unwrap());
        let words = rule.kept_out.iter().copied().flatten().filter(|word| mentions(&code, word));
        found.extend(words.map(|word| format!("{} must not use {word}", file.display())));
    }
    found
}

/// Whether the word is there with no letter, digit or underscore right before or after it. A crate's name counts only at the head of a
/// path.
fn mentions(code: &str, word: &str) -> bool {
    let is_crate = !word.contains([':', ' ', '.']) && word.chars().all(|character| !character.is_uppercase());
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part_of_name = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let ends = word.ends_with("::") || !part_of_name(after);
        let stands_alone = ends && (word.starts_with('.') || !part_of_name(before));
        let heads_a_path = code[at + word.len()..].starts_with("::") && before != Some(':');
        stands_alone && (!is_crate || heads_a_path)
    })
}
