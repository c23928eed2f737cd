//! A chart from a folder or a package: its metadata, values, templates and subcharts; which of them are on; what values
//! each sees. Uses `yaml` and `source`; never renders, never opens a socket, never writes.

mod archive;
mod coalesce;
mod decode;
mod entry;
mod error;
mod exchange;
mod folder;
mod go;
mod ignore;
mod load;
mod metadata;
mod overrides;
mod pack;
mod packages;
mod process;
mod renewal;
mod schema;
mod set;
mod table;
pub mod version;

#[cfg(test)]
pub(crate) mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{FileId, LazyText, Origin, Origins, Sources, Text};
use crate::yaml::Value;

pub use archive::{MAX_ENTRIES, MAX_FILE_SIZE, MAX_TOTAL_SIZE};
pub use error::ChartError;
pub use exchange::Asked;
pub use folder::MAX_FOLDER_DEPTH;
pub(crate) use ignore::glob_match;
pub use load::{LoadOptions, MAX_CHART_DEPTH};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};
pub use overrides::{Given, Overrides, STANDARD_INPUT};
pub(crate) use overrides::{assign, read_values};
pub use pack::pack;
pub use packages::{Found, Held, Package, Packages, RefusedPackage, Wanted};
pub(crate) use process::is_compatible;
pub use process::{Cause, ChartNode, Disabled, Processed};
pub(crate) use set::typed;
pub use set::{MAX_INDEX, MAX_NESTING};

/// A chart as it was loaded; never changed afterwards.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its name in its parent's `charts/` (`sub` or `sub-1.0.0.tgz`); of a root or `file://` dependency the last part of
    /// its path.
    pub entry: String,
    /// Its folder or package; inside a package `archive.tgz!/inside`.
    pub path: PathBuf,
    /// What `path` names.
    pub place: Place,
    /// `Chart.yaml`, and `requirements.yaml` of an older chart.
    pub metadata: Arc<Metadata>,
    /// `Chart.yaml` as a source.
    pub metadata_file: Option<FileId>,
    /// The path of `Chart.yaml`.
    pub metadata_path: PathBuf,
    /// `requirements.yaml` as a source.
    pub requirements_file: Option<FileId>,
    /// `Chart.lock` or `requirements.lock`.
    pub lock: Option<Lock>,
    /// `values.yaml`, all its documents merged; an empty mapping when there is none.
    pub values: Value,
    /// `values.yaml` as it is written.
    pub values_file: Option<ChartFile>,
    /// `values.schema.json`.
    pub schema: Option<ChartFile>,
    /// The files in `templates/`, in order of their names (in a package: its order).
    pub templates: Vec<ChartFile>,
    /// All other files: `.Files`, the CRDs among them.
    pub files: Vec<ChartFile>,
    /// The charts in `charts/`, in order of their names there; then `file://` dependencies, if they were asked for.
    pub subcharts: Vec<Arc<Chart>>,
    /// What newer Helm refuses in `Chart.yaml`, but Helm 3.10 accepts.
    pub warnings: Vec<ChartError>,
    /// Who keeps the package, when it comes from [`LoadOptions::packages`] and not from its parent's `charts/`.
    pub keeper: Option<String>,
    /// The dependencies whose packages are at hand, but must not be used.
    pub refused: Vec<RefusedPackage>,
}

/// Where a chart came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder on disk.
    Folder,
    /// A package: a file on disk, or one inside a package.
    Package,
    /// A folder inside a package.
    Inside,
}

/// One file of a chart.
#[derive(Clone, Debug)]
pub struct ChartFile {
    /// Its path inside the chart, separated by `/`.
    pub name: String,
    /// Its path as a source.
    pub path: PathBuf,
    /// The source.
    pub file: FileId,
    /// Its text, without a byte order mark; read when it is first looked at.
    pub text: LazyText,
}

/// Which of several subcharts of one name counts. Helm leaves it to chance: whichever it meets first satisfies a dependency
/// of `Chart.yaml`; when no dependency names them, the first one's values and the last one's templates win.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The [`Chart::path`]s of subcharts that come before others of the same parent. Without any, folders come first.
    pub preferred: Vec<PathBuf>,
}

/// Which `values.schema.json` the values must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schemas {
    /// All of them: one that cannot be read refuses the values, as it does where Helm cannot fetch what it refers to.
    #[default]
    All,
    /// Those that can be read without leaving their file, and within the bounds of this program.
    Readable,
    /// None.
    None,
}

/// Several subcharts of one name in one `charts/`.
#[derive(Clone, Debug)]
pub struct AmbiguousSubchart {
    /// The chart that holds them.
    pub parent: PathBuf,
    /// Their name.
    pub name: Text,
    /// All of them, in order of their names in `charts/`.
    pub candidates: Vec<Arc<Chart>>,
    /// Whether chance decides: false when the version of a dependency fits only one of them, which then always wins over
    /// the others (though these are rendered, too).
    pub random: bool,
    /// Where chance does not decide: the copies that fit no dependency. Helm renders them beside the others, into which their
    /// templates and values mix.
    pub leftover: Vec<PathBuf>,
}

impl Chart {
    /// Loads the chart in the folder, or of the package, at `path`, with all its subcharts.
    ///
    /// # Errors
    /// Whatever Helm refuses while loading, in its words; packages beyond the limits of this module; links and devices in
    /// packages; folders and charts that nest too deep.
    pub fn load(sources: &Sources, path: &Path, options: &LoadOptions<'_>) -> Result<Arc<Self>, ChartError> {
        load::Loader::new(sources, *options).load(path, 0).map(Arc::new)
    }

    /// Loads the package `bytes`, which somebody sent and goes by `path`, as [`Chart::load`] loads one from disk. Refuses also
    /// base folders that lead elsewhere (`/`, `..`, drives), which Helm cuts off unread.
    ///
    /// # Errors
    /// Those of [`Chart::load`].
    pub fn load_package(
        sources: &Sources,
        path: &Path,
        bytes: &[u8],
        options: &LoadOptions<'_>,
    ) -> Result<Arc<Self>, ChartError> {
        load::Loader::new(sources, *options).load_package(path, bytes).map(Arc::new)
    }

    /// The round that the `file://` dependencies of the chart at `path` make, if they lead back to where they started:
    /// `web -> api -> web`. Helm does not follow them.
    #[must_use]
    pub fn dependency_cycle(sources: &Sources, path: &Path) -> Option<String> {
        let mut loader = load::Loader::new(sources, LoadOptions { resolve_file_dependencies: true, packages: None });
        loader.load(path, 0).err().and(loader.cycle)
    }

    /// `name` of `Chart.yaml`.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.metadata.name
    }

    /// Switches the dependencies and computes the values, as `helm template` does before it renders: conditions, tags,
    /// aliases, import-values, then the schemas. `values` are those given by the user.
    ///
    /// # Errors
    /// Values of the wrong type where a subchart's are expected, and values that a schema refuses.
    pub fn process(
        self: &Arc<Self>,
        values: &Value,
        choice: &Choice,
        schemas: Schemas,
    ) -> Result<Processed, ChartError> {
        let mut processed = process::process(self, values, choice)?;
        processed.unread = schema::validate(&processed.root, &processed.values, schemas)?;
        Ok(processed)
    }

    /// Refuses what `helm template` does not install: a library.
    ///
    /// # Errors
    /// Helm's.
    pub fn check_installable(&self) -> Result<(), ChartError> {
        let kind = &self.metadata.kind;
        if matches!(kind.as_str(), "" | "application") {
            return Ok(());
        }
        Err(ChartError::at_text(&self.metadata_path, kind, format!("{kind} charts are not installable")))
    }

    /// The dependencies that are taken in by `file://`, with their folders, whatever `charts/` holds of them. A package has none:
    /// what it needs lies in it.
    #[must_use]
    pub fn local_dependencies(&self) -> Vec<(&Dependency, PathBuf)> {
        let dependencies = self.metadata.dependencies.iter().flatten().filter(|_| self.place == Place::Folder);
        let local = dependencies.filter_map(|dependency| {
            let target = dependency.repository.strip_prefix("file://")?;
            Some((dependency, load::normalized(&self.path.join(target))))
        });
        local.collect()
    }

    /// The dependencies that no subchart has the name of; their versions do not matter here.
    #[must_use]
    pub fn missing_dependencies(&self) -> Vec<&Dependency> {
        let dependencies = self.metadata.dependencies.iter().flatten();
        dependencies.filter(|dependency| !self.subcharts.iter().any(|chart| *chart.name() == dependency.name)).collect()
    }

    /// Refuses a chart whose `charts/` misses dependencies, as Helm does for the chart that it is asked to render.
    ///
    /// # Errors
    /// Helm's, at the first of them.
    pub fn check_dependencies(&self) -> Result<(), ChartError> {
        let missing = self.missing_dependencies();
        let Some(first) = missing.first() else { return Ok(()) };
        let names: Vec<&str> = missing.iter().map(|dependency| dependency.name.as_str()).collect();
        let message = format!(
            "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to \
             fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
            names.join(", ")
        );
        Err(ChartError::at_text(&self.metadata_path, &first.name, message))
    }

    /// Refuses a Kubernetes version (`v1.31.0`) that `kubeVersion` excludes. Helm checks the root chart only.
    ///
    /// # Errors
    /// Helm's; a malformed constraint excludes every version.
    pub fn check_kube_version(&self, version: &str) -> Result<(), ChartError> {
        let wanted = &self.metadata.kube_version;
        if wanted.is_empty() || process::is_compatible(wanted, version) {
            return Ok(());
        }
        let message = format!("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {version}");
        Err(ChartError::at_text(&self.metadata_path, wanted, message))
    }

    /// The first of its files that could not be read when it was needed.
    #[must_use]
    pub fn unreadable_file(&self) -> Option<ChartError> {
        let mut files = self.templates.iter().chain(&self.files).chain(&self.schema);
        files.find_map(|file| {
            let cause = file.text.failure()?;
            Some(ChartError::at_path(&file.path, format!("error reading {}: {cause}", file.name)))
        })
    }

    /// The manifests in `crds/`.
    pub fn crds(&self) -> impl Iterator<Item = &ChartFile> {
        self.files.iter().filter(|file| {
            let extension = file.name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let manifest = ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known));
            file.name.starts_with("crds/") && manifest
        })
    }

    /// The subcharts, of this chart and of all below it, that share their name with another one of the same parent.
    #[must_use]
    pub fn ambiguous_subcharts(&self) -> Vec<AmbiguousSubchart> {
        let mut found = Vec::new();
        self.collect_ambiguous(&mut found);
        found
    }

    fn collect_ambiguous(&self, found: &mut Vec<AmbiguousSubchart>) {
        for (index, subchart) in self.subcharts.iter().enumerate() {
            let name = subchart.name();
            if self.subcharts[..index].iter().all(|earlier| earlier.name() != name) {
                let candidates: Vec<_> = self.subcharts.iter().filter(|chart| chart.name() == name).cloned().collect();
                if candidates.len() > 1 {
                    let unlisted = self.unlisted(name, &candidates);
                    let random = unlisted.len() > 1 || self.is_disputed(name, &candidates);
                    let leftover = if random { Vec::new() } else { unlisted };
                    let (parent, name) = (self.path.clone(), name.clone());
                    found.push(AmbiguousSubchart { parent, name, candidates, random, leftover });
                }
            }
            subchart.collect_ambiguous(found);
        }
    }

    /// The dependencies on the chart called `name`.
    fn dependencies_on(&self, name: &Text) -> impl Iterator<Item = &Dependency> {
        self.metadata.dependencies.iter().flatten().filter(move |dependency| dependency.name == *name)
    }

    /// The candidates that fit no dependency: chance decides between several.
    fn unlisted(&self, name: &Text, candidates: &[Arc<Self>]) -> Vec<PathBuf> {
        let fits = |chart: &Self| self.dependencies_on(name).any(|dependency| dependency.fits(chart));
        candidates.iter().filter(|chart| !fits(chart)).map(|chart| chart.path.clone()).collect()
    }

    /// Whether several candidates fit the same dependency: chance decides between them.
    fn is_disputed(&self, name: &Text, candidates: &[Arc<Self>]) -> bool {
        let fitting = |dependency: &Dependency| candidates.iter().filter(|chart| dependency.fits(chart)).count();
        self.dependencies_on(name).any(|dependency| fitting(dependency) > 1)
    }
}

impl Dependency {
    /// Whether the version of `chart` is one that is asked for.
    fn fits(&self, chart: &Chart) -> bool {
        process::is_compatible(&self.version, &chart.metadata.version)
    }
}

/// Everything that a value came from.
fn origins(value: &Value) -> Origins {
    match value {
        Value::Null(origins) | Value::Bool(_, origins) | Value::Int(_, origins) | Value::Float(_, origins) => {
            origins.clone()
        }
        Value::String(text) => text.origins(),
        Value::List(items) => Origin::union(items.iter().filter_map(origins)),
        Value::Map(map) => Origin::union(map.values().filter_map(origins)),
    }
}
