//! Holds the emulated readers of the list against the real programs: bash with xargs and cut, and Python 3. Where one of
//! them is not installed its test says so and passes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "every function here is part of a test")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use mirrorlint::image::{Reference, check_repository_name};
use mirrorlint::mirror::readers::{Locale, PythonStep, ShellStep, Stop, python_refuses, python_steps, shell_steps};
use mirrorlint::mirror::{Ending, LineKind, List};
use mirrorlint::source::{Sources, from_bytes, to_bytes};

/// The copy script's loop up to the point where it would call docker; each field it prints ends with a NUL.
const SHELL: &str = r#"
while IFS='=' read -r name image; do
    [[ "$name" =~ ^[[:space:]]*# ]] && { printf 'skips\0\0\0'; continue; }
    [[ -z "$name" ]] && { printf 'skips\0\0\0'; continue; }
    name=$(echo "$name" | xargs 2>/dev/null) || { printf 'quote\0\0\0'; continue; }
    image=$(echo "$image" | xargs 2>/dev/null) || { printf 'quote\0\0\0'; continue; }
    tag=none
    if [[ "$image" == *":"* ]]; then tag="=$(echo "$image" | cut -d':' -f2)"; fi
    printf '%s\0%s\0%s\0' "=$name" "$image" "$tag"
done < "$1"
"#;

/// The values script's loop; one JSON array a line of what it saw.
const PYTHON: &str = r"
import json, sys
with open(sys.argv[1], 'r') as f:
    for line in f:
        line = line.strip()
        if line.startswith('#') or not line or '=' not in line:
            print(json.dumps([]))
            continue
        key, value = line.split('=', 1)
        key, value = key.strip(), value.strip()
        if ':' in value:
            repo, tag = value.rsplit(':', 1)
            print(json.dumps([key, repo, tag]))
        else:
            print(json.dumps([key, value]))
";

/// Lines that people write, before the random ones.
const KNOWN: &str = "a=x:1\n# c\n#c=d\n  # c=d\n\n=x\nx\na=\na==\na=b=\na=b==\na==b=\na=b=c=\n a = x:1 \na=\"x:1\"\na='x:1'\na='x\n\
    a=x:1 # why\na=x:1\r\n\r\n \n\t\na=host:5000/x:1\na=x@sha256:ab\na=x:1@sha256:ab\na=nginx\na=x:\na=:1\na=\"\" x\na=\"\"\n\
    a=\\\"x\\\"\na=x:1\\\na=\\\nit's=x\nexport a=x:1\na=-n x:1\na=-n\n-n=x\n-nnE=x:1\na=\r x\na= \u{b}x:1\na=x\u{b}\u{b}y\n\u{b}#a=b\n\
    \u{feff}# a=x:1\n\u{e4}=\u{fc}:1\na=x\u{a0}:1\n\u{1c}a=x:1\u{1f}\na=\u{1}\u{7f}:1\na\u{1}=\u{1}\n\u{1}#=x\u{1}\na=x:latest\na=\"x\\\"y\"\n\
    a=b:c\r\u{2028}d=e:f\n";

fn program_is_missing(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let missing = !found.is_ok_and(|status| status.success());
    if missing {
        eprintln!("skipped: {program} is not installed");
    }
    missing
}

/// A fixed sequence of lines, of characters that matter to one of the readers.
fn random_lines(count: usize, alphabet: &[String]) -> String {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut text = String::new();
    for _ in 0..count {
        for _ in 0..next(12) {
            text.push_str(&alphabet[next(alphabet.len())]);
        }
        text.push('\n');
    }
    text
}

fn parse(text: &str) -> List {
    let text: Arc<str> = text.into();
    List::parse(Sources::new().add("list", text.clone()), &text)
}

fn run(program: &mut Command, text: &str) -> Vec<u8> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&to_bytes(text)).unwrap();
    let output = program.arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What bash saw in each line: `[outcome or =name, image, =tag or none]`.
fn real_shell(text: &str, locale: Locale) -> Vec<[String; 3]> {
    let name = if locale == Locale::C { "C" } else { "C.UTF-8" };
    let printed = run(Command::new("bash").env("LC_ALL", name).args(["-c", SHELL, "bash"]), text);
    let mut fields = printed.split(|byte| *byte == 0).map(|field| from_bytes(field).into_owned());
    let mut lines = Vec::new();
    while let (Some(name), Some(image), Some(tag)) = (fields.next(), fields.next(), fields.next()) {
        lines.push([name, image, tag]);
    }
    lines
}

fn emulated_shell(list: &List, locale: Locale) -> Vec<Option<[String; 3]>> {
    let outcome = |text: &str| [text.to_owned(), String::new(), String::new()];
    let as_printed = |step| match step {
        ShellStep::Loses => None,
        ShellStep::Skips => Some(outcome("skips")),
        ShellStep::Stops(Stop::UnmatchedQuote(_)) => Some(outcome("quote")),
        // Bash has no name, and whatever image: the script ends before it matters.
        ShellStep::Stops(Stop::NoName) => Some(outcome("=")),
        ShellStep::Copies(read) => {
            Some([format!("={}", read.name), read.image, read.tag.map_or("none".to_owned(), |tag| format!("={tag}"))])
        }
    };
    shell_steps(list, locale).into_iter().map(as_printed).collect()
}

/// Characters that matter to one of the readers, and some of each kind that matter to none.
const CHARACTERS: &str = "ab0==::## \t\"'\\/@-n.$`*~![{(<|&;?%\r\0\u{b}\u{c}\u{1}\u{7f}\u{1c}\u{1d}\u{1e}\u{1f}\u{85}\u{a0}\u{1680}\
    \u{180e}\u{2003}\u{2007}\u{200b}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}\u{e9}\u{6f22}\u{1f680}";

/// What they make up.
const WORDS: [&str; 4] = ["sha256:", "host:5000/", "==", "-n "];

/// Bytes that are no UTF-8 by themselves, and the start of a longer letter. No Python reads them, and bash where the locale is UTF-8
/// takes what follows into the letter, line feeds, too: such a list is refused as a whole.
const STRAY: &str = "\u{10feff}\u{10fee3}\u{10fe80}\u{10fec3}";

fn alphabet(characters: &str) -> Vec<String> {
    characters.chars().map(String::from).chain(WORDS.map(String::from)).collect()
}

#[test]
fn the_shell_reads_lines_as_bash_does() {
    if program_is_missing("bash") || program_is_missing("xargs") {
        return;
    }
    for (locale, alphabet) in
        [(Locale::C, alphabet(&[CHARACTERS, STRAY].concat())), (Locale::Utf8, alphabet(CHARACTERS))]
    {
        let long = format!("a={}:1\n", "x".repeat(100_000));
        let text = KNOWN.to_owned() + &long + &random_lines(lines(400), &alphabet) + "lost=x:1";
        let list = parse(&text);
        let (real, emulated) = (real_shell(&text, locale), emulated_shell(&list, locale));
        assert_eq!(emulated.last(), Some(&None), "the last line has no line feed");
        assert_eq!(real.len() + 1, emulated.len());
        for (line, (real, emulated)) in list.lines.iter().zip(real.iter().zip(&emulated)) {
            let mut real = real.clone();
            if real[0] == "=" {
                real = ["=".to_owned(), String::new(), String::new()];
            }
            assert_eq!(Some(&real), emulated.as_ref(), "{locale:?} {:?} {:?}", list.line_text(line), line.ending);
        }
    }
}

/// Ways to write `front=repo:1` that bash reads rightly.
const READ_RIGHTLY: &str = "front=repo:1\n\"front\"=repo:1\nfr\\ont=repo:1\n-n front=repo:1\nfront=-n repo:1\nfront=repo:\"1\"\n\
    front=\"repo:1\"\nfront='repo':1\nfront=repo:1=\n'fr'ont=\"re\"po\\:1\n front = repo:1\n";

#[test]
fn an_entry_means_what_bash_reads_wherever_that_is_a_name_and_an_image() {
    let mut alphabet = alphabet("ab0:/ \"'\\-n=.\t");
    alphabet.extend(["a=b:1", "=a:1", "\"a\"", "'b'"].map(String::from));
    let text = READ_RIGHTLY.to_owned() + &random_lines(lines(20_000), &alphabet);
    let list = parse(&text);
    let mut read_otherwise = 0;
    for (line, step) in list.lines.iter().zip(shell_steps(&list, Locale::C)) {
        let ShellStep::Copies(read) = step else { continue };
        if check_repository_name(&read.name).is_err() || Reference::parse(&read.image).is_err() {
            continue;
        }
        let written = list.line_text(line);
        let LineKind::Entry(at) = line.kind else { panic!("{written:?} is an entry to bash") };
        let entry = &list.entries[at];
        assert_eq!((&entry.name.text, &entry.source.text), (&read.name, &read.image), "{written:?}");
        read_otherwise += usize::from(!entry.is_verbatim());
    }
    assert!(read_otherwise > 10, "{read_otherwise}");
    let known = list.entries.iter().take(READ_RIGHTLY.lines().count());
    assert!(known.into_iter().all(|entry| entry.name.text == "front" && entry.source.text == "repo:1"));
}

/// How many lines are tried: `usual`, or as many as the environment asks for.
fn lines(usual: usize) -> usize {
    std::env::var("MIRRORLINT_READER_LINES").ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// What Python saw in each of its lines.
fn real_python(text: &str) -> Vec<Vec<String>> {
    let printed = run(Command::new("python3").args(["-X", "utf8", "-c", PYTHON]), text);
    let printed = String::from_utf8(printed).unwrap();
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_values_script_reads_lines_as_python_does() {
    if program_is_missing("python3") {
        return;
    }
    let text = KNOWN.to_owned() + &random_lines(lines(5000), &alphabet(CHARACTERS)) + "seen=x:1";
    let list = parse(&text);
    let mut emulated = Vec::new();
    for (line, steps) in list.lines.iter().zip(python_steps(&list)) {
        emulated.extend(steps.into_iter().map(|step| match step {
            PythonStep::Skips => Vec::new(),
            PythonStep::Ignores { name, image } => vec![name, image],
            PythonStep::Takes(read) => vec![read.name, read.repository, read.tag],
        }));
        assert!(line.ending != Ending::None || line.span.end as usize == text.len());
    }
    for (at, (real, emulated)) in real_python(&text).iter().zip(&emulated).enumerate() {
        assert_eq!(real, emulated, "line {at} as Python counts");
    }
    assert_eq!(real_python(&text).len(), emulated.len());
}

#[test]
fn python_refuses_a_file_that_is_no_utf8() {
    if program_is_missing("python3") {
        return;
    }
    let (good, bad) = ("a=\u{e4}:1\n", from_bytes(b"a=\xe4:1\n"));
    assert_eq!(python_refuses(&parse(good)), None);
    assert_eq!(python_refuses(&parse(&bad)).map(|span| span.start), Some(2));
    assert_eq!(real_python(good).len(), 1);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&to_bytes(&bad)).unwrap();
    let output = Command::new("python3").args(["-X", "utf8", "-c", PYTHON]).arg(file.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("UnicodeDecodeError"));
}
