//! JSON as YAML that every reader takes alike, also those that know the older words for true and false, and whatever text comes from the cloud. Pure.

use std::fmt::Write;

use serde_json::Value;

/// Words that stand for something else than themselves to some reader, in whatever capitals.
const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// The value as a block, which ends with a line break.
pub(super) fn block(value: &Value) -> String {
    let mut text = String::new();
    put(&mut text, value, 0);
    text
}

fn put(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                text.extend([&indent, &*scalar(name), ":"]);
                put_after(text, value, depth + 1);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let mut inner = String::new();
                put(&mut inner, item, depth + 1);
                // The first line stands behind the dash.
                text.extend([&indent, "- ", inner.trim_start_matches(' ')]);
            }
        }
        value => text.extend([&indent, &*flat(value), "\n"]),
    }
}

fn put_after(text: &mut String, value: &Value, depth: usize) {
    if is_block(value) {
        text.push('\n');
        put(text, value, depth);
    } else {
        text.extend([" ", &flat(value), "\n"]);
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        // The others are written in YAML as in JSON, empty lists and maps among them.
        value => value.to_string(),
    }
}

/// Plain where nobody could take it for anything else, else in double quotes.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-./".contains(letter))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// What is neither a letter nor printable ASCII is escaped: some readers take it for the end of a line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        // A String takes everything.
        let _ = match letter {
            '"' | '\\' => write!(quoted, "\\{letter}"),
            ' ' => write!(quoted, " "),
            letter if letter.is_ascii_graphic() || letter.is_alphanumeric() => write!(quoted, "{letter}"),
            letter if u32::from(letter) < 0x1_0000 => write!(quoted, "\\u{:04x}", u32::from(letter)),
            letter => write!(quoted, "\\U{:08x}", u32::from(letter)),
        };
    }
    quoted + "\""
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
        ];
        let tags: serde_json::Map<_, _> = texts.iter().map(|text| ((*text).to_owned(), json!(text))).collect();
        let value = json!({"tags": tags, "list": texts});
        let written = block(&value);
        let read: Value = serde_saphyr::from_str(&written).unwrap();
        assert_eq!(read, value, "{written}");
        let is_printable =
            |letter: char| letter == '\n' || !letter.is_control() && !"\u{2028}\u{2029}".contains(letter);
        assert!(written.chars().all(is_printable), "{written}");
        for word in ["yes", "No", "y", "null", "123", "1e3", "12:30"] {
            assert!(written.contains(&format!("- \"{word}\"\n")), "{word}: {written}");
        }
    }
}
