//! `check --fix` and `--diff`: what is written, what is not, and the laws of fixes on whole workspaces.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::cell::Cell;
use std::collections::BTreeMap;

use mirrorlint::fix::{Texts, View, settle};
use mirrorlint::lint::{Outlook, Safety, Settings, check, discover};
use mirrorlint::source::Sources;
use workspace::{Workspace, copy, fixture};

const LIST: &str = "tools/ecr-images.conf";

/// `RULE ENTRY` of the findings in a JSON report, and their fixes that are safe.
fn report(text: &str) -> (Vec<String>, usize) {
    let report: serde_json::Value = serde_json::from_str(text).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let safe = findings.iter().filter(|finding| finding["fixes"][0]["safety"] == "safe").count();
    (findings.iter().map(|finding| finding["key"].as_str().unwrap().to_owned()).collect(), safe)
}

/// What `--diff` prints for one changed list.
fn patch(before: &str, after: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    diff.unified_diff().context_radius(3).header(&format!("a/{LIST}"), &format!("b/{LIST}")).to_string()
}

#[test]
fn fixes_of_the_fixtures_keep_the_laws() {
    for name in ["hyperpod", "kitchen-sink"] {
        for flags in [&["--fix"][..], &["--fix", "--unsafe-fixes"]] {
            let workspace = Workspace::new();
            copy(&fixture(name), &workspace.path(""));
            let before = workspace.read(LIST);
            let (keys, _) = report(&workspace.run(&["check", "--format", "json"]).stdout);

            let shown = workspace.run(&[&["check", "--diff"], &flags[1..]].concat());
            assert_eq!((shown.code, workspace.read(LIST) == before), (1, true), "--diff writes nothing");

            let fixed = workspace.run(&[&["check", "--format", "json"], flags].concat());
            let after = workspace.read(LIST);
            assert_eq!(shown.stdout, patch(&before, &after), "--diff shows what --fix writes");

            let (left, safe) = report(&fixed.stdout);
            assert!(left.iter().all(|key| keys.contains(key)), "something new: {left:?}");
            assert_eq!(safe, 0, "all safe fixes were applied: {left:?}");
            assert!(left.len() < keys.len());

            let again = workspace.run(&[&["check", "--format", "json"], flags].concat());
            assert_eq!(workspace.read(LIST), after, "a second run changes nothing");
            assert_eq!(report(&again.stdout), report(&fixed.stdout).clone(), "what is reported is what is there");
            assert_eq!(workspace.run(&[&["check", "--diff"], &flags[1..]].concat()).code, 0);
        }
    }
}

#[test]
fn what_was_mended_is_said() {
    let list = "# Web (from local chart web:0.9.0)\n# Tag: 0\nweb=nginx:0\n";
    let workspace = || Workspace::with_list(list).chart("web", &["nginx:1"]);
    let run = |arguments: &[&str]| workspace().run(arguments);

    let human = run(&["check", "--fix"]);
    assert_eq!(human.code, 0, "nothing is left");
    assert!(
        human.stdout.contains("fixed tools/ecr-images.conf: wrong-source: web: Note web:1.0.0\n"),
        "{}",
        human.stdout
    );
    assert!(
        human.stdout.contains("fixed tools/ecr-images.conf: tag-mismatch: web: Set the tag to 1\n"),
        "{}",
        human.stdout
    );

    let json: serde_json::Value = serde_json::from_str(&run(&["check", "--fix", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["fixed"][0]["rule"], "wrong-source");
    assert_eq!(json["findings"].as_array().unwrap().len(), 0);

    let one = workspace();
    one.run(&["check", "--fix", "--select", "wrong-source"]);
    assert_eq!(one.read(LIST), list.replace("0.9.0", "1.0.0"), "rules that were not asked for mend nothing");
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    let workspace = || Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]);
    assert_eq!(workspace().run(&["check", "--fix", "--diff"]).code, 2);
    let alone = workspace().run(&["check", "--unsafe-fixes"]);
    assert!(alone.code == 2 && alone.stderr.contains("--fix|--diff"), "{}", alone.stderr);
}

#[test]
fn bytes_outside_of_the_edits_stay() {
    let block = "# Web (from local chart web:1.0.0)";
    let cases: BTreeMap<&str, String> = [
        ("\r\n", format!("{block}\r\nweb=nginx:0\r\n\r\n# end")),
        ("blanks", format!("{block}  \n\tweb=nginx:0   \n\n\n\n")),
        ("unicode", format!("# Bilder für den Spiegel ✓\n\n{block}\nweb=nginx:0\n")),
    ]
    .into();
    for (name, list) in cases {
        let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]);
        workspace.run(&["check", "--fix", "--select", "tag-mismatch"]);
        assert_eq!(workspace.read(LIST), list.replace("nginx:0", "nginx:1"), "{name}");
    }
}

/// A list in a submodule is somebody else's.
#[test]
fn files_of_others_are_written_only_on_demand() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:0\n";
    let workspace = Workspace::new().file(".git/HEAD", "").file("module/.git", "gitdir: ../.git/modules/module\n");
    let workspace = workspace.file("module/tools/ecr-images.conf", list).chart("web", &["nginx:1"]);
    let path = "module/tools/ecr-images.conf";
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!((run.code, workspace.read(path)), (1, list.to_owned()), "{}{}", run.stdout, run.stderr);
    let told = "module/tools/ecr-images.conf: not written, for it lies outside of the workspace or in a submodule";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    workspace.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(workspace.read(path), list.replace("nginx:0", "nginx:1"));
}

/// A script that names the old tag is told of afterwards; it keeps nothing from being mended.
#[test]
fn what_follows_is_no_harm() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:0\n";
    let workspace =
        Workspace::with_list(list).chart("web", &["nginx:1"]).file("tools/copy.sh", "docker pull nginx:0\n");
    let run = workspace.run(&["check", "--fix", "--format", "concise"]);
    assert_eq!(workspace.read(LIST), list.replace("nginx:0", "nginx:1"), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("tools/copy.sh:1:") && run.stdout.contains("stale-mention"), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_refused_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:0\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]);
    std::fs::set_permissions(workspace.path(LIST), std::fs::Permissions::from_mode(0o444)).unwrap();
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!((run.code, workspace.read(LIST)), (2, list.to_owned()));
    assert!(run.stderr.contains("read-only"), "{}", run.stderr);
    assert_eq!(std::fs::read_dir(workspace.path("tools")).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_dropped_entry_comes_back() {
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    workspace.run(&["check", "--fix"]);
    let right = workspace.read(LIST);
    let blocks: Vec<&str> = right.split("\n\n").collect();
    for dropped in 1..blocks.len() {
        let kept: Vec<&str> = (0..blocks.len()).filter(|at| *at != dropped).map(|at| blocks[at].trim_end()).collect();
        std::fs::write(workspace.path(LIST), kept.join("\n\n") + "\n").unwrap();
        let (keys, _) = report(&workspace.run(&["check", "--format", "json"]).stdout);
        assert_eq!(keys.len(), 2, "{keys:?}");
        assert!(keys[0].starts_with("missing-entry:"), "{keys:?}");
        let fixed = workspace.run(&["check", "--fix", "--format", "json"]);
        assert_eq!(report(&fixed.stdout).0, ["ambiguous-subchart:health-monitoring-agent"], "{}", workspace.read(LIST));
    }
}

/// Two fixes that write the same line: one of them is applied, and what has nothing to do with them.
#[test]
fn fixes_that_harm_each_other_leave_the_others_alone() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let deployed = [&format!("quay.io/a/x:1@{digest}")[..], "quay.io/a/x:1", "quay.io/b/y:2", "quay.io/c/z:3"];
    let workspace = Workspace::with_list("").chart("web", &deployed);
    workspace.run(&["check", "--fix"]);
    let list = workspace.read(LIST);
    for line in ["=quay.io/a/x:1\n", "=quay.io/b/y:2\n", "=quay.io/c/z:3\n"] {
        assert_eq!(list.matches(line).count(), 1, "{list}");
    }
}

/// What `--diff` prints can be applied where it was printed.
#[test]
fn a_patch_fits_the_current_folder() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:0\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]).file(".git/HEAD", "");
    let from = |folder: &str| workspace::run(&workspace.path(folder), &["check", "--diff"], &[]).stdout;
    assert!(from("").starts_with("--- a/tools/ecr-images.conf\n"), "{}", from(""));
    assert!(from("tools").starts_with("--- a/ecr-images.conf\n"), "{}", from("tools"));
    assert!(from("web").starts_with("--- a/tools/ecr-images.conf\n"), "{}", from("web"));
}

/// Who gives a reason for a note or a comment keeps it, whatever else is mended.
#[test]
fn what_somebody_wants_to_stay_stays() {
    let cases = [
        "# Web (from local chart web:0.9.0)\n# mirrorlint: allow wrong-source: the mirror keeps the old number\n",
        "# Web (from local chart web:1.0.0)\n# Tag: 7\n# mirrorlint: allow wrong-comment: their tag\n",
    ];
    for block in cases {
        let workspace = Workspace::with_list(&format!("{block}web=nginx:0\n")).chart("web", &["nginx:1"]);
        workspace.run(&["check", "--fix"]);
        assert_eq!(workspace.read(LIST), format!("{block}web=nginx:1\n"));
        assert_eq!(workspace.findings(), Vec::<String>::new());
    }
}

/// An image of the first dependency goes before the entries of the others, not into the file's header.
#[test]
fn a_new_first_entry_stands_first() {
    let list = "# What we mirror\n\n# Bee (from local chart b:1.0.0)\nbee=quay.io/x/bee:1\n";
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n\
                    - {name: a, version: 1.0.0}\n- {name: b, version: 1.0.0}\n";
    let with = |list: &str| {
        Workspace::with_list(list)
            .file("web/Chart.yaml", metadata)
            .chart("web/charts/a", &["quay.io/x/ant:1"])
            .chart("web/charts/b", &["quay.io/x/bee:1"])
    };
    let block = "# Ant (from local chart a:1.0.0)\n# Repository: quay.io/x/ant\n# Tag: 1 (from chart template)\nant=quay.io/x/ant:1\n";
    let workspace = with(list);
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let (header, rest) = list.split_at(list.find("# Bee").unwrap());
    assert_eq!(workspace.read("tools/ecr-images.conf"), format!("{header}{block}\n{rest}"));
    let fixed = |list: &str| {
        let workspace = with(list);
        workspace.run(&["check", "--fix", "--select", "missing-entry"]);
        workspace.read("tools/ecr-images.conf")
    };
    for top in [rest, "bee=quay.io/x/bee:1\n", "\u{feff}# Bee (from local chart b:1.0.0)\nbee=quay.io/x/bee:1\n"] {
        let (mark, first) = if top.starts_with('\u{feff}') { top.split_at(3) } else { ("", top) };
        assert_eq!(fixed(top), format!("{mark}{block}\n{first}"));
    }
    // What stands on top of the note may speak of the whole file.
    let glued = format!("# What we mirror\n{rest}");
    assert_eq!(fixed(&glued), format!("{glued}\n{block}"));
}

/// What is inserted while the line endings are mended ends as all lines do.
#[test]
fn one_kind_of_line_ending_is_left() {
    let list = "web=nginx:1\r\n\r\n# Sidecar (from local chart web:1.0.0)\r\nsidecar=quay.io/acme/sidecar:1 # why\r\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1", "quay.io/acme/sidecar:1", "redis:7"]);
    let run = workspace.run(&["check", "--fix"]);
    let fixed = workspace.read("tools/ecr-images.conf");
    assert!(run.code == 0 && fixed.contains("redis=redis:7\n") && fixed.contains("(from local chart web:1.0.0)\nweb="));
    assert!(!fixed.contains('\r'), "{fixed:?}");
}

/// Blocks in an empty list are parted as elsewhere.
#[test]
fn an_empty_list_gets_parted_blocks() {
    let workspace = Workspace::with_list("").chart("web", &["nginx:1", "redis:7"]);
    workspace.run(&["check", "--fix"]);
    let fixed = workspace.read("tools/ecr-images.conf");
    assert!(fixed.starts_with("# Nginx ") && fixed.contains("nginx=nginx:1\n\n# Redis "), "{fixed}");
}

/// What `--fix` adds is parted as a careful hand would: nothing is glued, no blank line is doubled or left behind.
#[test]
fn new_entries_are_parted_as_others_are() {
    let entry = |name: &str| {
        let chart = &name[..1];
        let image = format!("quay.io/x/{name}");
        format!(
            "# {} (from local chart {chart}:1.0.0)\n# Repository: {image}\n# Tag: 1 (from chart template)\n{name}={image}:1\n",
            name.to_uppercase()
        )
    };
    let [a1, a2, b1, b2, c1] = ["a1", "a2", "b1", "b2", "c1"].map(entry);
    let operand = "# Helper (from local chart a:1.0.0)\n# Repository: quay.io/x/helper\n# Tag: 9 (from chart template)\n\
                   # Note: operand, env HELPER_IMAGE\nhelper=quay.io/x/helper:9\n";
    let whole = [&a1, &a2, operand, &b1, &b2, &c1].join("\n");
    let loose = whole.replace("\n\n", "\n\n\n");
    let cases = [
        (String::new(), whole.clone()),
        ("\n\n".to_owned(), whole.clone()),
        ("\u{feff}".to_owned(), whole.clone()),
        ("# head".to_owned(), format!("# head\n\n{whole}")),
        ("# head\n\n".to_owned(), format!("# head\n\n{whole}")),
        (format!("# head\n\n{a1}\n{c1}\n# end\n"), format!("# head\n\n{whole}\n# end\n")),
        (format!("# head\n\n{a1}\n{c1}").trim_end().to_owned(), format!("# head\n\n{whole}")),
        (format!("# head\n\n\n{a1}\n\n{c1}"), format!("# head\n\n\n{loose}")),
        (format!("# head\n\n{b2}\n{c1}"), format!("# head\n\n{whole}")),
        (format!("# head\n\n{a2}{b1}{c1}"), format!("# head\n\n{}", whole.replace("\n\n", "\n"))),
        // Sections keep what is theirs.
        (
            format!("# == A\n\n{a2}\n\n# == B\n\n{b2}\n\n# == C\n\n{c1}"),
            format!("# == A\n\n{a1}\n{a2}\n{operand}\n\n# == B\n\n{b1}\n{b2}\n\n# == C\n\n{c1}"),
        ),
        (
            format!("# == A\n{a1}\n{a2}\n{operand}\n# == B\n{b2}\n# == C\n{c1}"),
            format!("# == A\n{a1}\n{a2}\n{operand}\n# == B\n{b2}\n{b1}\n# == C\n{c1}"),
        ),
    ];
    for (list, fixed) in cases {
        let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: a, version: 1.0.0}\n\
                        - {name: b, version: 1.0.0}\n- {name: c, version: 1.0.0}\n";
        let helper = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: p, image: quay.io/x/a1:1, env: \
                      [{name: HELPER_IMAGE, value: 'quay.io/x/helper:9'}]}\n";
        let workspace = Workspace::with_list(&list)
            .file("app/Chart.yaml", metadata)
            .chart("app/charts/a", &["quay.io/x/a1:1", "quay.io/x/a2:1"])
            .chart("app/charts/b", &["quay.io/x/b1:1", "quay.io/x/b2:1"])
            .chart("app/charts/c", &["quay.io/x/c1:1"])
            .file("app/charts/a/templates/p.yaml", helper);
        let run = workspace.run(&["check", "--fix"]);
        assert_eq!(workspace.read(LIST), fixed, "of {list:?}: {}", run.text());
    }
}

/// A tag that Helm has spoilt is not listed: quoting the number is what mends it.
#[test]
fn a_spoilt_number_is_not_listed() {
    let workspace = Workspace::with_list("# What we mirror\n")
        .chart("web", &["quay.io/acme/web:{{ .Values.tag }}"])
        .file("web/values.yaml", "tag: 1.20\n");
    workspace.run(&["check", "--fix"]);
    assert_eq!(workspace.read("tools/ecr-images.conf"), "# What we mirror\n");
    let workspace = workspace.file("web/values.yaml", "tag: \"1.20\"\n");
    workspace.run(&["check", "--fix"]);
    assert!(workspace.read("tools/ecr-images.conf").contains("web=quay.io/acme/web:1.20\n"));
}

/// What a later round mends is no harm of an earlier one: a number that is quoted makes another image, which is listed then.
#[test]
fn what_a_later_round_mends_is_no_harm() {
    let workspace = Workspace::with_list("# What we mirror\n")
        .chart("web", &["quay.io/acme/web:{{ .Values.tag }}"])
        .file("web/values.yaml", "tag: 1.20\n");
    let run = workspace.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.text());
    assert_eq!(workspace.read("web/values.yaml"), "tag: \"1.20\"\n");
    assert!(workspace.read(LIST).contains("\nweb=quay.io/acme/web:1.20\n"));

    // Without the rule that lists it, quoting would leave it missing.
    let workspace = workspace.file("web/values.yaml", "tag: 1.20\n").file(LIST, "# What we mirror\n");
    let run = workspace.run(&["check", "--fix", "--unsafe-fixes", "--ignore", "missing-entry"]);
    assert_eq!(workspace.read("web/values.yaml"), "tag: 1.20\n");
    assert!(run.stderr.contains("not applied: Write \"1.20\"; it would leave missing-entry: "), "{}", run.stderr);
}

/// Who lists the first image of a region opens that region, where others were missing all along.
#[test]
fn a_region_that_a_fix_opens_shows_what_was_true_before() {
    let host = |region: &str| format!("602401143452.dkr.ecr.{region}.amazonaws.com");
    let regional = format!("{}/eks/regional:latest", host("{{ .Values.region }}"));
    let agent = format!("{}/eks/agent:1.27.1", host("us-west-2"));
    let workspace = Workspace::with_list("").chart("app", &[&agent, &regional]).file("app/values.yaml", "region: ''\n");
    let run = workspace.run(&["check", "--fix", "--format", "concise"]);
    assert!(workspace.read(LIST).ends_with(&format!("\nagent={agent}\n")), "{}", run.stderr);
    assert!(!run.stderr.contains("not applied"), "{}", run.stderr);
    assert!(run.stdout.contains("error[missing-entry]"), "{}", run.stdout);
}

/// What a region changes is written as it is there, and what serves there stays.
#[test]
fn a_fix_that_opens_a_region_goes_first() {
    let agent = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent:1";
    let nginx = "{{ if eq .Values.region `us-west-2` }}nginx:2{{ else }}nginx:1{{ end }}";
    let web = "quay.io/{{ .Values.region | default `none` }}/web:1";
    let note = "# Nginx (from local chart app:1.0.0)\n";
    let allow = "# mirrorlint: allow tag-mismatch: kept for the old nodes\n";
    for (list, left) in [
        (format!("{note}nginx=nginx:0\n"), "\nnginx=nginx:2\n"),
        (format!("{note}{allow}nginx=nginx:1\n"), "\nnginx=nginx:1\n"),
    ] {
        let workspace = Workspace::with_list(&list).chart("app", &[agent, nginx, web]);
        let workspace = workspace.file("app/values.yaml", "region: ''\n");
        let run = workspace.run(&["check", "--fix", "--format", "concise"]);
        let fixed = workspace.read(LIST);
        assert_eq!((run.code, run.text().as_str()), (0, ""), "{fixed}");
        assert_eq!(fixed.contains(allow), list.contains(allow), "{fixed}");
        assert!(fixed.contains(left) && fixed.contains("\nweb=quay.io/us-west-2/web:1\n"), "{fixed}");
        assert!(!fixed.contains("default values"), "{fixed}");
    }
    let workspace = Workspace::new().chart("app", &[nginx, agent]).file("app/values.yaml", "region: ''\n");
    let new = workspace.run(&["init"]).stdout;
    assert!(new.contains("\nnginx=nginx:2\n") && !new.contains("default values"), "{new}");
}

/// The first entry of a region leaves no chart out.
#[test]
fn a_region_is_opened_for_all_charts() {
    let by_region = |name: &str| format!("quay.io/{{{{ .Values.region | default `none` }}}}/{name}:1");
    let [agent, first, second] = [
        "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent:1".to_owned(),
        by_region("first"),
        by_region("second"),
    ];
    for other in [&["redis:1", &second][..], &[second.as_str()]] {
        let workspace = Workspace::new().chart("app", &[&agent, &first]).chart("other", other);
        let workspace = workspace.file("app/values.yaml", "region: ''\n").file("other/values.yaml", "region: ''\n");
        let new = workspace.run(&["init"]).stdout;
        let workspace = workspace.file(LIST, "");
        workspace.run(&["check", "--fix"]);
        for text in [new, workspace.read(LIST)] {
            let names =
                ["first", "second"].map(|name| text.contains(&format!("\n{name}=quay.io/us-west-2/{name}:1\n")));
            assert!(names == [true; 2] && text.contains(&agent), "{text}");
        }
    }
}

/// What a region changes is written as it is in those that the list will name, whatever it names so far.
#[test]
fn a_region_that_goes_is_none_to_list_for() {
    let agent = |region: &str| format!("602401143452.dkr.ecr.{region}.amazonaws.com/eks/agent:1");
    let web = "quay.io/{{ .Values.region | default `none` }}/web:1";
    let nginx = "{{ if eq .Values.region `us-west-2` }}nginx:2{{ else }}nginx:1{{ end }}";
    let note = "(from local chart app:1.0.0)";
    let (wrong, right) = (agent("eu-west-1"), agent("us-west-2"));
    // What serves where the list will be stays.
    for (listed, left) in [("nginx:0", "nginx:2"), ("nginx:2", "nginx:2"), ("nginx:1", "nginx:2")] {
        let list = format!("# Nginx {note}\nnginx={listed}\n\n# Agent {note}\nagent={wrong}\n");
        let workspace = Workspace::with_list(&list).chart("app", &[nginx, &right, web]);
        let workspace = workspace.file("app/values.yaml", "region: ''\n");
        let run = workspace.run(&["check", "--fix", "--unsafe-fixes"]);
        let fixed = workspace.read(LIST);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}{fixed}", run.stdout);
        assert!(
            fixed.contains(&format!("\nnginx={left}\n")) && fixed.contains(&format!("\nagent={right}\n")),
            "{fixed}"
        );
        assert!(fixed.contains("\nweb=quay.io/us-west-2/web:1\n") && !fixed.contains("eu-west-1"), "{fixed}");
    }
}

/// A fix that would make the list name a region in which it is wrong is none, and keeps no other from being made.
#[test]
fn a_region_in_which_a_fix_is_wrong_is_not_named() {
    let agent = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent:1";
    let agent = format!("{{{{ if .Values.region }}}}nginx:1{{{{ else }}}}{agent}{{{{ end }}}}");
    let web = "quay.io/{{ .Values.region | default `none` }}/web:1";
    let workspace = Workspace::with_list("").chart("app", &[&agent, web]).file("app/values.yaml", "region: ''\n");
    let run = workspace.run(&["check", "--fix"]);
    assert!(workspace.read(LIST).ends_with("\nweb=quay.io/none/web:1\n"), "{}", workspace.read(LIST));
    let told = "not applied: List it as `agent`; it would leave ";
    assert!(run.code == 1 && run.stderr.contains(told), "{}", run.stderr);
    workspace.run(&["check", "--fix"]);
    assert!(!workspace.read(LIST).contains("agent"), "{}", workspace.read(LIST));
}

/// A region under which a chart cannot be rendered would hide what is wrong with the chart.
#[test]
fn a_region_that_hides_a_chart_is_not_named() {
    let agent = "602401143452.dkr.ecr.us-west-2.amazonaws.com/agent:1";
    let refused = "{{ if has .Values.region (list `` `eu-west-1` `us-east-1`) }}redis:8{{ else }}{{ fail `no such region` }}{{ end }}";
    let list = "# Redis (from local chart web:1.0.0)\n# mirrorlint: allow tag-mismatch: later\nredis=redis:7\n\n\
                # Helper (from local chart agent:1.0.0)\nhelper=quay.io/acme/helper:1\n";
    let workspace = Workspace::with_list(list).chart("web", &[refused]).file("web/values.yaml", "region: ''\n");
    let workspace = workspace.chart("agent", &[agent, "quay.io/acme/helper:1"]);
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!((run.code, workspace.read(LIST).as_str()), (1, list), "{}", run.text());
    let told =
        "missing-entry: not applied: List it as `agent`; it would leave unrenderable-chart: Helm would refuse web: ";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert_eq!(workspace.run(&["check", "--diff"]).stdout, "");

    // Where it hides nothing, the region is named.
    let workspace = workspace.file("web/values.yaml", "region: eu-west-1\n");
    let run = workspace.run(&["check", "--fix"]);
    assert!(run.code == 0 && workspace.read(LIST).contains(agent), "{}", run.text());
}

/// Which of an image's variants is listed does not depend on the regions that are named for the first time with it.
#[test]
fn an_image_is_listed_in_the_region_that_check_says() {
    let efa = |region: &str| format!("602401143452.dkr.ecr.{region}.amazonaws.com/eks/efa:1");
    let accounts = [("eu-west-1", "111122223333"), ("us-east-1", "767398015722"), ("us-west-2", "905418368575")];
    let agents: Vec<String> =
        accounts.iter().map(|(region, account)| format!("{account}.dkr.ecr.{region}.amazonaws.com/agent:1")).collect();
    let known: String = accounts.iter().map(|(region, account)| format!("`{region}` `{account}` ")).collect();
    let own = |default: &str| {
        let region = format!("(.Values.region | default `{default}`)");
        format!("{{{{ index (dict {known}) {region} }}}}.dkr.ecr.{{{{ {region} }}}}.amazonaws.com/agent:1")
    };
    let note = "# Side (from local chart agent:1.0.0)\nside=quay.io/acme/side:1\n";
    let regional =
        format!("{note}\n# Plug (from local chart agent:1.0.0)\nplug={}\n", efa("us-west-2").replace("efa", "plug"));
    for (list, literal, default) in [
        (note, "us-east-1", "us-west-2"),
        (note, "us-west-2", "us-east-1"),
        (note, "eu-west-1", "us-west-2"),
        (regional.as_str(), "us-east-1", "eu-west-1"),
    ] {
        let (efa, plug) = (efa(literal), efa("us-west-2").replace("efa", "plug"));
        let workspace = Workspace::with_list(list)
            .chart("agent", &[&own(default), "quay.io/acme/side:1", &efa, &plug][..if list == note { 3 } else { 4 }]);
        let workspace = workspace.file("agent/values.yaml", "region: ''\n");
        let missing = workspace.findings();
        let said: Vec<&String> =
            agents.iter().filter(|agent| missing.iter().any(|told| told.contains(*agent))).collect();
        let [agent] = said.as_slice() else { panic!("{missing:?}") };
        let run = workspace.run(&["check", "--fix"]);
        let fixed = workspace.read(LIST);
        assert_eq!((run.code, workspace.findings()), (0, Vec::new()), "{}{fixed}", run.text());
        assert!(fixed.contains(&format!("\nagent={agent}\n")) && fixed.contains(&format!("={efa}\n")), "{fixed}");
    }
}

/// A region that an entry leaves for another one is lost by no deletion of a third entry.
#[test]
fn a_region_that_was_left_keeps_no_entry() {
    let template = "{{- $region := .Values.region | default `us-east-1` }}\n\
                    {{- $accounts := dict `us-west-2` `905418368575` `eu-west-1` `111122223333` }}\n";
    let images = [
        "{{ index $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/agent:1.0",
        "602401143452.dkr.ecr.{{ $region }}.amazonaws.com/eks/side:2.0",
    ];
    let entry =
        |name: &str, image: &str| format!("# {name} (from local chart agent:1.0.0)\n# Note: by region\n{image}\n");
    let side = entry("Side", "side=602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/side:2.0");
    let agent = |host: &str| entry("Agent", &format!("agent={host}.amazonaws.com/agent:1.0"));
    let gone = entry("Gone", "gone=602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/gone:1.0");
    let list = format!("{}\n{side}\n{gone}", agent("767398015722.dkr.ecr.us-east-1"));
    let workspace = Workspace::with_list(&list).chart("agent", &[]).file("agent/values.yaml", "region: ''\n");
    let workspace =
        workspace.file("agent/templates/agent.yaml", format!("{template}{}", workspace::pod("agent", &images)));
    let run = workspace.run(&["check", "--fix", "--unsafe-fixes"]);
    let fixed = format!("{}\n{side}", agent("111122223333.dkr.ecr.eu-west-1"));
    assert_eq!((run.code, run.stderr.as_str(), workspace.read(LIST)), (0, "", fixed), "{}", run.stdout);
}

/// However many regions there are, all of it is done in one run.
#[test]
fn every_region_is_opened() {
    let images: Vec<String> =
        ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3"]
            .into_iter()
            .chain(["eu-north-1", "sa-east-1", "ap-south-1", "ca-central-1", "eu-central-1"])
            .map(|region| format!("602401143452.dkr.ecr.{region}.amazonaws.com/eks/agent-{region}:1"))
            .collect();
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let workspace = Workspace::with_list("").chart("app", &images);
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!((run.code, workspace.read(LIST).matches("\nagent-").count()), (0, images.len()), "{}", run.text());
}

/// Without its only entry of a region a list would be judged otherwise.
#[test]
fn no_fix_takes_a_region_away() {
    let nginx = "{{ if eq .Values.region `us-west-2` }}nginx:2{{ else }}nginx:1{{ end }}";
    let list = "# Nginx (from local chart app:1.0.0)\n# Note: regional\nnginx=nginx:2\n\n# Old (from local chart app:1.0.0)\n\
                old=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/old:1\n";
    for (image, is_taken) in [(nginx, true), ("nginx:2", false)] {
        let workspace = Workspace::with_list(list).chart("app", &[image]).file("app/values.yaml", "region: ''\n");
        let run = workspace.run(&["check", "--fix", "--unsafe-fixes"]);
        assert_eq!(workspace.read(LIST) == list, is_taken, "{}", run.text());
        let told = "not applied: Delete `old`; it would leave us-west-2 out of what the list is held against; \
                    .mirrorlint.yaml can name its scenarios\n";
        assert_eq!(run.stderr.ends_with(told), is_taken, "{}", run.stderr);
    }
}

/// A root chart without images is no loss; one with some is told once for all notes, and found at once.
#[test]
fn notes_that_leave_a_chart_out() {
    let images: Vec<String> = (0..100).map(|number| format!("quay.io/x/image-{number}:1")).collect();
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let entry = |image: &&str| format!("{}={image}\n\n", &image[10..image.len() - 2]);
    let list: String = images.iter().map(entry).collect();
    let of_other: [&[&str]; 3] = [&[], &["quay.io/x/late:latest"], &["quay.io/x/image-7:1"]];
    for other in of_other {
        let workspace = Workspace::with_list(&list).chart("app", &images).chart("other", other);
        let found = discover(&workspace.path("")).unwrap();
        let checks = Cell::new(0);
        let look = |texts: &Texts, outlook: &Outlook| {
            checks.set(checks.get() + 1);
            let mut sources = Sources::new();
            texts.iter().for_each(|(path, text)| sources.overlay(path, text));
            let settings = Settings { outlook: outlook.clone(), ..Settings::default() };
            let checked = check(&sources, &found, &settings)?;
            Ok(View { sources, checked })
        };
        settle(look, |_, finding| finding.fixes.iter().find(|fix| fix.safety == Safety::Safe).cloned()).unwrap();
        assert!(checks.get() < 12, "{} checks", checks.get());
        let run = workspace.run(&["check", "--fix"]);
        let told = "undocumented-source: not applied: image-0: Write `(from local chart app:1.0.0)`, and 99 other fixes; they would leave \
                    other:1.0.0 out of what the list is held against; .mirrorlint.yaml can name its charts\n";
        let is_told = run.stderr.lines().count() == 1 && run.stderr.ends_with(told);
        assert_eq!((is_told, workspace.read(LIST) == list), (!other.is_empty(), !other.is_empty()), "{}", run.stderr);
    }
}

/// A note that names a subchart which two root charts have makes the other one the list's own.
#[test]
fn a_note_brings_no_chart_whose_images_are_missing() {
    let list = "# Web (from local chart app:1.0.0)\nweb=quay.io/x/web:1\n\nsub=quay.io/x/sub:1\n";
    let with = |other: &[&str]| {
        let workspace = Workspace::with_list(list).chart("app", &["quay.io/x/web:1"]).chart("twin", other);
        workspace.chart("app/charts/sub", &["quay.io/x/sub:1"]).chart("twin/charts/sub", &["quay.io/x/sub:1"])
    };
    let workspace = with(&["quay.io/x/other:1"]);
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!(workspace.read(LIST), list, "{}", run.text());
    assert!(
        run.stderr.contains("it would leave missing-entry: quay.io/x/other:1 is not listed, but twin:1.0.0 deploys it"),
        "{}",
        run.stderr
    );
    let workspace = with(&["quay.io/x/web:1"]);
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!((run.code, workspace.findings()), (0, Vec::new()), "{}", workspace.read(LIST));
}

#[test]
fn a_digest_goes_with_its_tag_and_a_port_is_told_before_and_after() {
    let image = "registry.example.org:5000/acme/tool";
    let list = format!("# Tool (from local chart app:1.0.0)\ntool={image}:1@sha256:{}\n", "f1".repeat(32));
    let workspace = Workspace::with_list(&list).chart("app", &[&format!("{image}:1.27.1")]);
    let rules = || {
        let found = workspace.findings();
        found.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rules(), ["tag-mismatch", "reader-disagreement"]);
    let run = workspace.run(&["check", "--fix"]);
    assert!(workspace.read(LIST).ends_with(&format!("\ntool={image}:1.27.1\n")), "{}", run.stderr);
    assert_eq!(rules(), ["reader-disagreement"]);
}

/// A name that is listed twice: one finding says which of the two goes; what fixes write to the other stays.
#[test]
fn a_doubled_name_is_left_to_people() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n# Old (from local chart web:1.0.0)\nweb=redis:7\n";
    for (deployed, superfluous) in [("nginx:1", "redis:7"), ("redis:7", "nginx:1")] {
        let workspace = Workspace::with_list(list).chart("web", &[deployed]);
        let run = workspace.run(&["check", "--fix", "--unsafe-fixes", "--format", "concise"]);
        assert_eq!((run.code, workspace.read(LIST).as_str()), (1, list), "{}", run.text());
        assert!(run.stdout.ends_with(&format!("Delete {superfluous}, which no chart deploys\n")), "{}", run.stdout);
        assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    }
}

/// The registry that the copy fills is no source to copy from.
#[test]
fn the_private_registry_is_listed_by_no_fix() {
    let list = "# Server (from local chart web:1.0.0)\nserver=quay.io/acme/server:1\n";
    let workspace = Workspace::with_list(list).chart("web", &["111122223333.dkr.ecr.us-west-2.amazonaws.com/web:1"]);
    let run = workspace.run(&["check", "--fix", "--unsafe-fixes", "--format", "concise"]);
    assert_eq!((run.code, workspace.read(LIST).as_str()), (1, list), "{}", run.text());
    assert!(run.stdout.contains("repository-mismatch") && run.stdout.contains("If that is your own registry"));
}

/// What documents the tag names the chart's version, too: it goes with the fix.
#[test]
fn versions_behind_a_tag_go_with_it() {
    let list = |version: &str, tag: &str| {
        format!(
            "# Web (from local chart web:{version})\n# Tag: {tag} (from chart web:{version} values.yaml)\nweb=acme/web:{tag}\n"
        )
    };
    for (old, tag) in [("0.9.0", "0.5"), ("0.9.0", "1.5")] {
        let workspace = Workspace::with_list(&list(old, tag))
            .chart("web", &["acme/web:{{ .Values.tag }}"])
            .file("web/values.yaml", "tag: \"1.5\"\n");
        let run = workspace.run(&["check", "--fix"]);
        assert_eq!((run.code, workspace.read(LIST)), (0, list("1.0.0", "1.5")), "{}", run.text());
    }
}

/// New entries look like the others.
#[test]
fn new_entries_are_written_as_the_others() {
    let cases = [
        (
            "#Web (from local chart web:1.0.0)\n#Tag:1\n#Repository:nginx\nweb=nginx:1\n",
            "\n#Redis (from local chart web:1.0.0)\n#Tag:7 (from chart template)\n#Repository:redis\nredis=redis:7\n",
        ),
        (
            "\n## ----\n## Web (from local chart web:1.0.0)\n## ----\n## リポジトリ：nginx\n## タグ：1\nweb=nginx:1\n",
            "\n## ----\n## Redis (from local chart web:1.0.0)\n## ----\n## リポジトリ：redis\n## タグ：7 (from chart template)\nredis=redis:7\n",
        ),
        (
            "# Web (from local chart web:1.0.0)\n#  - Tag: 1\n#  - Repository: nginx\nweb=nginx:1\n",
            "\n# Redis (from local chart web:1.0.0)\n#  - Tag: 7 (from chart template)\n#  - Repository: redis\nredis=redis:7\n",
        ),
        (
            "# (from local chart web:1.0.0) Repository: nginx, Tag: 1\nweb=nginx:1\n",
            "\n# Redis (from local chart web:1.0.0) Repository: redis, Tag: 7 (from chart template)\nredis=redis:7\n",
        ),
    ];
    for (list, added) in cases {
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1", "redis:7"]);
        let run = workspace.run(&["check", "--fix"]);
        assert_eq!((run.code, workspace.read(LIST)), (0, format!("{list}{added}")), "{}", run.text());
    }
}

#[cfg(unix)]
#[test]
fn a_list_that_cannot_be_written_keeps_no_other_from_being_mended() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    let workspace = Workspace::with_list(list).file("other/ecr-images.conf", list).chart("web", &["nginx:2"]);
    let locked = workspace.path("other/ecr-images.conf");
    let mut permissions = std::fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&locked, permissions).unwrap();
    let run = workspace.run(&["check", "--fix", "--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(workspace.read("tools/ecr-images.conf").contains("web=nginx:2\n"));
    assert_eq!(workspace.read("other/ecr-images.conf"), list);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let left: Vec<_> = report["findings"].as_array().unwrap().iter().map(|found| &found["location"]["path"]).collect();
    assert_eq!(left, ["other/ecr-images.conf"]);
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("read-only"), "{report}");
}

#[test]
fn what_a_version_was_built_of_stays_in_a_note() {
    for version in ["1.0.0+b1", "v1.0.0", "1.0.0"] {
        let list = |tag: &str| format!("# Web (from local chart web:{version})\nweb=nginx:{tag}\n");
        let workspace = Workspace::with_list(&list("1")).chart("web", &["nginx:2"]);
        assert_eq!(workspace.fixed("tag-mismatch"), list("2"));
    }
}

#[test]
fn comments_of_a_stale_entry_are_left_alone() {
    let list = "# Agent (from local chart web:1.0.0)\n# Repository: quay.io/acme/agent\n# Tag: 1.2\nagent-x=quay.io/acme/agnt:1.3\n\n\
                # Agent (from local chart web:1.0.0)\nagent=quay.io/acme/agent:1.2\n";
    let workspace = Workspace::with_list(list).chart("web", &["quay.io/acme/agent:1.2"]);
    let findings = workspace.findings();
    assert!(findings.len() == 1 && findings[0].contains("stale-entry"), "{findings:?}");
}
