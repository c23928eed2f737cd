//! What `$(echo "$field" | xargs)` prints of a field, each letter with its place. As bash 5 and GNU findutils do it.

/// A letter that is printed, and the byte of the field that it comes from.
pub type Letter = (usize, char);

/// What is printed: words joined by one space, quotes and backslashes taken away.
///
/// # Errors
/// The quote that is never closed.
pub fn printed(field: &str) -> Result<Vec<Letter>, char> {
    if is_echo_option(field) {
        return Ok(Vec::new());
    }
    // `xargs` hands the words to the `echo` program, which takes leading options for itself.
    let is_option = |word: &Vec<Letter>| is_echo_option(&text(word));
    let mut printed: Vec<Letter> = Vec::new();
    for (index, word) in words(field)?.into_iter().skip_while(is_option).enumerate() {
        let end = printed.last().map_or(0, |(at, last)| at + last.len_utf8());
        printed.extend((index > 0).then_some((end, ' ')));
        printed.extend(word);
    }
    printed.truncate(printed.len() - printed.iter().rev().take_while(|(_, c)| *c == '\n').count());
    Ok(printed)
}

/// The letters without their places.
pub fn text(letters: &[Letter]) -> String {
    letters.iter().map(|(_, c)| c).collect()
}

/// Whether `echo` takes `word` for options instead of printing it.
fn is_echo_option(word: &str) -> bool {
    word.strip_prefix('-')
        .is_some_and(|letters| !letters.is_empty() && letters.chars().all(|c| matches!(c, 'n' | 'e' | 'E')))
}

/// The words that GNU `xargs` reads from one line, line feed included.
fn words(line: &str) -> Result<Vec<Vec<Letter>>, char> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<Vec<Letter>>, None);
    let mut characters = line.char_indices().chain(std::iter::once((line.len(), '\n')));
    while let Some((at, c)) = characters.next() {
        match (c, quote) {
            ('\n', Some(open)) => return Err(open),
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.get_or_insert_default().push((at, c)),
            // More than blanks is skipped between words, but only blanks end one.
            (' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}', None) if word.is_none() => {}
            (' ' | '\t' | '\n', None) => words.extend(word.take()),
            ('"' | '\'', None) => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            ('\\', None) => {
                let escaped = characters.next();
                word.get_or_insert_default().extend(escaped);
            }
            (c, None) => word.get_or_insert_default().push((at, c)),
        }
    }
    words.extend(word);
    Ok(words)
}
