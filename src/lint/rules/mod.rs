//! The rules, one file each; the file's name with `-` is the rule's name. `RULES` is made from the pages under `rules/`.

use super::{Rule, Safety, Severity};

mod ambiguous_subchart;
mod dependency_version_mismatch;
mod digest_mismatch;
mod disabled_source;
mod duplicate_entry;
mod floating_tag;
mod invalid_entry;
mod invalid_image_reference;
mod invalid_repository_name;
mod missing_entry;
mod missing_operand;
mod reader_disagreement;
mod region_mismatch;
mod repository_mismatch;
mod stale_entry;
mod stale_mention;
mod tag_mismatch;
pub(super) mod unavailable_chart;
mod undocumented_dynamic_image;
mod undocumented_source;
mod unexpected_registry;
mod unmirrored_override;
mod unquoted_number;
mod unrenderable_chart;
mod unterminated_last_line;
pub(super) mod unused_suppression;
mod wrong_comment;
mod wrong_source;

pub(super) use floating_tag::floats;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
