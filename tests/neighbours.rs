//! Lists next to the ones that rules are about: what is odd and right gives nothing, one cause gives one finding, at its place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::Workspace;

const NOTE: &str = "# Web (from local chart web:1.0.0)\n";

/// `LINE:COLUMN RULE` of what is found in `list`, which is held against a chart that deploys `images`.
fn found(list: &str, images: &[&str]) -> Vec<String> {
    let workspace = Workspace::with_list(list).chart("web", images);
    let short = |row: &String| {
        let mut words = row.split(' ');
        let place = words.next().unwrap().trim_start_matches("tools/ecr-images.conf:").to_owned();
        format!("{place} {}", words.next().unwrap())
    };
    workspace.findings().iter().map(short).collect()
}

const DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn what_is_odd_and_right_gives_nothing() {
    for (entry, image) in [
        ("\tweb\t=\tnginx:1.27.1\t", "nginx:1.27.1"),
        ("web=docker.io/library/nginx:1.27.1", "nginx:1.27.1"),
        ("web=index.docker.io/library/nginx:1.27.1", "nginx:1.27.1"),
        ("web=nginx:1.27.1", "registry-1.docker.io/library/nginx:1.27.1"),
        ("web=QUAY.io/acme/web:1", "quay.io/acme/web:1"),
        ("web=nginx:1.27.1-gke.1", "nginx:1.27.1-gke.1"),
        ("# Tag: \"1.27.1\" (from chart values.yaml)\nweb=nginx:1.27.1", "nginx:1.27.1"),
        ("# Tag：1.27.1（from values.yaml）\nweb=nginx:1.27.1", "nginx:1.27.1"),
        ("#==========\n# Section\n#==========\nweb=nginx:1.27.1", "nginx:1.27.1"),
        ("# 注意: リージョンに依存\nweb=nginx:1.27.1", "nginx:1.27.1"),
    ] {
        assert_eq!(found(&format!("{NOTE}{entry}\n"), &[image]), Vec::<String>::new(), "{entry}");
    }
    for note in ["# ウェブ（from local chart web:1.0.0）\n", "# Web (from local chart web:v1.0.0)\n"] {
        assert_eq!(found(&format!("{note}web=nginx:1\n"), &["nginx:1"]), Vec::<String>::new(), "{note}");
    }
    assert_eq!(found(&NOTE.replace('\n', "\r\n"), &[]), Vec::<String>::new(), "CRLF does comments no harm");
}

#[test]
fn one_cause_is_one_finding() {
    let tagged = format!("web=nginx:1.27.1@{DIGEST}");
    for (entry, image, expected) in [
        // The fix of the tag takes the digest away.
        (format!("web=nginx@{DIGEST}").as_str(), "nginx:1.27.1", "2:5 tag-mismatch"),
        (&tagged, "nginx:1.27.1", "2:18 reader-disagreement"),
        // What cannot be read stands for the image that it most likely means.
        ("web='nginx:1.27.1", "nginx:1.27.1", "2:5 invalid-image-reference"),
        ("web==nginx:1.27.1", "nginx:1.27.1", "2:5 invalid-image-reference"),
        ("web=nginx: 1.27.1", "nginx:1.27.1", "2:11 invalid-image-reference"),
        ("web=nginx:1.27.1;", "nginx:1.27.1", "2:17 invalid-image-reference"),
        ("web: nginx:1.27.1", "nginx:1.27.1", "2:1 invalid-entry"),
        ("Web=nginx:1.27.1", "nginx:1.27.1", "2:1 invalid-repository-name"),
        ("# Tag: 1.26\nweb=nginx:1.25", "nginx:1.27.1", "3:11 tag-mismatch"),
        ("web\u{3000}=\u{3000}nginx:1.27.1", "nginx:1.27.1", "2:4 reader-disagreement"),
        ("web=nginx:latest", "nginx:1.27.1", "2:11 tag-mismatch"),
    ] {
        assert_eq!(found(&format!("{NOTE}{entry}\n"), &[image]), [expected], "{entry}");
    }
    // Of which nothing is left when the mismatch is meant to stay: then the digest is told.
    let allowed = format!("{NOTE}# mirrorlint: allow tag-mismatch: frozen\nweb=nginx@{DIGEST}\n");
    assert_eq!(found(&allowed, &["nginx:1.27.1"]), ["3:11 reader-disagreement"]);
}

#[test]
fn the_advice_fits_the_line() {
    let told = |entry: &str, image: &str| {
        Workspace::with_list(&format!("{NOTE}{entry}\n")).chart("web", &[image]).findings().join("\n")
    };
    let address = told("web=[2001:db8::1]/web:1", "[2001:db8::1]/web:1");
    assert!(address.ends_with("List the image from a registry that has a name"), "{address}");
    let port = told("web=reg.example.org:5000/web:1", "reg.example.org:5000/web:1");
    assert!(port.ends_with("List the image from a registry without a port"), "{port}");
}

/// `PATH:LINE:COLUMN RULE MESSAGE` of what is found in a workspace with a chart `web`, that depends on `cache` as `asked` says, and
/// has it in `version`.
fn with_dependency(asked: &str, version: &str, folder: &str) -> Vec<String> {
    let list = format!("{NOTE}web=nginx:1\n\n# Cache (from local chart cache:{version})\ncache=redis:7\n");
    let metadata = format!("apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {{name: cache, {asked}}}\n");
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).chart(folder, &["redis:7"]);
    let workspace = workspace.file("web/Chart.yaml", metadata);
    let metadata = format!("apiVersion: v2\nname: cache\nversion: {version}\n");
    workspace.file(&format!("{folder}/Chart.yaml"), metadata).findings()
}

#[test]
fn versions_that_do_are_no_mismatch() {
    for (asked, version) in [
        ("v1.2.3", "1.2.3"),
        ("1.2.3", "v1.2.3"),
        ("'1.2'", "1.2.3"),
        ("1.2.x", "1.2.9"),
        ("~1.2", "1.2.9"),
        ("^1.2", "1.9.0"),
        ("'>=1.0.0 <2'", "1.5.0"),
        ("1.2.3", "1.2.3+abc"),
        ("1.2.3+abc", "1.2.3"),
        ("'*'", "3.0.0"),
        ("'>=1.0.0-0'", "1.2.0-rc.1"),
        ("'1.10'", "1.10.0"),
        ("1.2.3-rc.1", "1.2.3-rc.1"),
        ("1.2.3 || 2.0.0", "2.0.0"),
        ("''", "2.0.0"),
    ] {
        let found = with_dependency(
            &format!("version: {asked}, repository: 'https://charts.example.org'"),
            version,
            "web/charts/cache",
        );
        assert_eq!(found, Vec::<String>::new(), "{asked} {version}");
        let beside = with_dependency(&format!("version: {asked}, repository: 'file://../cache'"), version, "cache");
        assert_eq!(beside, Vec::<String>::new(), "{asked} {version}");
    }
}

#[test]
fn a_mismatch_says_what_is_not_seen() {
    let told = |asked: &str, version: &str, folder: &str| {
        let found = with_dependency(asked, version, folder);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    };
    let number = told("version: 1.10", "1.10.0", "web/charts/cache");
    assert!(number.starts_with("web/Chart.yaml:5:26 "), "{number}");
    assert!(
        number.contains("asks for cache 1.1, but charts/ holds 1.10.0: 1.10 has no quotes, and as a number it is 1.1")
    );
    let early = told("version: '>=1.0.0'", "1.2.0-rc.1", "web/charts/cache");
    assert!(early.contains("holds 1.2.0-rc.1: a range takes no pre-release unless it names one. "), "{early}");
    let beside = told("version: 1.2.4, repository: 'file://../cache'", "1.2.3", "cache");
    assert!(
        beside.ends_with("but ../cache holds 1.2.3. `helm dependency build` refuses it. Ask for 1.2.3"),
        "{beside}"
    );
}

#[test]
fn a_chart_that_is_asked_for_twice_is_absent_once() {
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n\
        - {name: cache, version: 1.2.3, repository: 'https://charts.example.org', alias: one}\n\
        - {name: cache, version: 1.2.3, repository: 'https://charts.example.org', alias: two}\n";
    let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]);
    let found = workspace.file("web/Chart.yaml", metadata).findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("web/Chart.yaml:5:10 unavailable-chart "), "{found:?}");
}

#[test]
fn an_undecided_merge_is_one_finding() {
    let note = |version: &str| format!("# Web (from local chart web:{version})\n");
    for list in [
        format!("{}<<<<<<< HEAD\nweb=nginx:1\n=======\nweb=nginx:2\n>>>>>>> branch\n", note("1.0.0")),
        format!(
            "<<<<<<< HEAD\n{}web=nginx:1\n||||||| base\nweb=nginx:0\n=======\n{}web=nginx:2\n>>>>>>> branch\n",
            note("1.0.0"),
            note("0.9.0")
        ),
    ] {
        let places: Vec<_> =
            list.lines().position(|line| line.starts_with("<<<")).map(|line| line + 1).into_iter().collect();
        assert_eq!(found(&list, &["nginx:2"]), [format!("{}:1 invalid-entry", places[0])], "{list}");
    }
    // A mark that was forgotten leaves the entries as they are.
    assert_eq!(
        found(&format!("=======\n{NOTE}web=nginx:1\n"), &["nginx:2"]),
        ["1:1 invalid-entry", "3:11 tag-mismatch"]
    );
}

/// A line that cannot be read keeps an image from being missing, and no entry from what it is.
#[test]
fn a_line_that_is_none_makes_no_neighbour_stale() {
    let invalid = "web nginx:1\n\n";
    assert_eq!(
        found(&format!("{invalid}{NOTE}nginx=nginx:2\n"), &["nginx:1"]),
        ["1:1 invalid-entry", "4:13 tag-mismatch"]
    );
    // Which of the two stands for the image, nobody knows.
    let list = format!("{invalid}{NOTE}nginx=nginx:1\n\n{NOTE}site=quay.io/other/web:1\n");
    assert_eq!(found(&list, &["nginx:1", "quay.io/acme/web:1"]), ["1:1 invalid-entry"]);
}

#[test]
fn a_comment_of_another_kind_does_not_part_an_entry_from_its_note() {
    for comment in ["// web", "; web", "-- web", "/* web */", "<!-- web -->"] {
        assert_eq!(found(&format!("{NOTE}{comment}\nweb=nginx:1\n"), &["nginx:1"]), ["2:1 invalid-entry"], "{comment}");
    }
}

#[test]
fn wide_signs_part_orders_too() {
    for order in [
        "# mirrorlint: allow tag-mismatch： frozen",
        "# mirrorlint： allow tag-mismatch：次の版まで",
        "# mirrorlint: exempt nginx：社内の控えから",
        "# mirrorlint: allow tag-mismatch，floating-tag： frozen",
    ] {
        let (listed, image) = if order.contains("floating") { ("nginx", "nginx:2") } else { ("nginx:1", "nginx:2") };
        let list = format!("{NOTE}{order}\nweb={listed}\n");
        let expected: Vec<String> = match order {
            order if order.contains("exempt") => vec!["2:3 unused-suppression".into(), "3:11 tag-mismatch".into()],
            order if order.contains("floating") => vec!["2:36 unused-suppression".into()],
            _ => Vec::new(),
        };
        assert_eq!(found(&list, &[image]), expected, "{order}");
    }
}

#[test]
fn what_is_silenced_already_is_told_of_the_second() {
    let told = |list: &str| Workspace::with_list(list).chart("web", &["nginx:2", "redis:7"]).findings().join("\n");
    let allow = "# mirrorlint: allow tag-mismatch: frozen\n";
    let exempt = "# mirrorlint: exempt redis: of the nodes\n";
    let twice = told(&format!("{exempt}\n{NOTE}{allow}{allow}web=nginx:1\n"));
    assert!(
        twice.starts_with("tools/ecr-images.conf:5:3 ") && twice.contains("another one above does already"),
        "{twice}"
    );
    let twice = told(&format!("{exempt}{exempt}\n{NOTE}web=nginx:2\n"));
    assert!(
        twice.starts_with("tools/ecr-images.conf:2:3 ") && twice.contains("the same stands above already"),
        "{twice}"
    );
}

#[test]
fn objects_without_names_are_told_in_words() {
    let told = |pod: &str| {
        let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]);
        let run = workspace.file("web/templates/other.yaml", pod).run(&["check"]);
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let pod = told("apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'redis:7'}]}\n");
    assert!(pod.contains("names it here, for Pod without a name"), "{pod}");
    let nothing = told("spec: {containers: [{image: 'redis:7'}]}\n");
    assert!(nothing.contains("names it here, for an object without kind and name"), "{nothing}");
}

#[test]
fn words_about_the_region_count_wherever_they_stand() {
    let found = |note: &str| {
        let list = format!("{note}\nagent=602401143452.dkr.ecr.us-west-2.amazonaws.com/agent:1\n");
        let pod = workspace::pod("web", &["602401143452.dkr.ecr.{{ .Values.region }}.amazonaws.com/agent:1"]);
        let workspace = Workspace::with_list(&list).chart("web", &[]).file("web/values.yaml", "region: ''\n");
        workspace.file("web/templates/web.yaml", pod).findings().len()
    };
    assert_eq!(found("# Agent (from local chart web:1.0.0)"), 1);
    for note in [
        "# Agent (from local chart web:1.0.0), one per region",
        "# Agent of the region (from local chart web:1.0.0)",
        "# Agent (from local chart web:1.0.0)\n# 注意: リージョンに依存",
        "# Agent (from local chart web:1.0.0)\n# Note: built dynamically",
        "# Agent (from local chart web:1.0.0)\n# Default Region: us-west-2",
    ] {
        assert_eq!(found(note), 0, "{note}");
    }
}

/// What is found beside a right entry `web` in a chart that also has `manifest`.
fn beside(manifest: &str) -> Vec<String> {
    let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]);
    workspace.file("web/templates/other.yaml", manifest).findings()
}

#[test]
fn strings_next_to_images_are_no_operands() {
    let pod = |part: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: other}}\nspec:\n  containers:\n  - {{name: c, image: 'nginx:1', {part}}}\n"
        )
    };
    for (name, value) in [
        ("IMAGE_PULL_POLICY", "IfNotPresent"),
        ("IMAGE_TAG", "1.2"),
        ("IMAGE_FORMAT", "image/png"),
        ("LOGO_IMAGE", "logo.png"),
        ("BACKGROUND_IMAGE", "https://example.org/a.png"),
        ("AGENT_IMAGE", ""),
        ("AGENT_IMAGE", "none"),
        ("AGENT_IMAGE", "docker.io/library/nginx:1"),
        ("ENDPOINT", "quay.io/acme/api:8443"),
        ("DATABASE", "db.example.org/main:5432"),
        ("CHART", "quay.io/acme/charts/web:1.0"),
        ("HELM_CHART", "oci://quay.io/acme/web:1.0"),
        ("PLUGIN", "github.com/acme/plugin@v1.2.3"),
        ("ALLOWED_IMAGES", "quay.io/acme/*"),
        ("IMAGE_REGISTRY_MIRROR", "docker.io=mirror.gcr.io"),
        ("SCANNER_DB_REPOSITORY", "ghcr.io/acme/scanner-db:2"),
        ("MODEL", "library/llama3:8b"),
    ] {
        let found = beside(&pod(&format!("env: [{{name: {name}, value: '{value}'}}]")));
        assert_eq!(found, Vec::<String>::new(), "{name}={value}");
    }
    for arguments in [
        "--image-pull-policy=Always",
        "--image-gc-period, 5m",
        "--image-cache-dir=/cache",
        "--registry=quay.io/acme",
        "--upstream=web.default.svc/x:80",
        "--pause-image=nginx:1",
        "--image",
        "--image=",
        "--db-repository=ghcr.io/acme/scanner-db:2",
    ] {
        assert_eq!(beside(&pod(&format!("args: [{arguments}]"))), Vec::<String>::new(), "{arguments}");
    }
    for (key, value) in [
        ("checksum/image", format!("sha256:{}", "0".repeat(64))),
        ("checksum/image", "0".repeat(64)),
        ("sidecar.istio.io/inject", "true".to_owned()),
        ("seccomp.security.alpha.kubernetes.io/pod", "docker/default".to_owned()),
    ] {
        let pod = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: other, annotations: {{{key}: '{value}'}}}}\n");
        assert_eq!(beside(&pod), Vec::<String>::new(), "{key}={value}");
    }
}

#[test]
fn what_files_and_resources_say_of_images_is_no_operand() {
    for (file, content) in [
        ("README.md", "Try docker run quay.io/acme/gone:1 first."),
        ("CHANGELOG", "from quay.io/acme/old:1 to quay.io/acme/new:1"),
        ("nginx.conf", "proxy_pass http://web:8080;"),
        ("run.sh", "# docker run quay.io/acme/old:1\necho docker"),
        ("run.sh", "echo \"docker pull quay.io/acme/old:1 is not needed\""),
        ("a.yaml", "image: ''\nimagePullPolicy: Always"),
        ("a.yaml", "image: {repository: '', tag: '1'}"),
        ("a.yaml", "title: quay.io/acme/a:1\nhelp: ghcr.io/acme/b:2\nexamples: [ghcr.io/acme/c:3]"),
        ("scrape.yaml", "targets: ['a/b:9090']"),
        ("image", "app.png"),
    ] {
        let content = content.replace('\n', "\n    ");
        let map =
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  {file}: |\n    {content}\n");
        assert_eq!(beside(&map), Vec::<String>::new(), "{file}: {content}");
    }
    for (group, kind, spec) in [
        ("image.toolkit.fluxcd.io", "ImageRepository", "{image: quay.io/acme/web, interval: 5m}"),
        (
            "image.toolkit.fluxcd.io",
            "ImagePolicy",
            "{imageRepositoryRef: {name: web}, policy: {semver: {range: '>=1.0'}}}",
        ),
        (
            "kyverno.io",
            "ClusterPolicy",
            "{rules: [{validate: {pattern: {spec: {containers: [{image: '!*:latest'}]}}}}]}",
        ),
        ("kyverno.io", "Policy", "{rules: [{verifyImages: [{imageReferences: ['ghcr.io/acme/*']}]}]}"),
        ("constraints.gatekeeper.sh", "AllowedRepos", "{parameters: {repos: ['quay.io/'], image: 'quay.io/acme/a:1'}}"),
        ("helm.toolkit.fluxcd.io", "HelmRelease", "{chart: {spec: {chart: web, version: 1.2.3}}}"),
        ("argoproj.io", "Application", "{source: {repoURL: 'https://a.example', chart: web, targetRevision: 1.2.3}}"),
        ("source.toolkit.fluxcd.io", "OCIRepository", "{url: 'oci://ghcr.io/acme/manifests', ref: {tag: '1.0'}}"),
        ("acme.org", "Agent", "{enabled: false, image: 'quay.io/acme/agent:1'}"),
        ("acme.org", "Agent", "{agent: {enabled: false}, image: 'nginx:1'}"),
        ("acme.org", "Agent", "{image: '', tag: '1'}"),
        ("acme.org", "Agent", "{version: 1.2.3, imagePullSecrets: [{name: a}], imagePullPolicy: Always}"),
        ("acme.org", "Agent", "{repository: 'https://git.example/x', version: v1}"),
    ] {
        let object = format!("apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: c}}\nspec: {spec}\n");
        assert_eq!(beside(&object), Vec::<String>::new(), "{kind} {spec}");
    }
}

#[test]
fn what_is_deployed_is_not_told_as_switched_off() {
    let told = |values: &str, template: &str, entries: &str| {
        let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n{entries}")).chart("web", &["nginx:1"]);
        let containers = "apiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec:\n  containers:\n";
        let workspace = workspace.file("web/values.yaml", values);
        workspace.file("web/templates/other.yaml", format!("{containers}{template}\n")).findings()
    };
    let side = "\n# Side (from local chart web:1.0.0)\nside=quay.io/acme/side:1\n";
    let container = |name: &str, image: &str| format!("  - {{name: {name}, image: '{image}'}}");
    let (one, two) = (container("one", "quay.io/acme/side:1"), container("two", "quay.io/acme/side:2"));
    for (values, template) in [
        // On by one switch and off by another.
        (
            "a: true\nb: false\n",
            format!("{{{{ if .Values.a }}}}\n{one}\n{{{{ end }}}}{{{{ if .Values.b }}}}\n{one}\n{{{{ end }}}}"),
        ),
        // Another version is behind a switch.
        ("b: false\n", format!("{one}\n{{{{ if .Values.b }}}}\n{two}\n{{{{ end }}}}")),
        // The other branch.
        ("b: false\n", format!("{{{{ if .Values.b }}}}\n{two}\n{{{{ else }}}}\n{one}\n{{{{ end }}}}")),
        ("names: [a]\n", format!("{{{{ range .Values.names }}}}\n{one}\n{{{{ end }}}}")),
        ("", format!("{{{{ if not .Values.absent }}}}\n{one}\n{{{{ end }}}}")),
        ("", format!("{{{{ with .Values.absent }}}}\n{two}\n{{{{ else }}}}\n{one}\n{{{{ end }}}}")),
        (
            "image: quay.io/acme/side:1\n",
            "  - {name: a, image: '{{ .Values.absent | default .Values.image }}'}".to_owned(),
        ),
    ] {
        assert_eq!(told(values, &template, side), Vec::<String>::new(), "{template}");
    }
    // What nobody lists and nobody switches on is no matter of the list.
    let optional = format!("{}\n{{{{ if .Values.b }}}}\n{two}\n{{{{ end }}}}", container("a", "nginx:1"));
    assert_eq!(told("b: false\n", &optional, ""), Vec::<String>::new());
}

/// A right workspace of a chart `web` that depends on `cache`, which lies in its `charts/`.
fn with_cache() -> Workspace {
    let list = format!("{NOTE}web=nginx:1\n\n# Cache (from local chart cache:1.0.0)\ncache=redis:7\n");
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: cache, version: 1.0.0}]\n";
    Workspace::with_list(&list)
        .chart("web", &["nginx:1"])
        .file("web/Chart.yaml", metadata)
        .chart("web/charts/cache", &["redis:7"])
}

const CACHE: &str = "apiVersion: v2\nname: cache\nversion: 1.0.0\n";

#[test]
fn what_lies_beside_a_subchart_is_no_second_copy() {
    let pod = workspace::pod("old", &["redis:6"]);
    for folder in ["web/charts/.cache-old", "web/charts/_cache-old"] {
        let workspace = with_cache().file(&format!("{folder}/Chart.yaml"), CACHE);
        let workspace = workspace.file(&format!("{folder}/templates/old.yaml"), &pod);
        assert_eq!(workspace.findings(), Vec::<String>::new(), "{folder}");
    }
    let ignored =
        with_cache().file("web/.helmignore", "charts/cache-old/\n").file("web/charts/cache-old/Chart.yaml", CACHE);
    assert_eq!(ignored.file("web/charts/cache-old/templates/old.yaml", &pod).findings(), Vec::<String>::new());
    let package =
        workspace::package(&[("cache/Chart.yaml", CACHE.as_bytes()), ("cache/templates/old.yaml", pod.as_bytes())]);
    // Any other file there Helm takes for a chart, and refuses.
    for file in ["cache-1.0.0.tgz.prov", ".cache-1.0.0.tgz", "_cache-1.0.0.tgz", "_README.md"] {
        let workspace = with_cache().file(&format!("web/charts/{file}"), &package);
        assert_eq!(workspace.findings(), Vec::<String>::new(), "{file}");
    }
    // Each of two charts has its own.
    let twice = with_cache().file(
        "web/Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: cache, version: 1.0.0}, {name: api, version: 1.0.0}]\n",
    );
    let twice = twice.chart("web/charts/api", &["nginx:1"]).chart("web/charts/api/charts/cache", &["redis:7"]);
    assert_eq!(twice.findings(), Vec::<String>::new());
    // One copy under two names.
    let aliases = with_cache().file(
        "web/Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: cache, version: 1.0.0, alias: a}, {name: cache, version: 1.0.0, alias: b}]\n",
    );
    assert_eq!(aliases.findings(), Vec::<String>::new());
    // The package that `helm dependency build` makes of a chart beside.
    let beside = Workspace::with_list(&with_cache().read("tools/ecr-images.conf")).chart("web", &["nginx:1"]).file(
        "web/Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: cache, version: 1.0.0, repository: 'file://../cache'}]\n",
    );
    let beside = beside.chart("cache", &["redis:7"]);
    let same = workspace::pod("cache", &["redis:7"]);
    let package =
        workspace::package(&[("cache/Chart.yaml", CACHE.as_bytes()), ("cache/templates/cache.yaml", same.as_bytes())]);
    assert_eq!(beside.file("web/charts/cache-1.0.0.tgz", package).findings(), Vec::<String>::new());
}

#[test]
fn what_helm_renders_is_not_told_as_refused() {
    for (path, content) in [
        ("web/templates/_helpers.tpl", "{{ define \"never\" }}{{ fail \"called by nobody\" }}{{ end }}"),
        ("web/templates/off.yaml", "{{ if .Values.off }}{{ required \"a name is needed\" .Values.name }}{{ end }}"),
        ("web/templates/comment.yaml", "{{- /* {{ include \"gone\" . }} */ -}}"),
        ("web/templates/empty.yaml", "{{ if false }}\nkind: Pod\n{{ end }}\n"),
        ("web/templates/NOTES.txt", "Visit: [ {{ .Release.Name }} : {"),
        ("web/templates/_partial.yaml", "a: [ {{ .Chart.Name }}"),
        (
            "web/crds/thing.yaml",
            "# {{ no template }}\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
        ),
        ("web/files/broken.yaml", "a: [ {{ broken"),
        ("web/templates/odd.yaml", "# only a comment\n---\n---\n# another\n"),
        (
            "web/templates/twice.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: \"1\", a: \"2\"}\n",
        ),
        ("web/values.schema.json", "{\"type\": \"object\", \"properties\": {\"tag\": {\"type\": \"string\"}}}"),
        ("web/values.yaml", "# nothing\n"),
        ("web/Chart.lock", "dependencies: []\n"),
        ("web/.helmignore", "*.bak\n"),
        // A chart that others use and nobody installs.
        ("common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n"),
        // Somebody else's chart, from which the list takes nothing.
        ("other/Chart.yaml", "apiVersion: v2\nname: other\nversion: 1.0.0\n---\na: [\n"),
    ] {
        let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]);
        assert_eq!(workspace.file(path, content).findings(), Vec::<String>::new(), "{path}: {content}");
    }
    // A switched-off subchart is not rendered.
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: cache, version: 1.0.0, condition: cache.enabled}]\n";
    let workspace =
        Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]).chart("web/charts/cache", &[]);
    let workspace = workspace.file("web/Chart.yaml", metadata).file("web/values.yaml", "cache: {enabled: false}\n");
    let workspace = workspace.file("web/charts/cache/templates/x.yaml", "{{ fail \"a password is needed\" }}");
    assert_eq!(workspace.findings(), Vec::<String>::new());
}

/// What is found where the values of a chart `web` name `image`, and the list copies `entry`.
fn with_value(entry: &str, image: &str) -> Vec<String> {
    let workspace = Workspace::with_list(&format!("{NOTE}{entry}\n")).chart("web", &["{{ .Values.image }}"]);
    workspace.file("web/values.yaml", format!("image: {image}\n")).findings()
}

#[test]
fn a_chart_whose_own_values_name_the_teams_registry_takes_what_the_copy_brings() {
    let team = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
    let web = "web=docker.io/acme/web:1";
    for tag in ["1", "latest"] {
        assert_eq!(with_value(web, &format!("{team}/web:{tag}")), Vec::<String>::new(), "{tag}");
    }
    let told = |entry: &str, image: &str| {
        let found = with_value(entry, image);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].clone()
    };
    let tag = told(web, &format!("{team}/web:2"));
    assert!(
        tag.contains("unmirrored-override") && tag.ends_with("`latest` and `1` to `web`. Ask for one that it pushes"),
        "{tag}"
    );
    // No entry is called so; the registry is AWS's; it is the one that is copied from.
    let name = told(web, &format!("{team}/site:1"));
    assert!(
        name.contains("repository-mismatch") && name.contains("call the entry as the repository there is called"),
        "{name}"
    );
    let aws = told(web, "602401143452.dkr.ecr.us-west-2.amazonaws.com/web:1");
    assert!(aws.contains("repository-mismatch"), "{aws}");
    let region = told("web=210987654321.dkr.ecr.us-west-2.amazonaws.com/web:1", &format!("{team}/web:1"));
    assert!(region.contains("region-mismatch"), "{region}");
}

#[test]
fn somebody_elses_chart_names_somebody_elses_registry() {
    let image = "123456789012.dkr.ecr.us-west-2.amazonaws.com/cache:7";
    let told = |note: &str, repository: &str, image_in_values: bool| {
        let list = format!("{NOTE}web=nginx:1\n\n# Cache{note}\ncache=redis:7\n");
        let metadata = format!(
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{{name: cache, version: 1.0.0{repository}}}]\n"
        );
        let (named, values) =
            if image_in_values { ("{{ .Values.image }}", format!("image: {image}\n")) } else { (image, String::new()) };
        let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).file("web/Chart.yaml", metadata);
        let workspace = workspace.chart("web/charts/cache", &[named]).file("web/charts/cache/values.yaml", values);
        workspace.findings().join("\n")
    };
    let note = " (from local chart cache:1.0.0)";
    assert_eq!(told(note, "", true), "", "a local chart");
    let vendored = told(note, ", repository: 'https://charts.example.org'", true);
    assert!(
        vendored.contains("repository-mismatch")
            && vendored.ends_with("name it in values of your own; else list that image"),
        "{vendored}"
    );
    let template = told(note, "", false);
    assert!(
        template.contains("repository-mismatch")
            && template.ends_with("name it in values of your own; else list that image"),
        "{template}"
    );
    let unsaid = told("", "", true);
    assert!(
        unsaid.contains("repository-mismatch")
            && unsaid.ends_with("note from which chart the entry is; else list that image"),
        "{unsaid}"
    );
}

#[test]
fn a_note_says_what_kind_of_place_a_chart_comes_from() {
    const PLACE: &str = "https://charts.example.org/acme";
    let pod = workspace::pod("cache", &["redis:7"]);
    let told = |note: &str, repository: &str, packaged: bool| {
        let list = format!("{NOTE}web=nginx:1\n\n# Cache {note}\ncache=redis:7\n");
        let metadata = format!(
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{{name: cache, version: 1.0.0, repository: '{repository}'}}]\n"
        );
        let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).file("web/Chart.yaml", metadata);
        let workspace = match (repository.starts_with("file:"), packaged) {
            (true, _) => workspace.chart("cache", &["redis:7"]),
            (false, true) => {
                let files = [("cache/Chart.yaml", CACHE.as_bytes()), ("cache/templates/cache.yaml", pod.as_bytes())];
                workspace.file("web/charts/cache-1.0.0.tgz", workspace::package(&files))
            }
            (false, false) => workspace.chart("web/charts/cache", &["redis:7"]),
        };
        (workspace.findings().join("\n"), workspace.fixed("wrong-source"))
    };
    let local = "(from local chart cache:1.0.0)";
    let (found, fixed) = told(local, PLACE, true);
    assert!(found.ends_with("wrong-source the note says local chart cache:1.0.0, but the chart comes from https://charts.example.org/acme. Write `(from acme/cache:1.0.0)`"), "{found}");
    assert!(fixed.contains("# Cache (from acme/cache:1.0.0)\n"), "{fixed}");
    let (_, fixed) = told(local, "http://localhost:8080", true);
    assert!(fixed.contains("# Cache (from localhost/cache:1.0.0)\n"), "{fixed}");
    let (found, fixed) = told("(from https://charts.example.org/acme/cache:1.0.0)", "file://../cache", false);
    assert!(found.contains("wrong-source") && found.contains("but the chart comes from file://../cache"), "{found}");
    assert!(fixed.contains(&format!("# Cache {local}\n")), "{fixed}");
    // A copy that lies in the workspace; a name that may be a folder's or a repository's; what is right.
    for (note, repository, packaged) in [
        (local, PLACE, false),
        (local, "file://../cache", false),
        ("(from acme/cache:1.0.0)", "file://../cache", false),
        ("(from acme/cache:1.0.0)", PLACE, true),
        ("(from https://charts.example.org/acme/cache:1.0.0)", PLACE, true),
        ("(from cache:1.0.0)", PLACE, true),
        ("(from localhost/cache:1.0.0)", "http://localhost:8080", true),
    ] {
        assert_eq!(told(note, repository, packaged).0, "", "{note} {repository}");
    }
}

/// What a chart deploys and what a switch of it brings, of versions that templates put together.
#[test]
fn what_a_switch_brings_is_found_however_its_version_is_put_together() {
    const VALUES: &str = "version: '16.4'\nos: '3.20'\nupgrade: {enabled: false, from: '15.8'}\nagent: {repository: acme, name: agent}\n";
    let off = format!(
        "{{{{- if .Values.upgrade.enabled }}}}\n{}{{{{- end }}}}\n",
        workspace::pod(
            "off",
            &[
                "postgres:{{ .Values.upgrade.from }}-alpine{{ .Values.os }}",
                "{{ printf \"%s/%s%s\" .Values.agent.repository .Values.agent.name \"less\" }}:1"
            ]
        )
    );
    for (entry, expected) in [
        ("postgres=postgres:15.8-alpine3.20", "disabled-source"),
        ("agentless=acme/agentless:1", "disabled-source"),
        ("postgres=postgres:15.7-alpine3.20", "tag-mismatch"),
        ("agentless=acme/agentle:1", "repository-mismatch"),
    ] {
        let workspace = Workspace::with_list(&format!("{NOTE}{entry}\n"))
            .chart("web", &["postgres:{{ .Values.version }}-alpine{{ .Values.os }}"])
            .file("web/values.yaml", VALUES)
            .file("web/templates/off.yaml", off.clone());
        let found = workspace.findings().join("\n");
        assert!(found.contains(&format!(" {expected} ")), "{entry}: {found}");
    }
}

/// Whether another entry is wrong decides nothing for an exemption.
#[test]
fn an_exemption_may_mean_what_is_switched_off() {
    let off = format!("{{{{- if .Values.on }}}}\n{}{{{{- end }}}}\n", workspace::pod("off", &["acme/agent:1"]));
    let told = |image: &str, list: &str| {
        let configuration = format!("exempt: [{{image: '{image}', reason: ours}}]\n");
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]).file("web/values.yaml", "on: false\n");
        let workspace = workspace.file("web/templates/off.yaml", off.clone()).file(".mirrorlint.yaml", configuration);
        workspace.findings().iter().filter(|finding| finding.contains("unused-suppression")).count()
    };
    let right = format!("{NOTE}web=nginx:1\n");
    for list in [right.clone(), format!("{right}\n{NOTE}old=acme/old:1\n")] {
        assert_eq!(told("acme/agent", &list), 0, "{list}");
        assert_eq!(told("acme/agents", &list), 1, "{list}");
    }
}

/// A platform whose charts are all switched off, and what is found of the list that copies their images. With `own`, a script has
/// pointed its values at the team's own registry, as at the end of a copy.
fn switched_off(own: &str) -> Vec<String> {
    let list = "# Plugin (from local chart plugin:1.0.0)\nacme-plugin=nvcr.io/acme/k8s-plugin:v1.0.0\n\n\
                # Agent (from local chart agent:1.0.0)\n# Note: the account and region of this image depend on the region\n\
                acme-agent=905418368575.dkr.ecr.us-west-2.amazonaws.com/acme-agent:1.2\n\n\
                # Efa (from local chart efa:1.0.0)\nefa=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa:v5\n\n\
                # Metrics (from local chart platform:1.0.0)\nmetrics=quay.io/acme/exporter:0.9\n";
    let metadata = "apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies:\n\
                    - {name: plugin, version: 1.0.0, condition: plugin.plugin.enabled}\n\
                    - {name: agent, version: 1.0.0, condition: agent.enabled}\n\
                    - {name: efa, version: 1.0.0, condition: efa.enabled}\n";
    let agent = "{{ .Values.override | default (printf \"%s.dkr.ecr.%s.amazonaws.com/acme-agent:1.2\" (get .Values.accounts \
                 (.Values.region | default \"us-east-1\")) (.Values.region | default \"us-east-1\")) }}";
    let exporter = "{{- if .Values.metrics.enabled }}\napiVersion: v1\nkind: Pod\nmetadata: {name: m}\nspec:\n  containers:\n  \
                    - {name: m, image: \"{{ .Values.metrics.registry }}/{{ .Values.metrics.repository }}:0.9\"}\n{{- end }}\n";
    let metrics = |registry: &str, repository: &str| {
        format!("metrics: {{enabled: false, registry: {registry}, repository: {repository}}}\n")
    };
    let values = if own.is_empty() {
        "plugin: {plugin: {enabled: false}}\nagent: {enabled: false}\nefa: {enabled: false}\n".to_owned()
            + &metrics("quay.io", "acme/exporter")
    } else {
        format!(
            "plugin: {{plugin: {{enabled: false}}, image: {{repository: {own}/acme-plugin}}}}\n\
             agent: {{enabled: false, override: '{own}/acme-agent:1.2'}}\n\
             efa: {{enabled: false, image: {{repository: {own}/efa}}}}\n"
        ) + &metrics(own, "metrics")
    };
    let pulled = "{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf \"v%s\" .Chart.Version) }}";
    let workspace = Workspace::with_list(list)
        .chart("platform", &[])
        .file("platform/Chart.yaml", metadata)
        .file("platform/values.yaml", values)
        .file("platform/templates/exporter.yaml", exporter)
        .chart("platform/charts/plugin", &[pulled])
        .file("platform/charts/plugin/values.yaml", "image: {repository: nvcr.io/acme/k8s-plugin, tag: ''}\n")
        .chart("platform/charts/agent", &[agent])
        .file(
            "platform/charts/agent/values.yaml",
            "override: ''\nregion: ''\naccounts: {us-east-1: '767398015722', us-west-2: '905418368575'}\n",
        )
        .chart("platform/charts/efa", &[pulled])
        .file(
            "platform/charts/efa/values.yaml",
            "image: {repository: 602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa, tag: v5}\n",
        );
    workspace.findings()
}

#[test]
fn what_is_switched_off_stays_so_when_values_point_at_the_teams_registry() {
    let before = switched_off("");
    let all = ["plugin.plugin.enabled", "agent.enabled", "efa.enabled", "metrics.enabled"];
    assert_eq!(before.len(), all.len(), "{before:#?}");
    for (found, switch) in before.iter().zip(all) {
        let told = format!("is deployed only when {switch} is on");
        assert!(found.contains("disabled-source") && found.contains(&told), "{found}");
    }
    assert_eq!(switched_off("111122223333.dkr.ecr.us-west-2.amazonaws.com"), before);
    // AWS's accounts are nobody's own.
    let aws = switched_off("602401143452.dkr.ecr.us-west-2.amazonaws.com").join("\n");
    assert!(aws.contains("region-mismatch") && aws.contains("stale-entry"), "{aws}");
}

#[test]
fn a_tag_that_the_copy_does_not_push_is_told_of_what_is_switched_off() {
    let list = "# Cache (from local chart cache:1.0.0)\ncache=quay.io/acme/cache:7\n";
    let told = |values: &str| {
        let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n\
                        dependencies: [{name: cache, version: 1.0.0, condition: cache.enabled}]\n";
        let workspace = Workspace::with_list(list).chart("web", &[]).file("web/Chart.yaml", metadata);
        let workspace = workspace.chart("web/charts/cache", &["{{ .Values.repository }}:{{ .Values.tag }}"]);
        let workspace = workspace.file("web/charts/cache/values.yaml", "repository: quay.io/acme/cache\ntag: 8\n");
        workspace.file("web/values.yaml", format!("cache: {{enabled: false{values}}}\n")).findings()
    };
    let before = told("");
    assert!(before[0].contains("lists 7, but cache:1.0.0 would deploy 8 when cache.enabled is on"), "{before:#?}");
    let team = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
    assert_eq!(told(&format!(", repository: {team}/cache")), before);
    // By another name it is still what the entry is for, not stale.
    assert_eq!(told(&format!(", repository: {team}/store")), before);
}

/// Whoever follows the advice lets the image run that is meant.
#[test]
fn an_override_is_told_the_entry_that_copies_its_image() {
    let list = "# Web (from local chart web:1.0.0)\nmetrics=quay.io/acme/exporter:0.9\n\n\
                # Web (from local chart web:1.0.0)\nexported=quay.io/acme/ported:1\n";
    let told = |name: &str| {
        let workspace = Workspace::with_list(list).chart("web", &["{{ .Values.image }}", "quay.io/acme/ported:1"]);
        let values = format!("image: 111122223333.dkr.ecr.us-west-2.amazonaws.com/{name}:0.9\n");
        let workspace =
            workspace.file("web/values.yaml", "image: quay.io/acme/exporter:0.9\n").file("own.yaml", values);
        workspace.run(&["check", "--format", "concise", "--values", "own.yaml"]).stdout
    };
    for name in ["exporter", "acme/exporter", "mirror/exporter", "metric"] {
        let found = told(name);
        assert!(found.contains("unmirrored-override") && found.contains("(`metrics`?)"), "{name}: {found}");
    }
    assert!(told("exporte").contains("(`exported`?)"));
}
