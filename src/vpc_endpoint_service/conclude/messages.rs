//! How things are called in messages. Everything is bounded, sorted where order says nothing, and the same for the same state.

use crate::crd::Reason;
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::claims::Shared;
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::plan::Misfit;
pub(super) use crate::vpc_endpoint_service::plan::{clip, path};

/// More than so many things of a kind are not listed in a message.
const MOST: usize = 20;

/// The most that is shown of the API server's own sentence: most have 200 characters, those of admission policies up to twice as many.
const API_SERVER_WORDS: usize = 512;

/// "The service epsrv-…", or without its id before that is known.
pub(super) fn service(id: Option<&str>) -> String {
    id.map_or_else(|| "The service".to_owned(), |id| format!("The service {id}"))
}

/// As it stands in the middle of a sentence.
pub(super) fn lower(start: &str) -> String {
    start.strip_prefix("The ").map_or_else(|| start.to_owned(), |rest| format!("the {rest}"))
}

/// "Also listed by other objects: nlb-1 in cn-hangzhou-h (by orders), nlb-2 in cn-hangzhou-i (by one of another namespace)."
pub(super) fn shared(shared: &[Shared]) -> String {
    let named = shared.iter().map(|Shared { key, by }| match by {
        Some(name) => format!("{key} (by {name})"),
        None => format!("{key} (by one of another namespace)"),
    });
    format!("Also listed by other objects: {}.", listed(named.collect()))
}

pub(super) fn available(id: Option<&str>) -> String {
    format!("{} is Active.", service(id))
}

/// "ep-1 of account 123, ep-2", in the order given.
pub(super) fn consumers(endpoints: &[Consumer]) -> String {
    let name = |Consumer { endpoint_id, account_id }: &Consumer| match account_id {
        Some(account) => format!("{endpoint_id} of account {account}"),
        None => endpoint_id.clone(),
    };
    listed(endpoints.iter().map(name).collect())
}

/// "its payer is …, the spec wants …".
pub(super) fn misfits(misfits: &[Misfit]) -> String {
    let named: Vec<_> = misfits.iter().map(|misfit| clip(&misfit.to_string(), 128)).collect();
    named.join("; ")
}

pub(super) fn list(names: &[String]) -> String {
    listed(names.to_vec())
}

fn listed(mut names: Vec<String>) -> String {
    names.sort_unstable();
    let more = if names.len() > MOST { " and others" } else { "" };
    names.truncate(MOST);
    format!("{}{more}", names.join(", "))
}

/// What the API server says to a write that it refuses, in one line of bounded length. Its sentences name who may not do what, or the
/// admission policy that is in the way.
pub(super) fn refused_write(error: &KubernetesError) -> String {
    match error {
        KubernetesError::Forbidden(said) | KubernetesError::Invalid(said) => refused(said),
        _ => refused(""),
    }
}

/// The same, with the API server's sentence.
pub(super) fn refused(said: &str) -> String {
    let sentence = Reason::KubernetesForbidden.sentence();
    if said.is_empty() {
        return sentence.to_owned();
    }
    format!("{sentence} It says: {}", one_line(said))
}

/// What the API server says, in one line of bounded length.
pub(super) fn one_line(said: &str) -> String {
    let said: String = said.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    clip(&said, API_SERVER_WORDS)
}

/// The text with a full stop, if it has none.
pub(super) fn ended(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// Text and ending together, of at most so many characters: the text gives way.
pub(super) fn clip_before(text: &str, ending: &str, most: usize) -> String {
    let ending = clip(ending, most / 2);
    let room = most.saturating_sub(ending.chars().count());
    format!("{}{ending}", clip(text, room))
}
