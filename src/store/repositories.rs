//! What Helm's `repositories.yaml` says: names for repositories, and how to get at them. Follows Helm's pkg/repo.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::address::{identity, plain_address};

/// Helm's known repositories; the file is read when a name is first asked for.
#[derive(Clone, Debug, Default)]
pub struct Repositories {
    path: Option<PathBuf>,
    read: Arc<OnceLock<Result<Vec<Repository>, String>>>,
}

/// One known repository. Its debugging output leaves the password out.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Repository {
    /// `name`
    pub name: String,
    /// `url`
    pub url: String,
    /// `username`
    pub username: String,
    /// `password`
    pub password: String,
    /// `certFile`: a client certificate.
    #[serde(rename = "certFile")]
    pub certificate: String,
    /// `keyFile`: its key.
    #[serde(rename = "keyFile")]
    pub key: String,
    /// `caFile`: the authority that the server's certificate comes from.
    #[serde(rename = "caFile")]
    pub authority: String,
    /// `insecure_skip_tls_verify`
    #[serde(rename = "insecure_skip_tls_verify")]
    pub insecure: bool,
    /// `pass_credentials_all`: whether packages on other hosts get the password, too.
    #[serde(rename = "pass_credentials_all")]
    pub pass_credentials: bool,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repository {{ name: {:?}, .. }}", self.name)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    repositories: Option<Vec<Repository>>,
}

impl Repositories {
    /// Those of the file at `path`, which need not exist.
    #[must_use]
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, read: Arc::default() }
    }

    /// All of them.
    ///
    /// # Errors
    /// When the file is there, but cannot be read.
    pub fn all(&self) -> Result<&[Repository], String> {
        let read = || {
            let Some(path) = &self.path else { return Ok(Vec::new()) };
            let text = match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
                Err(cause) => return Err(format!("{} cannot be read: {cause}", path.display())),
            };
            if text.trim().is_empty() {
                return Ok(Vec::new());
            }
            // What the parser says could hold a password.
            let file: File = serde_yaml::from_str(&text)
                .map_err(|_| format!("{} is no list of Helm's repositories", path.display()))?;
            Ok(file.repositories.unwrap_or_default())
        };
        self.read.get_or_init(read).as_deref().map_err(Clone::clone)
    }

    /// The repository that `written` names by `@NAME` or `alias:NAME`, or whose address it is.
    ///
    /// # Errors
    /// As [`Repositories::all`].
    pub fn find(&self, written: &str) -> Result<Option<&Repository>, String> {
        let all = self.all()?;
        if let Some(name) = name_of(written) {
            return Ok(all.iter().find(|one| one.name == name));
        }
        let (whole, plain) = (written.trim_end_matches('/'), plain_address(written));
        let same = all.iter().find(|one| one.url.trim_end_matches('/') == whole);
        // An address with a password or a query of its own is used as it is written.
        Ok(same.or_else(|| all.iter().find(|one| whole == plain && plain_address(&one.url) == plain)))
    }

    /// The address that `written` stands for; `written` itself where nobody knows the name.
    #[must_use]
    pub fn address(&self, written: &str) -> String {
        let named = name_of(written).and_then(|_| self.find(written).ok().flatten());
        identity(named.map_or(written, |known| &known.url))
    }
}

/// The name in `@NAME` and `alias:NAME`.
pub(super) fn name_of(written: &str) -> Option<&str> {
    written.strip_prefix('@').or_else(|| written.strip_prefix("alias:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_addresses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("repositories.yaml");
        let text = "apiVersion: ''\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories:\n- name: eks\n  url: \
                    https://a.example/charts/\n  password: secret\n";
        std::fs::write(&path, text).unwrap();
        let known = Repositories::new(Some(path.clone()));
        assert_eq!(known.address("@eks"), "https://a.example/charts");
        assert_eq!(known.address("alias:eks"), "https://a.example/charts");
        assert_eq!(known.address("@other"), "@other");
        assert_eq!(known.find("https://a.example/charts").unwrap().unwrap().password, "secret");
        assert!(known.find("https://b.example").unwrap().is_none());
        assert!(known.find("https://me:own@a.example/charts").unwrap().is_none());
        assert!(!format!("{known:?}").contains("secret"));
        std::fs::write(&path, "repositories: [{password: [secret]}]").unwrap();
        let error = Repositories::new(Some(path)).all().unwrap_err();
        assert!(error.ends_with("is no list of Helm's repositories"), "{error}");
        assert!(Repositories::new(Some("/nowhere/x".into())).all().unwrap().is_empty());
    }
}
