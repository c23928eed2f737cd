//! The objects of a cluster that somebody supplies for `lookup`, as its API server would give them back. Reads files; asks no
//! cluster.

use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64;

use super::Refusal;
use crate::source::{Layer, Sources, Span, Text, to_bytes};
use crate::yaml::{self, Map, Value};

/// Kinds of Kubernetes' own API groups that lie in no namespace (Kubernetes 1.31).
const CLUSTER_WIDE: [&str; 31] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "ComponentStatus",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourceSlice",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersion",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
];

/// The objects in the file at `path`, those of lists one by one. What names no namespace, and has to lie in one, lies in `namespace`.
///
/// # Errors
/// When the file cannot be read, is no YAML, or something in it is no object.
pub(super) fn objects(sources: &Sources, path: &Path, namespace: &str) -> Result<Vec<Value>, Refusal> {
    let refusal = |message: String, span| Refusal { message, path: Some(path.to_owned()), span };
    let id = sources
        .read(path)
        .map_err(|error| refusal(format!("{} cannot be read: {}", path.display(), error.cause), None))?;
    let text = Text::of_file(id, sources.get(id).text().clone(), Layer::Values);
    let mut objects = Vec::new();
    for document in yaml::split(&text) {
        let value = yaml::load(&document)
            .map_err(|error| refusal(error.message.clone(), document.span_of(error.range.clone())))?;
        let items = match value.get("items").and_then(Value::as_list) {
            Some(items) => items.to_vec(),
            None => Some(value).filter(|value| !value.is_null()).into_iter().collect(),
        };
        for item in items {
            if let Some(lack) = lack(&item) {
                let start = document.len() - document.trim_start().len();
                let first = document[start..].lines().next().unwrap_or_default();
                let span = place(&item).or_else(|| document.span_of(start..start + first.len()));
                let message = format!("is no Kubernetes object, as `lookup` could find it: {lack}");
                return Err(refusal(message, span));
            }
            objects.push(settled(&item, namespace));
        }
    }
    Ok(objects)
}

/// What keeps `value` from being an object.
fn lack(value: &Value) -> Option<String> {
    if value.as_map().is_none() {
        return Some("it is no mapping".to_owned());
    }
    let paths = [&["apiVersion"][..], &["kind"], &["metadata", "name"]];
    let is_said = |path: &&[&str]| {
        let found = path.iter().try_fold(value, |value, key| value.get(key)).and_then(Value::as_text);
        found.is_some_and(|text| !text.is_empty())
    };
    let path = paths.iter().find(|path| !is_said(path))?;
    Some(format!("it has no `{}`, or that is no text", path.join(".")))
}

/// Where `value` begins.
fn place(value: &Value) -> Option<Span> {
    value.as_map()?.keys().filter_map(Text::exact_span).min_by_key(|span| span.start)
}

/// `object` as the API server keeps it: in a namespace, the `stringData` of a Secret in its `data`.
fn settled(object: &Value, namespace: &str) -> Value {
    let mut settled = object.as_map().cloned().unwrap_or_default();
    let said = |key: &str| object.get(key).and_then(Value::as_text).map(Text::as_str).unwrap_or_default();
    let (kind, version) = (said("kind"), said("apiVersion"));
    let metadata = object.get("metadata").and_then(Value::as_map);
    if let Some(metadata) = metadata.filter(|_| is_of_kubernetes(version) && !CLUSTER_WIDE.contains(&kind)) {
        let is_named = metadata.get("namespace").and_then(Value::as_text).is_some_and(|name| !name.is_empty());
        if !is_named {
            let mut metadata = metadata.clone();
            metadata.insert(Text::new("namespace"), Value::String(Text::new(namespace)));
            settled.insert(Text::new("metadata"), Value::Map(Arc::new(metadata)));
        }
    }
    if let (("Secret", "v1"), Some(strings)) = ((kind, version), settled.remove("stringData")) {
        let mut data = object.get("data").and_then(Value::as_map).cloned().unwrap_or_default();
        let encoded = |(key, value): (&Text, &Value)| {
            let text = value.as_text()?;
            Some((key.clone(), Value::String(text.derive(BASE64.encode(&to_bytes(text))))))
        };
        data.extend(strings.as_map().unwrap_or(&Map::new()).iter().filter_map(encoded));
        settled.insert(Text::new("data"), Value::Map(Arc::new(data)));
    }
    Value::Map(Arc::new(settled))
}

/// Whether an API version is of Kubernetes itself, of whose kinds it is known which lie in namespaces: `v1`, `apps/v1`,
/// `networking.k8s.io/v1`.
fn is_of_kubernetes(version: &str) -> bool {
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    // Outside of Kubernetes itself `k8s.io` has groups below `x-k8s.io` and of projects.
    let own = [
        "admissionregistration",
        "apiextensions",
        "apiregistration",
        "authentication",
        "authorization",
        "certificates",
        "coordination",
        "discovery",
        "events",
        "flowcontrol.apiserver",
        "internal.apiserver",
        "networking",
        "node",
        "rbac.authorization",
        "resource",
        "scheduling",
        "storage",
    ];
    !group.contains('.') || group.strip_suffix(".k8s.io").is_some_and(|group| own.contains(&group))
}
