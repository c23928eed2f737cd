//! A point in time in a zone, and its calendar. Proleptic Gregorian, as Go's. Years far beyond what Go itself computes right
//! are cut off, never an overflow.

use super::zone::Zone;

/// A point in time.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) seconds: i64,
    /// And nanoseconds, below a second.
    pub(super) nanoseconds: u32,
    /// The zone that it is shown in.
    pub(super) zone: Zone,
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Calendar {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// From 0, Sunday.
    pub(super) weekday: i64,
    /// From 1.
    pub(super) year_day: i64,
}

const DAY: i64 = 86_400;
/// Days of four centuries.
const ERA: i64 = 146_097;
/// Cuts off what would overflow when it is computed with: some 30 million years.
const FARTHEST: i64 = 1 << 50;

impl Moment {
    /// What `now` gives.
    pub(super) const NOW: Self = Self { seconds: 1_136_214_245, nanoseconds: 0, zone: Zone::Local };
    /// Go's zero time: the start of the year 1.
    pub(super) const ZERO: Self = Self { seconds: -62_135_596_800, nanoseconds: 0, zone: Zone::Utc };

    /// Seconds since 1970, shown in the local zone.
    pub(super) fn unix(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0, zone: Zone::Local }
    }

    /// The same point in time in another zone.
    pub(super) fn within(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// The moment of a date in a zone. Months and days may lie outside their year and month.
    pub(super) fn of_date(year: i64, month: i64, day: i64, seconds: i64, nanoseconds: u32, zone: Zone) -> Self {
        let bound = |number: i64| number.clamp(-FARTHEST, FARTHEST);
        let months = bound(year) * 12 + bound(month) - 1;
        let days = days_before(months.div_euclid(12), months.rem_euclid(12) + 1) + bound(day) - 1;
        let local = days.saturating_mul(DAY).saturating_add(seconds);
        Self { seconds: local.saturating_sub(zone.offset()), nanoseconds, zone }
    }

    /// The calendar of its zone.
    pub(super) fn calendar(&self) -> Calendar {
        let local = self.seconds.saturating_add(self.zone.offset());
        let (days, clock) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = date(days);
        Calendar {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
            weekday: (days + 4).rem_euclid(7),
            year_day: days - days_before(year, 1) + 1,
        }
    }

    /// Nanoseconds since 1970.
    pub(super) fn in_nanoseconds(&self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanoseconds)
    }

    /// The moment of a number of nanoseconds since 1970, in the same zone.
    pub(super) fn at_nanoseconds(&self, nanoseconds: i128) -> Self {
        let seconds = nanoseconds.div_euclid(1_000_000_000);
        let seconds = i64::try_from(seconds).unwrap_or(if seconds < 0 { i64::MIN } else { i64::MAX });
        let nanoseconds = u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or(0);
        Self { seconds, nanoseconds, zone: self.zone.clone() }
    }

    /// Later by a duration.
    pub(super) fn plus(&self, nanoseconds: i64) -> Self {
        self.at_nanoseconds(self.in_nanoseconds() + i128::from(nanoseconds))
    }

    /// The duration since `earlier`; the longest or shortest when it does not fit.
    pub(super) fn since(&self, earlier: &Self) -> i64 {
        let difference = self.in_nanoseconds() - earlier.in_nanoseconds();
        i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX })
    }
}

/// Days from 1970-01-01 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    // Years that start in March have their leap day last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    era * ERA + year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 - 719_468
}

/// The date that lies a number of days after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (next, month_of_year) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    (era * 400 + year + next, month_of_year, day - (153 * month + 2) / 5 + 1)
}

/// How many days a month has.
pub(super) fn days_in(year: i64, month: i64) -> i64 {
    let next = if month == 12 { days_before(year + 1, 1) } else { days_before(year, month + 1) };
    next - days_before(year, month)
}
