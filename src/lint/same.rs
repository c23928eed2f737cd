//! When two images are one, and when an entry for one brings the other. Knows images and uses, no lists.

use crate::image::Reference;
use crate::inventory::Use;

/// Same normalised repository; same digest, or none and the same tag (none is `latest`).
#[must_use]
pub fn same_image(a: &Reference, b: &Reference) -> bool {
    let version = match (a.digest(), b.digest()) {
        (Some(one), Some(other)) => one == other,
        (None, None) => a.effective_tag() == b.effective_tag(),
        _ => false,
    };
    version && a.same_repository(b)
}

/// Whether an entry for `listed` brings `deployed`: it is the same image, or has the same tag where one of both has no digest. The
/// copy scripts cannot read a digest, so the tag alone stands for an image with both; and a chart that deploys a tag alone takes
/// what stands behind it, as the digest that the list pins.
#[must_use]
pub fn serves(listed: &Reference, deployed: &Reference) -> bool {
    let is_open = listed.digest().is_none() || deployed.digest().is_none();
    let same_tag = listed.effective_tag() == deployed.effective_tag() && listed.same_repository(deployed);
    (is_open && same_tag) || same_image(listed, deployed)
}

/// What an entry for `image` would list: the tag alone of one with a digest, too.
pub(crate) fn as_entry(image: &Reference) -> Reference {
    let by_tag =
        image.digest().and(image.tag_range()).and_then(|tag| Reference::parse(&image.as_str()[..tag.end]).ok());
    by_tag.unwrap_or_else(|| image.clone())
}

/// Whether an entry for `listed` brings what `used` names: the same image, and where a controller completes its tag the one with
/// the whole tag, for the bare one does not exist.
#[must_use]
pub fn brings(listed: &Reference, used: &Use) -> bool {
    if used.when.is_some() && used.invented().is_some() {
        return false;
    }
    if used.is_completed() { completes(listed, used) } else { serves(listed, &used.reference) }
}

/// Whether `used`, all of which is known, has the repository of `listed`.
pub(super) fn is_version(listed: &Reference, used: &Use) -> bool {
    used.invented().is_none() && used.reference.same_repository(listed)
}

/// Whether an entry for `listed` may bring what `used` names, of which a part is not known: the rest is the same.
#[must_use]
pub fn may_bring(listed: &Reference, used: &Use) -> bool {
    let Some(invented) = used.invented() else { return false };
    let (name, whole) = (used.reference.name_range().end, used.reference.as_str());
    let version = &listed.as_str()[listed.name_range().end..];
    let (Some(before), Some(after)) = (whole.get(name..invented.start), whole.get(invented.end..)) else {
        return false;
    };
    listed.same_repository(&used.reference)
        && version.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|rest| !rest.is_empty())
}

/// The tag that `used`, of the repository that the copy fills with `listed`, asks for and the copy does not push: it pushes
/// `latest` and the tag that is listed. Whoever asks for a digest does not ask for the tag before it.
pub(super) fn unpushed_tag<'u>(listed: &Reference, used: &'u Use) -> Option<&'u str> {
    let pushed = listed.effective_tag().unwrap_or("latest");
    let asked = used.reference.effective_tag().filter(|_| used.reference.digest().is_none())?;
    let completed = used.is_completed() && pushed.strip_prefix(asked).is_some_and(|rest| rest.starts_with('-'));
    (asked != "latest" && asked != pushed && !completed).then_some(asked)
}

/// Whether `used`, of another repository, takes from the team's own registry what the copy of `listed` pushes there.
pub(super) fn takes_copy(listed: &Reference, used: &Use) -> bool {
    !used.reference.same_repository(listed) && used.invented().is_none() && unpushed_tag(listed, used).is_none()
}

/// Whether `listed` is `used` with the node's system behind the tag, where its controller puts that there.
fn completes(listed: &Reference, used: &Use) -> bool {
    let rest = listed.tag().zip(used.reference.tag()).and_then(|(listed, named)| listed.strip_prefix(named));
    listed.same_repository(&used.reference) && rest.is_some_and(|rest| rest.starts_with('-') && rest.len() > 1)
}

/// The image that an entry for `listed` should bring for `used`, when that is another version: where the controller completes
/// the tag, with the system that is listed. `None` when it is not known which.
#[must_use]
pub fn wanted(listed: &Reference, used: &Use) -> Option<Reference> {
    if !used.is_completed() {
        return Some(used.reference.clone());
    }
    // A version of these images has no dash in it: `580.65.06-ubuntu24.04`.
    let (_, system) = listed.tag()?.split_once('-')?;
    Reference::parse(&format!("{}-{system}", used.reference.as_str())).ok()
}
