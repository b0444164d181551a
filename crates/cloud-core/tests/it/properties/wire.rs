//! What goes out: encoding, flattening, signing, addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::*;
use proptest::prelude::*;
use secrecy::SecretString;

use crate::product::API;
use crate::strategies::json;
use crate::support::{Script, key, noon};

proptest! {
    #[test]
    fn an_encoded_text_is_unreserved_and_decodes_to_itself(text in any::<String>()) {
        let encoded = encode::percent_encode(&text);
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte);
        prop_assert!(encoded.bytes().all(unreserved));
        let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
        prop_assert_eq!(decoded, text);
    }

    #[test]
    fn a_canonical_query_decodes_to_its_parameters(
        parameters in prop::collection::btree_map("[A-Za-z0-9.]{1,12}", any::<String>(), 0..8)
    ) {
        let pairs: Vec<(String, String)> = parameters.clone().into_iter().collect();
        let query = sign::canonical_query(&pairs);
        let decoded: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(decoded, parameters);
    }

    #[test]
    fn flattening_gives_each_leaf_a_name_of_its_own_in_order(value in json("[A-Za-z]{0,8}")) {
        let names: Vec<String> = encode::flatten(&value).into_iter().map(|(name, _)| name).collect();
        prop_assert!(names.is_sorted());
    }

    #[test]
    fn signing_is_deterministic_and_signs_what_is_sent(
        id in any::<String>(), secret in any::<String>(), token in any::<Option<String>>(), host in any::<String>(),
        params in prop::collection::vec((any::<String>(), any::<String>()), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..64), accept in any::<Option<String>>(), nonce in any::<String>(),
        seconds in any::<u32>(),
    ) {
        let credentials = Credentials {
            access_key_id: id,
            access_key_secret: SecretString::from(secret),
            security_token: token.map(SecretString::from),
        };
        let unsigned = sign::Unsigned {
            method: "POST", host: &host, action: "A", version: "V", params: &params, body: &body, content_type: None,
            accept: accept.as_deref(),
        };
        let date = noon() + std::time::Duration::from_secs(seconds.into());
        let [first, second] = [0, 1].map(|_| sign::sign(&credentials, &unsigned, date, &nonce));
        prop_assert_eq!(&first.signature, &second.signature);
        prop_assert_eq!(first.signature.len(), 64);
        let signed: Vec<&str> = first.signed_headers.split(';').collect();
        let (last, others) = first.headers.split_last().unwrap();
        let mut sent: Vec<&str> = others.iter().map(|(name, _)| name.as_str()).collect();
        sent.sort_unstable();
        prop_assert_eq!((last.0.as_str(), sent), ("authorization", signed));
    }

    #[test]
    fn an_endpoint_of_any_text_is_taken_or_refused(text in any::<String>()) {
        let source: Arc<dyn CredentialSource> = key();
        let transport: Arc<dyn Transport> = Script::of([]);
        let _ = Client::builder().region("r").credentials(source).transport(transport).endpoint(&API, text).build();
    }
}
