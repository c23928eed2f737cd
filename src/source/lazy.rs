//! A file of a chart as a text that is made when it is first looked at: most files of most charts never are.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::file::{FileId, SourceFile, Sources};
use super::text::{Layer, Text};

/// Helm strips this byte order mark from every file of a chart.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text of a file, without a byte order mark. Cheap to clone; clones read the file once.
#[derive(Clone, Debug)]
pub struct LazyText(Arc<Lazy>);

#[derive(Debug)]
struct Lazy {
    text: OnceLock<Text>,
    source: Option<(FileId, Arc<SourceFile>, Layer)>,
}

impl LazyText {
    /// The text of `file`, as `layer`.
    #[must_use]
    pub fn new(sources: &Sources, file: FileId, layer: Layer) -> Self {
        Self(Arc::new(Lazy { text: OnceLock::new(), source: Some((file, sources.get(file), layer)) }))
    }

    /// Why the text is empty, if it was looked at and the file could not be read.
    #[must_use]
    pub fn failure(&self) -> Option<&std::io::Error> {
        self.0.source.as_ref()?.1.failure()
    }
}

impl Deref for LazyText {
    type Target = Text;

    fn deref(&self) -> &Text {
        self.0.text.get_or_init(|| {
            let Some((file, source, layer)) = &self.0.source else { return Text::default() };
            let text = Text::of_file(*file, source.text().clone(), *layer);
            if text.starts_with(BYTE_ORDER_MARK) { text.slice(BYTE_ORDER_MARK.len()..text.len()) } else { text }
        })
    }
}

impl From<Text> for LazyText {
    fn from(text: Text) -> Self {
        Self(Arc::new(Lazy { text: text.into(), source: None }))
    }
}

impl From<&str> for LazyText {
    fn from(text: &str) -> Self {
        Text::new(text).into()
    }
}
