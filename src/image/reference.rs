//! An image reference, read as Docker and the kubelet read it (distribution/reference, `ParseNormalizedNamed`), with the
//! bytes of its parts, so that a finding can point at the tag alone and a fix can replace it. Never asks a registry.

use std::ops::Range;
use std::sync::Arc;

use super::ecr::EcrHost;
use super::grammar;

/// The most bytes a repository's path may have, `library/` included.
const PATH_LENGTH: usize = 255;

/// The registry of names that give none.
const DOCKER_HUB: &str = "docker.io";

/// Docker Hub's namespace of official images, left out in short names.
const OFFICIAL: &str = "library/";

/// Why a string is no image reference, and which bytes of it show that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReferenceError {
    /// What is wrong, in one phrase.
    pub message: String,
    /// The bytes at fault, within the string; empty where something is missing.
    pub range: Range<usize>,
}

/// An image reference: `[registry/]path[:tag][@digest]`. Prints as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    text: Arc<str>,
    registry: Option<Range<usize>>,
    path: Range<usize>,
    tag: Option<Range<usize>>,
    digest: Option<Range<usize>>,
}

impl Reference {
    /// Reads `text`, which must be a reference from its first byte to its last: blanks around it are an error.
    ///
    /// # Errors
    /// The first thing that the grammar refuses, from left to right but lengths last.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(grammar::error("the image is empty", 0..0));
        }
        if let Some(scheme) = text.find("://") {
            let message = format!("an image has no `{}` in front", &text[..scheme + 3]);
            return Err(grammar::error(message, 0..scheme + 3));
        }
        if text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(grammar::error("64 hexadecimal digits are an image id, no repository", 0..text.len()));
        }
        let reference = Self::split(text);
        reference.check()?;
        Ok(reference)
    }

    /// Cuts `text` into its parts: the digest after the first `@`, the tag after the first `:` that follows the last `/`, the
    /// registry before the first `/` when it can be one.
    fn split(text: &str) -> Self {
        let (named, digest) = match text.find('@') {
            Some(at) => (&text[..at], Some(at + 1..text.len())),
            None => (text, None),
        };
        let last = named.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match named[last..].find(':') {
            Some(colon) => (&named[..last + colon], Some(last + colon + 1..named.len())),
            None => (named, None),
        };
        let registry = name.find('/').filter(|slash| is_registry(&name[..*slash])).map(|slash| 0..slash);
        let path = registry.as_ref().map_or(0, |range| range.end + 1)..name.len();
        Self { text: text.into(), registry, path, tag, digest }
    }

    fn check(&self) -> Result<(), ReferenceError> {
        let shifted = |start: usize| {
            move |wrong: ReferenceError| {
                grammar::error(wrong.message, wrong.range.start + start..wrong.range.end + start)
            }
        };
        if let Some(range) = &self.registry {
            grammar::registry(&self.text[range.clone()]).map_err(shifted(range.start))?;
        }
        if self.path.is_empty() {
            return Err(grammar::error("the repository is missing", self.name_range()));
        }
        grammar::path(self.path()).map_err(shifted(self.path.start)).map_err(|wrong| self.clipped(wrong))?;
        if let Some(range) = &self.tag {
            grammar::tag(&self.text[range.clone()]).map_err(shifted(range.start))?;
        }
        if let Some(range) = &self.digest {
            grammar::digest(&self.text[range.clone()]).map_err(shifted(range.start))?;
        }
        let official =
            matches!(self.normalised(), (DOCKER_HUB, short) if !short.contains('/') && short.len() == self.path.len());
        let length = self.path.len() + if official { OFFICIAL.len() } else { 0 };
        if length > PATH_LENGTH {
            let message = format!("the repository has {length} characters, {PATH_LENGTH} are allowed");
            return Err(grammar::error(message, self.path.clone()));
        }
        Ok(())
    }

    /// Keeps an error within the string: an empty part at the very end has no byte of its own.
    fn clipped(&self, wrong: ReferenceError) -> ReferenceError {
        let end = wrong.range.end.min(self.text.len());
        grammar::error(wrong.message, wrong.range.start.min(end)..end)
    }

    /// The registry, and the path in its shortest form: on Docker Hub without `library/`. The case of a host means nothing.
    fn normalised(&self) -> (&str, &str) {
        let path = self.path();
        let Some(host) = self.registry() else { return (DOCKER_HUB, short_path(path)) };
        let is = |name: &str| host.eq_ignore_ascii_case(name);
        // Asked directly, Docker Hub's registry puts no `library/` in front of a short name.
        if is(DOCKER_HUB) || is("index.docker.io") || (is("registry-1.docker.io") && path.contains('/')) {
            (DOCKER_HUB, short_path(path))
        } else {
            (host, path)
        }
    }

    /// The whole reference as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The registry's host and port, when they are written: `quay.io` of `quay.io/jetstack/cert-manager`.
    #[must_use]
    pub fn registry(&self) -> Option<&str> {
        self.registry.clone().map(|range| &self.text[range])
    }

    /// The bytes of [`Reference::registry`].
    #[must_use]
    pub fn registry_range(&self) -> Option<Range<usize>> {
        self.registry.clone()
    }

    /// The repository's path within its registry, as written: `jetstack/cert-manager` of `quay.io/jetstack/cert-manager:v1`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text[self.path.clone()]
    }

    /// The bytes of [`Reference::path`].
    #[must_use]
    pub fn path_range(&self) -> Range<usize> {
        self.path.clone()
    }

    /// Registry and path as written, without tag and digest.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.name_range()]
    }

    /// The bytes of [`Reference::name`].
    #[must_use]
    pub fn name_range(&self) -> Range<usize> {
        0..self.path.end
    }

    /// The tag, without its colon.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.clone().map(|range| &self.text[range])
    }

    /// The tag that is pulled: `latest` when neither tag nor digest is given.
    #[must_use]
    pub fn effective_tag(&self) -> Option<&str> {
        self.tag().or_else(|| self.digest.is_none().then_some("latest"))
    }

    /// The bytes of [`Reference::tag`].
    #[must_use]
    pub fn tag_range(&self) -> Option<Range<usize>> {
        self.tag.clone()
    }

    /// The digest, without its `@`: `sha256:...`.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.clone().map(|range| &self.text[range])
    }

    /// The bytes of [`Reference::digest`].
    #[must_use]
    pub fn digest_range(&self) -> Option<Range<usize>> {
        self.digest.clone()
    }

    /// The repository in full: `nginx` and `index.docker.io/nginx:1` are `docker.io/library/nginx`.
    ///
    /// As distribution/reference has it, and one host more: `registry-1.docker.io` is where Docker Hub serves.
    #[must_use]
    pub fn repository(&self) -> String {
        match self.normalised() {
            (DOCKER_HUB, path) if !path.contains('/') => format!("{DOCKER_HUB}/{OFFICIAL}{path}"),
            (host, path) => {
                let small = host.to_ascii_lowercase();
                // A host that its capitals alone tell from a path keeps them.
                format!("{}/{path}", if is_registry(&small) { &small } else { host })
            }
        }
    }

    /// The reference in its shortest form, as Docker shows it: `docker.io/library/nginx:1` is `nginx:1`.
    #[must_use]
    pub fn familiar(&self) -> String {
        match self.normalised() {
            (DOCKER_HUB, path) => format!("{path}{}", &self.text[self.path.end..]),
            _ => self.text.to_string(),
        }
    }

    /// Whether both name the same repository, however they write it and at whichever endpoint of an ECR registry; tags and
    /// digests do not count.
    #[must_use]
    pub fn same_repository(&self, other: &Self) -> bool {
        // Most differ in their paths already.
        let ((host, path), (other_host, other_path)) = (self.normalised(), other.normalised());
        (path == other_path && host.eq_ignore_ascii_case(other_host))
            || (self.path() == other.path()
                && matches!((self.ecr(), other.ecr()), (Some(one), Some(other)) if one.same_registry(&other)))
    }

    /// What the registry's host says, when it is one of Amazon ECR.
    #[must_use]
    pub fn ecr(&self) -> Option<EcrHost<'_>> {
        EcrHost::parse(self.registry()?)
    }
}

/// A path on Docker Hub without the namespace of official images.
fn short_path(path: &str) -> &str {
    path.strip_prefix(OFFICIAL).filter(|name| !name.contains('/')).unwrap_or(path)
}

/// Whether the part before the first `/` is a registry: `localhost`, or anything that could be no namespace of Docker Hub.
fn is_registry(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':']) || part.chars().any(|c| c.is_ascii_uppercase())
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Reference {
    type Err = ReferenceError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;
