//! Findings as text for people and programs, one file per format. Presents what `lint` computed and computes nothing itself.

mod human;
mod images;
mod json;
mod location;
mod why;

pub use human::{Style, human, refusal};
pub use images::images;
pub use json::{images as images_json, json};
pub use location::display_path;
pub use why::{Explained, why, why_json};
