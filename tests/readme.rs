//! README.md says what the code does: its table of rules is made from the pages' front matter, its configurations are run.
//! `MIRRORLINT_BLESS=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::path::Path;

use mirrorlint::lint::rules;
use workspace::{Workspace, fixture, run};

const HEAD: &str = "| rule | severity | fix | finds |\n|---|---|---|---|\n";

/// The order in which the groups stand.
const GROUPS: [&str; 4] = ["list", "image", "source", "chart"];

fn table() -> String {
    let mut rules: Vec<_> = rules().iter().collect();
    let group = |name: &str| GROUPS.iter().position(|group| *group == name).expect("a rule is of a known group");
    rules.sort_by_key(|rule| (group(rule.group), rule.id));
    let mut table = HEAD.to_owned();
    for rule in rules {
        let fix = rule.fix.map_or("-", mirrorlint::lint::Safety::as_str);
        let (id, severity, summary) = (rule.id, rule.severity.as_str(), rule.summary);
        table.push_str(&format!("| [{id}](rules/{id}.md) | {severity} | {fix} | {summary} |\n"));
    }
    table
}

#[test]
fn the_table_of_rules_is_that_of_the_pages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let start = readme.find(HEAD).expect("README.md has the table of rules");
    let end = start + readme[start..].find("\n\n").expect("something follows the table") + 1;
    if std::env::var_os("MIRRORLINT_BLESS").is_some() {
        std::fs::write(&path, format!("{}{}{}", &readme[..start], table(), &readme[end..])).unwrap();
        return;
    }
    let right = table();
    assert!(
        readme[start..end] == right,
        "README.md is out of date: run this test once with MIRRORLINT_BLESS=1\n{right}"
    );
}

/// Links that lead to other files of the repository, or to headings, as GitHub names those.
#[test]
fn links_lead_to_files_and_headings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |path: &Path| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let anchor = |heading: &str| {
        let words = heading.trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect::<String>()
    };
    let mut pages = vec![root.join("README.md")];
    pages.extend(std::fs::read_dir(root.join(".github/docs")).unwrap().map(|entry| entry.unwrap().path()));
    let link = regex::Regex::new(r"\]\(([^)\s]*)\)").unwrap();
    let mut led_to = std::collections::BTreeSet::new();
    for page in &pages {
        let text = read(page);
        for link in link.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{} links to {link}", page.display()));
            if !heading.is_empty() {
                let known =
                    read(&target).lines().any(|line| line.strip_prefix("## ").is_some_and(|it| anchor(it) == heading));
                assert!(known, "{}: no heading for {link}", page.display());
            }
            led_to.insert(target);
        }
    }
    for page in pages {
        assert!(led_to.contains(&page.canonicalize().unwrap()), "nothing leads to {}", page.display());
    }
}

/// The picture on top is a part of what the README's first command prints.
#[test]
fn the_opening_example_is_what_is_printed() {
    let readme = include_str!("../README.md").replace("\r\n", "\n");
    let block = |fence: &str| {
        let start = readme.find(fence).expect("the block is there") + fence.len();
        readme[start..start + readme[start..].find("```").expect("the block ends")].to_owned()
    };
    let printed = run(&fixture("hyperpod"), &["check", "--color", "never"], &[]).stdout;
    let picture = block("```text\n");
    let (picture, _) = picture.split_once("    ...\n").expect("the example breaks off in the fix");
    assert!(printed.contains(picture), "{picture}\nis not in\n{printed}");
    let list = std::fs::read_to_string(fixture("hyperpod").join("tools/ecr-images.conf")).unwrap();
    let entry = block("```conf\n");
    assert!(list.contains(&entry), "{entry}");
}

/// The blocks of README.md in `language`.
fn blocks(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let start = format!("```{language}\n");
    let parts = readme.split(&start).skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_configurations_that_readme_shows_are_taken() {
    let shown: Vec<String> =
        blocks("yaml").into_iter().filter(|block| block.contains("lists:\n") || block.starts_with("rules:")).collect();
    assert_eq!(shown.len(), 2);
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: \"{{ .Release.Namespace }}\"}\nspec: {containers: [{name: web, image: \
                    \"{{ .Values.account }}.dkr.ecr.{{ .Values.region }}.amazonaws.com/{{ .Release.Name }}:{{ .Capabilities.KubeVersion.Minor }}\"}]}\n";
    let list = "# Web (from local chart platform:1.0.0)\n# Note: depends on the region\nplatform=111111111111.dkr.ecr.us-west-2.amazonaws.com/platform:31\n";
    for configuration in shown {
        let whole = configuration.contains("lists:");
        let workspace = Workspace::with_list(list)
            .chart("charts/platform", &[])
            .file(
                "charts/platform/values.yaml",
                if whole { "region: ''\n" } else { "region: us-west-2\naccount: '111111111111'\n" },
            )
            .file("charts/platform/templates/platform.yaml", template.replace("{{ .Release.Name }}", "platform"))
            .file("values-prod.yaml", "account: '111111111111'\n")
            .file(".mirrorlint.yaml", &configuration);
        let found: Vec<String> =
            workspace.findings().into_iter().filter(|finding| !finding.contains("unused-suppression")).collect();
        assert_eq!(found, [""; 0], "{configuration}");
        let settings = workspace.run(&["check", "--show-settings"]).stdout;
        if whole {
            let scenario = "scenario us-west-2: empty `region` values are us-west-2, release platform, namespace kube-system, Kubernetes v1.31.0, values \
                            values-prod.yaml";
            assert!(settings.contains(scenario), "{settings}");
        } else {
            assert!(settings.contains("stale-entry: error"), "{settings}");
        }
    }
}
