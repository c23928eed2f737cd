use super::*;

fn read(text: &str) -> Result<Loaded, (String, String)> {
    let mut sources = Sources::new();
    sources.overlay("/w/.mirrorlint.yaml", text);
    Loaded::read(&sources, Path::new("/w/.mirrorlint.yaml")).map_err(|error| {
        let span = error.span.unwrap();
        let at = sources.start(span);
        (error.message, format!("{}:{} {}", at.line, at.column, sources.slice(span)))
    })
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(Configuration)).unwrap() + "\n";
    if std::env::var_os("MIRRORLINT_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/schema.json");
        std::fs::write(path, &schema).unwrap();
    }
    assert!(schema == SCHEMA, "the schema is out of date: run the tests once with MIRRORLINT_BLESS=1");
}

#[test]
fn the_example_of_the_design_is_read() {
    let text = "
lists:
  - path: tools/ecr-images.conf
    charts:
      - path: umbrella
        release: hyperpod-dependencies
        namespace: kube-system
        kube-version: \"1.31\"
        values: [values-us-west-2.yaml]
        scenarios:
          - {name: us-west-2, set: {global.region: us-west-2, debug: true, replicas: 2, old: null}}
rules: {stale-entry: error, stale-mention: off}
exempt: [{image: 'public.ecr.aws/*', reason: reached through an endpoint}]
";
    let loaded = read(text).unwrap();
    let chart = &loaded.configuration.lists[0].charts[0];
    assert_eq!(chart.kube_version.as_deref(), Some("1.31"));
    assert_eq!(loaded.configuration.rules["stale-mention"], Level::Off);
    let path = ["lists", "0", "charts", "0", "scenarios", "0", "set"].map(str::to_owned);
    let set = loaded.assignments(&path, &chart.scenarios[0].set);
    let json = |value: &yaml::Value| yaml::emit_json(value).unwrap().to_string();
    let rows: Vec<_> = set.iter().map(|(key, value)| format!("{key}={}", json(value))).collect();
    assert_eq!(rows, ["debug=true", "global.region=\"us-west-2\"", "old=null", "replicas=2"]);
    let region = set[1].1.as_text().unwrap().exact_span().unwrap();
    assert_eq!(&text[region.range()], "us-west-2");
    assert!(read("").unwrap().configuration.lists.is_empty());
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let errors = [
        ("list: []\n", "the configuration has no key `list`; did you mean `lists`?", "1:1 list"),
        ("lists:\n- path: a\n  chart: []\n", "`lists.0` has no key `chart`; did you mean `charts`?", "3:3 chart"),
        ("lists:\n- charts: []\n", "`lists.0` lacks \"path\"", "2:3 charts: []"),
        ("rules: {stale-entry: wraning}\n", "`rules.stale-entry` is \"wraning\"; it can be warning, ", "1:22 wraning"),
        ("rules: {stale-entry: 3}\n", "`rules.stale-entry` is 3; it can be off, info, warning, error", "1:22 3"),
        ("rule: {stale-entry: off}\n", "the configuration has no key `rule`; did you mean `rules`?", "1:1 rule"),
        ("rulez: {}\n", "the configuration has no key `rulez`; did you mean `rules`?", "1:1 rulez"),
        ("allow: [{rules: x, reason: y}]\n", "`allow.0` has no key `rules`; did you mean `rule`?", "1:10 rules"),
        ("name: x\n", "the configuration has no key `name`", "1:1 name"),
        (
            "lists:\n- path: a\n  charts: [{path: b, set: {c: [1]}}]\n",
            "`lists.0.charts.0.set.c` is [1]; it can be boolean, number, string, null",
            "3:31 [1]",
        ),
        (
            "lists:\n- path: a\n  charts: [{path: b, scenarios: [{name: x}, {name: y}, {name: x}]}]\n",
            "another scenario of this chart is called `x`",
            "3:63 x",
        ),
        (
            "lists:\n- path: tools/a\n  charts: [{path: b}]\n- path: c\n- path: ./tools/../tools/a\n  charts: [{path: d}]\n",
            "`lists.0` is the same list: only one of them would count. Put all charts under one of them",
            "5:9 ./tools/../tools/a",
        ),
    ];
    for (text, message, place) in errors {
        let (found, at) = read(text).unwrap_err();
        assert!(found.starts_with(message), "{found}");
        assert_eq!(at, place);
        assert!(!found.contains("listed in"), "{found}");
    }
    let (message, at) = read("lists:\n- path: a\n  charts:\n  - {path: b, kube-version: 1.31}\n").unwrap_err();
    assert!(message.contains("`lists.0.charts.0.kube-version` is text: put what stands there in quotes"), "{message}");
    let (message, _) = read("lists:\n- path: a\n  charts:\n  - {path: b, kube-version: [a]}\n").unwrap_err();
    assert!(message.contains("is of the wrong type") && !message.contains("quotes"), "{message}");
    assert_eq!(at, "4:29 1.31");
    assert!(read("lists: [\n").unwrap_err().0.contains("did not find expected"));
}

/// Measured with Helm 3.10.1: `--set` takes whole numbers, `true`, `false` and `null`; all else is text.
#[test]
fn what_stands_without_quotes_is_what_set_takes_it_for() {
    let rows = [
        ("1.10", r#""1.10""#),
        ("602401143452", "602401143452"),
        ("0123", r#""0123""#),
        ("1e3", r#""1e3""#),
        ("0x1F", r#""0x1F""#),
        (".inf", r#"".inf""#),
        ("-7", "-7"),
        ("yes", r#""yes""#),
        ("True", "true"),
        ("Null", "null"),
        ("~", "null"),
        ("", "null"),
        ("'1.10'", r#""1.10""#),
        ("\"5\"", r#""5""#),
        ("!!str 5", r#""5""#),
    ];
    for (written, wanted) in rows {
        let text = format!("lists:\n- path: a\n  charts:\n  - path: b\n    set:\n      key: {written}\n");
        let loaded = read(&text).unwrap();
        let path = ["lists", "0", "charts", "0", "set"].map(str::to_owned);
        let set = loaded.assignments(&path, &loaded.configuration.lists[0].charts[0].set);
        assert_eq!(&*yaml::emit_json(&set[0].1).unwrap(), wanted, "{written}");
    }
}
