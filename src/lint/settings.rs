//! What a run is told: the command line's part and the configuration's.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::targets::Configured;
use super::{Finding, Kept, Refusal, Rule, Safety, Severity, nearest_rule, rule};
use crate::chart::{LoadOptions, Overrides, Packages};
use crate::config::{self, Level, Loaded, Trust};
use crate::source::canonical;
use crate::store::Store;

/// Which regions ECR hosts of a list at that path will name or not, where fixes are going to change that.
pub type Outlook = BTreeMap<(PathBuf, String), bool>;

/// How charts are found and rendered.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Root charts to hold the list against; none means those that are found.
    pub charts: Vec<PathBuf>,
    /// Regions that empty `region` values take; none means those that the list's ECR hosts name.
    pub regions: Vec<String>,
    /// What lists are held against in place of the regions that they name: those that they will.
    pub outlook: Outlook,
    /// Values over the charts' own.
    pub overrides: Overrides,
    /// The namespace of the releases; none means that of the configuration, else Helm's own default.
    pub namespace: Option<String>,
    /// The Kubernetes version that charts see; none means [`Settings::DEFAULT_KUBE_VERSION`].
    pub kube_version: Option<String>,
    /// Whether each region that the charts name is a scenario.
    pub all_regions: bool,
    /// Whether images that are switched off are always found, and not only where an entry asks for it.
    pub optional: bool,
    /// The configuration of the workspace.
    pub configuration: Option<Loaded>,
    /// Where external charts may lie that are in no `charts/`.
    pub store: Option<Arc<Store>>,
    /// The private registry that the list is copied to, when it is known: a host of ECR.
    pub registry: Option<String>,
    /// Rules whose findings nobody will be told, by name: none of them stands for another of the same cause.
    pub unasked: Vec<&'static str>,
    /// What earlier checks left.
    pub kept: Kept,
}

impl Settings {
    /// A version that current charts accept; Helm's own default depends on its build.
    pub const DEFAULT_KUBE_VERSION: &'static str = "1.31.0";

    /// How charts are loaded.
    pub(super) fn loading(&self) -> LoadOptions<'_> {
        let packages = self.store.as_deref().map(|store| store as &dyn Packages);
        LoadOptions { resolve_file_dependencies: true, packages }
    }

    /// The files of values and objects that the command line and the configuration name. A file that may lie in one of two places is
    /// named twice.
    pub(super) fn inputs(&self) -> Vec<PathBuf> {
        let Overrides { files, set_file, .. } = &self.overrides;
        let set = set_file.iter().flat_map(|set| set.split(',')).filter_map(|set| set.split_once('='));
        let mut inputs: Vec<PathBuf> = files.iter().cloned().chain(set.map(|(_, file)| file.into())).collect();
        if let Some(loaded) = &self.configuration {
            for chart in loaded.configuration.lists.iter().flat_map(|list| &list.charts) {
                let of_scenarios = chart.scenarios.iter().flat_map(|scenario| &scenario.values);
                for file in chart.values.iter().chain(of_scenarios).chain(&chart.objects) {
                    inputs.push(loaded.folder.join(file));
                    inputs.push(loaded.folder.join(&chart.path).join(file));
                }
            }
        }
        inputs
    }

    /// Whether the configuration names the file at `path` as a list.
    #[must_use]
    pub fn names_list(&self, path: &Path) -> bool {
        self.configured(path).is_some()
    }

    /// The lists that the configuration holds against the chart at `path`, as it names them.
    #[must_use]
    pub fn lists_of(&self, path: &Path) -> Vec<PathBuf> {
        let path = canonical(path);
        let Some(loaded) = &self.configuration else { return Vec::new() };
        let names =
            |list: &&config::List| list.charts.iter().any(|chart| canonical(&loaded.below(&chart.path)) == path);
        loaded.configuration.lists.iter().filter(names).map(|list| loaded.below(&list.path)).collect()
    }

    /// What the configuration says of the list at `path`.
    pub(super) fn configured(&self, path: &Path) -> Option<Configured<'_>> {
        let loaded = self.configuration.as_ref()?;
        let path = canonical(path);
        let mut lists = loaded.configuration.lists.iter().enumerate();
        let same = |list: &Path| canonical(&loaded.below(list)) == path;
        lists.find(|(_, list)| same(&list.path)).map(|(number, list)| Configured { loaded, list, number })
    }
}

/// What the configuration makes of rules: their severities, and how far their fixes are trusted.
#[derive(Default)]
pub(super) struct Levels {
    severities: HashMap<&'static str, Level>,
    trust: HashMap<&'static str, Trust>,
}

impl Levels {
    /// Those of the configuration, which must name rules that there are, and for fixes rules that have some.
    pub fn of(settings: &Settings) -> Result<Self, Refusal> {
        let Some(loaded) = &settings.configuration else { return Ok(Self::default()) };
        let (rules, fixes) = (&loaded.configuration.rules, &loaded.configuration.fixes);
        let severities = rules.iter().map(|(name, level)| Ok((named(loaded, "rules", name)?.id, *level)));
        let trust = fixes.iter().map(|(name, trust)| match named(loaded, "fixes", name)? {
            Rule { fix: None, .. } => Err(refusal(loaded, "fixes", name, format!("`{name}` has no fixes"))),
            rule => Ok((rule.id, *trust)),
        });
        Ok(Self {
            severities: severities.collect::<Result<_, Refusal>>()?,
            trust: trust.collect::<Result<_, Refusal>>()?,
        })
    }

    /// Whether the configuration switches `rule` off.
    pub fn is_off(&self, rule: &Rule) -> bool {
        self.severities.get(rule.id) == Some(&Level::Off)
    }

    /// The rules that are switched off, by name.
    pub fn off(&self) -> Vec<&'static str> {
        let off = self.severities.iter().filter(|(_, level)| **level == Level::Off);
        let mut off: Vec<_> = off.map(|(rule, _)| *rule).collect();
        off.sort_unstable();
        off
    }

    /// The finding with its configured severity, and its fixes as far as they are trusted; nothing when its rule is off.
    pub fn apply(&self, mut finding: Finding) -> Option<Finding> {
        finding.severity = match self.severities.get(finding.rule.id) {
            None => finding.severity,
            Some(Level::Off) => return None,
            Some(Level::Info) => Severity::Info,
            Some(Level::Warning) => Severity::Warning,
            Some(Level::Error) => Severity::Error,
        };
        let safety = match self.trust.get(finding.rule.id) {
            None => return Some(finding),
            Some(Trust::Off) => {
                finding.withhold(|_| true);
                return Some(finding);
            }
            Some(Trust::Safe) => Safety::Safe,
            Some(Trust::Unsafe) => Safety::Unsafe,
        };
        finding.fixes.iter_mut().for_each(|fix| fix.safety = safety);
        Some(finding)
    }
}

/// The rule that the key `name` of the mapping `mapping` names.
fn named(loaded: &Loaded, mapping: &str, name: &str) -> Result<&'static Rule, Refusal> {
    rule(name).ok_or_else(|| {
        let near = nearest_rule(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        refusal(loaded, mapping, name, format!("there is no rule called `{name}`{near}"))
    })
}

fn refusal(loaded: &Loaded, mapping: &str, name: &str, message: String) -> Refusal {
    let span = loaded.key_span(&[mapping.to_owned()], name);
    Refusal { span: Some(span), ..Refusal::new(message) }
}
