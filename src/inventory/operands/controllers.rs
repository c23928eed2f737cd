//! What controllers are known to do with their own custom resources, beyond what the fields say: tags that they complete,
//! parts that another field switches off or makes void. Data, each row with its source; reads the resource, asks no cluster.

use crate::yaml::{Map, Value};

/// A kind of resource whose controller is known.
#[derive(Debug)]
struct Controller {
    /// The API group.
    group: &'static str,
    kind: &'static str,
    /// The mappings whose images get the node's system behind their tag.
    completed: &'static [&'static str],
    /// The mappings whose `image` is taken as it is, whatever stands beside it.
    whole: &'static [&'static str],
    /// The mappings that are used only when another field has a value.
    needs: &'static [(&'static str, &'static [Need])],
}

/// A field and what it must be.
#[derive(Debug)]
enum Need {
    /// It must be true.
    On(&'static str),
    /// It must be this word.
    Is(&'static str, &'static str),
}

const SANDBOX: Need = Need::On("spec.sandboxWorkloads.enabled");
const KATA: Need = Need::Is("spec.sandboxWorkloads.mode", "kata");
const KUBEVIRT: Need = Need::Is("spec.sandboxWorkloads.mode", "kubevirt");

/// NVIDIA's GPU operator: `resolveDriverTag` and `isStateEnabled` in its `controllers/`, `GetImagePath` in
/// `api/nvidia/v1alpha1/nvidiadriver_types.go` (v26.7.0). Prometheus' operator, `Documentation/api.md`: "Image if specified has precedence
/// over baseImage, tag and sha combinations", and the version only tells it what it configures; "Version and Tag are ignored if SHA is
/// set", as in its `BuildImagePath`.
const KNOWN: [Controller; 6] = [
    Controller {
        group: "nvidia.com",
        kind: "ClusterPolicy",
        completed: &["spec.driver", "spec.gds", "spec.gdrcopy", "spec.vgpuManager"],
        needs: &[
            ("spec.sandboxDevicePlugin", &[SANDBOX, KUBEVIRT]),
            ("spec.kataSandboxDevicePlugin", &[SANDBOX, KATA]),
            ("spec.ccManager", &[SANDBOX, KATA]),
            ("spec.vfioManager", &[SANDBOX]),
            ("spec.vgpuManager", &[SANDBOX]),
            ("spec.vgpuDeviceManager", &[SANDBOX]),
        ],
        ..Controller::NOTHING
    },
    Controller {
        group: "nvidia.com",
        kind: "NVIDIADriver",
        completed: &["spec", "spec.gds", "spec.gdrcopy"],
        ..Controller::NOTHING
    },
    Controller { kind: "Prometheus", whole: &["spec", "spec.thanos"], ..Controller::PROMETHEUS },
    Controller { kind: "PrometheusAgent", ..Controller::PROMETHEUS },
    Controller { kind: "Alertmanager", ..Controller::PROMETHEUS },
    Controller { kind: "ThanosRuler", ..Controller::PROMETHEUS },
];

impl Controller {
    const NOTHING: Self = Self { group: "", kind: "", completed: &[], whole: &[], needs: &[] };
    const PROMETHEUS: Self = Self { group: "monitoring.coreos.com", whole: &["spec"], ..Self::NOTHING };
}

/// What is known of one resource.
#[derive(Debug, Default)]
pub(super) struct Facts {
    completed: &'static [&'static str],
    whole: &'static [&'static str],
    /// Mappings that are not used, with what is not as it must be.
    off: Vec<(&'static str, String)>,
}

impl Facts {
    /// Of the resource `map`.
    pub fn of(map: &Map) -> Self {
        let text = |key: &str| map.get(key).and_then(Value::as_text).map(|text| text.as_str()).unwrap_or_default();
        let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
        let Some(known) = KNOWN.iter().find(|known| known.group == group && known.kind == text("kind")) else {
            return Self::default();
        };
        let unmet = |needs: &[Need]| needs.iter().filter_map(|need| need.unmet(map)).collect::<Vec<_>>().join(", ");
        let off = known.needs.iter().map(|(path, needs)| (*path, unmet(needs)));
        Self {
            completed: known.completed,
            whole: known.whole,
            off: off.filter(|(_, unmet)| !unmet.is_empty()).collect(),
        }
    }

    /// What keeps the image at `path` from being pulled.
    pub fn off(&self, path: &str) -> Option<&str> {
        let within = |outer: &str| path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
        self.off.iter().find(|(outer, _)| within(outer)).map(|(_, when)| when.as_str())
    }

    /// Whether the controller takes the `image` of the mapping at `path` as it is.
    pub fn takes_whole(&self, path: &str) -> bool {
        self.whole.contains(&path)
    }

    /// Whether the controller completes the tag of the image at `path`.
    pub fn completes(&self, path: &str) -> bool {
        path.rsplit_once('.').is_some_and(|(mapping, _)| self.completed.contains(&mapping))
    }
}

impl Need {
    /// What must become so for it to be met, when it is not.
    fn unmet(&self, map: &Map) -> Option<String> {
        let (Self::On(path) | Self::Is(path, _)) = self;
        let mut parts = path.split('.');
        let first = parts.next().and_then(|part| map.get(part));
        let value = parts.fold(first, |value, part| value.and_then(|value| value.get(part)));
        match (self, value) {
            (Self::On(_), Some(Value::Bool(true, _))) => None,
            (Self::Is(_, word), Some(value)) if value.as_text().is_some_and(|text| text == *word) => None,
            (Self::On(path), _) => Some((*path).to_owned()),
            (Self::Is(path, word), _) => Some(format!("{path}: {word}")),
        }
    }
}
