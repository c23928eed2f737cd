//! Suppressions, applied after all rules ran: `# mirrorlint: allow RULE: REASON` in the list, `allow` in the configuration.
//! Finds those, and the exemptions, that are at fault; how that is told is the rule `unused-suppression`'s matter.

use std::path::Path;
use std::sync::Arc;

use super::exemption::{Idleness, matches};
use super::{Finding, Refusal, Rule, Settings, nearest_rule, rule};
use crate::config::{Allow, Loaded};
use crate::mirror::{Directive, DirectiveKind, LineKind, List, Located, Reason, Scope};
use crate::source::{Sources, Span, canonical, path_from};

/// The rule that speaks of suppressions, which no suppression silences.
pub(super) const UNUSED: &str = "unused-suppression";

/// Why the second of two that say the same is good for nothing.
const AGAIN: &str = "the same stands above already";

/// Why one is good for nothing where others silence all that it means.
const ABOVE: &str = "another one above does already";

/// Why one silences nothing where what it means is about a chart, and what to do about that.
const OF_CHART: &str = "what it means stands in another file";
const CONFIGURE: &str = "Allow it in `.mirrorlint.yaml`";

/// What to do about one that is likely meant for the whole list.
const OF_LIST: &str = "A blank line in place of the bare `#` makes it one of the whole list";

/// A suppression or exemption that is at fault.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Its place.
    pub span: Span,
    /// What it says, its reason left out: `allow tag-mismatch`.
    pub written: String,
    /// The line of the list to delete, for one that stands there.
    pub line: Option<usize>,
    /// What of the line to delete, where the rest of it is good for something.
    pub part: Option<Span>,
    /// The name of the entry that it speaks of.
    pub entry: Option<String>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a suppression or an exemption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// It silences nothing; why that is.
    Idle(&'static str),
    /// It silences something and does not say why.
    NoReason,
    /// What may be its reason follows without a sign that parts it.
    Unparted {
        /// Where the sign belongs.
        at: Span,
        /// What follows.
        words: String,
        /// Whether the first of the words is a rule's name.
        names_rule: bool,
    },
    /// There is no rule of that name.
    NoRule {
        /// The place of the name.
        name: Span,
        /// The rule that would silence something there and is most likely meant.
        meant: Option<&'static str>,
    },
    /// It silences nothing, for this reason, and is likely meant otherwise: what to write.
    Slip(&'static str, &'static str),
    /// It would silence the rule that reports it.
    Itself,
    /// It stands above no entry.
    Adrift,
    /// A blank line parts it from the entry of that name.
    Torn(String),
    /// It is neither `allow` nor `exempt`.
    NoOrder {
        /// The place of its first word, where a rule's name follows: `allow` is most likely meant.
        verb: Option<Span>,
    },
    /// No colon stands behind `mirrorlint`; here it belongs.
    Unaddressed(Span),
}

impl FaultKind {
    /// Whether nothing is lost without it.
    fn is_needless(&self) -> bool {
        matches!(self, Self::Idle(_) | Self::Itself | Self::NoRule { meant: None, .. })
    }
}

/// Takes the findings out of `findings` that the list's own suppressions silence, and gives the suppressions that are at
/// fault. `doubtful` says for which rules a suppression that silences nothing proves nothing.
pub(super) fn suppress(list: &List, findings: &mut Vec<Finding>, doubtful: &dyn Fn(&Rule) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut silenced = Vec::new();
    for directive in &list.directives {
        match &directive.kind {
            DirectiveKind::Exempt { .. } => {}
            DirectiveKind::Unknown(words) => {
                let verb = words.as_ref().and_then(verb_before_rule);
                faults.push(fault(list, directive, FaultKind::NoOrder { verb }));
            }
            DirectiveKind::Unaddressed { at, .. } => {
                faults.push(fault(list, directive, FaultKind::Unaddressed(*at)));
            }
            DirectiveKind::Allow { rules, reason } => {
                let kind_of = |name: &Located| allow(list, directive, name, findings, &mut silenced, doubtful);
                let mut kinds: Vec<_> = rules.iter().map(kind_of).collect();
                // What is wrong with several of its rules in one way is said once.
                let unreasoned = unreasoned(rules.last(), reason.as_ref());
                if unreasoned.is_some() {
                    // What names more rules may be of use when it is read.
                    let hides = |kind: &Option<FaultKind>| match kind {
                        None => true,
                        Some(kind) => {
                            matches!(unreasoned, Some(FaultKind::Unparted { names_rule: true, .. }))
                                && matches!(kind, FaultKind::Idle(_) | FaultKind::Slip(..))
                        }
                    };
                    kinds.iter_mut().filter(|kind| hides(kind)).for_each(|kind| kind.clone_from(&unreasoned));
                }
                for common in unreasoned.into_iter().chain([adrift(list, directive)]) {
                    let of_common = rules.iter().zip(&mut kinds).filter(|(_, kind)| kind.as_ref() == Some(&common));
                    let mut names = Vec::new();
                    for (rule, kind) in of_common {
                        names.push(rule);
                        *kind = None;
                    }
                    if !names.is_empty() {
                        let written = allow_of(names);
                        faults.push(Fault { written, ..fault(list, directive, common) });
                    }
                }
                let wholly = kinds.iter().all(|kind| kind.as_ref().is_some_and(FaultKind::is_needless));
                for (at, kind) in kinds.into_iter().enumerate().filter_map(|(at, kind)| Some((at, kind?))) {
                    let whole = fault(list, directive, kind);
                    faults.push(if rules.len() == 1 { whole } else { of_one(whole, rules, at, wholly) });
                }
            }
        }
    }
    faults
}

/// The place of the first of `words`, when a rule's name follows it.
fn verb_before_rule(words: &Located) -> Option<Span> {
    let (verb, rest) = words.text.split_once([' ', '\t'])?;
    let name = rest.trim_start().split([' ', '\t', ':', ',']).next().unwrap_or_default();
    rule(name).map(|_| words.span_of(0..verb.len()))
}

/// What is wrong with the reason of a directive, which stands behind `before`.
fn unreasoned(before: Option<&Located>, reason: Option<&Reason>) -> Option<FaultKind> {
    let (before, reason) = match (before, reason) {
        (Some(before), Some(reason)) => (before.span, reason),
        _ => return Some(FaultKind::NoReason),
    };
    let words = reason.words.text.clone();
    let first = words.split([' ', '\t', ':', ',']).next().unwrap_or_default();
    let names_rule = rule(first).is_some();
    (!reason.parted).then_some(FaultKind::Unparted { at: Span { start: before.end, ..before }, words, names_rule })
}

/// Moves the findings that `directive` silences as far as it names the rule `name` to the `silenced` ones, and says what is wrong
/// with that.
fn allow(
    list: &List,
    directive: &Directive,
    name: &Located,
    findings: &mut Vec<Finding>,
    silenced: &mut Vec<Finding>,
    doubtful: &dyn Fn(&Rule) -> bool,
) -> Option<FaultKind> {
    let covered = |finding: &Finding| covers(list, directive.scope, finding);
    match rule(&name.text) {
        None => {
            let silences = |id: &&str| findings.iter().any(|found| found.rule.id == *id && covered(found));
            Some(FaultKind::NoRule { name: name.span, meant: nearest_rule(&name.text).filter(silences) })
        }
        Some(rule) if rule.id == UNUSED => Some(FaultKind::Itself),
        Some(_) if directive.scope == Scope::Nowhere => Some(adrift(list, directive)),
        Some(rule) => {
            let means = |finding: &Finding| finding.rule == rule && covered(finding);
            let again = silenced.iter().any(means);
            let before = silenced.len();
            silenced.extend(findings.extract_if(.., |finding| means(finding)));
            let why = match directive.scope {
                _ if again => ABOVE,
                Scope::Entry(_) => "the entry has no such finding",
                Scope::File | Scope::Nowhere => "the list has no such finding",
            };
            let idle = silenced.len() == before && !doubtful(rule);
            let elsewhere = || findings.iter().any(|found| found.rule == rule && covers(list, Scope::File, found));
            let is_slip = idle && !again && may_be_of_list(list, directive) && elsewhere();
            let is_of_chart = || findings.iter().any(|found| found.rule == rule && !covers(list, Scope::File, found));
            idle.then(|| match list.is_torn(directive.line) {
                _ if !again && is_of_chart() => FaultKind::Slip(OF_CHART, CONFIGURE),
                // It may speak of an entry that is gone.
                true => FaultKind::Slip(why, "Delete the line"),
                false if is_slip => FaultKind::Slip(why, OF_LIST),
                false => FaultKind::Idle(why),
            })
        }
    }
}

/// What is wrong with a directive that speaks of nothing.
fn adrift(list: &List, directive: &Directive) -> FaultKind {
    let torn = list.parted_from(directive.line);
    torn.map_or(FaultKind::Adrift, |(_, entry)| FaultKind::Torn(entry.name.text.clone()))
}

/// Whether nothing but a bare `#` parts a directive at the top of the file from the first entry: it speaks of that entry, and may have
/// been meant for the whole list.
fn may_be_of_list(list: &List, directive: &Directive) -> bool {
    let Some(first) = list.entries.first().filter(|_| directive.scope == Scope::Entry(0)) else { return false };
    let is_bare =
        |at: usize| !list.line_text(&list.lines[at]).contains(|letter: char| letter != '#' && !letter.is_whitespace());
    let is_top = list.lines[..directive.line].iter().all(|line| line.kind == LineKind::Comment);
    is_top && (directive.line..first.line).any(is_bare)
}

/// `whole`, the fault of a suppression of several rules, as that of the one of index `at`; `wholly` says that none of them
/// is good for anything.
fn of_one(whole: Fault, rules: &[Located], at: usize, wholly: bool) -> Fault {
    let place = rules[at].span;
    let (start, end) = match (at.checked_sub(1), rules.get(at + 1)) {
        (Some(before), _) => (rules[before].span.end, place.end),
        (None, Some(after)) => (place.start, after.span.start),
        (None, None) => (place.start, place.end),
    };
    let part = (!wholly).then(|| Span::new(place.file, start as usize, end as usize));
    Fault { span: place, written: format!("allow {}", rules[at].text), part, ..whole }
}

/// The exemptions of the list that are at fault; `idle` says of each in turn whether it exempts nothing, and why.
pub(super) fn exemptions_at_fault(list: &List, idle: &[Idleness]) -> Vec<Fault> {
    let exemptions = list.directives.iter().filter_map(|directive| match &directive.kind {
        DirectiveKind::Exempt { glob, reason } => Some((directive, unreasoned(Some(glob), reason.as_ref()))),
        _ => None,
    });
    let mut faults: Vec<Fault> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for ((directive, unreasoned), idle) in exemptions.zip(idle) {
        let whole = fault(list, directive, FaultKind::Idle(AGAIN));
        let again = known.contains(&whole.written).then_some(FaultKind::Idle(AGAIN));
        known.push(whole.written.clone());
        let kind = again.or_else(|| idle_kind(*idle, directive, unreasoned.as_ref())).or(unreasoned);
        faults.extend(kind.map(|kind| Fault { kind, ..whole }));
    }
    faults
}

/// What is wrong with an exemption that is good for nothing: likely it is needless, or it is not written as images are.
fn idle_kind(idle: Idleness, directive: &Directive, unreasoned: Option<&FaultKind>) -> Option<FaultKind> {
    let why = idle.why()?;
    let DirectiveKind::Exempt { glob, .. } = &directive.kind else { return None };
    let is_strange = |letter: char| !(letter.is_ascii_alphanumeric() || "._-/:@*?".contains(letter));
    let advice = if idle != Idleness::Unmatched {
        None
    } else if glob.text.contains([',', '，', '、', ';']) || matches!(unreasoned, Some(FaultKind::Unparted { .. })) {
        Some("Write one image a line, and a colon before the reason")
    } else if glob.text.contains(is_strange) {
        Some("Write the image alone, without quotes")
    } else if glob.text.contains(|letter: char| letter.is_ascii_uppercase()) {
        Some("Names of images have no capitals")
    } else {
        // What a region is called elsewhere, nobody may have looked at.
        glob.text.contains(".dkr.ecr").then_some("Look whether the charts build it in any region")
    };
    Some(advice.map_or(FaultKind::Idle(why), |advice| FaultKind::Slip(why, advice)))
}

fn fault(list: &List, directive: &Directive, kind: FaultKind) -> Fault {
    let written = match &directive.kind {
        DirectiveKind::Allow { rules, .. } => allow_of(rules),
        DirectiveKind::Exempt { glob, .. } => format!("exempt {}", glob.text),
        DirectiveKind::Unknown(words) => words.as_ref().map(|words| words.text.clone()).unwrap_or_default(),
        DirectiveKind::Unaddressed { words, .. } => words.text.clone(),
    };
    let entry = match directive.scope {
        Scope::Entry(entry) => list.entries.get(entry).map(|entry| entry.name.text.clone()),
        Scope::File | Scope::Nowhere => None,
    };
    Fault { span: directive.span, written, line: Some(directive.line), part: None, entry, kind }
}

/// What a suppression of `rules` says, each once.
fn allow_of<'a>(rules: impl IntoIterator<Item = &'a Located>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for rule in rules {
        if !names.contains(&rule.text.as_str()) {
            names.push(&rule.text);
        }
    }
    format!("allow {}", names.join(", "))
}

/// Where a suppression for the entry of index `at` stands that is not read as one: misspelt in its block, or behind its image.
pub(super) fn unread(list: &List, at: usize) -> Option<Span> {
    let is_misread = |directive: &&Directive| match &directive.kind {
        DirectiveKind::Allow { rules, reason } => {
            let names_rule = || {
                matches!(unreasoned(rules.last(), reason.as_ref()), Some(FaultKind::Unparted { names_rule: true, .. }))
            };
            rules.iter().any(|name| rule(&name.text).is_none()) || names_rule()
        }
        DirectiveKind::Unknown(_) | DirectiveKind::Unaddressed { .. } => true,
        DirectiveKind::Exempt { .. } => false,
    };
    let of_entry = list.directives.iter().filter(|directive| directive.scope == Scope::Entry(at));
    let in_block = of_entry.filter(is_misread).map(|directive| directive.span).next();
    let behind = || list.entries.get(at)?.trailing_comment.as_ref().filter(|comment| orders(list, comment));
    in_block.or_else(|| behind().map(|comment| comment.span))
}

/// Whether a comment behind an image would be an order to the linter in a line of its own.
pub(super) fn orders(list: &List, comment: &Located) -> bool {
    let line: Arc<str> = comment.text.as_str().into();
    !List::parse(list.file(), &line).directives.is_empty()
}

/// Whether a suppression of `scope` speaks of `finding`: one about its entry, wherever that stands; file-wide, one in the
/// list or about any of its entries.
fn covers(list: &List, scope: Scope, finding: &Finding) -> bool {
    let in_list = finding.span.file == list.file();
    match scope {
        Scope::Nowhere => false,
        Scope::File => in_list || finding.entry.is_some(),
        Scope::Entry(entry) => list.entries.get(entry).is_some_and(|entry| {
            let block = list.span_of_lines(entry.block.start..entry.line + 1);
            let at = finding.span.start;
            // A point behind an unterminated last line belongs to that line.
            let inside = block.start <= at && (at < block.end || block.end as usize == list.text().len());
            finding.entry.as_ref() == Some(&entry.name.text) && (inside || !in_list)
        }),
    }
}

/// The suppressions of the configuration, for all lists of a run.
pub(super) struct Configured<'a> {
    loaded: Option<&'a Loaded>,
    /// For each `allow`, whether it silenced something.
    used: Vec<bool>,
    /// Likewise, whether something that it means was silenced, be it by one above.
    matched: Vec<bool>,
}

impl<'a> Configured<'a> {
    /// Those of the configuration, which must name rules that there are.
    pub fn of(settings: &'a Settings) -> Result<Self, Refusal> {
        let loaded = settings.configuration.as_ref();
        let allows = loaded.map(|loaded| loaded.configuration.allow.as_slice()).unwrap_or_default();
        for (number, allow) in allows.iter().enumerate() {
            if rule(&allow.rule).is_none() {
                let near = nearest_rule(&allow.rule).map(|near| format!("; did you mean `{near}`?"));
                let message = format!("there is no rule called `{}`{}", allow.rule, near.unwrap_or_default());
                let span = loaded.map(|loaded| place(loaded, "allow", number, "rule"));
                return Err(Refusal { span, ..Refusal::new(message) });
            }
        }
        Ok(Self { loaded, used: vec![false; allows.len()], matched: vec![false; allows.len()] })
    }

    /// Takes the findings out that the configuration silences.
    pub fn suppress(&mut self, sources: &Sources, findings: &mut Vec<Finding>) {
        let Some(loaded) = self.loaded else { return };
        let silences = |finding: &Finding, allow: &Allow| {
            let file = sources.get(finding.span.file);
            allow.rule == finding.rule.id && finding.rule.id != UNUSED && covers_file(loaded, allow, file.path())
        };
        findings.retain(|finding| {
            let all = loaded.configuration.allow.iter().enumerate();
            let by: Vec<usize> = all.filter(|(_, allow)| silences(finding, allow)).map(|(at, _)| at).collect();
            by.iter().for_each(|at| self.matched[*at] = true);
            by.first().iter().for_each(|at| self.used[**at] = true);
            by.is_empty()
        });
    }

    /// The suppressions and exemptions of the configuration that are at fault; `idle` says of each exemption whether it
    /// exempts nothing in any list.
    pub fn at_fault(&self, idle: &[Idleness], doubtful: &dyn Fn(&Rule) -> bool) -> Vec<Fault> {
        let Some(loaded) = self.loaded else { return Vec::new() };
        let kind = |idle: Option<&'static str>, reason: &str| {
            idle.map(FaultKind::Idle).or(reason.trim().is_empty().then_some(FaultKind::NoReason))
        };
        let mut faults = Vec::new();
        let mut add = |span, written, kind: Option<FaultKind>| {
            faults.extend(kind.map(|kind| Fault { span, written, line: None, part: None, entry: None, kind }));
        };
        for (number, allow) in loaded.configuration.allow.iter().enumerate() {
            let certain = rule(&allow.rule).is_some_and(|rule| !doubtful(rule));
            let again = loaded.configuration.allow[..number]
                .iter()
                .any(|other| (&other.rule, &other.path) == (&allow.rule, &allow.path));
            let why = match (again, self.matched[number]) {
                (true, _) => AGAIN,
                (false, true) => ABOVE,
                (false, false) => "there is no such finding",
            };
            let idle = (!self.used[number] && certain).then_some(why);
            let kind = if allow.rule == UNUSED { Some(FaultKind::Itself) } else { kind(idle, &allow.reason) };
            let path = allow.path.iter().map(|path| format!(" for {}", path.display())).collect::<String>();
            add(place(loaded, "allow", number, "rule"), format!("allow {}{path}", allow.rule), kind);
        }
        for (number, (exemption, idle)) in loaded.configuration.exempt.iter().zip(idle).enumerate() {
            let span = place(loaded, "exempt", number, "image");
            let again = loaded.configuration.exempt[..number].iter().any(|other| other.image == exemption.image);
            let idle = if again { Some(AGAIN) } else { idle.why() };
            add(span, format!("exempt {}", exemption.image), kind(idle, &exemption.reason));
        }
        faults
    }
}

/// The rules whose findings in the file at `path` the configuration allows, by name.
pub(super) fn allowed(settings: &Settings, path: &Path) -> Vec<&'static str> {
    let Some(loaded) = &settings.configuration else { return Vec::new() };
    let allows = loaded.configuration.allow.iter().filter(|allow| covers_file(loaded, allow, path));
    allows.filter_map(|allow| Some(rule(&allow.rule)?.id)).collect()
}

/// Whether `allow` speaks of what is found in the file at `path`.
fn covers_file(loaded: &Loaded, allow: &Allow, path: &Path) -> bool {
    let below = |allowed: &Path| {
        let glob = allowed.to_string_lossy();
        match glob.contains(['*', '?']) {
            true => is_meant(&path_from(&canonical(&loaded.folder), &canonical(path)), &glob),
            false => is_below(path, &loaded.folder.join(allowed)),
        }
    };
    allow.path.as_deref().is_none_or(below)
}

/// Where `key` of the item `number` of a list of the configuration stands.
fn place(loaded: &Loaded, list: &str, number: usize, key: &str) -> Span {
    loaded.span(&[list.to_owned(), number.to_string(), key.to_owned()])
}

/// Whether `glob` means the file at `path` or a folder around it; as in exemptions, `*` stands for anything, slashes too.
fn is_meant(path: &Path, glob: &str) -> bool {
    let anywhere = glob.strip_prefix("**/");
    let text =
        |path: &Path| path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    path.ancestors()
        .map(text)
        .any(|path| [Some(glob), anywhere].iter().flatten().any(|glob| matches(glob.trim_end_matches('/'), &path)))
}

/// Whether the file at `path` is the one at `above`, lies below it, or in the package there.
fn is_below(path: &Path, above: &Path) -> bool {
    let (path, above) = (canonical(path), canonical(above));
    let mut package = above.clone().into_os_string();
    package.push("!");
    path.starts_with(&above) || path.starts_with(package)
}
