//! Switching dependencies and laying values over each other. Every outcome here was printed by Helm 3.10.1, and the whole
//! was held against it over 1500 random trees of charts.

use super::*;
use crate::source::Layer;

/// A root `x` with a subchart `s`.
fn pair(dependencies: &str, root: &str, sub: &str) -> Folder {
    Folder::new(&[
        ("Chart.yaml", &format!("{ROOT}{dependencies}")),
        ("values.yaml", root),
        ("charts/s/Chart.yaml", &metadata("s")),
        ("charts/s/values.yaml", sub),
    ])
}

const LISTED: &str = "dependencies: [{name: s, version: 0.1.0}]\n";

#[test]
fn a_parents_values_win_and_globals_flow_down() {
    let folder = pair("", "s: {a: 1}\nglobal: {g: {x: 1}, h: 2}\n", "a: 2\nb: 3\nglobal: {g: {x: 9, w: 9}, z: 1}\n");
    // Helm merges the parent's global tables over those that reach the subchart; the subchart's own come last.
    assert_eq!(
        folder.values(&[]),
        r#"{"global":{"g":{"x":1},"h":2},"s":{"a":1,"b":3,"global":{"g":{"w":9,"x":1},"h":2,"z":1}}}"#
    );
}

#[test]
fn a_given_null_removes_a_default() {
    let folder = pair("", "a: {b: 1, c: 2}\n", "d: {e: 1}\n");
    assert_eq!(folder.values(&["a.b=null"]), r#"{"a":{"c":2},"s":{"d":{"e":1},"global":{}}}"#);
    assert_eq!(folder.values(&["s.d=null"]), r#"{"a":{"b":1,"c":2},"s":{"global":{}}}"#);
    // Nothing to remove: the null stays.
    assert_eq!(folder.values(&["q=null"]), r#"{"a":{"b":1,"c":2},"q":null,"s":{"d":{"e":1},"global":{}}}"#);
}

#[test]
fn a_parents_null_only_holds_when_values_are_merged_once() {
    // Each merging takes the null out of the parent's own table; with dependencies in Chart.yaml there are three.
    assert_eq!(pair("", "s: {a: null}\n", "a: 1\n").values(&[]), r#"{"s":{"global":{}}}"#);
    assert_eq!(pair(LISTED, "s: {a: null}\n", "a: 1\n").values(&[]), r#"{"s":{"a":1,"global":{}}}"#);
}

#[test]
fn a_table_meets_something_else() {
    let folder = pair("", "a: {b: 1}\n", "");
    assert_eq!(folder.values(&["a=1"]), r#"{"a":1,"s":{"global":{}}}"#);
    let overrides = Overrides { set: vec!["c.d=1".into()], ..Overrides::default() };
    let processed = pair("", "c: 5\n", "").process(&overrides, &Choice::default()).unwrap();
    assert_eq!(json(&processed.values), r#"{"c":{"d":1},"s":{"global":{}}}"#);
    assert_eq!(processed.warnings, ["warning: skipped value for x.c: Not a table."]);
}

#[test]
fn a_subcharts_key_must_hold_a_table() {
    for (value, printed) in
        [("5", "%!t(float64=5)"), ("true", "true"), ("[a, null]", "[%!t(string=a) <nil>]"), ("null", "%!t(<nil>)")]
    {
        let values = pair("", &format!("s: {value}\n"), "").values(&[]);
        assert_eq!(values, format!("Error: type mismatch on s: {printed}"));
    }
}

/// The subcharts that are on, and for each that is off what switched it off.
fn switches(dependency: &str, root: &str, set: &[&str]) -> (Vec<String>, Vec<String>) {
    let folder = pair(&format!("dependencies:\n- name: s\n  version: '*'\n  {dependency}\n"), root, "use: false\n");
    let overrides = Overrides { set: set.iter().map(|&argument| argument.into()).collect(), ..Overrides::default() };
    let processed = folder.process(&overrides, &Choice::default()).unwrap();
    let on = processed.root.subcharts.iter().map(|node| node.path.clone()).collect();
    let off = processed.disabled.iter().map(|disabled| match &disabled.cause {
        Cause::Condition { path, .. } => format!("{} {path}", disabled.dependency),
        Cause::Tags { tags, .. } => format!("{} {}", disabled.dependency, tags.join(" ")),
    });
    (on, off.collect())
}

#[test]
fn conditions_and_tags_switch_dependencies() {
    let on = || (vec!["x/charts/s".to_owned()], Vec::new());
    let off = |cause: &str| (Vec::new(), vec![format!("s {cause}")]);
    // The subchart's own default counts.
    assert_eq!(switches("condition: s.use", "", &[]), off("s.use"));
    assert_eq!(switches("condition: s.use", "", &["s.use=true"]), on());
    // The first path that holds a boolean decides; blanks belong to the path.
    assert_eq!(switches("condition: 'a.b,c,s.use'", "c: true\n", &[]), on());
    assert_eq!(switches("condition: 'a.b, s.use'", "", &[]), on());
    assert_eq!(switches("condition: c", "c: 'false'\n", &[]), on());
    assert_eq!(switches("tags: [t, u]", "tags: {t: false}\n", &[]), off("t"));
    assert_eq!(switches("tags: [t, u]", "tags: {t: false, u: true}\n", &[]), on());
    // A condition overrules tags.
    assert_eq!(
        switches(
            "{tags: [t], condition: c}".trim_matches(['{', '}']).replace(", ", "\n  ").as_str(),
            "tags: {t: false}\nc: true\n",
            &[]
        ),
        on()
    );
    // An alias is another name, also for the values.
    let aliased = switches("alias: z\n  condition: z.use", "", &["z.use=true"]);
    assert_eq!(aliased.0, ["x/charts/z"]);
    assert_eq!(switches("alias: z\n  condition: z.use", "", &[]).1, ["z z.use"]);
}

#[test]
fn a_version_that_does_not_fit_leaves_condition_and_alias_without_effect() {
    let dependency = "dependencies: [{name: s, version: 9.9.9, alias: z, condition: s.use}]\n";
    let folder = pair(dependency, "", "use: false\n");
    assert_eq!(folder.values(&[]), r#"{"s":{"global":{},"use":false}}"#);
}

#[test]
fn one_chart_under_two_aliases_shares_its_inner_charts() {
    let folder = Folder::new(&[
        (
            "Chart.yaml",
            &format!(
                "{ROOT}dependencies: [{{name: s, version: '*', alias: a}}, {{name: s, version: '*', alias: b}}]\n"
            ),
        ),
        ("charts/s/Chart.yaml", &metadata("s")),
        ("charts/s/charts/t/Chart.yaml", &metadata("t")),
    ]);
    let processed = folder.process(&Overrides::default(), &Choice::default()).unwrap();
    let inner: Vec<_> = processed.root.subcharts.iter().map(|node| node.subcharts[0].path.as_str()).collect();
    // Helm forgets the alias in the path of charts below, so the second one's templates replace the first one's.
    assert_eq!(inner, ["x/charts/s/charts/t"; 2]);
    let root = &processed.root;
    assert_eq!((root.subcharts[0].metadata.name.as_str(), root.subcharts[1].path.as_str()), ("a", "x/charts/b"));
    assert!(Arc::ptr_eq(&root.subcharts[0].chart, &root.subcharts[1].chart));
}

#[test]
fn values_are_imported_from_subcharts() {
    let import = |imports: &str| {
        let dependency = format!("dependencies:\n- name: s\n  version: '*'\n  import-values: {imports}\n");
        pair(&dependency, "a: {own: 1}\n", "exports: {data: {a: {own: 2, more: 3}}}\nt: {u: 1}\n").values(&[])
    };
    const SUB: &str = r#""s":{"exports":{"data":{"a":{"more":3,"own":2}}},"global":{},"t":{"u":1}}"#;
    assert_eq!(import("[data]"), format!(r#"{{"a":{{"more":3,"own":1}},{SUB}}}"#));
    assert_eq!(import("[{child: t, parent: v.w}]"), format!(r#"{{"a":{{"own":1}},{SUB},"v":{{"w":{{"u":1}}}}}}"#));
    assert_eq!(import("[{child: t, parent: .}]"), format!(r#"{{"a":{{"own":1}},{SUB},"u":1}}"#));
    assert_eq!(import("[nothing]"), format!(r#"{{"a":{{"own":1}},{SUB}}}"#));
    assert_eq!(import("[{child: 1}]"), "Error: import-values of dependency s: child is not a string");
    // A table that is imported into itself never ends; Helm's stack overflows on it.
    assert_eq!(
        import("[{child: t, parent: s.t.again}]"),
        "Error: values nest deeper than 1000, or contain themselves through import-values, mirrorlint's bound"
    );
}

#[test]
fn values_files_and_flags_come_in_helms_order() {
    let folder = Folder::new(&[
        ("Chart.yaml", ROOT),
        ("values.yaml", "a: {x: 0, w: 0}\n"),
        ("one.yaml", "a: {x: 1}\nb: 1\nc: 1\nd: 1\n"),
        ("two.yaml", "a: {w: 2}\nb: null\n"),
        ("text", "of a file"),
    ]);
    let file = |name: &str| folder.root.path().join(name);
    let overrides = Overrides {
        files: vec![file("one.yaml"), file("two.yaml")],
        json: vec!["c={\"k\":[1,null]}".into(), "{\"j\":1}".into()],
        set: vec!["d=2".into(), "c.l=3".into()],
        set_string: vec!["d=3".into()],
        set_file: vec![format!("e={}", file("text").display())],
        set_literal: vec!["f=a,b".into()],
    };
    let values = folder.process(&overrides, &Choice::default()).unwrap().values;
    assert_eq!(
        json(&values),
        r#"{"a":{"w":2,"x":1},"b":null,"c":{"k":[1,null],"l":3},"d":"3","e":"of a file","f":"a,b","j":1}"#
    );
}

#[test]
fn bad_flags_are_refused_with_their_place() {
    let sources = Sources::new();
    let refuse = |overrides: Overrides| overrides.merge(&sources).unwrap_err();
    let error = refuse(Overrides { set: vec!["a=1".into(), "b=1,c".into()], ..Overrides::default() });
    assert_eq!(error.message, "failed parsing --set data: key \"c\" has no value");
    assert_eq!((error.path.to_str(), sources.slice(error.span.unwrap()).as_str()), (Some("--set 2"), "b=1,c"));
    let error = refuse(Overrides { json: vec!["a=xx".into()], ..Overrides::default() });
    assert_eq!(error.message, "failed parsing --set-json data a=xx");
    let error = refuse(Overrides { set_file: vec!["a=nope".into()], ..Overrides::default() });
    assert_eq!(error.message, "failed parsing --set-file data: open nope: no such file or directory");
    let error = refuse(Overrides { files: vec!["https://example.com/v.yaml".into()], ..Overrides::default() });
    assert!(error.message.starts_with("values are only read from files"));
}

#[test]
fn every_value_points_to_the_layer_that_won() {
    let folder = pair(LISTED, "s: {a: parent}\n", "a: own\nb: own\nc: own\n");
    let sources = Sources::new();
    let chart = folder.load(&sources).unwrap();
    let overrides = Overrides { set: vec!["s.c=given".into()], ..Overrides::default() };
    let processed = chart.process(&overrides.merge(&sources).unwrap(), &Choice::default(), Schemas::All).unwrap();
    let place = |key: &str| {
        let text = processed.values.get("s").unwrap().get(key).unwrap().as_text().unwrap();
        let (span, layer, _) = text.origins().unwrap().places()[0].clone();
        assert_eq!(sources.slice(span), text.as_str());
        let path = sources.get(span.file).path().strip_prefix(folder.root.path()).map(Path::to_owned);
        (path.unwrap_or_else(|_| sources.get(span.file).path().to_owned()), layer)
    };
    assert_eq!(place("a"), ("values.yaml".into(), Layer::Values));
    assert_eq!(place("b"), ("charts/s/values.yaml".into(), Layer::Values));
    assert_eq!(place("c"), ("--set 1".into(), Layer::Set));
}
