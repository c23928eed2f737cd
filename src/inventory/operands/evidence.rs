//! Whether a string is an image: weighs the grammar, the name of its key, the place that it came from and the list itself.
//! Asks no registry.

use std::collections::HashMap;

use super::Confidence;
use super::words::{Hint, Role, hint};
use crate::image::Reference;
use crate::inventory::listing::{Likeness, Listing};
use crate::source::{FileId, Origin, Text};
use crate::yaml::Value;

/// Nesting of values that is followed.
const MAX_DEPTH: usize = 200;

/// What is known beside the string and its key.
#[derive(Debug, PartialEq)]
pub(crate) struct Evidence<'a> {
    /// The images of the list.
    listed: &'a Listing,
    /// The places of values that are images by their path (`image.repository`), sorted, for each file.
    values: HashMap<FileId, Vec<(u32, u32)>>,
}

impl<'a> Evidence<'a> {
    /// `values` are what the templates saw: those of all charts and of the user.
    pub fn new(listed: &'a Listing, values: &Value) -> Self {
        let mut evidence = Self { listed, values: HashMap::new() };
        evidence.learn(values, false, 0);
        evidence.values.values_mut().for_each(|places| places.sort_unstable());
        evidence
    }

    /// `inside` says whether a key above is called image.
    fn learn(&mut self, value: &Value, inside: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Map(map) => {
                let has = |name: &str| map.contains_key(name);
                let split = has("repository") && (has("tag") || has("image"));
                for (key, value) in map.iter() {
                    let hint = hint(key);
                    let image = hint.names_image();
                    match value {
                        Value::String(text) => {
                            let repository = matches!(hint.role, Some(Role::Repository | Role::Name));
                            if image || (repository && (inside || split || hint.image)) {
                                self.mark(text);
                            }
                        }
                        _ => self.learn(value, image || (inside && hint.role.is_some()), depth + 1),
                    }
                }
            }
            Value::List(items) => items.iter().for_each(|item| match item {
                Value::String(text) if inside => self.mark(text),
                _ => self.learn(item, inside, depth + 1),
            }),
            _ => {}
        }
    }

    fn mark(&mut self, text: &Text) {
        if let Some(span) = text.exact_span().filter(|span| !span.is_empty()) {
            self.values.entry(span.file).or_default().push((span.start, span.end));
        }
    }

    /// Whether some of `origin` is a value that is an image by its path.
    fn is_image_value(&self, origin: &Origin) -> bool {
        origin.places().iter().any(|(span, ..)| {
            let Some(places) = self.values.get(&span.file) else { return false };
            let before = places.partition_point(|(start, _)| *start <= span.start);
            before.checked_sub(1).is_some_and(|at| span.end <= places[at].1 && !span.is_empty())
        })
    }

    /// Whether the repository of an image in `text` came from such a value.
    fn comes_from_image_value(&self, text: &Text) -> bool {
        !self.values.is_empty()
            && text.parts().iter().filter_map(|(_, origin)| origin.as_ref()).any(|origin| self.is_image_value(origin))
    }

    /// Reads `text` as an image under a key that says `hint`; `None` when it is none.
    pub(super) fn assess(&self, text: &Text, hint: &Hint) -> Option<(Reference, Confidence)> {
        let reference = plausible(text)?;
        let shape = Shape::of(&reference);
        let listed = self.listed(&reference, shape);
        if let Some(confidence) = listed {
            return Some((reference, confidence));
        }
        if hint.never && reference.digest().is_none() {
            return None;
        }
        // `ghcr.io/acme/charts/app:1.0.0` is a chart unless somebody says image.
        if !hint.names_image() && reference.path().split('/').any(|part| part == "charts" || part == "helm-charts") {
            return None;
        }
        let grade = shape.grade(hint, || self.comes_from_image_value(&text.slice(reference.path_range())))?;
        Some((reference, grade))
    }

    /// Whether `text` is worth reading at all, under a key that says `hint`: most strings of a manifest are not.
    pub(super) fn interests(&self, text: &Text, hint: &Hint) -> bool {
        if hint.image || hint.role == Some(Role::Repository) {
            return true;
        }
        let plain = text.as_str();
        if !plain.contains(char::is_whitespace) && !plain.starts_with(['{', '[']) {
            return plain.contains([':', '@']);
        }
        let runs = super::commands::TOOLS.iter().any(|tool| plain.contains(tool));
        // `registry.example.com/path:1` in one of many lines
        let is_whole = |word: &str| {
            let slash = word.find('/').filter(|_| !word.contains("://"));
            slash.is_some_and(|slash| word[..slash].contains(['.', ':']) && word[slash..].contains([':', '@']))
        };
        runs || (plain.contains('\n') && plain.split_whitespace().any(is_whole))
            || ["mage", "MAGE", "img", "IMG"].iter().any(|word| plain.contains(word))
            || self.comes_from_image_value(text)
            || self.listed.is_mentioned(plain)
    }

    /// Whether something beside grammar and key says that `text`, which reads as `reference`, is an image.
    pub(super) fn vouches(&self, text: &Text, reference: &Reference) -> bool {
        self.listed(reference, Shape::of(reference)).is_some()
            || self.comes_from_image_value(&text.slice(reference.path_range()))
    }

    /// What the list says: the same image is one; so is another version of one of its repositories.
    fn listed(&self, reference: &Reference, shape: Shape) -> Option<Confidence> {
        let exact = self.listed.likeness(reference)? == Likeness::Whole;
        // `redis:6379` is a service.
        let versioned = shape.tag || shape.digest;
        match (exact && versioned, shape.slash && versioned && !shape.port) {
            (true, _) => Some(Confidence::Certain),
            (false, true) => Some(Confidence::Likely),
            (false, false) => None,
        }
    }
}

/// What can be seen of a reference from outside.
#[derive(Clone, Copy, Debug)]
struct Shape {
    registry: bool,
    slash: bool,
    tag: bool,
    digest: bool,
    /// Whether the tag could be a port.
    port: bool,
    /// Whether the tag is one that services have: 80, 443, four digits or more.
    served: bool,
    /// Whether the tag reads like a version: `v1.2`, `1.2.3-alpine`.
    version: bool,
    /// Whether it is an image that everybody knows.
    official: bool,
}

impl Shape {
    fn of(reference: &Reference) -> Self {
        let tag = reference.tag().unwrap_or_default();
        Self {
            registry: reference.registry().is_some(),
            slash: reference.name().contains('/'),
            tag: !tag.is_empty(),
            digest: reference.digest().is_some(),
            port: is_number(tag),
            served: is_number(tag) && (matches!(tag, "80" | "443") || (4..=5).contains(&tag.len())),
            version: is_version(tag),
            official: is_official(reference.path()),
        }
    }

    /// The decision; `from_image_value` is asked only where it matters.
    fn grade(self, hint: &Hint, from_image_value: impl Fn() -> bool) -> Option<Confidence> {
        let named = hint.names_image();
        let sure = |sure: bool| Some(if sure { Confidence::Certain } else { Confidence::Likely });
        match self {
            Self { digest: true, .. } => sure(named || self.registry),
            // `example.com/path:8080` under any name.
            Self { registry: true, tag: true, served: true, .. } if !named && !from_image_value() => None,
            Self { registry: true, tag: true, .. } => sure(hint.image || from_image_value()),
            Self { slash: true, tag: true, version, .. } if named || (version && hint.image) => sure(true),
            // `minio:9000` in `IMAGE_STORE`.
            Self { slash: false, tag: true, served: true, .. } if !from_image_value() => None,
            Self { tag: true, .. } if named => sure(true),
            Self { slash: true, tag: true, port: false, .. } if from_image_value() || self.version || hint.image => {
                sure(false)
            }
            Self { tag: true, port: false, .. } if from_image_value() => sure(false),
            Self { tag: true, port: false, version, official, .. } if hint.image && (version || official) => {
                sure(false)
            }
            // A name without a version needs a key that says image.
            Self { tag: false, slash, .. } if named && (slash || hint.bare) => sure(false),
            _ => None,
        }
    }
}

/// Images of Docker's own library that charts take for helpers, and that are no words of configuration: `WAIT_IMAGE=busybox`.
const OFFICIAL: [&str; 24] = [
    "alpine",
    "amazonlinux",
    "busybox",
    "centos",
    "debian",
    "fedora",
    "golang",
    "haproxy",
    "httpd",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "openjdk",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "rockylinux",
    "traefik",
    "ubuntu",
    "valkey",
    "vault",
];

/// Whether a word alone is an image that everybody knows.
pub(super) fn is_official(word: &str) -> bool {
    OFFICIAL.contains(&word)
}

fn is_number(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_version(tag: &str) -> bool {
    let rest = tag.strip_prefix('v').unwrap_or(tag);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && rest[digits..].starts_with('.') && rest[digits + 1..].starts_with(|next: char| next.is_ascii_digit())
}

/// Words that stand where an image could, and are none.
const WORDS: [&str; 17] = [
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "default",
    "auto",
    "always",
    "never",
    "latest",
    "enabled",
    "disabled",
    "ifnotpresent",
    "image",
];

/// Reads what could be an image at all: no API version, label key, network, path, number or single word of configuration.
pub(super) fn plausible(text: &str) -> Option<Reference> {
    if text.len() < 2 || text.len() > 400 || text.contains(char::is_whitespace) {
        return None;
    }
    let reference = Reference::parse(text).ok()?;
    let versioned = reference.tag().is_some() || reference.digest().is_some();
    let path = reference.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    if let Some(registry) = reference.registry() {
        let (host, port) = registry.split_once(':').map_or((registry, None), |(host, port)| (host, Some(port)));
        let numeric = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let local = host.ends_with(".svc") || host.ends_with(".local") || host.contains(".svc.");
        let domain = host.contains('.') || port.is_some() || host == "localhost";
        if NO_REGISTRIES.contains(&host) {
            return None;
        }
        // A network, an API group, `Foo/bar`.
        if !domain || (!versioned && (numeric || local || is_api_version(last))) {
            return None;
        }
    }
    let checksum = CHECKSUMS.contains(&reference.name());
    let media = !versioned && path == text && path.split_once('/').is_some_and(|(kind, _)| MEDIA.contains(&kind));
    let letters = path.contains(|letter: char| letter.is_ascii_alphabetic());
    let hexadecimal = !versioned && path.len() >= 32 && path.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = !text.contains(['/', ':', '@']) && WORDS.contains(&text);
    let api = !versioned && is_api_version(last);
    let file = !versioned && FILES.iter().any(|end| last.ends_with(end));
    let picture = PICTURES.iter().any(|end| last.ends_with(end));
    let taint = reference.tag().is_some_and(|tag| TAINTS.contains(&tag));
    let machine = !versioned && (is_machine_image(text) || path.contains("/images/"));
    (letters && !hexadecimal && !word && !api && !file && !picture && !machine && !taint && !checksum && !media)
        .then_some(reference)
}

/// What begins a checksum: `sha256:0f3a...`.
const CHECKSUMS: [&str; 4] = ["md5", "sha1", "sha256", "sha512"];

/// What begins a media type: `image/png`.
const MEDIA: [&str; 6] = ["application", "audio", "font", "image", "text", "video"];

/// What ends a taint: `example.org/gpu:NoSchedule`.
const TAINTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Hosts of sources, not of images: `github.com/org/module:v1`.
const NO_REGISTRIES: [&str; 14] = [
    "github.com",
    "www.github.com",
    "raw.githubusercontent.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "golang.org",
    "google.golang.org",
    "go.uber.org",
    "gopkg.in",
    "pkg.go.dev",
    "k8s.io",
    "sigs.k8s.io",
    "huggingface.co",
];

/// Ends of names of files.
const FILES: [&str; 22] = [
    ".yaml",
    ".yml",
    ".json",
    ".sh",
    ".toml",
    ".conf",
    ".crt",
    ".key",
    ".pem",
    ".txt",
    ".md",
    ".html",
    ".xml",
    ".py",
    ".js",
    ".jar",
    ".tar",
    ".tgz",
    ".gz",
    ".xz",
    ".zip",
    ".properties",
];

/// Ends of names of pictures and of disks of machines.
const PICTURES: [&str; 16] = [
    ".png", ".svg", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".qcow2", ".iso", ".img", ".vhdx", ".vhd", ".vmdk",
    ".vdi", ".ova", ".wim",
];

/// `ami-0123456789abcdef0`
fn is_machine_image(text: &str) -> bool {
    let number = text.strip_prefix("ami-").or_else(|| text.strip_prefix("snap-"));
    number.is_some_and(|number| number.len() >= 8 && number.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `v1`, `v1beta1`
fn is_api_version(part: &str) -> bool {
    let Some(rest) = part.strip_prefix('v') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let kind = rest[digits..].trim_end_matches(|letter: char| letter.is_ascii_digit());
    digits > 0 && matches!(kind, "" | "alpha" | "beta")
}
