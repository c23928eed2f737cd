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
        ("rules: {stale-entry: no-such}\n", "`rules.stale-entry`", "1:22 no-such"),
    ];
    for (text, message, place) in errors {
        let (found, at) = read(text).unwrap_err();
        assert!(found.starts_with(message), "{found}");
        assert_eq!(at, place);
    }
    let (message, at) = read("lists:\n- path: a\n  charts:\n  - {path: b, kube-version: 1.31}\n").unwrap_err();
    assert!(message.contains("`lists.0.charts.0.kube-version`"), "{message}");
    assert_eq!(at, "4:29 1.31");
    assert!(read("lists: [\n").unwrap_err().0.contains("did not find expected"));
}
