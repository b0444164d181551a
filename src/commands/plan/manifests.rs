//! The manifests of files: YAML or JSON, of several documents, lists taken apart.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kube::Resource;
use serde_json::Value;

use crate::crd::VpcEndpointService;

/// Stands for standard input.
const STANDARD_INPUT: &str = "-";

/// One manifest of our kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Manifest {
    /// Where it was read.
    pub(super) source: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) value: Value,
}

/// Why there are no manifests.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("failed to read {path}: {source}; give a file with -f, or - for standard input")]
    Read { path: String, source: io::Error },
    #[error("failed to read {path} as YAML: {reason}")]
    Parse { path: String, reason: String },
    #[error("failed to read standard input twice: give -f - once")]
    Twice,
    #[error("no VpcEndpointService is in {files}; {others} documents of other kinds are")]
    Nothing { files: String, others: usize },
    #[error("a VpcEndpointService of {path} has no metadata.name; give it one")]
    Nameless { path: String },
}

/// Reads all of them, in order.
pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Manifest>, ReadError> {
    if files.iter().filter(|file| is_standard_input(file)).count() > 1 {
        return Err(ReadError::Twice);
    }
    let (mut manifests, mut others) = (Vec::new(), 0);
    for file in files {
        let path = called(file);
        let text = content(file).map_err(|source| ReadError::Read { path: path.clone(), source })?;
        others += parse(&path, &text, &mut manifests)?;
    }
    if manifests.is_empty() {
        let files: Vec<_> = files.iter().map(|file| called(file)).collect();
        return Err(ReadError::Nothing { files: files.join(", "), others });
    }
    Ok(manifests)
}

fn is_standard_input(file: &Path) -> bool {
    file == Path::new(STANDARD_INPUT)
}

fn called(file: &Path) -> String {
    if is_standard_input(file) { "standard input".to_owned() } else { file.display().to_string() }
}

fn content(file: &Path) -> io::Result<String> {
    if !is_standard_input(file) {
        return fs::read_to_string(file);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// Answers how many documents are of other kinds.
fn parse(path: &str, text: &str, manifests: &mut Vec<Manifest>) -> Result<usize, ReadError> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text)
        .map_err(|error| ReadError::Parse { path: path.to_owned(), reason: error.to_string() })?;
    let mut others = 0;
    for document in documents {
        let items = match document["items"].as_array() {
            Some(items) if is_list(&document) => items.clone(),
            _ => vec![document],
        };
        for value in items {
            if !is_ours(&value) {
                others += 1;
                continue;
            }
            let text =
                |field: &str| value["metadata"][field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let name = text("name").ok_or_else(|| ReadError::Nameless { path: path.to_owned() })?;
            manifests.push(Manifest { source: path.to_owned(), namespace: text("namespace"), name, value });
        }
    }
    Ok(others)
}

fn is_list(document: &Value) -> bool {
    document["kind"].as_str().is_some_and(|kind| kind.ends_with("List"))
}

/// Of whatever version: one that this program does not know is to be told, not passed over.
fn is_ours(value: &Value) -> bool {
    let group = value["apiVersion"].as_str().and_then(|version| version.split_once('/')).map(|(group, _)| group);
    group == Some(&*VpcEndpointService::group(&())) && value["kind"].as_str() == Some(&*VpcEndpointService::kind(&()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const SERVICE: &str =
        "apiVersion: privatelink.alibabacloud.com/v1alpha1\nkind: VpcEndpointService\nmetadata:\n  name: orders\n";

    fn parsed(text: &str) -> (usize, Vec<(Option<String>, String)>) {
        let mut manifests = Vec::new();
        let others = parse("x.yaml", text, &mut manifests).unwrap();
        (others, manifests.into_iter().map(|manifest| (manifest.namespace, manifest.name)).collect())
    }

    #[test]
    fn documents_lists_and_json_are_taken_apart_and_other_kinds_counted() {
        let other = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n";
        let placed = SERVICE.replace("name: orders", "name: billing\n  namespace: shop");
        let text = format!("---\n{other}---\n{SERVICE}---\n\n---\n{placed}");
        let orders = || (None, "orders".to_owned());
        assert_eq!(parsed(&text), (1, vec![orders(), (Some("shop".to_owned()), "billing".to_owned())]));
        let json: Value = serde_saphyr::from_str(SERVICE).unwrap();
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": [json, {"kind": "Service"}]});
        assert_eq!(parsed(&list.to_string()), (1, vec![orders()]));
    }

    #[test]
    fn another_version_of_the_kind_is_not_passed_over() {
        assert_eq!(parsed(&SERVICE.replace("v1alpha1", "v9")).1.len(), 1);
        assert_eq!(parsed(&SERVICE.replace("privatelink.alibabacloud.com", "example.com")), (1, vec![]));
    }

    #[test]
    fn what_cannot_be_read_names_the_file_and_the_way_out() {
        let said = |files: &[&str]| {
            let files: Vec<_> = files.iter().map(PathBuf::from).collect();
            read(&files).unwrap_err().to_string()
        };
        assert!(
            said(&["/gone.yaml"]).starts_with("failed to read /gone.yaml: No such file"),
            "{}",
            said(&["/gone.yaml"])
        );
        assert_eq!(said(&["-", "-"]), "failed to read standard input twice: give -f - once");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "kind: Namespace").unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        let path = path.as_str();
        assert_eq!(said(&[path]), format!("no VpcEndpointService is in {path}; 1 documents of other kinds are"));
        writeln!(file, "\tx: {{").unwrap();
        assert!(said(&[path]).starts_with(&format!("failed to read {path} as YAML: ")), "{}", said(&[path]));
    }
}
