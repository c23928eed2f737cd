//! What takes time, step by step, over the fixture workspace: `cargo bench`.

#![allow(clippy::expect_used)] // a bench may stop at the first surprise
#![allow(missing_docs)] // divan's macros

use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::{Bencher, black_box};
use mirrorlint::chart::{Chart, LoadOptions};
use mirrorlint::lint::{Settings, check, discover};
use mirrorlint::mirror::List;
use mirrorlint::render::{KubeVersion, Options, Renderer, print, render};
use mirrorlint::source::Sources;
use mirrorlint::yaml::{self, Value};

fn main() {
    divan::main();
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hyperpod")
}

fn chart_folder() -> PathBuf {
    workspace().join("sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart")
}

fn load() -> Arc<Chart> {
    Chart::load(&Sources::new(), &chart_folder(), &LoadOptions::default()).expect("the fixture is a chart")
}

fn options() -> Options {
    Options { kube_version: KubeVersion::parse("1.31.0").expect("a version"), ..Options::default() }
}

#[divan::bench]
fn parse_list(bencher: Bencher) {
    let sources = Sources::new();
    let file = sources.read(&workspace().join("tools/ecr-images.conf")).expect("the fixture has a list");
    let text = sources.get(file).text().clone();
    bencher.bench(|| List::parse(file, black_box(&text)));
}

#[divan::bench]
fn parse_values(bencher: Bencher) {
    let chart = load();
    let values = &chart.values_file.as_ref().expect("the fixture has values").text;
    bencher.bench(|| yaml::load_values(black_box(values)));
}

/// Reads and parses all files of the chart and its subcharts, one of them packed.
#[divan::bench]
fn parse_chart() -> Arc<Chart> {
    load()
}

/// One rendering by itself: templates are parsed for it.
#[divan::bench]
fn render_once(bencher: Bencher) {
    let (chart, options) = (load(), options());
    let values = Value::Map(Arc::default());
    bencher.bench(|| render(black_box(&chart), &values, &options));
}

/// One of several renderings of a chart: templates are parsed already.
#[divan::bench]
fn render_again(bencher: Bencher) {
    let options = options();
    let renderer = Renderer::new(load());
    let values = Value::Map(Arc::default());
    bencher.bench(|| renderer.render(black_box(&values), &options));
}

#[divan::bench]
fn print_manifests(bencher: Bencher) {
    let rendered = render(&load(), &Value::Map(Arc::default()), &options()).expect("the fixture renders");
    bencher.bench(|| print([], black_box(&rendered.manifests), false));
}

/// All that `mirrorlint check` does but print: reads, renders under all scenarios, judges.
#[divan::bench]
fn check_workspace(bencher: Bencher) {
    let workspace = discover(&workspace()).expect("the fixture is a workspace");
    bencher.bench(|| check(&Sources::new(), black_box(&workspace), &Settings::default()));
}
