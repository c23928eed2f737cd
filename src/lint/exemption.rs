//! Deployed images that need no mirroring: `# mirrorlint: exempt GLOB: REASON` in the list, `exempt` in the configuration.

use std::collections::{BTreeSet, HashSet};

use super::same::brings;
use super::{Listed, Settings};
use crate::image::Reference;
use crate::inventory::{Inventory, Use, regions_in};
use crate::mirror::{DirectiveKind, List};

/// The globs of all exemptions and their reasons, those of the list first.
pub(super) struct Exemptions {
    globs: Vec<(String, String)>,
    in_list: usize,
    /// What the charts build in other regions: an image is exempt when it is so in any.
    variants: Vec<Use>,
}

/// What an exemption is good for. Ordered: of several lists the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Idleness {
    /// No chart deploys an image that it means.
    Unmatched,
    /// Entries stand for all images that it means, with the right version or another.
    Listed,
    /// It exempts an image; or it cannot be told.
    Busy,
}

impl Idleness {
    /// Why it exempts nothing, when it does not.
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::Unmatched => Some("the charts deploy no such image"),
            Self::Listed => Some("entries stand for every image that it means"),
            Self::Busy => None,
        }
    }
}

impl Exemptions {
    /// Those of the list, then those of the configuration. An exemption counts with and without a reason; one without is
    /// told by another rule.
    pub fn of(list: &List, settings: &Settings) -> Self {
        let in_list = list.directives.iter().filter_map(|directive| match &directive.kind {
            DirectiveKind::Exempt { glob, reason } => {
                let reason = reason.as_ref().map(|reason| reason.words.text.clone());
                Some((glob.text.clone(), reason.unwrap_or_default()))
            }
            _ => None,
        });
        let mut globs: Vec<_> = in_list.collect();
        let in_list = globs.len();
        let configured = settings.configuration.iter().flat_map(|loaded| &loaded.configuration.exempt);
        globs.extend(configured.map(|exemption| (exemption.image.clone(), exemption.reason.clone())));
        Self { globs, in_list, variants: Vec::new() }
    }

    /// How many of them stand in the list.
    pub fn in_list(&self) -> usize {
        self.in_list
    }

    /// Whether one of them may mean what `inventory` has of another region: it means nothing there, and there is an image that
    /// names a region and is not exempt.
    pub fn ask_for_regions(&self, inventory: &Inventory) -> bool {
        let uses = &inventory.uses;
        let is_idle = |(glob, _): &(String, String)| !uses.iter().any(|used| means(glob, &names(&used.reference)));
        self.globs.iter().any(is_idle) && uses.iter().any(|used| used.names_region() && !self.cover(used))
    }

    /// The texts of the globs.
    pub fn globs(&self) -> impl Iterator<Item = &str> {
        self.globs.iter().map(|(glob, _)| glob.as_str())
    }

    /// The regions that their ECR hosts name, sorted, each once.
    pub fn named_regions(&self) -> Vec<String> {
        let hosts = self.globs().filter_map(|glob| glob.split_once(".dkr.ecr.")?.1.split('.').next());
        let regions: BTreeSet<String> = hosts.flat_map(regions_in).collect();
        regions.into_iter().collect()
    }

    /// Takes what the charts build in all regions into account.
    pub fn with_variants(&mut self, variants: impl IntoIterator<Item = Use>) {
        self.variants.extend(variants.into_iter().filter(Use::names_region));
    }

    /// Whether one of them means the image of `used`, as it is written or with its full repository, or a variant of it in another
    /// region.
    pub fn cover(&self, used: &Use) -> bool {
        self.reason(used).is_some()
    }

    /// Why the image of `used` needs no mirroring, when one of them means it; empty when that is not said.
    pub fn reason(&self, used: &Use) -> Option<&str> {
        if self.globs.is_empty() {
            return None;
        }
        let names = self.all_names(used);
        self.globs.iter().find(|(glob, _)| means(glob, &names)).map(|(_, reason)| reason.as_str())
    }

    /// What a glob may mean the image of `used` by, in any region.
    fn all_names(&self, used: &Use) -> Vec<String> {
        let variants =
            self.variants.iter().filter(|variant| used.only_in == variant.only_in && used.is_variant(variant));
        let references = std::iter::once(used).chain(variants).map(|used| &used.reference);
        references.flat_map(names).collect()
    }

    /// For each exemption in turn, what it is good for. `judged` are the uses that entries stand for: exempt or not, those are
    /// never missing.
    pub fn idleness(&self, listed: &[Listed], judged: &HashSet<usize>, inventory: &Inventory) -> Vec<Idleness> {
        let mut idle = vec![Idleness::Unmatched; self.globs.len()];
        for (at, used) in inventory.uses.iter().enumerate() {
            let names = self.all_names(used);
            let is_listed = || judged.contains(&at) || listed.iter().any(|entry| brings(&entry.reference, used));
            for (idle, _) in idle.iter_mut().zip(&self.globs).filter(|(_, (glob, _))| means(glob, &names)) {
                *idle = (*idle).max(if is_listed() { Idleness::Listed } else { Idleness::Busy });
            }
        }
        idle
    }
}

/// Whether `glob` means an image of these names.
fn means(glob: &str, names: &[String]) -> bool {
    names.iter().any(|name| matches(glob, name))
}

/// What a glob may mean an image by: its name as it is written, its full repository, and what Docker makes that of; each with
/// tag and digest and without.
fn names(image: &Reference) -> Vec<String> {
    let full = image.repository();
    let mut names = vec![image.name().to_owned(), full.clone()];
    if let Some(path) = full.strip_prefix("docker.io/") {
        names.push(path.to_owned());
        let short = path.strip_prefix("library/");
        names.extend(short.iter().flat_map(|name| [(*name).to_owned(), format!("docker.io/{name}")]));
    }
    let version = &image.as_str()[image.name_range().end..];
    let whole: Vec<String> = names.iter().map(|name| format!("{name}{version}")).collect();
    names.extend(whole);
    names
}

/// Whether `glob` means the whole of `text`: `*` stands for anything, slashes too, `?` for one character.
pub(super) fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    // The classic walk: on a mismatch, the last star takes one character more.
    let (mut g, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, t));
                g += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[t] => {
                g += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                g = at + 1;
                t = taken + 1;
            }
        }
    }
    glob[g..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_mean_whole_images() {
        let exempt = |globs: &[&str], image: &str| {
            globs.iter().any(|glob| means(glob, &names(&Reference::parse(image).unwrap())))
        };
        assert!(exempt(&["public.ecr.aws/*"], "public.ecr.aws/a/b:1"));
        assert!(exempt(&["nginx"], "nginx:1.27"));
        for glob in ["nginx:1.27", "library/nginx", "docker.io/nginx:1.27", "docker.io/library/nginx"] {
            assert!(exempt(&[glob], "nginx:1.27") && exempt(&[glob], "docker.io/library/nginx:1.27"), "{glob}");
        }
        assert!(exempt(&["acme/web"], "docker.io/acme/web:1"));
        assert!(exempt(&["docker.io/library/nginx:1.??"], "nginx:1.27"));
        assert!(exempt(&["*.dkr.ecr.*.amazonaws.com/eks/*"], "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/x:1"));
        assert!(!exempt(&["nginx"], "bitnami/nginx:1.27"));
        assert!(!exempt(&["public.ecr.aws/*"], "public.ecr.aw/a:1"));
        assert!(!exempt(&[""], "nginx"));
    }
}
