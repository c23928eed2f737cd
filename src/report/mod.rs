//! Findings as text for people and programs, one file per format. Presents what `lint` computed and computes nothing itself.

mod concise;
mod human;
mod images;
mod json;
mod location;
mod page;
mod patch;
mod plan;
mod settings;
mod statistics;
mod why;

pub use concise::concise;
pub use human::{Style, closing, findings, human, refusal};
pub use images::{images, images_plain};
pub use json::{images as images_json, json};
pub use location::{display_path, place};
pub use page::page;
pub use patch::{fixed, patch};
pub use plan::{plan, plan_json};
pub use settings::settings;
pub use statistics::statistics;
pub use why::{Explained, why, why_json};
