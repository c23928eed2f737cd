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
    /// It must be there; what it may say is known of all mappings.
    Given(&'static str),
    /// It must be this word.
    Is(&'static str, &'static str),
    /// It must be this word where it is there: older controllers do not know it.
    IsIfGiven(&'static str, &'static str),
}

const SANDBOX: Need = Need::On("spec.sandboxWorkloads.enabled");
const MODE: &str = "spec.sandboxWorkloads.mode";

/// NVIDIA's GPU operator: `resolveDriverTag` and `isStateEnabled` in its `controllers/`, `GetImagePath` in
/// `api/nvidia/v1alpha1/nvidiadriver_types.go` (v26.7.0). What its `IsEnabled` take for off when nobody says `enabled` must say it; the
/// mode of sandboxes is not known to v24.9.2 and v25.3.4. Prometheus' operator, `Documentation/api.md`: "Image if specified has precedence
/// over baseImage, tag and sha combinations", and the version only tells it what it configures; "Version and Tag are ignored if SHA is
/// set", as in its `BuildImagePath`.
const KNOWN: [Controller; 6] = [
    Controller {
        group: "nvidia.com",
        kind: "ClusterPolicy",
        completed: &["spec.driver", "spec.gds", "spec.gdrcopy", "spec.vgpuManager"],
        needs: &[
            (
                "spec.sandboxDevicePlugin",
                &[SANDBOX, Need::IsIfGiven(MODE, "kubevirt"), Need::Given("spec.sandboxDevicePlugin.enabled")],
            ),
            (
                "spec.kataSandboxDevicePlugin",
                &[SANDBOX, Need::Is(MODE, "kata"), Need::Given("spec.kataSandboxDevicePlugin.enabled")],
            ),
            ("spec.ccManager", &[SANDBOX, Need::IsIfGiven(MODE, "kata"), Need::Given("spec.ccManager.enabled")]),
            ("spec.vfioManager", &[SANDBOX, Need::Given("spec.vfioManager.enabled")]),
            ("spec.vgpuManager", &[SANDBOX, Need::Given("spec.vgpuManager.enabled")]),
            ("spec.vgpuDeviceManager", &[SANDBOX, Need::Given("spec.vgpuDeviceManager.enabled")]),
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
        let (Self::On(path) | Self::Given(path) | Self::Is(path, _) | Self::IsIfGiven(path, _)) = self;
        let mut parts = path.split('.');
        let first = parts.next().and_then(|part| map.get(part));
        let value = parts.fold(first, |value, part| value.and_then(|value| value.get(part)));
        let value = value.filter(|value| !matches!(value, Value::Null(_)));
        let is = |word: &str| value.and_then(Value::as_text).is_some_and(|text| text.as_str() == word);
        match self {
            Self::On(path) => (!matches!(value, Some(Value::Bool(true, _)))).then(|| (*path).to_owned()),
            Self::Given(path) => value.is_none().then(|| (*path).to_owned()),
            Self::IsIfGiven(..) if value.is_none() => None,
            Self::Is(path, word) | Self::IsIfGiven(path, word) => (!is(word)).then(|| format!("{path}: {word}")),
        }
    }
}
