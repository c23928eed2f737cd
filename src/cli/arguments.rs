//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};

use super::environment::variable;
use super::plan::PlanFormat;
use crate::chart::STANDARD_INPUT;
use crate::inventory::is_region_name;
use crate::lint::Severity;
use crate::nearest::hint;

/// Holds a hand-kept list of mirrored container images against the Helm charts that deploy them.
#[derive(Debug, Parser)]
#[command(name = "mirrorlint", version, max_term_width = 100, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// When to colour the output; `auto` asks `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR_FORCE` and the terminal.
    #[arg(long, global = true, value_enum, default_value = "auto", env = variable("MIRRORLINT_COLOR"))]
    #[arg(hide_env_values = true)]
    pub color: Color,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check mirror lists against the charts. Exits 0 when clean, 1 on findings, 2 when it could not run.
    Check(Deferred<Check>),
    /// List every image that the charts deploy, with chart, workload and origins.
    Images(Deferred<Images>),
    /// Tell where an image comes from: template, helpers, and the values line that won, part by part.
    Why(Deferred<Why>),
    /// Write the list that the charts ask for.
    Init(Deferred<Init>),
    /// Tell what the copy script would pull and push, and which deployed images that serves.
    Plan(Deferred<Plan>),
    /// Bring external charts, also those that a condition switches off, at their exact versions into the cache, and pin their bytes.
    #[cfg(feature = "fetch")]
    Fetch(Deferred<Fetch>),
    /// Tell which versions of external charts there are, and what another one would change.
    #[cfg(feature = "fetch")]
    Versions(Deferred<Versions>),
    /// Render a chart as `helm template` does.
    Render(Deferred<Render>),
    /// Print a chart's default values as `helm show values` does.
    Values(Deferred<Values>),
    /// Serve an editor over standard input and output (Language Server Protocol).
    #[cfg(feature = "lsp")]
    Lsp(Deferred<Lsp>),
    /// Print a rule's page.
    Explain(Deferred<Explain>),
    /// List all rules.
    Rules(Deferred<Rules>),
    /// Print a script that completes commands, options and names of rules in a shell.
    Completions(Deferred<Completions>),
    /// Print the manual page, or that of a command.
    Man(Deferred<Man>),
}

/// The arguments of a subcommand. They are described to the parser when the subcommand is the one that was called: to describe
/// those of all takes a tenth of what rendering a small chart takes.
#[derive(Debug)]
pub(super) struct Deferred<T>(T);

impl<T> std::ops::Deref for Deferred<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.defer(|command| described(command, T::augment_args))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        command.defer(|command| described(command, T::augment_args_for_update))
    }
}

/// `command` with its arguments, which must not speak for it.
fn described(command: clap::Command, augment: fn(clap::Command) -> clap::Command) -> clap::Command {
    let (about, long_about) = (command.get_about().cloned(), command.get_long_about().cloned());
    let command = augment(command).about(None::<&str>).long_about(None::<&str>);
    let command = about.into_iter().fold(command, clap::Command::about);
    long_about.into_iter().fold(command, clap::Command::long_about)
}

#[derive(Clone, Debug, Args)]
pub(super) struct Check {
    /// Lists, or workspace folders; none is the current folder, or the workspace around it. `-` is standard input, which `--stdin-filename` names.
    pub paths: Vec<PathBuf>,
    /// Where the list would lie that standard input holds: what an editor has not saved yet. No YAML file or
    /// template, unless the configuration names it as a list.
    #[arg(long, value_name = "PATH", conflicts_with = "applying")]
    pub stdin_filename: Option<PathBuf>,
    /// How to print the findings: `human`, `concise` (one line each), `json`, `sarif`, `github` (annotations), `markdown`,
    /// `rdjson` (reviewdog), `junit`, `gitlab` (code quality), `checkstyle`. With a file (`json=out.json`) they are written
    /// there; repeatable, with at most one format for standard output.
    #[arg(long, default_value = "human", value_name = "FORMAT[=FILE]")]
    #[arg(env = variable("MIRRORLINT_FORMAT"), hide_env_values = true)]
    pub format: Vec<Output>,
    /// Exit 0 also when there are findings.
    #[arg(long)]
    pub exit_zero: bool,
    /// The least severity that makes the exit code 1.
    #[arg(long, value_enum, default_value = "warning", value_name = "SEVERITY")]
    #[arg(env = variable("MIRRORLINT_FAIL_ON"), hide_env_values = true)]
    pub fail_on: FailOn,
    /// Report these rules only (comma-separated or repeated).
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    #[arg(env = variable("MIRRORLINT_SELECT"), hide_env_values = true)]
    pub select: Vec<String>,
    /// Leave these rules out.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    #[arg(env = variable("MIRRORLINT_IGNORE"), hide_env_values = true)]
    pub ignore: Vec<String>,
    /// Report only what the change since this commit touched or caused; `REV...`: since the branch parted from REV.
    #[arg(long, value_name = "REV", conflicts_with = "applying")]
    pub since: Option<String>,
    /// Apply the safe fixes, then report what is left.
    #[arg(long, group = "applying")]
    pub fix: bool,
    /// With --fix or --diff: apply unsafe fixes, too, and write files of submodules and outside of the workspace.
    #[arg(long, requires = "applying")]
    pub unsafe_fixes: bool,
    /// Print what --fix would change as a patch, and write nothing; exit 1 when there is something.
    #[arg(long, group = "applying")]
    pub diff: bool,
    /// Print how many findings each rule has, in place of the findings.
    #[arg(long)]
    pub statistics: bool,
    /// Print no closing lines.
    #[arg(short, long)]
    pub quiet: bool,
    /// Print what was decided, and why: workspace, configuration, lists, charts, scenarios. Checks nothing and exits 0.
    #[arg(long)]
    pub show_settings: bool,
    #[command(flatten)]
    pub charts: ChartOptions,
}

impl ValueOptions {
    /// Whether one of the values is standard input.
    pub(super) fn reads_input(&self) -> bool {
        let is_input = |name: &str| name.trim() == STANDARD_INPUT;
        let in_arguments = |argument: &String| argument.split(['=', ',']).skip(1).any(is_input);
        let given = self.values.iter().any(|path| path.to_str().is_some_and(is_input));
        given || self.set_file.iter().any(in_arguments)
    }
}

/// How charts are found and rendered for all commands that look at images.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ChartOptions {
    /// Look at this root chart (folder or .tgz; repeatable), and at none else.
    #[arg(long = "chart", value_name = "PATH")]
    pub charts: Vec<PathBuf>,
    /// Region that empty `region` values take, in place of those that the list's ECR hosts name (comma-separated
    /// or repeated).
    #[arg(long = "region", value_name = "REGION", value_parser = region, value_delimiter = ',')]
    #[arg(env = variable("MIRRORLINT_REGION"), hide_env_values = true)]
    pub regions: Vec<String>,
    /// Configuration to use in place of the workspace's `.mirrorlint.yaml`.
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    #[arg(env = variable("MIRRORLINT_CONFIG"), hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Use no configuration.
    #[arg(long)]
    pub isolated: bool,
    #[command(flatten)]
    pub values: ValueOptions,
    /// `.Release.Namespace`; none is that of the configuration, else `default`.
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Kubernetes version that the charts see.
    #[arg(long, value_name = "VERSION", env = variable("MIRRORLINT_KUBE_VERSION"), hide_env_values = true)]
    pub kube_version: Option<String>,
}

/// Values that override a chart's own, as Helm's flags of the same names.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ValueOptions {
    /// Values file, `-` for standard input (repeatable or comma-separated; the last one wins).
    #[arg(short = 'f', long = "values", value_delimiter = ',', value_name = "FILE")]
    pub values: Vec<PathBuf>,
    /// Set a value: `a.b=c,d[0]=e` (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Set a value that stays a string.
    #[arg(long = "set-string", value_name = "KEY=VALUE")]
    pub set_string: Vec<String>,
    /// Set a value to JSON.
    #[arg(long = "set-json", value_name = "KEY=JSON")]
    pub set_json: Vec<String>,
    /// Set a value to the content of a file.
    #[arg(long = "set-file", value_name = "KEY=FILE")]
    pub set_file: Vec<String>,
    /// Set a value to all that follows the first `=`, as newer Helm does.
    #[arg(long = "set-literal", value_name = "KEY=TEXT")]
    pub set_literal: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Images {
    /// A chart (folder, .tgz, or the name of one that a chart of the workspace depends on), a list, or a folder that holds
    /// charts; none is the current folder, or the workspace around it.
    pub path: Option<PathBuf>,
    /// How to print them.
    #[arg(long, value_enum, default_value = "human")]
    pub format: ImagesFormat,
    /// Show what is deployed in each region that the charts name.
    #[arg(long, conflicts_with = "regions")]
    pub all_regions: bool,
    #[command(flatten)]
    pub charts: ChartOptions,
}

#[derive(Debug, Args)]
pub(super) struct Why {
    /// The image: in full, its repository, or the last part of its name.
    pub image: String,
    /// A chart (folder, .tgz, or the name of one that a chart of the workspace depends on), a list, or a folder that holds
    /// charts; none is the current folder, or the workspace around it.
    pub path: Option<PathBuf>,
    /// How to print the chain.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    #[command(flatten)]
    pub charts: ChartOptions,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The workspace folder; none is the current folder.
    pub path: Option<PathBuf>,
    /// Where to write the list, which must not be there yet; standard output otherwise, or with `-`.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value = "list")]
    pub format: ListFormat,
    #[command(flatten)]
    pub charts: ChartOptions,
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// A list, or a workspace folder; none is the current folder, or the workspace around it.
    pub path: Option<PathBuf>,
    /// The private registry to copy to: `ACCOUNT.dkr.ecr.REGION.amazonaws.com`.
    #[arg(long, value_name = "HOST")]
    pub registry: Option<String>,
    /// How to print the plan.
    #[arg(long, value_enum, default_value = "human")]
    pub format: PlanFormat,
    #[command(flatten)]
    pub charts: ChartOptions,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)] // as with Helm, of a flag that is given twice the last one counts
#[command(mut_args(takes_a_value_as_in_go))]
pub(super) struct Render {
    /// The chart (folder, .tgz, or the name of one that a chart of the workspace depends on).
    pub chart: PathBuf,
    /// `.Release.Name`
    #[arg(long, default_value = "release-name")]
    pub release_name: String,
    /// `.Release.Namespace`
    #[arg(short, long, default_value = "default")]
    pub namespace: String,
    /// Kubernetes version that the chart sees.
    #[arg(long, value_name = "VERSION", env = variable("MIRRORLINT_KUBE_VERSION"), hide_env_values = true)]
    pub kube_version: Option<String>,
    /// API version that `.Capabilities.APIVersions` also has (repeatable).
    #[arg(short, long, value_name = "VERSION")]
    pub api_versions: Vec<String>,
    /// Print the files below `crds/` too.
    #[arg(long)]
    pub include_crds: bool,
    /// Leave test hooks out.
    #[arg(long)]
    pub skip_tests: bool,
    /// Do not hold the values against `values.schema.json`.
    #[arg(long)]
    pub skip_schema_validation: bool,
    /// Leave hooks out.
    #[arg(long)]
    pub no_hooks: bool,
    /// Set `.Release.IsUpgrade` in place of `.Release.IsInstall`.
    #[arg(long)]
    pub is_upgrade: bool,
    /// Print only the manifests of these templates (path within the chart, with globs; repeatable).
    #[arg(short, long, value_name = "TEMPLATE")]
    pub show_only: Vec<String>,
    #[command(flatten)]
    pub values: ValueOptions,
}

/// Go's flags may be switched off, too: `--skip-tests=false`.
fn takes_a_value_as_in_go(argument: Arg) -> Arg {
    if !matches!(argument.get_action(), ArgAction::SetTrue) {
        return argument;
    }
    let argument = argument.action(ArgAction::Set).value_parser(value_parser!(bool));
    let argument = argument.num_args(0..=1).require_equals(true).default_value("false").default_missing_value("true");
    argument.hide_default_value(true).hide_possible_values(true)
}

#[cfg(feature = "fetch")]
#[derive(Debug, Args)]
pub(super) struct Fetch {
    /// A folder that holds charts, or a chart; none is the current folder, or the workspace around one without charts.
    pub path: Option<PathBuf>,
    /// Bring what this chart needs (folder or .tgz; repeatable), and not what all charts of the workspace do.
    #[arg(long = "chart", value_name = "PATH")]
    pub charts: Vec<PathBuf>,
    /// Also write the packages into the `charts/` of each chart, as `helm dependency build` does.
    #[arg(long)]
    pub vendor: bool,
    /// Choose anew what a constraint leaves open, whatever `.mirrorlint.lock` says; with --vendor also what lies in `charts/`.
    #[arg(long)]
    pub update: bool,
    /// Say what would be brought, and bring nothing.
    #[arg(long, conflicts_with = "vendor")]
    pub dry_run: bool,
    /// Print nothing but what went wrong.
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub reaching: Reaching,
}

#[cfg(feature = "fetch")]
#[derive(Debug, Args)]
pub(super) struct Versions {
    /// A chart, for all its external dependencies, or the name of one that a chart here has; none is all that the charts
    /// here have: those of the current folder, or of the workspace around one without charts.
    #[arg(value_name = "CHART|DEPENDENCY")]
    pub subject: Option<String>,
    /// Render what is deployed as `images` does, with each newer version in place of the one at hand, and show how the images differ.
    #[arg(long)]
    pub images: bool,
    /// How many versions are shown of each chart.
    #[arg(long, value_name = "NUMBER", default_value = "10", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Show prereleases, too.
    #[arg(long)]
    pub prereleases: bool,
    /// How to print them.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    #[command(flatten)]
    pub charts: ChartOptions,
    #[command(flatten)]
    pub reaching: Reaching,
}

/// How patient the network is asked.
#[cfg(feature = "fetch")]
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Reaching {
    /// How long a server may be silent. A whole answer may take ten times as long.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub timeout: f32,
    /// How often a request is repeated that may succeed another time.
    #[arg(long, value_name = "NUMBER", default_value = "3", value_parser = clap::value_parser!(u32).range(0..=20))]
    pub retries: u32,
}

/// Between a millisecond and an hour.
#[cfg(feature = "fetch")]
fn seconds(text: &str) -> Result<f32, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.001..=3600.0).contains(seconds));
    seconds.ok_or_else(|| "is no number of seconds from 0.001 to 3600".to_owned())
}

#[derive(Debug, Args)]
pub(super) struct Values {
    /// The chart (folder, .tgz, or the name of one that a chart of the workspace depends on).
    pub chart: PathBuf,
}

#[cfg(feature = "lsp")]
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Speak over standard input and output: the only way there is, for clients that ask for it.
    #[arg(long)]
    pub stdio: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's name.
    pub rule: String,
    /// How to print it.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// How to print them.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command; none is the page on all of them.
    pub command: Option<String>,
    /// Write the pages on all commands into this folder instead.
    #[arg(short, long, value_name = "FOLDER", conflicts_with = "command")]
    pub output: Option<PathBuf>,
}

/// A region's name, which need not be one that AWS has today.
fn region(name: &str) -> Result<String, String> {
    let wrong = "is no name of an AWS region, as `us-west-2` is";
    if is_region_name(name) { Ok(name.to_owned()) } else { Err(wrong.to_owned()) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ImagesFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// What is deployed, one image a line, as `images.txt` files have it.
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// A mirror list.
    List,
    /// One image a line, as `images.txt` files have it.
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FindingsFormat {
    /// For people.
    Human,
    /// One line each: `PATH:LINE:COLUMN: SEVERITY[RULE] MESSAGE`.
    Concise,
    /// For programs.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// Annotations in GitHub's workflows.
    Github,
    /// A table for reviewers, with details folded.
    Markdown,
    /// For reviewdog.
    Rdjson,
    /// For readers of test reports.
    Junit,
    /// GitLab's code quality report.
    Gitlab,
    /// For readers of Checkstyle's reports.
    Checkstyle,
}

/// Where the paths of a report start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// The current folder, from which people, editors and reviewdog reach files.
    Here,
    /// The workspace.
    Workspace,
    /// The top of the git repository, which is what the servers that show the report know.
    Repository,
}

impl FindingsFormat {
    /// Where its paths start.
    pub(super) fn base(self) -> Base {
        match self {
            Self::Human | Self::Concise | Self::Rdjson | Self::Checkstyle => Base::Here,
            Self::Json => Base::Workspace,
            Self::Sarif | Self::Github | Self::Markdown | Self::Junit | Self::Gitlab => Base::Repository,
        }
    }

    /// Whether it is for people, who may ask for statistics in its place.
    pub(super) fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Concise)
    }

    /// What it is called.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The format called `name`.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        Self::from_str(name, false).map_err(|_| {
            let known: Vec<_> = Self::value_variants().iter().map(|format| format.name()).collect();
            let meant = hint(name, known.iter().map(String::as_str));
            format!("there is no format called `{name}`; it can be {}{meant}", known.join(", "))
        })
    }
}

/// A format, and the file that it goes to; none is standard output.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub format: FindingsFormat,
    pub file: Option<PathBuf>,
}

impl Check {
    /// Whether what reads its output reads `concise`.
    pub(super) fn is_concise(&self) -> bool {
        self.format.iter().any(|output| output.format == FindingsFormat::Concise && output.file.is_none())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Info,
    Warning,
    Error,
}

impl From<FailOn> for Severity {
    fn from(level: FailOn) -> Self {
        match level {
            FailOn::Info => Self::Info,
            FailOn::Warning => Self::Warning,
            FailOn::Error => Self::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn a_subcommand_keeps_its_description_when_its_arguments_are_described() {
        let all = Arguments::command();
        assert!(all.get_subcommands().count() > 5);
        for command in all.get_subcommands() {
            let mut described = command.clone();
            described.build();
            assert_eq!(described.get_about().map(ToString::to_string), command.get_about().map(ToString::to_string));
            assert!(command.get_about().is_some() && described.get_long_about().is_none());
        }
    }

    #[test]
    fn the_description_of_all_arguments_is_sound() {
        Arguments::command().debug_assert();
    }
}
