//! External charts from chart repositories and OCI registries into the cache and the lock file. The only room that opens sockets;
//! nothing that `check` does comes here. Uses `chart` and `store`; prints nothing.

mod address;
mod bring;
mod certificate;
mod challenge;
mod compare;
mod connection;
mod credentials;
mod excerpt;
mod http;
mod http_repository;
mod index;
mod local;
mod meter;
mod needs;
mod pinning;
mod proxy;
mod registry;
mod remotes;
mod retry;
mod trust;
mod vendor;
mod verify;

pub use bring::{Brought, MAX_PACKAGES, Mode, Outcome, State, WORKERS, bring};
pub use compare::{Comparison, Difference};
pub use credentials::HELPER_TIME;
pub use http::{FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER, MAX_REDIRECTS, Patience, WHOLE};
pub use index::{Index, MAX_INDEX_SIZE, MAX_TOLD, Release};
pub use local::with_local;
pub use meter::Meter;
pub use needs::{External, Need, externals, needs};
pub use pinning::{Run, pins};
pub use registry::{MAX_MANIFEST_SIZE, MAX_TAG_PAGES, MAX_TAGS_SIZE};
pub use remotes::{Offer, Remotes};
pub use vendor::{Vendored, vendor};
pub use verify::MAX_NESTED;

/// Why something could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// What went wrong and, where we know, what helps. Never a secret.
    pub message: String,
}

impl FetchError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}
