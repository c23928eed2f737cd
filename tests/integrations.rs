//! What others install mirrorlint by: the hooks' manifest, the package that brings the wheel, and what README.md and its page of recipes say of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::path::Path;

use regex::Regex;
use serde_yaml::Value;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

fn hooks() -> Vec<Value> {
    serde_yaml::from_str(&read(".pre-commit-hooks.yaml")).unwrap()
}

/// The YAML blocks of README.md and its page of recipes that start with this comment.
fn examples(head: &str) -> Vec<String> {
    let pages = read("README.md") + &read(".github/docs/integrations.md");
    let blocks = pages.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let found: Vec<_> = blocks.filter(|block| block.starts_with(head)).map(str::to_owned).collect();
    assert!(!found.is_empty(), "no page has an example that starts with {head}");
    found
}

/// What bash completes in `mirrorlint WORDS`, the last of which is not complete yet.
#[cfg(unix)]
fn completed(words: &[&str]) -> Option<Vec<String>> {
    let program = env!("CARGO_BIN_EXE_mirrorlint");
    let (last, before) = (words.last()?, words[words.len() - 2]);
    let script = format!(
        "source <({program} completions bash); COMP_WORDS=(mirrorlint {}); COMP_CWORD={}\n\
         _mirrorlint mirrorlint '{last}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words.len()
    );
    let output = std::process::Command::new("bash").arg("-c").arg(script).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[cfg(unix)]
#[test]
fn bash_completes_names_of_rules_behind_commas() {
    for (words, expected) in [
        (["check", "--select", "tag-"], "tag-mismatch"),
        (["check", "--select", "tag-mismatch,dig"], "tag-mismatch,digest-mismatch"),
        (["check", "--ignore", "a,b,wrong-s"], "a,b,wrong-source"),
    ] {
        let Some(found) = completed(&words) else { return };
        assert_eq!(found, [expected], "{words:?}");
    }
    let all = completed(&["check", "--select", "tag-mismatch,"]).unwrap();
    assert!(all.len() > 20 && all.iter().all(|one| one.starts_with("tag-mismatch,")), "{all:?}");
}

#[test]
fn hooks_run_once_and_when_something_of_theirs_changed() {
    let hooks = hooks();
    let ids: Vec<_> = hooks.iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["mirrorlint", "mirrorlint-fix"]);
    for hook in hooks {
        assert_eq!(hook["pass_filenames"], Value::Bool(false));
        assert_eq!(hook["types"], Value::Sequence(Vec::new()), "submodules are no files");
        let files = Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for path in [
            "tools/ecr-images.conf",
            ".mirrorlint.yaml",
            "Chart.yaml",
            "platform/Chart.lock",
            "old/requirements.yaml",
            "old/requirements.lock",
            "platform/.helmignore",
            "platform/values.yaml",
            "platform/values-prod.yml",
            "platform/prod-values.yaml",
            "platform/values.schema.json",
            "regional-values/us-west-2.yaml",
            "platform/templates/_helpers.tpl",
            "platform/crds/widget.yaml",
            "charts/web/anything",
            "charts/web-1.0.0.tgz",
            "vendored-platform",
        ] {
            assert!(files.is_match(path), "{path}");
        }
        for path in
            ["README.md", "src/main.rs", "docs/values.md", "my-ecr-images.conf", "mychart.yaml", "tools/copy.sh"]
        {
            assert!(!files.is_match(path), "{path}");
        }
    }
}

#[test]
fn the_readme_shows_the_hooks_as_they_are() {
    let hooks = hooks();
    for example in examples("# .pre-commit-config.yaml") {
        let configuration: Value = serde_yaml::from_str(&example).unwrap();
        for repository in configuration["repos"].as_sequence().unwrap() {
            let local = repository["repo"].as_str() == Some("local");
            if !local {
                assert_eq!(repository["repo"].as_str(), Some(env!("CARGO_PKG_REPOSITORY")));
                assert_eq!(repository["rev"].as_str(), Some(format!("v{VERSION}").as_str()));
            }
            for hook in repository["hooks"].as_sequence().unwrap() {
                let own = hooks.iter().find(|own| own["id"] == hook["id"]).expect("a hook of the manifest");
                let local_fields = ["entry", "pass_filenames", "types", "files"];
                for field in local_fields.iter().filter(|field| local || hook.get(field).is_some()) {
                    assert_eq!(hook[*field], own[*field], "{field} of\n{example}");
                }
            }
        }
    }
}

/// pip installs this folder for a hook: that must bring the program of the same version.
#[test]
fn the_package_of_this_folder_brings_the_wheel_of_this_version() {
    let package: toml::Table = read("pyproject.toml").parse().unwrap();
    assert_eq!(package["project"]["version"].as_str(), Some(VERSION));
    let dependencies = package["project"]["dependencies"].as_array().unwrap();
    assert_eq!(dependencies[..], [toml::Value::from(format!("mirrorlint=={VERSION}"))]);
    let wheel: toml::Table = read(".ci/wheel/pyproject.toml").parse().unwrap();
    assert_eq!(wheel["tool"]["maturin"]["bindings"].as_str(), Some("bin"));
    // Licences come with it: copies, for a wheel takes none from above its folder.
    assert_eq!(wheel["project"]["license-files"].as_array().unwrap()[..], [toml::Value::from("LICENSE-*")]);
    assert!(read(".ci/build").contains("cp \"$root\"/LICENSE-* \"$root/.ci/wheel\""));
}

/// What the release's scripts say, from the repository's folder.
#[cfg(unix)]
fn release(script: &str, arguments: &[&str]) -> (bool, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output =
        std::process::Command::new(root.join(".ci").join(script)).args(arguments).current_dir(root).output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[cfg(unix)]
#[test]
fn a_tag_of_another_version_is_not_released() {
    let (passes, said) = release("version", &["v9.9.9"]);
    assert!(!passes && said.contains("Cargo.toml is not of version 9.9.9"), "{said}");
    let (passes, said) = release("version", &[VERSION]);
    assert!(!passes && said.contains("is no tag of the form v1.2.3"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_release_says_which_checksums_the_action_needs() {
    let folder = tempfile::tempdir().unwrap();
    let sums = folder.path().join("SHA256SUMS");
    let (hash, other) = ("a".repeat(64), "b".repeat(64));
    let archive = format!("{hash}  mirrorlint-1.2.3-x86_64-unknown-linux-musl.tar.gz");
    std::fs::write(&sums, format!("{archive}\n{other}  mirrorlint-1.2.3-py3-none-any.whl\n")).unwrap();
    let (passes, said) = release("pins", &[sums.to_str().unwrap()]);
    assert!(passes && said.contains(&format!("```text\n{archive}\n```")), "{said}");
    assert!(said.contains("`default: 1.2.3`") && said.contains("`action-v1.2.3`"), "{said}");
}
