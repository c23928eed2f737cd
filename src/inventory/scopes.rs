//! Which assignments in a template can have given a variable its value: those that are in scope, by the rules of Go's
//! `text/template`. Reads text; a variable of the same name in another `define` is another one.

use std::ops::Range;

/// A stretch of a template between the action that opens it and its `end`, both included.
struct Block {
    range: Range<usize>,
    /// Whether it is a `define` or `block`, out of which no variable is seen.
    is_template: bool,
}

/// Where the values stand that `variable` (with its dollar) can have at the byte `at` of `file`: from behind the `=` to the end of
/// the action. The declaration that is in scope, and the assignments to it.
pub(super) fn given(file: &str, variable: &str, at: usize) -> Vec<Range<usize>> {
    let blocks = blocks(file);
    let around = |place: usize| blocks.iter().filter(move |block| block.range.contains(&place));
    let template = |place: usize| around(place).filter(|block| block.is_template).map(|block| &block.range).next_back();
    let found = assignments(file, variable).filter(|(place, ..)| template(*place) == template(at));
    let (declared, assigned): (Vec<_>, Vec<_>) = found.partition(|(.., is_declaration)| *is_declaration);
    let is_seen = |place: usize| place <= at && around(place).all(|block| block.range.contains(&at));
    let Some((from, first, _)) = declared.into_iter().rfind(|(place, range, _)| is_seen(*place) && range.end <= at)
    else {
        return Vec::new();
    };
    let until = around(from).map(|block| block.range.end).min().unwrap_or(file.len());
    let changed = assigned.into_iter().filter(|(place, ..)| (from..until).contains(place)).map(|(_, range, _)| range);
    std::iter::once(first).chain(changed).collect()
}

/// The places at which `file` gives `variable` a value, with the value's and whether it is declared there.
fn assignments<'a>(file: &'a str, variable: &'a str) -> impl Iterator<Item = (usize, Range<usize>, bool)> + 'a {
    file.match_indices(variable).filter_map(move |(at, _)| {
        let rest = file[at + variable.len()..].trim_start();
        let declared = rest.strip_prefix(":=");
        let value = declared.or_else(|| rest.strip_prefix('=').filter(|rest| !rest.starts_with('=')))?;
        let start = file.len() - value.len();
        Some((at, start..start + value.find("}}").unwrap_or(value.len()), declared.is_some()))
    })
}

/// The blocks of `file`, inner ones behind those around them.
fn blocks(file: &str) -> Vec<Block> {
    let mut open: Vec<usize> = Vec::new();
    let mut found: Vec<Block> = Vec::new();
    let mut at = 0;
    while let Some(start) = file[at..].find("{{").map(|found| at + found) {
        let inside = file[start + 2..].trim_start_matches('-').trim_start();
        let inside = file.len() - inside.len();
        at = inside + length(&file[inside..]);
        let word = file[inside..at].split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
        match word {
            "if" | "with" | "range" | "define" | "block" => {
                open.push(found.len());
                found.push(Block { range: start..file.len(), is_template: matches!(word, "define" | "block") });
            }
            "end" => {
                if let Some(block) = open.pop() {
                    found[block].range.end = at;
                }
            }
            _ => {}
        }
    }
    found
}

/// The length of the rest of an action, its closing braces included; braces in quotes close nothing.
fn length(action: &str) -> usize {
    if action.starts_with("/*") {
        return action.find("*/").map_or(action.len(), |end| end + 2);
    }
    let mut quote = None;
    let mut letters = action.char_indices();
    while let Some((at, letter)) = letters.next() {
        match quote {
            Some(mark) if letter == mark => quote = None,
            Some('"' | '\'') if letter == '\\' => _ = letters.next(),
            Some(_) => {}
            None if matches!(letter, '"' | '\'' | '`') => quote = Some(letter),
            None if action[at..].starts_with("}}") => return at + 2,
            None => {}
        }
    }
    action.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `$x` can be at the `HERE` of a template.
    fn values(file: &str) -> Vec<&str> {
        given(file, "$x", file.find("HERE").unwrap()).into_iter().map(|range| file[range].trim()).collect()
    }

    #[test]
    fn a_variable_has_the_values_of_its_scope() {
        let cases: [(&str, &[&str]); 10] = [
            ("{{ $x := 1 }}HERE", &["1"]),
            ("{{ define `a` }}{{ $x := 1 }}{{ end }}{{ define `b` }}{{ $x := 2 }}HERE{{ end }}", &["2"]),
            ("{{ $x := 1 }}{{ define `b` }}HERE{{ end }}", &[]),
            ("{{ define `b` }}{{ $x := 1 }}{{ end }}HERE", &[]),
            ("{{ $x := 1 }}{{ if .a }}{{ $x = 2 }}{{ else }}{{ $x = 3 }}{{ end }}HERE", &["1", "2", "3"]),
            ("{{ $x := 1 }}{{ if .a }}{{ $x := 2 }}{{ end }}HERE", &["1"]),
            ("{{ range $x := .a }}HERE{{ end }}{{ $x := 2 }}", &[".a"]),
            ("{{ $x := 1 }}{{ $x := 2 }}HERE", &["2"]),
            ("{{ $xy := 1 }}{{ if eq $x 1 }}{{ end }}HERE", &[]),
            ("{{/* {{ if */}}{{ $x := printf \"%s{{if\" `}` }}HERE", &["printf \"%s{{if\" `}`"]),
        ];
        for (file, wanted) in cases {
            assert_eq!(values(file), wanted, "{file}");
        }
    }
}
