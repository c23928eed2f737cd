//! A time as templates see it: Go's `time.Time` and its methods.

use std::rc::Rc;

use super::layout;
use super::moment::Moment;
use super::zone::Zone;
use crate::source::{Origin, Origins, Text};
use crate::template::Value;
use crate::template::functions::{Type, arguments};
use crate::template::value::{IntKind, Object};

/// Go's name of the type.
pub(super) const NAME: &str = "time.Time";

/// A `time.Time`.
#[derive(Debug)]
pub(super) struct Time {
    pub(super) moment: Moment,
    pub(super) origins: Origins,
}

const METHODS: [&str; 31] = [
    "Add",
    "AddDate",
    "After",
    "Before",
    "Compare",
    "Day",
    "Equal",
    "Format",
    "Hour",
    "IsDST",
    "IsZero",
    "Local",
    "Location",
    "Minute",
    "Month",
    "Nanosecond",
    "Round",
    "Second",
    "String",
    "Sub",
    "Truncate",
    "UTC",
    "Unix",
    "UnixMicro",
    "UnixMilli",
    "UnixNano",
    "Weekday",
    "Year",
    "YearDay",
    "MarshalJSON",
    "MarshalText",
];

impl Time {
    /// A time that came from `origins`.
    pub(super) fn value(moment: Moment, origins: Origins) -> Value {
        Value::Object(Rc::new(Self { moment, origins }))
    }

    fn changed(&self, moment: Moment) -> Value {
        Self::value(moment, self.origins.clone())
    }

    fn number(&self, number: i64, kind: IntKind) -> Value {
        Value::Int(number, kind, self.origins.clone())
    }

    fn text(&self, text: impl Into<String>) -> Value {
        Value::String(Text::computed(text.into(), self.origins.clone()))
    }

    /// To a multiple of `unit` since the year 1: down, or to the nearest one.
    fn rounded(&self, unit: i64, nearest: bool) -> Moment {
        let unit = i128::from(unit);
        if unit <= 0 {
            return self.moment.clone();
        }
        let now = self.moment.in_nanoseconds();
        let rest = (now - Moment::ZERO.in_nanoseconds()).rem_euclid(unit);
        self.moment.at_nanoseconds(if nearest && rest * 2 >= unit { now + unit - rest } else { now - rest })
    }

    fn printed(&self) -> Text {
        Text::computed(layout::format("2006-01-02 15:04:05.999999999 -0700 MST", &self.moment), self.origins.clone())
    }

    /// RFC 3339, as JSON has it.
    fn rfc3339(&self) -> String {
        layout::format("2006-01-02T15:04:05.999999999Z07:00", &self.moment)
    }
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn kind(&self) -> &'static str {
        "struct"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
    }

    fn parameters(&self, name: &str) -> Option<&'static [Type]> {
        match name {
            "After" | "Before" | "Compare" | "Equal" | "Sub" => Some(&[Type::Object(NAME)]),
            "AddDate" => Some(&[Type::Int, Type::Int, Type::Int]),
            "Format" => Some(&[Type::String]),
            // Durations: constants, or what `Sub` gave.
            "Add" | "Round" | "Truncate" => None,
            _ => Some(&[]),
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, String> {
        let moment = &self.moment;
        let calendar = moment.calendar();
        let int = |index: usize| arguments::int(arguments, index).map_err(|failure| failure.message);
        let other = || match arguments {
            [Value::Object(other)] => {
                other.as_any().downcast_ref::<Self>().ok_or("wrong type for value; expected time.Time")
            }
            _ => Err("wrong type for value; expected time.Time"),
        };
        let compare = || -> Result<(std::cmp::Ordering, Origins), String> {
            let other = other()?;
            let origins = Origin::union([self.origins.clone(), other.origins.clone()].into_iter().flatten());
            Ok((moment.in_nanoseconds().cmp(&other.moment.in_nanoseconds()), origins))
        };
        let nanoseconds = |unit: i128| i64::try_from(moment.in_nanoseconds().div_euclid(unit)).unwrap_or(i64::MIN);
        Ok(match name {
            "Year" => self.number(calendar.year, IntKind::Int),
            "Month" => self.number(calendar.month, IntKind::Month),
            "Day" => self.number(calendar.day, IntKind::Int),
            "Weekday" => self.number(calendar.weekday, IntKind::Weekday),
            "YearDay" => self.number(calendar.year_day, IntKind::Int),
            "Hour" => self.number(calendar.hour, IntKind::Int),
            "Minute" => self.number(calendar.minute, IntKind::Int),
            "Second" => self.number(calendar.second, IntKind::Int),
            "Nanosecond" => self.number(i64::from(moment.nanoseconds), IntKind::Int),
            "Unix" => self.number(moment.seconds, IntKind::Int64),
            "UnixMilli" => self.number(nanoseconds(1_000_000), IntKind::Int64),
            "UnixMicro" => self.number(nanoseconds(1000), IntKind::Int64),
            "UnixNano" => self.number(nanoseconds(1), IntKind::Int64),
            "Add" => self.changed(moment.plus(int(0)?)),
            "AddDate" => {
                let clock = calendar.hour * 3600 + calendar.minute * 60 + calendar.second;
                let year = calendar.year.saturating_add(int(0)?);
                let (month, day) = (calendar.month.saturating_add(int(1)?), calendar.day.saturating_add(int(2)?));
                self.changed(Moment::of_date(year, month, day, clock, moment.nanoseconds, moment.zone.clone()))
            }
            "Truncate" => self.changed(self.rounded(int(0)?, false)),
            "Round" => self.changed(self.rounded(int(0)?, true)),
            "UTC" => self.changed(moment.clone().within(Zone::Utc)),
            "Local" => self.changed(moment.clone().within(Zone::Local)),
            "Location" => self.text(if moment.zone == Zone::Local { "Local" } else { moment.zone.name() }),
            "IsZero" => Value::Bool(moment.in_nanoseconds() == Moment::ZERO.in_nanoseconds(), self.origins.clone()),
            "IsDST" => Value::Bool(false, self.origins.clone()),
            "Sub" => {
                let since = moment.since(&other()?.moment);
                Value::Int(since, IntKind::Duration, compare()?.1)
            }
            "Compare" => {
                let (order, origins) = compare()?;
                Value::Int(order as i64, IntKind::Int, origins)
            }
            "After" | "Before" | "Equal" => {
                let (order, origins) = compare()?;
                let holds = match name {
                    "After" => order.is_gt(),
                    "Before" => order.is_lt(),
                    _ => order.is_eq(),
                };
                Value::Bool(holds, origins)
            }
            "Format" => {
                let layout = arguments::text(arguments, 0).map_err(|failure| failure.message)?;
                let origins = Origin::union([self.origins.clone(), layout.origins()].into_iter().flatten());
                Value::String(Text::computed(layout::format(layout, moment), origins))
            }
            "String" => Value::String(self.printed()),
            "MarshalText" => Value::Bytes(Text::computed(self.rfc3339(), self.origins.clone())),
            "MarshalJSON" => Value::Bytes(Text::computed(format!("\"{}\"", self.rfc3339()), self.origins.clone())),
            _ => return Err(format!("{name} is not a method of {NAME}")),
        })
    }

    fn string(&self) -> Option<Text> {
        Some(self.printed())
    }

    fn data(&self) -> Value {
        self.text(self.rfc3339())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
