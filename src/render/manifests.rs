//! From rendered files to Helm's manifest stream: documents split apart, hooks set aside, sorted by kind, printed.
//! After Helm's `releaseutil.SortManifests`, `action.renderResources` and `helm template`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::documents::{Documents, read};
use crate::source::Text;
use crate::yaml;

/// One document of a rendered file.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The template's full name: `umbrella/charts/sub/templates/x.yaml`.
    pub template: String,
    /// The document.
    pub text: Text,
    /// Its `kind`; empty when it has none.
    pub kind: String,
    /// Whether it is a hook.
    pub hook: bool,
    /// Whether it is a test hook.
    pub test: bool,
    /// The document once it was read, where that is worth remembering.
    read: Option<Arc<OnceLock<Option<yaml::Value>>>>,
}

impl Manifest {
    /// What the document says; nothing when it cannot be read.
    #[must_use]
    pub fn document(&self) -> Option<Cow<'_, yaml::Value>> {
        let load = || yaml::load(&self.text).ok();
        match &self.read {
            Some(read) => read.get_or_init(load).as_ref().map(Cow::Borrowed),
            None => load().map(Cow::Owned),
        }
    }

    /// A document of a template.
    #[cfg(test)]
    pub(crate) fn of(template: &str, text: Text) -> Self {
        Self { template: template.to_owned(), text, kind: String::new(), hook: false, test: false, read: None }
    }
}

/// A document that Helm cannot read.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The template's full name.
    pub template: String,
    /// Helm's message.
    pub message: String,
    /// The document.
    pub text: Text,
    /// The bytes of the document where reading stopped.
    pub range: Range<usize>,
}

/// The documents of one rendered file, in order.
#[must_use]
pub fn split(text: &Text) -> Vec<Text> {
    ranges(text).into_iter().map(|range| text.slice(range)).collect()
}

/// The bytes of the documents of one rendered file, in order.
pub(super) fn ranges(text: &Text) -> Vec<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let mut rest = start..start.max(text.trim_end().len());
    let mut documents = Vec::new();
    let mut add = |document: Range<usize>| {
        let within = &text[document.clone()];
        let start = document.start + (within.len() - within.trim_start().len());
        if !document.is_empty() {
            documents.push(start..start.max(document.start + within.trim_end().len()));
        }
    };
    let first = rest.start;
    while let Some(separator) = separator(text, rest.clone(), first) {
        add(rest.start..separator.start);
        rest.start = separator.end;
    }
    add(rest);
    documents
}

/// The first separator in `range`: three dashes at the start of a line or, at `first`, of the text; with the blanks around
/// them, of which at least the line feed in front lies in `range`. Helm: `(?:^|\s*\n)---\s*`, Go's `\s` being ASCII.
fn separator(text: &str, range: Range<usize>, first: usize) -> Option<Range<usize>> {
    fn is_blank(byte: &u8) -> bool {
        matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')
    }
    let bytes = text.as_bytes();
    let within = text.get(range.clone())?;
    let dashes = if range.start == first && within.starts_with("---") {
        first
    } else {
        range.start + line_of_dashes(within.as_bytes())?
    };
    let before = bytes[range.start..dashes].iter().rev().take_while(|byte| is_blank(byte)).count();
    let after = bytes[dashes + 3..range.end].iter().take_while(|byte| is_blank(byte)).count();
    Some(dashes - before..dashes + 3 + after)
}

/// The first line but the first of `bytes` that starts with three dashes.
fn line_of_dashes(bytes: &[u8]) -> Option<usize> {
    // Without a branch for each byte a block is searched many bytes at a time; in most nothing of the kind is found.
    const BLOCK: usize = 256;
    let is_dash = |pair: &[u8]| (pair[0] == b'\n') & (pair[1] == b'-');
    (0..bytes.len()).step_by(BLOCK).find_map(|from| {
        let block = &bytes[from..(from + BLOCK + 1).min(bytes.len())];
        if !block.windows(2).fold(false, |found, pair| found | is_dash(pair)) {
            return None;
        }
        let mut starts = (from + 1..from + block.len()).filter(|at| bytes[at - 1] == b'\n');
        starts.find(|at| bytes[*at..].starts_with(b"---"))
    })
}

/// Helm's order of installation; kinds that are not in it come last, by name.
const ORDER: [&str; 35] = [
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
];

fn rank(kind: &str) -> (usize, &str) {
    match ORDER.iter().position(|known| *known == kind) {
        Some(rank) => (rank, ""),
        None => (ORDER.len(), kind),
    }
}

const EVENTS: [&str; 10] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

/// The documents of `files` (name and content), manifests in Helm's order, then hooks; and what Helm could not read, in the
/// order in which Helm meets it. What is `known` of files of the same text is not read again.
#[must_use]
pub(super) fn sort(mut files: Vec<(String, Text)>, known: Option<&Documents>) -> (Vec<Manifest>, Vec<Unreadable>) {
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    let (mut manifests, mut unreadable) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let documents = known.map_or_else(|| read(&content), |known| known.of(&name, &content));
        for document in documents.iter() {
            let text = content.slice(document.range.clone());
            match &document.head {
                Err((message, range)) => {
                    let message = format!("YAML parse error on {name}: {message}");
                    unreadable.push(Unreadable { template: name.clone(), message, text, range: range.clone() });
                }
                Ok(head) => {
                    let events: Vec<_> = head.hook.iter().flat_map(|hook| hook.split(',')).map(go_lower_trim).collect();
                    if events.iter().any(|event| !EVENTS.contains(&event.as_str())) {
                        continue;
                    }
                    let test = events.iter().any(|event| event.starts_with("test"));
                    let hook = head.hook.is_some();
                    let (template, kind) = (name.clone(), head.kind.clone());
                    let read = known.map(|_| document.whole.clone());
                    manifests.push(Manifest { template, text, kind, hook, test, read });
                }
            }
        }
    }
    manifests.sort_by(|a, b| (a.hook, rank(&a.kind)).cmp(&(b.hook, rank(&b.kind))));
    (manifests, unreadable)
}

fn go_lower_trim(text: &str) -> String {
    text.trim().to_lowercase()
}

/// What stands before the name of a manifest's template.
const FRAME: &str = "---\n# Source: ";

/// The stream that `helm template` prints, in parts. `crds` are name and content of files below `crds/`.
#[must_use]
pub fn stream<'a>(
    crds: impl IntoIterator<Item = (&'a str, &'a Text)>,
    manifests: &'a [Manifest],
    skip_tests: bool,
) -> Vec<&'a str> {
    let parts = |(name, text): (&'a str, &'a Text)| [FRAME, name, "\n", text.as_str(), "\n"];
    let entry = |manifest: &'a Manifest| (manifest.template.as_str(), &manifest.text);
    let plain = manifests.iter().filter(|manifest| !manifest.hook).map(entry);
    let hooks = manifests.iter().filter(|manifest| manifest.hook && !(skip_tests && manifest.test)).map(entry);
    let mut stream: Vec<&str> = crds.into_iter().chain(plain).flat_map(parts).collect();
    while let Some(last) = stream.pop() {
        let kept = last.trim_end();
        if !kept.is_empty() {
            stream.push(kept);
            break;
        }
    }
    stream.push("\n");
    stream.extend(hooks.flat_map(parts));
    stream
}

/// As [`stream`], in one piece.
#[must_use]
pub fn print<'a>(
    crds: impl IntoIterator<Item = (&'a str, &'a Text)>,
    manifests: &'a [Manifest],
    skip_tests: bool,
) -> String {
    stream(crds, manifests, skip_tests).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str) -> Vec<String> {
        split(&Text::new(text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn documents_are_split_as_helm_splits_them() {
        assert_eq!(documents("---\na: 1\n---\n\n# only\n---   \nb: 2\n"), ["a: 1", "# only", "b: 2"]);
        assert_eq!(documents("a: x--- y\n"), ["a: x--- y"]);
        assert_eq!(documents("\n---\n\n"), Vec::<String>::new());
        // The first separator takes the line feed that the second one needs in front.
        assert_eq!(documents("---\n---\n"), ["---"]);
        assert_eq!(documents("a: |\n  text\n---more: b"), ["a: |\n  text", "more: b"]);
        assert_eq!(documents("a\n---\n---\nb"), ["a", "---\nb"]);
        assert_eq!(documents("a\n---\n\n---b"), ["a", "---b"]);
        assert_eq!(documents("a\n--- x\n---\nb"), ["a", "x", "b"]);
        assert_eq!(documents("a\n----\nb"), ["a", "-\nb"]);
        assert_eq!(documents("------"), ["---"]);
        for length in 250..260 {
            let text = "x".repeat(length);
            assert_eq!(documents(&format!("{text}\n---\n{text}\n-- -")), [text.clone(), format!("{text}\n-- -")]);
        }
        assert_eq!(documents("a\u{a0}\n---\n\u{a0}b\u{a0}"), ["a", "b"]);
    }

    #[test]
    fn hooks_come_last_and_unknown_hooks_not_at_all() {
        let hook = |event: &str| format!("kind: Job\nmetadata:\n  annotations: {{helm.sh/hook: '{event}'}}\n");
        let files = [
            ("c/templates/a.yaml", Text::from(hook("pre-install"))),
            ("c/templates/b.yaml", Text::new("kind: Zebra\n---\nkind: Service\n---\nkind: Apple")),
            ("c/templates/c.yaml", Text::from(hook("crd-install"))),
            ("c/templates/d.yaml", Text::from(hook(" Test , post-install"))),
        ];
        let (manifests, unreadable) = sort(files.map(|(name, text)| (name.to_owned(), text)).to_vec(), None);
        assert!(unreadable.is_empty());
        let seen: Vec<_> = manifests.iter().map(|m| (m.kind.as_str(), m.hook, m.test)).collect();
        let expected = [
            ("Service", false, false),
            ("Apple", false, false),
            ("Zebra", false, false),
            ("Job", true, false),
            ("Job", true, true),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_broken_document_is_told_with_its_place() {
        let text = Text::new("a: 1\n---\n[1, 2]");
        let (_, unreadable) = sort(vec![("c/templates/a.yaml".to_owned(), text)], None);
        let expected = "YAML parse error on c/templates/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot \
                        unmarshal array into Go value of type releaseutil.SimpleHead";
        assert_eq!(unreadable[0].message, expected);
    }
}
