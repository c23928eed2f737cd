//! An image of a known vendor's chart comes from another registry than the vendor's.

use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::{Context, Finding, Rule};

/// A vendor whose charts take their images from registries of its own.
struct Family {
    /// What it is called in messages.
    name: &'static str,
    /// The charts, by the names in their `Chart.yaml`.
    charts: &'static [&'static str],
    /// The images that are the vendor's, by the last part of their path: a chart may deploy others beside them.
    images: &'static [&'static str],
    /// Whether the vendor serves images from that host.
    serves: fn(&Reference) -> bool,
    /// Where the images should come from, for messages.
    registry: &'static str,
}

/// Measured on the charts of aws/eks-charts, NVIDIA/gpu-operator and NVIDIA/k8s-device-plugin: what their own values name.
/// AWS serves from another account in each region, so that every private ECR may be its own.
const FAMILIES: [Family; 2] = [
    Family {
        name: "AWS EKS",
        charts: &[
            "aws-efa-k8s-device-plugin",
            "aws-dranet",
            "aws-vpc-cni",
            "cni-metrics-helper",
            "aws-load-balancer-controller",
            "appmesh-controller",
        ],
        images: &[
            "aws-efa-k8s-device-plugin",
            "dranet",
            "amazon-k8s-cni",
            "amazon-k8s-cni-init",
            "aws-network-policy-agent",
            "cni-metrics-helper",
            "aws-load-balancer-controller",
            "appmesh-controller",
        ],
        serves: |image| image.ecr().is_some() || image.registry() == Some("public.ecr.aws"),
        registry: "602401143452.dkr.ecr.REGION.amazonaws.com, or the account that AWS has in the region",
    },
    Family {
        name: "NVIDIA",
        charts: &["nvidia-device-plugin", "gpu-operator", "gpu-feature-discovery", "dcgm-exporter"],
        images: &[
            "k8s-device-plugin",
            "gpu-feature-discovery",
            "gpu-operator",
            "gpu-operator-validator",
            "dcgm",
            "dcgm-exporter",
            "driver",
            "container-toolkit",
            "k8s-driver-manager",
            "k8s-mig-manager",
            "vgpu-device-manager",
        ],
        // A private ECR is where the team mirrors to; whether the image is there is another rule's question.
        serves: |image| image.registry() == Some("nvcr.io") || image.ecr().is_some(),
        registry: "nvcr.io",
    },
];

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for used in context.inventory.uses.iter().filter(|used| used.when.is_none()) {
        let Some(family) = FAMILIES.iter().find(|family| family.is_strange(used)) else { continue };
        let image = &used.reference;
        let host = image.registry_range().unwrap_or_else(|| image.path_range());
        let Some((span, _)) = used.decisive(host) else { continue };
        let registry = image.registry().unwrap_or("docker.io");
        let message = format!(
            "{} is a chart of {}, but takes {} from {registry}; its own registry is {}",
            used.chart,
            family.name,
            image.as_str(),
            family.registry
        );
        if findings.iter().any(|known| known.span == span && known.message == message) {
            continue;
        }
        let mut finding = Finding::new(rule, span, image.repository(), message)
            .label("not the vendor's registry")
            .advise("Take it from there, or allow it with the reason")
            .image(image.as_str());
        finding.scenarios = used.scenarios.clone();
        findings.push(finding.chart(used.chart.clone()));
    }
    findings
}

impl Family {
    /// Whether `used` is an image of the family, in one of its charts, from elsewhere.
    fn is_strange(&self, used: &Use) -> bool {
        let last = used.reference.path().rsplit('/').next().unwrap_or_default();
        self.charts.contains(&used.chart.name.as_str())
            && self.images.contains(&last)
            && !(self.serves)(&used.reference)
    }
}
