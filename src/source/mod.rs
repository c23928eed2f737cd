//! Files, overlays for unsaved editor buffers, byte spans and the line index; and [`Text`], a string that knows where
//! each of its parts came from. Files are written here, too. Bottom room: uses nothing else of the
//! crate, never parses anything.

mod allowance;
mod bound;
mod bytes;
mod file;
mod lazy;
mod path;
mod renewal;
mod text;
mod unsaved;
mod whole;

pub use allowance::{Allowance, is_spent, spend};
pub use bound::{beyond, is_beyond, verdict};
pub use bytes::{from_bytes, is_stray, to_bytes, to_utf8};
pub use file::{FileId, Position, SourceError, SourceFile, Sources, Span};
pub use lazy::LazyText;
pub use path::{canonical, path_from};
pub use text::{Layer, MOST_ORIGINS, Origin, Origins, Text, TextBuilder};
pub use whole::{Over, WriteError, write_whole};
