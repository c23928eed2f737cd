//! From rendered files to Helm's manifest stream: documents split apart, hooks set aside, sorted by kind, printed.
//! After Helm's `releaseutil.SortManifests`, `action.renderResources` and `helm template`.

use std::sync::LazyLock;

use regex::Regex;

use crate::source::{Text, TextBuilder};
use crate::yaml::{self, Value};

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
    pub range: std::ops::Range<usize>,
}

/// Go's `\s` is ASCII.
static SEPARATOR: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:\A|[\t\n\f\r ]*\n)---[\t\n\f\r ]*").ok());

/// The documents of one rendered file, in order.
#[must_use]
pub fn split(text: &Text) -> Vec<Text> {
    let text = text.trim();
    let (mut documents, mut at) = (Vec::new(), 0);
    let mut add = |from: usize, to: usize| {
        if from < to {
            documents.push(text.slice(from..to).trim());
        }
    };
    for separator in SEPARATOR.iter().flat_map(|separator| separator.find_iter(&text)) {
        add(at, separator.start());
        at = separator.end();
    }
    add(at, text.len());
    documents
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

/// What Helm reads of a document to sort it.
#[derive(Default)]
struct Head {
    kind: String,
    hook: Option<String>,
}

/// Reads the head as Go decodes JSON into Helm's `SimpleHead`: scalars become strings, other shapes are refused.
fn head(document: &Text) -> Result<Head, (String, std::ops::Range<usize>)> {
    let whole = 0..document.len();
    let value = yaml::load(document).map_err(|error| (error.to_string(), error.range))?;
    let refuse = |found: &str, field: &str, wanted: &str| {
        let message = format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go {field}of type {wanted}"
        );
        (message, whole.clone())
    };
    let string = |value: &Value, field: &str| match value {
        Value::Null(_) => Ok(String::new()),
        Value::List(_) => Err(refuse("array", &format!("struct field {field} "), "string")),
        Value::Map(_) => Err(refuse("object", &format!("struct field {field} "), "string")),
        scalar => Ok(scalar_string(scalar)),
    };
    let map = match &value {
        Value::Null(_) => return Ok(Head::default()),
        Value::Map(map) => map,
        other => return Err(refuse(go_json_kind(other), "value ", "releaseutil.SimpleHead")),
    };
    let mut head = Head::default();
    if let Some(version) = map.get("apiVersion") {
        string(version, "SimpleHead.apiVersion")?;
    }
    if let Some(kind) = map.get("kind") {
        head.kind = string(kind, "SimpleHead.kind")?;
    }
    match map.get("metadata") {
        None | Some(Value::Null(_)) => {}
        Some(Value::Map(metadata)) => {
            if let Some(name) = metadata.get("name") {
                string(name, ".metadata.name")?;
            }
            match metadata.get("annotations") {
                None | Some(Value::Null(_)) => {}
                Some(Value::Map(annotations)) => {
                    for (key, value) in annotations.iter() {
                        let text = string(value, ".metadata.annotations")?;
                        if key == "helm.sh/hook" {
                            head.hook = Some(text);
                        }
                    }
                }
                Some(other) => {
                    let field = "struct field .metadata.annotations ";
                    return Err(refuse(go_json_kind(other), field, "map[string]string"));
                }
            }
        }
        Some(other) => {
            let wanted = "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }";
            return Err(refuse(go_json_kind(other), "struct field SimpleHead.metadata ", wanted));
        }
    }
    Ok(head)
}

/// A scalar where Go wants a string: sigs.k8s.io/yaml converts it.
fn scalar_string(value: &Value) -> String {
    match value {
        Value::Bool(flag, _) => flag.to_string(),
        Value::Int(number, _) => number.to_string(),
        Value::Float(number, _) => number.to_string(),
        Value::String(text) => text.to_string(),
        Value::Null(_) | Value::List(_) | Value::Map(_) => String::new(),
    }
}

fn go_json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null(_) => "null",
        Value::Bool(..) => "bool",
        Value::Int(..) | Value::Float(..) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
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
/// order in which Helm meets it.
#[must_use]
pub fn sort<'a>(files: impl IntoIterator<Item = (&'a str, &'a Text)>) -> (Vec<Manifest>, Vec<Unreadable>) {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_key(|(name, _)| *name);
    let (mut manifests, mut unreadable) = (Vec::new(), Vec::new());
    for (name, content) in files {
        for text in split(content) {
            match head(&text) {
                Err((message, range)) => {
                    let message = format!("YAML parse error on {name}: {message}");
                    unreadable.push(Unreadable { template: name.to_owned(), message, text, range });
                }
                Ok(head) => {
                    let events: Vec<_> = head.hook.iter().flat_map(|hook| hook.split(',')).map(go_lower_trim).collect();
                    if events.iter().any(|event| !EVENTS.contains(&event.as_str())) {
                        continue;
                    }
                    let test = events.iter().any(|event| event.starts_with("test"));
                    let hook = head.hook.is_some();
                    manifests.push(Manifest { template: name.to_owned(), text, kind: head.kind, hook, test });
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

/// The stream that `helm template` prints. `crds` are name and content of files below `crds/`.
#[must_use]
pub fn print<'a>(
    crds: impl IntoIterator<Item = (&'a str, &'a Text)>,
    manifests: &[Manifest],
    skip_tests: bool,
) -> Text {
    let mut body = TextBuilder::new();
    let add = |builder: &mut TextBuilder, name: &str, text: &Text| {
        builder.push_str("---\n# Source: ");
        builder.push_str(name);
        builder.push('\n');
        builder.push_text(text);
        builder.push('\n');
    };
    for (name, text) in crds {
        add(&mut body, name, text);
    }
    for manifest in manifests.iter().filter(|manifest| !manifest.hook) {
        add(&mut body, &manifest.template, &manifest.text);
    }
    let mut out = TextBuilder::new();
    out.push_text(&body.finish().trim());
    out.push('\n');
    for manifest in manifests.iter().filter(|manifest| manifest.hook && !(skip_tests && manifest.test)) {
        add(&mut out, &manifest.template, &manifest.text);
    }
    out.finish()
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
        let (manifests, unreadable) = sort(files.iter().map(|(name, text)| (*name, text)));
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
        let (_, unreadable) = sort([("c/templates/a.yaml", &text)]);
        let expected = "YAML parse error on c/templates/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot \
                        unmarshal array into Go value of type releaseutil.SimpleHead";
        assert_eq!(unreadable[0].message, expected);
    }
}
