//! What the laws of fixes once broke on, as it was shrunk; where new entries go and what they are called; how far fixes are
//! trusted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use mirrorlint::mirror::List;
use mirrorlint::source::Sources;

use workspace::{Workspace, pod};

const LIST: &str = "tools/ecr-images.conf";

/// The list after `check --fix`.
fn fixed(list: &str, images: &[&str]) -> String {
    let workspace = Workspace::with_list(list).chart("web", images);
    let run = workspace.run(&["check", "--fix"]);
    assert!(!run.text().contains("not applied"), "{}", run.text());
    let after = workspace.read(LIST);
    workspace.run(&["check", "--fix"]);
    assert_eq!(workspace.read(LIST), after, "a second run changes nothing");
    after
}

#[test]
fn a_stray_cr_at_the_end_makes_no_crlf() {
    let note = "# Nginx (from local chart web:1.0.0)\n";
    assert_eq!(fixed("nginx=nginx:1.27.1\r", &["nginx:1.27.1"]), format!("{note}nginx=nginx:1.27.1\n"));
    assert_eq!(fixed("nginx=nginx:1.27.1\r\r\n", &["nginx:1.27.1"]), format!("{note}nginx=nginx:1.27.1\n"));
}

#[test]
fn a_patch_of_a_stray_cr_is_one() {
    let workspace = Workspace::with_list("nginx=nginx:1\r").chart("web", &["nginx:1"]);
    let patch = workspace.run(&["check", "--diff"]).stdout;
    assert!(patch.contains("-nginx=nginx:1\r\n\\ No newline at end of file\n+"), "{patch:?}");
}

#[test]
fn lines_go_behind_a_byte_order_mark() {
    let after = fixed("\u{feff}nginx=nginx:1.27.1\n", &["nginx:1.27.1"]);
    assert_eq!(after, "# Nginx (from local chart web:1.0.0)\nnginx=nginx:1.27.1\n");
}

/// The suppression goes with what it silenced, and keeps nothing from being mended.
#[test]
fn a_suppression_of_what_is_mended_is_no_harm() {
    let list = "# Web (from local chart web:1.0.0)\n# mirrorlint: exempt quay.io/*: reached directly\nweb=quay.io/acme/web:1\n";
    let after = fixed(list, &["nginx:1", "quay.io/acme/web:2"]);
    assert!(after.contains("\nweb=quay.io/acme/web:2\n") && !after.contains("exempt"), "{after}");
}

#[test]
fn a_tag_with_and_without_digest_is_one_entry() {
    let digest = format!("nginx:v2.0@sha256:{}", "0".repeat(64));
    let after = fixed("", &[&digest, "nginx:v2.0", "redis:7"]);
    assert_eq!(after.matches("=nginx:v2.0\n").count(), 1, "{after}");
    let moves = format!("nginx:latest@sha256:{}", "0".repeat(64));
    assert_eq!(fixed("redis=redis:7\n", &[&moves, "redis:7"]).matches("nginx").count(), 0, "`latest` alone moves");
}

/// Of two wrong entries for one image, a note must not make the other one the known one.
#[test]
fn notes_are_written_where_the_source_is_known() {
    let list = "tool=quay.io/acme/tool:1\nother=quay.io/acme/tool:2\n";
    let after = fixed(list, &["quay.io/acme/tool:3"]);
    assert_eq!(after, "# Tool (from local chart web:1.0.0)\ntool=quay.io/acme/tool:3\nother=quay.io/acme/tool:2\n");
}

/// An umbrella chart that asks for `zoo`, `cache` and `app`, in this order.
fn umbrella(list: &str) -> Workspace {
    let dependency = |name: &str| format!("- {{name: {name}, version: 1.0.0, repository: \"\"}}\n");
    let asked: String = ["zoo", "cache", "app"].into_iter().map(dependency).collect();
    let workspace = Workspace::with_list(list).chart("umbrella", &["acme/root:1"]);
    let workspace = workspace
        .file("umbrella/Chart.yaml", format!("apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n{asked}"));
    let images = [("zoo", "acme/zoo:1"), ("cache", "acme/cache:1"), ("app", "acme/app:1")];
    images
        .into_iter()
        .fold(workspace, |workspace, (name, image)| workspace.chart(&format!("umbrella/charts/{name}"), &[image]))
}

fn names(list: &str) -> Vec<&str> {
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| Some(line.split_once('=')?.0)).collect()
}

#[test]
fn new_entries_stand_in_the_order_of_the_dependencies() {
    let mended = |list: &str| {
        let workspace = umbrella(list);
        let run = workspace.run(&["check", "--fix"]);
        assert_eq!(run.code, 0, "{}", run.text());
        workspace.read(LIST)
    };
    let entry = |name: &str| {
        let chart = if name == "root" { "umbrella" } else { name };
        format!("# {name} (from local chart {chart}:1.0.0)\n{name}=acme/{name}:1\n")
    };
    let list = |names: &[&str]| names.iter().map(|name| entry(name)).collect::<Vec<_>>().join("\n");
    assert_eq!(names(&mended("")), ["root", "zoo", "cache", "app"]);
    assert_eq!(names(&mended(&list(&["root", "zoo", "app"]))), ["root", "zoo", "cache", "app"]);
    assert_eq!(names(&mended(&list(&["root", "app"]))), ["root", "zoo", "cache", "app"]);
    // Another order is the team's own: the end is where new things go.
    assert_eq!(names(&mended(&list(&["app", "zoo", "root"]))), ["app", "zoo", "root", "cache"]);
    // Where no blank lines part entries, their comments do.
    let dense = list(&["root", "zoo", "app"]).replace("\n\n", "\n");
    let mended_dense = mended(&dense);
    assert_eq!(names(&mended_dense), ["root", "zoo", "cache", "app"]);
    assert!(!mended_dense.contains("\n\n"), "{mended_dense}");
    // A paragraph of entries is left whole.
    let paragraph = "# all (from local chart umbrella:1.0.0)\nroot=acme/root:1\nzoo=acme/zoo:1\napp=acme/app:1\n";
    let run = umbrella(paragraph);
    run.run(&["check", "--fix", "--select", "missing-entry"]);
    assert_eq!(names(&run.read(LIST)), ["root", "zoo", "app", "cache"]);
}

/// Those of one chart as it names them: file by file, and within a file from top to bottom.
#[test]
fn new_entries_of_a_chart_stand_as_it_names_them() {
    let pod = |name: &str, images: &[&str]| {
        let container = |image: &&str| format!("  - {{name: c-{image}, image: \"acme/{image}:1\"}}\n");
        let containers: String = images.iter().map(container).collect();
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n{containers}")
    };
    let workspace = |list: &str| {
        Workspace::with_list(list)
            .file("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
            .file("web/templates/a.yaml", format!("{}---\n{}", pod("z", &["web", "proxy"]), pod("b", &["cache"])))
            .file("web/templates/b.yaml", pod("a", &["agent", "web"]))
    };
    let whole = workspace("");
    whole.run(&["check", "--fix"]);
    let list = whole.read(LIST);
    assert_eq!(names(&list), ["web", "proxy", "cache", "agent"]);
    let blocks: Vec<&str> = list.trim_end().split("\n\n").collect();
    for lost in 0..blocks.len() {
        let kept: Vec<&str> =
            blocks.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, block)| *block).collect();
        let workspace = workspace(&format!("{}\n", kept.join("\n\n")));
        workspace.run(&["check", "--fix"]);
        assert_eq!(workspace.read(LIST), list, "without {}", blocks[lost]);
    }
}

#[test]
fn new_entries_are_called_as_the_others() {
    let list = "# A (from local chart web:1.0.0)\nmirror/nginx=nginx:1\n\n# B (from local chart web:1.0.0)\nmirror/redis=redis:7\n";
    let after = fixed(list, &["nginx:1", "redis:7", "ghcr.io/acme/web:3"]);
    assert!(after.contains("\nmirror/web=ghcr.io/acme/web:3\n"), "{after}");
}

/// With their bullets, their order in a line and their words for where a tag is from.
#[test]
fn new_comments_are_written_as_the_others() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: nginx:1.27\n    \
                    args: [\"--sidecar-image=quay.io/acme/sidecar:3\"]\n";
    let web = "(from local chart shop:1.0.0)";
    let tag = "3 (from chart template)";
    let repository = "quay.io/acme/sidecar";
    let note = "operand, argument --sidecar-image";
    for (old, new) in [
        (
            format!("# - Web {web}\n#   - Repository: nginx\n#   - Tag: 1.27 (from chart template)\n"),
            format!("# - Sidecar {web}\n#   - Repository: {repository}\n#   - Tag: {tag}\n#   - Note: {note}\n"),
        ),
        (
            format!("# Web {web}\n# * Repository: nginx\n# * Tag: 1.27\n"),
            format!("# Sidecar {web}\n# * Repository: {repository}\n# * Tag: {tag}\n# * Note: {note}\n"),
        ),
        (
            format!("# Web {web}, Tag: 1.27\n"),
            format!("# Sidecar {web}, Repository: {repository}, Tag: {tag}\n# Note: {note}\n"),
        ),
        (
            format!("# Web {web}, Repository: nginx\n"),
            format!("# Sidecar {web}, Repository: {repository}, Tag: {tag}\n# Note: {note}\n"),
        ),
        (
            format!("# Web {web} Tag: 1.27\n"),
            format!("# Sidecar {web} Tag: {tag}\n# Repository: {repository}\n# Note: {note}\n"),
        ),
        (
            format!("# Web {web}\n# Tag: 1.27 (chart template)\n"),
            format!("# Sidecar {web}\n# Repository: {repository}\n# Tag: 3 (chart template)\n# Note: {note}\n"),
        ),
    ] {
        let workspace = Workspace::with_list(&format!("{old}nginx=nginx:1.27\n"))
            .file("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n")
            .file("shop/templates/web.yaml", template);
        workspace.run(&["check", "--fix"]);
        let after = workspace.read(LIST);
        let wanted = format!("{old}nginx=nginx:1.27\n\n{new}sidecar={repository}:3\n");
        assert_eq!(after, wanted);
        let told = workspace.findings();
        assert!(told.is_empty(), "{told:?}");
    }
}

/// Where no other tag is from the same place of a chart of that kind, one of the other kind tells the words; those that may be true
/// of that chart alone are left.
#[test]
fn the_place_of_a_tag_is_called_as_in_entries_of_other_charts() {
    let workspace = |remark: &str| {
        let template = |image: &str| pod(image, &[&format!("acme/{image}:{{{{ .Values.tag }}}}")]);
        let list = format!(
            "# App (from local chart app:1.0.0)\n# Repository: acme/app\n# Tag: 1.5 {remark}\napp=acme/app:1.5\n"
        );
        let workspace = Workspace::with_list(&list)
            .file(
                "app/Chart.yaml",
                "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: far, version: 2.0.0, repository: \"https://acme.example.org/acme\"}\n",
            )
            .file("app/values.yaml", "tag: \"1.5\"\n")
            .file("app/templates/app.yaml", template("app"))
            .file("app/charts/far/Chart.yaml", "apiVersion: v2\nname: far\nversion: 2.0.0\n")
            .file("app/charts/far/values.yaml", "tag: \"2.5\"\n")
            .file("app/charts/far/templates/far.yaml", template("far"));
        workspace.run(&["check", "--fix"]);
        let after = workspace.read(LIST);
        after.lines().find_map(|line| line.strip_prefix("# Tag: 2.5 ")).unwrap_or(&after).to_owned()
    };
    for (remark, wanted) in [
        ("(from chart values.yaml)", "(from chart values.yaml)"),
        ("(chart values.yaml)", "(chart values.yaml)"),
        ("(from the chart's default values)", "(from the chart's default values)"),
        ("(from local chart values.yaml)", "(from chart values.yaml)"),
        ("(from our chart values.yaml)", "(from chart values)"),
        ("(the values of operations)", "(from chart values)"),
        ("(from Chart.yaml appVersion)", "(from chart values)"),
        ("", "(from chart values)"),
    ] {
        assert_eq!(workspace(remark), wanted, "{remark}");
    }
}

#[test]
fn a_tag_fix_names_the_source_anew_where_it_was_another() {
    let workspace = |remark: &str| {
        let list = format!("# Web (from local chart web:1.0.0)\n# Tag: 0{remark}\nweb=nginx:0\n");
        let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: c, image: \"nginx:{{ \
                        .Values.tag }}\"}\n";
        let workspace = Workspace::with_list(&list)
            .file("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
            .file("web/values.yaml", "tag: \"1\"\n")
            .file("web/templates/web.yaml", template);
        workspace.run(&["check", "--fix"]);
        workspace.read(LIST).lines().nth(1).unwrap().to_owned()
    };
    for (remark, after) in [
        ("", ""),
        (" (from chart values.yaml)", " (from chart values.yaml)"),
        (" (from the chart)", " (from the chart)"),
        (" (from web:1.0.0)", " (from web:1.0.0)"),
        (" (from the readme)", " (from chart values)"),
        (" (from Chart.yaml appVersion, seen by operations)", " (from chart values, seen by operations)"),
        (" (pinned by operations)", " (pinned by operations)"),
        (" from the readme", " from the readme"),
    ] {
        assert_eq!(workspace(remark), format!("# Tag: 1{after}"), "{remark}");
    }
}

#[test]
fn the_configuration_says_how_far_fixes_are_trusted() {
    let list = "# Web (from local chart web:1.0.0)\n# Tag: 1\nweb=nginx:2\n\n# Old (from local chart web:1.0.0)\nold=acme/old:1\n";
    let run = |fixes: &str, flags: &[&str]| {
        let workspace = Workspace::with_list(list).chart("web", &["nginx:2", "redis:7"]);
        let workspace = workspace.file(".mirrorlint.yaml", format!("fixes: {{{fixes}}}\n"));
        let run = workspace.run(&[&["check"], flags].concat());
        let after = workspace.read(LIST);
        let has = |text: &str| after.contains(text);
        (run, [has("Tag: 2"), !has("old="), has("redis=")])
    };
    assert_eq!(run("", &["--fix"]).1, [true, false, true]);
    let fixes = "stale-entry: safe, missing-entry: unsafe, wrong-comment: off";
    assert_eq!(run(fixes, &["--fix"]).1, [false, true, false]);
    assert_eq!(run(fixes, &["--fix", "--unsafe-fixes"]).1, [false, true, true]);
    let shown = run(fixes, &["--show-settings"]).0.stdout;
    assert!(shown.contains("\n  fixes of stale-entry: safe\n"), "{shown}");
    for (fixes, message) in [
        ("stale-entries: safe", "there is no rule called `stale-entries`; did you mean `stale-entry`?"),
        ("duplicate-entry: safe", "`duplicate-entry` has no fixes"),
        ("stale-entry: always", "`fixes.stale-entry`"),
    ] {
        let refused = run(fixes, &["--fix"]).0;
        assert!(refused.code == 2 && refused.stderr.contains(message), "{}", refused.stderr);
    }
}

/// A new list is wanted whole, whatever may be mended in one that is there.
#[test]
fn init_asks_for_no_trust() {
    let workspace =
        Workspace::new().chart("web", &["nginx:2"]).file(".mirrorlint.yaml", "fixes: {missing-entry: off}\n");
    assert!(workspace.run(&["init"]).stdout.ends_with("\nnginx=nginx:2\n"));
}

/// A list without notes answers for all root charts. A note of one of them alone would leave the others out, and what is wrong there
/// would be told no more.
#[test]
fn fixes_take_no_chart_from_a_list() {
    let list = "redis=mirror.example.org/library/redis:7\n";
    let workspace = Workspace::with_list(list).chart("app", &["redis:7"]).chart("other", &["nginx:1"]);
    let before = workspace.findings();
    let run = workspace.run(&["check", "--fix"]);
    let told = "not applied: List it as `nginx`; it would leave app:1.0.0 out of what the list is held against";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert_eq!((workspace.read(LIST).as_str(), workspace.findings()), (list, before));

    let charts = "lists:\n- path: tools/ecr-images.conf\n  charts: [{path: app}, {path: other}]\n";
    let workspace = workspace.file(".mirrorlint.yaml", charts);
    let run = workspace.run(&["check", "--fix", "--format", "concise"]);
    assert!(workspace.read(LIST).ends_with("\nnginx=nginx:1\n"), "{}", run.text());
    assert!(run.stdout.contains("repository-mismatch") && !run.stdout.contains("stale-entry"), "{}", run.stdout);
}

#[test]
fn notes_that_name_all_charts_together_are_written() {
    let workspace = Workspace::with_list("redis=redis:7\n").chart("app", &["redis:7"]).chart("other", &["nginx:1"]);
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.text());
    let after = workspace.read(LIST);
    assert!(
        after.contains("(from local chart app:1.0.0)") && after.contains("(from local chart other:1.0.0)"),
        "{after}"
    );
}

/// What is refused in one list may be right in another, also where it is the same.
#[test]
fn each_list_is_refused_its_own_fixes() {
    let workspace = Workspace::with_list("redis=mirror.example.org/library/redis:7\n")
        .file("mirror/ecr-images.conf", "# Cache (from local chart other:1.0.0)\ncache=quay.io/acme/cache:1\n")
        .chart("app", &["redis:7"])
        .chart("other", &["quay.io/acme/cache:1", "nginx:1"]);
    workspace.run(&["check", "--fix"]);
    assert!(!workspace.read(LIST).contains("nginx"));
    assert!(workspace.read("mirror/ecr-images.conf").ends_with("\nnginx=nginx:1\n"));
}

/// Neither what another entry lists, nor what an entry that cannot be read may be for, is what an entry stands for, also where a chart
/// was passed over.
#[test]
fn charts_that_were_passed_over_give_no_image_twice() {
    let list = "pause=registry.k8s.io/pause:1\n# Pause (from local chart other:1.0.0)\nweb=registry.k8s.io/pause:2\n";
    let workspace = Workspace::with_list(list)
        .chart("app", &["registry.k8s.io/pause:1"])
        .chart("other", &["registry.k8s.io/pause:1"]);
    let told = workspace.findings();
    assert!(!told.iter().any(|line| line.contains("tag-mismatch")), "{told:?}");

    // Also where that entry is to list something else, some day.
    let listed = "# Pause (from local chart app:1.0.0)\npause=registry.k8s.io/pause:1\n";
    for (list, is_told) in [
        (format!("{listed}web=registry.k8s.io/pause:2\n"), false),
        (format!("{}web=registry.k8s.io/pause:2\n", listed.replace("pause:1", "pause:0")), true),
    ] {
        let workspace = Workspace::with_list(&list);
        let workspace = workspace.chart("app", &["nginx:1"]).chart("other", &["registry.k8s.io/pause:1", "redis:7"]);
        let told = workspace.findings();
        assert_eq!(told.iter().any(|line| line.contains("tag-mismatch")), is_told, "{told:?}");
    }

    let list = "web=\nweb=quay.io/acme/web:2\n\n# Nginx (from local chart other:1.0.0)\nnginx=nginx:1\n";
    let workspace = Workspace::with_list(list).chart("app", &["quay.io/acme/web:1"]).chart("other", &["nginx:1"]);
    let told = workspace.findings();
    assert!(!told.iter().any(|line| line.contains("tag-mismatch")), "{told:?}");
}

/// Two lists of the same charts, with much that is wrong.
#[test]
fn lists_that_share_charts_are_mended_once() {
    let first = "# Redis (from local chart app:0.9.0)\nredis=redis:6\n\n# Gone (from local chart other:1.0.0)\ngone=quay.io/acme/gone:1\n";
    let second = "# Nginx (from local chart other:1.0.0)\nnginx=nginx:0\nweb=mirror.example.org/acme/web:1\n";
    let workspace = Workspace::with_list(first)
        .file("mirror/ecr-images.conf", second)
        .chart("app", &["redis:7", "quay.io/acme/web:1"])
        .chart("other", &["nginx:1", "quay.io/acme/tool:latest"]);
    let kinds = || -> BTreeSet<String> {
        let report = workspace.run(&["check", "--format", "json"]).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| format!("{} {}", finding["location"]["path"], finding["key"])).collect()
    };
    let lists = || [workspace.read(LIST), workspace.read("mirror/ecr-images.conf")];
    let before = kinds();
    for arguments in [&["check", "--fix"][..], &["check", "--fix", "--unsafe-fixes"]] {
        workspace.run(arguments);
        let (mended, after) = (lists(), kinds());
        assert!(after.is_subset(&before) && after.len() < before.len(), "{before:#?} {after:#?}");
        workspace.run(arguments);
        assert_eq!(lists(), mended, "a second run changes nothing");
    }
}

/// What stands above a bare `#` in the block of an entry stays that entry's when the lines above it go.
#[test]
fn a_deletion_at_the_top_makes_no_header() {
    let next =
        "# Cache\n# mirrorlint: allow tag-mismatch: frozen\n#\n# Redis (from local chart web:1.0.0)\nredis=redis:6\n";
    let gone = "# Gone (from local chart web:1.0.0)\ngone=quay.io/acme/gone:1\n";
    let prose = next.replace("# mirrorlint: allow tag-mismatch: frozen\n", "# Note: by operations\n");
    for next in [next, &prose] {
        for list in [format!("{gone}\n{next}"), format!("{gone}{next}")] {
            let workspace = Workspace::with_list(&list).chart("web", &["redis:7"]);
            let ignored = ["check", "--fix", "--unsafe-fixes", "--select", "stale-entry"];
            workspace.run(&ignored);
            let after = workspace.read(LIST);
            assert!(after.ends_with(next) && !after.contains("gone"), "{after}");
            let text: Arc<str> = after.as_str().into();
            let list = List::parse(Sources::new().add(Path::new(LIST), text.clone()), &text);
            assert_eq!(list.entries[0].block.len(), next.lines().count() - 1, "{after}");
        }
    }
}

/// A line that is no entry speaks of the same images with a byte order mark before it and without: nothing new shows once that is gone.
#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    let list = "\u{feff}web=\nweb=quay.io/acme/web:1\n";
    let workspace = Workspace::with_list(list).chart("app", &["acme/web:1.27.1"]);
    let told = |workspace: &Workspace| -> BTreeSet<String> {
        let rules = workspace.findings();
        rules.iter().map(|told| told.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    };
    let before = told(&workspace);
    workspace.run(&["check", "--fix", "--select", "reader-disagreement"]);
    assert!(!workspace.read(LIST).starts_with('\u{feff}'), "{}", workspace.read(LIST));
    let after = told(&workspace);
    assert!(after.is_subset(&before), "{before:?} {after:?}");
}

/// A fix writes no comment that a rule would ask for which is switched off.
#[test]
fn what_is_switched_off_is_not_mended_on_the_way() {
    let list = "web=quay.io/acme/web:1\n";
    let fixed = |rules: &str| {
        let workspace = Workspace::with_list(list).chart("web", &["ghcr.io/acme/web:1"]);
        let workspace = workspace.file(".mirrorlint.yaml", format!("rules: {{{rules}}}\n"));
        workspace.run(&["check", "--fix", "--unsafe-fixes"]);
        workspace.read(LIST)
    };
    assert_eq!(fixed(""), "# Web (from local chart web:1.0.0)\nweb=ghcr.io/acme/web:1\n");
    assert_eq!(fixed("undocumented-source: off"), "web=ghcr.io/acme/web:1\n");
}

/// A new block goes above the note that is written for the entry there, never between the two.
#[test]
fn a_note_stays_with_its_entry_when_another_one_is_listed_above() {
    let new = |name: &str, chart: &str| {
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        format!(
            "# {title} (from local chart {chart}:1.0.0)\n# Repository: {name}\n# Tag: 1 (from chart template)\n{name}={name}:1\n"
        )
    };
    let (redis, note) = (new("redis", "web"), "# Nginx (from local chart web:1.0.0)\n");
    let busybox = new("busybox", "web");
    for header in ["", "# Images\n\n"] {
        let list = fixed(&format!("{header}nginx=nginx:1\n"), &["redis:1", "busybox:1", "nginx:1"]);
        assert_eq!(list, format!("{header}{redis}\n{busybox}\n{note}nginx=nginx:1\n"));
        let list = fixed(&format!("{header}nginx=nginx:1"), &["redis:1", "nginx:1", "busybox:1"]);
        assert_eq!(list, format!("{header}{redis}\n{note}nginx=nginx:1\n\n{busybox}"));
    }
    let list = fixed("\u{feff}nginx=nginx:1\n", &["redis:1", "nginx:1"]);
    assert!(list.ends_with(&format!("{redis}\n{note}nginx=nginx:1\n")), "{list}");

    // The note of a region, and that of the chart, above one line.
    let agent = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent:1";
    let by_region = agent.replace("us-west-2", "{{ .Values.region | default `us-west-2` }}");
    let workspace = Workspace::with_list(&format!("agent={agent}\n")).chart("web", &["redis:1", &by_region]);
    let workspace = workspace.file("web/values.yaml", "region: ''\n");
    workspace.run(&["check", "--fix"]);
    let notes = "# Agent (from local chart web:1.0.0)\n# Note: the registry of this image depends on the region; this one is for us-west-2\n";
    assert_eq!(workspace.read(LIST), format!("{redis}\n{notes}agent={agent}\n"));

    // Of two charts.
    let workspace = Workspace::with_list("agent=agent:1\nbox=box:1\n");
    let workspace = workspace.chart("app", &["redis:1", "agent:1"]).chart("edge", &["nginx:1", "box:1"]);
    workspace.run(&["check", "--fix"]);
    let notes =
        ["# Agent (from local chart app:1.0.0)\nagent=agent:1\n", "# Box (from local chart edge:1.0.0)\nbox=box:1\n"];
    let [redis, nginx] = [new("redis", "app"), new("nginx", "edge")];
    assert_eq!(workspace.read(LIST), format!("{redis}\n{}{}\n{nginx}", notes[0], notes[1]));
}

/// Nothing goes between an entry and the comments that speak of it above a blank line.
#[test]
fn a_comment_above_a_blank_line_keeps_its_entry() {
    let new = "# Redis (from local chart web:1.0.0)\n# Repository: redis\n# Tag: 7.2 (from chart template)\nredis=redis:7.2\n";
    let (nginx, image) = ("# Nginx (from local chart web:1.0.0)\nnginx=nginx:1\n", "quay.io/a/web:1");
    for comments in ["# Web\n", "# Frontend\n# Image: quay.io/a/web\n", "# It\n# Repository: quay.io/a/web\n"] {
        let parted = format!("{comments}\nweb={image}\n");
        let list = fixed(&format!("{parted}{nginx}"), &["redis:7.2", image, "nginx:1"]);
        assert!(list.starts_with(&format!("{comments}\n")) && list.ends_with(new), "{list}");
        let list = fixed(&format!("{nginx}{parted}"), &["nginx:1", "redis:7.2", image]);
        let (start, end) = list.split_once(new).unwrap();
        assert!(
            start.trim_end() == nginx.trim_end() && end.trim_start().starts_with(&format!("{comments}\n")),
            "{list}"
        );
    }
    // A header says nothing of an entry.
    let list = fixed(&format!("# Images\n\nweb={image}\n"), &["redis:7.2", image]);
    assert!(list.starts_with(&format!("# Images\n\n{new}")), "{list}");
}
