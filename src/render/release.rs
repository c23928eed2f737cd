//! What a release may be called. After Helm's `chartutil.ValidateReleaseName`.

use super::RenderError;
use crate::template::quote::quote;

/// The length of the longest name, in bytes: Kubernetes' 63 for labels less room for what charts add.
const MAX_LENGTH: usize = 53;

const PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// Refuses what is no name for a release.
pub(super) fn check_name(name: &str) -> Result<(), RenderError> {
    let fault = if name.is_empty() {
        "no name provided".to_owned()
    } else if name.len() > MAX_LENGTH || !name.split('.').all(is_label) {
        format!("invalid release name, must match regex {PATTERN} and the length must not be longer than {MAX_LENGTH}")
    } else {
        return Ok(());
    };
    Err(RenderError { message: format!("release name {}: {fault}", quote(name)), place: None, template: None })
}

/// Whether `text` is what `PATTERN` wants between dots.
fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| matches!(byte, b'-' | b'a'..=b'z' | b'0'..=b'9');
    text.bytes().all(is_inner) && !text.is_empty() && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_names_of_at_most_53_bytes() {
        for name in ["rel", "a", "1", "a.b-c", "a--b", &"a".repeat(53)] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "A", "a_b", "a.", ".a", "a..b", "-a", "a-", "a-.b", "\u{e4}", "a\n", &"a".repeat(54)] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert_eq!(check_name("").unwrap_err().message, "release name \"\": no name provided");
    }
}
