//! `--format junit` against what two schemas of Jenkins allow: the one that its xunit plugin holds reports against, and the one of
//! JUnit's own tests. Two things are in neither, for readers need them: where a case is (GitLab links `file`; annotations of
//! GitHub's actions want `file` and `line`), and why one was skipped, which JUnit's schema does not know.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use roxmltree::Node;
use workspace::Workspace;

/// What a schema says of one element.
struct Rule {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    /// In this order, where the schema has one.
    inside: &'static [&'static str],
}

const fn rule(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    inside: &'static [&'static str],
) -> Rule {
    Rule { name, required, optional, inside }
}

const XUNIT: [Rule; 7] = [
    rule("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
    rule(
        "testsuite",
        &["name", "tests", "failures", "errors"],
        &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
    ),
    rule(
        "testcase",
        &["name"],
        &["time", "classname", "group"],
        &["skipped", "error", "failure", "system-out", "system-err"],
    ),
    rule("skipped", &[], &["type", "message"], &[]),
    rule("error", &[], &["type", "message"], &[]),
    rule("failure", &[], &["type", "message"], &[]),
    rule("system-out", &[], &[], &[]),
];

const JUNIT: [Rule; 7] = [
    rule("testsuites", &[], &["name", "time", "tests", "failures", "disabled", "errors"], &["testsuite"]),
    rule(
        "testsuite",
        &["name", "tests"],
        &["failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"],
        &["properties", "testcase", "system-out", "system-err"],
    ),
    rule(
        "testcase",
        &["name"],
        &["assertions", "time", "classname", "status"],
        &["skipped", "error", "failure", "system-out", "system-err"],
    ),
    rule("skipped", &[], &[], &[]),
    rule("error", &[], &["type", "message"], &[]),
    rule("failure", &[], &["type", "message"], &[]),
    rule("system-out", &[], &[], &[]),
];

/// What `schema` refuses in `node` and below it.
fn refused(schema: &[Rule], node: Node<'_, '_>, found: &mut Vec<String>) {
    let name = node.tag_name().name();
    let rule = schema.iter().find(|rule| rule.name == name).unwrap_or_else(|| panic!("there is no {name}"));
    let allowed = |name: &str| rule.required.contains(&name) || rule.optional.contains(&name);
    found.extend(node.attributes().filter(|one| !allowed(one.name())).map(|one| format!("{name}/{}", one.name())));
    found
        .extend(rule.required.iter().filter(|one| !node.has_attribute(**one)).map(|one| format!("{name} lacks {one}")));
    let mut last = 0;
    for inner in node.children().filter(Node::is_element) {
        let inside = inner.tag_name().name();
        match rule.inside.iter().position(|known| *known == inside) {
            Some(place) if place >= last => last = place,
            _ => found.push(format!("{inside} in {name}")),
        }
        refused(schema, inner, found);
    }
}

#[test]
fn the_schemas_of_jenkins_know_all_but_where_a_case_is() {
    let clean = "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n";
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1.27.0\nold=example.org/old:1\n")
        .chart("web", &["nginx:1.27.1"])
        .file("web/templates/off.yaml", "{{ if .Values.on }}\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x, image: 'example.org/old:1'}]}\n{{ end }}\n")
        .file("a/ecr-images.conf", clean)
        .file("b/ecr-images.conf", b"\xff\n");
    let run = workspace.run(&["check", "--format", "junit"]);
    let document = roxmltree::Document::parse(&run.stdout).unwrap();
    let has = |name: &str| document.descendants().any(|node| node.has_tag_name(name));
    assert!(["failure", "error", "skipped", "system-out"].into_iter().all(has), "{}", run.stdout);
    for (schema, known) in [
        (&XUNIT, &["testcase/file", "testcase/line"][..]),
        (&JUNIT, &["skipped/message", "testcase/file", "testcase/line"]),
    ] {
        let mut found = Vec::new();
        refused(schema, document.root_element(), &mut found);
        found.sort();
        found.dedup();
        assert_eq!(found, known, "{}", run.stdout);
    }
}
