//! The note names another chart or version than the one that is pinned and deploys the image, or another kind of place.

use crate::chart::Place;
use crate::chart::version::Version;
use crate::inventory::{ChartLink, Use};
use crate::lint::note::{note_of, source_note};
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Standing, Verdict};
use crate::mirror::{ChartOrigin, NamedChart};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        // An image that no chart deploys has no source; which image is meant in its place is a guess, and told as one.
        if let Verdict::OtherRepository { documented: false, .. } = judged.verdict {
            continue;
        }
        let uses: Vec<&Use> = judged.verdict.uses().iter().map(|at| context.used(*at)).collect();
        let by_name = |named: &NamedChart| -> Vec<&ChartLink> {
            uses.iter().flat_map(|used| used.links_named(&named.chart.text)).collect()
        };
        let is_right = |named: &NamedChart| {
            let version = named.version.as_ref();
            let is_it = |link: &&ChartLink| {
                version.is_none_or(|version| same_version(&version.text, &link.chart.version))
                    && other_kind(named, link).is_none()
            };
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
        let whole_note = |message: String, label: String, text: String, safety: Safety| {
            let title = format!("Write `{text}`");
            let fix = Fix::new(title, safety, vec![Edit { span: named.span, text }]);
            finding(rule, judged, first, named.span, message, label).fix(fix)
        };
        let link = by_name.first().copied();
        findings.push(match (link, link.and_then(|link| other_kind(named, link)), &named.version) {
            (Some(link), Some(from), _) => {
                let text = note_of(&link.chart, Some(link));
                let message = format!("the note says {}, but the chart comes from {from}", said_at_length(named));
                whole_note(message, format!("it comes from {from}"), text, Safety::Safe)
            }
            (Some(ChartLink { chart, .. }), None, Some(version)) => {
                let message =
                    format!("the note says {}:{}, but {} deploys the image", named.chart.text, version.text, chart);
                let mut edits = vec![Edit { span: version.span, text: chart.version.clone() }];
                edits.extend(context.remarked_versions(judged.entry, first));
                finding(rule, judged, first, version.span, message, format!("{} is deployed", chart.version))
                    .fix(Fix::new(format!("Note {chart}"), Safety::Safe, edits))
            }
            _ => {
                let chart = &first.chart;
                let message = format!("the note says {}, but {chart} deploys the image", said(named));
                whole_note(message, format!("{chart} deploys it"), source_note(first), context.safety_of_note(first))
            }
        });
    }
    findings
}

/// Where the chart comes from that `named` names, if that is another kind of place than it says: it says that the chart is a
/// local one, and a package came from a repository; or it gives an address, and the chart lies in the workspace. The short name
/// of a repository says nothing: it may as well be a folder's.
fn other_kind<'a>(named: &NamedChart, link: &'a ChartLink) -> Option<&'a str> {
    let from = link.repository.as_deref()?;
    let is_other = match &named.origin {
        ChartOrigin::Local => !link.is_local() && link.source.place != Place::Folder,
        ChartOrigin::Repository(address) => address.text.contains("://") && from.starts_with("file:"),
        ChartOrigin::Unsaid => false,
    };
    is_other.then_some(from)
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

/// The same with where the chart is said to come from.
fn said_at_length(named: &NamedChart) -> String {
    match &named.origin {
        ChartOrigin::Local => format!("local chart {}", said(named)),
        ChartOrigin::Repository(repository) => format!("{}/{}", repository.text, said(named)),
        ChartOrigin::Unsaid => said(named),
    }
}

/// `v0.1.0`, `0.1.0` and `0.1` are one version: charts and people write all of them. So are `0.1.0` and `0.1.0+abc`, for what is
/// behind the plus only says how it was built.
pub(super) fn same_version(noted: &str, pinned: &str) -> bool {
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
