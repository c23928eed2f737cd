//! Registry hosts of Amazon ECR: which account and which region a host names. Facts: "Amazon ECR endpoints and quotas" of
//! the AWS General Reference and the match list of AWS's kubelet credential provider. Never asks AWS.

use std::ops::Range;

/// Domains behind `ACCOUNT.dkr.ecr.REGION.`, one per AWS partition.
const SUFFIXES: [&str; 7] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

/// Domains behind `ACCOUNT.dkr-ecr.REGION.`, which answer over IPv6 too.
const DUAL_STACK_SUFFIXES: [&str; 2] = ["on.aws", "on.amazonwebservices.com.cn"];

/// The digits of an AWS account id.
const ACCOUNT_LENGTH: usize = 12;

/// A private registry's host in Amazon ECR: `123456789012.dkr.ecr.us-west-2.amazonaws.com` and its FIPS and dual-stack forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcrHost<'a> {
    host: &'a str,
    region: Range<usize>,
    fips: bool,
    dual_stack: bool,
}

impl<'a> EcrHost<'a> {
    /// Reads a host without port; `None` when it is no private ECR registry (`public.ecr.aws` is none).
    #[must_use]
    pub fn parse(host: &'a str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        if account.len() != ACCOUNT_LENGTH || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let services = [
            ("dkr.ecr.", false, false),
            ("dkr.ecr-fips.", true, false),
            ("dkr-ecr.", false, true),
            ("dkr-ecr-fips.", true, true),
        ];
        let (place, fips, dual_stack) = services
            .into_iter()
            .find_map(|(prefix, fips, dual_stack)| Some((rest.strip_prefix(prefix)?, fips, dual_stack)))?;
        let (region, suffix) = place.split_once('.')?;
        let suffixes: &[&str] = if dual_stack { &DUAL_STACK_SUFFIXES } else { &SUFFIXES };
        let start = host.len() - place.len();
        (is_region(region) && suffixes.contains(&suffix)).then_some(Self {
            host,
            region: start..start + region.len(),
            fips,
            dual_stack,
        })
    }

    /// The account id, 12 digits.
    #[must_use]
    pub fn account(&self) -> &'a str {
        &self.host[self.account_range()]
    }

    /// The bytes of [`EcrHost::account`] within the host.
    #[must_use]
    pub fn account_range(&self) -> Range<usize> {
        0..ACCOUNT_LENGTH
    }

    /// The region: `us-west-2`. Any name of that shape: the list of regions grows.
    #[must_use]
    pub fn region(&self) -> &'a str {
        &self.host[self.region.clone()]
    }

    /// The bytes of [`EcrHost::region`] within the host.
    #[must_use]
    pub fn region_range(&self) -> Range<usize> {
        self.region.clone()
    }

    /// The domain after the region: `amazonaws.com`, `amazonaws.com.cn`, `on.aws`.
    #[must_use]
    pub fn suffix(&self) -> &'a str {
        &self.host[self.region.end + 1..]
    }

    /// Whether it is a FIPS endpoint (`dkr.ecr-fips`).
    #[must_use]
    pub fn is_fips(&self) -> bool {
        self.fips
    }

    /// Whether it is a dual-stack endpoint (`dkr-ecr`), which no VPC endpoint serves.
    #[must_use]
    pub fn is_dual_stack(&self) -> bool {
        self.dual_stack
    }

    /// Whether both hosts serve the same repositories: same account, region and partition, whatever endpoint.
    #[must_use]
    pub fn same_registry(&self, other: &EcrHost<'_>) -> bool {
        self.identity() == other.identity()
    }

    /// Account, region and the partition's domain: what an image's registry is, whatever endpoint it is asked at. A domain of
    /// another partition than the region's is no endpoint of the region.
    pub(super) fn identity(&self) -> (&'a str, &'a str, &'a str) {
        let partition = match self.suffix() {
            "on.aws" => "amazonaws.com",
            "on.amazonwebservices.com.cn" => "amazonaws.com.cn",
            suffix => suffix,
        };
        (self.account(), self.region(), partition)
    }
}

/// Lowercase words and digits joined by single hyphens, at least two of them.
fn is_region(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
    text.contains('-') && text.split('-').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_account_and_region() {
        let host = EcrHost::parse("602401143452.dkr.ecr.us-west-2.amazonaws.com").unwrap();
        assert_eq!((host.account(), host.region(), host.suffix()), ("602401143452", "us-west-2", "amazonaws.com"));
        assert_eq!((host.account_range(), host.region_range()), (0..12, 21..30));
        assert!(!host.is_fips() && !host.is_dual_stack());
    }

    #[test]
    fn other_endpoints_of_one_registry_serve_the_same() {
        let plain = EcrHost::parse("123456789012.dkr.ecr.us-east-1.amazonaws.com").unwrap();
        for (other, fips, dual_stack) in [
            ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", true, false),
            ("123456789012.dkr-ecr.us-east-1.on.aws", false, true),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws", true, true),
        ] {
            let other = EcrHost::parse(other).unwrap();
            assert_eq!((other.is_fips(), other.is_dual_stack()), (fips, dual_stack));
            assert!(plain.same_registry(&other));
        }
        let china = |suffix: &str| format!("123456789012.dkr.ecr.cn-north-1.{suffix}");
        let (right, wrong) = (china("amazonaws.com.cn"), china("amazonaws.com"));
        assert!(!EcrHost::parse(&right).unwrap().same_registry(&EcrHost::parse(&wrong).unwrap()));
        assert!(!plain.same_registry(&EcrHost::parse("123456789012.dkr.ecr.us-east-2.amazonaws.com").unwrap()));
    }

    #[test]
    fn china_and_the_isolated_partitions_have_their_own_domains() {
        let host = EcrHost::parse("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn").unwrap();
        assert_eq!((host.region(), host.suffix()), ("cn-north-1", "amazonaws.com.cn"));
        assert!(EcrHost::parse("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov").is_some());
        assert!(EcrHost::parse("123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn").is_some());
    }

    #[test]
    fn anything_else_is_no_ecr_host() {
        for host in [
            "public.ecr.aws",
            "12345678901.dkr.ecr.us-east-1.amazonaws.com",
            "1.79754359675e+11.dkr.ecr.us-east-1.amazonaws.com",
            "123456789012.dkr.ecr..amazonaws.com",
            "123456789012.dkr.ecr.us-east-1.example.com",
            "123456789012.dkr.ecr.us-east-1.on.aws",
            "123456789012.dkr.ecr.us-east-1.amazonaws.com:443",
            "123456789012.s3.us-east-1.amazonaws.com",
            "",
        ] {
            assert_eq!(EcrHost::parse(host), None, "{host}");
        }
    }
}
