//! `WWW-Authenticate`: how a registry wants to know who we are (RFC 9110, section 11).

/// One way that a server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    /// `basic` or `bearer`, in lower case.
    pub scheme: String,
    pub realm: Option<String>,
    pub service: Option<String>,
    pub scope: Option<String>,
}

/// The challenges of one header.
pub(super) fn challenges(header: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = header.trim_start_matches([' ', ',']);
    while !rest.is_empty() {
        let end =
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter)).unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let (word, tail) = rest.split_at(end);
        let tail = tail.trim_start();
        match tail.strip_prefix('=') {
            Some(tail) => {
                let (value, tail) = value(tail.trim_start());
                if let Some(challenge) = found.last_mut() {
                    match word.to_ascii_lowercase().as_str() {
                        "realm" => challenge.realm = Some(value),
                        "service" => challenge.service = Some(value),
                        "scope" => challenge.scope = Some(value),
                        _ => {}
                    }
                }
                rest = tail;
            }
            None => {
                found.push(Challenge { scheme: word.to_ascii_lowercase(), ..Challenge::default() });
                rest = tail;
            }
        }
        rest = rest.trim_start_matches([' ', ',']);
    }
    found
}

/// A word or a quoted string, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut out = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (out, &quoted[at + 1..]),
            '\\' => out.extend(letters.next().map(|(_, letter)| letter)),
            other => out.push(other),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_however_they_are_written() {
        let text = |text: &str| Some(text.to_owned());
        let found = challenges(
            r#"Bearer realm="https://a.example/t?x=1,2",service=reg , scope="a:b:pull,push", Basic realm="x \"y\"""#,
        );
        assert_eq!(found[0].realm, text("https://a.example/t?x=1,2"));
        assert_eq!(found[0].service, text("reg"));
        assert_eq!(found[0].scope, text("a:b:pull,push"));
        assert_eq!((found[1].scheme.as_str(), found[1].realm.clone()), ("basic", text("x \"y\"")));
        assert_eq!(challenges("basic").len(), 1);
        for odd in ["", "\"", "=", "Bearer realm=\"x", "Bearer realm", "é"] {
            assert!(challenges(odd).len() <= 2, "{odd}");
        }
    }
}
