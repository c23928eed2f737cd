//! Charts that would run away: each ends quickly and in bounded memory, is told as `unrenderable-chart` at the place in its
//! template, and takes no other chart with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use mirrorlint::lint::{Checked, Settings, check, discover};
use mirrorlint::source::Sources;

/// A chart's name, its template, what the refusal says.
const ATTACKS: &[(&str, &str, &str)] = &[
    ("until-step", "{{ range untilStep 0 1000000000 1 }}x{{ end }}", "more than"),
    ("until", "{{ range until 1000000000 }}x{{ end }}", "more than"),
    ("seq", "{{ seq 1 1000000000 }}", "more than"),
    ("count", "{{ range 1000000000 }}{{ end }}", "steps"),
    ("nested-ranges", "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}", "steps"),
    ("repeat", "{{ repeat 1000000000 \"x\" }}", "larger than"),
    ("indent", "{{ indent 1000000000 \"x\" }}", "larger than"),
    ("random", "{{ randAlphaNum 1000000000 }}", "random characters"),
    ("output", "{{ $x := randAlphaNum 1000000 }}{{ range until 1000 }}{{ $x }}{{ end }}", "the output is larger"),
    ("doubling", "{{ $x := \"0123456789\" }}{{ range until 60 }}{{ $x = cat $x $x }}{{ end }}", "bytes of text"),
    ("replace", "{{ $x := repeat 100000 \"x\" }}{{ replace \"x\" $x $x | len }}", "bytes of text"),
    ("regex-replace", "{{ $x := repeat 100000 \"x\" }}{{ regexReplaceAll \"x\" $x $x | len }}", "bytes of text"),
    ("join", "{{ join (repeat 100000 \"x\") (until 100000) | len }}", "bytes of text"),
    ("wrap", "{{ wrapWith 1 (repeat 100000 \"x\") (repeat 100000 \"x \") | len }}", "bytes of text"),
    (
        "kept",
        "{{ $d := dict }}{{ range $i := until 100000 }}{{ $_ := set $d (toString $i) (until 100000) }}{{ end }}",
        "bytes of text",
    ),
    ("uniq", "{{ uniq (until 1000000) | len }}", "bytes of text"),
    ("lists", "{{ $l := until 1000 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}", "bytes of text"),
    (
        "shared",
        "{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ toYaml $l | len }}",
        "bytes of text",
    ),
    (
        "shared-maps",
        "{{ $d := dict }}{{ range until 60 }}{{ $d = dict \"a\" $d \"b\" $d }}{{ end }}{{ deepCopy $d | len }}",
        "bytes of text",
    ),
    ("circle", "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ deepCopy $d }}", "contains itself"),
    (
        "merge",
        "{{ $x := dict }}{{ $y := dict }}{{ range until 60 }}{{ $x = dict \"a\" $x \"b\" $x }}{{ $y = dict \"a\" $y \"b\" $y }}\
         {{ end }}{{ merge $x $y | len }}",
        "bytes of text",
    ),
    ("include", "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}", "nested reference name"),
    ("template", "{{ define \"b\" }}{{ template \"b\" . }}{{ end }}{{ template \"b\" . }}", "maximum template depth"),
    (
        "fork",
        "{{ define \"c\" }}{{ if . }}{{ include \"c\" (rest .) }}{{ include \"c\" (rest .) }}{{ end }}{{ end }}{{ include \"c\" (until 60) }}",
        "steps",
    ),
    ("tpl", "{{ tpl .Values.self . }}", "run each other"),
    ("deep-tpl", "{{ tpl (repeat 100000 \"{{if true}}\") . }}", "tpl"),
    ("wide-tpl", "{{ tpl (repeat 1000000 \"{{ 1 }}\") . }}", "bytes of text"),
    (
        "regexes",
        "{{ range $i := until 100000 }}{{ regexMatch (printf \"(\\\\pL{1,300}x%d)\" $i) \"a\" }}{{ end }}",
        "bytes of text",
    ),
    ("large-regex", "{{ mustRegexMatch \"((((a{100}){100}){100}){100})\" \"a\" }}", "error parsing regexp"),
    ("deep-regex", "{{ mustRegexMatch (repeat 100000 \"(\") \"a\" }}", "error parsing regexp"),
    ("large-yaml", "{{ fromYaml (repeat 3000000 \"- a\\n\") | len }}", "bytes of text"),
    ("aliases", "{{ .Values.bomb }}", "excessive aliasing"),
    // What is read and thrown away counts, too.
    (
        "comparisons",
        "{{ $l := until 10000 }}{{ $m := until 10000 }}{{ range until 1000000 }}{{ $x := deepEqual $l $m }}{{ end }}",
        "bytes of text",
    ),
    (
        "long-comparisons",
        "{{ $l := list (repeat 1000000 \"x\") }}{{ $m := list (repeat 1000000 \"x\") }}\
         {{ range until 1000000 }}{{ $x := deepEqual $l $m }}{{ end }}",
        "bytes of text",
    ),
    (
        "broken-ranges",
        "{{ $d := dict }}{{ range $i := until 10000 }}{{ $_ := set $d (toString $i) $i }}{{ end }}\
         {{ range until 1000000 }}{{ range $k, $v := $d }}{{ break }}{{ end }}{{ end }}",
        "bytes of text",
    ),
    (
        "merges",
        "{{ $x := dict }}{{ range $i := until 100000 }}{{ $x = merge (dict (toString $i) $i) $x }}{{ end }}",
        "bytes of text",
    ),
    ("lines", "{{ range until 1000000 }}{{ $x := $.Files.Lines \"a.txt\" }}{{ end }}", "bytes of text"),
    (
        "globs",
        "{{ $p := repeat 100 \"{a,b}*\" }}{{ range until 1000000 }}{{ $x := $.Files.Glob $p }}{{ end }}",
        "bytes of text",
    ),
];

/// Those of the attacks that Helm itself ends: with an error, or because Go's stack does.
const HELMS: &[&str] = &["aliases", "circle", "deep-regex", "include", "large-regex", "template"];

/// Templates that look dangerous and are not.
const HARMLESS: &[(&str, &str)] = &[
    ("deep-yaml", "x: {{ fromYaml (repeat 100000 \"[\") | len }}"),
    ("deep-json", "x: {{ fromJson (repeat 100000 \"[\") | len }}"),
    ("aliases", "x: {{ fromYaml .Values.bomb | len }}"),
    ("missing", "x: {{ regexMatch \"(a*)*(a*)*(a*)*b\" (repeat 100000 \"a\") }}"),
    ("width", "x: {{ printf \"%1000000000d\" 1 | len }}"),
    ("circle", "x: {{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toYaml $d | len }}"),
];

/// Values that the templates use: a text that runs itself, and aliases of aliases.
fn values() -> String {
    let mut bomb = "      a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, inner) in ('b'..='m').zip('a'..) {
        let items = vec![format!("*{inner}"); 9].join(", ");
        bomb.push_str(&format!("      {name}: &{name} [{items}]\n"));
    }
    format!("self: '{{{{ tpl .Values.self . }}}}'\nbomb: |\n{bomb}")
}

fn write_chart(folder: &Path, name: &str, template: &str) {
    let chart = folder.join(name);
    std::fs::create_dir_all(chart.join("templates")).unwrap();
    std::fs::write(chart.join("Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n")).unwrap();
    std::fs::write(chart.join("values.yaml"), values()).unwrap();
    std::fs::write(chart.join("a.txt"), "line\n".repeat(10_000)).unwrap();
    std::fs::write(chart.join("templates/a.yaml"), format!("{{{{- /* first line */ -}}}}\n{template}\n")).unwrap();
}

/// A workspace with a list that is right, the chart that it is right about, and others.
fn workspace(charts: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("tools")).unwrap();
    let list = "# Nginx (from local chart good:1.0.0)\nnginx=docker.io/library/nginx:1.27.0\n";
    std::fs::write(folder.path().join("tools/ecr-images.conf"), list).unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'docker.io/library/nginx:1.27.0'}]}";
    write_chart(folder.path(), "good", pod);
    for (name, template) in charts {
        write_chart(folder.path(), name, template);
    }
    folder
}

fn lint(folder: &Path, charts: &[&str]) -> (Checked, Sources) {
    let sources = Sources::new();
    let charts = ["good"].iter().chain(charts).map(|name| folder.join(name)).collect();
    let settings = Settings { charts, ..Settings::default() };
    let checked = check(&sources, &discover(folder).unwrap(), &settings).unwrap();
    (checked, sources)
}

#[test]
fn whatever_runs_away_is_stopped_and_told_with_its_place() {
    let mut failures = Vec::new();
    for (name, template, message) in ATTACKS {
        let folder = workspace(&[(name, template)]);
        let start = Instant::now();
        let (checked, sources) = lint(folder.path(), &[name]);
        let found: Vec<_> = checked.findings.iter().filter(|finding| finding.rule.id == "unrenderable-chart").collect();
        let others: Vec<_> =
            checked.findings.iter().filter(|finding| finding.rule.id != "unrenderable-chart").collect();
        // Ten times what a release build takes on an idle machine, for this one may be neither.
        let quick = start.elapsed() < Duration::from_secs(40);
        let told = found.len() == 1 && found[0].message.contains(message);
        let placed = found.first().is_some_and(|finding| {
            let file = sources.get(finding.span.file);
            file.path().ends_with("templates/a.yaml") || file.path().ends_with("values.yaml")
        });
        // Whoever stops is named: Helm would go on with most of them.
        let named = found.first().is_some_and(|finding| {
            let ours = finding.message.contains("mirrorlint's bound");
            finding.message.starts_with(if ours { "mirrorlint gives up on " } else { "Helm would refuse " })
                && ours != HELMS.contains(name)
        });
        if !(quick && told && placed && named && others.is_empty() && checked.lists[0].images == 1) {
            let messages: Vec<_> =
                found.iter().map(|finding| finding.message.chars().take(300).collect::<String>()).collect();
            failures.push(format!("{name}: {:?}, placed: {placed}, {messages:?}, others: {others:?}", start.elapsed()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_only_looks_dangerous_is_rendered() {
    let charts: Vec<_> = HARMLESS.to_vec();
    let folder = workspace(&charts);
    let names: Vec<_> = charts.iter().map(|(name, _)| *name).collect();
    let (checked, _) = lint(folder.path(), &names);
    let messages: Vec<_> = checked.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert!(messages.is_empty(), "{messages:?}");
}

#[test]
fn a_chart_that_runs_away_takes_no_other_with_it() {
    let charts: Vec<_> = ATTACKS[..6].iter().map(|(name, template, _)| (*name, *template)).collect();
    let folder = workspace(&charts);
    let names: Vec<_> = charts.iter().map(|(name, _)| *name).collect();
    let (checked, _) = lint(folder.path(), &names);
    assert_eq!(checked.findings.len(), charts.len());
    assert!(checked.findings.iter().all(|finding| finding.rule.id == "unrenderable-chart"));
    assert_eq!(checked.lists[0].images, 1);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_stays_bounded() {
    let hungry = ["doubling", "kept", "lists", "shared", "shared-maps", "regexes"];
    for (name, template, message) in ATTACKS.iter().filter(|(name, ..)| hungry.contains(name)) {
        let folder = workspace(&[(name, template)]);
        // Address space, of which stacks take 400 MiB that nobody touches.
        let script = format!("ulimit -v 1600000; exec {} render {name}", env!("CARGO_BIN_EXE_mirrorlint"));
        let done = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
        let complaint = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{name}: {complaint}");
        assert!(complaint.contains(message), "{name}: {complaint}");
    }
}
