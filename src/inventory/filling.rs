//! A chart rendered in a region: which keys of its values take it. Those that are empty do; one that no values have does where
//! that changes nothing but the accounts and regions of ECR hosts.

use std::sync::Arc;

use super::asked::{asked, at};
use super::operands::{Evidence, operands};
use super::pods::{DEFINITION, containers};
use super::regions::{differ_by_region, regions_named};
use super::switches::Path;
use super::{Listing, Scenario, Workload};
use crate::chart::Chart;
use crate::image::Reference;
use crate::render::{Options, RenderError, Rendered, Renderer};
use crate::source::Text;
use crate::yaml::{Map, Value, merge};

/// Keys that are tried one by one, where all of them together do not do.
const MAX_TRIED: usize = 16;

type Outcome = Result<Rendered, RenderError>;

/// `chart` in the region of `scenario`.
pub(super) fn render(renderer: &Renderer, chart: &Chart, scenario: &Scenario, options: &Options) -> Outcome {
    let Some(region) = scenario.region.as_deref() else { return renderer.render(&scenario.values, options) };
    // Only where the coalesced values, the user's among them, have an empty one.
    let defaults = renderer.process(&scenario.values, options)?;
    let filled = scenario.overrides(&defaults.values);
    let asked: Vec<Path> = asked(renderer, &defaults).into_iter().collect();
    if filled.is_empty() && asked.is_empty() {
        return renderer.render_processed(defaults, options);
    }
    let own = scenario.values.as_map().cloned().unwrap_or_default();
    let mut filling = Filling { renderer, options, values: merge(&own, &filled), region: Text::new(region) };
    let mut plain = filling.render(&[]);
    // A chart that knows several regions refuses the region; any other one refuses that it is filled in.
    if !is_whole(&plain) && !filled.is_empty() && !scenario.moves && regions_named(chart).len() < 2 {
        let bare = Filling { values: own, region: filling.region.clone(), ..filling };
        let paths = bare.fitting(leaves(&filled), |path| is_whole(&bare.render(std::slice::from_ref(path))));
        let other = bare.render(&paths);
        if is_whole(&other) {
            plain = other;
            filling.values = bare.over(&paths);
        }
    }
    // A schema may refuse them.
    let fits = |paths: &[Path]| renderer.process(&Value::Map(Arc::new(filling.over(paths))), options).is_ok();
    let asked: Vec<Path> =
        if fits(&asked) { asked } else { filling.fitting(asked, |path| fits(std::slice::from_ref(path))) };
    if asked.is_empty() {
        return plain;
    }
    let before = plain.as_ref().map(images).unwrap_or_default();
    let is_right = |outcome: &Outcome| {
        let images = outcome.as_ref().ok().filter(|rendered| rendered.refusals.is_empty()).map(images);
        images.is_some_and(|images| is_same(&before, &images, is_whole(&plain)))
    };
    let all = filling.render(&asked);
    if is_right(&all) {
        return all;
    }
    let paths = filling.fitting(asked, |path| is_right(&filling.render(std::slice::from_ref(path))));
    if paths.is_empty() {
        return plain;
    }
    let some = filling.render(&paths);
    if is_right(&some) { some } else { plain }
}

/// What is rendered, over and over.
struct Filling<'a> {
    renderer: &'a Renderer,
    options: &'a Options,
    values: Map,
    region: Text,
}

impl Filling<'_> {
    /// The values with the region at `paths`.
    fn over(&self, paths: &[Path]) -> Map {
        paths.iter().fold(self.values.clone(), |merged, path| merge(&merged, &at(path, &self.region)))
    }

    fn render(&self, paths: &[Path]) -> Outcome {
        self.renderer.render(&Value::Map(Arc::new(self.over(paths))), self.options)
    }

    /// Those of `paths` that do by themselves.
    fn fitting(&self, mut paths: Vec<Path>, does: impl FnMut(&Path) -> bool) -> Vec<Path> {
        paths.truncate(MAX_TRIED);
        paths.retain(does);
        paths
    }
}

fn is_whole(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(|rendered| rendered.refusals.is_empty())
}

/// The paths of all texts in `values`.
fn leaves(values: &Map) -> Vec<Path> {
    let below = |(key, value): (&Text, &Value)| match value.as_map() {
        Some(map) => leaves(map).into_iter().map(|path| [vec![key.to_string()], path].concat()).collect(),
        None => vec![vec![key.to_string()]],
    };
    values.iter().flat_map(below).collect()
}

/// An image, and what names it.
#[derive(PartialEq, Eq)]
struct Image {
    template: String,
    workload: Workload,
    place: Option<String>,
    when: Option<String>,
    text: String,
}

/// The images that `rendered` names, in order.
fn images(rendered: &Rendered) -> Vec<Image> {
    let nothing = Listing::default();
    let evidence = Evidence::new(&nothing, &rendered.processed.values);
    let mut found = Vec::new();
    for manifest in rendered.manifests.iter().filter(|manifest| manifest.kind != DEFINITION) {
        let Some(document) = manifest.document() else { continue };
        let template = || manifest.template.to_string();
        found.extend(containers(&document).into_iter().map(|container| Image {
            template: template(),
            workload: container.workload,
            place: None,
            when: None,
            text: container.image.to_string(),
        }));
        found.extend(operands(&document, &evidence).into_iter().map(|operand| Image {
            template: template(),
            workload: operand.workload,
            place: Some(operand.naming.place),
            when: operand.when,
            text: operand.text.to_string(),
        }));
    }
    found
}

/// Whether `after` are the images `before` but for accounts and regions of ECR hosts. Where not all of those could be rendered
/// (`is_all`), only templates count that could.
fn is_same(before: &[Image], after: &[Image], is_all: bool) -> bool {
    let is_known = |image: &&Image| is_all || before.iter().any(|known| known.template == image.template);
    let after: Vec<&Image> = after.iter().filter(is_known).collect();
    before.len() == after.len()
        && before.iter().zip(after).all(|(one, other)| {
            (&one.template, &one.workload, &one.place, &one.when)
                == (&other.template, &other.workload, &other.place, &other.when)
                && is_one(&one.text, &other.text)
        })
}

/// Whether both are one image but for its ECR host. Without a region the first may name no host that there is.
fn is_one(one: &str, other: &str) -> bool {
    const HOSTS: [&str; 2] = [".dkr.ecr", ".dkr-ecr"];
    let path = |text: &str| {
        let (host, path) = text.split_once('/')?;
        HOSTS.iter().any(|part| host.contains(part)).then(|| path.to_owned())
    };
    let in_ecr = |text: &str| Reference::parse(text).ok().filter(|image| image.ecr().is_some());
    let Some(read) = in_ecr(other) else { return one == other };
    path(one).is_some_and(|path_of_one| Some(path_of_one) == path(other))
        || in_ecr(one).is_some_and(|image| differ_by_region(&image, &read))
}
