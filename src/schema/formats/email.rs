//! Whether a text is a mail address as Go's `mail.ParseAddress` reads one (Go 1.18): `local@domain`, with a name before it in angle
//! brackets or in a comment behind it, or a group of one. Reads only; keeps nothing.

/// Whether `text` is one address.
pub(super) fn is_email(text: &str) -> bool {
    let mut reader = Reader { rest: text };
    reader.addresses(true) == Some(1) && reader.skip_comments() && reader.rest.is_empty()
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn consume(&mut self, letter: char) -> bool {
        let rest = self.rest.strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Blanks and comments; false for a comment without end.
    fn skip_comments(&mut self) -> bool {
        self.skip_blanks();
        while self.consume('(') {
            if self.comment().is_none() {
                return false;
            }
            self.skip_blanks();
        }
        true
    }

    /// What follows an opening parenthesis, up to the one that closes it.
    fn comment(&mut self) -> Option<&'t str> {
        let mut depth = 1;
        let mut letters = self.rest.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                // A backslash at the very end escapes nothing.
                '\\' => drop(letters.next()),
                '(' => depth += 1,
                ')' if depth == 1 => {
                    let comment = &self.rest[..at];
                    self.rest = letters.as_str();
                    return Some(comment);
                }
                ')' => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// One address, or the members of a group where `groups` may stand; how many.
    fn addresses(&mut self, groups: bool) -> Option<usize> {
        self.skip_blanks();
        if self.rest.is_empty() {
            return None;
        }
        if self.plain().is_some() {
            self.skip_blanks();
            if self.consume('(') {
                let comment = self.comment()?;
                let is_readable = comment.split([' ', '\t']).all(|word| !is_foreign(word));
                return is_readable.then_some(1);
            }
            return Some(1);
        }
        if !self.rest.starts_with('<') {
            self.phrase()?;
        }
        self.skip_blanks();
        if groups && self.consume(':') {
            return self.group();
        }
        let bracketed = self.consume('<') && self.plain().is_some() && self.consume('>');
        bracketed.then_some(1)
    }

    fn group(&mut self) -> Option<usize> {
        self.skip_blanks();
        if self.consume(';') {
            self.skip_comments();
            return Some(0);
        }
        let mut count = 0;
        loop {
            self.skip_blanks();
            count += self.addresses(false)?;
            if !self.skip_comments() {
                return None;
            }
            if self.consume(';') {
                self.skip_comments();
                return Some(count);
            }
            if !self.consume(',') {
                return None;
            }
        }
    }

    /// `local@domain`; nothing is read when it is none.
    fn plain(&mut self) -> Option<()> {
        let before = self.rest;
        let found = self.local_and_domain();
        if found.is_none() {
            self.rest = before;
        }
        found
    }

    fn local_and_domain(&mut self) -> Option<()> {
        self.skip_blanks();
        let is_local = match self.rest.strip_prefix('"') {
            // Empty quotes are nobody.
            Some(quoted) => !quoted.starts_with('"') && self.quoted().is_some(),
            None => self.atom().is_some(),
        };
        if !is_local || !self.consume('@') {
            return None;
        }
        self.skip_blanks();
        self.atom()
    }

    /// Words before angle brackets. The first one must be good; what spoils a later one is met by whoever reads on.
    fn phrase(&mut self) -> Option<()> {
        let mut words = 0;
        loop {
            self.skip_blanks();
            let word = match self.rest.chars().next() {
                None => break,
                Some('"') => self.quoted(),
                Some(_) => self.loose_atom(),
            };
            match word {
                Some(()) => words += 1,
                None if words == 0 => return None,
                None => break,
            }
        }
        Some(())
    }

    fn quoted(&mut self) -> Option<()> {
        let quoted = self.rest.strip_prefix('"')?;
        let mut letters = quoted.chars();
        loop {
            let good = |letter: char| is_visible(letter) || matches!(letter, ' ' | '\t');
            match letters.next()? {
                '"' => break,
                '\\' => letters.next().filter(|letter| good(*letter)).map(drop)?,
                letter if good(letter) => {}
                _ => return None,
            }
        }
        self.rest = letters.as_str();
        Some(())
    }

    /// Letters and dots, these never first, last or twice.
    fn atom(&mut self) -> Option<()> {
        let special = |letter: char| "()[];@\\,".contains(letter);
        let atom = self.letters(|letter| !special(letter))?;
        let good = !atom.starts_with('.') && !atom.ends_with('.') && !atom.contains("..");
        good.then_some(())
    }

    /// A word of a name, in which nearly all may stand.
    fn loose_atom(&mut self) -> Option<()> {
        let word = self.letters(|_| true)?;
        (!is_foreign(word)).then_some(())
    }

    fn letters(&mut self, good: impl Fn(char) -> bool) -> Option<&'t str> {
        let end = self.rest.find(|letter: char| !is_visible(letter) || "<>\":".contains(letter) || !good(letter));
        let (letters, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if letters.is_empty() {
            return None;
        }
        self.rest = rest;
        Some(letters)
    }
}

fn is_visible(letter: char) -> bool {
    letter.is_ascii_graphic() || !letter.is_ascii()
}

/// Whether a word is encoded in a character set that Go does not know: `=?KOI8-R?q?word?=`.
fn is_foreign(word: &str) -> bool {
    let inner = word.strip_prefix("=?").and_then(|word| word.strip_suffix("?="));
    let inner = inner.filter(|_| word.matches('?').count() == 4);
    let parts: Vec<&str> = inner.map(|inner| inner.splitn(3, '?').collect()).unwrap_or_default();
    let [set, encoding, text] = parts[..] else { return false };
    let is_known = ["utf-8", "iso-8859-1", "us-ascii"].iter().any(|known| set.eq_ignore_ascii_case(known));
    !set.is_empty() && !is_known && is_encoded(encoding, text)
}

/// Whether `text` is good in an encoding, `B` (base64) or `Q`.
fn is_encoded(encoding: &str, text: &str) -> bool {
    match encoding {
        "B" | "b" => data_encoding::BASE64.decode(text.as_bytes()).is_ok(),
        "Q" | "q" => {
            let is_escaped = |behind: &str| {
                let digits = behind.bytes().take(2).filter(u8::is_ascii_hexdigit).count();
                digits == 2
            };
            let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) || matches!(byte, b'\n' | b'\r' | b'\t');
            text.bytes().all(is_plain) && text.split('=').skip(1).all(is_escaped)
        }
        _ => false,
    }
}
