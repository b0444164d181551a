//! The manifests as YAML, with everything else in comments: it can be given to `kubectl apply -f -` as it is. Pure.

use super::imported::{Importable, Imported, PassedOver};
use super::yaml;
use crate::vpc_endpoint_service::plan::clip;

/// The most that is shown of one reason: twice the longest command.
const REASON: usize = 1024;

pub(super) fn text(imported: &Imported) -> String {
    let mut documents = vec![head(imported)];
    for (number, service) in imported.services.iter().enumerate() {
        let document = document(service);
        // A document of comments alone is one too many to some readers.
        match documents.last_mut().filter(|_| number == 0) {
            Some(first) => first.push_str(&document),
            None => documents.push(document),
        }
    }
    documents.join("---\n")
}

fn head(imported: &Imported) -> String {
    let Imported {
        format_version: _,
        account_id,
        region,
        cluster_id,
        namespace,
        services,
        left_out,
        missing,
        names_unread,
    } = imported;
    let count = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let mut head = comment(&format!(
        "{} for endpoint services in {region} of account {account_id}, to be objects of the namespace {namespace} in the cluster {cluster_id}.",
        count(services.len(), "manifest")
    ));
    if !services.is_empty() {
        head += &comment(
            "An object adopts its service once the service carries the tags that the command above its manifest puts on it.",
        );
    }
    if !left_out.is_empty() {
        head += &comment(&format!("{} left out:", count(left_out.len(), "service")));
    }
    for PassedOver { service_id, why } in left_out {
        head += &comment(&format!("  {service_id}: {}", why.message()));
    }
    for id in missing {
        head += &comment(&format!("  {id}: there is no such service in {region}"));
    }
    if let Some(message) = names_unread {
        head +=
            &comment(&format!("The objects of the namespace could not be listed, so a name may be taken: {message}"));
    }
    head
}

fn document(service: &Importable) -> String {
    let Importable { service_id, manifest, command, unmanaged } = service;
    let mut document = String::from("\n");
    document += &match command {
        Some(command) => comment(command),
        None => comment(&format!("{service_id} carries the tags that give it to this object.")),
    };
    for left in unmanaged {
        document += &comment(&format!("{} is left as it is in the cloud: {}.", left.field, left.message));
    }
    document + &yaml::block(manifest)
}

/// One line, whatever is in it: what some readers take for the end of a line becomes a blank.
fn comment(text: &str) -> String {
    let is_shown = |letter: char| letter == ' ' || letter.is_ascii_graphic() || letter.is_alphanumeric();
    let line: String = text.chars().map(|letter| if is_shown(letter) { letter } else { ' ' }).collect();
    format!("# {}\n", clip(&line, REASON))
}

#[cfg(test)]
mod tests;
