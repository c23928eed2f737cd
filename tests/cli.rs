//! The command line: exit codes, bad input, colour, width. Each bad input gives a clear message, a place where there is one,
//! no panic, and nothing is written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::process::{Command, Stdio};

use workspace::{Run, Workspace, contents, fixture, package, run};

const LIST: &str = "# Web server (from local chart web:1.0.0)\nweb=nginx:1.27.1\n";

/// A list that says what its one chart deploys.
fn clean() -> Workspace {
    Workspace::with_list(LIST).chart("web", &["nginx:1.27.1"])
}

/// Runs `check` with `arguments` and holds its exit code and each of `parts` in what it prints.
fn expect(workspace: &Workspace, arguments: &[&str], code: i32, parts: &[&str]) -> Run {
    let before = contents(&workspace.path(""));
    let run = workspace.run(&[&["check"], arguments].concat());
    assert_eq!(contents(&workspace.path("")), before, "{arguments:?} wrote something");
    // Long messages are wrapped.
    let flat = |text: &str| text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let text = flat(&run.text());
    for part in parts {
        assert!(text.contains(&flat(part)), "{arguments:?}: no `{part}` in\n{}", run.text());
    }
    assert_eq!(run.code, code, "{arguments:?}:\n{}", run.text());
    assert_eq!(run.stderr.is_empty(), code < 2, "only what could not run speaks on standard error: {}", run.stderr);
    run
}

#[test]
fn a_right_list_is_clean() {
    expect(&clean(), &[], 0, &["All right: 1 entry, 1 image of web:1.0.0 (default values, Kubernetes 1.31)\n"]);
}

#[test]
fn findings_make_the_exit_code_1() {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1.27.2"]);
    expect(&workspace, &[], 1, &["tag-mismatch", "tools/ecr-images.conf:2:11"]);
    expect(&workspace, &["--exit-zero"], 0, &["tag-mismatch"]);
    expect(&workspace, &["--ignore", "tag-mismatch"], 0, &[]);
    expect(&workspace, &["--select", "stale-entry,missing-entry"], 0, &[]);
    expect(&workspace, &["--select", "tag-mismatch"], 1, &[]);
}

#[test]
fn fail_on_sets_the_least_severity() {
    let workspace = Workspace::with_list("# Web server\nweb=nginx:1.27.1\n").chart("web", &["nginx:1.27.1"]);
    expect(&workspace, &[], 1, &["warning[undocumented-source]"]);
    expect(&workspace, &["--fail-on", "info"], 1, &[]);
    expect(&workspace, &["--fail-on", "error"], 0, &["warning[undocumented-source]"]);
}

#[test]
fn an_unknown_rule_is_told_with_the_nearest_name() {
    for option in ["--select", "--ignore"] {
        expect(
            &clean(),
            &[option, "tag-mismach"],
            2,
            &["no rule called `tag-mismach`", "did you mean `tag-mismatch`?"],
        );
        expect(
            &clean(),
            &[option, "tag-mismatch,zzz"],
            2,
            &["no rule called `zzz`", "`mirrorlint rules` lists them all"],
        );
    }
}

#[test]
fn a_list_that_is_no_text_is_refused_at_the_byte() {
    let cases: [(&[u8], &str); 3] = [
        (b"# x\nweb=ng\0inx:1\n", "NUL byte here"),
        (b"# x\nweb=ng\xffinx:1\n", "not UTF-8"),
        (b"# x\nweb=ng\xc3(inx:1\n", "not UTF-8"),
    ];
    for (bytes, message) in cases {
        let workspace = Workspace::new().file("tools/ecr-images.conf", bytes).chart("web", &["nginx:1"]);
        expect(&workspace, &[], 2, &[message, "tools/ecr-images.conf:2:7"]);
    }
    // UTF-16 starts with bytes that UTF-8 has not.
    let utf16 = Workspace::new().file("tools/ecr-images.conf", b"\xff\xfew\0e\0b\0=\0").chart("web", &["nginx:1"]);
    expect(&utf16, &[], 2, &["tools/ecr-images.conf:1:"]);
}

#[test]
fn a_list_that_is_missing_or_a_folder_is_refused() {
    expect(&clean(), &["tools/nothing.conf"], 2, &["tools/nothing.conf: cannot be read", "No such file"]);
    expect(&clean().file("tools/folder/keep", ""), &["tools/folder"], 2, &["holds no `ecr-images.conf`"]);
    let folder = Workspace::new().file("tools/ecr-images.conf/keep", "").chart("web", &["nginx:1"]);
    expect(&folder, &[], 2, &["tools/ecr-images.conf: is a folder; the mirror list must be a file"]);
    expect(&folder, &["tools/ecr-images.conf"], 2, &["is a folder; the mirror list must be a file"]);
    expect(&Workspace::new().chart("web", &["nginx:1"]), &[], 2, &["holds no `ecr-images.conf`"]);
}

#[test]
fn an_empty_list_lacks_everything() {
    for text in ["", "\n\n", "# nothing here yet\n"] {
        let workspace = Workspace::with_list(text).chart("web", &["nginx:1.27.1"]);
        expect(
            &workspace,
            &[],
            1,
            &["missing-entry", "nginx:1.27.1 is not listed, but web:1.0.0 deploys it", "1 error"],
        );
    }
}

#[test]
fn a_workspace_without_charts_hints_at_submodules() {
    expect(&Workspace::with_list(LIST), &[], 2, &["no Helm chart", "--chart", "`git submodule update --init`"]);
}

#[test]
fn a_chart_that_is_none_is_refused() {
    let workspace = clean().file("empty/keep", "").file("junk.tgz", "no archive");
    expect(&workspace, &["--chart", "empty"], 2, &["empty: Chart.yaml file is missing"]);
    expect(&workspace, &["--chart", "nowhere"], 2, &["nowhere", "No such file"]);
    expect(&workspace, &["--chart", "junk.tgz"], 2, &["junk.tgz", "does not appear to be a gzipped archive"]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    expect(&clean(), &["--kube-version", "abc"], 2, &["invalid kube version 'abc'"]);
    expect(&clean(), &["--set", "a[=1"], 2, &["failed parsing --set data"]);
    expect(&clean(), &["--values", "nothing.yaml"], 2, &["nothing.yaml", "no such file or directory"]);
    expect(&clean().file("v.yaml", "a: b\n c: d\n"), &["--values", "v.yaml"], 2, &["v.yaml", "mapping values"]);
    for region in ["", "mars-1", "us-west-2a"] {
        expect(&clean(), &["--region", region], 2, &["--region", "is no name of an AWS region, as `us-west-2` is"]);
    }
    expect(&clean(), &["--format", "xml"], 2, &["--format", "there is no format called `xml`"]);
}

/// What Helm refuses is a finding: the other charts are still held against the list.
#[test]
fn a_chart_that_helm_refuses_is_a_finding_with_its_place() {
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let cases: [(&str, &str, &str, &str); 7] = [
        ("web/Chart.yaml", "apiVersion: v2\nname: [web\nversion: 1\n", "web/Chart.yaml:3:", "cannot load Chart.yaml"),
        (
            "web/Chart.yaml",
            "name: web\nversion: one\n",
            "web/Chart.yaml:2:10",
            "chart.metadata.version \"one\" is invalid",
        ),
        ("web/values.yaml", "a: b\n c: d\n", "web/values.yaml:2:", "cannot load values.yaml"),
        ("web/templates/b.yaml", "x: {{ if }}\n", "web/templates/b.yaml:1:", "missing value for if"),
        ("web/templates/b.yaml", "\nx: {{ required \"say y\" .Values.y }}\n", "web/templates/b.yaml:2:7", "say y"),
        ("web/templates/b.yaml", "a: 1\n  - b: [\n", "web/templates/b.yaml:2:", "YAML parse error"),
        ("web/templates/b.yaml", "a: {{ include \"no\" . }}\n", "web/templates/b.yaml:1:", "no template \"no\""),
    ];
    for (path, text, place, message) in cases {
        let workspace = clean().file("web/Chart.yaml", metadata).file(path, text);
        expect(&workspace, &[], 1, &["error[unrenderable-chart]", place, message, "Helm would refuse web"]);
    }
}

#[test]
fn one_broken_partial_is_one_finding() {
    let workspace = clean()
        .file("web/templates/_a.tpl", "{{ define \"a\" }}{{ end }}{{ if }}")
        .file("web/templates/b.yaml", "b: {{ include \"a\" . }}\n")
        .file("web/templates/c.yaml", "c: {{ include \"a\" . }}\n");
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("web/templates/_a.tpl:1:"), "{found:#?}");
}

#[test]
fn a_cycle_of_local_dependencies_ends() {
    let chart = |name: &str, other: &str| {
        format!(
            "apiVersion: v2\nname: {name}\nversion: 1.0.0\ndependencies:\n- name: {other}\n  version: 1.0.0\n  \
             repository: file://../{other}\n"
        )
    };
    let cycle = clean().file("web/Chart.yaml", chart("web", "api")).file("api/Chart.yaml", chart("api", "web"));
    expect(&cycle, &[], 1, &["unrenderable-chart", "leads back to itself", "/Chart.yaml:7:"]);
    let itself = clean().file("web/Chart.yaml", chart("web", "web"));
    expect(&itself, &[], 1, &["unrenderable-chart", "leads back to itself", "web/Chart.yaml:7:"]);
}

/// What is wrong with a dependency is told where it is asked for, else at the folder or package itself.
#[test]
fn a_broken_dependency_is_told_where_it_stands() {
    let metadata = |dependency: &str| {
        format!("apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: sub\n  version: 1.0.0\n{dependency}")
    };
    let web = |dependency: &str| clean().file("web/Chart.yaml", metadata(dependency));
    for (workspace, place, message) in [
        (web("").file("web/charts/sub/values.yaml", ""), "web/Chart.yaml:5:9", "Chart.yaml file is missing"),
        (web("").file("web/charts/sub-1.0.0.tgz", "junk"), "web/Chart.yaml:5:9", "gzip: invalid header"),
        (clean().file("web/charts/sub/values.yaml", ""), "web/Chart.yaml:1:1", "Chart.yaml file is missing"),
        (clean().file("web/charts/sub-1.tgz", "junk"), "web/charts/sub-1.tgz:1:1", "gzip: invalid header"),
        (
            web("  repository: file://../sub\n").file("sub/values.yaml", ""),
            "web/Chart.yaml:7:15",
            "error loading dependency sub: Chart.yaml file is missing",
        ),
        (
            web("").file("web/charts/sub/Chart.yaml", "name: [\n"),
            "web/charts/sub/Chart.yaml:1:7",
            "cannot load Chart.yaml",
        ),
        (clean().file("web/values.yaml", "a: 1\nb: [\n\n"), "web/values.yaml:2:4", "cannot load values.yaml"),
        (clean().file("web/values.yaml", "a: 1\nb: \"x\n"), "web/values.yaml:2:5", "cannot load values.yaml"),
    ] {
        expect(&workspace, &[], 1, &["unrenderable-chart", place, message]);
    }
}

#[test]
fn rendering_a_cycle_of_local_dependencies_says_so() {
    let chart = |name: &str, other: &str| {
        format!(
            "apiVersion: v2\nname: {name}\nversion: 1.0.0\ndependencies:\n- name: {other}\n  version: 1.0.0\n  \
             repository: file://../{other}\n"
        )
    };
    let cycle = clean().file("web/Chart.yaml", chart("web", "api")).file("api/Chart.yaml", chart("api", "web"));
    let run = cycle.run(&["render", "web"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    for part in ["missing in charts/ directory: api", "the `file://` dependencies make a cycle: web -> api -> web"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
}

#[test]
fn a_hostile_package_is_refused() {
    const METADATA: (&str, &[u8]) = ("sub/Chart.yaml", b"apiVersion: v2\nname: sub\nversion: 1.0.0\n");
    let bomb = vec![0; 6 << 20];
    let many: Vec<String> = (0..30_000).map(|number| format!("sub/files/{number}")).collect();
    let mut crowd = vec![METADATA];
    crowd.extend(many.iter().map(|path| (path.as_str(), &b""[..])));
    let cases = [
        (package(&[METADATA, ("sub/../../../evil", b"x")]), "illegally references parent directory"),
        (package(&[METADATA, ("sub/templates/x.yaml@", b"/etc/hostname")]), "a symbolic link, mirrorlint's bound"),
        (package(&[METADATA, ("sub/values.yaml", &bomb)]), "larger than the maximum file size"),
        (package(&crowd), "more than the maximum of 20000 entries, mirrorlint's bound"),
        (package(&[]), "no files in chart archive"),
        (b"\x1f\x8b\x08\x00".to_vec(), "sub-1.0.0.tgz"),
        (b"PK\x03\x04".to_vec(), "sub-1.0.0.tgz"),
        (Vec::new(), "sub-1.0.0.tgz"),
    ];
    for (package, message) in cases {
        let workspace = clean().file("web/charts/sub-1.0.0.tgz", &package).file("lone.tgz", &package);
        expect(&workspace, &[], 1, &["unrenderable-chart", "web/charts/sub-1.0.0.tgz:1:1", message]);
        let lone = workspace.run(&["render", "lone.tgz"]);
        assert_eq!((lone.code, lone.stdout.as_str()), (2, ""));
    }
}

/// Helm drops the first part of each path, whatever it is; so nothing leaves the chart.
#[test]
fn a_package_is_never_unpacked() {
    let package = package(&[("sub/Chart.yaml", b"apiVersion: v2\nname: sub\nversion: 1.0.0\n"), ("../evil", b"x")]);
    expect(&clean().file("web/charts/sub-1.0.0.tgz", package), &[], 0, &[]);
}

#[cfg(unix)]
#[test]
fn pipes_and_links_to_nowhere_are_not_waited_for() {
    let fifo = |path: std::path::PathBuf| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let workspace = clean();
    fifo(workspace.path("tools/pipe"));
    fifo(workspace.path("tools/other-pipe.yaml"));
    expect(&workspace, &["tools/pipe"], 2, &["tools/pipe: is no regular file"]);
    expect(&workspace, &[], 0, &[]);
    for inside in ["web/pipe", "web/.helmignore", "web/templates/pipe.yaml"] {
        let workspace = clean();
        fifo(workspace.path(inside));
        expect(&workspace, &[], 1, &["unrenderable-chart", "cannot load irregular file", &format!("{inside}:1:1")]);
    }
    let workspace = clean();
    std::os::unix::fs::symlink("nowhere", workspace.path("web/templates/x.yaml")).unwrap();
    expect(&workspace, &[], 1, &["unrenderable-chart", "error evaluating symlink", "web/templates/x.yaml:1:1"]);
    let workspace = clean();
    std::os::unix::fs::symlink(".", workspace.path("web/loop")).unwrap();
    expect(&workspace, &[], 1, &["unrenderable-chart", "web/loop"]);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let lock = |path: &std::path::Path| std::fs::set_permissions(path, PermissionsExt::from_mode(0o000)).unwrap();
    let workspace = clean();
    lock(&workspace.path("tools/ecr-images.conf"));
    if std::fs::read(workspace.path("tools/ecr-images.conf")).is_ok() {
        return; // root may read everything
    }
    let list = workspace.run(&["check"]);
    assert_eq!(list.code, 2);
    assert!(list.stderr.contains("cannot be read: Permission denied"), "{}", list.stderr);
    let workspace = clean();
    lock(&workspace.path("web/templates/web.yaml"));
    let chart = workspace.run(&["check"]);
    assert_eq!(chart.code, 1);
    assert!(
        chart.stdout.contains("unrenderable-chart") && chart.stdout.contains("ermission denied"),
        "{}",
        chart.stdout
    );
}

#[cfg(unix)]
#[test]
fn a_list_may_be_a_link() {
    let workspace = clean();
    std::fs::rename(workspace.path("tools/ecr-images.conf"), workspace.path("tools/real")).unwrap();
    std::os::unix::fs::symlink("real", workspace.path("tools/ecr-images.conf")).unwrap();
    expect(&workspace, &[], 0, &["All right: 1 entry, 1 image of web:1.0.0 (default values, Kubernetes 1.31)\n"]);
}

#[test]
fn a_closed_output_is_no_error() {
    for arguments in [&["check", "--exit-zero"][..], &["images"], &["rules"], &["explain", "tag-mismatch"], &["--help"]]
    {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mirrorlint"))
            .args(arguments)
            .current_dir(fixture("hyperpod"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn colour_is_asked_for_or_left_out() {
    let check = |more: &[&str], environment: &[(&str, &str)]| {
        run(&fixture("hyperpod"), &[&["check", "--exit-zero"], more].concat(), environment).stdout
    };
    let plain = check(&[], &[]);
    assert!(!plain.contains('\u{1b}'));
    assert!(check(&["--color", "always"], &[]).contains('\u{1b}'));
    assert!(check(&["--color", "always"], &[("NO_COLOR", "1")]).contains('\u{1b}'), "an argument counts more");
    assert_eq!(check(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]), plain);
    assert_eq!(check(&[], &[("NO_COLOR", "1")]), plain);
    let bare: String = strip_escapes(&check(&["--color", "always"], &[]));
    assert_eq!(bare, plain, "colour changes nothing else");
}

/// `text` without its `ESC [ ... m` sequences.
fn strip_escapes(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |bare, part| bare + part.split_once('m').unwrap().1)
}

#[test]
fn messages_fit_a_narrow_terminal() {
    for columns in ["40", "1", "0", "-3", "99999999999999999999", "wide"] {
        let report = run(&fixture("hyperpod"), &["check", "--exit-zero"], &[("COLUMNS", columns)]).stdout;
        assert!(report.contains("5 errors, 1 warning"), "{columns}");
        // An image is never broken in two, however long it is.
        let message =
            |line: &&str| (line.starts_with("  ×") || line.starts_with("  │")) && line.split_whitespace().count() > 2;
        let width = report.lines().filter(message).map(|line| line.chars().count()).max().unwrap();
        if columns == "40" {
            assert!(width <= 40, "{width} columns");
        }
    }
}

#[test]
fn control_characters_of_a_list_do_not_reach_the_terminal() {
    let list = "# \u{1b}]0;title\u{7} (from local chart web:0.9.0)\n\u{1b}[31mweb=nginx:1.27.1\u{9b}2J\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27.1"]);
    let text = workspace.run(&["check"]).text();
    let stray: Vec<char> = text.chars().filter(|letter| letter.is_control() && *letter != '\n').collect();
    assert!(stray.is_empty(), "{stray:?} in\n{text}");
}

#[test]
fn one_long_line_is_not_printed_whole() {
    let list = format!("{LIST}x{}=nginx:1.27.1\n", "y".repeat(1 << 20));
    let text = Workspace::with_list(&list).chart("web", &["nginx:1.27.1"]).run(&["check", "--format", "human"]).stdout;
    assert!(text.contains("invalid-repository-name"));
    let longest = text.lines().map(str::len).max().unwrap();
    assert!(longest < 10_000, "a line of {longest} bytes");
}

#[test]
fn paths_are_taken_from_anywhere() {
    let workspace = clean();
    let expected = run(&workspace.path(""), &["check", "--format", "json"], &[]).stdout;
    assert!(expected.contains(r#""path":"tools/ecr-images.conf""#));
    let list = workspace.path("tools/ecr-images.conf");
    let cases: [(&str, &str); 7] = [
        ("", "."),
        ("", "tools/ecr-images.conf"),
        ("", "./tools/../tools/ecr-images.conf"),
        ("tools", "ecr-images.conf"),
        ("tools", ".."),
        ("web/templates", "../../tools/ecr-images.conf"),
        ("web", list.to_str().unwrap()),
    ];
    for (folder, path) in cases {
        let found = run(&workspace.path(folder), &["check", path, "--format", "json"], &[]);
        assert_eq!(found.stdout, expected, "{path} from {folder}: {}", found.stderr);
    }
}

#[test]
fn several_paths_make_one_report() {
    let first = clean();
    let second = Workspace::with_list(LIST).chart("web", &["nginx:2"]);
    let paths = [first.path("").to_str().unwrap().to_owned(), second.path("").to_str().unwrap().to_owned()];
    let run = first.run(&["check", "--format", "json", &paths[0], &paths[1], "tools/ecr-images.conf"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.code, 1);
    assert_eq!(report["lists"].as_array().unwrap().len(), 2, "a list that is named twice is checked once");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let missing = first.run(&["check", &paths[0], "nothing"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("nothing: cannot be read"), "{}", missing.stderr);
    assert!(missing.stdout.contains("1 entry for web (default values"), "{}", missing.stdout);
}

#[test]
fn explain_prints_the_page_of_every_rule() {
    let rules = clean().run(&["rules", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&rules.stdout).unwrap();
    assert_eq!(report["version"], 1);
    let rules = report["rules"].as_array().unwrap();
    assert_eq!(rules.len(), mirrorlint::lint::rules().len());
    let catalogue = clean().run(&["rules"]).stdout;
    assert_eq!(catalogue.lines().count(), rules.len());
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(["info", "warning", "error"].contains(&rule["severity"].as_str().unwrap()), "{rule}");
        assert!(rule["fix"].is_null() || ["safe", "unsafe"].contains(&rule["fix"].as_str().unwrap()), "{rule}");
        for field in ["group", "since", "summary"] {
            assert!(!rule[field].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(catalogue.lines().any(|line| line.starts_with(&format!("{id} "))), "{id}");
        let page = clean().run(&["explain", id]);
        assert_eq!(page.code, 0);
        assert!(page.stdout.starts_with(&format!("{id}\n")), "{}", page.stdout);
    }
    let unknown = clean().run(&["explain", "tagmismatch"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("did you mean `tag-mismatch`?"));
}

#[test]
fn values_are_printed_as_they_are_written() {
    let text = "# a comment\nimage:   {tag: 0.10}\n";
    let run = clean().file("web/values.yaml", text).run(&["values", "web"]);
    assert_eq!((run.code, run.stdout), (0, format!("{text}\n")));
    assert_eq!(clean().run(&["values", "nowhere"]).code, 2);
}

#[test]
fn render_prints_manifests_or_the_place_of_the_fault() {
    let run = clean().run(&["render", "web", "--release-name", "rel", "--namespace", "ns"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with("---\n# Source: web/templates/web.yaml\napiVersion: v1\nkind: Pod\n"),
        "{}",
        run.stdout
    );
    let broken = clean().file("web/templates/b.yaml", "a: {{ .Values.x.y.z }}\n").run(&["render", "web"]);
    assert_eq!((broken.code, broken.stdout.as_str()), (2, ""));
    assert!(
        broken.stderr.contains("evaluating interface {}.y") && broken.stderr.contains("web/templates/b.yaml:1:"),
        "{}",
        broken.stderr
    );
}

#[test]
fn images_are_listed_for_a_chart_a_list_and_a_workspace() {
    for path in ["web", "tools/ecr-images.conf", "."] {
        let run = clean().run(&["images", path]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.starts_with("nginx:1.27.1\n  Pod web, container c0 in web\n"), "{}", run.stdout);
        assert!(run.stdout.contains("templates/web.yaml:6:"), "{}", run.stdout);
    }
    let none = Workspace::new().chart("web", &[]).file("web/templates/web.yaml", "").run(&["images", "web"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, "The charts deploy no image.\n"));
    assert_eq!(clean().run(&["images", "nowhere"]).code, 2);
}

#[test]
fn help_and_version_are_printed() {
    for (arguments, part) in
        [(&["--help"][..], "Usage: mirrorlint"), (&["--version"], "mirrorlint 0."), (&["check", "-h"], "--fail-on")]
    {
        let run = clean().run(arguments);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    assert_eq!(clean().run(&["chekc"]).code, 2);
}

/// The closing lines say what was assumed: default values only where none were given.
#[test]
fn what_was_assumed_of_values_is_true() {
    let workspace =
        Workspace::with_list("# Web (from local chart web:1.0.0)\nnginx=nginx:1\n").chart("web", &["nginx:1"]);
    for (arguments, short, whole) in [
        (&[][..], "default values, Kubernetes 1.31", "assumed: the charts' default values, Kubernetes 1.31"),
        (
            &["--set", "a=b"],
            "given values, Kubernetes 1.31",
            "assumed: the charts' values under those that were given, ",
        ),
        (&["--kube-version", "1.29.4"], "default values, Kubernetes 1.29.4", "Kubernetes 1.29.4"),
        (&["--region", "eu-west-1"], "eu-west-1, Kubernetes 1.31", "assumed: empty `region` values are eu-west-1; "),
    ] {
        let closing = workspace.run(&[&["check"], arguments].concat()).stdout;
        let line = format!("All right: 1 entry, 1 image of web:1.0.0 ({short})\n");
        assert!(closing.starts_with(&line), "{arguments:?}: {closing}");
        let asked = workspace.run(&[&["check", "--show-settings"], arguments].concat()).stdout;
        assert!(asked.contains(whole), "{asked}");
    }
    let configuration = "lists: [{path: tools/ecr-images.conf, charts: [{path: web, kube-version: '1.29'}]}]\n";
    let configured = workspace.file(".mirrorlint.yaml", configuration).run(&["check"]).stdout;
    assert!(configured.contains("(default values, Kubernetes 1.29, as .mirrorlint.yaml says)"), "{configured}");
}
