//! Builds the syntax tree, by the grammar and with the messages of Go's `text/template/parse`: newest rules where they only
//! add. Resolves functions; checks that variables are declared. Stops at the first error, as Go does.

mod control;
mod number;
mod operand;

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{Command, Extent, Node, Operand, Source, Tree};
use super::lexer::{Kind, Lexer, Token};
use super::stack::Guard;
use crate::source::{Span, Text, beyond};

/// How deep parentheses and control actions may nest. Go allows 10,000 parentheses; no chart comes near either.
pub const MAX_NESTING: usize = 1000;

/// Why a template does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Go's whole text: `template: NAME:LINE: MESSAGE`.
    pub message: String,
    /// The place of the token where it was noticed, if the text stands in a file.
    pub place: Option<Span>,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

type Parsed<T> = Result<T, Box<ParseError>>;

/// Parses `text` as the template `name`: its own tree last, before it those that it defines, each name once.
///
/// # Errors
/// The first thing that Go would refuse.
pub fn parse(name: &str, text: &Text) -> Result<Vec<Tree>, ParseError> {
    parse_within(name, text, Guard::new())
}

/// Like [`parse`], within what `guard` leaves of the stack.
pub(super) fn parse_within(name: &str, text: &Text, guard: Guard) -> Result<Vec<Tree>, ParseError> {
    let source = Arc::new(Source::new(name, text.clone()));
    let input = source.text.shared();
    let mut parser = Parser {
        lexer: Lexer::new(&input),
        source: source.clone(),
        scope: Scope::new(),
        trees: Vec::new(),
        nodes: Vec::new(),
        commands: Vec::new(),
        words: Vec::new(),
        names: HashMap::from([("$".into(), 0)]),
        nesting: 0,
        guard,
    };
    parser.run(name).map_err(|error| *error)?;
    Ok(parser.trees)
}

/// What Go keeps per tree while it parses: a definition starts afresh, on the same lexer.
struct Scope {
    /// The last token read, and those that were pushed back before it.
    tokens: [Token; 3],
    pushed_back: usize,
    /// The variables in scope, by number.
    variables: Vec<u32>,
    /// Where the present action started; none between actions.
    action: Option<u32>,
    /// How many ranges are open.
    ranges: usize,
}

impl Scope {
    fn new() -> Self {
        Self { tokens: [Token::NONE; 3], pushed_back: 0, variables: vec![0], action: None, ranges: 0 }
    }
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    source: Arc<Source>,
    scope: Scope,
    trees: Vec<Tree>,
    /// The elements of all open lists, those of the innermost last; so that each list takes no more memory than it needs.
    nodes: Vec<Node>,
    /// As well the commands of all open pipelines.
    commands: Vec<Command>,
    /// And the words of all open commands.
    words: Vec<Operand>,
    names: HashMap<Arc<str>, u32>,
    nesting: usize,
    guard: Guard,
}

impl Parser<'_> {
    /// A whole file: like a list, but definitions may stand in it.
    fn run(&mut self, name: &str) -> Parsed<()> {
        loop {
            let token = self.peek();
            if token.kind == Kind::End {
                break;
            }
            if token.kind == Kind::LeftDelimiter {
                let delimiter = self.next();
                if self.next_non_space().kind == Kind::Keyword(super::lexer::Keyword::Define) {
                    self.definition()?;
                    continue;
                }
                self.push_back_two(delimiter);
            }
            match self.text_or_action()? {
                control::Item::Node(node) => self.nodes.push(node),
                control::Item::End => return self.fail("unexpected {{end}}"),
                control::Item::Else => return self.fail("unexpected {{else}}"),
            }
        }
        let body = std::mem::take(&mut self.nodes).into();
        self.add(name, body)
    }

    /// Installs a finished tree. An empty one replaces nothing; two others of one name in one text are an error.
    fn add(&mut self, name: &str, body: Box<[Node]>) -> Parsed<()> {
        let empty = body.iter().all(|node| match node {
            // Go trims Unicode's spaces here.
            Node::Text(range) => self.source.slice(range.clone()).trim().is_empty(),
            _ => false,
        });
        let tree = Tree { name: name.into(), source: self.source.clone(), body, empty };
        match self.trees.iter_mut().find(|known| *known.name == *name) {
            None => self.trees.push(tree),
            Some(known) if known.empty => *known = tree,
            Some(_) if tree.empty => {}
            Some(_) => {
                let name = super::quote::quote(name);
                return self.fail(format!("template: multiple definition of template {name}"));
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Token {
        if self.scope.pushed_back > 0 {
            self.scope.pushed_back -= 1;
        } else {
            self.scope.tokens[0] = self.lexer.next_token();
        }
        self.scope.tokens[self.scope.pushed_back]
    }

    fn peek(&mut self) -> Token {
        if self.scope.pushed_back == 0 {
            self.scope.pushed_back = 1;
            self.scope.tokens[0] = self.lexer.next_token();
        }
        self.scope.tokens[self.scope.pushed_back - 1]
    }

    /// Unreads the last token.
    fn push_back(&mut self) {
        self.scope.pushed_back += 1;
    }

    /// Unreads the last token and, before it, `first`.
    fn push_back_two(&mut self, first: Token) {
        self.scope.tokens[1] = first;
        self.scope.pushed_back = 2;
    }

    /// Unreads the last token and, before it, `second` and `first`.
    fn push_back_three(&mut self, first: Token, second: Token) {
        self.scope.tokens[1] = second;
        self.scope.tokens[2] = first;
        self.scope.pushed_back = 3;
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.push_back();
        token
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { self.unexpected(token, context) }
    }

    /// Refuses the input with `message`, at the line of the token that was read last.
    fn fail<T>(&self, message: impl AsRef<str>) -> Parsed<T> {
        let last = self.scope.tokens[0];
        let message = format!("template: {}:{}: {}", self.source.name, self.lexer.line(last.start), message.as_ref());
        Err(Box::new(ParseError { message, place: self.source.span(last.start..last.end) }))
    }

    fn unexpected<T>(&self, token: Token, context: &str) -> Parsed<T> {
        let described = self.lexer.describe(token);
        if token.kind != Kind::Error {
            return self.fail(format!("unexpected {described} in {context}"));
        }
        let line = self.scope.action.map(|start| self.lexer.line(start));
        let Some(line) = line.filter(|line| *line != self.lexer.line(token.start)) else {
            return self.fail(described);
        };
        let link = if described.ends_with(" action") { "" } else { " in action" };
        self.fail(format!("{described}{link} started at {}:{line}", self.source.name))
    }

    /// Runs `inner` one level deeper, unless that is too deep.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= MAX_NESTING || self.guard.is_exhausted() {
            return self
                .fail(beyond(format_args!("expressions nest deeper than {MAX_NESTING}, or than the stack holds")));
        }
        self.nesting += 1;
        let outcome = inner(self);
        self.nesting -= 1;
        outcome
    }

    /// The bytes from `start` to the end of the last token read, blanks at the end left out.
    fn extent(&self, start: u32, position: u32) -> Extent {
        let scope = &self.scope;
        let unread = scope.tokens[..scope.pushed_back].last();
        let end = unread.map_or(scope.tokens[0].end, |token| token.start);
        self.extent_to(start, end, position)
    }

    /// The bytes from `start` to `end`, blanks at the end left out.
    fn extent_to(&self, start: u32, end: u32, position: u32) -> Extent {
        // Most end in ASCII that is no blank.
        let last = (end > start).then(|| self.source.text.as_bytes().get(end as usize - 1)).flatten();
        if last.is_some_and(u8::is_ascii_graphic) {
            return Extent { start, end, position };
        }
        let trimmed = self.source.slice(start..end.max(start)).trim_end().len();
        Extent { start, end: start + u32::try_from(trimmed).unwrap_or(0), position }
    }
}
