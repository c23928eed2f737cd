//! Where other files of a workspace name listed images: what counts as a mention, which files are looked into.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::path::Path;

use workspace::{Workspace, run};

const LIST: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n\n# Cache (from local chart web:1.0.0)\ncache=redis:7.2.5\n\n\
    # EFA (from local chart web:1.0.0)\nefa-plugin=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa-plugin:v0.5.13\n";

const IMAGES: [&str; 3] =
    ["nginx:1.27.1", "redis:7.2.5", "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa-plugin:v0.5.13"];

fn workspace() -> Workspace {
    Workspace::with_list(LIST).chart("web", &IMAGES)
}

/// `PATH:LINE:COLUMN` of each mention.
fn places(workspace: &Workspace) -> Vec<String> {
    let findings = workspace.findings();
    assert!(findings.iter().all(|row| row.contains(" stale-mention ")), "{findings:?}");
    findings.iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn an_image_with_another_tag_is_a_mention() {
    let texts = [
        ("docker pull nginx:1.25.3", 19),
        ("image: \"nginx:1.25.3-alpine\"", 15),
        ("We use `docker.io/library/nginx:1.25.3`.", 33),
        ("nginx:1.25.3.", 7),
        ("skopeo copy docker://nginx:1.25.3 dir:x", 28),
        ("IMAGE=redis:6", 13),
        ("{\"image\":\"nginx:latest\"}", 17),
        ("(nginx:1.25.3, redis:7.2.5)", 8),
        ("x 602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa-plugin:v0.5.6", 63),
        ("FROM nginx:stable-alpine AS web", 12),
    ];
    for (text, column) in texts {
        let found = places(&workspace().file("docs/page.md", format!("# A page\n\n{text}\n")));
        assert_eq!(found, [format!("docs/page.md:3:{column}")], "{text}");
    }
}

#[test]
fn other_words_are_none() {
    let texts = [
        "nginx:1.27.1-alpine redis:7.2.5-bookworm nginx:12: unknown directive",
        "nginx:1.27.1 and docker.io/library/nginx:1.27.1 and index.docker.io/nginx:1.27.1",
        "redis:6379 http://nginx:8080/x redis://redis:6379/0 redis:7.2.5:/data",
        "bitnami/nginx:1.25 quay.io/nginx:1.25 localhost/nginx:1.25 my-nginx:1.25 nginx-proxy:1.25",
        "nginx:$TAG nginx:${TAG} nginx:v${TAG} $HOST/nginx:1.25 ${HOST}/nginx:1.25 {{ .host }}/nginx:1.25 ${nginx:1.25}",
        "nginx:<tag> nginx:x.y.z nginx:1.x nginx:TAG nginx:version nginx:1.25* nginx:1.2[56] nginx",
        "nginx: 1.25 nginx :1.25 nginx::1.25 nginx:",
        "sha: nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "123456789012.dkr.ecr.us-west-2.amazonaws.com/nginx:latest",
        "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/efa-plugin:v0.5.6",
    ];
    for text in texts {
        assert_eq!(places(&workspace().file("docs/page.md", text)), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn only_text_files_of_the_workspace_itself_are_read() {
    let text = "nginx:1.25.3\n";
    let large = "#".repeat(1 << 20) + "\n" + text;
    let workspace = workspace()
        .file("README.md", text)
        .file(".github/workflows/test.yaml", text)
        .file("tools/copy.sh", text)
        .file("latin1.txt", b"\xe9 nginx:1.25.3\n")
        .file("CHANGELOG.md", text)
        .file("binary", format!("\0{text}"))
        .file("large.txt", large)
        .file(".gitignore", "ignored.txt\n/build/\n")
        .file("ignored.txt", text)
        .file("build/out.txt", text)
        .file("docs/build/in.txt", text)
        .file("node_modules/a/readme.md", text)
        .file("Cargo.toml", "")
        .file("target/a.txt", text)
        .file(".git/COMMIT_EDITMSG", text)
        .file("submodule/.git", "gitdir: ../.git/modules/submodule\n")
        .file("submodule/README.md", text)
        .file("clone/.git/HEAD", text)
        .file("clone/README.md", text)
        .file("web/README.md", text)
        .file("vendor/lib/README.md", text)
        .file("third_party/lib/README.md", text)
        .file("copy.log", text)
        .file("other/ecr-images.conf.bak", text);
    assert_eq!(
        places(&workspace),
        [
            ".github/workflows/test.yaml:1:7",
            "README.md:1:7",
            "docs/build/in.txt:1:7",
            "latin1.txt:1:9",
            "tools/copy.sh:1:7",
            "web/README.md:1:7"
        ]
    );
}

/// What git does not show is no part of the workspace, whoever says so.
#[test]
fn git_ignores_by_its_own_files_too() {
    let home = Workspace::new()
        .file(".gitconfig", "[core]\n\texcludesFile = ~/excludes\n")
        .file("excludes", "scratch.txt\n")
        .file(".config/git/ignore", "idle.txt\n");
    let text = "nginx:1.25.3\n";
    let workspace = workspace()
        .file(".git/info/exclude", "/private/\n")
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("private/notes.md", text)
        .file("docs/scratch.txt", text)
        .file("docs/page.md", text);
    let home = home.path("").to_str().unwrap().to_owned();
    for (home, expected) in
        [(home.as_str(), "docs/page.md:1:7: "), ("/nowhere", "docs/page.md:1:7: docs/scratch.txt:1:7: ")]
    {
        let environment = [("HOME", home), ("XDG_CONFIG_HOME", "/nowhere")];
        let run = run(&workspace.path(""), &["check", "--format", "concise"], &environment);
        let places: String = run.stdout.lines().map(|line| line.split(' ').next().unwrap().to_owned() + " ").collect();
        assert_eq!(places, expected);
    }
}

/// The repository's own file stands in place of the user's, as for git; its patterns start at the top.
#[test]
fn git_ignores_by_the_file_that_the_repository_names() {
    let home =
        Workspace::new().file(".gitconfig", "[core]\n\texcludesFile = ~/excludes\n").file("excludes", "page.md\n");
    let text = "nginx:1.25.3\n";
    let home = home.path("").to_str().unwrap().to_owned();
    for name in [".excludes", "\"~/of work\""] {
        let workspace = workspace()
            .file(".git/HEAD", "ref: refs/heads/main\n")
            .file(".git/config", format!("[core]\n\tbare = false\n\texcludesfile = other\n\tExcludesFile = {name}\n"))
            .file(".excludes", "scratch.txt\n/notes.md\n")
            .file("notes.md", text)
            .file("docs/notes.md", text)
            .file("docs/scratch.txt", text)
            .file("docs/page.md", text);
        std::fs::copy(workspace.path(".excludes"), Path::new(&home).join("of work")).unwrap();
        let environment = [("HOME", home.as_str()), ("XDG_CONFIG_HOME", "/nowhere")];
        for (folder, path) in [("", "."), ("tools", "..")] {
            let run = run(&workspace.path(folder), &["check", path, "--format", "concise"], &environment);
            let rows = run.stdout.lines().map(|line| line.split(' ').next().unwrap().trim_start_matches("../"));
            let places: Vec<&str> = rows.collect();
            assert_eq!(places, ["docs/notes.md:1:7:", "docs/page.md:1:7:"], "{name} {folder} {}", run.text());
        }
    }
}

/// Charts are often called as the images that they deploy.
#[test]
fn a_chart_at_its_version_is_no_mention() {
    let list = "# Grafana (from grafana/grafana:8.0.0)\ngrafana=grafana/grafana:11.1.0\n";
    let page = "# from chart grafana/grafana:7.9.0\n# Grafana (from grafana/grafana:7.9.0)\n| grafana/grafana:8.0.0 |\n\
        helm upgrade grafana oci://ghcr.io/grafana/grafana --version 8.0.0\n\
        helm pull oci://docker.io/grafana/grafana:8.0.0\nhelm install grafana grafana/grafana --version 8.0.0\n\
        docker pull grafana/grafana:10.4.0\n";
    let workspace = Workspace::with_list(list)
        .chart("grafana", &["grafana/grafana:11.1.0"])
        .file("grafana/Chart.yaml", "apiVersion: v2\nname: grafana\nversion: 8.0.0\n")
        .file("docs/page.md", page);
    assert_eq!(places(&workspace), ["docs/page.md:7:29"]);
}

#[test]
fn a_mention_is_silenced_in_the_list_and_in_the_configuration() {
    let allow = "allow: [{rule: stale-mention, path: docs, reason: tells of the upgrade}]";
    let configured = workspace().file("docs/page.md", "nginx:1.25.3").file(".mirrorlint.yaml", allow);
    assert_eq!(places(&configured), Vec::<String>::new());
    let list = LIST.replace("web=", "# mirrorlint: allow stale-mention: the docs are of another team\nweb=");
    let workspace = Workspace::with_list(&list).chart("web", &IMAGES).file("docs/page.md", "nginx:1.25.3 redis:6");
    assert_eq!(places(&workspace), ["docs/page.md:1:20"]);
}

/// Where the list is wrong itself, the mention of what the charts deploy is right, and that is what others should name.
#[test]
fn what_the_charts_deploy_is_the_truth() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1.26.0\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27.1"]);
    let workspace = workspace.file("a.sh", "nginx:1.27.1 nginx:1.26.0 nginx:1.25.3");
    let found = workspace.findings();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        found[1],
        "a.sh:1:33 stale-mention nginx:1.25.3 is named here, but `web` lists 1.26.0, and web:1.0.0 deploys 1.27.1. \
         Write 1.27.1, if the same image is meant"
    );
}

/// Another variant is another image: nothing is written in its place.
#[test]
fn a_mention_of_another_variant_is_not_rewritten() {
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nnginx=nginx:1.25.3\n")
        .chart("web", &["nginx:1.25.3"])
        .file("doc.md", "Pull nginx:1.25.1-alpine or nginx:1.25.1.\n");
    workspace.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(workspace.read("doc.md"), "Pull nginx:1.25.1-alpine or nginx:1.25.3.\n");
}

/// A script that pulls one tag and pushes another is worse than an old one.
#[test]
fn a_tag_that_stands_behind_a_variable_too_is_left_to_people() {
    let script = |pull: &str, push: &str| format!("docker pull nginx:{pull}\ndocker push $TARGET:{push}\n");
    let after = |script: &str| {
        let workspace = workspace().file("copy.sh", script);
        let told = workspace.findings();
        workspace.run(&["check", "--fix", "--unsafe-fixes"]);
        (told, workspace.read("copy.sh"))
    };
    let old = script("1.25.3", "1.25.3");
    let (told, text) = after(&old);
    assert_eq!(text, old);
    assert!(told[0].ends_with("Write 1.27.1 here and behind the variables, if the same image is meant"), "{told:?}");
    assert_eq!(after(&script("1.25.3", "1.25.30")).1, script("1.27.1", "1.25.30"));
}

/// What an image is called with its registry is no chart, whatever that is called.
#[test]
fn an_image_that_is_called_as_its_chart_is_a_mention() {
    let list = "# Agent (from local chart agent:1.0.0)\nagent=quay.io/acme/agent:1.1.0\n";
    let page = "docker pull quay.io/acme/agent:1.0.0\nWe install agent:1.0.0.\n";
    let workspace = Workspace::with_list(list).chart("agent", &["quay.io/acme/agent:1.1.0"]).file("page.md", page);
    assert_eq!(places(&workspace), ["page.md:1:32"]);
}

/// A chart's documentation, examples and other values are the team's own; what is rendered and what the check takes is not mentioned, but read.
#[test]
fn text_files_of_own_charts_are_read() {
    let text = "image: nginx:1.25.3\n";
    let workspace = workspace()
        .file("web/README.md", text)
        .file("web/values-prod.yaml", text)
        .file("web/ci/test.yaml", text)
        .file("web/examples/values.yaml", text)
        .file("web/values.yaml", text)
        .file("web/values-west.yaml", text)
        .file("web/crds/a.yaml", "a: 'nginx:1.25.3'\n")
        .file("web/templates/NOTES.txt", text)
        .file("web/charts/sub/README.md", text)
        .file("web/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n")
        .file("templates/page.md", text)
        .file(
            ".mirrorlint.yaml",
            "lists: [{path: tools/ecr-images.conf, charts: [{path: web, values: [values-west.yaml]}]}]\n",
        );
    let own = ["web/README.md", "web/ci/test.yaml", "web/examples/values.yaml", "web/values-prod.yaml"];
    let expected: Vec<String> = ["templates/page.md"].iter().chain(&own).map(|path| format!("{path}:1:14")).collect();
    assert_eq!(places(&workspace), expected);
}
