//! The rule table, made from the front matter of `rules/*.md` when the crate is compiled.

use super::{Context, Finding, Safety, Severity};
use crate::nearest::nearest;

/// Where the pages of this version can be read.
pub const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/v", env!("CARGO_PKG_VERSION"), "/rules/");

/// One rule.
pub struct Rule {
    /// Its name: the page's, the file's, what a suppression says.
    pub id: &'static str,
    /// What it is about: `list`, `image`, `source` or `chart`.
    pub group: &'static str,
    /// How bad its findings are unless the configuration says otherwise.
    pub severity: Severity,
    /// How far its fix can be trusted, when it has one.
    pub fix: Option<Safety>,
    /// The version that brought it.
    pub since: &'static str,
    /// What it finds, in a few words.
    pub summary: &'static str,
    /// Its page, Markdown with front matter.
    pub page: &'static str,
    /// Finds.
    pub(super) check: fn(&'static Rule, &Context<'_>) -> Vec<Finding>,
}

impl Rule {
    /// The page without its front matter.
    #[must_use]
    pub fn body(&self) -> &'static str {
        let parts = self.page.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n"));
        parts.map_or(self.page, |(_, body)| body).trim()
    }

    /// The page's sections: what stands behind each `##` heading, and the heading.
    #[must_use]
    pub fn sections(&self) -> Vec<(&'static str, &'static str)> {
        let parts = self.body().split("\n## ").skip(1);
        parts
            .map(|part| part.split_once('\n').unwrap_or((part, "")))
            .map(|(title, text)| (title, text.trim()))
            .collect()
    }

    /// Where the page of this version can be read.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{PAGES}{}.md", self.id)
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// All rules, by name.
#[must_use]
pub fn rules() -> &'static [Rule] {
    super::rules::RULES
}

/// The rule called `id`.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id)
}

/// The rule whose name is most like `name`, if any is.
#[must_use]
pub fn nearest_rule(name: &str) -> Option<&'static str> {
    nearest(name, rules().iter().map(|rule| rule.id))
}
