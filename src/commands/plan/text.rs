//! What a person reads of the plans. Pure.

use std::fmt::{self, Display, Formatter, Write};

use privatelink::Operation;

use super::planned::{Planned, Verdict, Written};
use crate::crd::Drift;

impl Display for Verdict {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nothing => "nothing to do",
            Self::Held => "held back",
            Self::Wait => "waits",
            Self::Change => "change",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        })
    }
}

/// A paragraph for each manifest, and the sum.
pub(super) fn text(planned: &[Planned]) -> String {
    let mut text: String = planned.iter().map(|planned| paragraph(planned) + "\n").collect();
    let kinds = [Verdict::Change, Verdict::Wait, Verdict::Held, Verdict::Nothing, Verdict::Refused, Verdict::Unknown];
    let counts = kinds.into_iter().filter_map(|kind| {
        let count = planned.iter().filter(|planned| planned.verdict == kind).count();
        (count > 0).then(|| format!("{count} {kind}"))
    });
    let manifests = if planned.len() == 1 { "1 manifest".to_owned() } else { format!("{} manifests", planned.len()) };
    // A String takes everything.
    let _ = writeln!(text, "{manifests}: {}. Nothing was written.", counts.collect::<Vec<_>>().join(", "));
    text
}

fn paragraph(planned: &Planned) -> String {
    let Planned { namespace, name, source, verdict, checked, differences, reported, steps, reason, message, .. } =
        planned;
    let mut text = format!("{namespace}/{name}: {verdict}{}\n", about(planned));
    let mut line = |line: String| text.extend(["  ", &line, "\n"]);
    if let Some(message) = message {
        let reason = reason.map(|reason| format!("{reason}: ")).unwrap_or_default();
        line(format!("{reason}{message}"));
    }
    line(match checked {
        Some(by) => format!("{source} was checked {by}"),
        None => format!("of {source}"),
    });
    for (heading, list) in [
        ("differences, wanted and found:", differences),
        ("differences that driftPolicy Report leaves as they are:", reported),
    ] {
        if !list.is_empty() {
            line(heading.to_owned());
            for drift in list {
                line(format!("  {}", difference(drift)));
            }
        }
    }
    if !steps.is_empty() {
        line("steps:".to_owned());
        for step in steps {
            line(format!("  {}", step.text));
            if step.operation == Operation::CreateVpcEndpointService.name() {
                // Its load balancers are in the line.
                let named = step.fields.iter().filter(|written| !written.value.is_empty() && !is_attachment(written));
                named.for_each(|Written { field, value }| line(format!("    {field} = \"{value}\"")));
            }
            step.message.iter().for_each(|message| line(format!("    {message}")));
        }
    }
    text
}

/// Which service, and where.
fn about(planned: &Planned) -> String {
    let Planned { service_id, region, account_id, exists, .. } = planned;
    let service = match (service_id, exists) {
        (Some(id), _) => id.clone(),
        (None, Some(_)) => "no service yet".to_owned(),
        (None, None) => return String::new(),
    };
    let place = match (region, account_id) {
        (Some(region), Some(account)) => format!(" in {region} of account {account}"),
        _ => String::new(),
    };
    let object = if *exists == Some(false) { ", the object is new" } else { "" };
    format!(" ({service}{place}{object})")
}

fn difference(Drift { field, wanted, found }: &Drift) -> String {
    let value =
        |value: &Option<String>| value.as_ref().map_or_else(|| "nothing".to_owned(), |text| format!("\"{text}\""));
    format!("{}: {}, {}", field.as_deref().unwrap_or_default(), value(wanted), value(found))
}

fn is_attachment(written: &Written) -> bool {
    written.field.starts_with("resources[")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::commands::plan::check::Unchecked;
    use crate::commands::plan::manifests::Manifest;

    fn orders() -> Manifest {
        let path = PathBuf::from("orders.yaml");
        Manifest {
            source: path.display().to_string(),
            namespace: None,
            name: "orders".to_owned(),
            value: serde_json::Value::Null,
        }
    }

    #[test]
    fn what_could_not_be_planned_says_why_and_is_counted() {
        let refused =
            Planned::unchecked(&orders(), "shop", Unchecked::Refused("spec.suspend: must be a boolean".to_owned()));
        let unknown = Planned::unchecked(&orders(), "shop", Unchecked::Unknown("no answer within 5s".to_owned()));
        assert_eq!(
            text(&[refused, unknown]),
            "shop/orders: refused\n  spec.suspend: must be a boolean\n  of orders.yaml\n\nshop/orders: unknown\n  no answer within 5s\n  of \
             orders.yaml\n\n2 manifests: 1 refused, 1 unknown. Nothing was written.\n"
        );
    }
}
