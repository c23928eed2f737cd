//! What a run is told: the command line's part and the configuration's.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::targets::Configured;
use super::{Finding, Refusal, Rule, Severity, nearest_rule, rule};
use crate::chart::Overrides;
use crate::config::{Level, Loaded};
use crate::source::canonical;

/// How charts are found and rendered.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Root charts to hold the list against; none means those that are found.
    pub charts: Vec<PathBuf>,
    /// Regions that empty `region` values take; none means those that the list's ECR hosts name.
    pub regions: Vec<String>,
    /// Values over the charts' own.
    pub overrides: Overrides,
    /// The Kubernetes version that charts see; none means [`Settings::DEFAULT_KUBE_VERSION`].
    pub kube_version: Option<String>,
    /// Whether each region that the charts name is a scenario.
    pub all_regions: bool,
    /// Whether images that are switched off are always found, and not only where an entry asks for it.
    pub optional: bool,
    /// The configuration of the workspace.
    pub configuration: Option<Loaded>,
}

impl Settings {
    /// A version that current charts accept; Helm's own default depends on its build.
    pub const DEFAULT_KUBE_VERSION: &'static str = "1.31.0";

    /// What the configuration says of the list at `path`.
    pub(super) fn configured(&self, path: &Path) -> Option<Configured<'_>> {
        let loaded = self.configuration.as_ref()?;
        let path = canonical(path);
        let mut lists = loaded.configuration.lists.iter().enumerate();
        let same = |list: &Path| canonical(&loaded.folder.join(list)) == path;
        lists.find(|(_, list)| same(&list.path)).map(|(number, list)| Configured { loaded, list, number })
    }
}

/// The severities that the configuration gives to rules.
pub(super) struct Levels(HashMap<&'static str, Level>);

impl Levels {
    /// Those of the configuration, which must name rules that there are.
    pub fn of(settings: &Settings) -> Result<Self, Refusal> {
        let Some(loaded) = &settings.configuration else { return Ok(Self(HashMap::new())) };
        let mut levels = HashMap::new();
        for (name, level) in &loaded.configuration.rules {
            let Some(rule) = rule(name) else {
                let near = nearest_rule(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                let span = loaded.key_span(&["rules".to_owned()], name);
                let message = format!("there is no rule called `{name}`{near}");
                return Err(Refusal { span: Some(span), ..Refusal::new(message) });
            };
            levels.insert(rule.id, *level);
        }
        Ok(Self(levels))
    }

    /// Whether the configuration switches `rule` off.
    pub fn is_off(&self, rule: &Rule) -> bool {
        self.0.get(rule.id) == Some(&Level::Off)
    }

    /// The finding with its configured severity; nothing when its rule is off.
    pub fn apply(&self, mut finding: Finding) -> Option<Finding> {
        finding.severity = match self.0.get(finding.rule.id) {
            None => finding.severity,
            Some(Level::Off) => return None,
            Some(Level::Info) => Severity::Info,
            Some(Level::Warning) => Severity::Warning,
            Some(Level::Error) => Severity::Error,
        };
        Some(finding)
    }
}
