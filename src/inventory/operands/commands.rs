//! Which words of a script are images that its commands pull or run, told by the grammar of the tools. Reads each line once, from the
//! left, however long it is, and what stands in quotes and substitutions once more; judges no image.

use std::ops::Range;

use super::shell::{self, Piece, Word};

/// Tools that pull and run images, each with a blank behind it.
pub(super) const TOOLS: [&str; 8] =
    ["docker ", "podman ", "nerdctl ", "crictl ", "ctr ", "skopeo ", "crane ", "buildah "];

/// What a tool is told when an image stands behind it.
struct Grammar {
    tools: &'static [&'static str],
    /// The words behind the tool and its switches.
    paths: &'static [&'static str],
    /// The switches of one letter without a value; all others have one.
    letters: &'static str,
}

/// <https://docs.docker.com/reference/cli/docker/>, <https://docs.podman.io/en/latest/Commands.html>,
/// <https://github.com/containerd/nerdctl/blob/main/docs/command-reference.md>, <https://github.com/containerd/containerd/tree/main/cmd/ctr>,
/// <https://github.com/kubernetes-sigs/cri-tools/blob/master/docs/crictl.md>, <https://github.com/containers/skopeo/tree/main/docs>,
/// <https://github.com/google/go-containerregistry/tree/main/cmd/crane/doc>, <https://github.com/containers/buildah/tree/main/docs>
const GRAMMARS: [Grammar; 9] = [
    Grammar {
        tools: &["docker", "podman", "nerdctl"],
        paths: &["run", "create", "container run", "container create"],
        letters: "diqtP",
    },
    Grammar { tools: &["docker"], paths: &["service create"], letters: "dqt" },
    Grammar { tools: &["docker", "podman", "nerdctl"], paths: &["pull", "image pull"], letters: "aq" },
    Grammar { tools: &["ctr"], paths: &["run", "c create", "container create", "containers create"], letters: "dt" },
    Grammar { tools: &["ctr"], paths: &["i pull", "image pull", "images pull"], letters: "k" },
    Grammar { tools: &["crictl"], paths: &["pull", "inspecti"], letters: "q" },
    Grammar { tools: &["skopeo"], paths: &["copy"], letters: "aq" },
    Grammar { tools: &["crane"], paths: &["pull", "copy", "cp"], letters: "anv" },
    Grammar { tools: &["buildah"], paths: &["from", "pull"], letters: "aq" },
];

/// The long switches without a value, of all tools; all others have one.
const SWITCHES: [&str; 60] = [
    "all",
    "all-metadata",
    "all-platforms",
    "all-tags",
    "allow-new-privs",
    "allow-nondistributable-artifacts",
    "annotate-ref",
    "debug",
    "debug-full",
    "dest-compress",
    "dest-decompress",
    "dest-no-creds",
    "dest-tls-verify",
    "detach",
    "disable-content-trust",
    "env-host",
    "experimental",
    "help",
    "http-dump",
    "http-proxy",
    "http-trace",
    "init",
    "insecure",
    "insecure-policy",
    "insecure-registry",
    "interactive",
    "local",
    "net-host",
    "no-clobber",
    "no-healthcheck",
    "no-hostname",
    "no-hosts",
    "no-resolve-image",
    "null-io",
    "oom-kill-disable",
    "passwd",
    "plain-http",
    "preserve-digests",
    "privileged",
    "publish-all",
    "quiet",
    "read-only",
    "read-only-tmpfs",
    "remote",
    "remove-signatures",
    "replace",
    "rm",
    "rmi",
    "seccomp",
    "sig-proxy",
    "skip-verify",
    "src-no-creds",
    "src-tls-verify",
    "tls",
    "tls-verify",
    "tlsverify",
    "tty",
    "unsetenv-all",
    "use-api-socket",
    "verbose",
];

/// The switches of one letter without a value that stand before what a tool is told.
const GLOBAL: &str = "Dv";

/// Tools that set images of what runs in a cluster.
const SETTERS: [&str; 2] = ["kubectl", "oc"];

/// Commands that print what stands behind them.
const PRINTERS: [&str; 2] = ["echo", "printf"];

/// How images are named that are pulled or were; skopeo wants a transport with each.
const TRANSPORTS: [&str; 2] = ["docker://", "containers-storage:"];

/// How files and folders with images are named.
/// <https://github.com/containers/image/blob/main/docs/containers-transports.5.md>
const FILES: [&str; 8] =
    ["dir:", "docker-archive:", "docker-daemon:", "oci:", "oci-archive:", "ostree:", "sif:", "tarball:"];

/// Quotes and substitutions within each other that are followed.
const MAX_DEPTH: usize = 3;

/// What stands where a command has its image.
#[derive(Debug)]
pub(super) struct Pulled {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// The tool and what it is told.
    pub command: String,
}

/// What the commands of a text say of its words.
#[derive(Debug, Default)]
pub(super) struct Commands {
    /// What they pull, run or set, in order.
    pub pulled: Vec<Pulled>,
    /// Where all that they name beside that is no image to pull: they push, tag or print it. In order, none within another.
    taken: Vec<Range<usize>>,
}

impl Commands {
    /// The commands of a script, comments left out.
    pub fn of(text: &str) -> Self {
        let mut commands = Self::default();
        shell::lines(text).for_each(|line| commands.read(text, &Piece { range: line, runs: true }, false, 0));
        commands.pulled.sort_by_key(|pulled| pulled.range.start);
        commands.taken.sort_by_key(|taken| taken.start);
        commands
    }

    /// What is pulled and has the byte at `at` within.
    pub fn pulled_at(&self, at: usize) -> Option<&Pulled> {
        let before = self.pulled.partition_point(|pulled| pulled.range.start <= at);
        self.pulled[..before].last().filter(|pulled| at < pulled.range.end)
    }

    /// Whether a tool or a printer takes what stands at that byte.
    pub fn takes(&self, at: usize) -> bool {
        let before = self.taken.partition_point(|taken| taken.start <= at);
        self.taken[..before].last().is_some_and(|taken| at < taken.end)
    }

    /// `is_taken` says whether what is around it is.
    fn read(&mut self, text: &str, piece: &Piece, is_taken: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for words in shell::commands(text, piece.range.clone()) {
            let printer = words.iter().position(|word| PRINTERS.contains(&word.text(text)));
            let printed = if piece.runs { printer.map_or(words.len(), |at| at + 1) } else { 0 };
            let tool = self.told(text, &words[..printed]).unwrap_or(words.len());
            let first_taken = tool.min(printed);
            if let (Some(first), Some(last), false) = (words.get(first_taken), words.last(), is_taken) {
                self.taken.push(first.range.start..last.range.end);
            }
            for (at, word) in words.iter().enumerate() {
                for inner in &word.pieces {
                    let inner = Piece { runs: inner.runs || at < printed, ..inner.clone() };
                    self.read(text, &inner, is_taken || at >= first_taken, depth + 1);
                }
            }
        }
    }

    /// Notes what the tools among `words` pull, run and set; the first of them.
    fn told(&mut self, text: &str, words: &[Word]) -> Option<usize> {
        let (mut at, mut first) = (0, None);
        while let Some(word) = words.get(at) {
            let name = word.text(text).rsplit('/').next().unwrap_or_default();
            at += 1;
            if SETTERS.contains(&name) {
                first = first.or(Some(at - 1));
                self.set(text, name, &words[at..]);
            } else if GRAMMARS.iter().any(|grammar| grammar.tools.contains(&name)) {
                first = first.or(Some(at - 1));
                at = self.run(text, name, words, at);
            }
        }
        first
    }

    /// Follows the grammar of a tool from the word behind it on; where it ends.
    fn run(&mut self, text: &str, tool: &str, words: &[Word], mut at: usize) -> usize {
        let mut path = String::new();
        let mut letters = None;
        while let Some(word) = words.get(at) {
            let said = word.text(text);
            if said.starts_with('-') {
                at += 1 + usize::from(takes_value(said, letters.unwrap_or(GLOBAL)));
                continue;
            }
            if letters.is_some() {
                let range = word.inner.clone().and_then(|inner| image(text, tool, inner));
                self.pulled.extend(range.map(|range| Pulled { range, command: format!("{tool} {path}") }));
                return at + 1;
            }
            path.push_str(if path.is_empty() { "" } else { " " });
            path.push_str(said);
            let mut of_tool = GRAMMARS.iter().filter(|grammar| grammar.tools.contains(&tool));
            let begins = |known: &&str| known.strip_prefix(&path).is_some_and(|rest| rest.starts_with(' '));
            letters = of_tool.clone().find(|grammar| grammar.paths.contains(&path.as_str())).map(|found| found.letters);
            if letters.is_none() && !of_tool.any(|grammar| grammar.paths.iter().any(&begins)) {
                return at;
            }
            at += 1;
        }
        at
    }

    /// The images of `kubectl set image deployment/web web=IMAGE`.
    fn set(&mut self, text: &str, tool: &str, words: &[Word]) {
        let says = |word: &Word, wanted: &str| word.text(text) == wanted;
        let Some(sets) = words.windows(2).position(|pair| says(&pair[0], "set") && says(&pair[1], "image")) else {
            return;
        };
        for pair in words[sets + 1..].windows(2) {
            let (said, Some(inner)) = (pair[1].text(text), pair[1].inner.clone()) else { continue };
            let equals = said.find('=').filter(|_| !said.starts_with('-') && !is_selecting(pair[0].text(text)));
            let range = equals.map(|equals| inner.start + equals + 1..inner.end);
            self.pulled.extend(range.map(|range| Pulled { range, command: format!("{tool} set image") }));
        }
    }
}

/// Whether the word behind `switch` is its value, where `letters` have none.
fn takes_value(switch: &str, letters: &str) -> bool {
    match switch.strip_prefix("--") {
        Some(long) => !long.is_empty() && !long.contains('=') && !SWITCHES.contains(&long),
        // Of `-itv` the last one has a value, of `-v/a:/b` the first.
        None => switch.chars().skip(1).position(|letter| !letters.contains(letter)) == Some(switch.chars().count() - 2),
    }
}

/// The image in the word at `range`, unless that is a file or a folder.
fn image(text: &str, tool: &str, range: Range<usize>) -> Option<Range<usize>> {
    let word = &text[range.clone()];
    let named = TRANSPORTS.iter().find_map(|transport| word.strip_prefix(transport));
    let is_other = tool == "skopeo" || FILES.iter().any(|transport| word.starts_with(transport));
    let named = named.or_else(|| Some(word).filter(|_| !is_other))?;
    Some(range.end - named.len()..range.end)
}

/// Whether what stands behind `flag` selects objects by their labels: `-l app=web`.
pub(super) fn is_selecting(flag: &str) -> bool {
    matches!(flag, "-l" | "--selector" | "--field-selector")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What commands of `text` pull, run and set, each with its command.
    fn pulled(text: &str) -> Vec<(&str, String)> {
        let found = Commands::of(text).pulled.into_iter();
        found.map(|pulled| (&text[pulled.range], pulled.command)).collect()
    }

    #[test]
    fn a_command_is_told_what_it_runs_behind_its_switches() {
        for (line, command) in [
            ("docker run a:1 b:1", "docker run"),
            ("sudo /usr/bin/docker --host x -D run --rm --name x a:1", "docker run"),
            ("echo done; docker run a:1", "docker run"),
            ("docker container create -itP -v /a:/b --env=x a:1", "docker container create"),
            ("docker run -itv /a:/b -p80:80 -e \"A B\" a:1", "docker run"),
            ("docker run -v \"$PWD\":/w -v $(pwd):/x -v `pwd`:/y --read-only 'a:1'", "docker run"),
            ("docker pull -a --disable-content-trust \"a:1\"", "docker pull"),
            ("docker run \\\n  --no-healthcheck \\\n  a:1 sh", "docker run"),
            ("X=\"$(docker run -q a:1 -- x)\"", "docker run"),
            ("sh -c 'if ! docker pull \"a:1\"; then'", "docker pull"),
            ("{\"run\": \"docker pull \\\"a:1\\\"\", \"b\"", "docker pull"),
            ("k3s ctr -n k8s.io images pull -k a:1", "ctr images pull"),
            ("ctr c create a:1 x", "ctr c create"),
            ("crictl -t 5s pull --creds a:b a:1", "crictl pull"),
            ("skopeo copy -a --src-creds a:b docker://a:1 docker://b:1", "skopeo copy"),
            ("crane -v cp a:1 b:1", "crane cp"),
            ("buildah from --name x a:1", "buildah from"),
            ("it's docker run a:1", "docker run"),
        ] {
            assert_eq!(pulled(line), [("a:1", command.to_owned())], "{line}");
        }
    }

    #[test]
    fn what_is_created_printed_or_pushed_is_not_pulled() {
        for line in [
            "docker network create a",
            "docker compose -f x run a sh",
            "docker exec x run a:1",
            "podman pod create a",
            "ctr namespaces create a",
            "crictl run a.json b.json",
            "docker ps; run a:1",
            "docker push a:1",
            "docker tag a:1 b:1",
            "echo docker run a:1",
            "echo \"a; docker run a:1\"",
            "docker run --name a:1",
            "skopeo copy docker-archive:a:1 docker://b:1",
            "podman run oci:a:1",
            "# docker run a:1",
            "true # docker run a:1",
            "  // docker run a:1",
            "run a:1",
        ] {
            assert!(pulled(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn what_a_cluster_is_told_to_run_is_set() {
        let set = |image| (image, "kubectl set image".to_owned());
        assert_eq!(pulled("kubectl -n x set image deployment/web a=b:1 'c=d:1' -l c=d"), [set("b:1"), set("d:1")]);
        for line in ["kubectl get pods; set image a=b:1", "echo kubectl set image a=b:1", "oc set image-lookup a=b:1"] {
            assert!(pulled(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn what_tools_take_beside_their_image_is_known() {
        let text = "docker push a:1; run b:1; echo c:1 $(docker pull d:1)";
        let commands = Commands::of(text);
        let takes = ["a:1", "b:1", "c:1"].map(|word| commands.takes(text.find(word).unwrap()));
        assert_eq!(takes, [true, false, true]);
        assert!(commands.pulled_at(text.find("d:1").unwrap()).is_some());
        assert!(commands.pulled_at(text.find("c:1").unwrap()).is_none());
    }

    #[test]
    fn each_word_is_looked_at_once_however_long_the_line_is() {
        let line = format!("docker run {}a:1", "--name docker ".repeat(50_000));
        assert_eq!(pulled(&line), [("a:1", "docker run".to_owned())]);
        for open in ["\"", "'", "`", "$(", "\\\"", "${", "(", "$(\""] {
            assert_eq!(pulled(&open.repeat(20_001)), [], "{open}");
        }
    }
}
