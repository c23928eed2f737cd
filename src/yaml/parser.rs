//! Tokens to documents, by libyaml's grammar: asks for tokens one by one, so that errors come in the order in which go-yaml
//! meets them. Builds [`Document`]s; resolves aliases to nodes, never copies what they name.

use std::collections::HashMap;
use std::ops::Range;

use super::error::{Error, Failure};
use super::node::{Data, Document, NodeKind};
use super::scanner::{DEEPEST, Scanner};
use super::token::{Content, Kind, Mark, Style, Token};
use crate::source::Text;

/// What stands in front of a node: `&anchor` and `!tag`.
#[derive(Default)]
struct Properties {
    anchor: Option<Range<usize>>,
    tag: Option<Box<str>>,
    start: Option<Mark>,
}

/// What starts at a token.
enum Opening {
    Node(usize),
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
    anchors: HashMap<&'a str, usize>,
    nodes: Vec<Data>,
    children: Vec<usize>,
    /// Children of collections that are still open.
    open: Vec<usize>,
    depth: usize,
    /// What stands in front of the next node.
    properties: Properties,
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
            properties: Properties::default(),
            last_end: 0,
        }
    }

    /// The next document, `None` after the last.
    pub(super) fn document(&mut self) -> Result<Option<Document>, Failure> {
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

    /// Reads an anchor and a tag, in either order, for the node behind them.
    fn read_properties(&mut self) -> Result<(), Failure> {
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
        self.properties = properties;
        Ok(())
    }

    fn node(&mut self, block: bool, indentless: bool) -> Result<usize, Failure> {
        if self.depth >= DEEPEST {
            return self.fail(None, &format!("exceeded max depth of {DEEPEST}"));
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
            let name = name.clone();
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
            _ if self.properties.anchor.is_some() || self.properties.tag.is_some() => Opening::Node(self.empty()),
            _ => {
                let start = self.properties.start;
                return self.fail(start, "did not find expected node content");
            }
        })
    }

    fn alias(&mut self, name: Range<usize>) -> Result<usize, Failure> {
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

    fn scalar(&mut self) -> Result<usize, Failure> {
        let token = self.take()?;
        let Kind::Scalar(style, content) = token.kind else { return Ok(self.empty()) };
        let resolvable = match self.properties.tag.as_deref() {
            None => style == Style::Plain,
            Some(tag) => tag == "!",
        };
        Ok(self.add(token.start, token.end, NodeKind::Scalar { style, content, resolvable }))
    }

    /// A node that nothing stands for: the value of `key:`.
    fn empty(&mut self) -> usize {
        let offset = self.last_end;
        let start = Mark { offset, line: self.scanner.line_of(offset), ..Mark::default() };
        let resolvable = self.properties.tag.as_deref().is_none_or(|tag| tag == "!");
        let kind = NodeKind::Scalar { style: Style::Plain, content: Content::Exact(offset..offset), resolvable };
        self.add(start, offset, kind)
    }

    fn add(&mut self, start: Mark, end: usize, kind: NodeKind) -> usize {
        let properties = std::mem::take(&mut self.properties);
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

    /// Opens a collection whose first token is taken: its node, and where its children start among the open ones.
    fn open(&mut self, start: Mark, kind: NodeKind) -> (usize, usize) {
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

    fn block_sequence(&mut self, indentless: bool) -> Result<usize, Failure> {
        let start = if indentless { self.scanner.peek()?.start } else { self.start()? };
        let (index, mark) = self.open(start, NodeKind::Sequence { items: 0..0, flow: false });
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

    fn block_mapping(&mut self) -> Result<usize, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Mapping { items: 0..0, flow: false });
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

    fn flow_sequence(&mut self) -> Result<usize, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Sequence { items: 0..0, flow: true });
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
    fn single_pair(&mut self) -> Result<usize, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Mapping { items: 0..0, flow: true });
        let ends = |kind: &Kind| matches!(kind, Kind::FlowEntry | Kind::FlowSequenceEnd);
        // For a missing key go-yaml takes the next token away: `[? : x]` loses its colon.
        let missing = self.skip_if(|kind| matches!(kind, Kind::FlowEntry | Kind::FlowSequenceEnd | Kind::Value))?;
        self.child(missing, false, false)?;
        let empty = !self.skip_if(|kind| matches!(kind, Kind::Value))? || self.is(ends)?;
        self.child(empty, false, false)?;
        Ok(self.close(index, mark))
    }

    fn flow_mapping(&mut self) -> Result<usize, Failure> {
        let start = self.start()?;
        let (index, mark) = self.open(start, NodeKind::Mapping { items: 0..0, flow: true });
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
