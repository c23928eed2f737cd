//! Lists of words in shell scripts: `NAME=(a b)`, `NAME="a b"`, `for NAME in a b`. Reads text; judges no word.

use std::ops::Range;

/// Lists of one text that are read.
const MAX_LISTS: usize = 64;

/// A list of words.
#[derive(Debug, PartialEq)]
pub(super) struct List<'a> {
    /// The variable that holds it, or each of its words in turn.
    pub name: &'a str,
    /// Its bytes within the text, without what is around it.
    pub range: Range<usize>,
    /// Whether a loop goes through it.
    pub is_loop: bool,
}

impl<'a> List<'a> {
    /// Its words: what stands between blanks, commas and quotes, comments left out. Of `[key]=word` and `key=word` the latter part.
    pub fn words(&self, text: &'a str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = self.range.start;
        for line in text[self.range.clone()].split_inclusive('\n') {
            let mut at = start;
            start += line.len();
            for word in line.split(|letter: char| letter.is_whitespace() || ",\"'".contains(letter)) {
                if word.starts_with('#') {
                    break;
                }
                let own = word.rfind('=').map_or(0, |equals| equals + 1);
                if !matches!(&word[own..], "" | "\\") {
                    found.push(at + own..at + word.len());
                }
                // What parts words is one byte long, or a blank of any length.
                at += word.len();
                at += text[at..].chars().next().map_or(0, char::len_utf8);
            }
        }
        found
    }
}

/// The lists of `text`, in order.
pub(super) fn lists(text: &str) -> Vec<List<'_>> {
    const FOR: &str = "for ";
    let mut found = Vec::new();
    let mut at = 0;
    // What was once looked for in vain ends nothing behind that either.
    let mut vain: Vec<char> = Vec::new();
    while found.len() < MAX_LISTS
        && let Some(next) = text[at..].find(['=', 'f']).map(|next| at + next)
    {
        at = next + 1;
        if is_comment(text, next) {
            at = text[next..].find('\n').map_or(text.len(), |end| next + end);
            continue;
        }
        if let Some(rest) = text[next..].strip_prefix(FOR) {
            let begins = !text[..next].ends_with(is_name);
            if let Some((name, range)) = begins.then(|| looped(text, text.len() - rest.len())).flatten() {
                at = range.end;
                found.push(List { name, range, is_loop: true });
            }
            continue;
        }
        let name = text[..next].strip_suffix('+').unwrap_or(&text[..next]);
        let name = &name[name.trim_end_matches(is_name).len()..];
        let close = match text[next + 1..].chars().next() {
            Some('(') => ')',
            Some(quote @ ('"' | '\'')) => quote,
            _ => continue,
        };
        if name.is_empty() || vain.contains(&close) {
            continue;
        }
        match text[next + 2..].find(close) {
            Some(length) => {
                let range = next + 2..next + 2 + length;
                at = range.end;
                found.push(List { name, range, is_loop: false });
            }
            None => vain.push(close),
        }
    }
    found
}

/// Whether that byte of `text` stands behind the mark of a comment in its line.
fn is_comment(text: &str, at: usize) -> bool {
    let before = &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    let line = before.trim_start();
    line.starts_with('#') || line.starts_with("//") || before.contains(" #") || before.contains("\t#")
}

/// The variable and the words of a loop whose `for ` ends at that byte. They end with the command: at a newline that no backslash
/// stands before.
fn looped(text: &str, from: usize) -> Option<(&str, Range<usize>)> {
    let rest = &text[from..];
    let name = &rest[..rest.find(|letter: char| !is_name(letter))?];
    let words = rest[name.len()..].strip_prefix(" in ").filter(|_| !name.is_empty())?;
    let start = text.len() - words.len();
    let ends = |(at, letter): &(usize, char)| *letter == ';' || (*letter == '\n' && !words[..*at].ends_with('\\'));
    let length = words.char_indices().find(ends).map_or(words.len(), |(at, _)| at);
    Some((name, start..start + length))
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_with_their_words() {
        let text = "A=(a:1 'b:2'\n # c:3\n  d:4)\nexport B+=\"e,f\"\nC='g'\nfor i in h:1 \\\n  i:2; do\ndeclare -A E=([k]=j:1)\n\
                    if x=y; then\nwaitfor x in y\nF=\"\"\nfor k in l:1\nG=(m \"n)";
        let told: Vec<(&str, Vec<&str>)> = lists(text)
            .iter()
            .map(|list| (list.name, list.words(text).into_iter().map(|range| &text[range]).collect()))
            .collect();
        let wanted: [(&str, &[&str]); 8] = [
            ("A", &["a:1", "b:2", "d:4"]),
            ("B", &["e", "f"]),
            ("C", &["g"]),
            ("i", &["h:1", "i:2"]),
            ("E", &["j:1"]),
            ("F", &[]),
            ("k", &["l:1"]),
            ("G", &["m", "n"]),
        ];
        assert_eq!(told, wanted.map(|(name, words)| (name, words.to_vec())));
        assert_eq!(lists("# A=(a:1)\n  # for i in b:1\nfi # C='c'\n// D='d'\n#E=(\n# f:1\n# )\nG=(g:1)").len(), 1);
        assert_eq!(lists("A=(a B=(b C='c D=\"d\" ü='é' for ").len(), 1);
    }
}
