//! What the environment says to the program: options in `MIRRORLINT_*`, colours; and what the program tells shells and `man`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Run, Workspace, run};

/// A list with one error and one warning.
fn drift() -> Workspace {
    Workspace::with_list("# Web\nweb=nginx:1.27.0\n").chart("web", &["nginx:1.27.1"])
}

fn given(workspace: &Workspace, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    run(&workspace.path(""), &[&["check"], arguments].concat(), environment)
}

/// The rules of a concise report.
fn rules(run: &Run) -> Vec<&str> {
    run.stdout.lines().map(|line| line.split(['[', ']']).nth(1).unwrap()).collect()
}

#[test]
fn each_variable_stands_for_its_option_and_the_command_line_wins() {
    let workspace = drift().file("off.yaml", "rules: {tag-mismatch: off}\n").file(".mirrorlint.yaml", "rules: {}\n");
    let concise = |environment: &[(&str, &str)], arguments: &[&str]| {
        let environment = [&[("MIRRORLINT_FORMAT", "concise")], environment].concat();
        given(&workspace, arguments, &environment)
    };
    assert_eq!(rules(&concise(&[], &[])), ["undocumented-source", "tag-mismatch"]);
    assert!(concise(&[], &["--format", "json"]).stdout.starts_with("{\"version\""));
    assert!(concise(&[("MIRRORLINT_FORMAT", "gitlab")], &[]).stdout.starts_with('['));

    let selected = [("MIRRORLINT_SELECT", "stale-entry,tag-mismatch")];
    assert_eq!(rules(&concise(&selected, &[])), ["tag-mismatch"]);
    assert_eq!(rules(&concise(&selected, &["--select", "undocumented-source"])), ["undocumented-source"]);
    assert_eq!(rules(&concise(&[("MIRRORLINT_IGNORE", "tag-mismatch")], &[])), ["undocumented-source"]);

    let warnings = &["--select", "undocumented-source"];
    assert_eq!(concise(&[], warnings).code, 1);
    let lenient = [("MIRRORLINT_FAIL_ON", "error")];
    assert_eq!(concise(&lenient, warnings).code, 0);
    assert_eq!(concise(&lenient, &["--select", "undocumented-source", "--fail-on", "info"]).code, 1);

    let configured = [("MIRRORLINT_CONFIG", "off.yaml")];
    assert_eq!(rules(&concise(&configured, &[])), ["undocumented-source"]);
    assert_eq!(rules(&concise(&configured, &["--config", ".mirrorlint.yaml"])).len(), 2);
    assert_eq!(rules(&concise(&configured, &["--isolated"])).len(), 2);

    let settings = |environment: &[(&str, &str)]| given(&workspace, &["--show-settings"], environment).stdout;
    assert!(settings(&[("MIRRORLINT_KUBE_VERSION", "1.29.0")]).contains("1.29.0"));
    let chart = Workspace::new()
        .chart("web", &[])
        .file("web/templates/version.yaml", "version: {{ .Capabilities.KubeVersion.Version }}\n");
    let older = [("MIRRORLINT_KUBE_VERSION", "1.19.3")];
    assert!(run(&chart.path(""), &["render", "web"], &older).stdout.contains("version: v1.19.3"));
    let given = ["render", "web", "--kube-version", "1.20.0"];
    assert!(run(&chart.path(""), &given, &older).stdout.contains("version: v1.20.0"));
    let regions = settings(&[("MIRRORLINT_REGION", "eu-west-1,us-east-1")]);
    assert!(regions.contains("eu-west-1") && regions.contains("us-east-1"), "{regions}");
}

#[test]
fn no_variable_is_in_the_way_of_what_the_command_line_asks_for() {
    let workspace = drift();
    let alone = |arguments: &[&str]| workspace.run(arguments);
    for (variable, arguments) in [
        (("MIRRORLINT_FORMAT", "json"), &["check", "--statistics"][..]),
        (("MIRRORLINT_FORMAT", "concise"), &["check", "--statistics"]),
        (("MIRRORLINT_FORMAT", "json=out.json"), &["check", "--statistics"]),
        (("MIRRORLINT_FORMAT", "json=out.json"), &["check", "--diff"]),
        (("MIRRORLINT_FORMAT", "json=out.json"), &["check", "--show-settings"]),
        (("MIRRORLINT_CONFIG", "nowhere.yaml"), &["check", "--isolated"]),
        (("MIRRORLINT_REGION", "us-west-2"), &["images", "--all-regions"]),
    ] {
        let (with, without) = (run(&workspace.path(""), arguments, &[variable]), alone(arguments));
        assert!(without.code < 2, "{arguments:?}: {}", without.text());
        assert_eq!((with.code, with.text()), (without.code, without.text()), "{variable:?} {arguments:?}");
        assert!(!workspace.path("out.json").exists(), "{variable:?} {arguments:?}");
    }
    // What the command line says against itself is refused as ever.
    let refused = given(&workspace, &["--statistics", "--format", "json"], &[]);
    assert!(refused.code == 2 && refused.stderr.contains("--statistics is for people"), "{}", refused.text());
}

#[test]
fn an_empty_variable_is_none() {
    let names = ["COLOR", "CONFIG", "FAIL_ON", "FORMAT", "IGNORE", "KUBE_VERSION", "REGION", "SELECT"];
    let names = names.map(|name| format!("MIRRORLINT_{name}"));
    let empty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let (with, without) = (given(&drift(), &[], &empty), given(&drift(), &[], &[]));
    assert_eq!((with.code, with.stdout, with.stderr), (without.code, without.stdout, without.stderr));
}

#[test]
fn a_bad_value_is_told_with_its_variable() {
    for (name, value) in [
        ("MIRRORLINT_COLOR", "blue"),
        ("MIRRORLINT_CONFIG", "nowhere.yaml"),
        ("MIRRORLINT_FAIL_ON", "never"),
        ("MIRRORLINT_FORMAT", "xml"),
        ("MIRRORLINT_IGNORE", "tag-mismatch,no-rule"),
        ("MIRRORLINT_KUBE_VERSION", "one"),
        ("MIRRORLINT_REGION", "Mars 1"),
        ("MIRRORLINT_SELECT", "no-rule"),
    ] {
        let run = given(&drift(), &[], &[(name, value)]);
        let note = format!("note: the variable {name} of the environment says so\n");
        assert!(run.code == 2 && run.stderr.ends_with(&note), "{name}: {}", run.text());
    }
    // Others are not blamed.
    let innocent =
        [("MIRRORLINT_FAIL_ON", "error"), ("MIRRORLINT_FORMAT", "json"), ("MIRRORLINT_SELECT", "tag-mismatch")];
    for arguments in [&["--nothing"][..], &["--ignore", "no-rule"], &["nowhere.json"]] {
        let run = given(&drift(), arguments, &innocent);
        assert!(run.code == 2 && !run.stderr.contains("the environment"), "{arguments:?}: {}", run.stderr);
    }
    // What the command line says is not the variable's fault.
    let run = given(&drift(), &["--format", "xml"], &[("MIRRORLINT_FORMAT", "xml")]);
    assert!(run.code == 2 && !run.stderr.contains("the environment"), "{}", run.stderr);
}

#[test]
fn help_names_the_variables() {
    let help = drift().run(&["check", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for name in ["COLOR", "CONFIG", "FAIL_ON", "FORMAT", "IGNORE", "KUBE_VERSION", "REGION", "SELECT"] {
        assert!(help.contains(&format!("[env: MIRRORLINT_{name}]")), "{name}: {help}");
    }
}

#[test]
fn colour_is_as_the_command_line_says_then_our_variable_then_the_others() {
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        given(&drift(), arguments, environment).stdout.contains("\u{1b}[")
    };
    // Off a terminal there is none unless it is asked for.
    assert!(!coloured(&[], &[]));
    assert!(coloured(&[], &[("FORCE_COLOR", "1")]) && coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("FORCE_COLOR", "0")]) && !coloured(&[], &[("FORCE_COLOR", "")]));
    assert!(!coloured(&[], &[("NO_COLOR", "1"), ("FORCE_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    assert!(coloured(&[], &[("NO_COLOR", ""), ("FORCE_COLOR", "1")]), "an empty NO_COLOR is none");
    assert!(coloured(&[], &[("MIRRORLINT_COLOR", "always"), ("NO_COLOR", "1")]));
    assert!(!coloured(&[], &[("MIRRORLINT_COLOR", "never"), ("FORCE_COLOR", "1")]));
    assert!(coloured(&["--color", "always"], &[("MIRRORLINT_COLOR", "never"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("MIRRORLINT_COLOR", "always"), ("FORCE_COLOR", "1")]));
}

#[test]
fn exit_codes_are_as_promised_in_every_format() {
    let (drift, clean) = (drift(), drift().file("tools/ecr-images.conf", "web=nginx:1.27.1\n"));
    let broken = self::drift().file("other/ecr-images.conf", b"\xff");
    for format in ["human", "concise", "json", "sarif", "github", "markdown", "rdjson", "junit", "gitlab", "checkstyle"]
    {
        let code = |workspace: &Workspace, arguments: &[&str]| {
            given(workspace, &[&["--format", format], arguments].concat(), &[]).code
        };
        assert_eq!(code(&clean, &["--fail-on", "error"]), 0, "{format}");
        assert_eq!(code(&drift, &[]), 1, "{format}");
        assert_eq!(code(&drift, &["--exit-zero"]), 0, "{format}");
        assert_eq!(code(&broken, &[]), 2, "{format}");
        assert_eq!(code(&broken, &["--exit-zero"]), 2, "{format}");
        assert_eq!(code(&drift, &["nowhere"]), 2, "{format}");
    }
}

/// What the shell says of `script`, in which `$M` is the program.
#[cfg(unix)]
fn shell(workspace: &Workspace, script: &str) -> (i32, String, String) {
    let mut command = std::process::Command::new("bash");
    command.args(["-c", script]).current_dir(workspace.path("")).env("M", env!("CARGO_BIN_EXE_mirrorlint"));
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[cfg(unix)]
#[test]
fn exit_codes_are_as_promised_whatever_becomes_of_the_output() {
    let workspace = drift();
    let code = |script: &str| shell(&workspace, script).0;
    for format in ["human", "json", "junit"] {
        assert_eq!(code(&format!("$M check --format {format} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}")), 1);
        assert_eq!(code(&format!("$M check --format {format} >&-")), 1, "nobody reads");
        assert_eq!(code(&format!("$M check --format {format} 2>/dev/null >&- 2>&-")), 1);
    }
    if std::path::Path::new("/dev/full").exists() {
        for command in ["check", "check --exit-zero", "images", "rules", "check --format json=/dev/full"] {
            let (code, _, told) = shell(&workspace, &format!("$M {command} >/dev/full"));
            assert!(code == 2 && told.contains("No space left on device"), "{command}: {code} {told}");
        }
        assert_eq!(code("$M check >/dev/null 2>/dev/full"), 1, "nothing had to be told there");
    }
}

/// A stream may lead into a file with other things in it.
#[cfg(target_os = "linux")]
#[test]
fn reports_to_streams_take_nothing_away() {
    let workspace = drift();
    for (stream, redirection) in [("/dev/stdout", ">>log"), ("/dev/stderr", "2>>log"), ("/dev/fd/3", "3>>log")] {
        let script =
            format!("echo kept >log; $M check --format human --format concise={stream} {redirection}; cat log");
        let (_, said, _) = shell(&workspace, &script);
        assert!(said.contains("kept\ntools/ecr-images.conf:1:3: warning[undocumented-source]"), "{stream}: {said}");
        assert!(said.contains("1 error, 1 warning"), "the other report is there, too: {stream}: {said}");
    }
    let (_, said, _) = shell(&workspace, "$M check --format human --format json=/dev/stdout >new; cat new");
    assert!(said.starts_with("{\"version\":1") && said.contains("}\n━━ web"), "{said}");
}

#[test]
fn pages_are_printed_and_written() {
    let workspace = drift();
    assert!(workspace.run(&["man"]).stdout.contains(".TH mirrorlint 1"));
    assert!(workspace.run(&["man", "check"]).stdout.contains(".TH mirrorlint-check 1"));
    let unknown = workspace.run(&["man", "chek"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("there is no command called `chek`"), "{}", unknown.stderr);
    assert_eq!(workspace.run(&["man", "--output", "man1"]).code, 0);
    let mut names: Vec<_> =
        std::fs::read_dir(workspace.path("man1")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(names.contains(&"mirrorlint.1".into()) && names.contains(&"mirrorlint-why.1".into()), "{names:?}");
}

/// What bash offers behind `words`, the last of which is begun.
#[cfg(unix)]
fn completed(words: &[&str]) -> Vec<String> {
    let script = drift().run(&["completions", "bash"]).stdout;
    let last = words.len() - 1;
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let (current, previous) = (&quoted[last], &quoted[last - 1]);
    let ask = format!(
        "{script}\nCOMP_WORDS=({}); COMP_CWORD={last}\n_mirrorlint mirrorlint {current} {previous}\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        quoted.join(" ")
    );
    let bash = std::process::Command::new("bash").args(["--noprofile", "--norc", "-c", &ask]).output().unwrap();
    assert!(bash.status.success() && bash.stderr.is_empty(), "{}", String::from_utf8_lossy(&bash.stderr));
    String::from_utf8(bash.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_names() {
    assert_eq!(completed(&["mirrorlint", "ch"]), ["check"]);
    assert_eq!(completed(&["mirrorlint", "check", "--uns"]), ["--unsafe-fixes"]);
    assert_eq!(completed(&["mirrorlint", "check", "--format", "s"]), ["sarif"]);
    assert_eq!(completed(&["mirrorlint", "check", "--fail-on", "w"]), ["warning"]);
    assert_eq!(completed(&["mirrorlint", "check", "--select", "tag"]), ["tag-mismatch"]);
    assert_eq!(completed(&["mirrorlint", "explain", "wrong-c"]), ["wrong-comment"]);
    assert_eq!(completed(&["mirrorlint", "completions", "f"]), ["fish"]);
    assert_eq!(completed(&["mirrorlint", "man", "ch"]), ["check"]);
}
