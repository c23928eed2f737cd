//! What an image's name or tag depends on beside the values that are the image: a region, an account, a partition, the
//! Kubernetes version. Read from the template actions that printed it, the variables in them and the blocks around them, in the
//! templates' trees; renders nothing. What only an `if` around the action decides is not seen here.

use std::collections::HashSet;
use std::sync::Arc;

use super::operands::is_image_part;
use super::scopes::{Spot, Templates};
use crate::source::{Layer, Origin, Sources, Span, Text};
use crate::template::ast::{Command, Node, Operand, Pipe, Term};
use crate::template::parser;
use crate::yaml::Value;

/// Pipelines in pipelines that are followed, and variables in variables.
const MAX_DEPTH: usize = 50;

/// What templates can ask for beside values, and what it is called.
const OTHERS: [([&str; 2], &str); 3] = [
    (["Capabilities", "KubeVersion"], "the Kubernetes version"),
    (["Release", "Namespace"], "the release's namespace"),
    (["Release", "Name"], "the release's name"),
];

/// What the image `text` depends on: paths of values from the root's (`sub.region`), then the rest in words; each once. `path`
/// leads from the root's values to those of the chart whose template names it.
pub(super) fn dependence(
    sources: &Sources,
    templates: &Templates,
    text: &Text,
    values: &Value,
    path: &[String],
) -> Vec<String> {
    let mut sites: Vec<Span> = Vec::new();
    for origin in text.parts().iter().filter_map(|(_, origin)| origin.as_ref()) {
        for site in Origin::places(origin).into_iter().flat_map(|(.., sites)| sites) {
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
    }
    let mut found = Found { values, path, paths: Vec::new(), others: Vec::new(), followed: HashSet::new() };
    for site in sites {
        match templates.spot(site) {
            Some(spot) => found.node(&spot),
            // Values and files that `tpl` runs.
            None => found.text(sources.get(site.file).text().get(site.range())),
        }
    }
    silent(templates, text).iter().for_each(|spot| found.node(spot));
    found.paths.extend(found.others);
    found.paths
}

/// The nodes among the templates' own texts in `text` that printed nothing, or what stands in no file.
fn silent<'a>(templates: &'a Templates, text: &Text) -> Vec<Spot<'a>> {
    let parts = text.parts();
    let own = |origin: &Option<Origin>| {
        let (span, layer, _) = origin.as_ref()?.places().into_iter().next()?;
        let spot = templates.spot(span).filter(|_| layer == Layer::Template)?;
        matches!(spot.node(), Node::Text(_)).then_some((span, spot))
    };
    let texts: Vec<(Span, Spot<'_>)> = parts.iter().filter_map(|(_, origin)| own(origin)).collect();
    let mut found = Vec::new();
    for pair in texts.windows(2) {
        let [(from, spot), (to, other)] = pair else { continue };
        if std::ptr::eq(spot.tree, other.tree) {
            found.extend(spot.between(from.end, to.start));
        }
    }
    let prints = |spot: &Spot<'_>| matches!(spot.node(), Node::Action(_) | Node::Template(_));
    if let (Some((_, spot)), Some((_, None))) = (texts.first(), parts.first()) {
        found.extend(spot.beside().0.take_while(prints));
    }
    if let (Some((_, spot)), Some((_, None))) = (texts.last(), parts.last()) {
        found.extend(spot.beside().1.take_while(prints));
    }
    found
}

struct Found<'a> {
    values: &'a Value,
    path: &'a [String],
    paths: Vec<String>,
    others: Vec<String>,
    /// The pipelines that were read, by their addresses.
    followed: HashSet<usize>,
}

impl Found<'_> {
    /// Reads an action that stands in no template.
    fn text(&mut self, action: Option<&str>) {
        let Some(Ok(trees)) = action.map(|action| parser::parse("", &Text::new(action))) else { return };
        let nodes = trees.iter().flat_map(|tree| tree.body.iter());
        for node in nodes {
            if let Node::Action(action) = node {
                self.pipe(&action.pipe, None, 0);
            }
        }
        // Other texts may come to lie where these did.
        self.followed.clear();
    }

    /// Reads what a node prints, or is decided by; what it gives to a variable is read where that is used.
    fn node(&mut self, spot: &Spot<'_>) {
        match spot.node() {
            Node::Action(action) if action.pipe.variables.is_empty() => self.pipe(&action.pipe, Some(spot), 0),
            Node::Template(invocation) => {
                invocation.pipe.iter().for_each(|pipe| self.pipe(pipe, Some(spot), 0));
            }
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.pipe(&branch.pipe, Some(spot), 0),
            Node::Action(_) | Node::Text(_) | Node::Break | Node::Continue => {}
        }
    }

    fn pipe(&mut self, pipe: &Pipe, spot: Option<&Spot<'_>>, depth: usize) {
        if depth > MAX_DEPTH || !self.followed.insert(std::ptr::from_ref(pipe) as usize) {
            return;
        }
        for Command { words, .. } in &pipe.commands {
            if let Some(words) = looked_up(words) {
                self.other(words);
            }
            words.iter().for_each(|word| self.operand(word, spot, depth + 1));
        }
    }

    fn operand(&mut self, operand: &Operand, spot: Option<&Spot<'_>>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(path) = path(operand, spot, depth) {
            return self.value(&path);
        }
        match &operand.term {
            Term::Field(parts) => {
                self.asked_for(parts);
                self.dot(spot, depth);
            }
            Term::Dot => self.dot(spot, depth),
            Term::Variable(variable, parts) => {
                self.asked_for(parts);
                for (pipe, spot) in spot.map(|spot| spot.given(variable.id)).into_iter().flatten() {
                    self.pipe(pipe, Some(&spot), depth + 1);
                }
            }
            Term::Chain(inner, parts) => {
                self.asked_for(parts);
                self.operand(inner, spot, depth + 1);
            }
            Term::Pipe(pipe) => self.pipe(pipe, spot, depth + 1),
            _ => {}
        }
    }

    fn dot(&mut self, spot: Option<&Spot<'_>>, depth: usize) {
        if let Some(((pipe, spot), _)) = spot.and_then(Spot::dot) {
            self.pipe(pipe, Some(&spot), depth + 1);
        }
    }

    /// Notes what else than a value `parts` lead to.
    fn asked_for(&mut self, parts: &[Arc<str>]) {
        for (names, words) in OTHERS {
            if parts.windows(2).any(|pair| pair.iter().zip(names).all(|(part, name)| **part == *name)) {
                self.other(words.to_owned());
            }
        }
    }

    fn other(&mut self, words: String) {
        if !self.others.contains(&words) {
            self.others.push(words);
        }
    }

    /// A value that is asked for: a leaf that is no part of the image itself.
    fn value(&mut self, keys: &[String]) {
        if keys.is_empty() || keys.iter().any(|key| is_image_part(key)) {
            return;
        }
        let own = if keys[0] == "global" { &[] } else { self.path };
        let path: Vec<&str> = own.iter().chain(keys).map(String::as_str).collect();
        let value = path.iter().try_fold(self.values, |value, key| value.get(key));
        let is_leaf = !matches!(value, Some(Value::Map(_) | Value::List(_)));
        let shown = path.join(".");
        if is_leaf && !self.paths.contains(&shown) {
            self.paths.push(shown);
        }
    }
}

/// The value of the chart that a word is, where it is nothing else. What stands before `Values` is taken for the chart's own
/// scope, by whatever way it was handed on.
fn path(operand: &Operand, spot: Option<&Spot<'_>>, depth: usize) -> Option<Vec<String>> {
    let below = |parts: &[Arc<str>]| {
        let at = parts.iter().position(|part| **part == *"Values")?;
        Some(parts[at + 1..].iter().map(ToString::to_string).collect())
    };
    let joined = |start: Vec<String>, parts: &[Arc<str>]| {
        start.into_iter().chain(parts.iter().map(ToString::to_string)).collect::<Vec<_>>()
    };
    let of_dot = || match spot?.dot()? {
        ((pipe, spot), true) => path_of(pipe, Some(&spot), depth + 1),
        _ => None,
    };
    match &operand.term {
        _ if depth > MAX_DEPTH => None,
        Term::Dot => of_dot(),
        Term::Field(parts) => below(parts).or_else(|| Some(joined(of_dot()?, parts))),
        Term::Variable(variable, parts) => below(parts).or_else(|| match spot?.given(variable.id).as_slice() {
            // Of several variables the first is a number or a key.
            [(pipe, spot)] if !matches!(spot.node(), Node::Range(_)) => {
                Some(joined(path_of(pipe, Some(spot), depth + 1)?, parts))
            }
            _ => None,
        }),
        Term::Chain(inner, parts) => Some(joined(path(inner, spot, depth + 1)?, parts)),
        Term::Pipe(pipe) => path_of(pipe, spot, depth + 1),
        _ => None,
    }
}

fn path_of(pipe: &Pipe, spot: Option<&Spot<'_>>, depth: usize) -> Option<Vec<String>> {
    let [Command { words, .. }] = &*pipe.commands else { return None };
    let [operand] = &**words else { return None };
    path(operand, spot, depth)
}

/// The objects that `lookup "v1" "Node" ...` asks the cluster for, in words.
fn looked_up(words: &[Operand]) -> Option<String> {
    let (Operand { term: Term::Function(callee), .. }, arguments) = words.split_first()? else { return None };
    let kind = arguments.get(1).map(|argument| &argument.term);
    (callee.name == "lookup").then(|| match kind {
        Some(Term::String(kind)) => format!("{kind} objects of the cluster"),
        _ => "objects of the cluster".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources};

    /// What the action behind `HERE` depends on: the values, then the rest.
    fn found(file: &str, values: &str) -> (Vec<String>, Vec<String>) {
        let values = crate::yaml::load(&Text::new(values)).unwrap();
        let mut found = Found { values: &values, path: &[], paths: vec![], others: vec![], followed: HashSet::new() };
        let text = Text::of_file(Sources::new().add("t", file.into()), file.into(), Layer::Template);
        let trees = parser::parse("t", &text).unwrap();
        let at = u32::try_from(file.find("HERE").unwrap() + "HERE".len()).unwrap();
        found.node(&trees.iter().find_map(|tree| Spot::new(tree, at)).unwrap());
        (found.paths, found.others)
    }

    #[test]
    fn variables_and_blocks_are_followed_to_values() {
        let before = "{{- $a := .Values.account }}{{ $region := .Values.global.region | default \"x\" }}{{ $m := .Values.map }}HERE";
        let values = "account: '1'\nimage: {tag: '2'}\nmap: {a: b}\n";
        let paths = |action: &str| found(&format!("{before}{action}"), values).0;
        assert_eq!(paths("{{ $a }}"), ["account"]);
        assert_eq!(paths("{{ $m.a }}{{ $m }}"), ["map.a"]);
        let action =
            "{{ printf \"%s .Values.x\" $region .Values.image.tag .Values.map .Capabilities.KubeVersion.Minor }}";
        let (paths, others) = found(&format!("{before}{action}"), values);
        assert_eq!((paths, others), (vec!["global.region".to_owned()], vec!["the Kubernetes version".to_owned()]));
        assert_eq!(found("{{ with .Values.map }}HERE{{ .a }}{{ end }}", values).0, ["map.a"]);
        assert!(found("{{ range .Values.map }}HERE{{ . }}{{ end }}", values).0.is_empty());
    }

    #[test]
    fn objects_that_are_looked_up_are_told_by_their_kind() {
        let others = |file: &str| found(file, "").1;
        let nodes = "{{ $zone := \"\" }}{{ $nodes := lookup \"v1\" \"Node\" \"\" \"\" }}{{ range $i, $node := $nodes.items }}\
                     {{ $zone = $node.zone }}{{ end }}HERE{{ $zone }}";
        assert_eq!(others(nodes), ["Node objects of the cluster"]);
        assert_eq!(
            others("{{ with lookup \"v1\" \"ConfigMap\" \"a\" \"b\" }}HERE{{ .data.x }}{{ end }}"),
            ["ConfigMap objects of the cluster"]
        );
        assert_eq!(
            others("{{ range (lookup .a .b \"\" \"\").items }}HERE{{ .x }}{{ end }}"),
            ["objects of the cluster"]
        );
        let asked = "{{ $lookup := 1 }}HERE{{ printf \"lookup a b\" $lookup .lookup (required \"please lookup \\\"a\\\" it\" .x) }}";
        assert!(others(asked).is_empty());
    }
}
