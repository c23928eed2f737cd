//! The struct-like values of Helm's templates: `.Files`, `.Chart`, `.Capabilities`. Whoever renders makes them, once per chart.

mod capabilities;
mod chart;
mod files;
mod glob;
mod record;

pub use capabilities::{Capabilities, VersionSet};
pub use chart::chart_value;
pub use files::Files;
pub use record::{Field, Method, Record};
