//! `semver` and `semverCompare`, and a version as templates see it: a struct with methods.

use std::rc::Rc;

use super::Type::String;
use super::{Function, Outcome, Type, arguments};
use crate::chart::version::{Constraint, Version};
use crate::source::{Origin, Origins, Text};
use crate::template::Value;
use crate::template::value::{IntKind, Object};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] =
    &[Function::new("semver", &[String], semver), Function::new("semverCompare", &[String, String], semver_compare)];

fn semver(arguments: &[Value]) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    let version = Version::parse(text)?;
    Ok(Value::Object(Rc::new(SemanticVersion { version, pointer: true, origins: text.origins() })))
}

/// `semverCompare CONSTRAINT VERSION`: whether it satisfies it.
fn semver_compare(arguments: &[Value]) -> Outcome {
    let (constraint, version) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let satisfied = Constraint::parse(constraint)?.check(&Version::parse(version)?);
    Ok(Value::Bool(satisfied, Origin::union([constraint.origins(), version.origins()].into_iter().flatten())))
}

/// A `*semver.Version`, or the plain struct that some of its methods return.
#[derive(Debug)]
struct SemanticVersion {
    version: Version,
    /// Go finds the methods of a pointer only through a pointer.
    pointer: bool,
    origins: Origins,
}

const STRUCT_METHODS: [&str; 13] = [
    "IncMajor",
    "IncMinor",
    "IncPatch",
    "Major",
    "MarshalJSON",
    "Metadata",
    "Minor",
    "Patch",
    "Prerelease",
    "SetMetadata",
    "SetPrerelease",
    "String",
    "Value",
];
const POINTER_METHODS: [&str; 5] = ["Compare", "Equal", "GreaterThan", "LessThan", "Original"];

impl SemanticVersion {
    fn printed(&self) -> Text {
        Text::computed(self.version.to_string(), self.origins.clone())
    }

    fn text(&self, text: &str) -> Value {
        Value::String(Text::computed(text, self.origins.clone()))
    }

    /// Go's `uint64`; what is beyond an `i64` wraps, as no version number in use does.
    fn number(&self, number: u64) -> Value {
        Value::Int(number.cast_signed(), IntKind::Uint64, self.origins.clone())
    }

    fn changed(&self, version: Version) -> Value {
        Value::Object(Rc::new(Self { version, pointer: false, origins: self.origins.clone() }))
    }

    fn compare(&self, arguments: &[Value]) -> Result<(std::cmp::Ordering, Origins), std::string::String> {
        if let [Value::Object(other)] = arguments
            && let Some(other) = other.as_any().downcast_ref::<Self>()
            && other.pointer
        {
            let origins = Origin::union([self.origins.clone(), other.origins.clone()].into_iter().flatten());
            return Ok((self.version.cmp(&other.version), origins));
        }
        Err("wrong type for value; expected *semver.Version".to_owned())
    }
}

impl Object for SemanticVersion {
    fn type_name(&self) -> &'static str {
        if self.pointer { "*semver.Version" } else { "semver.Version" }
    }

    fn kind(&self) -> &'static str {
        if self.pointer { "ptr" } else { "struct" }
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn has_method(&self, name: &str) -> bool {
        STRUCT_METHODS.contains(&name) || (self.pointer && POINTER_METHODS.contains(&name))
    }

    fn parameters(&self, name: &str) -> Option<&'static [Type]> {
        Some(match name {
            "SetPrerelease" | "SetMetadata" => &[String],
            "Compare" | "Equal" | "GreaterThan" | "LessThan" => &[Type::Object("*semver.Version")],
            _ => &[],
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, std::string::String> {
        let version = &self.version;
        let text = || arguments::text(arguments, 0).map_err(|failure| failure.message);
        Ok(match name {
            "Major" => self.number(version.major()),
            "Minor" => self.number(version.minor()),
            "Patch" => self.number(version.patch()),
            "Prerelease" => self.text(version.prerelease()),
            "Metadata" => self.text(version.metadata()),
            "Original" => self.text(version.original()),
            "String" | "Value" => Value::String(self.printed()),
            "MarshalJSON" => Value::Bytes(Text::computed(format!("\"{version}\""), self.origins.clone())),
            "IncMajor" => self.changed(version.inc_major()),
            "IncMinor" => self.changed(version.inc_minor()),
            "IncPatch" => self.changed(version.inc_patch()),
            "SetPrerelease" => self.changed(version.with_prerelease(text()?)?),
            "SetMetadata" => self.changed(version.with_metadata(text()?)?),
            "Compare" => {
                let (order, origins) = self.compare(arguments)?;
                Value::Int(order as i64, IntKind::Int, origins)
            }
            "Equal" | "GreaterThan" | "LessThan" => {
                let (order, origins) = self.compare(arguments)?;
                let holds = match name {
                    "Equal" => order.is_eq(),
                    "GreaterThan" => order.is_gt(),
                    _ => order.is_lt(),
                };
                Value::Bool(holds, origins)
            }
            _ => return Err(format!("{name} is not a method of {}", self.type_name())),
        })
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        let version = &self.version;
        Some(vec![
            ("major", self.number(version.major())),
            ("minor", self.number(version.minor())),
            ("patch", self.number(version.patch())),
            ("pre", self.text(version.prerelease())),
            ("metadata", self.text(version.metadata())),
            ("original", self.text(version.original())),
        ])
    }

    fn string(&self) -> Option<Text> {
        Some(self.printed())
    }

    fn data(&self) -> Value {
        Value::String(self.printed())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Rc<dyn Object> {
        let Value::Object(version) = semver(&[Value::string(text)]).unwrap() else { panic!("no object") };
        version
    }

    #[test]
    fn a_version_prints_in_full_and_answers_to_its_methods() {
        let object = version("v1.2-rc+b");
        assert_eq!(object.string().unwrap(), "1.2.0-rc+b");
        assert!(matches!(object.call("Minor", &[]).unwrap(), Value::Int(2, IntKind::Uint64, _)));
        assert!(matches!(object.call("Original", &[]).unwrap(), Value::String(text) if text == "v1.2-rc+b"));
        let other = Value::Object(version("1.2"));
        assert!(matches!(object.call("Compare", std::slice::from_ref(&other)).unwrap(), Value::Int(-1, ..)));
        assert!(matches!(object.call("LessThan", &[other]).unwrap(), Value::Bool(true, _)));
        assert!(object.call("Compare", &[Value::string("1")]).is_err());
    }

    #[test]
    fn a_changed_version_is_no_pointer() {
        let Value::Object(next) = version("v1.2.3").call("IncMinor", &[]).unwrap() else { panic!("no object") };
        assert_eq!(next.string().unwrap(), "1.3.0");
        assert_eq!(next.type_name(), "semver.Version");
        assert!(next.has_method("Major") && !next.has_method("Original"));
        assert_eq!(
            version("1").call("SetPrerelease", &[Value::string("a_b")]).unwrap_err(),
            "Invalid Prerelease string"
        );
    }

    #[test]
    fn errors_are_those_of_masterminds() {
        assert_eq!(semver(&[Value::string("latest")]).unwrap_err().message, "Invalid Semantic Version");
        let compare =
            |constraint: &str, version: &str| semver_compare(&[Value::string(constraint), Value::string(version)]);
        assert_eq!(compare("latest", "1").unwrap_err().message, "improper constraint: latest");
        assert!(matches!(compare(">=1.19-0", "v1.31.0-eks-1").unwrap(), Value::Bool(true, _)));
    }
}
