//! Containers in a manifest: wherever a list called `containers`, `initContainers` or `ephemeralContainers` stands, in any
//! kind at any depth. A CustomResourceDefinition describes objects, it deploys none: its schema is left alone.

use super::Workload;
use crate::source::{Origins, Text};
use crate::yaml::{Map, Value};

/// The keys of lists of containers.
pub(super) const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// The key of a pod's volumes, of which some are images.
const VOLUMES: &str = "volumes";

/// The kind that describes objects: its schema may have any key.
pub(super) const DEFINITION: &str = "CustomResourceDefinition";

/// The API groups of rules about other objects: what stands in them is a pattern or an exception, and runs nowhere. Flux watches
/// the images that it is told of.
const POLICIES: [&str; 7] = [
    "admissionregistration.k8s.io",
    "image.toolkit.fluxcd.io",
    "kyverno.io",
    "policies.kyverno.io",
    "constraints.gatekeeper.sh",
    "templates.gatekeeper.sh",
    "mutations.gatekeeper.sh",
];

/// Whether an object is a rule about others.
pub(super) fn is_policy(object: &Map) -> bool {
    let version = object.get("apiVersion").and_then(Value::as_text);
    let group = version.and_then(|version| version.split_once('/').map(|(group, _)| group.to_owned()));
    group.is_some_and(|group| POLICIES.contains(&group.as_str()))
}

/// Nesting that is followed; deeper manifests do not occur (Kubernetes refuses them).
const MAX_DEPTH: usize = 200;

/// The kinds whose containers the API server refuses without an image.
const WORKLOADS: [&str; 9] = [
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
];

/// A container that names an image, or should.
#[derive(Clone, Debug)]
pub struct Container {
    /// The innermost object with a `kind` around it, and the container's own name.
    pub workload: Workload,
    /// The image as the manifest has it; empty where there is no text.
    pub image: Text,
    /// Why nothing can be pulled, when there is no text.
    pub fault: Option<&'static str>,
    /// What stands nearest to the image in the manifest: a place, when the image itself has none.
    pub near: Text,
}

/// The containers of one document, in document order of their lists' names.
#[must_use]
pub fn containers(document: &Value) -> Vec<Container> {
    let mut found = Vec::new();
    let nobody = Workload { kind: String::new(), name: String::new(), container: None };
    walk(document, &nobody, 0, &mut found);
    found
}

fn walk(value: &Value, owner: &Workload, depth: usize, found: &mut Vec<Container>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::List(items) => items.iter().for_each(|item| walk(item, owner, depth + 1, found)),
        Value::Map(map) => {
            let inner = object(map);
            let owner = inner.as_ref().unwrap_or(owner);
            if owner.kind == DEFINITION || is_policy(map) {
                return;
            }
            for (key, value) in map.iter() {
                if LISTS.contains(&key.as_str()) {
                    match value {
                        Value::List(items) => found.extend(items.iter().filter_map(|item| container(item, owner))),
                        // Some custom resources call their containers by name.
                        Value::Map(items) => found.extend(items.iter().filter_map(|(name, item)| {
                            let found = container(item, owner).filter(|found| found.fault.is_none())?;
                            let workload = Workload { container: Some(name.to_string()), ..found.workload };
                            Some(Container { workload, ..found })
                        })),
                        _ => {}
                    }
                }
                if key.as_str() == VOLUMES && WORKLOADS.contains(&owner.kind.as_str()) {
                    found.extend(value.as_list().unwrap_or_default().iter().filter_map(|item| volume(item, owner)));
                }
                walk(value, owner, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// What a mapping says of itself when it is a Kubernetes object.
pub(super) fn object(map: &Map) -> Option<Workload> {
    let kind = map.get("kind")?.as_text()?.to_string();
    map.get("apiVersion")?.as_text()?;
    let metadata = map.get("metadata");
    let name = metadata.and_then(|metadata| metadata.get("name").or_else(|| metadata.get("generateName")));
    let name = name.and_then(Value::as_text);
    Some(Workload { kind, name: name.map(ToString::to_string).unwrap_or_default(), container: None })
}

fn container(item: &Value, owner: &Workload) -> Option<Container> {
    let map = item.as_map()?;
    let named = map.get("name").and_then(Value::as_text);
    let found = map.get_key_value("image");
    let (image, fault) = match found.map(|(_, image)| image) {
        Some(Value::String(text)) if text.trim().is_empty() => (nothing(&text.origins()), Some("`image` is empty")),
        Some(Value::String(text)) => (text.trim(), None),
        Some(Value::Null(origins)) => (nothing(origins), Some("`image` is empty")),
        Some(Value::Bool(_, origins)) => (nothing(origins), Some("`image` is true or false")),
        Some(Value::Int(_, origins) | Value::Float(_, origins)) => (nothing(origins), Some("`image` is a number")),
        Some(Value::List(_)) => (Text::new(""), Some("`image` is a list")),
        Some(Value::Map(_)) => (Text::new(""), Some("`image` is a mapping")),
        None => (Text::new(""), Some("it has no `image`")),
    };
    // Other resources may leave the image to their controller, or have their own way to write it.
    if fault.is_some() && !WORKLOADS.contains(&owner.kind.as_str()) {
        return None;
    }
    let near = found.map(|(key, _)| key).or(named).or_else(|| map.keys().next());
    Some(Container {
        workload: Workload { container: named.map(ToString::to_string), ..owner.clone() },
        image,
        fault,
        near: near.cloned().unwrap_or_else(|| Text::new("")),
    })
}

/// A volume that is an image: the kubelet pulls it as it does a container's.
fn volume(item: &Value, owner: &Workload) -> Option<Container> {
    let image = item.get("image")?.get("reference")?.as_text()?.trim();
    let name = item.get("name").and_then(Value::as_text).map(|name| format!("volume {name}"));
    let near = image.clone();
    (!image.is_empty()).then(|| Container {
        workload: Workload { container: name, ..owner.clone() },
        image,
        fault: None,
        near,
    })
}

/// No text, at a place.
fn nothing(origins: &Origins) -> Text {
    Text::computed("", origins.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(document: &str) -> Vec<(String, String, Option<String>, String)> {
        let value = crate::yaml::load(&Text::new(document)).unwrap();
        let row = |c: Container| (c.workload.kind, c.workload.name, c.workload.container, c.image.to_string());
        containers(&value).into_iter().map(row).collect()
    }

    #[test]
    fn containers_of_every_kind_and_depth_are_found() {
        let cron_job = "
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers: [{name: prepare, image: busybox:1}]
          containers: [{name: main, image: nginx:2}]
";
        let found = images(cron_job);
        let workload = |container: &str, image: &str| {
            ("CronJob".to_owned(), "nightly".to_owned(), Some(container.to_owned()), image.to_owned())
        };
        assert_eq!(found, [workload("main", "nginx:2"), workload("prepare", "busybox:1")]);
    }

    #[test]
    fn an_item_of_a_list_is_its_own_workload() {
        let list = "
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
  spec: {containers: [{name: c, image: x:1}]}
";
        assert_eq!(images(list)[0].1, "a");
    }

    #[test]
    fn a_definition_deploys_nothing() {
        let definition = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things}
spec: {containers: [{name: c, image: x:1}]}
";
        assert!(images(definition).is_empty());
    }

    #[test]
    fn a_container_without_an_image_says_what_stands_there() {
        let faults = |kind: &str| {
            let document = format!(
                "apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{containers: [{{name: c, image: ''}}, {{name: d}}, \
                 {{name: e, image: {{x: 1}}}}, {{name: f, image: [1]}}, {{name: g, image: 1}}, {{name: h, image: true}}, \
                 {{name: i, image: }}, {{name: j, image: ' x:1 '}}]}}\n"
            );
            let value = crate::yaml::load(&Text::new(&document)).unwrap();
            let row = |c: Container| format!("{}: {}", c.workload.container.unwrap(), c.fault.unwrap_or(&c.image));
            containers(&value).into_iter().map(row).collect::<Vec<_>>()
        };
        let of_pods = [
            "c: `image` is empty",
            "d: it has no `image`",
            "e: `image` is a mapping",
            "f: `image` is a list",
            "g: `image` is a number",
            "h: `image` is true or false",
            "i: `image` is empty",
            "j: x:1",
        ];
        assert_eq!(faults("Pod"), of_pods);
        assert_eq!(faults("Prometheus"), ["j: x:1"], "its operator knows");
    }

    #[test]
    fn containers_by_name_and_volumes_of_images_are_found() {
        let documents = "
apiVersion: example.org/v1
kind: Thing
metadata: {generateName: thing-}
spec: {containers: {main: {image: x:1}, other: {image: {repository: y}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers: []
  volumes: [{name: model, image: {reference: z:1}}, {name: config, configMap: {name: c}}]
";
        let found: Vec<_> = documents.split("---").flat_map(images).collect();
        let rows = found.iter().map(|(kind, name, container, image)| {
            format!("{kind} {name} {} {image}", container.as_deref().unwrap_or("-"))
        });
        assert_eq!(rows.collect::<Vec<_>>(), ["Thing thing- main x:1", "Pod a volume model z:1"]);
    }
}
