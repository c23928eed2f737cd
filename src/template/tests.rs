//! What no recorded answer of Helm shows: places and origins, bounds, several files, errors over several lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::machine::{Environment, ExecError, Limits, Machine};
use super::objects::Files;
use super::program::Program;
use super::stack;
use super::value::Value;
use crate::source::{Layer, Sources, Span, Text};
use crate::yaml;

/// Templates and values, as files.
struct Chart {
    sources: Sources,
    files: Vec<(String, Text)>,
    data: BTreeMap<Text, Value>,
}

impl Chart {
    fn new(files: &[(&str, &str)], values: &str) -> Self {
        let sources = Sources::new();
        let add = |name: &str, text: &str, layer| {
            let text: Arc<str> = text.into();
            Text::of_file(sources.add(name, text.clone()), text, layer)
        };
        let values = yaml::load_map(&add("values.yaml", values, Layer::Values), "").unwrap();
        let template = [("Name", files[0].0), ("BasePath", "templates")];
        let template = template.map(|(key, value)| (key.into(), Value::string(value)));
        let data = BTreeMap::from([
            ("Values".into(), super::convert::values_from_yaml(&values)),
            ("Template".into(), Value::values(template.into())),
        ]);
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), add(name, text, Layer::Template))).collect();
        Self { sources, files, data }
    }

    fn program(&self) -> Result<Program, super::ParseError> {
        Program::parse(self.files.iter().map(|(name, text)| (name.as_str(), text)))
    }

    fn render_with(&self, environment: Environment) -> Result<Text, ExecError> {
        let program = self.program().unwrap_or_else(|error| panic!("{error}"));
        Machine::new(&program, environment).execute(&self.files[0].0, &Value::values(self.data.clone()))
    }

    fn render(&self) -> Result<Text, ExecError> {
        self.render_with(Environment::default())
    }

    /// A span as `file:text`.
    fn shown(&self, span: Option<Span>) -> String {
        span.map_or_else(String::new, |span| {
            format!("{}:{}", self.sources.get(span.file).path().display(), self.sources.slice(span))
        })
    }

    /// The places that the part of the output that reads `part` came from.
    fn origins(&self, output: &Text, part: &str) -> Vec<String> {
        let at = output.find(part).unwrap();
        let origins = output.slice(at..at + part.len()).origins();
        let places = origins.map(|origins| origins.places()).unwrap_or_default();
        places.into_iter().map(|(span, ..)| self.shown(Some(span))).collect()
    }
}

fn parse_error(text: &str) -> String {
    Chart::new(&[("x", text)], "").program().err().map_or_else(String::new, |error| error.message)
}

#[test]
fn parse_errors_name_the_line() {
    // Facts of Go's own tests of its parser, and of Helm.
    let cases = [
        ("line\n{{", "template: x:2: unclosed action"),
        ("line\n{{define `x`}}line\n{{", "template: x:3: unclosed action"),
        ("line\n{{\"x\"\n\"y\"\n{{", "template: x:4: unexpected \"{\" in operand"),
        ("{{\n\n\n\n\n", "template: x:6: unclosed action started at x:1"),
        ("{{\n{{foo}}", "template: x:2: unexpected \"{\" in command"),
        ("{{`raw\n\n", "template: x:1: unterminated raw quoted string"),
        ("{{ $v := `\n` }} {{", "template: x:2: unclosed action"),
        ("{{ 1 \n }} {{\n\n foo{", "template: x:4: bad character U+007B '{' in action started at x:2"),
        ("a\n{{/* never", "template: x:2: unclosed comment"),
        ("a\n{{/* x */ }}", "template: x:2: comment ends before closing delimiter"),
        ("{{end}}", "template: x:1: unexpected {{end}}"),
        ("{{else}}", "template: x:1: unexpected {{else}}"),
        ("a\n\n{{if true}}\n", "template: x:4: unexpected EOF"),
        (
            "{{define `a`}}1{{end}}\n{{define `a`}}2{{end}}",
            "template: x:2: template: multiple definition of template \"a\"",
        ),
        ("{{if 1}}{{else if 2}}{{else}}{{else}}{{end}}", "template: x:1: expected end; found {{else}}"),
        ("{{.Values.aVeryLongName x y }}", "template: x:1: function \"x\" not defined"),
        ("{{with 1}}{{else if 2}}{{end}}", "template: x:1: unexpected <if> in input"),
        ("{{if 1}}{{else with 2}}{{end}}", "template: x:1: unexpected <with> in input"),
        ("{{range $k, $v, $w := .}}{{end}}", "template: x:1: too many declarations in range"),
        ("{{\"abcdefghijklmno\" := 1}}", "template: x:1: unexpected \":=\" in operand"),
        ("{{1 \"abcdefghijklmno\"\"\"}}", "template: x:1: unexpected \"\\\"\\\"\" in operand"),
        (
            "{{template \"a\"}}{{template 'abcdefghijklm'}}",
            "template: x:1: unexpected \"'abcdefghi\"... in template clause",
        ),
        ("{{\u{1}}}", "template: x:1: unrecognized character in action: U+0001"),
        ("{{.", "template: x:1: illegal number syntax: \".\""),
    ];
    for (text, message) in cases {
        assert_eq!(parse_error(text), message, "{text:?}");
    }
}

#[test]
fn newer_syntax_is_understood() {
    let chart =
        Chart::new(&[("x", "{{with .no}}a{{else with .Values}}{{.b}}{{else}}c{{end}}{{range 3}}{{.}}{{end}}")], "b: d");
    assert_eq!(chart.render().unwrap(), "d012");
    let chart = Chart::new(&[("x", "{{range $i := 2}}{{$i}}{{end}}{{range 0}}a{{else}}none{{end}}")], "");
    assert_eq!(chart.render().unwrap(), "01none");
}

#[test]
fn trim_markers_take_all_blanks() {
    let cases = [
        ("a \t\r\n {{- 1 -}} \n\n b", "a1b"),
        ("a {{-1}} b", "a -1 b"),
        ("a {{- /* c */ -}} b", "ab"),
        ("a {{/* c */}} b", "a  b"),
        ("a {{-\n1\n-}} b", "a1b"),
        ("a{{1 -}}{{- 2}}b", "a12b"),
        ("{{- 1 }} {{ 2 -}}\n", "1 2"),
        ("{{ 3 -1 }}", ""),
    ];
    for (text, output) in cases {
        match Chart::new(&[("x", text)], "").render() {
            Ok(printed) => assert_eq!(printed, output, "{text:?}"),
            Err(error) => assert!(output.is_empty(), "{text:?}: {error}"),
        }
    }
}

#[test]
fn a_later_definition_replaces_an_earlier_one_unless_it_is_empty() {
    let render = |files: &[(&str, &str)]| Chart::new(files, "").render().unwrap().to_string();
    let main = ("m", "{{include \"a\" .}}");
    assert_eq!(render(&[main, ("1", "{{define \"a\"}}one{{end}}"), ("2", "{{define \"a\"}}two{{end}}")]), "two");
    assert_eq!(
        render(&[main, ("1", "{{define \"a\"}}one{{end}}"), ("2", "{{define \"a\"}} {{/**/}}\n{{end}}")]),
        "one"
    );
    assert_eq!(render(&[main, ("1", "{{define \"a\"}}  {{end}}"), ("2", "{{define \"a\"}} {{end}}")]), "  ");
    assert_eq!(render(&[main, ("1", "{{define \"a\"}}one{{end}}{{define \"a\"}}\n{{end}}")]), "one");
}

#[test]
fn tpl_hides_the_file_that_is_being_rendered() {
    let helper = ("h", "{{define \"helper\"}}H{{end}}{{define \"both\"}}file{{end}}");
    let render = |main: &str| Chart::new(&[("m", main), helper], "t: '{{ .Values.u }}'\nu: v").render();
    assert_eq!(render("{{tpl \"{{include `helper` .}}\" .}}").unwrap(), "H");
    // Definitions of other files override those of the text; those of the text override nothing outside it.
    assert_eq!(render("{{tpl \"{{define `both`}}text{{end}}{{include `both` .}}\" .}}").unwrap(), "file");
    assert_eq!(render("{{tpl \"{{define `own`}}text{{end}}{{include `own` .}}\" .}}").unwrap(), "text");
    let hidden = render("{{define \"local\"}}L{{end}}{{tpl \"{{include `local` .}}\" .}}").unwrap_err();
    assert!(hidden.message.ends_with("no template \"local\" associated with template \"gotpl\""), "{hidden}");
    assert_eq!(render("{{tpl .Values.t .}}").unwrap(), "v");
}

#[test]
fn output_knows_where_it_came_from() {
    let helper = "{{define \"image\"}}{{.repository}}:{{.tag | default \"latest\"}}{{end}}";
    let main = "image: {{ include \"image\" .Values.image | quote }}\nplain: {{ .Values.image.tag }}\nnumber: {{ .Values.port }}\n\
                text: {{ tpl .Values.text . }}\nlist: {{ range .Values.list }}{{ . }} {{ end }}\n";
    let values = "image: {repository: nginx, tag: v1.25}\nport: 8080\ntext: 'x-{{ .Values.image.tag }}-y'\nlist: [alpha, beta]\n";
    let chart = Chart::new(&[("m.yaml", main), ("_h.tpl", helper)], values);
    let output = chart.render().unwrap();
    assert_eq!(output, "image: \"nginx:v1.25\"\nplain: v1.25\nnumber: 8080\ntext: x-v1.25-y\nlist: alpha beta \n");
    assert_eq!(chart.origins(&output, "nginx"), ["values.yaml:nginx"]);
    assert_eq!(chart.origins(&output, ":v1"), ["_h.tpl::", "values.yaml:v1"]);
    assert_eq!(chart.origins(&output, "image:"), ["m.yaml:image:"]);
    assert_eq!(chart.origins(&output, "8080"), ["values.yaml:8080"]);
    assert_eq!(chart.origins(&output, "x-"), ["values.yaml:x-"]);
    assert_eq!(chart.origins(&output, "beta"), ["values.yaml:beta"]);
    // The chain of actions, outermost first.
    let at = output.find("nginx").unwrap();
    let places = output.slice(at..at + 5).origins().unwrap().places();
    let chain: Vec<_> = places[0].2.iter().map(|site| chart.shown(Some(*site))).collect();
    assert_eq!(chain, ["m.yaml:{{ include \"image\" .Values.image | quote }}", "_h.tpl:{{.repository}}"]);
}

#[test]
fn literals_are_exact_to_the_letter() {
    let chart =
        Chart::new(&[("m", "{{ default \"latest\" .Values.tag }} {{ `raw` }} {{ \"a\\tb\" }} {{ 42 }}")], "a: b");
    let output = chart.render().unwrap();
    assert_eq!(chart.origins(&output, "latest"), ["m:latest"]);
    assert_eq!(chart.origins(&output, "test"), ["m:test"]);
    assert_eq!(chart.origins(&output, "raw"), ["m:raw"]);
    assert_eq!(chart.origins(&output, "a\tb"), ["m:\"a\\tb\""]);
    assert_eq!(chart.origins(&output, "42"), ["m:42"]);
}

#[test]
fn errors_have_the_innermost_place_and_the_way_there() {
    let helper = "{{define \"h\"}}\n  {{ .Values.a.b.c }}{{end}}{{define \"t\"}}{{template \"h\" .}}{{end}}";
    let chart = Chart::new(&[("m", "x: {{ include \"t\" . }}"), ("h", helper)], "a: 1");
    let error = chart.render().unwrap_err();
    assert_eq!(
        error.message,
        "template: m:1:6: executing \"m\" at <include \"t\" .>: error calling include: template: h:2:12: executing \"h\" at \
         <.Values.a.b.c>: can't evaluate field b in type interface {}"
    );
    assert_eq!(chart.shown(error.place), "h:.Values.a.b.c");
    let trace: Vec<_> = error.trace.iter().map(|frame| (&*frame.template, chart.shown(frame.place))).collect();
    let expected = [
        ("h", "h:.Values.a.b.c".to_owned()),
        ("t", "h:{{template \"h\" .}}".to_owned()),
        ("m", "m:include \"t\" .".to_owned()),
    ];
    assert_eq!(trace, expected);
}

#[test]
fn an_error_in_a_text_of_a_values_file_points_there() {
    let chart = Chart::new(&[("m", "{{ tpl .Values.t . }}")], "t: '{{ fail \"no\" }}'");
    let error = chart.render().unwrap_err();
    assert_eq!(chart.shown(error.place), "values.yaml:fail \"no\"");
    let chart = Chart::new(&[("m", "{{ tpl .Values.t . }}")], "t: '{{ nope }}'");
    assert_eq!(chart.shown(chart.render().unwrap_err().place), "values.yaml:nope");
}

#[test]
fn a_parse_error_has_its_place() {
    let chart = Chart::new(&[("m", "a\n{{ nope }}")], "");
    assert_eq!(chart.shown(chart.program().unwrap_err().place), "m:nope");
}

#[test]
fn endless_includes_end_as_in_helm() {
    let chart = Chart::new(&[("m", "{{define \"a\"}}{{include \"a\" .}}{{end}}{{include \"a\" .}}")], "");
    let message = stack::on_deep_stack(|| chart_error(&chart.files, "m"));
    assert!(message.ends_with(
        "error calling include: rendering template has a nested reference name: a: unable to execute template"
    ));
    assert_eq!(message.matches("error calling include").count(), 1002);
}

/// Renders without values, for threads other than the caller's.
fn chart_error(files: &[(String, Text)], name: &str) -> String {
    let program = Program::parse(files.iter().map(|(name, text)| (name.as_str(), text))).unwrap();
    let outcome = Machine::new(&program, Environment::default()).execute(name, &Value::map(BTreeMap::new()));
    outcome.map_or_else(|error| error.message, |text| text.to_string())
}

#[test]
fn endless_recursion_ends_on_small_stacks_too() {
    let cases = [
        ("{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}", "exceeded maximum template depth (100000)"),
        ("{{define \"a\"}}{{include \"a\" .}}{{end}}{{include \"a\" .}}", "MiB of stack hold, mirrorlint's bound"),
        (
            "{{define \"a\"}}{{if 1}}{{with 1}}{{range list 1}}{{include \"a\" (printf \"%s\" (include \"a\" .))}}{{end}}{{end}}{{end}}{{end}}{{include \"a\" .}}",
            "",
        ),
    ];
    for (text, ending) in cases {
        let chart = Chart::new(&[("m", text)], "");
        let files = chart.files.clone();
        let worker = std::thread::Builder::new().stack_size(2 << 20).spawn(move || chart_error(&files, "m")).unwrap();
        let message = worker.join().unwrap();
        assert!(message.starts_with("template: m:1:") && message.ends_with(ending), "{}", &message[..200]);
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    let texts = [
        format!("{{{{ {} }}}}", nested("(", "1", ")", 900)),
        nested("{{if 1}}", "x", "{{end}}", 900),
        nested("{{with 1}}", "x", "{{end}}", 100_000),
        format!("{{{{ {} }}}}", nested("(", "1", ")", 100_000)),
        format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 0}}".repeat(100_000)),
        nested("{{block \"b\" .}}", "x", "{{end}}", 100_000),
    ];
    for text in texts {
        let chart = Chart::new(&[("m", &text)], "");
        let files = chart.files.clone();
        let work = move || {
            let program = Program::parse(files.iter().map(|(name, text)| (name.as_str(), text)));
            let program = match program {
                Ok(program) => program,
                Err(error) => return error.message,
            };
            let outcome = Machine::new(&program, Environment::default()).execute("m", &Value::Nil);
            outcome.map_or_else(|error| error.message, |text| text.to_string())
        };
        let message = std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
        let is_bound = message.contains("nest deeper than") && message.ends_with("mirrorlint's bound");
        assert!(["1", "x"].contains(&message.as_str()) || is_bound, "{message}");
    }
}

#[test]
fn work_and_output_are_bounded() {
    let limits = Limits { steps: 1000, output: 100, ..Limits::default() };
    let render = |text: &str| {
        let environment = Environment { limits, ..Environment::default() };
        Chart::new(&[("m", text)], "").render_with(environment).map_err(|error| error.message)
    };
    let steps = render("{{range 1000000000}}{{end}}").unwrap_err();
    assert!(steps.ends_with("the templates take more than 1000 steps, mirrorlint's bound"), "{steps}");
    let output = render("{{range 50}}{{printf \"%s\" \"abc\"}}{{end}}").unwrap_err();
    assert!(output.ends_with("the output is larger than 100 bytes, mirrorlint's bound"), "{output}");
    assert_eq!(render("{{range 20}}a{{end}}").unwrap(), "a".repeat(20).as_str());
}

#[test]
fn lookup_finds_the_objects_of_the_environment() {
    let objects = yaml::load_list(&Text::new(
        "[{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {region: eu}}}, {apiVersion: v1, kind: Node, metadata: {name: n2}},
          {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: a}, data: {k: dg==}}]",
    ))
    .unwrap();
    let render = |text: &str| {
        let environment = Environment { objects: objects.as_slice().into(), ..Environment::default() };
        Chart::new(&[("m", text)], "").render_with(environment).unwrap().to_string()
    };
    assert_eq!(render("{{range (lookup \"v1\" \"Node\" \"\" \"\").items}}{{.metadata.name}} {{end}}"), "n1 n2 ");
    assert_eq!(render("{{(lookup \"v1\" \"Node\" \"\" \"n1\").metadata.labels.region}}"), "eu");
    assert_eq!(render("{{(lookup \"v1\" \"Secret\" \"a\" \"s\").data.k}}"), "dg==");
    assert_eq!(
        render("{{lookup \"v1\" \"Secret\" \"b\" \"s\"}}{{len (lookup \"v1\" \"Secret\" \"b\" \"\").items}}"),
        "map[]0"
    );
    // Without a namespace all of them are looked through for a list, none for a name.
    assert_eq!(
        render("{{lookup \"v1\" \"Secret\" \"\" \"s\"}}{{len (lookup \"v1\" \"Secret\" \"\" \"\").items}}"),
        "map[]1"
    );
    assert_eq!(render("{{(lookup \"v1\" \"Node\" \"a\" \"n1\").metadata.name}}"), "n1");
    assert_eq!(Chart::new(&[("m", "{{lookup \"v1\" \"Node\" \"\" \"\"}}")], "").render().unwrap(), "map[]");
}

#[test]
fn values_that_templates_set_are_seen_by_all() {
    let main = "{{- $_ := set .Values \"a\" \"changed\" -}}{{ include \"h\" . }}{{ .Values.a }}";
    let chart = Chart::new(&[("m", main), ("h", "{{define \"h\"}}{{ .Values.a }}-{{end}}")], "a: b");
    assert_eq!(chart.render().unwrap(), "changed-changed");
}

#[test]
fn files_are_read_through_methods() {
    let mut chart = Chart::new(&[("m", "{{ .Files.Get \"a\" }}{{ range .Files.Lines \"a\" }}[{{ . }}]{{ end }}")], "");
    chart.data.insert("Files".into(), Files::new([("a".into(), "x\ny".into())]).into_value());
    assert_eq!(chart.render().unwrap(), "x\ny[x][y]");
}

#[test]
fn a_missing_template_is_told_as_go_does() {
    let chart = Chart::new(&[("m", "")], "");
    let program = chart.program().unwrap();
    let error = Machine::new(&program, Environment::default()).execute("n", &Value::Nil).unwrap_err();
    assert_eq!(error.message, "template: no template \"n\" associated with template \"gotpl\"");
}

#[test]
fn programs_are_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let program = Chart::new(&[("m", "{{ add 1 2 }}")], "").program().unwrap();
    shared(&program);
    let work = || stack::on_deep_stack(|| Machine::new(&program, Environment::default()).execute("m", &Value::Nil));
    let (left, right) = rayon::join(work, work);
    assert_eq!((left.unwrap(), right.unwrap()), ("3".into(), "3".into()));
}
