//! The values script's loop: text mode (every `\r` ends a line too), `strip`, comments by `startswith('#')`, `split('=', 1)`,
//! and `rsplit(':', 1)` where the value has a colon. As Python 3 does it; a file that is no UTF-8 it refuses as a whole.

/// What the loop does with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonStep {
    /// Nothing: blank, a comment, or no `=`.
    Skips,
    /// Nothing, by mistake: an image without any colon is left out.
    Ignores {
        /// The name before the `=`.
        name: String,
        /// The image after it.
        image: String,
    },
    /// Takes an image up under its name; a later line of the same name takes its place.
    Takes(PythonReading),
}

/// What the loop took from one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonReading {
    /// The name before the first `=`.
    pub name: String,
    /// The value up to its last colon.
    pub repository: String,
    /// The value after its last colon.
    pub tag: String,
}

/// What the loop does with `line`, given without its line feed: one step for each of the lines that Python sees in it.
#[must_use]
pub fn read_python_line(line: &str) -> Vec<PythonStep> {
    line.split('\r').map(read).collect()
}

fn read(line: &str) -> PythonStep {
    let line = strip(line);
    let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
        return PythonStep::Skips;
    };
    let (name, value) = (strip(name).to_owned(), strip(value));
    match value.rsplit_once(':') {
        Some((repository, tag)) => {
            PythonStep::Takes(PythonReading { name, repository: repository.to_owned(), tag: tag.to_owned() })
        }
        None => PythonStep::Ignores { name, image: value.to_owned() },
    }
}

/// `str.strip()`: Unicode's blanks, and the four separators of ASCII that Python counts as blanks as well.
fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(line: &str) -> (String, String, String) {
        match read_python_line(line).as_slice() {
            [PythonStep::Takes(read)] => (read.name.clone(), read.repository.clone(), read.tag.clone()),
            other => panic!("{line}: {other:?}"),
        }
    }

    fn reading(name: &str, repository: &str, tag: &str) -> (String, String, String) {
        (name.to_owned(), repository.to_owned(), tag.to_owned())
    }

    #[test]
    fn the_tag_stands_behind_the_last_colon() {
        assert_eq!(
            takes("mpi-operator=mpioperator/mpi-operator:0.5"),
            reading("mpi-operator", "mpioperator/mpi-operator", "0.5")
        );
        assert_eq!(takes(" a = x:1 # pinned"), reading("a", "x", "1 # pinned"));
        assert_eq!(takes("a=\"x:1\""), reading("a", "\"x", "1\""));
        assert_eq!(takes("a=x:1@sha256:abc"), reading("a", "x:1@sha256", "abc"));
        assert_eq!(takes("a=host:5000/x"), reading("a", "host", "5000/x"));
        assert_eq!(takes("a=x=y:1"), reading("a", "x=y", "1"));
    }

    #[test]
    fn an_image_without_colon_is_left_out() {
        let ignored = PythonStep::Ignores { name: "a".to_owned(), image: "nginx".to_owned() };
        assert_eq!(read_python_line("a=nginx"), [ignored]);
    }

    #[test]
    fn a_carriage_return_starts_a_new_line() {
        let steps = read_python_line("# x\ra=x:1\r");
        assert!(matches!(steps.as_slice(), [PythonStep::Skips, PythonStep::Takes(_), PythonStep::Skips]), "{steps:?}");
    }

    #[test]
    fn a_byte_order_mark_hides_a_comment() {
        assert_eq!(takes("\u{feff}# a=x:1").0, "\u{feff}# a");
    }
}
