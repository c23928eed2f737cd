//! Everything that reads bytes which somebody else wrote, each as a function of bytes: what the fuzz targets run, and what
//! `cargo test` runs over the corpus and over small changes of it. Whatever comes in, they return: no panic, no overflow, no
//! endless loop; and what they say of places lies in the text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a panic is what is looked for

use std::path::{Component, Path};

use mirrorlint::chart::version::{Constraint, Version};
use mirrorlint::chart::{Chart, LoadOptions, Overrides};
use mirrorlint::config::{FILE_NAME, Loaded};
use mirrorlint::image::{Reference, check_repository_name};
use mirrorlint::lint::{Settings, check, discover};
use mirrorlint::mirror::List;
use mirrorlint::mirror::readers::{self, Locale};
use mirrorlint::render::{Options, render};
use mirrorlint::source::{Layer, Sources, Text, from_bytes};
use mirrorlint::{template, yaml};

/// A parser by its name, which its target and its corpus have, too.
pub type Parser = (&'static str, fn(&[u8]));

/// All of them.
pub const PARSERS: [Parser; 12] = [
    ("archive", archive),
    ("chart", chart),
    ("configuration", configuration),
    ("editor", editor),
    ("index", index),
    ("json", json),
    ("list", list),
    ("reference", reference),
    ("set", set),
    ("template", template),
    ("version", version),
    ("yaml", yaml),
];

/// A text of a file called `name`, as the program reads files.
fn file(name: &str, bytes: &[u8]) -> (Sources, Text) {
    let sources = Sources::new();
    let file = sources.add(name, from_bytes(bytes).into());
    let text = sources.get(file).text().clone();
    (sources, Text::of_file(file, text, Layer::Values))
}

/// A chart's package.
pub fn archive(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web-1.0.0.tgz");
    std::fs::write(&path, bytes).unwrap();
    let _ = Chart::load(&Sources::new(), &path, &LoadOptions::default());
}

/// A whole workspace: files parted by lines `=== PATH`. Its charts are loaded, processed and rendered, and its lists held
/// against them.
pub fn chart(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8_lossy(bytes);
    for part in text.split("=== ").skip(1) {
        let (name, content) = part.split_once('\n').unwrap_or((part, ""));
        let name = Path::new(name.trim());
        let path = folder.path().join(name);
        let is_inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        if is_inside && path != folder.path() && std::fs::create_dir_all(path.parent().unwrap()).is_ok() {
            // One file where another one needs a folder stays out.
            let _ = std::fs::write(path, content);
        }
    }
    let sources = Sources::new();
    if let Ok(chart) = Chart::load(&sources, &folder.path().join("chart"), &LoadOptions::default()) {
        let _ = render(&chart, &chart.values, &Options::default());
    }
    if let Ok(workspace) = discover(folder.path())
        && let Ok(checked) = check(&sources, &workspace, &Settings::default())
    {
        let defect = checked.errors.iter().find(|error| error.message.contains("a defect in mirrorlint"));
        assert!(defect.is_none(), "{defect:?}");
        for finding in &checked.findings {
            assert!(sources.get(finding.span.file).text().get(finding.span.range()).is_some(), "{finding:?}");
        }
    }
}

/// `.mirrorlint.yaml`.
pub fn configuration(bytes: &[u8]) {
    let mut sources = Sources::new();
    sources.overlay(FILE_NAME, &from_bytes(bytes));
    let _ = Loaded::read(&sources, Path::new(FILE_NAME));
}

/// What a client sends to the editor server.
pub fn editor(bytes: &[u8]) {
    let _ = mirrorlint::lsp::serve(std::io::Cursor::new(bytes.to_vec()), std::io::sink());
}

/// A chart repository's index.
pub fn index(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = mirrorlint::fetch::Index::read(text, &["web", "agent"].into());
    }
}

/// JSON, as Go reads it, and its way back.
pub fn json(bytes: &[u8]) {
    let (_, text) = file("values.json", bytes);
    match yaml::load_json(&text) {
        Ok(value) => {
            let written = yaml::emit_json(&value);
            assert!(written.is_ok_and(|written| yaml::load_json(&Text::new(written.as_str())).is_ok()));
        }
        Err(error) => assert!(text.get(error.range.clone()).is_some(), "{error:?}"),
    }
    let _ = (yaml::load_json_first(&text), yaml::load_json_map(&text), yaml::load_json_list(&text));
}

/// A list, and both of its readers.
pub fn list(bytes: &[u8]) {
    let (sources, text) = file("ecr-images.conf", bytes);
    let list = List::parse(sources.find(Path::new("ecr-images.conf")).unwrap(), &text.shared());
    let lines: usize = list.lines.iter().map(|line| line.span.len() + line.ending.as_str().len()).sum();
    assert_eq!(lines, text.len(), "lines are lost");
    for entry in &list.entries {
        let written = sources.slice(entry.name.span);
        let is_plain = !written.contains(['\\', '"', '\'']);
        assert!(written == entry.name.text || !is_plain, "{written:?} is read as {:?}", entry.name.text);
    }
    for locale in [Locale::C, Locale::Utf8] {
        let _ = readers::shell_steps(&list, locale);
    }
    let _ = (readers::python_steps(&list), readers::python_refuses(&list));
}

/// An image reference, and a repository's name.
pub fn reference(bytes: &[u8]) {
    let text = from_bytes(bytes);
    let _ = check_repository_name(&text);
    let Ok(reference) = Reference::parse(&text) else { return };
    let parts = [reference.registry_range(), reference.tag_range(), reference.digest_range()];
    assert!(parts.into_iter().flatten().all(|range| text.get(range).is_some()), "{reference:?}");
    let again = Reference::parse(&reference.familiar()).unwrap();
    assert!(again.same_repository(&reference), "{reference:?} {again:?}");
    let _ = reference.ecr().map(|host| host.region().len());
}

/// Arguments of `--set` and its siblings.
pub fn set(bytes: &[u8]) {
    let argument = vec![String::from_utf8_lossy(bytes).into_owned()];
    let nothing = Overrides::default;
    for overrides in [
        Overrides { set: argument.clone(), ..nothing() },
        Overrides { set_string: argument.clone(), ..nothing() },
        Overrides { json: argument.clone(), ..nothing() },
        Overrides { set_literal: argument, ..nothing() },
    ] {
        let _ = overrides.merge(&Sources::new());
    }
}

/// A template.
pub fn template(bytes: &[u8]) {
    let (_, text) = file("templates/web.yaml", bytes);
    let _ = template::parser::parse("web/templates/web.yaml", &text);
}

/// A version, or a constraint on versions.
pub fn version(bytes: &[u8]) {
    let text = from_bytes(bytes);
    let (version, constraint) = (Version::parse(&text), Constraint::parse(&text));
    if let (Ok(version), Ok(constraint)) = (version, constraint) {
        assert_eq!(constraint.check(&version), constraint.validate(&version).is_ok(), "{text}");
    }
}

/// YAML in every way that it is read, and its way back.
pub fn yaml(bytes: &[u8]) {
    let (_, text) = file("values.yaml", bytes);
    for document in yaml::split(&text).iter().chain([&text]) {
        let _ = (
            yaml::load_strict(document),
            yaml::load_map(document, "map[string]interface {}"),
            yaml::load_list(document),
        );
        let _ = yaml::load_values(document);
        if let Err(error) = yaml::parse(document) {
            assert!(document.get(error.range.clone()).is_some(), "{error:?}");
        }
        // A key called `<<` is written like one that merges.
        if let Ok(value) = yaml::load(document)
            && let Ok(written) = yaml::emit(&value)
            && !written.contains("<<")
        {
            let again = yaml::load(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
            assert_eq!(yaml::emit(&again).as_ref(), Ok(&written));
        }
    }
}
