//! Where the parts of an image came from, through every way in which charts build one: each case is a small chart with
//! marks. `«t v1»` says that the tag came from `v1` at that place, letter for letter; `r` is the registry, `p` the
//! repository, `d` the digest. What is not marked must not be named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use mirrorlint::chart::Overrides;
use mirrorlint::inventory::lineage;
use mirrorlint::lint::{Settings, Workspace, images};
use mirrorlint::report::display_path;
use mirrorlint::source::{Layer, Sources};

/// `PART PATH:LINE:COLUMN TEXT`
type Rows = Vec<String>;

/// Takes the marks out of `text` and tells what they expect.
fn unmark(path: &str, text: &str, rows: &mut Rows) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('«') {
        plain.push_str(before);
        let (mark, after) = marked.split_once('»').expect("a mark ends");
        let (parts, inner) = mark.split_once(' ').expect("a mark names its part");
        let line = plain.matches('\n').count() + 1;
        let column = plain.len() - plain.rfind('\n').map_or(0, |at| at + 1) + 1;
        for part in parts.chars() {
            let part = match part {
                'r' => "registry",
                'p' => "repository",
                't' => "tag",
                'd' => "digest",
                other => panic!("there is no part {other}"),
            };
            rows.push(format!("{part} {path}:{line}:{column} {inner}"));
        }
        plain.push_str(inner);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

struct Case {
    image: &'static str,
    files: Vec<(&'static str, String)>,
    /// `--set` arguments.
    arguments: Vec<&'static str>,
    overrides: Overrides,
}

impl Case {
    /// A chart whose only pod has `expression` as its image.
    fn new(image: &'static str, values: &str, expression: &str) -> Self {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: pod}}\nspec:\n  containers:\n  - name: main\n    image: {expression}\n"
        );
        Self::raw(image, values, &pod)
    }

    /// A chart whose only template is `template`.
    fn raw(image: &'static str, values: &str, template: &str) -> Self {
        Self { image, files: Vec::new(), arguments: Vec::new(), overrides: Overrides::default() }
            .file("Chart.yaml", "apiVersion: v2\nname: case\nversion: 1.0.0\nappVersion: 9.9.9\n")
            .file("values.yaml", values)
            .file("templates/pod.yaml", template)
    }

    fn file(mut self, path: &'static str, text: &str) -> Self {
        self.files.retain(|(known, _)| *known != path);
        self.files.push((path, text.to_owned()));
        self
    }

    fn set(mut self, argument: &'static str) -> Self {
        self.arguments.push(argument);
        self
    }

    fn values_file(mut self, path: &'static str, text: &str) -> Self {
        self.overrides.files.push(path.into());
        self.file(path, text)
    }

    #[track_caller]
    fn holds(mut self) {
        let folder = tempfile::tempdir().unwrap();
        let mut expected = Rows::new();
        for (path, text) in &self.files {
            let plain = unmark(path, text, &mut expected);
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, plain).unwrap();
        }
        for (index, argument) in self.arguments.iter().enumerate() {
            let path = format!("--set {}", index + 1);
            self.overrides.set.push(unmark(&path, argument, &mut expected));
        }
        self.overrides.files.iter_mut().for_each(|path| *path = folder.path().join(&path));
        let sources = Sources::new();
        let charts = vec![folder.path().to_owned()];
        let settings = Settings { overrides: self.overrides, charts, ..Settings::default() };
        let inventory =
            images(&sources, &Workspace::default(), &settings).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(
            inventory.uses.len(),
            1,
            "{:?}",
            inventory.uses.iter().map(|used| used.text.clone()).collect::<Vec<_>>()
        );
        let used = &inventory.uses[0];
        assert_eq!(used.text, self.image);
        let mut found = Rows::new();
        for part in lineage(&sources, used, &[]).parts {
            for strand in part.strands.iter().filter(|strand| strand.layer != Layer::Computed) {
                let at = sources.start(strand.span);
                let path = display_path(folder.path(), sources.get(strand.span.file).path());
                let text = sources.slice(strand.span);
                found.push(format!("{} {path}:{}:{} {text}", part.name, at.line, at.column));
            }
        }
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{}", self.image);
    }
}

#[track_caller]
fn holds(image: &'static str, values: &str, expression: &str) {
    Case::new(image, values, expression).holds();
}

/// Values of the usual shape, all marked.
const IMAGE: &str = "image:\n  registry: «r quay.io»\n  repository: «p team/app»\n  tag: «t v1.2»\n";
const FULL: &str = "quay.io/team/app:v1.2";

mod plain {
    use super::*;

    #[test]
    fn fields_side_by_side() {
        let expression = "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}";
        holds(FULL, IMAGE, expression);
        holds(FULL, IMAGE, &format!("\"{expression}\""));
        holds(FULL, IMAGE, &format!("'{expression}'"));
        holds(FULL, IMAGE, &format!(">-\n      {expression}"));
    }

    #[test]
    fn literals_of_the_template() {
        holds("quay.io/team/app:v1.2", "{}", "«r quay.io»/«p team/app»:«t v1.2»");
        holds("quay.io/team/app:v1.2", "{}", "{{ \"«r quay.io»/«p team/app»\" }}:{{ `«t v1.2»` }}");
        holds("quay.io/team/app:v1.2", "{}", "{{ print \"«r quay.io»/\" \"«p team/app»:\" \"«t v1.2»\" }}");
        holds(
            "quay.io/team/app:v1.2",
            "{}",
            "{{ $r := \"«r quay.io»\" }}{{ $r }}/«p team/»{{ \"«p app»\" }}:«t v»{{ \"«t 1.2»\" }}",
        );
    }

    #[test]
    fn a_whole_image_in_one_value() {
        holds(FULL, "image: «r quay.io»/«p team/app»:«t v1.2»\n", "{{ .Values.image }}");
        holds(FULL, "image: \"«r quay.io»/«p team/app»:«t v1.2»\"\n", "{{ .Values.image | quote }}");
        holds(FULL, "image: '«r quay.io»/«p team/app»:«t v1.2»' # note\n", "{{ .Values.image | squote }}");
        holds(FULL, "image: >-\n  «r quay.io»/«p team/app»:«t v1.2»\n", "{{ .Values.image }}");
        holds(FULL, "image: &i «r quay.io»/«p team/app»:«t v1.2»\nother: *i\n", "{{ .Values.other }}");
        holds(FULL, "a: &a {image: «r quay.io»/«p team/app»:«t v1.2»}\nb: {<<: *a, x: 1}\n", "{{ .Values.b.image }}");
    }

    #[test]
    fn a_digest() {
        let digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        let image: &'static str = Box::leak(format!("quay.io/app@{digest}").into_boxed_str());
        let values = format!("registry: «r quay.io»\ndigest: «d {digest}»\n");
        holds(image, &values, "{{ .Values.registry }}/«p app»@{{ .Values.digest }}");
        let bare = digest.trim_start_matches("sha256:");
        holds(
            image,
            &format!("registry: «r quay.io»\nsha: «d {bare}»\n"),
            "{{ .Values.registry }}/«p app»{{ with .Values.sha }}@«d sha256:»{{ . }}{{ end }}",
        );
    }

    #[test]
    fn numbers_keep_their_line() {
        holds("app:1.25", "tag: «t 1.25»\n", "«p app»:{{ .Values.tag }}");
        holds("app:1.1", "tag: «t 1.10»\n", "«p app»:{{ .Values.tag }}");
        holds("app:7", "tag: «t 7»\n", "«p app»:{{ .Values.tag | toString }}");
        holds("app:7", "tag: «t 7»\n", "«p app»:{{ .Values.tag | int }}");
        holds("app:7.5", "tag: «t 7.5»\n", "{{ printf \"«p app»:%v\" .Values.tag }}");
        holds("app:8", "tag: «t 7»\n", "«p app»:{{ add «t 1» .Values.tag }}");
        holds("app:true", "tag: «t true»\n", "«p app»:{{ .Values.tag }}");
        holds(
            "1234.dkr.ecr.eu-west-1.amazonaws.com/app:1",
            "account: «r 1234»\nregion: «r eu-west-1»\n",
            "{{ .Values.account }}«r .dkr.ecr.»{{ .Values.region }}«r .amazonaws.com»/«p app»:«t 1»",
        );
    }

    #[test]
    fn chart_yaml() {
        let chart = "apiVersion: v2\nname: «p case»\nversion: 1.0.0\nappVersion: \"«t 9.9»\"\n";
        Case::new(
            "case:v9.9",
            "tag: ''\n",
            "{{ .Chart.Name }}:{{ .Values.tag | default (printf \"«t v»%s\" .Chart.AppVersion) }}",
        )
        .file("Chart.yaml", chart)
        .holds();
        Case::new("case:9.9", "tag: ''\n", "{{ .Chart.Name }}:{{ default .Chart.AppVersion .Values.tag }}")
            .file("Chart.yaml", chart)
            .holds();
        Case::new("case:v9.9", "{}\n", "{{ .Chart.Name }}:«t v»{{ .Chart.AppVersion }}")
            .file("Chart.yaml", chart)
            .holds();
        let unquoted = "apiVersion: v2\nname: case\nversion: 1.0.0\nappVersion: «t 1.10»\n";
        Case::new("app:1.1", "{}\n", "«p app»:{{ .Chart.AppVersion }}").file("Chart.yaml", unquoted).holds();
        let version = "apiVersion: v2\nname: case\nversion: «t 1.0.0»\n";
        Case::new("app:1.0.0", "{}\n", "«p app»:{{ .Chart.Version }}").file("Chart.yaml", version).holds();
        let annotation = "apiVersion: v2\nname: case\nversion: 1.0.0\nannotations:\n  tag: «t x1»\n";
        Case::new("app:x1", "{}\n", "«p app»:{{ index .Chart.Annotations \"tag\" }}")
            .file("Chart.yaml", annotation)
            .holds();
    }
}

mod functions {
    use super::*;

    #[test]
    fn printf_and_print() {
        holds(
            FULL,
            IMAGE,
            "{{ printf \"%s/%s:%s\" .Values.image.registry .Values.image.repository .Values.image.tag }}",
        );
        holds(
            FULL,
            IMAGE,
            "{{ printf \"%s/%s\" .Values.image.registry .Values.image.repository }}:{{ print .Values.image.tag }}",
        );
        holds(
            FULL,
            IMAGE,
            "{{ printf \"%s/%s:%v\" .Values.image.registry .Values.image.repository .Values.image.tag | quote }}",
        );
        holds(
            FULL,
            IMAGE,
            "{{ with .Values.image }}{{ printf \"%[1]s/%[2]s:%[3]s\" .registry .repository .tag }}{{ end }}",
        );
        holds("app:v1.2", "tag: \"«t 1.2»\"\n", "{{ printf \"%s:«t v»%s\" \"«p app»\" .Values.tag }}");
        holds("app:v1.2", "tag: \"«t v1.2»\"\n", "{{ printf \"«p app»:%s\" (.Values.tag | toString) }}");
        holds(
            "app:v1.2",
            "tag: \"«t v1.2»\"\n",
            "{{ printf \"«p app»:%s\" (.Values.tag | quote) | replace \"\\\"\" \"\" }}",
        );
        holds("app:v1.2", "tag: \"«t v1.2»\"\n", "{{ cat \"«p app»:\" .Values.tag | nospace }}");
    }

    #[test]
    fn choices() {
        holds("app:v1", "tag: «t v1»\nother: v2\n", "«p app»:{{ .Values.tag | default .Values.other }}");
        holds("app:v2", "tag: \"\"\nother: «t v2»\n", "«p app»:{{ .Values.tag | default .Values.other }}");
        holds("app:v2", "other: «t v2»\n", "«p app»:{{ coalesce .Values.tag .Values.none .Values.other \"x\" }}");
        holds("app:v2", "tag: v1\nother: «t v2»\n", "«p app»:{{ ternary .Values.tag .Values.other false }}");
        holds("app:v1", "tag: «t v1»\nother: v2\n", "«p app»:{{ true | ternary .Values.tag .Values.other }}");
        holds("app:v2", "other: «t v2»\n", "«p app»:{{ or .Values.tag .Values.other }}");
        holds("app:v2", "tag: v1\nother: «t v2»\n", "«p app»:{{ and .Values.tag .Values.other }}");
        holds(
            "app:v2",
            "enabled: true\nother: «t v2»\n",
            "«p app»:{{ if .Values.enabled }}{{ .Values.other }}{{ else }}x{{ end }}",
        );
        holds("app:v2", "other: «t v2»\n", "«p app»:{{ required \"needed\" .Values.other }}");
        holds("app:v2", "other: «t v2»\n", "«p app»:{{ if not .Values.tag }}{{ .Values.other }}{{ else }}x{{ end }}");
        holds("app:x", "{}\n", "«p app»:{{ .Values.tag | default \"«t x»\" }}");
        holds("app:x", "{}\n", "«p app»:{{ empty .Values.tag | ternary \"«t x»\" \"y\" }}");
    }

    #[test]
    fn dictionaries() {
        let values = "image: {repository: «p app», tag: v1}\nover: {tag: «t v2»}\n";
        let use_it = "{{ $i.repository }}:{{ $i.tag }}";
        holds("app:v2", values, &format!("{{{{ $i := merge (dict) .Values.over .Values.image }}}}{use_it}"));
        holds("app:v2", values, &format!("{{{{ $i := mergeOverwrite (dict) .Values.image .Values.over }}}}{use_it}"));
        holds("app:v2", values, &format!("{{{{ $i := mustMerge (dict) .Values.over .Values.image }}}}{use_it}"));
        holds(
            "app:v2",
            values,
            &format!("{{{{ $i := mergeOverwrite (deepCopy .Values.image) .Values.over }}}}{use_it}"),
        );
        holds("app:v2", values, &format!("{{{{ $i := set .Values.image \"tag\" .Values.over.tag }}}}{use_it}"));
        holds(
            "app:v2",
            values,
            &format!("{{{{ $i := dict \"repository\" .Values.image.repository \"tag\" .Values.over.tag }}}}{use_it}"),
        );
        let plain = "image: {repository: «p app», tag: «t v1»}\n";
        holds("app:v1", plain, &format!("{{{{ $i := pick .Values.image \"repository\" \"tag\" }}}}{use_it}"));
        holds("app:v1", plain, &format!("{{{{ $i := omit .Values.image \"x\" }}}}{use_it}"));
        holds("app:v1", plain, "{{ get .Values.image \"repository\" }}:{{ get .Values.image \"tag\" }}");
        holds(
            "app:v1",
            plain,
            "{{ dig \"repository\" \"x\" .Values.image }}:{{ dig \"image\" \"tag\" \"x\" (.Values | merge (dict)) }}",
        );
        holds(
            "app:z",
            "image: {repository: «p app»}\n",
            "{{ .Values.image.repository }}:{{ dig \"tag\" \"«t z»\" .Values.image }}",
        );
        holds("app:v1", plain, "{{ index .Values.image \"repository\" }}:{{ index .Values \"image\" \"tag\" }}");
        holds(
            "app:v1",
            plain,
            "{{ pluck \"repository\" .Values.image | first }}:{{ pluck \"tag\" (dict) .Values.image | last }}",
        );
        holds(
            "app:v1",
            "images: {«p app»: «t v1»}\n",
            "{{ keys .Values.images | first }}:{{ values .Values.images | first }}",
        );
    }

    #[test]
    fn lists() {
        let values = "images: [\"«p app»\", \"«t v1»\"]\n";
        holds("app:v1", values, "{{ index .Values.images 0 }}:{{ index .Values.images 1 }}");
        holds("app:v1", values, "{{ first .Values.images }}:{{ last .Values.images }}");
        holds("app:v1", values, "{{ join \":\" .Values.images }}");
        holds("app:v1", values, "{{ .Values.images | join \":\" | trim }}");
        holds("app:v1", values, "{{ first .Values.images }}:{{ rest .Values.images | first }}");
        holds("app:v1", values, "{{ initial .Values.images | first }}:{{ slice .Values.images 1 2 | first }}");
        holds(
            "app:v1",
            values,
            "{{ (reverse .Values.images) | last }}:{{ (append .Values.images \"x\") | initial | last }}",
        );
        holds("app:v1", values, "{{ join \":\" (concat .Values.images (list)) }}");
        holds("app:v1", values, "{{ join \":\" (compact .Values.images) }}");
        holds("app:v1", values, "{{ join \":\" (uniq .Values.images) }}");
        holds("app:v1", values, "{{ join \":\" (without .Values.images \"x\") }}");
        holds("app:v1", values, "{{ join \":\" (sortAlpha .Values.images) }}");
        holds("app:v1", "tag: «t v1»\n", "{{ join \":\" (list \"«p app»\" .Values.tag) }}");
        holds("app:v1", "tag: «t v1»\n", "{{ list \"«p app»\" .Values.tag | join \":\" }}");
        holds("app:v1", "tag: «t v1»\n", "{{ tuple \"«p app»\" .Values.tag | toStrings | join \":\" }}");
        holds(
            "app:v1",
            "tag: «t v1»\n",
            "{{ $l := list }}{{ $l = append $l \"«p app»\" }}{{ $l = append $l .Values.tag }}{{ join \":\" $l }}",
        );
        holds("app:v1", "tag: «t v1»\n", "{{ join \":\" (prepend (list .Values.tag) \"«p app»\") }}");
    }

    #[test]
    fn cutting() {
        holds("app:1.2", "tag: v«t 1.2»\n", "«p app»:{{ .Values.tag | trimPrefix \"v\" }}");
        holds("app:1.2", "tag: «t 1.2»-x\n", "«p app»:{{ .Values.tag | trimSuffix \"-x\" }}");
        holds("app:1.2", "tag: \" «t 1.2» \"\n", "«p app»:{{ trim .Values.tag }}");
        holds("app:1.2", "tag: v«t 1.2»v\n", "«p app»:{{ trimAll \"v\" .Values.tag }}");
        holds("app:1.2", "tag: \"«t 1.2».3\"\n", "«p app»:{{ trunc 3 .Values.tag }}");
        holds("app:2.3", "tag: \"1.«t 2.3»\"\n", "«p app»:{{ trunc -3 .Values.tag }}");
        holds("app:1.2", "tag: \"x«t 1.2».3\"\n", "«p app»:{{ substr 1 4 .Values.tag }}");
        holds("app:1.2", "tag: \"«t 1.2»+build\"\n", "«p app»:{{ (split \"+\" .Values.tag)._0 }}");
        holds("app:1.2", "tag: \"«t 1.2»+build\"\n", "«p app»:{{ splitList \"+\" .Values.tag | first }}");
        holds("app:1.2", "tag: \"«t 1.2»+build\"\n", "«p app»:{{ (splitn \"+\" 2 .Values.tag)._0 }}");
        holds("app:1.2", "tag: \"«t 1.2»+build\"\n", "«p app»:{{ index (splitList \"+\" .Values.tag) 0 }}");
        holds(
            "app:1.2",
            "tag: \"«t 1».9.«t 2»\"\n",
            "«p app»:{{ $p := splitList \".\" .Values.tag }}{{ index $p 0 }}«t .»{{ index $p 2 }}",
        );
        holds("app:1-2", "tag: \"«t 1»+«t 2»\"\n", "«p app»:{{ .Values.tag | replace \"+\" \"«t -»\" }}");
        holds(
            "team/app:1",
            "repository: quay.io/«p team/app»\n",
            "{{ .Values.repository | replace \"quay.io/\" \"\" }}:«t 1»",
        );
        holds("app:1", "repository: quay.io/team/«p app»\n", "{{ base .Values.repository }}:«t 1»");
        holds("quay.io/app:1", "url: https://«r quay.io»/x\n", "{{ (urlParse .Values.url).host }}/«p app»:«t 1»");
        holds("app:v1.2", "tag: «t v1.2»\n", "«p app»:{{ regexFind \"v[0-9.]+\" .Values.tag }}");
        holds("app:1.2", "tag: v«t 1.2»\n", "«p app»:{{ regexReplaceAll \"^v\" .Values.tag \"\" }}");
        holds("app:1.2", "tag: v«t 1.2»\n", "«p app»:{{ regexReplaceAll \"^v(.*)$\" .Values.tag \"${1}\" }}");
        holds("app:1.2", "tag: v«t 1.2»\n", "«p app»:{{ regexReplaceAllLiteral \"^v\" .Values.tag \"\" }}");
        holds("app:1.2", "image: app:«t 1.2»\n", "«p app»:{{ regexSplit \":\" .Values.image -1 | last }}");
    }

    #[test]
    fn changing() {
        holds("app:x1", "tag: «t X1»\n", "«p app»:{{ .Values.tag | lower }}");
        holds("app:X1", "tag: «t x1»\n", "«p app»:{{ .Values.tag | upper }}");
        holds("app:x1", "tag: «t x1»\n", "«p app»:{{ .Values.tag | lower }}");
        holds("app:v1", "tag: «t v1»\n", "«p app»:{{ .Values.tag | b64enc | b64dec }}");
        holds("app:1.2.3", "tag: «t 1.2.3»\n", "«p app»:{{ (semver .Values.tag).Original }}");
        holds("app:1", "tag: «t 1.2.3»\n", "«p app»:{{ (semver .Values.tag).Major }}");
        holds("app:v1", "tag: «t v1»\n", "«p app»:{{ .Values.tag | indent 0 }}");
        holds("app:kebab-case", "tag: «t Kebab»«t Case»\n", "«p app»:{{ .Values.tag | kebabcase }}");
    }
}

mod rarer {
    use super::*;

    #[test]
    fn text() {
        holds("app:ab", "tag: «t ab»cdef\n", "«p app»:{{ .Values.tag | trunc 2 | title | untitle }}");
        holds("app:v1", "tag: «t v1»\n", "{{ printf \"%s:%s\" \"«p app»\" .Values.tag | nindent 4 | trim }}");
        holds("app:v1v1", "tag: «tt v1»\n", "«p app»:{{ .Values.tag | repeat 2 }}");
        holds("app:v1", "tag: «t v1»\n", "«p app»:{{ 2 | plural \"one\" .Values.tag }}");
        holds("app:a_b", "tag: «t a»B\n", "«p app»:{{ .Values.tag | snakecase | trunc 1 }}«t _b»");
        holds("app:b", "tag: a.«t b»\n", "«p app»:{{ .Values.tag | ext | trimPrefix \".\" }}");
        holds("quay.io/app:v1", "path: «r quay.io»/«p app»/x\n", "{{ dir .Values.path }}:«t v1»");
        holds(
            "app:v1",
            "tag: «t v1»\n",
            "«p app»:{{ .Values.tag | toString | upper | lower | quote | trimAll \"\\\"\" }}",
        );
        holds("app:1.2", "tag: \"v«t 1.2»\"\n", "«p app»:{{ .Values.tag | regexFind \"[0-9].*\" }}");
        holds("app:1.2", "tag: \"v«t 1.2»\"\n", "«p app»:{{ first (regexFindAll \"[0-9.]+\" .Values.tag -1) }}");
        holds("app", "{}\n", "«p app»");
    }

    #[test]
    fn documents() {
        holds(
            "app:v1",
            "image: {r: «p app», t: «t v1»}\n",
            "{{ $i := .Values.image | mustToJson | mustFromJson }}{{ $i.r }}:{{ $i.t }}",
        );
        holds(
            "app:v1",
            "image: {r: «p app», t: «t v1»}\n",
            "{{ $i := .Values.image | toPrettyJson | fromJson }}{{ $i.r }}:{{ $i.t }}",
        );
        holds(
            "app:v1",
            "image: {r: «p app», t: «t v1»}\n",
            "{{ $i := .Values.image | toRawJson | fromYaml }}{{ $i.r }}:{{ $i.t }}",
        );
        holds(
            "app:v1",
            "image: {r: «p app», t: «t v1»}\n",
            "{{ $i := .Values.image | toToml | fromToml }}{{ $i.r }}:{{ $i.t }}",
        );
        holds(
            "app:v1",
            "image: {r: «p app», t: «t v1»}\n",
            "{{ $v := toYaml .Values | fromYaml }}{{ $v.image.r }}:{{ $v.image.t }}",
        );
        holds(
            "app:v1",
            "image: {r: «p app», t: «t v1»}\n",
            "{{ range $k, $v := .Values.image }}{{ if eq $k \"r\" }}{{ $v }}{{ else }}:{{ $v }}{{ end }}{{ end }}",
        );
    }

    #[test]
    fn files_of_the_chart() {
        let files =
            |expression: &str| Case::new("app:v1", "{}\n", expression).file("files/image.txt", "«p app»:«t v1»\n");
        files("{{ .Files.Get \"files/image.txt\" | trim }}").holds();
        files("{{ .Files.Lines \"files/image.txt\" | first }}").holds();
        files("{{ range $path, $data := .Files.Glob \"files/*.txt\" }}{{ $data | toString | trim }}{{ end }}").holds();
        Case::new("app:v1", "tag: «t v1»\n", "{{ tpl (.Files.Get \"image.tpl\") . }}")
            .file("image.tpl", "«p app»:{{ .Values.tag }}")
            .holds();
        Case::new("app:v1", "{}\n", "{{ $i := .Files.Get \"image.yaml\" | fromYaml }}{{ $i.r }}:{{ $i.t }}")
            .file("image.yaml", "r: «p app»\nt: «t v1»\n")
            .holds();
    }

    #[test]
    fn tables_of_accounts_by_region() {
        let values = "region: «r eu-west-1»\n";
        let expression = "{{ $accounts := dict \"us-east-1\" \"111\" \"eu-west-1\" \"«r 222»\" }}{{ get $accounts .Values.region }}«r .dkr.ecr.»{{ .Values.region }}«r .amazonaws.com»/«p app»:«t v1»";
        holds("222.dkr.ecr.eu-west-1.amazonaws.com/app:v1", values, expression);
        let values = "region: «r eu-west-1»\naccounts:\n  us-east-1: '111'\n  eu-west-1: '«r 222»'\n";
        let expression = "{{ index .Values.accounts .Values.region }}«r .dkr.ecr.»{{ .Values.region }}«r .amazonaws.com»/«p app»:«t v1»";
        holds("222.dkr.ecr.eu-west-1.amazonaws.com/app:v1", values, expression);
        holds(
            "222/app:v1",
            "accounts: {a: «p 222»}\n",
            "{{ if hasKey .Values.accounts \"a\" }}{{ .Values.accounts.a }}{{ end }}«p /app»:«t v1»",
        );
    }

    #[test]
    fn values_by_a_key_in_text() {
        let helper = "{{ define \"value\" }}{{- $value := \"\" -}}{{- $latest := .context.Values -}}{{- range splitList \".\" .key -}}{{- $value = (index $latest .) -}}{{- $latest = $value -}}{{- end -}}{{- printf \"%v\" (default \"\" $value) -}}{{ end }}";
        Case::new(
            "app:v1",
            "image: {tag: «t v1»}\n",
            "«p app»:{{ include \"value\" (dict \"key\" \"image.tag\" \"context\" $) }}",
        )
        .file("templates/_h.tpl", helper)
        .holds();
        let render = "{{ define \"render\" }}{{ $value := typeIs \"string\" .value | ternary .value (.value | toYaml) }}{{ if contains \"{{\" (toJson .value) }}{{ tpl $value .context }}{{ else }}{{ $value }}{{ end }}{{ end }}";
        Case::new(
            "app:v1",
            "tag: «t v1»\nimage: \"«p app»:{{ .Values.tag }}\"\n",
            "{{ include \"render\" (dict \"value\" .Values.image \"context\" $) }}",
        )
        .file("templates/_h.tpl", render)
        .holds();
    }

    #[test]
    fn versions_of_the_cluster_have_no_place() {
        holds("kubectl:v1.31.0", "{}\n", "«p kubectl»:{{ .Capabilities.KubeVersion.Version }}");
        holds(
            "kubectl:1.31",
            "{}\n",
            "«p kubectl»:{{ .Capabilities.KubeVersion.Major }}«t .»{{ .Capabilities.KubeVersion.Minor }}",
        );
        holds("app:release-name-v1", "tag: «t v1»\n", "«p app»:{{ .Release.Name }}«t -»{{ .Values.tag }}");
    }

    #[test]
    fn numbers_counted_by_the_template() {
        holds("app:1.5", "minor: «t 5»\n", "«p app»:«t 1.»{{ int64 .Values.minor }}");
        holds("app:1.5", "minor: «t 5»\n", "{{ printf \"«p app»:«t 1.»%d\" (int .Values.minor) }}");
        holds("app:6", "minor: «t 5»\n", "«p app»:{{ add1 .Values.minor }}");
        holds("app:5.0", "minor: «t 5»\n", "{{ printf \"«p app»:%.1f\" .Values.minor }}");
        holds("app:5", "minors: [1, «t 5», 2]\n", "«p app»:{{ max «t 0» (index .Values.minors 1) | toString }}");
        holds("app:5", "minor: \"«t 5»\"\n", "«p app»:{{ .Values.minor | atoi }}");
    }
}

mod flow {
    use super::*;

    const PODS: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec:\n  containers:\n";

    #[test]
    fn loops_over_maps_and_lists() {
        let body = "{{- range $name, $image := .Values.images }}\n  - name: {{ $name }}\n    image: {{ $image.repository }}:{{ $image.tag }}\n{{- end }}\n";
        let template = format!("{PODS}{body}");
        Case::raw("app:v1", "images:\n  one:\n    repository: «p app»\n    tag: «t v1»\n", &template).holds();
        Case::raw("app:v1", "images:\n- repository: «p app»\n  tag: «t v1»\n", &template).holds();
        let keys =
            "{{- range $name, $tag := .Values.images }}\n  - name: x\n    image: {{ $name }}:{{ $tag }}\n{{- end }}\n";
        Case::raw("app:v1", "images:\n  «p app»: «t v1»\n", &format!("{PODS}{keys}")).holds();
        let dots = "{{- range .Values.images }}\n  - name: x\n    image: {{ . }}\n{{- end }}\n";
        Case::raw("app:v1", "images: [\"«p app»:«t v1»\"]\n", &format!("{PODS}{dots}")).holds();
        let until = "{{- range $i := until 1 }}\n  - name: x\n    image: {{ index $.Values.images $i }}\n{{- end }}\n";
        Case::raw("app:v1", "images: [\"«p app»:«t v1»\"]\n", &format!("{PODS}{until}")).holds();
        let sorted = "{{- range keys .Values.images | sortAlpha }}\n  - name: x\n    image: {{ . }}:{{ get $.Values.images . }}\n{{- end }}\n";
        Case::raw("app:v1", "images: {«p app»: «t v1»}\n", &format!("{PODS}{sorted}")).holds();
        let assigned = "{{- $found := \"\" }}{{- range .Values.images }}{{ if .enabled }}{{ $found = .image }}{{ end }}{{ end }}\n  - name: x\n    image: {{ $found }}\n";
        Case::raw(
            "app:v1",
            "images: [{enabled: true, image: «p app»:«t v1»}, {image: z}]\n",
            &format!("{PODS}{assigned}"),
        )
        .holds();
    }

    #[test]
    fn with_and_nested_templates() {
        holds(FULL, IMAGE, "{{ with .Values.image }}{{ .registry }}/{{ .repository }}:{{ .tag }}{{ end }}");
        Case::new(FULL, IMAGE, "{{ template \"one\" . }}")
            .file("templates/_h.tpl", "{{ define \"one\" }}{{ template \"two\" .Values.image }}{{ end }}{{ define \"two\" }}{{ .registry }}/{{ include \"three\" (dict \"i\" . \"x\" 1) }}{{ end }}{{ define \"three\" }}{{ .i.repository }}:{{ .i.tag }}{{ end }}")
            .holds();
        Case::new(FULL, IMAGE, "{{ include \"one\" . | trim | quote }}")
            .file("templates/_h.tpl", "{{ define \"one\" }}\n  {{- $i := .Values.image -}}\n  {{ $i.registry }}/{{ $i.repository }}:{{ $i.tag }}\n{{ end }}")
            .holds();
    }

    #[test]
    fn yaml_there_and_back() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec:\n";
        let values = "containers:\n- name: main\n  image: «r quay.io»/«p team/app»:«t v1.2»\n";
        Case::raw(FULL, values, &format!("{pod}  containers: {{{{- toYaml .Values.containers | nindent 2 }}}}\n"))
            .holds();
        Case::raw(FULL, values, &format!("{pod}  containers:\n{{{{ toYaml .Values.containers | indent 4 }}}}\n"))
            .holds();
        Case::raw(FULL, values, &format!("{pod}  containers: {{{{ toJson .Values.containers }}}}\n")).holds();
        Case::raw(
            FULL,
            values,
            &format!("{pod}  containers: {{{{ toYaml .Values.containers | fromYamlArray | toJson }}}}\n"),
        )
        .holds();
        Case::raw(
            FULL,
            values,
            &format!("{pod}  containers: {{{{ toJson .Values.containers | fromJsonArray | toJson }}}}\n"),
        )
        .holds();
        Case::raw(
            FULL,
            "podSpec:\n  containers:\n  - name: main\n    image: \"«r quay.io»/«p team/app»:«t v1.2»\"\n",
            &format!("{pod}{{{{ .Values.podSpec | toYaml | indent 2 }}}}\n"),
        )
        .holds();
        let helper = "{{ define \"image\" }}\nregistry: {{ .Values.image.registry }}\nrepository: {{ .Values.image.repository | quote }}\ntag: {{ .Values.image.tag }}\n{{ end }}";
        Case::new(
            FULL,
            IMAGE,
            "{{ $i := include \"image\" . | fromYaml }}{{ $i.registry }}/{{ $i.repository }}:{{ $i.tag }}",
        )
        .file("templates/_h.tpl", helper)
        .holds();
        let helper = "{{ define \"image\" }}{{ dict \"r\" .Values.image.registry \"p\" .Values.image.repository \"t\" .Values.image.tag | toJson }}{{ end }}";
        Case::new(FULL, IMAGE, "{{ $i := include \"image\" . | fromJson }}{{ $i.r }}/{{ $i.p }}:{{ $i.t }}")
            .file("templates/_h.tpl", helper)
            .holds();
        let values = "image:\n  repository: «p app»\n  tag: «t v1»\n";
        holds("app:v1", values, "{{ $i := .Values.image | toYaml | fromYaml }}{{ $i.repository }}:{{ $i.tag }}");
        holds(
            "app:1.2",
            "image: {tag: «t 1.2»}\n",
            "{{ $i := .Values.image | toYaml | fromYaml }}«p app»:{{ $i.tag }}",
        );
        holds(
            "app:v1",
            "image: |\n  repository: «p app»\n  tag: «t v1»\n",
            "{{ $i := .Values.image | fromYaml }}{{ $i.repository }}:{{ $i.tag }}",
        );
    }

    #[test]
    fn tpl_of_values() {
        holds(
            FULL,
            "registry: «r quay.io»\nimage: \"{{ .Values.registry }}/«p team/app»:«t v1.2»\"\n",
            "{{ tpl .Values.image . }}",
        );
        holds(
            "app:9",
            "tag: «t 9»\nimage: {repository: «p app», tag: '{{ .Values.tag }}'}\n",
            "{{ .Values.image.repository }}:{{ tpl .Values.image.tag $ }}",
        );
        let values = "tag: «t v1»\ncontainers:\n- name: a\n  image: \"«p app»:{{ .Values.tag }}\"\n";
        let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec:\n  containers: {{- tpl (toYaml .Values.containers) . | nindent 2 }}\n";
        Case::raw("app:v1", values, template).holds();
        let values = "tag: v«t 1»\nimage: '«p app»:{{ .Values.tag | trimPrefix \"v\" }}'\n";
        holds("app:1", values, "{{ tpl .Values.image . }}");
    }

    #[test]
    fn a_common_library_chart() {
        let library = "{{/* Bitnami's common.images.image, in short */}}\n{{- define \"common.image\" -}}\n{{- $registry := .imageRoot.registry -}}\n{{- $repository := .imageRoot.repository -}}\n{{- $separator := \":\" -}}\n{{- $termination := .imageRoot.tag | toString -}}\n{{- if .global }}{{- if .global.imageRegistry }}{{- $registry = .global.imageRegistry -}}{{- end -}}{{- end -}}\n{{- if .imageRoot.digest }}{{- $separator = \"@\" -}}{{- $termination = .imageRoot.digest | toString -}}{{- end -}}\n{{- if $registry }}\n    {{- printf \"%s/%s%s%s\" $registry $repository $separator $termination -}}\n{{- else -}}\n    {{- printf \"%s%s%s\" $repository $separator $termination -}}\n{{- end -}}\n{{- end -}}\n";
        let case = |image, values: &str| {
            Case::new(image, values, "{{ include \"case.image\" . }}")
                .file("templates/_helpers.tpl", "{{- define \"case.image\" -}}\n{{ include \"common.image\" (dict \"imageRoot\" .Values.image \"global\" .Values.global) }}\n{{- end -}}\n")
                .file("charts/common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 2.0.0\ntype: library\n")
                .file("charts/common/templates/_images.tpl", library)
        };
        case(FULL, IMAGE).holds();
        case("ghcr.io/team/app:v1.2", "global: {imageRegistry: «r ghcr.io»}\nimage:\n  registry: quay.io\n  repository: «p team/app»\n  tag: «t v1.2»\n").holds();
    }
}

mod layers {
    use super::*;

    fn umbrella(image: &'static str, root_values: &str, sub_values: &str, expression: &str) -> Case {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: pod}}\nspec:\n  containers: [{{name: c, image: '{expression}'}}]\n"
        );
        Case::raw(image, root_values, "")
            .file("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 2.0.0\nappVersion: '8'\n")
            .file("charts/sub/values.yaml", sub_values)
            .file("charts/sub/templates/pod.yaml", &pod)
    }

    const EXPRESSION: &str = "{{ .Values.repository }}:{{ .Values.tag }}";

    #[test]
    fn the_parents_values_win() {
        umbrella("app:v2", "sub: {tag: «t v2»}\n", "repository: «p app»\ntag: v1\n", EXPRESSION).holds();
        umbrella("app:v1", "sub: {other: v2}\n", "repository: «p app»\ntag: «t v1»\n", EXPRESSION).holds();
    }

    #[test]
    fn globals_come_from_above() {
        let expression = "{{ .Values.global.registry }}/{{ .Values.repository }}:{{ .Values.tag }}";
        let sub = "repository: «p app»\ntag: «t v1»\nglobal: {registry: docker.io}\n";
        umbrella("quay.io/app:v1", "global: {registry: «r quay.io»}\n", sub, expression).holds();
    }

    #[test]
    fn an_alias_names_the_values() {
        let chart =
            "apiVersion: v2\nname: case\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 2.0.0, alias: other}\n";
        umbrella("app:v2", "other: {tag: «t v2»}\nsub: {tag: v3}\n", "repository: «p app»\ntag: v1\n", EXPRESSION)
            .file("Chart.yaml", chart)
            .holds();
    }

    #[test]
    fn imported_values_keep_their_place() {
        let chart = "apiVersion: v2\nname: case\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 2.0.0, import-values: [data]}\n";
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec:\n  containers: [{name: c, image: 'app:{{ .Values.tag }}'}]\n";
        Case::raw("app:v5", "{}\n", &pod.replace("app", "«p app»"))
            .file("Chart.yaml", chart)
            .file("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 2.0.0\n")
            .file("charts/sub/values.yaml", "exports: {data: {tag: «t v5»}}\n")
            .holds();
    }

    #[test]
    fn the_users_values_win() {
        umbrella("app:v3", "sub: {tag: v2}\n", "repository: «p app»\ntag: v1\n", EXPRESSION)
            .values_file("mine.yaml", "sub:\n  tag: «t v3»\n")
            .holds();
        umbrella("app:v4", "sub: {tag: v2}\n", "repository: «p app»\ntag: v1\n", EXPRESSION)
            .values_file("mine.yaml", "sub:\n  tag: v3\n")
            .set("sub.tag=«t v4»")
            .holds();
        Case::new("app:7", "{}\n", "«p app»:{{ .Values.tag }}").set("tag=«t 7»").holds();
        Case::new("app:v7", "{}\n", "{{ index .Values.images 0 }}:{{ .Values.tag }}")
            .set("tag=«t v7»,images={«p app»,b}")
            .holds();
        Case::new("app:v7", "{}\n", "{{ (index .Values.images 0).name }}:{{ .Values.tag }}")
            .set("tag=v6")
            .set("tag=«t v7»,images[0].name=«p app»")
            .holds();
    }

    #[test]
    fn subchart_templates_see_their_own_chart_yaml() {
        umbrella("app:8", "{}\n", "repository: «p app»\n", "{{ .Values.repository }}:{{ .Chart.AppVersion }}")
            .file("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 2.0.0\nappVersion: '«t 8»'\n")
            .holds();
    }
}
