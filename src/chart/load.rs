//! Sorts the files of a folder or package into a [`Chart`] and its subcharts, as Helm's pkg/chart/loader does. Reads through
//! `Sources`; never writes, never fetches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{FileId, Layer, LazyText, Sources, Span, Text, beyond};
use crate::yaml::{self, Map, Value};

use super::archive::{self, Budget};
use super::decode::Decoder;
use super::entry::Entry;
use super::error::ChartError;
use super::folder;
use super::metadata::{Dependency, Lock, Metadata};
use super::packages::{Found, Held, Package, Packages, RefusedPackage, Wanted};
use super::{Chart, ChartFile, Place};

/// How deep charts may lie in charts.
pub const MAX_CHART_DEPTH: usize = 32;

/// How a chart is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadOptions<'a> {
    /// Load a dependency whose repository is `file://PATH` from there when `charts/` does not hold it. Helm itself demands
    /// `helm dependency build` first; for a linter the folder is the truth.
    pub resolve_file_dependencies: bool,
    /// Load a dependency on another machine's repository from here when `charts/` does not hold it, and refuse packages in
    /// `charts/` that these object to. Only for the chart itself and folders below it: what a package lacks, Helm does not
    /// deploy.
    pub packages: Option<&'a dyn Packages>,
}

pub(super) struct Loader<'a> {
    sources: &'a Sources,
    options: LoadOptions<'a>,
    budget: Budget,
    /// The folders that are being loaded, for dependencies that lead back into one of them.
    open: Vec<PathBuf>,
    /// The first `file://` dependency that does, and the round.
    pub(super) cycle: Option<String>,
}

/// The parts of a chart while its files are sorted.
#[derive(Default)]
struct Parts {
    metadata: Option<Metadata>,
    metadata_file: Option<FileId>,
    metadata_path: Option<PathBuf>,
    requirements_file: Option<FileId>,
    lock: Option<Lock>,
    values: Option<Value>,
    values_file: Option<ChartFile>,
    schema: Option<ChartFile>,
    templates: Vec<ChartFile>,
    files: Vec<ChartFile>,
    subcharts: BTreeMap<String, Vec<Entry>>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(sources: &'a Sources, options: LoadOptions<'a>) -> Self {
        Self { sources, options, budget: Budget::default(), open: Vec::new(), cycle: None }
    }

    /// Loads the folder or package at `path`.
    pub(super) fn load(&mut self, path: &Path, depth: usize) -> Result<Chart, ChartError> {
        let is_folder = match std::fs::metadata(path) {
            Ok(found) => found.is_dir(),
            // A chart that was never saved.
            Err(_) if !self.sources.unsaved_below(path).is_empty() => true,
            Err(cause) => return Err(ChartError::at_path(path, format!("cannot be read: {cause}"))),
        };
        if is_folder {
            let entries = folder::read(self.sources, path)?;
            let identity = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            self.open.push(identity);
            let chart = self.chart(path.to_owned(), Place::Folder, entries, depth);
            self.open.pop();
            return chart;
        }
        let bytes = archive::read_packed(path)
            .map_err(|cause| ChartError::at_path(path, format!("file '{}' cannot be read: {cause}", path.display())))?;
        archive::check_signature(path, &bytes)?;
        self.package(path, &bytes, depth)
    }

    /// Loads the package `bytes`, which goes by `path`.
    pub(super) fn load_package(&mut self, path: &Path, bytes: &[u8]) -> Result<Chart, ChartError> {
        archive::check_signature(path, bytes)?;
        self.budget.strict = true;
        self.package(path, bytes, 0)
    }

    fn package(&mut self, path: &Path, bytes: &[u8], depth: usize) -> Result<Chart, ChartError> {
        let entries = archive::read(self.sources, path, bytes, &mut self.budget)?;
        self.chart(path.to_owned(), Place::Package, entries, depth)
    }

    fn chart(&mut self, path: PathBuf, place: Place, entries: Vec<Entry>, depth: usize) -> Result<Chart, ChartError> {
        if depth > MAX_CHART_DEPTH {
            return Err(ChartError::at_path(
                path,
                beyond(format_args!("charts nest more than {MAX_CHART_DEPTH} deep")),
            ));
        }
        let mut parts = self.sort(entries)?;
        let Some(mut metadata) = parts.metadata.take() else {
            return Err(ChartError::at_path(path, "Chart.yaml file is missing"));
        };
        let metadata_path = parts.metadata_path.take().unwrap_or_else(|| path.join("Chart.yaml"));
        metadata.validate(&metadata_path)?;
        let warnings = metadata.warnings(&metadata_path);
        let groups = std::mem::take(&mut parts.subcharts);
        let (mut subcharts, mut refused) = self.subcharts(&path, place, &metadata, groups, depth)?;
        if let Some(packages) = self.options.packages.filter(|_| place == Place::Folder || depth == 0) {
            let is_held = |name: &Text| {
                subcharts.iter().any(|chart| *chart.name() == *name) || refused.iter().any(|one| one.name == *name)
            };
            let (lent, not_lent) = self.borrow(packages, &metadata, parts.lock.as_ref(), &is_held, depth);
            subcharts.extend(lent);
            refused.extend(not_lent);
        }
        Ok(Chart {
            entry: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            path,
            place,
            metadata: Arc::new(metadata),
            metadata_file: parts.metadata_file,
            metadata_path,
            requirements_file: parts.requirements_file,
            lock: parts.lock,
            values: parts.values.unwrap_or_else(|| Value::Map(Arc::default())),
            values_file: parts.values_file,
            schema: parts.schema,
            templates: parts.templates,
            files: parts.files,
            subcharts,
            warnings,
            keeper: None,
            refused,
        })
    }

    /// The dependencies of which `charts/` holds none, as far as `packages` has them.
    fn borrow(
        &mut self,
        packages: &dyn Packages,
        metadata: &Metadata,
        lock: Option<&Lock>,
        is_held: &dyn Fn(&Text) -> bool,
        depth: usize,
    ) -> (Vec<Arc<Chart>>, Vec<RefusedPackage>) {
        let (mut lent, mut refused): (Vec<Arc<Chart>>, Vec<RefusedPackage>) = (Vec::new(), Vec::new());
        let dependencies = metadata.dependencies.iter().flatten();
        for dependency in dependencies.filter(|one| one.is_external() && !is_held(&one.name)) {
            let package = match packages.find(&Wanted {
                name: &dependency.name,
                version: &dependency.version,
                repository: &dependency.repository,
                locked: dependency.locked(lock).map(|version| &**version),
            }) {
                Found::Nothing => continue,
                Found::Refused(reason) => Err(reason),
                Found::Package(package) if lent.iter().any(|chart| chart.path == package.path) => continue,
                Found::Package(package) => self.lent(package, dependency, depth + 1),
            };
            match package {
                Ok(chart) => lent.push(Arc::new(chart)),
                Err(reason) => refused.push(RefusedPackage { name: dependency.name.clone(), reason, held: None }),
            }
        }
        (lent, refused)
    }

    /// The chart in a lent package, which must be the one that was asked for.
    fn lent(&mut self, package: Package, dependency: &Dependency, depth: usize) -> Result<Chart, String> {
        let chart = self.package(&package.path, &package.bytes, depth);
        let mut chart = chart.map_err(|error| format!("{}: {}", package.path.display(), error.message))?;
        if chart.metadata.name != dependency.name || *chart.metadata.version != *package.version {
            let (name, version) = (&chart.metadata.name, &chart.metadata.version);
            return Err(format!("{} holds the chart {name} {version}", package.path.display()));
        }
        chart.keeper = Some(package.keeper);
        Ok(chart)
    }

    /// Sorts the files as Helm's `LoadFiles`: `Chart.yaml` before all others, the rest in order.
    fn sort(&self, entries: Vec<Entry>) -> Result<Parts, ChartError> {
        let mut parts = Parts::default();
        for entry in entries.iter().filter(|entry| entry.name == "Chart.yaml") {
            let (file, text) = entry.text(self.sources, Layer::Chart)?;
            let metadata = parts.metadata.get_or_insert_default();
            self.decoder(entry, &text)
                .metadata(metadata)
                .map_err(|error| error.wrap_unless_validation("cannot load Chart.yaml"))?;
            if metadata.api_version.is_empty() {
                metadata.api_version = Text::new("v1");
            }
            parts.metadata_file = Some(file);
            parts.metadata_path = Some(entry.path.clone());
        }
        for entry in entries {
            match entry.name.as_str() {
                "Chart.yaml" => {}
                "Chart.lock" => parts.lock = self.lock(&entry)?,
                "values.yaml" => {
                    let (file, text) = entry.text(self.sources, Layer::Values)?;
                    let values = read_values(&entry.path, &text);
                    parts.values = Some(Value::Map(values.map_err(|error| error.wrap("cannot load values.yaml"))?));
                    let text = text.into();
                    parts.values_file = Some(ChartFile { name: entry.name, path: entry.path, file, text });
                }
                "values.schema.json" => parts.schema = Some(self.file(&entry, Layer::Computed)?),
                "requirements.yaml" => self.requirements(&mut parts, &entry)?,
                "requirements.lock" => {
                    parts.lock = self.lock(&entry)?;
                    if parts.metadata.get_or_insert_default().api_version == "v1" {
                        parts.files.push(self.file(&entry, Layer::Template)?);
                    }
                }
                name if name.starts_with("templates/") => parts.templates.push(self.file(&entry, Layer::Template)?),
                name if name.starts_with("charts/") && !has_extension(name, "prov") => {
                    let inside = name["charts/".len()..].to_owned();
                    let chart = inside.split('/').next().unwrap_or_default().to_owned();
                    parts.subcharts.entry(chart).or_default().push(Entry { name: inside, ..entry });
                }
                _ => parts.files.push(self.file(&entry, Layer::Template)?),
            }
        }
        Ok(parts)
    }

    fn decoder<'b>(&'b self, entry: &'b Entry, text: &'b Text) -> Decoder<'b> {
        Decoder::new(self.sources, &entry.path, text)
    }

    fn file(&self, entry: &Entry, layer: Layer) -> Result<ChartFile, ChartError> {
        let file = entry.source(self.sources)?;
        let text = LazyText::new(self.sources, file, layer);
        Ok(ChartFile { name: entry.name.clone(), path: entry.path.clone(), file, text })
    }

    fn lock(&self, entry: &Entry) -> Result<Option<Lock>, ChartError> {
        let (_, text) = entry.text(self.sources, Layer::Chart)?;
        let lock = self.decoder(entry, &text).lock();
        lock.map_err(|error| error.wrap_unless_validation(&format!("cannot load {}", entry.name)))
    }

    fn requirements(&self, parts: &mut Parts, entry: &Entry) -> Result<(), ChartError> {
        let (file, text) = entry.text(self.sources, Layer::Chart)?;
        let metadata = parts.metadata.get_or_insert_default();
        self.decoder(entry, &text)
            .metadata(metadata)
            .map_err(|error| error.wrap_unless_validation("cannot load requirements.yaml"))?;
        parts.requirements_file = Some(file);
        if metadata.api_version == "v1" {
            let text = text.into();
            parts.files.push(ChartFile { name: entry.name.clone(), path: entry.path.clone(), file, text });
        }
        Ok(())
    }

    fn subcharts(
        &mut self,
        path: &Path,
        place: Place,
        metadata: &Metadata,
        groups: BTreeMap<String, Vec<Entry>>,
        depth: usize,
    ) -> Result<(Vec<Arc<Chart>>, Vec<RefusedPackage>), ChartError> {
        let parent = &metadata.name;
        let (mut subcharts, mut refused) = (Vec::new(), Vec::new());
        for (name, entries) in groups {
            if name.starts_with(['_', '.']) {
                continue;
            }
            let loaded = if has_extension(&name, "tgz") {
                match entries.first() {
                    Some(entry) if entry.name == name => {
                        let bytes = entry.bytes(self.sources)?;
                        let loaded = self.package(&entry.path, &bytes, depth + 1);
                        let own = loaded.as_ref().ok().filter(|_| place == Place::Folder);
                        if let Some(objection) = own.and_then(|chart| self.objection(metadata, chart, &bytes)) {
                            refused.push(objection);
                            continue;
                        }
                        loaded
                    }
                    other => {
                        let found = other.map_or("", |entry| entry.name.as_str());
                        let message = format!("error unpacking tar in {parent}: expected {name}, got {found}");
                        let error = ChartError::at_path(path.join("charts").join(&name), message);
                        return Err(error.or_at(asked_for(metadata, &name)));
                    }
                }
            } else {
                let folder = folder_of(path, place, &name, &entries);
                let place = if place == Place::Folder { Place::Folder } else { Place::Inside };
                let inner = entries.into_iter().filter_map(|entry| {
                    let (_, rest) = entry.name.split_once('/')?;
                    Some(Entry { name: rest.to_owned(), path: entry.path, content: entry.content })
                });
                self.chart(folder, place, inner.collect(), depth + 1)
            };
            let mut chart = loaded.map_err(|error| {
                let error = error.wrap(&format!("error unpacking {name} in {parent}"));
                error.or_at(asked_for(metadata, &name))
            })?;
            chart.entry = name;
            subcharts.push(Arc::new(chart));
        }
        if self.options.resolve_file_dependencies && place == Place::Folder {
            for dependency in metadata.dependencies.iter().flatten() {
                if !subcharts.iter().any(|chart| chart.metadata.name == dependency.name)
                    && let Some(target) = dependency.repository.strip_prefix("file://")
                {
                    let chart = self.file_dependency(path, dependency, target, depth + 1)?;
                    subcharts.push(Arc::new(chart));
                }
            }
        }
        Ok((subcharts, refused))
    }

    /// Why a package in `charts/` with these bytes must not be used, if a dependency on a repository names it.
    fn objection(&self, metadata: &Metadata, chart: &Chart, bytes: &[u8]) -> Option<RefusedPackage> {
        let packages = self.options.packages?;
        let (name, version) = (chart.name(), &chart.metadata.version);
        let mut asked = metadata.dependencies.iter().flatten().filter(|one| one.is_external() && one.name == *name);
        let reason = asked.find_map(|dependency| {
            packages.objection(&Held { name, version, repository: &dependency.repository, bytes })
        });
        Some(RefusedPackage { name: name.clone(), reason: reason?, held: Some(chart.path.clone()) })
    }

    /// Loads the chart that `repository: file://TARGET` of the chart in `path` means.
    fn file_dependency(
        &mut self,
        path: &Path,
        dependency: &Dependency,
        target: &str,
        depth: usize,
    ) -> Result<Chart, ChartError> {
        let refuse = |message: String| ChartError::at_text(&path.join("Chart.yaml"), &dependency.repository, message);
        let folder = normalized(&path.join(target));
        let identity =
            std::fs::canonicalize(&folder).map_err(|_| refuse(format!("directory {} not found", folder.display())))?;
        if let Some(start) = self.open.iter().position(|open| *open == identity) {
            let round = self.open[start..].iter().chain(std::iter::once(&identity));
            let names: Vec<_> = round.map(|folder| folder_name(folder)).collect();
            let round = names.join(" -> ");
            let refusal = refuse(format!("dependency {} leads back to itself: {round}", dependency.name));
            self.cycle = Some(round);
            return Err(refusal);
        }
        let loaded = self.load(&folder, depth);
        loaded.map_err(|error| {
            let error = error.wrap(&format!("error loading dependency {}", dependency.name));
            error.or_at(dependency.repository.exact_span())
        })
    }
}

/// The values in `text`, all its documents merged as newer Helm does; refusals in the words of Helm 3.10.
pub(super) fn read_values(path: &Path, text: &Text) -> Result<Arc<Map>, ChartError> {
    yaml::load_values(text).map_err(|error| {
        let message = error.message.strip_prefix("cannot unmarshal yaml document: ").unwrap_or(&error.message);
        ChartError::at_range(path, text, error.range.clone(), message)
    })
}

/// Where `Chart.yaml` asks for what is called `entry` in `charts/`: a folder of a dependency's name, or its package.
fn asked_for(metadata: &Metadata, entry: &str) -> Option<Span> {
    let is_of = |dependency: &&Dependency| {
        let rest = entry.strip_prefix(dependency.name.as_str());
        let version = rest.and_then(|rest| rest.strip_suffix(".tgz"));
        rest == Some("") || version.is_some_and(|version| version.is_empty() || version.starts_with('-'))
    };
    let mut found: Vec<&Dependency> = metadata.dependencies.iter().flatten().filter(is_of).collect();
    // Of `web` and `web-api`, `web-api-1.0.0.tgz` is the latter.
    found.sort_by_key(|dependency| dependency.name.len());
    found.last()?.name.exact_span()
}

/// The folder of the subchart `name`, which need not exist on disk by that name when it lies in a package.
fn folder_of(path: &Path, place: Place, name: &str, entries: &[Entry]) -> PathBuf {
    if place == Place::Folder {
        return path.join("charts").join(name);
    }
    let prefix = entries.first().and_then(|entry| {
        let path = entry.path.to_str()?;
        let before = path.strip_suffix(entry.name.as_str())?;
        Some(PathBuf::from(format!("{before}{name}")))
    });
    prefix.unwrap_or_else(|| PathBuf::from(format!("{}!/charts/{name}", path.display())))
}

fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// `path` without `.` parts, and with `NAME/..` taken out where that cannot change its meaning for people.
pub(super) fn normalized(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// Whether Go's `filepath.Ext` of `name` is `.extension`.
fn has_extension(name: &str, extension: &str) -> bool {
    name.strip_suffix(extension).is_some_and(|rest| rest.ends_with('.'))
}
