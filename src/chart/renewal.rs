//! A chart of which nothing but values and templates changed since it was loaded: what did not change stays the same one.

use std::collections::HashSet;
use std::sync::Arc;

use super::load::read_values;
use super::{Chart, ChartFile};
use crate::source::{FileId, Layer, LazyText, Sources};
use crate::yaml::Value;

impl Chart {
    /// This chart with its files `changed` as they are now. Nothing where one of those is neither `values.yaml` nor a template, of it
    /// or of a chart below it, or cannot be read: then the chart is to be loaded.
    #[must_use]
    pub fn renewed(self: &Arc<Self>, sources: &Sources, changed: &HashSet<FileId>) -> Option<Arc<Self>> {
        let mut renewal = Renewal { sources, changed, done: HashSet::new() };
        let chart = renewal.chart(self)?;
        (renewal.done == *changed).then_some(chart)
    }
}

struct Renewal<'a> {
    sources: &'a Sources,
    changed: &'a HashSet<FileId>,
    done: HashSet<FileId>,
}

impl Renewal<'_> {
    fn chart(&mut self, chart: &Arc<Chart>) -> Option<Arc<Chart>> {
        let subcharts: Vec<Arc<Chart>> =
            chart.subcharts.iter().map(|subchart| self.chart(subchart)).collect::<Option<_>>()?;
        let own = chart.values_file.iter().chain(&chart.templates).any(|file| self.changed.contains(&file.file));
        if !own && subcharts.iter().zip(&chart.subcharts).all(|(new, old)| Arc::ptr_eq(new, old)) {
            return Some(chart.clone());
        }
        let mut new = Chart { subcharts, ..(**chart).clone() };
        if let Some(file) = new.values_file.as_mut().filter(|file| self.changed.contains(&file.file)) {
            self.read(file, Layer::Values)?;
            let values = read_values(&file.path, &file.text).ok()?;
            if file.text.failure().is_some() {
                return None;
            }
            new.values = Value::Map(values);
        }
        for file in new.templates.iter_mut().filter(|file| self.changed.contains(&file.file)) {
            self.read(file, Layer::Template)?;
        }
        Some(Arc::new(new))
    }

    fn read(&mut self, file: &mut ChartFile, layer: Layer) -> Option<()> {
        let new = self.sources.read(&file.path).ok()?;
        self.done.insert(file.file);
        (file.file, file.text) = (new, LazyText::new(self.sources, new, layer));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::chart::{Choice, LoadOptions, Schemas};

    #[test]
    fn values_and_templates_are_renewed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for (chart, name) in [("", "web"), ("charts/one/", "one"), ("charts/two/", "two")] {
            write(&format!("{chart}Chart.yaml"), &format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"));
            write(&format!("{chart}values.yaml"), "image: a\n");
            write(&format!("{chart}templates/pod.yaml"), "image: {{ .Values.image }}\n");
        }
        let mut sources = Sources::new();
        let load = |sources: &Sources| Chart::load(sources, folder.path(), &LoadOptions::default()).unwrap();
        let before = load(&sources);
        let mut change = |path: &str, text: &str| {
            let path = folder.path().join(path);
            let file = sources.find(&path).unwrap();
            sources.set_overlays(HashMap::from([(path, text.into())]));
            (before.renewed(&sources, &HashSet::from([file])), load(&sources))
        };
        let (new, loaded) = change("charts/one/values.yaml", "image: b\n");
        let new = new.unwrap();
        let values =
            |chart: &Arc<Chart>| chart.process(&Value::Null(None), &Choice::default(), Schemas::All).unwrap().values;
        assert!(values(&new).is_same(&values(&loaded)) && !values(&new).is_same(&values(&before)));
        let at = |chart: &Chart, name: &str| chart.subcharts.iter().find(|one| *one.name() == *name).unwrap().clone();
        assert!(
            Arc::ptr_eq(&at(&new, "two"), &at(&before, "two")) && !Arc::ptr_eq(&at(&new, "one"), &at(&before, "one"))
        );
        let (new, loaded) = change("templates/pod.yaml", "image: new\n");
        let files =
            |chart: &Chart| chart.templates.iter().map(|file| (file.file, file.text.to_string())).collect::<Vec<_>>();
        assert_eq!(files(&new.unwrap()), files(&loaded));
        let (new, _) = change("Chart.yaml", "apiVersion: v2\nname: web\nversion: 2.0.0\n");
        assert!(new.is_none(), "what it is called may decide of others");
    }
}
