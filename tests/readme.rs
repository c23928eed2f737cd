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

/// Links to headings of the page itself: as GitHub names those.
#[test]
fn links_within_the_page_lead_to_its_headings() {
    let readme = include_str!("../README.md").replace("\r\n", "\n");
    let anchor = |heading: &str| {
        let words = heading.trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect::<String>()
    };
    let headings: Vec<_> = readme.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    let links: Vec<_> = readme.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert!(links.len() > headings.len());
    for link in &links {
        assert!(headings.iter().any(|heading| heading == link), "no heading is called #{link}");
    }
    for heading in headings.iter().filter(|heading| *heading != "license") {
        assert!(links.contains(&heading.as_str()), "nothing leads to #{heading}");
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
