//! Escapes of single characters in Go's regular expressions.

use super::Problem;

/// The code point that the escape at the start of `text` (a backslash) means, and how many bytes it takes.
///
/// # Errors
/// A trailing backslash, or an escape that Go does not know.
pub(super) fn parse(text: &str) -> Result<(u32, usize), Problem> {
    let mut rest = text[1..].chars();
    let Some(first) = rest.next() else {
        return Err(Problem::new("trailing backslash at end of expression", ""));
    };
    let used = |rest: &std::str::Chars<'_>| text.len() - rest.as_str().len();
    let code = match first {
        // A digit alone would be a reference to a group, which Go has not.
        '1'..='7' if !rest.as_str().starts_with(|next| matches!(next, '0'..='7')) => None,
        '0'..='7' => {
            let more = rest.as_str().bytes().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let digits = &text[1..2 + more];
            return u32::from_str_radix(digits, 8)
                .map(|code| (code, 2 + more))
                .map_err(|_| Problem::new("invalid escape sequence", &text[..2 + more]));
        }
        'x' => hexadecimal(&mut rest),
        'a' => Some(7),
        'f' => Some(12),
        'n' => Some(10),
        'r' => Some(13),
        't' => Some(9),
        'v' => Some(11),
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => Some(u32::from(other)),
        _ => None,
    };
    match code {
        Some(code) => Ok((code, used(&rest))),
        None => Err(Problem::new("invalid escape sequence", &text[..used(&rest)])),
    }
}

/// Two digits, or any number of them in braces. Takes what Go has read when it gives up.
fn hexadecimal(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let first = rest.next()?;
    if first != '{' {
        let second = rest.next();
        return Some(first.to_digit(16)? * 16 + second?.to_digit(16)?);
    }
    let mut code = 0;
    let mut digits = 0;
    loop {
        match rest.next()? {
            '}' if digits > 0 => return Some(code),
            digit => {
                code = code * 16 + digit.to_digit(16)?;
                digits += 1;
            }
        }
        if code > u32::from(char::MAX) {
            return None;
        }
    }
}
