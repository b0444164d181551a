//! The configuration of the provider's CLI: a JSON object with `current` and `profiles`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::super::{AssumeRole, CredentialError, CredentialsUri, Rrsa};
use super::Recipe;
use super::section::Section;
use crate::address::Network;
use crate::sts::StsEndpoint;

/// How many profiles may stand behind each other.
const LONGEST_CHAIN: usize = 8;

const UNSUPPORTED: &str = "needs a person or another program, which is not supported here; use AK, StsToken, RamRoleArn, \
                           ChainableRamRoleArn, EcsRamRole, OIDC or CredentialsURI";

/// The profile with this name, or else the current one.
///
/// `None`: a profile of that name is not there, nobody chose one, or it is the empty one that the CLI begins with.
pub(super) fn profile(
    path: &Path,
    text: &str,
    name: Option<&str>,
) -> Result<Option<(Recipe, Option<StsEndpoint>)>, CredentialError> {
    let complaint = "is no JSON object with current and profiles; let `aliyun configure` write it";
    let malformed = || CredentialError::malformed(format!("the file {}", path.display()), complaint);
    let file: Map<String, Value> = serde_json::from_str(text).map_err(|_| malformed())?;
    let profiles = file.get("profiles").and_then(Value::as_array).ok_or_else(malformed)?;
    let current = file.get("current").and_then(Value::as_str).filter(|current| !current.is_empty());
    let Some(wanted) = name.or(current) else { return Ok(None) };
    let Some(section) = section(path, profiles, wanted) else {
        if name.is_some() {
            return Ok(None);
        }
        let message = format!("the file {} has no profile {wanted:?}, which is its current one", path.display());
        return Err(CredentialError::not_found(message));
    };
    if mode(&section) == Mode::Empty {
        return Ok(None);
    }
    let sts = sts(&section)?;
    let recipe = recipe(path, profiles, &section, LONGEST_CHAIN)?;
    Ok(Some((recipe, sts)))
}

fn section(path: &Path, profiles: &[Value], name: &str) -> Option<Section> {
    let profile = profiles
        .iter()
        .filter_map(Value::as_object)
        .find(|profile| profile.get("name").and_then(Value::as_str) == Some(name))?;
    let fields: BTreeMap<String, String> = profile
        .iter()
        .filter_map(|(field, value)| match value {
            Value::String(text) => Some((field.clone(), text.clone())),
            Value::Number(number) => Some((field.clone(), number.to_string())),
            Value::Bool(flag) => Some((field.clone(), flag.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect();
    Some(Section::of(path, name, fields))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Key,
    StsToken,
    RamRoleArn,
    Chain,
    InstanceRole,
    Oidc,
    Uri,
    /// What the CLI begins with: nothing is filled in.
    Empty,
    Unsupported,
}

/// The mode that the profile names, in any case, or the one that its fields tell, as the CLI reads them.
fn mode(section: &Section) -> Mode {
    let has = |name: &str| section.get(name).is_some();
    match section.get("mode").map(|mode| mode.to_ascii_lowercase()).as_deref() {
        Some("ak") if has("access_key_id") || has("access_key_secret") => Mode::Key,
        Some("ak") => Mode::Empty,
        Some("ststoken") => Mode::StsToken,
        Some("ramrolearn") => Mode::RamRoleArn,
        Some("chainableramrolearn") => Mode::Chain,
        Some("ecsramrole") => Mode::InstanceRole,
        Some("oidc") => Mode::Oidc,
        Some("credentialsuri") => Mode::Uri,
        Some(_) => Mode::Unsupported,
        None if has("access_key_id") && has("sts_token") => Mode::StsToken,
        None if has("access_key_id") && has("ram_role_arn") => Mode::RamRoleArn,
        None if has("access_key_id") || has("access_key_secret") => Mode::Key,
        None if has("ram_role_name") => Mode::InstanceRole,
        None if has("oidc_provider_arn") => Mode::Oidc,
        None if has("credentials_uri") => Mode::Uri,
        None => Mode::Empty,
    }
}

fn recipe(path: &Path, profiles: &[Value], this: &Section, left: usize) -> Result<Recipe, CredentialError> {
    match mode(this) {
        Mode::Key => Ok(Recipe::Key(this.key(None)?)),
        Mode::StsToken => Ok(Recipe::Key(this.key(Some("sts_token"))?)),
        Mode::RamRoleArn => Ok(Recipe::AssumeRole(role(this)?, Box::new(Recipe::Key(this.key(None)?)))),
        Mode::Chain => {
            let source = this.required("source_profile")?;
            let below = section(path, profiles, &source)
                .ok_or_else(|| this.unsupported("source_profile", "names a profile that is not there"))?;
            let deeper = left.checked_sub(1).ok_or_else(|| {
                this.unsupported("source_profile", "leads to too many profiles, or round in a circle")
            })?;
            Ok(Recipe::AssumeRole(role(this)?, Box::new(recipe(path, profiles, &below, deeper)?)))
        }
        Mode::InstanceRole => Ok(Recipe::InstanceRole(this.get("ram_role_name"))),
        Mode::Oidc => {
            let [role, provider, file] = ["ram_role_arn", "oidc_provider_arn", "oidc_token_file"];
            let rrsa = Rrsa::of(this.required(role)?, this.required(provider)?, this.required(file)?);
            let rrsa = session_name(this).into_iter().fold(rrsa, Rrsa::session_name);
            Ok(Recipe::Rrsa(this.seconds("expired_seconds")?.into_iter().fold(rrsa, Rrsa::duration)))
        }
        Mode::Uri => Ok(Recipe::Uri(CredentialsUri::parse(&this.required("credentials_uri")?)?)),
        Mode::Empty => Err(CredentialError::Missing { setting: this.setting("access_key_id") }),
        Mode::Unsupported => Err(this.unsupported("mode", UNSUPPORTED)),
    }
}

fn role(this: &Section) -> Result<AssumeRole, CredentialError> {
    let role = AssumeRole::of(this.required("ram_role_arn")?);
    let role = session_name(this).into_iter().fold(role, AssumeRole::session_name);
    let role = this.get("external_id").into_iter().fold(role, AssumeRole::external_id);
    let role = this.get("policy").into_iter().fold(role, AssumeRole::policy);
    Ok(this.seconds("expired_seconds")?.into_iter().fold(role, AssumeRole::duration))
}

/// The provider's tools do not agree on the name of the field.
fn session_name(this: &Section) -> Option<String> {
    this.get("ram_session_name").or_else(|| this.get("role_session_name"))
}

fn sts(this: &Section) -> Result<Option<StsEndpoint>, CredentialError> {
    if let Some(text) = this.get("sts_endpoint") {
        let malformed = |_| this.unsupported("sts_endpoint", "is no host; give one, or a URL of scheme, host and port");
        return StsEndpoint::parse(&text).map(Some).map_err(malformed);
    }
    let network = if this.get("enable_vpc").as_deref() == Some("true") { Network::Vpc } else { Network::Public };
    Ok(this.get("sts_region").map(|region| StsEndpoint::regional(&region, network)))
}
