//! A refused call: code, text and HTTP status, as they go into the error envelope.

mod load_balancers;
mod sts;
mod table;

use std::borrow::Cow;
use std::time::Duration;

use privatelink::documented_codes;
use serde_json::Value;

/// Why a call is refused.
///
/// Product errors come from the table of documented codes, gateway errors have a constructor of their own in
/// [`gateway`](crate::engine::gateway).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    pub(crate) status: u16,
    /// `x-acs-retry-after`, sent in milliseconds.
    pub(crate) retry_after: Option<Duration>,
    /// `AccessDeniedDetail` of a RAM denial.
    pub(crate) access_denied: Option<Value>,
}

impl Refusal {
    /// A documented product error whose text has no blanks to fill.
    pub(crate) fn of(code: &'static str) -> Self {
        Self::filled(code, &[])
    }

    /// A documented product error; `blanks` fill the `%s` of its text in order.
    pub(crate) fn filled(code: &'static str, blanks: &[&str]) -> Self {
        let (status, template) = lookup(code).unwrap_or((400, "The request was refused."));
        Self::with(code, status, fill(template, blanks))
    }

    /// `MissingParam.<name>`.
    pub(crate) fn missing(name: &str) -> Self {
        Self::templated("MissingParam", name)
    }

    /// `IllegalParamFormat.<name>`.
    pub(crate) fn illegal(name: &str) -> Self {
        Self::templated("IllegalParamFormat", name)
    }

    /// Any code with any text: gateway errors and faults on order.
    pub(crate) fn with(code: impl Into<Cow<'static, str>>, status: u16, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status, retry_after: None, access_denied: None }
    }

    /// The documented text and status of `code`, or a plain sentence and 400 for a code that is not in the table.
    pub(crate) fn by_code(code: &str) -> Self {
        let known = lookup(code).or_else(|| lookup(code.split('.').next().unwrap_or(code)));
        let (status, template) = known.unwrap_or((400, "The request was refused."));
        Self::with(code.to_owned(), status, fill(template, &[]))
    }

    /// Whether a repetition is not invited: the product's refusal of the caller, and none that says that something else is under way
    /// or leaves open what became of the call. The gateway, which refuses rights, knows no tokens.
    pub(crate) fn is_definite(&self) -> bool {
        const OPEN: &[&str] = &[
            "Throttling",
            "ConcurrentCall",
            "Idempoten",
            "TokenProcessing",
            "SystemError",
            "GenerateResourceId",
            "Forbidden",
        ];
        (400..500).contains(&self.status) && !OPEN.iter().any(|mark| self.code.contains(mark))
    }

    fn templated(family: &'static str, name: &str) -> Self {
        let (status, template) = lookup(family).unwrap_or((400, "%s"));
        Self::with(format!("{family}.{name}"), status, fill(template, &[name]))
    }
}

fn lookup(code: &str) -> Option<(u16, &'static str)> {
    if let Some((_, status, text)) = sts::ROWS.iter().chain(load_balancers::ROWS).find(|row| row.0 == code) {
        return Some((*status, text));
    }
    let index = table::ROWS.binary_search_by(|row| row.0.cmp(code)).ok()?;
    let (_, text) = table::ROWS[index];
    // What is in no published list is answered as most are.
    let status = documented_codes().find(|known| known.code == code).map_or(400, |known| known.status);
    Some((status, text))
}

fn fill(template: &str, blanks: &[&str]) -> String {
    let mut blanks = blanks.iter();
    let mut text = String::new();
    for (index, part) in template.split("%s").enumerate() {
        if index > 0 {
            text.push_str(blanks.next().copied().unwrap_or("resource"));
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Refusal, table};

    #[test]
    fn the_table_is_sorted_and_has_no_code_twice() {
        assert!(table::ROWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    /// One client looks for the codes that it expects in the whole text of an answer.
    #[test]
    fn no_text_quotes_the_code_of_another_error() {
        for (code, text) in table::ROWS {
            let others = table::ROWS.iter().map(|row| row.0).filter(|other| !code.contains(other));
            let quoted: Vec<_> = others.filter(|other| text.contains(other)).collect();
            assert_eq!(quoted, Vec::<&str>::new(), "{code}");
        }
    }

    #[test]
    fn only_the_four_zone_connection_codes_are_404() {
        let is_404 = |code: &&str| Refusal::by_code(code).status == 404;
        let codes: Vec<_> = table::ROWS.iter().map(|row| row.0).filter(is_404).collect();
        let suffixes = ["", "Connection", "Service", "Zone"];
        assert_eq!(codes, suffixes.map(|suffix| format!("ResourceNotFound.VpcEndpoint{suffix}")));
    }

    #[test]
    fn a_template_code_carries_the_parameter() {
        let refusal = Refusal::missing("ZoneId");
        assert_eq!(refusal, Refusal::with("MissingParam.ZoneId", 400, "The param of ZoneId is missing."));
    }

    #[test]
    fn blanks_are_filled_in_order() {
        let refusal = Refusal::filled("Mismatch.UserIdAndUserArn", &["UserId", "UserARN"]);
        assert_eq!(refusal.message, "The UserId and UserARN are mismatched.");
    }

    #[test]
    fn an_unlisted_code_gets_a_plain_text() {
        assert_eq!(Refusal::by_code("Brand.New"), Refusal::with("Brand.New", 400, "The request was refused."));
        assert_eq!(Refusal::by_code("MissingParam.Zone").message, "The param of resource is missing.");
    }
}
