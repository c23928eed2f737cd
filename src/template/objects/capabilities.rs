//! `.Capabilities`: what Helm says about the cluster and itself.

use std::any::Any;
use std::rc::Rc;

use super::record::{Field, Record};
use crate::source::Text;
use crate::template::functions::Type;
use crate::template::value::{Object, Value};

/// What `.Capabilities` is made of.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// `v1.31.0`
    pub kube_version: Text,
    /// `1`
    pub kube_major: Text,
    /// `31`
    pub kube_minor: Text,
    /// The API versions of the cluster: `apps/v1`; with kinds where `--api-versions` gives them.
    pub api_versions: Vec<Text>,
    /// `v3.10.1`
    pub helm_version: Text,
    /// The commit that Helm was built from.
    pub helm_commit: Text,
    /// `clean`
    pub helm_tree_state: Text,
    /// `go1.18.7`
    pub go_version: Text,
}

impl Capabilities {
    /// This as a template's value: a pointer to `chartutil.Capabilities`.
    #[must_use]
    pub fn into_value(self) -> Value {
        let string = |name, key, omits_empty, text| Field {
            name,
            key,
            omits_empty,
            embedded: false,
            value: Value::String(text),
        };
        let object = |name, object: Rc<dyn Object>| Field {
            name,
            key: name,
            omits_empty: false,
            embedded: false,
            value: Value::Object(object),
        };
        let kube_version = Record {
            type_name: "chartutil.KubeVersion",
            is_pointer: false,
            fields: vec![
                string("Version", "Version", false, self.kube_version),
                string("Major", "Major", false, self.kube_major),
                string("Minor", "Minor", false, self.kube_minor),
            ],
            methods: &[("String", version), ("GitVersion", version)],
        };
        let helm_version = Record {
            type_name: "version.BuildInfo",
            is_pointer: false,
            fields: vec![
                string("Version", "version", true, self.helm_version),
                string("GitCommit", "git_commit", true, self.helm_commit),
                string("GitTreeState", "git_tree_state", true, self.helm_tree_state),
                string("GoVersion", "go_version", true, self.go_version),
            ],
            methods: &[],
        };
        Value::Object(Rc::new(Record {
            type_name: "*chartutil.Capabilities",
            is_pointer: true,
            fields: vec![
                object("KubeVersion", Rc::new(kube_version)),
                object("APIVersions", Rc::new(VersionSet { versions: self.api_versions })),
                object("HelmVersion", Rc::new(helm_version)),
            ],
            methods: &[("Copy", copy)],
        }))
    }
}

fn version(record: &Record) -> Value {
    record.field("Version").unwrap_or_default()
}

fn copy(record: &Record) -> Value {
    Value::Object(Rc::new(record.clone()))
}

/// `chartutil.VersionSet`, a slice with a method.
#[derive(Debug)]
pub struct VersionSet {
    /// The API versions.
    pub versions: Vec<Text>,
}

impl Object for VersionSet {
    fn type_name(&self) -> &'static str {
        "chartutil.VersionSet"
    }

    fn kind(&self) -> &'static str {
        "slice"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn has_method(&self, name: &str) -> bool {
        name == "Has"
    }

    fn parameters(&self, _name: &str) -> Option<&'static [Type]> {
        Some(&[Type::String])
    }

    fn call(&self, _name: &str, arguments: &[Value]) -> Result<Value, String> {
        let wanted = match arguments {
            [Value::String(version)] => version,
            _ => return Err("Has takes a version".to_owned()),
        };
        Ok(Value::Bool(self.versions.contains(wanted), wanted.origins()))
    }

    fn data(&self) -> Value {
        Value::strings(self.versions.clone())
    }

    fn truth(&self) -> bool {
        !self.versions.is_empty()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
