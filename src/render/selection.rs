//! `--show-only`: of the printed stream the documents of some templates. After `helm template`, which reads the names back from
//! the comments that it printed.

use std::sync::LazyLock;

use regex::Regex;

use super::manifests::split;
use crate::chart::glob_match;
use crate::source::{Text, TextBuilder};

/// The template that a document says it came from: its path behind the first part, which is the chart.
static SOURCE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("# Source: [^/]+/(.+)").ok());

/// The documents of `stream` whose templates match one of `patterns` (Go's `filepath.Match`), pattern by pattern: a document
/// that two patterns match is printed twice.
///
/// # Errors
/// Helm's message for the first pattern that matches nothing.
pub fn show_only(stream: &Text, patterns: &[String]) -> Result<Text, String> {
    let documents = split(stream);
    let name = |document: &Text| {
        let found = SOURCE.as_ref()?.captures(document)?;
        Some(found.get(1)?.as_str().to_owned())
    };
    let named: Vec<(String, &Text)> =
        documents.iter().filter_map(|document| Some((name(document)?, document))).collect();
    let mut out = TextBuilder::new();
    for pattern in patterns {
        let before = out.len();
        for (_, document) in named.iter().filter(|(name, _)| glob_match(pattern, name) == Some(true)) {
            out.push_str("---\n");
            out.push_text(document);
            out.push('\n');
        }
        if out.len() == before {
            return Err(format!("could not find template {pattern} in chart"));
        }
    }
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(patterns: &[&str]) -> Result<String, String> {
        let stream = Text::new(
            "---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/a.yaml\na: 2\n---\nno: source\n\
             ---\n# Source: c/charts/s/templates/b.yaml\n# Source: x/y\nb: 1\n",
        );
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        show_only(&stream, &patterns).map(|text| text.to_string())
    }

    #[test]
    fn documents_are_shown_in_the_order_of_the_patterns() {
        let (a, b) = (
            "---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/a.yaml\na: 2\n",
            "---\n# Source: c/charts/s/templates/b.yaml\n# Source: x/y\nb: 1\n",
        );
        assert_eq!(shown(&["templates/a.yaml"]).unwrap(), a);
        assert_eq!(shown(&["charts/*/templates/*", "templates/?.yaml"]).unwrap(), format!("{b}{a}"));
        assert_eq!(shown(&["templates/a.yaml", "templates/*"]).unwrap(), format!("{a}{a}"));
    }

    #[test]
    fn a_pattern_without_a_match_is_refused() {
        assert_eq!(shown(&["templates/*", "y"]).unwrap_err(), "could not find template y in chart");
        assert_eq!(shown(&["templates/["]).unwrap_err(), "could not find template templates/[ in chart");
        assert!(shown(&["templates"]).is_err());
    }
}
