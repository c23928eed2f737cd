//! How a list is cut into lines, entries, blocks and notes; every statement is checked against the bytes its span names.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::{ChartOrigin, DirectiveKind, Ending, Field, InvalidLine, Located, NamedChart, readers};
use super::*;
use crate::source::Sources;

fn parse(text: &str) -> List {
    let text: Arc<str> = text.into();
    List::parse(Sources::new().add("tools/ecr-images.conf", text.clone()), &text)
}

#[test]
fn a_block_may_name_several_charts_and_perhaps_one() {
    let block = "# Web (from a/b:1) and (from local chart c:2)\n# (from values) (from web) (from web values) (from the web chart)\n\
                 # also from (from d:3), (from https://example.org/e), (from x (from f:4)) (from g\nx=y\n";
    let list = parse(block);
    let note = &list.entries[0].note;
    let names = |charts: &mut dyn Iterator<Item = &NamedChart>| -> Vec<String> {
        charts.map(|named| format!("{} {}", text_of(&list, &named.chart), &list.text()[named.span.range()])).collect()
    };
    assert_eq!(
        names(&mut note.charts()),
        ["b (from a/b:1)", "c (from local chart c:2)", "d (from d:3)", "f (from f:4)"]
    );
    assert_eq!(names(&mut note.perhaps.iter()), ["values (from values)", "web (from web)", "web (from the web chart)"]);
    assert_eq!(words(&list, &note.title), Some("Web"));
}

#[test]
fn wide_punctuation_is_read_as_the_narrow_one() {
    let list = parse(
        "# ウェブ（from local chart web:1.0.0）\n# Tag：1.27（from chart values.yaml）\n# Repository： nginx\nweb=nginx:1.27\n",
    );
    let note = &list.entries[0].note;
    let from = note.from.as_ref().unwrap();
    assert_eq!(text_of(&list, &from.chart), "web");
    assert_eq!(from.version.as_ref().map(|version| text_of(&list, version)), Some("1.0.0"));
    assert_eq!(&list.text()[from.span.range()], "（from local chart web:1.0.0）");
    assert_eq!(words(&list, &note.title), Some("ウェブ"));
    assert_eq!(value(&list, note.tags.first()), Some(("1.27", Some("（from chart values.yaml）"))));
    assert_eq!(value(&list, note.repositories.first()), Some(("nginx", None)));
}

#[test]
fn bullets_and_several_parts_in_one_line_are_read() {
    let fields = |comment: &str| {
        let list = parse(&format!("{comment}\nweb=nginx:1\n"));
        let note = &list.entries[0].note;
        let of = |fields: &[Field]| -> Vec<String> {
            fields.iter().map(|field| text_of(&list, &field.value).to_owned()).collect()
        };
        let title = words(&list, &note.title).unwrap_or_default().to_owned();
        (title, of(&note.repositories).join(" "), of(&note.tags).join(" "))
    };
    let all = |title: &str| (title.to_owned(), "nginx".to_owned(), "1".to_owned());
    for comment in [
        "# - Web (from a/web:1)\n#   - Repository: nginx\n#   * Tag: 1 (from chart values)",
        "# Web (from a/web:1) Repository: nginx, Tag: 1",
        "# Web (from a/web:1), Tag: 1; Repository: nginx",
        "# Web (from a/web:1) | Tag: 1 (old, not new) | Repository: nginx(mirror)",
        "# Web\n# - Tag: 1 | Repository: nginx (from a/web:1)",
        "# Web\n# Repository: \"nginx\", Tag: \"1\"",
        "# Web（from a/web:1）リポジトリ：nginx、タグ：1",
        "# Web (from a/web:1) - Tag: 1\n# ・ Repository: nginx",
    ] {
        assert_eq!(fields(comment), all("Web"), "{comment}");
    }
    for (comment, title) in [
        ("# - Tag: see the readme", "- Tag: see the readme"),
        ("# Web, tag: as the nodes have it", "Web, tag: as the nodes have it"),
        ("# Note: old, tag: 2", ""),
        ("# Web, which has more than any key: 1, 2", "Web, which has more than any key: 1, 2"),
        ("# --- Web ---", "--- Web ---"),
        ("# Web, tag: 1 (from a/web:1)", "Web, tag: 1"),
        ("# Web (from a/web:1, tag: 1)", "Web"),
        ("# Web (nginx, tag: 1) (from a/web:1)", "Web (nginx, tag: 1)"),
        ("# Web (from a/web:1); was repository: docker, tag: latest", "Web"),
        ("# Web (from a/web:1), tag: 1.26, 1.27 are broken", "Web"),
        ("# Web | Tag: 1 | Repository: nginx", "Web | Tag: 1 | Repository: nginx"),
        ("# - tag: 1.26, 1.27 are broken", "- tag: 1.26, 1.27 are broken"),
        ("# - Region: us-west-2 is far", "- Region: us-west-2 is far"),
    ] {
        assert_eq!(fields(comment), (title.to_owned(), String::new(), String::new()), "{comment}");
    }
    assert_eq!(fields("# Web\n# Tag: 1)"), ("Web".to_owned(), String::new(), "1".to_owned()));
}

#[test]
fn an_allowance_names_several_rules() {
    for (comment, wanted) in [
        ("allow a, b: why, oh why", ("a|b", Some(("why, oh why", true)))),
        ("allow a,b ,c", ("a|b|c", None)),
        ("allow a , b because, well", ("a|b", Some(("because, well", false)))),
        ("allow a because: well", ("a", Some(("because: well", false)))),
        ("allow a,: why", ("a", Some(("why", true)))),
        ("allow , a,, b : why", ("a|b", Some(("why", true)))),
    ] {
        let list = parse(&format!("# mirrorlint: {comment}\nx=y\n"));
        let DirectiveKind::Allow { rules, reason } = &list.directives[0].kind else { panic!("{comment}") };
        let names: Vec<_> = rules.iter().map(|rule| text_of(&list, rule)).collect();
        assert_eq!(
            (names.join("|").as_str(), reason.as_ref().map(|reason| (text_of(&list, &reason.words), reason.parted))),
            wanted,
            "{comment}"
        );
    }
    assert!(matches!(parse("# mirrorlint: allow ,: why\n").directives[0].kind, DirectiveKind::Unknown(_)));
}

/// The text of `located`, after a check that its span says the same, or each letter's place does.
fn text_of<'a>(list: &List, located: &'a Located) -> &'a str {
    if located.is_verbatim() {
        assert_eq!(list.text().get(located.span.range()), Some(located.text.as_str()));
        return &located.text;
    }
    for (at, letter) in located.text.char_indices().filter(|(_, letter)| *letter != ' ') {
        let place = located.span_of(at..at + letter.len_utf8());
        assert_eq!(list.text().get(place.range()), Some(letter.to_string().as_str()));
        assert_eq!(located.offset_of(place.range().start), at);
    }
    &located.text
}

fn words<'a>(list: &List, located: &'a Option<Located>) -> Option<&'a str> {
    located.as_ref().map(|located| text_of(list, located))
}

fn value<'a>(list: &List, field: Option<&'a Field>) -> Option<(&'a str, Option<&'a str>)> {
    field.map(|field| (text_of(list, &field.value), words(list, &field.remark)))
}

/// `whole, repository (or local), chart, version` of the chart that the first entry's note names.
fn from(comment: &str) -> Option<(String, String, String, Option<String>)> {
    let list = parse(&format!("{comment}\na=b\n"));
    list.entries[0].note.from.as_ref().map(|chart| {
        let NamedChart { span, origin, chart, version } = chart;
        let origin = match origin {
            ChartOrigin::Local => "local",
            ChartOrigin::Unsaid => "",
            ChartOrigin::Repository(repository) => text_of(&list, repository),
        };
        let whole = list.text()[span.range()].to_owned();
        (whole, origin.to_owned(), text_of(&list, chart).to_owned(), words(&list, version).map(str::to_owned))
    })
}

const LIST: &str = "\
# Images to copy
# Format: REPO_NAME=SOURCE_IMAGE
#
# See the method page

# AWS EFA plugin (from eks/aws-efa-k8s-device-plugin:0.5.10)
# Repository: 602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin
# Tag: v0.5.6 (from chart values.yaml)
aws-efa-k8s-device-plugin=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.6

# Health Monitoring Agent (from local chart health-monitoring-agent:0.1.0)
# Note: the URI depends on the region
# Tag: 1.0.819.0_1.0.267.0 (from some/readme.md)
# Default region: us-west-2 (Account ID: 905418368575)
# For other regions, see the readme
hma=905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:1.0.819.0_1.0.267.0

# Kubeflow Training Operator
# Tag: v1-855e096 (specific commit-based tag)
kubeflow=kubeflow/training-operator:v1-855e096
";

#[test]
fn a_list_has_header_entries_and_notes() {
    let list = parse(LIST);
    assert_eq!(list.header, 0..5);
    let [efa, agent, kubeflow] = list.entries.as_slice() else { panic!("{:?}", list.entries) };
    assert_eq!((efa.block.clone(), efa.line), (5..8, 8));
    assert_eq!(words(&list, &efa.note.title), Some("AWS EFA plugin"));
    assert_eq!(text_of(&list, &efa.name), "aws-efa-k8s-device-plugin");
    let repository = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin";
    assert_eq!(value(&list, efa.note.repositories.first()), Some((repository, None)));
    assert_eq!(value(&list, efa.note.tags.first()), Some(("v0.5.6", Some("(from chart values.yaml)"))));
    assert_eq!(text_of(&list, &efa.source), format!("{repository}:v0.5.6"));

    assert_eq!(words(&list, &agent.note.title), Some("Health Monitoring Agent"));
    assert_eq!(
        value(&list, agent.note.default_region.as_ref()),
        Some(("us-west-2", Some("(Account ID: 905418368575)")))
    );
    assert_eq!(
        agent.note.notes.iter().map(|note| text_of(&list, note)).collect::<Vec<_>>(),
        ["the URI depends on the region"]
    );
    assert_eq!(
        agent.note.remarks.iter().map(|remark| text_of(&list, remark)).collect::<Vec<_>>(),
        ["For other regions, see the readme"]
    );

    assert_eq!(words(&list, &kubeflow.note.title), Some("Kubeflow Training Operator"));
    assert_eq!(kubeflow.note.from, None);
    assert_eq!(list.lines.iter().filter(|line| line.kind == LineKind::Blank).count(), 3);
    assert_eq!(&list.text()[list.span_of_lines(9..10).range()], "\n");
    assert_eq!(list.span_of_lines(0..99).len(), LIST.len());
}

#[test]
fn a_part_of_a_source_has_a_place_of_its_own() {
    let list = parse("a = 'nginx:1.25' # x\n");
    let source = &list.entries[0].source;
    let tag = crate::image::Reference::parse(&source.text).unwrap().tag_range().unwrap();
    assert_eq!(&list.text()[source.span_of(tag).range()], "1.25");
    assert!(source.span_of(99..100).is_empty());
}

#[test]
fn a_note_names_a_chart_in_many_ways() {
    let named = |whole: &str, origin: &str, chart: &str, version: &str| {
        Some((whole.to_owned(), origin.to_owned(), chart.to_owned(), Some(version.to_owned())))
    };
    assert_eq!(
        from("# x (from local chart m-o:0.1.0)"),
        named("(from local chart m-o:0.1.0)", "local", "m-o", "0.1.0")
    );
    assert_eq!(from("# x (from eks/efa:0.5.10)"), named("(from eks/efa:0.5.10)", "eks", "efa", "0.5.10"));
    assert_eq!(from("#x(FROM: helm chart eks/efa:v1)"), named("(FROM: helm chart eks/efa:v1)", "eks", "efa", "v1"));
    assert_eq!(
        from("# x (from oci://quay.io:443/jetstack/charts/cert-manager:v1.18.2), pinned"),
        named(
            "(from oci://quay.io:443/jetstack/charts/cert-manager:v1.18.2)",
            "oci://quay.io:443/jetstack/charts",
            "cert-manager",
            "v1.18.2"
        )
    );
    assert_eq!(
        from("# x (from https://aws.github.io/eks-charts/ efa:0.5.20)"),
        named(
            "(from https://aws.github.io/eks-charts/ efa:0.5.20)",
            "https://aws.github.io/eks-charts",
            "efa",
            "0.5.20"
        )
    );
    assert_eq!(
        from("# x (from https://aws.github.io/eks-charts/aws-efa-k8s-device-plugin-v0.5.20.tgz)"),
        named(
            "(from https://aws.github.io/eks-charts/aws-efa-k8s-device-plugin-v0.5.20.tgz)",
            "https://aws.github.io/eks-charts",
            "aws-efa-k8s-device-plugin",
            "v0.5.20"
        )
    );
    assert_eq!(from("# (from file://charts/m-o:1.0)"), named("(from file://charts/m-o:1.0)", "local", "m-o", "1.0"));
    assert_eq!(from("# x (from m-o:0.1.0)"), named("(from m-o:0.1.0)", "", "m-o", "0.1.0"));
    assert_eq!(from("# x (from m-o 0.1.0)"), named("(from m-o 0.1.0)", "", "m-o", "0.1.0"));
    assert_eq!(from("# x (from eks/m-o, version v0.1)"), named("(from eks/m-o, version v0.1)", "eks", "m-o", "v0.1"));
    assert_eq!(from("# x (from eks/m-o@0.1.0"), named("(from eks/m-o@0.1.0", "eks", "m-o", "0.1.0"));
    assert_eq!(from("# (AWS) x (from eks/m-o:1)"), named("(from eks/m-o:1)", "eks", "m-o", "1"));
    assert_eq!(from("# x (from eks/m-o)"), Some(("(from eks/m-o)".into(), "eks".into(), "m-o".into(), None)));
    assert_eq!(from("# x (from local chart m-o)").map(|(_, origin, ..)| origin), Some("local".to_owned()));
}

#[test]
fn other_words_in_parentheses_name_no_chart() {
    for comment in [
        "# x (from chart values.yaml)",
        "# x (from local chart values.yaml)",
        "# x (from sagemaker-hyperpod-cli/helm_chart/readme.md)",
        "# x (from scratch)",
        "# x (from https://github.com/NVIDIA/k8s-device-plugin)",
        "# x (from )",
        "# x (from",
        "# x (fromage eks/x:1)",
        "# Tag: v1 (from eks/x:1)",
        "# Tag: v1 (specific commit-based tag)",
    ] {
        assert_eq!(from(comment), None, "{comment}");
    }
}

#[test]
fn fields_are_read_however_they_are_written() {
    let list = parse("#Repository :  `quay.io/x/y`, mirrored\n## IMAGE TAG:\"v1\"\n#note:\nx=quay.io/x/y:v1\n");
    let note = &list.entries[0].note;
    assert_eq!(value(&list, note.repositories.first()), Some(("quay.io/x/y", Some("mirrored"))));
    assert_eq!(value(&list, note.tags.first()), Some(("v1", None)));
    assert_eq!((note.title.is_none(), note.notes.len()), (true, 0));
    let empty = parse("# Tag: (from chart values.yaml)\n# Repository:\nx=y:1\n");
    assert!(empty.entries[0].note.tags.is_empty() && empty.entries[0].note.repositories.is_empty());
}

#[test]
fn a_block_ends_at_a_blank_line_and_at_another_entry() {
    let list = parse("# far\n\n# near\n# title\na=b\nc=d\n  # indented\ne=f\n");
    let blocks: Vec<_> = list.entries.iter().map(|entry| entry.block.clone()).collect();
    assert_eq!(blocks, [2..4, 5..5, 6..7]);
    assert_eq!(list.header, 0..2);
}

#[test]
fn a_header_without_a_blank_line_behind_it_ends_at_a_bare_hash() {
    let list = parse("# Images to copy\n#\n# EFA (from eks/efa:1)\na=b\n");
    assert_eq!((list.header.clone(), list.entries[0].block.clone()), (0..2, 2..3));
    let mixed = parse("# Images to copy\n# EFA (from eks/efa:1)\na=b\n");
    assert_eq!((mixed.header.clone(), mixed.entries[0].block.clone()), (0..0, 0..2));
    assert_eq!(words(&mixed, &mixed.entries[0].note.title), Some("EFA"));
}

#[test]
fn a_bare_hash_cuts_no_block_of_what_belongs_to_it() {
    let allow = "# mirrorlint: allow tag-mismatch: why\n";
    for (block, start, scope) in [
        (format!("# Web (from a/b:1)\n{allow}#\n"), 0, Some(Scope::Entry(0))),
        (format!("# Web (from a/b:1)\n{allow}#\n# Nginx (from a/b:1)\n"), 0, Some(Scope::Entry(0))),
        (format!("# Images to copy\n{allow}#\n# Web (from a/b:1)\n"), 1, Some(Scope::Entry(0))),
        (format!("# Images to copy\n#\n# Web (from a/b:1)\n{allow}#\n"), 2, Some(Scope::Entry(0))),
        (format!("# Images to copy\n{allow}\n# Web (from a/b:1)\n"), 3, Some(Scope::File)),
        ("#####\n# Web (from a/b:1)\n#####\n".to_owned(), 0, None),
        ("#####\n# Images to copy\n#####\n# Web (from a/b:1)\n".to_owned(), 3, None),
        ("#####\n# Web server\n#####\n".to_owned(), 0, None),
        ("# Web (from a/b:1)\n# Repository: c\n#\n".to_owned(), 0, None),
        ("# Tag: 1\n#\n# Web (from a/b:1)\n".to_owned(), 0, None),
        ("# Copyright\n#\n# Images to copy\n#\n# Web (from a/b:1)\n#\n# more\n".to_owned(), 4, None),
        ("# Copyright\n#\n".to_owned(), 2, None),
        ("#\n#\n".to_owned(), 0, None),
    ] {
        let list = parse(&format!("{block}web=c:1\n"));
        assert_eq!(list.entries[0].block.start, start, "{block}");
        assert_eq!(list.directives.first().map(|directive| directive.scope), scope, "{block}");
    }
}

#[test]
fn rulers_and_disabled_entries_are_no_titles() {
    let list = parse("# ------\n# a=b:0\n# EFA\na=b:1\n");
    assert_eq!(words(&list, &list.entries[0].note.title), Some("EFA"));
}

#[test]
fn a_line_that_says_nothing_else_is_invalid() {
    let kinds: Vec<_> =
        parse("nginx\n=nginx\nnginx= \nnginx= # later\n \t\n # c\nx=y\n").lines.iter().map(|line| line.kind).collect();
    use LineKind::{Blank, Comment, Entry, Invalid};
    assert_eq!(
        kinds,
        [
            Invalid(InvalidLine::NoEquals),
            Invalid(InvalidLine::NoName),
            Invalid(InvalidLine::NoSource),
            Invalid(InvalidLine::NoSource),
            Blank,
            Comment,
            Entry(0)
        ]
    );
}

#[test]
fn decoration_is_no_part_of_the_source() {
    let source = |line: &str| {
        let list = parse(line);
        let entry = &list.entries[0];
        text_of(&list, &entry.value);
        (text_of(&list, &entry.source).to_owned(), words(&list, &entry.trailing_comment).map(str::to_owned))
    };
    let comment = |text: &str| Some(text.to_owned());
    assert_eq!(source("a = nginx:1  # pinned\n"), ("nginx:1".into(), comment("# pinned")));
    assert_eq!(source("a=\"nginx:1\"\n"), ("nginx:1".into(), None));
    assert_eq!(source("a='nginx:1' #x\r\n"), ("nginx:1".into(), comment("#x")));
    assert_eq!(source("a=nginx:1\r"), ("nginx:1".into(), None));
    assert_eq!(source("a=nginx:1#x\n"), ("nginx:1#x".into(), None));
    assert_eq!(source("a=\"nginx\n"), ("\"nginx".into(), None));
    assert_eq!(source("a=\"nginx\":1\n"), ("nginx:1".into(), None));
    assert_eq!(source("a=ngin\\x:1 # why\n"), ("nginx:1".into(), comment("# why")));
    assert_eq!(source("a=nginx:1=\n"), ("nginx:1".into(), None));
    assert_eq!(source("a=b=c\n"), ("b=c".into(), None));
}

#[test]
fn a_byte_order_mark_belongs_to_the_first_line_and_means_nothing() {
    let list = parse("\u{feff}# EFA\n\u{feff}a=b\n");
    assert_eq!(list.lines[0].kind, LineKind::Comment);
    assert_eq!(list.lines[0].span.range(), 0..8);
    assert_eq!(list.entries[0].name.text, "\u{feff}a");
    assert_eq!(parse("\u{feff}a=b\n").entries[0].name.text, "a");
}

#[test]
fn endings_are_kept() {
    let endings: Vec<_> = parse("a\r\n\r\nb\rc\nd\r").lines.iter().map(|line| (line.span.len(), line.ending)).collect();
    assert_eq!(endings, [(1, Ending::CrLf), (0, Ending::CrLf), (3, Ending::Lf), (2, Ending::None)]);
    assert_eq!(parse("").lines.len(), 0);
}

#[test]
fn directives_know_what_they_speak_of() {
    let list = parse(
        "# mirrorlint: exempt *.dkr.ecr.*.amazonaws.com/eks/*:v1: pulled through endpoints\n\n\
         # mirrorlint: allow floating-tag: vendor has no other\n\n\
         # x\n#MirrorLint: allow tag-mismatch\na=b\n\n\
         # mirrorlint: allow\n# mirrorlint: forgive all\n# mirrorlint:\n# mirrorlint is a tool\n\
         # mirrorlint allow stale-entry: soon\n# mirrorlint allow lists stay\n# mirrorlint is told: allow a: b\n",
    );
    let read: Vec<_> = list
        .directives
        .iter()
        .map(|directive| {
            let kind = match &directive.kind {
                DirectiveKind::Allow { rules, reason } => (
                    "allow",
                    Some(text_of(&list, &rules[0])),
                    reason.as_ref().map(|reason| text_of(&list, &reason.words)),
                ),
                DirectiveKind::Exempt { glob, reason } => {
                    ("exempt", Some(text_of(&list, glob)), reason.as_ref().map(|reason| text_of(&list, &reason.words)))
                }
                DirectiveKind::Unknown(found) => ("unknown", words(&list, found), None),
                DirectiveKind::Unaddressed { words, .. } => ("unaddressed", Some(text_of(&list, words)), None),
            };
            (directive.line, directive.scope, kind)
        })
        .collect();
    assert_eq!(
        read,
        [
            (0, Scope::File, ("exempt", Some("*.dkr.ecr.*.amazonaws.com/eks/*:v1"), Some("pulled through endpoints"))),
            (2, Scope::File, ("allow", Some("floating-tag"), Some("vendor has no other"))),
            (5, Scope::Entry(0), ("allow", Some("tag-mismatch"), None)),
            (8, Scope::Nowhere, ("unknown", Some("allow"), None)),
            (9, Scope::Nowhere, ("unknown", Some("forgive all"), None)),
            (10, Scope::Nowhere, ("unknown", None, None)),
            (12, Scope::Nowhere, ("unaddressed", Some("allow stale-entry: soon"), None)),
        ]
    );
    assert_eq!(&list.text()[list.directives[2].span.range()], "MirrorLint: allow tag-mismatch");
    // A directive is no title.
    assert_eq!(words(&list, &list.entries[0].note.title), Some("x"));
}

/// Every piece of a note, so that a property can look at all spans.
fn pieces(entry: &Entry) -> Vec<&Located> {
    let note = &entry.note;
    let fields = note.repositories.iter().chain(&note.tags).chain(&note.default_region);
    let mut pieces: Vec<&Located> = vec![&entry.name, &entry.value, &entry.source];
    pieces.extend(fields.flat_map(|field| std::iter::once(&field.value).chain(&field.remark)));
    pieces.extend(note.title.iter().chain(&entry.trailing_comment).chain(&note.notes).chain(&note.remarks));
    if let Some(chart) = &note.from {
        pieces.push(&chart.chart);
        pieces.extend(&chart.version);
        if let ChartOrigin::Repository(repository) = &chart.origin {
            pieces.push(repository);
        }
    }
    pieces
}

fn check_laws(text: &str) {
    let list = parse(text);
    assert_eq!(list.to_string(), text, "printing gives the input back");
    let mut at = 0;
    for line in &list.lines {
        assert_eq!(line.span.start as usize, at, "no byte between two lines");
        at = line.span.end as usize + line.ending.as_str().len();
    }
    assert_eq!(at, text.len());
    assert_eq!(readers::shell_steps(&list, readers::Locale::C).len(), list.lines.len());
    assert_eq!(readers::python_steps(&list).len(), list.lines.len());
    for entry in &list.entries {
        let line = list.lines[entry.line];
        for piece in pieces(entry) {
            text_of(&list, piece);
        }
        assert!(line.span.start <= entry.name.span.start && entry.value.span.end <= line.span.end);
        assert!(entry.value.span.start <= entry.source.span.start && entry.source.span.end <= entry.value.span.end);
        assert_eq!(entry.block.end, entry.line);
        let stray = |kind| matches!(kind, LineKind::Invalid(InvalidLine::OtherComment | InvalidLine::Mark));
        let fits = |kind: LineKind| kind == LineKind::Comment || stray(kind);
        assert!(entry.block.clone().all(|index| fits(list.lines[index].kind)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_printed_back(text in any::<String>()) {
        check_laws(&text);
    }

    #[test]
    fn any_bytes_are_printed_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check_laws(&crate::source::from_bytes(&bytes));
    }

    #[test]
    fn anything_like_a_list_is_printed_back(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("\n"), Just("\r\n"), Just("\r"), Just("\n\n"), Just("# "), Just("="), Just(":"), Just("(from "), Just(")"),
                Just("Tag: "), Just("local chart "), Just("eks/efa"), Just("v0.5.6"), Just("\u{feff}"), Just("\0"), Just("\u{e9}"),
                Just(" "), Just("\t"), Just("\u{a0}"), Just("\""), Just("'"), Just("\\"), Just("mirrorlint: allow "), Just(".tgz"),
                Just("-1.2"), Just("https://"), Just("\u{10feff}"), Just("Repository:"), Just("exempt "), Just("@")
            ],
            0..40,
        )
    ) {
        check_laws(&parts.concat());
    }
}

#[test]
fn the_fixtures_say_what_their_readme_says() {
    let list = parse(include_str!("../../../fixtures/hyperpod/tools/ecr-images.conf"));
    assert!(!list.lines.iter().any(|line| matches!(line.kind, LineKind::Invalid(_))));
    let undocumented: Vec<_> = list.entries.iter().filter(|entry| entry.note.from.is_none()).collect();
    assert_eq!(
        undocumented.iter().map(|entry| entry.name.text.as_str()).collect::<Vec<_>>(),
        ["kubeflow-training-operator"]
    );

    let list = parse(include_str!("../../../fixtures/kitchen-sink/tools/ecr-images.conf"));
    assert_eq!(list.lines.last().map(|line| line.ending), Some(Ending::None));
    assert_eq!(list.lines.iter().filter(|line| matches!(line.kind, LineKind::Invalid(_))).count(), 1);
    assert!(list.entries.iter().all(|entry| entry.note.from.is_some()));
    assert_eq!(list.directives.iter().map(|directive| directive.scope).collect::<Vec<_>>(), [Scope::File]);
}
