//! Go's names for the integer types that have a `String` method: durations, months, days of the week.

use crate::template::functions::dates::{DAYS, MONTHS};
use crate::template::value::IntKind;

/// What the type's `String` method gives; `None` for plain integer types.
pub(super) fn name(value: i64, kind: IntKind) -> Option<String> {
    match kind {
        IntKind::Duration => Some(duration(value)),
        IntKind::Month => {
            let index = usize::try_from(value).ok().and_then(|month| month.checked_sub(1));
            let name = index.and_then(|index| MONTHS.get(index));
            Some(name.map_or_else(|| format!("%!Month({})", value.cast_unsigned()), |name| (*name).to_owned()))
        }
        IntKind::Weekday => {
            let name = usize::try_from(value).ok().and_then(|day| DAYS.get(day));
            Some(name.map_or_else(|| format!("%!Weekday({})", value.cast_unsigned()), |name| (*name).to_owned()))
        }
        _ => None,
    }
}

/// Nanoseconds as `1h2m3.5s`; below a second in the largest unit that fits: `1.5ms`, `2µs`, `3ns`.
fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let size = nanoseconds.unsigned_abs();
    let text = match size {
        0 => return "0s".to_owned(),
        1..1_000 => format!("{size}ns"),
        1_000..1_000_000 => decimal(size, 1_000, "µs"),
        1_000_000..1_000_000_000 => decimal(size, 1_000_000, "ms"),
        _ => {
            let minutes = size / 60_000_000_000;
            let seconds = decimal(size % 60_000_000_000, 1_000_000_000, "s");
            match (minutes / 60, minutes % 60) {
                (0, 0) => seconds,
                (0, minutes) => format!("{minutes}m{seconds}"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
            }
        }
    };
    format!("{sign}{text}")
}

/// `size / unit` with as many decimals as it needs.
fn decimal(size: u64, unit: u64, suffix: &str) -> String {
    let width = unit.ilog10() as usize;
    let fraction = format!("{:0width$}", size % unit);
    match fraction.trim_end_matches('0') {
        "" => format!("{}{suffix}", size / unit),
        fraction => format!("{}.{fraction}{suffix}", size / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_as_go_prints_them() {
        for (nanoseconds, expected) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (3_300_000_000, "3.3s"),
            (245_000_000_000, "4m5s"),
            (245_001_000_000, "4m5.001s"),
            (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"),
            (3_600_000_000_000, "1h0m0s"),
            (-90_000_000_000, "-1m30s"),
            (i64::MAX, "2562047h47m16.854775807s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(duration(nanoseconds), expected);
        }
    }

    #[test]
    fn months_and_days_have_names() {
        assert_eq!(name(1, IntKind::Month).as_deref(), Some("January"));
        assert_eq!(name(13, IntKind::Month).as_deref(), Some("%!Month(13)"));
        assert_eq!(name(6, IntKind::Weekday).as_deref(), Some("Saturday"));
        assert_eq!(name(6, IntKind::Int), None);
    }
}
