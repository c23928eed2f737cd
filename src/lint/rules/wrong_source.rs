//! The note names another chart or version than the one that is pinned and deploys the image.

use crate::chart::version::Version;
use crate::inventory::{ChartName, Use};
use crate::lint::note::source_note;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Standing};
use crate::mirror::NamedChart;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let uses: Vec<&Use> = judged.verdict.uses().iter().map(|at| context.used(*at)).collect();
        let by_name = |named: &NamedChart| -> Vec<&ChartName> {
            uses.iter().flat_map(|used| used.charts_named(&named.chart.text)).collect()
        };
        let is_right = |named: &NamedChart| {
            let version = named.version.as_ref();
            let is_it = |chart: &&ChartName| version.is_none_or(|version| same_version(&version.text, &chart.version));
            by_name(named).iter().any(is_it)
        };
        let note = &judged.entry.note;
        // Of several notes one that is right is enough; when none is, the one that names the right chart is nearest to it.
        let nearest = note.charts().find(|named| !by_name(named).is_empty()).or(note.from.as_ref());
        let (Some(first), Some(named)) = (uses.first().copied(), nearest) else { continue };
        if note.charts().any(is_right) {
            continue;
        }
        let by_name = by_name(named);
        // The chart that it names may deploy the image, too.
        if by_name.is_empty() && judged.noted == Standing::Unknown {
            continue;
        }
        findings.push(match (by_name.first(), &named.version) {
            (Some(chart), Some(version)) => {
                let message =
                    format!("the note says {}:{}, but {} deploys the image", named.chart.text, version.text, chart);
                let mut edits = vec![Edit { span: version.span, text: chart.version.clone() }];
                edits.extend(context.remarked_versions(judged.entry, first));
                finding(rule, judged, first, version.span, message, format!("{} is deployed", chart.version))
                    .fix(Fix::new(format!("Note {chart}"), Safety::Safe, edits))
            }
            _ => {
                let message = format!("the note says {}, but {} deploys the image", said(named), first.chart);
                let edit = Edit { span: named.span, text: source_note(first) };
                finding(rule, judged, first, named.span, message, format!("{} deploys it", first.chart)).fix(Fix::new(
                    format!("Note {}", first.chart),
                    Safety::Safe,
                    vec![edit],
                ))
            }
        });
    }
    findings
}

fn finding(
    rule: &'static Rule,
    judged: Judged<'_>,
    used: &Use,
    span: crate::source::Span,
    message: String,
    label: String,
) -> Finding {
    let mut finding = judged
        .finding(rule, span, message)
        .label(label)
        .chart(used.chart.clone())
        .related(format!("{} is pinned here", used.chart), used.pinned());
    finding.scenarios = used.scenarios.clone();
    finding
}

fn said(named: &NamedChart) -> String {
    named.version.as_ref().map_or(named.chart.text.clone(), |version| format!("{}:{}", named.chart.text, version.text))
}

/// `v0.1.0`, `0.1.0` and `0.1` are one version: charts and people write all of them. So are `0.1.0` and `0.1.0+abc`, for what is
/// behind the plus only says how it was built.
fn same_version(noted: &str, pinned: &str) -> bool {
    let parts = |version: &str| {
        let version = version.strip_prefix('v').unwrap_or(version);
        let (version, build) = version.split_once('+').unwrap_or((version, ""));
        (version.to_owned(), build.to_owned())
    };
    let ((noted, one), (pinned, other)) = (parts(noted), parts(pinned));
    let same =
        || Version::parse(&noted).ok().zip(Version::parse(&pinned).ok()).is_some_and(|(one, other)| one == other);
    (noted == pinned || same()) && (one == other || one.is_empty() || other.is_empty())
}
