//! Where the text of an image stands in charts, whatever is made of it: the last witness for an image that no trial deploys.
//! Reads templates and values as lines; judges nothing.

use std::collections::HashSet;
use std::ops::Range;

use super::{ChartName, Use};
use crate::chart::{Chart, ChartFile};
use crate::image::Reference;
use crate::source::Span;

/// How many lines a version may stand from its repository: a mapping with both is no longer.
const NEAR: usize = 8;

/// The shortest version that is looked for by itself: `1` stands everywhere, so that it has to be a tag's or a version's value.
const SHORTEST: usize = 3;

/// A place at which a chart speaks of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The chart.
    pub chart: ChartName,
    /// Where the image's path stands.
    pub span: Span,
}

/// The first place in `chart` and the charts below it where `image` stands as text: its path with its digest, or the tag of one
/// without, behind it or near it. Comments do not count, nor what another repository of `uses` is made of.
#[must_use]
pub fn mention<'a>(chart: &Chart, image: &Reference, uses: impl Iterator<Item = &'a Use>) -> Option<Mention> {
    let others = uses.filter(|used| !used.reference.same_repository(image));
    let others: HashSet<Span> = others.flat_map(Use::origins).map(|(span, _)| span).collect();
    let others: Vec<Span> = others.into_iter().collect();
    first_place(chart, image, &others)
}

fn first_place(chart: &Chart, image: &Reference, others: &[Span]) -> Option<Mention> {
    let version = image.digest().or(image.tag())?;
    let files = chart.values_file.iter().map(|file| (file, false));
    let mut files = files.chain(chart.templates.iter().map(|file| (file, true)));
    let found = files.find_map(|(file, is_template)| {
        let is_another = |span: Span| {
            let overlaps = |other: &Span| other.file == span.file && other.start < span.end && span.start < other.end;
            others.iter().any(overlaps) || (is_template && is_short(&file.text, span, image))
        };
        if file.name.ends_with(".txt") { None } else { place(file, image, version, &is_another) }
    });
    let own = found.map(|span| Mention { chart: super::survey::name_of(chart), span });
    own.or_else(|| chart.subcharts.iter().find_map(|subchart| first_place(subchart, image, others)))
}

fn place(file: &ChartFile, image: &Reference, version: &str, is_another: &impl Fn(Span) -> bool) -> Option<Span> {
    let (text, path) = (file.text.as_str(), image.path());
    let written = &image.as_str()[image.name_range().end..];
    let span = |at: usize| Span::new(file.file, at, at + path.len());
    let is_it = |at: &usize| !is_of_another(&text[..*at], image) && !is_another(span(*at));
    let paths: Vec<usize> = words(text, path).into_iter().filter(is_it).collect();
    let versions = words(text, version);
    let lines = |one: usize, other: usize| text[one.min(other)..one.max(other)].matches('\n').count();
    let is_whole = |at: &usize| {
        let behind = at + path.len() + written.len() - version.len();
        text[at + path.len()..].starts_with(written) && versions.contains(&behind)
    };
    // A path of one part is a word like any other.
    let may_part = path.contains('/');
    let may_stand = |at: usize| version.len() >= SHORTEST || is_version(&text[..at]);
    let is_near = |at: &usize| may_part && versions.iter().any(|other| lines(*at, *other) <= NEAR && may_stand(*other));
    let at = paths.iter().find(|at| is_whole(at)).or_else(|| paths.iter().find(|at| is_near(at)))?;
    Some(span(*at))
}

/// Whether a key that says tag or version stands before a value.
fn is_version(before: &str) -> bool {
    let key = before.trim_end_matches(['"', '\'']).trim_end_matches(' ').strip_suffix(':').unwrap_or_default();
    let key = key.trim_end_matches(['"', '\'']);
    ["tag", "Tag", "version", "Version"].iter().any(|word| key.ends_with(word))
}

/// Whether what stands before the path, up to its slash, is written out and another registry than the image's.
fn is_of_another(before: &str, image: &Reference) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | ':' | '/');
    let Some(before) = before.strip_suffix('/') else { return false };
    let registry = &before[before.trim_end_matches(is_part).len()..];
    !registry.is_empty()
        && Reference::parse(&format!("{registry}/{}", image.path())).is_ok_and(|other| !other.same_repository(image))
}

/// Whether the path at `span` of a template is all but the tag of what an `image:` says, and so is one of Docker Hub, which the image is
/// not from.
fn is_short(text: &str, span: Span, image: &Reference) -> bool {
    let (before, behind) = (&text[..span.range().start], &text[span.range().end..]);
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before).trim_end_matches(' ');
    before.ends_with("image:")
        && behind.starts_with([':', '@'])
        && Reference::parse(image.path()).is_ok_and(|short| !short.same_repository(image))
}

/// Where `word` stands in `text` by itself, outside of comments.
fn words(text: &str, word: &str) -> Vec<usize> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let is_alone = |at: usize| {
        let rest = &text[at + word.len()..];
        let ends = rest.strip_prefix('.').unwrap_or(rest);
        !text[..at].ends_with(is_part) && !ends.starts_with(is_part) && !rest.starts_with('/')
    };
    let all: Vec<usize> = text.match_indices(word).map(|(at, _)| at).filter(|at| is_alone(*at)).collect();
    if all.is_empty() {
        return all;
    }
    let comments = comments(text);
    all.into_iter().filter(|at| !comments.iter().any(|comment| comment.contains(at))).collect()
}

/// `# ...` on lines of their own, and `{{/* ... */}}`.
fn comments(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').filter_map(|line| {
        let range = start..start + line.len();
        start = range.end;
        line.trim_start().starts_with('#').then_some(range)
    });
    let mut found: Vec<_> = lines.collect();
    found.extend(text.match_indices("/*").filter_map(|(at, _)| {
        let before = text[..at].trim_end().trim_end_matches('-');
        let end = text[at..].find("*/")?;
        before.ends_with("{{").then_some(at..at + end)
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_behind_another_registry_is_another_image() {
        let image = Reference::parse("quay.io/acme/web:1.2").unwrap();
        for (before, is_other) in [
            ("image: ", false),
            ("image: quay.io/", false),
            ("image: {{ .Values.registry }}/", false),
            ("image: docker.io/", true),
            ("image: \"quay.io/mirror/", true),
        ] {
            assert_eq!(is_of_another(before, &image), is_other, "{before}");
        }
    }

    #[test]
    fn a_short_version_is_the_value_of_a_tag() {
        for (before, is) in [
            ("{repository: quay.io/acme/web, tag: \"", true),
            ("  imageTag: ", true),
            ("  \"version\": '", true),
            ("replicas: ", false),
            ("a 7 ", false),
        ] {
            assert_eq!(is_version(before), is, "{before}");
        }
    }

    #[test]
    fn what_a_template_calls_by_a_short_name_is_of_docker_hub() {
        for (image, text, is_another) in [
            ("quay.io/acme/web:1.2", "- image: \"acme/web:1.2\"", true),
            ("quay.io/acme/web:1.2", "- {name: a, image: acme/web:{{ .Values.tag }}}", true),
            ("quay.io/acme/web:1.2", "- image: {{ .Values.registry }}/acme/web:1.2", false),
            ("quay.io/acme/web:1.2", "repository: quay.io\nimage: acme/web\nversion: 1.2", false),
            ("quay.io/acme/web:1.2", "{{- $image := \"acme/web:1.2\" }}", false),
            ("docker.io/acme/web:1.2", "- image: \"acme/web:1.2\"", false),
        ] {
            let sources = crate::source::Sources::new();
            let file = sources.add("a.yaml", text.into());
            let at = text.find("acme/web").unwrap();
            let span = Span::new(file, at, at + "acme/web".len());
            assert_eq!(is_short(text, span, &Reference::parse(image).unwrap()), is_another, "{image} in {text}");
        }
    }

    #[test]
    fn words_stand_alone_and_in_no_comment() {
        let text =
            "a: acme/web:1.2\n# acme/web\n{{- /* acme/web */}}\nb: acme/web-ui\nc: quay.io/acme/web\nd: acme/web/x";
        assert_eq!(words(text, "acme/web"), [3, 74]);
        assert_eq!(words(text, "1.2"), [12]);
        assert!(words("v1.2.3", "1.2").is_empty());
    }
}
