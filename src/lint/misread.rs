//! What the two scripts that use the list make of an entry's line, where that is not what the line means; and the words for it. Finds
//! and mends nothing.

use std::fmt;

use crate::image::{Reference, check_repository_name};
use crate::mirror::readers::{Locale, PythonStep, ShellStep, read_python_line, read_shell_line};

/// What each script reads otherwise than it is meant; at least one of them does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misread {
    pub shell: Option<ShellMisread>,
    pub python: Option<PythonMisread>,
}

/// What the copy script reads instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ShellMisread {
    /// It stops, at a quote that is not closed.
    Stops,
    /// No entry.
    Skips,
    /// Another name.
    Name(String),
    /// The image, and something behind it.
    Behind(String),
    /// Another image.
    Image(String),
    /// The image, but another tag.
    Tag(String),
}

/// What the values script reads instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PythonMisread {
    /// No entry.
    LeavesOut,
    /// So many entries.
    Several(usize),
    /// Another name.
    Name(String),
    /// Another repository, and what it takes for the tag.
    Repository { repository: String, tag: String },
    /// Another tag.
    Tag(String),
    /// The digest for the tag, whatever the repository.
    Digest,
}

/// What the scripts read otherwise than `name` and `source` mean; `None` when there is nothing to say.
pub(super) fn misread(line: &str, name: &str, source: &str) -> Option<Misread> {
    let reference = Reference::parse(source).ok();
    // What is no image to the shell has its finding, however it is spelled.
    let is_spelling =
        || matches!(read_shell_line(line, true, Locale::C), ShellStep::Copies(read) if read.image == source);
    let plain = line.split_once('=').is_some_and(|(_, value)| value.trim() == source);
    if reference.is_none() && (plain || is_spelling()) {
        return None;
    }
    // A name that ECR refuses has its finding: the image is read as if it were another one.
    let (line, name) = match (check_repository_name(name), line.find('=')) {
        (Err(_), Some(equals)) => (format!("name{}", &line[equals..]), "name"),
        _ => (line.to_owned(), name),
    };
    let meant = Meant { name, source, reference: reference.as_ref() };
    let (shell, python) = (meant.to_shell(&line), meant.to_python(&line));
    (shell.is_some() || python.is_some()).then_some(Misread { shell, python })
}

impl Misread {
    /// Whether the values script reads what stands behind the image as a part of that, and the copy script reads the line otherwise,
    /// too.
    pub fn is_part_of_image(&self) -> bool {
        let is_part = matches!(self.python, Some(PythonMisread::Repository { .. } | PythonMisread::Tag(_)));
        self.shell.is_some() && is_part
    }
}

struct Meant<'a> {
    name: &'a str,
    source: &'a str,
    reference: Option<&'a Reference>,
}

impl Meant<'_> {
    fn to_shell(&self, line: &str) -> Option<ShellMisread> {
        let read = match read_shell_line(line, true, Locale::C) {
            ShellStep::Copies(reading) => reading,
            ShellStep::Stops(_) => return Some(ShellMisread::Stops),
            ShellStep::Skips | ShellStep::Loses => return Some(ShellMisread::Skips),
        };
        let tag = |reference: &Reference| read.tag.as_deref() == reference.tag();
        if read.name != self.name {
            Some(ShellMisread::Name(read.name))
        } else if let Some(more) = read.image.strip_prefix(self.source).filter(|more| !more.is_empty()) {
            Some(ShellMisread::Behind(more.to_owned()))
        } else if read.image != self.source {
            Some(ShellMisread::Image(read.image))
        } else if self.reference.is_none_or(tag) {
            None
        } else {
            Some(ShellMisread::Tag(read.tag.unwrap_or_default()))
        }
    }

    fn to_python(&self, line: &str) -> Option<PythonMisread> {
        let steps = read_python_line(line);
        let entries: Vec<_> = steps.iter().filter(|step| **step != PythonStep::Skips).collect();
        let read = match entries.as_slice() {
            [PythonStep::Takes(reading)] => reading,
            [PythonStep::Ignores { name, image }] if name == self.name && image == self.source => return None,
            [PythonStep::Ignores { .. }] | [] => return Some(PythonMisread::LeavesOut),
            several => return Some(PythonMisread::Several(several.len())),
        };
        let (repository, tag) = match self.reference {
            Some(reference) => (reference.name(), reference.tag()),
            None => self.source.rsplit_once(':').map_or((self.source, None), |(name, tag)| (name, Some(tag))),
        };
        if read.name != self.name {
            Some(PythonMisread::Name(read.name.clone()))
        } else if is_digest(&read.tag) {
            Some(PythonMisread::Digest)
        } else if read.repository != repository {
            Some(PythonMisread::Repository { repository: read.repository.clone(), tag: read.tag.clone() })
        } else {
            (Some(read.tag.as_str()) != tag).then(|| PythonMisread::Tag(read.tag.clone()))
        }
    }
}

impl fmt::Display for ShellMisread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stops => write!(f, "the copy script stops here, at a quote that is not closed"),
            Self::Skips => write!(f, "the copy script skips the line"),
            Self::Name(name) => write!(f, "the copy script creates `{}`", shown(name)),
            Self::Behind(more) => write!(f, "the copy script pulls it with `{}` behind", shown(more)),
            Self::Image(image) => write!(f, "the copy script pulls `{}`", shown(image)),
            Self::Tag(tag) => write!(f, "the copy script takes {} for the tag", version(tag)),
        }
    }
}

impl fmt::Display for PythonMisread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeavesOut => write!(f, "the values script leaves it out"),
            Self::Several(count) => write!(f, "the values script reads {count} entries here"),
            Self::Name(name) => write!(f, "the values script calls it `{}`", shown(name)),
            Self::Repository { repository, tag } => {
                let repository = shown(repository);
                write!(f, "the values script reads repository `{repository}` and takes {} for the tag", version(tag))
            }
            Self::Tag(tag) => write!(f, "the values script takes {} for the tag", version(tag)),
            Self::Digest => write!(f, "the values script takes {THE_DIGEST} for the tag"),
        }
    }
}

/// Both readings, in one clause where they are the same.
impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.shell, &self.python) {
            (Some(ShellMisread::Tag(tag)), Some(PythonMisread::Digest)) if is_digest(tag) => {
                write!(f, "both scripts take {THE_DIGEST} for the tag")
            }
            (Some(ShellMisread::Tag(shell)), Some(PythonMisread::Tag(python))) if shell == python => {
                write!(f, "both scripts take {} for the tag", version(shell))
            }
            (Some(shell), Some(python)) => write!(f, "{shell}, and {python}"),
            (Some(shell), None) => write!(f, "{shell}"),
            (None, Some(python)) => write!(f, "{python}"),
            (None, None) => Ok(()),
        }
    }
}

const THE_DIGEST: &str = "the digest";

/// Whether what a script takes for a tag is a digest.
fn is_digest(tag: &str) -> bool {
    let bare = tag.trim_matches(['"', '\'']);
    bare.len() >= LONG && bare.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a script takes for a tag, for a message.
fn version(tag: &str) -> String {
    if is_digest(tag) { THE_DIGEST.to_owned() } else { format!("`{}`", shown(tag)) }
}

/// Hexadecimal digits from which on a message shows only the first few.
const LONG: usize = 32;
const DIGITS: usize = 12;

/// The most characters of the list that a message repeats at once.
const SHOWN: usize = 60;

/// Text for a message: what cannot be seen is written as an escape, what is long is cut, digests too.
pub(super) fn shown(text: &str) -> String {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_hexdigit).count();
    if let Some(start) = text.char_indices().map(|(at, _)| at).find(|at| digits(&text[*at..]) >= LONG) {
        let behind = &text[start + digits(&text[start..])..];
        return shown(&format!("{}…{behind}", &text[..start + DIGITS]));
    }
    let unseen = |c: char| c.is_control() || c == '\u{feff}' || (c.is_whitespace() && c != ' ');
    let show = |c: char| if unseen(c) { c.escape_default().to_string() } else { c.to_string() };
    let cut = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    text.chars().take(SHOWN).map(show).collect::<String>() + cut
}
