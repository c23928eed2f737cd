//! `(from REPO/CHART:VERSION)` in a comment: which chart it names, in the many ways people write it. Decides nothing about
//! whether the chart exists.

use crate::source::Span;

use super::located::{Located, Piece};

/// What opens and closes a note; the wide ones are what a Japanese or Chinese keyboard writes.
pub(super) const OPENING: [char; 2] = ['(', '（'];
pub(super) const CLOSING: [char; 2] = [')', '）'];

/// Words around the chart's name that say nothing.
const FILLERS: [&str; 10] =
    ["the", "a", "helm", "chart", "charts", "subchart", "upstream", "external", "remote", "official"];

/// File name endings that no chart's name has: `(from chart values.yaml)` names no chart.
const FILES: [&str; 7] = [".md", ".yaml", ".yml", ".txt", ".json", ".tpl", ".sh"];

/// Where the named chart is said to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChartOrigin {
    /// `local chart NAME`, or a `file://` address.
    Local,
    /// A repository: the short name of one (`eks`), or an address (`oci://quay.io/jetstack/charts`).
    Repository(Located),
    /// Not said: a name alone.
    Unsaid,
}

/// The chart that a comment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedChart {
    /// The whole `(from ...)` with its parentheses.
    pub span: Span,
    /// Where the chart comes from.
    pub origin: ChartOrigin,
    /// Its name.
    pub chart: Located,
    /// Its version, as written.
    pub version: Option<Located>,
}

/// What the parentheses of one comment say.
#[derive(Default)]
pub(super) struct Named<'a> {
    /// The charts that they name, each with what stands before it.
    pub charts: Vec<(NamedChart, Piece<'a>)>,
    /// Those that name a chart only if there is one: `(from web)`, as `(from scratch)`, may be prose.
    pub perhaps: Vec<NamedChart>,
}

impl<'a> Named<'a> {
    /// Every `(from ...)` of a comment that names a chart, or may.
    pub fn find(comment: Piece<'a>) -> Self {
        let mut named = Self::default();
        for (open, mark) in comment.text.match_indices(OPENING) {
            let (before, after) = comment.split(open, mark.len());
            let close = after.text.char_indices().find(|(_, c)| CLOSING.contains(c));
            let end = close.map(|(end, _)| end);
            let inside = after.slice(0..end.unwrap_or(after.text.len()));
            let (keyword, words) = inside.first_word();
            if !keyword.text.trim_end_matches(':').eq_ignore_ascii_case("from") {
                continue;
            }
            let behind = |(end, close): (usize, char)| open + mark.len() + end + close.len_utf8();
            let whole = comment.slice(open..close.map_or(comment.text.len(), behind));
            match read(words, whole.span()) {
                Some((chart, true)) => named.charts.push((chart, before)),
                Some((chart, false)) if end.is_some() && !inside.text.contains(OPENING) => named.perhaps.push(chart),
                _ => {}
            }
        }
        named
    }
}

/// Reads the words after `from`: the chart, and whether it is one for certain.
fn read(words: Piece<'_>, span: Span) -> Option<(NamedChart, bool)> {
    let (mut local, mut rest) = (false, words);
    let name = loop {
        let (word, after) = rest.first_word();
        if word.text.is_empty() {
            return None;
        }
        rest = after;
        if word.text.eq_ignore_ascii_case("local") {
            local = true;
        } else if !is_filler(word.text) {
            break word.trim_end_matching(is_punctuation);
        }
    };
    let (next, _) = rest.first_word();
    let address = if is_address(name.text) && names_version(next.text) { Some((name, next)) } else { None };
    let (repository, name) = match address {
        // An address and the chart as two words.
        Some((address, name)) => {
            (Some(address.trim_end_matching(|c| c == '/')), name.trim_end_matching(is_punctuation))
        }
        None => (None, name),
    };
    let parts = parts_of(name)?;
    let version = parts.version.or_else(|| if address.is_none() { version_after(rest) } else { None });
    let origin = match repository.or(parts.repository) {
        _ if local => ChartOrigin::Local,
        Some(address) if address.text.starts_with("file:") => ChartOrigin::Local,
        Some(repository) => ChartOrigin::Repository(repository.located()),
        None => ChartOrigin::Unsaid,
    };
    // Without a version, one word alone is rather prose (`from scratch`) and a web address rather a page.
    let certain = match &origin {
        _ if version.is_some() => true,
        ChartOrigin::Local => true,
        ChartOrigin::Repository(repository) if repository.text.starts_with("http") => return None,
        ChartOrigin::Repository(_) => true,
        ChartOrigin::Unsaid if is_filled(rest) => false,
        ChartOrigin::Unsaid => return None,
    };
    Some((NamedChart { span, origin, chart: parts.chart.located(), version: version.map(Piece::located) }, certain))
}

/// Whether there are no words but those that say nothing.
fn is_filled(rest: Piece<'_>) -> bool {
    rest.text.split_whitespace().all(is_filler)
}

fn is_filler(word: &str) -> bool {
    FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler))
}

struct Parts<'a> {
    repository: Option<Piece<'a>>,
    chart: Piece<'a>,
    version: Option<Piece<'a>>,
}

/// Cuts `REPOSITORY/CHART:VERSION`, of which only the chart must be there; also `CHART@VERSION` and `CHART-VERSION.tgz`.
fn parts_of(name: Piece<'_>) -> Option<Parts<'_>> {
    let (repository, last) = match name.text.rfind('/') {
        Some(slash) => {
            let (repository, last) = name.split(slash, 1);
            (Some(repository).filter(|repository| !repository.text.is_empty()), last)
        }
        None => (None, name),
    };
    let (chart, version) = match (last.text.find([':', '@']), last.text.strip_suffix(".tgz")) {
        (Some(at), _) => {
            let (chart, version) = last.split(at, 1);
            (chart, Some(version).filter(|version| !version.text.is_empty()))
        }
        (None, Some(package)) => {
            let at = package.match_indices('-').map(|(at, _)| at).find(|at| is_version(&package[at + 1..]))?;
            (last.slice(0..at), Some(last.slice(at + 1..package.len())))
        }
        (None, None) => (last, None),
    };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = chart.text.starts_with(|c: char| c.is_ascii_alphanumeric()) && chart.text.chars().all(letters);
    let is_file = version.is_none() && FILES.iter().any(|ending| chart.text.to_ascii_lowercase().ends_with(ending));
    (is_name && !is_file).then_some(Parts { repository, chart, version })
}

/// The version in `CHART VERSION` and `CHART, version VERSION`.
fn version_after(rest: Piece<'_>) -> Option<Piece<'_>> {
    let (word, after) = rest.first_word();
    let word = if word.text.eq_ignore_ascii_case("version") { after.first_word().0 } else { word };
    let word = word.trim_end_matching(is_punctuation);
    is_version(word.text).then_some(word)
}

/// Whether `text` starts as a version does: digits and a dot, perhaps after a `v`.
fn is_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').unwrap_or(text);
    digits.find(|c: char| !c.is_ascii_digit()).is_some_and(|end| end > 0 && digits[end..].starts_with('.'))
}

fn is_address(text: &str) -> bool {
    text.contains("://")
}

fn names_version(text: &str) -> bool {
    !is_address(text) && text.contains([':', '@'])
}

fn is_punctuation(c: char) -> bool {
    matches!(c, ',' | ';')
}
