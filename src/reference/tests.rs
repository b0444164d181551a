use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;
use crate::crd::ConditionType;

#[test]
fn the_pages_in_the_repository_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    for Page { file_name, text } in pages() {
        let stored = fs::read_to_string(folder.join(file_name)).unwrap_or_default();
        assert_eq!(stored, text, "docs/reference/{file_name} is out of date: make gen");
    }
    let stored: BTreeSet<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let known: BTreeSet<_> = pages().iter().map(|page| page.file_name.into()).collect();
    assert_eq!(stored, known);
}

#[test]
fn every_name_is_on_its_page() {
    let [_, api, conditions, reasons, _, events, _, metrics, timing] = pages();
    for condition in ConditionType::ALL {
        assert!(conditions.text.contains(&format!("| `{condition}` |")), "{condition}");
    }
    for field in ["spec.resources[].zoneIds", "status.conditions[].reason"] {
        assert!(api.text.contains(&format!("| `{field}` |")), "{field}");
    }
    for reason in Reason::ALL {
        assert!(reasons.text.contains(&format!("| `{reason}` |")), "{reason}");
    }
    for event in EventReason::ALL {
        assert!(events.text.contains(&format!("| `{event}` |")), "{event}");
    }
    for metric in Described::ALL {
        assert!(metrics.text.contains(&format!("| `{}` |", metric.full_name())), "{metric:?}");
    }
    for key in Timing::KEYS {
        let is_public = matches!(key.audience, Audience::Users { .. });
        assert_eq!(timing.text.contains(&format!("| `{}` |", key.name())), is_public, "{key:?}");
    }
}

#[test]
fn a_bar_does_not_end_a_cell() {
    assert_eq!(table(["a"], [["HOST|URL".to_owned()]]), "| a |\n|---|\n| HOST\\|URL |\n");
}

#[test]
fn pages_are_written_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("new/reference");
    write(&ReferenceArgs { output: output.clone() }).unwrap();
    for Page { file_name, text } in pages() {
        assert_eq!(fs::read_to_string(output.join(file_name)).unwrap(), text);
    }
}

#[test]
fn a_folder_that_cannot_be_names_the_flag() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = write(&ReferenceArgs { output: file.path().join("reference") }).unwrap_err();
    assert!(error.to_string().ends_with("; give another folder with --output"), "{error}");
}

#[test]
fn every_known_error_code_has_a_reason_and_a_sentence() {
    let entries: Vec<_> = errors::documented().into_iter().chain(errors::of_the_platform()).collect();
    let codes: BTreeSet<_> = entries.iter().map(|entry| entry.code.as_str()).collect();
    assert!(codes.len() > 145, "{}", codes.len());
    for entry in &entries {
        assert_ne!(entry.reason, Reason::UnknownAnswer, "{entry:?}");
        assert!(entry.sentence.len() > 20 && !entry.sentence.contains("does not know the code"), "{entry:?}");
    }
}

#[test]
fn a_rule_is_shown_with_the_field_that_it_blames() {
    let [_, api, ..] = pages();
    for row in [
        "| `spec.region` | region is immutable |",
        "| `spec.resources` | zoneIds is not used for slb, the zone comes with the load balancer |",
        "| `metadata.name` | metadata.name must be no more than 63 characters",
    ] {
        assert!(api.text.contains(row), "{row}");
    }
}
