//! No secret of a key is in any output, in whatever form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

use super::Case;
use crate::settings::Key;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let objects = case.evidence.sightings.iter().map(|sighting| ("an object", sighting.object.to_string()));
    let texts: Vec<_> = objects.chain(case.evidence.texts.iter().cloned()).collect();
    let leak = |key: Key| {
        let forms = forms(key.secret());
        let leaking = texts.iter().find(|(_, text)| forms.iter().any(|form| text.contains(form.as_str())))?;
        Some(format!("the secret of {} is in {}", key.id(), leaking.0))
    };
    Key::ALL.into_iter().filter_map(leak).collect()
}

/// Every form in which a secret may stand in a text: as it is, in hexadecimal digits, in URL form, and in base64, of both alphabets, at each of
/// the three places where it can begin in a longer text.
pub fn forms(secret: &str) -> Vec<String> {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let base64 = |shift: usize| {
        let text = BASE64.encode([vec![0; shift], secret.as_bytes().to_vec()].concat());
        // The letters at both ends depend on what stands beside the secret.
        text.get(4..text.len() - 3).unwrap_or_default().to_owned()
    };
    let of_urls = |text: String| text.replace('+', "-").replace('/', "_");
    let base64 = (0..3).map(base64).flat_map(|text| [of_urls(text.clone()), text]);
    [secret.to_owned(), hex.to_uppercase(), hex, url].into_iter().chain(base64).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::forms;
    use crate::settings::Key;

    #[test]
    fn a_secret_is_found_in_every_form_and_wherever_it_stands() {
        let secret = Key::First.secret();
        let found = |text: &str| forms(secret).iter().any(|form| text.contains(form.as_str()));
        for before in ["", "k", "ke", "key:"] {
            assert!(found(&format!("{before}{secret} and more")));
            assert!(found(&STANDARD.encode(format!("{before}{secret} and more"))), "after {before:?}");
        }
        assert!(found("63616e6172792f7365637265742b6f6e653d376633613930"));
        assert!(found("secret=canary%2Fsecret%2Bone%3D7f3a90"));
        assert!(!found("canary-key-1"));
    }
}
