//! Who gets which rights in Kubernetes: read from `config/` and from what the chart renders, which `make chart` holds against the chart.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::checkout::repository;

/// Stands for the namespace that is watched, in the names of objects that have it in theirs.
const WATCHED: &str = "{watched}";

/// Where a right holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Cluster,
    /// The namespace that is watched.
    Watched,
    /// Another one: that of the operator itself.
    Own,
}

/// One verb on one resource: a rule of a role is as many of them as it has combinations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Right {
    pub(super) verb: String,
    pub(super) group: String,
    /// With the subresource, after a slash.
    pub(super) resource: String,
    /// Of this object only; none: of all.
    name: Option<String>,
    pub(super) scope: Scope,
}

impl Right {
    /// The group and the resource.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.group, self.resource)
    }

    /// The only object that it is about, where this namespace is watched.
    pub(super) fn name(&self, watched: &str) -> Option<String> {
        self.name.as_ref().map(|name| name.replace(WATCHED, watched))
    }
}

/// What is applied at once.
#[derive(Debug)]
pub(super) struct Installation {
    /// The file, or the folder.
    pub(super) source: String,
    /// It is told to have the rights for `spec.exportTo`.
    pub(super) exports: bool,
    /// What the operator is started with.
    pub(super) arguments: Vec<String>,
    /// What the operator may do.
    pub(super) operator: BTreeSet<Right>,
    /// What each other `ServiceAccount` may do, by its name.
    pub(super) others: BTreeMap<String, BTreeSet<Right>>,
    /// What is added to the roles of people.
    pub(super) people: BTreeSet<Right>,
    /// Every rule of every role.
    pub(super) rules: Vec<Value>,
}

/// All of them: `config/` first.
pub(super) fn installations() -> Vec<Installation> {
    let root = repository();
    let config = ["config/rbac", "config/default"].map(|folder| files(&root.join(folder)));
    let text: Vec<String> = config.iter().flatten().map(|file| fs::read_to_string(file).unwrap()).collect();
    let renderings = files(&root.join("tests/chart/snapshots"));
    let config = text.join("\n---\n");
    let export_to: Vec<String> =
        files(&root.join("config/export-to")).iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let with_export_to = format!("{config}\n---\n{}", export_to.join("\n---\n"));
    let mut found =
        vec![Installation::read("config", &config), Installation::read("config, export-to", &with_export_to)];
    found.extend(renderings.iter().map(|file| {
        let name = file.file_stem().unwrap().to_string_lossy();
        Installation::read(&format!("chart, {name}"), &fs::read_to_string(file).unwrap())
    }));
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    files
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.map(|item| item.as_str().expect("a text").to_owned()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Installation {
    fn read(source: &str, manifests: &str) -> Self {
        let documents: Vec<Value> = manifests
            .split("\n---")
            .filter(|part| part.lines().any(|line| line.starts_with("kind:")))
            .map(|part| serde_saphyr::from_str(part).expect(source))
            .collect();
        let of_kind = |kinds: &[&str]| -> Vec<&Value> {
            documents.iter().filter(|document| kinds.contains(&document["kind"].as_str().unwrap_or_default())).collect()
        };
        let pod =
            of_kind(&["Deployment"]).first().map_or(Value::Null, |found| found["spec"]["template"]["spec"].clone());
        let arguments = texts(&pod["containers"][0]["args"]);
        let watched = arguments.iter().find_map(|argument| argument.strip_prefix("--watch-namespace="));
        let roles = of_kind(&["Role", "ClusterRole"]);
        let bindings = of_kind(&["RoleBinding", "ClusterRoleBinding"]);
        let mut bound = bound(&roles, &bindings, watched);
        Self {
            source: source.to_owned(),
            exports: source.ends_with("export-to") || source.contains("export-to-"),
            operator: bound.remove(&text(&pod["serviceAccountName"])).unwrap_or_default(),
            arguments,
            others: bound,
            people: roles
                .iter()
                .filter(|role| is_aggregated(role))
                .flat_map(|role| rights(role, Scope::Cluster, None))
                .collect(),
            rules: roles.iter().flat_map(|role| role["rules"].as_array().cloned().unwrap_or_default()).collect(),
        }
    }

    /// What the operator is told that decides which rights it needs.
    pub(super) fn flags(&self) -> BTreeSet<&'static str> {
        let given = |flag: &str| self.arguments.iter().any(|argument| argument.split('=').next() == Some(flag));
        ["--cluster-id", "--ignore-crd-deletion", "--watch-namespace"].into_iter().filter(|flag| given(flag)).collect()
    }
}

/// What each `ServiceAccount` may do. A subject of another kind is nobody in the cluster.
fn bound(roles: &[&Value], bindings: &[&Value], watched: Option<&str>) -> BTreeMap<String, BTreeSet<Right>> {
    let mut bound: BTreeMap<String, BTreeSet<Right>> = BTreeMap::new();
    for binding in bindings {
        let namespace = binding["metadata"]["namespace"].as_str();
        let scope = match (binding["kind"] == "ClusterRoleBinding", namespace.is_some() && namespace == watched) {
            (true, _) => Scope::Cluster,
            (false, true) => Scope::Watched,
            (false, false) => Scope::Own,
        };
        let is_meant = |role: &&&Value| {
            let (kind, name) = (&role["kind"], &role["metadata"]["name"]);
            (kind, name) == (&binding["roleRef"]["kind"], &binding["roleRef"]["name"])
                && (kind == "ClusterRole" || role["metadata"]["namespace"].as_str() == namespace)
        };
        let Some(role) = roles.iter().find(is_meant) else { continue };
        let subjects = binding["subjects"].as_array().into_iter().flatten();
        for subject in subjects.filter(|subject| subject["kind"] == "ServiceAccount") {
            bound.entry(text(&subject["name"])).or_default().extend(rights(role, scope, watched));
        }
    }
    bound
}

fn is_aggregated(role: &Value) -> bool {
    let labels = role["metadata"]["labels"].as_object();
    labels.is_some_and(|labels| labels.keys().any(|key| key.starts_with("rbac.authorization.k8s.io/aggregate-to-")))
}

fn rights(role: &Value, scope: Scope, watched: Option<&str>) -> Vec<Right> {
    let general = |name: String| watched.map_or_else(|| name.clone(), |watched| name.replace(watched, WATCHED));
    let mut found = Vec::new();
    for rule in role["rules"].as_array().into_iter().flatten() {
        let mut names: Vec<_> = texts(&rule["resourceNames"]).into_iter().map(|name| Some(general(name))).collect();
        if names.is_empty() {
            names.push(None);
        }
        for group in texts(&rule["apiGroups"]) {
            for resource in texts(&rule["resources"]) {
                for name in &names {
                    found.extend(texts(&rule["verbs"]).into_iter().map(|verb| Right {
                        verb,
                        group: group.clone(),
                        resource: resource.clone(),
                        name: name.clone(),
                        scope,
                    }));
                }
            }
        }
    }
    found
}
