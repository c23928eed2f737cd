//! `--format github`: workflow commands that GitHub shows as annotations on the changed files
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>). Paths are relative to the top of the
//! repository; columns count from 1 in UTF-16 code units, the end is behind the last one.

use super::human::printable;
use super::location::{Counted, Place, place_of, within};
use crate::lint::{Checked, Finding, Refusal, Severity};
use crate::source::Sources;

/// One command for each finding, one for each thing that could not be checked.
#[must_use]
pub fn github(checked: &Checked, sources: &Sources) -> String {
    let errors = checked.errors.iter().map(|error| of_error(error, checked, sources));
    errors.chain(checked.findings.iter().map(|finding| of_finding(finding, checked, sources))).collect()
}

fn of_finding(finding: &Finding, checked: &Checked, sources: &Sources) -> String {
    let place = Place::shown(sources, &checked.root, finding.span);
    let mut properties = vec![("title", finding.rule.id.to_owned())];
    properties.extend(place_properties(&place));
    // GitHub refuses columns of a place that has several lines.
    if place.start.line == place.last_line() {
        let (file, span) = (sources.get(finding.span.file), within(sources, finding.span));
        let column = |offset: u32| Counted::new(&file, offset as usize).units;
        let (start, end) = (column(span.start), column(span.end));
        properties.push(("col", start.to_string()));
        // A line's end belongs to it.
        if place.end.line == place.start.line {
            properties.push(("endColumn", end.to_string()));
        }
    }
    let mut message = printable(&finding.told());
    for related in &finding.related {
        let Place { path, start, .. } = Place::shown(sources, &checked.root, related.span);
        message.push_str(&format!("\n{} ({}:{})", printable(&related.message), printable(&path), start.line));
    }
    message.push_str(&format!("\n{}", finding.rule.url()));
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    command(name, &properties, &message)
}

fn of_error(error: &Refusal, checked: &Checked, sources: &Sources) -> String {
    let (path, place) = place_of(error, sources, &checked.root);
    let mut properties = vec![("title", "could not be checked".to_owned())];
    match (&path, &place) {
        (_, Some(place)) => properties.extend(place_properties(place)),
        (Some(path), None) if path != "." => properties.push(("file", path.clone())),
        _ => {}
    }
    let path = path.map(|path| format!("{}: ", printable(&path))).unwrap_or_default();
    command("error", &properties, &format!("could not be checked: {path}{}", printable(&error.message)))
}

fn place_properties(place: &Place) -> [(&'static str, String); 3] {
    [("file", place.path.clone()), ("line", place.start.line.to_string()), ("endLine", place.last_line().to_string())]
}

fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<_> = properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), data(message))
}

/// A message, escaped as GitHub's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, likewise.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        let properties = [("file", "a:b,c%3A\r\n.conf".to_owned()), ("line", "1".to_owned())];
        assert_eq!(
            command("error", &properties, "100%\r\n::error::a,b"),
            "::error file=a%3Ab%2Cc%253A%0D%0A.conf,line=1::100%25%0D%0A::error::a,b\n"
        );
    }
}
