//! The command `crds`: the CustomResourceDefinitions as text or as files.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::args::CrdsArgs;
use crate::crd::generate::{Manifest, manifests};

/// Why the definitions are nowhere.
#[derive(Debug, thiserror::Error)]
pub enum CrdsError {
    #[error("failed to print the definitions")]
    Print(#[source] io::Error),
    #[error("failed to write {path:?}: {source}; give another folder with --output")]
    Write { path: PathBuf, source: io::Error },
}

/// Writes one file a definition into the folder, or all of them to standard output as one stream of documents.
pub fn write(args: &CrdsArgs) -> Result<(), CrdsError> {
    match &args.output {
        None => io::stdout().write_all(stream(&manifests()).as_bytes()).map_err(CrdsError::Print),
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|source| CrdsError::Write { path: folder.clone(), source })?;
            manifests().into_iter().try_for_each(|Manifest { file_name, yaml }| {
                let path = folder.join(file_name);
                fs::write(&path, yaml).map_err(|source| CrdsError::Write { path, source })
            })
        }
    }
}

fn stream(manifests: &[Manifest]) -> String {
    let documents: Vec<&str> = manifests.iter().map(|manifest| manifest.yaml.as_str()).collect();
    documents.join("---\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_definition_becomes_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("new/crds");
        write(&CrdsArgs { output: Some(output.clone()) }).unwrap();
        for Manifest { file_name, yaml } in manifests() {
            assert_eq!(fs::read_to_string(output.join(file_name)).unwrap(), yaml);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_names_the_flag() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = write(&CrdsArgs { output: Some(file.path().join("crds")) }).unwrap_err();
        assert!(error.to_string().ends_with("; give another folder with --output"), "{error}");
    }

    #[test]
    fn printed_definitions_are_documents_of_one_stream() {
        let manifest = |yaml: &str| Manifest { file_name: String::new(), yaml: yaml.to_owned() };
        assert_eq!(stream(&[manifest("a: 1\n"), manifest("b: 2\n")]), "a: 1\n---\nb: 2\n");
    }
}
