//! Operands: images that no pod template names, but a running controller will pull. They stand in variables, arguments,
//! ConfigMaps, annotations and custom resources, whole or split over fields. Reads rendered documents; asks no cluster.

mod cel;
mod commands;
mod controllers;
mod evidence;
mod expansion;
mod fields;
mod lists;
mod policies;
mod script;
mod shell;
mod words;

use std::collections::BTreeSet;

use self::controllers::Facts;
use self::evidence::{is_official, plausible};
use self::expansion::expanded;
use self::fields::{Field, join};
use self::words::{Hint, Role, hint, hint_of_file, is_label, is_of_source, is_told, last_part};
use super::Workload;
use super::pods::{LISTS, is_policy, object};
use super::when::used;
use crate::source::Text;
use crate::yaml::{self, Map, Value};

pub(super) use self::evidence::Evidence;
pub(super) use self::words::is_image_part;

/// Nesting that is followed; Kubernetes refuses deeper objects.
const MAX_DEPTH: usize = 200;

/// Documents within strings within documents that are followed.
const MAX_EMBEDDED: usize = 3;

/// What the places of fields begin with.
const FIELD: &str = "field ";

/// The ends of names of files that only show how something is done; no controller reads them.
const EXAMPLES: [&str; 2] = [".example", ".sample"];

/// Names of files for people: what they say is run by none.
const PROSE: [&str; 8] = [".md", ".adoc", ".rst", "README", "README.txt", "CHANGELOG", "NOTES", "NOTES.txt"];

/// The key of an image without its version.
const BASE: &str = "baseImage";

/// The keys of its version, but for its digest.
const VERSIONS: [&str; 2] = ["version", "tag"];

/// The key of its digest.
const DIGEST: &str = "sha";

/// All of them.
const PIECES: [&str; 4] = [BASE, VERSIONS[0], VERSIONS[1], DIGEST];

/// Keys beside which a repository and a version are those of a chart, or of what is deployed from git.
const CHARTS: [&str; 6] = ["chart", "chartName", "helmChart", "chartVersion", "repoURL", "targetRevision"];

/// How sure it is that a string is an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The grammar and something else say so: the key's name, the values line that it came from, or the list.
    Certain,
    /// Only one of them says so.
    Likely,
}

impl Confidence {
    /// `certain` or `likely`
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// How an operand is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Naming {
    /// `env RELATED_IMAGE_X`, `argument --x-image`, `annotation x`, `data config.yaml: image`, `field spec.a.image+version`.
    pub place: String,
    /// How sure it is an image.
    pub confidence: Confidence,
    /// Whether its controller puts the node's system behind the tag (`580.65.06-ubuntu24.04`), so that no such image exists as
    /// it is named.
    pub completed: bool,
}

/// An operand in a document.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub workload: Workload,
    pub naming: Naming,
    pub text: Text,
    /// The field that must be true for it to be pulled, when it is false.
    pub when: Option<String>,
}

/// The operands of one document.
pub(super) fn operands(document: &Value, evidence: &Evidence<'_>) -> Vec<Operand> {
    let nobody = Workload { kind: String::new(), name: String::new(), container: None };
    let mut walk = Walk { evidence, facts: Facts::default(), found: Vec::new() };
    if let Some(policy) = document.as_map().filter(|map| is_policy(map)) {
        for brought in policies::brought(policy) {
            // What it brings is no object of the chart's: its containers run when the controller wants.
            let place = Place::new(object(policy).unwrap_or_else(|| nobody.clone()), FIELD);
            let place = Place { path: brought.path, embedded: 1, ..place };
            let place = if brought.is_within { place.inside() } else { place };
            walk.value(&brought.value, &place, &hint(""), 0);
        }
        return walk.found;
    }
    walk.value(document, &Place::new(nobody, FIELD), &hint(""), 0);
    walk.found
}

/// Where the walk stands.
#[derive(Clone, Debug)]
struct Place {
    workload: Workload,
    /// The kind of place: `field `, `env `, `data config.yaml: `.
    prefix: String,
    path: String,
    /// How many strings are around it.
    embedded: usize,
    /// The registry and the version that mappings around it give for all images below.
    given: Vec<Field>,
    /// The field that switches it off.
    off: Option<String>,
}

impl Place {
    fn new(workload: Workload, prefix: &str) -> Self {
        Self { workload, prefix: prefix.to_owned(), path: String::new(), embedded: 0, given: Vec::new(), off: None }
    }

    /// One key deeper.
    fn key(&self, key: &str) -> Self {
        let mut place = self.clone();
        if !place.path.is_empty() {
            place.path.push('.');
        }
        place.path.push_str(&key.replace('.', "\\."));
        place
    }

    fn index(&self, index: usize) -> Self {
        let path = format!("{}[{index}]", self.path);
        Self { path, ..self.clone() }
    }

    /// Another kind of place within the same object.
    fn named(&self, prefix: &str, name: &str) -> Self {
        if self.embedded > 0 {
            let parts = [self.path.as_str(), prefix.trim_end(), name];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            return Self { path: parts.join(" "), ..self.clone() };
        }
        Self { prefix: prefix.to_owned(), path: name.to_owned(), ..self.clone() }
    }

    /// Within the string that stands here.
    fn inside(&self) -> Self {
        let prefix = format!("{}: ", format!("{}{}", self.prefix, self.path).trim_end());
        Self { prefix, path: String::new(), embedded: self.embedded + 1, ..self.clone() }
    }

    fn show(&self) -> String {
        format!("{}{}", self.prefix, self.path).trim_end_matches([' ', ':']).to_owned()
    }
}

struct Walk<'a> {
    evidence: &'a Evidence<'a>,
    /// What is known of the object that is walked.
    facts: Facts,
    found: Vec<Operand>,
}

impl Walk<'_> {
    fn push(&mut self, place: &Place, text: Text, confidence: Confidence) {
        let is_field = place.embedded == 0 && place.prefix == FIELD;
        let completed = is_field && !text.contains('@') && self.facts.completes(&place.path);
        let unused = self.facts.off(&place.path).filter(|_| is_field).map(str::to_owned);
        let when = super::survey::both(unused, place.off.clone());
        let naming = Naming { place: place.show(), confidence, completed };
        let workload = place.workload.clone();
        self.found.push(Operand { workload, naming, text, when });
    }

    fn value(&mut self, value: &Value, place: &Place, said: &Hint, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::String(text) => self.leaf(text, place, said),
            Value::List(items) if is_environment(items) => self.variables(items, place, depth),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &place.index(index), said, depth + 1);
                }
            }
            Value::Map(map) => match object(map).filter(|_| place.embedded == 0) {
                Some(workload) if workload.kind == "CustomResourceDefinition" => {}
                Some(workload) => {
                    let outer = std::mem::replace(&mut self.facts, Facts::of(map));
                    self.map(map, &Place::new(workload, FIELD), said, depth);
                    self.facts = outer;
                }
                None => self.map(map, place, said, depth),
            },
            _ => {}
        }
    }

    fn map(&mut self, map: &Map, place: &Place, said: &Hint, depth: usize) {
        let void = self.void(map, place);
        let rest = void.map(|void| map.iter().filter(|(key, _)| !void.contains(&key.as_str())));
        let rest: Option<Map> = rest.map(|rest| rest.map(|(key, value)| (key.clone(), value.clone())).collect());
        let map = rest.as_ref().unwrap_or(map);
        let field = |key: &Text, value: &Value| {
            Some(Field { hint: hint(last_part(key)), shown: key.to_string(), text: scalar(value)? })
        };
        let mut fields: Vec<Field> = map.iter().filter_map(|(key, value)| field(key, value)).collect();
        let has = |role: Role| fields.iter().any(|field| field.hint.role == Some(role));
        let parts = [Role::Registry, Role::Repository, Role::Version, Role::Digest].map(has);
        let mut inner = place.clone();
        if let Some(Value::Bool(false, _)) = map.get("enabled") {
            inner.off.get_or_insert_with(|| place.key("enabled").show().trim_start_matches(FIELD).to_owned());
        }
        let gives =
            |field: &&Field| matches!(field.shown.as_str(), "hub" | "registry" | "tag") && !field.text.is_empty();
        let given: Vec<Field> = fields.iter().filter(gives).cloned().collect();
        if given.len() == 2 {
            inner.given = given;
        } else if parts == [false; 4] {
            fields
                .extend(inner.given.iter().map(|field| Field { shown: format!("({})", field.shown), ..field.clone() }));
        }
        let place = &inner;
        // The repository and version of a chart.
        let is_chart = CHARTS.iter().any(|key| map.contains_key(*key));
        let taken = if is_chart { Vec::new() } else { self.joined(&fields, place, said.names_image()) };
        let taken: Vec<&str> = taken.into_iter().map(|at| fields[at].shown.as_str()).collect();
        let is_object = object(map).is_some();
        let holds_data = matches!(place.workload.kind.as_str(), "ConfigMap" | "Secret") && is_object;
        for (key, value) in map.iter().filter(|(key, _)| !taken.contains(&key.as_str())) {
            match key.as_str() {
                "apiVersion" | "kind" | "status" if is_object => {}
                "labels" | "matchLabels" | "nodeSelector" | "selector" | "openAPIV3Schema" | "caBundle" => {}
                _ if is_label(key) && holds_words(value) => {}
                "metadata" => self.annotations(value, place, depth),
                "data" | "stringData" if holds_data => {
                    if place.workload.kind == "ConfigMap" || key == "stringData" {
                        self.data(value, place, depth);
                    }
                }
                "binaryData" if holds_data => {}
                "env" | "envs" | "extraEnv" => self.environment(value, place, depth),
                "args" | "command" | "extraArgs" | "additionalArgs" => self.arguments(value, place, depth),
                _ if LISTS.contains(&key.as_str()) => self.containers(value, &place.key(key), depth),
                _ => {
                    let mut own = hint(last_part(key));
                    // What stands in a mapping called images may be one by any name.
                    own.image |= said.names_image() && !own.other;
                    own.bare |= parts == [false; 4] && place.embedded == 0 && place.off.is_none();
                    // `disk: {image: windows11}`
                    own.bare &= !said.other;
                    if said.names_image() && matches!(key.as_str(), "reference" | "ref" | "url" | "uri") {
                        own = Hint { role: Some(Role::Image), never: false, ..own };
                    }
                    self.value(value, &place.key(key), &own, depth + 1);
                }
            }
        }
    }

    /// The keys of pieces that have no say: beside a whole image, or beside a digest.
    fn void(&self, map: &Map, place: &Place) -> Option<&'static [&'static str]> {
        let text = |key: &str| map.get(key).and_then(Value::as_text).map(Text::trim).filter(|text| !text.is_empty());
        let image = text("image");
        let is_field = place.embedded == 0 && place.prefix == FIELD;
        if is_field && self.facts.takes_whole(&place.path) {
            return match image {
                Some(_) => Some(&PIECES),
                None => text(DIGEST).map(|_| VERSIONS.as_slice()),
            };
        }
        let is_versioned =
            |text: &Text| plausible(text).is_some_and(|image| image.tag().is_some() || image.digest().is_some());
        let is_whole = is_versioned(&image?);
        // `baseImageTag`, `baseTag`
        let group = hint(BASE).group;
        let is_of_base = |key: &Text, value: &Value| {
            let hint = hint(last_part(key));
            let is_version = matches!(hint.role, Some(Role::Version | Role::Digest));
            is_version && hint.group == group && scalar(value).is_some_and(|text| !text.trim().is_empty())
        };
        let has_own = || map.iter().any(|(key, value)| is_of_base(key, value));
        (is_whole && !is_versioned(&text(BASE)?) && !has_own()).then_some(&[BASE])
    }

    /// Reports the images that `fields` make together; the indices of the fields that it took.
    fn joined(&mut self, fields: &[Field], place: &Place, inside: bool) -> Vec<usize> {
        let mut taken = Vec::new();
        for joined in join(fields, inside, self.evidence) {
            let names: Vec<&str> = joined.members.iter().map(|at| fields[*at].shown.as_str()).collect();
            let mut at = place.clone();
            at.path = [place.path.as_str(), &names.join("+")]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(".");
            taken.extend(&joined.members);
            self.push(&at, joined.text, joined.confidence);
        }
        taken
    }

    fn annotations(&mut self, metadata: &Value, place: &Place, depth: usize) {
        let Some(map) = metadata.get("annotations").and_then(Value::as_map) else { return };
        let mut taken: Vec<String> = Vec::new();
        // Those of one domain may be parts of an image.
        let domains: BTreeSet<&str> = map.keys().filter_map(|key| Some(key.rsplit_once('/')?.0)).collect();
        for domain in domains {
            let of_domain = map.iter().filter(|(key, _)| key.rsplit_once('/').is_some_and(|(own, _)| own == domain));
            let field = |(key, value): (&Text, &Value)| {
                Some(Field { hint: hint(last_part(key)), shown: key.to_string(), text: scalar(value)? })
            };
            let fields: Vec<Field> = of_domain.filter_map(field).collect();
            // Many a repository and a version are those of sources or charts, and many a name of an image is a path of values.
            let is_image = |group: &str| {
                let begins = |field: &Field| field.hint.image && field.text.contains('/');
                !is_of_source(group) && fields.iter().any(|field| field.hint.group == group && begins(field))
            };
            let fields: Vec<Field> = fields.iter().filter(|field| is_image(&field.hint.group)).cloned().collect();
            let joined = self.joined(&fields, &place.named("annotation ", ""), false);
            taken.extend(joined.into_iter().map(|at| fields[at].shown.clone()));
        }
        for (key, value) in map.iter().filter(|(key, _)| !taken.iter().any(|taken| taken == key.as_str())) {
            let at = place.named("annotation ", key);
            self.value(value, &at, &hint(last_part(key)), depth + 1);
        }
    }

    fn data(&mut self, data: &Value, place: &Place, depth: usize) {
        let Some(map) = data.as_map() else { return };
        let at = place.named("data ", "");
        let one_line = |value: &Value| scalar(value).filter(|text| !text.contains('\n'));
        let fields: Vec<Field> = map
            .iter()
            .filter_map(|(key, value)| Some(Field { hint: hint(key), shown: key.to_string(), text: one_line(value)? }))
            .collect();
        let names: Vec<String> = fields.iter().map(|field| field.shown.clone()).collect();
        let taken: Vec<&str> = self.joined(&fields, &at, false).into_iter().map(|at| names[at].as_str()).collect();
        let is_prose = |key: &Text| PROSE.iter().any(|end| key.ends_with(end));
        for (key, value) in map.iter().filter(|(key, _)| !taken.contains(&key.as_str()) && !is_prose(key)) {
            let mut at = place.named("data ", key);
            if EXAMPLES.iter().any(|end| key.ends_with(end)) {
                at.off.get_or_insert_with(|| used(key));
            }
            let from = self.found.len();
            self.value(value, &at, &hint_of_file(key), depth + 1);
            // `image: web:1` may be one of anything.
            let said = hint(key);
            let is_vague = said.names_image() && said.group.is_empty() && one_line(value).is_some();
            for operand in self.found[from..].iter_mut().filter(|found| is_vague && !found.text.contains('/')) {
                operand.naming.confidence = Confidence::Likely;
            }
        }
    }

    fn containers(&mut self, containers: &Value, place: &Place, depth: usize) {
        for (index, item) in containers.as_list().unwrap_or_default().iter().enumerate() {
            let Some(map) = item.as_map().map(expanded) else { continue };
            let mut at = place.index(index);
            if place.embedded == 0 {
                let name = map.get("name").and_then(Value::as_text);
                at.workload.container = name.map(ToString::to_string);
                let mut rest = map.clone();
                // The container's own image is deployed; one that is written in parts is the controller's.
                if map.get("image").is_some_and(|image| image.as_map().is_none()) {
                    rest.remove("image");
                }
                self.map(&rest, &at, &hint(""), depth + 1);
            } else {
                self.map(&map, &at, &hint(""), depth + 1);
            }
        }
    }

    /// Variables, as a list of names and values or as a mapping.
    fn environment(&mut self, variables: &Value, place: &Place, depth: usize) {
        match variables {
            Value::List(items) => self.variables(items, place, depth),
            Value::Map(map) => {
                let pairs: Vec<_> =
                    map.iter().filter_map(|(name, value)| Some((name.to_string(), scalar(value)?))).collect();
                self.pairs(pairs, place, "env ");
            }
            _ => {}
        }
    }

    fn variables(&mut self, items: &[Value], place: &Place, depth: usize) {
        let pair = |item: &Value| Some((item.get("name")?.as_text()?.to_string(), scalar(item.get("value")?)?));
        let (mut pairs, mut others) = (Vec::new(), Vec::new());
        for item in items {
            match pair(item) {
                Some(pair) => pairs.push(pair),
                None => others.push(item),
            }
        }
        self.pairs(pairs, place, "env ");
        for item in others {
            self.value(item, place, &hint(""), depth + 1);
        }
    }

    /// Names with values: split images first, the others one by one.
    fn pairs(&mut self, pairs: Vec<(String, Text)>, place: &Place, prefix: &str) {
        let field = |(name, text): &(String, Text)| Field { hint: hint(name), shown: name.clone(), text: text.clone() };
        let at = place.named(prefix, "");
        let fields: Vec<Field> = pairs.iter().map(field).collect();
        let taken = self.joined(&fields, &at, false);
        for (index, (name, text)) in pairs.iter().enumerate() {
            if !taken.contains(&index) {
                let mut said = hint(name.trim_start_matches('-'));
                said.bare |= is_official(text.trim().as_str());
                self.leaf(text, &place.named(prefix, name), &said);
            }
        }
    }

    fn arguments(&mut self, arguments: &Value, place: &Place, depth: usize) {
        let Some(items) = arguments.as_list() else {
            // One string that a shell splits.
            self.value(arguments, &place.named("argument ", ""), &hint(""), depth + 1);
            return;
        };
        if items.iter().any(|item| item.as_map().is_some()) {
            self.value(arguments, &place.named("argument ", ""), &hint(""), depth + 1);
            return;
        }
        let texts: Vec<&Text> = items.iter().filter_map(Value::as_text).collect();
        let (mut flags, mut others) = (Vec::new(), Vec::new());
        let mut at = 0;
        // `kubectl set image deployment/web web=IMAGE`
        let sets = texts.windows(2).position(|pair| *pair[0] == "set" && *pair[1] == "image");
        while let Some(text) = texts.get(at) {
            at += 1;
            if let Some(equals) =
                text.find('=').filter(|_| sets.is_some_and(|sets| at > sets + 2) && !text.starts_with('-'))
                && !commands::is_selecting(texts[at - 2])
            {
                self.leaf(&text.slice(equals + 1..text.len()), &place.named("argument ", "set image"), &hint("image"));
                continue;
            }
            let blank = text.trim().contains(char::is_whitespace);
            match text.find('=') {
                Some(equals) if !blank && is_name(&text[..equals]) => {
                    flags.push((text[..equals].to_owned(), text.slice(equals + 1..text.len())));
                }
                _ if !blank && text.starts_with('-') => {
                    if let Some(value) = texts.get(at).filter(|next| !next.starts_with('-')) {
                        flags.push((text.to_string(), (*value).clone()));
                        at += 1;
                    }
                }
                _ => others.push(*text),
            }
        }
        self.pairs(flags, place, "argument ");
        for text in others {
            self.leaf(text, &place.named("argument ", ""), &hint(""));
        }
    }

    /// A string: an image, several, a document or a script.
    fn leaf(&mut self, text: &Text, place: &Place, said: &Hint) {
        let (trimmed, is_brought) = without_scheme(text.trim());
        // Only images are brought so, whatever the name beside them says.
        let own = is_brought.then(|| Hint { bare: true, ..hint("image") });
        let said = own.as_ref().unwrap_or(said);
        if trimmed.len() < 2 || !self.evidence.interests(&trimmed, said) {
            return;
        }
        let blank = trimmed.contains(char::is_whitespace);
        if !blank && let Some((_, confidence)) = self.evidence.assess(&trimmed, said) {
            self.push(place, trimmed, confidence);
            return;
        }
        // One word under such a name is what the name says, whatever else it looks like.
        if !blank && said.never {
            return;
        }
        if blank && is_told(&said.group) {
            return;
        }
        let document = trimmed.starts_with(['{', '[']) || trimmed.contains('\n');
        if document && place.embedded < MAX_EMBEDDED && self.document(&trimmed, place, said) {
            return;
        }
        let several = said.image && !trimmed.contains("{{") && self.several(&trimmed, place, said);
        if !several && !said.names_image() {
            for word in script::scan(&trimmed, self.evidence) {
                let at = if word.key.is_empty() { place.clone() } else { place.inside().key(&word.key) };
                self.push(&at, word.text, word.confidence);
            }
        }
    }

    /// Several images in one string: `IMAGE,IMAGE`, or `NAME=IMAGE` lines, comments left out. Where a word is none, it is prose.
    /// Whether it was several.
    fn several(&mut self, text: &Text, place: &Place, said: &Hint) -> bool {
        let (mut start, mut found) = (0, Vec::new());
        let mut comment = false;
        for part in text.as_str().split_inclusive(|letter: char| letter.is_whitespace() || ",;".contains(letter)) {
            let word = part.trim_end_matches(|letter: char| letter.is_whitespace() || ",;".contains(letter));
            let from = word.rfind('=').map_or(0, |at| at + 1);
            let image = text.slice(start + from..start + word.len());
            start += part.len();
            comment |= word.starts_with('#');
            let is_read = !comment && !image.is_empty();
            comment &= !part.ends_with('\n');
            if !is_read {
                continue;
            }
            match self.evidence.assess(&image, said).filter(|_| image.contains([':', '@', '/'])) {
                Some((_, confidence)) => found.push((image, confidence)),
                None => return false,
            }
        }
        let is_any = !found.is_empty();
        for (image, confidence) in found {
            self.push(place, image, confidence);
        }
        is_any
    }

    /// Reads YAML or JSON within a string; whether it was that.
    fn document(&mut self, text: &Text, place: &Place, said: &Hint) -> bool {
        // All of it must be YAML: TOML may begin like a list.
        let Ok(stream) = yaml::parse(text) else { return false };
        let documents: Result<Vec<Value>, _> = stream.documents.iter().map(yaml::Document::to_value).collect();
        let Ok(documents) = documents else { return false };
        if documents.iter().any(|value| !matches!(value, Value::Map(_) | Value::List(_) | Value::Null(_))) {
            return false;
        }
        let inside = place.inside();
        for value in &documents {
            self.value(value, &inside, said, 0);
        }
        true
    }
}

/// The image behind `docker://`, as tools that copy images name it, and whether one stands there: a host alone is none.
fn without_scheme(text: Text) -> (Text, bool) {
    const SCHEME: &str = "docker://";
    let Some(rest) = text.strip_prefix(SCHEME) else { return (text, false) };
    let (name, port) = rest.trim_end_matches('/').split_once(':').unwrap_or((rest.trim_end_matches('/'), ""));
    let is_host = name.contains('.') && !name.contains('/') && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_host { (text, false) } else { (text.slice(SCHEME.len()..text.len()), true) }
}

/// Whether all of a list's items are names with values, as variables are written.
fn is_environment(items: &[Value]) -> bool {
    let variable = |item: &Value| {
        item.as_map().is_some_and(|map| map.len() == 2 && map.contains_key("name") && map.contains_key("value"))
    };
    !items.is_empty() && items.iter().all(variable)
}

/// Whether a mapping holds nothing but words.
fn holds_words(value: &Value) -> bool {
    value.as_map().is_some_and(|map| map.iter().all(|(_, value)| !matches!(value, Value::Map(_) | Value::List(_))))
}

/// Whether a flag or variable can be called so.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// A scalar that can be a part of an image, as text.
fn scalar(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Int(number, origins) => Some(Text::computed(number.to_string(), origins.clone())),
        Value::Float(number, origins) => Some(Text::computed(number.to_string(), origins.clone())),
        _ => None,
    }
}
