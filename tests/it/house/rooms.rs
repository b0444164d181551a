//! Which room may use what: Rust checks the walls between crates, this reads the source for those between rooms.

use std::fs;

use crate::support::checkout::repository;
use crate::support::source::{is_test, mentions, relevant, sources};

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
    "crate::cloud::load_balancers::LoadBalancerCache",
    "crate::cloud::scheduler::Scheduler",
    "crate::cloud::scheduler::Permit",
    "crate::cloud::requeuer",
    "loadbalancers::Reader",
    "loadbalancers::Reader",
    "privatelink::Reader",
    "privatelink::Writer",
    "cloud_core::Client",
];
const POWERS_TO_WRITE: &[&str] = &[
    "Writer",
    "privatelink::Writer",
    "crate::cloud::accounts::Account",
    "crate::cloud::accounts::Accounts",
    "Powers::Act",
    "Means",
    "ObjectWriter",
    "StatusWriter",
    "EventSink",
    "crate::runtime::Context",
    "crate::runtime::Kubernetes",
    "super::context",
];
const OUTSIDE: &[&str] = &["tokio", "futures", "tracing", "rand", "std::fs", "std::env", "async fn", ".await"];
const TIME: &[&str] = &["Timestamp::now", "Instant", "SystemTime", "Clock"];

const RULES: &[Rule] = &[
    Rule {
        room: &["src/kubernetes.rs", "src/kubernetes", "src/runtime.rs", "src/runtime"],
        kept_out: &[KINDS, CLOUD_CLIENTS, &["crate::cloud"]],
    },
    // The election itself calls nobody and asks no clock.
    Rule {
        room: &["src/runtime/leader/election.rs"],
        kept_out: &[
            OUTSIDE,
            TIME,
            &["kube", "crate::kubernetes::lease", "crate::fence", "crate::metrics", "crate::admin"],
        ],
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
            "src/vpc_endpoint_service/load_balancers.rs",
            "src/vpc_endpoint_service/load_balancers",
        ],
        kept_out: &[KUBERNETES_CLIENTS, CLOUD_CLIENTS, OUTSIDE, TIME, &["k8s_openapi", "super::execute"]],
    },
    // What only looks is handed nothing to write with.
    Rule {
        room: &[
            "src/commands.rs",
            "src/commands",
            "src/vpc_endpoint_service/show.rs",
            "src/vpc_endpoint_service/understand.rs",
            "src/cloud/accounts/read_only.rs",
        ],
        kept_out: &[POWERS_TO_WRITE],
    },
    Rule {
        room: &["src/commands.rs", "src/commands"],
        kept_out: &[&["kube::Api", "privatelink::Reader", "reqwest", "tracing", "crate::runtime", "crate::app"]],
    },
    Rule { room: &["src/commands/schema.rs"], kept_out: &[KUBERNETES_CLIENTS, CLOUD_CLIENTS, OUTSIDE, TIME] },
    // What is made of the answers is made without asking anybody.
    Rule {
        room: &[
            "src/commands/explain/explained.rs",
            "src/commands/explain/explained",
            "src/commands/explain/text.rs",
            "src/commands/explain/text",
            "src/commands/import/described.rs",
            "src/commands/import/described",
            "src/commands/import/imported.rs",
            "src/commands/import/name.rs",
            "src/commands/import/text.rs",
            "src/commands/import/yaml.rs",
        ],
        kept_out: &[CLOUD_CLIENTS, OUTSIDE, TIME, &["kube"]],
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
            "src/cloud/load_balancers.rs",
            "src/cloud/load_balancers",
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
        kept_out: &[&[
            "kube",
            "k8s_openapi",
            "privatelink_operator",
            "loadbalancers",
            "privatelink",
            "privatelink_sim",
        ]],
    },
    Rule {
        room: &["crates/loadbalancers/src"],
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
            "privatelink",
        ]],
    },
    // It reads, and knows no kind and nothing of services.
    Rule {
        room: &["src/cloud/load_balancers.rs", "src/cloud/load_balancers"],
        kept_out: &[
            KINDS,
            &["crate::cloud::inventory", "crate::cloud::services", "crate::cloud::scheduler", "privatelink"],
        ],
    },
    // What decides there is told the time and calls nobody.
    Rule {
        room: &[
            "src/cloud/load_balancers/entry.rs",
            "src/cloud/load_balancers/flaw.rs",
            "src/cloud/load_balancers/queue.rs",
            "src/cloud/load_balancers/seen.rs",
            "src/cloud/load_balancers/state.rs",
        ],
        kept_out: &[OUTSIDE, TIME, &["loadbalancers::Reader", "cloud_core::Client"]],
    },
    // It reads nothing, and knows no kind and no product.
    Rule {
        room: &["src/cloud/scheduler.rs", "src/cloud/scheduler"],
        kept_out: &[&[
            "crate::cloud::inventory",
            "crate::cloud::services",
            "crate::vpc_endpoint_service",
            "privatelink",
        ]],
    },
    // What every kind shares in the cloud.
    Rule {
        room: &["src/cloud/breaker.rs", "src/cloud/metrics.rs", "src/cloud/requeuer.rs"],
        kept_out: &[KINDS, &["crate::cloud::accounts", "crate::cloud::services", "super::services", "privatelink"]],
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
    for library in ["cloud-core", "loadbalancers", "privatelink", "privatelink-sim"] {
        let manifest = format!("crates/{library}/Cargo.toml");
        let text = fs::read_to_string(repository().join(&manifest)).unwrap();
        let dependencies = text.split_once("[dependencies]").unwrap().1;
        let names: Vec<&str> = dependencies.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).collect();
        let products =
            ["loadbalancers", "privatelink", "privatelink-sim"].into_iter().filter(|_| library == "cloud-core");
        for kept_out in ["kube", "k8s-openapi", "privatelink-operator"].into_iter().chain(products) {
            assert!(!names.contains(&kept_out), "{manifest} depends on {kept_out}");
        }
    }
}

#[test]
fn a_trespass_is_seen_as_a_path_of_its_own_and_not_in_comments_or_tests() {
    let seen = |code: &str, word| mentions(&relevant(code), word);
    assert!(seen("use kube::Client;", "kube"));
    assert!(seen("pub use crate::{a, k8s::LatestObject};\nuse kube::{Api};", "kube"));
    assert!(seen("fn f() { let now = jiff::Timestamp::now(); }", "Timestamp::now"));
    assert!(seen("pub async fn f() {}", "async fn"));
    assert!(seen("let x = f().await;", ".await"));
    assert!(seen("use crate::cloud::{\n    scheduler::Permit,\n    services::Service,\n};", "crate::cloud::scheduler"));
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
