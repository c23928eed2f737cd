//! What names findings for programs that remember them from run to run, so that they know an old one when lines have moved.

use sha2::{Digest as _, Sha256};

use super::location::display_path;
use crate::lint::{Checked, Refusal};
use crate::source::Sources;

/// One fingerprint for each finding, in their order: of its file and its key, which know no lines.
pub(super) fn fingerprints(checked: &Checked, sources: &Sources) -> Vec<String> {
    let name = |finding: &crate::lint::Finding| {
        let path = display_path(&checked.root, sources.get(finding.span.file).path());
        hash(&[&path, &finding.key()])
    };
    checked.findings.iter().map(name).collect()
}

/// The same of what could not be checked.
pub(super) fn of_error(error: &Refusal, path: Option<&str>) -> String {
    hash(&["unchecked", path.unwrap_or_default(), &error.message])
}

fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize())
}
