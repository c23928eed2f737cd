//! The cluster that a chart is rendered for when there is none: what `helm template` assumes.

use crate::chart::version::Version;
use crate::source::Text;

/// Helm 3.10.1's own version, as templates see it: this renderer answers as that Helm does.
pub(super) const HELM_VERSION: [&str; 4] = ["v3.10.1", "9f88ccb6aee40b9a0535fcc7efea6055e1ef72c9", "clean", "go1.18.7"];

/// The API versions that Helm 3.10.1 assumes, in its order.
const API_VERSIONS: [&str; 48] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1alpha1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1alpha1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "scheduling.k8s.io/v1alpha1",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

/// The API versions that a chart sees, `added` ones last.
#[must_use]
pub(super) fn api_versions(added: &[String]) -> Vec<Text> {
    API_VERSIONS.iter().copied().chain(added.iter().map(String::as_str)).map(Text::new).collect()
}

/// A Kubernetes version as templates see it: `v1.31.0`, its major and its minor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// `v1.31.0`
    pub version: String,
    /// `1`
    pub major: String,
    /// `31`
    pub minor: String,
}

impl Default for KubeVersion {
    /// The version that Helm 3.10.1 was built for.
    fn default() -> Self {
        Self { version: "v1.25.0".to_owned(), major: "1".to_owned(), minor: "25".to_owned() }
    }
}

impl KubeVersion {
    /// Reads what `--kube-version` was given.
    ///
    /// # Errors
    /// Helm's message, when it is no version.
    pub fn parse(text: &str) -> Result<Self, String> {
        let version = Version::parse(text).map_err(|error| format!("invalid kube version '{text}': {error}"))?;
        Ok(Self {
            version: format!("v{version}"),
            major: version.major().to_string(),
            minor: version.minor().to_string(),
        })
    }
}
