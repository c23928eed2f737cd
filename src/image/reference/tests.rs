//! The grammar's cases: which strings are references, how they are cut, and where the others are wrong.

use proptest::prelude::*;

use super::*;

const SHA: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn parts(text: &str) -> (Option<String>, String, Option<String>, Option<String>) {
    let reference = Reference::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let owned = |part: Option<&str>| part.map(str::to_owned);
    (owned(reference.registry()), reference.path().to_owned(), owned(reference.tag()), owned(reference.digest()))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_reference_is_cut_into_registry_path_tag_and_digest() {
    assert_eq!(parts("nginx"), (None, "nginx".into(), None, None));
    assert_eq!(parts("test.com:5000"), (None, "test.com".into(), some("5000"), None));
    assert_eq!(parts("mpioperator/mpi-operator:0.5"), (None, "mpioperator/mpi-operator".into(), some("0.5"), None));
    assert_eq!(parts("localhost/a"), (some("localhost"), "a".into(), None, None));
    assert_eq!(parts("host:5000/a/b:v1"), (some("host:5000"), "a/b".into(), some("v1"), None));
    assert_eq!(parts("Docker/docker"), (some("Docker"), "docker".into(), None, None));
    assert_eq!(parts("[::1]:5000/repo:tag"), (some("[::1]:5000"), "repo".into(), some("tag"), None));
    assert_eq!(parts("lowercase:Uppercase"), (None, "lowercase".into(), some("Uppercase"), None));
    assert_eq!(parts(&format!("quay.io/x/y:v1@{SHA}")), (some("quay.io"), "x/y".into(), some("v1"), some(SHA)));
    assert_eq!(parts(&format!("x@{SHA}")), (None, "x".into(), None, some(SHA)));
}

#[test]
fn ranges_point_at_the_bytes_of_each_part() {
    let text = format!("602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa:v0.5.6@{SHA}");
    let reference = Reference::parse(&text).unwrap();
    assert_eq!(reference.registry_range(), Some(0..44));
    assert_eq!(reference.path_range(), 45..52);
    assert_eq!(reference.name(), "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa");
    assert_eq!(&text[reference.tag_range().unwrap()], "v0.5.6");
    assert_eq!(&text[reference.digest_range().unwrap()], SHA);
    assert_eq!(reference.ecr().unwrap().region(), "us-west-2");
}

#[test]
fn docker_hub_has_many_names_for_one_repository() {
    let full = Reference::parse("docker.io/library/nginx:1.25").unwrap();
    for text in [
        "nginx",
        "library/nginx",
        "docker.io/nginx:1",
        "Docker.io/nginx",
        "index.docker.io/nginx",
        "registry-1.docker.io/library/nginx",
    ] {
        let reference = Reference::parse(text).unwrap();
        assert_eq!(reference.repository(), "docker.io/library/nginx", "{text}");
        assert!(reference.same_repository(&full) && full.same_repository(&reference), "{text}");
    }
    assert_eq!(full.familiar(), "nginx:1.25");
    let operator = Reference::parse("index.docker.io/mpioperator/mpi-operator:0.5").unwrap();
    assert_eq!(operator.repository(), "docker.io/mpioperator/mpi-operator");
    assert_eq!(operator.familiar(), "mpioperator/mpi-operator:0.5");
    assert_eq!(Reference::parse("docker.io/library/foo/bar").unwrap().familiar(), "library/foo/bar");
}

#[test]
fn other_registries_keep_their_names() {
    for text in ["localhost/nginx", "quay.io/nginx:1", "LOCALDOMAIN/debian", "127.0.0.1:8000/library/nginx"] {
        let reference = Reference::parse(text).unwrap();
        assert!(!reference.same_repository(&Reference::parse("nginx").unwrap()), "{text}");
        assert_eq!(reference.familiar(), text);
    }
    let (upper, lower) = (Reference::parse("QUAY.io/a/b:1").unwrap(), Reference::parse("quay.io/a/b:2").unwrap());
    assert!(upper.same_repository(&lower), "the case of a host means nothing");
    assert_eq!(upper.repository(), lower.repository());
    // The registry itself, asked directly, knows no short names.
    let direct = Reference::parse("registry-1.docker.io/nginx").unwrap();
    assert!(!direct.same_repository(&Reference::parse("nginx").unwrap()));
    assert_eq!(direct.familiar(), "registry-1.docker.io/nginx");
}

#[test]
fn the_grammar_takes_what_distribution_takes() {
    for text in [
        "d/docker",
        "dock__er/docker",
        "docker---rules/docker",
        "192.168.1.1:5000/repo:5050",
        "sub-dom1.foo.com/bar/baz/quux:some-long-tag",
        "foo_bar.com:8080",
        "xn--n3h.com/myimage:xn--n3h.com",
        "[2001:db8:1:2:3:4:5:6]/repo:tag",
        "docker.io/1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a",
        &format!("{}a:tag-puts-this-over-max", "a/".repeat(119)),
        &format!("example.com/{}:tag", "a".repeat(255)),
        &format!("a:{}", "t".repeat(128)),
        &format!("a@sha512:{}", "f".repeat(128)),
    ] {
        assert_eq!(Reference::parse(text).map(|reference| reference.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn what_is_wrong_is_shown_where_it_is() {
    let long_path = format!("example.com/{}:tag", "a".repeat(256));
    let long_tag = format!("a:{}", "t".repeat(129));
    let long_official = "a".repeat(248);
    for (text, range, message) in [
        ("", 0..0, "empty"),
        (":justtag", 0..0, "repository is missing"),
        ("@sha256:aa", 0..0, "repository is missing"),
        ("nginx:", 6..6, "tag is empty"),
        ("https://quay.io/x:1", 0..8, "no `https://`"),
        ("Uppercase:tag", 0..1, "lowercase, not `U`"),
        ("test:5000/Uppercase/lowercase:tag", 10..11, "lowercase"),
        ("docker/Docker", 7..8, "lowercase"),
        ("aa/asdf$^/aa", 7..8, "`$`"),
        ("nginx:1.25 ", 10..11, "a space is not allowed in a tag"),
        ("nginx:1.25\r", 10..11, "a carriage return"),
        ("nginx: 1.25", 6..7, "a space"),
        (" nginx", 0..1, "a space is not allowed in a repository"),
        ("\"nginx\"", 0..1, "`\"`"),
        ("nginx:v1:v2", 8..9, "`:` is not allowed in a tag"),
        ("library/nginx:v1/v2", 13..14, "a tag cannot contain `/`"),
        ("nginx:v1/v2", 5..8, "port `v1` is no number"),
        ("docker///docker", 7..8, "empty part"),
        ("docker/", 7..7, "ends with `/`"),
        ("quay.io/", 0..8, "repository is missing"),
        ("-docker/docker", 0..1, "starts with `-`"),
        ("docker-/docker", 6..7, "ends with `-`"),
        ("dock..er/docker", 0..8, "empty part"),
        ("x/dock..er", 6..8, "`..`"),
        ("x/dock_.er", 6..8, "`_.`"),
        ("x/dock___er", 6..9, "`___`"),
        ("-docker.io/docker/docker", 0..7, "hyphen"),
        ("foo_bar.com/x", 3..4, "`_` is not allowed in the registry's host name"),
        ("[2001:db8::1]", 0..1, "`[` is not allowed"),
        ("[fe80::1%eth0]:5000/repo", 8..9, "`%`"),
        ("[::1/x", 0..4, "closing"),
        ("[::1]x/y", 5..6, "only a port"),
        ("fc00::1:5000/debian", 4..12, "is no number"),
        ("nginx:-v1", 6..7, "start with `-`"),
        ("1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a", 0..64, "image id"),
        ("a@sha256:ffff", 9..13, "has 64 hexadecimal digits, this one has 4"),
        ("a@md5:d41d8cd98f00b204e9800998ecf8427e", 2..5, "none of sha256"),
        ("a@v1", 2..4, "`sha256:`"),
        ("a@sha256:FF", 9..10, "lowercase"),
        ("n\u{e4}me", 1..3, "`\u{e4}`"),
        ("a:\u{200b}v1", 2..5, "U+200B"),
        ("a:\u{10feff}", 2..6, "stray byte 0xFF"),
        (&long_path, 12..268, "256 characters"),
        (&long_official, 0..248, "256 characters"),
        (&long_tag, 2..131, "129 characters"),
    ] {
        let error = Reference::parse(text).map(|reference| reference.to_string()).unwrap_err();
        assert_eq!(error.range, range, "{text}: {}", error.message);
        assert!(error.message.contains(message), "{text}: {}", error.message);
    }
}

/// The grammar once more, as distribution/reference writes it: a regular expression over the normalised name.
fn accepted_by_regexp(text: &str) -> bool {
    let part = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*";
    let label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    let host = format!("(?:{label}(?:\\.{label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
    let pattern =
        format!("^(?:{host}/{part}(?:/{part})*)(?::[0-9A-Za-z_][0-9A-Za-z_.-]{{0,127}})?(?:@sha256:[a-f0-9]{{64}})?$");
    let full = match text.split_once('/') {
        Some((first, _)) if is_registry(first) => text.to_owned(),
        _ => format!("docker.io/{text}"),
    };
    regex::Regex::new(&pattern).unwrap().is_match(&full)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_errors_stay_within_it(text in any::<String>()) {
        match Reference::parse(&text) {
            Ok(reference) => prop_assert_eq!(reference.to_string(), text),
            Err(error) => prop_assert!(text.get(error.range).is_some()),
        }
    }

    #[test]
    fn hosts_that_only_capitals_make_keep_them(path in "[a-c]{1,3}") {
        let reference = Reference::parse(&format!("A/{path}")).unwrap();
        prop_assert_eq!(reference.repository(), format!("A/{path}"));
        let with_dot = Reference::parse(&format!("A.B/{path}")).unwrap();
        prop_assert_eq!(with_dot.repository(), format!("a.b/{path}"));
    }

    #[test]
    fn near_references_parse_as_the_published_expression_says(text in "[a-cA:@./_0\\[\\]-]{1,14}|[a-b./:]{1,8}(:[a-b.-]{1,3})?") {
        let parsed = Reference::parse(&text);
        prop_assert_eq!(parsed.is_ok(), accepted_by_regexp(&text), "{:?}", parsed);
        match parsed {
            Ok(reference) => {
                prop_assert_eq!(reference.to_string(), text.clone());
                // The full and the short form name the same repository.
                let full = Reference::parse(&reference.repository()).unwrap();
                let short = Reference::parse(&reference.familiar()).unwrap();
                prop_assert!(full.same_repository(&reference) && short.same_repository(&reference));
                prop_assert_eq!((short.tag(), short.repository()), (reference.tag(), reference.repository()));
            }
            Err(error) => prop_assert!(text.get(error.range).is_some()),
        }
    }
}
