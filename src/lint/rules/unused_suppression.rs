//! A suppression or exemption that silences nothing, gives no reason, or names no rule. Runs after suppressions were applied.

use crate::lint::{Context, Edit, Fault, FaultKind, Finding, Fix, Rule, Safety};
use crate::mirror::{LineKind, List};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let with_fix = |fault: &Fault| finding(rule, fault).fix(fix(context.list, fault));
    context.faults.iter().map(with_fix).collect()
}

/// What is to be said of suppressions and exemptions of the configuration, which no fix edits.
pub(in crate::lint) fn configured(rule: &'static Rule, faults: &[Fault]) -> Vec<Finding> {
    faults.iter().map(|fault| finding(rule, fault)).collect()
}

fn finding(rule: &'static Rule, fault: &Fault) -> Finding {
    let written = &fault.written;
    let delete = if fault.line.is_some() && fault.part.is_none() { "Delete the line" } else { "Delete it" };
    let order = if fault.line.is_some() { "# mirrorlint: " } else { "" };
    let as_written = |text: String| format!("Write `{order}{written}{text}`");
    let delete = delete.to_owned();
    let idle = |why: &str| format!("`{written}` silences nothing: {why}");
    let (message, advice, label) = match &fault.kind {
        FaultKind::Idle(why) => (idle(why), delete, "silences nothing"),
        FaultKind::Slip(why, advice) => (idle(why), (*advice).to_owned(), "silences nothing"),
        FaultKind::NoReason => {
            let configured = fault.line.is_none();
            let advice =
                if configured { "Write why behind `reason:`".to_owned() } else { as_written(": WHY".to_owned()) };
            (format!("`{written}` gives no reason"), advice, "no reason")
        }
        FaultKind::Unparted { words, names_rule: true, .. } => (
            format!("`{written}` says nothing of what follows: commas part rules"),
            as_written(format!(", {words}")),
            "no comma",
        ),
        FaultKind::Unparted { words, .. } => (
            format!("`{written}` gives no reason: a colon stands before it"),
            as_written(format!(": {words}")),
            "no colon",
        ),
        FaultKind::NoRule { meant: Some(meant), .. } => (
            format!("`{written}` names no rule; `{meant}` would silence a finding here"),
            "Write that".to_owned(),
            "no such rule",
        ),
        FaultKind::NoRule { meant: None, .. } => {
            (format!("`{written}` names no rule; `mirrorlint rules` lists them all"), delete, "no such rule")
        }
        FaultKind::Itself => (idle("this rule cannot be silenced"), delete, "never"),
        FaultKind::Adrift => (
            format!("`{written}` stands above no entry"),
            "Put it directly above one, or at the top for the whole list, parted by a blank line".to_owned(),
            "about nothing",
        ),
        FaultKind::Torn(entry) => (
            format!("`{written}` stands above no entry: a blank line parts it from `{entry}`"),
            "Take the blank line away".to_owned(),
            "parted",
        ),
        FaultKind::NoOrder { .. } => (
            format!("`mirrorlint: {written}` says nothing"),
            "Write `allow RULE: REASON` or `exempt IMAGE: REASON`".to_owned(),
            "not understood",
        ),
        FaultKind::Unaddressed(_) => (
            format!("`{written}` is a comment like any other: no colon stands before it"),
            as_written(String::new()),
            "no colon",
        ),
    };
    let subject = fault.entry.iter().map(|entry| format!("{entry}:")).collect::<String>() + written;
    let mut finding = Finding::new(rule, fault.span, subject, message).label(label).advise(advice);
    finding.entry.clone_from(&fault.entry);
    finding
}

/// Deletes the line, or names the rule that is meant; what somebody wanted to say is never deleted as if that were safe.
fn fix(list: &List, fault: &Fault) -> Fix {
    let safety = match (&fault.kind, fault.line) {
        (FaultKind::NoReason, _) | (_, None) => return Fix::new("", Safety::Safe, Vec::new()),
        (FaultKind::Unparted { at, words, names_rule }, _) => {
            let sign = if *names_rule { "," } else { ":" };
            // With a colon among the words, more of them may stand for rules or images.
            let safety = if *names_rule || words.contains(':') { Safety::Unsafe } else { Safety::Safe };
            return Fix::new(format!("Write `{sign}`"), safety, vec![Edit { span: *at, text: sign.to_owned() }]);
        }
        (FaultKind::Unaddressed(at), _) => {
            let edit = Edit { span: *at, text: ":".to_owned() };
            return Fix::new("Write `:`", Safety::Unsafe, vec![edit]);
        }
        (FaultKind::NoRule { name, meant: Some(meant) }, _) => {
            let edit = Edit { span: *name, text: (*meant).to_owned() };
            return Fix::new(format!("Write `{meant}`"), Safety::Unsafe, vec![edit]);
        }
        (FaultKind::NoOrder { verb: Some(verb) }, _) => {
            let edit = Edit { span: *verb, text: "allow".to_owned() };
            return Fix::new("Write `allow`", Safety::Unsafe, vec![edit]);
        }
        (
            FaultKind::Slip(..)
            | FaultKind::NoRule { .. }
            | FaultKind::Adrift
            | FaultKind::Torn(_)
            | FaultKind::NoOrder { verb: None },
            _,
        ) => Safety::Unsafe,
        _ => Safety::Safe,
    };
    if let Some(part) = fault.part {
        let edit = Edit { span: part, text: String::new() };
        return Fix::new(format!("Delete `{}`", fault.written), safety, vec![edit]);
    }
    let edit =
        fault.line.map(|line| removal(list, line)).map(|span| Edit { span, text: list.remainder(span).to_owned() });
    Fix::new("Delete the line", safety, edit.into_iter().collect())
}

/// The line; with one that stands alone between blank lines, one of those too.
fn removal(list: &List, line: usize) -> Span {
    let blank = |line: Option<usize>| {
        line.and_then(|line| list.lines.get(line)).is_none_or(|line| line.kind == LineKind::Blank)
    };
    let alone = blank(line.checked_sub(1)) && blank(Some(line + 1));
    list.span_of_lines(line..line + if alone { 2 } else { 1 })
}
