//! The README's walk through external charts: each command of ours in its table, against repositories on the loopback address.

use std::collections::HashMap;
use std::time::Duration;

use mirrorlint::store::sha256;

use crate::place::Place;
use crate::repository::{chart, files, package, repository};
use crate::server::{Reply, Server};

/// A registry with one chart.
fn registry(bytes: Vec<u8>) -> Server {
    let digest = sha256(&bytes);
    let manifest = format!(
        "{{\"config\":{{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\",\"digest\":\"sha256:x\",\"size\":2}},\"layers\":\
         [{{\"mediaType\":\"application/vnd.cncf.helm.chart.content.v1.tar+gzip\",\"digest\":\"sha256:{digest}\",\"size\":{}}}]}}",
        bytes.len()
    );
    Server::new(move |asked| match asked.target.as_str() {
        "/v2/" => Reply::ok("{}"),
        "/v2/jetstack/charts/cert-manager/manifests/v1.18.2" => Reply::ok(manifest.clone()),
        target if target.contains("/blobs/") => Reply::ok(bytes.clone()),
        _ => Reply::status(404),
    })
}

#[test]
fn the_commands_of_the_readme_do_what_they_say() {
    let readme = include_str!("../../README.md").replace("\r\n", "\n");
    let section = readme.split("## External charts\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let efa = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin";
    let eks = repository(&[(
        "aws-efa-k8s-device-plugin",
        "0.5.10",
        chart("aws-efa-k8s-device-plugin", "0.5.10", &format!("{efa}:v0.5.6")),
    )]);
    // As the real one does, it refuses the namespace `default`.
    let refusal = "{{ if eq .Release.Namespace \"default\" }}{{ fail \"not in default\" }}{{ end }}";
    let nvidia = |version: &str, tag: &str| {
        let metadata = format!("apiVersion: v2\nname: nvidia-device-plugin\nversion: {version}\n");
        let image = format!("nvcr.io/nvidia/k8s-device-plugin:{tag}");
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: n}\nspec: {containers: [{name: c, image: ";
        let pod = format!("{refusal}\n{pod}'{image}'}}]}}\n");
        package(&[("nvidia-device-plugin/Chart.yaml", &metadata), ("nvidia-device-plugin/templates/pod.yaml", &pod)])
    };
    let nvidia = repository(&[
        ("nvidia-device-plugin", "0.16.1", nvidia("0.16.1", "v0.16.1")),
        ("nvidia-device-plugin", "0.17.0", nvidia("0.17.0", "v0.17.0")),
    ]);
    let jetstack = registry(chart("cert-manager", "v1.18.2", "quay.io/jetstack/cert-manager-controller:v1.18.2"));
    let hosts = HashMap::from([
        ("https://aws.github.io/eks-charts", eks.url()),
        ("https://nvidia.github.io/k8s-device-plugin", nvidia.url()),
        ("oci://quay.io/", format!("oci://{}/", jetstack.host())),
    ]);
    let mut metadata = section.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    for (theirs, ours) in hosts {
        assert!(metadata.contains(theirs));
        metadata = metadata.replace(theirs, &ours);
    }
    let place = Place::new(&[]);
    place.write("umbrella/Chart.yaml", metadata);
    let rows = section.lines().filter(|line| line.starts_with('|'));
    let commands = rows.filter_map(|row| {
        row.trim_end_matches(" |").rsplit(" | ").next()?.strip_prefix("`mirrorlint ")?.strip_suffix('`')
    });
    let commands: Vec<&str> = commands.collect();
    assert_eq!(commands.len(), 9, "{commands:?}");
    let mut said: HashMap<&str, String> = HashMap::new();
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').collect();
        let run = place.run(&arguments);
        let expected = i32::from(command.starts_with("check"));
        assert_eq!(run.code, expected, "{command}: {}", run.text());
        said.insert(command, run.text());
    }
    assert_eq!(said["fetch"].matches("fetched ").count(), 3, "{}", said["fetch"]);
    assert!(said["values aws-efa-k8s-device-plugin"].contains(&format!("image: {efa}:v0.5.6")));
    let rendered = &said["render nvidia-device-plugin --release-name nvdp --namespace gpu"];
    assert!(rendered.contains("nvcr.io/nvidia/k8s-device-plugin:v0.16.1"));
    assert!(said["images cert-manager"].contains("quay.io/jetstack/cert-manager-controller:v1.18.2"));
    assert!(said["images cert-manager"].contains("/cert-manager-v1.18.2.tgz!/cert-manager/values.yaml:1:8: "));
    let images = &said["images umbrella --namespace gpu"];
    assert!(images.contains("v0.5.6") && images.contains("v1.18.2"), "{images}");
    let check = &said["check --namespace gpu"];
    assert!(check.contains("missing-entry") && !check.contains("not in default"), "{check}");
    assert!(said["versions nvidia-device-plugin"].contains("* 0.16.1"));
    let difference = "    - nvcr.io/nvidia/k8s-device-plugin:v0.16.1\n    + nvcr.io/nvidia/k8s-device-plugin:v0.17.0\n";
    assert!(said["versions nvidia-device-plugin --images --namespace gpu"].contains(difference));
    assert!(place.path("umbrella/charts/cert-manager-v1.18.2.tgz").is_file());
    // Said once in the configuration, no command needs it.
    let list = "lists: [{path: tools/ecr-images.conf, charts: [{path: umbrella, namespace: gpu}]}]\n";
    place.write(".mirrorlint.yaml", list);
    for command in
        ["images umbrella", "versions nvidia-device-plugin --images", "versions aws-efa-k8s-device-plugin --images"]
    {
        let run = place.run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{command}: {}", run.stdout);
    }
    let run = place.run(&["init", "--output", "new.conf", "--isolated", "--namespace", "gpu"]);
    assert_eq!(run.code, 0, "{}", run.text());
}

#[test]
fn charts_are_told_in_the_order_in_which_they_are_asked_for() {
    let names = ["web", "api", "cache"];
    let charts = names.map(|name| (name, "1.0.0", chart(name, "1.0.0", &format!("docker.io/acme/{name}:1"))));
    let all = files(&charts);
    let server = Server::new(move |asked| {
        let reply = all.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()));
        // The first comes last.
        let delay = Duration::from_millis(if asked.target.starts_with("/web") { 300 } else { 0 });
        Reply { delay, ..reply }
    });
    let url = server.url();
    let place = Place::new(&names.map(|name| (name, "1.0.0", url.as_str())));
    for word in ["fetched", "cached"] {
        let run = place.fetch();
        let told = run.stdout.lines().filter_map(|line| line.strip_prefix(word)?.split_whitespace().next());
        assert_eq!(told.collect::<Vec<_>>(), names, "{}", run.text());
    }
}

#[test]
fn a_new_entry_names_a_repository_that_has_no_domain_and_is_right() {
    let server = repository(&[("web", "1.0.0", chart("web", "1.0.0", "docker.io/acme/web:1"))]);
    let by_name = server.url().replace("127.0.0.1", "localhost");
    for (url, name) in [(server.url(), "127.0.0.1"), (by_name, "localhost")] {
        let place = Place::new(&[("web", "1.0.0", &url)]);
        assert_eq!(place.fetch().code, 0);
        place.write("tools/ecr-images.conf", "");
        let fixed = place.run(&["check", "--fix"]);
        let list = std::fs::read_to_string(place.path("tools/ecr-images.conf")).unwrap();
        assert!(list.contains(&format!("(from {name}/web:1.0.0)")), "{list}");
        assert_eq!((fixed.code, place.run(&["check"]).code), (0, 0), "{}", fixed.text());
        // A local chart it is not.
        place.write("tools/ecr-images.conf", list.replace(&format!("(from {name}/"), "(from local chart "));
        assert!(place.findings("wrong-source")[0].contains(&format!("Write `(from {name}/web:1.0.0)`")));
    }
}
