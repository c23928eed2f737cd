//! Zones as Go shows them: an offset and an abbreviation. Those of the time zone database come with the program, for the same
//! chart is to give the same text everywhere; Go reads the machine's, where it has one.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A zone, at a point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    /// The machine's own, which is UTC here.
    Local,
    Fixed {
        /// Empty when it has none but its offset.
        name: String,
        /// Seconds east of Greenwich.
        offset: i64,
    },
}

/// Seconds of four centuries, after which the calendar and the rules of all zones repeat.
const CENTURIES: i64 = 146_097 * 86_400;

impl Zone {
    /// What the zone of this name has `seconds` after 1970: Go's `LoadLocation`, where Sprig takes UTC for names that it does not
    /// know. Names count as they are written; jiff by itself does not mind their case.
    pub(super) fn named(name: &str, seconds: i64) -> Self {
        if name == "Local" {
            return Self::Local;
        }
        let (Some(zone), Some(timestamp)) = (find(name), timestamp(seconds)) else {
            return Self::Utc;
        };
        let shown = zone.to_offset_info(timestamp);
        Self::Fixed { name: shown.abbreviation().to_owned(), offset: i64::from(shown.offset().seconds()) }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Utc | Self::Local => "UTC",
            Self::Fixed { name, .. } => name,
        }
    }

    pub(super) fn offset(&self) -> i64 {
        if let Self::Fixed { offset, .. } = self { *offset } else { 0 }
    }
}

/// The zone of this name. Reading one takes a hundred times as long as using it.
fn find(name: &str) -> Option<TimeZone> {
    std::thread_local! {
        static READ: RefCell<HashMap<String, TimeZone>> = RefCell::default();
    }
    READ.with_borrow_mut(|read| {
        if let Some(zone) = read.get(name) {
            return Some(zone.clone());
        }
        let zone = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| zone.iana_name() == Some(name))?;
        read.insert(name.to_owned(), zone.clone());
        Some(zone)
    })
}

/// A point in time that jiff can express and at which every zone has what it has at `seconds`: its years end at 9999, and no
/// zone knew a change before 1800.
fn timestamp(seconds: i64) -> Option<Timestamp> {
    let last = Timestamp::MAX.as_second();
    let seconds = if seconds > last { last - CENTURIES + (seconds - last) % CENTURIES } else { seconds };
    Timestamp::from_second(seconds.max(Timestamp::MIN.as_second())).ok()
}
