//! The struct-like values of Helm's templates: `.Files`, `.Chart`, `.Capabilities`.

mod record;

pub use record::{Field, Record};
