//! What the name of a key, flag or variable says of its value: that it is an image, a part of one, or surely something else.
//! Reads names only, never values.

/// A part of an image that is given in several fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    /// The registry's host, maybe with the beginning of the path.
    Registry,
    /// The repository, or the beginning of its path.
    Repository,
    /// A name that is the end of the path only when other fields say so.
    Name,
    /// The image: whole, or the end of its path.
    Image,
    /// The tag, or a digest in its place.
    Version,
    /// The digest.
    Digest,
}

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// The part of an image that it names.
    pub role: Option<Role>,
    /// The name without the words that tell the role: `driver` of `driverImageTag`. Parts of one image share it.
    pub group: String,
    /// Whether the word "image" stands in it.
    pub image: bool,
    /// Whether values of such names are never images: `grafanaUrl`, `configPath`.
    pub never: bool,
    /// Whether a bare name (`busybox`) is enough. Of names only `RELATED_IMAGE_*` says so; else where it stands must.
    pub bare: bool,
    /// Whether it speaks of images that no container runs: of disks, of kernels, of pictures.
    pub other: bool,
}

impl Hint {
    /// Whether it names an image, whole or the end of one.
    pub fn names_image(&self) -> bool {
        self.role == Some(Role::Image)
    }
}

/// Words that may follow "image" in the name of a whole image.
const WHOLE: [&str; 11] =
    ["name", "names", "ref", "reference", "url", "uri", "default", "override", "source", "id", "value"];

/// Words before "image" that tell of disks, kernels and pictures.
const OTHER: [&str; 29] = [
    "machine",
    "disk",
    "ami",
    "vm",
    "kernel",
    "boot",
    "os",
    "iso",
    "raw",
    "snapshot",
    "logo",
    "icon",
    "background",
    "favicon",
    "hero",
    "cover",
    "profile",
    "avatar",
    "thumbnail",
    "splash",
    "banner",
    "screenshot",
    "picture",
    "wallpaper",
    "firmware",
    "initrd",
    "qemu",
    "cloud",
    "header",
];

/// Words beside "image" that tell of images that are left alone: `--ignore-images`, `image-denylist`.
const REFUSED: [&str; 12] = [
    "ignore", "ignored", "exclude", "excluded", "skip", "skipped", "deny", "denied", "block", "blocked", "except",
    "black",
];

/// Words that end names of what is told or asked for, not run: texts and queries may speak of images.
const TOLD: [&str; 18] = [
    "description",
    "message",
    "summary",
    "documentation",
    "expr",
    "expression",
    "query",
    "label",
    "selector",
    "title",
    "text",
    "comment",
    "help",
    "hint",
    "tooltip",
    "placeholder",
    "examples",
    "caption",
];

/// Words that end names of what else is never an image.
const NEVER: [&str; 29] = [
    "url",
    "urls",
    "uri",
    "link",
    "href",
    "endpoint",
    "endpoints",
    "address",
    "addresses",
    "addr",
    "host",
    "hosts",
    "hostname",
    "server",
    "servers",
    "domain",
    "path",
    "file",
    "dir",
    "chart",
    "policy",
    "secret",
    "secrets",
    "checksum",
    "apiversion",
    "schema",
    "icon",
    // Artifacts that are no images: `policies.bundle.oci.ref`, falcoctl's `artifact.install.refs`.
    "ref",
    "refs",
];

/// Words before "repository" that tell of artifacts which are no images: `--db-repository` of a scanner.
const ARTIFACTS: [&str; 4] = ["db", "database", "checks", "bundle"];

/// Words of names that speak of charts and of what is deployed from git.
const SOURCES: [&str; 6] = ["chart", "helm", "git", "vcs", "scm", "source"];

/// Whether parts of that group are those of a chart or of a source.
pub(super) fn is_of_source(group: &str) -> bool {
    group.split('-').any(|word| SOURCES.contains(&word))
}

/// What `name` says: the last part of a path of keys, a flag without its dashes, a variable.
pub(super) fn hint(name: &str) -> Hint {
    // Kustomize puts these in place of a name and its tag.
    match name {
        "newTag" => return hint("tag"),
        "newName" => return hint("image"),
        _ => {}
    }
    let all = words(name);
    let words: Vec<&str> = all.split('-').filter(|word| !word.is_empty()).collect();
    let last = words.last().copied().unwrap_or_default();
    let Some(at) = words.iter().rposition(|word| is_image(word)) else {
        let role = role_of(last);
        let group = match (role, all.rfind('-')) {
            (None, _) => all.as_str(),
            (Some(_), Some(end)) => &all[..end],
            (Some(_), None) => "",
        };
        let is_artifact = || words.iter().rev().nth(1).is_some_and(|word| ARTIFACTS.contains(word));
        let never = match role {
            Some(Role::Repository) => is_artifact(),
            Some(_) => false,
            None => is_never(last),
        };
        let other = OTHER.contains(&last);
        return Hint { role, group: group.to_owned(), image: false, never, bare: false, other };
    };
    let rest = &words[at + 1..];
    let before = words[..at].join("-");
    if words[..at].last().is_some_and(|word| OTHER.contains(word)) {
        return Hint { role: None, group: all, image: false, never: true, bare: false, other: true };
    }
    let is_refused =
        |word: &&str| REFUSED.contains(word) || word.strip_suffix("list").is_some_and(|word| REFUSED.contains(&word));
    if words[..at].iter().any(is_refused) || words[at + 1..].iter().any(is_refused) {
        return Hint { role: None, group: all, image: false, never: true, bare: false, other: false };
    }
    let bare = all.starts_with("related-image-");
    let hint = |role, group: String| Hint { role, group, image: true, never: false, bare, other: false };
    match rest {
        [] => hint(Some(Role::Image), before),
        [word] if WHOLE.contains(word) => hint(Some(Role::Image), before),
        [middle @ .., word] if role_of(word).is_some_and(|role| role != Role::Name) => {
            let group = [&[before.as_str()], middle].concat().join("-");
            hint(role_of(word), group.trim_matches('-').to_owned())
        }
        [first, ..] if is_never(last) || *first == "pull" => Hint { never: true, ..hint(None, name.to_owned()) },
        _ if words[0] == "related" => hint(Some(Role::Image), all),
        // `IMAGE_PROXY`, `imageOwner`: an image, or something of one.
        _ => hint(None, all),
    }
}

/// What the name of a file says of its text: `images.txt` and `image-list` hold images, one a line.
pub(super) fn hint_of_file(name: &str) -> Hint {
    let stem = TEXTS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let stem = stem.strip_suffix("list").map_or(stem, |stem| stem.trim_end_matches(['-', '_', '.']));
    let of_stem = hint(stem);
    if of_stem.names_image() { of_stem } else { hint(name) }
}

/// Ends of names of files that are plain text.
const TEXTS: [&str; 4] = [".txt", ".list", ".lst", ".csv"];

/// The part of a key behind its domain.
pub(super) fn last_part(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// Words that end names of mappings from names to words: what stands there is found by, or told apart.
const LABELS: [&str; 5] = ["label", "labels", "tags", "selector", "taints"];

/// Whether a mapping under that name only labels something.
pub(super) fn is_label(name: &str) -> bool {
    let all = words(name);
    all.rsplit('-').next().is_some_and(|last| LABELS.contains(&last))
}

/// Whether what a word ends is the name of no image.
fn is_never(last: &str) -> bool {
    NEVER.contains(&last) || TOLD.contains(&last)
}

/// Whether texts under that name speak of images at most.
pub(super) fn is_told(name: &str) -> bool {
    let all = words(name);
    all.rsplit('-').next().is_some_and(|last| TOLD.contains(&last))
}

/// Whether a key says that its value is an image or a part of one.
pub(in crate::inventory) fn is_image_part(name: &str) -> bool {
    let hint = hint(name);
    hint.image || hint.role.is_some()
}

/// Whether a word stands for an image: `image`, `images`, `baseimage`.
fn is_image(word: &str) -> bool {
    matches!(word, "image" | "images" | "img")
        || word.strip_suffix("image").or_else(|| word.strip_suffix("images")).is_some_and(|rest| rest.len() > 2)
}

fn role_of(word: &str) -> Option<Role> {
    Some(match word {
        "registry" | "hub" => Role::Registry,
        "repository" | "repo" => Role::Repository,
        "name" => Role::Name,
        "version" | "tag" => Role::Version,
        "digest" | "sha" | "sha256" => Role::Digest,
        _ => return None,
    })
}

/// The words of a name in small letters with a dash between each two: split at signs and where a capital begins a word.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    // Where the present word starts.
    let mut start = 0;
    let bytes = name.as_bytes();
    let is_small = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    for (at, byte) in bytes.iter().enumerate() {
        let is_sign = !byte.is_ascii_alphanumeric();
        let begins = || {
            let after_small = at > 0 && is_small(at - 1);
            let after_capital = at > 0 && bytes[at - 1].is_ascii_uppercase();
            byte.is_ascii_uppercase() && (after_small || (after_capital && is_small(at + 1)))
        };
        if start < words.len() && (is_sign || begins()) {
            end_word(&mut words, start);
            words.push('-');
            start = words.len();
        }
        if !is_sign {
            words.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    end_word(&mut words, start);
    words.truncate(words.trim_end_matches('-').len());
    words
}

/// Ends the word that starts at `start`. One word or two, as one likes: `imagename` is "image name".
fn end_word(words: &mut String, start: usize) {
    const SECOND: [&str; 8] = ["name", "ref", "repo", "repository", "registry", "tag", "version", "digest"];
    if words[start..].strip_prefix("image").is_some_and(|rest| SECOND.contains(&rest)) {
        words.insert(start + "image".len(), '-');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> (Option<Role>, String) {
        let hint = hint(name);
        (hint.role, hint.group)
    }

    #[test]
    fn names_of_images() {
        for name in [
            "image",
            "IMAGE",
            "baseImage",
            "defaultSidecarImage",
            "imageName",
            "imageURL",
            "container_image",
            "RELATED_IMAGE_DEVICE_PLUGIN",
            "NODE_IMAGE_DEFAULT",
            "STRIMZI_KAFKA_IMAGES",
            "acme-http01-solver-image",
            "testimage",
            "imageref",
        ] {
            assert_eq!(hint(name).role, Some(Role::Image), "{name}");
        }
    }

    #[test]
    fn names_of_parts_share_their_group() {
        assert_eq!(role("driverImageTag"), (Some(Role::Version), "driver".to_owned()));
        assert_eq!(role("driverImage"), (Some(Role::Image), "driver".to_owned()));
        assert_eq!(role("driverRepository"), (Some(Role::Repository), "driver".to_owned()));
        assert_eq!(role("imageSHA"), (Some(Role::Digest), String::new()));
        assert_eq!(role("version"), (Some(Role::Version), String::new()));
        assert_eq!(role("AGENT_IMAGE_REPO"), (Some(Role::Repository), "agent".to_owned()));
    }

    #[test]
    fn names_of_kustomize_are_parts() {
        assert_eq!(role("newTag"), (Some(Role::Version), String::new()));
        assert_eq!(role("newName"), (Some(Role::Image), String::new()));
        assert!(hint("RELATED_IMAGE_A").bare && !hint("AGENT_IMAGE").bare);
    }

    #[test]
    fn names_of_what_is_no_image() {
        for name in [
            "machineImage",
            "ignore-images",
            "image-denylist",
            "images-to-skip",
            "EXCLUDED_IMAGE",
            "LOGO_IMAGE",
            "kernelImageTag",
            "imagePullPolicy",
            "image-pull-secrets",
            "imagesPath",
            "grafanaUrl",
            "description",
            "policies.bundle.oci.ref",
            "refs",
        ] {
            assert!(hint(name).never, "{name}");
        }
        assert_eq!(hint("image-updater-interval").role, None);
        assert_eq!(hint("config").role, None);
        assert!(!hint("imagine").image);
    }
}
