//! Where nodes, strings and errors stand.

use super::*;

const TEXT: &str = "\
# comment
image:
  repository: nginx # behind
  tag: \"v1\"
  'pull': &p !!str Always
list:
- one
-   two: 2
    three: |
      line
        more

    four: >-
      a
      b
flow: {a: [1, 'it''s'], b: \"x\\ty\"}
empty:
alias: *p
";

#[test]
fn nodes_know_their_bytes() {
    let text = file(TEXT);
    let stream = parse(&text).unwrap();
    let root = stream.documents[0].root();
    let slice = |range: std::ops::Range<usize>| &TEXT[range];
    let (key, image) = root.get("image").unwrap();
    assert_eq!((slice(key.range()), key.line(), image.line()), ("image", 2, 3));
    assert_eq!(slice(image.range()), "repository: nginx # behind\n  tag: \"v1\"\n  'pull': &p !!str Always");
    let tag = root.find(&["image", "tag"]).unwrap();
    assert_eq!((slice(tag.range()), slice(tag.content_range())), ("\"v1\"", "v1"));
    assert_eq!(tag.style(), Some(Style::DoubleQuoted));
    let pull = root.find(&["image", "pull"]).unwrap();
    assert_eq!((slice(pull.range()), slice(pull.full_range())), ("Always", "&p !!str Always"));
    assert_eq!(pull.tag(), Some("tag:yaml.org,2002:str"));
    assert_eq!(pull.anchor().unwrap().0, "p");
    let list = root.find(&["list"]).unwrap();
    assert_eq!(list.items().len(), 2);
    assert!(slice(list.range()).starts_with("- one") && slice(list.range()).ends_with("b"));
    let item = list.items().nth(1).unwrap();
    assert_eq!(slice(item.find(&["three"]).unwrap().range()), "|\n      line\n        more");
    assert_eq!(slice(item.find(&["four"]).unwrap().content_range()), "a\n      b");
    let flow = root.find(&["flow"]).unwrap();
    assert_eq!((slice(flow.range()), flow.is_flow()), ("{a: [1, 'it''s'], b: \"x\\ty\"}", true));
    let empty = root.find(&["empty"]).unwrap();
    assert!(empty.is_absent() && TEXT[..empty.range().start].ends_with("empty:"));
    let alias = root.find(&["alias"]).unwrap();
    assert_eq!((slice(alias.range()), alias.as_str()), ("*p", Some("Always")));
    assert_eq!(alias.resolved().range(), pull.range());
    assert_eq!(stream.documents[0].leaf_at(tag.range().start + 1).unwrap().range(), tag.range());
}

#[test]
fn strings_know_their_letters() {
    let text = file(TEXT);
    let stream = parse(&text).unwrap();
    let root = stream.documents[0].root();
    let at = |part: &str| TEXT.find(part).unwrap();
    let tag = root.find(&["image", "tag"]).unwrap().text().unwrap();
    assert_eq!(exact(&tag), Some(at("v1")..at("v1") + 2));
    let list = root.find(&["list"]).unwrap();
    let block = list.items().nth(1).unwrap().find(&["three"]).unwrap().text().unwrap();
    assert_eq!(block, "line\n  more\n");
    assert_eq!(exact(&block.slice(0..4)), Some(at("line")..at("line") + 4));
    assert_eq!(exact(&block.slice(7..11)), Some(at("more")..at("more") + 4));
    let folded = list.items().nth(1).unwrap().find(&["four"]).unwrap().text().unwrap();
    assert_eq!(folded, "a b");
    assert_eq!(exact(&folded.slice(2..3)), Some(at("      b\n") + 6..at("      b\n") + 7));
    let quoted = root.find(&["flow", "a"]).unwrap().items().nth(1).unwrap().text().unwrap();
    assert_eq!(quoted, "it's");
    assert_eq!(exact(&quoted.slice(3..4)), Some(at("s']")..at("s']") + 1));
    let escaped = root.find(&["flow", "b"]).unwrap().text().unwrap();
    assert_eq!(escaped, "x\ty");
    assert_eq!(places(&escaped.slice(1..2).origins()), [(at("\\ty"), at("\\ty") + 2)]);
}

#[test]
fn values_know_their_places() {
    let text = file("a: 1\na: 0x2\nb: ~\nc:\nd: yes\n");
    let value = load(&text).unwrap();
    let Some(Value::Float(_, origins)) = value.get("a") else { panic!("{value:?}") };
    assert_eq!(places(origins), [(8, 11)]);
    let (key, _) = value.as_map().unwrap().get_key_value("a").unwrap();
    assert_eq!(exact(key), Some(5..6));
    let Some(Value::Null(origins)) = value.get("c") else { panic!("{value:?}") };
    assert_eq!(places(origins), [(19, 19)]);
    let json = load_json(&file(r#"{"a": ["x\n", 12]}"#)).unwrap();
    let item = &json.get("a").unwrap().as_list().unwrap()[1];
    let Value::Float(_, origins) = item else { panic!("{item:?}") };
    assert_eq!(places(origins), [(14, 16)]);
}

#[test]
fn merged_and_aliased_values_keep_the_place_of_the_anchor() {
    let text = file("a: &x {b: 1}\nc: {<<: *x}\nd: *x\n");
    let value = load(&text).unwrap();
    for key in ["c", "d"] {
        let Some(Value::Float(_, origins)) = value.get(key).unwrap().get("b") else { panic!("{value:?}") };
        assert_eq!(places(origins), [(10, 11)]);
    }
}

#[test]
fn errors_point_to_the_byte_even_where_go_is_off_by_a_line() {
    for (yaml, range, line, said) in [
        ("a: b: c", 4..5, 1, ""),
        ("a:\n  - b\n c: d\n", 10..11, 3, "line 2: "),
        ("a: [b\nc: d", 7..8, 2, "line 1: "),
        ("a: 'b\n\n", 4..5, 1, "line 3: "),
        ("a: *x", 3..5, 1, ""),
        ("a: 1\nb: !!int x\n", 14..15, 2, ""),
        ("a: {<<: 1}", 8..9, 1, ""),
    ] {
        let error = load(&file(yaml)).unwrap_err();
        assert_eq!((error.range.clone(), error.line), (range, line), "{yaml:?}: {error}");
        let prefix = format!("error converting YAML to JSON: yaml: {said}");
        let rest = error.message.strip_prefix(&prefix).unwrap_or_else(|| panic!("{yaml:?}: {error}"));
        assert!(!rest.starts_with("line"), "{yaml:?}: {error}");
    }
}

#[test]
fn a_stream_has_all_documents() {
    let stream = parse(&file("a: 1\n---\nb: 2\n...\n---\n- c\n---\n")).unwrap();
    let roots: Vec<_> = stream.documents.iter().map(|document| document.root().range()).collect();
    assert_eq!(roots, [0..4, 9..13, 22..25, 29..29]);
    assert!(parse(&file("")).unwrap().documents.is_empty());
    assert!(parse(&file("# nothing\n")).unwrap().documents.is_empty());
    assert!(parse(&file("a: 1\n---\n}")).is_err());
}
