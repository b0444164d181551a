//! The page of flags, from the command line's own declaration.

use clap::{Arg, Command, CommandFactory};

use super::{code, table};
use crate::args::Cli;

/// Every command with its flags by heading.
pub(super) fn flags() -> String {
    let mut text = String::from("The same as `privatelink-operator COMMAND --help`.\n");
    for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
        text.extend(["\n## `privatelink-operator ", command.get_name(), "`\n\n"]);
        text += &command.get_about().map(|about| format!("{about}.\n")).unwrap_or_default();
        for heading in headings(command) {
            text.extend(["\n### ", heading.unwrap_or("Options"), "\n\n"]);
            let flags = shown(command).filter(|flag| flag.get_help_heading() == heading);
            text += &table(["flag", "default", "environment", "meaning"], flags.map(row));
        }
        text += &command.get_after_help().map(|help| format!("\n{help}\n")).unwrap_or_default();
    }
    text
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|flag| !flag.is_hide_set() && (flag.get_long().is_some() || flag.is_positional()))
}

/// In the order in which they first come.
fn headings(command: &Command) -> Vec<Option<&str>> {
    let mut headings = Vec::new();
    for flag in shown(command) {
        if !headings.contains(&flag.get_help_heading()) {
            headings.push(flag.get_help_heading());
        }
    }
    headings
}

fn row(flag: &Arg) -> [String; 4] {
    let takes_value = flag.get_action().takes_values();
    let value = flag.get_value_names().filter(|_| takes_value).and_then(|names| names.first());
    let value = value.map(ToString::to_string);
    let name = match flag.get_long() {
        Some(long) => code(&format!("--{long}{}", value.map(|value| format!("={value}")).unwrap_or_default())),
        None => code(&value.unwrap_or_default()),
    };
    let short = flag.get_short().map(|short| format!(", {}", code(&format!("-{short}"))));
    let default: Vec<_> = flag.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let environment = flag.get_env().map(|name| code(&name.to_string_lossy())).unwrap_or_default();
    let default = if takes_value && !default.is_empty() { code(&default.join(", ")) } else { String::new() };
    let help = flag.get_help().map(|help| help.to_string().replace('\n', " ")).unwrap_or_default();
    [name + &short.unwrap_or_default(), default, environment, help]
}
