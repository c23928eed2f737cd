//! The documents of many renderings, each of which is read once: what several renderings have in common is most of them.
//! Equal are those of the same template, text, origins and values.

use std::collections::HashMap;
use std::sync::Arc;

use super::operands::{Evidence, operands};
use super::{Naming, Workload};
use crate::render::Manifest;
use crate::source::Text;

/// An image that a manifest names.
#[derive(Clone)]
pub(super) struct Named {
    pub template: Arc<str>,
    pub workload: Workload,
    pub text: Text,
    /// Why the text is none, and what stands near to where it should be.
    pub fault: Option<(&'static str, Text)>,
    /// How, when it is an operand.
    pub naming: Option<Naming>,
    /// The condition that must be on for it to be pulled, when it is off.
    pub when: Option<String>,
}

/// What is to be read: each document once.
#[derive(Default)]
pub(super) struct Readings<'a> {
    evidence: Vec<Evidence<'a>>,
    /// The documents, by their numbers.
    pub documents: Vec<Unread>,
    /// The documents by template and length.
    known: HashMap<(Arc<str>, usize), Vec<usize>>,
}

/// A document with the number of what is known about the values that it came from.
pub(super) struct Unread {
    evidence: usize,
    template: Arc<str>,
    manifest: Manifest,
}

impl<'a> Readings<'a> {
    /// The number of what is known about the values of a rendering.
    pub fn learn(&mut self, evidence: Evidence<'a>) -> usize {
        self.evidence.iter().position(|known| *known == evidence).unwrap_or_else(|| {
            self.evidence.push(evidence);
            self.evidence.len() - 1
        })
    }

    /// The number of a document; of equal ones of equal origin the same.
    pub fn number(&mut self, evidence: usize, manifest: Manifest) -> usize {
        let template: Arc<str> = manifest.template.as_str().into();
        let numbers = self.known.entry((template.clone(), manifest.text.len())).or_default();
        let same = |known: &Unread| known.evidence == evidence && known.manifest.text.is_same(&manifest.text);
        if let Some(number) = numbers.iter().find(|number| same(&self.documents[**number])) {
            return *number;
        }
        numbers.push(self.documents.len());
        self.documents.push(Unread { evidence, template, manifest });
        self.documents.len() - 1
    }

    /// The images that a document names.
    pub fn read(&self, Unread { evidence, template, manifest }: &Unread) -> Vec<Named> {
        let Some(document) = manifest.document() else { return Vec::new() };
        let containers = super::pods::containers(&document).into_iter().map(|container| Named {
            template: template.clone(),
            workload: container.workload,
            text: container.image,
            fault: container.fault.map(|fault| (fault, container.near)),
            naming: None,
            when: None,
        });
        let operands = operands(&document, &self.evidence[*evidence]).into_iter().map(|operand| Named {
            template: template.clone(),
            workload: operand.workload,
            text: operand.text,
            fault: None,
            naming: Some(operand.naming),
            when: operand.when,
        });
        containers.chain(operands).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Listing;
    use crate::source::{Layer, Sources};
    use crate::yaml;

    #[test]
    fn documents_are_one_where_text_origin_template_and_values_are() {
        let text = "kind: Pod\nspec: {containers: [{name: a, image: nginx:1}]}\n";
        let sources = Sources::new();
        let [one, other] =
            ["a", "b"].map(|path| Text::of_file(sources.add(path, text.into()), text.into(), Layer::Template));
        let nothing = Listing::default();
        let values = |text: &Text| Evidence::new(&nothing, &yaml::load(text).unwrap());
        let images = "image: nginx:1\n";
        let images = Text::of_file(sources.add("values", images.into()), images.into(), Layer::Values);
        let mut readings = Readings::default();
        let plain = readings.learn(values(&one));
        assert_eq!(readings.learn(values(&one)), plain);
        let rich = readings.learn(values(&images));
        assert_ne!(rich, plain);
        let mut number =
            |known, template: &str, text: &Text| readings.number(known, Manifest::of(template, text.clone()));
        let first = number(plain, "t", &one);
        assert_eq!(number(plain, "t", &one), first);
        let others = [number(plain, "t", &other), number(plain, "u", &one), number(rich, "t", &one)];
        assert_eq!([first, others[0], others[1], others[2]], [0, 1, 2, 3]);
        let named: Vec<Vec<Named>> = readings.documents.iter().map(|document| readings.read(document)).collect();
        assert!(named.iter().all(|named| named.len() == 1 && named[0].text == "nginx:1"));
        assert_ne!(named[0][0].text.exact_span(), named[1][0].text.exact_span());
    }
}
