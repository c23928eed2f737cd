//! What an image's name or tag depends on beside the values that are the image: a region, an account, a partition, the
//! Kubernetes version. Read from the template actions that printed it and the variables in them; renders nothing. What only an
//! `if` around the action decides is not seen here.

use std::ops::Range;

use super::operands::is_image_part;
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
    let mut found = Found { values, path, paths: Vec::new(), others: Vec::new(), variables: Vec::new() };
    for site in sites {
        let file = sources.get(site.file).text().clone();
        let Some(action) = file.get(site.range()) else { continue };
        found.read(action, &file, 0);
    }
    for (file, range) in between(sources, text) {
        let file = sources.get(file).text().clone();
        let Some(actions) = file.get(range) else { continue };
        found.read(actions, &file, 0);
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
    /// The variables that were followed.
    variables: Vec<String>,
}

impl Found<'_> {
    /// Reads one action, and those of `file` that gave its variables their values.
    fn read(&mut self, action: &str, file: &str, depth: usize) {
        if depth > MAX_DEPTH || is_comment(action) {
            return;
        }
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
        for variable in variables(action) {
            if self.variables.contains(&variable) {
                continue;
            }
            self.variables.push(variable.clone());
            for assignment in assignments(file, &variable) {
                self.read(assignment, file, depth + 1);
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

/// The variables in `text`, dollars included.
fn variables(text: &str) -> Vec<String> {
    let names = text.match_indices('$').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|letter: char| !is_word(Some(letter))).unwrap_or(rest.len());
        (end > 0).then(|| format!("${}", &rest[..end]))
    });
    names.collect()
}

/// The actions of `file` that give `variable` a value, from what stands behind the `=`.
fn assignments<'a>(file: &'a str, variable: &'a str) -> impl Iterator<Item = &'a str> {
    file.match_indices(variable).filter_map(move |(at, _)| {
        let rest = file[at + variable.len()..].trim_start();
        let rest = rest.strip_prefix(":=").or_else(|| rest.strip_prefix('=').filter(|rest| !rest.starts_with('=')))?;
        Some(rest.split("}}").next().unwrap_or(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_followed_to_values() {
        let file = "{{- $a := .Values.account }}{{ $region := .Values.global.region | default \"x\" }}\n{{ $a }}.{{ $region }}";
        let values = crate::yaml::load(&Text::new("account: '1'\nimage: {tag: '2'}\nmap: {a: b}\n")).unwrap();
        let mut found = Found { values: &values, path: &[], paths: vec![], others: vec![], variables: vec![] };
        found.read("{{ $a }}", file, 0);
        found.read(
            "{{ printf \"%s\" $region .Values.image.tag .Values.map .Capabilities.KubeVersion.Minor }}",
            file,
            0,
        );
        found.read("{{/* .Values.comment lookup */}}", file, 0);
        assert_eq!(found.paths, ["account", "global.region"]);
        assert_eq!(found.others, ["the Kubernetes version"]);
    }

    #[test]
    fn objects_that_are_looked_up_are_told_by_their_kind() {
        let file = "{{ $nodes := lookup \"v1\" \"Node\" \"\" \"\" }}{{ range $i, $node := $nodes.items }}{{ $zone = $node.zone }}{{ end }}";
        let values = Value::Null(None);
        let mut found = Found { values: &values, path: &[], paths: vec![], others: vec![], variables: vec![] };
        found.read("{{ $zone }}{{ (lookup \"v1\" $kind .a .b).data }}", file, 0);
        found.read("{{ $lookup }}{{ \"lookup a b\" }}{{ lookups 1 }}{{ .lookup .x }}", file, 0);
        assert_eq!(found.others, ["objects of the cluster", "Node objects of the cluster"]);
    }
}
