//! Nodes as Go's errors write them: `<.Values.image.tag>`, `<include "name" .>`, `<{{template "name" .}}>`.

use std::fmt::Write;

use super::ast::{Action, Command, Extent, Invocation, Operand, Pipe, Source, Term};
use super::quote::quote;

/// The node that an error is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'p> {
    Action(&'p Action),
    Invocation(&'p Invocation),
    Pipe(&'p Pipe),
    Command(&'p Command),
    Operand(&'p Operand),
}

impl Place<'_> {
    /// Its bytes and position.
    pub(super) fn extent(&self) -> Extent {
        match self {
            Self::Action(action) => action.extent,
            Self::Invocation(invocation) => invocation.extent,
            Self::Pipe(pipe) => pipe.extent,
            Self::Command(command) => command.extent,
            Self::Operand(operand) => operand.extent,
        }
    }

    /// Its text in Go's normal form, which is not always the source's.
    pub(super) fn describe(&self, source: &Source) -> String {
        let mut out = String::new();
        match self {
            Self::Action(action) => {
                out.push_str("{{");
                push_pipe(&mut out, &action.pipe, source);
                out.push_str("}}");
            }
            Self::Invocation(invocation) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{{{{template {}", quote(&invocation.name));
                if let Some(pipe) = &invocation.pipe {
                    out.push(' ');
                    push_pipe(&mut out, pipe, source);
                }
                out.push_str("}}");
            }
            Self::Pipe(pipe) => push_pipe(&mut out, pipe, source),
            Self::Command(command) => push_command(&mut out, command, source),
            Self::Operand(operand) => push_operand(&mut out, operand, source, false),
        }
        out
    }
}

fn push_pipe(out: &mut String, pipe: &Pipe, source: &Source) {
    for (index, variable) in pipe.variables.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        out.push_str(&variable.name);
    }
    if !pipe.variables.is_empty() {
        out.push_str(if pipe.assigns { " = " } else { " := " });
    }
    for (index, command) in pipe.commands.iter().enumerate() {
        out.push_str(if index > 0 { " | " } else { "" });
        push_command(out, command, source);
    }
}

fn push_command(out: &mut String, command: &Command, source: &Source) {
    for (index, word) in command.words.iter().enumerate() {
        out.push_str(if index > 0 { " " } else { "" });
        push_operand(out, word, source, true);
    }
}

/// A parenthesised pipeline keeps its parentheses only inside something else.
fn push_operand(out: &mut String, operand: &Operand, source: &Source, inner: bool) {
    let fields = match &operand.term {
        Term::Field(fields) => fields,
        Term::Variable(variable, fields) => {
            out.push_str(&variable.name);
            fields
        }
        Term::Chain(base, fields) => {
            push_operand(out, base, source, true);
            fields
        }
        Term::Pipe(pipe) if inner => {
            out.push('(');
            push_pipe(out, pipe, source);
            return out.push(')');
        }
        Term::Pipe(pipe) => return push_pipe(out, pipe, source),
        _ => return out.push_str(source.slice(operand.extent.range())),
    };
    for field in fields {
        out.push('.');
        out.push_str(field);
    }
}
