//! Charts, packages and chart repositories made for tests.

use std::collections::HashMap;
use std::fmt::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::server::Server;
use mirrorlint::store::sha256;

/// A gzipped tar file.
pub fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// The package of a chart with one pod of one image.
pub fn chart(name: &str, version: &str, image: &str) -> Vec<u8> {
    chart_with(name, version, image, "")
}

/// As [`chart`], with more lines in its `Chart.yaml`.
pub fn chart_with(name: &str, version: &str, image: &str, more: &str) -> Vec<u8> {
    let metadata = format!("apiVersion: v2\nname: {name}\nversion: {version}\n{more}");
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  - {{name: c, image: \
         \"{{{{ .Values.image }}}}\"}}\n"
    );
    let values = format!("image: {image}\n");
    package(&[
        (&format!("{name}/Chart.yaml"), &metadata),
        (&format!("{name}/values.yaml"), &values),
        (&format!("{name}/templates/pod.yaml"), &pod),
    ])
}

/// One line of an index.
pub fn entry(name: &str, version: &str, url: &str, package: &[u8]) -> String {
    let digest = sha256(package);
    format!(
        "  - apiVersion: v2\n    name: {name}\n    version: {version}\n    digest: {digest}\n    urls:\n    - {url}\n"
    )
}

/// The files of a repository: `index.yaml` and the packages beside it.
pub fn files(charts: &[(&str, &str, Vec<u8>)]) -> HashMap<String, Vec<u8>> {
    let mut files = HashMap::new();
    let mut entries: std::collections::BTreeMap<&str, String> = std::collections::BTreeMap::new();
    for (name, version, bytes) in charts {
        let file = format!("{name}-{version}.tgz");
        entries.entry(name).or_default().push_str(&entry(name, version, &file, bytes));
        files.insert(format!("/{file}"), bytes.clone());
    }
    let mut index = "apiVersion: v1\nentries:\n".to_owned();
    for (name, entries) in entries {
        let _ = write!(index, "  {name}:\n{entries}");
    }
    index.push_str("generated: \"2024-01-01T00:00:00Z\"\n");
    files.insert("/index.yaml".to_owned(), index.into_bytes());
    files
}

/// A repository that serves `charts`.
pub fn repository(charts: &[(&str, &str, Vec<u8>)]) -> Server {
    Server::of_files(files(charts))
}

/// A `Chart.yaml` that depends on `NAME VERSION REPOSITORY`.
pub fn umbrella(dependencies: &[(&str, &str, &str)]) -> String {
    let mut text = "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies:\n".to_owned();
    for (name, version, repository) in dependencies {
        let _ = writeln!(text, "- {{name: {name}, version: '{version}', repository: '{repository}'}}");
    }
    text
}
