//! Tokens to documents, by libyaml's grammar: asks for tokens one by one, so that errors come in the order in which go-yaml
//! meets them. Builds [`Document`]s; resolves aliases to nodes, never copies what they name.

use std::collections::HashMap;
use std::ops::Range;

use super::error::Error;
use super::node::{Data, Document, NodeKind};
use super::scanner::{Content, DEEPEST, Kind, Mark, Scanner, Style, Token};
use crate::source::Text;

/// What stands in front of a node: `&anchor` and `!tag`.
#[derive(Default)]
struct Properties {
    anchor: Option<Range<usize>>,
    tag: Option<Box<str>>,
    start: Option<Mark>,
}

pub(super) struct Parser<'a> {
    source: &'a Text,
    scanner: Scanner<'a>,
    started: bool,
    handles: Vec<(Box<str>, Box<str>)>,
    anchors: HashMap<&'a str, usize>,
    nodes: Vec<Data>,
    children: Vec<usize>,
    /// Children of collections that are still open.
    open: Vec<usize>,
    depth: usize,
    /// Where the last token ended that stands in the text.
    last_end: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a Text) -> Self {
        Self {
            source,
            scanner: Scanner::new(source.as_str()),
            started: false,
            handles: Vec::new(),
            anchors: HashMap::new(),
            nodes: Vec::new(),
            children: Vec::new(),
            open: Vec::new(),
            depth: 0,
            last_end: 0,
        }
    }

    /// The next document, `None` after the last.
    pub(super) fn document(&mut self) -> Result<Option<Document>, Error> {
        let first = !self.started;
        self.started = true;
        if !first {
            while self.is(|kind| matches!(kind, Kind::DocumentEnd))? {
                self.take()?;
            }
        }
        if self.is(|kind| matches!(kind, Kind::StreamEnd))? {
            self.scanner.check_characters()?;
            return Ok(None);
        }
        let explicit =
            |kind: &Kind| matches!(kind, Kind::VersionDirective(..) | Kind::TagDirective { .. } | Kind::DocumentStart);
        let bare = first && !self.is(explicit)?;
        self.directives()?;
        let root = if bare {
            self.node(true, false)?
        } else {
            if !self.is(|kind| matches!(kind, Kind::DocumentStart))? {
                return self.fail(None, "did not find expected <document start>");
            }
            self.take()?;
            let ends = |kind: &Kind| explicit(kind) || matches!(kind, Kind::DocumentEnd | Kind::StreamEnd);
            if self.is(ends)? { self.empty(Properties::default()) } else { self.node(true, false)? }
        };
        if self.is(|kind| matches!(kind, Kind::DocumentEnd))? {
            self.take()?;
        }
        self.scanner.check_characters()?;
        self.handles.clear();
        self.anchors.clear();
        Ok(Some(Document {
            source: self.source.clone(),
            nodes: std::mem::take(&mut self.nodes),
            children: std::mem::take(&mut self.children),
            root,
        }))
    }

    fn is(&mut self, test: impl Fn(&Kind) -> bool) -> Result<bool, Error> {
        Ok(test(&self.scanner.peek()?.kind))
    }

    fn take(&mut self) -> Result<Token, Error> {
        let token = self.scanner.take()?;
        if token.end > token.start.offset {
            self.last_end = token.end;
        }
        Ok(token)
    }

    fn fail<T>(&mut self, context: Option<Mark>, problem: &str) -> Result<T, Error> {
        let token = self.scanner.peek()?.clone();
        Err(self.scanner.parser_error(context.unwrap_or_default(), &token, problem))
    }

    fn directives(&mut self) -> Result<(), Error> {
        let mut version = false;
        loop {
            let token = self.scanner.peek()?;
            match &token.kind {
                Kind::VersionDirective(major, minor) => {
                    let supported = (*major, *minor) == (1, 1);
                    if version {
                        return self.fail(None, "found duplicate %YAML directive");
                    }
                    if !supported {
                        return self.fail(None, "found incompatible YAML document");
                    }
                    version = true;
                }
                Kind::TagDirective { handle, prefix } => {
                    let known = self.handles.iter().any(|(known, _)| known == handle);
                    if known {
                        return self.fail(None, "found duplicate %TAG directive");
                    }
                    self.handles.push((handle.clone(), prefix.clone()));
                }
                _ => break,
            }
            self.take()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self.handles.iter().any(|(known, _)| &**known == handle) {
                self.handles.push((handle.into(), prefix.into()));
            }
        }
        Ok(())
    }

    fn properties(&mut self) -> Result<Properties, Error> {
        let mut properties = Properties::default();
        let mut tag = None;
        loop {
            match &self.scanner.peek()?.kind {
                Kind::Anchor(_) if properties.anchor.is_none() => {
                    let token = self.take()?;
                    properties.start.get_or_insert(token.start);
                    if let Kind::Anchor(name) = token.kind {
                        properties.anchor = Some(name);
                    }
                }
                Kind::Tag { .. } if tag.is_none() => {
                    let token = self.take()?;
                    properties.start.get_or_insert(token.start);
                    tag = Some(token);
                }
                _ => break,
            }
        }
        if let Some(token) = tag
            && let Kind::Tag { handle, suffix } = &token.kind
        {
            let prefix = self.handles.iter().find(|(known, _)| known == handle).map(|(_, prefix)| &**prefix);
            let full = match prefix {
                _ if handle.is_empty() => suffix.clone(),
                Some(prefix) => format!("{prefix}{suffix}").into(),
                None => {
                    let context = properties.start.unwrap_or_default();
                    return Err(self.scanner.parser_error(context, &token, "found undefined tag handle"));
                }
            };
            properties.tag = Some(full).filter(|tag| !tag.is_empty());
        }
        Ok(properties)
    }

    fn node(&mut self, block: bool, indentless: bool) -> Result<usize, Error> {
        if self.depth >= DEEPEST {
            let problem = format!("exceeded max depth of {DEEPEST}");
            return self.fail(None, &problem);
        }
        self.depth += 1;
        let node = self.node_here(block, indentless);
        self.depth -= 1;
        node
    }

    fn node_here(&mut self, block: bool, indentless: bool) -> Result<usize, Error> {
        if let Kind::Alias(name) = &self.scanner.peek()?.kind {
            let name = name.clone();
            return self.alias(name);
        }
        let properties = self.properties()?;
        let start = properties.start;
        match &self.scanner.peek()?.kind {
            Kind::BlockEntry if indentless => self.block_sequence(properties, true),
            Kind::Scalar(..) => self.scalar(properties),
            Kind::FlowSequenceStart => self.flow_sequence(properties),
            Kind::FlowMappingStart => self.flow_mapping(properties),
            Kind::BlockSequenceStart if block => self.block_sequence(properties, false),
            Kind::BlockMappingStart if block => self.block_mapping(properties),
            _ if properties.anchor.is_some() || properties.tag.is_some() => Ok(self.empty(properties)),
            _ => self.fail(start, "did not find expected node content"),
        }
    }

    fn alias(&mut self, name: Range<usize>) -> Result<usize, Error> {
        let text = self.source.as_str();
        let Some(target) = self.anchors.get(&text[name.clone()]).copied() else {
            self.scanner.check_characters()?;
            let message = format!("yaml: unknown anchor '{}' referenced", &text[name.clone()]);
            return Err(Error::at(text, name.start.saturating_sub(1)..name.end, message));
        };
        let token = self.take()?;
        let kind = NodeKind::Alias { target };
        Ok(self.add(Properties::default(), token.start, token.end, kind))
    }

    fn scalar(&mut self, properties: Properties) -> Result<usize, Error> {
        let token = self.take()?;
        let Kind::Scalar(style, content) = token.kind else { return Ok(self.empty(properties)) };
        let resolvable = match properties.tag.as_deref() {
            None => style == Style::Plain,
            Some(tag) => tag == "!",
        };
        Ok(self.add(properties, token.start, token.end, NodeKind::Scalar { style, content, resolvable }))
    }

    /// A node that nothing stands for: the value of `key:`.
    fn empty(&mut self, properties: Properties) -> usize {
        let offset = self.last_end;
        let start = Mark { offset, line: self.scanner.line_of(offset), ..Mark::default() };
        let resolvable = properties.tag.as_deref().is_none_or(|tag| tag == "!");
        let kind = NodeKind::Scalar { style: Style::Plain, content: Content::Exact(offset..offset), resolvable };
        self.add(properties, start, offset, kind)
    }

    fn add(&mut self, properties: Properties, start: Mark, end: usize, kind: NodeKind) -> usize {
        let index = self.nodes.len();
        if let Some(name) = &properties.anchor {
            self.anchors.insert(&self.source.as_str()[name.clone()], index);
        }
        self.nodes.push(Data {
            kind,
            range: start.offset..end,
            first: properties.start.map_or(start.offset, |mark| mark.offset),
            line: properties.start.map_or(start.line, |mark| mark.line) + 1,
            tag: properties.tag,
            anchor: properties.anchor,
        });
        index
    }

    /// Moves the children since `mark` to their collection `index`, which ends here.
    fn close(&mut self, index: usize, mark: usize) -> usize {
        let first = self.children.len();
        self.children.extend_from_slice(&self.open[mark..]);
        self.open.truncate(mark);
        let items = first..self.children.len();
        let end = self.last_end;
        if let Some(data) = self.nodes.get_mut(index) {
            data.range.end = end.max(data.range.start);
            if let NodeKind::Sequence { items: empty, .. } | NodeKind::Mapping { items: empty, .. } = &mut data.kind {
                *empty = items;
            }
        }
        index
    }

    fn block_sequence(&mut self, properties: Properties, indentless: bool) -> Result<usize, Error> {
        let start = if indentless { self.scanner.peek()?.start } else { self.take()?.start };
        let index = self.add(properties, start, start.offset, NodeKind::Sequence { items: 0..0, flow: false });
        let mark = self.open.len();
        while self.is(|kind| matches!(kind, Kind::BlockEntry))? {
            self.take()?;
            let empty = self.is(|kind| match kind {
                Kind::BlockEntry | Kind::BlockEnd => true,
                Kind::Key | Kind::Value => indentless,
                _ => false,
            })?;
            let item = if empty { self.empty(Properties::default()) } else { self.node(true, false)? };
            self.open.push(item);
        }
        if !indentless {
            if !self.is(|kind| matches!(kind, Kind::BlockEnd))? {
                return self.fail(Some(start), "did not find expected '-' indicator");
            }
            self.take()?;
        }
        Ok(self.close(index, mark))
    }

    fn block_mapping(&mut self, properties: Properties) -> Result<usize, Error> {
        let start = self.take()?.start;
        let index = self.add(properties, start, start.offset, NodeKind::Mapping { items: 0..0, flow: false });
        let mark = self.open.len();
        let ends = |kind: &Kind| matches!(kind, Kind::Key | Kind::Value | Kind::BlockEnd);
        while self.is(|kind| matches!(kind, Kind::Key))? {
            self.take()?;
            let key = if self.is(ends)? { self.empty(Properties::default()) } else { self.node(true, true)? };
            self.open.push(key);
            let mut empty = true;
            if self.is(|kind| matches!(kind, Kind::Value))? {
                self.take()?;
                empty = self.is(ends)?;
            }
            let value = if empty { self.empty(Properties::default()) } else { self.node(true, true)? };
            self.open.push(value);
        }
        if !self.is(|kind| matches!(kind, Kind::BlockEnd))? {
            return self.fail(Some(start), "did not find expected key");
        }
        self.take()?;
        Ok(self.close(index, mark))
    }

    fn flow_sequence(&mut self, properties: Properties) -> Result<usize, Error> {
        let start = self.take()?.start;
        let index = self.add(properties, start, start.offset, NodeKind::Sequence { items: 0..0, flow: true });
        let mark = self.open.len();
        let mut first = true;
        loop {
            if self.is(|kind| matches!(kind, Kind::FlowSequenceEnd))? {
                break;
            }
            if !first {
                if !self.is(|kind| matches!(kind, Kind::FlowEntry))? {
                    return self.fail(Some(start), "did not find expected ',' or ']'");
                }
                self.take()?;
                if self.is(|kind| matches!(kind, Kind::FlowSequenceEnd))? {
                    break;
                }
            }
            first = false;
            let pair = self.is(|kind| matches!(kind, Kind::Key))?;
            let item = if pair { self.single_pair()? } else { self.node(false, false)? };
            self.open.push(item);
        }
        self.take()?;
        Ok(self.close(index, mark))
    }

    /// `[key: value]`: a mapping of one entry without braces.
    fn single_pair(&mut self) -> Result<usize, Error> {
        let start = self.take()?.start;
        let index = self.add(Properties::default(), start, start.offset, NodeKind::Mapping { items: 0..0, flow: true });
        let mark = self.open.len();
        let ends = |kind: &Kind| matches!(kind, Kind::FlowEntry | Kind::FlowSequenceEnd);
        if self.is(|kind| ends(kind) || matches!(kind, Kind::Value))? {
            // go-yaml takes that token away here: `[? : x]` loses its colon.
            self.take()?;
            let key = self.empty(Properties::default());
            self.open.push(key);
        } else {
            let key = self.node(false, false)?;
            self.open.push(key);
        }
        let mut empty = true;
        if self.is(|kind| matches!(kind, Kind::Value))? {
            self.take()?;
            empty = self.is(ends)?;
        }
        let value = if empty { self.empty(Properties::default()) } else { self.node(false, false)? };
        self.open.push(value);
        Ok(self.close(index, mark))
    }

    fn flow_mapping(&mut self, properties: Properties) -> Result<usize, Error> {
        let start = self.take()?.start;
        let index = self.add(properties, start, start.offset, NodeKind::Mapping { items: 0..0, flow: true });
        let mark = self.open.len();
        let ends = |kind: &Kind| matches!(kind, Kind::FlowEntry | Kind::FlowMappingEnd);
        let mut first = true;
        loop {
            if self.is(|kind| matches!(kind, Kind::FlowMappingEnd))? {
                break;
            }
            if !first {
                if !self.is(|kind| matches!(kind, Kind::FlowEntry))? {
                    return self.fail(Some(start), "did not find expected ',' or '}'");
                }
                self.take()?;
                if self.is(|kind| matches!(kind, Kind::FlowMappingEnd))? {
                    break;
                }
            }
            first = false;
            let mut empty = true;
            if self.is(|kind| matches!(kind, Kind::Key))? {
                self.take()?;
                let no_key = self.is(|kind| ends(kind) || matches!(kind, Kind::Value))?;
                let key = if no_key { self.empty(Properties::default()) } else { self.node(false, false)? };
                self.open.push(key);
                if self.is(|kind| matches!(kind, Kind::Value))? {
                    self.take()?;
                    empty = self.is(ends)?;
                }
            } else {
                let key = self.node(false, false)?;
                self.open.push(key);
                self.scanner.peek()?;
            }
            let value = if empty { self.empty(Properties::default()) } else { self.node(false, false)? };
            self.open.push(value);
        }
        self.take()?;
        Ok(self.close(index, mark))
    }
}
