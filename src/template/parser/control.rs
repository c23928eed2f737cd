//! Text and actions: control structures, definitions, blocks.

use super::{Parsed, Parser, Scope};
use crate::template::ast::{Action, Branch, Invocation, Node};
use crate::template::lexer::{Keyword, Kind, Token};

/// An element of a list, or what ends the list.
pub(super) enum Item {
    Node(Node),
    End,
    Else,
}

impl Parser<'_> {
    /// Literal text or an action.
    pub(super) fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.start..token.end))),
            Kind::LeftDelimiter => {
                self.scope.action = Some(token.start);
                let item = self.action(token)?;
                self.scope.action = None;
                Ok(item)
            }
            _ => self.unexpected(token, "input"),
        }
    }

    fn action(&mut self, opening: Token) -> Parsed<Item> {
        let token = self.next_non_space();
        let Kind::Keyword(keyword) = token.kind else {
            return self.plain_action(opening);
        };
        let node = match keyword {
            Keyword::Block => self.block(opening)?,
            Keyword::Break => self.loop_control(Node::Break, "{{break}}")?,
            Keyword::Continue => self.loop_control(Node::Continue, "{{continue}}")?,
            Keyword::Else => {
                // `else if` and `else with` leave their word pending.
                if !matches!(self.peek_non_space().kind, Kind::Keyword(Keyword::If | Keyword::With)) {
                    self.expect(Kind::RightDelimiter, "else")?;
                }
                return Ok(Item::Else);
            }
            Keyword::End => {
                self.expect(Kind::RightDelimiter, "end")?;
                return Ok(Item::End);
            }
            Keyword::If => Node::If(self.branch(Keyword::If)?),
            Keyword::Range => Node::Range(self.branch(Keyword::Range)?),
            Keyword::With => Node::With(self.branch(Keyword::With)?),
            Keyword::Template => self.invocation(opening)?,
            // Definitions stand at the top only; here the word starts no command.
            Keyword::Define => return self.plain_action(opening),
        };
        Ok(Item::Node(node))
    }

    fn plain_action(&mut self, opening: Token) -> Parsed<Item> {
        self.push_back();
        let position = self.peek().start;
        let pipe = self.pipeline("command", Kind::RightDelimiter)?;
        let extent = self.extent(opening.start, position);
        let site = self.source.span(extent.range());
        Ok(Item::Node(Node::Action(Action { extent, site, pipe })))
    }

    fn loop_control(&mut self, node: Node, written: &str) -> Parsed<Node> {
        self.expect(Kind::RightDelimiter, written)?;
        if self.scope.ranges == 0 {
            return self.fail(format!("{written} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    /// Elements up to `end` or `else`; tells whether it was `else`.
    fn list(&mut self) -> Parsed<(Box<[Node]>, bool)> {
        let mark = self.nodes.len();
        while self.peek_non_space().kind != Kind::End {
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                Item::End => return Ok((self.nodes.drain(mark..).collect(), false)),
                Item::Else => return Ok((self.nodes.drain(mark..).collect(), true)),
            }
        }
        self.fail("unexpected EOF")
    }

    fn branch(&mut self, keyword: Keyword) -> Parsed<Branch> {
        self.nested(|parser| {
            let variables = parser.scope.variables.len();
            let branch = parser.branch_in_scope(keyword);
            parser.scope.variables.truncate(variables);
            branch
        })
    }

    fn branch_in_scope(&mut self, keyword: Keyword) -> Parsed<Branch> {
        let context = match keyword {
            Keyword::If => "if",
            Keyword::Range => "range",
            _ => "with",
        };
        let pipe = self.pipeline(context, Kind::RightDelimiter)?;
        let in_range = usize::from(keyword == Keyword::Range);
        self.scope.ranges += in_range;
        let (body, has_else) = self.list()?;
        self.scope.ranges -= in_range;
        let otherwise = if has_else { Some(self.otherwise(keyword)?) } else { None };
        Ok(Branch { pipe, body, otherwise })
    }

    /// What follows `else`: `{{ else if x }}` is `{{ else }}{{ if x }}` with one `end` for both.
    fn otherwise(&mut self, keyword: Keyword) -> Parsed<Box<[Node]>> {
        let chained = matches!(keyword, Keyword::If | Keyword::With) && self.peek().kind == Kind::Keyword(keyword);
        if chained {
            self.next();
            let branch = self.branch(keyword)?;
            return Ok(Box::new([if keyword == Keyword::If { Node::If(branch) } else { Node::With(branch) }]));
        }
        let (nodes, has_else) = self.list()?;
        if has_else {
            return self.fail("expected end; found {{else}}");
        }
        Ok(nodes)
    }

    /// `define`, up to and with its `end`; the word itself is past.
    pub(super) fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let outer = std::mem::replace(&mut self.scope, Scope::new());
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        self.expect(Kind::RightDelimiter, CONTEXT)?;
        let (body, has_else) = self.list()?;
        if has_else {
            return self.fail(format!("unexpected {{{{else}}}} in {CONTEXT}"));
        }
        self.add(&name, body)?;
        self.scope = outer;
        Ok(())
    }

    /// `block`: a definition that is called where it stands.
    fn block(&mut self, opening: Token) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        self.nested(|parser| {
            let token = parser.next_non_space();
            let name = parser.template_name(token, CONTEXT)?;
            let pipe = parser.pipeline(CONTEXT, Kind::RightDelimiter)?;
            let extent = parser.extent(opening.start, token.start);
            let outer = std::mem::replace(&mut parser.scope, Scope::new());
            let (body, has_else) = parser.list()?;
            if has_else {
                parser.scope = outer;
                return parser.fail(format!("unexpected {{{{else}}}} in {CONTEXT}"));
            }
            parser.add(&name, body)?;
            parser.scope = outer;
            let site = parser.source.span(extent.range());
            Ok(Node::Template(Invocation { extent, site, name: name.as_str().into(), pipe: Some(pipe) }))
        })
    }

    fn invocation(&mut self, opening: Token) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = if self.next_non_space().kind == Kind::RightDelimiter {
            None
        } else {
            self.push_back();
            Some(self.pipeline(CONTEXT, Kind::RightDelimiter)?)
        };
        let extent = self.extent(opening.start, token.start);
        let site = self.source.span(extent.range());
        Ok(Node::Template(Invocation { extent, site, name: name.as_str().into(), pipe }))
    }

    fn template_name(&mut self, token: Token, context: &str) -> Parsed<crate::source::Text> {
        match token.kind {
            Kind::String | Kind::RawString => self.string(token),
            _ => self.unexpected(token, context),
        }
    }
}
