//! A chart repository over HTTP: its index, read once, and its packages. Follows Helm's pkg/repo and pkg/downloader.

use std::collections::BTreeSet;

use super::FetchError;
use super::address::Address;
use super::credentials::Login;
use super::http::{Client, Request};
use super::index::{Index, MAX_INDEX_SIZE, Release};
use super::registry::Registry;
use super::remotes::is_registry;
use super::trust::Trust;
use crate::store::{MAX_PACKAGE_SIZE, Repositories, Repository};

/// A repository with its index.
#[derive(Debug)]
pub(super) struct HttpRepository {
    address: Address,
    login: Option<Login>,
    trust: Trust,
    pass_credentials: bool,
    /// The text of its index.
    index: String,
}

impl HttpRepository {
    /// The repository that `written` names, with its index.
    pub fn open(client: &Client, repositories: &Repositories, written: &str) -> Result<Self, FetchError> {
        let known = repositories.find(written).map_err(FetchError::new)?;
        if known.is_none() && (written.starts_with('@') || written.starts_with("alias:")) {
            let message =
                format!("no repository is called {written}: `helm repo add` makes Helm's repositories.yaml know it");
            return Err(FetchError::new(message));
        }
        let address = Address::of_repository(known.map_or(written, |known| &known.url))?;
        let mut repository = Self {
            login: address.login.clone(),
            trust: Trust::default(),
            pass_credentials: false,
            address: address.anonymous(),
            index: String::new(),
        };
        if let Some(Repository {
            username, password, certificate, key, authority, insecure, pass_credentials, ..
        }) = known
        {
            if !username.is_empty() && !password.is_empty() {
                repository.login = Some(Login::new(username, password));
            }
            let both = !certificate.is_empty() && !key.is_empty();
            repository.trust = Trust {
                authority: (!authority.is_empty()).then(|| authority.into()),
                identity: both.then(|| (certificate.into(), key.into())),
                insecure: *insecure,
            };
            repository.pass_credentials = *pass_credentials;
        }
        let place = repository.address.in_repository("index.yaml")?;
        let mut request = repository.request(&place, &repository.trust, MAX_INDEX_SIZE);
        request.compressed = true;
        let answer = client.send(&request)?.success(&place)?;
        repository.index =
            String::from_utf8(answer.body).map_err(|_| FetchError::new(format!("{place} is no text")))?;
        Ok(repository)
    }

    fn request<'a>(&'a self, address: &'a Address, trust: &'a Trust, most: u64) -> Request<'a> {
        let home = address.origin() == self.address.origin();
        // Nowhere in the clear after https, whatever an index says.
        let safe = address.secure || !self.address.secure;
        let login = self.login.as_ref().filter(|_| home || (self.pass_credentials && safe));
        Request {
            authorization: address.login.as_ref().or(login).map(Login::basic),
            pass_credentials: self.pass_credentials,
            withheld: self.login.is_some() && !home && !self.pass_credentials && address.login.is_none(),
            ..Request::new(address, trust, most)
        }
    }

    /// What it offers of the chart `name`, newest first, and what was skipped.
    pub fn releases(&self, name: &str) -> Result<(Vec<Release>, Vec<String>), FetchError> {
        let index = Index::read(&self.index, &BTreeSet::from([name]));
        let mut index = index.map_err(|cause| FetchError::new(format!("{}/index.yaml {cause}", self.shown())))?;
        let releases = index
            .releases
            .remove(name)
            .ok_or_else(|| FetchError::new(format!("{} offers no chart called {name}", self.shown())))?;
        Ok((releases, index.skipped))
    }

    /// The package of `release` and where it was: anywhere on the web, or in a registry.
    pub fn package(&self, registry: &Registry<'_>, release: &Release) -> Result<(Vec<u8>, String), FetchError> {
        let mut first = None;
        for url in &release.urls {
            let found = if is_registry(url) { registry.pull(url) } else { self.download(registry.client, url) };
            match found {
                Ok(found) => return Ok(found),
                Err(error) => drop(first.get_or_insert(error)),
            }
        }
        Err(first.unwrap_or_else(|| FetchError::new("it has no URL")))
    }

    fn download(&self, client: &Client, url: &str) -> Result<(Vec<u8>, String), FetchError> {
        let place = self.address.in_repository(url)?;
        // Elsewhere only the authority is as good as here.
        let home = place.origin() == self.address.origin();
        let elsewhere = Trust { identity: None, insecure: false, ..self.trust.clone() };
        let trust = if home { &self.trust } else { &elsewhere };
        let answer = client.send(&self.request(&place, trust, MAX_PACKAGE_SIZE))?.success(&place)?;
        Ok((answer.body, place.to_string()))
    }

    fn shown(&self) -> String {
        self.address.to_string().trim_end_matches('/').to_owned()
    }
}
