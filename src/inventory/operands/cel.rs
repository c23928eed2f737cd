//! What an expression in CEL makes objects and patches of: texts under keys. Reads literals, the variables of the policy that are such,
//! and both ends of a condition; computes nothing else, and leaves out what is only compared.
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md>

use std::ops::Range;

use crate::source::Text;

/// Nesting that is followed; behind more, no more is read.
const MAX_DEPTH: usize = 200;

/// Calls that give back what they are given.
const THROUGH: [&str; 3] = ["dyn", "string", "optional.of"];

/// What stands within one pair of brackets.
#[derive(Default)]
struct Frame {
    is_map: bool,
    /// Whether what stands within is a value of what is around: `("a")`, `dyn("a")`.
    is_through: bool,
    /// The key of the present value.
    key: String,
    /// Conditions whose second value is still to come.
    conditions: usize,
    /// The texts under `op`, `path` and `name`.
    op: String,
    path: String,
    name: String,
    /// The texts under `value`, whose key those tell.
    values: Vec<Text>,
}

/// The texts in `expression` with their keys; `variables` are those that are texts.
pub(super) fn texts(expression: &Text, variables: &[(String, Text)]) -> Vec<(String, Text)> {
    let mut found = Vec::new();
    let mut frames = vec![Frame::default()];
    let (mut last, mut at) = ("", 0);
    while let Some(range) = token(expression, at)
        && let Some(frame) = frames.last_mut()
    {
        at = range.end;
        let token = &expression[range.clone()];
        match token {
            "{" | "[" | "(" => {
                let is_call = last.ends_with(|letter: char| is_name(letter) || ")]".contains(letter));
                let is_through = token == "(" && (!is_call || THROUGH.contains(&last));
                frames.push(Frame { is_map: token == "{", is_through, ..Frame::default() });
                if frames.len() > MAX_DEPTH {
                    return found;
                }
            }
            "}" | "]" | ")" => {
                let Some(closed) = frames.pop().filter(|_| !frames.is_empty()) else { return found };
                found.extend(closed.put());
            }
            "," => (frame.key, frame.conditions) = (String::new(), 0),
            // `{?key: x}` and `a.?key` are no conditions.
            "?" => frame.conditions += usize::from(!last.is_empty() && !last.ends_with(['{', ',', '[', '.', '('])),
            ":" if frame.conditions > 0 => frame.conditions -= 1,
            ":" if frame.is_map => frame.key = unquoted(last).to_owned(),
            _ => {
                let next = expression[at..].trim_start();
                let ends = next.is_empty() || next.starts_with([',', '}', ')', ']', ':']);
                let begins = matches!(last, ":" | "?") || (last == "(" && frame.is_through);
                let own = token.starts_with(['"', '\'']).then(|| expression.slice(range.start + 1..range.end - 1));
                let named = || variables.iter().find(|(name, _)| token.strip_prefix("variables.") == Some(name));
                let value = own.or_else(|| Some(named()?.1.clone()));
                let holder = frames.iter_mut().rev().find(|frame| !frame.is_through);
                if let (Some(value), Some(holder)) = (value, holder) {
                    found.extend(holder.take(value, begins && ends));
                }
            }
        }
        last = token;
    }
    found
}

impl Frame {
    /// Takes a text, which is the whole value of the present key or is a part of it; gives it back where that is known.
    fn take(&mut self, text: Text, is_whole: bool) -> Option<(String, Text)> {
        match self.key.as_str() {
            // `"/spec/containers/" + string(i) + "/image"`
            "path" => self.path = text.to_string(),
            _ if !is_whole || self.key.is_empty() => {}
            "op" => self.op = text.to_string(),
            "name" => self.name = text.to_string(),
            "value" => self.values.push(text),
            key => return Some((key.to_owned(), text)),
        }
        None
    }

    /// What a patch puts under the key that its path ends with; of a variable, its value under its name.
    fn put(self) -> impl Iterator<Item = (String, Text)> {
        let key = if self.path.is_empty() { self.name } else { self.path.rsplit('/').next().unwrap_or("").to_owned() };
        let puts = self.path.is_empty() || matches!(self.op.as_str(), "add" | "replace");
        self.values.into_iter().filter(move |_| puts).map(move |value| (key.clone(), value))
    }
}

/// What a literal says.
fn unquoted(token: &str) -> &str {
    token.trim_matches(['"', '\''])
}

/// The text of an expression that is nothing else.
pub(super) fn literal(expression: &Text) -> Option<Text> {
    let range = token(expression, 0)?;
    let is_whole = expression[range.start..].starts_with(['"', '\'']) && expression[range.end..].trim().is_empty();
    is_whole.then(|| expression.slice(range.start + 1..range.end - 1))
}

/// The word, the literal or the sign that begins at `at`, or behind blanks.
fn token(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text[at..].trim_start();
    let start = text.len() - rest.len();
    let first = rest.chars().next()?;
    let length = match first {
        '"' | '\'' => {
            let mut is_escaped = false;
            let ends = |(_, letter): &(usize, char)| {
                let ends = *letter == first && !is_escaped;
                is_escaped = *letter == '\\' && !is_escaped;
                ends
            };
            rest[1..].char_indices().find(ends)?.0 + 2
        }
        _ if is_name(first) => rest.find(|letter: char| !is_name(letter) && letter != '.').unwrap_or(rest.len()),
        _ => first.len_utf8(),
    };
    Some(start..start + length)
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}
