//! Pipelines, commands and their words.

use std::sync::Arc;

use super::{Parsed, Parser, number};
use crate::template::ast::{Command, Operand, Pipe, Term, Variable};
use crate::template::functions;
use crate::template::lexer::{Kind, Token};
use crate::template::quote::{quote, unquote};

/// Go refuses pipelines of more commands.
const MAX_COMMANDS: usize = 100_000;

/// Whether a string literal surely means what stands between its quotes.
fn is_verbatim(literal: &str) -> bool {
    let bytes = literal.as_bytes();
    let special = |byte: &u8| matches!(byte, b'\\' | b'\n' | b'\r' | b'"' | b'`') || !byte.is_ascii();
    match bytes {
        [b'"', inner @ .., b'"'] | [b'`', inner @ .., b'`'] => !inner.iter().any(special),
        _ => false,
    }
}

impl Parser<'_> {
    /// `declarations? command ('|' command)*` up to and with `end`.
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let first = self.peek_non_space();
        let (variables, assigns) = self.declarations(context)?;
        let mark = self.commands.len();
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    self.check_pipeline(&self.commands[mark..], context)?;
                    let extent = self.extent_to(first.start, token.start, first.start);
                    let commands = self.commands.drain(mark..).collect();
                    return Ok(Pipe { extent, assigns, variables: variables.into(), commands });
                }
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParenthesis => {
                    self.push_back();
                    let command = self.command()?;
                    self.commands.push(command);
                    if self.commands.len() - mark > MAX_COMMANDS {
                        return self.fail("pipeline too long");
                    }
                }
                _ => return self.unexpected(token, context),
            }
        }
    }

    /// `$x :=`, `$x =`, and in a range `$x, $y :=`; gives the variables and whether they are assigned.
    fn declarations(&mut self, context: &str) -> Parsed<(Vec<Variable>, bool)> {
        let mut variables = Vec::new();
        loop {
            let token = self.peek_non_space();
            if token.kind != Kind::Variable {
                return Ok((variables, false));
            }
            self.next();
            // Blanks are tokens: `$x foo` must be told from `$x := foo`, and what was read be pushed back.
            let after = self.peek();
            let next = self.peek_non_space();
            let is_comma = next.kind == Kind::Char && self.lexer.text(next) == ",";
            if matches!(next.kind, Kind::Assign | Kind::Declare) || is_comma {
                self.next_non_space();
                let variable = self.variable(token);
                self.scope.variables.push(variable.id);
                variables.push(variable);
            }
            if !is_comma {
                match next.kind {
                    Kind::Assign | Kind::Declare => return Ok((variables, next.kind == Kind::Assign)),
                    _ if after.kind == Kind::Space => self.push_back_three(token, after),
                    _ => self.push_back_two(token),
                }
                return Ok((variables, false));
            }
            if context != "range" || variables.len() > 1 {
                return self.fail(format!("too many declarations in {context}"));
            }
            let follows = self.peek_non_space().kind;
            if !matches!(follows, Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis) {
                return self.fail("range can only initialize variables");
            }
        }
    }

    /// Only the first command may be a value.
    fn check_pipeline(&self, commands: &[Command], context: &str) -> Parsed<()> {
        if commands.is_empty() {
            return self.fail(format!("missing value for {context}"));
        }
        let is_value = |command: &Command| {
            let first = command.words.first().map(|word| &word.term);
            matches!(first, Some(Term::Bool(..) | Term::Dot | Term::Nil | Term::Number(_) | Term::String(_)))
        };
        match commands.iter().skip(1).position(is_value) {
            Some(index) => self.fail(format!("non executable command in pipeline stage {}", index + 2)),
            None => Ok(()),
        }
    }

    /// Words up to a pipe, which is consumed, or the end of the pipeline, which is not.
    fn command(&mut self) -> Parsed<Command> {
        let first = self.peek_non_space();
        let mark = self.words.len();
        let mut end;
        loop {
            self.peek_non_space();
            if let Some(word) = self.operand()? {
                self.words.push(word);
            }
            end = self.extent(first.start, first.start);
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelimiter | Kind::RightParenthesis => {
                    self.push_back();
                    break;
                }
                Kind::Pipe => break,
                _ => return self.unexpected(token, "operand"),
            }
        }
        if self.words.len() == mark {
            return self.fail("empty command");
        }
        Ok(Command { extent: end, words: self.words.drain(mark..).collect() })
    }

    /// A term and the fields that follow it without a blank.
    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(mut operand) = self.term()? else {
            return Ok(None);
        };
        let first = self.peek();
        if first.kind != Kind::Field {
            return Ok(Some(operand));
        }
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.next();
            fields.push(self.field(token));
        }
        let extent = self.extent(operand.extent.start, first.start);
        match &mut operand.term {
            Term::Field(known) | Term::Variable(_, known) => {
                let mut all = std::mem::take(known).into_vec();
                all.append(&mut fields);
                *known = all.into();
            }
            Term::Bool(..) | Term::String(_) | Term::Number(_) | Term::Nil | Term::Dot => {
                let written = quote(self.source.slice(operand.extent.range()));
                return self.fail(format!("unexpected . after term {written}"));
            }
            _ => {
                let chain = Term::Chain(Box::new(operand), fields.into());
                return Ok(Some(Operand { extent, term: chain }));
            }
        }
        operand.extent = extent;
        Ok(Some(operand))
    }

    /// A word without what follows it; none if the next token starts no word.
    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.next_non_space();
        let text = self.lexer.text(token);
        let term = match token.kind {
            Kind::Identifier => match functions::find(text) {
                Some(callee) => Term::Function(callee),
                None => return self.fail(format!("function {} not defined", quote(text))),
            },
            Kind::Dot => Term::Dot,
            Kind::Nil => Term::Nil,
            Kind::Variable => {
                let variable = self.variable(token);
                if !self.scope.variables.contains(&variable.id) {
                    return self.fail(format!("undefined variable {}", quote(text)));
                }
                Term::Variable(variable, Box::default())
            }
            Kind::Field => Term::Field(Box::new([self.field(token)])),
            Kind::Bool => Term::Bool(text == "true", self.origins(token)),
            Kind::CharConstant | Kind::Complex | Kind::Number => match number::parse(text, token.kind) {
                Ok(mut number) => {
                    number.origins = self.origins(token);
                    Term::Number(Box::new(number))
                }
                Err(message) => return self.fail(message),
            },
            Kind::LeftParenthesis => {
                let pipe = self.nested(|parser| parser.pipeline("parenthesized pipeline", Kind::RightParenthesis))?;
                Term::Pipe(Box::new(pipe))
            }
            Kind::String | Kind::RawString => Term::String(self.string(token)?),
            _ => {
                self.push_back();
                return Ok(None);
            }
        };
        Ok(Some(Operand { extent: self.extent(token.start, token.start), term }))
    }

    /// What a string literal means: exact to the letter where nothing in it is escaped.
    pub(super) fn string(&mut self, token: Token) -> Parsed<crate::source::Text> {
        let literal = self.lexer.text(token);
        let inner = || self.source.text.slice(token.start as usize + 1..token.end as usize - 1);
        if is_verbatim(literal) {
            return Ok(inner());
        }
        match unquote(literal) {
            None => self.fail("invalid syntax"),
            Some(meaning) if literal.get(1..literal.len() - 1) == Some(&meaning) => Ok(inner()),
            Some(meaning) => Ok(crate::source::Text::computed(meaning, self.origins(token))),
        }
    }

    fn origins(&self, token: Token) -> crate::source::Origins {
        self.source.text.origins_of(token.start as usize..token.end as usize)
    }

    fn field(&self, token: Token) -> Arc<str> {
        self.lexer.text(token).trim_start_matches('.').into()
    }

    fn variable(&mut self, token: Token) -> Variable {
        let name = self.lexer.text(token);
        if let Some((name, id)) = self.names.get_key_value(name) {
            return Variable { name: name.clone(), id: *id };
        }
        let id = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let name: Arc<str> = name.into();
        self.names.insert(name.clone(), id);
        Variable { name, id }
    }
}
