//! Image references: their grammar, Docker Hub's short names, and what Amazon ECR makes of hosts and repository names.
//! Works on plain strings and byte ranges within them; knows no files, resolves nothing, never asks a registry.

mod character;
mod ecr;
mod grammar;
mod reference;
mod repository_name;

pub use character::{is_unseen, name_of};
pub use ecr::EcrHost;
pub use reference::{Reference, ReferenceError};
pub use repository_name::{RepositoryNameError, check_repository_name};
