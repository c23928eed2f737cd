//! Sprig's date functions. The clock stands still: `now` is always 2006-01-02T15:04:05Z, Go's reference time, so the same
//! chart gives the same text every day. The local zone is UTC.

mod duration;
mod layout;
mod measures;
mod moment;
mod object;
mod parsing;
mod zone;

use super::Type::{Any, Object, String};
use super::{Function, Outcome, arguments};
use crate::source::{Origin, Origins, Text};
use crate::template::Value;
use crate::template::value::IntKind;
pub(super) use layout::{DAYS, MONTHS};
pub(super) use measures::FUNCTIONS as MEASURES;
use moment::Moment;
use object::Time;
use zone::Zone;

/// The functions of this family. Those called `must…` differ in that they report errors.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("now", &[], |_| Ok(Time::value(Moment::NOW, None))),
    Function::new("date", &[String, Any], |arguments| formatted(arguments, 1, Some(0), None)),
    Function::new("dateInZone", &[String, Any, String], |arguments| formatted(arguments, 1, Some(0), Some(2))),
    Function::new("date_in_zone", &[String, Any, String], |arguments| formatted(arguments, 1, Some(0), Some(2))),
    Function::new("htmlDate", &[Any], |arguments| formatted(arguments, 0, None, None)),
    Function::new("htmlDateInZone", &[Any, String], |arguments| formatted(arguments, 0, None, Some(1))),
    Function::new("dateModify", &[String, Object(object::NAME)], |arguments| {
        modified(arguments).or_else(|_| unchanged(arguments))
    }),
    Function::new("date_modify", &[String, Object(object::NAME)], |arguments| {
        modified(arguments).or_else(|_| unchanged(arguments))
    }),
    Function::new("mustDateModify", &[String, Object(object::NAME)], modified),
    Function::new("must_date_modify", &[String, Object(object::NAME)], modified),
    Function::new("toDate", &[String, String], |arguments| {
        parsed(arguments).or_else(|_| Ok(Time::value(Moment::ZERO, arguments::any(arguments, 1).origins())))
    }),
    Function::new("mustToDate", &[String, String], parsed),
    Function::new("unixEpoch", &[Object(object::NAME)], unix_epoch),
    Function::new("ago", &[Any], ago),
    Function::new("duration", &[Any], seconds),
    Function::new("durationRound", &[Any], rounded),
];

/// A date in a layout (`2006-01-02` when none is given) and a zone (the local one). What is no date is now.
fn formatted(arguments: &[Value], date: usize, layout: Option<usize>, zone: Option<usize>) -> Outcome {
    let date = arguments::any(arguments, date);
    let moment = moment(date, true).unwrap_or(Moment::NOW);
    let zone = match zone {
        Some(index) => Zone::named(arguments::text(arguments, index)?, moment.seconds),
        None => Zone::Local,
    };
    let iso = Text::new("2006-01-02");
    let layout = layout.map_or(Ok(&iso), |index| arguments::text(arguments, index))?;
    let text = layout::format(layout, &moment.within(zone));
    let origins = [layout.origins(), origins_of(date)];
    Ok(Value::String(Text::computed(text, Origin::union(origins.into_iter().flatten()))))
}

/// The date that a value stands for: a time, or an integer of seconds since 1970 (`int32` only where `short` says so).
fn moment(value: &Value, short: bool) -> Option<Moment> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref::<Time>().map(|time| time.moment.clone()),
        Value::Int(seconds, IntKind::Int | IntKind::Int64, _) => Some(Moment::unix(*seconds)),
        Value::Int(seconds, IntKind::Int32, _) if short => Some(Moment::unix(*seconds)),
        _ => None,
    }
}

fn origins_of(value: &Value) -> Origins {
    match value {
        Value::Object(object) => object.as_any().downcast_ref::<Time>().and_then(|time| time.origins.clone()),
        other => other.origins(),
    }
}

/// `dateModify DURATION DATE`
fn modified(arguments: &[Value]) -> Outcome {
    let (text, date) = (arguments::text(arguments, 0)?, arguments::any(arguments, 1));
    let nanoseconds = duration::parse(text)?;
    let moment = moment(date, false).unwrap_or(Moment::NOW).plus(nanoseconds);
    let origins = [text.origins(), origins_of(date)];
    Ok(Time::value(moment, Origin::union(origins.into_iter().flatten())))
}

fn unchanged(arguments: &[Value]) -> Outcome {
    Ok(arguments::any(arguments, 1).clone())
}

/// `toDate LAYOUT TEXT`
fn parsed(arguments: &[Value]) -> Outcome {
    let (layout, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(Time::value(parsing::parse(layout, text)?, text.origins()))
}

fn unix_epoch(arguments: &[Value]) -> Outcome {
    let date = arguments::any(arguments, 0);
    let seconds = moment(date, false).unwrap_or(Moment::NOW).seconds;
    Ok(Value::String(Text::computed(seconds.to_string(), origins_of(date))))
}

/// How long ago a date is, in whole seconds.
fn ago(arguments: &[Value]) -> Outcome {
    let date = arguments::any(arguments, 0);
    let since = Moment::NOW.since(&moment(date, false).unwrap_or(Moment::NOW));
    Ok(Value::String(Text::computed(duration::show(duration::round_to_seconds(since)), origins_of(date))))
}

/// A number of seconds, as text or `int64`, as a duration; anything else is none.
fn seconds(arguments: &[Value]) -> Outcome {
    let value = arguments::any(arguments, 0);
    let seconds = match value {
        Value::String(text) => text.parse().unwrap_or_else(|problem: std::num::ParseIntError| match problem.kind() {
            std::num::IntErrorKind::PosOverflow => i64::MAX,
            std::num::IntErrorKind::NegOverflow => i64::MIN,
            _ => 0,
        }),
        Value::Int(seconds, IntKind::Int64, _) => *seconds,
        _ => 0,
    };
    let shown = duration::show(seconds.wrapping_mul(1_000_000_000));
    Ok(Value::String(Text::computed(shown, value.origins())))
}

/// A duration (text, `int64` of nanoseconds, time since a date) in its largest unit.
fn rounded(arguments: &[Value]) -> Outcome {
    let value = arguments::any(arguments, 0);
    let nanoseconds = match value {
        Value::String(text) => duration::parse(text).unwrap_or(0),
        Value::Int(nanoseconds, IntKind::Int64, _) => *nanoseconds,
        Value::Object(_) => moment(value, false).map_or(0, |date| Moment::NOW.since(&date)),
        _ => 0,
    };
    Ok(Value::String(Text::computed(duration::coarse(nanoseconds), origins_of(value))))
}

#[cfg(test)]
mod tests;
