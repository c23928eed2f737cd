//! Deployed images that need no mirroring: `# mirrorlint: exempt GLOB: REASON` in the list, `exempt` in the configuration.

use std::collections::HashSet;

use super::same::brings;
use super::{Listed, Settings};
use crate::image::Reference;
use crate::inventory::Inventory;
use crate::mirror::{DirectiveKind, List};

/// The globs of all exemptions and their reasons, those of the list first.
pub(super) struct Exemptions {
    globs: Vec<(String, String)>,
    in_list: usize,
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
        Self { globs, in_list }
    }

    /// How many of them stand in the list.
    pub fn in_list(&self) -> usize {
        self.in_list
    }

    /// Whether one of them means `image`: as it is written, or with its full repository.
    pub fn cover(&self, image: &Reference) -> bool {
        self.reason(image).is_some()
    }

    /// Why `image` needs no mirroring, when one of them means it; empty when that is not said.
    pub fn reason(&self, image: &Reference) -> Option<&str> {
        if self.globs.is_empty() {
            return None;
        }
        let names = names(image);
        let means = |(glob, _): &&(String, String)| names.iter().any(|name| matches(glob, name));
        self.globs.iter().find(means).map(|(_, reason)| reason.as_str())
    }

    /// For each exemption in turn, what it is good for. `judged` are the uses that entries stand for: exempt or not, those are
    /// never missing.
    pub fn idleness(&self, listed: &[Listed], judged: &HashSet<usize>, inventory: &Inventory) -> Vec<Idleness> {
        let mut idle = vec![Idleness::Unmatched; self.globs.len()];
        for (at, used) in inventory.uses.iter().enumerate() {
            let names = names(&used.reference);
            let is_listed = || judged.contains(&at) || listed.iter().any(|entry| brings(&entry.reference, used));
            let means = |glob: &String| names.iter().any(|name| matches(glob, name));
            for (idle, _) in idle.iter_mut().zip(&self.globs).filter(|(_, (glob, _))| means(glob)) {
                *idle = (*idle).max(if is_listed() { Idleness::Listed } else { Idleness::Busy });
            }
        }
        idle
    }
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
            let globs = globs.iter().map(|glob| ((*glob).to_owned(), String::new())).collect();
            Exemptions { globs, in_list: 0 }.cover(&Reference::parse(image).unwrap())
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
