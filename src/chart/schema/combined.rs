//! Which violations gojsonschema tells where schemas are combined: nothing beside a wrong type, the errors of the branch that
//! comes nearest, and a line of its own for `allOf`, `then` and `else`.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

/// A value of the wrong type: gojsonschema asks nothing else of it, then.
struct Mismatch<'e> {
    /// The value.
    instance: &'e str,
    /// The schema that names the type.
    schema: &'e str,
}

impl<'e> Mismatch<'e> {
    fn of(error: &'e ValidationError<'_>) -> Option<Self> {
        let is_type = matches!(error.kind(), ValidationErrorKind::Type { .. });
        let schema = error.evaluation_path().as_str().strip_suffix("/type").filter(|_| is_type)?;
        Some(Self { instance: error.instance_path().as_str(), schema })
    }

    /// Whether the error is another one that the same schema finds in the value.
    fn hides(&self, error: &ValidationError<'_>) -> bool {
        let instance = error.instance_path().as_str().strip_prefix(self.instance);
        let schema = error.evaluation_path().as_str().strip_prefix(self.schema);
        instance.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && schema.is_some_and(|rest| rest.starts_with('/') && rest != "/type")
    }
}

/// Those of `errors` that are told.
pub(super) fn told<'e, 'i>(errors: &'e [ValidationError<'i>]) -> Vec<&'e ValidationError<'i>> {
    let mismatches: Vec<_> = errors.iter().filter_map(Mismatch::of).collect();
    errors.iter().filter(|error| !mismatches.iter().any(|mismatch| mismatch.hides(error))).collect()
}

/// The errors of the branch that comes nearest, where none of several fits: the first whose type fits, else the first.
pub(super) fn nearest<'e, 'i>(error: &'e ValidationError<'i>) -> &'e [ValidationError<'i>] {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind() else {
        return &[];
    };
    let here = error.instance_path().as_str();
    let mistyped = |branch: &&Vec<ValidationError<'_>>| {
        branch.iter().any(|error| Mismatch::of(error).is_some_and(|mismatch| mismatch.instance == here))
    };
    context.iter().find(|branch| !mistyped(branch)).or(context.first()).map_or(&[], Vec::as_slice)
}

/// What else is told because of an error within `allOf`, `then` or `else`: the value's JSON pointer and the sentence.
pub(super) fn consequences(error: &ValidationError<'_>, below: &str) -> Vec<(String, String, &'static str)> {
    let instance: Vec<&str> = error.instance_path().as_str().split('/').collect();
    let path = error.evaluation_path().as_str();
    let mut found = Vec::new();
    let (mut at, mut depth) = (1, 1);
    let mut rest = path.strip_prefix('/').unwrap_or_default();
    while let Some((keyword, behind)) = rest.split_once('/') {
        let next = behind.split('/').next().unwrap_or_default();
        let numbered = !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_digit());
        let (has_key, enters, sentence) = match keyword {
            "properties" | "patternProperties" | "prefixItems" => (true, true, None),
            "items" => (numbered, true, None),
            "additionalProperties" | "additionalItems" | "contains" => (false, true, None),
            "allOf" => (true, false, Some("Must validate all the schemas (allOf)")),
            "anyOf" | "oneOf" | "dependencies" | "dependentSchemas" => (true, false, None),
            "then" => (false, false, Some("Must validate \"then\" as \"if\" was valid")),
            "else" => (false, false, Some("Must validate \"else\" as \"if\" was not valid")),
            "$ref" | "not" | "if" => (false, false, None),
            _ => break,
        };
        let end = at + keyword.len();
        if let Some(sentence) = sentence
            && end > below.len()
        {
            let value = instance.get(..depth).unwrap_or(&instance).join("/");
            found.push((path.get(..end).unwrap_or(path).to_owned(), value, sentence));
        }
        depth += usize::from(enters);
        let key = if has_key { next.len() + 1 } else { 0 };
        rest = behind.get(key..).unwrap_or_default();
        at = end + 1 + key;
    }
    found
}
