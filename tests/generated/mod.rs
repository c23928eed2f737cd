//! Workspaces that nobody thought of: a small chart, a list as people write lists, and everything that can be wrong with it.
//! Parts are drawn from short tables, so that what fails reads like something that somebody wrote.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const REPOSITORIES: [&str; 8] = [
    "nginx",
    "docker.io/library/redis",
    "quay.io/acme/web",
    "ghcr.io/other/web",
    "registry.k8s.io/pause",
    "nvcr.io/nvidia/k8s-device-plugin",
    "registry.example.org:5000/acme/tool",
    "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent",
];
const TAGS: [&str; 5] = ["1.27.1", "1", "v2.0", "latest", "7.2-r0"];
const DIGEST: &str = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const APP_VERSION: &str = "3.1.4";
const REMARKS: [&str; 6] = [
    "",
    " (from chart values.yaml)",
    " (from Chart.yaml)",
    " (from chart template)",
    " (from the readme)",
    ", pinned by operations",
];
const INVALID: [&str; 5] = ["web nginx:1", "=nginx:1", "web=", "export web=nginx:1", "- nginx:1"];
const RULES: [&str; 6] =
    ["tag-mismatch", "stale-entry", "wrong-comment", "no-such-rule", "duplicate-entry", "reader-disagreement"];

/// How a container's image comes about.
#[derive(Clone, Copy, Debug)]
pub enum How {
    Template,
    Value,
    Parts,
    AppVersion,
    Region,
    /// The tag depends on whether there is a region.
    RegionTag,
    Operand,
    Digest,
    /// Behind a switch that is off.
    Off,
}

#[derive(Clone, Copy, Debug)]
pub struct Container {
    pub repository: &'static str,
    pub tag: &'static str,
    pub how: How,
}

impl Container {
    pub fn image(&self) -> String {
        match self.how {
            How::AppVersion => format!("{}:{APP_VERSION}", self.repository),
            How::Region => format!("602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/regional:{}", self.tag),
            How::Digest => format!("{}:{}{DIGEST}", self.repository, self.tag),
            _ => format!("{}:{}", self.repository, self.tag),
        }
    }

    fn template(&self, number: usize) -> String {
        match self.how {
            How::Template | How::Operand | How::Digest | How::Off => self.image(),
            How::RegionTag => {
                format!("{}:{}{{{{ if .Values.region }}}}-regional{{{{ end }}}}", self.repository, self.tag)
            }
            How::Value => format!("{{{{ .Values.c{number}.image }}}}"),
            How::Parts => format!("{{{{ .Values.c{number}.repository }}}}:{{{{ .Values.c{number}.tag }}}}"),
            How::AppVersion => {
                format!("{}:{{{{ .Values.c{number}.tag | default .Chart.AppVersion }}}}", self.repository)
            }
            How::Region => {
                format!("602401143452.dkr.ecr.{{{{ .Values.region }}}}.amazonaws.com/eks/regional:{}", self.tag)
            }
        }
    }

    fn values(&self, number: usize) -> String {
        match self.how {
            How::Value => format!("c{number}: {{image: \"{}\"}}\n", self.image()),
            How::Parts => format!("c{number}: {{repository: \"{}\", tag: \"{}\"}}\n", self.repository, self.tag),
            How::AppVersion => format!("c{number}: {{tag: \"\"}}\n"),
            How::Off => format!("c{number}: {{enabled: false}}\n"),
            _ => String::new(),
        }
    }
}

/// A subchart of the chart.
#[derive(Clone, Debug)]
pub struct Subchart {
    pub declared: bool,
    /// Whether a condition switches it off, when it is declared.
    pub off: bool,
    /// Another root chart with the same subchart: what it deploys by itself.
    pub shared: Option<Vec<Container>>,
    pub containers: Vec<Container>,
}

/// What stands in a comment block.
#[derive(Clone, Copy, Debug)]
pub enum Line {
    Title,
    From(usize),
    Repository(bool),
    Tag(bool, &'static str),
    Note,
    Allow(&'static str, bool),
    Exempt(bool),
    Bare,
    Unicode,
    /// As Japanese teams label it, in wide punctuation.
    Wide(bool),
    /// With more signs in front than one.
    Signs(bool),
}

/// What an entry's image is, next to the deployed one that it is for.
#[derive(Clone, Copy, Debug)]
pub enum Twist {
    None,
    Tag(&'static str),
    NoTag,
    Registry,
    Path,
    Digest,
    Capital,
    Other(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub enum Writing {
    Plain,
    Quotes,
    Comment,
    Blanks,
    CarriageReturn,
    /// With a suppression behind the image.
    Frozen,
}

/// What stands behind an image that is frozen.
pub const FROZEN: &str = " # mirrorlint: allow tag-mismatch: frozen";

#[derive(Clone, Copy, Debug)]
pub enum Name {
    Last,
    Path,
    Same,
    Prefixed,
    Refused,
}

#[derive(Clone, Debug)]
pub enum Item {
    Blank,
    Blanks,
    Remark,
    Invalid(&'static str),
    Entry { of: usize, twist: Twist, name: Name, writing: Writing, block: Vec<Line>, parted: bool },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ends {
    LineFeed,
    Both,
    Mixed,
}

/// Another list of the workspace, of the same chart or of one of its own.
#[derive(Clone, Debug)]
pub struct Second {
    pub items: Vec<Item>,
    pub containers: Option<Vec<Container>>,
}

/// A list and a chart, and perhaps another list.
#[derive(Clone, Debug)]
pub struct Case {
    pub containers: Vec<Container>,
    pub subchart: Option<Subchart>,
    /// Another root chart, which is passed over where notes name the first one.
    pub aside: Option<Vec<Container>>,
    /// Whether there is a root chart that deploys nothing.
    pub bare: bool,
    pub header: bool,
    pub items: Vec<Item>,
    pub ends: Ends,
    pub finished: bool,
    pub mark: bool,
    pub second: Option<Second>,
}

impl Case {
    /// Everything that is deployed, with the chart that does.
    fn deployed(&self) -> Vec<(Container, &'static str)> {
        let own = self.containers.iter().map(|container| (*container, "app"));
        let sub = self.subchart.iter().flat_map(|sub| &sub.containers).map(|container| (*container, "sub"));
        // Who lists what another chart deploys says this one all the same.
        let aside = self.aside.iter().flatten().map(|container| (*container, "app"));
        own.chain(sub).chain(aside).collect()
    }

    /// What some chart names, deployed or not, whatever the region is.
    pub fn named(&self) -> Vec<String> {
        let subchart = self.subchart.iter();
        let shared = subchart.clone().flat_map(|sub| sub.shared.iter().flatten());
        let own = self.containers.iter().chain(subchart.flat_map(|sub| &sub.containers)).chain(shared);
        let others = self.aside.iter().flatten();
        let all = own.chain(others).chain(self.second.iter().flat_map(|second| second.containers.iter().flatten()));
        all.filter(|container| !matches!(container.how, How::Region | How::RegionTag)).map(Container::image).collect()
    }

    /// The files of the workspace.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let chart =
            |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 1.2.0\nappVersion: \"{APP_VERSION}\"\n");
        let mut root = chart("app");
        let mut files = Vec::new();
        if let Some(sub) = &self.subchart {
            if sub.declared {
                let condition = if sub.off { ", condition: sub.enabled" } else { "" };
                let _ = writeln!(
                    root,
                    "dependencies:\n- {{name: sub, version: 1.2.0, repository: \"https://charts.example.org\"{condition}}}"
                );
            }
            files.push(("app/charts/sub/Chart.yaml", chart("sub")));
            files.push(("app/charts/sub/values.yaml", values(&sub.containers)));
            files.push(("app/charts/sub/templates/pod.yaml", pod("sub", &sub.containers)));
            if let Some(containers) = &sub.shared {
                files.push(("twin/Chart.yaml", chart("twin")));
                files.push(("twin/values.yaml", values(containers)));
                files.push(("twin/templates/pod.yaml", pod("twin", containers)));
                files.push(("twin/charts/sub/Chart.yaml", chart("sub")));
                files.push(("twin/charts/sub/values.yaml", values(&sub.containers)));
                files.push(("twin/charts/sub/templates/pod.yaml", pod("sub", &sub.containers)));
            }
        }
        if self.bare {
            files.push(("bare/Chart.yaml", chart("bare")));
            files.push(("bare/values.yaml", values(&[])));
        }
        files.push(("app/Chart.yaml", root));
        let off = self.subchart.as_ref().is_some_and(|sub| sub.declared && sub.off);
        let switch = if off { "sub: {enabled: false}\n" } else { "" };
        files.push(("app/values.yaml", values(&self.containers) + switch));
        if let Some(containers) = &self.aside {
            files.push(("aside/Chart.yaml", chart("aside")));
            files.push(("aside/values.yaml", values(containers)));
            files.push(("aside/templates/pod.yaml", pod("aside", containers)));
        }
        files.push(("app/templates/pod.yaml", pod("app", &self.containers)));
        files.push(("tools/ecr-images.conf", self.list(&self.items, &self.deployed())));
        if let Some(second) = &self.second {
            let mut deployed = self.deployed();
            if let Some(containers) = &second.containers {
                files.push(("other/Chart.yaml", chart("other")));
                files.push(("other/values.yaml", values(containers)));
                files.push(("other/templates/pod.yaml", pod("other", containers)));
                deployed = containers.iter().map(|container| (*container, "other")).collect();
            }
            files.push(("mirror/ecr-images.conf", self.list(&second.items, &deployed)));
        }
        files
    }

    fn list(&self, items: &[Item], deployed: &[(Container, &str)]) -> String {
        let mut lines: Vec<String> = Vec::new();
        if self.header {
            lines.extend(["# Container images to mirror".to_owned(), String::new()]);
        }
        for item in items {
            match item {
                Item::Blank => lines.push(String::new()),
                Item::Blanks => lines.push("  ".to_owned()),
                Item::Remark => lines.push("# seen by operations".to_owned()),
                Item::Invalid(text) => lines.push((*text).to_owned()),
                Item::Entry { of, twist, name, writing, block, parted } => {
                    if *parted {
                        lines.push(String::new());
                    }
                    let (container, chart) = deployed[of % deployed.len()];
                    lines.extend(block.iter().map(|line| line.text(&container, chart)));
                    lines.push(entry(&container, *twist, *name, *writing));
                }
            }
        }
        let mut text = if self.mark { "\u{feff}".to_owned() } else { String::new() };
        for (number, line) in lines.iter().enumerate() {
            text.push_str(line);
            let last = number + 1 == lines.len();
            if last && !self.finished {
                break;
            }
            let both = self.ends == Ends::Both || (self.ends == Ends::Mixed && number % 3 == 1);
            text.push_str(if both { "\r\n" } else { "\n" });
        }
        text
    }
}

impl Line {
    fn text(self, container: &Container, chart: &str) -> String {
        let image = container.image();
        let (repository, tag) = image.split('@').next().and_then(|image| image.rsplit_once(':')).unwrap_or_default();
        match self {
            Self::Title => "# A server".to_owned(),
            Self::From(0) => format!("# A server (from local chart {chart}:1.2.0)"),
            Self::From(1) => format!("# A server (from local chart {chart}:0.9.0)"),
            Self::From(2) => "# A server (from bitnami/gone:7.0.0)".to_owned(),
            Self::From(3) => "# (from local chart app:1.2.0) and more".to_owned(),
            Self::From(_) => format!("# A server (from eks/{chart}:v1.2.0)"),
            Self::Repository(true) => format!("# Repository: {repository}"),
            Self::Repository(false) => "#Repository:   quay.io/old/place".to_owned(),
            Self::Tag(true, remark) => format!("# Tag: {tag}{remark}"),
            Self::Tag(false, remark) => format!("#   tag: v0.0.1{remark}"),
            Self::Note => "# Note: depends on the region".to_owned(),
            Self::Allow(rule, true) => format!("# mirrorlint: allow {rule}: wanted so"),
            Self::Allow(rule, false) => format!("# mirrorlint: allow {rule}"),
            Self::Exempt(true) => "# mirrorlint: exempt quay.io/*: reached directly".to_owned(),
            Self::Exempt(false) => "# mirrorlint: exempt example.org/*: reached directly".to_owned(),
            Self::Bare => "#".to_owned(),
            Self::Wide(true) => format!("# タグ　Tag：{tag}（from chart values）"),
            Self::Wide(false) => format!("# サーバー（from local chart {chart}:0.9.0）"),
            Self::Signs(true) => format!("## Repository: {repository}"),
            Self::Signs(false) => format!("## A server (from local chart {chart}:0.9.0)"),
            Self::Unicode => "# Bilder für den Spiegel ✓ 镜像".to_owned(),
        }
    }
}

fn entry(container: &Container, twist: Twist, name: Name, writing: Writing) -> String {
    let deployed = container.image();
    let (repository, tag) = deployed.split('@').next().and_then(|image| image.rsplit_once(':')).unwrap_or_default();
    let path = repository.split_once('/').map_or(repository, |(_, path)| path);
    let image = match twist {
        Twist::None => deployed.clone(),
        Twist::Tag(tag) => format!("{repository}:{tag}"),
        Twist::NoTag => repository.to_owned(),
        Twist::Registry => format!("mirror.example.org/{path}:{tag}"),
        Twist::Path => format!("{repository}-old:{tag}"),
        Twist::Digest => format!("{repository}:{tag}{}", DIGEST.replace('0', "f")),
        Twist::Capital => format!("quay.io/Acme/{path}:{tag}"),
        Twist::Other(other) => format!("{other}:{tag}"),
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let name = match name {
        Name::Last => last.to_owned(),
        Name::Path => path.to_owned(),
        Name::Same => "web".to_owned(),
        Name::Prefixed => format!("mirror/{last}"),
        Name::Refused => format!("{last}--x"),
    };
    match writing {
        Writing::Plain => format!("{name}={image}"),
        Writing::Quotes => format!("{name}=\"{image}\""),
        Writing::Comment => format!("{name}={image} # pinned"),
        Writing::Blanks => format!(" {name} = {image}  "),
        Writing::CarriageReturn => format!("{name}={image}\r"),
        Writing::Frozen => format!("{name}={image}{FROZEN}"),
    }
}

fn values(containers: &[Container]) -> String {
    let mut text = "region: \"\"\n".to_owned();
    text.extend(containers.iter().enumerate().map(|(number, container)| container.values(number)));
    text
}

fn pod(name: &str, containers: &[Container]) -> String {
    let mut text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n");
    for (number, container) in containers.iter().enumerate() {
        let image = container.template(number);
        let _ = match container.how {
            How::Operand => writeln!(
                text,
                "  - {{name: c{number}, image: \"registry.k8s.io/pause:3.9\", env: [{{name: SIDECAR_IMAGE, value: \"{image}\"}}]}}"
            ),
            How::Off => writeln!(
                text,
                "  {{{{- if .Values.c{number}.enabled }}}}\n  - {{name: c{number}, image: \"{image}\"}}\n  {{{{- end }}}}"
            ),
            _ => writeln!(text, "  - {{name: c{number}, image: \"{image}\"}}"),
        };
    }
    text
}

fn container() -> impl Strategy<Value = Container> {
    let how = prop_oneof![
        4 => Just(How::Template),
        2 => Just(How::Value),
        4 => Just(How::Parts),
        3 => Just(How::AppVersion),
        1 => Just(How::Region),
        1 => Just(How::RegionTag),
        1 => Just(How::Operand),
        1 => Just(How::Digest),
        2 => Just(How::Off),
    ];
    (select(&REPOSITORIES[..]), select(&TAGS[..]), how).prop_map(|(repository, tag, how)| Container {
        repository,
        tag,
        how,
    })
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        2 => Just(Line::Title),
        6 => (0..5_usize).prop_map(Line::From),
        3 => any::<bool>().prop_map(Line::Repository),
        3 => (any::<bool>(), select(&REMARKS[..])).prop_map(|(right, remark)| Line::Tag(right, remark)),
        1 => Just(Line::Note),
        2 => (select(&RULES[..]), any::<bool>()).prop_map(|(rule, reason)| Line::Allow(rule, reason)),
        1 => any::<bool>().prop_map(Line::Exempt),
        1 => Just(Line::Bare),
        1 => Just(Line::Unicode),
        1 => any::<bool>().prop_map(Line::Wide),
        1 => any::<bool>().prop_map(Line::Signs),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    let twist = prop_oneof![
        5 => Just(Twist::None),
        4 => select(&TAGS[..]).prop_map(Twist::Tag),
        1 => Just(Twist::NoTag),
        1 => Just(Twist::Registry),
        1 => Just(Twist::Path),
        1 => Just(Twist::Digest),
        1 => Just(Twist::Capital),
        2 => select(&REPOSITORIES[..]).prop_map(Twist::Other),
    ];
    let name = prop_oneof![
        6 => Just(Name::Last),
        2 => Just(Name::Path),
        1 => Just(Name::Same),
        1 => Just(Name::Prefixed),
        1 => Just(Name::Refused),
    ];
    let writing = prop_oneof![
        8 => Just(Writing::Plain),
        1 => Just(Writing::Quotes),
        1 => Just(Writing::Comment),
        1 => Just(Writing::Blanks),
        1 => Just(Writing::CarriageReturn),
        1 => Just(Writing::Frozen),
    ];
    let entry = (0..8_usize, twist, name, writing, vec(line(), 0..5), prop::bool::weighted(0.7))
        .prop_map(|(of, twist, name, writing, block, parted)| Item::Entry { of, twist, name, writing, block, parted });
    prop_oneof![
        2 => Just(Item::Blank),
        1 => Just(Item::Blanks),
        1 => Just(Item::Remark),
        1 => select(&INVALID[..]).prop_map(Item::Invalid),
        14 => entry,
    ]
}

/// Any workspace.
pub fn case() -> impl Strategy<Value = Case> {
    let shared = proptest::option::weighted(0.2, vec(container(), 1..3));
    let subchart = (prop::bool::weighted(0.8), prop::bool::weighted(0.2), shared, vec(container(), 1..3))
        .prop_map(|(declared, off, shared, containers)| Subchart { declared, off, shared, containers });
    let second = (vec(item(), 0..4), proptest::option::of(vec(container(), 1..3)))
        .prop_map(|(items, containers)| Second { items, containers });
    let ends = prop_oneof![8 => Just(Ends::LineFeed), 1 => Just(Ends::Both), 1 => Just(Ends::Mixed)];
    (
        vec(container(), 1..4),
        proptest::option::of(subchart),
        proptest::option::weighted(0.25, vec(container(), 1..3)),
        prop::bool::weighted(0.2),
        any::<bool>(),
        vec(item(), 0..6),
        ends,
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.05),
        proptest::option::weighted(0.3, second),
    )
        .prop_map(|(containers, subchart, aside, bare, header, items, ends, finished, mark, second)| Case {
            containers,
            subchart,
            aside,
            bare,
            header,
            items,
            ends,
            finished,
            mark,
            second,
        })
}
