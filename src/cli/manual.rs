//! `mirrorlint completions` and `mirrorlint man`: what shells and readers are told of the command line, from its own description.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{CommandFactory as _, ValueEnum};

use super::arguments::{Arguments, Completions, FindingsFormat, Man};
use super::{Ending, Outcome, Session};
use crate::fix::put;
use crate::lint::{Refusal, rules};

/// The arguments that are names of rules, which shells can complete.
const RULE_OPTIONS: [(&str, &str); 3] = [("check", "select"), ("check", "ignore"), ("explain", "rule")];

/// Prints the script for a shell.
pub(super) fn completions(session: &Session, options: &Completions) -> Outcome {
    let mut command = whole(true);
    let mut values = |name: &str, argument: &str, values: Vec<PossibleValue>| {
        let described = std::mem::take(&mut command);
        command = described.mut_subcommand(name, |subcommand| {
            subcommand.mut_arg(argument, |argument| argument.value_parser(PossibleValuesParser::new(values)))
        });
    };
    for (name, argument) in RULE_OPTIONS {
        values(name, argument, rules().iter().map(|rule| PossibleValue::new(rule.id)).collect());
    }
    // What clap keeps for good has to live as long, which is not long.
    let name = |command: &clap::Command| PossibleValue::new(&*command.get_name().to_owned().leak());
    values("man", "command", whole(false).get_subcommands().map(name).collect());
    values(
        "check",
        "format",
        FindingsFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect(),
    );
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "mirrorlint", &mut script);
    let script = String::from_utf8_lossy(&script);
    match options.shell {
        clap_complete::Shell::Bash => session.print(&after_commas(&script))?,
        _ => session.print(&script)?,
    }
    Ok(Ending::Clean)
}

/// The script for bash, in which names of rules are completed behind a comma, too.
fn after_commas(script: &str) -> String {
    let names: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    let names = names.join(" ");
    let behind = r#"compgen -P "${cur%"${cur##*,}"}" -W "NAMES" -- "${cur##*,}""#.replace("NAMES", &names);
    script.replace(&format!(r#"compgen -W "{names}" -- "${{cur}}""#), &behind)
}

/// Prints a page, or writes all.
pub(super) fn man(session: &Session, options: &Man) -> Outcome {
    let command = whole(false);
    if let Some(folder) = &options.output {
        for command in std::iter::once(&command).chain(command.get_subcommands()) {
            let file = folder.join(format!("{}.1", display_name(command)));
            put(&file, &page(command)?).map_err(|error| Refusal::new(error.to_string()))?;
        }
        return Ok(Ending::Clean);
    }
    let command = match &options.command {
        None => &command,
        Some(name) => command.find_subcommand(name).ok_or_else(|| {
            let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
            Refusal::new(format!("there is no command called `{name}`; there are {}", known.join(", ")))
        })?,
    };
    session.print(&page(command)?)?;
    Ok(Ending::Clean)
}

/// The whole command line, with the arguments of all subcommands.
fn whole(with_help: bool) -> clap::Command {
    let mut command = Arguments::command().disable_help_subcommand(!with_help);
    command.build();
    command
}

fn display_name(command: &clap::Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &clap::Command) -> Result<String, Refusal> {
    let mut page = Vec::new();
    let version = env!("CARGO_PKG_VERSION");
    let manual = clap_mangen::Man::new(command.clone()).source(format!("mirrorlint {version}")).manual("mirrorlint");
    manual.render(&mut page).map_err(|error| Refusal::new(format!("cannot write the page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every subcommand with its options (`--long`), those of all included.
    fn described() -> Vec<(String, Vec<String>)> {
        let command = whole(false);
        let options = |command: &clap::Command| {
            command.get_arguments().filter_map(|argument| Some(format!("--{}", argument.get_long()?))).collect()
        };
        command.get_subcommands().map(|command| (command.get_name().to_owned(), options(command))).collect()
    }

    #[test]
    fn every_option_is_in_the_page_of_its_command_and_every_command_in_the_first_page() {
        let first = page(&whole(false)).unwrap().replace('\\', "");
        for (name, options) in described() {
            assert!(first.contains(&format!("mirrorlint-{name}(1)")), "{name}");
            let command = whole(false);
            let page = page(command.find_subcommand(&name).unwrap()).unwrap().replace('\\', "");
            assert!(page.starts_with(".ie") && page.contains(&format!("mirrorlint-{name} 1")), "{page}");
            for option in options.iter().filter(|option| *option != "--help") {
                assert!(page.contains(option.as_str()), "{name} {option}");
            }
        }
    }

    #[test]
    fn every_command_and_option_is_completed_in_every_shell() {
        for shell in clap_complete::Shell::value_variants() {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut whole(true), "mirrorlint", &mut script);
            let script = String::from_utf8(script).unwrap();
            for (name, options) in described() {
                assert!(script.contains(&name), "{shell}: {name}");
                for option in options {
                    let long = option.trim_start_matches("--");
                    assert!(
                        script.contains(&option) || script.contains(&format!("-l {long}")),
                        "{shell}: {name} {option}"
                    );
                }
            }
        }
    }
}
