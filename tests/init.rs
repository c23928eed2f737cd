//! `init` and `plan`: a list from the charts alone, and what the copy script, under real bash, makes of lists.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::process::Command;

use workspace::{Workspace, copy, fixture};

const LIST: &str = "tools/ecr-images.conf";

/// The fixture without its list, and without the packaged subchart that makes it ambiguous.
fn charts_alone() -> Workspace {
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    std::fs::remove_dir_all(workspace.path("tools")).unwrap();
    let charts = "sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts";
    std::fs::remove_file(workspace.path(&format!("{charts}/health-monitoring-agent-0.1.0.tgz"))).unwrap();
    workspace
}

#[test]
fn a_new_list_is_clean() {
    let workspace = charts_alone();
    let region = ["--region", "us-west-2"];
    let printed = workspace.run(&[&["init"], &region[..]].concat());
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    let written = workspace.run(&[&["init", "--output", LIST], &region[..]].concat());
    assert_eq!((written.code, written.stdout.as_str()), (0, ""));
    assert_eq!(workspace.read(LIST), printed.stdout, "both ways give one list");
    let check = workspace.run(&["check"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
    assert_eq!(workspace.findings(), Vec::<String>::new());

    let plain = workspace.run(&["init", "--format", "plain", "--region", "us-west-2", "-o", "images.txt"]);
    assert_eq!(plain.code, 0, "another file was asked for: {}", plain.stderr);
    let images: Vec<&str> = printed.stdout.lines().filter(|line| !line.starts_with('#')).collect();
    let images = images.iter().filter_map(|line| line.split_once('=')).map(|(_, image)| image);
    let mut images: Vec<&str> = images.collect();
    assert_eq!(workspace.read("images.txt").lines().collect::<Vec<_>>(), images);
    images.sort_unstable();
    assert_eq!(workspace.run(&["images", "--format", "plain"]).stdout.lines().collect::<Vec<_>>(), images);
}

/// Whichever entry is lost, `--fix` puts it back where it stood.
#[test]
fn a_lost_entry_comes_back_in_its_place() {
    for name in ["hyperpod", "kitchen-sink", "umbrellas"] {
        let workspace = Workspace::new();
        copy(&fixture(name), &workspace.path(""));
        let _ = std::fs::remove_file(workspace.path(LIST));
        // The region is what the other entries name.
        let whole = workspace.run(&["init", "--region", "us-west-2"]).stdout;
        let (header, entries) = whole.split_once("\n\n").unwrap();
        let blocks: Vec<&str> = entries.trim_end().split("\n\n").collect();
        assert!(blocks.len() > 5, "{whole}");
        for lost in 0..blocks.len() {
            let kept = blocks.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, block)| *block);
            let kept: Vec<&str> = std::iter::once(header).chain(kept).collect();
            std::fs::create_dir_all(workspace.path("tools")).unwrap();
            std::fs::write(workspace.path(LIST), kept.join("\n\n") + "\n").unwrap();
            workspace.run(&["check", "--fix", "--unsafe-fixes", "--select", "missing-entry,missing-operand"]);
            assert_eq!(workspace.read(LIST), whole, "without {}", blocks[lost]);
        }
    }
}

/// New notes call the values of a chart as the other entries do, if that is true of another chart as well.
#[test]
fn a_new_entry_calls_the_place_of_its_tag_as_the_others_do() {
    for name in ["mpi-operator", "aws-cli"] {
        let workspace = Workspace::new();
        copy(&fixture("hyperpod"), &workspace.path(""));
        let whole = workspace.read(LIST);
        let block = whole.split("\n\n").find(|block| block.contains(&format!("\n{name}="))).unwrap();
        let lines: Vec<&str> = block.trim_end().lines().collect();
        let workspace = workspace.file(LIST, whole.replace(&format!("\n{}\n", lines.join("\n")), ""));
        workspace.run(&["check", "--fix", "--select", "missing-entry"]);
        let written = format!("{}\n", lines[lines.len() - 2..].join("\n"));
        assert!(written.contains("(from local chart values.yaml)"), "{written}");
        assert!(workspace.read(LIST).contains(&written), "{}", workspace.read(LIST));
    }
    let words = |said: &str| {
        let list =
            format!("# Nginx (from local chart web:1.0.0)\n# Repository: nginx\n# Tag: 1{said}\nnginx=nginx:1\n");
        let workspace = Workspace::with_list(&list)
            .chart("web", &["{{ .Values.one }}", "{{ .Values.other }}"])
            .file("web/values.yaml", "one: nginx:1\nother: redis:7\n");
        workspace.run(&["check", "--fix", "--select", "missing-entry"]);
        let written = workspace.read(LIST);
        written.lines().find_map(|line| line.strip_prefix("# Tag: 7")).unwrap().to_owned()
    };
    assert_eq!(words(" (from the chart's values file)"), " (from the chart's values file)");
    for none in ["", " (as ever)", " (from chart template)", " (from web values)", " (from web:1.0.0 values.yaml)"] {
        assert_eq!(words(none), " (from chart values)", "{none}");
    }
}

#[test]
fn a_list_that_is_there_is_left_alone() {
    let workspace = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]);
    for arguments in [&["init"][..], &["init", "--output", LIST]] {
        let run = workspace.run(arguments);
        assert_eq!((run.code, workspace.read(LIST).as_str()), (2, "web=nginx:1\n"));
        assert!(run.stderr.contains("`mirrorlint check --fix` brings it up to date"), "{}", run.stderr);
    }
    // What is only printed is in nobody's way.
    let nginx =
        "# Nginx (from local chart web:1.0.0)\n# Repository: nginx\n# Tag: 1 (from chart template)\nnginx=nginx:1\n";
    for (arguments, printed) in [
        (&["init", "--output", "-"][..], nginx),
        (&["init", "--chart", "web"], nginx),
        (&["init", "--format", "plain"], "nginx:1\n"),
    ] {
        let run = workspace.run(arguments);
        assert_eq!((run.code, workspace.read(LIST).as_str()), (0, "web=nginx:1\n"), "{}", run.stderr);
        assert!(run.stdout.ends_with(printed), "{}", run.stdout);
    }
    assert!(!workspace.path("-").exists());
}

#[test]
fn what_keeps_a_new_list_from_being_whole_is_said() {
    let workspace = Workspace::new().chart("web", &["nginx:1", "redis:latest"]);
    let run = workspace.run(&["init"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.ends_with("nginx=nginx:1\n"), "{}", run.stdout);
    assert!(run.stderr.contains("redis:latest") && run.stderr.contains("Its tag moves"), "{}", run.stderr);
}

#[test]
fn findings_that_leave_the_list_whole_are_told_and_no_failure() {
    let pinned = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: 2.0.0, repository: 'file://../sub'}]\n";
    let workspace = Workspace::new()
        .chart("web", &["nginx:1"])
        .file("web/Chart.yaml", pinned)
        .chart("web/charts/sub", &["redis:7"]);
    let run = workspace.run(&["init"]);
    assert!(run.stdout.contains("nginx=nginx:1\n") && run.stdout.contains("redis=redis:7\n"), "{}", run.stdout);
    assert!(run.stderr.contains("dependency-version-mismatch"), "{}", run.stderr);
    assert_eq!(run.code, 0, "{}", run.stderr);

    // In the file that it is about.
    let exempt = "exempt: [{image: 'quay.io/*', reason: reached}]\n";
    let workspace = Workspace::new().chart("web", &["nginx:1"]).file(".mirrorlint.yaml", exempt);
    let run = workspace.run(&["init", "--output", LIST]);
    let told = "warning: .mirrorlint.yaml:1:18: warning[unused-suppression] ";
    assert!(run.code == 0 && run.stderr.starts_with(told), "{}", run.stderr);
    assert_eq!(workspace.findings().len(), 1, "check says the same");
    let workspace = Workspace::new().chart("web", &["quay.io/a/web:1", "nginx:1"]).file(".mirrorlint.yaml", exempt);
    let run = workspace.run(&["init", "--output", LIST]);
    assert_eq!((run.code, run.stderr.as_str(), workspace.findings().len()), (0, "", 0));

    // What depends on the region is listed for the one that the list names.
    let by_region = "quay.io/{{ .Values.region | default `none` }}/web:1";
    let agent = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent:1";
    let workspace = Workspace::new().chart("app", &[agent]).chart("other", &[by_region]);
    let workspace = workspace.file("app/values.yaml", "region: ''\n").file("other/values.yaml", "region: ''\n");
    let plain = workspace.run(&["init"]);
    assert_eq!((plain.code, plain.stderr.as_str()), (0, ""), "{}", plain.stdout);
    let run = workspace.run(&["init", "--region", "us-west-2"]);
    assert_eq!((run.code, run.stdout), (0, plain.stdout));
}

#[test]
fn a_root_chart_that_shows_nothing_is_told_beside_those_that_are_listed() {
    let workspace = Workspace::new()
        .chart("web", &["nginx:1"])
        .chart("broken", &["redis:7"])
        .file("broken/templates/broken.yaml", "{{ fail \"no\" }}");
    let run = workspace.run(&["init"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("nginx=nginx:1\n"), "{}", run.stdout);
    assert!(run.stderr.contains("broken/templates/broken.yaml:1:4: error[unrenderable-chart]"), "{}", run.stderr);
}

/// Also where several charts have nothing but images whose hosts name a region: each would be left out by the other's first entry.
#[test]
fn charts_that_bring_a_region_are_all_listed() {
    let ecr = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks";
    let workspace = Workspace::new()
        .chart("agent", &[&format!("{ecr}/agent:1")])
        .chart("cni", &[&format!("{ecr}/cni:2")])
        .chart("web", &["nginx:1"]);
    let made = workspace.run(&["init", "--output", LIST]);
    assert_eq!((made.code, made.stderr.as_str()), (0, ""));
    let list = workspace.read(LIST);
    let entries: Vec<&str> = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(entries, [&format!("agent={ecr}/agent:1"), &format!("cni={ecr}/cni:2"), "nginx=nginx:1"]);
    assert_eq!(workspace.findings(), Vec::<String>::new());
    let blocks = list.split_once("\n\n").unwrap().1;
    let workspace = workspace.file(LIST, "");
    let mended = workspace.run(&["check", "--fix"]);
    assert_eq!((mended.code, mended.stderr.as_str(), workspace.read(LIST).as_str()), (0, "", blocks));
}

/// A region under which a chart cannot be rendered is not named, and what is left out for that is said.
#[test]
fn a_region_that_hides_a_chart_makes_no_whole_list() {
    let refused = "{{ if has .Values.region (list `` `eu-west-1` `us-east-1`) }}redis:8{{ else }}{{ fail `no such region` }}{{ end }}";
    let agent = "602401143452.dkr.ecr.us-west-2.amazonaws.com/agent:1";
    let missing = format!("error[missing-entry] {agent} is not listed, but agent:1.0.0 deploys it");
    let told = "not applied: List it as `agent`; it would leave unrenderable-chart: Helm would refuse web: ";
    // A chart that shows nothing else is named by no note.
    for (images, is_held) in [(&[agent][..], false), (&[agent, "nginx:1"], true)] {
        let workspace = Workspace::new().chart("agent", images).chart("web", &[refused]);
        let workspace = workspace.file("web/values.yaml", "region: ''\n");
        let run = workspace.run(&["init"]);
        assert!(run.code == 2 && run.stdout.contains("=redis:8\n"), "{}", run.text());
        assert!(!run.stdout.contains(agent), "{}", run.stdout);
        assert!(run.stderr.contains(&missing), "{}", run.stderr);
        assert!(run.stderr.contains(told) || !is_held, "{}", run.stderr);
    }
}

#[test]
fn a_submodule_that_is_not_there_is_told() {
    let modules = "[submodule \"platform\"]\n\tpath = platform\n\turl = ../platform\n";
    let workspace = Workspace::new().chart("web", &["nginx:1"]).file(".gitmodules", modules);
    let run = workspace.run(&["init"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("platform is a submodule that is not checked out"), "{}", run.stderr);
    let workspace = workspace.file("tools/ecr-images.conf", "a=nginx:1\n");
    let run = workspace.run(&["images"]);
    assert!(run.stderr.contains("may lie in a submodule that is not checked out (platform)"), "{}", run.stderr);
}

#[test]
fn charts_that_show_no_image_make_no_list() {
    let workspace = Workspace::new().chart("web", &["nginx:1"]).file("web/templates/web.yaml", "{{ fail \"no\" }}");
    let run = workspace.run(&["init", "--output", LIST]);
    assert_eq!((run.code, run.stdout.as_str(), workspace.path(LIST).exists()), (2, "", false));
    assert!(run.stderr.contains("unrenderable-chart") && run.stderr.contains("no list was written"), "{}", run.stderr);
}

/// A copy script as teams have it.
const SCRIPT: &str = r#"
set -e
retry_command() {
    local command="$@"
    if eval "$command"; then return 0; else return 1; fi
}
REGISTRY=111122223333.dkr.ecr.us-west-2.amazonaws.com
while IFS='=' read -r repo_name source_image; do
    [[ "$repo_name" =~ ^[[:space:]]*# ]] && continue
    [[ -z "$repo_name" ]] && continue
    repo_name=$(echo "$repo_name" | xargs)
    source_image=$(echo "$source_image" | xargs)
    target_repo="$REGISTRY/$repo_name"
    if ! aws ecr describe-repositories --repository-names "$repo_name" >/dev/null 2>&1; then
        aws ecr create-repository --repository-name "$repo_name" >/dev/null
    fi
    retry_command "docker pull --platform linux/amd64 \"$source_image\""
    docker tag "$source_image" "$target_repo:latest"
    if [[ "$source_image" == *":"* ]]; then
        original_tag=$(echo "$source_image" | cut -d':' -f2)
        if [[ "$original_tag" != "latest" ]]; then
            docker tag "$source_image" "$target_repo:$original_tag"
        fi
    fi
    retry_command "docker push \"$target_repo:latest\""
    if [[ "$source_image" == *":"* ]]; then
        original_tag=$(echo "$source_image" | cut -d':' -f2)
        if [[ "$original_tag" != "latest" ]]; then
            retry_command "docker push \"$target_repo:$original_tag\""
        fi
    fi
done < tools/ecr-images.conf
"#;

/// Refuses names as ECR does.
const AWS: &str = r#"#!/bin/bash
[[ "$2" == create-repository && "$4" =~ ^([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*$ && ${#4} -gt 1 ]]
"#;

/// Takes notes, and refuses images as Docker does.
const DOCKER: &str = r#"#!/bin/bash
part='[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*'
host='[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*(:[0-9]+)?'
image="^($host/)?$part(/$part)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?\$"
[[ "${@: -1}" =~ $image ]] || exit 1
echo "docker $*" >> "$NOTES"
"#;

/// What `docker` pulled and pushed, in order.
fn copied(workspace: &Workspace) -> Vec<String> {
    let notes = workspace.path("notes");
    std::fs::write(&notes, "").unwrap();
    for (name, stub) in [("aws", AWS), ("docker", DOCKER)] {
        let path = workspace.path(&format!("bin/{name}"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, stub).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", workspace.path("bin").display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-c", SCRIPT]).current_dir(workspace.path("")).env("PATH", path).env("NOTES", &notes);
    bash.env("LC_ALL", "C.UTF-8").output().unwrap();
    let notes = std::fs::read_to_string(notes).unwrap();
    let calls = notes.lines().filter_map(|line| {
        let pulled = line.strip_prefix("docker pull --platform linux/amd64 ").map(|image| format!("pull {image}"));
        pulled.or_else(|| line.strip_prefix("docker push ").map(|image| format!("push {image}")))
    });
    calls.collect()
}

fn plan(workspace: &Workspace) -> serde_json::Value {
    let registry = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
    let run = workspace.run(&["plan", "--registry", registry, "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["lists"][0].clone()
}

/// The plan as the calls that it announces.
fn announced(plan: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut calls = Vec::new();
    for step in plan["steps"].as_array().unwrap() {
        calls.push(format!("pull {}", text(&step["pulls"])));
        calls.extend(step["pushes"].as_array().unwrap().iter().map(|push| format!("push {}", text(push))));
    }
    let lost = plan["lost"].as_array().unwrap().iter().filter(|lost| !lost["pulls"].is_null());
    calls.extend(lost.map(|lost| format!("pull {}", text(&lost["pulls"]))));
    calls
}

#[test]
fn the_plan_is_what_the_script_does() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("bash is missing, so this test holds nothing");
        return;
    }
    let workspace = charts_alone();
    let old = std::fs::read(fixture("hyperpod").join(LIST)).unwrap();
    let workspace = workspace.file(LIST, old);

    let before = plan(&workspace);
    assert_eq!(announced(&before), copied(&workspace));
    assert_eq!(before["missing"].as_array().unwrap().len(), 3, "two tags have moved, one image is not listed");

    workspace.run(&["check", "--fix"]);
    let after = plan(&workspace);
    let calls = copied(&workspace);
    assert_eq!(announced(&after), calls);
    assert_eq!((&after["missing"], &after["lost"]), (&serde_json::json!([]), &serde_json::json!([])));
    let images = workspace.run(&["images", "--format", "plain"]).stdout;
    assert!(images.lines().count() > 5, "{images}");
    for image in images.lines() {
        let step = after["steps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["serves"].as_array().unwrap().iter().any(|served| served == image));
        let pushes = step.unwrap_or_else(|| panic!("{image} is not served"))["pushes"].as_array().unwrap();
        let tag = image.rsplit(':').next().unwrap();
        let pushed = pushes.iter().map(|push| push.as_str().unwrap()).find(|push| push.ends_with(&format!(":{tag}")));
        let pushed = pushed.unwrap_or_else(|| panic!("{image} is not pushed under its tag"));
        assert!(calls.contains(&format!("push {pushed}")), "{image}");
    }
}

/// Whatever stands in a list, the plan says what the script makes of it, up to where it stops.
#[test]
fn the_plan_is_what_the_script_does_with_odd_lists() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("bash is missing, so this test holds nothing");
        return;
    }
    let digest = format!("sha256:{}", "a".repeat(64));
    let lines = [
        "web=nginx:1",
        "web = nginx:1 ",
        "\tweb=nginx:1",
        "\"web\"='nginx:1'",
        "w\\eb=ngi\\nx:1",
        "web=nginx:1 # why",
        "web=nginx:1# why",
        "web=nginx:1\r",
        "web=nginx",
        "web=nginx:latest",
        "web=docker.io/library/nginx:1",
        "web=quay.io:443/acme/web:1",
        "web=localhost:5000/web",
        "web=localhost:5000/web:1",
        &format!("web=nginx@{digest}"),
        &format!("web=nginx:1@{digest}"),
        "web=nginx:1=",
        "web=nginx:1==",
        "web=",
        "web",
        "=nginx:1",
        " = nginx:1",
        "   ",
        "\r",
        "Web=nginx:1",
        "w=nginx:1",
        "team/web=nginx:1",
        "web/=nginx:1",
        "web--x=nginx:1",
        "web=NGINX:1",
        "web=nginx:1 redis:7",
        "web='nginx:1",
        "web=\"nginx:1",
        "web=nginx:1\\",
        "export web=nginx:1",
        "web=-n nginx:1",
        "-e web=nginx:1",
        "# web=nginx:1",
        " \t # web='nginx:1",
        "// web",
        "<<<<<<< HEAD",
        "web=https://quay.io/acme/web:1",
        "web=nginx:",
        "web=nginx:-1",
        "web=nginx:1.0+b",
        "\u{3000}# web=nginx:1",
        "web=nginx:1\u{a0}",
        "\u{feff}web=nginx:1",
    ];
    let lists = lines.iter().map(|line| format!("one=redis:7\n{line}\ntwo=busybox:1\n"));
    for list in lists.chain(["one=redis:7\nweb=nginx:1".to_owned()]) {
        let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]);
        let plan = plan(&workspace);
        assert_eq!(announced(&plan), copied(&workspace), "{list:?}: {plan}");
    }
}

#[test]
fn what_the_script_loses_is_in_the_plan() {
    let list = "# Web\nweb=nginx:1\ncut='redis:7\nrest=busybox:1\nlast=alpine:3";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1", "busybox:1"]);
    let plan = plan(&workspace);
    assert_eq!(
        announced(&plan),
        [
            "pull nginx:1",
            "push 111122223333.dkr.ecr.us-west-2.amazonaws.com/web:latest",
            "push 111122223333.dkr.ecr.us-west-2.amazonaws.com/web:1"
        ]
    );
    let lost: Vec<_> = plan["lost"].as_array().unwrap().iter().map(|lost| lost["line"].as_u64().unwrap()).collect();
    assert_eq!(lost, [3, 4, 5]);
    assert_eq!(plan["missing"], serde_json::json!(["busybox:1"]));

    // What the shell cannot pull or push stops the script, too.
    let digest = format!("sha256:{}", "a".repeat(64));
    for entry in [format!("web=nginx:1@{digest}"), "Web=nginx:1".to_owned(), "web=nginx:1 # why".to_owned()] {
        let workspace = Workspace::with_list(&format!("{entry}\n")).chart("web", &["nginx:1"]);
        let plan = self::plan(&workspace);
        assert_eq!((plan["steps"].as_array().unwrap().len(), &plan["lost"][0]["line"]), (0, &1.into()), "{entry}");
        assert_eq!(plan["missing"], serde_json::json!(["nginx:1"]), "{entry}");
    }
    // What is not known of the charts is said.
    let broken = Workspace::with_list("web=nginx:1\n")
        .chart("web", &["nginx:1"])
        .file("web/templates/x.yaml", "{{ fail \"no\" }}");
    let run = broken.run(&["plan"]);
    assert!(run.code == 2 && run.stderr.contains("Helm would refuse web"), "{}", run.stderr);

    let refused = workspace.run(&["plan", "--registry", "registry.example.org"]);
    assert!(refused.code == 2 && refused.stderr.contains("no private ECR"), "{}", refused.stderr);
}

/// The script tags what it read behind its registry, where a port in the tag is refused; and one name and tag is what was pushed
/// last.
#[test]
fn the_plan_knows_what_cannot_be_pushed_and_what_is_pushed_over() {
    let list = "web=localhost:5000/nginx:1\nlast=redis:7\n";
    let workspace = Workspace::with_list(list).chart("web", &["redis:7"]);
    let plan = self::plan(&workspace);
    assert_eq!((plan["steps"].as_array().unwrap().len(), &plan["missing"]), (0, &serde_json::json!(["redis:7"])));

    let list = "web=nginx:1\nweb=quay.io/acme/other:1\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]);
    let plan = self::plan(&workspace);
    assert_eq!(
        (&plan["steps"][0]["serves"], &plan["missing"]),
        (&serde_json::json!([]), &serde_json::json!(["nginx:1"]))
    );
}

/// What bash makes of such lines: `read` gives an empty name, which the script passes over; an empty image cannot be pulled.
#[test]
fn the_plan_tells_of_lines_without_a_name_or_an_image() {
    let list = "=busybox:1\nweb=nginx:1\nredis\nlast=redis:7\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]);
    let plan = workspace.run(&["plan"]).stdout;
    let told: Vec<&str> = plan.lines().filter(|line| line.contains("not copied")).map(str::trim).collect();
    assert_eq!(
        told,
        [
            "1: not copied: the script skips the line, for there is no name",
            "3: not copied: the script stops here, for there is no image",
            "4: not copied: the script has stopped in line 3",
        ]
    );
    assert!(plan.contains("  2: pull nginx:1"), "{plan}");
}

/// Helm takes either copy of a subchart that lies twice, so an image of one of them is served by an entry for that image alone.
#[test]
fn the_plan_asks_for_the_images_of_both_copies_of_a_subchart() {
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    let image =
        |tag: &str| format!("905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:{tag}");
    let packaged = image("1.0.674.0_1.0.199.0");
    workspace.run(&["check", "--fix"]);
    assert!(workspace.read(LIST).contains(&image("1.0.1892.0_1.0.424.0")));
    assert_eq!(plan(&workspace)["missing"], serde_json::json!([packaged]));

    let both = workspace.read(LIST) + &format!("\nagent={packaged}\n");
    let workspace = workspace.file(LIST, both);
    assert_eq!(plan(&workspace)["missing"], serde_json::json!([]));
}

/// What a chart deploys that is not here, or in a submodule, nobody knows.
#[test]
fn the_plan_says_what_is_not_known() {
    let modules = "[submodule \"platform\"]\n\tpath = platform\n\turl = ../platform\n";
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n\
                    - {name: ext, version: 1.0.0, repository: 'https://example.org/eks'}\n";
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n# Ext (from eks/ext:1.0.0)\next=quay.io/a/ext:1\n\n\
                # Far (from local chart far:1.0.0)\nfar=redis:7\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &["nginx:1"])
        .file("web/Chart.yaml", metadata)
        .file(".gitmodules", modules);
    let run = workspace.run(&["plan"]);
    assert!(!run.stdout.contains("serves nothing"), "{}", run.text());
    assert!(
        run.stdout.contains("not known whether the charts deploy it: ext:1.0.0 is not on disk\n"),
        "{}",
        run.text()
    );
    assert!(run.stdout.contains("no chart called far is there; it may lie in a submodule"), "{}", run.text());
    let json: serde_json::Value = serde_json::from_str(&workspace.run(&["plan", "--format", "json"]).stdout).unwrap();
    let steps = &json["lists"][0]["steps"];
    assert_eq!(
        (&steps[0]["unknown"], &steps[1]["unknown"]),
        (&serde_json::Value::Null, &"ext:1.0.0 is not on disk".into())
    );
}

/// Values that point at the private registry ask for what is pushed there, and nowhere else.
#[test]
fn the_plan_holds_the_registry_against_what_values_point_at() {
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1\n")
        .chart("web", &["{{ .Values.image }}"])
        .file("web/values.yaml", "image: nginx:1\n");
    let plan = |image: &str, registry: &[&str]| -> serde_json::Value {
        let run = workspace.run(&[&["plan", "--format", "json", "--set", image], registry].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["lists"][0].clone()
    };
    let own = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
    // What is deployed from where nothing is pushed to is said, and what asks for what is not pushed.
    assert_eq!(plan("image=nginx:1", &["--registry", own])["upstream"], serde_json::json!(["nginx:1"]));
    let wrong = workspace.run(&["plan", "--set", &format!("image={own}/other:1")]).stdout;
    let cause = format!("web:1.0.0 deploys {own}/other:1, which no entry fills (unmirrored-override)");
    assert!(wrong.contains(&format!("not known whether the charts deploy it: {cause}\n")), "{wrong}");
    assert!(wrong.contains(&format!("deployed, but not pushed: {own}/other:1 (unmirrored-override)\n")), "{wrong}");
    for (image, registry, missing) in [
        (format!("{own}/web:1"), vec![], vec![]),
        (format!("{own}/web:1"), vec!["--registry", own], vec![]),
        (format!("{own}/web:latest"), vec!["--registry", own], vec![]),
        (format!("{own}/web:2"), vec!["--registry", own], vec![format!("{own}/web:2")]),
        (format!("{own}/other:1"), vec!["--registry", own], vec![format!("{own}/other:1")]),
    ] {
        let plan = plan(&format!("image={image}"), &registry);
        assert_eq!(plan["missing"], serde_json::json!(missing), "{image}");
        let serves = if missing.is_empty() { vec![image.clone()] } else { vec![] };
        assert_eq!(plan["steps"][0]["serves"], serde_json::json!(serves), "{image}");
        let unfilled = if missing.is_empty() { vec![] } else { vec![image.clone()] };
        assert_eq!((&plan["unfilled"], &plan["upstream"]), (&serde_json::json!(unfilled), &serde_json::json!([])));
    }
    for other in ["444455556666.dkr.ecr.us-west-2.amazonaws.com", "111122223333.dkr.ecr.eu-west-1.amazonaws.com"] {
        let plan = plan(&format!("image={own}/web:1"), &["--registry", other]);
        assert_eq!(plan["missing"], serde_json::json!([format!("{own}/web:1")]), "{other}");
    }
}

#[test]
fn the_plan_in_columns_says_the_same() {
    let workspace =
        Workspace::with_list("web=nginx:1\nlong-name=quay.io/acme/old:2\n").chart("web", &["nginx:1", "redis:7"]);
    let told = workspace.run(&["plan", "--format", "table"]).stdout;
    let expected = "\
tools/ecr-images.conf
  line  pull                push                            serves
     1  nginx:1             web:latest, web:1               nginx:1
     2  quay.io/acme/old:2  long-name:latest, long-name:2  nothing
  deployed, but not copied: redis:7
";
    let squeezed =
        |text: &str| text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
    assert_eq!(squeezed(&told), squeezed(expected), "{told}");
    let columns: Vec<_> = told
        .lines()
        .skip(1)
        .take(3)
        .map(|line| line.find(" push").or(line.find(" web:")).or(line.find(" long-name:")))
        .collect();
    assert!(columns.iter().all(|at| *at == columns[0]), "{told}");
}
