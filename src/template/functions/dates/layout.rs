//! Go's layouts: a date is written as the reference time, Mon Jan 2 15:04:05 MST 2006, would be.

use std::fmt::Write;

use super::moment::Moment;

pub(in crate::template::functions) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(in crate::template::functions) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// One element of a layout, named after what the reference time has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// `January`
    LongMonth,
    /// `Jan`
    ShortMonth,
    /// `1`, or `01` when padded
    Month { padded: bool },
    /// `Monday`
    LongWeekday,
    /// `Mon`
    ShortWeekday,
    /// `2`, `_2` and `02`
    Day(Padding),
    /// `__2` and `002`
    YearDay(Padding),
    /// `15`
    Hour,
    /// `3`, or `03`
    Hour12 { padded: bool },
    /// `4`, or `04`
    Minute { padded: bool },
    /// `5`, or `05`
    Second { padded: bool },
    /// `2006`
    LongYear,
    /// `06`
    ShortYear,
    /// `PM`, or `pm`
    Half { upper: bool },
    /// `MST`
    ZoneName,
    /// `-0700`, `Z07:00` and the like
    Offset(OffsetForm),
    /// `.000` and `,999`
    Fraction { digits: usize, trimmed: bool, separator: char },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    None,
    Blank,
    Zero,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetForm {
    /// Whether UTC is written as `Z`.
    pub(super) iso: bool,
    pub(super) colons: bool,
    pub(super) minutes: bool,
    pub(super) seconds: bool,
}

/// The offsets behind their sign, those that others start with last.
const OFFSETS: [(&str, bool, bool, bool); 5] = [
    ("070000", false, true, true),
    ("07:00:00", true, true, true),
    ("0700", false, true, false),
    ("07:00", true, true, false),
    ("07", false, false, false),
];

/// The first element of a layout: where it starts, where it ends, and what it is.
pub(super) fn next(layout: &str) -> Option<(usize, usize, Element)> {
    layout.bytes().enumerate().find_map(|(at, _)| {
        let rest = layout.get(at..)?;
        let (skip, length, element) = element(rest)?;
        Some((at + skip, at + skip + length, element))
    })
}

/// The element at the start of `rest`, the number of literal bytes before it and its length.
fn element(rest: &str) -> Option<(usize, usize, Element)> {
    let bytes = rest.as_bytes();
    let lower_follows = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    let starts = |prefix: &str| rest.starts_with(prefix);
    let (length, element) = match bytes.first()? {
        b'J' if starts("January") => (7, Element::LongMonth),
        b'J' if starts("Jan") && !lower_follows(3) => (3, Element::ShortMonth),
        b'M' if starts("Monday") => (6, Element::LongWeekday),
        b'M' if starts("Mon") && !lower_follows(3) => (3, Element::ShortWeekday),
        b'M' if starts("MST") => (3, Element::ZoneName),
        b'0' if starts("002") => (3, Element::YearDay(Padding::Zero)),
        b'0' => match bytes.get(1)? {
            b'1' => (2, Element::Month { padded: true }),
            b'2' => (2, Element::Day(Padding::Zero)),
            b'3' => (2, Element::Hour12 { padded: true }),
            b'4' => (2, Element::Minute { padded: true }),
            b'5' => (2, Element::Second { padded: true }),
            b'6' => (2, Element::ShortYear),
            _ => return None,
        },
        b'1' if starts("15") => (2, Element::Hour),
        b'1' => (1, Element::Month { padded: false }),
        b'2' if starts("2006") => (4, Element::LongYear),
        b'2' => (1, Element::Day(Padding::None)),
        // The underscore is literal here.
        b'_' if starts("_2006") => return Some((1, 4, Element::LongYear)),
        b'_' if starts("_2") => (2, Element::Day(Padding::Blank)),
        b'_' if starts("__2") => (3, Element::YearDay(Padding::Blank)),
        b'3' => (1, Element::Hour12 { padded: false }),
        b'4' => (1, Element::Minute { padded: false }),
        b'5' => (1, Element::Second { padded: false }),
        b'P' if starts("PM") => (2, Element::Half { upper: true }),
        b'p' if starts("pm") => (2, Element::Half { upper: false }),
        sign @ (b'-' | b'Z') => {
            let found = OFFSETS.iter().find(|(form, ..)| rest[1..].starts_with(form));
            let (form, colons, minutes, seconds) = *found?;
            (1 + form.len(), Element::Offset(OffsetForm { iso: *sign == b'Z', colons, minutes, seconds }))
        }
        separator @ (b'.' | b',') => {
            let digit = *bytes.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
            let digits = bytes[1..].iter().take_while(|byte| **byte == digit).count();
            // Only a fraction is all of the same digit.
            if bytes.get(1 + digits).is_some_and(u8::is_ascii_digit) {
                return None;
            }
            (1 + digits, Element::Fraction { digits, trimmed: digit == b'9', separator: char::from(*separator) })
        }
        _ => return None,
    };
    Some((0, length, element))
}

/// `moment` in `layout`.
pub(super) fn format(layout: &str, moment: &Moment) -> String {
    let mut text = String::with_capacity(layout.len() + 10);
    let mut rest = layout;
    while let Some((start, end, element)) = next(rest) {
        text.push_str(&rest[..start]);
        // Writing to a string cannot fail.
        let _ = push(&mut text, element, moment);
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}

fn push(text: &mut String, element: Element, moment: &Moment) -> std::fmt::Result {
    let calendar = moment.calendar();
    let name =
        |names: &[&'static str], index: i64| usize::try_from(index).ok().and_then(|index| names.get(index).copied());
    let month = name(&MONTHS, calendar.month - 1).unwrap_or_default();
    let weekday = name(&DAYS, calendar.weekday).unwrap_or_default();
    let hour = if calendar.hour % 12 == 0 { 12 } else { calendar.hour % 12 };
    let number = |text: &mut String, number: i64, padded: bool| {
        if padded { write!(text, "{number:02}") } else { write!(text, "{number}") }
    };
    match element {
        Element::LongMonth => text.write_str(month),
        Element::ShortMonth => text.write_str(&month[..3]),
        Element::Month { padded } => number(text, calendar.month, padded),
        Element::LongWeekday => text.write_str(weekday),
        Element::ShortWeekday => text.write_str(&weekday[..3]),
        Element::Day(Padding::None) => write!(text, "{}", calendar.day),
        Element::Day(Padding::Blank) => write!(text, "{:2}", calendar.day),
        Element::Day(Padding::Zero) => write!(text, "{:02}", calendar.day),
        Element::YearDay(Padding::Zero) => write!(text, "{:03}", calendar.year_day),
        Element::YearDay(_) => write!(text, "{:3}", calendar.year_day),
        Element::Hour => write!(text, "{:02}", calendar.hour),
        Element::Hour12 { padded } => number(text, hour, padded),
        Element::Minute { padded } => number(text, calendar.minute, padded),
        Element::Second { padded } => number(text, calendar.second, padded),
        Element::LongYear if calendar.year < 0 => write!(text, "-{:04}", calendar.year.unsigned_abs()),
        Element::LongYear => write!(text, "{:04}", calendar.year),
        Element::ShortYear => write!(text, "{:02}", calendar.year.unsigned_abs() % 100),
        Element::Half { upper } => text.write_str(match (calendar.hour >= 12, upper) {
            (true, true) => "PM",
            (true, false) => "pm",
            (false, true) => "AM",
            (false, false) => "am",
        }),
        Element::ZoneName if moment.zone.name().is_empty() => push_offset(
            text,
            moment.zone.offset(),
            OffsetForm { iso: false, colons: false, minutes: true, seconds: false },
        ),
        Element::ZoneName => text.write_str(moment.zone.name()),
        Element::Offset(form) => push_offset(text, moment.zone.offset(), form),
        Element::Fraction { digits, trimmed, separator } => {
            push_fraction(text, moment.nanoseconds, digits, trimmed, separator)
        }
    }
}

fn push_offset(text: &mut String, offset: i64, form: OffsetForm) -> std::fmt::Result {
    if form.iso && offset == 0 {
        return text.write_char('Z');
    }
    // Go decides by whole minutes: less than one of them lies east, and its seconds keep their sign (`+0000-52`).
    let is_west = offset <= -60;
    let sign = if is_west { '-' } else { '+' };
    let colon = if form.colons { ":" } else { "" };
    let minutes = (offset / 60).abs();
    write!(text, "{sign}{:02}", minutes / 60)?;
    if form.minutes {
        write!(text, "{colon}{:02}", minutes % 60)?;
    }
    if form.seconds {
        let seconds = if is_west { -offset } else { offset } % 60;
        write!(text, "{colon}{seconds:02}")?;
    }
    Ok(())
}

fn push_fraction(
    text: &mut String,
    nanoseconds: u32,
    digits: usize,
    trimmed: bool,
    separator: char,
) -> std::fmt::Result {
    if trimmed && nanoseconds == 0 {
        return Ok(());
    }
    let all = format!("{nanoseconds:09}");
    let kept = &all[..digits.min(9)];
    let kept = if trimmed { kept.trim_end_matches('0') } else { kept };
    if kept.is_empty() { Ok(()) } else { write!(text, "{separator}{kept}") }
}
