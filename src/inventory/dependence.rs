//! What an image's name or tag depends on beside the values that are the image: a region, an account, a partition, the
//! Kubernetes version. Read from the template actions that printed it and the variables in them; renders nothing. What only an
//! `if` around the action decides is not seen here.

use std::ops::Range;

use super::operands::is_image_part;
use super::scopes::given;
use crate::source::{FileId, Layer, Origin, Origins, Sources, Span, Text};
use crate::yaml::Value;

/// Variables in variables that are followed.
const MAX_DEPTH: usize = 6;

/// What templates can ask for beside values, and what it is called.
const OTHERS: [(&str, &str); 3] = [
    (".Capabilities.KubeVersion", "the Kubernetes version"),
    (".Release.Namespace", "the release's namespace"),
    (".Release.Name", "the release's name"),
];

/// What the image `text` depends on: paths of values from the root's (`sub.region`), then the rest in words; each once. `path`
/// leads from the root's values to those of the chart whose template names it.
pub(super) fn dependence(sources: &Sources, text: &Text, values: &Value, path: &[String]) -> Vec<String> {
    let mut sites: Vec<Span> = Vec::new();
    for origin in text.parts().iter().filter_map(|(_, origin)| origin.as_ref()) {
        for site in Origin::places(origin).into_iter().flat_map(|(.., sites)| sites) {
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
    }
    let mut found = Found { values, path, paths: Vec::new(), others: Vec::new(), followed: Vec::new() };
    for site in sites {
        let file = sources.get(site.file).text().clone();
        found.read(&file, site.range());
    }
    for (file, range) in between(sources, text) {
        let file = sources.get(file).text().clone();
        found.read(&file, range);
    }
    found.paths.extend(found.others);
    found.paths
}

/// The longest stretch of a template that is taken to have printed one piece of an image.
const LONGEST: usize = 300;

/// Where a template has what printed the pieces of `text` that stand in no file, or printed nothing: between its own texts, and
/// up to the ends of the line.
fn between(sources: &Sources, text: &Text) -> Vec<(FileId, Range<usize>)> {
    let parts = text.parts();
    let own = |origin: &Origins| {
        let place = origin.as_ref()?.places().into_iter().next()?;
        (place.1 == Layer::Template).then_some(place.0)
    };
    let places: Vec<Span> = parts.iter().filter_map(|(_, origin)| own(origin)).collect();
    let mut found: Vec<(FileId, Range<usize>)> = Vec::new();
    for pair in places.windows(2).filter(|pair| pair[0].file == pair[1].file) {
        found.push((pair[0].file, pair[0].end as usize..pair[1].start as usize));
    }
    if let (Some(first), Some((_, None))) = (places.first(), parts.first()) {
        let file = sources.get(first.file).text().clone();
        let start = file[..first.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        found.push((first.file, start..first.start as usize));
    }
    if let (Some(last), Some((_, None))) = (places.last(), parts.last()) {
        let file = sources.get(last.file).text().clone();
        let rest = &file[last.end as usize..];
        found.push((last.file, last.end as usize..last.end as usize + rest.find('\n').unwrap_or(rest.len())));
    }
    found.retain(|(_, range)| range.start < range.end && range.len() < LONGEST);
    found
}

struct Found<'a> {
    values: &'a Value,
    path: &'a [String],
    paths: Vec<String>,
    others: Vec<String>,
    /// Where the values stand that variables of the file being read were followed to.
    followed: Vec<Range<usize>>,
}

impl Found<'_> {
    /// Reads the actions at `range` of `file`, and those that gave its variables their values.
    fn read(&mut self, file: &str, range: Range<usize>) {
        self.followed.clear();
        self.follow(file, range, 0);
    }

    fn follow(&mut self, file: &str, range: Range<usize>, depth: usize) {
        let at = range.start;
        let Some(action) = file.get(range).filter(|action| depth <= MAX_DEPTH && !is_comment(action)) else { return };
        for (name, words) in OTHERS {
            if action.match_indices(name).any(|(at, _)| !is_word(action[at + name.len()..].chars().next())) {
                self.other(words.to_owned());
            }
        }
        looked_up(action).for_each(|words| self.other(words));
        for (at, start) in action.match_indices(".Values.") {
            let keys = &action[at + start.len()..];
            let end = keys.find(|letter: char| !(is_word(Some(letter)) || letter == '.')).unwrap_or(keys.len());
            self.value(keys[..end].trim_end_matches('.'));
        }
        for (place, variable) in variables(action) {
            for given in given(file, variable, at + place) {
                if !self.followed.contains(&given) {
                    self.followed.push(given.clone());
                    self.follow(file, given, depth + 1);
                }
            }
        }
    }

    fn other(&mut self, words: String) {
        if !self.others.contains(&words) {
            self.others.push(words);
        }
    }

    /// A value that is asked for: a leaf that is no part of the image itself.
    fn value(&mut self, keys: &str) {
        let keys: Vec<&str> = keys.split('.').collect();
        if keys.iter().any(|key| is_image_part(key)) {
            return;
        }
        let own = if keys[0] == "global" { &[] } else { self.path };
        let path: Vec<&str> = own.iter().map(String::as_str).chain(keys).collect();
        let value = path.iter().try_fold(self.values, |value, key| value.get(key));
        let is_leaf = !matches!(value, Some(Value::Map(_) | Value::List(_)));
        let shown = path.join(".");
        if is_leaf && !self.paths.contains(&shown) {
            self.paths.push(shown);
        }
    }
}

/// The objects that `lookup "v1" "Node" ...` asks the cluster for, in words.
fn looked_up(action: &str) -> impl Iterator<Item = String> {
    const LOOKUP: &str = "lookup";
    let calls = action.match_indices(LOOKUP).filter_map(|(at, _)| {
        let arguments = &action[at + LOOKUP.len()..];
        let is_alone = !action[..at].ends_with(|before: char| is_word(Some(before)) || "$.\"".contains(before));
        (is_alone && arguments.starts_with(char::is_whitespace)).then_some(arguments)
    });
    calls.map(|arguments| {
        let kind = arguments.split_whitespace().nth(1).and_then(|word| word.strip_prefix('"')?.strip_suffix('"'));
        kind.map_or_else(|| "objects of the cluster".to_owned(), |kind| format!("{kind} objects of the cluster"))
    })
}

fn is_word(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn is_comment(action: &str) -> bool {
    action.trim_start_matches("{{").trim_start_matches('-').trim_start().starts_with("/*")
}

/// The variables in `text`, dollars included, with their places.
fn variables(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|letter: char| !is_word(Some(letter))).unwrap_or(rest.len());
        (end > 0).then(|| (at, &text[at..=at + end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `action` depends on behind `before`: the values, then the rest.
    fn found(before: &str, action: &str, values: &str) -> (Vec<String>, Vec<String>) {
        let values = crate::yaml::load(&Text::new(values)).unwrap();
        let mut found = Found { values: &values, path: &[], paths: vec![], others: vec![], followed: vec![] };
        found.read(&format!("{before}{action}"), before.len()..before.len() + action.len());
        (found.paths, found.others)
    }

    #[test]
    fn variables_are_followed_to_values() {
        let before = "{{- $a := .Values.account }}{{ $region := .Values.global.region | default \"x\" }}\n";
        let values = "account: '1'\nimage: {tag: '2'}\nmap: {a: b}\n";
        assert_eq!(found(before, "{{ $a }}", values).0, ["account"]);
        let action = "{{ printf \"%s\" $region .Values.image.tag .Values.map .Capabilities.KubeVersion.Minor }}";
        let (paths, others) = found(before, action, values);
        assert_eq!((paths, others), (vec!["global.region".to_owned()], vec!["the Kubernetes version".to_owned()]));
        assert_eq!(found(before, "{{/* .Values.comment lookup */}}", values), (vec![], vec![]));
    }

    #[test]
    fn objects_that_are_looked_up_are_told_by_their_kind() {
        let before = "{{ $zone := \"\" }}{{ $nodes := lookup \"v1\" \"Node\" \"\" \"\" }}{{ range $i, $node := $nodes.items }}{{ $zone = $node.zone }}{{ end }}";
        let others = |action: &str| found(before, action, "").1;
        assert_eq!(
            others("{{ $zone }}{{ (lookup \"v1\" $kind .a .b).data }}"),
            ["objects of the cluster", "Node objects of the cluster"]
        );
        assert!(others("{{ $lookup }}{{ \"lookup a b\" }}{{ lookups 1 }}{{ .lookup .x }}").is_empty());
    }
}
