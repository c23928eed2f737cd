//! What a survey of charts says about charts and images of which not all is known. Judges nothing.

use std::collections::HashMap;

use super::number::as_written;
use super::reconcile::Coverage;
use crate::image::Reference;
use crate::inventory::{ChartLink, Inventory, Malformed, Survey};
use crate::source::{Sources, Text};

/// What `survey` says of charts that images could come from.
pub(super) fn coverage(sources: &Sources, survey: &Survey) -> Coverage {
    let malformed = &survey.inventory.malformed;
    let parted = || meaningless(sources, &survey.inventory).filter_map(|image| image.chain.split_last());
    let unknown = parted().flat_map(|(own, _)| own.names()).map(str::to_owned);
    let above = parted().flat_map(|(_, above)| above).flat_map(ChartLink::names).map(str::to_owned);
    Coverage {
        unknown: survey.unknown.iter().cloned().chain(unknown).collect(),
        above_unknown: survey.above_unknown.iter().cloned().chain(above).collect(),
        known: survey.known.clone(),
        disabled: survey.disabled.clone(),
        malformed: malformed.iter().filter_map(|image| without_version(&image.text)).collect(),
        written: written(sources, &survey.inventory),
        written_malformed: malformed.iter().filter_map(|image| meant_as(sources, &image.text)).collect(),
        ..Coverage::default()
    }
}

/// The images that may mean any, for not even their repositories can be read.
pub(super) fn meaningless<'a>(sources: &Sources, inventory: &'a Inventory) -> impl Iterator<Item = &'a Malformed> {
    let is_read =
        |image: &&Malformed| without_version(&image.text).is_some() || meant_as(sources, &image.text).is_some();
    inventory.malformed.iter().filter(move |image| !is_read(image))
}

/// The uses with numbers that Helm prints otherwise than they are written, as they are meant.
fn written(sources: &Sources, inventory: &Inventory) -> HashMap<usize, Reference> {
    let uses = inventory.uses.iter().enumerate().filter(|(_, used)| used.when.is_none());
    uses.filter_map(|(at, used)| Some((at, meant_as(sources, &used.text)?))).collect()
}

fn meant_as(sources: &Sources, image: &Text) -> Option<Reference> {
    as_written(sources, image).and_then(|text| Reference::parse(&text).ok())
}

/// The repository of an image whose tag or digest is missing behind its mark, or is none. Where the fault lies before the last
/// part of the path, there is no telling what is meant.
fn without_version(image: &str) -> Option<Reference> {
    let last = image.rfind('/').map_or(0, |slash| slash + 1);
    let end = image[last..].find([':', '@']).map_or(image.len(), |mark| last + mark);
    Reference::parse(&image[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_of_an_image_with_a_spoilt_version_can_be_read() {
        let read = |image: &str| without_version(image).map(|image| image.repository());
        for image in ["acme/web:", "acme/web@", "acme/web:2.0240101e+07", "acme/web:-1", "acme/web:a:b", "acme/web:1 2"]
        {
            assert_eq!(read(image).as_deref(), Some("docker.io/acme/web"), "{image}");
        }
        assert_eq!(read("host:5000/web:").as_deref(), Some("host:5000/web"));
        for image in ["", ":1", "UPPER:1", "https://acme/web:1", "acme/web:feature/x", "acme/:1", "<no value>/web:1"] {
            assert_eq!(read(image), None, "{image}");
        }
    }
}
