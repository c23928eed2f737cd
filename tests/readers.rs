//! Holds the emulated readers of the list against the real programs: bash with xargs and cut, and Python 3. Where one of
//! them is not installed its test says so and passes.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "every function here is part of a test")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use mirrorlint::mirror::readers::{PythonStep, ShellStep, Stop, python_refuses, python_steps, shell_steps};
use mirrorlint::mirror::{Ending, List};
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
fn random_lines(count: usize, alphabet: &[&str]) -> String {
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
            text.push_str(alphabet[next(alphabet.len())]);
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
fn real_shell(text: &str) -> Vec<[String; 3]> {
    let printed = run(Command::new("bash").env("LC_ALL", "C").args(["-c", SHELL, "bash"]), text);
    let mut fields = printed.split(|byte| *byte == 0).map(|field| from_bytes(field).into_owned());
    let mut lines = Vec::new();
    while let (Some(name), Some(image), Some(tag)) = (fields.next(), fields.next(), fields.next()) {
        lines.push([name, image, tag]);
    }
    lines
}

fn emulated_shell(list: &List) -> Vec<Option<[String; 3]>> {
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
    shell_steps(list).into_iter().map(as_printed).collect()
}

#[test]
fn the_shell_reads_lines_as_bash_does() {
    if program_is_missing("bash") || program_is_missing("xargs") {
        return;
    }
    let alphabet = [
        "a",
        "b",
        "=",
        "=",
        ":",
        ":",
        "#",
        " ",
        "\t",
        "\"",
        "'",
        "\\",
        "/",
        "@",
        "-",
        "n",
        "\r",
        "\0",
        "\u{b}",
        "\u{c}",
        "\u{1}",
        "\u{7f}",
        "\u{e9}",
        "\u{a0}",
        "\u{feff}",
        "\u{10fef0}",
        ".",
        "$",
        "`",
        "*",
        "~",
        "!",
    ];
    let text = KNOWN.to_owned() + &random_lines(500, &alphabet) + "lost=x:1";
    let list = parse(&text);
    let (real, emulated) = (real_shell(&text), emulated_shell(&list));
    assert_eq!(emulated.last(), Some(&None), "the last line has no line feed");
    assert_eq!(real.len() + 1, emulated.len());
    for (line, (real, emulated)) in list.lines.iter().zip(real.iter().zip(&emulated)) {
        let mut real = real.clone();
        if real[0] == "=" {
            real = ["=".to_owned(), String::new(), String::new()];
        }
        assert_eq!(Some(&real), emulated.as_ref(), "{:?} {:?}", list.line_text(line), line.ending);
    }
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
    let alphabet = [
        "a",
        "b",
        "=",
        "=",
        ":",
        ":",
        "#",
        " ",
        "\t",
        "\"",
        "'",
        "\\",
        "/",
        "@",
        "\r",
        "\0",
        "\u{b}",
        "\u{c}",
        "\u{1c}",
        "\u{1f}",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{3000}",
        "\u{200b}",
        "\u{feff}",
        "\u{180e}",
        "\u{e9}",
        "\u{1f680}",
    ];
    let text = KNOWN.to_owned() + &random_lines(5000, &alphabet) + "seen=x:1";
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
