//! The shared credentials file: sections in brackets, each with a `type`.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::{AssumeRole, CredentialError, Rrsa};
use super::Recipe;
use super::section::Section;

const DEFAULT: &str = "default";

const UNSUPPORTED: &str = "is not supported here; use access_key, sts, ecs_ram_role, ram_role_arn or oidc_role_arn";

/// The profile with this name, or else `default`; `None`: it is not there.
pub(super) fn profile(path: &Path, text: &str, name: Option<&str>) -> Result<Option<Recipe>, CredentialError> {
    let name = name.unwrap_or(DEFAULT);
    let Some(fields) = sections(text).remove(name) else { return Ok(None) };
    let this = Section::of(path, name, fields);
    let recipe = match this.required("type")?.as_str() {
        "access_key" => Recipe::Key(this.key(None)?),
        "sts" => Recipe::Key(this.key(Some("security_token"))?),
        "ecs_ram_role" => Recipe::InstanceRole(this.get("role_name")),
        "ram_role_arn" => {
            let role = AssumeRole::of(this.required("role_arn")?);
            let role = this.get("role_session_name").into_iter().fold(role, AssumeRole::session_name);
            let role = this.get("policy").into_iter().fold(role, AssumeRole::policy);
            Recipe::AssumeRole(role, Box::new(Recipe::Key(this.key(None)?)))
        }
        "oidc_role_arn" => {
            let [role, provider, file] = ["role_arn", "oidc_provider_arn", "oidc_token_file_path"];
            let rrsa = Rrsa::of(this.required(role)?, this.required(provider)?, this.required(file)?);
            Recipe::Rrsa(this.get("role_session_name").into_iter().fold(rrsa, Rrsa::session_name))
        }
        _ => return Err(this.unsupported("type", UNSUPPORTED)),
    };
    Ok(Some(recipe))
}

/// The fields by section. A line that begins with `#` or `;` is a comment, and so is what follows a blank and one of them; a key that holds
/// one of them keeps it.
fn sections(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name.trim()) {
            sections.entry(name.to_owned()).or_default();
            current = Some(name.to_owned());
        } else if let (Some(section), Some((field, value))) = (&current, line.split_once('=')) {
            let value = [" #", "\t#", " ;", "\t;"]
                .iter()
                .fold(value, |value, mark| value.split_once(mark).map_or(value, |(value, _)| value));
            let fields = sections.entry(section.clone()).or_default();
            fields.insert(field.trim().to_owned(), value.trim().to_owned());
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blanks_are_no_part_of_a_value() {
        let text = "# a\nlost = 1\n[default] ; b\n  type = access_key\naccess_key_id=i#d # c\n; d\n\n[ other ]\ntype\t=\tsts\t;x\nempty=\n";
        let found = sections(text);
        let fields = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let expected = [
            ("default".to_owned(), fields(&[("type", "access_key"), ("access_key_id", "i#d")])),
            ("other".to_owned(), fields(&[("type", "sts"), ("empty", "")])),
        ];
        assert_eq!(found, BTreeMap::from(expected));
    }
}
