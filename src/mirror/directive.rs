//! Comments addressed to this linter: `# mirrorlint: allow RULE, RULE: REASON` and `# mirrorlint: exempt IMAGE-GLOB: REASON`.
//! Reads their parts and places; whether a rule exists or a glob matches is for the rules to say.

use crate::source::Span;

use super::located::{Located, Piece};

/// What a directive speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole list: it stands above the first entry's block.
    File,
    /// The entry of this index: it stands in the entry's block, or below the header with a source note that blank lines part from an
    /// entry without any.
    Entry(usize),
    /// It stands in a block of its own, above no entry.
    Nowhere,
}

/// What a directive asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectiveKind {
    /// No findings of these rules.
    Allow {
        /// The rules' ids, in their order; at least one.
        rules: Vec<Located>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Images that need no mirroring.
    Exempt {
        /// Which images.
        glob: Located,
        /// Why.
        reason: Option<Reason>,
    },
    /// Neither: the words after `mirrorlint:`; nothing when there are none.
    Unknown(Option<Located>),
    /// One of them without the colon behind `mirrorlint`, which leaves it a comment like any other.
    Unaddressed {
        /// Where the colon belongs.
        at: Span,
        /// What follows.
        words: Located,
    },
}

/// Why a directive is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The words.
    pub words: Located,
    /// Whether a colon parts them from what stands before.
    pub parted: bool,
}

/// A `mirrorlint:` comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its bytes, from `mirrorlint` to the end of the line, blanks trimmed.
    pub span: Span,
    /// The index of its line.
    pub line: usize,
    /// What it speaks of.
    pub scope: Scope,
    /// What it asks for.
    pub kind: DirectiveKind,
}

/// What parts an order from its address and its reason: half as wide or, as East Asian keyboards give it, wide.
const COLONS: [char; 2] = [':', '：'];

/// What parts rules, likewise.
const COMMAS: [char; 3] = [',', '，', '、'];

/// Reads the words of a comment; `None` when they are not addressed to this linter.
pub(super) fn read(comment: Piece<'_>) -> Option<DirectiveKind> {
    let colon = comment.text.find(COLONS)?;
    let (address, words) = comment.split(colon, comment.text[colon..].chars().next()?.len_utf8());
    if !is_address(address) {
        return unaddressed(comment);
    }
    let (verb, rest) = words.first_word();
    let directive = match verb.text.to_ascii_lowercase().as_str() {
        "allow" => {
            let (rules, reason) = rules_of(rest);
            (!rules.is_empty()).then(|| DirectiveKind::Allow { rules, reason: reason_of(reason, false) })
        }
        "exempt" => {
            // A glob may hold colons (a port, a tag): only one at its end starts the reason.
            let (word, _) = rest.first_word();
            // A wide one is part of no image.
            let end = word.text.find(COLONS[1]).map_or(word.text.len(), |at| at + COLONS[1].len_utf8());
            let (word, reason) = rest.trim().split(end, 0);
            let glob = word.trim_end_matching(|c| COLONS.contains(&c));
            let parted = glob.text.len() < word.text.len();
            glob.filled().map(|glob| DirectiveKind::Exempt { glob, reason: reason_of(reason, parted) })
        }
        _ => None,
    };
    Some(directive.unwrap_or_else(|| DirectiveKind::Unknown(words.filled())))
}

fn is_address(words: Piece<'_>) -> bool {
    words.trim().text.eq_ignore_ascii_case("mirrorlint")
}

/// An order that lacks the colon behind the address; prose about the tool has no such verb, or no colon before a reason.
fn unaddressed(comment: Piece<'_>) -> Option<DirectiveKind> {
    let (address, words) = comment.first_word();
    let (verb, rest) = words.first_word();
    let orders = is_address(address) && matches!(verb.text, "allow" | "exempt") && rest.text.contains(COLONS);
    let at = address.from(address.text.len()).span();
    orders.then(|| words.filled()).flatten().map(|words| DirectiveKind::Unaddressed { at, words })
}

/// The names before the reason, which commas part, and what stands behind them.
fn rules_of(mut rest: Piece<'_>) -> (Vec<Located>, Piece<'_>) {
    let mut rules = Vec::new();
    loop {
        rest = rest.trim();
        let end = rest
            .text
            .find(|c: char| COLONS.contains(&c) || COMMAS.contains(&c) || c.is_whitespace())
            .unwrap_or(rest.text.len());
        let (rule, after) = rest.split(end, 0);
        rules.extend(rule.filled());
        let Some(comma) = after.trim().text.chars().next().filter(|c| COMMAS.contains(c)) else {
            return (rules, after);
        };
        rest = after.trim().from(comma.len_utf8());
    }
}

/// The words of `rest`, which `parted` says a colon stands before already.
fn reason_of(rest: Piece<'_>, parted: bool) -> Option<Reason> {
    let rest = rest.trim();
    let parted = parted || rest.text.starts_with(COLONS);
    rest.trim_start_matching(|c| COLONS.contains(&c)).filled().map(|words| Reason { words, parted })
}
