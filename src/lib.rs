//! mirrorlint holds a hand-kept list of mirrored container images against the Helm charts that deploy them.
//!
//! Data flows one way; a module uses only those below it:
//! `cli`, `lsp` > `report` > `lint` > `inventory` > `render` > `template` > `chart` > `mirror` > `yaml` > `image` > `source`.

pub mod chart;
pub mod cli;
pub mod config;
mod expression;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod fix;
pub mod image;
pub mod inventory;
pub mod lint;
#[cfg(feature = "lsp")]
pub mod lsp;
pub mod mirror;
mod nearest;
pub mod render;
pub mod report;
mod schema;
pub mod source;
pub mod store;
pub mod template;
mod url;
pub mod yaml;
