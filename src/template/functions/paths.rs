//! Slash-separated paths, as Go's `path` and, on the systems Helm's answers are judged on, `path/filepath` see them.
//! Pure text: never looks at a disk.

use super::Type::String;
use super::{Function, Outcome, arguments};
use crate::source::{Text, TextBuilder};
use crate::template::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &[String], base),
    Function::new("dir", &[String], dir),
    Function::new("clean", &[String], |arguments| Ok(Value::String(cleaned(arguments::text(arguments, 0)?)))),
    Function::new("ext", &[String], ext),
    Function::new("isAbs", &[String], is_abs),
    Function::new("osBase", &[String], base),
    Function::new("osDir", &[String], dir),
    Function::new("osClean", &[String], |arguments| Ok(Value::String(cleaned(arguments::text(arguments, 0)?)))),
    Function::new("osExt", &[String], ext),
    Function::new("osIsAbs", &[String], is_abs),
];

/// The last element; `.` of nothing, `/` of slashes only.
fn base(arguments: &[Value]) -> Outcome {
    let path = arguments::text(arguments, 0)?;
    let end = path.trim_end_matches('/').len();
    if end == 0 {
        return Ok(Value::String(path.derive(if path.is_empty() { "." } else { "/" })));
    }
    let start = path[..end].rfind('/').map_or(0, |slash| slash + 1);
    Ok(Value::String(path.slice(start..end)))
}

/// All but the last element, cleaned.
fn dir(arguments: &[Value]) -> Outcome {
    let path = arguments::text(arguments, 0)?;
    let end = path.rfind('/').map_or(0, |slash| slash + 1);
    Ok(Value::String(cleaned(&path.slice(0..end))))
}

/// From the last dot of the last element on.
fn ext(arguments: &[Value]) -> Outcome {
    let path = arguments::text(arguments, 0)?;
    let element = path.rfind('/').map_or(0, |slash| slash + 1);
    let start = path[element..].rfind('.').map_or(path.len(), |dot| element + dot);
    Ok(Value::String(path.slice(start..path.len())))
}

fn is_abs(arguments: &[Value]) -> Outcome {
    let path = arguments::text(arguments, 0)?;
    Ok(Value::Bool(path.starts_with('/'), path.origins()))
}

/// The shortest path that means the same.
fn cleaned(path: &Text) -> Text {
    let rooted = path.starts_with('/');
    let mut elements: Vec<std::ops::Range<usize>> = Vec::new();
    let mut start = 0;
    for element in path.split('/') {
        let range = start..start + element.len();
        start = range.end + 1;
        match (element, elements.last()) {
            ("" | ".", _) => {}
            ("..", None) if rooted => {}
            ("..", Some(last)) if path[last.clone()] != *".." => {
                elements.pop();
            }
            _ => elements.push(range),
        }
    }
    let mut clean = TextBuilder::new();
    for (index, element) in elements.iter().enumerate() {
        // Each element but the first follows a slash; a rooted path starts with one.
        let slash = if index > 0 || rooted { element.start - 1 } else { element.start };
        clean.push_slice(path, slash..element.end);
    }
    match (elements.is_empty(), rooted) {
        (false, _) => clean.finish(),
        (true, true) => path.slice(0..1),
        (true, false) => path.derive("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, path: &str) -> std::string::String {
        let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
        match (function.call)(&[Value::string(path)]).unwrap() {
            Value::String(text) => text.to_string(),
            Value::Bool(answer, _) => answer.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn paths_are_cut_as_go_does() {
        for (name, path, expected) in [
            ("base", "", "."),
            ("base", "///", "/"),
            ("base", "a//b//", "b"),
            ("dir", "", "."),
            ("dir", "a//b//", "a/b"),
            ("dir", "/a", "/"),
            ("clean", "a/b/../../..", ".."),
            ("clean", "/../a/./b/", "/a/b"),
            ("clean", "..a/.b", "..a/.b"),
            ("ext", "a/b.c/d", ""),
            ("ext", ".bashrc", ".bashrc"),
            ("osIsAbs", "/a", "true"),
            ("isAbs", "a", "false"),
        ] {
            assert_eq!(call(name, path), expected, "{name} {path:?}");
        }
    }
}
