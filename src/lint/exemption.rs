//! Deployed images that need no mirroring: `# mirrorlint: exempt GLOB: REASON` in the list, `exempt` in the configuration.

use super::Settings;
use crate::image::Reference;
use crate::mirror::{DirectiveKind, List};

/// The globs of all exemptions.
pub(super) struct Exemptions {
    globs: Vec<String>,
}

impl Exemptions {
    /// Those of the list, then those of the configuration. An exemption counts with and without a reason; one without is
    /// told by another rule.
    pub fn of(list: &List, settings: &Settings) -> Self {
        let in_list = list.directives.iter().filter_map(|directive| match &directive.kind {
            DirectiveKind::Exempt { glob, .. } => Some(glob.text.clone()),
            _ => None,
        });
        let configured = settings.configuration.iter().flat_map(|loaded| &loaded.configuration.exempt);
        Self { globs: in_list.chain(configured.map(|exemption| exemption.image.clone())).collect() }
    }

    /// Whether one of them means `image`: as it is written, or with its full repository.
    pub fn cover(&self, image: &Reference) -> bool {
        let full = format!("{}{}", image.repository(), &image.as_str()[image.name_range().end..]);
        let names = [image.as_str(), &full, image.name(), &image.repository()].map(str::to_owned);
        self.globs.iter().any(|glob| names.iter().any(|name| matches(glob, name)))
    }
}

/// Whether `glob` means the whole of `text`: `*` stands for anything, slashes too, `?` for one character.
fn matches(glob: &str, text: &str) -> bool {
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
            let globs = globs.iter().map(|glob| (*glob).to_owned()).collect();
            Exemptions { globs }.cover(&Reference::parse(image).unwrap())
        };
        assert!(exempt(&["public.ecr.aws/*"], "public.ecr.aws/a/b:1"));
        assert!(exempt(&["nginx"], "nginx:1.27"));
        assert!(exempt(&["docker.io/library/nginx:1.??"], "nginx:1.27"));
        assert!(exempt(&["*.dkr.ecr.*.amazonaws.com/eks/*"], "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/x:1"));
        assert!(!exempt(&["nginx"], "bitnami/nginx:1.27"));
        assert!(!exempt(&["public.ecr.aws/*"], "public.ecr.aw/a:1"));
        assert!(!exempt(&[""], "nginx"));
    }
}
