//! What each rule says, in all the ways that its examples show: what is wrong and where the truth stands in two lines at most, what to do
//! in one. The places that prove it are drawn beside the message, and shown here in brackets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod examples;
mod workspace;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use examples::{Example, examples, pages};
use mirrorlint::lint::{Configuring, Settings, check, open, rules};
use mirrorlint::report::display_path;
use mirrorlint::source::Sources;
use workspace::{Workspace, copy, fixture, run};

const COLUMNS: usize = 100;

/// The lines that a message fills, broken between words. Names, images and what is quoted are as long as they are: they count as
/// 30 columns at most.
fn lines(message: &str) -> usize {
    let quoted =
        |(at, part): (usize, &str)| if at % 2 == 1 { part.chars().take(30).collect() } else { part.to_owned() };
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

/// A message without the names, versions and numbers in it: what its variants have in common.
fn shape(message: &str) -> String {
    let quoted = message.split('`').enumerate().map(|(at, part)| if at % 2 == 1 { "`" } else { part });
    let words = quoted.collect::<String>();
    let is_name = |word: &&str| word.contains(|c: char| c.is_ascii_digit() || matches!(c, '/' | ':' | '@'));
    words.split_whitespace().map(|word| if is_name(&word) { "*" } else { word }).collect::<Vec<_>>().join(" ")
}

const DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A registry of AWS as charts make it.
const CHINA: &str = "{{ if hasPrefix `cn-` .Values.region }}918309763551.dkr.ecr.{{ .Values.region }}.amazonaws.com.cn{{ else }}\
                     602401143452.dkr.ecr.{{ .Values.region }}.amazonaws.com{{ end }}";

/// A chart that deploys an image of the ECR registry that a template makes of `region`.
fn by_region(registry: &str, entry: &str) -> Workspace {
    let list = format!("# Agent (from local chart web:1.0.0), one per region\n{entry}\n");
    let pod = workspace::pod("web", &[&format!("{registry}/agent:1")]);
    Workspace::with_list(&list)
        .chart("web", &[])
        .file("web/values.yaml", "region: ''\n")
        .file("web/templates/web.yaml", pod)
}

/// A chart that depends on `cache` as `asked` says, without it.
fn without_cache(asked: &str) -> Workspace {
    let metadata = format!("apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{{name: cache, {asked}}}]\n");
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    Workspace::with_list(list).chart("web", &["nginx:1"]).file("web/Chart.yaml", metadata)
}

/// A chart that depends on one beside it.
const WITH_CACHE: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n\
                          dependencies: [{name: cache, version: 1.0.0, repository: 'file://../cache'}]\n";

/// Workspaces with findings whose messages no page has.
fn odd() -> Vec<Workspace> {
    let digested = format!("nginx@{DIGEST}");
    let tagged = format!("nginx:1@{DIGEST}");
    let allow = "# mirrorlint: allow tag-mismatch: frozen\n";
    let listed = |entry: &str| format!("# Web (from local chart web:1.0.0)\n{entry}\n");
    let plain = |list: String, images: &[&str]| Workspace::with_list(&list).chart("web", images);
    let configured =
        |configuration: &str| plain(listed("web=nginx:1"), &["nginx:1"]).file(".mirrorlint.yaml", configuration);
    let right = listed("web=nginx:1");
    vec![
        plain(format!("\u{feff}{right}"), &["nginx:1"]),
        plain(right.replace('\n', "\r\n"), &["nginx:1"]),
        plain(right.replace('\n', "\r"), &["nginx:1"]),
        plain(format!("\r\n{right}"), &["nginx:1"]),
        plain(listed("web=nginx:1\n\u{a0}# note"), &["nginx:1"]),
        plain(listed("web\u{a0}=nginx:1"), &["nginx:1"]),
        plain(listed("web=[2001:db8::1]/web:1"), &["[2001:db8::1]/web:1"]),
        plain(listed("web=nginx:1\nweb=nginx:1"), &["nginx:1"]),
        plain(listed("web=nginx:latest"), &[&format!("nginx:latest@{DIGEST}")]),
        plain(listed("web=nginx:1"), &[&digested]),
        plain(listed("web=nginx:1"), &["nginx:latest"]),
        plain(listed("web=nginx"), &["nginx:1"]),
        plain(listed(&format!("web=nginx@{DIGEST}")), &[&digested]),
        plain(format!("{right}\n# mirrorlint: allow tag-mismatch: too late\n"), &["nginx:1"]),
        plain(format!("# mirrorlint: exempt nginx: no need\n\n{right}"), &["nginx:1"]),
        plain(format!("# mirrorlint:\n\n{right}"), &["nginx:1"]),
        plain(format!("<<<<<<< HEAD\n{right}"), &["nginx:1"]),
        plain(right.replace("web:1.0.0", "app:1.0.0"), &["nginx:1"]),
        plain(right.replace("web:1.0.0", "other:1.0.0"), &["nginx:1"]).chart("other", &["redis:7"]),
        configured("allow: [{rule: tag-mismatch, path: web/*, reason: x}, {rule: unused-suppression, reason: x}]\n"),
        configured("exempt: [{image: 'redis*', reason: x}]\n"),
        configured("exempt: [{image: 'quay.io/*', reason: ''}]\n").chart("web", &["nginx:1", "quay.io/a/b:1"]),
        plain(right.clone(), &[&tagged, &tagged.replace('0', "1")]),
        plain(listed("// docs\nweb=nginx:1"), &["nginx:1"]),
        plain(listed("web=nginx"), &["nginx"]),
        plain(right.clone(), &["111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:1"]),
        plain(right.replace("web=", "proxy="), &["111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:1"]),
        plain("proxy=nginx:1\n".to_owned(), &["111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:1"]),
        plain(right.clone(), &["quay.io/acme/nginx:latest"]),
        plain(right.replace("local chart web", "oci://quay.io/acme/cache").replace("web=nginx", "cache=redis"), &[])
            .file("web/Chart.yaml", WITH_CACHE)
            .chart("cache", &["redis:1"]),
        plain(listed(&format!("{allow}{allow}web=nginx:1")), &["nginx:2"]),
        by_region(CHINA, "agent=918309763551.dkr.ecr.cn-north-1.amazonaws.com/agent:1"),
        without_cache("version: 1.2.3"),
        without_cache("version: 1.2.4, repository: 'file://../cache'").chart("cache", &["nginx:1"]),
        without_cache("version: 1.10").chart("web/charts/cache", &["nginx:1"]),
        without_cache("version: '<2'")
            .chart("web/charts/cache", &["nginx:1"])
            .file("web/charts/cache/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 1.2.0-rc.1\n"),
    ]
}

/// The longest real images: those of private registries in a region.
#[test]
fn the_longest_real_images_leave_room_for_what_is_wrong() {
    let agent = "905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent";
    let plugin = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin";
    let (deployed, named) = (format!("{agent}:1.0.1892.0_1.0.424.0"), format!("{plugin}:v0.5.13"));
    let listed = |image: &str| format!("# Web (from local chart health-monitoring-agent:1.0.0)\nweb={image}\n");
    for list in ["nginx:1", &format!("{agent}:1.0.819.0_1.0.267.0"), &format!("{plugin}:v0.5.6")].map(listed) {
        let workspace = Workspace::with_list(&list).chart("health-monitoring-agent", &[&deployed, &named]);
        let run = run(&workspace.path(""), &["check"], &[("COLUMNS", "100")]);
        let mut rows = run.stdout.lines().skip_while(|row| !row.starts_with("  × ")).peekable();
        assert!(rows.peek().is_some(), "{}", run.text());
        while let Some(message) = rows.next() {
            if message.starts_with("  × ") {
                let more = std::iter::from_fn(|| rows.next_if(|row| row.starts_with("  │ "))).count();
                assert!(more < 2, "{message}\n{}", run.stdout);
            }
        }
    }
}

#[test]
fn every_rule_says_what_is_wrong_and_what_to_do() {
    let mut said: BTreeMap<&str, Vec<String>> = rules().iter().map(|rule| (rule.id, Vec::new())).collect();
    let mut long = String::new();
    // What takes a packaged chart is shown by a fixture.
    let fixture = || {
        let workspace = Workspace::new();
        copy(&fixture("hyperpod"), &workspace.path(""));
        workspace
    };
    let written = |example: Example| {
        example.files.iter().fold(Workspace::new(), |workspace, (path, text)| workspace.file(path, text))
    };
    // What no page shows is shown here; a rule's own page comes first.
    let shown = rules().iter().map(|rule| {
        let page = pages(rule).into_iter().flat_map(|(_, page)| examples(&page)).map(written);
        let page = page.chain((rule.id == "ambiguous-subchart").then(fixture));
        (Some(rule), page.collect::<Vec<_>>())
    });
    for (rule, page) in shown.chain([(None, odd())]) {
        for workspace in page {
            let sources = Sources::new();
            let opened =
                open(&sources, Some(&workspace.path("")), &Configuring::Standard, Settings::default()).unwrap();
            let (workspace, settings) = &opened.parts[0];
            let checked = check(&sources, workspace, settings).unwrap();
            for finding in &checked.findings {
                let told = finding.told();
                let advice =
                    finding.advice().unwrap_or_else(|| panic!("{} does not say what to do: {told}", finding.rule.id));
                if lines(&finding.message) > 2 || lines(advice) > 1 || told.contains('\n') {
                    let _ = writeln!(long, "{}: {told}", finding.rule.id);
                }
                let known = said.get_mut(finding.rule.id).unwrap();
                let shape = shape(&told);
                if rule.is_some_and(|rule| finding.rule != rule)
                    || known.iter().any(|row| row.lines().next().map(self::shape).as_ref() == Some(&shape))
                {
                    continue;
                }
                let mut row = format!("{told}\n");
                // The first of each rule with all that belongs to it.
                if known.is_empty() {
                    for related in &finding.related {
                        let (path, at) =
                            (sources.get(related.span.file).path().to_owned(), sources.start(related.span));
                        let path = display_path(&checked.root, &path);
                        let _ = writeln!(row, "  [{path}:{}:{} {}]", at.line, at.column, related.message);
                    }
                    for fix in &finding.fixes {
                        let _ = writeln!(row, "  {}: {}", fix.safety.as_str(), fix.title);
                    }
                }
                known.push(row);
            }
        }
    }
    let silent: Vec<_> = said.iter().filter(|(_, rows)| rows.is_empty()).map(|(rule, _)| rule).collect();
    assert!(silent.is_empty(), "no example shows {silent:?}");
    let rows = said.iter().flat_map(|(rule, rows)| rows.iter().map(move |row| format!("{rule}: {row}")));
    let said: String = rows.collect();
    assert_eq!(long, "", "messages of more than two lines, or advice of more than one");
    insta::assert_snapshot!(said, @r#"
    ambiguous-subchart: `web` lies twice under charts/, and Helm renders either at random: they deploy different images. Delete one
      [chart/charts/web/Chart.yaml:2:7 the copy web deploys nginx:1.27]
      [chart/charts/web-copy/Chart.yaml:2:7 the copy web-copy deploys nginx:1.26]
    ambiguous-subchart: `web` lies twice under charts/: nobody asks for the version of web-old, but Helm mixes its templates and values into the other copy. Delete web-old
    ambiguous-subchart: `web` lies twice under charts/, and Helm renders either at random: both deploy the same images. Delete one
    dependency-version-mismatch: web asks for cache 3.1.0, but charts/ holds 2.0.0. Helm deploys it all the same. Put the right one there, or ask for 2.0.0
      [chart/charts/cache/Chart.yaml:3:10 the version that is there]
    dependency-version-mismatch: web asks for cache 3.1.0, but charts/ holds 2.0.0. Helm deploys it all the same, but not under its alias, and its condition does not apply. Put the right one there, or ask for 2.0.0
    dependency-version-mismatch: the lock file of web pins cache 2.4.1, but charts/ holds 2.0.0, which Helm renders. Run `helm dependency build`, or `helm dependency update` if 2.0.0 is meant
    dependency-version-mismatch: the lock file of web pins cache 1.9.0, but 2.0.0 is asked for: `helm dependency build` refuses it as out of sync. Run `helm dependency update`
    dependency-version-mismatch: web asks for cache 3.1.0, but charts/ holds 2.0.0. Helm deploys it all the same unless its condition switches it off. Put the right one there, or ask for 2.0.0
    dependency-version-mismatch: web asks for cache 1.2.4, but ../cache holds 1.0.0. `helm dependency build` refuses it. Ask for 1.0.0
    dependency-version-mismatch: web asks for cache 1.1, but charts/ holds 1.0.0: 1.10 has no quotes, and as a number it is 1.1. Helm deploys it all the same. Put the right one there, or ask for 1.0.0
    dependency-version-mismatch: web asks for cache <2, but charts/ holds 1.2.0-rc.1: a range takes no pre-release unless it names one. Helm deploys it all the same. Put the right one there, or ask for 1.2.0-rc.1
    digest-mismatch: `web` lists 1.27.1@sha256:000000000000…, but web:1.0.0 deploys 1.27.1@sha256:111111111111…. The copy scripts cannot read a digest: list the tag alone
      [chart/values.yaml:1:9 web:1.0.0 says 1.27.1@sha256:111111111111… (values)]
      safe: List the tag alone
    digest-mismatch: `web` lists 1, which is one image, but the charts pin it to two: web:1.0.0 deploys sha256:000000000000… and sha256:111111111111…. The copy brings only one: pin them alike
    disabled-source: `cache` is deployed only when cache.enabled is on; cache:2.0.0 would deploy it. Keep it for that, or delete it
      [chart/charts/cache/templates/cache.yaml:6:29 cache:2.0.0 names it here]
      [chart/values.yaml:2:12 cache.enabled is off here]
    disabled-source: `exporter` lists 0.8.0, but cache:2.0.0 would deploy 0.9.0 when cache.enabled is on. List 0.9.0 before that
    disabled-source: `metrics` is deployed only when metrics.enabled is on; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `database` is deployed only when not externalDatabase.enabled; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `standby` is deployed only when mode=ha; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `metrics` is deployed only when monitoring.enabled or capability monitoring.coreos.com/v1; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `worker` is deployed only when queues given; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `cache` lists 6.0, but cache:2.0.0 would deploy 7.2 when tags.caching is on. List 7.2 before that
    disabled-source: `exporter` is deployed only when cache.enabled and cache.exporter.enabled are on; exporter:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `relay` is deployed only when edge.enabled or mesh.enabled is on; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `proxy` is deployed only when metrics.enabled and metrics.secure.create are on; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `metrics` lists an image that no template deploys as the values stand; the values of web:1.0.0 name quay.io/acme/exporter:0.9.0 at metrics.image. Look there before you delete it
    disabled-source: `web-fips` is deployed only when fips.enabled is on; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `database` is deployed only when database.enabled is on; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `queue` is deployed only when store=queue; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `files` is deployed only when not store=memory; web:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `proxy` lists an image that no trial deploys, but web:1.0.0 speaks of acme/proxy:2.0. Look there before you delete it
    disabled-source: `nginx-debug` is deployed only when sub.debug is on; sub:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `nginx-debug` is deployed only when debug is on; app:1.0.0 would deploy it. Keep it for that, or delete it
    disabled-source: `old-nginx` is deployed only when edge.enabled is on; edge:1.0.0 would deploy it. Keep it for that, or delete it
    duplicate-entry: `web` is listed twice: nginx:1.27.1 and redis:7.4 go to one repository. Rename one
      [tools/ecr-images.conf:2:1 first listed here]
    duplicate-entry: docker.io/library/nginx:1.27.1 is already listed as `web`. Keep one of the two
    duplicate-entry: `web` is listed twice: nginx:1.27.1 and acme/web:2.0.0 go to one repository. Delete acme/web:2.0.0, which no chart deploys
    duplicate-entry: `web` is listed twice. Delete one of the lines
    floating-tag: web:1.0.0 deploys nginx:stable, and `stable` moves: nodes may want another image than was copied. Pin it in the chart, then list that
      [chart/templates/web.yaml:6:33 web:1.0.0 says so here (template)]
    floating-tag: web:1.0.0 deploys quay.io/example/probe, and no tag means `latest`, which moves: nodes may want another image than was copied, and the values script skips it. Pin it in the chart, then list that
    floating-tag: `web` lists nginx:latest, and `latest` moves: nobody can tell what was copied. List a fixed tag
    floating-tag: web:1.0.0 deploys nginx, and no tag means `latest`, which moves: nodes may want another image than was copied, and the values script skips it. Pin it in the chart, then list that
    invalid-entry: there is no repository name before the `=`: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    invalid-entry: there is no source image after the `=`: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    invalid-entry: there is no `=` between repository name and source image: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    invalid-entry: a merge was left undecided here: the scripts read `NAME=IMAGE` lines only. Decide it, and delete the mark
    invalid-entry: only `#` starts a comment: the scripts read `NAME=IMAGE` lines only. Start the line with `#`
    invalid-image-reference: `example.org/Proxy:1` is no image that can be pulled: the repository must be lowercase, not `P`. Correct it
    invalid-image-reference: web:1.0.0 deploys `nginx:` (Pod web, container web), which is no image that can be pulled: the tag is empty. Give its values with --values or --set
    invalid-image-reference: web:1.0.0 deploys a container without an image (Pod web, container web): `image` is empty. Give its values with --values or --set
    invalid-repository-name: ECR refuses the repository name `my-Web`: names are lowercase, not `W`. Choose another one
    missing-entry: public.ecr.aws/acme/prepare:7 is not listed, but web:1.0.0 deploys it. List it as `prepare`
      [chart/templates/web.yaml:6:31 web:1.0.0 names it here, for Pod web, container prepare]
      safe: List it as `prepare`
    missing-operand: quay.io/acme/agent:2.1 is not listed, but operator:1.0.0 names it for a controller to pull. List it as `agent`
      [chart/values.yaml:3:17 operator:1.0.0 names it here, for Deployment operator, container manager, argument --agent-image]
      safe: List it as `agent`
    reader-disagreement: `web` means nginx:1.27.1, but the copy script pulls it with ` # waits for the new certificates` behind, and the values script takes `1.27.1 # waits for the new certificates` for the tag. Put the comment on a line of its own
      safe: Put the comment on a line of its own
    reader-disagreement: `web` means nginx:1.27.1, but the values script reads repository `"nginx` and takes `1.27.1"` for the tag. Remove the quotes
    reader-disagreement: `web` means registry.example:5000/nginx:1.27.1, but the copy script takes `5000/nginx` for the tag. List the image from a registry without a port
    reader-disagreement: `probe` lists a digest: the copy script takes `1.4.0@sha256` for the tag, and the values script takes the digest for the tag. List the tag alone
    reader-disagreement: the copy script stops here: it takes the blanks for a name. Leave the line empty
    reader-disagreement: where the locale is not UTF-8, the copy script takes this comment for an entry called `\u{3000}# 更新時は確認`, for it starts with a wide space (U+3000). Start the line with `#`
    reader-disagreement: `probe` lists a digest: both scripts take the digest for the tag. Set the tag to 1.4.0
    reader-disagreement: `web` means nginx:1.27.1, but the values script calls it `"web"`. Remove the quotes
    reader-disagreement: `web` means nginx:1.27.1, but the values script calls it `w\eb`. Remove the backslashes
    reader-disagreement: `web` means nginx:1.27.1, but the values script calls it `-n web`. Remove the `-n`
    reader-disagreement: `web` means nginx:1.27.1, but the values script takes `"1.27.1"` for the tag. Remove the quotes
    reader-disagreement: `web` means nginx:1.27.1, but the values script takes `1.27.1=` for the tag. Remove the `=` at the end
    reader-disagreement: `web` means nginx:1.26.0, but both scripts read the suppression behind it as a part of the image. Put it on a line of its own above: here it is not read
    reader-disagreement: the list starts with a byte order mark (U+FEFF), which no editor shows: the copy script takes line 1 for an entry called `\u{feff}# Web (from local chart web:1.0.0)`. Remove the byte order mark
    reader-disagreement: the lines end with CRLF, of which the copy script reads the CR as text: it pulls `nginx:1\r`. End all lines with LF
    reader-disagreement: the values script reads an entry called `web` behind a CR in this comment. Remove the CR
    reader-disagreement: the lines end with CRLF, of which the copy script reads the CR as text: it stops at the first blank line. End all lines with LF
    reader-disagreement: the copy script takes this comment for an entry called `\u{a0}# note`, for it starts with a no-break space (U+00A0). Start the line with `#`
    reader-disagreement: `web` means nginx:1, but the copy script creates `web\u{a0}`, for a no-break space (U+00A0) stands here. Write `web=nginx:1`
    reader-disagreement: `web` means [2001:db8::1]/web:1, but the copy script takes `db8` for the tag. List the image from a registry that has a name
    reader-disagreement: `web` lists a digest: both scripts take the digest for the tag. The copy scripts cannot read a digest: give it a fixed tag in the chart, then list that
    region-mismatch: `agent` copies from account 767398015722 in us-west-2, but agent:0.1.0 builds no such image: in us-west-2 the account is 905418368575. List 905418368575.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1.2
      [chart/templates/agent.yaml:1:63 agent:0.1.0 names its registry here]
      safe: List 905418368575.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1.2
    region-mismatch: `agent` copies from account 905418368575 in us-west-9, but agent:0.1.0 builds no such image: as its values stand, it knows account 905418368575 in us-west-2. List 905418368575.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1.2
    region-mismatch: `agent` copies from account 905418368575 in us-west-2, but agent:0.1.0 deploys 767398015722.dkr.ecr.us-east-1.amazonaws.com/acme/agent:1.2: values set `awsRegion` to us-east-1, not us-west-2. Change one of the two
    region-mismatch: `agent` copies from account 767398015722 in us-west-2, but agent:0.1.0 builds no such image even when enabled is on: in us-west-2 the account is 905418368575. List 905418368575.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1.2
    region-mismatch: `agent` copies from account 918309763551 in cn-north-1, but web:1.0.0 builds no such image: in cn-north-1 the registry is 918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn. List 918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/agent:1
    repository-mismatch: `operator` is documented as from operator:2.0.0, which deploys it from quay.io and not from docker.io. List quay.io/acme/operator:2.0.0
      [chart/templates/operator.yaml:6:32 operator:2.0.0 names it here]
      unsafe: List quay.io/acme/operator:2.0.0
    repository-mismatch: `web` is documented as from other:1.0.0, which deploys redis:7 and not nginx. List redis:7
    repository-mismatch: `web` is documented as from web:1.0.0, which deploys 111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:1 instead. If that is your own registry, call the entry as the repository there is called; else list that image
    repository-mismatch: `proxy` is documented as from web:1.0.0, which deploys 111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:1 instead. If that is your own registry, name it in values of your own; else list that image
    repository-mismatch: no chart deploys what `proxy` lists; web:1.0.0 deploys 111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:1, which nothing lists. If that is your own registry, note from which chart the entry is; else list that image
    repository-mismatch: `web` is documented as from web:1.0.0, which deploys quay.io/acme/nginx:latest instead. Its tag moves: pin it in the chart, then list that
    stale-entry: no chart deploys quay.io/acme/exporter:0.9.0. Delete `exporter`, or say why it stays
      unsafe: Delete `exporter`
    stale-entry: no chart deploys nginx:1.25.3; the charts deploy nginx:1.27.1, which `web` lists. Delete `web-old`
    stale-entry: no chart deploys docker.io/acme/cache:7.2, and acme/cache:18.0.0 is in no root chart of this list. Delete `cache`, or say why it stays
    stale-mention: docker.io/library/nginx:1.25.3 is named here, but `web` lists 1.27.1, and web:1.0.0 deploys that. Write 1.27.1, if the same image is meant
      [tools/ecr-images.conf:2:11 listed as `web`]
      [chart/templates/web.yaml:6:33 web:1.0.0 says its version here]
      unsafe: Write docker.io/library/nginx:1.27.1
    tag-mismatch: `web` lists 1.25.3, but web:1.4.0 deploys 1.27.1. Set the tag to 1.27.1
      [chart/values.yaml:3:9 web:1.4.0 says 1.27.1 (values)]
      safe: Set the tag to 1.27.1
    tag-mismatch: `web` lists 1.9, but web:1.0.0 takes 2.0 by that name from the private registry. Set the tag to 2.0
    tag-mismatch: `web` lists 1, but web:1.0.0 deploys sha256:000000000000…. The copy scripts cannot read a digest: give it a fixed tag in the chart, then list that
    tag-mismatch: `web` lists 1, but web:1.0.0 deploys latest. Its tag moves: pin it in the chart, then list that
    tag-mismatch: `web` lists no tag, but web:1.0.0 deploys 1. Set the tag to 1
    unavailable-chart: umbrella:0.1.0 depends on cert-manager:v1.18.2, which is not in its charts/: what it deploys is unknown. `mirrorlint fetch` brings it from oci://quay.io/jetstack/charts
    unavailable-chart: no chart called agent is there; it may lie in a submodule that is not checked out (platform): `git submodule update --init`; so nothing can be said of `agent`. Bring it there, or correct the note
    unavailable-chart: web:1.0.0 depends on cache:1.2.3, which is not in its charts/: what it deploys is unknown. Put it there: it names no repository
    undocumented-dynamic-image: the account and region of `agent` change with the region in agent:0.1.0, and no comment says so. Write a note
      [chart/templates/agent.yaml:1:63 agent:0.1.0 names it here]
      safe: Write a note
    undocumented-dynamic-image: the registry of `agent` changes with the region in agent:0.1.0, and no comment says so. Write a note
    undocumented-dynamic-image: the repository of `agent` changes with the region in agent:0.1.0, and no comment says so. Write a note
    undocumented-source: `web` does not say where its image comes from; web:1.0.0 deploys it. Write `(from local chart web:1.0.0)`
      [chart/templates/web.yaml:6:27 web:1.0.0 names the image here]
      safe: Write `(from local chart web:1.0.0)`
    undocumented-source: the note of `web` says web, but neither of which version nor from where. Write `(from local chart web:1.0.0)`
    unexpected-registry: nvidia-device-plugin:0.16.1 is a chart of NVIDIA, but takes docker.io/someone/k8s-device-plugin:v0.16.1 from docker.io; its own registry is nvcr.io. Take it from there, or allow it with the reason
    unmirrored-override: plugin:1.0.0 deploys 111122223333.dkr.ecr.us-west-2.amazonaws.com/proxy:2.0 from the private registry, but no entry is called `proxy`: the copy never fills that repository. Write an entry's name (`acme-proxy`?) in the values
    unmirrored-override: plugin:1.0.0 deploys 111122223333.dkr.ecr.us-west-2.amazonaws.com/plugin@sha256:111111111111… from the private registry, but the copy pushes tags (`latest` and `1.0` to `plugin`), not that digest. Ask for a tag alone
    unmirrored-override: web:1.0.0 deploys 999988887777.dkr.ecr.us-west-2.amazonaws.com/wrong-name:1.2 from the private registry, but no entry is called `wrong-name`: the copy never fills that repository. Write an entry's name in the values
    unmirrored-override: web:1.0.0 deploys 123456789012.dkr.ecr.us-east-2.amazonaws.com/web:1.9 from the private registry, but the copy pushes only `latest` and `2.0` to `web`. Ask for one that it pushes
    unquoted-number: web:1.0.0 deploys `docker.io/acme/web:0.1`: the values say the number 0.10 without quotes, and Helm prints it as 0.1. Quote it
      unsafe: Write "0.10"
    unquoted-number: web:1.0.0 deploys `docker.io/acme/web:v1.1`: Chart.yaml says the number 1.10 without quotes, and Helm prints it as 1.1. Quote it
    unquoted-number: web:1.0.0 deploys `docker.io/acme/web:true`: the values say the word yes without quotes, and Helm prints it as true. Quote it
    unrenderable-chart: Helm would refuse web: execution error at (web/templates/web.yaml:6:35): a tag is needed. Correct the chart, or give the values that you deploy it with
    unrenderable-chart: Helm would refuse chart: cannot load values.yaml: error converting YAML to JSON: yaml: line 2: did not find expected node content. Correct the chart, or give the values that you deploy it with
    unrenderable-chart: Helm would refuse web: template: web/templates/web.yaml:7:38: executing "web/templates/web.yaml" at <.Values.own.image>: nil pointer evaluating interface {}.image. Correct the chart, or give the values that you deploy it with
    unterminated-last-line: `web` stands on a last line without a newline: the copy script's `while read` never sees it. End the last line
      safe: End the last line
    unused-suppression: `allow tag-mismatch` silences nothing: the entry has no such finding. Delete the line
      safe: Delete the line
    unused-suppression: `allow stale-entry` silences nothing: the entry has no such finding. Delete it
    unused-suppression: `allow tag-mismatch` gives no reason. Write `# mirrorlint: allow tag-mismatch: WHY`
    unused-suppression: `allow stale-entry` silences nothing: the list has no such finding. Delete the line
    unused-suppression: `exempt quay.io/acme/*` gives no reason: a colon stands before it. Write `# mirrorlint: exempt quay.io/acme/*: reached through the registry proxy`
    unused-suppression: `allow tag-mismatch: 1.28 starts too slowly` is a comment like any other: no colon stands before it. Write `# mirrorlint: allow tag-mismatch: 1.28 starts too slowly`
    unused-suppression: `allow tag-mismatch` says nothing of what follows: commas part rules. Write `# mirrorlint: allow tag-mismatch, wrong-source: 1.28 starts too slowly`
    unused-suppression: `exempt quay.io/*` silences nothing: the charts deploy no such image. Delete the line
    unused-suppression: `allow tag-missmatch` names no rule; `tag-mismatch` would silence a finding here. Write that
    unused-suppression: `allow everything` names no rule; `mirrorlint rules` lists them all. Delete the line
    unused-suppression: `mirrorlint: ignore this` says nothing. Write `allow RULE: REASON` or `exempt IMAGE: REASON`
    unused-suppression: `allow unused-suppression` silences nothing: this rule cannot be silenced. Delete the line
    unused-suppression: `allow stale-entry` stands above no entry: a blank line parts it from `old`. Take the blank line away
    unused-suppression: `allow ambiguous-subchart` silences nothing: what it means stands in another file. Allow it in `.mirrorlint.yaml`
    unused-suppression: `allow tag-mismatch` stands above no entry. Put it directly above one, or at the top for the whole list, parted by a blank line
    unused-suppression: `exempt nginx` silences nothing: entries stand for every image that it means. Delete the line
    unused-suppression: `allow tag-mismatch for web/*` silences nothing: there is no such finding. Delete it
    unused-suppression: `allow unused-suppression` silences nothing: this rule cannot be silenced. Delete it
    unused-suppression: `exempt redis*` silences nothing: the charts deploy no such image. Delete it
    unused-suppression: `exempt quay.io/*` gives no reason. Write why behind `reason:`
    unused-suppression: `allow tag-mismatch` silences nothing: another one above does already. Delete the line
    wrong-comment: the comment says repository bitnami/nginx, but `web` copies nginx. Write `Repository: nginx`
      [tools/ecr-images.conf:4:5 this is copied]
      safe: Write `Repository: nginx`
    wrong-comment: the comment says tag 1.25.3, but `web` copies 1.27.1. Write `Tag: 1.27.1`
    wrong-comment: the comment says repository valkey, but `cache` copies redis. Write `Repository: redis`
    wrong-source: the note says device-plugin:0.5.10, but device-plugin:0.5.20 deploys the image. Note device-plugin:0.5.20
      [umbrella/Chart.yaml:6:14 device-plugin:0.5.20 is pinned here]
      safe: Note device-plugin:0.5.20
    wrong-source: the note says site:1.0.0, but web:1.0.0 deploys the image. Write `(from local chart web:1.0.0)`
    wrong-source: the note says oci://quay.io/acme/cache:1.0.0, but the chart comes from file://../cache. Write `(from local chart cache:1.0.0)`
    "#);
}
