//! Images that are split over sibling fields: registry, repository, image, version and digest, each from its own place.

use super::Confidence;
use super::evidence::{Evidence, plausible};
use super::words::{Hint, Role};
use crate::source::{Text, TextBuilder};

/// A field with a scalar value.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// What its name says.
    pub hint: Hint,
    /// Its name as messages show it.
    pub shown: String,
    /// Its value.
    pub text: Text,
}

/// An image made of fields.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    /// The fields, as indices, in the order of the image's parts.
    pub members: Vec<usize>,
    /// The image.
    pub text: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

/// The images that `fields` make together; `inside` says whether they stand in a mapping that is called image.
pub(super) fn join(fields: &[Field], inside: bool, evidence: &Evidence<'_>) -> Vec<Joined> {
    let mut groups: Vec<&str> = Vec::new();
    for field in fields.iter().filter(|field| field.hint.role.is_some()) {
        if !groups.contains(&field.hint.group.as_str()) {
            groups.push(&field.hint.group);
        }
    }
    groups.into_iter().filter_map(|group| Parts::of(fields, group, inside)?.join(evidence)).collect()
}

/// The fields of one image, by what they are.
struct Parts<'a> {
    fields: &'a [Field],
    inside: bool,
    registry: Option<usize>,
    repository: Option<usize>,
    image: Option<usize>,
    version: Option<usize>,
    digest: Option<usize>,
}

impl<'a> Parts<'a> {
    fn of(fields: &'a [Field], group: &str, inside: bool) -> Option<Self> {
        let all = |role: Role| {
            let member = move |(_, field): &(usize, &Field)| {
                field.hint.group == group && field.hint.role == Some(role) && !field.text.trim().is_empty()
            };
            fields.iter().enumerate().filter(member)
        };
        // `imageTag` and `tag` say more than `version`.
        let best = |role: Role| {
            all(role)
                .min_by_key(|(_, field)| (!field.hint.image, field.shown.to_lowercase().ends_with("version")))
                .map(|(at, _)| at)
        };
        let repository = best(Role::Repository);
        let version = best(Role::Version);
        let registry = best(Role::Registry);
        let mut images = all(Role::Image).map(|(at, _)| at);
        let image = match (images.next(), images.next()) {
            (Some(_), Some(_)) => return None,
            (image, _) => image,
        };
        let named = best(Role::Name).filter(|name| {
            let slash = fields[*name].text.contains('/');
            match inside {
                true => slash || version.is_some() || repository.is_some() || registry.is_some(),
                false => registry.is_some() && repository.is_none() && version.is_some(),
            }
        });
        let mut digest = best(Role::Digest);
        let mut version = version;
        if image.is_some() && version.is_none() && digest.is_none() && is_only(fields, group) {
            // `{baseImage: quay.io/acme/base, tag: v1}`
            let beside = |role: Role| {
                let of_nobody = |field: &Field| field.hint.group.is_empty() && field.hint.role == Some(role);
                fields.iter().position(|field| of_nobody(field) && !field.text.trim().is_empty())
            };
            (version, digest) = (beside(Role::Version), beside(Role::Digest));
        }
        Some(Self { fields, inside, registry, repository, image: image.or(named), version, digest })
    }

    fn text(&self, at: usize) -> Text {
        let text = self.fields[at].text.trim();
        let end = text.trim_end_matches('/').len();
        text.slice(0..end)
    }

    fn join(self, evidence: &Evidence<'_>) -> Option<Joined> {
        let mut members = Vec::new();
        let mut text = TextBuilder::new();
        self.name(&mut members, &mut text)?;
        let versioned = plausible(text.as_str()).is_some_and(|named| named.tag().is_some() || named.digest().is_some());
        if !versioned {
            self.tag(&mut members, &mut text);
        }
        if !text.as_str().contains('@')
            && let Some(at) = self.digest
            && let Some((mark, digest)) = digest(&self.text(at))
        {
            text.push_str(mark);
            text.push_text(&digest);
            members.push(at);
        }
        let fields: Vec<_> = members.iter().map(|at| &self.fields[*at]).collect();
        let alone = fields.len() == 1;
        if alone && (fields[0].hint.names_image() || !(self.inside || fields[0].hint.image)) {
            return None;
        }
        let image = self.inside || fields.iter().any(|field| field.hint.image);
        let role = image.then_some(Role::Image);
        let hint = Hint { role, group: String::new(), image, never: false, bare: false, other: false };
        let text = text.finish();
        let (_, confidence) = evidence.assess(&text, &hint)?;
        Some(Joined { members, text, confidence })
    }

    /// Registry and path; `None` when no field begins an image.
    fn name(&self, members: &mut Vec<usize>, text: &mut TextBuilder) -> Option<()> {
        let image = self.image.map(|at| (at, self.text(at)));
        let read = image.as_ref().and_then(|(_, image)| plausible(image));
        let complete = read.as_ref().is_some_and(|read| read.registry().is_some());
        let tagged = read.as_ref().is_some_and(|read| read.tag().is_some() || read.digest().is_some());
        let repository = self.repository.filter(|_| !complete && !tagged).map(|at| (at, self.text(at)));
        // An address of a chart or a git repository is no beginning of an image.
        if repository.as_ref().is_some_and(|(_, repository)| repository.contains("://")) {
            return None;
        }
        let path = repository.as_ref().or(image.as_ref())?;
        let registry = self.registry.filter(|_| !complete).map(|at| (at, self.text(at))).filter(|(_, registry)| {
            let own = plausible(&path.1).is_some_and(|path| path.registry().is_some());
            !own && !path.1.starts_with(&format!("{}/", registry.as_str()))
        });
        let parts = [registry, repository, image];
        for (at, part) in parts.into_iter().flatten() {
            if !text.is_empty() {
                text.push('/');
            }
            text.push_text(&part);
            members.push(at);
        }
        Some(())
    }

    fn tag(&self, members: &mut Vec<usize>, text: &mut TextBuilder) {
        let Some(at) = self.version else { return };
        let version = self.text(at);
        let mark = if version.starts_with("sha256:") { "@" } else { ":" };
        if version.starts_with([':', '@']) {
            text.push_text(&version);
        } else {
            text.push_str(mark);
            text.push_text(&version);
        }
        members.push(at);
    }
}

/// Whether no other group of `fields` begins an image.
fn is_only(fields: &[Field], group: &str) -> bool {
    let begins = |field: &&Field| {
        matches!(field.hint.role, Some(Role::Image | Role::Repository)) && !field.text.trim().is_empty()
    };
    fields.iter().filter(begins).all(|field| field.hint.group == group)
}

/// A digest as it follows a name, and the mark before it.
fn digest(text: &Text) -> Option<(&'static str, Text)> {
    let start = usize::from(text.starts_with('@'));
    let bare = text.slice(start..text.len());
    let hexadecimal = bare.len() == 64 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    match hexadecimal {
        true => Some(("@sha256:", bare)),
        false => bare.starts_with("sha256:").then_some(("@", bare)),
    }
}
