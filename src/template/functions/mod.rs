//! The functions of Helm's template environment, one file per family, and how Go calls them: declared parameter types,
//! argument conversion by the evaluator, errors as text.

mod arguments;
mod builtins;
#[cfg(test)]
mod calls;
mod certificates;
mod cipher;
mod compare;
pub(crate) mod convert;
mod dates;
mod decimal;
mod defaults;
mod dicts;
mod digests;
mod documents;
mod encoding;
mod escape;
pub mod format;
pub mod helm;
mod json;
mod lists;
mod math;
mod merge;
mod passwords;
mod paths;
mod random;
mod regex;
mod scrypt;
mod semver;
mod strings;
mod structs;
mod toml;
pub mod types;
mod urls;

use std::fmt;
use std::sync::OnceLock;

use crate::source::Span;
use crate::template::Value;

/// A parameter's Go type. The evaluator converts and checks arguments against it before the function sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything, nil included.
    Any,
    /// `string`
    String,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `int64`
    Int64,
    /// `uint32`
    Uint32,
    /// `float64`
    Float64,
    /// `map[string]interface {}` (also given a `chartutil.Values`)
    Map,
    /// `[]interface {}`
    List,
    /// `[]string`
    Strings,
    /// A struct or a pointer to one, by Go's name of the type: `time.Time`
    Object(&'static str),
    /// `chartutil.Values` (also given a `map[string]interface {}`)
    Values,
    /// `reflect.Value`, as Go's own builtins take: anything, checked by the function itself
    Reflect,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Go's text, without the `error calling NAME: ` in front.
    pub message: String,
    /// The innermost place in a template, when the function ran one (`include`, `tpl`).
    pub place: Option<Span>,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { message, place: None }
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

/// What a call gives.
pub type Outcome = Result<Value, Failure>;

/// A function that depends on its arguments only. It gets exactly the declared parameters, then the variadic ones.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name in templates.
    pub name: &'static str,
    /// Its fixed parameters.
    pub parameters: &'static [Type],
    /// The type of the variadic parameter, when it has one.
    pub variadic: Option<Type>,
    /// What it does.
    pub call: fn(&[Value]) -> Outcome,
}

impl Function {
    /// A function of fixed arity.
    pub(crate) const fn new(name: &'static str, parameters: &'static [Type], call: fn(&[Value]) -> Outcome) -> Self {
        Self { name, parameters, variadic: None, call }
    }

    /// A function that also takes any number of `rest`.
    pub(crate) const fn variadic(
        name: &'static str,
        parameters: &'static [Type],
        rest: Type,
        call: fn(&[Value]) -> Outcome,
    ) -> Self {
        Self { name, parameters, variadic: Some(rest), call }
    }
}

/// Every family, the ones that Go prefers first: Helm's own functions hide Sprig's, those hide Go's builtins.
const FAMILIES: &[&[Function]] = &[
    helm::FUNCTIONS,
    documents::FUNCTIONS,
    certificates::FUNCTIONS,
    convert::FUNCTIONS,
    dates::FUNCTIONS,
    dates::MEASURES,
    defaults::FUNCTIONS,
    dicts::FUNCTIONS,
    digests::FUNCTIONS,
    encoding::FUNCTIONS,
    lists::FUNCTIONS,
    math::FUNCTIONS,
    passwords::FUNCTIONS,
    paths::FUNCTIONS,
    random::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    strings::FUNCTIONS,
    toml::FUNCTIONS,
    types::FUNCTIONS,
    urls::FUNCTIONS,
    builtins::FUNCTIONS,
    compare::FUNCTIONS,
    escape::FUNCTIONS,
];

/// What a name in a template calls.
#[derive(Clone, Copy)]
pub struct Callee {
    /// The name.
    pub name: &'static str,
    /// What it calls.
    pub target: Target,
}

/// A function, or one of those that the evaluator itself runs.
#[derive(Clone, Copy)]
pub enum Target {
    /// Depends on its arguments only.
    Plain(&'static Function),
    /// Go's `and`: stops at the first false argument.
    And,
    /// Go's `or`: stops at the first true argument.
    Or,
    /// Helm's `include`: runs another template.
    Include,
    /// Helm's `tpl`: parses and runs a text.
    Tpl,
    /// Helm's `lookup`: asks the environment for objects of the cluster.
    Lookup,
}

impl Callee {
    /// The declared parameters, and the type of the variadic one.
    #[must_use]
    pub fn signature(self) -> (&'static [Type], Option<Type>) {
        match self.target {
            Target::Plain(function) => (function.parameters, function.variadic),
            Target::And | Target::Or => (&[Type::Reflect], Some(Type::Reflect)),
            Target::Include => (&[Type::String, Type::Any], None),
            Target::Tpl => (&[Type::String, Type::Values], None),
            Target::Lookup => (&[Type::String; 4], None),
        }
    }
}

impl fmt::Debug for Callee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object(name) => name,
            Self::Any => "interface {}",
            Self::String => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Float64 => "float64",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Strings => "[]string",
            Self::Values => "chartutil.Values",
            Self::Reflect => "reflect.Value",
        })
    }
}

/// The function called `name`, if there is one.
#[must_use]
pub fn find(name: &str) -> Option<Callee> {
    static REGISTRY: OnceLock<Vec<Callee>> = OnceLock::new();
    let registry = REGISTRY.get_or_init(registry);
    let index = registry.binary_search_by_key(&name, |callee| callee.name).ok()?;
    registry.get(index).copied()
}

/// The names of all functions, sorted.
#[must_use]
pub fn names() -> Vec<&'static str> {
    registry().into_iter().map(|callee| callee.name).collect()
}

/// All functions by name. Sorted, not hashed: it is built in every process, and asked some hundred times.
fn registry() -> Vec<Callee> {
    const SPECIAL: [(&str, Target); 5] = [
        ("and", Target::And),
        ("or", Target::Or),
        ("include", Target::Include),
        ("tpl", Target::Tpl),
        ("lookup", Target::Lookup),
    ];
    let special = SPECIAL.map(|(name, target)| Callee { name, target });
    let plain = FAMILIES.iter().copied().flatten();
    let plain = plain.map(|function| Callee { name: function.name, target: Target::Plain(function) });
    let mut registry: Vec<_> = special.into_iter().chain(plain).collect();
    // Stable: of one name the first counts.
    registry.sort_by_key(|callee| callee.name);
    registry.dedup_by_key(|callee| callee.name);
    registry
}
