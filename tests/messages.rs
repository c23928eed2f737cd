//! What each rule says, of the first example of its page: what is wrong, where the truth stands, what to do, in two lines at
//! most. The places that prove it are drawn beside the message, and shown here in brackets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mirrorlint::lint::{Settings, check, discover, rules};
use mirrorlint::report::display_path;
use mirrorlint::source::Sources;
use workspace::{Workspace, copy, fixture};

const COLUMNS: usize = 100;

/// The files of each example of a page, in order.
fn examples(page: &str) -> Vec<BTreeMap<String, String>> {
    let mut examples: Vec<BTreeMap<String, String>> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("### ") {
            examples.push(BTreeMap::new());
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let mut text: String =
            lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        if info.contains(" no-newline") {
            text.pop();
        }
        if let Some(path) = info.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
            examples.last_mut().unwrap().insert(path.to_owned(), text);
        }
    }
    examples.retain(|files| !files.is_empty());
    examples
}

/// The lines that a message fills, broken between words. Images and what is quoted are as long as they are: they count as 30
/// and 20 columns at most.
fn lines(message: &str) -> usize {
    let quoted =
        |(at, part): (usize, &str)| if at % 2 == 1 { part.chars().take(20).collect() } else { part.to_owned() };
    let message = message.split('`').enumerate().map(quoted).collect::<Vec<String>>().join("`");
    let (mut lines, mut column) = (1, 0);
    for word in message.split(' ') {
        let width = word.chars().count().min(30);
        if column > 0 && column + 1 + width > COLUMNS {
            (lines, column) = (lines + 1, 0);
        }
        column += width + usize::from(column > 0);
    }
    lines
}

#[test]
fn every_rule_says_what_is_wrong_and_what_to_do() {
    let mut said = String::new();
    let mut long = String::new();
    for rule in rules() {
        let mut first = None;
        let written = |files: BTreeMap<String, String>| {
            files.iter().fold(Workspace::new(), |workspace, (path, text)| workspace.file(path, text))
        };
        // What takes a packaged chart is shown by a fixture.
        let fixture = (rule.id == "ambiguous-subchart").then(|| {
            let workspace = Workspace::new();
            copy(&fixture("hyperpod"), &workspace.path(""));
            workspace
        });
        for workspace in examples(rule.page).into_iter().map(written).chain(fixture) {
            let sources = Sources::new();
            let settings = Settings::default();
            let checked = check(&sources, &discover(&workspace.path("")).unwrap(), &settings).unwrap();
            for finding in &checked.findings {
                if lines(&finding.message) > 2 || finding.message.contains('\n') {
                    let _ = writeln!(long, "{}: {}", finding.rule.id, finding.message);
                }
            }
            let finding = checked.findings.iter().find(|finding| finding.rule == rule);
            let row = finding.map(|finding| {
                let mut row = format!("{}: {}\n", rule.id, finding.message);
                for related in &finding.related {
                    let (path, at) = (sources.get(related.span.file).path().to_owned(), sources.start(related.span));
                    let path = display_path(&checked.root, &path);
                    let _ = writeln!(row, "  [{path}:{}:{} {}]", at.line, at.column, related.message);
                }
                for fix in &finding.fixes {
                    let _ = writeln!(row, "  {}: {}", fix.safety.as_str(), fix.title);
                }
                row
            });
            first = first.or(row);
        }
        said.push_str(&first.unwrap_or_else(|| panic!("no example shows {}", rule.id)));
    }
    assert_eq!(long, "", "messages of more than two lines");
    insta::assert_snapshot!(said, @r#"
    ambiguous-subchart: `web` lies twice under charts/, and Helm renders either at random: they deploy different images. Delete one
      [chart/charts/web/Chart.yaml:2:7 the copy web deploys nginx:1.27]
      [chart/charts/web-copy/Chart.yaml:2:7 the copy web-copy deploys nginx:1.26]
    dependency-version-mismatch: web asks for cache 3.1.0, but charts/ holds 2.0.0. Helm deploys it all the same. Fetch the chart again, or ask for 2.0.0
      [chart/charts/cache/Chart.yaml:3:10 the version that is there]
    digest-mismatch: `web` lists 1.27.1@sha256:0000000000000000000000000000000000000000000000000000000000000000, but web:1.0.0 deploys 1.27.1@sha256:1111111111111111111111111111111111111111111111111111111111111111
      [chart/values.yaml:1:9 web:1.0.0 says 1.27.1@sha256:1111111111111111111111111111111111111111111111111111111111111111 (values)]
      safe: Set the tag to 1.27.1@sha256:1111111111111111111111111111111111111111111111111111111111111111
    disabled-source: `cache` is deployed only when cache.enabled is on; cache:2.0.0 would deploy it
      [chart/charts/cache/templates/cache.yaml:6:29 cache:2.0.0 names it here]
      [chart/values.yaml:2:12 cache.enabled is off here]
    duplicate-entry: `web` is listed twice. Delete one of the lines
      [tools/ecr-images.conf:2:1 first listed here]
    floating-tag: web:1.0.0 deploys nginx:stable, and `stable` moves: nodes may want another image than was copied. Pin it in the chart, then list that
      [chart/templates/web.yaml:6:33 web:1.0.0 says so here (template)]
    invalid-entry: there is no repository name before the `=`: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    invalid-image-reference: `example.org/Proxy:1` is no image that can be pulled: the repository must be lowercase, not `P`
    invalid-repository-name: ECR refuses the repository name `my-Web`: names are lowercase, not `W`
    missing-entry: web:1.0.0 deploys public.ecr.aws/acme/prepare:7 (Pod web, container prepare), which is not listed
      [chart/templates/web.yaml:6:31 web:1.0.0 names it here]
      safe: List it as `prepare`
    missing-operand: operator:1.0.0 names busybox:1.37 for a controller to pull (Deployment operator, container manager, env RELATED_IMAGE_SHELL), which is not listed
      [chart/templates/operator.yaml:14:51 operator:1.0.0 names it here]
      safe: List it as `busybox`
    reader-disagreement: `web` means nginx:1.27.1, but the copy script pulls it with ` # waits for the new certificates` behind, and the values script takes `1.27.1 # waits for the new certificates` for the tag. Put the comment on a line of its own
      safe: Put the comment on a line of its own
    region-mismatch: `agent` copies from account 767398015722 in us-west-2, but agent:0.1.0 builds no such image: in us-west-2 the account is 905418368575
      [chart/templates/agent.yaml:1:63 agent:0.1.0 names its registry here]
      safe: List 905418368575.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1.2
    repository-mismatch: `operator` is documented as from operator:2.0.0, which deploys quay.io/acme/operator:2.0.0 and not docker.io/acme/operator
      [chart/templates/operator.yaml:6:32 operator:2.0.0 names it here]
      unsafe: List quay.io/acme/operator:2.0.0
    stale-entry: no chart deploys quay.io/acme/exporter:0.9.0. Delete `exporter`, or say why it stays
      unsafe: Delete `exporter`
    stale-mention: docker.io/library/nginx:1.25.3 is named here, but `web` lists 1.27.1, and web:1.0.0 deploys that. Write 1.27.1, if the same image is meant
      [tools/ecr-images.conf:2:11 listed as `web`]
      [chart/templates/web.yaml:6:33 web:1.0.0 says its version here]
      unsafe: Write docker.io/library/nginx:1.27.1
    tag-mismatch: `web` lists 1.25.3, but web:1.4.0 deploys 1.27.1
      [chart/values.yaml:3:9 web:1.4.0 says 1.27.1 (values)]
      safe: Set the tag to 1.27.1
    unavailable-chart: umbrella:0.1.0 depends on cert-manager:v1.18.2, which is not in its charts/: what it deploys is unknown. `mirrorlint fetch` brings it from oci://quay.io/jetstack/charts
    undocumented-dynamic-image: the account and region of `agent` change with the region in agent:0.1.0, and no comment says so. Write a note
      [chart/templates/agent.yaml:1:63 agent:0.1.0 names it here]
      safe: Note it
    undocumented-source: `web` does not say where its image comes from; web:1.0.0 deploys it. Write `(from local chart web:1.0.0)`
      [chart/templates/web.yaml:6:27 web:1.0.0 names the image here]
      safe: Add `(from local chart web:1.0.0)`
    unexpected-registry: nvidia-device-plugin:0.16.1 is a chart of NVIDIA, but takes docker.io/someone/k8s-device-plugin:v0.16.1 from docker.io; its own registry is nvcr.io
    unmirrored-override: plugin:1.0.0 deploys 111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:2.0 from the private registry, but no entry is called `proxy`: the copy never fills that repository; did you mean `acme-proxy`?
    unquoted-number: web:1.0.0 deploys `docker.io/acme/web:0.1`: the values say the number 0.10 without quotes, and Helm prints it as 0.1. Quote it
      unsafe: Write "0.10"
    unrenderable-chart: Helm would refuse web: execution error at (web/templates/web.yaml:6:35): a tag is needed
    unterminated-last-line: `web` stands on a last line without a newline: the copy script's `while read` never sees it. End the line
      safe: End the last line
    unused-suppression: `allow tag-mismatch` silences nothing: the entry has no such finding. Delete the line
      safe: Delete the line
    wrong-comment: the comment says repository bitnami/nginx, but `web` copies nginx
      [tools/ecr-images.conf:4:5 this is copied]
      safe: Write `Repository: nginx`
    wrong-source: the note says device-plugin:0.5.10, but device-plugin:0.5.20 deploys the image
      [umbrella/Chart.yaml:6:14 device-plugin:0.5.20 is pinned here]
      safe: Note device-plugin:0.5.20
    "#);
}
