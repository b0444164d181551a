//! What is printed about the objects that are left. Pure.

use std::fmt::Write;

use super::left::Left;
use crate::args::RemainingArgs;

/// Rows of the table: more would push what to do out of sight, and out of the 80 kB or so that Helm shows of a log.
const MOST_ROWS: usize = 100;

/// What to do about them, with the services.
const WITH_SERVICES: &str = "\
With their services: delete them while the operator runs, and uninstall once they are gone.
  kubectl delete vpces --all --all-namespaces
";

/// Without the services.
const WITHOUT_SERVICES: &str = "\
Without their services: delete the definition while the operator runs. It releases every object and touches nothing in the cloud.
  kubectl annotate crd vpcendpointservices.privatelink.alibabacloud.com privatelink.alibabacloud.com/allow-deletion=true
  kubectl delete crd vpcendpointservices.privatelink.alibabacloud.com
";

/// Neither.
const LATER: &str = "\
Later: uninstall without this check. An operator that is installed again takes them up as they are. Until then no service is touched, and no object \
that is deleted goes.
";

/// For who does not uninstall after all.
const NOT_AT_ALL: &str = "\
Not at all: nothing has been uninstalled, and the operator works on. What manages it may have to be told so.
";

/// Everything that is printed.
pub(super) fn text(left: &[Left], args: &RemainingArgs) -> String {
    let held = left.iter().filter(|object| object.is_held).count();
    if held == 0 {
        return format!(
            "No object is held by the operator's finalizer ({} without it). Nothing holds the uninstallation up.\n",
            left.len()
        );
    }
    let mut text = format!(
        "{held} of {} VpcEndpointService objects are held by the operator's finalizer, which only an operator takes off:\n\n",
        left.len()
    );
    text += &table(left);
    text += "\nTo go on, one of:\n\n";
    text += WITH_SERVICES;
    if !args.ignore_crd_deletion && args.watch_namespace.is_none() {
        text += "\n";
        text += WITHOUT_SERVICES;
    }
    for (way, command) in [(LATER, &args.way_past), (NOT_AT_ALL, &args.way_back)] {
        if let Some(command) = command {
            // A String takes everything.
            let _ = write!(text, "\n{way}  {command}\n");
        }
    }
    text += "\nWhat happens in which order: docs/uninstall.md.\n";
    text
}

fn table(left: &[Left]) -> String {
    let mut rows = vec![["NAMESPACE".into(), "NAME".into(), "SERVICE-ID".into(), "WHEN DELETED".to_owned()]];
    let held = || left.iter().filter(|object| object.is_held);
    rows.extend(held().take(MOST_ROWS).map(|object| {
        let id = object.service_id.clone().unwrap_or_else(|| "-".to_owned());
        [object.namespace.clone(), object.name.clone(), id, object.fate.to_string()]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    let mut text = String::new();
    for [namespace, name, id, fate] in &rows {
        let [first, second, third] = widths;
        // A String takes everything.
        let _ = writeln!(text, "  {namespace:first$}  {name:second$}  {id:third$}  {fate}");
    }
    let more = held().count().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = writeln!(text, "  … and {more} more: kubectl get vpces --all-namespaces");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::left::Fate;
    use super::*;

    fn object(name: &str, fate: Fate, is_held: bool) -> Left {
        let service_id = is_held.then(|| format!("epsrv-{name}"));
        Left { namespace: "team".to_owned(), name: name.to_owned(), service_id, fate, is_held }
    }

    fn args() -> RemainingArgs {
        RemainingArgs {
            watch_namespace: None,
            ignore_crd_deletion: false,
            only_report: false,
            way_past: Some("past".to_owned()),
            way_back: Some("back".to_owned()),
        }
    }

    #[test]
    fn nothing_left_holds_nothing_up() {
        assert_eq!(
            text(&[object("new", Fate::ServiceDeleted, false)], &args()),
            "No object is held by the operator's finalizer (1 without it). Nothing holds the uninstallation up.\n"
        );
    }

    #[test]
    fn each_object_stands_in_a_table_with_what_its_deletion_means() {
        let left = [
            object("orders", Fate::ServiceDeleted, true),
            object("b", Fate::ServiceKept, true),
            object("new", Fate::ServiceDeleted, false),
        ];
        let printed = text(&left, &args());
        let expected = "\
2 of 3 VpcEndpointService objects are held by the operator's finalizer, which only an operator takes off:

  NAMESPACE  NAME    SERVICE-ID    WHEN DELETED
  team       orders  epsrv-orders  deletes the service
  team       b       epsrv-b       keeps the service, without the operator's tags

To go on, one of:
";
        assert!(printed.starts_with(expected), "{printed}");
        let ways = format!(
            "{WITH_SERVICES}\n{WITHOUT_SERVICES}\n{LATER}  past\n\n{NOT_AT_ALL}  back\n\nWhat happens in which order: docs/uninstall.md.\n"
        );
        assert!(printed.ends_with(&ways), "{printed}");
    }

    #[test]
    fn a_way_whose_command_is_not_known_is_not_named() {
        let left = [object("orders", Fate::ServiceDeleted, true)];
        let printed = text(&left, &RemainingArgs { way_past: None, way_back: None, ..args() });
        assert!(!printed.contains(LATER) && !printed.contains(NOT_AT_ALL), "{printed}");
    }

    #[test]
    fn where_deleting_the_definition_deletes_services_nobody_is_told_to() {
        let left = [object("orders", Fate::ServiceDeleted, true)];
        let ignoring = RemainingArgs { ignore_crd_deletion: true, ..args() };
        let narrow = RemainingArgs { watch_namespace: Some("team".to_owned()), ..args() };
        assert!(!text(&left, &ignoring).contains("delete crd"));
        assert!(!text(&left, &narrow).contains("delete crd"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let left: Vec<Left> = (0..150).map(|number| object(&number.to_string(), Fate::ServiceDeleted, true)).collect();
        let printed = text(&left, &args());
        assert!(printed.contains("  … and 50 more: kubectl get vpces --all-namespaces\n"));
        assert_eq!(printed.lines().filter(|line| line.contains("deletes the service")).count(), MOST_ROWS);
    }
}
