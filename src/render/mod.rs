//! Chart and values to manifests, as `helm template` does it: which templates exist, in which order they run, what they see.
//! Uses `template` and `chart`; one template that fails never takes the others with it.

mod capabilities;
mod decisions;
mod documents;
mod head;
mod manifests;
mod release;
mod scope;
mod selection;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::chart::{Chart, ChartError, ChartFile, ChartNode, Choice, Processed, Schemas};
use crate::source::{FileId, Span, Text};
use crate::template::functions::helm::{cleanup_execution_error, cleanup_parse_error, without_no_value};
use crate::template::{Decision, Environment, Machine, ParseError, ParsedFile, Program, parser, stack};
use crate::yaml;
use documents::Documents;

pub use capabilities::KubeVersion;
pub use decisions::Decisions;
pub use manifests::{Manifest, print, stream};
pub use selection::show_only;

/// What a release is called, and what it sees of the cluster.
#[derive(Clone, Debug)]
pub struct Options {
    /// `.Release.Name`
    pub release: String,
    /// `.Release.Namespace`
    pub namespace: String,
    /// Whether it is an upgrade rather than an installation.
    pub is_upgrade: bool,
    /// The Kubernetes version.
    pub kube_version: KubeVersion,
    /// API versions beside those that Helm knows.
    pub api_versions: Vec<String>,
    /// Which of several subcharts of one name counts.
    pub choice: Choice,
    /// The cluster's objects for `lookup`.
    pub objects: Arc<[yaml::Value]>,
    /// Decisions of templates that are made so whatever the values say.
    pub forced: Arc<[Decision]>,
    /// Whether [`Rendered::decisions`] are wanted.
    pub notes: bool,
    /// Which schemas the values must fit.
    pub schemas: Schemas,
    /// Whether values may be missing: neither `required`, `fail` and schemas refuse them, nor what asks nil for a field.
    pub is_tolerant: bool,
}

impl Options {
    /// Whether the same would be rendered, with every place the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let objects = self.objects.len() == other.objects.len()
            && self.objects.iter().zip(other.objects.iter()).all(|(one, two)| one.is_same(two));
        (&self.release, &self.namespace, self.is_upgrade) == (&other.release, &other.namespace, other.is_upgrade)
            && (&self.kube_version, &self.api_versions) == (&other.kube_version, &other.api_versions)
            && (&self.choice, &self.forced) == (&other.choice, &other.forced)
            && (self.notes, self.schemas) == (other.notes, other.schemas)
            && self.is_tolerant == other.is_tolerant
            && objects
    }
}

impl Default for Options {
    /// What `helm template` assumes when it is told nothing.
    fn default() -> Self {
        Self {
            release: "release-name".to_owned(),
            namespace: "default".to_owned(),
            is_upgrade: false,
            kube_version: KubeVersion::default(),
            api_versions: Vec::new(),
            choice: Choice::default(),
            objects: Arc::default(),
            forced: Arc::default(),
            notes: false,
            schemas: Schemas::default(),
            is_tolerant: false,
        }
    }
}

/// Something that Helm refuses.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    /// Helm's message, without `Error: ` in front.
    pub message: String,
    /// The innermost place that stands in a file.
    pub place: Option<Span>,
    /// The full name of the template, when one is to blame.
    pub template: Option<String>,
}

impl From<ChartError> for RenderError {
    fn from(error: ChartError) -> Self {
        Self { message: error.message, place: error.span, template: None }
    }
}

/// What a chart renders to.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The chart with its dependencies switched and its values computed.
    pub processed: Processed,
    /// The documents in Helm's order, hooks last.
    pub manifests: Vec<Manifest>,
    /// What Helm refuses, in the order in which it would meet it: it would stop at the first and print nothing.
    pub refusals: Vec<RenderError>,
    /// Which blocks of templates ran and which did not, by the path of the chart that they ran for, where that is wanted.
    pub decisions: Decisions,
}

/// The manifests below `crds/` of all charts that are on, with the names that Helm 3.10 prints: without
/// the chart's.
///
/// # Errors
/// A file that cannot be read.
pub fn crds(processed: &Processed) -> Result<Vec<(String, Text)>, ChartError> {
    fn collect(node: &ChartNode, found: &mut Vec<(String, Text)>) -> Result<(), ChartError> {
        let text = |file: &ChartFile| (file.name.clone(), (*file.text).clone());
        found.extend(node.chart.crds().map(text));
        match node.chart.unreadable_file() {
            Some(error) => Err(error),
            None => node.subcharts.iter().try_for_each(|subchart| collect(subchart, found)),
        }
    }
    let mut found = Vec::new();
    collect(&processed.root, &mut found).map(|()| found)
}

/// Renders `chart` with the user's `values`, once: several renderings of one chart share a [`Renderer`].
///
/// # Errors
/// As [`Renderer::render`].
pub fn render(chart: &Arc<Chart>, values: &yaml::Value, options: &Options) -> Result<Rendered, RenderError> {
    Renderer::new(chart.clone()).render(values, options)
}

/// Renders one chart, any number of times and from any thread: each template is parsed once.
#[derive(Debug)]
pub struct Renderer {
    chart: Arc<Chart>,
    /// By source, and by the name that the template has: under an alias it is another one.
    parsed: Mutex<HashMap<FileId, Vec<(String, Parsed)>>>,
    /// For one that remembers.
    memory: Option<Memory>,
}

/// What a renderer remembers.
#[derive(Debug, Default)]
struct Memory {
    /// What was rendered.
    rendered: Mutex<Vec<Remembered>>,
    /// What rendered files hold; the same for the renderers of all states of a chart.
    documents: Arc<Documents>,
}

/// Everything that a rendering of one chart depends on.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// The user's values.
    pub values: yaml::Value,
    /// What fills empty `region` values.
    pub region: Option<String>,
    /// Whether it takes the place of other regions, too.
    pub moves: bool,
    /// The release and the cluster.
    pub options: Options,
}

impl Occasion {
    /// Whether the same would be rendered, with every place the same.
    fn is_same(&self, other: &Self) -> bool {
        self.values.is_same(&other.values)
            && (&self.region, self.moves) == (&other.region, other.moves)
            && self.options.is_same(&other.options)
    }
}

#[derive(Debug)]
struct Remembered {
    occasion: Occasion,
    outcome: Result<Arc<Rendered>, RenderError>,
    /// How often [`Renderer::forget_unused`] was called since it was asked for.
    idle: usize,
}

/// Rounds that a rendering is remembered for without being asked for: what somebody types makes it needed now and then.
const MOST_IDLE: usize = 50;

type Parsed = Result<ParsedFile, ParseError>;

impl Renderer {
    /// A renderer of `chart`.
    #[must_use]
    pub fn new(chart: Arc<Chart>) -> Self {
        Self { chart, parsed: Mutex::default(), memory: None }
    }

    /// A renderer that remembers what it rendered, with the parsed templates of `before`, one of an older state of the chart.
    #[must_use]
    pub fn remembering(chart: Arc<Chart>, before: Option<&Self>) -> Self {
        let parsed = before.map(|before| before.parsed.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let documents = before.and_then(|before| Some(before.memory.as_ref()?.documents.clone())).unwrap_or_default();
        let memory = Memory { rendered: Mutex::default(), documents };
        Self { chart, parsed: Mutex::new(parsed.unwrap_or_default()), memory: Some(memory) }
    }

    /// What `render` makes of the chart on this occasion; where it was asked for before, that, if this renderer remembers.
    ///
    /// # Errors
    /// Those of `render`.
    pub fn once(
        &self,
        occasion: Occasion,
        render: impl FnOnce(&Occasion) -> Result<Rendered, RenderError>,
    ) -> Result<Arc<Rendered>, RenderError> {
        let Some(memory) = &self.memory else { return render(&occasion).map(Arc::new) };
        let all = || memory.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all().iter_mut().find(|known| known.occasion.is_same(&occasion)) {
            known.idle = 0;
            return known.outcome.clone();
        }
        // Not under the lock: another thread may render meanwhile.
        let outcome = render(&occasion).map(Arc::new);
        all().push(Remembered { occasion, outcome: outcome.clone(), idle: 0 });
        outcome
    }

    /// Forgets what was not asked for in the last rounds, each of which ends with this, and the templates of other files than `files`.
    pub fn forget_unused(&self, files: &HashSet<FileId>) {
        if let Some(memory) = &self.memory {
            let mut rendered = memory.rendered.lock().unwrap_or_else(PoisonError::into_inner);
            rendered.iter_mut().for_each(|known| known.idle += 1);
            rendered.retain(|known| known.idle <= MOST_IDLE);
            memory.documents.forget_unused(MOST_IDLE);
        }
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner).retain(|file, _| files.contains(file));
    }

    /// The chart.
    #[must_use]
    pub fn chart(&self) -> &Arc<Chart> {
        &self.chart
    }

    /// Renders the chart with the user's `values`.
    ///
    /// # Errors
    /// What makes rendering impossible as a whole: values that do not fit, a schema's violation.
    pub fn render(&self, values: &yaml::Value, options: &Options) -> Result<Rendered, RenderError> {
        release::check_name(&options.release)?;
        self.render_processed(self.process(values, options)?, options)
    }

    /// Switches the dependencies and computes the values.
    ///
    /// # Errors
    /// As [`Chart::process`].
    pub fn process(&self, values: &yaml::Value, options: &Options) -> Result<Processed, ChartError> {
        let schemas = if options.is_tolerant { Schemas::None } else { options.schemas };
        self.chart.process(values, &options.choice, schemas)
    }

    /// As [`Renderer::render`], where the chart was processed already, with the choice that `options` have.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn render_processed(&self, processed: Processed, options: &Options) -> Result<Rendered, RenderError> {
        release::check_name(&options.release)?;
        self.chart.check_kube_version(&options.kube_version.version)?;
        let mut templates = scope::templates(&processed);
        let (program, mut refusals) = self.parse(&mut templates);
        let (outputs, failures, decisions) =
            stack::on_sufficient_stack(|| execute(&processed, &templates, &program, options));
        refusals.extend(failures);
        refuse_unreadable(&processed.root, &mut refusals);
        let (manifests, unreadable) = manifests::sort(outputs, self.memory.as_ref().map(|memory| &*memory.documents));
        refusals.extend(unreadable.into_iter().map(|document| RenderError {
            place:
                document.text.span_of(document.range.clone()).or_else(|| document.text.span_of(0..document.text.len())),
            message: document.message,
            template: Some(document.template),
        }));
        Ok(Rendered { manifests, refusals, decisions, processed })
    }

    /// Parses the templates; one that does not parse is dropped, and told.
    fn parse(&self, templates: &mut Vec<scope::Template<'_>>) -> (Program, Vec<RenderError>) {
        let (mut files, mut refusals) = (Vec::with_capacity(templates.len()), Vec::new());
        templates.retain(|template| match self.parse_one(&template.name, template.text, template.file) {
            Ok(trees) => {
                files.push(trees);
                true
            }
            Err(error) => {
                let message = cleanup_parse_error(&template.name, &error.message);
                refusals.push(RenderError { message, place: error.place, template: Some(template.name.clone()) });
                false
            }
        });
        (Program::new(templates.iter().map(|template| template.name.as_str()).zip(files)), refusals)
    }

    /// The templates of the chart at `node` that parse.
    pub fn trees<'a>(&'a self, node: &'a ChartNode) -> impl Iterator<Item = ParsedFile> + 'a {
        let parsed = |file: &ChartFile| self.parse_one(&scope::join(&node.path, &file.name), &file.text, file.file);
        node.chart.templates.iter().filter_map(move |file| parsed(file).ok())
    }

    fn parse_one(&self, name: &str, text: &Text, file: FileId) -> Parsed {
        let parsed = || self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parsed()
            .get(&file)
            .and_then(|all| all.iter().find(|(known, _)| known == name).map(|(_, parsed)| parsed.clone()));
        known.unwrap_or_else(|| {
            // Not under the lock: another thread may parse meanwhile, at worst the same file.
            let new = parser::parse(name, text).map(ParsedFile::from);
            parsed().entry(file).or_default().push((name.to_owned(), new.clone()));
            new
        })
    }
}

/// Tells the files that could not be read when a template or the renderer looked at them.
fn refuse_unreadable(node: &ChartNode, refusals: &mut Vec<RenderError>) {
    refusals.extend(node.chart.unreadable_file().map(RenderError::from));
    node.subcharts.iter().for_each(|subchart| refuse_unreadable(subchart, refusals));
}

/// Runs every template that is no partial. Files that Helm takes for notes are run, for they may fail, and dropped.
fn execute(
    processed: &Processed,
    templates: &[scope::Template<'_>],
    program: &Program,
    options: &Options,
) -> (Vec<(String, Text)>, Vec<RenderError>, Decisions) {
    let scopes = scope::Scopes::new(processed, options);
    let environment = Environment {
        objects: options.objects.clone(),
        forced: options.forced.clone(),
        notes: options.notes,
        is_tolerant: options.is_tolerant,
        ..Environment::default()
    };
    let mut machine = Machine::new(program, environment);
    let (mut outputs, mut refusals, mut decisions) = (Vec::new(), Vec::new(), Decisions::default());
    for template in templates.iter().filter(|template| !template.is_partial()) {
        match machine.execute(&template.name, &scopes.enter(template)) {
            Ok(text) if !template.name.ends_with("NOTES.txt") => {
                outputs.push((template.name.clone(), without_no_value(&text)));
            }
            Ok(_) => {}
            Err(error) => refusals.push(RenderError {
                message: cleanup_execution_error(&error.message),
                place: error.place,
                template: Some(template.name.clone()),
            }),
        }
        decisions.add(template.chart, &template.name, machine.take_decisions());
    }
    (outputs, refusals, decisions)
}
