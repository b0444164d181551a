//! RAM policies of an access key, as far as they decide by action.

use serde::{Deserialize, Serialize};

/// A policy document of RAM: the JSON that the provider's console takes.
///
/// Effect and action are enforced. Resources are read and not compared: which ones an operation asks for is documented for some
/// operations only. A document with anything else (`Condition`, `NotAction`) is refused, because it would be taken for less than it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Policy {
    /// `1`.
    pub version: PolicyVersion,
    /// What it allows and denies.
    pub statement: Vec<Statement>,
}

/// The one version of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyVersion {
    /// `"1"`.
    #[serde(rename = "1")]
    One,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    /// Whether it allows or denies.
    pub effect: PolicyEffect,
    /// Actions such as `privatelink:ListVpcEndpointServices`; `*` stands for any characters.
    pub action: OneOrMany,
    /// Resources; not compared.
    pub resource: OneOrMany,
}

/// What a statement does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyEffect {
    /// Allows it, unless another statement denies it.
    Allow,
    /// Denies it, whatever else allows it.
    Deny,
}

/// A list, or its only element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// The only element.
    One(String),
    /// The list.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The elements.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Why a key may not call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// No statement allows it.
    Implicit,
    /// A statement denies it.
    Explicit,
}

/// What the policies say together; a denial wins over any number of permissions.
pub(super) fn decide(policies: &[Policy], action: &str) -> Result<(), Denial> {
    let statements = || policies.iter().flat_map(|policy| &policy.statement);
    let says = |effect| statements().any(|statement| statement.effect == effect && statement.is_about(action));
    match (says(PolicyEffect::Deny), says(PolicyEffect::Allow)) {
        (true, _) => Err(Denial::Explicit),
        (false, true) => Ok(()),
        (false, false) => Err(Denial::Implicit),
    }
}

impl Statement {
    fn is_about(&self, action: &str) -> bool {
        self.action.as_slice().iter().any(|pattern| matches(pattern, action))
    }
}

/// `*` stands for any characters, none included. Capitals count: what is spelt otherwise than the provider does may or may not work there.
fn matches(pattern: &str, action: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == action };
    let Some(mut left) = action.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(found) = left.find(part) else { return false };
        left = &left[found + part.len()..];
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Denial, Policy, decide, matches};

    fn policy(effect: &str, action: &Value) -> Policy {
        let statement = json!({"Effect": effect, "Action": action, "Resource": "*"});
        serde_json::from_value(json!({"Version": "1", "Statement": [statement]})).unwrap()
    }

    #[test]
    fn an_asterisk_stands_for_any_characters() {
        let is_matched = [
            ("privatelink:TagResources", "privatelink:TagResources", true),
            ("privatelink:TagResources", "privatelink:TagResource", false),
            ("privatelink:tagresources", "privatelink:TagResources", false),
            ("*", "privatelink:TagResources", true),
            ("privatelink:*", "privatelink:TagResources", true),
            ("privatelink:*", "sts:AssumeRole", false),
            ("privatelink:List*", "privatelink:ListVpcEndpointServices", true),
            ("privatelink:List*", "privatelink:UntagResources", false),
            ("privatelink:*Vpc*Users", "privatelink:ListVpcEndpointServiceUsers", true),
            ("privatelink:*Vpc*Users", "privatelink:ListVpcEndpointServices", false),
            ("*Resources", "privatelink:TagResources", true),
            ("a*a", "a", false),
            ("a**a", "aa", true),
        ];
        for (pattern, action, expected) in is_matched {
            assert_eq!(matches(pattern, action), expected, "{pattern} {action}");
        }
    }

    #[test]
    fn a_denial_wins_and_what_nothing_allows_is_denied() {
        let allow = policy("Allow", &json!(["privatelink:List*", "privatelink:TagResources"]));
        let deny = policy("Deny", &json!("privatelink:ListVpcEndpointServices"));
        let both = [allow.clone(), deny];
        assert_eq!(decide(&both, "privatelink:TagResources"), Ok(()));
        assert_eq!(decide(&both, "privatelink:ListVpcEndpointServices"), Err(Denial::Explicit));
        assert_eq!(decide(&both, "privatelink:UntagResources"), Err(Denial::Implicit));
        assert_eq!(decide(&[allow], "privatelink:ListVpcEndpointServices"), Ok(()));
    }

    #[test]
    fn what_is_not_enforced_is_refused() {
        for more in ["Condition", "NotAction", "Principal", "NotResource"] {
            let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
            statement[more] = json!({});
            let document = json!({"Version": "1", "Statement": [statement]});
            let error = serde_json::from_value::<Policy>(document).unwrap_err();
            assert!(error.to_string().contains(more), "{error}");
        }
        let other = json!({"Version": "2", "Statement": []});
        assert!(serde_json::from_value::<Policy>(other).is_err());
    }
}
