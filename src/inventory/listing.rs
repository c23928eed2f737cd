//! The images of a list, as what says of strings in manifests that they are images. Can remember what it was asked: then it is
//! known of another list whether it would have answered all of that in the same way, and so led to the same images.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::image::Reference;

/// The images of one list.
#[derive(Debug, Default)]
pub struct Listing {
    images: Vec<Reference>,
    /// What was asked, where that is remembered.
    asked: Option<Mutex<Asked>>,
}

/// Questions and what was answered.
#[derive(Debug, Default)]
struct Asked {
    /// Of images, by their text.
    images: HashMap<String, (Reference, Option<Likeness>)>,
    /// Of texts.
    texts: HashMap<String, bool>,
}

/// How much a listed image is like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// It is of the same repository.
    Repository,
    /// It is the same.
    Whole,
}

impl Listing {
    /// That of `images`; remembers nothing.
    #[must_use]
    pub fn new(images: Vec<Reference>) -> Self {
        Self { images, asked: None }
    }

    /// That of `images`, which remembers what it is asked from now on.
    #[must_use]
    pub fn remembering(images: Vec<Reference>) -> Self {
        Self { images, asked: Some(Mutex::default()) }
    }

    /// Whether `other` would have answered all that this one was asked as this one did. What remembers nothing cannot tell.
    #[must_use]
    pub fn is_answered_by(&self, other: &Self) -> bool {
        if self.images == other.images {
            return true;
        }
        self.asked().is_some_and(|asked| {
            asked.images.values().all(|(image, answer)| other.find(image) == *answer)
                && asked.texts.iter().all(|(text, answer)| other.stands_in(text) == *answer)
        })
    }

    /// What of the list is like `image`.
    pub(super) fn likeness(&self, image: &Reference) -> Option<Likeness> {
        let answer = self.find(image);
        if let Some(mut asked) = self.asked()
            && !asked.images.contains_key(image.as_str())
        {
            asked.images.insert(image.as_str().to_owned(), (image.clone(), answer));
        }
        answer
    }

    /// Whether the path of a listed image stands in `text`.
    pub(super) fn is_mentioned(&self, text: &str) -> bool {
        let answer = self.stands_in(text);
        if let Some(mut asked) = self.asked()
            && !asked.texts.contains_key(text)
        {
            asked.texts.insert(text.to_owned(), answer);
        }
        answer
    }

    fn find(&self, image: &Reference) -> Option<Likeness> {
        let alike = self.images.iter().filter(|listed| listed.same_repository(image));
        let likeness = |listed: &Reference| match listed.effective_tag() == image.effective_tag()
            && listed.digest() == image.digest()
        {
            true => Likeness::Whole,
            false => Likeness::Repository,
        };
        alike.map(likeness).max()
    }

    fn stands_in(&self, text: &str) -> bool {
        self.images.iter().any(|listed| listed.path().contains('/') && text.contains(listed.path()))
    }

    fn asked(&self) -> Option<MutexGuard<'_, Asked>> {
        self.asked.as_ref().map(|asked| asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.images == other.images
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(texts: &[&str]) -> Vec<Reference> {
        texts.iter().map(|text| Reference::parse(text).unwrap()).collect()
    }

    #[test]
    fn another_list_is_as_good_where_it_answers_the_same() {
        let listing = Listing::remembering(images(&["docker.io/library/nginx:1", "quay.io/org/tool:2"]));
        let asked = images(&["nginx:1", "redis:7", "quay.io/org/tool:3"]);
        let answers: Vec<_> = asked.iter().map(|image| listing.likeness(image)).collect();
        assert_eq!(answers, [Some(Likeness::Whole), None, Some(Likeness::Repository)]);
        assert!(listing.is_mentioned("pull org/tool here") && !listing.is_mentioned("pull org/other here"));
        let other = |texts: &[&str]| listing.is_answered_by(&Listing::new(images(texts)));
        assert!(other(&["nginx:1", "quay.io/org/tool:2", "busybox:1"]), "nobody asked of that");
        assert!(other(&["nginx:1", "nginx:2", "quay.io/org/tool:5"]), "another version that nobody asked of");
        assert!(!other(&["nginx:2", "quay.io/org/tool:2"]), "nginx:1 is not listed any more");
        assert!(!other(&["nginx:1", "quay.io/org/tool:3"]), "it is the same now");
        assert!(!other(&["nginx:1", "quay.io/org/tool:2", "redis:6"]), "of a repository that was asked of");
        assert!(!other(&["nginx:1", "quay.io/org/tool:2", "ghcr.io/org/other:1"]), "it is mentioned");
    }

    #[test]
    fn what_remembers_nothing_is_the_same_only_for_the_same_images() {
        let listing = Listing::new(images(&["nginx:1"]));
        assert_eq!(listing.likeness(&images(&["nginx:2"])[0]), Some(Likeness::Repository));
        assert!(listing.is_answered_by(&Listing::new(images(&["nginx:1"]))));
        assert!(!listing.is_answered_by(&Listing::new(images(&["nginx:1", "busybox:1"]))));
    }
}
