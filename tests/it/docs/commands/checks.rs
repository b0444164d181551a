//! What can be told of a command without running it: verb and flags exist, and so do the files, charts, values and kinds that it names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use local_control_plane::ControlPlane;
use privatelink_sim::Fault;
use serde_json::Value;

use super::shell::Command;
use crate::support::checkout::repository;

/// What stands for something of the reader's.
const OF_THE_READER: [&str; 6] = ["-", ".", "…", "your-service.yaml", "orders.yaml", "NAME"];

/// Flags of Helm that the pages use; a release of Helm that takes one away is found by make chart, which runs them.
const HELM_FLAGS: [&str; 9] = [
    "--namespace",
    "--create-namespace",
    "--set",
    "--values",
    "--reset-then-reuse-values",
    "--wait",
    "--no-hooks",
    "--timeout",
    "--version",
];
const HELM_VERBS: [&str; 6] = ["install", "upgrade", "uninstall", "rollback", "template", "history"];

/// What a shell brings along.
const OF_THE_SHELL: [&str; 6] = ["echo", "grep", "read", "sed", "sleep", "true"];

pub(super) struct Checks {
    root: PathBuf,
    control_plane: &'static ControlPlane,
    makefile: String,
    flags: String,
    values: BTreeSet<String>,
    /// Names of kinds, long and short.
    kinds: BTreeSet<String>,
    /// What kubectl says of a verb.
    help: RefCell<BTreeMap<String, String>>,
    routes: String,
}

impl Checks {
    pub(super) fn new(control_plane: &'static ControlPlane) -> Self {
        let root = repository();
        let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
        let values: Value = serde_saphyr::from_str(&read("charts/privatelink-operator/values.yaml")).unwrap();
        let mut paths = BTreeSet::new();
        add_paths(&values, "", &mut paths);
        let kinds = said(control_plane, &["api-resources", "--no-headers"]);
        // Name, short names where there are any, version, namespaced or not, kind.
        let kinds = kinds.lines().flat_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let short = (words.len() == 5).then(|| words[1].split(','));
            std::iter::once(words[0]).chain(short.into_iter().flatten()).map(str::to_owned).collect::<Vec<_>>()
        });
        let kinds: BTreeSet<String> =
            kinds.flat_map(|name| [name.strip_suffix('s').unwrap_or(&name).to_owned(), name]).collect();
        Self {
            makefile: read("Makefile"),
            flags: read("docs/reference/flags.md"),
            routes: read("crates/privatelink-sim/src/admin/routes.rs"),
            values: paths,
            kinds,
            help: RefCell::default(),
            control_plane,
            root,
        }
    }

    /// What is wrong with a command; `None`: nothing that can be told.
    pub(super) fn problem(&self, command: &Command) -> Option<String> {
        let words: Vec<&str> = command.words.iter().skip(1).map(String::as_str).collect();
        match command.program() {
            "make" => self.make(&words),
            "kubectl" => self.kubectl(&words, command.is_whole),
            "helm" => self.helm(&words),
            "privatelink-operator" => self.operator(&words),
            "curl" => self.curl(&words),
            "source" => {
                (words != ["target/demo/env"]).then(|| "only make demo KEEP=1 writes a file to source".to_owned())
            }
            program if OF_THE_SHELL.contains(&program) => None,
            program if program.contains('/') => self.missing_file(program),
            _ => Some("no check knows this program: add one, or give the reason in NOT_RUN".to_owned()),
        }
    }

    fn missing_file(&self, file: &str) -> Option<String> {
        let is_there = OF_THE_READER.contains(&file) || self.root.join(file).exists();
        (!is_there).then(|| format!("there is no {file}"))
    }

    fn make(&self, words: &[&str]) -> Option<String> {
        words.iter().find_map(|word| match word.split_once('=') {
            Some((variable, _)) => {
                let is_read = ["$(", "$(if $(", "$(or $("]
                    .iter()
                    .any(|before| self.makefile.contains(&format!("{before}{variable})")))
                    || self.makefile.contains(&format!("{variable}="))
                    || ["UPDATE", "KUBERNETES_VERSION", "KEEP"].contains(&variable);
                (!is_read).then(|| format!("the Makefile does not read {variable}"))
            }
            None => {
                (!self.makefile.contains(&format!("\n{word}:"))).then(|| format!("the Makefile has no verb {word}"))
            }
        })
    }

    fn helm(&self, words: &[&str]) -> Option<String> {
        let verb = words.iter().find(|word| !word.starts_with('-'));
        if let Some(unknown) = verb.filter(|verb| !HELM_VERBS.contains(verb)) {
            return Some(format!("no check knows the verb {unknown}"));
        }
        flags(words)
            .find_map(|(flag, value)| match flag {
                _ if !HELM_FLAGS.contains(&flag) => Some(format!("no check knows the flag {flag}")),
                "--values" => self.missing_file(value),
                "--set" => self.unknown_value(value),
                _ => None,
            })
            .or_else(|| {
                words
                    .iter()
                    .filter(|word| word.starts_with("charts/"))
                    .find_map(|chart| self.missing_file(&format!("{chart}/Chart.yaml")))
            })
    }

    /// What is set is a value of the chart, or in a map of it.
    fn unknown_value(&self, setting: &str) -> Option<String> {
        let name = setting.split('=').next().unwrap_or_default();
        let parent = name.rsplit_once('.').map(|(parent, _)| format!("{parent}.*"));
        let is_known = self.values.contains(name) || parent.is_some_and(|parent| self.values.contains(&parent));
        (!is_known).then(|| format!("the chart has no value {name}"))
    }

    fn operator(&self, words: &[&str]) -> Option<String> {
        let (verb, rest) = words.split_first().filter(|(verb, _)| **verb != "COMMAND")?;
        let section = self.flags.split(&format!("\n## `privatelink-operator {verb}`")).nth(1);
        let Some(section) = section.and_then(|section| section.split("\n## ").next()) else {
            return Some(format!("the operator has no command {verb}"));
        };
        let unknown = |flag: &str| flag != "--help" && !section.contains(&format!("`{flag}"));
        flags(rest).find_map(|(flag, value)| match flag {
            _ if unknown(flag) => Some(format!("{verb} has no flag {flag}")),
            "-f" | "--filename" => self.missing_file(value),
            _ => None,
        })
    }

    /// The simulator's admin API, at the address of the demo or of docs/install.md.
    fn curl(&self, words: &[&str]) -> Option<String> {
        let url = words.iter().find(|word| word.contains("/v1/"))?;
        let path = url.split("/v1/").nth(1).and_then(|path| path.split(['?', '/']).next()).unwrap_or_default();
        if !self.routes.contains(&format!("\"/v1/{path}\"")) {
            return Some(format!("the simulator has no route /v1/{path}"));
        }
        let body = flags(words).find(|(flag, _)| *flag == "--json" && path == "faults")?.1;
        serde_json::from_str::<Fault>(body).err().map(|error| format!("no fault: {error}"))
    }

    fn kubectl(&self, words: &[&str], is_whole: bool) -> Option<String> {
        let named = positional(words);
        let Some(verb) = named.first() else { return is_whole.then(|| "there is no verb".to_owned()) };
        let verb = match named.get(1) {
            Some(second) if ["create", "rollout", "auth", "set"].contains(verb) => {
                let third =
                    named.get(2).filter(|_| *second == "secret").map(|third| format!(" {third}")).unwrap_or_default();
                format!("{verb} {second}{third}")
            }
            _ => (*verb).to_owned(),
        };
        let help = self.help(&verb);
        if help.is_empty() {
            return Some(format!("kubectl has no verb {verb}"));
        }
        flags(words)
            .find_map(|(flag, value)| self.flag(&help, flag, value))
            .or_else(|| self.unknown_kind(&verb, &named, is_whole))
    }

    fn flag(&self, help: &str, flag: &str, value: &str) -> Option<String> {
        let is_known = match flag.strip_prefix("--") {
            Some(long) => help.contains(&format!("--{long}=")),
            None => help.contains(&format!(" {flag}, ")),
        };
        if !is_known {
            return Some(format!("kubectl has no flag {flag} there"));
        }
        ["-f", "-k", "--filename", "--kustomize"].contains(&flag).then(|| self.missing_file(value)).flatten()
    }

    /// The kinds of what a verb is about: `kind name`, `kind/name`, `kind,kind`.
    fn unknown_kind(&self, verb: &str, named: &[&str], is_whole: bool) -> Option<String> {
        let about = [
            "get",
            "describe",
            "delete",
            "wait",
            "patch",
            "annotate",
            "explain",
            "scale",
            "rollout status",
            "rollout restart",
        ];
        let first = *named.get(verb.split(' ').count())?;
        if !about.contains(&verb) || OF_THE_READER.contains(&first) && !is_whole {
            return None;
        }
        let kinds = first.split(['/', '.']).next().unwrap_or_default().split(',');
        kinds
            .map(str::to_lowercase)
            .find(|kind| !self.kinds.contains(kind))
            .map(|kind| format!("the API server knows no kind {kind}"))
    }

    /// What kubectl says of a verb and of its flags; empty where it has none of that name.
    fn help(&self, verb: &str) -> String {
        let mut known = self.help.borrow_mut();
        let say = || {
            let words: Vec<_> = verb.split(' ').collect();
            let of_verb = said(self.control_plane, &[&words[..], &["--help"]].concat());
            let is_one = of_verb.contains("Usage:") && of_verb.contains(&format!("kubectl {verb}"));
            if is_one { of_verb + &said(self.control_plane, &["options"]) } else { String::new() }
        };
        known.entry(verb.to_owned()).or_insert_with(say).clone()
    }
}

/// What kubectl prints.
fn said(control_plane: &ControlPlane, arguments: &[&str]) -> String {
    String::from_utf8(control_plane.kubectl(arguments).output().unwrap().stdout).unwrap()
}

/// Flags that stand apart from their value.
const WITH_VALUE: [&str; 16] = [
    "-n",
    "--raw",
    "--namespace",
    "-f",
    "-k",
    "--filename",
    "--kustomize",
    "-o",
    "--output",
    "-p",
    "--patch",
    "--type",
    "-l",
    "--selector",
    "--set",
    "--values",
];

/// Each flag with its value, empty where it has none.
fn flags<'a>(words: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    words.iter().enumerate().filter(|(_, word)| word.starts_with('-') && word.len() > 1).map(|(at, word)| {
        word.split_once('=')
            .filter(|_| word.starts_with("--"))
            .unwrap_or_else(|| (word, words.get(at + 1).copied().unwrap_or_default()))
    })
}

/// What is neither a flag nor the value of one.
fn positional<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let is_value = |at: usize| at > 0 && WITH_VALUE.contains(&words[at - 1]);
    words
        .iter()
        .enumerate()
        .filter(|(at, word)| (!word.starts_with('-') || **word == "-") && !is_value(*at))
        .map(|(_, word)| *word)
        .collect()
}

/// The paths of all values; of an empty map, that anything may be in it.
fn add_paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    for (name, inside) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if inside.as_object().is_some_and(serde_json::Map::is_empty) {
            found.insert(format!("{path}.*"));
        }
        add_paths(inside, &path, found);
        found.insert(path);
    }
}
