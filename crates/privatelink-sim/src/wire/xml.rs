//! Answers in XML, as older clients get them that do not ask for JSON.
//!
//! A field is an element, a list is its element repeated. No attribute, no namespace.

use serde_json::Value;

/// A document with one outermost element.
pub(super) fn document(root: &str, body: &Value) -> String {
    let mut text = String::from("<?xml version='1.0' encoding='UTF-8'?>");
    element(&mut text, root, body);
    text
}

fn element(text: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        for item in items {
            element(text, name, item);
        }
        return;
    }
    text.extend(["<", name, ">"]);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(field, value)| element(text, field, value)),
        Value::String(content) => content.chars().for_each(|character| escape(text, character)),
        Value::Null | Value::Array(_) => {}
        Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
    text.extend(["</", name, ">"]);
}

fn escape(text: &mut String, character: char) {
    match character {
        '&' => text.push_str("&amp;"),
        '<' => text.push_str("&lt;"),
        '>' => text.push_str("&gt;"),
        // A reader would turn a bare one into a line feed.
        '\r' => text.push_str("&#13;"),
        '\t' | '\n' => text.push(character),
        // XML 1.0 has no way to write these, not even escaped.
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
        other => text.push(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::document;

    #[test]
    fn fields_are_elements_and_lists_repeat_them() {
        let body = json!({ "A": "a<&>b", "B": true, "C": [1, 2], "D": { "E": [] }, "F": null });
        let expected = "<?xml version='1.0' encoding='UTF-8'?>\
            <R><A>a&lt;&amp;&gt;b</A><B>true</B><C>1</C><C>2</C><D></D><F></F></R>";
        assert_eq!(document("R", &body), expected);
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        let expected = "<?xml version='1.0' encoding='UTF-8'?><R>a\u{fffd}b&#13;\n\u{fffd}</R>";
        assert_eq!(document("R", &json!("a\u{0}b\r\n\u{ffff}")), expected);
    }
}
