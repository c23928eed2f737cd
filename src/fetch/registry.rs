//! Charts in an OCI registry: tokens, tags, manifests, layers, each verified by its digest. Follows the OCI distribution
//! specification and Helm's pkg/registry.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::FetchError;
use super::address::{Address, doubtful};
use super::challenge::{Challenge, challenges};
use super::credentials::{Login, Registries};
use super::http::{Answer, Client, Request};
use super::index::{Release, sort};
use super::trust::Trust;
use crate::chart::version::Version;
use crate::store::{MAX_PACKAGE_SIZE, Parts, plain_address, sha256};

/// What Helm calls a chart's configuration.
const CONFIG_TYPE: &str = "application/vnd.cncf.helm.config.v1+json";
/// What Helm calls a package, now and before.
const LAYER_TYPES: [&str; 2] = ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip"];
/// Manifests that may hold a chart.
const MANIFEST_TYPES: &str =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
/// The largest manifest that is read, in bytes: what registries must accept.
pub const MAX_MANIFEST_SIZE: u64 = 4 * 1024 * 1024;
/// The largest page of tags, in bytes.
pub const MAX_TAGS_SIZE: u64 = 8 * 1024 * 1024;
/// The most pages of tags that are read.
pub const MAX_TAG_PAGES: usize = 200;
/// The most bytes of a token server's answer.
const MAX_TOKEN_SIZE: u64 = 1024 * 1024;

/// What registries said of themselves.
#[derive(Default)]
pub(super) struct Acquaintance {
    trust: Trust,
    /// The tokens that they gave, by host and scope.
    tokens: Mutex<HashMap<(String, String), String>>,
    /// Which hosts on this machine speak no TLS.
    plain: Mutex<HashMap<String, bool>>,
}

/// The way to registries.
pub(super) struct Registry<'a> {
    pub client: &'a Client,
    pub logins: &'a Registries,
    pub known: &'a Acquaintance,
}

/// A chart in a registry.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The registry.
    address: Address,
    /// `charts/web`
    name: String,
}

impl Place {
    /// The place of the chart `name` in the repository `oci://...`.
    pub fn of(repository: &str, name: &str) -> Result<Self, FetchError> {
        let shown = plain_address(repository);
        let none = || FetchError::new(format!("{shown}/{name} is no place in a registry"));
        let parts = Parts::of(repository).ok_or_else(none)?;
        if parts.is_doubtful() {
            return Err(doubtful(repository));
        }
        let path = parts.path().trim_end_matches('/');
        let (host, folder) = (parts.place, path.strip_prefix('/').unwrap_or(path));
        if parts.path() != parts.tail {
            return Err(none());
        }
        let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
        let address = Address::parse(&format!("https://{host}/"))?;
        let name = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
        if !name.bytes().all(allowed) || name.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
            return Err(none());
        }
        Ok(Self { address, name })
    }

    /// The place and the tag in `oci://host/charts/web:1.0.0`.
    fn of_reference(reference: &str) -> Result<(Self, String), FetchError> {
        let shown = plain_address(reference);
        let (place, tag) = reference.rsplit_once(':').unwrap_or_default();
        let (repository, name) = place.rsplit_once('/').unwrap_or_default();
        if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte)) {
            return Err(FetchError::new(format!("{shown} names no tag of a chart in a registry")));
        }
        Ok((Self::of(repository, name)?, tag_of(tag)))
    }

    /// `oci://host/charts/web:1.0.0`
    fn with_tag(&self, tag: &str) -> String {
        format!("oci://{}/{}:{tag}", self.address.authority(), self.name)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
}

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// The version that a tag stands for, and back: tags know no `+`.
fn tag_of(version: &str) -> String {
    version.replace('+', "_")
}

/// The release of `version`, whether there is one or not.
fn named(place: &Place, version: &str) -> Release {
    Release { version: version.to_owned(), urls: vec![place.with_tag(&tag_of(version))], ..Release::default() }
}

impl Registry<'_> {
    /// The release of `version` with the digest of its package, which its manifest says.
    pub fn release(&self, place: &Place, version: &str) -> Result<Release, FetchError> {
        let layer = self.layer(place, version)?;
        Ok(Release { digest: Some(layer.digest), size: Some(layer.size), ..named(place, version) })
    }

    /// All tags that are versions, newest first.
    pub fn releases(&self, place: &Place) -> Result<Vec<Release>, FetchError> {
        let mut releases = Vec::new();
        let mut tail = format!("/v2/{}/tags/list?n=1000", place.name);
        for _ in 0..MAX_TAG_PAGES {
            let (page, address) = self.get(place, &tail, "application/json", MAX_TAGS_SIZE)?;
            let page = page.success(&address)?;
            let found: Tags = serde_json::from_slice(&page.body)
                .map_err(|_| FetchError::new(format!("{address} answers with something that is no list of tags")))?;
            let versions = found.tags.into_iter().flatten().map(|tag| tag.replace('_', "+"));
            let versions = versions.filter(|version| Version::parse(version).is_ok());
            releases.extend(versions.map(|version| named(place, &version)));
            let next = page.headers("link").find_map(next_page);
            let Some(next) = next.and_then(|next| address.join(&next).ok()) else {
                sort(&mut releases);
                return Ok(releases);
            };
            if next.origin() != address.origin() {
                return Err(FetchError::new(format!("{address} continues on another host")));
            }
            tail = next.target().split_once("/v2/").map(|(_, tail)| format!("/v2/{tail}")).unwrap_or_default();
        }
        Err(FetchError::new(format!("{} has more than {MAX_TAG_PAGES} pages of tags", place.with_tag("*"))))
    }

    /// The package of `release`, and where it was.
    pub fn package(&self, place: &Place, release: &Release) -> Result<(Vec<u8>, String), FetchError> {
        let shown = place.with_tag(&tag_of(&release.version));
        let (digest, size) = match (&release.digest, release.size) {
            (Some(digest), Some(size)) => (digest.clone(), size),
            _ => self.layer(place, &release.version).map(|layer| (layer.digest, layer.size))?,
        };
        let digest = format!("sha256:{digest}");
        let tail = format!("/v2/{}/blobs/{digest}", place.name);
        let (answer, address) = self.get(place, &tail, "*/*", MAX_PACKAGE_SIZE)?;
        let body = answer.success(&address)?.body;
        if body.len() as u64 != size {
            let found = body.len();
            return Err(FetchError::new(format!("{shown}: the package has {found} bytes, its manifest says {size}")));
        }
        check_digest(&format!("the package of {shown}"), &digest, &body)?;
        Ok((body, shown))
    }

    /// The package that the `oci://host/charts/web:1.0.0` of an index means, and where it was.
    pub fn pull(&self, reference: &str) -> Result<(Vec<u8>, String), FetchError> {
        let (place, tag) = Place::of_reference(reference)?;
        self.package(&place, &named(&place, &tag))
    }

    /// What the manifest of `version` says of its package; the digest without `sha256:`.
    fn layer(&self, place: &Place, version: &str) -> Result<Descriptor, FetchError> {
        let tag = tag_of(version);
        let shown = place.with_tag(&tag);
        let tail = format!("/v2/{}/manifests/{tag}", place.name);
        let (answer, address) = self.get(place, &tail, MANIFEST_TYPES, MAX_MANIFEST_SIZE)?;
        let answer = answer.success(&address)?;
        let digest = answer.header("docker-content-digest").map(str::to_owned);
        if let Some(digest) = digest {
            check_digest(&format!("the manifest of {shown}"), &digest, &answer.body)?;
        }
        let manifest: Manifest =
            serde_json::from_slice(&answer.body).map_err(|_| FetchError::new(format!("{shown} is no manifest")))?;
        match &manifest.config {
            Some(config) if config.media_type == CONFIG_TYPE => {}
            Some(config) => {
                return Err(FetchError::new(format!(
                    "{shown} is no Helm chart: its configuration is {}",
                    config.media_type
                )));
            }
            None => return Err(FetchError::new(format!("{shown} is no Helm chart: it has no configuration"))),
        }
        let layers = manifest.layers.unwrap_or_default();
        let Some(layer) = layers.into_iter().rfind(|layer| LAYER_TYPES.contains(&layer.media_type.as_str())) else {
            return Err(FetchError::new(format!("{shown} is no Helm chart: it has no layer of {}", LAYER_TYPES[0])));
        };
        if layer.size > MAX_PACKAGE_SIZE {
            return Err(FetchError::new(format!("{shown} is larger than {MAX_PACKAGE_SIZE} bytes")));
        }
        let (algorithm, hex) = layer.digest.split_once(':').unwrap_or_default();
        if algorithm != "sha256" || hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(FetchError::new(format!("{shown}: nothing is known of digests as {}", layer.digest)));
        }
        Ok(Descriptor { digest: hex.to_ascii_lowercase(), ..layer })
    }

    /// Asks the registry for `tail`, with a token where it wants one.
    fn get(&self, place: &Place, tail: &str, accept: &str, most: u64) -> Result<(Answer, Address), FetchError> {
        let address = self.spoken(&place.address)?.at(tail);
        let scope = format!("repository:{}:pull", place.name);
        let key = (address.authority(), scope.clone());
        let known = self.known.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let ask = |authorization: Option<String>| {
            let request = Request { accept, authorization, ..Request::new(&address, &self.known.trust, most) };
            self.client.send(&request)
        };
        let answer = ask(known)?;
        // Only the registry itself may ask for what we know of it.
        if answer.status != 401 || !answer.at_home {
            return Ok((answer, address));
        }
        let login = self.logins.login(&address.authority()).map_err(FetchError::new)?;
        let offered: Vec<Challenge> = answer.headers("www-authenticate").flat_map(challenges).collect();
        let bearer = offered.iter().find(|one| one.scheme == "bearer");
        let basic = offered.iter().any(|one| one.scheme == "basic");
        let authorization = match (bearer, &login) {
            (Some(challenge), _) => {
                Some(format!("Bearer {}", self.token(&address, challenge, &scope, login.as_ref())?))
            }
            (None, Some(login)) if basic && !login.user.is_empty() => Some(login.basic()),
            _ => None,
        };
        let Some(authorization) = authorization else { return Ok((answer, address)) };
        let answer = ask(Some(authorization.clone()))?;
        if answer.status != 401 {
            self.known.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(key, authorization);
        }
        Ok((answer, address))
    }

    /// Asks the token server that `challenge` names.
    fn token(
        &self,
        registry: &Address,
        challenge: &Challenge,
        scope: &str,
        login: Option<&Login>,
    ) -> Result<String, FetchError> {
        let realm = challenge.realm.as_deref().unwrap_or_default();
        let server = registry.join(realm)?;
        if !server.secure && !server.is_loopback() {
            return Err(FetchError::new(format!("{registry} wants a token from {server}, which anybody could read")));
        }
        let scope = challenge.scope.as_deref().unwrap_or(scope);
        let service = challenge.service.as_deref().unwrap_or_default();
        let pairs = [("service", service), ("scope", scope)];
        let query: Vec<_> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| pair(key, value)).collect();
        let query = query.join("&");
        let refresh = login.filter(|login| login.user.is_empty());
        let (address, form) = match refresh {
            Some(login) => {
                let token = pair("refresh_token", &login.secret);
                let form = format!("grant_type=refresh_token&client_id=mirrorlint&{token}&{query}");
                (server.clone(), Some(form))
            }
            None => {
                let separator = if realm.contains('?') { "&" } else { "?" };
                (registry.join(&format!("{realm}{separator}{query}"))?, None)
            }
        };
        let authorization = login.filter(|login| !login.user.is_empty()).map(Login::basic);
        let request = Request {
            accept: "application/json",
            authorization,
            form,
            ..Request::new(&address, &self.known.trust, MAX_TOKEN_SIZE)
        };
        let answer = self.client.send(&request)?.success(&address)?;
        let token: Option<Token> = serde_json::from_slice(&answer.body).ok();
        let token = token.and_then(|token| token.token.or(token.access_token)).filter(|token| !token.is_empty());
        token.ok_or_else(|| FetchError::new(format!("{address} answers without a token")))
    }

    /// The registry by the protocol that it speaks: TLS, but on this machine perhaps none. What is asked to find out is no secret.
    fn spoken(&self, address: &Address) -> Result<Address, FetchError> {
        if !address.is_loopback() {
            return Ok(address.clone());
        }
        let mut plain = self.known.plain.lock().unwrap_or_else(PoisonError::into_inner);
        let known = plain.get(&address.authority()).copied();
        let is_plain = match known {
            Some(known) => known,
            None => {
                let ping = address.plain().at("/v2/");
                let answer = self.client.try_once(&Request::new(&ping, &self.known.trust, MAX_TOKEN_SIZE));
                // Who speaks TLS says 400, or nothing at all. What else is wrong is told when it is asked in earnest.
                answer.is_ok_and(|answer| answer.status != 400)
            }
        };
        plain.insert(address.authority(), is_plain);
        Ok(if is_plain { address.plain() } else { address.clone() })
    }
}

fn check_digest(what: &str, digest: &str, bytes: &[u8]) -> Result<(), FetchError> {
    let Some(wanted) = digest.strip_prefix("sha256:") else { return Ok(()) };
    let found = sha256(bytes);
    if found == wanted.to_ascii_lowercase() {
        return Ok(());
    }
    Err(FetchError::new(format!("{what} has the sha256 {found}, but should have {wanted}")))
}

/// The address of the next page in `Link: </v2/x/tags/list?last=a>; rel="next"`, which may hold several (RFC 8288).
fn next_page(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((address, tail)) = rest.split_once('<').and_then(|(_, link)| link.split_once('>')) {
        let end = tail.find('<').unwrap_or(tail.len());
        if is_next(&tail[..end]) {
            return Some(address.to_owned());
        }
        rest = &tail[end..];
    }
    None
}

/// Whether `; rel="prev next"` is said of a link.
fn is_next(parameters: &str) -> bool {
    let mut pairs = parameters.split([';', ',']).filter_map(|pair| pair.split_once('='));
    let relations = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case("rel")).map(|(_, relations)| relations);
    let mut words = relations.unwrap_or_default().trim().trim_matches('"').split_ascii_whitespace();
    words.any(|word| word.eq_ignore_ascii_case("next"))
}

/// `key=value` as forms and queries have it.
fn pair(key: &str, value: &str) -> String {
    let mut out = format!("{key}=");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_place_in_a_registry() {
        let shown = |repository: &str| Place::of(repository, "web").map(|place| place.with_tag(&tag_of("1.0.0+b")));
        assert_eq!(shown("oci://a.example:5000/x/y/").unwrap(), "oci://a.example:5000/x/y/web:1.0.0_b");
        assert_eq!(shown("oci://docker.io").unwrap(), "oci://registry-1.docker.io/web:1.0.0_b");
        assert!(shown("oci://a.example/X").is_err());
        assert!(shown("oci://a.example/../x").is_err());
        assert!(Place::of("oci://a.example", "a b").is_err());
        for odd in
            ["oci://a.example#@b.example/x", "oci://a.example?@b.example/x", "oci://a.example/x?y", "oci://a:b/c@d/x"]
        {
            assert!(Place::of(odd, "web").is_err(), "{odd}");
        }
        let secret = Place::of("oci://me:se/cret@a.example/x", "web").unwrap_err().message;
        assert!(secret.starts_with("`oci://a.example/x` is no address"), "{secret}");
    }

    #[test]
    fn an_index_may_name_a_place_in_a_registry() {
        let shown = |reference: &str| Place::of_reference(reference).map(|(place, tag)| place.with_tag(&tag));
        assert_eq!(shown("oci://a.example:5000/x/web:1.0.0+b").unwrap(), "oci://a.example:5000/x/web:1.0.0_b");
        assert_eq!(shown("oci://a.example/web:v1").unwrap(), "oci://a.example/web:v1");
        for odd in [
            "oci://a.example/web",
            "oci://a.example:5000/web",
            "oci://web:1.0.0",
            "oci://a.example/web:",
            "oci://a/b:1?x",
        ] {
            assert!(shown(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn pages_of_tags_follow_each_other() {
        assert_eq!(
            next_page("</v2/x/tags/list?last=a&n=1>; rel=\"next\"").as_deref(),
            Some("/v2/x/tags/list?last=a&n=1")
        );
        assert_eq!(next_page("</v2/x>; rel=\"prev\""), None);
        for several in [
            "</a?x=1,2>; rel=\"first\", </b>; rel=\"next\"",
            "</b>; title=\"x\"; rel=\"prev next\", </a>; rel=last",
            "</a>; rel=nextish,</b>;REL=Next",
            "</next>; rel=prev, </b> ; rel = next",
        ] {
            assert_eq!(next_page(several).as_deref(), Some("/b"), "{several}");
        }
        for none in ["", "<", "</a>", "</a>; title=next", "next"] {
            assert_eq!(next_page(none), None, "{none}");
        }
        assert_eq!(pair("scope", "repository:a/b:pull,push"), "scope=repository:a/b:pull%2Cpush");
    }
}
