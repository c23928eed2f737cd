//! What entries that cannot be read are for: a name is all that is known of them, so they keep an image from being missing and others
//! from being judged by a name alone.

use super::{Verdict, Work};

impl Work<'_> {
    /// Claims the images for which there are entries that cannot be read: those have a finding already. Gives their uses. An entry
    /// that lists another version of such an image knows better than a name does.
    pub(super) fn reserve(&mut self) -> Vec<usize> {
        let mut reserved = Vec::new();
        let (served, taken) = (self.served.clone(), self.taken.clone());
        for meant in &self.coverage.meant {
            let alike = |at: &usize| {
                let name = self.uses[*at].reference.name();
                meant.iter().map(|meant| common_parts(meant, name)).max().unwrap_or_default()
            };
            let free: Vec<usize> = self.select(|_| true).into_iter().filter(|at| !self.served.contains(at)).collect();
            let most = free.iter().map(alike).max().filter(|most| *most > 0);
            let best = free.iter().copied().filter(|at| Some(alike(at)) == most).collect();
            let uses = self.first_image(best).unwrap_or_default();
            self.serve(&uses, true);
            reserved.extend(uses);
        }
        self.claimed = std::mem::replace(&mut self.served, served).difference(&self.served).copied().collect();
        self.taken = taken;
        reserved
    }

    /// `verdict`, unless it is a guess at what the entry stands for, and one that cannot be read may stand for just that.
    pub(super) fn unless_claimed(&self, verdict: Verdict) -> Verdict {
        let is_guess = matches!(verdict, Verdict::OtherRepository { .. });
        let is_claimed = is_guess && verdict.uses().iter().any(|at| self.claimed.contains(at));
        if is_claimed { Verdict::Unknown } else { verdict }
    }
}

/// How many parts, from the last one on, both paths have in common.
fn common_parts(one: &str, other: &str) -> usize {
    one.rsplit('/').zip(other.rsplit('/')).take_while(|(one, other)| one == other).count()
}
