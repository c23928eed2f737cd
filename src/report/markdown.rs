//! `--format markdown`: the table that a reviewer looks at, in a job summary or a comment; details are folded. Paths are
//! relative to the top of the repository. What stands in lists and charts is shown, never obeyed: no markup, mention or link.

use std::fmt::Write as _;

use super::human::{changed_lines, held_against, left_out, message, printable, tally, title, verdict};
use super::location::{Place, display_path, place_of};
use crate::fix::Fixed;
use crate::image::Reference;
use crate::lint::{Checked, Finding, Fix, Severity};
use crate::source::Sources;

/// Bytes after which rows, and then details, are left out, which is told: GitHub shows no summary of more than 1 MiB.
const MOST_ROWS: usize = 400_000;
const MOST: usize = 900_000;

/// The report; one line when all is well.
#[must_use]
pub fn markdown(checked: &Checked, fixed: &[Fixed], sources: &Sources) -> String {
    let mut out = String::new();
    let lists = checked.lists.iter().map(|list| text(&held_against(checked, list)));
    let lists: Vec<String> = lists.collect();
    if checked.findings.is_empty() && checked.errors.is_empty() {
        let icon = if checked.lists.iter().any(|list| list.uncertain) { "⚠️" } else { "✅" };
        let left_out = left_out(checked).map(|words| format!("; {}", text(&words))).unwrap_or_default();
        let _ = writeln!(out, "{icon} **mirrorlint**: {}: {}{left_out}", verdict(checked), lists.join("; "));
    } else {
        let words = if checked.findings.is_empty() { verdict(checked) } else { tally(checked) };
        let _ = writeln!(out, "### mirrorlint: {words}\n");
        let left_out = left_out(checked).map(|words| text(&words));
        lists.iter().chain(&left_out).for_each(|line| out.push_str(&format!("{line}\n\n")));
        errors(&mut out, checked, sources);
        table(&mut out, checked);
    }
    if !fixed.is_empty() {
        out.push_str("\n**Fixed**\n\n");
        for one in fixed {
            let path = code(&display_path(&checked.root, &one.path));
            let _ = writeln!(out, "- {path}: {}: {}", code(one.rule), prose(&one.told()));
        }
    }
    for (number, finding) in checked.findings.iter().enumerate() {
        let details = details(finding, checked, sources);
        if out.len() + details.len() > MOST {
            let _ = writeln!(out, "\nThe details of {} more are left out.", checked.findings.len() - number);
            break;
        }
        out.push_str(&details);
    }
    assumptions(&mut out, checked);
    out
}

/// What could not be checked, aloud.
fn errors(out: &mut String, checked: &Checked, sources: &Sources) {
    if checked.errors.is_empty() {
        return;
    }
    out.push_str("**Not everything could be checked:**\n\n");
    for error in &checked.errors {
        let (path, place) = place_of(error, sources, &checked.root);
        let line = place.map(|place| format!(":{}", place.start.line)).unwrap_or_default();
        let path = path.map(|path| format!("{}: ", code(&format!("{path}{line}")))).unwrap_or_default();
        let _ = writeln!(out, "- ❌ {path}{}", prose(&error.message));
    }
    out.push('\n');
}

fn table(out: &mut String, checked: &Checked) {
    if checked.findings.is_empty() {
        return;
    }
    out.push_str("| image | chart | list says | charts deploy | verdict |\n|---|---|---|---|---|\n");
    for (number, finding) in checked.findings.iter().enumerate() {
        if out.len() > MOST_ROWS {
            let _ = writeln!(out, "\n{} more are left out.", checked.findings.len() - number);
            break;
        }
        let [image, says, deploy] = versions(finding, checked);
        let chart = finding.chart.as_ref().map_or_else(|| "–".to_owned(), |chart| code(&chart.to_string()));
        let rule = finding.rule;
        let verdict = format!("{} [{}]({})", icon(finding.severity), rule.id, rule.url());
        let _ = writeln!(out, "| {image} | {chart} | {says} | {deploy} | {verdict} |");
    }
}

/// The cells on the image: its repository; what the list says of it and what the charts deploy, the tag alone where both have
/// the same repository.
fn versions(finding: &Finding, checked: &Checked) -> [String; 3] {
    let none = || "–".to_owned();
    let (listed, deployed) = (finding.image.as_deref(), finding.expected.as_deref());
    let parsed = |image: Option<&str>| image.and_then(|image| Reference::parse(image).ok());
    let (list, charts) = (parsed(listed), parsed(deployed));
    let same = list.as_ref().zip(charts.as_ref()).is_none_or(|(list, charts)| list.same_repository(charts));
    let image = match charts.as_ref().or(list.as_ref()) {
        Some(reference) => code(&reference.as_str()[..reference.path_range().end]),
        None => finding.entry.as_deref().map_or_else(none, code),
    };
    let cell = |reference: &Option<Reference>, given: Option<&str>| match (reference, given) {
        (Some(reference), _) if same => version(reference),
        (_, Some(given)) => code(given),
        (_, None) => none(),
    };
    let says = if listed.is_none() && deployed.is_some() { "not listed".to_owned() } else { cell(&list, listed) };
    let deploy = match (&list, deployed) {
        (Some(list), None) => deployed_of(list, checked).unwrap_or_else(none),
        _ => cell(&charts, deployed),
    };
    [image, says, deploy]
}

/// The versions of the repository that the charts deploy; nothing when they deploy none.
fn deployed_of(listed: &Reference, checked: &Checked) -> Option<String> {
    const MOST: usize = 3;
    let uses = checked.lists.iter().flat_map(|list| &list.inventory.uses);
    let mut versions: Vec<String> = Vec::new();
    for used in uses.filter(|used| used.when.is_none() && used.reference.same_repository(listed)) {
        let version = version(&used.reference);
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    if versions.len() > MOST {
        versions.truncate(MOST);
        versions.push("...".to_owned());
    }
    (!versions.is_empty()).then(|| versions.join(", "))
}

/// What stands behind the repository.
fn version(reference: &Reference) -> String {
    let version = reference.as_str()[reference.path_range().end..].trim_start_matches([':', '@']);
    if version.is_empty() { "no tag".to_owned() } else { code(version) }
}

fn details(finding: &Finding, checked: &Checked, sources: &Sources) -> String {
    let mut out = String::new();
    let place = |span| {
        let Place { path, start, .. } = Place::shown(sources, &checked.root, span);
        format!("{path}:{}", start.line)
    };
    let (icon, rule, at) = (icon(finding.severity), finding.rule, code(&place(finding.span)));
    let _ = writeln!(out, "\n<details><summary>{icon} {} {at}</summary>\n", rule.id);
    let _ = writeln!(out, "{}", prose(&finding.told_beside_fix()));
    if !finding.related.is_empty() {
        out.push('\n');
    }
    for related in &finding.related {
        let _ = writeln!(out, "- {} {}", prose(&related.message), code(&place(related.span)));
    }
    if let Some(fix) = finding.fixes.first() {
        edit(&mut out, fix, sources);
    }
    let _ = writeln!(out, "\n[{}]({})\n\n</details>", rule.id, rule.url());
    out
}

/// The edit as a diff, in a fence that nothing in it closes.
fn edit(out: &mut String, fix: &Fix, sources: &Sources) {
    let lines = changed_lines(sources, fix);
    let longest = lines.iter().flat_map(|(_, line)| line.split(|letter| letter != '`').map(str::len)).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let _ = writeln!(out, "\nSuggested: {}\n\n{fence}diff", prose(&title(fix)));
    for (sign, line) in lines {
        let _ = writeln!(out, "{sign}{}{line}", if sign == '\\' { " " } else { "" });
    }
    let _ = writeln!(out, "{fence}");
}

/// What was assumed and passed over.
fn assumptions(out: &mut String, checked: &Checked) {
    let notes = checked.lists.iter().flat_map(|list| list.sentences().map(move |note| (&list.path, note)));
    let mut notes = notes.peekable();
    if notes.peek().is_none() || checked.findings.is_empty() && checked.errors.is_empty() {
        return;
    }
    out.push_str("\n<details><summary>What was assumed</summary>\n\n");
    for (path, note) in notes {
        let _ = writeln!(out, "- {}: {}", code(&display_path(&checked.root, path)), prose(note));
    }
    out.push_str("\n</details>\n");
}

fn icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    }
}

/// A sentence of ours, in which backticks part what it quotes from its words.
fn prose(sentence: &str) -> String {
    let sentence = message(sentence);
    let mut out = String::new();
    let mut rest = sentence.as_str();
    while let Some((before, quoted, after)) = first_quoted(rest) {
        out += &text(before);
        out += &code(quoted);
        rest = after;
    }
    out + &text(rest)
}

/// What stands before the first quotation, in it and behind it. It starts where a word does and ends where one does: what is quoted
/// may have backticks of its own.
fn first_quoted(sentence: &str) -> Option<(&str, &str, &str)> {
    let of_word = |letter: char| letter.is_alphanumeric() || letter == '`';
    let mut ticks = sentence.match_indices('`').map(|(at, _)| at);
    let start = ticks.find(|at| !sentence[..*at].ends_with(of_word) && !sentence[at + 1..].starts_with('`'))?;
    let end = ticks.find(|at| !sentence[at + 1..].starts_with(of_word))?;
    Some((&sentence[..start], &sentence[start + 1..end], &sentence[end + 1..]))
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text, true))
}

fn text(text: &str) -> String {
    escaped(text, false)
}

/// `text` in one line, all of which is shown as it is: what Markdown, HTML or GitHub could take for markup is an entity, and what
/// would call somebody (`@name`) or become a link is cut in two for those who look for that.
fn escaped(text: &str, in_code: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let text = printable(text);
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let in_word = before.is_ascii_alphanumeric() && letters.peek().is_some_and(char::is_ascii_alphanumeric);
        match letter {
            '\n' => out.push_str(if in_code { " " } else { "<br>" }),
            '_' if in_word => out.push('_'),
            '@' if !in_code => out.push_str("@<!-- -->"),
            '#' if in_code => out.push('#'),
            '&' | '<' | '>' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '$' | '#' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            ':' if text_follows(&letters, "//") => out.push_str("&#58;"),
            '.' if out.ends_with("www") => out.push_str("&#46;"),
            other => out.push(other),
        }
        before = letter;
    }
    out
}

fn text_follows(letters: &std::iter::Peekable<std::str::Chars<'_>>, wanted: &str) -> bool {
    letters.clone().take(wanted.len()).eq(wanted.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_shown() {
        assert_eq!(
            text("a|b <i>*x* `y` a_b _c_\\"),
            "a&#124;b &#60;i&#62;&#42;x&#42; &#96;y&#96; a_b &#95;c&#95;&#92;"
        );
        assert_eq!(text("@you\n#1 http://x www.y"), "@<!-- -->you<br>&#35;1 http&#58;//x www&#46;y");
        assert_eq!(code("a@sha256:b\u{1b}[m\n"), "<code>a@sha256:b?&#91;m </code>");
    }

    #[test]
    fn what_a_sentence_quotes_is_code() {
        assert_eq!(prose("`a|b` is no `c`"), "<code>a&#124;b</code> is no <code>c</code>");
        assert_eq!(prose("a ` b"), "a &#96; b");
        assert_eq!(prose("`a`b` is no `c`: `` is d"), "<code>a&#96;b</code> is no <code>c</code>: &#96;&#96; is d");
        assert_eq!(prose("(`x```) `y`'s"), "(<code>x&#96;&#96;</code>) <code>y</code>'s");
    }
}
