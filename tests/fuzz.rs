//! No input panics: each parser that has a fuzz target reads its corpus, and hundreds of small changes of it. The changes are
//! the same in every run; `MIRRORLINT_FUZZ=SEED:CASES` looks at others. A fuzzer looks further: see `tests/fuzz/Cargo.toml`.

#![cfg(all(feature = "fetch", feature = "lsp"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

#[path = "fuzz/parsers.rs"]
mod parsers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use parsers::{PARSERS, Parser};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Pieces that mean something to one parser or another.
const PIECES: [&[u8]; 24] = [
    b"",
    b"\0",
    b"\n",
    b"\r",
    b"\t",
    b" ",
    b":",
    b"=",
    b"-",
    b"{{",
    b"}}",
    b"\"",
    b"'",
    b"#",
    b"*",
    b"[",
    b"]",
    b"\\",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    "\u{3000}".as_bytes(),
    "\u{1F433}".as_bytes(),
    b"99999999999999999999",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

/// The names in a folder, in order.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What a parser is fed with to begin with.
fn corpus(parser: &str) -> Vec<Vec<u8>> {
    let folder = folder().join("corpus").join(parser);
    let inputs: Vec<_> = names(&folder).iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect();
    assert!(!inputs.is_empty(), "{parser} has an empty corpus");
    inputs
}

/// One input of the corpus with a few stretches replaced by pieces or by stretches of another input.
fn changed(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let inputs = corpus.len();
    let change = (any::<prop::sample::Index>(), 0..6usize, 0..PIECES.len() + inputs, any::<prop::sample::Index>());
    (0..inputs, vec(change, 1..6)).prop_map(move |(input, changes)| {
        let mut bytes = corpus[input].clone();
        for (at, length, piece, from) in changes {
            let start = at.index(bytes.len() + 1);
            let end = (start + length * length).min(bytes.len());
            let other = piece.checked_sub(PIECES.len()).map(|other| &corpus[other]);
            let piece = other.map_or(PIECES.get(piece).copied(), |other| {
                let start = from.index(other.len() + 1);
                other.get(start..(start + 20).min(other.len()))
            });
            bytes.splice(start..end, piece.unwrap_or_default().iter().copied());
        }
        bytes
    })
}

/// The seed and the number of changes to look at.
fn range() -> (u8, u32) {
    let given = std::env::var("MIRRORLINT_FUZZ").ok();
    given.map_or((0, 300), |given| {
        let (seed, cases) = given.split_once(':').expect("MIRRORLINT_FUZZ=SEED:CASES");
        (seed.parse().expect("a seed below 256"), cases.parse().expect("a number of cases"))
    })
}

fn attack((name, parser): Parser) {
    let corpus = corpus(name);
    corpus.iter().for_each(|input| parser(input));
    let (seed, cases) = range();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let outcome = runner.run(&changed(corpus), |input| {
        parser(&input);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{name}: {error}");
    }
}

#[test]
fn every_parser_has_a_target_and_a_corpus() {
    let parsers: BTreeSet<String> = PARSERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let targets = names(&folder().join("targets")).iter().map(|name| name.replace(".rs", "")).collect();
    assert_eq!(parsers, targets);
    assert_eq!(parsers, names(&folder().join("corpus")));
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &parsers {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name} is no program of Cargo.toml");
    }
}

macro_rules! attacks {
    ($($name:ident $index:literal)*) => { $(
        #[test]
        fn $name() {
            assert_eq!(PARSERS[$index].0, stringify!($name));
            attack(PARSERS[$index]);
        }
    )* };
}

attacks! { archive 0 chart 1 configuration 2 editor 3 index 4 json 5 list 6 reference 7 set 8 template 9 version 10 yaml 11 }
