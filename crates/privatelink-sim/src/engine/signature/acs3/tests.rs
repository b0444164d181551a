//! The current signature as the provider's own SDK makes it: it signs a header more than it must.

use super::super::vectors::{request, secret, text, vectors};
use super::{Claim, check, read};
use crate::wire::request::Incoming;

fn claim(incoming: &Incoming) -> Claim {
    match read(incoming).unwrap().scheme {
        super::Scheme::Header(claim) => claim,
        super::Scheme::Parameters(claim) => panic!("{claim:?}"),
    }
}

#[test]
fn what_the_sdk_sends_is_accepted_with_every_header_that_it_signs() {
    for vector in vectors("ACS3", 14) {
        let wire = &vector["python_sdk_capture"]["wire"];
        let incoming = request(text(wire, "/request_line"), &wire["headers"], text(wire, "/body"));
        let presented = read(&incoming).unwrap();
        assert_eq!(presented.key_id, text(&vector, "/input/credentials/access_key_id"));
        assert_eq!(presented.token.as_deref(), vector["input"]["credentials"]["security_token"].as_str());
        let claim = claim(&incoming);
        assert!(claim.signed_headers.iter().any(|name| name == "x-acs-credentials-provider"), "{claim:?}");
        assert_eq!(check(&incoming, &claim, &secret(&vector)), Ok(()), "{}", text(&vector, "/name"));
    }
}

#[test]
fn each_header_that_is_signed_must_be_what_was_signed() {
    let vector = &vectors("ACS3", 14)[1];
    let wire = &vector["python_sdk_capture"]["wire"];
    let untouched = request(text(wire, "/request_line"), &wire["headers"], text(wire, "/body"));
    let claim = claim(&untouched);
    for name in &claim.signed_headers {
        let (mut changed, mut absent) = (untouched.clone(), untouched.clone());
        if name == "host" {
            "other".clone_into(&mut changed.host);
            absent.host.clear();
        }
        changed.headers.insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), "other".parse().unwrap());
        absent.headers.remove(name.as_str());
        for incoming in [changed, absent] {
            let refusal = check(&incoming, &claim, &secret(vector)).unwrap_err();
            assert_eq!(refusal.code, "SignatureDoesNotMatch", "{name}");
        }
    }
}
