//! The templates of one rendering, parsed once: which definition a name means, as Go and Helm decide it.
//! Immutable and `Send + Sync`: one program serves all scenarios and threads.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::Tree;
use super::parser::{self, ParseError};
use crate::source::Text;

/// What one file defines, parsed: cheap to clone, the same for all programs that have the file.
pub type ParsedFile = Arc<[Tree]>;

/// A template: a tree of a file.
#[derive(Debug)]
struct Definition {
    /// The number of the file.
    file: usize,
    trees: ParsedFile,
    index: usize,
}

impl Definition {
    fn tree(&self) -> &Tree {
        &self.trees[self.index]
    }
}

/// All templates of a chart and its subcharts.
#[derive(Debug, Default)]
pub struct Program {
    files: Vec<Arc<str>>,
    /// All definitions of a name, in the order of parsing.
    definitions: HashMap<Arc<str>, Vec<Definition>>,
}

impl Program {
    /// Puts `files`, each parsed under its name, together in the order given: a later definition replaces an earlier one,
    /// unless it is empty.
    #[must_use]
    pub fn new<'f>(files: impl IntoIterator<Item = (&'f str, ParsedFile)>) -> Self {
        let mut program = Self::default();
        for (name, trees) in files {
            let file = program.files.len();
            program.files.push(name.into());
            for (index, tree) in trees.iter().enumerate() {
                let known = program.definitions.entry(tree.name.clone()).or_default();
                known.push(Definition { file, trees: trees.clone(), index });
            }
        }
        program
    }

    /// Parses `files`, then as [`Program::new`].
    ///
    /// # Errors
    /// The first file that does not parse.
    pub fn parse<'f>(files: impl IntoIterator<Item = (&'f str, &'f Text)>) -> Result<Self, ParseError> {
        let parsed: Result<Vec<_>, _> =
            files.into_iter().map(|(name, text)| Ok((name, parser::parse(name, text)?.into()))).collect();
        parsed.map(Self::new)
    }

    /// The template called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Tree> {
        self.find_except(name, None).map(Definition::tree)
    }

    /// The names of all templates, sorted: files and definitions.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.definitions.keys().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }

    /// What `name` means when the file of number `except` is left out: the last definition that is not empty, else the first.
    fn find_except(&self, name: &str, except: Option<usize>) -> Option<&Definition> {
        let known = self.definitions.get(name)?;
        let allowed = || known.iter().filter(|definition| Some(definition.file) != except);
        allowed().rfind(|definition| !definition.tree().empty).or_else(|| allowed().next())
    }
}

/// The templates that one execution sees: the program's, or for `tpl` a text of its own and after it the program's. Such a
/// text hides the file whose name it has, with all that this file defines; other files override what the text defines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Templates<'p> {
    program: &'p Program,
    own: &'p [Tree],
    hidden: Option<usize>,
}

impl<'p> Templates<'p> {
    /// Those of the program.
    pub(super) fn of(program: &'p Program) -> Self {
        Self { program, own: &[], hidden: None }
    }

    /// Those of the program after the trees of a text.
    pub(super) fn with(program: &'p Program, name: &str, own: &'p [Tree]) -> Self {
        Self { program, own, hidden: program.files.iter().position(|file| **file == *name) }
    }

    /// The program behind.
    pub(super) fn program(&self) -> &'p Program {
        self.program
    }

    /// The template called `name`.
    pub(super) fn find(&self, name: &str) -> Option<&'p Tree> {
        let own = self.own.iter().find(|tree| *tree.name == *name);
        let known = self.program.find_except(name, self.hidden).map(Definition::tree);
        match (own, known) {
            (Some(own), Some(known)) => Some(if known.empty { own } else { known }),
            (own, known) => own.or(known),
        }
    }
}
