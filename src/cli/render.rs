//! `mirrorlint render` and `mirrorlint values`: what `helm template` and `helm show values` print.

use super::arguments::{Render, Values};
use super::check::overrides;
use super::named::named_chart;
use super::{Ending, Outcome, Session, leave};
use crate::chart::{Chart, ChartError, LoadOptions, Processed, Schemas};
use crate::lint::Refusal;
use crate::render::{KubeVersion, Options, RenderError, Renderer, crds, print, show_only, stream};

pub(super) fn run(session: &Session, arguments: &Render) -> Outcome {
    // In Helm's order: of several mistakes the same one is told.
    let version = arguments.kube_version.as_deref().filter(|version| !version.is_empty());
    let kube_version = version.map(KubeVersion::parse).transpose().map_err(Refusal::new)?;
    let values = overrides(session, &arguments.values)?.merge(&session.sources)?;
    let path = named_chart(session, &arguments.chart)?;
    let chart = Chart::load(&session.sources, &path, &LoadOptions::default())?;
    chart.check_installable()?;
    chart.check_dependencies().map_err(|error| {
        let round = Chart::dependency_cycle(&session.sources, &path);
        let cycle =
            round.map(|round| format!("\nthe `file://` dependencies make a cycle: {round}")).unwrap_or_default();
        ChartError { message: error.message + &cycle, ..error }
    })?;
    let options = Options {
        release: arguments.release_name.clone(),
        namespace: Some(arguments.namespace.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "default".to_owned()),
        is_upgrade: arguments.is_upgrade,
        kube_version: kube_version.unwrap_or_default(),
        api_versions: arguments.api_versions.clone(),
        schemas: if arguments.skip_schema_validation { Schemas::None } else { Schemas::All },
        ..Options::default()
    };
    let renderer = Renderer::new(chart);
    let mut rendered = renderer.render(&values, &options)?;
    tell_warnings(session, &rendered.processed);
    if let Some(error) = rendered.refusals.into_iter().next() {
        return Err(error.into());
    }
    let definitions = if arguments.include_crds { crds(&rendered.processed)? } else { Vec::new() };
    rendered.manifests.retain(|manifest| !(arguments.no_hooks && manifest.hook));
    let files = definitions.iter().map(|(name, text)| (name.as_str(), text));
    if arguments.show_only.is_empty() {
        session.print_parts(&stream(files, &rendered.manifests, arguments.skip_tests))?;
    } else {
        let all = print(files, &rendered.manifests, arguments.skip_tests);
        session.print_raw(&show_only(&all.into(), &arguments.show_only).map_err(Refusal::new)?)?;
    }
    leave((renderer, rendered.processed, rendered.manifests, definitions));
    Ok(Ending::Clean)
}

/// What Helm logs beside the output. `check` does not: it changes nothing of what is deployed.
fn tell_warnings(session: &Session, processed: &Processed) {
    if processed.root.chart.metadata.deprecated {
        session.warn("this chart is deprecated");
    }
    for message in &processed.warnings {
        // Helm writes the word in front of some, in two ways.
        let bare = ["warning: ", "Warning: "].iter().find_map(|prefix| message.strip_prefix(prefix));
        session.warn(bare.unwrap_or(message));
    }
}

/// Prints `values.yaml` as it is written.
pub(super) fn values(session: &Session, arguments: &Values) -> Outcome {
    let path = named_chart(session, &arguments.chart)?;
    let chart = Chart::load(&session.sources, &path, &LoadOptions::default())?;
    if let Some(file) = &chart.values_file {
        session.print_raw(&file.text)?;
        session.print_raw("\n")?;
    }
    Ok(Ending::Clean)
}

impl From<RenderError> for Refusal {
    fn from(error: RenderError) -> Self {
        Self { message: error.message, path: None, span: error.place }
    }
}
