//! The mirror list: every byte of it in lines, its entries with the comment blocks above them, what those blocks say, and
//! how the two scripts that use the list read each line. Uses `source`; judges nothing, changes nothing, reads no disk.

mod directive;
mod line;
mod list;
mod located;
mod named_chart;
mod note;
pub mod readers;

pub use directive::{Directive, DirectiveKind, Reason, Scope};
pub use line::{Ending, InvalidLine, Line, LineKind};
pub use list::{Entry, List};
pub use located::Located;
pub use named_chart::{ChartOrigin, NamedChart};
pub use note::{Field, SourceNote};
