//! The parameters of a call, checked against the schema of its operation.

use std::collections::BTreeMap;

use super::schema::{Kind, Need, Param};
use crate::config::MissingParameterStyle;
use crate::engine::gateway;
use crate::error::Refusal;

/// One element of a list of objects: field name to value.
pub(crate) type Item = BTreeMap<String, String>;

/// Query and form in one map. After [`Params::check`] the accessors cannot meet a malformed value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    pub(crate) fn new(values: BTreeMap<String, String>) -> Self {
        Self(values)
    }

    /// Checks presence and format, in the order of the schema. What the schema does not name is ignored.
    pub(crate) fn check(&self, schema: &[Param], style: MissingParameterStyle) -> Result<(), Refusal> {
        if let Some(param) = schema.iter().find(|param| param.need == Need::Required && !self.is_given(param)) {
            return Err(missing(param.name, style));
        }
        match schema.iter().find(|param| !self.is_well_formed(param)) {
            Some(param) => Err(Refusal::illegal(param.name)),
            None => Ok(()),
        }
    }

    fn is_given(&self, param: &Param) -> bool {
        match param.kind {
            Kind::Texts(_) => !self.texts(param.name).is_empty(),
            Kind::Items => !self.items(param.name).is_empty(),
            _ => self.filled(param.name).is_some(),
        }
    }

    fn is_well_formed(&self, param: &Param) -> bool {
        let one = |accept: &dyn Fn(&str) -> bool| self.filled(param.name).is_none_or(accept);
        match param.kind {
            Kind::Text => true,
            // A list in one text is not understood; to drop it would drop a filter in silence.
            Kind::Items => one(&|_| false),
            Kind::Flag => one(&|value| parse_flag(value).is_some()),
            Kind::Whole(least, most) => one(&|value| value.parse().is_ok_and(|n: i64| (least..=most).contains(&n))),
            Kind::Word(words) => one(&|value| words.contains(&value)),
            Kind::AnyCase(words) => one(&|value| words.iter().any(|word| word.eq_ignore_ascii_case(value))),
            // The same for JSON; another text may be the parameter of another operation, which nobody minds.
            Kind::Texts(most) => one(&|value| !value.starts_with('[')) && self.texts(param.name).len() <= most,
        }
    }

    /// The value, which may be empty: an empty text is how a description is cleared.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value, unless it is absent or empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|value| !value.is_empty())
    }

    /// The value of a required parameter: empty when it is absent, which a checked call cannot show.
    pub(crate) fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.filled(name).and_then(parse_flag)
    }

    pub(crate) fn whole<N: TryFrom<i64>>(&self, name: &str) -> Option<N> {
        self.filled(name)?.parse::<i64>().ok()?.try_into().ok()
    }

    /// `name.1`, `name.2`, … by number; numbers may be missing in between.
    pub(crate) fn texts<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let numbered: BTreeMap<u32, &str> =
            self.below(name).filter_map(|(rest, value)| Some((position(rest)?, value))).collect();
        numbered.into_values().collect()
    }

    /// `name.1.Field`, … by number.
    pub(crate) fn items(&self, name: &str) -> Vec<Item> {
        let mut numbered: BTreeMap<u32, Item> = BTreeMap::new();
        for (rest, value) in self.below(name) {
            let Some((number, field)) = rest.split_once('.') else { continue };
            let Some(number) = position(number) else { continue };
            numbered.entry(number).or_default().insert(field.to_owned(), value.to_owned());
        }
        numbered.into_values().collect()
    }

    fn below<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a, 'n> {
        self.0.iter().filter_map(move |(key, value)| Some((key.strip_prefix(name)?.strip_prefix('.')?, value.as_str())))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.flag("DryRun") == Some(true)
    }
}

fn missing(name: &str, style: MissingParameterStyle) -> Refusal {
    match style {
        MissingParameterStyle::Product => Refusal::missing(name),
        MissingParameterStyle::Gateway => gateway::mandatory(name),
    }
}

fn parse_flag(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// A list position: a number from 1 on.
fn position(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::{Item, Params};
    use crate::config::MissingParameterStyle;
    use crate::wire::schema::{Kind, Param, may, need};

    type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>);

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn code(pairs: &[(&str, &str)], schema: &[Param], style: MissingParameterStyle) -> Option<String> {
        params(pairs).check(schema, style).err().map(|refusal| refusal.code.into_owned())
    }

    #[test]
    fn lists_are_read_by_number_not_by_text() {
        let texts: Vec<(String, String)> = (1..=10).map(|n| (format!("Region.{n}"), format!("r{n}"))).collect();
        let params = Params::new(texts.into_iter().chain([("Region.0".into(), "zero".into())]).collect());
        assert_eq!(params.texts("Region"), ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10"]);
    }

    #[test]
    fn items_gather_their_fields_and_skip_missing_numbers() {
        let params = params(&[("Tag.3.Key", "c"), ("Tag.1.Value", "1"), ("Tag.1.Key", "a"), ("TagX.1.Key", "no")]);
        let item = |pairs: &[(&str, &str)]| -> Item {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(params.items("Tag"), [item(&[("Key", "a"), ("Value", "1")]), item(&[("Key", "c")])]);
    }

    #[test]
    fn each_kind_refuses_what_it_is_not() {
        let schema = [
            need("Id", Kind::Text),
            may("On", Kind::Flag),
            may("Size", Kind::Whole(1, 50)),
            may("Kind", Kind::Word(&["slb", "nlb"])),
            may("Any", Kind::AnyCase(&["Vpc"])),
            may("List", Kind::Texts(1)),
        ];
        let product = MissingParameterStyle::Product;
        let cases: &[Case<'_>] = &[
            (&[("Id", "x"), ("On", "True"), ("Size", "50"), ("Kind", "nlb"), ("Any", "vPC"), ("More", "?")], None),
            (&[("Id", "x"), ("Size", ""), ("Kind", "")], None),
            (&[], Some("MissingParam.Id")),
            (&[("Id", "")], Some("MissingParam.Id")),
            (&[("Id", "x"), ("On", "yes")], Some("IllegalParamFormat.On")),
            (&[("Id", "x"), ("Size", "0")], Some("IllegalParamFormat.Size")),
            (&[("Id", "x"), ("Size", "5O")], Some("IllegalParamFormat.Size")),
            (&[("Id", "x"), ("Kind", "NLB")], Some("IllegalParamFormat.Kind")),
            (&[("Id", "x"), ("Any", "vp")], Some("IllegalParamFormat.Any")),
            (&[("Id", "x"), ("List.1", "a"), ("List.2", "b")], Some("IllegalParamFormat.List")),
        ];
        for (pairs, expected) in cases {
            assert_eq!(code(pairs, &schema, product).as_deref(), *expected, "{pairs:?}");
        }
        assert_eq!(code(&[], &schema, MissingParameterStyle::Gateway).as_deref(), Some("MissingId"));
    }
}
