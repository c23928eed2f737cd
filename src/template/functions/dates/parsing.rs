//! Reads a date by one of Go's layouts, with the messages of Go 1.18: in some of them the value is already read past what
//! could not be understood.

use std::fmt::Write;

use super::layout::{DAYS, Element, MONTHS, OffsetForm, Padding, next};
use super::moment::{Moment, days_in};
use super::zone::Zone;
use crate::source::to_bytes;

/// The moment that `text` means in `layout`; without a zone, in the local one.
///
/// # Errors
/// Go's message.
pub(super) fn parse(layout: &str, text: &str) -> Result<Moment, String> {
    let bytes = to_bytes(text);
    let mut reading = Reading { rest: &bytes, ..Reading::default() };
    let problem = |problem: Problem, rest: &[u8], element: &str| match problem {
        Problem::Value => format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(&bytes),
            quote(&to_bytes(layout)),
            quote(rest),
            quote(&to_bytes(element))
        ),
        Problem::Range(what) => format!("parsing time {}: {what} out of range", quote(&bytes)),
        Problem::Other(what) => format!("parsing time {}: {what}", quote(&bytes)),
    };
    let mut pattern = layout;
    loop {
        let found = next(pattern);
        let literal = found.map_or(pattern, |(start, ..)| &pattern[..start]);
        if !reading.skip(&to_bytes(literal)) {
            return Err(problem(Problem::Value, reading.rest, literal));
        }
        let Some((start, end, element)) = found else { break };
        let following = &pattern[end..];
        if let Err(reason) = reading.element(element, following) {
            return Err(problem(reason, reading.rest, &pattern[start..end]));
        }
        pattern = following;
    }
    if !reading.rest.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", quote(&bytes), quote(reading.rest)));
    }
    reading.finish().map_err(|reason| problem(reason, &[], ""))
}

/// As Go's `time` package quotes: everything beyond ASCII byte by byte.
pub(super) fn quote(bytes: &[u8]) -> String {
    let mut quoted = "\"".to_owned();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = match byte {
            b'"' | b'\\' => write!(quoted, "\\{}", char::from(*byte)),
            b' '..=0x7f => write!(quoted, "{}", char::from(*byte)),
            _ => write!(quoted, "\\x{byte:02x}"),
        };
    }
    quoted.push('"');
    quoted
}

enum Problem {
    /// The value does not fit the element.
    Value,
    /// It does, but the number is too large or too small.
    Range(&'static str),
    Other(&'static str),
}

/// What was read so far.
#[derive(Default)]
struct Reading<'value> {
    rest: &'value [u8],
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanoseconds: u32,
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    zone_name: String,
}

impl<'value> Reading<'value> {
    /// Literal text; a run of blanks stands for any number of them.
    fn skip(&mut self, mut literal: &[u8]) -> bool {
        while let Some(byte) = literal.first() {
            if *byte == b' ' {
                if !self.rest.is_empty() && self.rest.first() != Some(&b' ') {
                    return false;
                }
                literal = without_blanks(literal);
                self.rest = without_blanks(self.rest);
            } else if self.rest.first() == Some(byte) {
                (literal, self.rest) = (&literal[1..], &self.rest[1..]);
            } else {
                return false;
            }
        }
        true
    }

    fn element(&mut self, element: Element, following: &str) -> Result<(), Problem> {
        match element {
            Element::LongYear => {
                if !self.rest.first().is_some_and(u8::is_ascii_digit) {
                    return Err(Problem::Value);
                }
                self.year = integer(self.take(4)?).ok_or(Problem::Value)?;
            }
            Element::ShortYear => {
                let before = self.rest;
                let year = integer(self.take(2)?).ok_or(Problem::Value).inspect_err(|_| self.rest = before)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            Element::LongMonth => self.month = Some(self.name(&MONTHS, usize::MAX)? + 1),
            Element::ShortMonth => self.month = Some(self.name(&MONTHS, 3)? + 1),
            Element::Month { padded } => {
                let month = self.number(2, padded)?;
                self.month = Some(within(month, 1, 12, "month")?);
            }
            Element::LongWeekday => {
                self.name(&DAYS, usize::MAX)?;
            }
            Element::ShortWeekday => {
                self.name(&DAYS, 3)?;
            }
            Element::Day(padding) => {
                self.skip_blanks(if padding == Padding::Blank { 1 } else { 0 });
                self.day = Some(self.number(2, padding == Padding::Zero)?);
            }
            Element::YearDay(padding) => {
                self.skip_blanks(if padding == Padding::Blank { 2 } else { 0 });
                self.year_day = Some(self.number(3, padding == Padding::Zero)?);
            }
            Element::Hour => self.hour = within(self.number(2, false)?, 0, 23, "hour")?,
            Element::Hour12 { padded } => self.hour = within(self.number(2, padded)?, 0, 12, "hour")?,
            Element::Minute { padded } => self.minute = within(self.number(2, padded)?, 0, 59, "minute")?,
            Element::Second { padded } => {
                self.second = within(self.number(2, padded)?, 0, 59, "second")?;
                // A fraction may follow even where the layout has none.
                if !matches!(next(following), Some((_, _, Element::Fraction { .. }))) {
                    self.fraction()?;
                }
            }
            Element::Half { upper } => {
                let half = self.take(2)?;
                self.afternoon = Some(match (half, upper) {
                    (b"PM", true) | (b"pm", false) => true,
                    (b"AM", true) | (b"am", false) => false,
                    _ => return Err(Problem::Value),
                });
            }
            Element::ZoneName => self.zone_name()?,
            Element::Offset(form) => self.offset(form)?,
            Element::Fraction { trimmed: true, .. } => self.fraction()?,
            Element::Fraction { digits, .. } => {
                let fraction = self.take(digits.saturating_add(1))?;
                self.nanoseconds = nanoseconds(fraction)?;
            }
        }
        Ok(())
    }

    /// The next `length` bytes, which count as read.
    fn take(&mut self, length: usize) -> Result<&'value [u8], Problem> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Problem::Value)?;
        self.rest = rest;
        Ok(taken)
    }

    fn skip_blanks(&mut self, most: usize) {
        let blanks = self.rest.iter().take(most).take_while(|byte| **byte == b' ').count();
        self.rest = &self.rest[blanks..];
    }

    /// Up to `most` digits, exactly as many when `padded`.
    fn number(&mut self, most: usize, padded: bool) -> Result<i64, Problem> {
        let digits = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || (padded && digits < most) {
            return Err(Problem::Value);
        }
        integer(self.take(digits)?).ok_or(Problem::Value)
    }

    /// The place in `names`, of which the first `length` letters count, whatever their case.
    fn name(&mut self, names: &[&str], length: usize) -> Result<i64, Problem> {
        let known = |name: &str| {
            let name = &name.as_bytes()[..length.min(name.len())];
            self.rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)).then_some(name.len())
        };
        for (index, name) in (0..).zip(names) {
            if let Some(length) = known(name) {
                self.rest = &self.rest[length..];
                return Ok(index);
            }
        }
        Err(Problem::Value)
    }

    /// A point or comma and digits, if they stand here.
    fn fraction(&mut self) -> Result<(), Problem> {
        if let [b'.' | b',', digits @ ..] = self.rest {
            let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length > 0 {
                self.nanoseconds = nanoseconds(self.take(1 + length)?)?;
            }
        }
        Ok(())
    }

    fn offset(&mut self, form: OffsetForm) -> Result<(), Problem> {
        // Go 1.18 knows `Z` for no offset of seconds.
        if form.iso && !form.seconds && self.rest.first() == Some(&b'Z') {
            self.rest = &self.rest[1..];
            self.utc = true;
            return Ok(());
        }
        let parts = 1 + usize::from(form.minutes) + usize::from(form.seconds);
        let colons = if form.colons { parts - 1 } else { 0 };
        let before = self.rest;
        let text = self.take(1 + 2 * parts + colons)?;
        let step = 2 + usize::from(form.colons);
        if form.colons && (1..parts).any(|part| text[part * step] != b':') {
            self.rest = before;
            return Err(Problem::Value);
        }
        let mut offset = 0;
        for part in 0..parts {
            let start = 1 + part * step;
            let digits = &text[start..start + 2];
            let number = integer(digits).filter(|_| digits.iter().all(u8::is_ascii_digit)).ok_or(Problem::Value)?;
            offset += number * [3600, 60, 1][part];
        }
        self.offset = Some(match text[0] {
            b'+' => offset,
            b'-' => -offset,
            _ => return Err(Problem::Value),
        });
        Ok(())
    }

    /// A zone's abbreviation. Which they are is a guess by their look, as in Go.
    fn zone_name(&mut self) -> Result<(), Problem> {
        let rest = self.rest;
        if rest.starts_with(b"UTC") {
            self.rest = &rest[3..];
            self.utc = true;
            return Ok(());
        }
        let capitals = rest.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
        let length = match capitals {
            _ if rest.len() < 3 => 0,
            _ if rest.starts_with(b"ChST") || rest.starts_with(b"MeST") => 4,
            _ if rest.starts_with(b"GMT") => 3 + signed_hours(&rest[3..]),
            0 => signed_hours(rest),
            5 if rest[4] == b'T' => 5,
            4 if rest[3] == b'T' || rest.starts_with(b"WITA") => 4,
            3 => 3,
            _ => 0,
        };
        if length == 0 {
            return Err(Problem::Value);
        }
        self.zone_name = String::from_utf8_lossy(self.take(length)?).into_owned();
        Ok(())
    }

    fn finish(mut self) -> Result<Moment, Problem> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let (month, day) = match self.year_day {
            Some(year_day) => self.date_of(year_day)?,
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        if day < 1 || day > days_in(self.year, month) {
            return Err(Problem::Range("day"));
        }
        let clock = self.hour * 3600 + self.minute * 60 + self.second;
        let at = |zone: Zone| Moment::of_date(self.year, month, day, clock, self.nanoseconds, zone);
        if self.utc {
            return Ok(at(Zone::Utc));
        }
        Ok(match (self.offset, self.zone_name.as_str()) {
            (None, "") | (Some(0), "") => at(Zone::Local),
            (Some(offset), name) => at(Zone::Fixed { name: name.to_owned(), offset }),
            (None, name) => {
                // `GMT+3` says its offset; those of other names are not known.
                let hours = name.strip_prefix("GMT").and_then(|hours| integer(hours.as_bytes())).unwrap_or(0);
                at(Zone::Fixed { name: name.to_owned(), offset: hours * 3600 })
            }
        })
    }

    /// The month and day of a day of the year, which must agree with those that were read.
    fn date_of(&self, year_day: i64) -> Result<(i64, i64), Problem> {
        let mut left = year_day;
        let mut month = 1;
        while month < 12 && left > days_in(self.year, month) {
            left -= days_in(self.year, month);
            month += 1;
        }
        if year_day < 1 || left > days_in(self.year, month) {
            return Err(Problem::Range("day-of-year"));
        }
        if self.month.is_some_and(|known| known != month) {
            return Err(Problem::Other("day-of-year does not match month"));
        }
        if self.day.is_some_and(|known| known != left) {
            return Err(Problem::Other("day-of-year does not match day"));
        }
        Ok((month, left))
    }
}

fn without_blanks(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|byte| **byte == b' ').count()..]
}

fn within(number: i64, least: i64, most: i64, what: &'static str) -> Result<i64, Problem> {
    if (least..=most).contains(&number) { Ok(number) } else { Err(Problem::Range(what)) }
}

/// A decimal number with or without a sign.
fn integer(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// A sign and a number of hours up to 23: its length, or 0.
fn signed_hours(bytes: &[u8]) -> usize {
    let [b'+' | b'-', digits @ ..] = bytes else { return 0 };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match integer(&digits[..length]) {
        Some(0..=23) => 1 + length,
        _ => 0,
    }
}

/// A separator and digits; more than nine of them are cut off.
fn nanoseconds(fraction: &[u8]) -> Result<u32, Problem> {
    let [b'.' | b',', digits @ ..] = fraction else { return Err(Problem::Value) };
    let digits = &digits[..digits.len().min(9)];
    let number = integer(digits).ok_or(Problem::Value)?;
    let scale = 10_i64.pow(9 - u32::try_from(digits.len()).unwrap_or(9));
    u32::try_from(number * scale).map_err(|_| Problem::Range("fractional second"))
}
