//! A line that is no `REPO_NAME=SOURCE_IMAGE`, comment or blank.

use crate::image::{is_unseen, name_of};
use crate::lint::{Context, Finding, Rule};
use crate::mirror::{InvalidLine, LineKind};

/// What keyboards of East Asia give for `#` and `=`.
const WIDE_HASH: char = '\u{ff03}';
const WIDE_EQUALS: char = '\u{ff1d}';

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let merges = context.list.merges();
    for (number, line) in context.list.lines.iter().enumerate() {
        let LineKind::Invalid(kind) = line.kind else { continue };
        let merge = merges.iter().find(|merge| merge.contains(&number));
        // Whatever stands between the marks is decided with them.
        if merge.is_some_and(|merge| merge.start != number) {
            continue;
        }
        // What names the line stays when a byte order mark before it goes.
        let text = context.list.line_text(line).trim_start_matches('\u{feff}').trim();
        let whole = context.list.line_text(line);
        let whole = if line.span.start == 0 { text } else { whole };
        let odd =
            whole.trim_matches([' ', '\t']).chars().next().filter(|first| is_unseen(*first) || *first == WIDE_HASH);
        let odd = odd.filter(|first| *first == WIDE_HASH || text.trim_start_matches(is_unseen).starts_with('#'));
        let other = text.contains(WIDE_EQUALS).then_some(WIDE_EQUALS).filter(|_| kind == InvalidLine::NoEquals);
        let (reason, own_advice) = match (odd, other) {
            (Some(WIDE_HASH), _) => {
                (format!("only `#` starts a comment, not {}", name_of(WIDE_HASH)), Some("Write `#`"))
            }
            (Some(first), _) => (format!("{} stands before the `#`", name_of(first)), Some("Start the line with `#`")),
            (None, Some(other)) => (format!("{kind}, but {}", name_of(other)), Some("Write `=`")),
            (None, None) => (kind.to_string(), None),
        };
        let advice = own_advice.unwrap_or(match kind {
            InvalidLine::Mark if merge.is_some() => "Decide it, and delete its marks",
            InvalidLine::Mark => "Decide it, and delete the mark",
            InvalidLine::OtherComment => "Start the line with `#`",
            _ => "Write the line so, or put `#` before it",
        });
        let message = format!("{reason}: the scripts read `NAME=IMAGE` lines only");
        let last = merge.and_then(|merge| context.list.lines.get(merge.end - 1));
        let finding = Finding::new(rule, line.span, text, message).label("neither entry nor comment").advise(advice);
        findings.push(finding.related("it ends here", last.map(|last| last.span)));
    }
    findings
}
