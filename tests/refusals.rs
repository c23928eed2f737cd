//! What each command says when it cannot do what it is asked to (exit code 2): what is wrong, with which file or option, what to do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::fmt::Write as _;

use workspace::{Run, Workspace, run};

/// A chart that depends on one that is not there, and is right otherwise.
fn workspace() -> Workspace {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]).file("web/Chart.yaml", metadata);
    let workspace = workspace.chart("twice/web", &["redis:7", "quay.io/acme/redis:6"]).file("empty/x", "");
    workspace.file("bytes.conf", b"web=\xff\n").file("nul.conf", b"web=\0\n")
}

/// The commands and, below each, what they say.
fn said(workspace: &Workspace, commands: &[&[&str]]) -> String {
    let run = |command: &&[&str]| (command.join(" "), workspace.run(command));
    let runs: Vec<_> = commands.iter().map(run).collect();
    runs.iter().for_each(|(command, run)| assert_eq!(run.stdout, "", "{command}"));
    told(workspace, &runs)
}

/// What runs that could not do what they were asked to said on standard error, each below its command.
fn told(workspace: &Workspace, runs: &[(String, Run)]) -> String {
    let mut told = String::new();
    for (command, run) in runs {
        assert_eq!(run.code, 2, "{command}: {}", run.text());
        let _ = writeln!(told, "$ {command}");
        let text = run.stderr.replace(&workspace.path("").display().to_string(), "ROOT/");
        text.lines().for_each(|line| {
            let _ = writeln!(told, "{line}");
        });
    }
    told
}

#[test]
fn lists_charts_and_files() {
    let said = said(
        &workspace(),
        &[
            &["check", "nowhere"],
            &["check", "empty"],
            &["check", "web"],
            &["check", "bytes.conf"],
            &["check", "nul.conf"],
            &["check", "--chart", "nowhere"],
            &["check", "--chart", "empty"],
            &["check", "--values", "nowhere.yaml"],
            &["check", "--values", "bytes.conf"],
            &["check", "--config", "nowhere.yaml"],
            &["render", "nowhere"],
            &["render", "empty"],
            &["values", "nowhere"],
            &["images", "nowhere"],
            &["images", "empty"],
            &["versions", "nowhere"],
            &["fetch", "empty"],
            &["init", "nowhere"],
            &["init", "--output", "tools/ecr-images.conf"],
            &["init", "empty"],
        ],
    );
    insta::assert_snapshot!(said, @r#"
    $ check nowhere
      × nowhere: cannot be read: No such file or directory (os error 2)
    $ check empty
      × empty: holds no `ecr-images.conf`; name the list, or the folder that holds it
    $ check web
      × web: is a Helm chart and holds no `ecr-images.conf`; name the list, or ask for the chart's images (`mirrorlint images`)
    $ check bytes.conf
      × the list is not UTF-8: this byte is no part of a character
       ╭─[bytes.conf:1:5]
     1 │ web=�
       ·     ─
       ╰────
    $ check nul.conf
      × the list is no text: it holds a NUL byte here
       ╭─[nul.conf:1:5]
     1 │ web=?
       ·     ─
       ╰────
    $ check --chart nowhere
      × nowhere: cannot be read: No such file or directory (os error 2)
    $ check --chart empty
      × empty: Chart.yaml file is missing
    $ check --values nowhere.yaml
      × open nowhere.yaml: no such file or directory
    $ check --values bytes.conf
      × failed to parse bytes.conf: error converting YAML to JSON: yaml: invalid leading UTF-8 octet
       ╭─[bytes.conf:1:5]
     1 │ web=�
       ·     ─
       ╰────
    $ check --config nowhere.yaml
      × nowhere.yaml: cannot be read: No such file or directory (os error 2)
    $ render nowhere
      × nowhere: cannot be read: No such file or directory (os error 2)
    $ render empty
      × empty: Chart.yaml file is missing
    $ values nowhere
      × nowhere: cannot be read: No such file or directory (os error 2)
    $ images nowhere
      × nowhere: cannot be read: No such file or directory (os error 2)
    $ images empty
      × no Helm chart below empty: name one with --chart; if the charts are a git submodule, check it out (`git submodule update --init`)
    $ versions nowhere
      × `nowhere` is neither a chart nor an external dependency of one below the current folder
    $ fetch empty
      × empty: holds no Helm chart: name one with --chart
    $ init nowhere
      × nowhere: is no folder: name the workspace, or the chart with --chart
    $ init --output tools/ecr-images.conf
      × tools/ecr-images.conf: is there already: `mirrorlint check --fix` brings it up to date; --output names another, `-` prints one
    $ init empty
      × no Helm chart below empty: name one with --chart; if the charts are a git submodule, check it out (`git submodule update --init`)
      × the charts show no image that could be listed, for the reasons above: no list was written
    "#);
}

#[test]
fn options_and_names() {
    let said = said(
        &workspace(),
        &[
            &["check", "--select", "tag-mismach"],
            &["check", "--kube-version", "new"],
            &["check", "--set", "a[x]=1"],
            &["check", "--format", "json", "--format", "sarif"],
            &["check", "--format", "json=tools/ecr-images.conf"],
            &["check", "--format", "json=a.json", "--format", "sarif=a.json"],
            &["check", "--stdin-filename", "a.conf"],
            &["check", "-", "--values", "-"],
            &["check", "--since", "HEAD"],
            &["render", "web", "--kube-version", "new"],
            &["render", "web", "--show-only", "templates/gone.yaml"],
            &["plan", "--registry", "docker.io"],
            &["why", "nowhere"],
            &["explain", "tag-mismach"],
            &["man", "chek"],
        ],
    );
    insta::assert_snapshot!(said, @r#"
    $ check --select tag-mismach
      × there is no rule called `tag-mismach`; did you mean `tag-mismatch`?
    $ check --kube-version new
      × invalid kube version 'new': Invalid Semantic Version
    $ check --set a[x]=1
      × failed parsing --set data: error parsing index: strconv.Atoi: parsing "x": invalid syntax
       ╭─[--set 1:1:1]
     1 │ a[x]=1
       · ────
       ╰────
    $ check --format json --format sarif
      × --format: json and sarif both go to standard output. Name a file for one of them: sarif=FILE
    $ check --format json=tools/ecr-images.conf
      × tools/ecr-images.conf: is no report, but what was checked; nothing was written to it
    $ check --format json=a.json --format sarif=a.json
      × a.json: --format names it twice
    $ check --stdin-filename a.conf
      × --stdin-filename is for standard input alone: the one path besides it is `-`
    $ check - --values -
      × standard input has no place among charts: --stdin-filename says where its list lies
    $ check --since HEAD
      × --since: the workspace lies in no git repository
    $ render web --kube-version new
      × invalid kube version 'new': Invalid Semantic Version
    $ render web --show-only templates/gone.yaml
      × could not find template templates/gone.yaml in chart
    $ plan --registry docker.io
      × --registry: `docker.io` is no private ECR: ACCOUNT.dkr.ecr.REGION.amazonaws.com, with an account of 12 digits
    $ why nowhere
      × the charts do not deploy `nowhere`; `mirrorlint images` lists them all
    $ explain tag-mismach
      × there is no rule called `tag-mismach`; did you mean `tag-mismatch`?
    $ man chek
      × there is no command called `chek`; there are check, images, why, init, plan, fetch, versions, render, values, lsp, explain, rules, completions, man
    "#);
}

#[test]
fn configurations() {
    let mut said = String::new();
    for configuration in [
        "rules: {tag-mismach: error}\n",
        "rules: {tag-mismatch: fatal}\n",
        "fixes: {stale-entri: safe}\n",
        "fixes: {ambiguous-subchart: safe}\n",
        "allow: [{rule: tag-mismach, path: web, reason: x}]\n",
        "lists: [{path: gone.conf}]\n",
        "lists: [{path: tools/ecr-images.conf, charts: [{path: gone}]}]\n",
        "lists: [{path: tools/ecr-images.conf, charts: [{path: web, values: [gone.yaml]}]}]\n",
        "lists: [{path: tools/ecr-images.conf, charts: [{path: web, kube-version: new}]}]\n",
        "list: []\n",
        "a: [\n",
    ] {
        let workspace = workspace().file(".mirrorlint.yaml", configuration);
        let run = workspace.run(&["check"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{configuration}: {}", run.stderr);
        let _ = write!(said, "{}", run.stderr.trim_end().to_owned() + "\n");
    }
    insta::assert_snapshot!(said, @r#"
     × there is no rule called `tag-mismach`; did you mean `tag-mismatch`?
      ╭─[.mirrorlint.yaml:1:9]
    1 │ rules: {tag-mismach: error}
      ·         ───────────
      ╰────
     × `rules.tag-mismatch` is "fatal"; it can be off, info, warning, error
      ╭─[.mirrorlint.yaml:1:23]
    1 │ rules: {tag-mismatch: fatal}
      ·                       ─────
      ╰────
     × there is no rule called `stale-entri`; did you mean `stale-entry`?
      ╭─[.mirrorlint.yaml:1:9]
    1 │ fixes: {stale-entri: safe}
      ·         ───────────
      ╰────
     × `ambiguous-subchart` has no fixes
      ╭─[.mirrorlint.yaml:1:9]
    1 │ fixes: {ambiguous-subchart: safe}
      ·         ──────────────────
      ╰────
     × there is no rule called `tag-mismach`; did you mean `tag-mismatch`?
      ╭─[.mirrorlint.yaml:1:16]
    1 │ allow: [{rule: tag-mismach, path: web, reason: x}]
      ·                ───────────
      ╰────
     × gone.conf cannot be read: No such file or directory (os error 2)
      ╭─[.mirrorlint.yaml:1:16]
    1 │ lists: [{path: gone.conf}]
      ·                ─────────
      ╰────
     × gone: cannot be read: No such file or directory (os error 2)
      ╭─[.mirrorlint.yaml:1:55]
    1 │ lists: [{path: tools/ecr-images.conf, charts: [{path: gone}]}]
      ·                                                       ────
      ╰────
     × open gone.yaml: no such file or directory
      ╭─[.mirrorlint.yaml:1:69]
    1 │ lists: [{path: tools/ecr-images.conf, charts: [{path: web, values: [gone.yaml]}]}]
      ·                                                                     ─────────
      ╰────
     × invalid kube version 'new': Invalid Semantic Version
      ╭─[.mirrorlint.yaml:1:74]
    1 │ lists: [{path: tools/ecr-images.conf, charts: [{path: web, kube-version: new}]}]
      ·                                                                          ───
      ╰────
     × the configuration has no key `list`; did you mean `lists`?
      ╭─[.mirrorlint.yaml:1:1]
    1 │ list: []
      · ────
      ╰────
     × yaml: line 1: did not find expected node content
      ╭─[.mirrorlint.yaml:1:4]
    1 │ a: [
      ·    ─
      ╰────
    "#);
}

/// A chart that deploys another tag than the list has.
fn drifted() -> Workspace {
    Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1\n").chart("web", &["nginx:2"])
}

fn forbid_writing(workspace: &Workspace, path: &str) {
    let path = workspace.path(path);
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(path, permissions).unwrap();
}

#[test]
fn places_that_cannot_be_written() {
    let workspace = drifted().file("report.json", "{}\n").file("file", "");
    forbid_writing(&workspace, "tools/ecr-images.conf");
    forbid_writing(&workspace, "report.json");
    let run = |command: &str| {
        let arguments: Vec<&str> = command.split(' ').collect();
        (command.to_owned(), workspace.run(&arguments))
    };
    let commands = [
        "check --fix",
        "check --format json=report.json",
        "check --format json=tools",
        "check --format json=file/report.json",
        "init --output file/list.conf",
        "init --output web",
    ];
    insta::assert_snapshot!(told(&workspace, &commands.map(run)), @r#"
    $ check --fix
      × tools/ecr-images.conf: it is read-only; nothing was written to it
    $ check --format json=report.json
      × report.json: it is read-only; nothing was written to it
    $ check --format json=tools
      × tools: it is a folder; nothing was written to it
    $ check --format json=file/report.json
      × file/report.json: cannot be written: Not a directory (os error 20); nothing was written to it
    $ init --output file/list.conf
      × file/list.conf: cannot be written: Not a directory (os error 20); nothing was written to it
    $ init --output web
      × web: is there already: `mirrorlint check --fix` brings it up to date; --output names another, `-` prints one
    "#);
    assert_eq!(workspace.read("tools/ecr-images.conf"), "# Web (from local chart web:1.0.0)\nweb=nginx:1\n");
    assert_eq!(workspace.read("report.json"), "{}\n");
}

/// `/dev/full` takes no byte, as a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn full_disks() {
    let workspace = drifted();
    let full = |command: &&str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
        let program = program.args(command.split(' ')).current_dir(workspace.path("")).env("COLUMNS", "100");
        let output = program.stdout(std::fs::File::create("/dev/full").unwrap()).output().unwrap();
        let code = output.status.code().unwrap();
        let run = Run { code, stdout: String::new(), stderr: String::from_utf8(output.stderr).unwrap() };
        (format!("{command} > /dev/full"), run)
    };
    let commands =
        ["check", "check --format json", "check --diff", "images", "plan", "render web", "explain tag-mismatch"];
    let mut runs: Vec<_> = commands.iter().map(full).collect();
    runs.push(("check --format sarif=/dev/full".to_owned(), workspace.run(&["check", "--format", "sarif=/dev/full"])));
    insta::assert_snapshot!(told(&workspace, &runs), @r#"
    $ check > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ check --format json > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ check --diff > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ images > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ plan > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ render web > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ explain tag-mismatch > /dev/full
      × cannot write to standard output: No space left on device (os error 28)
    $ check --format sarif=/dev/full
      × /dev/full: cannot be written: No space left on device (os error 28); nothing was written to it
    "#);
}

/// Runs git in a folder.
fn git(workspace: &Workspace, folder: &str, arguments: &[&str]) {
    let who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
    let mut command = std::process::Command::new("git");
    let output = command.args(who).args(arguments).current_dir(workspace.path(folder)).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn git_and_revisions() {
    let workspace = Workspace::new()
        .file("repository/tools/ecr-images.conf", "# Web (from local chart web:1.0.0)\nweb=nginx:1\n")
        .chart("repository/web", &["nginx:2"]);
    git(&workspace, "repository", &["init", "-q", "-b", "main"]);
    git(&workspace, "repository", &["add", "-A"]);
    git(&workspace, "repository", &["commit", "-q", "-m", "one"]);
    git(&workspace, "repository", &["commit", "-q", "--allow-empty", "-m", "two"]);
    git(&workspace, "repository", &["checkout", "-q", "--orphan", "apart"]);
    git(&workspace, "repository", &["commit", "-q", "-m", "three"]);
    git(&workspace, "repository", &["checkout", "-q", "main"]);
    let origin = format!("file://{}", workspace.path("repository").display());
    git(&workspace, ".", &["clone", "-q", "--depth", "1", &origin, "shallow"]);
    git(&workspace, ".", &["clone", "-q", "--bare", &origin, "bare"]);
    let asked = |folder: &str, revision: &str, variables: &[(&str, &str)]| {
        let said = run(&workspace.path(folder), &["check", "--since", revision], variables);
        (format!("cd {folder}; check --since {revision}"), said)
    };
    let runs = [
        asked("repository", "nowhere", &[]),
        asked("repository", "HEAD~5", &[]),
        asked("repository", "apart...", &[]),
        asked("repository", "HEAD", &[("PATH", "/nowhere")]),
        asked("shallow", "HEAD~1", &[]),
        asked("bare", "HEAD", &[]),
        asked(".", "HEAD", &[]),
    ];
    insta::assert_snapshot!(told(&workspace, &runs), @r#"
    $ cd repository; check --since nowhere
      × --since nowhere: there is no such commit here. Fetch it (`git fetch`), or name another one
    $ cd repository; check --since HEAD~5
      × --since HEAD~5: there is no such commit here. Fetch it (`git fetch`), or name another one
    $ cd repository; check --since apart...
      × --since apart...: it has no commit in common with the current one. Name another one
    $ cd repository; check --since HEAD
      × --since needs git, which cannot be run: No such file or directory (os error 2)
    $ cd shallow; check --since HEAD~1
      × --since HEAD~1: there is no such commit here. The clone is shallow: fetch more of its history (`fetch-depth: 0`)
    $ cd bare; check --since HEAD
      × --since: the workspace lies in no git repository
    $ cd .; check --since HEAD
      × --since: the workspace lies in no git repository
    "#);
}
