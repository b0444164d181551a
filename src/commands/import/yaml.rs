//! JSON as YAML that every reader takes alike, also those that know the older words for true and false, and whatever text comes from the cloud. Pure.

use serde_json::Value;

/// The value as a block, which ends with a line break.
pub(super) fn block(value: &Value) -> String {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // A block scalar whose first character is a tab is an error to libyaml and to the readers made from it, that of kubectl among them.
        prefer_block_scalars: false,
    };
    serde_saphyr::to_string_with_options(value, options).expect("a JSON value can be written as YAML")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_manifest_is_written_as_people_write_it() {
        let value = json!({
            "metadata": {"name": "orders"},
            "spec": {
                "adopt": {"serviceId": "epsrv-1"},
                "allowedPrincipals": ["123"],
                "autoAcceptEnabled": true,
                "connectBandwidthMbps": 100,
                "resources": [{"resourceId": "nlb-1", "zoneIds": ["cn-hangzhou-h", "cn-hangzhou-i"]}, {"resourceId": "nlb-2"}],
                "supportedRegions": [],
                "tags": {},
            },
        });
        let expected = "\
metadata:
  name: orders
spec:
  adopt:
    serviceId: epsrv-1
  allowedPrincipals:
    - \"123\"
  autoAcceptEnabled: true
  connectBandwidthMbps: 100
  resources:
    - resourceId: nlb-1
      zoneIds:
        - cn-hangzhou-h
        - cn-hangzhou-i
    - resourceId: nlb-2
  supportedRegions: []
  tags: {}
";
        assert_eq!(block(&value), expected);
    }

    #[test]
    fn whatever_the_text_it_is_read_as_it_was() {
        let texts = [
            "",
            " ",
            "yes",
            "No",
            "y",
            "null",
            "~",
            "123",
            "0x1f",
            "1e3",
            "12:30",
            "a: b",
            "# a",
            "- a",
            "a\nb",
            "\"a\"",
            "a\\b",
            "'a'",
            "x\u{2028}apiVersion: v1",
            "\u{85}",
            "\u{1b}[31m",
            "订单",
            "😀",
            "{a}",
            "a #b",
            "*",
            "&a",
            "!a",
            "2026-12-01",
            "a\tb",
            "\ta\nb",
            "a\n",
            "a ",
            "---",
            "...",
            "<<",
            "=",
            ".inf",
            "0o17",
            "0123",
            "1_000",
            "190:20:30",
            "\u{feff}",
            "\u{2029}",
        ];
        let tags: serde_json::Map<_, _> = texts.iter().map(|text| ((*text).to_owned(), json!(text))).collect();
        let value = json!({"tags": tags, "list": texts.as_slice()});
        let written = block(&value);
        let read: Value = serde_saphyr::from_str(&written).unwrap();
        assert_eq!(read, value, "{written}");
        let is_printable =
            |letter: char| letter == '\n' || !letter.is_control() && !"\u{2028}\u{2029}\u{feff}".contains(letter);
        assert!(written.chars().all(is_printable), "{written}");
        assert!(!written.contains(": |") && !written.contains("- |"), "{written}");
    }

    #[test]
    fn what_any_reader_takes_for_something_else_is_quoted_also_as_a_key() {
        let words = [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "N",
            "null",
            "~",
            "True",
            "123",
            "-1",
            "0x1f",
            "0o17",
            "0123",
            "0b1",
            "1_000",
            "1e3",
            ".5",
            ".inf",
            ".NaN",
            "12:30",
            "190:20:30",
            "2026-12-01",
            "2026-12-01T10:00:00Z",
            "<<",
            "=",
        ];
        for word in words {
            let written = block(&json!({"list": [word], "value": word, word: "key"}));
            for quoted in [format!("- \"{word}\"\n"), format!("value: \"{word}\"\n"), format!("\"{word}\": key\n")] {
                assert!(written.contains(&quoted), "{quoted}: {written}");
            }
        }
    }
}
