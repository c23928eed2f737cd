//! What is said of an entry when not all is known of the charts, and what counts as one image.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, pod};

/// `RULE IMAGE` of each finding in the list; `RULE` of the others.
fn told(workspace: &Workspace) -> Vec<String> {
    told_with(workspace, &[])
}

fn told_with(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let run = workspace.run(&[&["check", "--format", "json"], arguments].concat());
    assert!(run.code < 2, "could not run:\n{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let row = |finding: &serde_json::Value| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let about = if finding["entry"].is_null() { text("expected") } else { text("entry") };
        format!("{} {about}", text("rule")).trim().to_owned()
    };
    report["findings"].as_array().unwrap().iter().map(row).collect()
}

/// A chart that asks for `ext` 1.0.0, which is not on disk.
fn umbrella(list: &str, images: &[&str]) -> Workspace {
    let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n\
                    - {name: ext, version: 1.0.0, repository: 'https://example.org/eks'}\n";
    Workspace::with_list(list).chart("app", images).file("app/Chart.yaml", metadata)
}

const APP: &str = "# App (from local chart app:1.0.0)\napp=quay.io/a/app:1\n\n";

#[test]
fn entries_of_a_chart_that_is_not_on_disk_are_left_alone() {
    let list = format!("{APP}# busybox for external (from eks/ext:1.0.0)\nbusybox=busybox:1.36\n");
    let wanted = ["missing-entry busybox:1.37", "unavailable-chart"];
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1", "busybox:1.37"])), wanted);
    let list = format!("{APP}# Controller (from eks/ext:1.0.0)\ncontroller=public.ecr.aws/ext/controller:v1\n");
    let wanted = ["missing-entry quay.io/other/controller:v9", "unavailable-chart"];
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1", "quay.io/other/controller:v9"])), wanted);
    // What is deployed as it is listed is right, and the note may be.
    let list = format!("{APP}# Controller (from eks/ext:1.0.0)\ncontroller=quay.io/other/controller:v9\n");
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1", "quay.io/other/controller:v9"])), ["unavailable-chart"]);
}

#[test]
fn entries_of_a_chart_that_cannot_be_rendered_are_left_alone() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n# Exporter (from local chart web:1.0.0)\nexporter=quay.io/a/exporter:1\n";
    let values = "metrics: {image: {repository: quay.io/a/exporter, tag: '1'}}\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &["nginx:1"])
        .file("web/values.yaml", values)
        .file("web/templates/exporter.yaml", pod("exporter", &["quay.io/a/exporter:{{ .Values.nothing.here.tag }}"]));
    assert_eq!(told(&workspace), ["unrenderable-chart"]);
}

/// What several templates ask for in vain is one fault; what one place asks for twice, by two messages, is two.
#[test]
fn one_cause_is_told_once() {
    let helper = "{{- define \"web.tag\" -}}{{ required (printf \"%s is needed\" .) nil }}{{- end }}";
    let asks = |name: &str| format!("{{{{ include \"web.tag\" \"{name}\" }}}}");
    let told = |first: &str, second: &str| {
        let second = format!("kind: ConfigMap\nmetadata: {{name: x}}\ndata: {{x: '{}'}}\n", asks(second));
        let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1\n")
            .chart("web", &[&format!("nginx:{}", asks(first))])
            .file("web/templates/_helpers.tpl", helper)
            .file("web/templates/x.yaml", second);
        self::told(&workspace)
    };
    assert_eq!(told("a", "a"), ["unrenderable-chart"]);
    assert_eq!(told("a", "b"), ["unrenderable-chart", "unrenderable-chart"]);
}

#[test]
fn an_image_without_its_tag_keeps_its_entry() {
    let other = ["quay.io/a/other:5", "quay.io/a/app:"];
    let wanted = ["missing-entry quay.io/a/other:5", "invalid-image-reference"];
    assert_eq!(told(&Workspace::with_list(APP).chart("app", &other)), wanted);
}

#[test]
fn entries_of_a_chart_above_one_that_is_not_on_disk_are_not_stale() {
    let list = format!("{APP}# Agent (from local chart app:1.0.0)\nagent=quay.io/ext/agent:1\n");
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1"])), ["unavailable-chart"]);
    // What the chart deploys itself is judged all the same.
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:2"])), ["tag-mismatch app", "unavailable-chart"]);
}

/// `app` with the subcharts `spoilt`, which deploys `image`, and `whole`. Entries that nothing deploys: one from each, one from
/// `app`, one from a chart that is nowhere, one without a note.
fn beside(image: &str) -> Workspace {
    let entry =
        |from: &str, name: &str| format!("# One (from local chart {from}:1.0.0)\n{name}=quay.io/a/{name}:1\n\n");
    let mut list: String = ["whole", "spoilt", "app", "gone"].map(|from| entry(from, &format!("{from}-old"))).concat();
    list += &entry("whole", "more");
    list += "# One\nunnoted=quay.io/a/unnoted:1\n";
    let more = pod("more", &["quay.io/a/more:1"]);
    Workspace::with_list(&list)
        .chart("app", &[])
        .chart("app/charts/spoilt", &[image])
        .chart("app/charts/whole", &[])
        .file("app/charts/whole/values.yaml", "more: {enabled: false}\n")
        .file(
            "app/charts/whole/templates/more.yaml",
            format!("{{{{ if .Values.more.enabled }}}}\n{more}{{{{ end }}}}\n"),
        )
}

#[test]
fn an_image_that_may_mean_any_keeps_from_judging_what_its_chart_may_deploy_and_says_so() {
    for image in ["", "UPPER:1", "https://quay.io/a/b:1"] {
        let workspace = beside(image);
        let wanted = ["stale-entry whole-old", "disabled-source more", "invalid-image-reference"];
        assert_eq!(told(&workspace), wanted, "{image}");
        let line = "\n  not judged, for not all is known of what the charts deploy: `spoilt-old`, `app-old` and 2 other entries\n";
        let run = workspace.run(&["check"]);
        assert!(run.stdout.contains(line), "{image}:\n{}", run.stdout);
        workspace.run(&["check", "--fix", "--unsafe-fixes"]);
        let kept = ["spoilt-old", "app-old", "gone-old", "more", "unnoted"];
        let list = workspace.read("tools/ecr-images.conf");
        let names: Vec<&str> = list.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        assert_eq!(names, kept, "{image}");
    }
}

#[test]
fn an_image_of_which_only_the_version_is_spoilt_means_its_repository_alone() {
    let stale = ["whole-old", "spoilt-old", "app-old", "gone-old"].map(|name| format!("stale-entry {name}"));
    let others = ["disabled-source more", "stale-entry unnoted"].map(str::to_owned);
    let wanted = |last: &str| [stale.as_slice(), &others, &[last.to_owned()]].concat();
    for image in ["quay.io/a/b:", "quay.io/a/b:-1", "quay.io/a/b:1:2"] {
        assert_eq!(told(&beside(image)), wanted("invalid-image-reference"), "{image}");
    }
    // A number without quotes: what a fix of it would show is shown before.
    let number = beside("quay.io/a/b:{{ .Values.tag }}").file("app/charts/spoilt/values.yaml", "tag: 20240101\n");
    assert_eq!(told(&number), wanted("unquoted-number"));
}

#[test]
fn a_tag_that_helm_has_spoilt_is_not_the_one_to_list() {
    let with = |tag: &str, listed: &str| {
        Workspace::with_list(&format!("# App (from local chart app:1.0.0)\napp=quay.io/a/app:{listed}\n"))
            .chart("app", &["quay.io/a/app:{{ .Values.tag }}"])
            .file("app/values.yaml", format!("tag: {tag}\n"))
    };
    for (tag, listed) in [("1.10", "1.9"), ("off", "1.9"), ("2024_02", "2024_01")] {
        let findings = with(tag, listed).findings();
        let old = findings.iter().find(|told| told.contains("tag-mismatch")).unwrap();
        assert!(old.ends_with("A part of it has no quotes: quote it in the chart, then list that"), "{old}");
        let fixed = with(tag, listed);
        fixed.run(&["check", "--fix"]);
        assert!(fixed.read("tools/ecr-images.conf").contains(&format!("app:{listed}\n")), "{tag}");
    }
    // With quotes, and where Helm prints what is written, it is.
    for (tag, listed) in
        [("'1.10'", "1.9"), ("'off'", "1.9"), ("1.11", "1.9"), ("2024-02-01", "2024-01-01"), ("12:30", "12")]
    {
        let findings = with(tag, listed).findings();
        assert!(findings.iter().all(|told| !told.contains("quotes")), "{tag}: {findings:?}");
    }
}

#[test]
fn an_image_of_a_chart_that_was_passed_over_is_told_when_it_keeps_an_entry() {
    let other = "apiVersion: v2\nname: other\nversion: 1.0.0\n";
    let workspace = |entry: &str| {
        Workspace::with_list(&format!("{APP}{entry}"))
            .chart("app", &["quay.io/a/app:1"])
            .chart("other", &[""])
            .file("other/Chart.yaml", other)
    };
    assert_eq!(told(&workspace("# One\none=quay.io/a/one:1\n")), ["invalid-image-reference"]);
    assert_eq!(told(&workspace("")), [""; 0]);
}

const DIGESTS: [&str; 2] = [
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
];

/// A chart whose image is `.Values.image`, under one scenario for each of `images`.
fn scenarios(list: &str, images: &[&str]) -> Workspace {
    let scenario = |(number, image): (usize, &&str)| format!("{{name: s{number}, set: {{image: \"{image}\"}}}}");
    let scenarios: Vec<String> = images.iter().enumerate().map(scenario).collect();
    let configuration = format!(
        "lists: [{{path: tools/ecr-images.conf, charts: [{{path: app, scenarios: [{}]}}]}}]\n",
        scenarios.join(", ")
    );
    Workspace::with_list(list).chart("app", &["{{ .Values.image }}"]).file(".mirrorlint.yaml", configuration)
}

#[test]
fn images_of_two_scenarios_are_one_only_when_they_differ_by_region() {
    let list = "# Web (from local chart app:1.0.0)\nweb=nginx:1\n";
    assert_eq!(told(&scenarios(list, &["nginx:1", "quay.io/envoy/envoy:9"])), ["missing-entry quay.io/envoy/envoy:9"]);
    assert_eq!(told(&scenarios(list, &["nginx:1", "nginx:2"])), ["missing-entry nginx:2"]);
    let mut both = told(&scenarios("", &["nginx:1", "quay.io/envoy/envoy:9"]));
    both.sort();
    assert_eq!(both, ["missing-entry nginx:1", "missing-entry quay.io/envoy/envoy:9"]);
    // An entry that is right in one scenario is right.
    let list = format!("{list}\n# Envoy (from local chart app:1.0.0)\nenvoy=quay.io/envoy/envoy:9\n");
    let workspace = scenarios(&list, &["nginx:1", "quay.io/envoy/envoy:9"]);
    assert_eq!(told(&workspace), Vec::<String>::new());
    assert!(workspace.run(&["check"]).stdout.contains("2 images of app:1.0.0 (s0, s1, "));
}

#[test]
fn images_that_differ_by_region_are_one() {
    let template = "{{ if eq .Values.region `us-east-1` }}111111111111{{ else }}222222222222{{ end }}\
                    .dkr.ecr.{{ .Values.region }}.amazonaws.com/app:1";
    let configuration = "lists: [{path: tools/ecr-images.conf, charts: [{path: app, scenarios: \
                         [{name: e, set: {region: us-east-1}}, {name: w, set: {region: us-west-2}}]}]}]\n";
    let regional =
        |list: &str| Workspace::with_list(list).chart("app", &[template]).file(".mirrorlint.yaml", configuration);
    let west = "222222222222.dkr.ecr.us-west-2.amazonaws.com/app:1";
    let workspace =
        regional(&format!("# App (from local chart app:1.0.0)\n# Note: depends on the region\napp={west}\n"));
    assert_eq!(told(&workspace), Vec::<String>::new());
    assert!(workspace.run(&["check"]).stdout.contains("1 image of app:1.0.0 (e, w, "));
    assert_eq!(told(&regional("")).len(), 1);
    // By the path alone, too; but not by the tag.
    let list = "# App (from local chart app:1.0.0)\n# Note: depends on the region\napp=quay.io/us-west-2/app:1\n";
    assert_eq!(told(&scenarios(list, &["quay.io/us-west-2/app:1", "quay.io/us-east-1/app:1"])), Vec::<String>::new());
    assert_eq!(
        told(&scenarios(list, &["quay.io/us-west-2/app:1", "quay.io/us-east-1/app:2"])),
        ["missing-entry quay.io/us-east-1/app:2"]
    );
}

#[test]
fn equal_digests_are_one_image_whatever_the_tags() {
    let [a, b] = DIGESTS.map(|digest| format!("quay.io/a/app:1@{digest}"));
    let bare = format!("quay.io/a/app@{}", DIGESTS[0]);
    let of_rules = |list: &str, images: &[&str]| {
        let ignored = ["--ignore", "reader-disagreement"];
        told_with(&Workspace::with_list(list).chart("app", images), &ignored)
    };
    let entry = |image: &str| format!("# App (from local chart app:1.0.0)\napp={image}\n");
    assert_eq!(of_rules(&entry(&a), &[&bare]), Vec::<String>::new());
    assert_eq!(of_rules(&entry(&bare), &[&a]), Vec::<String>::new());
    assert_eq!(of_rules(&entry(&b), &[&a]), ["digest-mismatch app"]);
    // Who deploys a tag alone takes the digest that the list pins; another line for the tag leaves this one as it was.
    let tag = "# Tag (from local chart app:1.0.0)\ntag=quay.io/a/app:1\n";
    assert_eq!(of_rules(&entry(&b), &["quay.io/a/app:1", &a]), [format!("missing-entry {a}")]);
    assert_eq!(of_rules(&format!("{}{tag}", entry(&b)), &["quay.io/a/app:1", &a]), Vec::<String>::new());
    // A chart that has the tag with another digest does not speak of this one.
    assert_eq!(of_rules(&format!("{}{tag}", entry(&b)), &[&a]), ["stale-entry app"]);
    // What one line would list is missing once.
    assert_eq!(of_rules("", &[&a, "quay.io/a/app:1"]).len(), 1);
    assert_eq!(of_rules("", &["quay.io/a/app:1", &a]).len(), 1);
}

/// A list with one entry of the chart `app`, and `entry`; `other` is passed over.
fn passed_over(entry: &str, images: &[&str]) -> Workspace {
    Workspace::with_list(&format!("{APP}{entry}")).chart("app", &["quay.io/a/app:1"]).chart("other", images)
}

#[test]
fn what_a_chart_that_was_passed_over_deploys_is_not_stale() {
    let images = ["redis:7", "memcached:1"];
    assert_eq!(told(&passed_over("# Redis\nredis=redis:7\n", &images)), ["undocumented-source redis"]);
    let noted = |image: &str| format!("# Redis (from local chart app:1.0.0)\nredis={image}\n");
    let workspace = passed_over(&noted("redis:7"), &images);
    assert_eq!(told(&workspace), ["wrong-source redis"]);
    assert!(workspace.findings()[0].contains("but other:1.0.0 deploys the image"));
    assert_eq!(told(&passed_over(&noted("redis:6"), &images)), ["wrong-source redis", "tag-mismatch redis"]);
    // The rest of it is nobody's business.
    let run = workspace.run(&["check"]);
    assert!(run.stdout.contains(": 2 entries, 1 image of app:1.0.0"), "{}", run.stdout);
    assert!(run.stdout.contains("what was passed over was rendered, too: it deploys 2 images"), "{}", run.stdout);
    assert!(!workspace.run(&["images"]).stdout.contains("redis"));
    let plan = workspace.run(&["plan"]).stdout;
    assert!(!plan.contains("memcached"), "{plan}");
    // What none of them deploys is stale as ever.
    assert_eq!(told(&passed_over(&noted("postgres:1"), &images)), ["stale-entry redis"]);
}

#[test]
fn an_image_of_a_chart_that_was_passed_over_is_not_taken_for_another() {
    let entry = "# Controller\ncontroller=quay.io/mine/controller:1\n";
    let list = format!("{APP}{entry}");
    let workspace = Workspace::with_list(&list).chart("app", &["quay.io/a/app:1", "quay.io/other/controller:9"]);
    assert_eq!(told(&workspace), ["repository-mismatch controller"]);
    let workspace = workspace.chart("other", &["quay.io/mine/controller:1"]);
    assert_eq!(told(&workspace), ["undocumented-source controller", "missing-entry quay.io/other/controller:9"]);
}

#[test]
fn a_chart_that_was_passed_over_and_cannot_be_rendered_keeps_entries_from_being_stale() {
    let bad = ["{{ fail `no` }}"];
    // The chart of the note is known and deploys no such image.
    let workspace = passed_over("# Redis (from local chart app:1.0.0)\nredis=redis:7\n", &bad);
    assert_eq!(told(&workspace), ["stale-entry redis", "unrenderable-chart"]);
    assert_eq!(told(&passed_over("# Redis\nredis=redis:7\n", &bad)), ["unrenderable-chart"]);
    // Nobody asks it when nothing is stale.
    assert_eq!(told(&passed_over("", &bad)), Vec::<String>::new());
}

#[test]
fn a_chart_that_was_passed_over_and_cannot_be_loaded_is_told_when_it_matters() {
    let broken = |entry: &str| {
        let list = format!("{APP}{entry}");
        Workspace::with_list(&list).chart("app", &["quay.io/a/app:1"]).file("other/Chart.yaml", "name: [\n")
    };
    let workspace = broken("");
    assert_eq!(told(&workspace), Vec::<String>::new());
    let closing = workspace.run(&["check"]).stdout;
    assert!(closing.contains("other was passed over, it cannot be loaded"), "{closing}");
    assert!(closing.starts_with("No findings, but not everything could be checked: 1 entry"), "{closing}");
    assert_eq!(told(&broken("# Redis\nredis=redis:7\n")), ["unrenderable-chart"]);
    assert_eq!(told(&broken("# Redis (from local chart redis:7.0.0)\nredis=redis:7\n")), ["unrenderable-chart"]);
    let stale = broken("# Redis (from local chart app:1.0.0)\nredis=redis:7\n");
    assert_eq!(told(&stale), ["stale-entry redis", "unrenderable-chart"]);
}

#[test]
fn a_note_that_names_a_chart_which_is_nowhere_is_told_with_the_stale_entry() {
    let workspace = passed_over("# Redis (from bitnami/redis:18.0.0)\nredis=redis:7\n", &["memcached:1"]);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("no chart deploys redis:7, and bitnami/redis:18.0.0 is in no root chart"), "{found:#?}");
}

#[test]
fn endpoints_of_one_ecr_registry_are_one() {
    let plain = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/app:v1";
    let hosts = ["602401143452.dkr.ecr-fips.us-west-2.amazonaws.com", "602401143452.dkr-ecr.us-west-2.on.aws"];
    for host in hosts {
        let list = format!("# App (from local chart app:1.0.0)\napp={host}/eks/app:v1\n");
        assert_eq!(told(&Workspace::with_list(&list).chart("app", &[plain])), Vec::<String>::new(), "{host}");
    }
}

/// A chart with an account per region, as AWS's own in its partitions.
fn partitions(list: &str) -> Workspace {
    let template = "{{- $r := .Values.region | default `us-gov-west-1` }}\
                    {{- if eq $r `cn-northwest-1` }}961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn\
                    {{- else }}013241004608.dkr.ecr.{{ $r }}.amazonaws.com{{ end }}/eks/app:v1";
    Workspace::with_list(list).chart("app", &[template]).file("app/values.yaml", "region: ''\n")
}

#[test]
fn a_host_in_china_without_its_ending_is_none() {
    let list = "# App (from local chart app:1.0.0)\n# Note: depends on the region\n\
                app=961992271922.dkr.ecr.cn-northwest-1.amazonaws.com/eks/app:v1\n";
    let workspace = partitions(list);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    let registry = "in cn-northwest-1 the registry is 961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn";
    assert!(found[0].contains("region-mismatch") && found[0].contains(registry), "{found:#?}");
    assert_eq!(workspace.fixed("region-mismatch"), list.replace("amazonaws.com/", "amazonaws.com.cn/"));
}

#[test]
fn two_wrong_regions_do_not_become_one_image() {
    let image = |region: &str| format!("602401143452.dkr.ecr.{region}.amazonaws.com/eks/app:v1");
    let entry = |name: &str, region: &str| {
        format!("# App (from local chart app:1.0.0)\n# Note: depends on the region\n{name}={}\n\n", image(region))
    };
    let list = entry("first", "us-east-1") + &entry("second", "us-east-2");
    let workspace = Workspace::with_list(&list).chart("app", &[&image("us-west-2")]);
    assert_eq!(told(&workspace), ["region-mismatch first", "region-mismatch second"]);
    assert!(
        workspace.findings()[1].ends_with("which `first` becomes. Delete one of the two"),
        "{:#?}",
        workspace.findings()
    );
    assert_eq!(workspace.fixed("region-mismatch"), entry("first", "us-west-2") + &entry("second", "us-east-2"));
}

/// A chart that takes its image from the values of the chart above.
fn given(list: &str, image: &str) -> Workspace {
    let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.0.0}]\n";
    Workspace::with_list(list)
        .chart("app", &[])
        .file("app/Chart.yaml", metadata)
        .file("app/values.yaml", format!("sub: {{image: \"{image}\"}}\n"))
        .chart("app/charts/sub", &["{{ .Values.image }}"])
}

#[test]
fn accounts_of_aws_in_other_regions_are_not_the_teams() {
    let list = "# Sub (from local chart sub:1.0.0)\nsub=quay.io/a/sub:1\n";
    let teams = given(list, "123456789012.dkr.ecr.ap-east-1.amazonaws.com/sub:2");
    assert_eq!(told(&teams), ["unmirrored-override sub"]);
    let aws = given(list, "800184023465.dkr.ecr.ap-east-1.amazonaws.com/sub:2");
    assert_eq!(told(&aws), ["repository-mismatch sub"]);
    // What is exempt needs no copy.
    let exempt = format!("# mirrorlint: exempt *.dkr.ecr.ap-east-1.*: through the endpoint\n\n{list}");
    assert_eq!(told(&given(&exempt, "123456789012.dkr.ecr.ap-east-1.amazonaws.com/sub:2")), Vec::<String>::new());
}

#[test]
fn an_exemption_of_an_image_that_an_entry_stands_for_exempts_nothing() {
    let list = format!("# mirrorlint: exempt quay.io/a/app: old\n\n{APP}");
    let found = |image: &str| told(&Workspace::with_list(&list).chart("app", &[image]));
    assert_eq!(found("quay.io/a/app:2"), ["unused-suppression", "tag-mismatch app"]);
    assert_eq!(found("quay.io/a/app:1"), ["unused-suppression"]);
}

#[test]
fn one_tag_is_not_two_digests() {
    let [a, b] = DIGESTS.map(|digest| format!("quay.io/a/app:1@{digest}"));
    let workspace = Workspace::with_list(APP).chart("app", &[&a, &b]);
    assert_eq!(told(&workspace), ["digest-mismatch app"]);
    let found = workspace.findings();
    assert!(DIGESTS.iter().all(|digest| found[0].contains(&format!("{}…", &digest[..19]))), "{found:#?}");
    assert_eq!(workspace.fixed("digest-mismatch"), APP);
    assert_eq!(told(&Workspace::with_list(APP).chart("app", &[&a, &a, "quay.io/a/app:1"])), Vec::<String>::new());
}

/// The notes choose the charts, also the second one of a block and that of an entry that cannot be read.
#[test]
fn every_note_chooses_charts() {
    let two = "# Web (from local chart web:1.0.0)\n# also (from local chart api:1.0.0)\nnginx=nginx:1\n";
    let workspace = Workspace::with_list(two).chart("web", &["nginx:1"]).chart("api", &["nginx:1", "redis:7"]);
    let told = workspace.findings();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("missing-entry redis:7 is not listed, but api:1.0.0 deploys it"), "{told:?}");

    let unread = "# Web (from local chart web:1.0.0)\nweb=acme/Web:1\n";
    let workspace = Workspace::with_list(unread).chart("web", &["acme/web:1"]).chart("api", &["acme/api:3"]);
    let told = workspace.findings();
    assert!(told.len() == 1 && told[0].contains("invalid-image-reference"), "no note speaks of api: {told:?}");
}

#[test]
fn one_registry_has_several_hosts() {
    let list = "# A (from local chart web:1.0.0)\nplug-a=111122223333.dkr.ecr.us-east-1.amazonaws.com/plug:1\n\n\
                # B (from local chart web:1.0.0)\nplug-b=111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/plug:1\n";
    let workspace = Workspace::with_list(list).chart("web", &["111122223333.dkr.ecr.us-east-1.amazonaws.com/plug:1"]);
    let told = workspace.findings();
    assert!(told.len() == 1 && told[0].contains("duplicate-entry"), "{told:?}");
}

/// The digest holds the chart's tag in place, not the list's.
#[test]
fn a_moving_tag_without_its_digest_moves() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:stable\n";
    let workspace = Workspace::with_list(list).chart("web", &[&format!("nginx:stable@{digest}")]);
    let told = workspace.findings();
    assert!(told.len() == 1 && told[0].contains("floating-tag"), "{told:?}");
}

/// Two entries of one repository: one is deployed with another tag, the other one is switched off. Once the first is mended, the
/// second stands for nothing: that is said from the start, and keeps nothing from being mended.
#[test]
fn an_entry_is_judged_by_what_the_others_will_be() {
    let list = "# Exporter (from local chart web:1.0.0)\nexporter=quay.io/x/exporter:1\n\n\
                # Other exporter (from local chart extra:1.0.0)\nother=quay.io/x/exporter:3\n";
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n\
                    - {name: extra, version: 1.0.0, condition: extra.enabled}\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &["quay.io/x/exporter:2"])
        .chart("web/charts/extra", &["quay.io/x/exporter:2"])
        .file("web/Chart.yaml", metadata)
        .file("web/values.yaml", "extra: {enabled: false}\n");
    assert_eq!(told(&workspace), ["tag-mismatch exporter", "stale-entry other"]);
    let fixed = workspace.run(&["check", "--fix"]);
    assert!(workspace.read("tools/ecr-images.conf").contains("exporter=quay.io/x/exporter:2\n"), "{}", fixed.text());
    assert_eq!(told(&workspace), ["stale-entry other"]);
}

/// An entry that cannot be read stands for the image that is most like it.
#[test]
fn an_unreadable_entry_stands_for_the_nearest_image() {
    let list = "# Exporter (from local chart web:1.0.0)\nexporter=quay.io/org/exporter:two words\n";
    let workspace = Workspace::with_list(list).chart("web", &["quay.io/team/exporter:1", "quay.io/org/exporter:2"]);
    assert_eq!(told(&workspace), ["invalid-image-reference exporter", "missing-entry quay.io/team/exporter:1"]);
    let plan = workspace.run(&["plan", "--format", "json"]).stdout;
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let missing = &plan["lists"][0]["missing"];
    assert_eq!(*missing, serde_json::json!(["quay.io/team/exporter:1", "quay.io/org/exporter:2"]));
}

/// What a chart that was passed over deploys is explained and planned as well. A note that would make the list answer for it is no
/// safe fix.
#[test]
fn charts_that_were_passed_over_are_known_everywhere() {
    let list = "# Web (from local chart web:1.0.0)\nnginx=nginx:1\n\n# Cache\nredis=redis:7\n";
    let with = |images: &[&str]| Workspace::with_list(list).chart("web", &["nginx:1"]).chart("api", images);
    let more = with(&["redis:7", "busybox:1.36"]);
    assert_eq!(told(&more), ["undocumented-source redis"]);
    let fixed = more.run(&["check", "--fix"]);
    assert_eq!((fixed.code, more.read("tools/ecr-images.conf").as_str()), (1, list), "{}", fixed.text());
    assert!(!fixed.text().contains("not applied"), "{}", fixed.text());
    let plan = more.run(&["plan"]).stdout;
    assert!(plan.lines().any(|line| line.contains("redis:7") && !line.contains("nothing")), "{plan}");
    assert!(more.run(&["why", "redis:7"]).stdout.contains("api/templates/api.yaml"));

    let alone = with(&["redis:7"]);
    alone.run(&["check", "--fix"]);
    assert_eq!(alone.read("tools/ecr-images.conf"), list, "it would answer for the chart from then on");
    assert_eq!(alone.run(&["check", "--fix", "--unsafe-fixes"]).code, 0);
    assert!(alone.read("tools/ecr-images.conf").contains("# Cache (from local chart api:1.0.0)"));
}

/// What is wrong with an image is shown where that stands, with advice that fits the place.
#[test]
fn an_unreadable_image_is_shown_where_it_is_wrong() {
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nnginx=nginx:1\n")
        .chart("web", &["nginx:1", "quay.io/acme/Web:{{ .Values.tag }}", "quay.io/acme/api:{{ .Values.other }}"])
        .file("web/values.yaml", "tag: v1\nother: a b\n");
    let told = workspace.findings();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("web/templates/web.yaml:7:") && told[0].ends_with("Correct the template"), "{told:?}");
    assert!(told[1].starts_with("web/values.yaml:2:9 ") && told[1].ends_with("with --values or --set"), "{told:?}");
    // What an action leaves empty is for the values to say.
    for (image, values, template) in [
        ("acme/web:{{ .Values.tag }}", "tag: ''\n", false),
        ("{{ .Values.image }}", "image: ''\n", false),
        ("{{ .Values.registry }}/acme/web:1", "registry: ''\n", false),
        ("acme/web:", "", true),
        ("", "", true),
        ("acme/Web{{ .Values.tag }}:1", "tag: ''\n", true),
    ] {
        let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nnginx=nginx:1\n")
            .chart("web", &["nginx:1", image])
            .file("web/values.yaml", values);
        let told = workspace.findings();
        let advice = if template { ". Correct the template" } else { ". Give its values with --values or --set" };
        assert!(told.len() == 1 && told[0].ends_with(advice), "{told:?}");
    }
}

/// Rules about other objects deploy nothing, and an address is no image, whatever it is called.
#[test]
fn policies_and_addresses_are_no_images() {
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n  - validate:\n      \
                  pattern: {spec: {containers: [{name: '*', image: 'registry.example/base:1.0'}, {image: '!*:latest'}]}}\n";
    let constraint = "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sImages\nmetadata: {name: c}\nspec:\n  \
                      parameters: {exemptImages: ['quay.io/acme/exempt:1.0']}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: nginx:1\n    \
               env: [{name: IMAGE_STORE, value: 'minio:9000'}, {name: IMAGE_PROXY, value: 'squid:3128'}]\n";
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nnginx=nginx:1\n")
        .chart("web", &["nginx:1"])
        .file("web/templates/policy.yaml", policy)
        .file("web/templates/constraint.yaml", constraint)
        .file("web/templates/pod.yaml", pod);
    assert_eq!(workspace.findings(), Vec::<String>::new());
}

/// Where a chart's own values say the tag, and the user's where the image comes from, it is the list that fell behind; where the user says
/// both, it may be the values. In neither case a comment or a script that knows the other tag is told to say the list's.
#[test]
fn a_tag_that_the_private_registry_lacks_is_told_where_it_is_wrong() {
    let list = "# Web (from local chart web:1.0.0)\n# Tag: 1.29.0\nweb=nginx:1.28.0\n";
    let own = "image: 123456789012.dkr.ecr.us-east-2.amazonaws.com/web\n";
    let workspace = |values: &str, given: &str| {
        let workspace = Workspace::with_list(list).chart("web", &["{{ .Values.image }}:{{ .Values.tag }}"]);
        workspace
            .file("web/values.yaml", values)
            .file("prod.yaml", format!("{own}{given}"))
            .file("tools/pull.sh", "docker pull nginx:1.29.0\n")
    };
    let told = |values: &str, given: &str| told_with(&workspace(values, given), &["--values", "prod.yaml"]);
    assert_eq!(told("{image: nginx, tag: 1.29.0}\n", ""), ["tag-mismatch web"]);
    assert_eq!(told("{image: nginx, tag: 1.28.0}\n", "tag: 1.29.0\n"), ["unmirrored-override web"]);
    let fixed = workspace("{image: nginx, tag: 1.29.0}\n", "");
    let run = fixed.run(&["check", "--fix", "--values", "prod.yaml"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(fixed.read("tools/ecr-images.conf"), list.replace("1.28.0", "1.29.0"));
}

/// A chart whose monitor, behind a switch, comes from an account by region; `more` is deployed, too.
fn monitored(list: &str, more: &str) -> Workspace {
    let template = "{{- $accounts := dict `us-east-1` `111111111111` `us-west-2` `222222222222` -}}\n\
                    {{- $region := .Values.region | default `us-east-1` -}}\n\
                    {{- if not (hasKey $accounts $region) }}{{ $region = `us-east-1` }}{{ end -}}\n\
                    {{- if .Values.monitor.enabled }}\napiVersion: v1\nkind: Pod\nmetadata: {name: monitor}\nspec:\n  containers:\n  \
                    - {name: c, image: \"{{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/acme/monitor:1\"}\n{{- end }}\n";
    Workspace::with_list(list)
        .chart("app", &[more])
        .file("app/values.yaml", "region: ''\nmonitor: {enabled: false}\n")
        .file("app/templates/monitor.yaml", template)
}

#[test]
fn a_registry_that_no_switch_brings_is_wrong_all_the_same() {
    let entry = |note: &str, host: &str| {
        format!(
            "# App (from local chart app:1.0.0)\nnginx=nginx:1\n\n# Monitor{note}\n# Note: the account and region depend on the region\n\
             monitor={host}.amazonaws.com/acme/monitor:1\n"
        )
    };
    let (note, right) = (" (from local chart app:1.0.0)", "222222222222.dkr.ecr.us-west-2");
    let rules = |list: &str, more: &str| -> Vec<String> {
        let told = monitored(list, more).findings().into_iter();
        told.map(|told| told.split(' ').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(rules(&entry(note, right), "nginx:1"), ["disabled-source"]);
    // The account of another region, and one that is none of the chart's, where the note names the chart.
    for host in ["111111111111.dkr.ecr.us-west-2", "999999999999.dkr.ecr.us-west-2"] {
        let list = entry(note, host);
        assert_eq!(rules(&list, "nginx:1"), ["region-mismatch"], "{host}");
        let workspace = monitored(&list, "nginx:1");
        let told = workspace.findings().join("\n");
        let even = "builds no such image even when monitor.enabled is on: in us-west-2 the account is 222222222222";
        assert!(told.contains(even), "{told}");
        // Nothing of it is deployed, so nothing is left out.
        let plan = workspace.run(&["plan"]).text();
        assert!(!plan.contains("222222222222"), "{plan}");
        // That it is off is what is left, and was told.
        for _ in 0..2 {
            workspace.run(&["check", "--fix"]);
            assert_eq!(workspace.read("tools/ecr-images.conf"), entry(note, right));
            let left = workspace.findings();
            assert!(left.len() == 1 && left[0].contains("`monitor` is deployed only when monitor.enabled"), "{left:?}");
        }
    }
    // A region that the chart does not know is a guess.
    let list = entry(note, "222222222222.dkr.ecr.us-west-9");
    assert_eq!(rules(&list, "nginx:1"), ["region-mismatch"]);
    let workspace = monitored(&list, "nginx:1");
    workspace.run(&["check", "--fix"]);
    assert_eq!(workspace.read("tools/ecr-images.conf"), list);
    // Somebody's own registry may have the same path.
    let own = entry("", "999999999999.dkr.ecr.us-west-2");
    assert_eq!(rules(&own, "nginx:1"), ["stale-entry"]);
    // Unless the account is one that the charts deploy from.
    let known = own.replace("nginx=nginx:1", "agent=999999999999.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1");
    assert_eq!(rules(&known, "999999999999.dkr.ecr.us-west-2.amazonaws.com/acme/agent:1"), ["region-mismatch"]);
    // Another path is another image; and what was asked for in one region says nothing of another one.
    let other = entry(note, "111111111111.dkr.ecr.us-west-2").replace("acme/monitor:1", "acme/watcher:1");
    assert_eq!(rules(&other, "nginx:1"), ["stale-entry"]);
    let narrowed = monitored(&entry(note, "222222222222.dkr.ecr.us-east-1"), "nginx:1");
    let told = narrowed.findings_with(&["--region", "us-west-2"]).join("\n");
    assert!(!told.contains("region-mismatch"), "{told}");
}

#[test]
fn a_note_is_asked_for_where_the_entry_is_of_a_region_of_the_charts() {
    let template = "{{- $accounts := dict `us-west-2` `905418368575` `us-east-1` `767398015722` -}}\
                    {{- $region := hasKey $accounts .Values.region | ternary .Values.region `us-west-2` -}}\
                    {{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/acme/agent:1";
    let rules = |host: &str| {
        let entry = format!("# Agent (from local chart agent:1.0.0)\nagent={host}.amazonaws.com/acme/agent:1\n");
        told(&Workspace::with_list(&entry).chart("agent", &[template]).file("agent/values.yaml", "region: ''\n"))
    };
    let note = "undocumented-dynamic-image agent";
    assert_eq!(rules("767398015722.dkr.ecr.us-east-1"), [note]);
    assert_eq!(rules("905418368575.dkr.ecr.us-east-1"), ["region-mismatch agent", note]);
    // It would say a region that the entry does not.
    assert_eq!(rules("999922223333.dkr.ecr.eu-west-2"), ["region-mismatch agent"]);
}

/// Helm takes either copy at random; a person edits the folder.
#[test]
fn of_a_switched_off_chart_that_lies_twice_the_folder_is_meant() {
    let metadata = "apiVersion: v2\nname: sub\nversion: 1.0.0\n";
    let (old, new) = (pod("sub", &["acme/sub:1.2"]), pod("sub", &["acme/sub:1.3"]));
    let package =
        workspace::package(&[("sub/Chart.yaml", metadata.as_bytes()), ("sub/templates/sub.yaml", old.as_bytes())]);
    let dependency = "dependencies: [{name: sub, version: 1.0.0, condition: sub.enabled}]\n";
    let list =
        "# App (from local chart app:1.0.0)\nnginx=nginx:1\n\n# Sub (from local chart sub:1.0.0)\nsub=acme/sub:1.1\n";
    let workspace = Workspace::with_list(list)
        .chart("app", &["nginx:1"])
        .file("app/Chart.yaml", format!("apiVersion: v2\nname: app\nversion: 1.0.0\n{dependency}"))
        .file("app/values.yaml", "sub: {enabled: false}\n")
        .file("app/charts/sub-1.0.0.tgz", package)
        .file("app/charts/sub/Chart.yaml", metadata)
        .file("app/charts/sub/templates/sub.yaml", new);
    let told = workspace.findings().join("\n");
    assert!(told.contains("`sub` lists 1.1, but sub:1.0.0 would deploy 1.3 when sub.enabled is on"), "{told}");
}

/// A chart below a switched-off one is not on disk: what resembles it may be its image, unless a note says from which chart it is.
#[test]
fn what_resembles_a_switched_off_chart_that_is_not_there_is_not_judged() {
    let told = |entry: &str| {
        let dependency = |name: &str, rest: &str| {
            format!(
                "dependencies: [{{name: {name}, version: 1.0.0, repository: 'https://charts.example.org'{rest}}}]\n"
            )
        };
        let metadata = |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
        let list = format!("# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n{entry}\n");
        let workspace =
            Workspace::with_list(&list).chart("web", &["nginx:1"]).chart("web/charts/cloud", &["acme/cloud:1"]);
        let workspace = workspace
            .file("web/Chart.yaml", metadata("web") + &dependency("cloud", ", condition: cloud.enabled"))
            .file("web/values.yaml", "cloud: {enabled: false}\n")
            .file("web/charts/cloud/Chart.yaml", metadata("cloud") + &dependency("aws-fsx-csi-driver", ""));
        (workspace.findings().join("\n"), workspace.run(&["check"]).stdout)
    };
    for entry in [
        "fsx=example.org/fsx-csi-driver/aws-fsx-csi-driver:v1.11.0",
        "provisioner=example.org/csi-components/provisioner:1",
        "csi-provisioner=acme/provisioner:1",
        "# Storage (from acme/storage:1.0.0)\nstorage=acme/fsx:1",
    ] {
        let (found, said) = told(entry);
        assert!(!found.contains("stale-entry"), "{entry}: {found}");
        assert!(said.contains("not judged, for not all is known of what the charts deploy"), "{entry}: {said}");
    }
    let (found, _) = told("# Cloud (from acme/cloud:1.0.0)\nagent=acme/agent:1");
    assert!(found.contains("disabled-source `agent` is documented as from cloud"), "{found}");
    for entry in [
        "agent=acme/agent:1",
        // A word is a whole word, and of two letters there are too many.
        "drivers=acme/drivers:1",
        "fs=acme/fs:1",
        // Where it is from is said.
        "# Fsx (from local chart web:1.0.0)\nfsx=acme/aws-fsx-csi-driver:1",
    ] {
        let (found, _) = told(entry);
        assert!(found.contains("stale-entry"), "{entry}: {found}");
    }
}
