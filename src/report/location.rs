//! Paths and places as every format prints them.

use std::path::{Component, Path};

use crate::source::{Position, Sources, Span, path_from};

/// `path` relative to `root`, see [`path_from`]; `/`-separated, without `./`.
#[must_use]
pub fn display_path(root: &Path, path: &Path) -> String {
    let below = path_from(root, path);
    let parts: Vec<_> = below
        .components()
        .filter(|part| !matches!(part, Component::CurDir | Component::RootDir | Component::Prefix(_)))
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    let lead = if below.is_absolute() { "/" } else { "" };
    if parts.is_empty() { ".".to_owned() } else { format!("{lead}{}", parts.join("/")) }
}

/// `PATH:LINE:COLUMN` of where `span` starts.
#[must_use]
pub fn place(sources: &Sources, root: &Path, span: Span) -> String {
    let Place { path, start, .. } = Place::new(sources, root, span);
    format!("{path}:{}:{}", start.line, start.column)
}

/// A span for printing.
pub(super) struct Place {
    pub path: String,
    pub start: Position,
    pub end: Position,
}

impl Place {
    pub fn new(sources: &Sources, root: &Path, span: Span) -> Self {
        let file = sources.get(span.file);
        Self {
            path: display_path(root, file.path()),
            start: file.position(span.start as usize),
            end: file.position(span.end as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_root() {
        assert_eq!(display_path(Path::new("/w"), Path::new("/w/tools/list")), "tools/list");
        assert_eq!(display_path(Path::new("."), Path::new("./tools/list")), "tools/list");
        assert_eq!(display_path(Path::new("/w"), Path::new("/else/list")), "/else/list");
        assert_eq!(display_path(Path::new("/w"), Path::new("/w")), ".");
    }
}
