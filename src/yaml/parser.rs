//! Tokens to documents, by libyaml's grammar: asks for tokens one by one, so that errors come in the order in which go-yaml
//! meets them. Builds [`Document`]s; resolves aliases to nodes, never copies what they name.

use std::collections::HashMap;
use std::ops::Range;

use super::error::{Error, Failure};
use super::node::{Data, Document, NodeKind, Properties};
use super::scanner::{DEEPEST, Scanner};
use super::token::{Bytes, Content, Kind, Mark, Style, Token, small};
use crate::source::{Text, beyond};

/// What stands in front of a node, and where that starts.
#[derive(Default)]
struct Front {
    properties: Option<Box<Properties>>,
    start: Option<Mark>,
}

impl Front {
    fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }
}

/// What starts at a token.
enum Opening {
    Node(u32),
    BlockSequence,
    IndentlessSequence,
    BlockMapping,
    FlowSequence,
    FlowMapping,
}

pub(super) struct Parser<'a> {
    source: &'a Text,
    scanner: Scanner<'a>,
    started: bool,
    handles: Vec<(Box<str>, Box<str>)>,
    anchors: HashMap<&'a str, u32>,
    nodes: Vec<Data>,
    children: Vec<u32>,
    /// Children of collections that are still open.
    open: Vec<u32>,
    depth: usize,
    /// What stands in front of the next node.
    front: Front,
    /// Where the last token ended that stands in the text.
    last_end: u32,
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
            front: Front::default(),
            last_end: 0,
        }
    }

    /// The next document, `None` after the last.
    pub(super) fn document(&mut self) -> Result<Option<Document>, Failure> {
        let first = !self.started;
        self.started = true;
        if u32::try_from(self.source.len()).is_err() {
            return Err(
                Error { message: "yaml: the text is larger than 4 GiB".to_owned(), range: 0..0, line: 1 }.into()
            );
        }
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
            |kind: &Kind| matches!(kind, Kind::VersionDirective(..) | Kind::TagDirective(_) | Kind::DocumentStart);
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
            if self.is(ends)? { self.empty() } else { self.node(true, false)? }
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

    fn is(&mut self, test: impl Fn(&Kind) -> bool) -> Result<bool, Failure> {
        Ok(test(&self.scanner.peek()?.kind))
    }

    fn take(&mut self) -> Result<Token, Failure> {
        let token = self.scanner.take()?;
        if token.end > token.start.offset {
            self.last_end = token.end;
        }
        Ok(token)
    }

    fn fail<T>(&mut self, context: Option<Mark>, problem: &str) -> Result<T, Failure> {
        let token = self.scanner.peek()?.clone();
        Err(self.scanner.parser_error(context.unwrap_or_default(), &token, problem))
    }

    fn directives(&mut self) -> Result<(), Failure> {
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
                Kind::TagDirective(tag) => {
                    let known = self.handles.iter().any(|(known, _)| *known == tag.handle);
                    if known {
                        return self.fail(None, "found duplicate %TAG directive");
                    }
                    self.handles.push((tag.handle.clone(), tag.suffix.clone()));
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

    /// Reads an anchor and a tag, in either order, for the node behind them.
    fn read_properties(&mut self) -> Result<(), Failure> {
        self.front = Front::default();
        if !self.is(|kind| matches!(kind, Kind::Anchor(_) | Kind::Tag(_)))? {
            return Ok(());
        }
        let mut properties = Properties::default();
        let (mut start, mut tag) = (None, None);
        loop {
            match &self.scanner.peek()?.kind {
                Kind::Anchor(_) if properties.anchor.is_none() => {
                    let token = self.take()?;
                    start.get_or_insert(token.start);
                    if let Kind::Anchor(name) = token.kind {
                        properties.anchor = Some(name);
                    }
                }
                Kind::Tag(_) if tag.is_none() => {
                    let token = self.take()?;
                    start.get_or_insert(token.start);
                    tag = Some(token);
                }
                _ => break,
            }
        }
        if let Some(token) = tag
            && let Kind::Tag(tag) = &token.kind
        {
            let prefix = self.handles.iter().find(|(known, _)| *known == tag.handle).map(|(_, prefix)| &**prefix);
            let full = match prefix {
                _ if tag.handle.is_empty() => tag.suffix.clone(),
                Some(prefix) => format!("{prefix}{}", tag.suffix).into(),
                None => {
                    let context = start.unwrap_or_default();
                    return Err(self.scanner.parser_error(context, &token, "found undefined tag handle"));
                }
            };
            properties.tag = Some(full).filter(|tag| !tag.is_empty());
        }
        let any = properties.anchor.is_some() || properties.tag.is_some();
        self.front = Front { properties: any.then(|| Box::new(properties)), start };
        Ok(())
    }

    fn node(&mut self, block: bool, indentless: bool) -> Result<u32, Failure> {
        if self.depth >= DEEPEST {
            return self.fail(None, &beyond(format_args!("exceeded max depth of {DEEPEST}")));
        }
        self.depth += 1;
        let node = match self.leaf(block, indentless)? {
            Opening::Node(node) => node,
            Opening::BlockSequence => self.block_sequence(false)?,
            Opening::IndentlessSequence => self.block_sequence(true)?,
            Opening::BlockMapping => self.block_mapping()?,
            Opening::FlowSequence => self.flow_sequence()?,
            Opening::FlowMapping => self.flow_mapping()?,
        };
        self.depth -= 1;
        Ok(node)
    }

    /// An alias, scalar or empty node; or what kind of collection starts here.
    fn leaf(&mut self, block: bool, indentless: bool) -> Result<Opening, Failure> {
        if let Kind::Alias(name) = &self.scanner.peek()?.kind {
            let name = name.range();
            return self.alias(name).map(Opening::Node);
        }
        self.read_properties()?;
        Ok(match &self.scanner.peek()?.kind {
            Kind::BlockEntry if indentless => Opening::IndentlessSequence,
            Kind::Scalar(..) => Opening::Node(self.scalar()?),
            Kind::FlowSequenceStart => Opening::FlowSequence,
            Kind::FlowMappingStart => Opening::FlowMapping,
            Kind::BlockSequenceStart if block => Opening::BlockSequence,
            Kind::BlockMappingStart if block => Opening::BlockMapping,
            _ if self.front.properties.is_some() => Opening::Node(self.empty()),
            _ => {
                let start = self.front.start;
                return self.fail(start, "did not find expected node content");
            }
        })
    }

    fn alias(&mut self, name: Range<usize>) -> Result<u32, Failure> {
        let text = self.source.as_str();
        let Some(target) = self.anchors.get(&text[name.clone()]).copied() else {
            self.scanner.check_characters()?;
            let message = format!("yaml: unknown anchor '{}' referenced", &text[name.clone()]);
            return Err(Error::at(text, name.start.saturating_sub(1)..name.end, message).into());
        };
        let token = self.take()?;
        let kind = NodeKind::Alias { target };
        Ok(self.add(token.start, token.end, kind))
    }

    fn scalar(&mut self) -> Result<u32, Failure> {
        let token = self.take()?;
        let Kind::Scalar(style, content) = token.kind else { return Ok(self.empty()) };
        let resolvable = match self.front.tag() {
            None => style == Style::Plain,
            Some(tag) => tag == "!",
        };
        Ok(self.add(token.start, token.end, NodeKind::Scalar { style, content, resolvable }))
    }

    /// A node that nothing stands for: the value of `key:`.
    fn empty(&mut self) -> u32 {
        let offset = self.last_end;
        let start = Mark { offset, line: small(self.scanner.line_of(offset as usize)), ..Mark::default() };
        let resolvable = self.front.tag().is_none_or(|tag| tag == "!");
        let content = Content::Exact(Bytes { start: offset, end: offset });
        self.add(start, offset, NodeKind::Scalar { style: Style::Plain, content, resolvable })
    }

    fn add(&mut self, start: Mark, end: u32, kind: NodeKind) -> u32 {
        let Front { properties, start: first } = std::mem::take(&mut self.front);
        let index = small(self.nodes.len());
        if let Some(name) = properties.as_ref().and_then(|properties| properties.anchor) {
            self.anchors.insert(&self.source.as_str()[name.range()], index);
        }
        let first = first.unwrap_or(start);
        let range = Bytes { start: start.offset, end };
        self.nodes.push(Data { kind, range, first: first.offset, line: first.line + 1, properties });
        index
    }

    /// Moves the children since `mark` to their collection `index`, which ends here.
    fn close(&mut self, index: u32, mark: usize) -> u32 {
        let first = self.children.len();
        self.children.extend_from_slice(&self.open[mark..]);
        self.open.truncate(mark);
        let items = Bytes::from(first..self.children.len());
        let end = self.last_end;
        if let Some(data) = self.nodes.get_mut(index as usize) {
            data.range.end = end.max(data.range.start);
            if let NodeKind::Sequence { items: empty, .. } | NodeKind::Mapping { items: empty, .. } = &mut data.kind {
                *empty = items;
            }
        }
        index
    }

    /// Opens a collection whose first token is taken: its node, and where its children start among the open ones.
    fn open(&mut self, start: Mark, kind: NodeKind) -> (u32, usize) {
        (self.add(start, start.offset, kind), self.open.len())
    }

    fn start(&mut self) -> Result<Mark, Failure> {
        Ok(self.take()?.start)
    }

    /// Takes the next token if it passes `test`.
    fn skip_if(&mut self, test: fn(&Kind) -> bool) -> Result<bool, Failure> {
        let found = self.is(test)?;
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// The next child: empty where a token comes that ends it.
    fn child(&mut self, empty: bool, block: bool, indentless: bool) -> Result<(), Failure> {
        let child = if empty { self.empty() } else { self.node(block, indentless)? };
        self.open.push(child);
        Ok(())
    }

    fn block_sequence(&mut self, indentless: bool) -> Result<u32, Failure> {
        let start = if indentless { self.scanner.peek()?.start } else { self.start()? };
        let (index, mark) = self.open(start, NodeKind::Sequence { items: Bytes::default(), flow: false });
        while self.skip_if(|kind| matches!(kind, Kind::BlockEntry))? {
            let empty = self.is(|kind| match kind {
                Kind::BlockEntry | Kind::BlockEnd => true,
                Kind::Key | Kind::Value => indentless,
                _ => false,
            })?;
            self.child(empty, true, false)?;
        }
        if !indentless && !self.skip_if(|kind| matches!(kind, Kind::BlockEnd))? {
            return self.fail(Some(start), "did not find expected '-' indicator");
        }
        Ok(self.close(index, mark))
    }

    fn block_mapping(&mut self) -> Result<u32, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Mapping { items: Bytes::default(), flow: false });
        let ends = |kind: &Kind| matches!(kind, Kind::Key | Kind::Value | Kind::BlockEnd);
        while self.skip_if(|kind| matches!(kind, Kind::Key))? {
            let empty = self.is(ends)?;
            self.child(empty, true, true)?;
            let empty = !self.skip_if(|kind| matches!(kind, Kind::Value))? || self.is(ends)?;
            self.child(empty, true, true)?;
        }
        if !self.skip_if(|kind| matches!(kind, Kind::BlockEnd))? {
            return self.fail(Some(start), "did not find expected key");
        }
        Ok(self.close(index, mark))
    }

    /// Whether another entry of a flow collection comes; takes the comma in front of it, or the bracket at the end.
    fn next_entry(&mut self, start: Mark, first: bool, end: fn(&Kind) -> bool, problem: &str) -> Result<bool, Failure> {
        if self.skip_if(end)? {
            return Ok(false);
        }
        if !first && !self.skip_if(|kind| matches!(kind, Kind::FlowEntry))? {
            return self.fail(Some(start), problem);
        }
        Ok(first || !self.skip_if(end)?)
    }

    fn flow_sequence(&mut self) -> Result<u32, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Sequence { items: Bytes::default(), flow: true });
        let end = |kind: &Kind| matches!(kind, Kind::FlowSequenceEnd);
        while self.next_entry(start, self.open.len() == mark, end, "did not find expected ',' or ']'")? {
            if self.is(|kind| matches!(kind, Kind::Key))? {
                let pair = self.single_pair()?;
                self.open.push(pair);
            } else {
                self.child(false, false, false)?;
            }
        }
        Ok(self.close(index, mark))
    }

    /// `[key: value]`: a mapping of one entry without braces.
    fn single_pair(&mut self) -> Result<u32, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Mapping { items: Bytes::default(), flow: true });
        let ends = |kind: &Kind| matches!(kind, Kind::FlowEntry | Kind::FlowSequenceEnd);
        // For a missing key go-yaml takes the next token away: `[? : x]` loses its colon.
        let missing = self.skip_if(|kind| matches!(kind, Kind::FlowEntry | Kind::FlowSequenceEnd | Kind::Value))?;
        self.child(missing, false, false)?;
        let empty = !self.skip_if(|kind| matches!(kind, Kind::Value))? || self.is(ends)?;
        self.child(empty, false, false)?;
        Ok(self.close(index, mark))
    }

    fn flow_mapping(&mut self) -> Result<u32, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Mapping { items: Bytes::default(), flow: true });
        let end = |kind: &Kind| matches!(kind, Kind::FlowMappingEnd);
        let ends = |kind: &Kind| matches!(kind, Kind::FlowEntry | Kind::FlowMappingEnd);
        while self.next_entry(start, self.open.len() == mark, end, "did not find expected ',' or '}'")? {
            let mut empty = true;
            if self.skip_if(|kind| matches!(kind, Kind::Key))? {
                let missing = self.is(|kind| ends(kind) || matches!(kind, Kind::Value))?;
                self.child(missing, false, false)?;
                if self.skip_if(|kind| matches!(kind, Kind::Value))? {
                    empty = self.is(ends)?;
                }
            } else {
                self.child(false, false, false)?;
                self.scanner.peek()?;
            }
            self.child(empty, false, false)?;
        }
        Ok(self.close(index, mark))
    }
}
