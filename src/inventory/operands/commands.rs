//! What the words of a line of a script are to the commands in it: which tool pulls or runs them. Reads each line once, from the left,
//! however long it is; judges no image.

use std::ops::Range;

/// Tools that pull and run images, each with a blank behind it.
pub(super) const TOOLS: [&str; 7] = ["docker ", "podman ", "nerdctl ", "crictl ", "ctr ", "skopeo ", "crane "];

/// What they are told to do with one.
const VERBS: [&str; 5] = ["run", "pull", "create", "copy", "inspecti"];

/// Words between a tool and what it is told to do, at most, and one.
const NEAR: usize = 5;

/// Commands that print what stands behind them.
const PRINTERS: [&str; 2] = ["echo", "printf"];

/// Flags of tools that take no value.
const SWITCHES: [&str; 14] = [
    "--rm",
    "-d",
    "--detach",
    "-i",
    "-t",
    "-it",
    "-ti",
    "--interactive",
    "--tty",
    "--privileged",
    "--init",
    "-q",
    "--quiet",
    "--all",
];

/// What is said of a word by those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// The numbers of the tool that pulls or runs it, and of what that is told to do.
    pub command: Option<(usize, usize)>,
    /// The number of the tool that sets an image to it.
    pub setter: Option<usize>,
    /// Whether it stands within the braces of a query: `container_info{image=`.
    pub is_queried: bool,
}

/// What is said of each of `words`, which are those of `line`.
pub(super) fn read(line: &str, words: &[Range<usize>]) -> Vec<Said> {
    let mut reader = Reader { line, words, ..Reader::default() };
    (0..words.len()).map(|number| reader.next(number)).collect()
}

/// Whether what stands behind `flag` selects objects by their labels: `-l app=web`.
pub(super) fn is_selecting(flag: &str) -> bool {
    matches!(flag, "-l" | "--selector" | "--field-selector")
}

/// Where the reading stands.
#[derive(Default)]
struct Reader<'a> {
    line: &'a str,
    words: &'a [Range<usize>],
    /// What is known so far.
    said: Said,
    /// Behind what last ended a command, or a part of one in quotes.
    end: usize,
    /// Behind what last ended a command.
    end_of_command: usize,
    /// Whether a command prints what follows.
    prints: bool,
    /// The last tool that could set an image.
    setter: Option<usize>,
    /// The last words, as far as a tool may be: whether each is printed.
    printed: [bool; NEAR],
}

impl Reader<'_> {
    fn word(&self, number: usize) -> &str {
        &self.line[self.words[number].clone()]
    }

    /// What is said of the word of that number, whose turn it is.
    fn next(&mut self, number: usize) -> Said {
        let before = number.checked_sub(1);
        self.pass(before.map_or(0, |before| self.words[before].start)..self.words[number].start);
        let last = before.map_or("", |before| self.word(before));
        let word = self.word(number);
        let is_flag = word.starts_with('-');
        let is_first = self.said.command.is_none_or(|(_, verb)| verb + 1 == number);
        let is_value = !is_first && last.starts_with('-') && !last.contains('=') && !SWITCHES.contains(&last);
        let said = Said {
            command: self.said.command.filter(|_| !is_flag && !is_value),
            setter: self.said.setter.filter(|_| !is_selecting(last)),
            ..self.said
        };
        let is_set = word == "image" && last == "set";
        let (is_verb, prints) = (VERBS.contains(&word), PRINTERS.contains(&word));
        let can_set = !self.prints && matches!(word, "kubectl" | "oc");
        if is_verb {
            self.said.command = self.tool_before(number).map(|tool| (tool, number));
        } else if !is_flag && !is_value {
            self.said.command = None;
        }
        if is_set {
            self.said.setter = self.setter.filter(|tool| self.words[*tool].start >= self.end_of_command);
        }
        self.printed[number % NEAR] = self.prints;
        self.prints |= prints;
        if can_set {
            self.setter = Some(number);
        }
        said
    }

    /// The tool near before the word of that number, of the same command, unless that is printed and not run.
    fn tool_before(&self, number: usize) -> Option<usize> {
        let is_tool = |at: &usize| {
            let name = self.word(*at).rsplit('/').next().unwrap_or_default();
            TOOLS.iter().any(|tool| tool.trim_end() == name)
        };
        let tool = (number.saturating_sub(NEAR)..number).rev().find(is_tool)?;
        (self.words[tool].start >= self.end && !self.printed[tool % NEAR]).then_some(tool)
    }

    /// Notes what stands in `range` and parts words.
    fn pass(&mut self, range: Range<usize>) {
        let bytes = self.line.as_bytes();
        for at in range {
            match bytes[at] {
                b';' | b'|' | b'&' => {
                    (self.end, self.end_of_command, self.prints) = (at + 1, at + 1, false);
                    (self.said.command, self.said.setter) = (None, None);
                }
                b'"' => (self.end, self.said.command) = (at + 1, None),
                b'{' => {
                    let before = at.checked_sub(1).map(|before| bytes[before]);
                    self.said.is_queried = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                }
                b'}' => self.said.is_queried = false,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command of each word that has one.
    fn commands(line: &str) -> Vec<(&str, String)> {
        let words = crate::inventory::operands::script::split(line);
        let word = |at: usize| &line[words[at].clone()];
        let told = words.iter().zip(read(line, &words)).filter_map(|(range, said)| {
            let command = said.command.map(|(tool, verb)| format!("{} {}", word(tool), word(verb)));
            let setter = || said.setter.map(|tool| word(tool).to_owned());
            Some((&line[range.clone()], command.or_else(setter)?))
        });
        told.collect()
    }

    #[test]
    fn a_command_is_told_what_it_runs_behind_its_flags() {
        for line in [
            "docker run a:1 b:1",
            "sudo /usr/bin/docker --host x run --rm --name x a:1",
            "echo done; docker run a:1",
            "docker pull b:1 && docker run --env=x a:1",
        ] {
            assert!(
                commands(line).iter().any(|(word, command)| *word == "a:1" && command.ends_with("docker run")),
                "{line}"
            );
        }
        for line in [
            "docker ps; run a:1",
            "echo docker run a:1",
            "docker run --name a:1",
            "docker run x a:1",
            "docker a b c d e run a:1",
            "run a:1",
        ] {
            assert!(!commands(line).iter().any(|(word, _)| *word == "a:1"), "{line}");
        }
        assert_eq!(
            commands("kubectl -n x set image deployment/web a=b:1 -l c=d"),
            [("deployment/web", "kubectl".to_owned()), ("a=b:1", "kubectl".to_owned()), ("-l", "kubectl".to_owned()),]
        );
        assert!(commands("kubectl get pods; set image a=b:1").is_empty());
        assert!(commands("echo kubectl set image a=b:1").is_empty());
    }

    #[test]
    fn each_word_is_looked_at_once_however_long_the_line_is() {
        let line = format!("docker run {}a:1", "--name x ".repeat(50_000));
        assert_eq!(commands(&line), [("a:1", "docker run".to_owned())]);
    }
}
