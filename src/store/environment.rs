//! Where this machine keeps packages and what Helm and docker know of repositories: the folders that their variables name, else
//! the platform's. Follows Helm's pkg/helmpath and pkg/cli/environment.go.

use std::path::PathBuf;

/// The folders and files; nothing where the machine names none.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Our cache: `$MIRRORLINT_CACHE`, else `mirrorlint` in the platform's cache folder.
    pub cache: Option<PathBuf>,
    /// Helm's packages: `$HELM_REPOSITORY_CACHE`, else `repository` in Helm's cache folder.
    pub helm_packages: Option<PathBuf>,
    /// Helm's `repositories.yaml`: `$HELM_REPOSITORY_CONFIG`, else in Helm's configuration folder.
    pub repositories: Option<PathBuf>,
    /// Helm's registry credentials: `$HELM_REGISTRY_CONFIG`, else `registry/config.json` in Helm's configuration folder.
    pub registry: Option<PathBuf>,
    /// Docker's credentials: `config.json` in `$DOCKER_CONFIG`, else in `~/.docker`.
    pub docker: Option<PathBuf>,
}

impl Environment {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(&|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
    }

    fn of(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Self {
        let home = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        let below_home = |path: &str| home.as_ref().map(|home| home.join(path));
        let platform = |windows: &str, mac: &str, other: &str| {
            if cfg!(windows) {
                variable(windows)
            } else {
                below_home(if cfg!(target_os = "macos") { mac } else { other })
            }
        };
        let caches = || variable("XDG_CACHE_HOME").or_else(|| platform("TEMP", "Library/Caches", ".cache"));
        let configurations =
            || variable("XDG_CONFIG_HOME").or_else(|| platform("APPDATA", "Library/Preferences", ".config"));
        let helm_cache = variable("HELM_CACHE_HOME").or_else(|| Some(caches()?.join("helm")));
        let helm = variable("HELM_CONFIG_HOME").or_else(|| Some(configurations()?.join("helm")));
        let in_helm = |path: &str| helm.as_ref().map(|helm| helm.join(path));
        // Windows keeps TEMP for what may go at any time.
        let own = if cfg!(windows) { variable("LOCALAPPDATA").or_else(caches) } else { caches() };
        Self {
            cache: variable("MIRRORLINT_CACHE").or_else(|| Some(own?.join("mirrorlint"))),
            helm_packages: variable("HELM_REPOSITORY_CACHE").or_else(|| Some(helm_cache?.join("repository"))),
            repositories: variable("HELM_REPOSITORY_CONFIG").or_else(|| in_helm("repositories.yaml")),
            registry: variable("HELM_REGISTRY_CONFIG").or_else(|| in_helm("registry/config.json")),
            docker: variable("DOCKER_CONFIG")
                .or_else(|| below_home(".docker"))
                .map(|folder| folder.join("config.json")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Environment {
        Environment::of(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value))
        })
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_platforms_folders_are_those_of_helm() {
        let path = |path: &str| Some(PathBuf::from(path));
        let found = of(&[("HOME", "/home/me")]);
        assert_eq!(found.cache, path("/home/me/.cache/mirrorlint"));
        assert_eq!(found.helm_packages, path("/home/me/.cache/helm/repository"));
        assert_eq!(found.repositories, path("/home/me/.config/helm/repositories.yaml"));
        assert_eq!(found.registry, path("/home/me/.config/helm/registry/config.json"));
        assert_eq!(found.docker, path("/home/me/.docker/config.json"));
        let found = of(&[("HOME", "/home/me"), ("XDG_CACHE_HOME", "/c"), ("HELM_CONFIG_HOME", "/h")]);
        assert_eq!(found.cache, path("/c/mirrorlint"));
        assert_eq!(found.helm_packages, path("/c/helm/repository"));
        assert_eq!(found.registry, path("/h/registry/config.json"));
    }

    #[test]
    fn without_a_home_there_is_nothing() {
        let found = of(&[]);
        assert!(found.cache.is_none() && found.helm_packages.is_none() && found.repositories.is_none());
        assert_eq!(of(&[("MIRRORLINT_CACHE", "/m")]).cache, Some(PathBuf::from("/m")));
    }
}
