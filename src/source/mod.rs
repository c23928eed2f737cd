//! Files, overlays for unsaved editor buffers, byte spans and the line index; and [`Text`], a string that knows where
//! each of its parts came from. Bottom room: uses nothing else of the crate, never parses anything.

mod bytes;
mod file;
mod lazy;
mod text;

pub use bytes::{from_bytes, to_bytes, to_utf8};
pub use file::{FileId, Position, SourceError, SourceFile, Sources, Span};
pub use lazy::LazyText;
pub use text::{Layer, Origin, Origins, Text, TextBuilder};
