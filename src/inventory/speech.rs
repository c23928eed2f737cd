//! Whether a part of a template names an image: by a key or value that is called so, or by a template that it includes.
//! Reads trees only.

use std::collections::HashSet;
use std::sync::Arc;

use crate::image::Reference;
use crate::template::ParsedFile;
use crate::template::ast::{Branch, Node, Operand, Pipe, Source, Term, Tree};

/// Nesting of blocks that is followed; the parser refuses deeper ones long before a person writes them.
pub(super) const MAX_DEPTH: usize = 100;

/// How much it takes to speak of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// The word, in a text, in a value's path, or in a variable that gets another value.
    Word,
    /// A text with a key called image, or a whole image.
    Key,
}

/// What was found of sets of files, each read once.
#[derive(Default)]
pub(super) struct Speeches(Vec<(Vec<ParsedFile>, Arc<Speech>)>);

impl Speeches {
    /// That of the templates in `files`.
    pub(super) fn of(&mut self, files: Vec<ParsedFile>) -> Arc<Speech> {
        let same = |known: &[ParsedFile]| {
            known.len() == files.len() && known.iter().zip(&files).all(|(one, other)| Arc::ptr_eq(one, other))
        };
        if let Some((_, speech)) = self.0.iter().find(|(known, _)| same(known)) {
            return speech.clone();
        }
        let speech = Arc::new(Speech::of(files.iter().flat_map(|file| file.iter())));
        self.0.push((files, speech.clone()));
        speech
    }
}

/// The templates that name images.
pub(super) struct Speech {
    by_word: HashSet<Arc<str>>,
    by_key: HashSet<Arc<str>>,
}

impl Speech {
    /// Of the templates `trees`, themselves or by those that they include.
    pub(super) fn of<'a>(trees: impl Iterator<Item = &'a Tree> + Clone) -> Self {
        Self { by_word: speaking(trees.clone(), Measure::Word), by_key: speaking(trees, Measure::Key) }
    }

    /// Whether the template of that name does.
    pub(super) fn names_image(&self, template: &str) -> bool {
        self.by_word.contains(template)
    }

    /// Whether one of `nodes` may print an image or a part of one.
    pub(super) fn speaks(&self, source: &Source, nodes: &[Node]) -> bool {
        let listener = Listener { source, speaking: &self.by_word, measure: Measure::Word };
        listener.nodes(nodes, 0)
    }

    /// Whether one of `nodes` prints a key called image, or a whole image: run by itself it gives no half of one.
    pub(super) fn gives_whole(&self, source: &Source, nodes: &[Node]) -> bool {
        Listener { source, speaking: &self.by_key, measure: Measure::Key }.nodes(nodes, 0)
    }
}

fn speaking<'a>(trees: impl Iterator<Item = &'a Tree>, measure: Measure) -> HashSet<Arc<str>> {
    let mut speaking = HashSet::new();
    let mut silent: Vec<&Tree> = trees.collect();
    loop {
        let before = silent.len();
        silent.retain(|tree| {
            let speaks = Listener { source: &tree.source, speaking: &speaking, measure }.nodes(&tree.body, 0);
            if speaks {
                speaking.insert(tree.name.clone());
            }
            !speaks
        });
        if silent.len() == before {
            return speaking;
        }
    }
}

struct Listener<'a> {
    source: &'a Source,
    speaking: &'a HashSet<Arc<str>>,
    measure: Measure,
}

impl Listener<'_> {
    fn nodes(&self, nodes: &[Node], depth: usize) -> bool {
        let branch = |branch: &Branch| {
            let inner = |nodes: &[Node]| self.nodes(nodes, depth + 1);
            self.pipe(&branch.pipe, depth + 1) || inner(&branch.body) || branch.otherwise.as_deref().is_some_and(inner)
        };
        depth <= MAX_DEPTH
            && nodes.iter().any(|node| match node {
                Node::Text(range) => self.text(self.source.slice(range.clone())),
                Node::Action(action) => self.assigns_image(&action.pipe) || self.pipe(&action.pipe, depth + 1),
                Node::If(inner) | Node::With(inner) | Node::Range(inner) => branch(inner),
                Node::Template(invocation) => self.speaking.contains(&invocation.name),
                Node::Break | Node::Continue => false,
            })
    }

    /// `{{ $image = "other" }}`, `{{ $tag = "other" }}`
    fn assigns_image(&self, pipe: &Pipe) -> bool {
        let is_part = |name: &str| says_image(name) || name == "$tag" || name.ends_with("Tag");
        self.measure == Measure::Word && pipe.assigns && pipe.variables.iter().any(|variable| is_part(&variable.name))
    }

    fn text(&self, text: &str) -> bool {
        match self.measure {
            Measure::Word => says_image(text) || has_whole(text),
            Measure::Key => has_image_key(text) || is_whole(text) || has_whole(text),
        }
    }

    fn pipe(&self, pipe: &Pipe, depth: usize) -> bool {
        let operand = |operand: &Operand| self.operand(operand, depth + 1);
        depth <= MAX_DEPTH && pipe.commands.iter().any(|command| command.words.iter().any(operand))
    }

    fn operand(&self, operand: &Operand, depth: usize) -> bool {
        let fields = |parts: &[Arc<str>]| self.measure == Measure::Word && parts.iter().any(|part| says_image(part));
        match &operand.term {
            Term::Field(parts) | Term::Variable(_, parts) => fields(parts),
            Term::String(text) => {
                self.speaking.contains(text.as_str()) || (self.measure == Measure::Word && says_image(text))
            }
            Term::Chain(inner, parts) => fields(parts) || self.operand(inner, depth + 1),
            Term::Pipe(inner) => self.pipe(inner, depth),
            _ => false,
        }
    }
}

/// Whether `text` has the word, and not only of how images are pulled: `image`, `baseImage`, `RELATED_IMAGE_PROXY`.
pub(super) fn says_image(text: &str) -> bool {
    let mut words = text.match_indices("mage");
    words.any(|(at, word)| !text[at + word.len()..].starts_with("Pull")) || text.contains("IMAGE")
}

/// Whether `text` has a key that ends with the word: `image:`, `"baseImage":`; or the name of a variable that has it.
fn has_image_key(text: &str) -> bool {
    let mut words = text.match_indices("mage");
    let is_key = |(at, word): (usize, &str)| text[at + word.len()..].trim_start_matches(['"', '\'']).starts_with(':');
    words.any(is_key) || text.contains("IMAGE")
}

/// Whether `text` is an image with a tag or digest, and nothing else.
fn is_whole(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'']);
    text.contains(':') && Reference::parse(text).is_ok_and(|image| image.tag().is_some() || image.digest().is_some())
}

/// Whether `text` has an image with a folder and a tag or digest: in quotes, behind `--flag=`.
fn has_whole(text: &str) -> bool {
    let words = text.split(|letter: char| letter.is_whitespace() || "\"'=,{}[]".contains(letter));
    words.filter(|word| word.contains('/')).any(is_whole)
}
