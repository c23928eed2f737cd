//! The functions of Helm's template environment, one file per family, and how Go calls them: declared parameter types,
//! argument conversion by the evaluator, errors as text.

mod arguments;
mod builtins;
#[cfg(test)]
mod calls;
mod compare;
pub(crate) mod convert;
mod decimal;
mod defaults;
mod dicts;
mod escape;
pub mod format;
mod lists;
mod math;
mod merge;
mod paths;
mod strings;
pub mod types;

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
