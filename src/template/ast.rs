//! The syntax tree of a template, as Go's `text/template/parse` builds it. Immutable, `Send + Sync`, shared by all renderings.
//! Functions are already resolved; every node knows its bytes and the position that Go prints in errors.

use std::ops::Range;
use std::sync::Arc;

use crate::source::{Origins, Span, Text};
use crate::template::functions::Callee;

/// One parsed text: a template file, or the argument of `tpl`.
#[derive(Debug)]
pub struct Source {
    /// The name that errors print.
    pub name: Arc<str>,
    /// The text with its origins.
    pub text: Text,
    /// Where the whole text stands, if it was taken from one place letter by letter.
    exact: Option<Span>,
}

impl Source {
    /// A text to parse under `name`.
    #[must_use]
    pub fn new(name: &str, text: Text) -> Self {
        Self { name: name.into(), exact: text.exact_span(), text }
    }

    /// Where `range` of the text stands in a file, if known.
    #[must_use]
    pub fn span(&self, range: Range<u32>) -> Option<Span> {
        match self.exact {
            Some(whole) => {
                let start = whole.start as usize;
                Some(Span::new(whole.file, start + range.start as usize, start + range.end as usize))
            }
            None => self.text.span_of(range.start as usize..range.end as usize),
        }
    }

    /// The plain text of `range`.
    #[must_use]
    pub fn slice(&self, range: Range<u32>) -> &str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// Line (from 1) and column (from 0, in bytes), as Go counts them.
    #[must_use]
    pub fn line_and_column(&self, position: u32) -> (usize, usize) {
        let before = self.text.get(..position as usize).unwrap_or(&self.text);
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, crate::source::to_bytes(&before[line..]).len())
    }
}

/// One template: a whole file, or a `define` or `block` in it.
#[derive(Debug)]
pub struct Tree {
    /// The template's name.
    pub name: Arc<str>,
    /// The text that it stands in.
    pub source: Arc<Source>,
    /// What it consists of.
    pub body: Box<[Node]>,
    /// Whether it is empty of everything but space and comments: such a definition replaces no other.
    pub empty: bool,
}

/// Bytes of the source, and the byte that Go calls the node's position (for `.a.b` that is `.b`).
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// Go's position.
    pub position: u32,
}

impl Extent {
    /// The bytes.
    #[must_use]
    pub fn range(self) -> Range<u32> {
        self.start..self.end
    }
}

/// An element of a template.
#[derive(Debug)]
pub enum Node {
    /// Literal text, by its bytes.
    Text(Range<u32>),
    /// `{{ pipeline }}`
    Action(Action),
    /// `{{ if }}`
    If(Branch),
    /// `{{ with }}`
    With(Branch),
    /// `{{ range }}`
    Range(Branch),
    /// `{{ template "name" pipeline }}`, also what `{{ block }}` leaves behind.
    Template(Invocation),
    /// `{{ break }}`
    Break,
    /// `{{ continue }}`
    Continue,
}

/// A pipeline whose value is printed, unless it declares or assigns.
#[derive(Debug)]
pub struct Action {
    /// From the opening to the closing braces.
    pub extent: Extent,
    /// Where the action stands in a file, if known.
    pub site: Option<Span>,
    /// The pipeline.
    pub pipe: Pipe,
}

/// `if`, `with` or `range`.
#[derive(Debug)]
pub struct Branch {
    /// The condition or collection.
    pub pipe: Pipe,
    /// What follows if it is true or not empty.
    pub body: Box<[Node]>,
    /// What follows otherwise.
    pub otherwise: Option<Box<[Node]>>,
}

/// A call of another template.
#[derive(Debug)]
pub struct Invocation {
    /// Its position is that of the name.
    pub extent: Extent,
    /// Where the action stands in a file, if known.
    pub site: Option<Span>,
    /// Whom it calls.
    pub name: Arc<str>,
    /// What becomes the dot.
    pub pipe: Option<Pipe>,
}

/// `$a, $b := command | command`
#[derive(Debug)]
pub struct Pipe {
    /// Its position is that of its first word.
    pub extent: Extent,
    /// `=` in place of `:=`.
    pub assigns: bool,
    /// The variables that take the value.
    pub variables: Box<[Variable]>,
    /// The commands; each gives its value to the next as final argument.
    pub commands: Box<[Command]>,
}

/// A variable's name, dollar included, and its number within the source.
#[derive(Clone, Debug)]
pub struct Variable {
    /// `$name`
    pub name: Arc<str>,
    /// Equal names of one source have equal numbers; `$` has 0.
    pub id: u32,
}

/// A word and its arguments.
#[derive(Debug)]
pub struct Command {
    /// Its position is that of its first word.
    pub extent: Extent,
    /// The word and its arguments; never empty.
    pub words: Box<[Operand]>,
}

/// A word of a command.
#[derive(Debug)]
pub struct Operand {
    /// Its bytes.
    pub extent: Extent,
    /// What it is.
    pub term: Term,
}

/// What a word is.
#[derive(Debug)]
pub enum Term {
    /// A function's name.
    Function(Callee),
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool, Origins),
    /// A number or character.
    Number(Box<Number>),
    /// A quoted or raw string, unquoted; an unescaped one is exact to the letter.
    String(Text),
    /// `.a.b`
    Field(Box<[Arc<str>]>),
    /// `$x` and `$x.a.b`
    Variable(Variable, Box<[Arc<str>]>),
    /// `(pipeline).a.b` and `function.a.b`
    Chain(Box<Operand>, Box<[Arc<str>]>),
    /// `(pipeline)`
    Pipe(Box<Pipe>),
}

/// A numeric constant under every type that can hold it.
#[derive(Clone, Debug, Default)]
pub struct Number {
    /// As a signed integer.
    pub int: Option<i64>,
    /// As an unsigned integer.
    pub uint: Option<u64>,
    /// As a float.
    pub float: Option<f64>,
    /// Whether it is a float where its syntax decides: it has a point or exponent.
    pub is_float_syntax: bool,
    /// Whether it has an imaginary part: `1i`, `1+2i`. No function takes one.
    pub is_complex: bool,
    /// Where it stands.
    pub origins: Origins,
}
