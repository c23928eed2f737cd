//! What names findings for programs that remember them from run to run, so that they know an old one when lines have moved.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::location::display_path;
use crate::lint::{Checked, Refusal};
use crate::source::Sources;

/// One fingerprint for each finding, in their order: of its file and its key, which know no lines.
pub(super) fn fingerprints(checked: &Checked, sources: &Sources) -> Vec<String> {
    let name = |finding: &crate::lint::Finding| {
        let path = display_path(&checked.root, sources.get(finding.span.file).path());
        hash(&[lasting(&path), &finding.key()])
    };
    checked.findings.iter().map(name).collect()
}

/// The same of what could not be checked.
pub(super) fn of_error(error: &Refusal, path: Option<&str>) -> String {
    hash(&["unchecked", path.unwrap_or_default(), &error.message])
}

/// `path`; of a file in a package that was brought from elsewhere, and lies in some cache of this machine, what it is called there:
/// `NAME-VERSION.tgz!/inside`.
fn lasting(path: &str) -> &str {
    let Some((package, _)) = path.split_once(".tgz!/") else { return path };
    let Some((folder, name)) = package.rsplit_once('/') else { return path };
    let in_ours = folder.rsplit('/').next().is_some_and(is_digest);
    let is_outside = Path::new(path).is_absolute() || path.starts_with("../");
    if in_ours || is_outside { &path[package.len() - name.len()..] } else { path }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_of_a_cache_is_the_same_on_every_machine() {
        let digest = "a".repeat(64);
        for (path, same) in [
            ("../../.cache/mirrorlint/packages/d/web-1.tgz!/web/values.yaml", "web-1.tgz!/web/values.yaml"),
            ("/home/me/.cache/helm/repository/web-1.tgz!/web/charts/x.tgz!/a", "web-1.tgz!/web/charts/x.tgz!/a"),
            (&format!(".cache/packages/{digest}/web-1.tgz!/a"), "web-1.tgz!/a"),
            ("umbrella/charts/web-1.tgz!/a", "umbrella/charts/web-1.tgz!/a"),
            ("web-1.tgz!/a", "web-1.tgz!/a"),
            ("../web/values.yaml", "../web/values.yaml"),
        ] {
            assert_eq!(lasting(path), same);
        }
    }
}
